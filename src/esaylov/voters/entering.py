"""Single entries that are decided one by one (requests of voters, lists of special places) on their way into a changeset.

The custodian is asked before anything is written; then the changes wait in a table of their own as those of an extract do, and
are proposed, approved and applied as any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import orjson
import polars as pl
from django.db import connection, transaction

from esaylov.acts.bulk import insert_rows
from esaylov.acts.context import get_context
from esaylov.custody import client
from esaylov.custody.sealer import Sealer
from esaylov.exchange.residents.normal import house_key
from esaylov.exchange.residents.sealing import RECORD
from esaylov.voters import findings
from esaylov.voters.applying import ENTRY, compared, head, open_stage
from esaylov.voters.assignments.queries import standing
from esaylov.voters.blocks import COLUMNS, Kind
from esaylov.voters.keys import steady, under_one_key
from esaylov.voters.locks import lock_list
from esaylov.voters.models import Changeset, Former, Mahalla, Voter
from esaylov.voters.places.waiting import known
from esaylov.voters.staging import BATCH, StagingError

PURPOSE = "request"
PATIENCE = 60.0
"""Seconds that the custodian's limits may hold up what is staged."""
TRIES = 3
REGISTER = "register"
"""Where a sealed record says what the register said of an entry that a decided request corrected: the entry's `content` is the
digest of that, under whichever keys, so that the register's same row changes nothing later."""
HELD = ("id", *ENTRY)
Record = dict[str, str]


@dataclass(frozen=True, slots=True)
class Given:
    """What becomes of one entry. `voter`: its number (None: a new one is entered). `record`: what it says from now on, in the
    normal forms of the register (None: what it says already; of an entry that was removed: what it said). `mahalla`: its row's
    number (0: none is known). `reason`: why it leaves; of any other kind why it belongs to its precinct whatever its
    address says (`assignments.following`: `ADDRESS` where that ends; "": as it is). What is CHANGED and lives elsewhere is MOVED.
    """

    kind: Kind
    voter: int | None
    record: Record | None
    district: int
    mahalla: int
    precinct: int | None
    reason: str = ""


class Custodian(Protocol):
    """What is asked for digests and sealed records: the custodian's client, or the keys themselves (`OwnKeys`)."""

    def digests(
        self, field: str, values: Sequence[str], *, purpose: str, wait: float = 0.0, body: str = ""
    ) -> list[list[bytes]]:
        """Digests under each generation of keys, the current one first."""

    def open_plain(
        self, rows: Sequence[tuple[int, bytes]], *, purpose: str, wait: float = 0.0, body: str = ""
    ) -> list[bytes]:
        """Records of entries."""

    def seal_rows(self, rows: Sequence[tuple[int, Mapping[str, str]]]) -> list[bytes]:
        """Records sealed for entries."""


class OwnKeys:
    """The keys of a command at the terminal (`keys.sealer`), asked as the custodian is; whoever holds them needs no reason."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def digests(
        self, field: str, values: Sequence[str], *, purpose: str, wait: float = 0.0, body: str = ""
    ) -> list[list[bytes]]:
        """Digests under the one generation of keys that there is."""
        return [self._sealer.digests(field, [value.encode() for value in values])]

    def open_plain(
        self, rows: Sequence[tuple[int, bytes]], *, purpose: str, wait: float = 0.0, body: str = ""
    ) -> list[bytes]:
        """Records of entries."""
        return self._sealer.open([row for row, _ in rows], [sealed for _, sealed in rows])

    def seal_rows(self, rows: Sequence[tuple[int, Mapping[str, str]]]) -> list[bytes]:
        """Records sealed for entries."""
        return self._sealer.seal([row for row, _ in rows], [orjson.dumps(record) for _, record in rows])


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whom to ask, why, and for which commission."""

    custodian: Custodian
    purpose: str
    body: str

    def digests(self, field: str, values: Sequence[str]) -> list[bytes]:
        return self.custodian.digests(field, values, purpose=self.purpose, wait=PATIENCE, body=self.body)[0]

    def open(self, rows: Sequence[tuple[int, bytes]]) -> list[bytes]:
        return self.custodian.open_plain(rows, purpose=self.purpose, wait=PATIENCE, body=self.body)


@dataclass(slots=True)
class _Row:
    """A row of the table in which changes wait, on its way there: an entry's columns (`HELD`), as far as they are known, and
    what they were `before`.
    """

    given: Given
    entry: dict[str, Any]
    before: Mapping[str, Any]

    @property
    def corrects(self) -> bool:
        """Whether an entry that stays says something else from now on."""
        return self.given.voter is not None and self.given.kind is not Kind.ADDED


