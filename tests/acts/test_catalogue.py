"""The catalogue of acts: what each publishes, and the page of the docs that is made from it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.db import connection

import esaylov.api  # noqa: F401 - every stage lists its acts
from esaylov.acts import answers
from esaylov.acts import api as acts_api
from esaylov.acts.catalogue import Listed, catalogue, register
from esaylov.operations.procedure import page
from esaylov.polling.acts import ReportTurnout
from esaylov.results.acts import SubmitProtocol
from tests.acts.election import OPTION_IDS, World, form, precinct_ids
from tests.formation.people import enter_a_file
from tests.proceedings.acting import perform_on_proceedings
from tests.registry.people import perform_on_people
from tests.voters.acting import perform_on_voters
from tests.voters.notices.acting import perform_on_notices

DOCS = Path(__file__).resolve().parents[2] / "docs"
API = DOCS / "api.md"
COMMON = {"v", "act", "at", "body", "election", "edition", "simulated"}


def records(code: str) -> Iterator[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT record FROM acts_journal WHERE code = %s", [code])
        for (record,) in cursor.fetchall():
            yield orjson.loads(bytes(record))


def ok(response: Any) -> Any:
    assert response.status_code == 201, response.content
    return response.json()


def perform_everything(door: World) -> None:
    """Every act once at least: the lists get too few votes to share (a decision supplies the outcome), d1 is a tie."""
    small, large = dict.fromkeys(OPTION_IDS["list"], 5), {"ada": 50, "bob": 50}
    lines = {"voters_on_list": 1000, "ballots_received": 1000, "early": 0}
    for precinct in precinct_ids():
        ok(door.post("turnout", {"precinct": precinct, "voters": 300}, f"pec:{precinct}"))
        taken = 15 + 400
        body = form(precinct, "list") | {
            "votes": small,
            "lines": lines
            | {"ballots_issued": taken, "ballots_in_boxes": taken, "unused": 585, "invalid": 400},
        }
        ok(door.post("protocols", body, f"pec:{precinct}"))
        if precinct.startswith("n"):
            body = form(precinct, "d1") | {
                "votes": large,
                "lines": lines
                | {"ballots_issued": 100, "ballots_in_boxes": 100, "unused": 900, "invalid": 0},
            }
            ok(door.post("protocols", body, f"pec:{precinct}"))
    place = {"precinct": "n1-1", "contest": "list"}
    ok(door.post("returns", place | {"decision": "1"}, "tec:n"))
    ok(door.post("corrections", form("n1-1", seed=-90) | {"version": 2}, "pec:n1-1"))
    ok(door.post("acceptances", place | {"decision": "2"}, "tec:n"))
    ok(door.post("annulments", place | {"decision": "3"}, "cec"))
    move = {"step": "reports", "opens": None, "closes": "2099-01-01T00:00:00+05:00", "decision": "8"}
    ok(door.post("moves", move, "cec"))
    ok(door.post("lots", {"contest": "d1", "decision": "4", "drawn": ["bob"]}, "cec"))
    ok(door.post("certifications", {"contest": "d1", "decision": "5"}, "cec"))
    ok(door.post("determinations", {"contest": "list", "decision": "6", "outcome": ["green", "blue"]}, "cec"))
    ok(door.post("certifications", {"contest": "list", "decision": "7"}, "cec"))


def test_every_act_publishes_what_it_says(door: World) -> None:
    perform_everything(door)
    perform_on_people()
    enter_a_file()
    perform_on_proceedings()
    perform_on_notices()
    perform_on_voters()
    for listed in catalogue():
        found = list(records(listed.code))
        assert found, f"{listed.code} was not performed here"
        for record in found:
            assert set(record) - COMMON - set(listed.sometimes) == set(listed.publishes), listed.code


def test_what_nobody_listed_does_not_get_into_the_log(door: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReportTurnout, "public", frozenset({"precinct"}))
    assert door.post("turnout", {"precinct": "n1-1", "voters": 1}, "pec:n1-1").status_code == 500
    assert not list(records(ReportTurnout.code))


@pytest.mark.parametrize("listed", catalogue(), ids=lambda listed: listed.code)
def test_the_specification_names_every_member(listed: Listed) -> None:
    rows = [
        line
        for line in (DOCS / "formats.md").read_text().splitlines()
        if line.startswith(f"| `{listed.code}`")
    ]
    assert len(rows) == 1
    told = rows[0]
    if "the same" in told:
        kin = {
            "results.correct_protocol": "results.submit_protocol",
            "results.return_protocol": "results.accept_protocol",
            "registry.form_commission": "registry.enrol_central_commission",
            "registry.change_composition": "registry.enrol_central_commission",
        }
        told += next(
            line
            for line in (DOCS / "formats.md").read_text().splitlines()
            if line.startswith(f"| `{kin[listed.code]}`")
        )
    for name in (*listed.publishes, *listed.sometimes):
        assert f"`{name}`" in told


def test_the_page_says_who_of_every_act() -> None:
    rows = [line.split(" | ") for line in page().splitlines() if line.startswith("| ") and "`" in line]
    assert len(rows) == len(catalogue())
    said = {row[0].split("`")[1]: row[2] for row in rows}
    assert all(said.values()), said
    assert said["proceedings.open_session"] == "every commission"
    assert said["proceedings.state_dissent"].startswith("any member of a commission")
    assert "the organisation's head, for its own" in said["proceedings.submit_application"]


def test_page_is_up_to_date() -> None:
    assert (DOCS / "acts.md").read_text() == page(), (
        "run: python -m esaylov.operations.procedure > docs/acts.md"
    )


def test_every_summary_is_a_sentence() -> None:
    for listed in catalogue():
        assert listed.summary
        assert not listed.summary.endswith((" ", ","))
        assert listed.article or listed.act.power in ("system", "record_lot", "call_election"), listed.code


def test_code_and_path_are_taken_once() -> None:
    class Other(SubmitProtocol):
        """Another."""

    with pytest.raises(ValueError, match="code"):
        register(Listed(act=Other, path="elsewhere", publishes=()))
    Other.code = "results.other"
    with pytest.raises(ValueError, match="path"):
        register(Listed(act=Other, path="protocols", publishes=()))


def test_page_of_the_api_names_every_error() -> None:
    told = set(
        re.findall(r"`(\w+)`", "".join(re.findall(r"^\| \d{3} \|[^|]*\|", API.read_text(), re.MULTILINE)))
    )
    source = "".join(inspect.getsource(module) for module in (answers, acts_api))
    words = re.findall(r'problem\((?:\d{3}|error\.status_code), "(\w+)"', source) + list(
        answers.FORBIDDEN.values()
    )
    assert told == {*words, "conflicting"} - {"internal"}
