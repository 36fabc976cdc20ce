"""The open data files of an election, as documents and as tables: results, a contest, a territory, turnout."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from esaylov.elections.queries import ContestRow
from esaylov.publication.newsroom.figures import (
    Names,
    Shown,
    counted_document,
    figures_document,
    option_head,
    option_rows,
    place_document,
    shown,
)
from esaylov.publication.newsroom.languages import columns
from esaylov.publication.newsroom.source import local, source
from esaylov.publication.origin import absolute
from esaylov.publication.pages.hours import hours
from esaylov.publication.pages.lines import main_contest
from esaylov.publication.pages.national import Headline, headline
from esaylov.publication.pages.seats import SeatTable
from esaylov.publication.reads import Place, places
from esaylov.publication.tables import Cell, Table, percent_cell, table
from esaylov.results.queries import (
    Part,
    PrecinctRow,
    Snapshot,
    outcomes,
    own_totals,
    precincts_directly_in,
    totals_in,
)

MOST_PRECINCTS = 1_500
BEFORE, AT_CLOSING = "lists-before-election-day", "lists-in-counted-protocols"
"""The two bases of turnout: voters on the lists of all precincts as they were before election day; and what the counted
protocols say of their own lists once voting is over, with supplements where the form has them.
"""


def _head(request: HttpRequest, at: Snapshot, kind: str) -> dict[str, Any]:
    return {
        "$schema": absolute(request, reverse("open-schema", args=[kind])),
        "format": f"esaylov open {kind} 1",
        "about": source(request, at).document(),
    }


# --- what is shown ---


def own_figures(at: Snapshot) -> list[Shown]:
    """Every contest over its own territory."""
    totals, found, known = own_totals(at), outcomes(at), places(at.tables)
    return [
        shown(at, contest, known.by_id[contest.territory], totals.get(contest.id), found.get(contest.id))
        for contest in at.tables.contests.values()
    ]


def contest_figures(at: Snapshot, contest: ContestRow) -> list[Shown]:
    """A contest over its own territory, then over each territory directly below it in which it is voted on; these hold
    no precinct twice.
    """
    known = places(at.tables)
    here = [known.by_id[contest.territory], *known.parts(contest.territory)]
    totals, found = totals_in(at, [place.id for place in here]), outcomes(at, [contest.id])
    return [
        shown(at, contest, place, totals.get((contest.id, place.id)), found.get(contest.id))
        for place in here
        if place.id == contest.territory or (contest.id, place.id) in totals
    ]


def territory_figures(at: Snapshot, place: Place) -> list[Shown]:
    """Every contest that is voted on in a territory, over that territory."""
    totals, found = totals_in(at, [place.id]), outcomes(at)
    return [
        shown(at, contest, place, totals[contest.id, place.id], found.get(contest.id))
        for contest in at.tables.contests.values()
        if (contest.id, place.id) in totals
    ]


# --- JSON ---


def results_document(request: HttpRequest, at: Snapshot) -> dict[str, Any]:
    """`results.json`: the seats of both halves together, and every contest over its own territory."""
    known, head = Names(at), headline(at)
    chosen = main_contest(at)
    totals, by_id = own_totals(at), places(at.tables).by_id
    all_shown = [
        Shown(contest, by_id[contest.territory], totals.get(contest.id), head.all[contest.id], own=True)
        for contest in at.tables.contests.values()
    ]
    return _head(request, at, "results") | {
        "state": head.state.code,
        "counted": counted_document(head.counted),
        "main_contest": chosen.code if chosen else None,
        "seats": _seats(known, head, chosen),
        "contests": [figures_document(request, at, known, one) for one in all_shown],
    }


def _seats(known: Names, head: Headline, chosen: ContestRow | None) -> dict[str, Any] | None:
    found: SeatTable | None = head.table
    if found is None or chosen is None:
        return None
    return {
        "state": head.state.code,
        "all": found.seats,
        "open": found.open,
        "list_seats": found.list_seats,
        "direct_seats": found.direct_seats,
        "rows": [
            {
                "id": row.code or None,
                "names": known.organisation(row.code) if row.code else None,
                "list_votes": row.votes,
                "share_hundredths": row.share,
                "list_seats": row.list_seats,
                "direct_seats": row.direct_seats,
                "seats": row.seats,
            }
            for row in found.rows
        ],
    }


def contest_document(request: HttpRequest, at: Snapshot, contest: ContestRow) -> dict[str, Any]:
    """`contests/<c>.json`: a contest over its own territory and over those directly below."""
    known = Names(at)
    own, *parts = contest_figures(at, contest)
    return _head(request, at, "contest") | {
        "figures": figures_document(request, at, known, own),
        "territories": [figures_document(request, at, known, one) for one in parts],
    }


def territory_document(request: HttpRequest, at: Snapshot, place: Place) -> dict[str, Any]:
    """`territories/<t>.json`: all contests over a territory, what lies below it, its precincts' states."""
    known, found, tree = Names(at), territory_figures(at, place), places(at.tables)
    precincts = precincts_directly_in(at, place.id, Part(MOST_PRECINCTS))
    return _head(request, at, "territory") | {
        "territory": place_document(request, at, known, place),
        "contests": [figures_document(request, at, known, one) for one in found],
        "below": [place_document(request, at, known, one) for one in tree.below(place.id)],
        "precincts": [_precinct(at, row) for row in precincts.rows],
        "precincts_in_all": tree.precincts[place.id],
    }


