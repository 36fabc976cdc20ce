"""The forms of calling an election."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from esaylov.acts.context import STANDING_ZONE
from esaylov.cabinet.forms import ActForm
from esaylov.elections.drafts import MODES, TABLES, possible
from esaylov.elections.models import Draft, Election
from esaylov.law.calling import events_of
from esaylov.law.editions import uz_edition, uz_edition_names

KINDS = {
    "list": gettext_lazy("Legislative Chamber: party lists"),
    "single-member": gettext_lazy("Legislative Chamber: constituencies"),
    "president": gettext_lazy("President"),
    "council": gettext_lazy("Councils"),
    "referendum": gettext_lazy("Referendum"),
}
FORMS = {
    "regular": pgettext_lazy("election", "regular"),
    "early": pgettext_lazy("election", "early"),
    "by-election": pgettext_lazy("election", "by-election"),
    "repeat": pgettext_lazy("election", "repeat election"),
    "run-off": pgettext_lazy("election", "run-off"),
}
MODE_WORDS = {
    "official": gettext_lazy("official"),
    "pilot": gettext_lazy("pilot: beside the official process, without legal force"),
    "rehearsal": gettext_lazy("rehearsal: everything in it is invented"),
}
CLOCK = ["%Y-%m-%dT%H:%M"]
ID = re.compile(r"[a-z0-9][a-z0-9-]{2,59}")
EVENTS_HELP = gettext_lazy(
    "One event a line, such as “announcement 2026-01-13”. Steps that wait for an event stay open without it."
)


def free_code(code: str) -> str:
    """A code for a new election. Raises ValidationError when it has another form, or is taken."""
    if not ID.fullmatch(code):
        raise forms.ValidationError(gettext("Three to sixty small Latin letters, digits and hyphens."))
    if Election.objects.filter(pk=code).exists() or Draft.objects.filter(pk=code).exists():
        raise forms.ValidationError(gettext("There is an election or a draft with this code already."))
    return code


class DraftForm(forms.Form):
    """What election it is: kinds, form, day, mode, and the law that it follows."""

    draft = forms.CharField(
        label=gettext_lazy("Code of the election"),
        max_length=60,
        help_text=gettext_lazy("Small Latin letters, digits and hyphens. It stands in every address."),
    )
    title_uz = forms.CharField(label=gettext_lazy("Title in Uzbek"), max_length=200)
    title_ru = forms.CharField(label=gettext_lazy("Title in Russian"), max_length=200, required=False)
    title_en = forms.CharField(label=gettext_lazy("Title in English"), max_length=200, required=False)
    edition = forms.ChoiceField(label=gettext_lazy("Edition of the law"))
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("What is elected"),
        choices=list(KINDS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    form = forms.ChoiceField(label=gettext_lazy("Form of the election"), choices=list(FORMS.items()))
    mode = forms.ChoiceField(label=gettext_lazy("Mode"), choices=[(mode, MODE_WORDS[mode]) for mode in MODES])
    date = forms.DateField(
        label=gettext_lazy("Election day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    basis = forms.ChoiceField(
        label=gettext_lazy("Take territories and precincts from"), required=False,
        help_text=gettext_lazy("An earlier election here; or none, and the tables come as files."),
    )  # fmt: skip
    start = forms.DateTimeField(
        label=gettext_lazy("A rehearsal's clock begins at (Tashkent)"),
        required=False,
        input_formats=CLOCK,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=CLOCK[0]),
        help_text=gettext_lazy(
            "A rehearsal has a clock of its own: an election of the past can be called on its real day."
        ),
    )
    events = forms.CharField(
        label=gettext_lazy("Days of events"), required=False, help_text=EVENTS_HELP,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args: Any, known: bool = False, **named: Any) -> None:
        super().__init__(*args, **named)
        self.known = known
        self.fields["edition"].choices = [(name, name) for name in uz_edition_names()]  # type: ignore[attr-defined]
        bases = Election.objects.order_by("-date", "id").values_list("id", flat=True)
        self.fields["basis"].choices = [("", gettext("none")), *((b, b) for b in bases)]  # type: ignore[attr-defined]
        if known:
            self.fields["draft"].disabled = True

    def clean_draft(self) -> str:
        """A code that no election and no other draft has."""
        code = str(self.cleaned_data["draft"])
        if self.known:
            return code
        return free_code(code)

    def clean_events(self) -> dict[str, str]:
        """Events by name, each with its day."""
        found: dict[str, str] = {}
        for number, line in enumerate(str(self.cleaned_data["events"]).splitlines(), 1):
            if not line.strip():
                continue
            parts = line.split()
            try:
                name, day = parts
                found[name] = forms.DateField().clean(day).isoformat()
            except (ValueError, forms.ValidationError):
                text = gettext("Line %(number)s is not an event and a day.") % {"number": number}
                raise forms.ValidationError(text) from None
        return found

    def clean(self) -> dict[str, Any]:
        """The edition must know such an election."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("start") and data.get("mode") != "rehearsal":
            self.add_error("start", gettext("Only a rehearsal has a clock of its own."))
        if not {"edition", "form", "kinds"} <= data.keys():
            return data
        if data["form"] != "regular" and data["form"] not in uz_edition(data["edition"]).forms:
            self.add_error("form", gettext("This edition does not know this form of election."))
            return data
        self._check_events(data)
        strange = set(data["kinds"]) - set(possible(data["edition"], data["form"]))
        if strange:
            names = ", ".join(str(KINDS[kind]) for kind in sorted(strange))
            self.add_error(
                "kinds",
                gettext("There is no such election in this edition and form: %(names)s") % {"names": names},
            )
        return data

    def _check_events(self, data: dict[str, Any]) -> None:
        """A name that no step hangs on would leave that step open without a word."""
        known = events_of(uz_edition(data["edition"]), data["form"])
        strange = set(data.get("events", {})) - set(known)
        if strange:
            values = {"names": ", ".join(sorted(strange)), "known": ", ".join(known)}
            text = gettext("This edition does not know these events: %(names)s. It knows: %(known)s.")
            self.add_error("events", text % values)

    def titles(self) -> dict[str, str]:
        """Titles by language."""
        given = {code: self.cleaned_data[f"title_{code}"].strip() for code in ("uz", "ru", "en")}
        return {code: title for code, title in given.items() if title}


