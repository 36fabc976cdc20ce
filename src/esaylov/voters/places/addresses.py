"""The address register becomes the table of houses: what is new, what is written otherwise, what is gone.

An extract is read to its end before anything changes: one that is half written brings nothing. What it changes is then written
mahalla by mahalla, a second of work in each transaction, so that the log is never held up. A process that is killed in between
has lost nothing: the same extract again does the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
from django.db import connection, transaction

from esaylov.acts.identity import identity
from esaylov.custody.sealer import Sealer
from esaylov.exchange.residents.extracts import Batch, Head, batches, read_head, read_mahallas
from esaylov.exchange.residents.normal import house_key
from esaylov.voters.models import Extract, Mahalla
from esaylov.voters.places.waiting import wait_for

REGISTER = "address"
PIECE = 60_000
"""Rows that are written in one transaction, about: a second of work."""
INCOMING = ("mahalla", "street", "street_key", "house", "digest")
Progress = Callable[[int, int], None]

OPEN = """DROP TABLE IF EXISTS pg_temp.incoming;
CREATE TEMPORARY TABLE incoming
    (mahalla integer NOT NULL, street text NOT NULL, street_key text NOT NULL, house text NOT NULL, digest bigint NOT NULL)"""
COPY = f"COPY pg_temp.incoming ({', '.join(INCOMING)}) FROM STDIN (FORMAT csv, FORCE_NOT_NULL (street, street_key, house))"
SORT = """CREATE INDEX ON pg_temp.incoming (mahalla, street_key, house); ANALYZE pg_temp.incoming"""
SIZES = """SELECT m.id, (SELECT count(*) FROM pg_temp.incoming i WHERE i.mahalla = m.id),
    (SELECT count(*) FROM voters_address a WHERE a.mahalla_id = m.id) FROM voters_mahalla m ORDER BY m.id"""
SAME = "i.mahalla = a.mahalla_id AND i.street_key = a.street_key AND i.house = a.house"
GONE = f"""DELETE FROM voters_address a WHERE a.mahalla_id = ANY(%s)
    AND NOT EXISTS (SELECT FROM pg_temp.incoming i WHERE {SAME}) RETURNING a.mahalla_id"""
# A house that the register names twice counts once, as its first street in the alphabet is written.
ONCE = """SELECT DISTINCT ON (mahalla, street_key, house) mahalla, street, street_key, house, digest FROM pg_temp.incoming
    WHERE mahalla = ANY(%s) ORDER BY mahalla, street_key, house, street"""
CHANGED = f"""WITH i AS ({ONCE}) UPDATE voters_address a SET street = i.street, digest = i.digest FROM i
    WHERE {SAME} AND (a.street, a.digest) IS DISTINCT FROM (i.street, i.digest) RETURNING a.mahalla_id"""
NEW = f"""INSERT INTO voters_address (mahalla_id, street, street_key, house, digest) {ONCE}
    ON CONFLICT DO NOTHING RETURNING mahalla_id"""


class AddressError(RuntimeError):
    """An extract that is not taken; the text says why."""


@dataclass
class Loaded:
    """What a load did: rows of the extract, houses by what became of them, mahallas, rows left out by the code of the problem."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    gone: int = 0
    mahallas: int = 0
    new_mahallas: int = 0
    problems: Counter[str] = field(default_factory=Counter)
    touched: set[int] = field(default_factory=set)


def load(folder: Path, sealer: Sealer, progress: Progress = lambda done, total: None) -> Loaded:
    """Loads an extract of the address register. Raises ExtractError and AddressError: then nothing has changed."""
    head = _acceptable(read_head(folder))
    done = Loaded()
    known = _mahallas(read_mahallas(folder, head), done) if head.mahallas else _known()
    with connection.cursor() as cursor:
        cursor.execute(OPEN)
    for batch in batches(folder, head):
        _stage(batch, known, sealer, done)
        progress(done.rows, head.rows)
    with connection.cursor() as cursor:
        cursor.execute(SORT)
    try:
        for piece in _pieces(every=head.kind == "full"):
            _write(piece, done, every=head.kind == "full")
        _note(head, done)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE pg_temp.incoming")
    return done


def _acceptable(head: Head) -> Head:
    if head.register != REGISTER:
        raise AddressError(
            f"this is an extract of the register “{head.register}”: addresses come from “{REGISTER}”"
        )
    own = identity()
    if own is not None and own.simulated != head.simulated:
        told = ("real", "simulated") if own.simulated else ("simulated", "real")
        raise AddressError(f"the extract is {told[0]}, this installation is for {told[1]} elections only")
    last = Extract.objects.filter(register=REGISTER).order_by("-as_of").first()
    if last is not None and head.as_of < last.as_of:
        raise AddressError(
            f"the extract shows {head.as_of.isoformat()}, a later one ({last.as_of.isoformat()}) is loaded"
        )
    if last is not None and bytes(last.sha256).hex() == head.sha256:
        raise AddressError("this extract is loaded already")
    return head


