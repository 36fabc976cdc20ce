"""Entering the Central Election Commission from a file, at the terminal: nobody stands above it in the platform.

Electoral Code, Art. 14 and 15: parliament forms it; the act carries the number of that resolution.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.db import transaction

from esaylov.acts.door import Accepted, Refused, Submission, perform
from esaylov.acts.identity import establish
from esaylov.acts.powers import SYSTEM
from esaylov.design.words import in_language
from esaylov.exchange.members import read_members
from esaylov.exchange.members.reading import MemberRow
from esaylov.registry.acts import CompositionPayload, EnrolCentralCommission, MemberPayload
from esaylov.registry.places import standing_commission


class EnrolError(RuntimeError):
    """Nobody was entered; `reasons` say why, a line each."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = tuple(reasons)


def enrol_central(file: Path, decision: str, *, simulated: bool) -> Accepted:
    """Enters the members that a file names for the commission `cec`; gives the act.

    `simulated`: the installation's log is for simulated elections; it is made now when there is none. Raises EnrolError when
    the file has an error, names other commissions, or the act is refused; IdentityError when the log is of the other kind.
    """
    found = read_members(file)
    if found.errors:
        raise EnrolError([str(problem) for problem in found.problems])
    rows = list(found.rows())
    strangers = sorted({row.commission for row in rows} - {"cec"})
    if strangers or not rows:
        raise EnrolError(
            [f"{file}: only members of the commission cec can be entered here, not {', '.join(strangers)}"]
        )
    payload = CompositionPayload(commission="cec", decision=decision, add=[_member(row) for row in rows])
    with transaction.atomic():
        establish(simulated=simulated, replay=False)
        standing_commission()
        result = perform(EnrolCentralCommission, "", Submission(payload, SYSTEM))
        if isinstance(result, Refused):
            raise EnrolError([f"{one.code}: {in_language(one.text, one.code)}" for one in result.findings])
    return result


def _member(row: MemberRow) -> MemberPayload:
    grounds = {
        *row.grounds.split(),
        *(["party-member"] if row.party_member else ()),
        *(["close-relative-of-candidate"] if row.candidate_relative else ()),
    }
    return MemberPayload(
        role=row.role,
        pinfl=row.pinfl,
        surname=row.surname,
        given_name=row.given_name,
        patronymic=row.patronymic,
        birth_date=row.birth_date,
        education=row.education or None,
        employer=row.employer or None,
        position=row.position,
        grounds=frozenset(grounds),
        proposer=row.proposed_by,
        proposer_name=row.proposer,
        phone=row.phone,
        email=row.email,
        language=row.language,
    )
