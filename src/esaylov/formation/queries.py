"""Reads about commissions and their members: no name, no number of a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from esaylov.acts.statements import fetch
from esaylov.registry.matrix import COMMISSIONS
from esaylov.registry.queries import names_of, pattern


@dataclass(frozen=True, slots=True)
class FormedRow:
    """A commission and how many sit on it now. `names`: of its territory; `number`: of its precinct."""

    code: str
    tier: str
    names: Mapping[str, str]
    number: str
    members: int
    officers: int


# Members are counted through the index of their commission: a join with all mandates, grouped, never ends where the database
# has no statistics of them yet.
FORMED = """SELECT c.code, c.tier, COALESCE(t.names, '{{}}'), COALESCE(p.number, ''), n.members, n.officers,
    count(*) OVER ()
FROM registry_commission c LEFT JOIN registry_territory t ON t.id = c.territory_id
LEFT JOIN registry_precinct p ON p.id = c.precinct_id LEFT JOIN registry_cell l ON l.id = p.cell_id
CROSS JOIN LATERAL (SELECT count(*) AS members, count(*) FILTER (WHERE m.role <> 'member') AS officers
    FROM registry_mandate m LEFT JOIN registry_mandateend e ON e.mandate_id = m.id
    WHERE m.commission_id = c.id AND m.election = %(election)s AND e.mandate_id IS NULL) n
WHERE c.election = %(election)s AND c.tier = ANY(%(tiers)s)
AND (%(place)s::int IS NULL OR %(place)s = ANY(COALESCE(l.territories, t.lineage)))
AND (%(tier)s = '' OR c.tier = %(tier)s)
AND (%(state)s = '' OR (%(state)s = 'formed') = (n.members > 0))
AND (%(word)s = '' OR c.code ILIKE %(word)s OR p.number = %(exact)s OR t.names::text ILIKE %(word)s)
ORDER BY {order} LIMIT %(limit)s OFFSET %(offset)s"""
ORDER = """array_position(ARRAY['cec','territorial','district','okrug','precinct'], c.tier), COALESCE(p.position, t.position),
c.id"""


def commissions(
    election: str, tiers: Sequence[str], place: int | None, *, tier: str = "", state: str = "", search: str = "",
    limit: int = 50, offset: int = 0,
) -> tuple[list[FormedRow], int]:  # fmt: skip
    """Commissions of some tiers below a territory (None: everywhere), and how many there are in all."""
    with connection.cursor() as cursor:
        cursor.execute(
            FORMED.format(order=ORDER),
            {"election": election, "tiers": list(tiers), "place": place, "tier": tier, "state": state,
             "word": pattern(search), "exact": search, "limit": limit, "offset": offset},
        )  # fmt: skip
        rows = cursor.fetchall()
    found = [FormedRow(row[0], row[1], names_of(row[2]), *row[3:6]) for row in rows]
    return found, int(rows[0][6]) if rows else 0


ONE_FORMED = """SELECT c.code, c.tier, COALESCE(t.names, '{}'), COALESCE(p.number, ''), count(m.id),
    count(m.id) FILTER (WHERE m.role <> 'member')
FROM registry_commission c LEFT JOIN registry_territory t ON t.id = c.territory_id
LEFT JOIN registry_precinct p ON p.id = c.precinct_id
LEFT JOIN registry_mandate m ON m.commission_id = c.id
    AND NOT EXISTS (SELECT FROM registry_mandateend e WHERE e.mandate_id = m.id)
WHERE c.id = %s GROUP BY c.id, t.id, p.id"""


def formed_row(commission: int) -> FormedRow:
    """One commission by its number in the database."""
    ((code, tier, names, number, members, officers),) = fetch(ONE_FORMED, [commission])
    return FormedRow(code, tier, names_of(names), number, members, officers)


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """A mandate in a commission, ended or not. `since` is the time of the act where nothing else is said; `decision`: the one
    that formed the commission, of an import the one that its file names for the commission, else the import's own.
    """

    id: int
    person: UUID
    role: str
    proposer: str
    since: datetime
    until: datetime | None
    ended: datetime | None
    ground: str
    code: str
    decision: str


HISTORY = """SELECT m.id, m.person_id, m.role, m.proposer, COALESCE(m.valid_from, j.at), m.valid_until, e.at,
    COALESCE(e.ground, ''), j.code, COALESCE(d.decision, convert_from(j.record, 'UTF8')::json ->> 'decision', '')
