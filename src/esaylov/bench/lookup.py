"""The look-up of one's own entry over HTTP: the time of an answer at 500 a second, and how many a second the server gives,
against a bare query by primary key behind the same server.

`ESAYLOV_BENCH_LISTED` says how many invented voters stand on the list (200,000 without it). The work against robots is small
here and done beforehand (checking it costs the same); the custodian's limits are raised. One in five asks for somebody who is
not listed.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from struct import Struct
from typing import Any
from urllib.parse import urlencode

from esaylov.bench.client import http_request
from esaylov.bench.meter import Meter
from esaylov.bench.report import Report
from esaylov.bench.site import Site, site

VOTERS = 200_000
PRECINCTS = 100
RATE = 500.0
SECONDS = 30
GOAL_MS, GOAL_SHARE = 30.0, 0.4
SLICES, SLICE = 4, 3_000
WARM_UP = 2_000
CONNECTIONS = 16
MISSING_EACH = 5
BLOCK = 50_000
SETTINGS = {
    "ESAYLOV_LOOKUP_WORK_BITS": "4",
    "ESAYLOV_PROXIES": "1",
    "ESAYLOV_CUSTODY_TRIES": "1000,100000",
    "ESAYLOV_CUSTODY_ALL_TRIES": "100000,1000000",
    "ESAYLOV_CUSTODY_LOOK_UP": "1000000,10000000",
    "ESAYLOV_CUSTODY_DOCUMENT_TRIES": "1000,100000",
}
DIGESTS = ("pinfl", "document", "content")
ROW = Struct(">hiqi16si16si16siqiiiiiiiqi")
"""A row of the list in COPY's binary format: ten fields, each behind its length; the sealed record follows."""
COPY_HEAD, COPY_END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
COLUMNS = "id, pinfl, document, content, house, district, mahalla, precinct, changeset, sealed"


def run(
    voters: int | None = None, seconds: int = SECONDS, slices: int = SLICES, workers: int | None = None
) -> list[Report]:
    """Measures; see the module's text."""
    voters = voters or int(os.environ.get("ESAYLOV_BENCH_LISTED") or VOTERS)
    workers = workers or min(2, os.cpu_count() or 1)
    os.environ.update(SETTINGS)
    with site(PRECINCTS, workers=workers, loops=()) as at, custodian():
        meter = Meter()
        with meter.step("entered"):
            enter(voters)
        begin = meter.now()
        at.drive(look_ups(WARM_UP, voters), CONNECTIONS)
        steady = at.drive(look_ups(int(RATE * seconds), voters), CONNECTIONS, RATE)
        whole, bare = _throughput(at, voters, slices)
        asked = meter.now() - begin
        about = (
            ("list", f"{voters:,} invented voters, {_bytes():.1f} GiB with its indexes"),
            ("entered and indexed in", str(meter.steps["entered"])),
            ("asked and answered in", str(asked)),
            ("server", f"{workers} workers and the custodian; the clients on the same cores"),
            *meter.details(asked, ()),
        )
    _check(steady)
    return [_answer(steady, about), _share(whole, bare, slices, about)]


def _answer(steady: dict[str, Any], about: tuple[tuple[str, str], ...]) -> Report:
    p50, p99 = 1000 * steady["p50"], 1000 * steady["p99"]
    return Report(
        "lookup",
        f"p99 of a look-up at {RATE:g} a second over HTTP, against {GOAL_MS:g} ms",
        p99 / GOAL_MS,
        1.0,
        False,
        (("an answer", f"p50 {p50:.1f} ms, p99 {p99:.1f} ms"), *about),
    )


def _share(whole: float, bare: float, slices: int, about: tuple[tuple[str, str], ...]) -> Report:
    answered = slices * SLICE
    return Report(
        "lookup-throughput",
        "look-ups a second over HTTP against a bare query by primary key behind the same server",
        bare / whole,
        GOAL_SHARE,
        True,
        (
            ("look-ups", f"{answered / whole:,.0f} a second"),
            ("bare queries", f"{answered / bare:,.0f} a second"),
            *about,
        ),
    )


