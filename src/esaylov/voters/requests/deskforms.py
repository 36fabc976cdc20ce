"""The form with which a commission decides a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy

from esaylov.cabinet.forms import ActForm
from esaylov.exchange.residents.sealing import RECORD
from esaylov.voters.requests.kinds import Kind
from esaylov.voters.requests.words import FIELDS, SEXES, VERDICTS, reason_text

DECISIONS = [(code, VERDICTS[code]) for code in ("granted", "refused")]
WITH_RECORD = frozenset({"correction", "inclusion", "abroad"})
WITH_PRECINCT = frozenset({"inclusion", "abroad", "precinct"})


class DecisionForm(ActForm):
    """Granted or refused, why, and what the list is to say."""

    articles: ClassVar[Mapping[str, str]] = {"reason": "29"}
    aliases: ClassVar[Mapping[str, str]] = {"number": ""}
    verdict = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=DECISIONS,
        widget=forms.RadioSelect,
    )
    reason = forms.ChoiceField(label=gettext_lazy("Reason of a refusal"), required=False)
    explanation = forms.CharField(
        label=gettext_lazy("In words, for the voter"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("What was looked at and why it is decided so. Only the voter and this commission can read it."),
    )  # fmt: skip

    def offer(
        self, kind: Kind, reasons: Sequence[str], mahallas: Sequence[tuple[str, str]], precincts: Sequence[tuple[str, str]],
        stays: bool = False,
    ) -> None:  # fmt: skip
        """What can be chosen; and the fields of the entry where the kind needs them, unless it `stays` as it is."""
        self.fields["reason"].choices = [("", ""), *((code, reason_text(code)) for code in reasons)]  # type: ignore[attr-defined]
        if not kind.listed:
            return
        with_record = kind.code in WITH_RECORD and not stays
        if with_record:
            for name in RECORD:
                self._record_field(name)
        places = {"mahalla": (FIELDS["mahalla"], mahallas), "precinct": (gettext_lazy("Precinct"), precincts)}
        if not with_record:
            places.pop("mahalla")
        if kind.code not in WITH_PRECINCT:
            places.pop("precinct")
        for name, (label, choices) in places.items():
            self.fields[name] = forms.ChoiceField(label=label, choices=[("", "–"), *choices], required=False)

    def _record_field(self, name: str) -> None:
        if name == "sex":
            made: forms.Field = forms.ChoiceField(choices=[("", "–"), *SEXES.items()])
        elif name == "birth_date":
            made = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        else:
            made = forms.CharField(max_length=120)
        made.required, made.label = False, FIELDS[name]
        if name == RECORD[0]:
            made.help_text = gettext_lazy(
                "From here on: what the list will say when the request is granted. Change what is wrong, and compare all of it"
                " with the papers."
            )
        self.fields[name] = made

    def clean_reason(self) -> str:
        """A refusal needs one: the field says so itself, before the act does."""
        reason = str(self.cleaned_data["reason"])
        if not reason and self.cleaned_data.get("verdict") == "refused":
            raise forms.ValidationError(self.fields["reason"].error_messages["required"])
        return reason

    def digest(self, request: HttpRequest) -> bytes:
        """What was sent, under a key that the database has not."""
        return salted_hmac("decided request", super().digest(request), algorithm="sha256").digest()

    def payload(self, number: str) -> dict[str, Any]:
        """The act's members."""
        said = self.cleaned_data
        granted = said["verdict"] == "granted"
        names = [name for name in (*RECORD, "mahalla", "precinct") if name in self.fields]
        entry = {name: said[name] for name in names if said.get(name)} if granted else {}
        words = said["explanation"].replace("\r\n", "\n")
        reason = "" if granted else said["reason"]
        return {
            "number": number, "verdict": said["verdict"], "reason": reason, "explanation": words, "entry": entry or None,
        }  # fmt: skip
