"""Compares every fact and every projection with the journal and the vault, and names each row that differs.

What somebody changed behind the application's back, a database superuser too, shows here: the journal is chained, its
public rows are leaves of the signed log, and everything else follows from it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

import orjson
from django.db import connection

from esaylov.acts.models import Checkpoint
from esaylov.acts.sealing import TAG
from esaylov.acts.sequencer import HEAD, OPEN, row_digest
from esaylov.elections.queries import elections, tables
from esaylov.operations.reconcile_log import checkpoint_differences, file_differences, unordered_rows
from esaylov.operations.reconcile_people import people_differences
from esaylov.operations.reconcile_projections import projection_differences, stray_projections
from esaylov.operations.reconcile_tables import table_differences
from esaylov.proceedings.checking import differences as proceedings_differences
from esaylov.publication.search.index import search_differences, stray_documents
from esaylov.tlog.tree import Frontier, leaf_hash
from esaylov.voters.places.checking import differences as rules_differences

CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Difference:
    """One row that does not agree with the journal: table, what identifies the row, and why."""

    table: str
    row: str
    reason: str

    def __str__(self) -> str:
        return f"{self.table} {self.row}: {self.reason}"


ORDERED = """SELECT j.id, j.code, j.public, j.record, j.election, j.body, j.at, j.recorded_at, j.key, j.request,
    e.position, e.index, e.leaf_hash, e.chain, s.salt, s.value, s.opened_by
FROM acts_entry e JOIN acts_journal j ON j.id = e.journal_id LEFT JOIN acts_sealed s ON s.journal_id = j.id
WHERE e.position > %s ORDER BY e.position LIMIT %s"""


def reconcile(progress: Callable[[str, int], None] = lambda _what, _rows: None) -> Iterator[Difference]:
    """Yields every difference: journal and order, facts, tables of elections, projections, and the log's files."""
    yield from _journal(progress)
    yield from (Difference(*found) for found in unordered_rows())
    yield from _unsequenced()
    yield from (Difference(*found) for found in people_differences())
    progress("persons and mandates", 0)
    for row in elections():
        yield from (Difference(*found) for found in table_differences(row.id))
        yield from (Difference(*found) for found in projection_differences(tables(row.id)))
        yield from (Difference(*found) for found in search_differences(tables(row.id)))
        progress(f"projections of {row.id}", 0)
    yield from (Difference(*found) for found in proceedings_differences())
    yield from (Difference(*found) for found in rules_differences())
    yield from (Difference(*found) for found in stray_projections())
    yield from (Difference(*found) for found in stray_documents())
    yield from (Difference(*found) for found in checkpoint_differences())
    yield from (Difference(*found) for found in file_differences())


def _journal(progress: Callable[[str, int], None]) -> Iterator[Difference]:
    position, chain, frontier, vault = 0, bytes(32), Frontier(), _Vault()
    roots = dict(Checkpoint.objects.values_list("size", "root"))
    while rows := _chunk(position):
        for row in rows:
            number, public, entry = row[0], row[2], bytes(row[3])
            position += 1
            if row[10] != position:
                yield Difference("acts_entry", str(position), "a position is missing")
                position = row[10]
            if row[1] == HEAD:
                yield from _head(row, entry, position - 1, chain)
            chain = sha256(chain + row_digest(row)).digest()
            if chain != bytes(row[13]):
                yield Difference("acts_journal", str(number), "the row is not the one that was chained")
                chain = bytes(row[13])
            if public:
                yield from _leaf(row, entry, frontier)
                frontier.append(bytes(row[12] or b"") if row[12] is not None else leaf_hash(entry))
                root = roots.pop(frontier.size, None)
                if root is not None and bytes(root) != frontier.root():
                    yield Difference(
                        "acts_checkpoint", str(frontier.size), "the entries do not give the signed root"
                    )
            yield from vault.check(row, entry)
        yield from _facts(rows)
        progress("journal rows", position)
    for size in sorted(roots):
        yield Difference("acts_checkpoint", str(size), "there are no entries of this size")
    yield from vault.openings()


def _head(row: Sequence[Any], entry: bytes, rows: int, chain: bytes) -> Iterator[Difference]:
    """A journal head in the log says how many rows there were before it, and their chain."""
    record = _decoded(entry) or {}
    if (record.get("rows"), record.get("chain")) != (rows, chain.hex()):
        yield Difference("acts_journal", str(row[0]), "the journal head does not give the rows before it")


