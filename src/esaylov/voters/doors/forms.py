"""The form of a house: for each entry one choice, made with a thumb; works without a script, and sent twice it is noted once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy
from pydantic import ValidationError

from esaylov.acts.context import ElectionContext
from esaylov.acts.door import Refused
from esaylov.acts.powers import Actor
from esaylov.cabinet.forms import ActForm
from esaylov.voters.doors.noting import Form, HouseVisit, Noted, note
from esaylov.voters.doors.reading import House, Resident
from esaylov.voters.persons import name_of

OUTCOMES = {
    "here": pgettext_lazy("found at a door", "lives here"),
    "gone": pgettext_lazy("found at a door", "not here any more"),
    "died": pgettext_lazy("found at a door", "died"),
    "wrong": pgettext_lazy("found at a door", "data are wrong"),
    "away": pgettext_lazy("found at a door", "nobody home"),
}
FIELD = "v"
EVERYBODY = ("here", "away")
"""What one button says of everybody of whom nothing was chosen."""


class HouseForm(ActForm):
    """What was found at a house."""

    aliases: ClassVar[Mapping[str, str]] = {"precinct": "", "house": "", "said": ""}
    missing = forms.IntegerField(
        label=gettext_lazy("Somebody is missing: how many live here and are not in the list"),
        min_value=0, max_value=99, required=False, widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip

    def offer(self, residents: Sequence[Resident], said: Mapping[int, str], missing: int | None) -> None:
        """Asks about these entries; what was said of them, and how many are missing, stands there already."""
        self.entries = [one.voter for one in residents]
        asked: dict[str, forms.Field] = {}
        for one in residents:
            asked[f"{FIELD}{one.voter}"] = forms.ChoiceField(
                label=label_of(one), choices=list(OUTCOMES.items()), required=False, widget=forms.RadioSelect,
                initial=said.get(one.voter),
            )  # fmt: skip
        self.fields = asked | self.fields
        self.fields["missing"].initial = missing

    def digest(self, request: HttpRequest) -> bytes:
        """What was sent, under a key that the database has not: its digest alone would confirm who was said to be gone."""
        return salted_hmac("door to door", super().digest(request), algorithm="sha256").digest()

    def note(
        self, request: HttpRequest, context: ElectionContext, actor: Actor, found: Mapping[str, Any]
    ) -> Noted | None:
        """Notes what was found (members of `HouseVisit`). None where it was refused: then the form has errors that say why.

        The same form sent again is noted once. Raises CustodianDown, Throttled, KeyringError.
        """
        try:
            visit = HouseVisit(**found)
        except ValidationError as error:
            self.refuse_payload(error)
            return None
        result = note(context, actor, visit, Form(self.key[:80], self.digest(request)))
        if isinstance(result, Refused):
            self.refuse(result.findings)
            return None
        return result

    def found(self, precinct: str, house: House) -> dict[str, Any]:
        """What is noted, as members of `HouseVisit`."""
        everybody = self.data.get("everybody", "")
        rest = everybody if everybody in EVERYBODY else ""
        chosen = {voter: self.cleaned_data[f"{FIELD}{voter}"] or rest for voter in self.entries}
        said = {voter: outcome for voter, outcome in chosen.items() if outcome}
        return {
            "precinct": precinct, "mahalla": house.mahalla, "house": house.digest, "said": said,
            "missing": self.cleaned_data["missing"],
        }  # fmt: skip


def label_of(one: Resident) -> str:
    """Who it is, as far as the door needs it: name, year of birth, flat."""
    said = one.record
    parts = [name_of(said) or "–", said.get("birth_date", "")[:4]]
    if said.get("flat"):
        parts.append(gettext("flat %(flat)s") % {"flat": said["flat"]})
    return ", ".join(part for part in parts if part)
