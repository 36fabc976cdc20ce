"""Gathering of granted requests in the cabinet: asked for with a button, looked at while the loop works."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from esaylov.acts.powers import Power
from esaylov.cabinet.desk import actor_of, own_election
from esaylov.cabinet.forms import finding_text
from esaylov.cabinet.views import desk_view
from esaylov.design.words import articles_text, in_language
from esaylov.voters.requests import findings, gathering, staging
from esaylov.voters.requests.acts import NUMBER
from esaylov.voters.requests.models import Gathering, Request

WATCHED = 5
"""Seconds after which a page that is watched is loaded again."""
State = Gathering.State


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(Power.PROPOSE_CHANGESET)
def gather(request: HttpRequest) -> HttpResponse:
    """Has the granted requests that wait, but those named, made into a changeset; shows how far that is."""
    election = own_election(request)
    if request.method == "POST":
        _ask(request, election.id)
        return HttpResponseRedirect(request.path)
    row = gathering.last(election.id)
    if row is None:
        return HttpResponseRedirect(reverse("cabinet-voter-list"))
    watched = "watch" in request.GET
    values: dict[str, Any] = {
        "row": row, "busy": busy(row), "state": state_text(row), "why": why_text(row), "watched": watched, "here": request.path,
        "asked": row.asked_at.astimezone(election.timezone),
        "ended": row.ended_at.astimezone(election.timezone) if row.ended_at else None,
    }  # fmt: skip
    answer = render(request, "voters/requests/gathering.html", values)
    if values["busy"] and watched:
        answer.headers["Refresh"] = str(WATCHED)
    return answer


def _ask(request: HttpRequest, election: str) -> None:
    if not staging.count(election):
        messages.info(request, gettext("No decided request waits for a changeset."))
        return
    named = set(request.POST.get("without", "").upper().replace(",", " ").split())
    if not _are_requests(election, named):
        messages.error(request, finding_text(findings.unknown_request()))
        return
    row, new = gathering.ask(election, actor_of(request).person, sorted(named))
    if not new and busy(row):
        messages.info(
            request,
            gettext("The requests are being gathered already: this is the one that was asked for first."),
        )


def _are_requests(election: str, named: Collection[str]) -> bool:
    """Whether each is the number of a request: whoever mistypes one would else see it carried out."""
    if not all(re.fullmatch(NUMBER, one) for one in named):
        return False
    return Request.objects.filter(election=election, number__in=named).count() == len(named)


def busy(row: Gathering) -> bool:
    """Whether it is being worked on, or waits for that."""
    return row.state in gathering.BUSY


def state_text(row: Gathering) -> str:
    """How far it is, in words."""
    if row.state == State.RUNNING:
        numbers = {"done": row.done, "total": row.total}
        return gettext("The requests are being gathered: %(done)d of %(total)d.") % numbers
    if row.state == State.DONE:
        if row.changeset is None:
            return gettext("No decided request can be carried out now: all go on waiting.")
        return gettext("The requests are gathered. The changeset is to be proposed and approved.")
    if row.state == State.FAILED:
        return gettext("The requests were not gathered. All go on waiting.")
    return gettext("The gathering of the requests waits for its turn.")


def why_text(row: Gathering) -> str:
    """Why it waits or failed; "" where nothing is wrong."""
    code = row.why.get("code", "")
    if "text" in row.why:
        return f"{in_language(row.why['text'], code)} ({articles_text(row.why['article']) or code})"
    texts = {
        gathering.CLOSED: gettext(
            "The records cannot be opened now: the custodian of the keys does not answer, or the keys are being changed. It is"
            " tried again twice a minute."
        ),
        gathering.THROTTLED: gettext(
            "The measure of records that may be opened for this is used up. Ask again later, or leave some requests waiting."
        ),
        gathering.BROKEN: gettext("Something went wrong; the service's log says what. Ask again."),
    }  # fmt: skip
    return texts.get(code, "")
