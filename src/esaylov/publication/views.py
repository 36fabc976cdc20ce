"""The public pages: each reads one snapshot and answers with the tag of its size."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language, get_language_from_request

from esaylov.acts.context import UnknownElection
from esaylov.elections.queries import minutes
from esaylov.publication.etags import dated_tag, election_tag, site_tag
from esaylov.publication.pages.contest import contest_page, contests_page
from esaylov.publication.pages.national import national_page
from esaylov.publication.pages.paging import page_number
from esaylov.publication.pages.precinct import precinct_page
from esaylov.publication.pages.precincts import (
    contest_precincts_page,
    outside_page,
    territory_precincts_page,
)
from esaylov.publication.pages.protocol import protocol_page
from esaylov.publication.pages.territory import territory_page
from esaylov.publication.reads import places
from esaylov.results.queries import Snapshot, reading, sizes, snapshot
from esaylov.results.queries import precinct as precinct_row

CACHE_CONTROL = "public, max-age=1, must-revalidate"
RETRY_SECONDS = 5
OPEN_TO_ALL = ("/log/", "/data/", "/open/")
"""Where files stand that pages of other sites read: they may know, too, that one is not there."""

Shown = tuple[str, object] | HttpResponse
ElectionView = Callable[..., Shown]
View = Callable[..., HttpResponse]
Found = TypeVar("Found")


def _answer(request: HttpRequest, tag: str, show: Callable[[], Shown]) -> HttpResponse:
    """The page, or 304 when the reader has it."""
    response = get_conditional_response(request, etag=tag)
    if response is None:
        shown = show()
        response = shown if isinstance(shown, HttpResponse) else _rendered(request, *shown)
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = CACHE_CONTROL
    return response


def _rendered(request: HttpRequest, template: str, page: object) -> HttpResponse:
    return render(request, f"publication/{template}.html", {"page": page})


def election_view(view: ElectionView, *, dated: bool = False) -> View:
    """A page of one election: `view(at, …)` gives the template's name and the page, or a finished answer. 404 for
    what is not there, 503 without a database. A `dated` page shows the time: it is valid for a minute of the clock.
    """

    @wraps(view)
    def answer(request: HttpRequest, election: str, **codes: Any) -> HttpResponse:
        if "\0" in request.path_info:  # PostgreSQL's text holds none, so there is no such id
            raise Http404
        try:
            with snapshot(election) as at:
                tag = election_tag(at.size)
                if dated:
                    tag = dated_tag(tag, {election: minutes()[election]})
                return _answer(request, tag, lambda: view(at, **codes))
        except UnknownElection:
            raise Http404 from None
        except (OperationalError, InterfaceError):
            return unavailable(request)

    return answer


def site_view(view: ElectionView, *, dated: bool = False) -> View:
    """A page about all elections: `view(sizes)`; `dated` as above."""

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        try:
            with reading():
                known = sizes()
                tag = site_tag(known)
                if dated:
                    shown = minutes()
                    tag = dated_tag(tag, {one: shown[one] for one in known if one in shown})
                return _answer(request, tag, lambda: view(known))
        except (OperationalError, InterfaceError):
            return unavailable(request)

    return answer


@election_view
def election(at: Snapshot) -> tuple[str, object]:
    """The national page."""
    return "national", national_page(at)


@election_view
def contests(at: Snapshot) -> tuple[str, object]:
    """All contests."""
    return "contests", contests_page(at)


@election_view
def contest(at: Snapshot, contest: str) -> Shown:
    """One contest."""
    return "contest", contest_page(at, _there(at.contest(contest)))


@election_view
def contest_precincts(at: Snapshot, contest: str, number: str) -> Shown:
    """A page of a contest's precincts."""
    found = _there(at.contest(contest))
    return "contest_precincts", _there(contest_precincts_page(at, found, _there(page_number(number))))


@election_view
def territory(at: Snapshot, territory: str) -> Shown:
    """One territory."""
    return "territory", territory_page(at, _there(places(at.tables).by_code.get(territory)))


@election_view
def territory_precincts(at: Snapshot, territory: str, number: str) -> Shown:
    """A page of a territory's precincts."""
    place = _there(places(at.tables).by_code.get(territory))
    return "precincts", _there(territory_precincts_page(at, place, _there(page_number(number))))


@election_view
def outside(at: Snapshot, number: str = "1") -> Shown:
    """A page of what is outside the totals."""
    return "outside", _there(outside_page(at, _there(page_number(number))))


@election_view
def precinct(at: Snapshot, precinct_code: str) -> Shown:
    """One precinct."""
    return "precinct", precinct_page(at, _there(precinct_row(at, precinct_code)))


@election_view
def protocol(at: Snapshot, precinct_code: str, contest: str) -> Shown:
    """The protocol of one place."""
    found, row = _there(at.contest(contest)), _there(precinct_row(at, precinct_code))
    if not at.tables.concerns(found, row.cell):
        raise Http404
    return "protocol", protocol_page(at, found, row)


def _there(found: Found | None) -> Found:
    """What was found; 404 where nothing was."""
    if found is None:
        raise Http404
    return found


def choose_language(request: HttpRequest) -> HttpResponse:
    """The front page in the reader's language, Uzbek Latin where it is none of ours."""
    response = HttpResponseRedirect(f"/{get_language_from_request(request)}/")
    patch_vary_headers(response, ["Accept-Language"])
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: the database cannot be reached."""
    response = render(request, "503.html", status=503)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    response.headers["Cache-Control"] = "no-store"
    return response


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    response = HttpResponse(_not_found_page(get_language() or ""), status=404)
    response.headers["Cache-Control"] = "no-cache"
    # Django notes each of them: a flood of invented addresses must not become one of the log.
    response._has_been_logged = True  # type: ignore[attr-defined]
    if request.path_info.startswith(OPEN_TO_ALL):
        response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@cache
def _not_found_page(language: str) -> str:
    """The page of all addresses that lead nowhere, once for each language: there are as many as anybody cares to invent.
    Its way to the other languages leads to their front pages.
    """
    request = HttpRequest()
    request.path = request.path_info = f"/{language}/"
    return render_to_string("404.html", request=request)


def failed(request: HttpRequest) -> HttpResponse:
    """500: an error of ours, already in the server's log."""
    response = render(request, "500.html", status=500)
    response.headers["Cache-Control"] = "no-store"
    return response
