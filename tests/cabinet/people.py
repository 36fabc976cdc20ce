"""Signed-in people for tests of the cabinet."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.test import Client

from esaylov.registry.accounts.models import Account
from esaylov.registry.accounts.policy import FACTOR
from tests.acts.election import CALENDAR, EDITION, EVENING, OPTION_IDS, World, figures, world
from tests.registry.people import accepted, actors_of, enrol, form_commission, members

WHO = {
    "cec chair": ("", "cec", "chair"),
    "cec member": ("", "cec", "member"),
    "tec chair": ("door", "tec:n", "chair"),
    "tec member": ("door", "tec:n", "member"),
    "pec chair": ("door", "pec:n1-1", "chair"),
    "pec secretary": ("door", "pec:n1-1", "secretary"),
    "pec member": ("door", "pec:n1-1", "member"),
    "other pec chair": ("door", "pec:n2-1", "chair"),
}
"""People by name: election, commission, role."""


@dataclass
class Bench:
    """An election with people. `clients` are signed in, by the names of WHO, and `nobody` and `bystander` (no mandate)."""

    world: World
    accounts: dict[str, Account] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)

    @property
    def election(self) -> str:
        return self.world.election


def sign_in(account: Account, **names: Any) -> Client:
    """A client in which an account is signed in with its second factor."""
    client = Client(**names)
    client.force_login(account)
    session = client.session
    session[FACTOR] = datetime.now(UTC).isoformat()
    session.save()
    return client


def protocol_data(contest: str = "list", **more: Any) -> dict[str, str]:
    """What the browser sends for a protocol: `seed`, `broken` as in `figures`, the rest replaces members."""
    shape = {name: more.pop(name) for name in ("seed", "broken") if name in more}
    lines, votes = figures(contest, **shape)
    data = {f"line-{number}": str(figure) for number, figure in enumerate(lines)}
    data |= {f"vote-{number}": str(figure) for number, figure in enumerate(votes)}
    assert len(votes) == len(OPTION_IDS[contest])
    return data | {"idempotency_key": "key-1"} | more


@contextlib.contextmanager
def bench(folder: Path, *, edition: str = EDITION + CALENDAR, mode: str = "simulated") -> Iterator[Bench]:
    """An election at half past eight in the evening of its day, with people."""
    with world(folder, edition=edition, start=EVENING if mode == "simulated" else None, mode=mode) as made:
        accepted(enrol())
        central = actors_of("", "cec", datetime.now(UTC))["chair"]
        accepted(form_commission("door", "tec:n", central, members(9, 100)))
        chair = actors_of("door", "tec:n", datetime.now(UTC))["chair"]
        accepted(form_commission("door", "pec:n1-1", chair, members(7, 200)))
        accepted(form_commission("door", "pec:n2-1", chair, members(7, 300)))
        found = Bench(made)
        for name, (election, commission, role) in WHO.items():
            person = actors_of(election, commission, datetime.now(UTC))[role].person
            found.accounts[name] = Account.objects.open(person=person)
        found.accounts["bystander"] = Account.objects.open()
        found.clients = {name: sign_in(account) for name, account in found.accounts.items()}
        found.clients["nobody"] = Client()
        yield found
