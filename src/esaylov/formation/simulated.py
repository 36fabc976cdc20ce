"""Commissions of a simulated election, filled with invented people through the same acts as real ones."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from esaylov.acts.door import Refused, Submission, perform
from esaylov.acts.powers import SYSTEM, Actor
from esaylov.exchange.members import read_members
from esaylov.exchange.pinfl import make_pinfl
from esaylov.formation.imports import ImportMembers
from esaylov.registry.acts import CompositionPayload, EnrolCentralCommission, MemberPayload
from esaylov.registry.places import standing_commission
from esaylov.registry.queries import commission_by_code, members_of

OFFICES = ("chair", "deputy", "secretary")
CENTRAL = 9
BORN = date(1970, 1, 1)
MARK = "SIMULYATSIYA"


def central_chair() -> Actor | None:
    """The chair of the Central Commission, None before it is entered."""
    row = commission_by_code("", "cec")
    found = members_of(row.id, datetime.now(UTC)) if row else []
    return next((one.actor() for one in found if one.role == "chair"), None)


def enter_central(seed: int, at: datetime | None = None) -> None:
    """Enters a Central Commission of invented people, as of a time (None: now); nothing happens where there is one.

    Raises RuntimeError when the act is refused.
    """
    if central_chair() is not None:
        return
    standing_commission()
    people = [
        MemberPayload(
            role=OFFICES[i] if i < len(OFFICES) else "member",
            pinfl=make_pinfl(BORN, "female" if i % 2 else "male", seed % 900, i),
            surname=f"{MARK}-{i + 1}",
            given_name=MARK,
            birth_date=BORN,
            education="higher",
            employer=f"{MARK} {i + 1}",
        )
        for i in range(CENTRAL)
    ]  # fmt: skip
    payload = CompositionPayload(commission="cec", decision=f"{MARK}-1", add=people)
    result = perform(EnrolCentralCommission, "", Submission(payload, SYSTEM, at))
    if isinstance(result, Refused):
        raise RuntimeError(f"the simulated Central Commission was refused: {result.findings}")


def enter_file(election: str, file: Path, decision: str) -> dict[str, Any]:
    """The Central Commission's chair enters a file of simulated members; gives the act's record.

    Entering the same file again gives the stored act. Raises RuntimeError when there is no chair, or the act is refused.
    """
    chair = central_chair()
    if chair is None:
        raise RuntimeError("the Central Commission has not been entered")
    payload = ImportMembers.Payload(decision=decision, file=read_members(file))
    result = perform(ImportMembers, election, Submission(payload, chair))
    if isinstance(result, Refused):
        raise RuntimeError(f"the members were refused: {result.findings}")
    return result.record
