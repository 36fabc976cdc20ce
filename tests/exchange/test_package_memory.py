"""A package is checked in bounded memory whatever its files hold: small here, a gigabyte in the slow
tests.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from tests.exchange import packages
from tests.exchange.packages import build_package

CHILD = """
import json, sys
from esaylov.exchange.check import check_package
kept = []
counts = check_package(sys.argv[1], kept.append)
status = open("/proc/self/status").read()
peak = int(status.split("VmHWM:")[1].split()[0]) // 1024
print(json.dumps({"codes": dict(counts.codes), "kept": len(kept), "peak": peak, "rows": dict(counts.rows)}))
"""
MEGABYTE = 1 << 20
GIGABYTE = 1 << 30
BOUND = 512

SECOND = timedelta(seconds=1)
EPOCH = datetime(2026, 1, 1)
BALLOT = "\U0001f5f3"

Rows = Iterator[bytes]


def check(folder: Path) -> dict[str, object]:
    """Check in a process of its own: codes, problems handed over, peak of resident memory in MiB."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(folder)], capture_output=True, text=True, check=True, timeout=600
    )
    answer = json.loads(done.stdout)
    assert isinstance(answer, dict)
    return answer


def fill(file: BinaryIO, blocks: Rows, size: int) -> None:
    """Write blocks until the file has the size."""
    written = 0
    for block in blocks:
        file.write(block)
        written += len(block)
        if written >= size:
            return


def batches(row: Callable[[int], str]) -> Rows:
    """Rows numbered from 0, a thousand a block."""
    for first in count(0, 1_000):
        yield "".join(row(n) for n in range(first, first + 1_000)).encode()


