"""Changesets in tests: compared, proposed by one person of the Central Commission, approved by another, applied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from esaylov.acts.context import get_context
from esaylov.acts.door import Accepted, Result, Submission, perform
from esaylov.acts.powers import SYSTEM, Actor
from esaylov.law.voters import voter_rules
from esaylov.voters.changesets import ApplyChangeset, ApproveChangeset, ProposeChangeset
from esaylov.voters.models import Changeset
from esaylov.voters.staging import Aim, compare
from tests.registry.people import accepted, actors_of, enrol
from tests.voters.extracts import extract, mahalla

ELECTION = "door"


def central() -> dict[str, Actor]:
    """The officers of the Central Commission, by role."""
    accepted(enrol())
    return actors_of("", "cec", datetime.now(UTC))


def nowhere(table: pl.DataFrame) -> pl.Series:
    """Leads no address to a precinct."""
    return pl.Series("precinct", [None] * table.height, dtype=pl.Int64)


def compared(folder: Path, rows: Iterable[Mapping[str, str]], **head: Any) -> Changeset:
    """What an extract with these rows changes."""
    return compared_folder(extract(folder, rows, **head))


def compared_folder(folder: Path) -> Changeset:
    """What the extract in a folder changes."""
    mahalla()
    context = get_context(ELECTION)
    aim = Aim(
        ELECTION,
        date(2026, 10, 25),
        voter_rules(context.edition),
        simulated=True,
        place=nowhere,
        now=context.now(),
    )
    return compare(folder, aim)


def said(changeset: Changeset) -> dict[str, Any]:
    return {"changeset": changeset.id, "sha256": bytes(changeset.sha256 or b"").hex()}


def propose(changeset: Changeset, by: Actor) -> Result:
    return perform(ProposeChangeset, ELECTION, Submission(ProposeChangeset.Payload(**said(changeset)), by))


def approve(changeset: Changeset, by: Actor) -> Result:
    payload = ApproveChangeset.Payload(**said(changeset), decision="7")
    return perform(ApproveChangeset, ELECTION, Submission(payload, by))


def applied(changeset: Changeset) -> Result:
    return perform(ApplyChangeset, ELECTION, Submission(ApplyChangeset.Payload(**said(changeset)), SYSTEM))


def carried(changeset: Changeset, people: Mapping[str, Actor]) -> Accepted:
    """Proposed by the secretary, approved by the chair, applied."""
    accepted(propose(changeset, people["secretary"]))
    accepted(approve(changeset, people["chair"]))
    return accepted(applied(changeset))
