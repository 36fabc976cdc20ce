"""What the registry says of people and their mandates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from esaylov.acts.powers import Actor
from esaylov.registry import queries

MandateRow = Any


def mandates_of(person: UUID, at: datetime) -> Sequence[MandateRow]:
    """The mandates that a person holds at a time."""
    read = getattr(queries, "mandates_of", None)
    return cast("Sequence[MandateRow]", read(person, at)) if read else ()


def actor_of_mandate(mandate: Any, at: datetime) -> Actor | None:
    """The actor of a mandate that holds at a time, None otherwise."""
    read = getattr(queries, "actor_of_mandate", None)
    return cast("Actor | None", read(mandate, at)) if read else None
