"""Forms of the pages of addresses and precincts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from esaylov.cabinet.forms import ActForm, finding_text
from esaylov.exchange.residents.rules import Rule
from esaylov.exchange.tables import csv_row
from esaylov.formation.forms import decision_field
from esaylov.voters.places.examining import Found
from esaylov.voters.places.given import MAX_BYTES, Given, read_given

HEAD = "precinct,mahalla,street,first,last,parity\n"
CELLS = ("mahalla", "street", "first", "last", "parity")
MOST_ROWS = 200
"""Rules of one precinct that a page takes; more come from a file."""
PARITIES = (
    ("all", gettext_lazy("all houses")), ("odd", gettext_lazy("odd houses")), ("even", gettext_lazy("even houses")),
)  # fmt: skip


class DecisionForm(ActForm):
    """Under which decision rules are set."""

    articles: ClassVar[Mapping[str, str]] = {"decision": "10"}
    aliases: ClassVar[Mapping[str, str]] = {
        "precinct": "", "mahalla": "", "street": "", "rules": "", "given": "", "file": "",
    }  # fmt: skip
    decision = decision_field()


class RulesFileForm(forms.Form):
    """A file of rules."""

    file = forms.FileField(
        label=gettext_lazy("File of rules (CSV)"),
        help_text=gettext_lazy(
            "Columns: precinct, mahalla, street, first, last, parity. All rules of a precinct that the file names are replaced."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_file(self) -> object:
        """A file that is not too large."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(gettext_lazy("The file is too large."))
        return file


@dataclass
class RuleRow:
    """A rule as it is typed."""

    number: int
    mahalla: str = ""
    street: str = ""
    first: str = ""
    last: str = ""
    parity: str = "all"
    errors: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is typed in it."""
        return not (self.street or self.first or self.last)

    @property
    def cells(self) -> tuple[str, str, str, str, str]:
        """What a file would hold after the precinct."""
        return self.mahalla, self.street, self.first, self.last, self.parity


@dataclass
class RuleSheet:
    """The rules of one precinct as they are typed."""

    precinct: str
    rows: list[RuleRow]

    @classmethod
    def of_rules(cls, precinct: str, rules: Sequence[Rule]) -> RuleSheet:
        """The rules that stand."""
        rows = [
            RuleRow(at, one.mahalla, one.street, str(one.first or ""), str(one.last or ""), one.parity)
            for at, one in enumerate(rules, 1)
        ]
        return cls(precinct, rows)

    @classmethod
    def of_data(cls, precinct: str, data: QueryDict) -> RuleSheet:
        """What was sent."""
        mahalla, street, first, last, parity = (
            [cell.strip()[:200] for cell in data.getlist(name)[:MOST_ROWS]] for name in CELLS
        )
        typed = zip(mahalla, street, first, last, parity, strict=False)
        rows = [RuleRow(at, *cells) for at, cells in enumerate(typed, 1)]
        return cls(precinct, rows)

    def add(self) -> None:
        """One more row, in the mahalla of the last one."""
        if len(self.rows) < MOST_ROWS:
            self.rows.append(RuleRow(len(self.rows) + 1, self.rows[-1].mahalla if self.rows else ""))

    def drop(self, number: int) -> None:
        """Takes a row away."""
        kept = [row for row in self.rows if row.number != number]
        self.rows = [RuleRow(at, *row.cells) for at, row in enumerate(kept, 1)]

    def given(self) -> Given:
        """The rules as the act takes them; a row in which nothing is typed is left out."""
        lines = [csv_row((self.precinct, *row.cells)) for row in self.rows if not row.is_empty]
        return read_given("".join([HEAD, *lines]), [self.precinct])

    def tell(self, found: Sequence[Found]) -> list[str]:
        """Puts what was found beside the rows; gives what concerns none of them."""
        by_line = dict(enumerate((row for row in self.rows if not row.is_empty), 2))
        others = []
        for one in found:
            row = by_line.get(one.line or 0)
            text = finding_text(one.finding)
            if row is None:
                others.append(text)
            else:
                (row.errors if one.finding.is_error else row.notes).append(text)
        return list(dict.fromkeys(others))