def _chunk(position: int) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(ORDERED, [position, CHUNK])
        rows: list[Any] = cursor.fetchall()
    return rows


def _leaf(row: Sequence[Any], entry: bytes, frontier: Frontier) -> Iterator[Difference]:
    if row[11] != frontier.size:
        yield Difference("acts_entry", str(row[10]), f"log index {row[11]} instead of {frontier.size}")
    if bytes(row[12] or b"") != leaf_hash(entry):
        yield Difference(
            "acts_journal", str(row[0]), "the record is not the one whose hash stands in the log"
        )


class _Vault:
    """Sealed values, and by which entries they were opened."""

    def __init__(self) -> None:
        self.said: dict[int, int] = {}
        self.opened: dict[int, int] = {}

    def check(self, row: Sequence[Any], entry: bytes) -> Iterator[Difference]:
        """One row of the journal: what it seals must be what lies in the vault."""
        if row[1] == OPEN:
            self.said[int((_decoded(entry) or {}).get("index", -1))] = row[0]
        salt, value, opened_by = row[14:17]
        if value is None:
            return
        if opened_by is not None:
            self.opened[row[11]] = opened_by
        hidden = (_decoded(entry) or {}).get("sealed")
        if sha256(TAG + bytes(salt) + bytes(value)).hexdigest() != hidden:
            yield Difference("acts_sealed", str(row[0]), "the value is not the one that was sealed")

    def openings(self) -> Iterator[Difference]:
        """What the vault calls open is what the log opened, by the same entries."""
        for index in sorted(self.said.keys() | self.opened.keys()):
            if self.said.get(index) != self.opened.get(index):
                yield Difference(
                    "acts_sealed", f"of entry {index}", "the log does not say that it was opened so"
                )


def _decoded(entry: bytes) -> dict[str, Any] | None:
    """An entry as an object, None when it is none any more."""
    try:
        record: Any = orjson.loads(entry)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def _clear(row: Sequence[Any]) -> dict[str, Any] | None:
    """The record in clear; None for what was sealed and erased, or cannot be read."""
    record = _decoded(bytes(row[15] if row[15] is not None else row[3]))
    return None if record is None or record.get("act") == "log.sealed" else record


PROTOCOLS = """SELECT f.journal_id, p.code, c.code, c.election_id, f.version, f.state, f.findings, f.lines, f.votes, f.leaf,
    f.replaces, f.at, f.sealed FROM results_protocol f JOIN registry_precinct p ON p.id = f.precinct_id
    JOIN elections_contest c ON c.id = f.contest_id WHERE f.journal_id = ANY(%s)"""
RULINGS = """SELECT g.journal_id, g.kind, p.code, c.code, g.number, f.leaf, g.at FROM results_ruling g
    JOIN registry_precinct p ON p.id = g.precinct_id LEFT JOIN elections_contest c ON c.id = g.contest_id
    LEFT JOIN results_protocol f ON f.journal_id = g.protocol_id WHERE g.journal_id = ANY(%s)"""
DECISIONS = """SELECT d.journal_id, d.kind, c.code, d.number, d.outcome, d.at FROM results_contestdecision d
    JOIN elections_contest c ON c.id = d.contest_id WHERE d.journal_id = ANY(%s)"""
PUBLICATIONS = """SELECT journal_id, manifest, size FROM publication_publication WHERE journal_id = ANY(%s)"""
TURNOUT = """SELECT t.journal_id, p.code, t.voters, t.at FROM polling_turnout t
    JOIN registry_precinct p ON p.id = t.precinct_id WHERE t.journal_id = ANY(%s)"""

MOVES = """SELECT m.journal_id, m.election_id, m.step, m.opens, m.closes, m.number, m.at, m.sequence = m.place
    FROM (SELECT m.*, row_number() OVER (PARTITION BY election_id, step ORDER BY at, sequence) AS place
          FROM elections_move m) m WHERE m.journal_id = ANY(%s)"""

CALLED = """SELECT e.journal, e.id, e.date, e.timezone, e.pilot,
    ARRAY(SELECT key || ' ' || value FROM jsonb_each_text(e.events) ORDER BY key COLLATE "C") FROM elections_election e
    WHERE e.journal = ANY(%s)"""

RULING_ACTS = {
    "results.accept_protocol": "accept",
    "results.return_protocol": "return",
    "results.annul_precinct": "annul",
}
DECISION_ACTS = {
    "results.record_lot": ("lot", "drawn"),
    "results.supply_determination": ("determination", "outcome"),
    "results.certify": ("certification", ""),
}


