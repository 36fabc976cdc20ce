"""Keeps the site's processes alive: the database, the web server and the loops behind it.

Every service is a child process; one that dies is started again, after a pause that grows while it keeps
dying. An end (SIGINT, SIGTERM, SIGHUP) stops the services in the order of the list, then the database. When
the supervisor itself is killed, its children notice (`guard.py`), and the database's keeper stops the
database.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import psycopg
from django.db import connections

from esaylov.custody import client
from esaylov.custody.place import elsewhere
from esaylov.design import assets
from esaylov.server.database import platform
from esaylov.server.embedded import Embedded, EmbeddedError
from esaylov.server.folders import make_data_folder
from esaylov.server.guard import PARENT
from esaylov.server.pool import check_connections, needed

logger = logging.getLogger(__name__)

TICK = 0.1
PATIENCE = 10.0
LONGEST_PAUSE = 10.0
DATABASE_PAUSE = 1.0
# A service that has worked this long and dies is started at once again.
SETTLED = 30.0
# The name of each loop and the module whose `run_forever(stop)` it is.
LOOPS = {
    "publisher": "esaylov.publication.publisher",
    "tabulator": "esaylov.results.tabulator",
    "sequencer": "esaylov.acts.sequencer",
    "importer": "esaylov.formation.importer",
    "voters": "esaylov.voters.worker",
}
COURIER = "esaylov.cabinet.courier"
"""The loop that sends e-mails, where a server for them is named (`ESAYLOV_EMAIL_URL`)."""
CUSTODIAN_SECONDS = 20.0
"""How long a start waits for the custodian, which answers within a second. Without it the site works, look-ups do not."""


class ServeError(RuntimeError):
    """The site cannot be served; the text says why and what to do."""


@dataclass
class Service:
    """One child process: `command` is a program with its arguments. `restart=False`: it may end, once it
    is done.
    """

    name: str
    command: Sequence[str]
    restart: bool = True
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    started: float = field(default=0.0, init=False)
    due: float = field(default=0.0, init=False)
    pause: float = field(default=0.0, init=False)

    def start(self) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            env=os.environ | {PARENT: str(os.getpid())},
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # a terminal's Ctrl-C reaches the supervisor alone, which keeps the order
        )

    def tend(self) -> None:
        """Start the service when it is due, note its death, and choose when to start it again."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due:
                self.start()
            return
        status = self.process.poll()
        if status is None or self.done:
            return
        if not self.restart:
            if status:
                logger.error("%s ended with status %d", self.name, status)
            return
        self.pause = 0.0 if now - self.started > SETTLED else min(max(0.25, 2 * self.pause), LONGEST_PAUSE)
        logger.warning("%s ended with status %d; starting it again in %.2f s", self.name, status, self.pause)
        self.kill_rest()
        self.process, self.due = None, now + self.pause

    @property
    def done(self) -> bool:
        return not self.restart and self.process is not None and self.process.returncode is not None

    def stop(self, patience: float = PATIENCE) -> None:
        """Ask the process to end (SIGTERM) and wait; after `patience` seconds kill it and all that it
        started.
        """
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            logger.warning("%s did not stop within %.0f s: killed", self.name, patience)
        self.kill_rest()
        self.process.wait()

    def kill_rest(self) -> None:
        """Kill whatever is left of the service's processes."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


class Supervisor:
    """Runs services until it is asked to end. `embedded`: the database to start again when it dies, if it
    is ours.
    """

    def __init__(self, services: Sequence[Service], embedded: Embedded | None = None) -> None:
        self.services = list(services)
        self.embedded = embedded
        self._database_due = 0.0
        self.asked = False

    def run(self, on_tick: Callable[[], None] = lambda: None) -> None:
        """Tend the services until `ask_to_end` or a signal; then stop them all, in order."""
        with self._signals():
            try:
                while not self.asked:
                    self.tend()
                    on_tick()
                    time.sleep(TICK)
            finally:
                self.stop()

    def ask_to_end(self) -> None:
        self.asked = True

    def tend(self) -> None:
        if (
            self.embedded is not None
            and not self.embedded.running()
            and time.monotonic() >= self._database_due
        ):
            logger.warning("the database ended; starting it again")
            try:
                self.embedded.start()
            except (
                EmbeddedError,
                psycopg.Error,
                OSError,
            ) as error:  # killed once more while it recovered, or no room on the disk yet
                logger.error("%s", error)
                self._database_due = time.monotonic() + DATABASE_PAUSE
        for service in self.services:
            service.tend()

    def stop(self) -> None:
        for service in self.services:
            service.stop()

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        def ask(_number: int, _frame: FrameType | None) -> None:
            self.ask_to_end()

        before = {
            number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def site_services(host: str, port: int, workers: int) -> list[Service]:
    """Return the services of the site, in the order in which they are stopped: who takes acts in first."""
    program = [sys.executable, "-m", "esaylov.server.processes"]
    return [
        Service("web", [*program, "web", host, str(port), str(workers)]),
        *(Service(name, [*program, "loop", module]) for name, module in loops().items()),
    ]


def custodian_service() -> Service | None:
    """The process that holds the voters' keys; None where somebody else runs it (`ESAYLOV_CUSTODY_SOCKET`)."""
    if elsewhere() is not None:
        return None
    return Service("custodian", [sys.executable, "-m", "esaylov.server.processes", "custodian"])


