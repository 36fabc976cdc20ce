"""A whole site for a measurement: database, web server and the loops behind it, all thrown away at the end."""

import csv
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from esaylov.bench.client import frame
from esaylov.bench.election import NAME, write_package

SETTINGS = "esaylov.bench.settings"


@dataclass(frozen=True, slots=True)
class Site:
    """A running site: its port, and the tokens of the commissions of the made-up election."""

    port: int
    tokens: dict[str, str]

    def drive(self, requests: Sequence[bytes], connections: int, rate: float | None = None) -> dict[str, Any]:
        """Sends requests from a process of its own; see `client`."""
        command = [sys.executable, "-m", "esaylov.bench.client", str(self.port), str(connections)]
        done = subprocess.run(
            [*command, *([str(rate)] if rate else [])], input=frame(requests), capture_output=True, check=True
        )
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer


def free_port() -> int:
    """A port of this machine that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def site(precincts: int, *, workers: int, loops: Sequence[str], durable: bool = True) -> Iterator[Site]:
    """A site with the made-up election called. `loops`: names of `server.supervisor.LOOPS` to run beside
    it.
    """
    with _running(lambda folder: _prepare(folder, precincts), workers, loops, durable=durable) as at:
        yield at


@contextmanager
def demonstration(*, workers: int) -> Iterator[Site]:
    """A site with the demonstration election, counted and certified to the end."""
    with _running(_load_demonstration, workers, (), durable=False) as at:
        yield at


@contextmanager
def _running(
    prepare: Callable[[Path], dict[str, str]], workers: int, loops: Sequence[str], *, durable: bool
) -> Iterator[Site]:
    from esaylov.server.database import platform
    from esaylov.server.embedded import Embedded
    from esaylov.server.supervisor import LOOPS, Service, answers

    with tempfile.TemporaryDirectory(prefix="esaylov-bench-") as folder:
        os.environ |= {"ESAYLOV_DATA": str(Path(folder) / "data"), "DJANGO_SETTINGS_MODULE": SETTINGS}
        with platform(Embedded(Path(folder) / "database", durable=durable, temporary=True)):
            tokens = prepare(Path(folder))
            port = free_port()
            program = [sys.executable, "-m", "esaylov.server.processes"]
            services = [
                Service("web", [*program, "web", "127.0.0.1", str(port), str(workers)]),
                *(Service(name, [*program, "loop", LOOPS[name]]) for name in loops),
            ]
            try:
                for service in services:
                    service.start()
                _wait(lambda: answers("127.0.0.1", port))
                yield Site(port, tokens)
            finally:
                for service in services:
                    service.stop()


def _load_demonstration(folder: Path) -> dict[str, str]:
    from esaylov.acts.sequencer import Sequencer
    from esaylov.demo.simulation import write_package as write_demonstration
    from esaylov.exchange.package import read_package
    from esaylov.operations.loading import load
    from esaylov.results.tabulator import Tabulators
    from esaylov.server.database import grant_application_role

    grant_application_role()
    write_demonstration(folder / "package")
    load(read_package(folder / "package"))
    Sequencer(head_every=3600).run_once()
    Tabulators().run_once()
    return {}


def _prepare(folder: Path, precincts: int) -> dict[str, str]:
    from django.db import connections

    from esaylov.bench.yardstick import TABLE
    from esaylov.exchange.package import read_package
    from esaylov.operations.loading import call_election, write_tokens
    from esaylov.server.database import grant_application_role

    with connections["admin"].cursor() as cursor:
        cursor.execute(TABLE)
    grant_application_role()
    call_election(read_package(write_package(folder / "package", precincts)), replay=False, start=None)
    with write_tokens(NAME).open(newline="") as file:
        return {row["commission"]: row["token"] for row in csv.DictReader(file)}


def _wait(ready: Any, seconds: float = 30) -> None:
    limit = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > limit:
            raise RuntimeError("the measured site did not start")
        time.sleep(0.05)
