"""Pictures and their data as files: `…/pictures/<chart>.svg`, `.png`, `.csv`, `.json`; and `.page.json`,
the specification as our own pages draw it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse

from esaylov.publication.charts.model import Chart
from esaylov.publication.gate import gated
from esaylov.publication.pages.contest import contest_page
from esaylov.publication.pages.national import national_page
from esaylov.publication.pages.territory import territory_page
from esaylov.publication.reads import places
from esaylov.publication.views import election_view
from esaylov.results.queries import Snapshot

DRAWN = ("svg", "png")
UNFIT = re.compile(r"[^A-Za-z0-9._-]+")

Maker = Callable[[Chart], str | bytes]
KINDS: Mapping[str, tuple[str, Maker]] = {
    "svg": ("image/svg+xml", Chart.picture),
    "png": ("image/png", Chart.png),
    "csv": ("text/csv; charset=utf-8", Chart.csv),
    "json": ("application/json", lambda chart: json.dumps(chart.json(), ensure_ascii=False)),
    "page.json": ("application/json", lambda chart: json.dumps(chart.own_spec, ensure_ascii=False)),
}


def drawn(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view whose pictures take their turn at the gate; tables and specifications cost no more than a page."""
    waiting = gated(view)

    @wraps(view)
    def answer(request: HttpRequest, **codes: str) -> HttpResponse:
        return (waiting if codes["kind"] in DRAWN else view)(request, **codes)

    return answer


@drawn
@election_view
def of_election(at: Snapshot, chart: str, kind: str) -> HttpResponse:
    """A picture of the national page."""
    return file(national_page(at).charts, chart, kind)


@drawn
@election_view
def of_contest(at: Snapshot, contest: str, chart: str, kind: str) -> HttpResponse:
    """A picture of a contest's page."""
    found = at.contest(contest)
    if found is None:
        raise Http404
    return file(contest_page(at, found).charts, chart, kind)


@drawn
@election_view
def of_territory(at: Snapshot, territory: str, chart: str, kind: str) -> HttpResponse:
    """A picture of a territory's page."""
    found = places(at.tables).by_code.get(territory)
    if found is None:
        raise Http404
    return file(territory_page(at, found).charts, chart, kind)


def file(charts: Mapping[str, Chart], name: str, kind: str) -> HttpResponse:
    """The chart of a page with this name as a file; 404 when the page has none. Other sites may read it."""
    found = next((one for one in (chart.named(name) for chart in charts.values()) if one is not None), None)
    if found is None or kind not in KINDS:
        raise Http404
    media, make = KINDS[kind]
    response = HttpResponse(make(found), content_type=media)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Content-Disposition"] = f'inline; filename="{file_name(found, kind)}"'
    return response


def file_name(chart: Chart, kind: str) -> str:
    """The name under which a file is kept: election, chart, tree size."""
    stem = UNFIT.sub("-", f"{chart.source.election}-{chart.name}-{chart.size}")
    return f"{stem}.{kind}"
