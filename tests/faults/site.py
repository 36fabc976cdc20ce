"""A site of its own for each test, whose processes may be killed, and commissions that do not give up."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import signal
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg
from django.db import connections

from esaylov.bench.client import Connection, http_request
from esaylov.bench.site import free_port
from esaylov.server.database import migrate, point_to
from esaylov.server.embedded import Embedded
from esaylov.server.supervisor import LOOPS, Service, Supervisor, answers, site_services
from tests.acts.election import World, form, precinct_ids, world

PATIENCE = 60.0


def until(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Waits for a condition. Raises AssertionError when it does not come."""
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it never came"
        time.sleep(0.02)


@dataclass
class Faulty:
    """A running site: the election, its port, its supervisor (tended by a thread), its database server."""

    world: World
    port: int
    embedded: Embedded
    supervisor: Supervisor
    left_alone: threading.Event = field(default_factory=threading.Event)

    def service(self, name: str) -> Service:
        return next(service for service in self.supervisor.services if service.name == name)

    def victim(self, name: str) -> int | None:
        """Process id of `worker`, `web`, `sequencer` or `postmaster`; None while there is none."""
        if name == "postmaster":
            return self.embedded.postmaster() or None
        process = self.service("web" if name == "worker" else name).process
        if process is None or process.poll() is not None:
            return None
        if name != "worker":
            return process.pid
        with contextlib.suppress(psutil.Error):
            for child in psutil.Process(process.pid).children():
                if "resource_tracker" not in " ".join(child.cmdline()):
                    return child.pid
        return None

    def kill(self, name: str) -> None:
        """kill -9."""
        until(lambda: self.victim(name) is not None)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.victim(name) or 0, signal.SIGKILL)

    def post(self, path: str, body: Any, by: str, key: str | None = None) -> tuple[int, dict[str, Any], Any]:
        """One request over a connection of its own: status, answer, headers."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Authorization": f"Bearer {self.world.tokens[by]}", "Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key
        address = f"/api/elections/{self.world.election}/{path}"
        with contextlib.closing(link):
            link.request("POST", address, json.dumps(body), headers)
            response = link.getresponse()
            return response.status, json.loads(response.read()), response.headers

    def tend(self) -> None:
        """Keeps the processes alive until the test ends (`left_alone` set: leaves them to the test), then stops them.

        In the thread that started them: they are told to end when that one ends.
        """
        while not self.supervisor.asked:
            if not self.left_alone.is_set():
                self.supervisor.tend()
            time.sleep(0.05)
        self.supervisor.stop()


@contextlib.contextmanager
def faulty_site(folder: Path, *, each: int, loops: Sequence[str] = ("sequencer",)) -> Iterator[Faulty]:
    """A site on a database server of its own."""
    with contextlib.ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="esaylov-faults-")))
        embedded = Embedded(place / "db", durable=False, temporary=True)
        urls = stack.enter_context(embedded)
        before = {alias: dict(connections[alias].settings_dict) for alias in connections}
        stack.callback(_lead_back, before)
        point_to(urls)
        migrate()
        made = stack.enter_context(world(folder, each=each))
        environment = {
            "ESAYLOV_DATA": str(made.data), "DATABASE_URL": urls.app, "DATABASE_ADMIN_URL": urls.admin,
            "DJANGO_SETTINGS_MODULE": "esaylov.settings", "ESAYLOV_LOG": "ERROR",
        }  # fmt: skip
        stack.enter_context(_environment(environment))
        port = free_port()
        wanted = {"web", *loops}
        assert wanted <= {"web", *LOOPS}
        services = [s for s in site_services("127.0.0.1", port, 1) if s.name in wanted]
        faulty = Faulty(made, port, embedded, Supervisor(services, embedded))
        thread = threading.Thread(target=faulty.tend)
        thread.start()
        stack.callback(thread.join)
        stack.callback(faulty.supervisor.ask_to_end)
        until(lambda: answers("127.0.0.1", port))
        yield faulty


@contextlib.contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ |= values
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _lead_back(before: dict[str, dict[str, Any]]) -> None:
    for alias, settings in before.items():
        with contextlib.suppress(psycopg.Error):
            connections[alias].close()
        connections[alias].settings_dict.update(settings)


@dataclass
class Commissions:
    """Precinct commissions that submit their protocols and repeat a request until it is answered: `receipts` by
    (precinct, contest), and how often each status came."""

    site: Faulty
    places: list[tuple[str, str]]
    receipts: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    lost: int = 0
    away: int = 0

    def submit_all(self, threads: int = 3) -> None:
        """Submits for all places from several threads, each over one kept connection; returns when all have a receipt."""
        works = [
            threading.Thread(target=self._work, args=(self.places[number::threads],))
            for number in range(threads)
        ]
        for work in works:
            work.start()
        for work in works:
            work.join()
        assert set(self.places) <= set(self.receipts)

    def _work(self, places: list[tuple[str, str]]) -> None:
        link: Connection | None = None
        for place in places:
            request = self._request(*place)
            limit = time.monotonic() + PATIENCE
            while place not in self.receipts:
                assert time.monotonic() < limit, f"no receipt for {place}"
                try:
                    link = link or Connection(self.site.port)
                    status, body = link.send(request)
                except OSError:
                    self.lost, link = self.lost + 1, None
                    time.sleep(0.05)
                    continue
                assert status in (201, 503), (status, body)
                if status == 201:
                    self.receipts[place] = json.loads(body)
                else:
                    self.away += 1
                    time.sleep(0.05)

    def _request(self, precinct: str, contest: str) -> bytes:
        headers = {
            "Authorization": f"Bearer {self.site.world.tokens[f'pec:{precinct}']}",
            "Idempotency-Key": uuid.uuid4().hex,
            "Content-Type": "application/json",
        }
        body = json.dumps(form(precinct, contest, seed=hash((precinct, contest)) % 1000)).encode()
        return http_request("POST", f"/api/elections/{self.site.world.election}/protocols", headers, body)


def all_places(each: int) -> list[tuple[str, str]]:
    """Every place of the election's roster."""
    constituency = {"n": "d1", "s": "d2"}
    places = []
    for precinct in precinct_ids(each):
        places += [(precinct, "list"), (precinct, constituency[precinct[0]])]
        places += [(precinct, "k")] if precinct.startswith("n") else []
    random.Random(7).shuffle(places)
    return places
