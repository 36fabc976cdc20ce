"""A changeset goes into the list, or out of it again, as one transaction: wholly or not at all.

What each entry was before stands in `voters_former`, so that every changeset can be taken back as long as nothing came after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from esaylov.acts.bulk import insert_rows
from esaylov.voters.assignments import following as assignments
from esaylov.voters.blocks import Kind
from esaylov.voters.doors import sizes
from esaylov.voters.models import Changeset
from esaylov.voters.notices import preparing
from esaylov.voters.notices.alerts import alerts
from esaylov.voters.places.houses import NOT_OVER

State = Changeset.State
ENTRY = (
    "pinfl", "document", "content", "house", "district", "mahalla", "precinct", "sealed",
)  # fmt: skip
BIG = 2
"""A load of more than the list's size over this takes the indexes away and makes them again: faster than to maintain them."""
LARGE = 100_000
PIECE = 100_000
"""So many entries are read at once for a reversal: less than a second."""
STANDING = (State.APPLIED, State.REVERSED)


def stage_of(changeset: int) -> str:
    """The table in which the changes of a changeset wait."""
    return f"voters_change_{int(changeset)}"


def head() -> int:
    """The last changeset that went into the list, 0 before the first."""
    last = Changeset.objects.filter(state__in=STANDING).order_by("-id").values_list("id", flat=True).first()
    return int(last or 0)


def in_force() -> list[int]:
    """The changesets that the list consists of: applied, and not taken back, or their reversal was taken back in its turn."""
    taken_back: set[int] = set()
    standing = []
    rows = Changeset.objects.filter(state__in=STANDING).order_by("-id").values_list("id", "reverses")
    for changeset, reverses in rows:
        if changeset not in taken_back:
            standing.append(changeset)
            if reverses is not None:
                taken_back.add(reverses)
    return standing


def size() -> int:
    """How many entries the list has."""
    return _count("SELECT count(*) FROM voters_voter")


def listed() -> int:
    """How many entries the list has, as the last changeset left it: every entry comes and goes by one."""
    last = (
        Changeset.objects.filter(state__in=STANDING).order_by("-id").values_list("counts", flat=True).first()
    )
    return int(last["voters"]) if last and "voters" in last else size()


def touches_frozen(changeset: int, day: date) -> bool:
    """Whether changes that wait concern precincts whose lists are frozen for an election that is not over on a day (one with a
    set clock: by that).
    """
    with connection.cursor() as cursor:
        cursor.execute(FROZEN, [day])
        precincts = [precinct for (precinct,) in cursor.fetchall()]
    return _touches(changeset, precincts)


def approved_for(precincts: Sequence[int]) -> int | None:
    """A changeset that is approved and waits, and concerns entries of precincts; None where there is none."""
    waiting = Changeset.objects.filter(state=State.APPROVED).order_by("id").values_list("id", flat=True)
    return next((changeset for changeset in waiting if _touches(changeset, precincts)), None)


def _touches(changeset: int, precincts: Sequence[int]) -> bool:
    if not precincts or not is_staged(changeset):
        return False
    statement = sql.SQL(TOUCHED).format(stage=sql.Identifier(stage_of(changeset)))
    return bool(_count(statement.as_string(), {"frozen": list(precincts)}))


FROZEN = f"""SELECT f.precinct_id FROM voters_frozen f JOIN elections_election e ON e.id = f.election
WHERE f.journal IS NOT NULL AND {NOT_OVER}"""
TOUCHED = """WITH frozen AS MATERIALIZED (SELECT unnest(%(frozen)s::integer[]) AS precinct)
SELECT count(*) FROM (SELECT 1 FROM {stage} s LEFT JOIN voters_voter v ON v.id = s.voter
    WHERE s.precinct IN (SELECT precinct FROM frozen) OR v.precinct IN (SELECT precinct FROM frozen) LIMIT 1) AS found"""


