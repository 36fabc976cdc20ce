"""`/check`: the record behind a short code; the check of a protocol as one file; the proof of one protocol."""

from __future__ import annotations

from hashlib import sha256

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language_from_request

from esaylov.publication.codes.codes import LONGEST, Code, parse
from esaylov.publication.codes.pictured import pictured
from esaylov.publication.codes.proofs import proof_file
from esaylov.publication.codes.records import record_of
from esaylov.publication.codes.tool import tool
from esaylov.publication.etags import build
from esaylov.publication.origin import origin
from esaylov.publication.reads import log_identity
from esaylov.publication.views import election_view, unavailable
from esaylov.results.queries import Snapshot, precinct, reading

ASK_AGAIN = "no-cache"
FILE_NAME = "esaylov-check.html"


def form(request: HttpRequest) -> HttpResponse:
    """Where a code is entered; one that can be read leads to its record."""
    text = request.GET.get("code", "").strip()
    code = parse(text)
    if code is not None:
        return HttpResponseRedirect(reverse("check-record", args=[code]))
    page = {"text": text[:LONGEST], "wrong": bool(text)}
    return _answer(render(request, "publication/codes/form.html", {"page": page}))


def record(request: HttpRequest, code: str) -> HttpResponse:
    """The official record of an entry, or that there is none (404)."""
    found = parse(code)
    if found is None:
        return _missing(request, code)
    if str(found) != code:
        return HttpResponseRedirect(reverse("check-record", args=[found]))
    try:
        with reading():
            known = record_of(found)
            shown = pictured(found.index) if known is not None else ()
    except (OperationalError, InterfaceError):
        return unavailable(request)
    if known is None:
        return _missing(request, code, found)
    return _answer(render(request, "publication/codes/record.html", {"page": known, "pictured": shown}))


def _missing(request: HttpRequest, text: str, code: Code | None = None) -> HttpResponse:
    page = {"text": text[:LONGEST], "code": code}
    return _answer(render(request, "publication/codes/missing.html", {"page": page}, status=404))


def _answer(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = ASK_AGAIN
    return response


def choose_language(request: HttpRequest, code: str = "") -> HttpResponse:
    """The same page in the reader's language: a printed code's address has none."""
    language = get_language_from_request(request)
    found = parse(code)
    response = HttpResponseRedirect(f"/{language}/check/{found}/" if found else f"/{language}/check/")
    patch_vary_headers(response, ["Accept-Language"])
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def download(request: HttpRequest) -> HttpResponse:
    """The check of a protocol as one file to keep, with this log's key in it. 404 before the first election."""
    try:
        log = log_identity()
    except (OperationalError, InterfaceError):
        return unavailable(request)
    if log is None:
        raise Http404
    made = tool(log, f"{origin(request)}/")
    named = sha256(f"{made.key} {made.site} {request.path}".encode()).hexdigest()[:12]
    tag = f'W/"{build()}-{named}"'
    response = get_conditional_response(request, etag=tag)
    if response is None:
        response = render(request, "publication/codes/tool.html", {"page": made})
        response.headers["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
        response.headers["Content-Security-Policy"] = f"{made.policy}; frame-ancestors 'none'"
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "public, no-cache"
    return response


@election_view
def proof(at: Snapshot, precinct_code: str, contest: str) -> HttpResponse:
    """The proof file of the standing protocol of a place."""
    found, row = at.contest(contest), precinct(at, precinct_code)
    if found is None or row is None or not at.tables.concerns(found, row.cell):
        raise Http404
    file = proof_file(at, found, row)
    if file is None:
        raise Http404
    response = JsonResponse(file, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
