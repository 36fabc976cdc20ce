"""Accounts in a database of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.accounts.people import World


@pytest.fixture
def world(db_clone: Any) -> Iterator[World]:
    """Who holds which mandate, and when the election is."""
    from django.core import mail

    from esaylov.registry.accounts import hooks
    from tests.accounts.people import World

    mail.outbox = []
    found = World()
    before = (hooks.mandates, hooks.person_with_pinfl, hooks.election_day)
    hooks.register(
        mandates_of=lambda person, _at: found.mandates.get(person, []),
        pinfl=found.pinfl.get,
        day=lambda _now: found.day,
    )
    yield found
    hooks.mandates, hooks.person_with_pinfl, hooks.election_day = before
