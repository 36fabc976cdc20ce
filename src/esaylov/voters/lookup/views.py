"""The page `/<language>/voter/`: a form, and its answer. It sets no cookie, needs no session, keeps nothing of what was typed.

Data come by POST only, so that they stand in no address and no log, and no cache keeps an answer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from esaylov.custody import client
from esaylov.custody.keyring import KeyringError
from esaylov.voters.lookup import challenges
from esaylov.voters.lookup.ahead import Ahead, ahead
from esaylov.voters.lookup.answers import answer_page, marks, ways
from esaylov.voters.lookup.finding import Locked, Sought, find
from esaylov.voters.lookup.gate import (
    LOCKED_SECONDS,
    RETRY_SECONDS,
    Down,
    FormPage,
    NotNow,
    not_now,
    private,
    unproven,
    unreadable,
)
from esaylov.voters.lookup.noting import Full, notes
from esaylov.voters.lookup.questions import question
from esaylov.voters.lookup.typed import Problem, Typed


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private
def look_up(request: HttpRequest) -> HttpResponse:
    """Am I on the list?"""
    try:
        elections = ahead()
        return _answered(request, elections) if request.method == "POST" else _form(request, elections)
    except NotNow as error:
        return not_now(request, error.down)
    except (DatabaseError, InterfaceError):
        return not_now(request, Down("database", 503, RETRY_SECONDS))


@sensitive_variables("fields", "typed", "sought", "born", "found")
def _answered(request: HttpRequest, elections: tuple[Ahead, ...]) -> HttpResponse:
    if not elections:
        return _form(request, elections)
    if (refused := unreadable(request)) is not None:
        return refused
    fields = parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
    typed = Typed.read(dict(fields))
    sought = Sought(typed.number)
    problems = typed.problems() or unproven(request, typed, sought.admit)
    if problems or (born := typed.born) is None:
        return _form(request, elections, typed, problems)
    try:
        notes.check()
        found = find(sought, born)
    except client.Throttled as error:
        raise NotNow(Down("throttled", 429, error.retry_after)) from None
    except Locked:
        raise NotNow(Down("renewed", 503, LOCKED_SECONDS)) from None
    except (client.CustodianDown, KeyringError):
        raise NotNow(Down("custodian", 503, RETRY_SECONDS)) from None
    except Full:
        raise NotNow(Down("database", 503, RETRY_SECONDS)) from None
    notes.add(found.voter)
    return HttpResponse(answer_page(typed, found, elections))


def _form(
    request: HttpRequest,
    elections: tuple[Ahead, ...],
    typed: Typed | None = None,
    problems: list[Problem] | None = None,
) -> HttpResponse:
    challenge = challenges.issue()
    page = FormPage(
        typed=replace(typed, answer="", work="", challenge="") if typed else Typed(),
        problems=tuple(problems or ()),
        challenge=challenge,
        question=question(challenges.drawn(challenge)).text,
        bits=challenges.bits(),
    )
    values: dict[str, Any] = {
        "page": page, "elections": elections, **ways(elections), **marks(elections),
        "own_url": reverse("voter-own") if settings.SOCIALACCOUNT_PROVIDERS["oneid"]["APPS"] else "",
    }  # fmt: skip
    return render(request, "voters/lookup/form.html", values)
