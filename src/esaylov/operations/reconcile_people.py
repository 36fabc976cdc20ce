"""Persons, organisations, mandates and imports against the journal, and mandates' commitments against the vault.

Acts are followed in the order of the log: after each one that concerns a commission, its members must give the roster that the
entry shows. What was erased from the vault is not missed; what lies there must be what was committed to.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

from esaylov.acts import vault
from esaylov.registry.acts import roster

COMPOSITION = frozenset(
    {"registry.enrol_central_commission", "registry.form_commission", "registry.change_composition"}
)
IMPORT, GRANT, END, ORGANISATION = (
    "registry.import_members",
    "registry.grant_mandate",
    "registry.end_mandate",
    "registry.register_organisation",
)
LEAVE, DISCUSSION = "formation.leave_by_law", "formation.record_discussion"
OPINIONS, KENGASH = "formation.discuss_proposals", "formation.name_kengash"

MAKES = {
    "registry_mandate": (*COMPOSITION, IMPORT, GRANT),
    "registry_mandateend": (*COMPOSITION, END, LEAVE),
    "registry_person": (*COMPOSITION, IMPORT, GRANT),
    "registry_organisation": (ORGANISATION,),
    "formation_import": (IMPORT,),
    "formation_filedecision": (IMPORT,),
    "formation_discussion": (DISCUSSION, OPINIONS),
    "formation_kengash": (KENGASH,),
}
"""Which acts write rows of which table."""

ACTS = """SELECT j.id, j.code, COALESCE(j.election, ''), j.at, j.record, j.body FROM acts_journal j
LEFT JOIN acts_entry e ON e.journal_id = j.id WHERE j.code = ANY(%s) ORDER BY e.position NULLS LAST, j.id"""
MANDATES = """SELECT m.id, m.journal, COALESCE(c.code, ''), COALESCE(o.code, ''), m.role, m.election, m.valid_until,
    m.proposer, m.commitment, m.person_id FROM registry_mandate m
