"""Forms of the cabinet's pages on commissions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, get_args

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from esaylov.cabinet.forms import ActForm
from esaylov.exchange.members.grid import MAX_BYTES
from esaylov.registry.acts import Ground, Role

ROLES = (
    ("member", pgettext_lazy("role", "member")), ("chair", pgettext_lazy("role", "chair")),
    ("deputy", pgettext_lazy("role", "deputy chair")), ("secretary", pgettext_lazy("role", "secretary")),
)  # fmt: skip
GROUNDS = (
    ("resigned", gettext_lazy("resigned")), ("recalled", gettext_lazy("recalled")),
    ("candidate", gettext_lazy("registered as a candidate")), ("proxy", gettext_lazy("registered as a proxy")),
    ("died", gettext_lazy("died")), ("other-commission", gettext_lazy("member of another commission")),
    ("conviction", gettext_lazy("convicted of a serious crime")),
)  # fmt: skip
PROPOSERS = (
    ("", gettext_lazy("not said")), ("mahalla", gettext_lazy("mahalla body")),
    ("ngo", gettext_lazy("non-governmental organisation")), ("employer", gettext_lazy("employer")),
    ("kengash", pgettext_lazy("proposer", "Kengash (council)")),
)  # fmt: skip
EDUCATION = (
    ("", gettext_lazy("not declared")), ("secondary", gettext_lazy("secondary")), ("higher", gettext_lazy("higher")),
    ("basic", gettext_lazy("below secondary")),
)  # fmt: skip
AGAINST = (
    ("party-member", gettext_lazy("member of a party")),
    ("close-relative-of-candidate", gettext_lazy("close relative of a candidate")),
    ("subordinate-of-candidate", gettext_lazy("direct subordinate of a candidate")),
    ("candidate", gettext_lazy("candidate")), ("proxy", gettext_lazy("proxy of a candidate")),
    ("deputy", gettext_lazy("deputy")), ("senator", gettext_lazy("senator")),
    ("hokim", gettext_lazy("hokim")), ("deputy-hokim", gettext_lazy("deputy hokim")),
    ("prosecutor", gettext_lazy("prosecutor")), ("court-official", gettext_lazy("official of a court")),
    ("party-representative", gettext_lazy("representative of a party")),
    ("unspent-serious-conviction", gettext_lazy("unspent conviction of a serious crime")),
)  # fmt: skip
assert {code for code, _ in ROLES} == set(get_args(Role))
assert {code for code, _ in GROUNDS} == set(get_args(Ground))


def decision_field() -> forms.CharField:
    """The number of the decision that orders the act."""
    return forms.CharField(
        label=gettext_lazy("Number of the decision"),
        help_text=gettext_lazy("As it stands in the minutes of the sitting, for example 12/4."),
        max_length=60,
    )


def day_field() -> forms.DateField:
    """The day on which a Kengash discussed."""
    return forms.DateField(
        label=gettext_lazy("Day of the discussion"), input_formats=["%Y-%m-%d", "%d.%m.%Y"],
        help_text=gettext_lazy("For example 27.09.2024."),
    )  # fmt: skip


class MemberForm(ActForm):
    """Somebody who comes into a commission."""

    articles: ClassVar[Mapping[str, str]] = {
        "birth_date": "25", "education": "25", "employer": "25", "grounds": "25", "proposer": "23", "role": "19, 21, 23",
    }  # fmt: skip
    aliases: ClassVar[Mapping[str, str]] = {"commission": "", "add": "", "members": "", "chair": "role",
                                            "deputy": "role", "secretary": "role"}  # fmt: skip

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=ROLES)
    pinfl = forms.RegexField(
        label=gettext_lazy("Personal number (PINFL)"), regex=r"\A[0-9]{14}\Z",
        help_text=gettext_lazy("14 digits, as in the passport or ID card."),
        error_messages={"invalid": gettext_lazy("Enter 14 digits.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    surname = forms.CharField(label=gettext_lazy("Surname"), max_length=100)
    given_name = forms.CharField(label=gettext_lazy("Given name"), max_length=100)
    patronymic = forms.CharField(label=gettext_lazy("Patronymic"), max_length=100, required=False)
    birth_date = forms.DateField(
        label=gettext_lazy("Date of birth"), input_formats=["%Y-%m-%d", "%d.%m.%Y"],
        help_text=gettext_lazy("For example 27.10.1984. A member is 21 or older."),
    )  # fmt: skip
    education = forms.ChoiceField(label=gettext_lazy("Education"), choices=EDUCATION, required=False)
    employer = forms.CharField(
        label=gettext_lazy("Employer"), max_length=300, required=False,
        help_text=gettext_lazy("Not more than half of a precinct commission come from one employer."),
    )  # fmt: skip
    proposer = forms.ChoiceField(label=gettext_lazy("Proposed by"), choices=PROPOSERS, required=False)
    proposer_name = forms.CharField(
        label=gettext_lazy("Name of the proposing body"), max_length=300, required=False
    )
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=40, required=False)
    grounds = forms.MultipleChoiceField(
        label=gettext_lazy("Declared against the person"), choices=AGAINST, required=False,
        help_text=gettext_lazy("As the person declared: kinship is known by declaration only."),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    decision = decision_field()

    def member(self) -> dict[str, Any]:
        """The member as the act takes one."""
        values = dict(self.cleaned_data)
        for name in ("decision", "idempotency_key"):
            values.pop(name, None)
        return values | {
            "education": values["education"] or None, "employer": values["employer"] or None,
            "grounds": frozenset(values["grounds"]),
        }  # fmt: skip


class RemovalForm(ActForm):
    """Somebody who leaves a commission."""

    articles: ClassVar[Mapping[str, str]] = {"ground": "24, 25"}
    aliases: ClassVar[Mapping[str, str]] = {"commission": "", "remove": "", "members": "", "chair": "", "deputy": "",
                                            "secretary": ""}  # fmt: skip

    ground = forms.ChoiceField(label=gettext_lazy("Ground"), choices=GROUNDS)
    decision = decision_field()


class UploadForm(ActForm):
    """A file of members, and the decision that it belongs to."""

    articles: ClassVar[Mapping[str, str]] = {"decision": "19, 21, 23"}

    file = forms.FileField(
        label=gettext_lazy("File of members"),
        help_text=gettext_lazy("XLSX or CSV, 64 MB at most, one row for each member. Nothing is recorded yet."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )  # fmt: skip
    decision = decision_field()

    def clean_file(self) -> Any:
        """The file. Raises ValidationError when it is too large."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(gettext_lazy("The file is larger than 64 MB."))
        return file


