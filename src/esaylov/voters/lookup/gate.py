"""What stands before a public page that takes a voter's data: no robots, no cookie, no trace; and why nobody is answered now.

The look-up and the requests of voters share it, and the tries of a client.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from urllib.parse import urlsplit

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, ngettext

from esaylov.acts.context import STANDING_ZONE
from esaylov.custody import client
from esaylov.custody.keyring import KeyringError
from esaylov.registry.accounts.network import address
from esaylov.voters.access import LOOK_UP
from esaylov.voters.lookup import challenges
from esaylov.voters.lookup.questions import question
from esaylov.voters.lookup.typed import DAY, MONTH, YEAR, Problem, Typed

MOST_BYTES = 4_096
MOST_FIELDS = 200
OUR_OWN = ("same-origin", "none")
"""Where browsers say that a form comes from (`Sec-Fetch-Site`): a page of this site, or the person's own hand."""
FORM = "application/x-www-form-urlencoded"
QUESTION_COSTS = 3
"""A try with an answered question counts as so many with the work of a device: a program can be written for the questions."""
RETRY_SECONDS = 60
LOCKED_SECONDS = 300


@dataclass(frozen=True)
class Down:
    """Why nobody is answered now: `kind` throttled, custodian, database or renewed; `seconds` until it is worth another try."""

    kind: str
    status: int
    seconds: float


class NotNow(Exception):
    """Nobody is answered, or this client is not."""

    def __init__(self, down: Down) -> None:
        super().__init__(down.kind)
        self.down = down


View = Callable[[HttpRequest], HttpResponse]
Admit = Callable[[str, str], bool]
"""Whether the custodian lets a try from an address, with a challenge, in: False where that was spent before."""


def private(view: View) -> View:
    """Answers that nobody keeps, that lead nobody back here, and that nobody packs on their way: their size says nothing."""

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        response = view(request)
        response.headers["Cache-Control"] = "no-store, private, no-transform"
        response.headers["Referrer-Policy"] = "no-referrer"
        if (
            response.status_code >= 400
        ):  # Django notes each: a flood of requests must not become one of the log
            response._has_been_logged = True  # type: ignore[attr-defined]
        return response

    return answer


def unreadable(request: HttpRequest, most: int = MOST_BYTES) -> HttpResponse | None:
    """The refusal of what is no form of ours, before any of it is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > most:
        return HttpResponse("This is more than the form holds.\n", status=413, content_type="text/plain")
    if request.content_type != FORM:
        return HttpResponse("Send the form as it is.\n", status=415, content_type="text/plain")
    if not _ours(request):
        return HttpResponse("Send the form from its own page.\n", status=403, content_type="text/plain")
    if request.body.count(b"&") >= MOST_FIELDS:
        return HttpResponse("This is more than the form holds.\n", status=413, content_type="text/plain")
    return None


def _ours(request: HttpRequest) -> bool:
    """Whether no page of another site sends this. Without a cookie: the browser says it, in one of two headers.

    (Where it says only "null", as older ones do of pages that hide where one comes from, or nothing, it cannot be told.)
    """
    if site := request.META.get("HTTP_SEC_FETCH_SITE"):
        return site in OUR_OWN
    origin: str = request.META.get("HTTP_ORIGIN", "null")
    return origin == "null" or urlsplit(origin).netloc == request.get_host()


def unproven(request: HttpRequest, typed: Typed, admit: Admit | None = None) -> list[Problem]:
    """What is wrong with the proof that no robot asks; counts the try. Raises NotNow where there were too many.

    `admit`: lets a try in that has its proof, where more is asked of the custodian than that.
    """
    verdict = challenges.judge(typed.challenge)
    if verdict != "good":
        return [
            Problem("", gettext("The form had been open for too long. It is ready again: send it once more."))
        ]
    worked = bool(typed.work) and challenges.solved(typed.challenge, typed.work)
    if not worked and not typed.answer:
        return [Problem("answer", gettext("Answer the question: it keeps robots away."))]
    proven = worked or question(challenges.drawn(typed.challenge)).answered(typed.answer)
    if not _admitted(request, typed.challenge, worked, admit if proven and admit else _admit):
        text = gettext("This form was sent already. It is ready again: send it once more.")
        return [Problem("", text, spent=True)]
    if not proven:
        return [Problem("answer", gettext("That is not the answer. Here is another question."))]
    return []


def _admit(where: str, challenge: str) -> bool:
    return client.admit(where, challenge, purpose=LOOK_UP)


def _admitted(request: HttpRequest, challenge: str, worked: bool, admit: Admit) -> bool:
    """Whether the custodian lets this try in; False where the challenge was spent before."""
    where = address(request)
    try:
        fresh = admit(where, challenge)
        for _ in range(0 if worked else QUESTION_COSTS - 1):
            _admit(where, "")
    except client.Throttled as error:
        raise NotNow(Down("throttled", 429, error.retry_after)) from None
    except (client.CustodianDown, KeyringError):
        raise NotNow(Down("custodian", 503, RETRY_SECONDS)) from None
    return fresh


@dataclass(frozen=True)
class FormPage:
    """The form: what was typed, what is wrong with it, a fresh challenge and its question."""

    typed: Typed
    problems: tuple[Problem, ...]
    challenge: str
    question: str
    bits: int

    @property
    def wrong(self) -> dict[str, str]:
        """What is wrong, by field."""
        return {problem.field: problem.text for problem in self.problems}

    @property
    def wrong_birth(self) -> str:
        """What is wrong with the birth date, whichever of its parts it is."""
        return next((one.text for one in self.problems if one.field in (DAY, MONTH, YEAR)), "")


def not_now(request: HttpRequest, down: Down) -> HttpResponse:
    """Why there is no answer, and when to come again. (A connection that failed is left behind.)"""
    if down.kind == "database":
        connection.close()
    seconds = max(1, math.ceil(min(down.seconds, 86_400)))
    again = (datetime.now(UTC) + timedelta(seconds=seconds)).astimezone(STANDING_ZONE)
    if again.second or again.microsecond:
        again = again.replace(second=0, microsecond=0) + timedelta(minutes=1)
    minutes = max(1, math.ceil(seconds / 60))
    values = {
        "down": down,
        "again": again,
        "minutes": ngettext("in %(minutes)d minute", "in %(minutes)d minutes", minutes)
        % {"minutes": minutes},
    }
    response = render(request, "voters/lookup/not_now.html", values, status=down.status)
    response.headers["Retry-After"] = str(seconds)
    return response
