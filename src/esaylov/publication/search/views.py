"""Search pages: they read the query of their address, so no cache keeps them and no search engine lists them."""

from __future__ import annotations

from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from esaylov.acts.context import UnknownElection
from esaylov.elections.queries import elections
from esaylov.publication import gate
from esaylov.publication.reads import Place, places
from esaylov.publication.search.documents import KINDS
from esaylov.publication.search.pages import SearchPage, election_search, site_search, slow_search
from esaylov.publication.search.queries import LONGEST, Query, bounded, parse
from esaylov.publication.views import unavailable
from esaylov.results.queries import Snapshot, reading, sizes, snapshot

STOPPED = "57014"
"""PostgreSQL's code of a statement that was stopped, here at its time limit."""


def site(request: HttpRequest) -> HttpResponse:
    """The search in all elections whose pages there are."""
    query = _query(request)

    def show() -> SearchPage:
        with reading():
            bounded()
            known = sizes()
            return site_search(query, _kind(request), [row.id for row in elections() if row.id in known])

    return _answer(request, query, reverse("search"), show)


def of_election(request: HttpRequest, election: str) -> HttpResponse:
    """The search in one election. 404 for an election or a territory that is not there."""
    if "\0" in election:
        raise Http404
    query = _query(request)

    def show() -> SearchPage:
        with snapshot(election) as at:
            bounded()
            return election_search(at, query, _kind(request), _within(request, at))

    try:
        return _answer(request, query, reverse("election-search", args=[election]), show)
    except UnknownElection:
        raise Http404 from None


def _answer(request: HttpRequest, query: Query, action: str, show: Callable[[], SearchPage]) -> HttpResponse:
    status = 200
    try:
        with gate.gate.turn():
            page = show()
    except gate.Busy:
        page, status = slow_search(query, action), 503
    except (OperationalError, InterfaceError) as error:
        if getattr(error.__cause__, "sqlstate", None) != STOPPED:
            return unavailable(request)
        page, status = slow_search(query, action), 503
    response = render(request, "publication/search/search.html", {"page": page}, status=status)
    if status != 200:
        response.headers["Retry-After"] = gate.RETRY_SECONDS
    response.headers["Cache-Control"] = "no-cache, private"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _query(request: HttpRequest) -> Query:
    return parse(request.GET.get("q", "")[: LONGEST + 1])


def _kind(request: HttpRequest) -> str:
    kind = request.GET.get("kind", "")
    return kind if kind in KINDS else ""


def _within(request: HttpRequest, at: Snapshot) -> Place | None:
    """The territory that the search is kept to; the country is no limit."""
    code = request.GET.get("in", "")
    if not code:
        return None
    found = places(at.tables).by_code.get(code)
    if found is None:
        raise Http404
    return found if found.parent is not None else None