def _bytes() -> float:
    """How much room the list takes (GiB)."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size('voters_voter')")
        return float(cursor.fetchone()[0] / 2**30)


def _throughput(at: Site, voters: int, slices: int) -> tuple[float, float]:
    """Seconds of all look-ups and of as many bare queries, in turns."""
    whole = bare = 0.0
    for _ in range(slices):
        done = at.drive(look_ups(SLICE, voters), CONNECTIONS)
        _check(done)
        whole += done["seconds"]
        done = at.drive(bare_queries(SLICE, voters), CONNECTIONS)
        _check(done)
        bare += done["seconds"]
    return whole, bare


def _check(done: dict[str, Any]) -> None:
    if set(done["answers"]) != {"200"}:
        raise RuntimeError(f"not everybody was answered: {done['answers']}")


@contextmanager
def custodian() -> Iterator[None]:
    """The custodian of the measured site, with keys of its own."""
    from esaylov.custody.client import CustodianDown, status
    from esaylov.server.supervisor import custodian_service
    from esaylov.voters.keys import keyring

    keyring()
    service = custodian_service()
    if service is None:
        raise RuntimeError("unset ESAYLOV_CUSTODY_SOCKET: a measurement has a custodian of its own")
    service.start()
    try:
        limit = time.monotonic() + 30
        while True:
            try:
                status()
                break
            except CustodianDown:
                if time.monotonic() > limit:
                    raise
                time.sleep(0.05)
        yield
    finally:
        service.stop()


def document(number: int) -> str:
    """The document of an invented voter."""
    series, rest = divmod(number, 10_000_000)
    return f"A{chr(ord('A') + series)}{rest:07d}"


def birth(number: int) -> tuple[int, int, int]:
    """The birth date of an invented voter: year, month, day."""
    return 1940 + number % 68, 1 + number % 12, 1 + number % 28


def enter(voters: int) -> None:
    """Writes so many invented voters into the list, as a national load does: COPY, then the indexes."""
    from django.db import connection, transaction

    from esaylov.registry.models import Precinct
    from esaylov.voters.keys import sealer

    sealing = sealer()
    precincts = list(Precinct.objects.order_by("id").values_list("id", flat=True))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT voters_begin_load()")
        with cursor.copy(f"COPY voters_voter ({COLUMNS}) FROM STDIN (FORMAT binary)") as copy:
            copy.write(COPY_HEAD)
            for first in range(0, voters, BLOCK):
                copy.write(_block(sealing, precincts, range(first, min(first + BLOCK, voters))))
            copy.write(COPY_END)
        cursor.execute("SELECT voters_end_load()")


def _block(sealing: Any, precincts: list[int], numbers: range) -> bytes:
    """Rows of invented voters, sealed. (No living person's PINFL begins with 8.)"""
    ids = [number + 1 for number in numbers]
    said = [
        {"pinfl": b"8%013d" % number, "document": document(number).encode(), "content": b"%d" % number}
        for number in numbers
    ]
    made = [sealing.digests(name, [one[name] for one in said]) for name in DIGESTS]
    sealed = sealing.seal(ids, [_record(number) for number in numbers])
    pack, many = ROW.pack, len(precincts)
    rows = []
    for row, pinfl, paper, content, closed in zip(ids, *made, sealed, strict=True):
        precinct = precincts[row % many]
        rows.append(
            pack(
                10, 8, row, 16, pinfl, 16, paper, 16, content, 8, row // 4, 4, 1726266, 4, row % 9000, 4,
                precinct, 8, 1, len(closed),
            )
        )  # fmt: skip
        rows.append(closed)
    return b"".join(rows)


def _record(number: int) -> bytes:
    year, month, day = birth(number)
    return (
        f'{{"pinfl":"8{number:013d}","document":"{document(number)}","surname":"Sinovchi{number}","given_name":"Sinov",'
        f'"patronymic":"Sinovovich","birth_date":"{year}-{month:02d}-{day:02d}","sex":"m","street":"Navoiy koʻchasi",'
        f'"house":"{number // 4}","flat":""}}'
    ).encode()


def look_ups(count: int, voters: int) -> list[bytes]:
    """Forms with their work done; one in `MISSING_EACH` asks for nobody."""
    from esaylov.voters.lookup import challenges

    found, drawn = [], random.Random(time.perf_counter())
    for place in range(count):
        number = drawn.randrange(voters)
        year, month, day = birth(number)
        challenge = challenges.issue()
        form = {
            "document": document(number), "birth_day": day, "birth_month": month,
            "birth_year": year - (place % MISSING_EACH == 0), "challenge": challenge,
            "work": challenges.solve(challenge), "answer": "",
        }  # fmt: skip
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Forwarded-For": f"10.{drawn.randrange(256)}.{drawn.randrange(256)}.{drawn.randrange(256)}",
        }
        found.append(http_request("POST", "/uz/voter/", headers, urlencode(form).encode()))
    return found


def bare_queries(count: int, voters: int) -> list[bytes]:
    """As many bare queries by primary key."""
    return [http_request("GET", f"/yardstick/voter/{1 + random.randrange(voters)}", {}) for _ in range(count)]