LEFT JOIN registry_commission c ON c.id = m.commission_id LEFT JOIN registry_organisation o ON o.id = m.organisation_id
ORDER BY m.id"""
ENDS = "SELECT mandate_id, journal, at, ground FROM registry_mandateend ORDER BY mandate_id"
STRAYS = """SELECT f.{id}::text FROM {table} f LEFT JOIN acts_journal j ON j.id = f.journal
WHERE j.id IS NULL OR j.code <> ALL(%s) ORDER BY 1 LIMIT 1000"""
PERSONS = """SELECT p.id::text FROM registry_person p WHERE NOT EXISTS (
    SELECT FROM registry_mandate m WHERE m.person_id = p.id AND m.journal = p.journal) ORDER BY 1 LIMIT 1000"""
NOBODY = """SELECT m.id::text FROM registry_mandate m LEFT JOIN registry_person p ON p.id = m.person_id
WHERE p.id IS NULL ORDER BY m.id LIMIT 1000"""
SEALED = """SELECT m.id, m.person_id, v.key, v.sealed, m.commitment FROM registry_mandate m
JOIN acts_vault v ON v.subject = m.person_id AND v.journal = m.journal WHERE m.id > %s ORDER BY m.id LIMIT 5000"""
Found = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Held:
    """A mandate as it is stored."""

    id: int
    journal: int
    commission: str
    organisation: str
    role: str
    election: str
    until: datetime | None
    proposer: str
    commitment: bytes


@dataclass(slots=True)
class _Rows:
    """What is stored, by the act that wrote it."""

    mandates: Mapping[int, Held]
    made: Mapping[int, Sequence[Held]]
    ended: Mapping[int, Sequence[tuple[int, datetime, str]]]
    members: dict[tuple[str, str], dict[int, Held]] = field(default_factory=dict)


def people_differences() -> Iterator[Found]:
    """(table, row, reason) for every row that does not agree with the journal or the vault."""
    yield from _strays()
    rows = _read()
    for number, code, election, at, record, body in _fetch(ACTS, [sorted(set().union(*MAKES.values()))]):
        try:
            said = orjson.loads(bytes(record))
            if code in COMPOSITION:
                found = _composition(rows, number, election, at, said)
            elif code == IMPORT:
                found = _import(rows, number, election, body, said)
            elif code == GRANT:
                found = _grant(rows, number, said)
            elif code in (END, LEAVE):
                found = _end(rows, number, at, said)
            elif code in (DISCUSSION, OPINIONS):
                found = _discussion(number, election, said)
            elif code == KENGASH:
                found = _kengash(number, election, said)
            else:
                found = _organisation(number, said)
            yield from found
        except (ValueError, KeyError, TypeError, AttributeError):
            yield "acts_journal", str(number), "its record cannot be read as what its act publishes"
    yield from _commitments()


def _fetch(statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _read() -> _Rows:
    mandates, made = {}, defaultdict(list)
    for row in _fetch(MANDATES):
        number, journal, commission, organisation, role, election, until, proposer, commitment = row[:9]
        held = Held(
            number, journal, commission, organisation, role, election, until, proposer, bytes(commitment)
        )
        mandates[held.id] = held
        made[held.journal].append(held)
    ended = defaultdict(list)
    for mandate, journal, at, ground in _fetch(ENDS):
        ended[journal].append((mandate, at, ground))
    return _Rows(mandates, made, ended)


def _strays() -> Iterator[Found]:
    """Rows without an act that may have written them; persons without the mandate that made them known."""
    keys = {
        "registry_mandateend": "mandate_id",
        "formation_import": "journal",
        "formation_discussion": "journal",
        "formation_kengash": "journal",
    }
    for table, codes in MAKES.items():
        for (name,) in _fetch(STRAYS.format(table=table, id=keys.get(table, "id")), [list(codes)]):
            yield table, name, "no act in the journal says so"
    for (name,) in _fetch(PERSONS):
        yield "registry_person", name, "holds no mandate from the act that made the person known"
    for (name,) in _fetch(NOBODY):
        yield "registry_mandate", name, "is held by nobody who is known"


def _composition(rows: _Rows, number: int, election: str, at: datetime, said: Any) -> Iterator[Found]:
    """After the act the commission's members give the entry's roster."""
    members = rows.members.setdefault((election, said["commission"]), {})
    made, ended = rows.made.get(number, ()), rows.ended.get(number, ())
    for mandate, when, _ in ended:
        if members.pop(mandate, None) is None:
            yield (
                "registry_mandateend",
                str(mandate),
                "the mandate was not held in the commission that the entry names",
            )
        if when != at:
            yield "registry_mandateend", str(mandate), "ended at another time than the entry says"
    for held in made:
        if (held.commission, held.election, held.until) != (said["commission"], election, None):
            yield "registry_mandate", str(held.id), "is not in the commission that the entry names"
        members[held.id] = held
    proposers = dict(Counter(held.proposer for held in made if held.proposer))
    counts = (
        len(made),
        len(ended),
        len(members),
        dict(Counter(held.role for held in members.values())),
        proposers,
    )
    if counts != (said["added"], said["removed"], said["members"], said["roles"], said["proposers"]):
        yield (
            "registry_mandate",
            f"of {said['commission']} by {number}",
            "members, roles or proposers differ from the entry",
        )
    elif roster([held.commitment for held in members.values()]) != said["roster"]:
        yield (
            "registry_mandate",
            f"of {said['commission']} by {number}",
            "do not give the roster of the entry",
        )


def _import(rows: _Rows, number: int, election: str, body: str, said: Any) -> Iterator[Found]:
    made = rows.made.get(number, ())
    for held in made:
        rows.members.setdefault((election, held.commission), {})[held.id] = held
        if (held.election, held.until) != (election, None):
            yield "registry_mandate", str(held.id), "is not as the entry that made it says"
    counts = (
        len(made), len({held.commission for held in made}), dict(Counter(held.role for held in made)),
        dict(Counter(held.proposer for held in made if held.proposer)),
    )  # fmt: skip
    if counts != (said["taken"], said["commissions"], said["roles"], said["proposers"]):
        yield (
            "registry_mandate",
            f"by {number}",
            "members, commissions, roles or proposers differ from the entry",
        )
    elif roster([held.commitment for held in made]) != said["roster"]:
        yield "registry_mandate", f"by {number}", "do not give the roster of the entry"
    stored = _fetch(
        "SELECT election, body, decision, sha256, rows, taken FROM formation_import WHERE journal = %s",
        [number],
    )
    expected = (election, body, said["decision"], bytes.fromhex(said["file"]), said["rows"], said["taken"])
    if [(*row[:3], bytes(row[3]), *row[4:]) for row in stored] != [expected]:
        yield "formation_import", str(number), "differs from the journal"


def _grant(rows: _Rows, number: int, said: Any) -> Iterator[Found]:
    until = datetime.fromisoformat(said["until"]) if said["until"] else None
    expected = [(said["organisation"], said["role"], until, said["holder"])]
    made = [
        (
            held.organisation,
            held.role,
            held.until.replace(microsecond=0) if held.until else None,
            held.commitment.hex(),
        )
        for held in rows.made.get(number, ())
    ]
    if made != expected:
        yield "registry_mandate", f"by {number}", "differs from the journal"


def _end(rows: _Rows, number: int, at: datetime, said: Any) -> Iterator[Found]:
    ended = rows.ended.get(number, ())
    found = [
        (held.commission or held.organisation, held.role, ground, held.commitment.hex(), when)
        for mandate, when, ground in ended
        if (held := rows.mandates.get(mandate)) is not None
    ]
    if found != [(said["of"], said["role"], said["ground"], said["holder"], at)]:
        yield "registry_mandateend", f"by {number}", "differs from the journal"
    for mandate, _, _ in ended:
        held = rows.mandates.get(mandate)
        if held is not None:
            rows.members.get((held.election, held.commission), {}).pop(mandate, None)


def _discussion(number: int, election: str, said: Any) -> Iterator[Found]:
    stored = _fetch(
        "SELECT d.election, t.code, d.minutes, d.day::text, d.proposed, d.supported, d.present FROM formation_discussion d"
        " LEFT JOIN registry_territory t ON t.id = d.territory_id WHERE d.journal = %s",
        [number],
    )
    names = ("territory", "minutes", "day", "proposed", "supported")
    if stored != [(election, *(said[name] for name in names), said.get("present"))]:
        yield "formation_discussion", str(number), "differs from the journal"
    opinions = _fetch(
        "SELECT a.number, o.supported::int FROM formation_opinion o"
        " LEFT JOIN proceedings_application a ON a.id = o.application WHERE o.discussion_id = %s",
        [number],
    )
    if dict(opinions) != said.get("opinions", {}):
        yield "formation_opinion", f"by {number}", "differ from the journal"


def _kengash(number: int, election: str, said: Any) -> Iterator[Found]:
    stored = _fetch(
        "SELECT k.election, t.code, k.organisation FROM formation_kengash k"
        " LEFT JOIN registry_territory t ON t.id = k.territory_id WHERE k.journal = %s",
        [number],
    )
    if stored != [(election, said["territory"], said["organisation"])]:
        yield "formation_kengash", str(number), "differs from the journal"


def _organisation(number: int, said: Any) -> Iterator[Found]:
    stored = _fetch("SELECT code, kind FROM registry_organisation WHERE journal = %s", [number])
    if stored != [(said["organisation"], said["kind"])]:
        yield "registry_organisation", said["organisation"], "differs from the journal"


def _commitments() -> Iterator[Found]:
    """What lies in the vault is what mandates committed to."""
    last = 0
    while rows := _fetch(SEALED, [last]):
        last = rows[-1][0]
        committed = vault.commitments([(row[1], bytes(row[2]), bytes(row[3])) for row in rows])
        for (number, *_, stored), found in zip(rows, committed, strict=True):
            if found != bytes(stored):
                yield "acts_vault", f"of mandate {number}", "is not the record that was committed to"
