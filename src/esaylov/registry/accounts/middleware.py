"""Sessions, sign-in and messages run under the personal addresses only; public pages read and set no cookie.

Under them nothing is kept by any cache, and whoever must show a second factor and has not reaches only the pages where one is
set up.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from allauth.account.middleware import AccountMiddleware
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from esaylov.design.headers import PERSONAL
from esaylov.registry.accounts import policy
from esaylov.registry.accounts.models import Account
from esaylov.registry.accounts.sessions import SessionStore

Respond = Callable[[HttpRequest], HttpResponseBase]
TO_SHOW = re.compile(r"^/[a-z-]+/account/(set-up/|sign-out/|reauthenticate/|second-factor/again/)")
"""What is reachable without the second factor that is there: showing it, signing out."""
TO_SET_UP = re.compile(r"^/[a-z-]+/account/(second-factor/(app|passkeys|codes)/|cards/)")
"""What is reachable, besides, while there is none: setting the first one up."""


class PersonalPages:
    """The middleware: the stack of signing in for personal addresses, nothing for the others."""

    def __init__(self, get_response: Respond) -> None:
        self._public = get_response
        self._account = AccountMiddleware(_gate(get_response))
        self._personal = SessionMiddleware(AuthenticationMiddleware(MessageMiddleware(self._account)))

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not PERSONAL.match(request.path_info):
            return self._public(request)
        if "\0" in request.path_info:  # nothing in the database has such a code, and it takes none
            raise Http404
        response = self._personal(request)
        assert isinstance(response, HttpResponseBase)
        response.headers["Cache-Control"] = "no-store, private"
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answers to the exceptions by which django-allauth leads elsewhere."""
        if not hasattr(request, "allauth"):
            return None
        found: HttpResponse | None = self._account.process_exception(request, exception)
        return found


def _gate(get_response: Respond) -> Respond:
    def answer(request: HttpRequest) -> HttpResponseBase:
        session = request.session
        if isinstance(session, SessionStore) and settings.SESSION_COOKIE_NAME in request.COOKIES:
            account = request.user
            if isinstance(account, Account):
                if policy.factor_missing(request) and not _is_open(request.path_info, account):
                    return _to_factor(account)
                session.touch()
        return get_response(request)

    return answer


def _is_open(path: str, account: Account) -> bool:
    """Whether a page is for who must show a second factor and has not."""
    return bool(TO_SHOW.match(path)) or (bool(TO_SET_UP.match(path)) and not policy.has_factor(account))


def _to_factor(account: Account) -> HttpResponse:
    """To where a second factor is shown, or set up if there is none yet."""
    page = "mfa_reauthenticate" if policy.has_factor(account) else "accounts-set-up"
    return HttpResponseRedirect(reverse(page))