def is_staged(changeset: int) -> bool:
    """Whether the changes of a changeset are there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [stage_of(changeset)])
        return bool(cursor.fetchone()[0])


def is_emptied(changeset: int) -> bool:
    """Whether no change of a changeset waits any more: a server that stopped badly has emptied its table."""
    found = f"SELECT count(*) FROM (SELECT 1 FROM {stage_of(changeset)} LIMIT 1) AS found"
    return not is_staged(changeset) or not _count(found)


def fingerprint(changeset: int) -> bytes:
    """SHA-256 over the changes that wait, in the order of entries: what was approved is what goes into the list.

    A server that stopped badly has emptied the table: then it is another one.
    """
    columns = (
        "kind, voter, pinfl, document, content, house, district, mahalla, precinct, reason, sha256(sealed)"
    )
    statement = f"COPY (SELECT {columns} FROM {stage_of(changeset)} ORDER BY voter) TO STDOUT (FORMAT binary)"
    digest = sha256()
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for part in copy:
            digest.update(part)
    return digest.digest()


def apply_changes(changeset: int, counts: dict[str, int], at: datetime) -> None:
    """Writes the changes that wait into the list, in the current transaction (`locks.lock_list` before)."""
    stage = stage_of(changeset)
    _keep_former(changeset, stage, at)
    _run(
        "DELETE FROM voters_voter v USING {stage} s WHERE s.kind = %s AND v.id = s.voter",
        stage,
        [Kind.REMOVED],
    )
    _run(
        "UPDATE voters_voter v SET {pairs}, changeset = %s FROM {stage} s WHERE s.kind = ANY(%s) AND v.id = s.voter",
        stage, [changeset, [Kind.MOVED, Kind.CHANGED]],
    )  # fmt: skip
    with loading(counts.get("added", 0)):
        _run(
            "INSERT INTO voters_voter (id, changeset, {names}) SELECT s.voter, %s, {values} FROM {stage} s WHERE s.kind = %s",
            stage, [changeset, Kind.ADDED],
        )  # fmt: skip
    assignments.follow(changeset, stage)
    sizes.follow(changeset, stage)


@contextmanager
def loading(rows: int) -> Iterator[None]:
    """Around a load of so many rows: one that writes most of the list makes the indexes anew behind it."""
    big = rows > LARGE and rows * BIG > listed()
    if big:
        _execute("SELECT voters_begin_load()")
    yield
    if big:
        _execute("SELECT voters_end_load()")


def touched_since(changeset: int) -> int:
    """How many entries of an applied changeset were changed by a later one: with any it can no longer be taken back. A later one
    that was taken back itself changed nothing.
    """
    return _count(TOUCHED_SINCE, {"n": changeset, "reverses": changeset, "later": _standing_after(changeset)})


def _standing_after(changeset: int) -> list[int]:
    """The later changesets whose changes stand: those in force that do not merely take back another later one."""
    later = Changeset.objects.filter(id__in=in_force(), id__gt=changeset).exclude(reverses__gt=changeset)
    return list(later.values_list("id", flat=True))


# Whom a changeset removed may have come back under another number, and have left again. An assignment that a later changeset
# ended does not come back as this one's.
TOUCHED_SINCE = f"""SELECT count(*) FROM (
    SELECT f.voter FROM voters_former f WHERE f.ended = ANY(%(later)s) AND EXISTS (
        SELECT 1 FROM voters_former w WHERE w.voter = f.voter AND (w.changeset = %(n)s OR w.ended = %(n)s))
    UNION SELECT w.voter FROM voters_former w WHERE w.ended = %(n)s AND w.kind = 2 AND (
        EXISTS (SELECT 1 FROM voters_voter v WHERE v.pinfl = w.pinfl)
        OR EXISTS (SELECT 1 FROM voters_former g WHERE g.pinfl = w.pinfl AND g.reason <> '' AND g.ended = ANY(%(later)s)))
    UNION SELECT a.voter FROM voters_assignment a JOIN voters_assignmentend x ON x.assignment_id = a.id
        WHERE x.changeset = ANY(%(later)s) AND a.id IN ({assignments.BROUGHT})) AS touched"""


def stage_reversal(changeset: int, reverses: int) -> None:
    """Writes what takes an applied changeset back into the table of a new one (`open_stage`). (What it wrote may have been
    written again by one that took a later one back.)

    The list is read piece by piece, each in a transaction of its own (call it outside of one): one that writes for long holds
    back the log. Whoever calls it looks afterwards whether the list is still the one of before.
    """
    stage, last = stage_of(changeset), 0
    while (end := _end_of_piece(last)) is not None:
        _run(TAKEN_OUT, stage, {"kind": Kind.REMOVED, "n": reverses, "last": last, "end": end})
        last = end
    first, end = _former_of(reverses)
    for at in range(first, end, PIECE):
        _run(BROUGHT_BACK, stage, {"n": reverses, "first": at, "end": at + PIECE})


TAKEN_OUT = """INSERT INTO {stage} (kind, voter, district, mahalla, reason)
SELECT %(kind)s, v.id, v.district, v.mahalla, 'reversed' FROM voters_voter v WHERE v.id > %(last)s AND v.id <= %(end)s
    AND (v.changeset = %(n)s OR v.id IN (SELECT w.voter FROM voters_former w
        WHERE w.voter > %(last)s AND w.voter <= %(end)s AND w.ended > %(n)s AND w.changeset = %(n)s))
    AND NOT EXISTS (SELECT 1 FROM voters_former f WHERE f.voter = v.id AND f.ended = %(n)s)"""
BROUGHT_BACK = """INSERT INTO {stage} (kind, voter, {names})
SELECT CASE f.kind WHEN 2 THEN 1 ELSE f.kind END, f.voter, {former} FROM voters_former f
WHERE f.ended = %(n)s AND f.id >= %(first)s AND f.id < %(end)s"""


def _end_of_piece(last: int) -> int | None:
    """The number of the last of the next entries behind one; None where there are no more."""
    piece = f"SELECT id FROM voters_voter WHERE id > %s ORDER BY id LIMIT {PIECE}"
    ((end,),) = _rows(f"SELECT max(id) FROM ({piece}) AS piece", [last])
    return None if end is None else int(end)


def _former_of(changeset: int) -> tuple[int, int]:
    """The first row of what a changeset ended, and behind the last: they were written at once, and lie beside each other."""
    written = "SELECT id FROM voters_former WHERE ended = %s OFFSET 0"
    ((first, last),) = _rows(f"SELECT min(id), max(id) FROM ({written}) AS written", [changeset])
    return (0, 0) if first is None else (first, last + 1)


def staged_counts(changeset: int) -> dict[str, int]:
    """How many changes of each kind wait."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT kind, count(*) FROM {stage_of(changeset)} GROUP BY kind")
        found = {Kind(kind).name.lower(): rows for kind, rows in cursor.fetchall()}
    return {kind.name.lower(): found.get(kind.name.lower(), 0) for kind in Kind}


