"""The page of the decision that an entry of the log names, where the register of decisions has it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from esaylov.acts.context import STANDING
from esaylov.proceedings.queries import numbered


def decision_url(size: int, election: str, body: str, number: str, year: int) -> str:
    """The page of a body's decision of a year, taken in the election or outside of elections; empty where the register
    has none below a size of the log.
    """
    found = numbered(size, election, body, number, year)
    if found is None:
        return ""
    taken_in, record = found
    if taken_in == STANDING:
        return reverse("standing-decision", args=[record])
    return reverse("decision", args=[taken_in, record])


def decision_of(size: int, said: Mapping[str, Any], zone: ZoneInfo) -> tuple[str, str]:
    """Number and page of the decision that an entry names or is; its page is empty where the register has none."""
    of_its_own = said["act"] in ("proceedings.adopt_decision", "proceedings.state_dissent")
    number = said.get("number" if of_its_own else "decision")
    if not isinstance(number, str):
        return "", ""
    year = said["year"] if of_its_own else datetime.fromisoformat(said["at"]).astimezone(zone).year
    return number, decision_url(size, said.get("election", STANDING), said["body"], number, year)
