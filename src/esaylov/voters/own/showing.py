"""Who has shown who they are, and the digests of their PINFL by which their entry is found.

Two ways lead here, and neither keeps a tie between an account and an entry (decision 0111):

- OneID says whose the PINFL is. It goes to the custodian at once; what stays, for a quarter of an hour in the session of this
  browser, are its digests, sealed: the session's row stands beside the account and tells whoever has the database nothing.
  No account is needed, and none is made; whoever signs in or out in that browser meanwhile is somebody else to it.
- An account of a person: its holder's PINFL lies in the vault, sealed; it is opened for its holder alone, for this answer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from esaylov.acts import vault
from esaylov.acts.powers import Actor
from esaylov.custody import client
from esaylov.registry.accounts.encryption import decrypt, encrypt
from esaylov.registry.accounts.models import Account
from esaylov.voters.access import OWN_ENTRY

PURPOSE = OWN_ENTRY
ASKED, SHOWN = "voter-entry-asked", "voter-entry"
"""Keys of the session: that OneID is to say who sits here, and where to go then; what it said."""
ASKED_SECONDS = 600.0
SHOWN_SECONDS = 900.0
SEAL = b"esaylov own entry"


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who asks: digests of the own PINFL, under each generation of keys; `until` when OneID's word counts (None: an account)."""

    digests: tuple[UUID, ...]
    until: datetime | None = None


def ask(request: HttpRequest) -> str:
    """Notes that OneID is asked for the own entry; returns the page to come back to."""
    page = reverse("voter-own")
    request.session[ASKED] = {"at": datetime.now(UTC).isoformat(), "page": page}
    return page


@sensitive_variables("pinfl")
def came_back(request: HttpRequest, pinfl: str) -> HttpResponse | None:
    """OneID said whose PINFL it is; None where it was not asked for the own entry. (`accounts.hooks.shown_by_oneid`.)

    What fails is told on the page: it finds nothing in the session then.
    """
    asked = request.session.pop(ASKED, None)
    if not isinstance(asked, dict) or _passed(asked["at"]) > ASKED_SECONDS:
        return None
    request.session.cycle_key()
    try:
        made = digests_of(pinfl, pinfl)
    except client.Throttled:
        return HttpResponseRedirect(f"{asked['page']}?wait=1")
    except client.CustodianDown:
        return HttpResponseRedirect(f"{asked['page']}?down=1")
    said = {
        "at": datetime.now(UTC).isoformat(),
        "by": _signed_in(request),
        "digests": [one.hex for one in made],
    }
    request.session[SHOWN] = encrypt(json.dumps(said), SEAL)
    return HttpResponseRedirect(asked["page"])


def forget(request: HttpRequest) -> None:
    """What OneID said counts no longer."""
    request.session.pop(SHOWN, None)


def who_asks(request: HttpRequest) -> Somebody | None:
    """Whoever has shown who they are; None for others. Raises client.CustodianDown, client.Throttled, vault.VaultError."""
    if (shown := _shown(request)) is not None:
        return shown
    account = request.user
    if not isinstance(account, Account) or account.person is None:
        return None
    pinfl = pinfl_of(account.person)
    return Somebody(digests_of(pinfl, f"account {account.pk}")) if pinfl else None


@sensitive_variables()
def pinfl_of(person: UUID) -> str:
    """The person's own PINFL, "" where the vault has none. (Who reads about themselves leaves no trace there.)"""
    own = Actor(code="", tier="person", person=person)
    return str(vault.read([person], ("pinfl",), by=own, purpose=PURPOSE).get(person, {}).get("pinfl") or "")


@sensitive_variables("pinfl", "client_name")
def digests_of(pinfl: str, client_name: str) -> tuple[UUID, ...]:
    """The digests of a PINFL; so many in a row for one who asks. Raises client.CustodianDown, client.Throttled."""
    client.admit(f"own entry of {client_name}", "", purpose=PURPOSE)
    return tuple(UUID(bytes=one[0]) for one in client.digests("pinfl", [pinfl], purpose=PURPOSE))


def _shown(request: HttpRequest) -> Somebody | None:
    """Who OneID said sits here; forgotten as soon as it is over, or somebody signs in or out."""
    if SHOWN not in request.session:
        return None
    try:
        said = json.loads(decrypt(request.session[SHOWN], SEAL))
    except ValueError:
        said = None
    if said is None or _passed(said["at"]) > SHOWN_SECONDS or said["by"] != _signed_in(request):
        forget(request)
        return None
    until = datetime.fromisoformat(said["at"]) + timedelta(seconds=SHOWN_SECONDS)
    return Somebody(tuple(UUID(one) for one in said["digests"]), until)


def _signed_in(request: HttpRequest) -> str:
    return str(request.user.pk) if request.user.is_authenticated else ""


def _passed(at: str) -> float:
    return (datetime.now(UTC) - datetime.fromisoformat(at)).total_seconds()
