"""The pages of the decision that an entry of the log is, where the register of decisions has it, and of its session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from esaylov.acts.context import STANDING
from esaylov.proceedings.held import numbered_session
from esaylov.proceedings.queries import numbered
from esaylov.publication.cited import Cited
from esaylov.publication.pages.common import Link

OWN = ("proceedings.adopt_decision", "proceedings.state_dissent")


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


def decision_of(size: int, said: Mapping[str, Any]) -> Cited | None:
    """Number and page of the decision that an entry is, or from which it dissents; None where it is none, or has no page yet."""
    number = said.get("number")
    if said["act"] not in OWN or not isinstance(number, str):
        return None
    url = decision_url(size, said.get("election") or STANDING, said["body"], number, said["year"])
    return Cited(number, url) if url else None


def session_of(size: int, said: Mapping[str, Any]) -> Link | None:
    """The page of the session to which an entry belongs; None where it belongs to none, or the session has no page yet."""
    if not said["act"].startswith("proceedings.") or "session" not in said:
        return None
    election, year, number = said.get("election") or STANDING, said["year"], said["session"]
    record = numbered_session(size, election, said["body"], year, number)
    if record is None:
        return None
    text = gettext("Session %(number)s of %(year)s") % {"number": number, "year": year}
    if election == STANDING:
        return Link(text, reverse("standing-session", args=[record]))
    return Link(text, reverse("session", args=[election, record]))