def stage_given(
    election: str,
    kind: str,
    given: Sequence[Given],
    *,
    purpose: str = PURPOSE,
    body: str = "",
    custodian: Custodian = client.custody,
    counts: Mapping[str, object] | None = None,
    then: Callable[[Changeset], object] | None = None,
    even_none: bool = False,
) -> Changeset | None:
    """A changeset, compared, with these changes; None where there are none, unless one is wanted (`even_none`). `custodian`,
    `purpose`, `body`: who is asked for digests, why and for which commission; `counts`: what else is told of it; `then`: what
    is written about it in the same transaction.

    Raises StagingError where an entry is not, or is already, in the list, or the list changes again and again;
    custody.client.CustodianDown, Throttled, KeyringError. Nothing is left then. Not within a transaction.
    """
    if not given and not even_none:
        return None
    for _ in range(TRIES):
        base, seen = head(), known(election)
        rows = _rows(election, given, _Asked(custodian, purpose, body))
        with transaction.atomic():
            lock_list()
            if head() != base:
                continue
            under_one_key(bytes(row.entry["sealed"]) for row in rows)
            _held_against_list(rows)
            changeset = Changeset.objects.create(
                election=election, kind=kind, base=base, made_at=get_context(election).now(),
                rules=0 if _come_back(given) else seen[0], addresses=seen[1],
            )  # fmt: skip
            insert_rows(open_stage(changeset.id), COLUMNS, [_staged(row) for row in rows])
            compared(changeset, {"rows": len(rows), "taken": len(rows), "problems": {}, **(counts or {})})
            if then is not None:
                then(changeset)
            return changeset
    raise StagingError([findings.changes_again_and_again()])


def _come_back(given: Sequence[Given]) -> bool:
    """Whether somebody comes back as they were: their precinct is that of the rules of then, so they are placed anew."""
    return any(one.kind is Kind.ADDED and one.record is None for one in given)


def _rows(election: str, given: Sequence[Given], asked: _Asked) -> list[_Row]:
    """What each change writes, digests and sealed records made."""
    steady()
    held = _held([one for one in given if one.voter is not None])
    numbers = _numbers(sum(one.voter is None for one in given))
    rows = []
    for one in given:
        before = {"id": next(numbers)} if one.voter is None else held.get(one.voter)
        if before is None:
            raise StagingError([findings.no_entry()])
        rows.append(_Row(one, {**before, **_said(one, before)}, before))
    _leave_assigned(election, rows)
    _seal([row for row in rows if row.given.record is not None], asked)
    for row in rows:
        if row.given.kind is Kind.CHANGED and row.entry["precinct"] is None and not _moves(row):
            row.entry["precinct"] = row.before["precinct"]
    return rows


def _moves(row: _Row) -> bool:
    """Whether somebody lives elsewhere from now on."""
    return any(row.entry[name] != row.before[name] for name in ("house", "mahalla"))


def _leave_assigned(election: str, rows: Sequence[_Row]) -> None:
    """Where nothing is said of why somebody belongs to a precinct, an assignment that stands says it (`assignments`)."""
    open_ = {row.given.voter: row for row in rows if row.given.voter is not None and not row.given.reason}
    for one in standing(get_context(election).now().date(), election, [voter for voter in open_ if voter]):
        if one.precinct is not None:
            open_[one.voter].entry["precinct"] = one.precinct


def _said(one: Given, entry: Mapping[str, Any]) -> dict[str, Any]:
    """Where an entry is listed: where its change says; an entry whose record stays, or which leaves, is where it was."""
    if one.kind is Kind.REMOVED or (one.record is None and one.voter is not None):
        where = {name: entry[name] for name in ("district", "mahalla")}
    else:
        where = {"district": one.district, "mahalla": one.mahalla}
    return {**where, "precinct": one.precinct}


def _held(given: Sequence[Given]) -> dict[int, dict[str, Any]]:
    """Entries by number: those of the list as they are, those that are to come back as they were."""
    numbers = {one.voter for one in given if one.voter is not None}
    if len(numbers) < len(given):
        raise StagingError([findings.named_twice()])
    back = {one.voter for one in given if one.kind is Kind.ADDED and one.voter is not None}
    found = {row["id"]: row for row in Voter.objects.filter(id__in=numbers - back).values(*HELD)}
    former = Former.objects.filter(voter__in=back, kind=Kind.REMOVED).order_by("id")
    for row in former.values("voter", *ENTRY):
        found[row["voter"]] = {"id": row["voter"], **{name: row[name] for name in ENTRY}}
    return found


def _numbers(count: int) -> Iterator[int]:
    """Fresh numbers of entries: one block of the sequence holds them."""
    if not count:
        return iter(())
    if count > BATCH:
        raise ValueError(f"{count} entries are not decided one by one")
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('voters_voter_ids')")
        first = int(cursor.fetchone()[0])
    return iter(range(first, first + count))


