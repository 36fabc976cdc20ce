"""An act by decision: a decision in the register, or one on paper, where the edition allows that."""

from __future__ import annotations

from dataclasses import replace

from esaylov.acts.context import ElectionContext, get_context
from esaylov.acts.door import Result, Submission, perform
from esaylov.acts.powers import Actor
from esaylov.proceedings.sessions import CloseSession
from esaylov.registry.acts import CompositionPayload, FormCommission
from tests.acts.election import World
from tests.proceedings.acting import act, adopt, open_session, sitting
from tests.registry.people import accepted, codes, enrol, members


def strict(context: ElectionContext) -> ElectionContext:
    """The same election under an edition that knows no decisions on paper."""
    values = {**context.edition.values, "commission": {"paper_decisions": False}}
    return replace(context, edition=replace(context.edition, values=values))


def form(by: Actor, decision: str, context: ElectionContext) -> Result:
    payload = CompositionPayload(commission="tec:n", decision=decision, add=members(9, 100))
    return perform(FormCommission, "door", Submission(payload, by), context)


def test_a_decision_that_nobody_took_is_said(door: World) -> None:
    accepted(enrol())
    chair = sitting()[0]
    assert codes(form(chair, "77-7", strict(get_context("door")))) == ["A04"]
    done = accepted(form(chair, "77-7", get_context("door")))
    assert [(finding.code, finding.severity) for finding in done.findings] == [("A04", "warning")]
    assert done.record["findings"] == ["A04"], "the log says so, for ever"


def test_a_decision_in_the_register_is_enough(door: World) -> None:
    accepted(enrol())
    chair = sitting()[0]
    session = accepted(open_session())
    accepted(adopt(session.journal, "77-7"))
    accepted(act(CloseSession, "", chair, {"session": session.journal}))
    assert accepted(form(chair, "77-7", strict(get_context("door")))).findings == ()


def test_a_machine_hands_in_what_was_decided_elsewhere(door: World) -> None:
    accepted(enrol())
    machine = replace(sitting()[0], person=None, mandate=None, role=None)
    assert "A04" not in codes(form(machine, "77-7", strict(get_context("door"))))