class ConfirmForm(ActForm):
    """The import of a file that was looked at."""

    decision = forms.CharField(max_length=60, widget=forms.HiddenInput)


class ProposalForm(MemberForm):
    """Somebody whom an organisation proposes. The commission is named by its code or by the precinct's number."""

    role = None  # type: ignore[assignment]
    decision = None  # type: ignore[assignment]
    proposer_name = None  # type: ignore[assignment]
    aliases: ClassVar[Mapping[str, str]] = {"to": "commission", "kind": "", "secret": ""}

    commission = forms.CharField(
        label=gettext_lazy("For which commission"), max_length=100,
        help_text=gettext_lazy("Its code, for example pec:17."),
    )  # fmt: skip
    proposer = forms.ChoiceField(label=gettext_lazy("Kind of the proposing body"), choices=PROPOSERS[1:])
    field_order = ("commission", "proposer")

    def for_repair(self) -> ProposalForm:
        """The same form: for which commission, and by whom, cannot be changed any more. Gives itself."""
        for name in ("commission", "proposer"):
            self.fields[name].disabled = True
        self.fields["commission"].help_text = gettext_lazy("For another commission send another proposal.")
        return self

    def said(self) -> dict[str, Any]:
        """The payload of the application."""
        given = dict(self.cleaned_data)
        names = (
            "commission",
            "pinfl",
            "surname",
            "given_name",
            "patronymic",
            "education",
            "employer",
            "phone",
        )
        return {name: given[name] for name in names} | {
            "proposed_by": given["proposer"], "grounds": list(given["grounds"]),
            "birth_date": given["birth_date"].isoformat(),
        }  # fmt: skip


class DiscussionForm(ActForm):
    """The minutes of a Kengash that discussed who was proposed."""

    articles: ClassVar[Mapping[str, str]] = {"territory": "19, 23"}

    territory = forms.ChoiceField(label=gettext_lazy("Kengash of which territory"))
    minutes = forms.CharField(label=gettext_lazy("Number of the minutes"), max_length=60)
    day = day_field()
    proposed = forms.IntegerField(
        label=gettext_lazy("How many were proposed"), min_value=0, max_value=1_000_000
    )
    supported = forms.IntegerField(
        label=gettext_lazy("How many of them it supported"), min_value=0, max_value=1_000_000
    )

    def __init__(self, *args: Any, territories: list[tuple[str, str]], **names: Any) -> None:
        super().__init__(*args, **names)
        self.fields["territory"].choices = territories  # type: ignore[attr-defined]
