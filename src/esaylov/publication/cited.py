"""Numbers of decisions as public pages name them: with the way to the decision where the register has it, else with the word that
it was taken on paper (docs/decisions/0091).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from esaylov.acts.context import STANDING
from esaylov.proceedings.citing import Behind, behind


@dataclass(frozen=True, slots=True)
class Cited:
    """A number that an act names: the page of its decision, empty where the register has none, and what is to be said of it."""

    number: str
    url: str = ""
    note: str = ""


def register_of(size: int, election: str, cited: Mapping[int, str]) -> dict[int, Cited]:
    """The numbers that acts of an election name (by the index of the act's entry), at a size of the log; one statement for all
    of them.
    """
    found = behind(size, election, cited)
    return {index: _cited(number, found.get(index)) for index, number in cited.items()}


def _cited(number: str, found: Behind | None) -> Cited:
    if found is None or found.record is None:
        return Cited(number, note=gettext("on paper: not in the register"))
    url = (
        reverse("standing-decision", args=[found.record])
        if found.election == STANDING
        else reverse("decision", args=[found.election, found.record])
    )
    note = "" if found.ordered else gettext("the decision of this number in the register did not order it")
    return Cited(number, url, note)
