"""The page “My entry in the voter list”, below the personal addresses: they alone have a session, and no cache keeps them."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.providers.base.constants import AuthProcess
from django.contrib import messages
from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from esaylov.acts.context import STANDING_ZONE
from esaylov.acts.vaultkeys import VaultError
from esaylov.custody import client
from esaylov.custody.keyring import KeyringError
from esaylov.registry.accounts import ties
from esaylov.registry.accounts.models import Account
from esaylov.voters import access
from esaylov.voters.lookup.ahead import Ahead, ahead
from esaylov.voters.lookup.answers import own_answer, ways
from esaylov.voters.lookup.finding import Found, Locked
from esaylov.voters.lookup.gate import LOCKED_SECONDS, RETRY_SECONDS, Down, not_now
from esaylov.voters.own import finding, showing
from esaylov.voters.own.showing import PURPOSE, Somebody


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """My entry: what the look-up says, and who looked at it. Who has not shown who they are is told how to."""
    try:
        elections = ahead()
        somebody = showing.who_asks(request)
        if somebody is None:
            return _who_are_you(request, elections)
        found = finding.entry(somebody.digests)
        if found.voter:
            access.record([found.voter], body="", person=None, purpose=PURPOSE)
        return _shown(request, elections, somebody, found)
    except client.Throttled as error:
        return not_now(request, Down("throttled", 429, error.retry_after))
    except Locked:
        return not_now(request, Down("renewed", 503, LOCKED_SECONDS))
    except (client.CustodianDown, KeyringError, VaultError):
        return not_now(request, Down("custodian", 503, RETRY_SECONDS))
    except (DatabaseError, InterfaceError):
        return not_now(request, Down("database", 503, RETRY_SECONDS))


@sensitive_variables("found", "somebody")
def _shown(
    request: HttpRequest, elections: tuple[Ahead, ...], somebody: Somebody, found: Found
) -> HttpResponse:
    zone = elections[0].zone if elections else STANDING_ZONE
    values: dict[str, Any] = {
        **ways(elections),
        "found": found,
        "answer": own_answer(found, elections),
        "looks": [(line.at.astimezone(zone), line) for line in finding.looks(found.voter)],
        "until": somebody.until.astimezone(zone) if somebody.until else None,
        "elections": elections,
    }
    return render(request, "voters/own/entry.html", values)


def _who_are_you(request: HttpRequest, elections: tuple[Ahead, ...]) -> HttpResponse:
    """How to show who one is. (Somebody signed in whose PINFL is not known here gets there too.)"""
    if request.GET.get("down"):
        raise client.CustodianDown("the PINFL could not be turned into its digest")
    if request.GET.get("wait"):
        raise client.Throttled(RETRY_SECONDS)
    values = {
        **ways(elections),
        "oneid": ties.provider_of(request, ties.ONEID) is not None,
        "signed_in": isinstance(request.user, Account),
    }
    return render(request, "voters/own/who.html", values)


@require_POST
def to_oneid(request: HttpRequest) -> HttpResponse:
    """Leads to OneID, which says who sits here."""
    from requests import RequestException

    provider = ties.provider_of(request, ties.ONEID)
    if provider is None:
        raise Http404
    page = showing.ask(request)
    try:
        found: HttpResponse = provider.redirect(request, process=AuthProcess.LOGIN, next_url=page)
    except RequestException:
        messages.error(request, gettext("The other site does not answer. Try again later."))
        return HttpResponseRedirect(page)
    return found


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """What OneID said is forgotten: for devices that others use too."""
    showing.forget(request)
    return HttpResponseRedirect(reverse("voter-own"))
