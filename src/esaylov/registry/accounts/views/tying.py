"""Tying one's account to another site's sign-in, and untying it. Both ask for the password or a second factor again."""

from __future__ import annotations

from allauth.socialaccount.providers.base.constants import AuthProcess
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from esaylov.registry.accounts import ties
from esaylov.registry.accounts.views.guards import shown_again
from esaylov.registry.accounts.views.own import account_of

PAGE = "socialaccount_connections"


@login_required
def providers(request: HttpRequest) -> HttpResponse:
    """The other sites, each with whether it leads to the account."""
    return render(request, "accounts/providers.html", {"ties": ties.ties(request, account_of(request))})


@login_required
@require_POST
@shown_again
def tie(request: HttpRequest, code: str) -> HttpResponse:
    """Leads to the other site; who comes back from there is tied to the account."""
    from requests import RequestException

    provider = ties.provider_of(request, code)
    if provider is None:
        raise Http404
    try:
        found: HttpResponse = provider.redirect(request, process=AuthProcess.CONNECT, next_url=reverse(PAGE))
    except RequestException:
        messages.error(request, _("The other site does not answer. Try again later."))
        return HttpResponseRedirect(reverse(PAGE))
    return found


@login_required
@require_POST
@shown_again
def untie(request: HttpRequest, code: str) -> HttpResponse:
    """The other site no longer leads to the account."""
    account = account_of(request)
    if code not in {one.code for one in ties.ties(request, account)}:
        raise Http404
    if ties.untie(account, code):
        messages.success(request, _("That site no longer leads to your account."))
    return HttpResponseRedirect(reverse(PAGE))
