"""Which decisions of the register stand behind acts that name a number: asked for many entries at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from esaylov.acts.catalogue import catalogue
from esaylov.acts.sealing import loads
from esaylov.acts.statements import fetch

# Numbers come back each year: an act (j) means a decision (k) of the year before it, be it of this calendar year or of the
# last. The clock of decisions outside of elections is the real one, whatever the election's own shows.
MEANT = "k.at > CASE k.election WHEN '' THEN j.recorded_at ELSE j.at END - interval '1 year'"
# A decision stands behind an act that it carried, or that came after it in the log.
BEHIND = f"""SELECT q.index, j.code, d.election, d.journal, COALESCE(j.id = ANY(d.orders), false),
    CASE WHEN j.code = ANY(%s) THEN j.record END
FROM unnest(%s::bigint[], %s::text[]) AS q(index, number) JOIN acts_entry e ON e.index = q.index
JOIN acts_journal j ON j.id = e.journal_id LEFT JOIN LATERAL (
    SELECT k.* FROM proceedings_decision k JOIN acts_entry c ON c.journal_id = k.journal AND c.index < %s
    WHERE k.election = ANY(%s) AND k.body = j.body AND k.number = q.number
        AND (j.id = ANY(k.orders) OR c.index < e.index AND {MEANT})
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
    listed = {one.code: one for one in catalogue()}
    by_another = [code for code, one in listed.items() if one.ordered_as is not None]
    rows = fetch(BEHIND, [by_another, list(cited), list(cited.values()), size, [election, ""]])
    return {
        index: Behind(taken_in or "", number, ordered or not listed[code].act.may_be_ordered(_body(record)))
        for index, code, taken_in, number, ordered, record in rows
    }


def _body(record: bytes | None) -> str | None:
    """The body that an entry is about, of acts that are ordered by another one."""
    return loads(bytes(record)).get("of") if record is not None else None
