"""What a comparison said, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

FIELDS: dict[str, Any] = {
    "surname": gettext_lazy("Surname"),
    "given_name": gettext_lazy("Given name"),
    "patronymic": gettext_lazy("Patronymic"),
    "birth_date": gettext_lazy("Birth date"),
    "pinfl": gettext_lazy("PINFL"),
    "document": gettext_lazy("Document"),
    "address": gettext_lazy("Address"),
    "family": gettext_lazy("One family"),
}
LEVELS: dict[str, Any] = {
    "missing": gettext_lazy("one of the two says nothing"),
    "same": gettext_lazy("the same, in whatever script"),
    "exchanged": gettext_lazy("surname and given name in each other’s place"),
    "sound": gettext_lazy("sounds the same"),
    "close": gettext_lazy("differs by a letter or two"),
    "alike": gettext_lazy("resembles it"),
    "mirrored": gettext_lazy("day and month in each other’s place"),
    "slip": gettext_lazy("differs by one slip"),
    "same day": gettext_lazy("the same day and month of another year"),
    "same year": gettext_lazy("the same year"),
    "same house": gettext_lazy("the same house and flat"),
    "same street": gettext_lazy("the same street"),
    "same mahalla": gettext_lazy("the same mahalla"),
    "different": gettext_lazy("different"),
}
FAMILY: dict[str, Any] = {
    "twins": gettext_lazy("twins share house, names of the family and birth date: these count less"),
    "siblings": gettext_lazy("brothers and sisters share house, surname and patronymic: these count less"),
    "relatives": gettext_lazy("a family shares house and surname: these count less"),
    "different": gettext_lazy("they share no house and surname"),
    "missing": gettext_lazy("one of the two says nothing"),
}
STATES: dict[str, Any] = {
    "open": gettext_lazy("to be looked at"),
    "proposed": gettext_lazy("proposed: a second person decides"),
    "decided": gettext_lazy("decided"),
    "gone": gettext_lazy("no longer a pair"),
}
VERDICTS: dict[str, Any] = {
    "same": pgettext_lazy("pair of entries", "one person"),
    "different": pgettext_lazy("pair of entries", "two persons"),
    "unclear": pgettext_lazy("pair of entries", "unclear"),
}
EXACT: dict[str, Any] = {
    "pinfl": gettext_lazy("the same PINFL"),
    "document": gettext_lazy("the same document"),
    "": gettext_lazy("likeness"),
}
LIKELY = ((14.0, gettext_lazy("almost certain")), (9.0, gettext_lazy("very likely")))


def level_text(field: str, level: str) -> str:
    """What the comparison of a field said."""
    return str((FAMILY if field == "family" else LEVELS).get(level, level))


def likelihood_text(weight: float) -> str:
    """A weight in words; the odds that it stands for are two to its power."""
    return str(next((text for least, text in LIKELY if weight >= least), gettext("likely")))


def state_text(state: str, verdict: str) -> str:
    """A pair's state, with what was said of it."""
    shown = str(STATES.get(state, state))
    return f"{shown}: {VERDICTS[verdict]}" if state == "decided" and verdict in VERDICTS else shown
