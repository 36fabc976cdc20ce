"""The whole site as one command: it starts, mends itself, stops, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from esaylov.custody.client import Custody
from esaylov.custody.keyring import Keyring
from esaylov.custody.place import socket_of
from esaylov.server.embedded import Embedded
from tests.server.test_supervisor import alive, until


@dataclass
class Site:
    """A running `esaylov serve`."""

    process: subprocess.Popen[str]
    port: int
    data: Path

    def status(self) -> int:
        """HTTP status of the site's health (database, sequencer, publication, custodian), 0 when nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/healthz")
            return connection.getresponse().status
        return 0

    def health(self) -> dict[str, str]:
        """The state of each part."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.closing(connection):
            connection.request("GET", "/healthz")
            checks: dict[str, str] = json.loads(connection.getresponse().read())["checks"]
            return checks

    def answers(self) -> bool:
        return self.status() == 200

    def processes(self) -> list[psutil.Process]:
        """Every process of the site, the database's and its keeper too."""
        found = [psutil.Process(self.process.pid)]
        found += found[0].children(recursive=True)
        return found

    def parts(self, name: str) -> list[psutil.Process]:
        """The processes of one part: the web server's main process, its workers, a loop, the postmaster."""
        children = psutil.Process(self.process.pid).children()
        web = [one for one in children if " web " in command_line(one)]
        match name:
            case "web":
                return web
            case "worker":
                return [
                    worker for main in web for worker in main.children() if " web " in command_line(worker)
                ]
            case "postgres":
                return [one for one in children if "postgres -D" in command_line(one)]
            case "custodian":
                return [one for one in children if "custodian" in command_line(one)]
        return [one for one in children if f" loop esaylov.{name}" in command_line(one)]


@contextlib.contextmanager
def serving() -> Iterator[Site]:
    """Serve a new data folder; at the end nothing of it may be left."""
    # As an installation's: the database's user may pass through. Pytest's own folders may be closed to it.
    folder = Path(tempfile.mkdtemp(prefix="esaylov-"))
    folder.chmod(0o711)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = os.environ | {"ESAYLOV_DATA": str(folder / "data")}
    command = [sys.executable, "-m", "esaylov.cli", "serve", "--port", str(port), "--workers", "2"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == f"esaylov is at http://127.0.0.1:{port}/\n"
        running = Site(process, port, folder / "data")
        everything = running.processes()
        yield running
        with contextlib.suppress(psutil.NoSuchProcess):
            everything += running.processes()
        process.kill()
        until(lambda: not any(alive(one.pid) for one in everything), 60)
        assert [command_line(one) for one in everything if alive(one.pid)] == []
    shutil.rmtree(folder)


@pytest.fixture
def site() -> Iterator[Site]:
    """A site of the test's own."""
    with serving() as running:
        yield running


@pytest.fixture(scope="module")
def lasting_site() -> Iterator[Site]:
    """One site for the tests that leave it working."""
    with serving() as running:
        yield running


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_orderly_end(site: Site, number: signal.Signals) -> None:
    assert until(site.answers)
    # Supervisor, database, keeper, web with two workers, two loops, custodian; a second worker may come after the first answer.
    assert until(lambda: len(site.processes()) >= 8)
    everything = site.processes()
    site.process.send_signal(number)
    assert site.process.wait(60) == 0
    assert until(lambda: not any(alive(one.pid) for one in everything))
    assert site.status() == 0


def test_the_custodian_is_ready_when_the_site_is_announced_and_kill_9_of_the_supervisor_leaves_nothing(
    site: Site,
) -> None:
    state = Custody(lambda: socket_of(site.data)).status()
    assert state["checks"] == {"1": Keyring.read(site.data / "keys" / "voters.json").check()[1].hex()}
    (process,) = site.parts("custodian")
    assert command_line(process).endswith(str(site.data / "keys" / "voters.json")), "without Django"
    everything = site.processes()
    site.process.kill()
    assert until(lambda: not any(alive(one.pid) for one in everything))


@pytest.mark.parametrize(
    ("victim", "number"),
    [
        ("web", 1),
        ("worker", 2),
        ("acts.sequencer", 1),
        ("results.tabulator", 1),
        ("formation.importer", 1),
        ("custodian", 1),
        ("postgres", 1),
    ],
)
def test_kill_9_of_a_part_is_mended(lasting_site: Site, victim: str, number: int) -> None:
    assert until(lasting_site.answers)
    hit = lasting_site.parts(victim)
    assert len(hit) == number
    for process in hit:
        process.kill()
    assert until(lambda: not any(alive(process.pid) for process in hit))
    assert until(lambda: len([one for one in lasting_site.parts(victim) if one not in hit]) == number)
    assert until(lasting_site.answers)
    # No worker of a web server that was killed is left beside its successor.
    web = f" web 127.0.0.1 {lasting_site.port} "
    assert until(lambda: sum(web in command_line(one) for one in psutil.process_iter()) == 3)


def command_line(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""


def test_a_site_without_its_keys_says_so_and_works(lasting_site: Site) -> None:
    """No keys are made in the place of lost ones; they are taken up when they are put back."""
    assert until(lasting_site.answers)
    keys, kept = lasting_site.data / "keys" / "voters.json", lasting_site.data / "kept"
    keys.rename(kept)
    (process,) = lasting_site.parts("custodian")
    process.kill()
    assert until(lambda: lasting_site.status() == 503)
    assert not until(keys.exists, 3)
    assert lasting_site.health() == {
        "database": "ok", "sequencer": "ok", "publication": "ok", "custodian": "unreachable", "registers": "unused",
    }  # fmt: skip
    kept.rename(keys)
    assert until(lasting_site.answers)


def test_a_second_site_on_the_same_data_is_refused(lasting_site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    second = subprocess.run(
        [sys.executable, "-m", "esaylov.cli", "serve", "--port", str(port)],
        env=os.environ | {"ESAYLOV_DATA": str(lasting_site.data)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert second.returncode == 1
    assert "another process" in second.stderr


def test_other_commands_join_the_running_database(lasting_site: Site) -> None:
    joined = Embedded(lasting_site.data / "database")
    joined.start()
    assert joined.postmaster() in {one.pid for one in lasting_site.processes()}
    joined.stop()
    assert until(lasting_site.answers)


def test_no_cookie_and_strict_headers(lasting_site: Site) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", lasting_site.port, timeout=30)
    with contextlib.closing(connection):
        connection.request("GET", "/no-such-page/")
        answer = connection.getresponse()
        answer.read()
    assert answer.status == 404
    assert answer.getheader("Set-Cookie") is None
    assert answer.getheader("X-Content-Type-Options") == "nosniff"
    assert answer.getheader("X-Frame-Options") == "DENY"
    assert "default-src 'none'" in str(answer.getheader("Content-Security-Policy"))
