"""Numbers of decisions on public pages: the way to the decision that ordered the act, or the word that nothing here did."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.test import Client

from esaylov.elections.calendar import MoveStep
from esaylov.publication.publisher import publish_to
from esaylov.results.acts import AcceptProtocol, ReturnProtocol
from tests.acts.election import AFTERNOON, CALENDAR, EDITION, World, form, world
from tests.operations.site import accepted as verified
from tests.proceedings.acting import act, adopt, open_session, sitting
from tests.proceedings.test_public import links_of, reload
from tests.publication.codes.test_records import entries
from tests.publication.reader import Page
from tests.registry.people import accepted, enrol

PAPER = "(on paper: not in the register)"
ANOTHER = "(the decision of this number in the register did not order it)"
MOVE = {"step": "reports", "opens": None, "closes": "2099-01-01T00:00:00+05:00"}


def order(act: str, **payload: Any) -> dict[str, Any]:
    return {"act": act, "payload": payload}


def test_a_number_leads_to_the_decision_or_says_that_nothing_here_ordered_it(
    door: World, tmp_path: Path
) -> None:
    accepted(enrol())
    chair = sitting()[0]
    for precinct in ("n1-1", "n1-2", "n2-1"):
        assert door.post("protocols", form(precinct), f"pec:{precinct}").status_code == 201
    session = accepted(open_session("door")).journal
    ruled = order("results.accept_protocol", precinct="n1-1", contest="list")
    accepted(adopt(session, "5", "door", orders=[ruled, order("elections.move_step", **MOVE)]))
    accepted(act(AcceptProtocol, "door", chair, {"precinct": "n1-2", "contest": "list", "decision": "5"}))
    accepted(act(ReturnProtocol, "door", chair, {"precinct": "n2-1", "contest": "list", "decision": "99"}))
    reload(door)
    client = Client()

    def shown(address: str) -> tuple[str, list[str]]:
        body = client.get(address).content.decode()
        return Page(body).text, [*links_of(body, "/record/")]

    protocols = "/en/elections/door/protocols"
    text, (decision,) = shown(f"{protocols}/n1-1/list/")
    assert "decision No. 5 ," in text.replace("5,", "5 ,")
    assert not any(note in text for note in (PAPER, ANOTHER))
    text, links = shown(f"{protocols}/n1-2/list/")
    assert ANOTHER in text
    assert links == [decision]
    text, links = shown(f"{protocols}/n2-1/list/")
    assert f"decision No. 99 {PAPER}" in text
    assert links == []
    assert shown("/en/elections/door/calendar/")[1] == [decision]
    notes = {}
    for _, code, entry in entries():
        if "decision" in entry:
            text, links = shown(f"/en/check/{code}/")
            notes[entry["act"], entry["decision"], *entry.get("findings", [])] = (
                PAPER in text, ANOTHER in text, decision in links
            )  # fmt: skip
    assert notes["results.accept_protocol", "5"] == notes[MoveStep.code, "5"] == (False, False, True)
    assert notes["results.accept_protocol", "5", "A07"] == (False, True, True)
    assert notes["results.return_protocol", "99", "A04"] == (True, False, False)
    publish_to(tmp_path / "published")
    verified(tmp_path / "published")


def test_a_decision_outside_of_elections_is_found_whatever_the_election_s_clock_shows(
    db_clone: object, tmp_path: Path
) -> None:
    with world(tmp_path, edition=EDITION + CALENDAR, start=AFTERNOON) as door:
        accepted(enrol())
        accepted(adopt(accepted(open_session("")).journal, "9/9", ""))
        move = {
            "step": "acceptance",
            "opens": "2026-10-25T20:00:00+05:00",
            "closes": "2026-11-30T00:00:00+05:00",
        }
        moved = accepted(act(MoveStep, "door", sitting("door")[0], move | {"decision": "9/9"}))
        assert moved.record["findings"] == ["A07"]
        reload(door)
        said = Page(Client().get("/en/elections/door/documents/").content.decode()).text
        assert ANOTHER in said
        assert PAPER not in said