def _seal(rows: Sequence[_Row], asked: _Asked) -> None:
    """Digests and sealed records of those rows that say something new."""
    if not rows:
        return
    codes = _codes()
    mahallas = [codes[row.entry["mahalla"]] for row in rows]
    table = pl.DataFrame(
        [{name: (row.given.record or {}).get(name, "") for name in RECORD} for row in rows],
        schema=dict.fromkeys(RECORD, pl.String),
    )
    houses = house_key(pl.Series(mahallas, dtype=pl.String), table["street"], table["house"])
    digests = {name: asked.digests(name, table[name].to_list()) for name in ("pinfl", "document")}
    keys = asked.digests("house", [key.decode() for key in houses.to_list()])
    contents = _contents(rows, table, mahallas, asked)
    sealed = asked.custodian.seal_rows(
        [(row.entry["id"], record | kept) for row, record, (_, kept) in zip(rows, table.to_dicts(), contents, strict=True)]
    )  # fmt: skip
    for i, row in enumerate(rows):
        row.entry |= {name: UUID(bytes=made[i]) for name, made in digests.items()}
        row.entry |= {
            "house": int.from_bytes(keys[i][:8], signed=True),
            "sealed": sealed[i],
            "content": contents[i][0],
        }


def _contents(
    rows: Sequence[_Row], table: pl.DataFrame, mahallas: Sequence[str], asked: _Asked
) -> list[tuple[UUID, Record]]:
    """The digest of what the register says of each entry, and what its sealed record says besides: of a corrected entry that is
    what the register said before, of a new one what it would say.
    """
    kept = [(row.entry["id"], bytes(row.before["sealed"])) for row in rows if row.corrects]
    opened = iter(asked.open(kept))
    codes = _codes()
    values, said = [], []
    for row, plain, mahalla in zip(rows, _records(table), mahallas, strict=True):
        if row.corrects:
            before = next(opened)
            text = content_of(before, row.before["district"], codes[row.before["mahalla"]])
            said.append({REGISTER: orjson.loads(before).get(REGISTER) or text})
        else:
            values.append(content_of(plain, row.entry["district"], mahalla))
            said.append({})
    made = iter(asked.digests("content", values))
    return [
        (row.before["content"] if row.corrects else UUID(bytes=next(made)), more)
        for row, more in zip(rows, said, strict=True)
    ]


def _records(table: pl.DataFrame) -> list[bytes]:
    """Records as they are sealed from an extract, byte by byte."""
    made = table.select(pl.struct(RECORD).struct.json_encode().alias("record")).to_series()
    found: list[bytes] = made.cast(pl.Binary).to_list()
    return found


def _codes() -> dict[int, str]:
    return {0: "", **dict(Mahalla.objects.values_list("id", "code"))}


def content_of(record: bytes, district: int | str, mahalla: str) -> str:
    """What is compared with a register (`staging`): the record, and where its person is listed."""
    return f"{record.decode()}|{district}|{mahalla}"


def _held_against_list(rows: Sequence[_Row]) -> None:
    """What is added is not in the list yet, and everything else is; nobody's PINFL stands in two entries. (Under the lock of the
    list.)
    """
    entries = {row.entry["id"]: row for row in rows}
    people = {row.entry["pinfl"]: row.entry["id"] for row in rows if row.given.kind is not Kind.REMOVED}
    held = Voter.objects.filter(pinfl__in=people).values_list("pinfl", "id")
    added = [number for number, row in entries.items() if row.given.kind is Kind.ADDED]
    if (
        len(people) < sum(row.given.kind is not Kind.REMOVED for row in rows)
        or any(people[pinfl] != number for pinfl, number in held)
        or Voter.objects.filter(id__in=added).exists()
    ):
        raise StagingError([findings.listed_already()])
    wanted = [number for number, row in entries.items() if row.given.kind is not Kind.ADDED]
    if Voter.objects.filter(id__in=wanted).count() < len(wanted):
        raise StagingError([findings.no_entry()])


def _staged(row: _Row) -> tuple[Any, ...]:
    entry, kind = row.entry, row.given.kind
    if kind is Kind.CHANGED and _moves(row):
        kind = Kind.MOVED
    if kind is Kind.REMOVED:
        entry = {name: entry[name] for name in ("id", "district", "mahalla")}
    values = [entry.get("id" if name == "voter" else name) for name in COLUMNS]
    values[COLUMNS.index("kind")] = int(kind)
    values[COLUMNS.index("reason")] = row.given.reason or None
    return tuple(values)
