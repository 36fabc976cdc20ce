"""A version of a protocol: line by line, what must hold between its lines with the sums written out, and several
versions side by side.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from itertools import pairwise

from django.utils.translation import gettext

from esaylov.design import numbers
from esaylov.design.words import in_language
from esaylov.elections.queries import ContestRow
from esaylov.law.editions import VOTES, Relation
from esaylov.publication.pages.common import State
from esaylov.publication.pages.contests import common, organisations, tones
from esaylov.results.findings import CONFLICT, conflicting
from esaylov.results.queries import Snapshot
from esaylov.results.released import VersionRow
from esaylov.tlog.tiles import ENTRIES, WIDTH, Tile


@dataclass(frozen=True, slots=True)
class FormLine:
    """A line of the form: its number from 1, its title, the figure."""

    number: int
    title: str
    figure: int


@dataclass(frozen=True, slots=True)
class VoteLine:
    """An option with its votes and their share of all ballots in this protocol."""

    name: str
    organisation: str
    votes: int
    share: int | None
    tone: int


@dataclass(frozen=True, slots=True)
class Term:
    """A figure in a relation, and what it is."""

    label: str
    figure: int


@dataclass(frozen=True, slots=True)
class Check:
    """A control relation with its figures. `explained_by`: codes of failed relations that explain this
    failure.
    """

    code: str
    text: str
    article: str
    holds: bool
    error: bool
    left: tuple[Term, ...]
    op: str
    right: tuple[Term, ...]
    factor: Fraction | None
    left_sum: int
    right_sum: Fraction
    explained_by: str


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding recorded with the protocol."""

    code: str
    text: str
    article: str
    error: bool


@dataclass(frozen=True, slots=True)
class Version:
    """One version with everything that it says."""

    number: int
    state: State
    at: datetime
    lines: tuple[FormLine, ...]
    votes: tuple[VoteLine, ...]
    votes_sum: int
    invalid: int
    invalid_share: int | None
    checks: tuple[Check, ...]
    findings: tuple[FindingLine, ...]
    index: int
    opened: int | None
    leaf: str
    bundle: str

    @property
    def failing(self) -> tuple[Check, ...]:
        """The control relations that do not hold."""
        return tuple(check for check in self.checks if not check.holds)

    @property
    def holding(self) -> tuple[Check, ...]:
        """The control relations that hold."""
        return tuple(check for check in self.checks if check.holds)


@dataclass(frozen=True, slots=True)
class Side:
    """A figure of one version beside the others; `change` is the difference to the version before it that it
    differs from, 0 where it is the same.
    """

    figure: int
    change: int


@dataclass(frozen=True, slots=True)
class CompareLine:
    """One line or option in all versions."""

    title: str
    sides: tuple[Side, ...]

    @property
    def differs(self) -> bool:
        """Whether any version says something else."""
        return any(side.change for side in self.sides)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All versions side by side in the log's order; `changed` counts the lines that differ."""

    versions: tuple[Version, ...]
    lines: tuple[CompareLine, ...]

    @property
    def changed(self) -> int:
        """How many lines differ."""
        return sum(1 for line in self.lines if line.differs)


def compare(found: Sequence[Version]) -> Comparison | None:
    """Versions side by side; None where there is only one."""
    if len(found) < 2:
        return None
    rows = [[(line.title, line.figure) for line in one.lines] for one in found]
    votes = [[(line.name, line.votes) for line in one.votes] for one in found]
    return Comparison(tuple(found), (*_compared(rows), *_compared(votes)))


def _compared(versions: Sequence[Sequence[tuple[str, int]]]) -> Iterator[CompareLine]:
    for line in zip(*versions, strict=True):
        figures = [figure for _, figure in line]
        changes = [0, *(now - before for before, now in pairwise(figures))]
        yield CompareLine(line[0][0], tuple(map(Side, figures, changes)))