class ContestsForm(forms.Form):
    """Which contests of the earlier election are held again."""

    contests = forms.MultipleChoiceField(
        label=gettext_lazy("Contests"), widget=forms.SelectMultiple(attrs={"size": 12}),
        help_text=gettext_lazy("The precincts that vote in them and their territories come along; candidates do not."),
    )  # fmt: skip


class TableForm(forms.Form):
    """One table of the draft, as a CSV file."""

    table = forms.ChoiceField(label=gettext_lazy("Table"), choices=[(name, f"{name}.csv") for name in TABLES])
    file = forms.FileField(label=gettext_lazy("File (CSV, UTF-8)"))


def on_the_wall(given: datetime) -> datetime:
    """A time that was typed, read in Tashkent's zone whatever zone the form took it for."""
    return given.replace(tzinfo=STANDING_ZONE)


class ClockForm(forms.Form):
    """Where the clock of a rehearsal goes."""

    time = forms.DateTimeField(
        label=gettext_lazy("Time on the clock (Tashkent)"),
        input_formats=CLOCK,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=CLOCK[0]),
    )

    def clean_time(self) -> datetime:
        """The time in Tashkent."""
        return on_the_wall(self.cleaned_data["time"])


class CallForm(ActForm):
    """The decision that calls the election."""

    articles: ClassVar[Mapping[str, str]] = {"decision": "36"}
    decision = forms.CharField(label=gettext_lazy("Number of the decision"), max_length=60)
