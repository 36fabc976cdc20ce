"""Sessions and decisions: quorum, votes, numbers, orders that stand or fall with the decision."""

from __future__ import annotations

from tests.acts.election import World, count
from tests.proceedings.acting import adopt, open_session
from tests.registry.people import accepted, codes, enrol

MOVE = {"step": "reports", "opens": None, "closes": "2099-01-01T00:00:00+05:00"}


def test_thin_way(door: World) -> None:
    """The Central Commission sits, votes, and decision number 1 moves a step; all of it stands in the log."""
    accepted(enrol())
    session = accepted(open_session("door"))
    assert session.record["needed"] == 6
    order = {"act": "elections.move_step", "payload": MOVE}
    decision = accepted(adopt(session.journal, "1", "door", orders=[order]))
    assert decision.record["votes"] == {"abstain": 0, "against": 0, "for": 9}
    assert decision.record["orders"] == {"elections.move_step": 1}
    assert len(decision.record["carried"]) == 1
    assert count("elections_move", "number = '1'") == 1
    door.sequence()
    leaf = decision.record["carried"][0]
    assert count("acts_entry", f"leaf_hash = '\\x{leaf}'::bytea") == 1


def test_quorum_short_by_one(door: World) -> None:
    accepted(enrol())
    before = count("acts_journal")
    refused = open_session("door", present=5)
    assert codes(refused) == ["Q01"]
    assert "5 of 9" in refused.findings[0].text["en"]
    assert "6 are needed" in refused.findings[0].text["en"]
    assert count("acts_journal") == before
    accepted(open_session("door", present=6))
