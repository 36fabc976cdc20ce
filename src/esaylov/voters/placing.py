"""Voters at the precinct of their house: after rules or addresses changed, and when an import brings them.

`place_waiting` takes one group of mahallas after another out of `voters_placing`. What differs is found by reading, is written
in pieces of a second, and may be begun anew at any time: placing twice places nobody elsewhere.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from datetime import date

import polars as pl
from django.db import connection, transaction

from esaylov.acts.context import get_context
from esaylov.exchange.residents.places import Addresses
from esaylov.exchange.residents.rules import Rules
from esaylov.registry.models import Precinct
from esaylov.voters.doors.sizes import MOVED
from esaylov.voters.keys import changing
from esaylov.voters.locks import lock_list
from esaylov.voters.places.houses import (
    NOT_OVER,
    UNASSIGNED,
    UNKNOWN_STREET,
    houses_of,
    living,
    placed,
    ruled_elsewhere,
    rules_in_force,
    voters_of,
)

GROUP = 40
"""Mahallas that are placed together: some eighty thousand voters."""
HOUSES = 4_000
"""Houses whose voters move in one transaction."""
ADDRESSES = 400_000
Place = Callable[[pl.DataFrame], pl.Series]

# A list that was prepared for its freeze, and which somebody now leaves or joins, is to be prepared anew.
MOVE = f"""WITH found AS (SELECT v.id, v.precinct AS before, t.precinct AS after
        FROM unnest(%s::integer[], %s::bigint[], %s::integer[]) AS t(mahalla, house, precinct)
        JOIN voters_voter v ON v.mahalla = t.mahalla AND v.house = t.house
        WHERE v.precinct IS DISTINCT FROM t.precinct AND (v.precinct IS NULL OR v.precinct <> ALL(%s::integer[]))
        {UNASSIGNED}),
    moved AS (UPDATE voters_voter v SET precinct = found.after FROM found WHERE v.id = found.id
        RETURNING found.before, found.after),
    stale AS (DELETE FROM voters_frozen f WHERE f.journal IS NULL AND f.precinct_id IN
        (SELECT before FROM moved UNION SELECT after FROM moved)),
    sized AS ({MOVED})
    SELECT count(*) FROM moved"""
NEXT = """SELECT election, mahalla_id, xmin::text FROM voters_placing
    WHERE election = (SELECT election FROM voters_placing ORDER BY id LIMIT 1) ORDER BY id LIMIT %s"""
# What was asked for once more meanwhile is another version of its row: it stays, and is done again.
DONE = """DELETE FROM voters_placing p USING unnest(%s::integer[], %s::text[]) AS t(mahalla, seen)
    WHERE p.election = %s AND p.mahalla_id = t.mahalla AND p.xmin::text = t.seen"""
COVERED = """INSERT INTO voters_coverage (election, mahalla_id, houses, uncovered)
    SELECT %s, t.mahalla, t.houses, t.uncovered FROM unnest(%s::integer[], %s::integer[], %s::integer[])
        AS t(mahalla, houses, uncovered)
    ON CONFLICT (election, mahalla_id) DO UPDATE SET houses = excluded.houses, uncovered = excluded.uncovered"""
ALL_ADDRESSES = """COPY (SELECT m.code, a.street_key, a.house FROM voters_address a
    JOIN voters_mahalla m ON m.id = a.mahalla_id) TO STDOUT (FORMAT csv)"""


def compiled(election: str) -> Rules:
    """The rules of an election that are in force."""
    return Rules(rules_in_force(election))


def numbers_of(election: str, rules: Rules) -> dict[str, int]:
    """The database's numbers, by code, of the precincts that rules name."""
    codes = {one.precinct for one in rules.rules}
    return dict(Precinct.objects.filter(election=election, code__in=codes).values_list("code", "id"))


