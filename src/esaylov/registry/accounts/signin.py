"""What happens when somebody is signed in: the session gets its times, the device is remembered, it is recorded."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import ngettext

from esaylov.registry.accounts import events, policy, sessions, throttle
from esaylov.registry.accounts.models import Account, Session
from esaylov.registry.accounts.network import device, network
from esaylov.registry.accounts.parameters import PARAMETERS

CLEARED_EVERY = 500
"""One in so many sign-ins removes what has expired."""
FEW_CODES = 3
NIGHT_WANTED = "night_wanted"
"""In the session of who has typed the password: whether the session is to last through the night."""


def begin(request: HttpRequest, account: Account) -> None:
    """Give the session of who signs in its times and the words by which its owner knows it again."""
    now = timezone.now()
    session = request.session
    until, idle = now + timedelta(seconds=PARAMETERS.longest_session), policy.idle_seconds(account)
    session.set_expiry(0)
    if session.pop(NIGHT_WANTED, False) and (night := policy.night_until(account, now)):
        until, idle = night, int((night - now).total_seconds())
        session[sessions.NIGHT] = True
        session.set_expiry(idle)
    session[sessions.SINCE] = now.isoformat()
    session[sessions.UNTIL] = until.isoformat()
    session[sessions.IDLE] = idle
    session[sessions.DEVICE] = device(request)
    session[sessions.NETWORK] = network(request)


def factor_set_up(request: HttpRequest, account: Account) -> None:
    """A factor was set up in this session: sessions in which none was shown end, whoever sits there."""
    factor_shown(request)
    store = sessions.SessionStore()
    own = sessions.digest(request.session.session_key or "")
    others = Session.objects.filter(account=account).exclude(pk=own)
    bare = [row.pk for row in others if policy.FACTOR not in store.decode(row.session_data)]
    Session.objects.filter(pk__in=bare).delete()


def finish(request: HttpRequest, response: HttpResponse, account: Account) -> None:
    """Record the sign-in and let the device be known from now on."""
    throttle.remember_device(request, response, account)
    events.record("signed-in", account, account)
    left = policy.codes_left(account)
    if left is not None and left <= FEW_CODES:
        text = ngettext(
            "Your card has %(left)d code left. Print a new card now: without a code you cannot sign in.",
            "Your card has %(left)d codes left. Print a new card now: without a code you cannot sign in.",
            left,
        )
        messages.warning(request, text % {"left": left})
    if secrets.randbelow(CLEARED_EVERY) == 0:
        sessions.clear_expired()


def factor_shown(request: HttpRequest) -> None:
    """Say in the session that a second factor was shown, under a new key."""
    request.session[policy.FACTOR] = timezone.now().isoformat()
    if request.user.is_authenticated:  # else signing in gives the new key
        request.session.cycle_key()