def compared(changeset: Changeset, counts: dict[str, Any]) -> Changeset:
    """The changes of a changeset all wait: it is counted, hashed, and can be proposed. `counts`: what else is told of it."""
    districts = district_counts(changeset.id)
    changeset.counts = {**counts, **staged_counts(changeset.id), **_removals(changeset, districts)}
    changeset.sha256 = fingerprint(changeset.id)
    changeset.state = State.COMPARED
    with transaction.atomic():
        rows = [(changeset.id, *row) for row in districts]
        insert_rows("voters_districtcount", ("changeset_id", "district", "kind", "rows"), rows)
        changeset.save()
    return changeset


def _removals(changeset: Changeset, districts: Sequence[tuple[int, int, int]]) -> dict[str, Any]:
    """Of how many removals their voters are told, and the districts that lose more of their list than is usual."""
    removed = {district: rows for district, kind, rows in districts if kind == Kind.REMOVED}
    if not removed:
        return {}
    level = preparing.rules_of(changeset).removal_alert
    return {
        "notices": preparing.prepare(changeset, stage_of(changeset.id)),
        "alerts": alerts(removed, level),
    }


def district_counts(changeset: int) -> list[tuple[int, int, int]]:
    """District, kind and number of the changes that wait."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT district, kind, count(*) FROM {stage_of(changeset)} GROUP BY 1, 2")
        return [(district, kind, rows) for district, kind, rows in cursor.fetchall()]


def open_stage(changeset: int) -> str:
    """Makes the table in which changes wait; returns its name."""
    _execute("SELECT voters_open_stage(%s)", [changeset])
    return stage_of(changeset)


def drop_stage(changeset: int) -> None:
    """Takes the table away: the changes are in the list, or were given up."""
    _execute("SELECT voters_drop_stage(%s)", [changeset])


def _keep_former(changeset: int, stage: str, at: datetime) -> None:
    _run(
        """INSERT INTO voters_former (voter, changeset, {names}, kind, reason, ended, at)
        SELECT v.id, v.changeset, {current}, s.kind, CASE s.kind WHEN %s THEN coalesce(s.reason, '') ELSE '' END, %s, %s
        FROM {stage} s JOIN voters_voter v ON v.id = s.voter WHERE s.kind <> %s""",
        stage, [Kind.REMOVED, changeset, at, Kind.ADDED],
    )  # fmt: skip


def _run(statement: str, stage: str, values: Any) -> None:
    names = [sql.Identifier(name) for name in ENTRY]
    filled = sql.SQL(statement).format(
        stage=sql.Identifier(stage),
        names=sql.SQL(", ").join(names),
        values=_of("s", names),
        current=_of("v", names),
        former=_of("f", names),
        pairs=sql.SQL(", ").join(sql.SQL("{0} = s.{0}").format(name) for name in names),
    )
    _execute(filled.as_string(), values)


def _of(alias: str, names: Sequence[sql.Identifier]) -> sql.Composed:
    return sql.SQL(", ").join(sql.SQL("{}.{}").format(sql.SQL(alias), name) for name in names)


def _execute(statement: str, values: Any = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _rows(statement: str, values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _count(statement: str, values: Any = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.fetchone()[0])
