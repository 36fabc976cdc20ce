"""Forms on organisations and their people, and on the end of a mandate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from esaylov.acts.context import STANDING_ZONE
from esaylov.cabinet.forms import ActForm
from esaylov.formation.forms import GROUNDS

KINDS = (
    ("party", gettext_lazy("political party")), ("media", gettext_lazy("media outlet")),
    ("mahalla", gettext_lazy("mahalla body")), ("ngo", gettext_lazy("non-governmental organisation")),
    ("employer", gettext_lazy("employer")), ("kengash", pgettext_lazy("proposer", "Kengash (council)")),
    ("state", gettext_lazy("state body")), ("foreign", gettext_lazy("foreign body")),
    ("international", gettext_lazy("international organisation")),
)  # fmt: skip
ROLES = (
    ("head", pgettext_lazy("role", "head")),
    ("representative", pgettext_lazy("role", "authorised representative")),
    ("staff", pgettext_lazy("role", "staff")),
)
ENDINGS = tuple(
    (code, text) for code, text in GROUNDS if code in {"recalled", "resigned", "died", "conviction"}
)
"""Grounds on which a mandate in an organisation ends."""
CODE = r"\A[a-z0-9-]{1,60}\Z"
LANGUAGES = ("uz", "uz-cyrl", "kaa", "ru", "en")


class OrganisationForm(ActForm):
    """An organisation: what it is, and its names."""

    articles: ClassVar[dict[str, str]] = {"kind": "33-35"}
    aliases: ClassVar[dict[str, str]] = {"organisation": "code", "names": "uz", "uz-cyrl": "uz_cyrl"}

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=KINDS)
    code = forms.RegexField(
        label=gettext_lazy("Code"), regex=CODE,
        help_text=gettext_lazy("Lower-case Latin letters, digits and hyphens, for example green-party. It is public."),
        error_messages={"invalid": gettext_lazy("Enter up to 60 lower-case Latin letters, digits or hyphens.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    uz = forms.CharField(label=gettext_lazy("Name in Uzbek (Latin)"), max_length=200)
    uz_cyrl = forms.CharField(label=gettext_lazy("Name in Uzbek (Cyrillic)"), max_length=200, required=False)
    kaa = forms.CharField(label=gettext_lazy("Name in Karakalpak"), max_length=200, required=False)
    ru = forms.CharField(label=gettext_lazy("Name in Russian"), max_length=200, required=False)
    en = forms.CharField(label=gettext_lazy("Name in English"), max_length=200, required=False)

    def said(self) -> dict[str, Any]:
        """What the act takes."""
        given = self.cleaned_data
        names = {language: given[language.replace("-", "_")] for language in LANGUAGES}
        return {
            "organisation": f"org:{given['code']}",
            "kind": given["kind"],
            "names": {language: name for language, name in names.items() if name},
        }


class RepresentativeForm(ActForm):
    """Somebody who will act for an organisation."""

    articles: ClassVar[dict[str, str]] = {"role": "33-35, 43"}
    aliases: ClassVar[dict[str, str]] = {"organisation": "", "member": "pinfl"}

    role = forms.ChoiceField(label=pgettext_lazy("organisation", "Role"), choices=ROLES)
    pinfl = forms.RegexField(
        label=gettext_lazy("Personal number (PINFL)"), regex=r"\A[0-9]{14}\Z",
        help_text=gettext_lazy("14 digits, as in the passport or ID card."),
        error_messages={"invalid": gettext_lazy("Enter 14 digits.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    surname = forms.CharField(label=gettext_lazy("Surname"), max_length=100)
    given_name = forms.CharField(label=gettext_lazy("Given name"), max_length=100)
    patronymic = forms.CharField(label=gettext_lazy("Patronymic"), max_length=100, required=False)
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=40, required=False)
    valid_until = forms.DateField(
        label=gettext_lazy("Last day of the mandate"), input_formats=["%Y-%m-%d", "%d.%m.%Y"], required=False,
        help_text=gettext_lazy("Leave it empty for a mandate that holds until it is ended."),
    )  # fmt: skip

    def said(self, organisation: str) -> dict[str, Any]:
        """What the act takes: the mandate holds through its last day, by the clock of Tashkent."""
        given = self.cleaned_data
        names = ("pinfl", "surname", "given_name", "patronymic", "phone")
        return {
            "organisation": organisation,
            "role": given["role"],
            "member": {name: given[name] for name in names},
            "valid_until": _end_of(given["valid_until"]),
        }


def _end_of(day: date | None) -> datetime | None:
    return datetime.combine(day + timedelta(days=1), time(), STANDING_ZONE) if day else None


class EndingForm(ActForm):
    """The ground on which a mandate ends."""

    articles: ClassVar[dict[str, str]] = {"ground": "24, 25, 43"}
    aliases: ClassVar[dict[str, str]] = {"mandate": ""}

    ground = forms.ChoiceField(label=gettext_lazy("Ground"))

    def __init__(self, *args: Any, grounds: Sequence[tuple[str, Any]] = GROUNDS, **names: Any) -> None:
        super().__init__(*args, **names)
        self.fields["ground"].choices = list(grounds)  # type: ignore[attr-defined]


class DecidedEndingForm(EndingForm):
    """The same for a member of a commission: by a decision of the commission above."""

    articles: ClassVar[dict[str, str]] = {"ground": "24, 25", "decision": "24, 25"}
    decision = forms.CharField(label=gettext_lazy("Number of the decision"), max_length=60)
