"""The stable addresses of open data, /open/elections/<election>/… (docs/open-addresses.md)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse

from esaylov.elections.queries import ContestRow
from esaylov.publication.newsroom import documents
from esaylov.publication.newsroom.serving import DAY, csv_answer, for_everybody, json_answer, shared
from esaylov.publication.reads import Place, places
from esaylov.results.queries import Snapshot

SCHEMAS = Path(__file__).parent / "schemas"
KINDS = ("results", "contest", "territory", "turnout")


def _contest(at: Snapshot, code: str) -> ContestRow:
    found = at.contest(code)
    if found is None:
        raise Http404
    return found


def _place(at: Snapshot, code: str) -> Place:
    found = places(at.tables).by_code.get(code)
    if found is None:
        raise Http404
    return found


@shared
def results_json(request: HttpRequest, at: Snapshot) -> HttpResponse:
    """The whole election."""
    return json_answer(documents.results_document(request, at))


@shared
def results_csv(request: HttpRequest, at: Snapshot) -> HttpResponse:
    """The whole election, one row an option."""
    found = documents.options_table(request, at, documents.own_figures(at))
    return csv_answer(found, f"{at.election.id}-results")


@shared
def contest_json(request: HttpRequest, at: Snapshot, contest: str) -> HttpResponse:
    """One contest by territory."""
    return json_answer(documents.contest_document(request, at, _contest(at, contest)))


@shared
def contest_csv(request: HttpRequest, at: Snapshot, contest: str) -> HttpResponse:
    """One contest, one row an option and territory."""
    found = documents.contest_figures(at, _contest(at, contest))
    return csv_answer(documents.options_table(request, at, found), f"{at.election.id}-{contest}")


@shared
def territory_json(request: HttpRequest, at: Snapshot, territory: str) -> HttpResponse:
    """One territory, all its contests."""
    return json_answer(documents.territory_document(request, at, _place(at, territory)))


@shared
def territory_csv(request: HttpRequest, at: Snapshot, territory: str) -> HttpResponse:
    """One territory, one row an option."""
    found = documents.territory_figures(at, _place(at, territory))
    return csv_answer(documents.options_table(request, at, found), f"{at.election.id}-{territory}")


@shared
def turnout_json(request: HttpRequest, at: Snapshot) -> HttpResponse:
    """Turnout by time and by territory."""
    return json_answer(documents.turnout_document(request, at))


@shared
def turnout_csv(request: HttpRequest, at: Snapshot) -> HttpResponse:
    """The same as a table."""
    return csv_answer(documents.turnout_table(request, at), f"{at.election.id}-turnout")


def schema(_request: HttpRequest, kind: str) -> HttpResponse:
    """The JSON Schema of a kind of file."""
    if kind not in KINDS:
        raise Http404
    response = HttpResponse(_schema(kind), content_type="application/schema+json")
    response.headers["Cache-Control"] = DAY
    return for_everybody(response)


@cache
def _schema(kind: str) -> bytes:
    return (SCHEMAS / f"{kind}.json").read_bytes()
