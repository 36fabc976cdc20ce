"""“Addresses and precincts” in the cabinet: lists of what is done and what is left to do. (Changing: `changing.py`.)"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from esaylov.acts.context import ElectionContext
from esaylov.acts.powers import Power
from esaylov.cabinet.desk import actor_of, own_election
from esaylov.cabinet.lists import Asked, Column, Filter, ListPage
from esaylov.cabinet.views import desk_view
from esaylov.design.words import in_language
from esaylov.exchange.residents.rules import COLUMNS, Rules
from esaylov.exchange.tables import csv_row
from esaylov.voters.models import Mahalla
from esaylov.voters.places import queries
from esaylov.voters.places.examining import limits
from esaylov.voters.places.houses import houses_of, rules_in_force
from esaylov.voters.places.precincts import PrecinctPlace, precincts_by_code
from esaylov.voters.places.queries import MahallaLine, PrecinctLine
from esaylov.voters.places.words import mahalla_name, precinct_name, sentences

ENDLESS = 1 << 30
PRECINCT_STATES = (
    ("unruled", gettext_lazy("without rules")), ("outside", gettext_lazy("too few or too many voters")),
)  # fmt: skip
MAHALLA_STATES = (
    ("houses", gettext_lazy("houses without a precinct")), ("voters", gettext_lazy("voters without a precinct")),
)  # fmt: skip
MOST_STREETS = 500


@desk_view(Power.SET_RULES)
def precincts(request: HttpRequest) -> HttpResponseBase:
    """The precincts of the commission's territory, with how many rules and voters each has."""
    context, actor = own_election(request), actor_of(request)
    least, most = limits(context)

    def rows(asked: Asked) -> tuple[list[PrecinctLine], int]:
        return queries.precinct_lines(
            context.id, actor.area, search=asked.search, state=asked.filters.get("state", ""),
            limits=(least or 0, ENDLESS if most is None else most), limit=asked.limit, offset=asked.offset,
        )  # fmt: skip

    page = ListPage(
        title=gettext("Addresses and precincts"),
        lead=gettext("Each house belongs to one precinct, by rules that anybody can read (Art. 10)."),
        columns=(
            Column("precinct", gettext("Precinct"), lambda row: precinct_name(row.number, row.code, row.names),
                   url=lambda row: reverse("cabinet-place", args=[row.code])),
            Column("code", gettext("Code"), lambda row: row.code),
            Column("rules", gettext("Rules"), lambda row: row.rules, number=True),
            Column("voters", gettext("Voters"), lambda row: row.voters, number=True),
            Column("state", gettext("State"), lambda row: state_text(row.rules, row.voters, context)),
        ),
        rows=rows,
        filters=(Filter("state", gettext("State"), PRECINCT_STATES),),
        search=gettext("Precinct, district or code"),
        export="precincts",
        empty=gettext("No precinct lies in your territory."),
        template="places/precincts.html",
    )  # fmt: skip
    return page.response(request, totals=queries.totals(context.id, actor.area))


def state_text(rules: int, voters: int, context: ElectionContext) -> str:
    """What is to be done about a precinct."""
    least, most = limits(context)
    if not rules:
        return gettext("no rules")
    if least is not None and voters < least:
        return gettext("fewer than %(number)s voters") % {"number": least}
    if most is not None and voters > most:
        return gettext("more than %(number)s voters") % {"number": most}
    return gettext("in order")


@desk_view(Power.SET_RULES)
def mahallas(request: HttpRequest) -> HttpResponseBase:
    """The mahallas of the territory: what rules do not cover, and voters whom none leads to a precinct."""
    context, actor = own_election(request), actor_of(request)

    def rows(asked: Asked) -> tuple[list[MahallaLine], int]:
        return queries.mahalla_lines(
            context.id, actor.area, search=asked.search, state=asked.filters.get("state", ""), limit=asked.limit,
            offset=asked.offset,
        )  # fmt: skip

    page = ListPage(
        title=gettext("Mahallas"),
        lead=gettext("Where houses or voters have no precinct yet. Open a mahalla to see its streets."),
        columns=(
            Column("mahalla", gettext("Mahalla"), lambda row: mahalla_name(row.names, row.code),
                   url=lambda row: reverse("cabinet-place-mahalla", args=[row.id])),
            Column("code", gettext("Code"), lambda row: row.code),
            Column("houses", gettext("Houses"), lambda row: row.houses, number=True),
            Column("uncovered", gettext("Houses without a precinct"), lambda row: row.uncovered, number=True),
            Column("voters", gettext("Voters"), lambda row: row.voters, number=True),
            Column("unplaced", gettext("Voters without a precinct"), lambda row: row.unplaced, number=True),
            Column("state", gettext("State"), lambda row: gettext("being placed") if row.waits else ""),
        ),
        rows=rows,
        filters=(Filter("state", gettext("To do"), MAHALLA_STATES),),
        search=gettext("Mahalla or code"),
        export="mahallas",
        empty=gettext("The address register was not loaded yet."),
        template="places/mahallas.html",
    )  # fmt: skip
    return page.response(request)