def _facts(rows: Sequence[Any]) -> Iterator[Difference]:
    """The facts of a chunk of journal rows against their records."""
    by_code: dict[str, list[Any]] = {}
    for row in rows:
        by_code.setdefault(row[1], []).append(row)
    chunks = [
        ("results_protocol", PROTOCOLS, _protocol, ("results.submit_protocol", "results.correct_protocol")),
        ("results_ruling", RULINGS, _ruling, tuple(RULING_ACTS)),
        ("results_contestdecision", DECISIONS, _decision, tuple(DECISION_ACTS)),
        ("polling_turnout", TURNOUT, _turnout, ("polling.report_turnout",)),
        ("publication_publication", PUBLICATIONS, _publication, ("publication.publish",)),
        ("elections_move", MOVES, _move, ("elections.move_step",)),
        ("elections_election", CALLED, _called, ("elections.call_election",)),
    ]
    for table, statement, expected, codes in chunks:
        concerned = [row for code in codes for row in by_code.get(code, [])]
        if concerned:
            yield from _compare(table, statement, expected, concerned)


def _compare(
    table: str, statement: str, expected: Callable[[Any, Any], tuple[Any, ...]], rows: Sequence[Any]
) -> Iterator[Difference]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [[row[0] for row in rows]])
        stored = {fact[0]: tuple(_plain(value) for value in fact[1:]) for fact in cursor.fetchall()}
    for row in rows:
        record = _clear(row)
        if record is None:
            continue
        if row[0] not in stored:
            yield Difference(table, str(row[0]), "the act stands in the journal, its fact is missing")
        elif stored[row[0]] != expected(row, record):
            place = "/".join(str(record[key]) for key in ("precinct", "contest") if record.get(key))
            yield Difference(table, f"{row[0]} ({place})", "differs from the journal")


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _protocol(row: Any, record: Any) -> tuple[Any, ...]:
    replaces = record.get("replaces")
    return (
        record["precinct"], record["contest"], record["election"], record["version"], record["state"],
        record["findings"], record["lines"], record["votes"], leaf_hash(bytes(row[3])),
        bytes.fromhex(replaces) if replaces else None, row[6],
        (_decoded(bytes(row[3])) or {}).get("act") == "log.sealed",
    )  # fmt: skip


def _ruling(row: Any, record: Any) -> tuple[Any, ...]:
    protocol = record.get("protocol")
    return (
        RULING_ACTS[row[1]], record["precinct"], record["contest"], record["decision"],
        bytes.fromhex(protocol) if protocol else None, row[6],
    )  # fmt: skip


def _decision(row: Any, record: Any) -> tuple[Any, ...]:
    kind, member = DECISION_ACTS[row[1]]
    return kind, record["contest"], record["decision"], record.get(member, []), row[6]


def _turnout(row: Any, record: Any) -> tuple[Any, ...]:
    return record["precinct"], record["voters"], row[6]


def _move(row: Any, record: Any) -> tuple[Any, ...]:
    opens, closes = (
        datetime.fromisoformat(record[end]) if record[end] else None for end in ("opens", "closes")
    )
    return record["election"], record["step"], opens, closes, record["decision"], row[6], True


def _called(_row: Any, record: Any) -> tuple[Any, ...]:
    events = [f"{name} {day}" for name, day in record.get("events", {}).items()]
    return (
        record["election"],
        date.fromisoformat(record["date"]),
        record["timezone"],
        "pilot" in record,
        events,
    )


def _publication(row: Any, record: Any) -> tuple[Any, ...]:
    return bytes.fromhex(record["manifest"]), record["size"]


ORPHANS = """SELECT '{table}', f.journal_id FROM {table} f LEFT JOIN acts_journal j ON j.id = f.journal_id
WHERE j.id IS NULL OR j.code <> ALL(%s)"""


def _unsequenced() -> Iterator[Difference]:
    """Facts without an act of their kind in the journal."""
    kinds = {
        "results_protocol": ["results.submit_protocol", "results.correct_protocol"],
        "results_ruling": list(RULING_ACTS),
        "results_contestdecision": list(DECISION_ACTS),
        "polling_turnout": ["polling.report_turnout"],
        "publication_publication": ["publication.publish"],
        "elections_move": ["elections.move_step"],
    }
    with connection.cursor() as cursor:
        for table, codes in kinds.items():
            cursor.execute(ORPHANS.format(table=table), [codes])
            for name, number in cursor.fetchall():
                yield Difference(name, str(number), "no act in the journal says so")
