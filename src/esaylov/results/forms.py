"""The forms of protocols and of the decisions about them, as the cabinet shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext, gettext_lazy

from esaylov.acts.context import ElectionContext
from esaylov.cabinet.forms import ActForm
from esaylov.design import numbers
from esaylov.design.words import in_language, language
from esaylov.elections.queries import ContestRow
from esaylov.law.editions import VOTES, Edition, Relation
from esaylov.law.findings import Finding
from esaylov.law.protocol import evaluate
from esaylov.results.places import PrecinctLine

SIGNS = {("=", True): "=", ("=", False): "≠", ("<=", True): "≤", ("<=", False): ">"}
LARGEST = 2_147_483_647
SPACES = str.maketrans("", "", " \u00a0\u202f\u2009\u2007'")


class CountField(forms.CharField):
    """A whole number from 0, typed with or without spaces between thousands."""

    def __init__(self, **names: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "count"})
        super().__init__(widget=widget, max_length=20, strip=True, **names)
        self.error_messages["required"] = gettext_lazy("Enter the figure of the paper; 0 where it says none.")

    def clean(self, value: Any) -> int:
        """The number. Raises ValidationError."""
        text = str(super().clean(value)).translate(SPACES)
        if not (text.isascii() and text.isdigit()):
            raise forms.ValidationError(gettext("Enter a whole number with digits only."))
        if len(text) > 10 or int(text) > LARGEST:
            raise forms.ValidationError(gettext("This number is too large."))
        return int(text)


@dataclass(frozen=True, slots=True)
class Sum:
    """A control relation with its two sides: what the server computed. `sides`: both in words, line by line, and by how much
    they differ; `field`: the id of the first field that it concerns; `of_votes`: the votes are on one of its sides.
    """

    code: str
    text: str
    article: str
    left: str
    right: str
    op: str
    holds: bool
    is_error: bool
    sides: str = ""
    field: str = ""
    of_votes: bool = False


class ProtocolForm(ActForm):
    """A protocol's figures: `line-0` … in the order of the edition's form, `vote-0` … by the options' positions."""

    def __init__(
        self, context: ElectionContext, contest: ContestRow, precinct: PrecinctLine, *args: Any, **names: Any
    ) -> None:
        super().__init__(*args, **names)
        self.context, self.contest, self.precinct = context, contest, precinct
        self.edition: Edition = context.edition
        self.ballot = sorted(contest.options, key=lambda option: (option.ballot_order, option.position))
        for number, line in enumerate(self.edition.lines):
            field = CountField(label=in_language(self.edition.titles.get(line, {}), line))
            if line == "voters_on_list":
                field.help_text = gettext("Before election day the list had %(voters)s voters.") % {
                    "voters": numbers.whole(precinct.voters, language())
                }
            self.fields[f"line-{number}"] = field
        for option in self.ballot:
            self.fields[f"vote-{option.position}"] = CountField(label=in_language(option.names, option.code))
        self.taken: dict[str, int] = {}
        self.sums: tuple[Sum, ...] = ()
        self.drafted: tuple[Finding, ...] = ()
        self.stopped = False

    @property
    def line_fields(self) -> list[Any]:
        """The bound fields of the form's lines."""
        return [self[f"line-{number}"] for number in range(len(self.edition.lines))]

    @property
    def vote_fields(self) -> list[Any]:
        """The bound fields of the options, by ballot order."""
        return [self[f"vote-{option.position}"] for option in self.ballot]

    @property
    def figures(self) -> tuple[list[int], list[int]]:
        """Lines and votes as the act takes them: votes by the options' positions."""
        lines = [self.taken[f"line-{number}"] for number in range(len(self.edition.lines))]
        votes = [self.taken[f"vote-{option.position}"] for option in self.contest.options]
        return lines, votes

    @property
    def payload(self) -> dict[str, Any]:
        """The act's payload."""
        lines, votes = self.figures
        return {"precinct": self.precinct.code, "contest": self.contest.code, "lines": lines, "votes": votes}

    @property
    def has_errors(self) -> bool:
        """Whether a control relation that is an error fails: the draft stops, a signed paper does not."""
        return any(finding.is_error for finding in self.drafted)

    @property
    def errors_found(self) -> list[Finding]:
        """What stops a draft."""
        return [finding for finding in self.drafted if finding.is_error]

    @property
    def warnings(self) -> list[Finding]:
        """What is found and does not stop."""
        return [finding for finding in self.drafted if not finding.is_error]

    @property
    def broken(self) -> list[Sum]:
        """The control relations that do not hold."""
        return [one for one in self.sums if not one.holds]

    @property
    def holding(self) -> list[Sum]:
        """The control relations that hold."""
        return [one for one in self.sums if one.holds]

    @property
    def entered_lines(self) -> list[tuple[str, int]]:
        """The lines with their figures, for reading over."""
        return [(str(field.label), self.taken[field.name]) for field in self.line_fields]

    @property
    def entered_votes(self) -> list[tuple[str, int]]:
        """The options with their votes, for reading over."""
        return [(str(field.label), self.taken[field.name]) for field in self.vote_fields]

    @property
    def sum_of_votes(self) -> int:
        """The sum over all options."""
        return sum(self.figures[1])

    def check_sums(self) -> None:
        """Takes the figures of a valid form and computes every control relation."""
        self.taken = {name: value for name, value in self.cleaned_data.items() if isinstance(value, int)}
        lines, votes = self.figures
        self.drafted = evaluate(self.edition, lines, votes)
        failed = {finding.code: finding for finding in self.drafted}
        values = dict(zip((*self.edition.lines, VOTES), (*lines, sum(votes)), strict=True))
        self.sums = tuple(
            self._sum(relation, values, failed.get(relation.code)) for relation in self.edition.relations
        )

    def stop(self) -> None:
        """Puts the errors that the control relations found beside the first field that each names: its figures only, the
        sentence stands in the summary.
        """
        self.stopped = True
        said = {one.code: f"{one.sides} ({one.code})" for one in self.sums}
        for finding in self.errors_found:
            first = next((name for name in map(self.field_of, finding.fields) if name), None)
            self.findings = (*self.findings, finding)
            self.add_error(first, said[finding.code])

    def _sum(self, relation: Relation, values: Mapping[str, int], failed: Finding | None) -> Sum:
        """A relation with what the figures make of it."""
        first = next((name for name in map(self.field_of, relation.left + relation.right) if name), None)
        return _sum(
            relation, values, failed, self._sides(relation, values), self[first].id_for_label if first else ""
        )

    def _sides(self, relation: Relation, values: Mapping[str, int]) -> str:
        """Both sides of a relation by the form's numbers of its lines, and the difference."""
        left, right = _both(relation, values)
        sides = (self._side(names, values) for names in (relation.left, relation.right))
        return "; ".join((*sides, f"{gettext('Difference')}: {_whole(abs(left - right))}"))

    def _side(self, names: Sequence[str], values: Mapping[str, int]) -> str:
        """One side: each line by its number, the votes by their sum, and what they are together."""
        parts = [f"{self._name(name)}: {_whole(values[name])}" for name in names]
        total = f" = {_whole(sum(values[name] for name in names))}" if len(names) > 1 else ""
        return " + ".join(parts) + total

    def _name(self, name: str) -> str:
        """A line by its number on the form; the votes."""
        if name == VOTES:
            return gettext("votes")
        return gettext("line %(number)d") % {"number": self.edition.lines.index(name) + 1}

    def field_of(self, name: str) -> str | None:
        """`lines.voters_on_list` and `voters_on_list` are a line; `votes` is the first option."""
        last = name.rpartition(".")[2]
        if last in self.edition.lines:
            return f"line-{self.edition.lines.index(last)}"
        for option in self.contest.options:
            if name == f"votes.{option.code}":
                return f"vote-{option.position}"
        if name == VOTES and self.ballot:
            return f"vote-{self.ballot[0].position}"
        return super().field_of(name)