def _precinct(at: Snapshot, row: PrecinctRow) -> dict[str, Any]:
    contests = [one for one in at.tables.contests.values() if at.tables.concerns(one, row.cell)]
    standing = {one.code: row.standing.get(one.id) for one in contests}
    return {
        "id": row.code,
        "number": row.number or None,
        "voters": row.voters,
        "protocols": {
            code: {"state": found.state if found else "awaited", "counts": bool(found and found.counts)}
            for code, found in standing.items()
        },
    }


def turnout_document(request: HttpRequest, at: Snapshot) -> dict[str, Any]:
    """`turnout.json`: what the precincts reported by time, and the participants of counted protocols by territory."""
    known, chosen, rows = Names(at), main_contest(at), turnout_figures(at)
    return _head(request, at, "turnout") | {
        "bases": {"reports": BEFORE, "territories": AT_CLOSING},
        "voters_on_lists": places(at.tables).all_voters,
        "reports": [
            {
                "at": local(at, hour.at),
                "precincts": hour.precincts,
                "participants": hour.voters,
                "share_hundredths": hour.share,
                "state": "preliminary",
            }
            for hour in hours(at)
        ],
        "contest": chosen.code if chosen else None,
        "territories": [
            {
                "id": one.place.code,
                "names": known.place(one.place),
                "kind": one.place.kind,
                "state": one.figures.state.code,
                "participants": one.figures.turnout.participants,
                "voters": one.figures.turnout.voters,
                "share_hundredths": one.figures.turnout.share,
                "counted": counted_document(one.figures.counted),
            }
            for one in rows
        ],
    }


def turnout_figures(at: Snapshot) -> list[Shown]:
    """The main contest over every territory in which it is voted on; without one nothing."""
    contest = main_contest(at)
    if contest is None:
        return []
    known = places(at.tables).by_id
    totals, found = totals_in(at, known), outcomes(at, [contest.id])
    return [
        shown(at, contest, place, totals[contest.id, place.id], found.get(contest.id))
        for place in known.values()
        if (contest.id, place.id) in totals
    ]


# --- CSV ---


def options_table(request: HttpRequest, at: Snapshot, found: Iterable[Shown]) -> Table:
    """One row an option and territory."""
    known, around = Names(at), source(request, at).cells()
    rows = [row for one in found for row in option_rows(known, one, around)]
    return table(rows, option_head(rows))


def turnout_table(request: HttpRequest, at: Snapshot) -> Table:
    """`turnout.csv`: one row a time (what precincts reported) and one a territory (counted protocols)."""
    known, around = Names(at), source(request, at).cells()
    rows = [*_reported(at, known, around), *_participants(at, known, around)]
    return table(rows, tuple(rows[0]) if rows else ())


def _reported(at: Snapshot, known: Names, around: dict[str, Cell]) -> list[dict[str, Cell]]:
    country, precincts = places(at.tables).by_id[at.tables.country], places(at.tables).precincts
    return [
        {
            "basis": "reports",
            "territory": country.code,
            "at": local(at, hour.at),
            "participants": hour.voters,
            "voters": places(at.tables).all_voters,
            "voters_basis": BEFORE,
            "share_percent": percent_cell(hour.share),
            "counted": hour.precincts,
            "expected": precincts[country.id],
            "state": "preliminary",
            **columns("territory", known.place(country)),
            **around,
        }
        for hour in hours(at)
    ]


def _participants(at: Snapshot, known: Names, around: dict[str, Cell]) -> list[dict[str, Cell]]:
    return [
        {
            "basis": "protocols",
            "territory": one.place.code,
            "at": None,
            "participants": one.figures.turnout.participants,
            "voters": one.figures.turnout.voters,
            "voters_basis": AT_CLOSING,
            "share_percent": percent_cell(one.figures.turnout.share),
            "counted": one.figures.counted.counted,
            "expected": one.figures.counted.expected,
            "state": one.figures.state.code,
            **columns("territory", known.place(one.place)),
            **around,
        }
        for one in turnout_figures(at)
    ]
