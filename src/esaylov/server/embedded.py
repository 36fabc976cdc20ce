"""The embedded database: PostgreSQL 18 out of a Python wheel, in a folder of ours, behind a private socket.

Only the wheel's programs are used, not its Python side. What holds here:

*Who may connect.* The server listens on a Unix socket only, in a folder of mode 0700 of the user that it runs
as. As an ordinary user that is the same user as ours; as root it is another one, and root may enter. Nobody
else reaches the socket, so connections are trusted without a password: who can open the socket could read the
cluster's files as well.

*Roles.* `esaylov_admin` owns the database and serves migrations; `esaylov_app` owns nothing; `postgres` is
the superuser, for making the other two and for tests.

*Sharing.* Several processes may use one data folder at once: who comes first starts the server, the others
join it. Each holds a shared lock, which the kernel frees however the process ends; the last one to go stops
the server. If it was killed, a small process of its own does that (`keeper.py`), so that no server is left
behind.

*Crashes.* After kill -9 of the postmaster the next `start()` ends what is left of it, removes a stale pid
file that names a foreign process, and waits for the recovery as long as the server works on it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from esaylov.server import keeper
from esaylov.server.places import choose_owner, home_of, leftovers, programs_for, socket_folder
from esaylov.server.pool import RESERVED

DATABASE = "esaylov"
ADMIN_ROLE = "esaylov_admin"
APPLICATION_ROLE = "esaylov_app"
SUPERUSER = "postgres"
LOG_LIMIT = 16 * 1024 * 1024

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "max_connections": "100",
    "max_wal_size": "2GB",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    "log_line_prefix": "%m [%p] ",
}
# Commits are still written (not forced) before they are answered: kill -9 loses none, a power failure may.
THROW_AWAY_SETTINGS = SETTINGS | {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


class EmbeddedError(RuntimeError):
    """The embedded database could not be made or started; the text holds the end of its log."""


class Urls(NamedTuple):
    """Connection URLs of one database under the three roles."""

    admin: str
    app: str
    superuser: str


class Embedded:
    """A PostgreSQL server of our own in a data folder.

    `data`: the folder, made when missing. `durable=False` is for clusters that may be lost with the machine
    (tests, replays): nothing is forced to the disk. `temporary=True` removes the folder when the last client
    is gone. `connections`: how many it must take at least, if it is started here. Raises `EmbeddedError`, `PlaceError`.
    """

    def __init__(
        self,
        data: Path,
        *,
        durable: bool = True,
        temporary: bool = False,
        patience: float = 600,
        connections: int = 0,
    ) -> None:
        self.data = Path(os.path.abspath(data))
        self.durable = durable
        self.temporary = temporary
        self.patience = patience
        self.connections = connections
        self._users: int | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Urls:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()

    @property
    def cluster(self) -> Path:
        return self._home / "postgres"

    @property
    def log(self) -> Path:
        return self._home / "postgres.log"

    @property
    def urls(self) -> Urls:
        """The URLs of the started database; they stay the same over restarts."""
        return self.urls_of(DATABASE)

    def urls_of(self, database: str) -> Urls:
        """Return the URLs of another database of the same server."""
        folder = quote(str(self._socket), safe="")
        roles = (ADMIN_ROLE, APPLICATION_ROLE, SUPERUSER)
        return Urls(*(f"postgresql://{role}@/{quote(database)}?host={folder}" for role in roles))

    def start(self) -> Urls:
        """Start the server, or join a running one, and return its URLs. May be called again after a crash."""
        self.data.mkdir(parents=True, mode=0o711, exist_ok=True)  # several may start at once
        with self._start_lock():
            self._home = home_of(self.data)
            self._owner = choose_owner(self.cluster)
            self._socket = socket_folder(self._home, self._owner)
            self._hold()
            if not self.running():
                self._make_cluster()
                self._clear_remains()
                self._launch()
            self._wait_until_ready()
            self._make_roles()
            return self.urls

    def stop(self) -> None:
        """Leave the server; the last of its users stops it (fast shutdown) and waits for its end."""
        if self._users is None:
            return
        with self._start_lock():
            descriptor, self._users = self._users, None
            try:
                self._stop_if_last(descriptor)
            finally:
                os.close(descriptor)
            if self._process is not None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(0 if self.running() else 10)
                self._process = None

    def running(self) -> bool:
        """Whether the cluster's postmaster lives (it may still be recovering)."""
        if self._process is not None and self._process.poll() is not None:
            self._process = None
        return keeper.runs_in(keeper.postmaster_of(self.cluster), self.cluster)

    def postmaster(self) -> int:
        """Return the process id of the running postmaster, 0 when there is none."""
        return keeper.postmaster_of(self.cluster) if self.running() else 0

    # --- the two locks
    # -----------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _start_lock(self) -> Iterator[None]:
        """One process at a time starts or stops the server of a data folder."""
        try:
            descriptor = os.open(self.data / "postgres.start", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except FileNotFoundError:  # a temporary folder that another user has removed
            yield
            return
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    @property
    def _lock(self) -> Path:
        return self._home / "postgres.users"

    def _hold(self) -> None:
        """Take our share of the users' lock; waits while a keeper is stopping the server."""
        if self._users is None:
            self._users = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._users, fcntl.LOCK_SH)

    def _stop_if_last(self, descriptor: int) -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            # Either others use the server, or a keeper was faster and is stopping it: then wait for it.
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            return
        if self.running():
            keeper.stop(keeper.postmaster_of(self.cluster), self.cluster)
        if self.temporary:
            self._remove()

    def _remove(self) -> None:
        for folder in (*leftovers(self._home), self.data):
            shutil.rmtree(folder, ignore_errors=True)

    # --- making and starting
    # -----------------------------------------------------------------------------------------

    def _make_cluster(self) -> None:
        """Make the cluster, roles and database once; a half-made one (we were killed) is made again."""
        if (self.cluster / "PG_VERSION").exists() and not (self._home / "postgres.making").exists():
            return
        (self._home / "postgres.making").touch()
        shutil.rmtree(self.cluster, ignore_errors=True)
        self._owner.make_folder(self.cluster)
        options = [] if self.durable else ["--no-sync", "--no-data-checksums"]
        done = subprocess.run(
            [
                programs_for(self._owner) / "initdb",
                *options,
                "--auth=trust",
                f"--username={SUPERUSER}",
                "--encoding=UTF8",
                "--locale=C",
                # Sorts by code point, the same everywhere, and knows the letters of all our alphabets.
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "-D",
                self.cluster,
            ],
            **self._owner.as_process(),
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise EmbeddedError(f"initdb failed: {done.stderr.decode(errors='replace')}")
        (self._home / "postgres.making").unlink()

    def _clear_remains(self) -> None:
        """End server processes whose postmaster is gone; remove what would make a new one refuse to start."""
        remains = _processes_in(self.cluster)
        for process in remains:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(remains, timeout=10)
        pid_file = self.cluster / "postmaster.pid"
        # PostgreSQL sees for itself that a dead process is dead, and checks its shared memory; a foreign
        # process with the same number it cannot tell from a postmaster.
        if psutil.pid_exists(keeper.postmaster_of(self.cluster)):
            pid_file.unlink(missing_ok=True)
        for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
            (self._socket / name).unlink(missing_ok=True)

    def _launch(self) -> None:
        settings = dict(SETTINGS if self.durable else THROW_AWAY_SETTINGS)
        settings["max_connections"] = str(max(int(settings["max_connections"]), self.connections + RESERVED))
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        log = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            self._process = subprocess.Popen(
                [programs_for(self._owner) / "postgres", "-D", self.cluster, "-k", self._socket, *options],
                **self._owner.as_process(),
                stdout=log,
                stderr=log,
                start_new_session=True,  # a terminal's Ctrl-C is for us; we stop the database last
            )
        finally:
            os.close(log)
        self._start_keeper(self._process.pid)

    def _start_keeper(self, postmaster: int) -> None:
        remove = [*leftovers(self._home), self.data] if self.temporary else []
        subprocess.Popen(
            [sys.executable, "-I", "-S", keeper.__file__, self._lock, self.cluster, str(postmaster), *remove],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _wait_until_ready(self) -> None:
        limit = time.monotonic() + self.patience
        while True:
            try:
                psycopg.connect(self._maintenance, connect_timeout=10).close()
            except psycopg.OperationalError as error:
                refusal = str(error)
            else:
                return
            # A young postmaster needs a moment to write its pid file; until then it is known as our child
            # only.
            if not (self.running() or self._process is not None) or time.monotonic() > limit:
                raise EmbeddedError(f"the embedded database did not start: {refusal}\n{self._end_of_log()}")
            time.sleep(0.02)

    @property
    def _maintenance(self) -> str:
        return self.urls_of(SUPERUSER).superuser

    def _end_of_log(self) -> str:
        with contextlib.suppress(OSError):
            return self.log.read_bytes()[-2000:].decode(errors="replace")
        return ""

    def _make_roles(self) -> None:
        with psycopg.connect(self._maintenance, autocommit=True) as connection:
            known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            for role in (ADMIN_ROLE, APPLICATION_ROLE):
                if role not in known:
                    connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(DATABASE), sql.Identifier(ADMIN_ROLE)
                    )
                )


def _processes_in(cluster: Path) -> list[psutil.Process]:
    """Return the processes that work in the cluster's folder: every server process does."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.cwd() == str(cluster):
                found.append(process)
    return found
