"""Figures as open data: what the pages show, in all languages at once, with ids.

Shares are hundredths of a per cent, the very numbers that the pages show: those of one contest and its invalid
ballots add up to 10,000. `seats` and `elected` are null where nothing is decided: in a part of a contest's territory,
and before anything is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from esaylov.elections.queries import ContestRow
from esaylov.publication.newsroom.languages import columns, names
from esaylov.publication.newsroom.source import file_url, page_template
from esaylov.publication.pages.contests import Counted, Figures, figures, without_seats
from esaylov.publication.reads import Place, places
from esaylov.publication.tables import Cell, percent_cell
from esaylov.results.queries import OutcomeRow, Snapshot, TotalRow


@dataclass(frozen=True, slots=True)
class Shown:
    """A contest's figures over one territory, with what they were made from."""

    contest: ContestRow
    place: Place
    total: TotalRow | None
    figures: Figures
    own: bool


def shown(
    at: Snapshot, contest: ContestRow, place: Place, total: TotalRow | None, outcome: OutcomeRow | None
) -> Shown:
    """A contest over a territory; seats only where it is the contest's own."""
    own = contest.territory == place.id
    found = figures(at, contest, total, outcome)
    return Shown(contest, place, total, found if own else without_seats(found), own)


class Names:
    """Names of an election's contests, options and lists in all languages, each made once an answer."""

    def __init__(self, at: Snapshot) -> None:
        self._lists = {
            option.code: option
            for contest in at.tables.contests.values()
            if contest.kind == "list"
            for option in contest.options
        }
        self._known: dict[tuple[str, str], dict[str, str]] = {}

    def _once(self, kind: str, code: str, make: Callable[[], dict[str, str]]) -> dict[str, str]:
        if (kind, code) not in self._known:
            self._known[kind, code] = make()
        return self._known[kind, code]

    def contest(self, contest: ContestRow) -> dict[str, str]:
        """A contest's title."""
        return self._once("contest", contest.code, lambda: names(contest.titles, contest.code))

    def place(self, place: Place) -> dict[str, str]:
        """A territory's name."""
        return self._once("place", place.code, lambda: names(place.names, place.code))

    def option(self, contest: ContestRow, code: str) -> dict[str, str]:
        """An option's name."""
        option = next(option for option in contest.options if option.code == code)
        return self._once(contest.code, code, lambda: names(option.names, code))

    def organisation(self, code: str) -> dict[str, str]:
        """The name of the list that nominated; its id where there is no such list."""
        option = self._lists.get(code)
        return self._once("list", code, lambda: names(option.names if option else {}, code))


# --- JSON ---


def counted_document(counted: Counted) -> dict[str, Any]:
    """How much is counted."""
    return {"counted": counted.counted, "expected": counted.expected, "share_hundredths": counted.share}


def figures_document(request: HttpRequest, at: Snapshot, known: Names, one: Shown) -> dict[str, Any]:
    """A contest's figures over a territory."""
    found, total = one.figures, one.total
    return {
        "contest": one.contest.code,
        "titles": known.contest(one.contest),
        "kind": one.contest.kind,
        "territory": one.place.code,
        "territory_names": known.place(one.place),
        "whole_contest": one.own,
        "state": found.state.code,
        "status": found.determination["status"] if found.determination else None,
        "seats": one.contest.seats if one.own else None,
        "counted": counted_document(found.counted)
        | {
            "received": total.received if total else 0,
            "inconsistent": total.inconsistent if total else 0,
            "returned": total.returned if total else 0,
            "annulled": total.annulled if total else 0,
        },
        "turnout": {
            "participants": found.turnout.participants,
            "voters": found.turnout.voters,
            "share_hundredths": found.turnout.share,
        },
        "ballots": found.ballots,
        "votes": found.votes,
        "invalid": {"ballots": found.invalid, "share_hundredths": found.invalid_share},
        "options": options_document(known, one),
        "page": page_template(request, "contest", at.election.id, one.contest.code),
        "data": file_url(request, "contest", at.election.id, one.contest.code),
    }


def options_document(known: Names, one: Shown) -> list[dict[str, Any]]:
    """The options by votes, as the page orders them."""
    organisations = {option.code: option.organisation for option in one.contest.options}
    is_list = one.contest.kind == "list"
    return [
        {
            "id": row.code,
            "names": known.option(one.contest, row.code),
            "organisation": organisations[row.code] or None,
            "organisation_names": known.organisation(organisations[row.code])
            if organisations[row.code] and not is_list
            else None,
            "votes": row.votes,
            "share_hundredths": row.share,
            "seats": row.seats if one.figures.determination is not None else None,
            "elected": row.elected if one.figures.determination is not None else None,
        }
        for row in one.figures.rows
    ]


def place_document(request: HttpRequest, at: Snapshot, known: Names, place: Place) -> dict[str, Any]:
    """A territory: id, names, kind, what is above it, where its page and its figures are."""
    above = places(at.tables).by_id.get(place.parent) if place.parent is not None else None
    return {
        "id": place.code,
        "names": known.place(place),
        "kind": place.kind,
        "parent": above.code if above else None,
        "page": page_template(request, "territory", at.election.id, place.code),
        "data": file_url(request, "territory", at.election.id, place.code),
    }


# --- CSV ---


def option_rows(known: Names, one: Shown, around: Mapping[str, Cell]) -> list[dict[str, Cell]]:
    """One row an option, and one for the invalid ballots; `around` are the columns of every row."""
    found, decided = one.figures, one.figures.determination is not None
    organisations = {option.code: option.organisation for option in one.contest.options}
    common: dict[str, Cell] = {
        "contest": one.contest.code,
        **columns("contest", known.contest(one.contest)),
        "kind": one.contest.kind,
        "territory": one.place.code,
        **columns("territory", known.place(one.place)),
        "ballots": found.ballots,
        "counted": found.counted.counted,
        "expected": found.counted.expected,
        "participants": found.turnout.participants,
        "voters": found.turnout.voters,
        "state": found.state.code,
        **around,
    }
    rows = [
        {
            "option": row.code,
            **columns("option", known.option(one.contest, row.code)),
            "organisation": organisations[row.code] or None,
            "votes": row.votes,
            "share_percent": percent_cell(row.share),
            "seats": row.seats if decided else None,
            "elected": row.elected if decided else None,
            **common,
        }
        for row in found.rows
    ]
    invalid: dict[str, Cell] = dict.fromkeys(rows[0] if rows else common)
    invalid |= common | {"votes": found.invalid, "share_percent": percent_cell(found.invalid_share)}
    return [*rows, invalid | {"option": INVALID}]


INVALID = "(invalid)"
"""Stands for an option in the row of the invalid ballots; ids of options hold no such name."""
FIRST = ("contest", "territory", "option", "votes", "share_percent", "seats", "elected")


def option_head(rows: list[dict[str, Cell]]) -> tuple[str, ...]:
    """The columns of rows of options: ids and figures first."""
    return (*FIRST, *(name for name in rows[0] if name not in FIRST)) if rows else FIRST