def same(text: str) -> Rows:
    block = (text * (MEGABYTE // len(text) + 1)).encode()
    while True:
        yield block


VOTES_HEAD = "precinct,contest,option,votes\n"
PRECINCTS_HEAD = packages.PRECINCTS.splitlines(keepends=True)[0]

HOSTILE: dict[str, tuple[str, str, Callable[[], Rows], str]] = {
    "endless line": ("votes", VOTES_HEAD, lambda: same("x" * 100), "K08"),
    "endless head": ("votes", "", lambda: same("x," * 50), "K08"),
    "endless quote": ("votes", VOTES_HEAD + '"', lambda: same("x" * 100), "K08"),
    "quote over endless lines": ("votes", VOTES_HEAD + '"', lambda: same("x\n"), "K08"),
    "empty lines": ("votes", VOTES_HEAD, lambda: same("\n"), "K15"),
    "commas": ("votes", VOTES_HEAD, lambda: same("," * 60_000 + "\n"), "K10"),
    "double rows": ("votes", packages.votes_text(), lambda: same("p1,list,green,40\n"), "K15"),
    "double protocols": (
        "protocols",
        packages.protocols_text(),
        lambda: same("p1,list,1,1,1,1,1,1,1,,,\n"),
        "K15",
    ),
    "garbage": ("votes", VOTES_HEAD, lambda: same("\x01\x02,%%%,\u202e,NaN\n"), "K15"),
    "unknown precincts": ("votes", VOTES_HEAD, lambda: batches(lambda n: f"x{n},list,green,1\n"), "K15"),
    "precincts without end": (
        "precincts",
        PRECINCTS_HEAD,
        lambda: batches(lambda n: f"x{n},n,,,100,,,,\n"),
        "K08",
    ),
    "long addresses": (
        "precincts",
        PRECINCTS_HEAD,
        lambda: batches(lambda n: f"x{n},n,,,100,{n}{BALLOT * 1_500},,,\n"),
        "K08",
    ),
    "territories without end": (
        "territories",
        packages.TERRITORIES,
        lambda: batches(lambda n: f"x{n},uz,mahalla,{n},\n"),
        "K08",
    ),
    "turnout without end": (
        "turnout",
        packages.TURNOUT,
        lambda: batches(lambda n: f"p1,{(EPOCH + n * SECOND).isoformat()}+05:00,1\n"),
        "K08",
    ),
    "decisions without end": (
        "decisions",
        packages.DECISIONS,
        lambda: batches(lambda n: f"annulment,{n},2026-10-26T09:00:00+05:00,p3,d2,\n"),
        "K08",
    ),
}
SMALL = {"long addresses": (160, 400), "turnout without end": (60, 250)}
"""Megabytes that it takes to reach a limit, and the bound of memory in MiB, where the usual ones are too
small.
"""


LONG = {"precincts without end", "territories without end", "long addresses", "turnout without end"}
"""Cases whose limit is reached after many rows only."""


@pytest.mark.parametrize(
    "case", [pytest.param(one, marks=pytest.mark.slow) if one in LONG else one for one in HOSTILE]
)
def test_hostile_file_is_refused_in_little_memory(tmp_path: Path, case: str) -> None:
    size, bound = SMALL.get(case, (24, 200))
    hostile(tmp_path, case, size * MEGABYTE, bound)


@pytest.mark.slow
@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_gigabyte_is_refused_in_half_of_it(tmp_path: Path, case: str) -> None:
    hostile(tmp_path, case, GIGABYTE, BOUND)


def hostile(tmp_path: Path, case: str, size: int, bound: int) -> None:
    name, head, blocks, code = HOSTILE[case]
    folder = build_package(tmp_path / "p", packed=(), **{name: None})
    with (folder / f"{name}.csv").open("wb") as file:
        file.write(head.encode())
        fill(file, blocks(), size)
    answer = check(folder)
    codes, kept, peak = answer["codes"], answer["kept"], answer["peak"]
    assert isinstance(codes, dict)
    assert code in codes
    assert isinstance(kept, int)
    assert kept <= 1_000
    assert isinstance(peak, int)
    assert peak < bound
    (folder / f"{name}.csv").unlink()


def test_gzip_bomb_is_refused_early(tmp_path: Path) -> None:
    """Rows that are right and pack a thousandfold."""
    folder = build_package(tmp_path / "p", precincts=None, packed=("precincts",))
    with gzip.open(folder / "precincts.csv.gz", "wb", compresslevel=9) as file:
        file.write(b"id,territory,number,voters,note\n")
        fill(
            cast(BinaryIO, file), (f"x{n},n,,100,{'x' * 60_000}\n".encode() for n in count()), 200 * MEGABYTE
        )
    answer = check(folder)
    assert answer["codes"] == {"K12": 1, "K08": 1}
    assert isinstance(answer["peak"], int)
    assert answer["peak"] < 200


@pytest.mark.slow
def test_valid_gigabyte_is_read_in_half_of_it(tmp_path: Path) -> None:
    """100,000 precincts × 107 lists with long ids, out of order: ten million rows, all of them
    right.
    """
    stations, choices = 100_000, 107
    lines = ",".join("0" * len(packages.LINES))
    ids = [f"station-{'0' * 45}{n:06}" for n in range(stations)]
    options = [f"candidate-{'0' * 20}{n:03}" for n in range(choices)]
    folder = build_package(
        tmp_path / "p",
        packed=(),
        contests="id,kind,territory,seats,edition,title_en\nlist,list,uz,3,tiny-1,Party lists\n",
        options="id,contest,kind,name_en,ballot_order\n"
        + "".join(f"{option},list,party-list,{option},1\n" for option in options),
        precincts="id,territory,number,voters\n" + "".join(f"{id},n,,0\n" for id in ids),
        protocols=f"precinct,contest,{','.join(packages.LINES)}\n"
        + "".join(f"{id},list,{lines}\n" for id in ids),
        votes=None,
    )
    with (folder / "votes.csv").open("w", encoding="utf-8") as file:
        file.write(VOTES_HEAD)
        for option in options:
            file.writelines(f"{id},list,{option},0\n" for id in ids)
    assert (folder / "votes.csv").stat().st_size > GIGABYTE
    answer = check(folder)
    assert answer["codes"] == {"K40": stations}
    assert isinstance(answer["rows"], dict)
    assert answer["rows"]["protocols"] == stations
    assert isinstance(answer["peak"], int)
    assert answer["peak"] < BOUND
    (folder / "votes.csv").unlink()
