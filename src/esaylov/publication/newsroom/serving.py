"""How the newsroom's addresses answer: through `election_view`, for everybody, from everywhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from esaylov.publication.tables import Table
from esaylov.publication.views import ElectionView, election_view
from esaylov.results.queries import Snapshot

FOR_EVERYBODY = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
CSV = "text/csv; charset=utf-8; header=present"
JSON = "application/json"
DAY = "public, max-age=86400"

View = Callable[..., HttpResponse]


def with_request(view: Callable[..., Any]) -> View:
    """A view of one election that also needs the request: `view(request, at, …)`. The inner function stands in
    `__wrapped__`, as for `election_view`.
    """

    @wraps(view)
    def answer(request: HttpRequest, election: str, **codes: str) -> HttpResponse:
        def inner(at: Snapshot, **names: str) -> Any:
            return view(request, at, **names)

        typed: ElectionView = inner
        return election_view(typed)(request, election=election, **codes)

    return answer


def shared(view: Callable[..., Any]) -> View:
    """The same for files that every other site may read: CORS, and nothing that depends on the reader."""
    found = with_request(view)

    @wraps(view)
    def answer(request: HttpRequest, **codes: str) -> HttpResponse:
        return for_everybody(found(request, **codes))

    return answer


def for_everybody(response: HttpResponse) -> HttpResponse:
    """Lets pages of other sites read an answer."""
    for name, value in FOR_EVERYBODY.items():
        response.headers[name] = value
    return response


def all_languages(response: HttpResponse) -> HttpResponse:
    """Says that an answer holds every language of the site."""
    response.headers["Content-Language"] = ", ".join(code for code, _ in settings.LANGUAGES)
    return response


def json_answer(document: dict[str, Any]) -> HttpResponse:
    """A document as JSON, readable by people too."""
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    return all_languages(HttpResponse(text, content_type=JSON))


def csv_answer(table: Table, name: str) -> HttpResponse:
    """A table as a CSV file with a name for those who keep it."""
    response = HttpResponse(table.text(), content_type=CSV)
    header = content_disposition_header(as_attachment=False, filename=f"{name}.csv")
    if header is not None:
        response.headers["Content-Disposition"] = header
    return all_languages(response)