def _whole(figure: int) -> str:
    return numbers.whole(figure, language())


def _both(relation: Relation, values: Mapping[str, int]) -> tuple[int, int]:
    """Both sides of a relation; the right one times its factor, rounded down."""
    right = sum(values[name] for name in relation.right) * relation.right_factor
    return sum(values[name] for name in relation.left), right.numerator // right.denominator


def _sum(
    relation: Relation, values: Mapping[str, int], failed: Finding | None, sides: str, field: str
) -> Sum:
    left = sum(values[name] for name in relation.left)
    right = sum(values[name] for name in relation.right) * relation.right_factor
    holds = left <= right if relation.op == "<=" else left == right
    shown_left, shown_right = map(_whole, _both(relation, values))
    return Sum(
        code=relation.code,
        text=in_language(relation.text, relation.code),
        article=relation.article or "",
        left=shown_left,
        right=shown_right,
        op=SIGNS[relation.op, holds],
        holds=holds,
        is_error=failed is not None and failed.is_error,
        sides=sides,
        field=field,
        of_votes=VOTES in (*relation.left, *relation.right),
    )


class RulingForm(ActForm):
    """The number of the decision by which a protocol is accepted or returned."""

    articles: ClassVar[Mapping[str, str]] = {"decision": "95"}
    aliases: ClassVar[Mapping[str, str]] = {"precinct": "", "contest": "", "protocol": ""}

    decision = forms.CharField(
        label=gettext_lazy("Number of the decision"),
        help_text=gettext_lazy("As it stands in the minutes of the sitting, for example 12/4."),
        max_length=60,
    )
    protocol = forms.RegexField(regex=r"\A[0-9a-f]{64}\Z", widget=forms.HiddenInput)
