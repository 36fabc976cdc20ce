"""The rows of the form in which a whole commission is formed: people who were proposed and granted, people typed by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy
from pydantic import ValidationError

from esaylov.cabinet.forms import KEY, ActForm
from esaylov.exchange.pinfl import parse_pinfl
from esaylov.formation.forms import ROLES, MemberForm, decision_field
from esaylov.formation.proposed import ProposedRow
from esaylov.registry.acts import MemberPayload

MOST_ROWS = 30
"""So many people are typed by hand at once; whoever has more hands in a file."""
OFFICES = ("chair", "deputy", "secretary")
PLACES = (
    ("", pgettext_lazy("place of a precinct", "an ordinary one")), ("abroad", gettext_lazy("abroad")),
    ("military-unit", gettext_lazy("military unit")), ("hospital", gettext_lazy("hospital, sanatorium or rest home")),
    ("detention", gettext_lazy("place of detention")),
)  # fmt: skip


class WholeForm(ActForm):
    """What is said of the commission as a whole. `rows`: which rows were typed by hand, as `0,2,3`."""

    articles: ClassVar[Mapping[str, str]] = {"decision": "19, 21, 23", "place": "25"}
    aliases: ClassVar[Mapping[str, str]] = {"commission": "", "add": "", "members": "", "chair": "", "deputy": "",
                                            "secretary": ""}  # fmt: skip

    rows = forms.RegexField(regex=r"\A[0-9,]*\Z", required=False, max_length=200, widget=forms.HiddenInput)
    place = forms.ChoiceField(
        label=gettext_lazy("What kind of place it serves"), choices=PLACES, required=False,
        help_text=gettext_lazy("Where half of the members may come from one employer, and where they may not."),
    )  # fmt: skip
    decision = decision_field()


class RowForm(MemberForm):
    """Somebody typed by hand. A row in which nothing was typed is no member."""

    decision = None  # type: ignore[assignment]
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=ROLES, initial="member")

    def __init__(self, *args: Any, **names: Any) -> None:
        super().__init__(*args, empty_permitted=True, use_required_attribute=False, **names)
        del self.fields[KEY]  # the page has one for all

    def has_changed(self) -> bool:
        """Whether anything was typed: a role alone, as the page proposes one for each officer, names nobody."""
        return any(name != "role" for name in self.changed_data)

    def clean_pinfl(self) -> str:
        """The number. Raises ValidationError when it can be nobody's."""
        number: str = self.cleaned_data["pinfl"]
        try:
            parse_pinfl(number)
        except ValueError:
            raise forms.ValidationError(
                gettext_lazy("This cannot be a PINFL: check its digits."), code="impossible"
            ) from None
        return number

    def clean(self) -> dict[str, Any]:
        """The row. A date of birth that the PINFL contradicts stands beside its field."""
        values: dict[str, Any] = super().clean() or {}
        number, born = values.get("pinfl"), values.get("birth_date")
        if number and born and not parse_pinfl(number).born(born):
            self.add_error("birth_date", gettext("The PINFL and the date of birth do not agree."))
        return values


class SeatForm(forms.Form):
    """What becomes of somebody who was proposed."""

    chosen = forms.BooleanField(label=gettext_lazy("Becomes a member"), required=False)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=ROLES, initial="member", required=False)


@dataclass(slots=True)
class Row:
    """A row of the page with its form. `notes`: what the law finds that does not stand in the way; `proposed` None: typed,
    the `number`-th of these.
    """

    id: str
    form: forms.Form
    proposed: ProposedRow | None = None
    notes: list[str] = field(default_factory=list)
    number: int = 0

    @property
    def is_member(self) -> bool:
        """Whether the row, which is valid, makes a member."""
        if self.proposed is not None:
            return bool(self.form.cleaned_data["chosen"])
        return self.form.has_changed()

    @property
    def role(self) -> str:
        """The role of somebody who is named here, as it stands in the form; empty where nobody is."""
        names = ("chosen",) if self.proposed is not None else ("pinfl", "surname", "given_name", "birth_date")
        named = any(self.form[name].value() for name in names)
        return str(self.form["role"].value() or "member") if named else ""

    def readable(self) -> MemberPayload | None:
        """What can be read of a row that has errors, so that one error does not hide the next; None for too little."""
        values = {
            name: value
            for name, value in self.form.cleaned_data.items()
            if name in MemberPayload.model_fields
        }
        if self.proposed is not None or not self.form.has_changed():
            return None
        values |= {"education": values.get("education") or None, "employer": values.get("employer") or None}
        try:
            return MemberPayload(**values)
        except ValidationError:
            return None

    def member(self) -> MemberPayload:
        """The member as the act takes one."""
        if self.proposed is not None:
            return self.proposed.member(self.form.cleaned_data["role"] or "member")
        assert isinstance(self.form, RowForm)
        return MemberPayload(**self.form.member())