@desk_view(Power.SET_RULES)
def mahalla(request: HttpRequest, number: int) -> HttpResponse:
    """A mahalla: which precinct has what of it, and the streets with houses that no rule has."""
    context, actor = own_election(request), actor_of(request)
    if number not in {one[0] for one in queries.mahallas_of(context.id, actor.area)}:
        raise Http404
    row = get_object_or_404(Mahalla, pk=number)
    rules = rules_in_force(context.id, [number])
    places = precincts_by_code(context.id, {one.precinct for one in rules})
    parts = [
        (name_of(place), reverse("cabinet-place", args=[code]), sentences([one for one in rules if one.precinct == code]))
        for code, place in places.items()
    ]  # fmt: skip
    left = Rules(rules).coverage(houses_of([number])).without
    streets: dict[str, list[str]] = {}
    for street, house in left.sort("street_key", "house").select("street", "house").iter_rows():
        streets.setdefault(street, []).append(house)
    values = {
        "title": mahalla_name(row.names, row.code), "code": row.code, "parts": parts,
        "streets": list(streets.items())[:MOST_STREETS], "more": max(0, len(streets) - MOST_STREETS),
        "houses": left.height, "unplaced": _unplaced(number), "back": reverse("cabinet-place-mahallas"),
        "voters": reverse("cabinet-place-unplaced", args=[number]),
    }  # fmt: skip
    return render(request, "places/mahalla.html", values)


def name_of(place: PrecinctPlace) -> str:
    """A precinct in words."""
    return precinct_name(place.number, place.code, place.names)


UNPLACED = """SELECT count(*) FILTER (WHERE a.digest IS NOT NULL), count(*) FILTER (WHERE a.digest IS NULL)
    FROM voters_voter v LEFT JOIN LATERAL (SELECT a.digest FROM voters_address a
        WHERE a.digest = v.house AND a.mahalla_id = v.mahalla LIMIT 1) a ON true
    WHERE v.mahalla = %s AND v.precinct IS NULL"""


def _unplaced(number: int) -> tuple[int, int]:
    """Voters without a precinct: in houses that no rule has, in houses that the register does not know."""
    with connection.cursor() as cursor:
        cursor.execute(UNPLACED, [number])
        known, unknown = cursor.fetchone()
        return int(known), int(unknown)


def own_precinct(request: HttpRequest, code: str) -> tuple[ElectionContext, PrecinctPlace]:
    """A precinct of the commission's territory; else there is nothing here."""
    context, actor = own_election(request), actor_of(request)
    place = precincts_by_code(context.id, [code], actor.area).get(code)
    if place is None:
        raise Http404
    return context, place


@desk_view(Power.SET_RULES)
def precinct(request: HttpRequest, precinct: str) -> HttpResponse:
    """A precinct: which houses belong to it, in sentences."""
    context, place = own_precinct(request, precinct)
    rules = rules_in_force(context.id, precincts=[place.id])
    voters = voters_in(place.id)
    values: dict[str, Any] = {
        "title": name_of(place), "place": place, "parts": sentences(rules), "rules": len(rules), "voters": voters,
        "state": state_text(len(rules), voters, context), "limits": limits(context),
        "territory": in_language(place.names, place.code), "back": reverse("cabinet-places"),
        "change": reverse("cabinet-place-change", args=[precinct]),
    }  # fmt: skip
    return render(request, "places/precinct.html", values)


def voters_in(precinct: int) -> int:
    """How many voters are listed in a precinct."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM voters_voter WHERE precinct = %s", [precinct])
        return int(cursor.fetchone()[0])


@desk_view(Power.SET_RULES)
def rules_file(request: HttpRequest) -> HttpResponse:
    """The rules in force in the commission's territory, as a file that can be changed and handed in."""
    context, actor = own_election(request), actor_of(request)
    own = [place.id for place in precincts_by_code(context.id, area=actor.area).values()]
    lines = [
        csv_row(
            (one.precinct, one.mahalla, one.street, str(one.first or ""), str(one.last or ""), one.parity)
        )
        for one in rules_in_force(context.id, precincts=own)
    ]
    response = HttpResponse("".join([csv_row(COLUMNS), *lines]), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="rules.csv"'
    return response