@contextlib.contextmanager
def custody() -> Iterator[list[Service]]:
    """The custodian, started and answering: as a list of services to tend, stopped after all others."""
    service = custodian_service()
    if service is None:
        yield []
        return
    service.start()
    try:
        limit = time.monotonic() + CUSTODIAN_SECONDS
        while not custodian_answers() and time.monotonic() < limit:
            if service.process is None or service.process.poll() is not None:
                logger.error("the voters' keys cannot be used: nobody can be looked up, all else works")
                break
            time.sleep(TICK / 2)
        yield [service]
    finally:
        service.stop()


def custodian_answers() -> bool:
    """Whether the custodian of this data folder works."""
    try:
        client.status()
    except client.CustodianDown:
        return False
    return True


def loops() -> dict[str, str]:
    """The loops of this site by name."""
    return {"courier": COURIER, **LOOPS} if os.environ.get("ESAYLOV_EMAIL_URL") else LOOPS


def check_port(host: str, port: int) -> None:
    """Raise `ServeError` when nothing can listen at this address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ServeError(
                f"cannot listen at {host}:{port}: {error.strerror}. Choose another with --port"
            ) from error


@contextlib.contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Hold a data folder's site for this process. Raises `ServeError` when another process serves it
    already.
    """
    descriptor = os.open(data / "serve.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with contextlib.closing(os.fdopen(descriptor)):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ServeError(f"the site of {data} is being served by another process") from error
        yield


def answers(host: str, port: int) -> bool:
    """Whether somebody accepts connections at this address."""
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False


def make_searchable() -> None:
    """Writes the search table for elections that are not in it: replayed ones, and those of an older version."""
    from esaylov.publication.search.index import index_missing

    for election in index_missing():
        logger.info("%s can be searched now", election)


def serve(
    host: str,
    port: int,
    workers: int,
    *,
    prepare: Callable[[], Sequence[Service]] = tuple,
    announce: Callable[[str], None] = print,
) -> None:
    """Serve the whole site until a signal asks to end.

    `prepare` runs when database and custodian are ready and before the site starts; it may return further services.
    `announce` gets the site's address once it answers. Raises `ServeError`, `PoolError`, and what `platform` raises.
    """
    if reason := assets.missing():
        raise ServeError(reason)
    check_port(host, port)
    waiting = [f"http://{f'[{host}]' if ':' in host else host}:{port}/"]

    def announce_once() -> None:
        if waiting and answers(host, port):
            announce(waiting.pop())

    with only_one(make_data_folder()), platform(connections_needed=needed(workers)) as embedded:
        check_connections(workers)
        with custody() as custodians:
            services = [*site_services(host, port, workers), *prepare(), *custodians]
            make_searchable()
            connections.close_all()
            Supervisor(services, embedded).run(announce_once)
