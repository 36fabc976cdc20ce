"""A decision has one kind of number, whichever act names it: what a session adopts, its orders can name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

import esaylov.api  # noqa: F401 - every stage lists its acts
from esaylov.acts.door import Submission, perform
from esaylov.acts.numbers import Number
from esaylov.acts.powers import Actor
from esaylov.elections.acts import CallElection
from esaylov.elections.calendar import MoveStep
from esaylov.formation.discussions import RecordDiscussion
from esaylov.formation.imports import ImportMembers
from esaylov.law.numbers import is_decision_number
from esaylov.proceedings.applications import DecideApplication
from esaylov.proceedings.decisions import AdoptDecision
from esaylov.registry.acts import FormCommission
from tests.acts.election import World
from tests.registry.people import accepted, codes

FIELDS = [
    (AdoptDecision, "number"), (DecideApplication, "decision"), (CallElection, "decision"), (FormCommission, "decision"),
    (ImportMembers, "decision"), (RecordDiscussion, "minutes"),
]  # fmt: skip
RIGHT = ("7", "12/4", "№12-П/1.3", "1457")
WRONG = ("", "12 / 4", "Karimov Aziz is late", "no", " 7", "7\n", "7\u0085", "1" * 61)


@pytest.mark.parametrize(("act", "field"), FIELDS, ids=lambda one: getattr(one, "code", ""))
def test_every_act_takes_the_same_numbers(act: Any, field: str) -> None:
    info = act.Payload.model_fields[field]
    kind: TypeAdapter[Any] = TypeAdapter(info.rebuild_annotation() if info.metadata else info.annotation)
    for number in RIGHT:
        assert kind.validate_python(number) == number
    for number in WRONG:
        with pytest.raises(ValidationError):
            kind.validate_python(number)


def test_dates_are_moved_by_the_same_numbers(door: World) -> None:
    """There a wrong number is a finding; a package from elsewhere keeps the numbers that were written there."""
    kind: TypeAdapter[str] = TypeAdapter(Number)
    assert all(is_decision_number(kind.validate_python(number)) for number in RIGHT)
    assert not any(is_decision_number(number) for number in WRONG)
    end = datetime(2099, 1, 1, tzinfo=UTC)
    payload = MoveStep.Payload(step="reports", opens=None, closes=end, decision="12 / 4")
    chair = Actor("cec", "cec", role="chair")
    assert "C03" in codes(perform(MoveStep, "door", Submission(payload, chair)))
    accepted(perform(MoveStep, "door", Submission(payload, replace(chair, role=None))))