def placer(election: str) -> Place:
    """What leads rows of an import (mahalla, street_key, house: normal forms) to precincts, as numbers; null where there is none.

    It places exactly as `place_waiting` does: a house that the address register does not know is in no street.
    """
    rules = compiled(election)
    numbers = numbers_of(election, rules)
    if not rules.rules:
        return lambda table: pl.repeat(None, table.height, dtype=pl.Int32, eager=True)
    known = Addresses(_every_address())

    def place(table: pl.DataFrame) -> pl.Series:
        rows = table.select("mahalla", "street_key", "house")
        there = known.known(rows)
        keys = rows["street_key"].zip_with(there, pl.repeat(UNKNOWN_STREET, rows.height, eager=True))
        found = rules.match(rows.with_columns(keys.alias("street_key")))
        return found.replace_strict(numbers, default=None, return_dtype=pl.Int32)

    return place


def _every_address() -> Iterator[pl.DataFrame]:
    """All houses of the register in pieces: five million of a country never stand in memory together."""
    piece: list[bytes] = []
    with connection.cursor() as cursor, cursor.copy(ALL_ADDRESSES) as copy:
        for row in copy:
            piece.append(bytes(row))
            if len(piece) == ADDRESSES:
                yield _table(piece)
                piece = []
    yield _table(piece)


def _table(rows: list[bytes]) -> pl.DataFrame:
    schema = dict.fromkeys(("mahalla", "street_key", "house"), pl.String)
    if not rows:
        return pl.DataFrame(schema=schema)
    return pl.read_csv(io.BytesIO(b"".join(rows)), has_header=False, schema=schema)


def place_waiting() -> int | None:
    """Places the voters of the next mahallas that wait; returns how many moved, None when none waits (or must go on waiting:
    while keys are being changed, a voter's house and the register's have different digests).
    """
    if changing():
        return None
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [GROUP])
        rows = cursor.fetchall()
    if not rows:
        return None
    election, mahallas = rows[0][0], [row[1] for row in rows]
    moved = 0 if _succeeded(election) else place(election, mahallas)
    with connection.cursor() as cursor:
        cursor.execute(DONE, [mahallas, [row[2] for row in rows], election])
    return moved


def _succeeded(election: str) -> bool:
    """Whether an election is over and the next one has rules: the list follows these."""
    context = get_context(election)
    day = context.now().date()
    return context.date < day and ruled_elsewhere(election, day) is not None


def place(election: str, mahallas: Sequence[int]) -> int:
    """Places the voters of some mahallas by the rules in force, and notes what these cover; returns how many moved.

    Lists that are frozen stay as they are, those of other elections that are not over too. Nor does whoever is assigned to a
    precinct follow the house (`assignments`).
    """
    rules, houses = Rules(rules_in_force(election, mahallas)), houses_of(mahallas)
    numbers, day = numbers_of(election, rules), get_context(election).now().date()
    rows = living(voters_of(mahallas, (day, election)), houses, rules, numbers)
    moving = rows.filter(pl.col("before").ne_missing(pl.col("after"))).unique(["place", "digest"])
    frozen = _frozen(election, day)
    moving = moving.filter(pl.col("after").is_null() | ~pl.col("after").is_in(frozen))
    moved = 0
    for piece in moving.iter_slices(HOUSES):
        with transaction.atomic(), connection.cursor() as cursor:
            lock_list()
            columns = [piece[name].to_list() for name in ("place", "digest", "after")]
            cursor.execute(MOVE, [*columns, frozen, day, election])
            moved += cursor.fetchone()[0]
    _note(election, mahallas, placed(houses, rules, numbers))
    return moved


def _frozen(election: str, day: date) -> list[int]:
    """Precincts that nobody comes into or leaves."""
    with connection.cursor() as cursor:
        cursor.execute(FROZEN, [day, election])
        return [precinct for (precinct,) in cursor.fetchall()]


FROZEN = f"""SELECT f.precinct_id FROM voters_frozen f JOIN elections_election e ON e.id = f.election
WHERE f.journal IS NOT NULL AND ({NOT_OVER} OR e.id = %s)"""


def _note(election: str, mahallas: Sequence[int], houses: pl.DataFrame) -> None:
    counted = houses.group_by("place").agg(pl.len(), pl.col("after").is_null().sum())
    said = {place: (every, without) for place, every, without in counted.iter_rows()}
    rows = [(one, *said.get(one, (0, 0))) for one in mahallas]
    with connection.cursor() as cursor:
        cursor.execute(COVERED, [election, *(list(column) for column in zip(*rows, strict=True))])