FROM registry_mandate m JOIN acts_journal j ON j.id = m.journal
LEFT JOIN registry_mandateend e ON e.mandate_id = m.id
LEFT JOIN formation_filedecision d ON d.journal = m.journal AND d.commission_id = m.commission_id WHERE m.commission_id = %s
ORDER BY e.at IS NOT NULL, array_position(ARRAY['chair','deputy','secretary','member'], m.role), m.id"""


def history(commission: int) -> list[HistoryRow]:
    """All mandates of a commission: those that hold first, officers before members."""
    return [HistoryRow(*row) for row in fetch(HISTORY, [commission])]


@dataclass(frozen=True, slots=True)
class Composition:
    """Counts of one tier in one territory (None: the whole country)."""

    tier: str
    commissions: int
    formed: int
    members: int
    proposers: Mapping[str, int]


# Mandates are many: they are counted by commission before places are looked up.
COUNTS = """SELECT c.tier, count(*), count(n.members), COALESCE(sum(n.members), 0)::int FROM registry_commission c
LEFT JOIN registry_territory t ON t.id = c.territory_id LEFT JOIN registry_precinct p ON p.id = c.precinct_id
LEFT JOIN registry_cell l ON l.id = p.cell_id LEFT JOIN (
    SELECT CASE WHEN m.election = '' THEN k.id ELSE m.commission_id END AS commission_id, count(*) AS members
    FROM registry_mandate m LEFT JOIN registry_mandateend e ON e.mandate_id = m.id
    CROSS JOIN (SELECT min(id) AS id FROM registry_commission WHERE election = %s AND tier = 'cec') k
    WHERE e.mandate_id IS NULL AND m.election IN (%s, '') AND m.commission_id IS NOT NULL GROUP BY 1
) n ON n.commission_id = c.id
WHERE c.election = %s AND (%s::int IS NULL OR %s = ANY(COALESCE(l.territories, t.lineage))) GROUP BY c.tier"""
PROPOSED = """SELECT c.tier, n.proposer, sum(n.members)::int FROM (
    SELECT m.commission_id, m.proposer, count(*) AS members FROM registry_mandate m
    LEFT JOIN registry_mandateend e ON e.mandate_id = m.id
    WHERE m.election = %s AND e.mandate_id IS NULL AND m.proposer <> '' GROUP BY m.commission_id, m.proposer
) n JOIN registry_commission c ON c.id = n.commission_id
LEFT JOIN registry_territory t ON t.id = c.territory_id LEFT JOIN registry_precinct p ON p.id = c.precinct_id
LEFT JOIN registry_cell l ON l.id = p.cell_id
WHERE %s::int IS NULL OR %s = ANY(COALESCE(l.territories, t.lineage)) GROUP BY c.tier, n.proposer"""


def composition(election: str, territory: int | None = None) -> list[Composition]:
    """How many commissions are formed, how many sit on them, and who proposed them, by tier: what anybody may know.

    The members of the Central Commission hold their mandates outside of elections.
    """
    counts = {
        row[0]: (row[1], row[2], row[3])
        for row in fetch(COUNTS, [election, election, election, territory, territory])
    }
    proposed: dict[str, dict[str, int]] = {}
    for tier, kind, number in fetch(PROPOSED, [election, territory, territory]):
        proposed.setdefault(tier, {})[kind] = number
    return [
        Composition(tier, *counts[tier], dict(sorted(proposed.get(tier, {}).items())))
        for tier in COMMISSIONS
        if tier in counts
    ]


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A region's commissions, how many are formed, and how many sit on them."""

    code: str
    names: Mapping[str, str]
    commissions: int
    formed: int
    members: int


REGIONS = """SELECT r.code, r.names, count(*), count(*) FILTER (WHERE n.members > 0), COALESCE(sum(n.members), 0)
FROM registry_commission c LEFT JOIN registry_territory t ON t.id = c.territory_id
LEFT JOIN registry_precinct p ON p.id = c.precinct_id LEFT JOIN registry_cell l ON l.id = p.cell_id
JOIN registry_territory r ON r.election = c.election AND r.kind = 'region' AND r.id = ANY(COALESCE(l.territories, t.lineage))
LEFT JOIN (SELECT m.commission_id, count(*) AS members FROM registry_mandate m
    LEFT JOIN registry_mandateend e ON e.mandate_id = m.id WHERE e.mandate_id IS NULL AND m.election = %s
    GROUP BY m.commission_id) n ON n.commission_id = c.id
WHERE c.election = %s GROUP BY r.id, r.code, r.names, r.position ORDER BY r.position"""


def regions(election: str) -> list[RegionRow]:
    """Regions with their commissions, in the order of the package."""
    return [
        RegionRow(row[0], names_of(row[1]), int(row[2]), int(row[3]), int(row[4]))
        for row in fetch(REGIONS, [election, election])
    ]


@dataclass(frozen=True, slots=True)
class DiscussionRow:
    """A discussion by a Kengash, as it is recorded."""

    names: Mapping[str, str]
    minutes: str
    day: date
    proposed: int
    supported: int
    present: int | None


DISCUSSIONS = """SELECT t.names, d.minutes, d.day, d.proposed, d.supported, d.present FROM formation_discussion d
JOIN registry_territory t ON t.id = d.territory_id WHERE d.election = %s ORDER BY d.day DESC, d.journal DESC LIMIT %s"""


def discussions(election: str, limit: int = 500) -> list[DiscussionRow]:
    """Discussions of an election, the latest first."""
    rows = fetch(DISCUSSIONS, [election, limit])
    return [DiscussionRow(names_of(row[0]), *row[1:]) for row in rows]
