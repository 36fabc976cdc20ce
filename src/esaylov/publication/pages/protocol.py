"""A protocol's page: the standing version line by line, what must hold between its lines, every version,
decisions, proof.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from django.utils.translation import gettext, pgettext

from esaylov.design import numbers
from esaylov.design.words import in_language
from esaylov.elections.queries import ContestRow
from esaylov.law.editions import VOTES, Relation
from esaylov.publication.pages.common import Frame, Link, State, frame, protocol_url, state_words, way_down
from esaylov.publication.pages.contest import precinct_name
from esaylov.publication.pages.contests import organisations, title_of
from esaylov.publication.reads import Proof, places, proof_of
from esaylov.results.findings import CONFLICT, conflicting
from esaylov.results.queries import PrecinctRow, RulingRow, Snapshot, VersionRow, rulings, versions
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
    checks: tuple[Check, ...]
    findings: tuple[FindingLine, ...]
    index: int
    opened: int | None
    leaf: str
    bundle: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """A commission's decision in words."""

    text: str
    number: str
    at: datetime
    index: int


@dataclass(frozen=True, slots=True)
class ProtocolPage:
    """Everything on a protocol's page. `stands` is None before a protocol of this place is public."""

    frame: Frame
    title: str
    contest: str
    contest_link: Link
    address: str
    voters: int
    state: State
    counts: bool
    stands: Version | None
    others: tuple[Version, ...]
    rulings: tuple[Ruling, ...]
    proof: Proof | None
    proof_hashes: tuple[str, ...]
    siblings: tuple[Link, ...]


def protocol_page(at: Snapshot, contest: ContestRow, row: PrecinctRow) -> ProtocolPage:
    """The page of a place: a contest in a precinct that votes in it."""
    found = versions(at, contest.id, row.id)
    standing = row.standing.get(contest.id)
    stands = next((v for v in found if standing is not None and v.index == standing.index), None)
    proof = proof_of(stands.index, stands.leaf, at.head) if stands is not None else None
    place = places(at.tables).by_id[row.territory]
    others = [v for v in found if v is not stands]
    return ProtocolPage(
        frame=frame(at, *way_down(at, place), Link(f"{precinct_name(row)}: {title_of(contest)}")),
        title=precinct_name(row),
        contest=title_of(contest),
        contest_link=Link(title_of(contest), protocol_url(at, row.code, contest.code)),
        address=row.address if row.place_public is not False else "",
        voters=row.voters,
        state=state_words(standing.state if standing else "awaited"),
        counts=standing is not None and standing.counts,
        stands=_version(at, contest, stands, standing.state) if stands and standing else None,
        others=tuple(_version(at, contest, v, _other_state(v)) for v in reversed(others)),
        rulings=tuple(_ruling(at, one) for one in rulings(at, contest.id, row.id)),
        proof=proof,
        proof_hashes=tuple(one.hex() for one in proof.hashes) if proof else (),
        siblings=_siblings(at, contest, row),
    )


def _other_state(version: VersionRow) -> str:
    return "conflicting" if version.state == "conflicting" else "replaced"


def _siblings(at: Snapshot, contest: ContestRow, row: PrecinctRow) -> tuple[Link, ...]:
    """This precinct's protocols for the other contests."""
    return tuple(
        Link(title_of(other), protocol_url(at, row.code, other.code))
        for other in at.tables.contests.values()
        if other.id != contest.id and at.tables.concerns(other, row.cell)
    )


def _version(at: Snapshot, contest: ContestRow, row: VersionRow, state: str) -> Version:
    return Version(
        number=row.version,
        state=state_words(state),
        at=row.at.astimezone(at.zone),
        lines=tuple(
            FormLine(place, line_title(at, name), figure)
            for place, (name, figure) in enumerate(
                zip(at.tables.edition.lines, row.lines, strict=True), start=1
            )
        ),
        votes=_votes(at, contest, row.votes),
        votes_sum=sum(row.votes),
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


def _votes(at: Snapshot, contest: ContestRow, votes: Sequence[int]) -> tuple[VoteLine, ...]:
    organisation = organisations(at, contest)
    return tuple(
        VoteLine(
            in_language(option.names, option.code),
            organisation(option),
            count,
            share,
        )
        for option, count, share in zip(contest.options, votes, numbers.shares(votes), strict=True)
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
        check if check.holds or not explained[check.code] else _explained(check, explained[check.code])
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


def _explained(check: Check, codes: str) -> Check:
    return Check(
        check.code, check.text, check.article, check.holds, check.error, check.left, check.op, check.right,
        check.factor, check.left_sum, check.right_sum, codes,
    )  # fmt: skip


def _finding(at: Snapshot, code: str) -> FindingLine:
    for relation in at.tables.edition.relations:
        if relation.code == code:
            text = in_language(relation.text, code)
            return FindingLine(code, text, relation.article or "", relation.severity == "error")
    if code == CONFLICT:
        found = conflicting()
        return FindingLine(code, in_language(found.text, code), found.article or "", found.is_error)
    return FindingLine(code, code, "", False)


def _ruling(at: Snapshot, row: RulingRow) -> Ruling:
    texts = {
        "accept": pgettext("decision", "Accepted"),
        "return": pgettext("decision", "Returned for correction"),
        "annul": pgettext("decision", "Results of the precinct declared invalid"),
    }
    return Ruling(texts[row.kind], row.number, row.at.astimezone(at.zone), row.index)
