"""The official record behind a short code, in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from esaylov.acts.context import STANDING, UnknownElection
from esaylov.design.words import in_language
from esaylov.publication.cited import Cited, register_of
from esaylov.publication.codes.codes import Code, check_digits, code_of
from esaylov.publication.codes.reads import PublicEntry, public_entry, signed_size
from esaylov.publication.pages.common import (
    Link,
    State,
    contest_url,
    election_url,
    precinct_url,
    protocol_url,
    release_sentence,
    state_words,
)
from esaylov.publication.pages.contests import title_of
from esaylov.publication.pages.precincts import every_contest, precinct_in_full
from esaylov.publication.pages.versions import line_title
from esaylov.publication.portal.decided import decision_of, session_of
from esaylov.publication.portal.entries import (
    HEADLINES,
    TABLED,
    Member,
    Teller,
    headline,
    touches_figures,
)
from esaylov.registry.queries import commission_by_code
from esaylov.results.queries import Snapshot, current, precinct
from esaylov.results.released import versions


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a record and what it is."""

    title: str
    figure: int


@dataclass(frozen=True, slots=True)
class Record:
    """An entry of the log for people. `text` is one sentence; `sealed`: what it holds is not public yet; `link` leads to
    the page that shows it, `decision` to that of the decision that it names or is; `figures` are those of a protocol;
    `state` says whether that protocol still stands. `members`: what else the entry says, by name and value; `counts`:
    its act touches figures of an election.
    """

    code: str
    index: int
    leaf: str
    text: str
    sealed: bool = False
    opened: int | None = None
    opened_code: str = ""
    simulated: bool = False
    replay: bool = False
    at: datetime | None = None
    body: str = ""
    election: str = ""
    link: Link | None = None
    precinct: str = ""
    contest: str = ""
    lines: tuple[Figure, ...] = ()
    votes: tuple[Figure, ...] = ()
    state: State | None = None
    note: str = ""
    members: tuple[Member, ...] = ()
    decision: Cited | None = None
    counts: bool = True


def record_of(code: Code) -> Record | None:
    """The record that a code names; None where there is no such entry, or the check digits are not its. To be called
    inside `reading`.
    """
    entry = public_entry(code.index)
    if entry is None or check_digits(entry.leaf) != code.check:
        return None
    found = _bare(entry)
    at = _snapshot(entry.members.get("election"))
    if entry.content is not None:
        found = _listed(found, entry.content, at)
    if at is None:
        return found
    found = replace(
        found,
        election=in_language(at.election.titles, at.election.id),
        at=found.at.astimezone(at.zone) if found.at else None,
    )
    return _sealed(found, at) if entry.content is None else _told(found, entry, entry.content, at)


SHOWN = frozenset({"precinct", "contest"})
"""Members that have a line of their own on the page."""
HELD = ("log.open",)
"""Entries whose members are those of the record that they opened."""


def _listed(found: Record, said: dict[str, Any], at: Snapshot | None) -> Record:
    """With the members of the entry, and the decision that it names or is."""
    if said["act"] in HELD:
        return found
    skipped = SHOWN if at else frozenset()
    if said["act"] in TELLERS:
        skipped |= TABLED
    teller = Teller(said, at)
    size = at.size if at else signed_size()
    return replace(
        found,
        members=tuple(teller.members(skipped)),
        decision=_cited(size, found.index, said) or decision_of(size, said),
        link=session_of(size, said),
    )


def _cited(size: int, index: int, said: dict[str, Any]) -> Cited | None:
    number = said.get("decision")
    if not isinstance(number, str):
        return None
    return register_of(size, said.get("election") or STANDING, {index: number})[index]


def _snapshot(election: str | None) -> Snapshot | None:
    try:
        return current(election) if election else None
    except UnknownElection:
        return None