def version_of(at: Snapshot, contest: ContestRow, row: VersionRow, state: State) -> Version:
    """A version with everything that it says. Shares are of all ballots, as on the page of the contest."""
    invalid = common(at, "invalid", row.lines)
    *shares, invalid_share = numbers.shares([*row.votes, invalid])
    return Version(
        number=row.version,
        state=state,
        at=row.at.astimezone(at.zone),
        lines=tuple(
            FormLine(place, line_title(at, name), figure)
            for place, (name, figure) in enumerate(
                zip(at.tables.edition.lines, row.lines, strict=True), start=1
            )
        ),
        votes=_votes(at, contest, row.votes, shares),
        votes_sum=sum(row.votes),
        invalid=invalid,
        invalid_share=invalid_share,
        checks=checks(at, row.lines, row.votes),
        findings=tuple(_finding(at, code) for code in row.findings),
        index=row.index,
        opened=row.opened,
        leaf=row.leaf.hex(),
        bundle=_bundle(at, row.index),
    )


def _bundle(at: Snapshot, index: int) -> str:
    """The address of the file of the log that holds an entry."""
    number = index // WIDTH
    size = at.head.size if at.head else at.size
    return "/log/" + Tile(ENTRIES, number, min(WIDTH, size - number * WIDTH)).path


def _votes(
    at: Snapshot, contest: ContestRow, votes: Sequence[int], shares: Sequence[int | None]
) -> tuple[VoteLine, ...]:
    organisation, tone = organisations(at, contest), tones(at, contest)
    return tuple(
        VoteLine(in_language(option.names, option.code), organisation(option), count, share, tone(option))
        for option, count, share in zip(contest.options, votes, shares, strict=True)
    )


def line_title(at: Snapshot, name: str) -> str:
    """The title of a line of the form in the page's language."""
    return in_language(at.tables.edition.titles.get(name, {}), name.replace("_", " "))


def checks(at: Snapshot, lines: Sequence[int], votes: Sequence[int]) -> tuple[Check, ...]:
    """Every control relation of the edition with the figures of one protocol, sums written out."""
    edition = at.tables.edition
    figures = {**dict(zip(edition.lines, lines, strict=True)), VOTES: sum(votes)}
    labels = {
        name: gettext("line %(number)d") % {"number": n} for n, name in enumerate(edition.lines, start=1)
    }
    labels[VOTES] = gettext("all votes")
    found = [_check(relation, figures, labels) for relation in edition.relations]
    broken = {check.code for check in found if not check.holds}
    explained = {r.code: ", ".join(code for code in r.unless if code in broken) for r in edition.relations}
    return tuple(
        check
        if check.holds or not explained[check.code]
        else replace(check, explained_by=explained[check.code])
        for check in found
    )


def _check(relation: Relation, figures: Mapping[str, int], labels: Mapping[str, str]) -> Check:
    left = tuple(Term(labels[name], figures[name]) for name in relation.left)
    right = tuple(Term(labels[name], figures[name]) for name in relation.right)
    left_sum = sum(term.figure for term in left)
    right_sum = sum(term.figure for term in right) * relation.right_factor
    holds = left_sum == right_sum if relation.op == "=" else left_sum <= right_sum
    return Check(
        code=relation.code,
        text=in_language(relation.text, relation.code),
        article=relation.article or "",
        holds=holds,
        error=relation.severity == "error",
        left=left,
        op="=" if relation.op == "=" else "≤",
        right=right,
        factor=None if relation.right_factor == 1 else relation.right_factor,
        left_sum=left_sum,
        right_sum=Fraction(right_sum),
        explained_by="",
    )


def _finding(at: Snapshot, code: str) -> FindingLine:
    for relation in at.tables.edition.relations:
        if relation.code == code:
            text = in_language(relation.text, code)
            return FindingLine(code, text, relation.article or "", relation.severity == "error")
    if code == CONFLICT:
        found = conflicting()
        return FindingLine(code, in_language(found.text, code), found.article or "", found.is_error)
    return FindingLine(code, code, "", False)
