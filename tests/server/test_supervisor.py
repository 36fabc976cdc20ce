"""The supervisor: restarts, order, and no orphans."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from esaylov.server.supervisor import (
    ServeError,
    Service,
    Supervisor,
    check_port,
    custodian_service,
    custody,
    only_one,
)


def until(condition: Callable[[], bool], seconds: float = 60) -> bool:
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            return False
        time.sleep(0.02)
    return True


def python(code: str) -> list[str]:
    return [sys.executable, "-c", textwrap.dedent(code)]


def tending(supervisor: Supervisor, condition: Callable[[], bool], seconds: float = 60) -> bool:
    def check() -> bool:
        supervisor.tend()
        return condition()

    return until(check, seconds)


SLEEP = python("import time; time.sleep(600)")


def test_a_dead_service_is_started_again() -> None:
    service = Service("sleeper", SLEEP)
    supervisor = Supervisor([service])
    try:
        supervisor.tend()
        assert service.process
        first = service.process.pid
        service.process.kill()
        assert tending(supervisor, lambda: service.process is not None and service.process.pid != first)
        assert service.process.poll() is None
    finally:
        supervisor.stop()
    assert service.process.poll() is not None


def test_the_pause_grows_while_a_service_keeps_dying() -> None:
    service = Service("failing", python("raise SystemExit(3)"))
    supervisor = Supervisor([service])
    pauses: set[float] = set()

    def grown() -> bool:
        pauses.add(service.pause)
        return service.pause >= 1.0

    try:
        assert tending(supervisor, grown)
        assert sorted(pauses) == [0.0, 0.25, 0.5, 1.0]
    finally:
        supervisor.stop()


def test_a_service_that_may_end_is_not_started_again(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    service = Service("once", python(f"open({str(mark)!r}, 'a').write('x')"), restart=False)
    supervisor = Supervisor([service])
    assert tending(supervisor, lambda: service.done)
    for _ in range(5):
        supervisor.tend()
    supervisor.stop()
    assert mark.read_text() == "x"


def test_services_stop_in_order_and_a_deaf_one_is_killed(tmp_path: Path) -> None:
    order = tmp_path / "order"
    code = """
        import signal, sys, time
        def end(number, frame):
            open({order!r}, "a").write({name!r})
            sys.exit(0)
        signal.signal(signal.SIGTERM, signal.SIG_IGN if {deaf} else end)
        open({order!r} + {name!r}, "w").close()
        time.sleep(600)
    """
    services = [
        Service(name, python(code.format(order=str(order), name=name, deaf=name == "b")))
        for name in ("a", "b", "c")
    ]
    supervisor = Supervisor(services)
    assert tending(supervisor, lambda: all(Path(f"{order}{name}").exists() for name in ("a", "b", "c")))
    services[1].stop(patience=0.3)
    supervisor.stop()
    assert order.read_text() == "ac"
    assert services[1].process
    assert services[1].process.returncode == -signal.SIGKILL


def test_what_a_service_started_goes_with_it(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    service = Service(
        "parent",
        python(
            f"""
            import subprocess, sys, time
            child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
            open({str(note)!r}, "w").write(str(child.pid) + ".")
            time.sleep(600)
            """
        ),
    )
    supervisor = Supervisor([service])
    assert tending(supervisor, lambda: note.exists() and note.read_text().endswith("."))
    supervisor.stop()
    assert until(lambda: not alive(int(note.read_text()[:-1])))


def alive(pid: int) -> bool:
    """Whether a process lives (one that ended and was not yet collected does not)."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


SUPERVISED = """
    import sys, time
    from esaylov.server.guard import guard_service
    guard_service()
    open(sys.argv[1], "w").write("ready")
    time.sleep(600)
"""


def test_a_service_ends_with_a_killed_supervisor(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    parent = f"""
        import sys, time
        from esaylov.server.supervisor import Service, Supervisor
        service = Service("child", [sys.executable, "-c", {textwrap.dedent(SUPERVISED)!r}, {str(ready)!r}])
        Supervisor([service]).tend()
        print(service.process.pid, flush=True)
        time.sleep(600)
    """
    with subprocess.Popen(python(parent), stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout
        child = int(supervisor.stdout.readline())
        assert until(ready.exists)
        assert alive(child)
        supervisor.kill()
    assert until(lambda: not alive(child))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_run(number: signal.Signals) -> None:
    service = Service("sleeper", SLEEP)
    threading.Timer(0.3, os.kill, (os.getpid(), number)).start()
    begin = time.monotonic()
    Supervisor([service]).run()
    assert time.monotonic() - begin < 60
    assert service.process
    assert service.process.returncode == -signal.SIGTERM


def test_a_port_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServeError, match=f"127.0.0.1:{port}.*--port"):
            check_port("127.0.0.1", port)
    check_port("127.0.0.1", port)


def test_a_data_folder_is_served_once(tmp_path: Path) -> None:
    with only_one(tmp_path), pytest.raises(ServeError, match="another process"), only_one(tmp_path):
        pass
    with only_one(tmp_path):
        pass


def test_a_custodian_that_somebody_else_runs_is_not_started(monkeypatch: pytest.MonkeyPatch) -> None:
    assert custodian_service() is not None
    monkeypatch.setenv("ESAYLOV_CUSTODY_SOCKET", "/run/elsewhere/custodian.sock")
    assert custodian_service() is None
    with custody() as services:
        assert services == []


def test_a_custodian_that_cannot_start_holds_nothing_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    failing = Service("custodian", python("raise SystemExit(1)"))
    monkeypatch.setattr("esaylov.server.supervisor.custodian_service", lambda: failing)
    monkeypatch.setattr("esaylov.server.supervisor.custodian_answers", lambda: False)
    start = time.monotonic()
    with custody() as services:
        assert services == [failing], "it is tried again while the site works"
        assert time.monotonic() - start < 10
