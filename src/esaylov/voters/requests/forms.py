"""The forms of a voter who asks: which fields a kind of request has, and how a number with its code is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from esaylov.acts.context import get_context
from esaylov.design.words import date_text
from esaylov.voters.requests import kinds, places
from esaylov.voters.requests.kinds import Kind
from esaylov.voters.requests.words import FIELDS, SEXES

TERRITORY = "territory"
LONG = 2_000
HELP: dict[str, Any] = {
    "contact": gettext_lazy("Only so that the commission can ask you something."),
    "wrong": gettext_lazy("As it stands in the list, if you know it: for example the house number."),
    "right": gettext_lazy("As it stands in your passport or ID card."),
    "pinfl": gettext_lazy("The 14 digits of your passport or ID card."),
    "wished": gettext_lazy("Its number: it stands on the page of the precinct."),
    "day": gettext_lazy("The day on which you want to vote."),
    "time": gettext_lazy("When it suits you best, for example: after 14:00."),
    TERRITORY: gettext_lazy("Where you are registered. Its commission decides if no precinct is known."),
}
KIND_HELP: dict[tuple[str, str], Any] = {
    ("home", "reason"): gettext_lazy(
        "Health, care for somebody, a long way: what keeps you at home on election day."
    ),
    ("early", "reason"): gettext_lazy(
        "What keeps you away on election day: a journey, work, treatment, study."
    ),
    ("precinct", "reason"): gettext_lazy("Since when you live there, and which paper shows it."),
    ("objection", "reason"): gettext_lazy("Why you belong on the list. Which paper shows it?"),
    ("home", "street"): gettext_lazy("Where the members of the commission should come."),
}


def _text(maximum: int = 120, **attributes: str) -> forms.CharField:
    return forms.CharField(
        max_length=maximum, widget=forms.TextInput(attrs={"autocomplete": "off", **attributes})
    )


def _words() -> forms.CharField:
    return forms.CharField(max_length=LONG, widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}))


MAKE: dict[str, Callable[[], forms.Field]] = {
    "wrong": _words,
    "right": _words,
    "reason": _words,
    "pinfl": lambda: forms.RegexField(
        r"^[0-9]{14}$",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "14"}),
    ),
    "sex": lambda: forms.ChoiceField(choices=list(SEXES.items()), widget=forms.RadioSelect),
    "day": lambda: forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")),
}


class RequestForm(forms.Form):
    """What a kind of request asks for beside document and birth date."""

    def __init__(self, data: Mapping[str, Any] | None, *, kind: Kind, election: str) -> None:
        super().__init__(data, auto_id="%s")
        self.kind, self.election = kind, election
        self.missions = places.missions(election) if kind.code == "abroad" else []
        if kind.code != "abroad":
            self._add(TERRITORY, forms.ChoiceField(choices=places.districts(election)), True)
        for name in kind.takes:
            self._add(name, MAKE.get(name, _text)(), name in kind.needs)
        if self.missions:
            self._add("wished", forms.ChoiceField(choices=self.missions), True)
        self.days: tuple[date, date] | None = None
        if "day" in self.fields:
            self._limit_days()
        self._add("contact", _text(40, inputmode="tel"), False)

    def _add(self, name: str, field: forms.Field, required: bool) -> None:
        field.required = required
        field.label = FIELDS.get(name) or gettext("District or city of your address")
        if name == "wished" and self.missions:
            field.label = gettext("Precinct abroad")
        elif name == "wished":
            field.label = gettext("Number of the precinct that you ask for")
        help_text = KIND_HELP.get((self.kind.code, name)) or HELP.get(name, "")
        field.help_text = "" if name == "wished" and self.missions else help_text
        self.fields[name] = field

    def _limit_days(self) -> None:
        """Early voting has its days: others cannot be chosen."""
        context = get_context(self.election)
        self.days = kinds.days_of(context, self.kind.received, context.now())
        if self.days is None:
            return
        field = self.fields["day"]
        field.help_text = f"{field.help_text} {self._days()}."
        field.widget.attrs |= {"min": self.days[0].isoformat(), "max": self.days[1].isoformat()}

    def _days(self) -> str:
        assert self.days is not None
        return gettext("%(first)s to %(last)s") % {
            "first": date_text(self.days[0]), "last": date_text(self.days[1])
        }  # fmt: skip

    def clean_day(self) -> date:
        """A day of early voting."""
        day: date = self.cleaned_data["day"]
        if self.days is not None and not self.days[0] <= day <= self.days[1]:
            raise forms.ValidationError(f"{gettext('Early voting')}: {self._days()}.")
        return day

    def clean_wished(self) -> str:
        """The code of the precinct."""
        wished = str(self.cleaned_data["wished"])
        if self.missions or not wished:
            return wished
        code = places.precinct_by_number(self.election, self.cleaned_data.get(TERRITORY, ""), wished)
        if not code:
            raise forms.ValidationError(
                gettext("The district that you chose has no precinct with this number.")
            )
        return code

    def said(self) -> dict[str, str]:
        """The fields as they are sealed."""
        given = {name: value for name, value in self.cleaned_data.items() if name != TERRITORY and value}
        texts = {name: value.isoformat() if name == "day" else str(value) for name, value in given.items()}
        return {name: value.replace("\r\n", "\n").replace("\r", "\n") for name, value in texts.items()}


class StatusForm(forms.Form):
    """Number and secret code."""

    number = forms.CharField(
        label=gettext_lazy("Number of the request"), help_text=gettext_lazy("Such as R-7K2M-94."), max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip
    secret = forms.CharField(
        label=gettext_lazy("Secret code"), help_text=gettext_lazy("Four groups of four letters and digits."), max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, auto_id="%s")
