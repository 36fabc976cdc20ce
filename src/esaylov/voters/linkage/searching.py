"""Searches the whole list for people who stand in it twice, and fills the queue: `esaylov voters duplicates`.

Runs at a terminal, with the keys (`voters.keys`): entries are opened batch by batch straight into DuckDB's memory. Nothing of
them is written anywhere; what is stored are pairs of numbers.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib import resources

import polars as pl
from django.db import connection, transaction

from esaylov.custody.sealer import Sealer
from esaylov.voters.keys import sealer
from esaylov.voters.linkage.blocking import Progress
from esaylov.voters.linkage.engine import DEFAULT_MEMORY_GIB
from esaylov.voters.linkage.model import THRESHOLD, find_duplicates, silent
from esaylov.voters.linkage.models import Search
from esaylov.voters.linkage.people import COLUMNS
from esaylov.voters.linkage.queue import store
from esaylov.voters.models import Voter

BATCH = 65_536
_RECORD = pl.Struct({name: pl.String for name in COLUMNS if name not in {"id", "mahalla"}})


@dataclass(frozen=True, slots=True)
class Summary:
    """What a search found: `left_out`: entries under keys that too many share, counted by rule and entry."""

    entries: int
    pairs: int
    exact: int
    left_out: int
    seconds: float


def search(
    *,
    limit: int | None = None,
    memory_gib: float = DEFAULT_MEMORY_GIB,
    threshold: float = THRESHOLD,
    progress: Progress = silent,
) -> Summary:
    """Looks through the list (`limit`: its first entries only) and puts pairs into the queue.

    Raises LinkageError when the memory is too little, KeyringError when the keys are not there or others.
    """
    started = time.monotonic()
    found = find_duplicates(
        _entries(sealer(), limit), memory_gib=memory_gib, threshold=threshold, progress=progress
    )
    seconds = time.monotonic() - started
    done = Search.objects.create(
        at=datetime.now(UTC), seconds=round(seconds), entries=found.entries, pairs=found.table.height,
        candidates=found.candidates, model=_model(),
    )  # fmt: skip
    store(done, found.pairs())
    exact = found.table.filter(pl.col("exact") != "").height
    return Summary(found.entries, found.table.height, exact, found.candidates["left out"], seconds)


def size(limit: int | None = None) -> int:
    """How many entries a search looks at."""
    entries = Voter.objects.count()
    return entries if limit is None else min(limit, entries)


def _entries(seal: Sealer, limit: int | None) -> Iterator[pl.DataFrame]:
    """The list in clear, batch after batch."""
    with transaction.atomic(), connection.cursor() as outer:
        outer.execute("SET TRANSACTION READ ONLY")
        with connection.connection.cursor(name="linkage") as cursor:
            cursor.execute(
                "SELECT id, mahalla, sealed FROM voters_voter" + (f" LIMIT {int(limit)}" if limit else "")
            )
            while rows := cursor.fetchmany(BATCH):
                yield _opened(seal, rows)


def _opened(seal: Sealer, rows: list[tuple[int, int, bytes]]) -> pl.DataFrame:
    ids, mahallas, sealed = zip(*rows, strict=True)
    plain = pl.Series("record", seal.open(ids, [bytes(one) for one in sealed]), dtype=pl.Binary)
    records = plain.cast(pl.String).str.json_decode(_RECORD).struct.unnest()
    return records.with_columns(
        pl.Series("id", ids, dtype=pl.Int64), pl.Series("mahalla", mahallas, dtype=pl.Int32)
    ).select(COLUMNS)


def _model() -> bytes:
    return sha256(resources.files(__package__).joinpath("model.json").read_bytes()).digest()
