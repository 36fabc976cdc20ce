"""What the registry and the vault say, given to the hooks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from esaylov.acts import vault
from esaylov.registry import queries
from esaylov.registry.accounts import hooks


def mandates_of(person: UUID, at: datetime) -> Sequence[hooks.Mandate]:
    """The mandates that a person holds at a time."""
    return queries.mandates_of(person, at)


def person_with_pinfl(number: str) -> UUID | None:
    """The person with an identity number, by the vault's blind index: nothing is opened, and nothing read."""
    return vault.find("pinfl", [number]).get(number)
