"""Who may open a page of the cabinet, and the shell's own pages."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from esaylov.acts.context import STANDING_ZONE, remembered
from esaylov.acts.powers import Power
from esaylov.cabinet import sections
from esaylov.cabinet.board import board_of, shortened
from esaylov.cabinet.desk import ELECTION, MANDATE, desk_if_any, desk_of
from esaylov.cabinet.due import due_of
from esaylov.cabinet.elections import election_line
from esaylov.cabinet.forbidden import Reason, reason_for
from esaylov.cabinet.forms import keep_input
from esaylov.cabinet.lists import page_of
from esaylov.cabinet.models import Notice
from esaylov.cabinet.notices import mark_read, time_of, title_of, unread

View = Callable[..., HttpResponseBase]
SIGN_IN = "account_login"
"""Name of the sign-in page (allauth's)."""
NEXT_STEPS = 5
"""How many steps to come the home page shows."""
PER_PAGE = 30


@dataclass(frozen=True, slots=True)
class Asks:
    """What a page asks of who opens it: `desk_view`. `open_to_all`: nothing but to be signed in."""

    power: Power | None
    roles: Collection[str] | None
    tiers: Collection[str] | None
    open_to_all: bool


def asks_of(view: object) -> Asks | None:
    """What a page asks, under whatever else decorates it; None for one that `desk_view` does not guard."""
    while view is not None:
        found = getattr(view, "asks", None)
        if isinstance(found, Asks):
            return found
        view = getattr(view, "__wrapped__", None)
    return None


def desk_view(
    power: Power | None = None,
    roles: Collection[str] | None = None,
    tiers: Collection[str] | None = None,
    *,
    open_to_all: bool = False,
) -> Callable[[View], View]:
    """Decorates a page of the cabinet: the view gets the request with `request.desk`.

    Not signed in: to the sign-in page and back, with what a form sent kept. (A second factor that is missing is asked
    for before any page of the cabinet: `registry.accounts.middleware`.) Without a mandate that holds `power`, in one of
    `roles` and `tiers` where they are named: a page that says who may, and by which article. `open_to_all`: whoever is
    signed in, with or without a mandate.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **names: Any) -> HttpResponseBase:
            desk = desk_if_any(request)
            request.desk = desk  # type: ignore[attr-defined]
            if desk is None:
                if request.method == "POST":
                    keep_input(request)
                return HttpResponseRedirect(f"{sign_in_url()}?{urlencode({'next': way_back(request)})}")
            if not open_to_all:
                reason = reason_for(desk, power, roles, tiers)
                if reason is not None:
                    return forbidden(request, reason)
            if request.method != "GET":
                return view(request, *args, **names)
            with remembered():
                return view(request, *args, **names)

        answer.asks = Asks(power, roles, tiers, open_to_all)  # type: ignore[attr-defined]
        return never_cache(answer)

    return decorate


def sign_in_url() -> str:
    """The address of the sign-in page."""
    return reverse(SIGN_IN)


def way_back(request: HttpRequest) -> str:
    """Where to go after sign-in: this page; after a form that was sent, the page that it stood on is the same."""
    return request.get_full_path()


def forbidden(request: HttpRequest, reason: Reason) -> HttpResponse:
    """403, designed: who may open this page, and by which article."""
    return render(request, "cabinet/forbidden.html", {"reason": reason}, status=403)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form without the token of the session (`CSRF_FAILURE_VIEW`): a page that was opened before sign-in, or a form
    of another site. What one of our own pages gave out is kept for its account; nothing is done.
    """
    if request.method == "POST":
        keep_input(request)
    return render(request, "cabinet/stale.html", {"back": request.path}, status=403)


def safe_next(request: HttpRequest, otherwise: str) -> str:
    """The address that a form wants to go to, if it is one of this site's cabinet pages, else `otherwise`."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/"):
        return wanted
    return otherwise


@desk_view(open_to_all=True)
def home(request: HttpRequest) -> HttpResponse:
    """What is due, the calendar of the body, and the latest of everything."""
    desk = desk_of(request)
    due = due_of(desk)
    values = {
        "desk": desk,
        "due": due,
        "overdue": sum(one.overdue for one in due),
        "board": shortened(board_of(desk), NEXT_STEPS),
        "sections": sections.sections_of(desk),
    }
    return render(request, "cabinet/home.html", values)


@desk_view()
def board(request: HttpRequest) -> HttpResponse:
    """All steps of the election's calendar that are this body's, and what others owe it."""
    return render(request, "cabinet/board.html", {"board": board_of(desk_of(request))})


@desk_view(open_to_all=True)
def notices(request: HttpRequest) -> HttpResponse:
    """The person's notices; POST marks all of them as read."""
    person = desk_of(request).person
    if request.method == "POST":
        if person is not None:
            mark_read(person)
        return HttpResponseRedirect(reverse("cabinet-notices"))
    page = page_of(request)
    found = Notice.objects.filter(person=person).order_by("-id") if person else Notice.objects.none()
    rows = list(found[(page - 1) * PER_PAGE : page * PER_PAGE + 1])
    values = {
        "unread": unread(person),
        "rows": [_notice(row) for row in rows[:PER_PAGE]],
        "page": page,
        "before": f"?page={page - 1}" if page > 1 else "",
        "after": f"?page={page + 1}" if len(rows) > PER_PAGE else "",
        "by_mail": bool(os.environ.get("ESAYLOV_EMAIL_URL")),
        "address_url": reverse("account_email"),
    }
    return render(request, "cabinet/notices.html", values)


def _notice(row: Notice) -> dict[str, Any]:
    return {
        "title": title_of(row),
        "url": reverse("cabinet-notice", args=[row.pk]) if row.url else "",
        "at": time_of(row).astimezone(STANDING_ZONE),
        "new": row.read_at is None,
    }


@desk_view(open_to_all=True)
def notice(request: HttpRequest, number: int) -> HttpResponse:
    """Follows a notice of the person to its page, and marks it as read."""
    person = desk_of(request).person
    row = Notice.objects.filter(pk=number, person=person).first() if person is not None else None
    if row is None:
        raise Http404
    mark_read(row.person, row.pk)
    return HttpResponseRedirect(f"/{get_language()}{row.url}" if row.url else reverse("cabinet-notices"))


@require_POST
@desk_view(open_to_all=True)
def switch(request: HttpRequest) -> HttpResponse:
    """Chooses the mandate under which the person works, or the election that a standing mandate looks at."""
    desk = desk_of(request)
    wanted = request.POST.get("mandate")
    if wanted is not None:
        if wanted not in {str(row.id) for row in desk.mandates}:
            messages.error(request, gettext("You do not hold this mandate, or it has ended."))
        else:
            request.session[MANDATE] = wanted
    election = request.POST.get("election")
    if election is not None and election_line(election) is not None:
        request.session[ELECTION] = election
    return HttpResponseRedirect(safe_next(request, reverse("cabinet")))
