"""What the look-up's answer carries to the form of a request, so that nobody types document and birth date twice.

It comes by POST, so that it stands in no address, and is kept nowhere. It is no submission: nothing is looked for, no proof of
work is spent, and the form is the same whoever it is for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from esaylov.voters.lookup.typed import LONGEST, Typed

MARK = "carried"
"""The field by which a post says that it only carries something."""
DOCUMENT, BORN = "document", "birth_date"


def carried(fields: Mapping[str, str]) -> Typed:
    """The fields that every request has, filled in as far as what came can be read."""
    born = born_of(fields.get(BORN, ""))
    day = (str(born.day), str(born.month), str(born.year)) if born is not None else ("", "", "")
    document = fields.get(DOCUMENT, "")[:LONGEST].strip()
    return Typed(document=document, birth_day=day[0], birth_month=day[1], birth_year=day[2])


def born_of(text: str) -> date | None:
    """The day that stands so (`1985-03-27`); None where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
