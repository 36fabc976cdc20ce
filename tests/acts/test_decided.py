"""An act by decision: a decision in the register, or one on paper, where the edition allows that."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from esaylov.acts.context import ElectionContext, get_context
from esaylov.acts.decided import doubt
from esaylov.acts.door import Refused, Result, Submission, perform
from esaylov.acts.powers import Actor
from esaylov.acts.sealing import loads
from esaylov.acts.statements import fetch
from esaylov.elections.calendar import MoveStep
from esaylov.proceedings.citing import behind
from esaylov.proceedings.orders import taken
from esaylov.proceedings.sessions import CloseSession
from esaylov.registry.acts import CompositionPayload, EndMandate, FormCommission
from esaylov.registry.models import Mandate
from esaylov.registry.organisations import GrantMandate, RegisterOrganisation
from tests.acts.election import World
from tests.proceedings.acting import act, adopt, now, open_session, sitting
from tests.registry.people import accepted, codes, enrol, held, members

MOVE = {"step": "reports", "opens": None, "closes": "2099-01-01T00:00:00+05:00"}


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


def decide(*orders: dict[str, Any]) -> Actor:
    """The Central Commission enrolled, and its decision 77-7 taken with these orders outside of elections."""
    accepted(enrol())
    chair = sitting()[0]
    session = accepted(open_session())
    accepted(adopt(session.journal, "77-7", orders=list(orders)))
    accepted(act(CloseSession, "", chair, {"session": session.journal}))
    return chair


def test_a_decision_covers_nothing_that_it_did_not_order(door: World) -> None:
    chair = decide()
    refused = form(chair, "77-7", strict(get_context("door")))
    assert isinstance(refused, Refused)
    assert [(one.code, one.severity, one.fields) for one in refused.findings] == [
        ("A07", "error", ("decision",))
    ]
    done = accepted(form(chair, "77-7", get_context("door")))
    assert [(finding.code, finding.severity) for finding in done.findings] == [("A07", "warning")]
    assert done.record["findings"] == ["A07"], "in the register, and yet not ordered"
    leaving = {"mandate": held("door", "tec:n", now())[-1].id, "ground": "recalled", "decision": "77-7"}
    ended = accepted(act(EndMandate, "door", chair, leaving))
    assert ended.record["findings"] == ["A07"], "a decision recalls by changing the composition"


def test_no_decision_orders_the_end_of_a_mandate_in_an_organisation(door: World) -> None:
    chair = decide()
    party = {"organisation": "org:ufq", "kind": "party", "names": {"en": "Ufq"}}
    accepted(act(RegisterOrganisation, "", chair, party))
    member = members(1, 700)[0].model_dump(mode="json")
    accepted(act(GrantMandate, "", chair, {"organisation": "org:ufq", "role": "head", "member": member}))
    (head,) = Mandate.objects.filter(organisation__code="org:ufq")
    ended = accepted(
        act(EndMandate, "", chair, {"mandate": head.pk, "ground": "recalled", "decision": "77-7"})
    )
    assert (ended.findings, "findings" in ended.record) == ((), False)
    door.sequence()
    index = fetch("SELECT index FROM acts_entry WHERE journal_id = %s", [ended.journal])[0][0]
    found = behind(index + 1, "", {index: "77-7"})[index]
    assert (found.record is not None, found.ordered) == (True, True)


def test_what_a_decision_orders_is_asked_once_for_each_act(door: World) -> None:
    chair = decide()
    context, payload = get_context("door"), {"commission": "tec:n", "decision": "77-7", "add": members(1, 1)}
    said = CompositionPayload.model_validate(payload)
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        found = doubt(context, chair, said, FormCommission.code, now(), orderable=True)
    assert found is not None
    assert found.code == "A07"
    assert len([one for one in asked.captured_queries if "proceedings_decision" in one["sql"]]) == 1
    assert doubt(context, chair, said, FormCommission.code, now(), orderable=False) is None, (
        "cannot be ordered"
    )


def test_what_was_ordered_may_be_done_again_and_nothing_else(door: World) -> None:
    chair = decide()
    context = get_context("door")
    session = accepted(open_session("door"))
    done = accepted(adopt(session.journal, "8", "door", orders=[{"act": MoveStep.code, "payload": MOVE}]))
    assert done.findings == ()
    carried = one_record(MoveStep.code)
    assert (carried["decision"], "findings" in carried) == ("8", False)

    def move(number: str, closes: str) -> Result:
        return act(MoveStep, "door", chair, {**MOVE, "closes": closes, "decision": number})

    later = "2099-02-01T00:00:00+05:00"
    assert accepted(move("8", later)).record["findings"] == ["A07"], "the step, but not to this date"
    assert accepted(move("9", "2099-03-01T00:00:00+05:00")).record["findings"] == ["A04"]
    assert accepted(move("8", MOVE["closes"])).findings == (), "back to what the decision says"
    payload = MoveStep.Payload.model_validate({**MOVE, "closes": later, "decision": "8"})
    assert codes(perform(MoveStep, "door", Submission(payload, chair), strict(context))) == ["A07"]


def test_a_number_means_a_decision_of_the_year_before(door: World) -> None:
    accepted(enrol())
    accepted(adopt(accepted(open_session("door")).journal, "8", "door"))
    context = get_context("door")
    assert taken(context, "cec", "8", MoveStep.code, now()) == []
    assert taken(context, "cec", "8", MoveStep.code, now() + timedelta(days=360)) == [], (
        "the turn of the year"
    )
    assert taken(context, "cec", "8", MoveStep.code, now() + timedelta(days=380)) is None, "numbers come back"


def one_record(code: str) -> dict[str, Any]:
    """The record of the latest act of a kind."""
    row = fetch("SELECT record FROM acts_journal WHERE code = %s ORDER BY id DESC LIMIT 1", [code])
    return loads(bytes(row[0][0]))


def test_a_machine_hands_in_what_was_decided_elsewhere(door: World) -> None:
    accepted(enrol())
    machine = replace(sitting()[0], person=None, mandate=None, role=None)
    assert "A04" not in codes(form(machine, "77-7", strict(get_context("door"))))
