"""The embedded database: faults, odd places, other users."""

from __future__ import annotations

import contextlib
import os
import pwd
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg
import pytest

from esaylov.server import keeper, places
from esaylov.server.embedded import Embedded, EmbeddedError

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: it starts processes of other users")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short path that every user may enter, as an installation's is."""
    path = Path(tempfile.mkdtemp(prefix="esaylov-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def make(folder: Path) -> Iterator[Callable[..., Embedded]]:
    """Makes servers without fsync in a folder; stops them and removes all their folders at the end."""
    made: list[Embedded] = []

    def build(data: Path | None = None, *, temporary: bool = True) -> Embedded:
        made.append(Embedded(data or folder / "data", durable=False, temporary=temporary))
        return made[-1]

    yield build
    for server in made:
        server.stop()


def until(condition: Callable[[], bool], seconds: float = 60) -> bool:
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            return False
        time.sleep(0.02)
    return True


def query(url: str, statement: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(statement.encode()).fetchone()
    return row and row[0]


def write(url: str, value: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (value int)")
        connection.execute("INSERT INTO kept VALUES (%s)", [value])


def test_roles_and_settings(make: Callable[..., Embedded]) -> None:
    urls = make().start()
    assert query(urls.admin, "SELECT current_user || '@' || current_database()") == "esaylov_admin@esaylov"
    assert query(urls.app, "SELECT current_user || '@' || current_database()") == "esaylov_app@esaylov"
    assert query(urls.admin, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'esaylov'") == (
        "esaylov_admin"
    )
    assert query(urls.app, "SHOW listen_addresses") == ""
    assert query(urls.app, "SHOW fsync") == "off"
    assert int(str(query(urls.app, "SHOW server_version_num"))) >= 180000


def test_a_durable_cluster_is_durable(folder: Path) -> None:
    with Embedded(folder / "data", temporary=True) as urls:
        for name in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
            assert query(urls.app, f"SHOW {name}") == "on"


def test_the_socket_is_private(make: Callable[..., Embedded]) -> None:
    server = make()
    server.start()
    for private in (server.cluster, server.data / "socket"):
        assert private.stat().st_mode & 0o777 == 0o700
        assert private.stat().st_uid == server.cluster.stat().st_uid


def test_what_was_written_is_there_after_a_stop(make: Callable[..., Embedded]) -> None:
    first = make(temporary=False)
    urls = first.start()
    write(urls.admin, 7)
    first.stop()
    assert not first.running()
    second = make()
    assert second.start() == urls
    assert query(urls.admin, "SELECT value FROM kept") == 7


def test_kill_9_of_the_postmaster(make: Callable[..., Embedded]) -> None:
    server = make()
    urls = server.start()
    for number in range(3):
        write(urls.admin, number)
        os.kill(server.postmaster(), signal.SIGKILL)
        assert until(lambda: not server.running())
        assert server.start() == urls
    assert query(urls.admin, "SELECT count(*) FROM kept") == 3


def test_a_backend_that_outlives_its_postmaster_is_ended(make: Callable[..., Embedded]) -> None:
    server = make()
    urls = server.start()
    with psycopg.connect(urls.admin, autocommit=True) as connection:
        backend = connection.info.backend_pid
        os.kill(backend, signal.SIGSTOP)  # it cannot notice that its postmaster is gone
        os.kill(server.postmaster(), signal.SIGKILL)
        assert until(lambda: not server.running())
        assert psutil.pid_exists(backend)
        server.start()
        assert until(lambda: not psutil.pid_exists(backend))
    write(urls.admin, 1)


def test_a_stale_pid_file_that_names_a_living_foreign_process(make: Callable[..., Embedded]) -> None:
    server = make(temporary=False)
    urls = server.start()
    text = (server.cluster / "postmaster.pid").read_text().split("\n")
    server.stop()
    owner = server.cluster.stat()
    with subprocess.Popen(
        ["sleep", "600"], **places.Owner(owner.st_uid, owner.st_gid).as_process(), stdout=subprocess.DEVNULL
    ) as stranger:
        (server.cluster / "postmaster.pid").write_text("\n".join([str(stranger.pid), *text[1:]]))
        os.chown(server.cluster / "postmaster.pid", owner.st_uid, owner.st_gid)
        again = make()
        assert not keeper.runs_in(stranger.pid, server.cluster)
        assert again.start() == urls
        assert stranger.poll() is None
        stranger.kill()
    write(urls.admin, 1)


def test_a_half_made_cluster_is_made_again(make: Callable[..., Embedded], folder: Path) -> None:
    (folder / "data" / "postgres" / "base").mkdir(parents=True)
    (folder / "data" / "postgres.making").touch()
    write(make().start().admin, 1)


def test_others_join_and_the_last_one_stops(make: Callable[..., Embedded]) -> None:
    first, second = make(), make()
    first.start()
    second.start()
    assert first.postmaster() == second.postmaster() != 0
    first.stop()
    assert second.running()
    write(second.urls.admin, 1)
    second.stop()
    assert not second.running()
    assert not second.data.exists()


def test_many_at_once_start_one_server(make: Callable[..., Embedded]) -> None:
    servers = [make() for _ in range(6)]
    with ThreadPoolExecutor(len(servers)) as pool:
        list(pool.map(Embedded.start, servers))
    assert len({server.postmaster() for server in servers}) == 1
    assert servers[0].running()


def test_two_clusters_do_not_meet(make: Callable[..., Embedded], folder: Path) -> None:
    one, two = make(folder / "one"), make(folder / "two")
    assert one.start() != two.start()
    write(one.urls.admin, 1)
    assert query(two.urls.admin, "SELECT to_regclass('kept')") is None


CLIENT = """
    import sys, time
    from pathlib import Path
    from esaylov.server.embedded import Embedded
    server = Embedded(Path(sys.argv[1]), durable=False, temporary=True)
    print(server.start().admin, server.postmaster(), flush=True)
    time.sleep(600)
"""


def client_process(data: Path, *before: str) -> subprocess.Popen[str]:
    command = [*before, sys.executable, "-c", textwrap.dedent(CLIENT), str(data)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_kill_9_of_the_last_client_leaves_nothing(folder: Path) -> None:
    data = folder / "data"
    with client_process(data) as client:
        assert client.stdout
        _, postmaster = client.stdout.readline().split()
        assert psutil.pid_exists(int(postmaster))
        client.kill()
    assert until(lambda: not psutil.pid_exists(int(postmaster)))
    assert until(lambda: not data.exists())


def test_kill_9_of_one_client_leaves_the_server_to_the_other(make: Callable[..., Embedded]) -> None:
    server = make()
    with client_process(server.data) as client:
        assert client.stdout
        _, postmaster = client.stdout.readline().split()
        server.start()
        assert server.postmaster() == int(postmaster)
        client.kill()
    time.sleep(0.3)
    write(server.urls.admin, 1)
    server.stop()
    assert not server.running()


@pytest.mark.parametrize(
    "name",
    [
        "with space",
        "odd $HOME `x` \"quoted\" 'too'",
        "ўзбек, тили",
        "back\\slash",
        "percent%2Fsign&host=elsewhere",
        "long-" * 40,
    ],
)
def test_odd_places(make: Callable[..., Embedded], folder: Path, name: str) -> None:
    server = make(folder / name)
    write(server.start().app.replace("esaylov_app", "esaylov_admin"), 1)
    socket = Path(psycopg.conninfo.conninfo_to_dict(server.urls.app)["host"])
    assert socket.stat().st_mode & 0o777 == 0o700
    server.stop()
    assert not (folder / name).exists()
    assert not socket.exists()


def test_a_socket_outside_the_data_folder_stays_where_it_is(
    make: Callable[..., Embedded], folder: Path
) -> None:
    data = folder / ("long-" * 40)
    first = make(data, temporary=False)
    urls = first.start()
    first.stop()
    socket = Path((data / "socket.place").read_text())
    shutil.rmtree(socket)  # as a cleaner of /tmp does
    assert make(data).start() == urls


def test_a_server_that_cannot_start_says_why(make: Callable[..., Embedded]) -> None:
    server = make(temporary=False)
    server.start()
    server.stop()
    (server.cluster / "postgresql.auto.conf").write_text("work_mem = 'nonsense'\n")
    with pytest.raises(EmbeddedError, match="work_mem"):
        server.start()


@as_root
def test_as_root_the_server_is_not_root(make: Callable[..., Embedded]) -> None:
    server = make()
    server.start()
    assert psutil.Process(server.postmaster()).uids().real != 0


@as_root
def test_a_folder_that_the_servers_user_cannot_enter(make: Callable[..., Embedded], folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    server = make(closed / "data")
    write(server.start().admin, 1)
    assert closed.stat().st_mode & 0o777 == 0o700
    place = server.cluster.parent
    assert place.parent == places.SYSTEM_FOLDER
    assert Path((closed / "data" / "postgres.place").read_text()) == place
    server.stop()
    assert not place.exists()


@as_root
def test_programs_that_the_servers_user_cannot_reach_are_copied(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a virtual environment below a folder of mode 0700, such as root's own."""
    monkeypatch.setattr(places, "SYSTEM_FOLDER", folder / "system")
    wheel = places.installed_wheel()
    with tempfile.TemporaryDirectory(dir=folder) as private:
        closed = Path(private) / "site"
        shutil.copytree(
            wheel, closed / wheel.name, ignore=shutil.ignore_patterns("include", "*.a", "pginstall")
        )
        shutil.copytree(wheel.parent / f"{wheel.name}.libs", closed / f"{wheel.name}.libs")
        monkeypatch.setattr(places, "installed_wheel", lambda: closed / wheel.name)
        programs = places.programs_for(places.choose_owner(folder / "none"))
        assert programs.is_relative_to(folder / "system")
        with Embedded(folder / "data", durable=False, temporary=True) as urls:
            write(urls.admin, 1)


@as_root
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="needs setpriv (package util-linux)")
def test_as_an_ordinary_user(folder: Path) -> None:
    """A whole cluster made by a process that is not root.

    It keeps one capability, to read every file: the interpreter may lie where only root can go.
    """
    user = pwd.getpwnam("nobody")
    home = folder / "home"
    home.mkdir()
    os.chown(home, user.pw_uid, user.pw_gid)
    demotion = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    may_read = ["--inh-caps=-all,+dac_read_search", "--ambient-caps=+dac_read_search"]
    with client_process(home / "data", *demotion, *may_read) as client:
        assert client.stdout
        url, postmaster = client.stdout.readline().split()
        assert psutil.Process(client.pid).uids().real == user.pw_uid
        assert psutil.Process(int(postmaster)).uids().real == user.pw_uid
        write(url, 1)
        client.kill()
    assert until(lambda: not (home / "data").exists())


@pytest.mark.slow
def test_no_acknowledged_commit_is_lost_in_fifty_crashes(folder: Path) -> None:
    """Four writers note each commit that was acknowledged, while the postmaster or a backend is killed
    again and again.
    """
    with Embedded(folder / "data", temporary=True) as urls:
        server = Embedded(folder / "data", temporary=True)
        server.start()
        with psycopg.connect(urls.admin, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept (writer int, number int, PRIMARY KEY (writer, number))")
        ended = threading.Event()
        with ThreadPoolExecutor(4) as pool:
            writers = [pool.submit(write_until, ended, urls.admin, writer) for writer in range(4)]
            chance = random.Random(50)
            for _ in range(50):
                time.sleep(chance.uniform(0.05, 0.4))
                victims = [server.postmaster(), *(child.pid for child in server_processes(server))]
                os.kill(chance.choice(victims), signal.SIGKILL)
                time.sleep(chance.uniform(0.0, 0.1))
                server.start()
            ended.set()
            acknowledged = {(number, one) for number, writer in enumerate(writers) for one in writer.result()}
        with psycopg.connect(urls.admin) as connection:
            found = set(connection.execute("SELECT writer, number FROM kept").fetchall())
        assert len(acknowledged) > 1000
        assert acknowledged <= found
        server.stop()


def server_processes(server: Embedded) -> list[psutil.Process]:
    with contextlib.suppress(psutil.Error):
        return psutil.Process(server.postmaster()).children()
    return []


def write_until(ended: threading.Event, url: str, writer: int) -> list[int]:
    """Insert ascending numbers, each in a transaction of its own; return those whose commit was
    acknowledged.
    """
    acknowledged = []
    number = 0
    while not ended.is_set():
        with (
            contextlib.suppress(psycopg.OperationalError),
            psycopg.connect(url, autocommit=True) as connection,
        ):
            while not ended.is_set():
                number += 1
                connection.execute("INSERT INTO kept VALUES (%s, %s)", [writer, number])
                acknowledged.append(number)
        time.sleep(0.01)
    return acknowledged
