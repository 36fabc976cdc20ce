"""How much a body may write in a day. Each limit can be set by `ESAYLOV_LETTERS_<NAME>` in the environment (whole numbers).

No law says so: a body whose account is in wrong hands, or whose program runs wild, shall not bury the others under letters.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from datetime import datetime

from esaylov.acts.statements import fetch


@dataclass(frozen=True, slots=True)
class Limits:
    """The table: counts are those of one body and one day by the clock of its election's zone."""

    by_commission: int = 300  # letters of a commission above the precinct
    by_precinct: int = 60
    by_organisation: int = 30
    circulars: int = 20
    recipients: int = 60_000  # of all letters of the day: a circular to every precinct has some 11,000
    text: int = 50_000  # characters of one letter; letters carry no files

    def letters(self, tier: str) -> int:
        """How many letters a body of a tier may send."""
        return {"precinct": self.by_precinct, "organisation": self.by_organisation}.get(
            tier, self.by_commission
        )


def _read() -> Limits:
    """The table, with what the environment says instead. Raises ValueError for what is no whole number."""
    given = {one.name: os.environ.get(f"ESAYLOV_LETTERS_{one.name.upper()}") for one in fields(Limits)}
    return Limits(**{name: int(value) for name, value in given.items() if value})


LIMITS = _read()

# The day is the wall's, not that of a rehearsal's clock, which may stand still. Organisations and the Central Commission are
# the same bodies in every election; other codes are those of one election.
SENT = """SELECT count(*), count(*) FILTER (WHERE l.circular), COALESCE(sum(r.number), 0) FROM proceedings_letter l
JOIN acts_journal j ON j.id = l.journal
CROSS JOIN LATERAL (SELECT count(*) AS number FROM proceedings_letterrecipient x WHERE x.letter_id = l.id) AS r
WHERE l.body = %s AND j.recorded_at >= %s AND (l.election = %s OR l.body = 'cec' OR l.body LIKE 'org:%%')"""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a body has sent since a time: letters, circulars among them, recipients of all."""

    letters: int = 0
    circulars: int = 0
    recipients: int = 0


def sent_since(election: str, body: str, midnight: datetime) -> Sent:
    """What a body has sent since the beginning of the day."""
    ((letters, circulars, recipients),) = fetch(SENT, [body, midnight, election])
    return Sent(int(letters), int(circulars), int(recipients))