def _known() -> dict[str, int]:
    return dict(Mahalla.objects.values_list("code", "id"))


def _mahallas(table: pl.DataFrame, done: Loaded) -> dict[str, int]:
    """Writes the mahallas; those that the register has no more stay, for rules and entries name them."""
    wrong = table.filter(~pl.col("district").str.contains(r"^\d{7}$") | (pl.col("mahalla") == ""))
    if wrong.height:
        raise AddressError(
            f"mahallas.csv:{wrong['line'][0]}: a mahalla has a code and a district of seven digits (SOATO)"
        )
    if table["mahalla"].is_duplicated().any():
        raise AddressError("mahallas.csv names a mahalla twice")
    languages = {"uz": "name_uz", "uz-cyrl": "name_uz_cyrl", "ru": "name_ru", "en": "name_en"}
    rows = [
        Mahalla(
            code=row["mahalla"], district=int(row["district"]),
            names={language: row[name] for language, name in languages.items() if row[name]},
        )
        for row in table.iter_rows(named=True)
    ]  # fmt: skip
    done.mahallas, before = len(rows), Mahalla.objects.count()
    Mahalla.objects.bulk_create(
        rows, batch_size=2_000, update_conflicts=True, unique_fields=["code"], update_fields=["district", "names"]
    )  # fmt: skip
    done.new_mahallas = Mahalla.objects.count() - before
    return _known()


def _stage(batch: Batch, known: dict[str, int], sealer: Sealer, done: Loaded) -> None:
    """Puts the houses of a batch beside the table, with their digests."""
    done.rows += batch.read
    done.problems.update(batch.problems["code"].to_list())
    table = batch.table.with_columns(
        pl.col("mahalla").replace_strict(known, default=None, return_dtype=pl.Int32).alias("place")
    )
    whole = table.filter(
        pl.col("place").is_not_null() & (pl.col("street_key") != "") & (pl.col("house") != "")
    )
    if lost := table["place"].null_count():
        done.problems["unknown mahalla"] += lost
    if empty := table.height - lost - whole.height:
        done.problems["no street or house"] += empty
    keys = house_key(whole["mahalla"], whole["street"], whole["house"]).to_list()
    digests = np.frombuffer(b"".join(sealer.digests("house", keys)), dtype=">i8").reshape(-1, 2)[:, 0]
    made = whole.select(pl.col("place").alias("mahalla"), "street", "street_key", "house").with_columns(
        pl.Series("digest", digests.astype(np.int64))
    )
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        copy.write(made.write_csv(include_header=False).encode())


def _pieces(*, every: bool) -> Iterator[list[int]]:
    """Mahallas in groups of about PIECE houses. `every`: those too of which the extract says nothing."""
    with connection.cursor() as cursor:
        cursor.execute(SIZES)
        sizes = [(place, new, old) for place, new, old in cursor.fetchall() if new or (every and old)]
    piece: list[int] = []
    weight = 0
    for place, new, old in sizes:
        piece.append(place)
        weight += max(new, old)
        if weight >= PIECE:
            yield piece
            piece, weight = [], 0
    if piece:
        yield piece


def _write(piece: Sequence[int], done: Loaded, *, every: bool) -> None:
    """Writes what changes in some mahallas, with the order to place their voters anew."""
    with transaction.atomic(), connection.cursor() as cursor:
        found: list[list[int]] = []
        for statement in (GONE, CHANGED, NEW):
            if statement is GONE and not every:
                found.append([])
                continue
            cursor.execute(statement, [list(piece)])
            found.append([place for (place,) in cursor.fetchall()])
        gone, changed, new = found
        # (How a street is written places nobody elsewhere, but a digest that changed does.)
        touched = {*gone, *changed, *new}
        wait_for(touched)
    done.gone += len(gone)
    done.changed += len(changed)
    done.new += len(new)
    done.touched |= touched


def _note(head: Head, done: Loaded) -> None:
    Extract.objects.create(
        register=REGISTER, kind=head.kind, as_of=head.as_of, rows=done.rows, sha256=bytes.fromhex(head.sha256),
        simulated=head.simulated, received_at=datetime.now(UTC),
    )  # fmt: skip
