"""People with programs: each of some roles holds a token by which a program acts for them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client

from esaylov.acts.powers import Actor
from esaylov.registry.accounts import programs
from esaylov.registry.accounts.models import Account
from esaylov.registry.acts import EndMandate
from esaylov.registry.models import Mandate
from esaylov.registry.organisations import GrantMandate, RegisterOrganisation
from esaylov.registry.queries import actor_of_mandate
from tests.acts.election import EDITION, REPORTS, World, world
from tests.cabinet.people import sign_in
from tests.proceedings.acting import act as performed
from tests.registry.people import accepted, actors_of, enrol, form_commission, member, members

ROLES = {
    "CEC secretary": ("", "cec", "secretary"),
    "CEC member": ("", "cec", "member"),
    "TEC chair": ("door", "tec:n", "chair"),
    "DCEC member": ("door", "dcec:n1", "member"),
    "PEC secretary": ("door", "pec:n1-1", "secretary"),
    "PEC member": ("door", "pec:n1-1", "member"),
    "ended mandate": ("door", "pec:n1-1", "deputy"),
    "disabled account": ("door", "tec:n", "secretary"),
}
"""Election, commission and role of each; "party head", "administrator" and "anonymous" stand beside them."""
PARTY = "party head"
DEAD = ("ended mandate", "disabled account", "administrator", "anonymous")
"""Whose requests are nobody's."""


@dataclass
class Programs:
    """An election and people whose programs hold tokens; `clients` send cookies of a session where the role has one."""

    world: World
    accounts: dict[str, Account] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)

    def join(self, name: str, actor: Actor) -> None:
        """An account of the person, with an app, and a token of the mandate."""
        account = Account.objects.open(person=actor.person)
        TOTP.activate(account, generate_totp_secret())
        assert actor.mandate is not None
        _, token = programs.admit(account, actor.mandate, "Test", 30)
        self.accounts[name], self.actors[name], self.tokens[name] = account, actor, token

    def code(self, name: str) -> str:
        """A code of the person's app that was not used yet. (The app is set up anew each time: nobody waits half a minute.)"""
        account = self.accounts[name]
        Authenticator.objects.filter(user=account).delete()
        secret = generate_totp_secret()
        TOTP.activate(account, secret)
        return format_hotp_value(hotp_value(secret, int(datetime.now(UTC).timestamp()) // 30))

    def headers(self, name: str) -> dict[str, str]:
        """What a request of the role carries."""
        return {"Authorization": f"Bearer {self.tokens[name]}"} if name in self.tokens else {}

    def post(self, path: str, body: Any, name: str, key: str | None = None, **headers: str) -> Any:
        """POST to an operation of the election, by the role's program."""
        self.world.client = self.clients.get(name, Client())
        return self.world.post(path, body, None, key, **self.headers(name), **headers)


@contextlib.contextmanager
def people_with_programs(folder: Path, edition: str = EDITION + REPORTS) -> Iterator[Programs]:
    """An election in which every step is open, and a program for each role; one mandate ended a second ago."""
    with world(folder, edition=edition) as made:
        found = Programs(made)
        now = datetime.now(UTC)
        accepted(enrol())
        central = actors_of("", "cec", now)["chair"]
        accepted(form_commission("door", "tec:n", central, members(9, 100)))
        region = actors_of("door", "tec:n", now)["chair"]
        accepted(form_commission("door", "dcec:n1", region, members(9, 150)))
        accepted(form_commission("door", "pec:n1-1", region, members(7, 200)))
        for name, (election, commission, role) in ROLES.items():
            found.join(name, actors_of(election, commission, datetime.now(UTC))[role])
        found.join(PARTY, head_of_a_party(central))
        ended = found.actors["ended mandate"].mandate
        accepted(act_of(EndMandate, "door", region, {"mandate": ended, "ground": "recalled"}))
        administrator = Account.objects.open(is_administrator=True)
        found.accounts["administrator"] = administrator
        found.clients["administrator"] = sign_in(administrator)
        disable(found)
        yield found


def disable(found: Programs) -> None:
    """The administrator disables an account, on the page for it."""
    code = found.accounts["disabled account"].code
    answer = found.clients["administrator"].post(f"/en/account/administration/{code}/disable/")
    assert answer.status_code == 302, answer.content
    assert not Account.objects.get(code=code).is_active


def head_of_a_party(central: Actor) -> Actor:
    party = {"organisation": "org:p", "kind": "party", "names": {"uz": "P"}}
    accepted(act_of(RegisterOrganisation, "", central, party))
    accepted(
        act_of(GrantMandate, "", central, {"organisation": "org:p", "role": "head", "member": member(700)})
    )
    head = Mandate.objects.get(organisation__code="org:p")
    actor = actor_of_mandate(head.pk, datetime.now(UTC))
    assert actor is not None
    return actor


def act_of(act: Any, election: str, by: Actor, payload: dict[str, Any]) -> Any:
    return performed(act, election, by, payload)
