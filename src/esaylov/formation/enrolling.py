"""Entering and changing the Central Election Commission from files, at the terminal: nobody stands above it in the platform.

Electoral Code, Art. 14 and 15: parliament forms it; the act carries the number of that resolution.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from django.db import transaction
from pydantic import BaseModel, ValidationError

from esaylov.acts import vault
from esaylov.acts.door import Accepted, Act, Refused, Submission, perform
from esaylov.acts.identity import establish
from esaylov.acts.powers import SYSTEM
from esaylov.design.words import in_language
from esaylov.exchange.members import read_members
from esaylov.exchange.members.reading import MemberRow
from esaylov.registry.acts import (
    ChangeComposition,
    CompositionPayload,
    EndMandate,
    EnrolCentralCommission,
    Ground,
    MemberPayload,
)
from esaylov.registry.places import standing_commission
from esaylov.registry.queries import commission_by_code, members_of

CENTRAL = "cec"
LEAVING = ("pinfl", "ground")
LONGEST = 1_000_000
"""Bytes of a file of those who leave."""


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
    members = _members(file)
    payload = _payload(decision, members, {})
    with transaction.atomic():
        establish(simulated=simulated, replay=False)
        standing_commission()
        return _performed(EnrolCentralCommission, payload)


def change_central(file: Path, leaving: Path | None, decision: str) -> Accepted:
    """Changes who sits on the Central Commission, by parliament's resolution (Art. 14, 15): the members that `file` names come
    in, those that `leaving` names (columns `pinfl`, `ground`) leave. Gives the act.

    Raises EnrolError when a file has an error, or the act is refused.
    """
    members = _members(file)
    named = _leavers(leaving) if leaving else {}
    with transaction.atomic():
        removed = _mandates(leaving, named) if leaving else {}
        return _performed(ChangeComposition, _payload(decision, members, removed))


def end_central(leaving: Path) -> list[Accepted]:
    """Ends the mandates of those whom a file names (columns `pinfl`, `ground`), before anybody follows them: one act each, all
    or none. The seats stand empty until parliament's next resolution. Raises EnrolError.
    """
    named = _leavers(leaving)
    with transaction.atomic():
        return [
            _performed(EndMandate, EndMandate.Payload.model_validate({"mandate": mandate, "ground": ground}))
            for mandate, ground in _mandates(leaving, named).items()
        ]


def _performed(act: type[Act[Any]], payload: BaseModel) -> Accepted:
    result = perform(act, "", Submission(payload, SYSTEM))
    if isinstance(result, Refused):
        raise EnrolError([f"{one.code}: {in_language(one.text, one.code)}" for one in result.findings])
    return result


def _payload(
    decision: str, members: Sequence[MemberPayload], removed: Mapping[int, str]
) -> CompositionPayload:
    try:
        return CompositionPayload.model_validate(
            {"commission": CENTRAL, "decision": decision, "add": members, "remove": removed}
        )
    except ValidationError as error:
        # What was given is not repeated: it may be a person's data.
        raise EnrolError(
            [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        ) from None


def _members(file: Path) -> list[MemberPayload]:
    """Those whom a file of members names, all of them for the Central Commission. Raises EnrolError."""
    found = read_members(file)
    if found.errors:
        raise EnrolError([str(problem) for problem in found.problems])
    rows = list(found.rows())
    strangers = sorted({row.commission for row in rows} - {CENTRAL})
    if strangers or not rows:
        raise EnrolError(
            [
                f"{file}: only members of the commission {CENTRAL} can be entered here, not {', '.join(strangers)}"
            ]
        )
    return [_member(row) for row in rows]


def _leavers(file: Path) -> dict[str, tuple[int, str]]:
    """By PINFL: the line of the file, and the ground on which the mandate ends. Raises EnrolError."""
    if file.stat().st_size > LONGEST:
        raise EnrolError([f"{file}: more than {LONGEST:,} bytes"])
    try:
        rows = list(csv.reader(file.read_text("utf-8-sig").splitlines(), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise EnrolError([f"{file}: no CSV in UTF-8"]) from error
    if not rows or tuple(rows[0]) != LEAVING:
        raise EnrolError([f"{file}:1: the columns are {', '.join(LEAVING)}"])
    found: dict[str, tuple[int, str]] = {}
    wrong = []
    for line, row in enumerate(rows[1:], start=2):
        if len(row) != len(LEAVING) or row[1] not in get_args(Ground):
            wrong.append(f"{file}:{line}: a PINFL and one of {', '.join(get_args(Ground))}")
        elif row[0] in found:
            wrong.append(f"{file}:{line}: the same person as in line {found[row[0]][0]}")
        else:
            found[row[0]] = (line, row[1])
    if wrong or not found:
        raise EnrolError(wrong or [f"{file}: nobody is named"])
    return found


def _mandates(file: Path, named: Mapping[str, tuple[int, str]]) -> dict[int, str]:
    """The ground by mandate of those who leave. Raises EnrolError where somebody does not sit on the commission."""
    commission = commission_by_code("", CENTRAL)
    held = {row.person: row.id for row in members_of(commission.id, datetime.now(UTC))} if commission else {}
    known = vault.find("pinfl", list(named))
    strangers = [line for pinfl, (line, _) in named.items() if known.get(pinfl) not in held]
    if strangers:
        raise EnrolError([f"{file}:{line}: nobody of the Central Commission" for line in strangers])
    return {held[known[pinfl]]: ground for pinfl, (_, ground) in named.items()}


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
        employer_tin=row.employer_tin,
        position=row.position,
        grounds=frozenset(grounds),
        proposer=row.proposed_by,
        proposer_name=row.proposer,
        phone=row.phone,
        email=row.email,
        language=row.language,
    )
