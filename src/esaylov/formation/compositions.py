"""What entries of the log did to commissions, counted from the mandates: for public pages and the published tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from esaylov.acts.sealing import loads
from esaylov.acts.statements import fetch
from esaylov.exchange.commissions import Body
from esaylov.exchange.compositions import PROPOSERS, ROLES, Step


def bodies(election: str) -> list[Body]:
    """All commissions of an election, upper ones first, as it was called with them."""
    return [Body(*row) for row in fetch(BODIES, [election])]


BODIES = """SELECT c.code, c.tier, t.code, p.code FROM registry_commission c JOIN registry_territory t ON t.id = c.territory_id
LEFT JOIN registry_precinct p ON p.id = c.precinct_id WHERE c.election = %s ORDER BY c.id"""


LAST = """SELECT e.index, e.leaf_hash FROM acts_entry e WHERE e.index < %s AND e.journal_id IN (
    SELECT m.journal FROM registry_mandate m WHERE m.election IN (%s, '') AND m.commission_id IS NOT NULL
    UNION SELECT x.journal FROM registry_mandateend x UNION SELECT %s)
ORDER BY e.index DESC LIMIT 1"""


def last_step(election: str, size: int, called: int) -> tuple[int, bytes]:
    """Index and leaf hash of the last entry below a size of the log that the compositions of an election follow from: its
    calling (`called`: its number in the journal), or a later one by which somebody came or left.
    """
    ((index, leaf),) = fetch(LAST, [size, election, called])
    return index, bytes(leaf)


def steps(election: str, size: int, commission: str | None = None) -> list[Step]:
    """What entries below a size of the log did to the commissions of an election (None), or to one of them, in their order.
    The members of the Central Commission hold their mandates outside of elections.
    """
    given: list[Any] = [election]
    if commission is not None:
        given.append([number for (number,) in fetch(CALLED, [commission, election])])
    statement = STEPS.format(of=EVERYBODY if commission is None else OF_ONE)
    rows = [_Row(*row) for row in fetch(statement, [election, *given[-1:], size])]
    said = _records({row.journal for row in rows})
    found: list[Step] = []
    for row in rows:
        last = found[-1] if found else None
        step = _step(row, said[row.journal])
        if last is not None and (last.entry, last.commission) == (step.entry, step.commission):
            found[-1] = _together(last, step)
        else:
            found.append(step)
    return found


_COUNTS = ", ".join(
    [f"count(*) FILTER (WHERE m.role = '{role}')" for role in ROLES]
    + [f"count(*) FILTER (WHERE m.proposer = '{kind}')" for kind in PROPOSERS]
)
CALLED = "SELECT id FROM registry_commission WHERE code = %s AND election IN (%s, '')"
EVERYBODY = "m.election IN (%s, '') AND m.commission_id IS NOT NULL"
OF_ONE = "m.commission_id = ANY(%s)"
# Mandates are many: they are counted by act and commission before anything is looked up.
STEPS = f"""WITH mine AS (
    SELECT m.id, m.role, m.proposer, m.journal, CASE WHEN m.election = '' THEN k.id ELSE m.commission_id END AS commission_id
    FROM registry_mandate m
    CROSS JOIN (SELECT min(id) AS id FROM registry_commission WHERE election = %s AND tier = 'cec') k
    WHERE {{of}}
), done AS (
    SELECT m.commission_id, m.journal, true AS came, {_COUNTS} FROM mine m GROUP BY 1, 2
    UNION ALL
    SELECT m.commission_id, x.journal, false, {_COUNTS} FROM mine m
    JOIN registry_mandateend x ON x.mandate_id = m.id GROUP BY 1, 2
)
SELECT e.index, e.leaf_hash, c.code, COALESCE(f.decision, ''), d.* FROM done d
JOIN acts_entry e ON e.journal_id = d.journal AND e.index < %s
JOIN registry_commission c ON c.id = d.commission_id
LEFT JOIN formation_filedecision f ON f.journal = d.journal AND f.commission_id = d.commission_id
ORDER BY e.index, c.id, d.came DESC"""


class _Row(NamedTuple):
    entry: int
    leaf: bytes
    code: str
    named: str
    commission: int
    journal: int
    came: bool
    chair: int
    deputy: int
    secretary: int
    member: int
    mahalla: int
    ngo: int
    employer: int
    kengash: int
    by_commission: int
    by_self: int


def _records(journals: set[int]) -> dict[int, Mapping[str, Any]]:
    rows = fetch("SELECT id, record FROM acts_journal WHERE id = ANY(%s)", [list(journals)])
    return {number: loads(bytes(record)) for number, record in rows}


def _step(row: _Row, said: Mapping[str, Any]) -> Step:
    numbers = row[7:]
    roles = _counted(ROLES, numbers)
    return Step(
        entry=row.entry, leaf=bytes(row.leaf), act=said["act"], at=said["at"], body=said["body"], commission=row.code,
        decision=said["decision"] or "", named=row.named, findings=_codes(said),
        came=roles if row.came else {}, left={} if row.came else roles,
        proposers=_counted(PROPOSERS, numbers[len(ROLES) :]) if row.came else {},
        # Why somebody left is public where the entry says so: of a change by decision it does not.
        ground="" if row.came else said.get("ground", ""),
    )  # fmt: skip


def _codes(said: Mapping[str, Any]) -> frozenset[str]:
    """Codes of findings about the act itself; an import counts those about its rows."""
    found = said.get("findings", ())
    return frozenset(found) if isinstance(found, list) else frozenset()


def _counted(names: tuple[str, ...], numbers: tuple[Any, ...]) -> dict[str, int]:
    return {name: number for name, number in zip(names, numbers, strict=False) if number}


def _together(one: Step, other: Step) -> Step:
    """Both halves of what an entry did: who came, and who left."""
    return one._replace(
        came=Counter(one.came) + Counter(other.came),
        proposers=Counter(one.proposers) + Counter(other.proposers),
        left=Counter(one.left) + Counter(other.left),
    )


IMPORTED = """SELECT e.index, e.leaf_hash, j.record FROM acts_journal j
JOIN acts_entry e ON e.journal_id = j.id AND e.index < %s
WHERE j.election = %s AND j.code = 'registry.import_members' ORDER BY e.index DESC"""


class ImportRow(NamedTuple):
    """A file of members that was entered: its entry, and what the entry says."""

    entry: int
    leaf: bytes
    said: Mapping[str, Any]


def imported(election: str, size: int) -> list[ImportRow]:
    """Files of members that were entered below a size of the log, the latest first."""
    rows = fetch(IMPORTED, [size, election])
    return [ImportRow(index, bytes(leaf), loads(bytes(record))) for index, leaf, record in rows]