@dataclass(slots=True)
class Sheet:
    """All rows of the page. `checked`: whether what stands in them is looked at, or only kept. `notes`: what the law finds
    about the commission as a whole that does not stand in the way. `one_less`: a row was taken away just now.
    """

    form: WholeForm
    seats: list[Row]
    typed: list[Row]
    checked: bool
    notes: list[str] = field(default_factory=list)
    one_less: bool = False

    def __post_init__(self) -> None:
        for number, row in enumerate(self.typed, start=1):
            row.number = number

    @property
    def rows(self) -> Iterator[Row]:
        """Those proposed, then those typed."""
        yield from (*self.seats, *self.typed)

    @property
    def numbers(self) -> str:
        """Which rows are typed, as the form carries it."""
        return ",".join(row.id.removeprefix("row-") for row in self.typed)

    @property
    def is_full(self) -> bool:
        """Whether no further row can be typed."""
        return len(self.typed) >= MOST_ROWS

    @property
    def wrong(self) -> bool:
        """Whether anything on the page has an error."""
        return self.checked and (bool(self.form.errors) or any(row.form.errors for row in self.rows))

    @property
    def noted(self) -> bool:
        """Whether the law finds anything that does not stand in the way."""
        return bool(self.notes) or any(row.notes for row in self.rows)

    def is_valid(self) -> bool:
        """Whether all that was filled in can be read."""
        return all([self.form.is_valid(), *(row.form.is_valid() for row in self.rows)])

    @property
    def roles(self) -> list[str]:
        """The roles of all who are named on the page, valid or not."""
        return [row.role for row in self.rows if row.role]

    def readable(self) -> dict[str, MemberPayload]:
        """What can be read of each row, by its id."""
        found = {row.id: row.readable() if row.form.errors else row.member() for row in self.rows if row.role}
        return {name: one for name, one in found.items() if one is not None}

    def members(self) -> dict[str, MemberPayload]:
        """Members by the id of their row."""
        return {row.id: row.member() for row in self.rows if row.is_member}


def first_sheet(proposed: Sequence[ProposedRow], place: str = "") -> Sheet:
    """The page as it is opened: everybody who was proposed, and rows for the officers where nobody was."""
    seats = [_seat(one, None) for one in proposed]
    typed = [] if seats else [_typed(str(i), {"role": role}, None) for i, role in enumerate(OFFICES)]
    return _with_numbers(Sheet(WholeForm(initial={"place": place}), seats, typed, checked=False))


def sheet_of(data: QueryDict, proposed: Sequence[ProposedRow]) -> Sheet:
    """The page as it was sent. A button that adds a row, or takes one away, keeps what was typed and looks at nothing."""
    step = data.get("step", "")
    numbers = [one for one in dict.fromkeys(data.get("rows", "").split(",")) if one.isdigit()][:MOST_ROWS]
    if not (step == "add" or step.startswith("drop-")):
        typed = [_typed(number, None, data) for number in numbers]
        return Sheet(WholeForm(data), [_seat(one, data) for one in proposed], typed, checked=True)
    numbers = [number for number in numbers if number != step.removeprefix("drop-")]
    if step == "add" and len(numbers) < MOST_ROWS:
        numbers.append(str(max(map(int, numbers), default=-1) + 1))
    names = [name for name in WholeForm.base_fields if name != "rows"]
    kept = {name: data[name] for name in names if name in data}
    seats = [_seat(one, None, _kept(data, SeatForm, f"seat-{one.number}")) for one in proposed]
    typed = [_typed(number, _kept(data, RowForm, f"row-{number}"), None) for number in numbers]
    if step == "add":  # who works by keyboard goes on in the new row
        typed[-1].form.fields["role"].widget.attrs["autofocus"] = True
    return _with_numbers(Sheet(WholeForm(initial=kept), seats, typed, checked=False, one_less=step != "add"))


def _seat(one: ProposedRow, data: QueryDict | None, kept: dict[str, Any] | None = None) -> Row:
    form = SeatForm(data, prefix=f"seat-{one.number}", initial=kept or {"role": "member"})
    return Row(f"seat-{one.number}", form, one)


def _typed(number: str, kept: dict[str, Any] | None, data: QueryDict | None) -> Row:
    return Row(f"row-{number}", RowForm(data, prefix=f"row-{number}", initial=kept))


def _kept(data: QueryDict, form: type[forms.Form], prefix: str) -> dict[str, Any]:
    """What was sent of a form, as it was typed."""
    kept: dict[str, Any] = {}
    for name, one in form.base_fields.items():
        sent = data.getlist(f"{prefix}-{name}")
        kept[name] = sent if isinstance(one, forms.MultipleChoiceField) else "".join(sent[:1])
    return kept


def _with_numbers(sheet: Sheet) -> Sheet:
    sheet.form.initial["rows"] = sheet.numbers
    return sheet
