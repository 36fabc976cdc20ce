"""Following a one-time link: looking at it uses nothing up, so that a program that reads mail does not."""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from esaylov.registry.accounts import hooks, links, recovery, throttle
from esaylov.registry.accounts.forms import FirstPasswordForm, RecoveryForm
from esaylov.registry.accounts.models import Account, Link
from esaylov.registry.accounts.parameters import PARAMETERS


@sensitive_post_parameters("password1", "password2", "pinfl")
@sensitive_variables("token")
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a one-time link."""
    link = links.find(token)
    if link is None or link.account is None:
        return render(request, "accounts/link_gone.html", status=404)
    if link.kind == Link.Kind.RECOVERY:
        return _recover(request, token, link)
    return _open(request, token, link.account)


def _open(request: HttpRequest, token: str, account: Account) -> HttpResponse:
    identify = account.person is not None
    form = FirstPasswordForm(request.POST or None, account=account, identify=identify)
    if request.method == "POST" and form.is_valid() and _identified(form, account):
        opened = links.use_password(token, form.cleaned_data["password1"])
        if opened is None:
            return render(request, "accounts/link_gone.html", status=404)
        logout(request)
        record_authentication(request, opened, "password", reauthenticated=True)
        response: HttpResponse = perform_login(request, Login(user=opened))
        return response
    context = {"form": form, "account": account}
    return render(request, "accounts/open.html", context)


def _identified(form: FirstPasswordForm, account: Account) -> bool:
    """Whether the identity number is that of the account's person: whoever printed the letter does not know it. Errors go
    to the form; after a few of them the account waits, whatever letter is used.
    """
    if account.person is None:
        return True
    number = "".join(letter for letter in form.cleaned_data["pinfl"] if letter.isdigit())
    tried = throttle.bucket("link", PARAMETERS.link_burst, PARAMETERS.link_every, str(account.pk))
    try:
        throttle.take([tried])
    except throttle.TooMany as error:
        form.add_error("pinfl", throttle.too_many(error))
        return False
    if hooks.person_with_pinfl(number) != account.person:
        form.add_error("pinfl", form.WRONG_NUMBER)
        return False
    throttle.give_back([tried])
    return True


def _recover(request: HttpRequest, token: str, link: Link) -> HttpResponse:
    assert link.recovery is not None
    assert link.account is not None
    form = RecoveryForm(request.POST or None, request=request, link=link)
    if request.method == "POST" and form.is_valid():
        if recovery.finish(token, link.account, form.cleaned_data.get("password1", "")):
            return render(request, "accounts/recovered.html")
        return render(request, "accounts/link_gone.html", status=404)
    return render(request, "accounts/recover.html", {"form": form, "recovery": link.recovery})