def _bare(entry: PublicEntry) -> Record:
    """What can be said of any entry."""
    said = entry.content or {}
    opening = public_entry(entry.opened) if entry.opened is not None else None
    time = said.get("at")
    return Record(
        code=code_of(entry.index, entry.leaf),
        index=entry.index,
        leaf=entry.leaf.hex(),
        text=headline(said) if said else str(HEADLINES["log.sealed"]),
        sealed=entry.content is None,
        opened=entry.opened,
        opened_code=code_of(opening.index, opening.leaf) if opening else "",
        simulated=entry.members.get("simulated", False),
        replay=entry.members.get("replay", False),
        at=datetime.fromisoformat(time) if time else None,
        body=str(said.get("body", "")),
        election=entry.members.get("election", ""),
        counts=touches_figures(said.get("act", "log.sealed")),
    )


def _sealed(found: Record, at: Snapshot) -> Record:
    return replace(found, note=release_sentence(at))


def _told(found: Record, entry: PublicEntry, said: dict[str, Any], at: Snapshot) -> Record:
    """With everything that the kind of record has to tell."""
    if said["act"] == "log.open":
        return _opening(found, said, at)
    tell = TELLERS.get(said["act"])
    found = _placed(found, said, at)
    return tell(found, entry, said, at) if tell else found


def _opening(found: Record, said: dict[str, Any], at: Snapshot) -> Record:
    """The entry that opened another one: it leads to that one's record."""
    sealed = public_entry(said["index"])
    if sealed is None:
        return found
    code = code_of(sealed.index, sealed.leaf)
    link = Link(gettext("The record that was opened"), reverse("check-record", args=[code]))
    return replace(_placed(found, said["value"], at), link=link)


def _placed(found: Record, said: dict[str, Any], at: Snapshot) -> Record:
    """With the names of precinct and contest, and the page of what it is about."""
    contest = at.contest(said["contest"]) if said.get("contest") else None
    row = precinct(at, said["precinct"]) if said.get("precinct") else None
    link = found.link or Link(gettext("The election's page"), election_url(at))
    if contest and row:
        link = Link(gettext("The page of this protocol"), protocol_url(at, row.code, contest.code))
    elif contest:
        link = Link(gettext("The page of this contest"), contest_url(at, contest.code))
    elif row:
        link = Link(gettext("The page of this precinct"), precinct_url(at, row.code))
    elif said["act"] == "registry.import_members":
        link = Link(gettext("Commissions"), reverse("commissions", args=[at.election.id]))
    elif (body := said.get("commission") or said.get("of")) and commission_by_code(at.election.id, body):
        link = Link(
            gettext("The page of this commission"), reverse("commission", args=[at.election.id, body])
        )
    return replace(
        found,
        link=link,
        precinct=precinct_in_full(at, row.code, row.number, row.territory) if row else "",
        contest=title_of(contest) if contest else every_contest() if row and "contest" in said else "",
    )


def _protocol(found: Record, entry: PublicEntry, said: dict[str, Any], at: Snapshot) -> Record:
    """With its figures, and whether it is the version that stands."""
    contest, row = at.tables.contests[said["contest"]], precinct(at, said["precinct"])
    lines = zip(at.tables.edition.lines, said["lines"], strict=True)
    votes = zip(contest.options, said["votes"], strict=True)
    found = replace(
        found,
        lines=tuple(Figure(line_title(at, name), figure) for name, figure in lines),
        votes=tuple(Figure(in_language(option.names, option.code), figure) for option, figure in votes),
    )
    if row is None or not any(version.index == entry.index for version in versions(at, contest.id, row.id)):
        return found  # the sums have not come this far yet
    standing = row.standing.get(contest.id)
    if standing is not None and standing.index == entry.index:
        return replace(found, state=state_words(standing.state))
    conflicting = said["state"] == "conflicting"
    return replace(found, state=state_words("conflicting" if conflicting else "replaced"))


def _turnout(found: Record, _entry: PublicEntry, said: dict[str, Any], _at: Snapshot) -> Record:
    return replace(found, lines=(Figure(gettext("Voters who had taken part"), said["voters"]),))


TELLERS: dict[str, Callable[[Record, PublicEntry, dict[str, Any], Snapshot], Record]] = {
    "results.submit_protocol": _protocol,
    "results.correct_protocol": _protocol,
    "polling.report_turnout": _turnout,
}
