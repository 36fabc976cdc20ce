"""Synthetic people for tests: members of a commission as acts take them. No living person's PINFL begins with 7 or 8."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from esaylov.acts import identity, vault
from esaylov.acts.door import Accepted, Result, Submission, perform
from esaylov.acts.powers import Actor
from esaylov.registry.acts import (
    ChangeComposition,
    CompositionPayload,
    EndMandate,
    EnrolCentralCommission,
    FormCommission,
    MemberPayload,
)
from esaylov.registry.organisations import GrantMandate, RegisterOrganisation
from esaylov.registry.places import standing_commission
from esaylov.registry.queries import MandateRow, commission_by_code, members_of

SYSTEM = Actor(code="system", tier="system")
WEIGHTS = (7, 3, 1)


def pinfl(number: int) -> str:
    """A PINFL that no living person can have, different for every number, with its check digit."""
    first = f"70101{number % 90 + 10:02}{number:06}"[:13]
    return first + str(sum(int(digit) * WEIGHTS[i % 3] for i, digit in enumerate(first)) % 10)


def member(number: int, role: str = "member", **more: Any) -> MemberPayload:
    return MemberPayload(
        **{
            "role": role, "pinfl": pinfl(number), "surname": f"Sinov{number}", "given_name": "Test",
            "birth_date": "1980-01-02", "education": "higher", "employer": f"Employer {number}", "proposer": "mahalla",
        }
        | more
    )  # fmt: skip


def members(count: int, first: int = 1) -> list[MemberPayload]:
    """So many members: chair, deputy, secretary, then others."""
    roles = ("chair", "deputy", "secretary")
    return [member(first + i, roles[i] if i < 3 else "member") for i in range(count)]


def enrol(count: int = 9, first: int = 1) -> Result:
    """The Central Commission outside of elections, with its members."""
    if identity.identity() is None:
        identity.establish(simulated=True, replay=False)
    standing_commission()
    payload = CompositionPayload(commission="cec", decision="OM-1", add=members(count, first))
    return perform(EnrolCentralCommission, "", Submission(payload, SYSTEM))


def actors_of(election: str, commission: str, at: Any) -> dict[str, Actor]:
    """Who acts for a commission, by role; of plain members the last."""
    row = commission_by_code(election, commission)
    assert row is not None
    return {held.role: held.actor() for held in members_of(row.id, at)}


def held(election: str, commission: str, at: Any) -> list[MandateRow]:
    row = commission_by_code(election, commission)
    assert row is not None
    return members_of(row.id, at)


def form_commission(election: str, code: str, by: Actor, add: Sequence[MemberPayload], **more: Any) -> Result:
    payload = CompositionPayload(commission=code, decision="1-1", add=list(add), **more)
    return perform(FormCommission, election, Submission(payload, by))


def accepted(result: Result) -> Accepted:
    assert isinstance(result, Accepted), result
    return result


def codes(result: Result) -> list[str]:
    return [finding.code for finding in result.findings]


def perform_on_people() -> None:
    """The acts on persons and bodies, one after another."""
    now = datetime.now(UTC)
    accepted(enrol())
    chair = actors_of("", "cec", now)["chair"]
    accepted(form_commission("door", "tec:n", chair, members(9, 100)))
    vault.read([held("door", "tec:n", now)[0].person], ("surname",), by=chair, purpose="test")
    leaving, last = (row.id for row in held("door", "tec:n", now)[-2:])
    change = CompositionPayload(
        commission="tec:n", decision="2", add=[member(300)], remove={leaving: "resigned"}
    )
    accepted(perform(ChangeComposition, "door", Submission(change, chair)))
    end = EndMandate.Payload(mandate=last, ground="died")
    accepted(perform(EndMandate, "door", Submission(end, chair)))
    party = RegisterOrganisation.Payload(organisation="org:p", kind="party", names={"uz": "P"})
    accepted(perform(RegisterOrganisation, "", Submission(party, chair)))
    head = GrantMandate.Payload(organisation="org:p", role="head", member=member(700))
    accepted(perform(GrantMandate, "", Submission(head, chair)))
