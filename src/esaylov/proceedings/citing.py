"""Which decisions of the register stand behind acts that name a number: asked for many entries at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from esaylov.acts.catalogue import catalogue
from esaylov.acts.statements import fetch

# A decision stands behind an act that it carried, or that came after it; the same number may come back in a later year.
BEHIND = """SELECT q.index, j.code, d.election, d.journal, COALESCE(j.id = ANY(d.orders), false)
FROM unnest(%s::bigint[], %s::text[]) AS q(index, number) JOIN acts_entry e ON e.index = q.index
JOIN acts_journal j ON j.id = e.journal_id LEFT JOIN LATERAL (
    SELECT k.* FROM proceedings_decision k JOIN acts_entry c ON c.journal_id = k.journal AND c.index < %s
    WHERE k.election = ANY(%s) AND k.body = j.body AND k.number = q.number AND (j.id = ANY(k.orders) OR k.at <= j.at)
    ORDER BY j.id = ANY(k.orders) DESC, c.index DESC LIMIT 1) d ON true"""


@dataclass(frozen=True, slots=True)
class Behind:
    """The decision behind an act: the election in which it was taken ("": outside of elections) and its record, None where the
    register has none. `ordered`: it ordered the act, or is named by one that no decision can order.
    """

    election: str
    record: int | None
    ordered: bool


def behind(size: int, election: str, cited: Mapping[int, str]) -> dict[int, Behind]:
    """What stands behind acts of an election that name a decision, below a size of the log. `cited`: numbers by the index of
    the act's entry. One statement.
    """
    if not cited:
        return {}
    orderable = {listed.code for listed in catalogue() if listed.act.orderable}
    rows = fetch(BEHIND, [list(cited), list(cited.values()), size, [election, ""]])
    return {
        index: Behind(taken_in or "", record, ordered or code not in orderable)
        for index, code, taken_in, record, ordered in rows
    }
