"""The JSON API of the acts: answers, errors of one shape, repeated requests, receipts."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from openapi_spec_validator import validate

from esaylov.acts import api as acts_api
from esaylov.acts.api import BODY_LIMIT
from esaylov.acts.identity import identity
from esaylov.tlog.checkpoint import open_checkpoint
from esaylov.tlog.notes import parse_vkey
from esaylov.tlog.proofs import verify_inclusion
from esaylov.tlog.receipt import open_receipt
from tests.acts.election import (
    AFTERNOON,
    CALENDAR,
    EDITION,
    EVENING,
    RELEASE,
    World,
    count,
    form,
    world,
)


def verifier() -> Any:
    known = identity()
    assert known is not None
    return parse_vkey(known.verifier_key)


def codes(response: Any) -> list[str]:
    return [finding["code"] for finding in response.json()["findings"]]


def fields(response: Any) -> list[str]:
    return [name for finding in response.json()["findings"] for name in finding["fields"]]


def is_problem(response: Any, status: int, error: str) -> None:
    """Every error has one shape: a word, findings with texts in three languages, and no cache keeps it."""
    body = response.json()
    assert response.status_code == status, body
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "no-store"
    assert body["error"] == error
    assert body["findings"]
    for finding in body["findings"]:
        assert set(finding) == {"code", "severity", "fields", "article", "text", "left", "right"}
        assert finding["text"].keys() >= {"en"}


class TestAccepted:
    def test_answer_and_receipt(self, door: World) -> None:
        response = door.submit("n1-1")
        body = response.json()
        assert response.status_code == 201
        assert set(body) == {
            "act", "state", "version", "findings", "leaf_hash", "recorded_at", "receipt"
        }  # fmt: skip
        assert (body["act"], body["state"], body["version"]) == ("results.submit_protocol", "received", 1)
        receipt = open_receipt(body["receipt"].encode(), verifier())
        assert receipt.leaf.hex() == body["leaf_hash"]
        assert receipt.recorded.strftime("%Y-%m-%dT%H:%M:%SZ") == body["recorded_at"]

    def test_receipt_is_kept(self, door: World) -> None:
        leaf = door.submit("n1-1").json()["leaf_hash"]
        address = f"/api/elections/{door.election}/receipts/{leaf}"
        is_problem(door.client.get(address), 404, "not_in_log")
        for _ in range(3):
            door.submit("n1-2", seed=count("acts_journal"))
            door.sequence()
            found = door.client.get(address).json()
            head, _ = open_checkpoint(found["checkpoint"].encode(), verifier())
            assert head.size == found["size"]
            proof = [bytes.fromhex(node) for node in found["proof"]]
            verify_inclusion(bytes.fromhex(leaf), found["index"], head.size, proof, head.root)

    def test_findings_come_with_both_sides(self, door: World) -> None:
        body = door.submit("n1-1", broken=True).json()
        assert body["state"] == "inconsistent"
        (finding,) = body["findings"]
        assert (finding["code"], finding["severity"]) == ("T01", "error")
        assert finding["left"] == finding["right"] + 1

    def test_turnout(self, door: World) -> None:
        response = door.post("turnout", {"precinct": "n1-1", "voters": 12}, "pec:n1-1")
        assert response.status_code == 201
        assert response.json()["state"] == "recorded"
        response = door.post("turnout", {"precinct": "n1-1", "voters": 11}, "pec:n1-1")
        is_problem(response, 422, "refused")
        assert codes(response) == ["V02"]

    def test_whole_way_of_a_place(self, door: World) -> None:
        decision = {"precinct": "n1-1", "contest": "list", "decision": "7"}
        assert door.submit("n1-1").status_code == 201
        assert door.post("returns", decision, "tec:n").json()["state"] == "returned"
        corrected = door.post("corrections", form("n1-1", seed=5), "pec:n1-1").json()
        assert (corrected["state"], corrected["version"]) == ("received", 2)
        accepted = door.post("acceptances", decision | {"protocol": corrected["leaf_hash"]}, "dcec:n1")
        assert accepted.json()["state"] == "accepted"
        response = door.post("acceptances", decision, "cec")
        is_problem(response, 409, "conflict")
        assert codes(response) == ["P06"]


class TestRepeated:
    def test_same_key_and_body_is_one_act(self, door: World) -> None:
        first = door.submit("n1-1", key="k-1", broken=True)
        again = door.submit("n1-1", key="k-1", broken=True)
        assert first.status_code == again.status_code == 201
        assert first.content == again.content
        assert count("results_protocol") == 1

    def test_same_key_and_other_body_is_refused(self, door: World) -> None:
        door.submit("n1-1", key="k-1")
        response = door.submit("n1-1", key="k-1", seed=3)
        is_problem(response, 409, "key_reused")
        assert codes(response) == ["I01"]
        assert count("results_protocol") == 1

    def test_same_key_at_another_operation_is_another_request(self, door: World) -> None:
        door.submit("n1-1", key="k-1")
        is_problem(door.post("corrections", form("n1-1"), "pec:n1-1", "k-1"), 409, "key_reused")

    def test_keys_of_two_bodies_have_nothing_to_do_with_each_other(self, door: World) -> None:
        assert door.submit("n1-1", key="k-1").status_code == 201
        assert door.submit("n1-2", key="k-1").status_code == 201

    def test_keys_of_two_elections_have_nothing_to_do_with_each_other(
        self, door: World, tmp_path: Path
    ) -> None:
        body = {"precinct": "n1-1", "contest": "list", "decision": "1"}
        with world(tmp_path, name="other") as other:
            for at in (door, other):
                assert at.submit("n1-1", key="same").status_code == 201
                assert at.post("acceptances", body, "cec", "same").status_code == 201

    def test_same_figures_without_a_key_are_one_act(self, door: World) -> None:
        first, again = door.submit("n1-1"), door.submit("n1-1", key="later")
        assert first.content == again.content
        assert count("acts_journal", "code = 'results.submit_protocol'") == 1

    def test_kept_conflict_gets_its_receipt_again(self, door: World) -> None:
        door.submit("n1-1")
        first = door.submit("n1-1", seed=4, key="k-2")
        is_problem(first, 409, "conflicting")
        body = first.json()
        assert codes(first) == ["P01"]
        assert (body["state"], body["version"]) == ("conflicting", 1)
        assert open_receipt(body["receipt"].encode(), verifier()).leaf.hex() == body["leaf_hash"]
        assert door.submit("n1-1", seed=4, key="k-2").content == first.content
        assert door.submit("n1-1", seed=4).content == first.content
        assert count("results_protocol") == 2

    def test_refused_request_may_come_again(self, door: World) -> None:
        decision = {"precinct": "n1-1", "contest": "list", "decision": "7"}
        is_problem(door.post("acceptances", decision, "cec", "k"), 409, "conflict")
        door.submit("n1-1")
        assert door.post("acceptances", decision, "cec", "k").status_code == 201


LINE = "lines.ballots_in_boxes"
SHAPES: list[tuple[str, Any, str, str]] = [
    ("missing line", lambda f: f["lines"].pop("ballots_in_boxes"), "S01", LINE),
    ("missing option", lambda f: f["votes"].pop("blue"), "S01", "votes.blue"),
    ("unknown line", lambda f: f["lines"].update(spare=1), "S02", "lines.spare"),
    ("unknown option", lambda f: f["votes"].update(red=1), "S02", "votes.red"),
    ("option of another contest", lambda f: f["votes"].update(ada=1), "S02", "votes.ada"),
    ("negative", lambda f: f["lines"].update(ballots_in_boxes=-1), "S04", LINE),
    ("fractional", lambda f: f["lines"].update(ballots_in_boxes=1.5), "S03", LINE),
    ("whole but written as a fraction", lambda f: f["lines"].update(ballots_in_boxes=1.0), "S03", LINE),
    ("text", lambda f: f["lines"].update(ballots_in_boxes="100"), "S03", LINE),
    ("truth value", lambda f: f["votes"].update(green=True), "S03", "votes.green"),
    ("null", lambda f: f["votes"].update(green=None), "S03", "votes.green"),
    ("too large", lambda f: f["lines"].update(ballots_in_boxes=2**31), "S05", LINE),
    ("far too large", lambda f: f["lines"].update(ballots_in_boxes=10**400), "S05", LINE),
    ("no lines", lambda f: f.pop("lines"), "S01", "lines"),
    ("lines as an array", lambda f: f.update(lines=[1, 2]), "S06", "lines"),
    ("unknown member", lambda f: f.update(note="x"), "S02", "note"),
    ("version 0", lambda f: f.update(version=0), "S04", "version"),
    ("empty precinct", lambda f: f.update(precinct=""), "S06", "precinct"),
    ("unknown contest", lambda f: f.update(contest="nope"), "P08", "contest"),
]


class TestShape:
    @pytest.mark.parametrize(("change", "code", "field"), [s[1:] for s in SHAPES], ids=[s[0] for s in SHAPES])
    @pytest.mark.parametrize("path", ["protocols", "corrections", "protocols/check"])
    def test_field_is_named(self, shared_door: World, path: str, change: Any, code: str, field: str) -> None:
        if path == "protocols/check" and field == "version":
            code, field = "S02", "version"
        body = form("n1-1")
        change(body)
        before = count("acts_journal")
        response = shared_door.post(path, body, "pec:n1-1")
        is_problem(response, 422, "invalid")
        assert codes(response) == [code]
        assert fields(response) == [field]
        assert count("acts_journal") == before

    def test_every_wrong_figure_is_named_at_once(self, shared_door: World) -> None:
        body = form("n1-1")
        del body["lines"]["early"], body["votes"]["amber"]
        body["votes"]["red"] = 3
        response = shared_door.post("protocols", body, "pec:n1-1")
        assert fields(response) == ["lines.early", "votes.amber", "votes.red"]

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (b"{", "Expecting"),
            (b"\xff\xfe{}", "UTF-8"),
            (b'{"precinct": "n1-1", "precinct": "n1-2"}', "precinct"),
            (b'{"lines": {"early": 1, "early": 2}}', "early"),
            (b'{"version": NaN}', "NaN"),
            (b'{"version": -Infinity}', "Infinity"),
            (b'{"precinct": "a\\u0000b"}', "U+0000"),
            (b"[" * 100_000, "deeply"),
            (b'{"version": ' + b"9" * 5000 + b"}", "digits"),
        ],
    )
    def test_not_json(self, shared_door: World, text: bytes, said: str) -> None:
        response = shared_door.post("protocols", text, "pec:n1-1")
        is_problem(response, 400, "malformed")
        assert said in response.json()["findings"][0]["text"]["en"]

    @pytest.mark.parametrize("text", [b"", b"null", b"[]", b'"x"', b"3"])
    def test_no_object(self, shared_door: World, text: bytes) -> None:
        is_problem(shared_door.post("protocols", text, "pec:n1-1"), 422, "invalid")

    def test_surrogate_half_is_no_text(self, shared_door: World) -> None:
        text = json.dumps(form("n1-1")).replace("n1-1", "\\ud800").encode()
        is_problem(shared_door.post("protocols", text, "pec:n1-1"), 400, "malformed")

    def test_large_body(self, shared_door: World) -> None:
        is_problem(shared_door.post("protocols", b" " * (BODY_LIMIT + 1), "pec:n1-1"), 413, "too_large")

    @pytest.mark.parametrize("key", ["", "with space", "x" * 201, "ключ".encode().decode("latin-1")])
    def test_bad_key(self, shared_door: World, key: str) -> None:
        response = shared_door.post("protocols", form("n1-1"), "pec:n1-1", key)
        is_problem(response, 422, "invalid")
        assert fields(response) == ["Idempotency-Key"]


class TestAddresses:
    @pytest.mark.parametrize("election", ["nope", "a b", "%00", "x" * 101, "é"])
    def test_unknown_election(self, shared_door: World, election: str) -> None:
        token = {"Authorization": f"Bearer {shared_door.tokens['cec']}"}
        for path in ("", "/receipts/" + "0" * 64):
            is_problem(shared_door.client.get(f"/api/elections/{election}{path}"), 404, "unknown_election")
        response = shared_door.client.post(
            f"/api/elections/{election}/protocols", form("n1-1"), "application/json", headers=token
        )
        is_problem(response, 404, "unknown_election")

    @pytest.mark.parametrize("path", ["", "nothing", "elections/door/nothing", "elections/door/protocols/"])
    def test_nothing_there(self, shared_door: World, path: str) -> None:
        is_problem(shared_door.client.get(f"/api/{path}"), 404, "not_found")

    def test_wrong_method(self, shared_door: World) -> None:
        response = shared_door.client.delete("/api/elections/door/protocols")
        is_problem(response, 405, "wrong_method")
        assert response["Allow"] == "POST"

    @pytest.mark.parametrize("leaf", ["0" * 63, "0" * 65, "A" * 64, "zz"])
    def test_no_leaf_hash(self, shared_door: World, leaf: str) -> None:
        is_problem(shared_door.client.get(f"/api/elections/door/receipts/{leaf}"), 422, "invalid")

    def test_facts(self, shared_door: World) -> None:
        listed = shared_door.client.get("/api/elections").json()["elections"]
        facts = shared_door.client.get("/api/elections/door").json()
        assert [election["id"] for election in listed] == ["door"]
        assert facts.items() >= listed[0].items()
        assert facts["simulated"] is True
        assert facts["lines"][0] == "voters_on_list"
        contests = {contest["id"]: [o["id"] for o in contest["options"]] for contest in facts["contests"]}
        assert contests["list"] == ["green", "amber", "blue"]

    def test_openapi_is_valid(self, shared_door: World) -> None:
        validate(shared_door.client.get("/api/openapi.json").json())


class TestDraft:
    def test_nothing_is_recorded(self, shared_door: World) -> None:
        before = count("acts_journal")
        body = form("n1-1", broken=True)
        response = shared_door.post("protocols/check", body, "pec:n1-1")
        assert response.status_code == 200
        assert response.json()["state"] == "inconsistent"
        assert codes(response) == ["T01"]
        whole = shared_door.post("protocols/check", form("n1-1"), "cec")
        assert whole.json() == {"state": "received", "findings": []}
        assert count("acts_journal") == before

    def test_unknown_place(self, shared_door: World) -> None:
        for precinct, contest in (("nope", "list"), ("s1-1", "d1"), ("s1-1", "k")):
            response = shared_door.post("protocols/check", form(precinct, contest), "pec:n1-1")
            is_problem(response, 422, "invalid")
            assert codes(response) == ["P02"]


class TestMandates:
    def test_without_a_token(self, shared_door: World) -> None:
        for by in (None, "nobody's", ""):
            response = shared_door.post("protocols", form("n1-1"), by)
            is_problem(response, 401, "unauthorised")
            assert response["WWW-Authenticate"].startswith("Bearer")

    def test_other_scheme(self, shared_door: World) -> None:
        token = shared_door.tokens["pec:n1-1"]
        for header in (f"Basic {token}", token, f"Token {token}"):
            response = shared_door.post("protocols", form("n1-1"), None, Authorization=header)
            is_problem(response, 401, "unauthorised")

    def test_foreign_precinct(self, shared_door: World) -> None:
        response = shared_door.post("protocols", form("n1-2"), "pec:n1-1")
        is_problem(response, 403, "forbidden")
        assert codes(response) == ["A01"]

    @pytest.mark.parametrize(
        ("path", "body", "code"),
        [
            ("protocols", form("nope"), "P02"),
            ("protocols", form("s1-1", "d1"), "P02"),
            ("turnout", {"precinct": "nope", "voters": 1}, "V01"),
            ("acceptances", {"precinct": "nope", "contest": "list", "decision": "1"}, "P02"),
            ("annulments", {"precinct": "nope", "decision": "1"}, "P02"),
            ("lots", {"contest": "nope", "decision": "1", "drawn": ["a"]}, "P08"),
            ("certifications", {"contest": "nope", "decision": "1"}, "P08"),
        ],
    )
    def test_unknown_place_is_not_a_matter_of_mandates(
        self, shared_door: World, path: str, body: dict[str, Any], code: str
    ) -> None:
        for by in ("pec:n1-1", "tec:n", "cec"):
            response = shared_door.post(path, body, by)
            is_problem(response, 422, "refused")
            assert codes(response) == [code]

    def test_commission_of_another_election(self, door: World, tmp_path: Path) -> None:
        with world(tmp_path, name="other") as other:
            for by in ("cec", "pec:n1-1"):
                response = door.post("protocols/check", form("n1-1"), other.tokens[by])
                is_problem(response, 403, "forbidden")
            door.submit("n1-1")
            decision = {"precinct": "n1-1", "contest": "list", "decision": "7"}
            is_problem(door.post("acceptances", decision, other.tokens["cec"]), 403, "forbidden")


class TestCalendar:
    def test_closed_step_names_itself_and_its_article(self, db_clone: object, tmp_path: Path) -> None:
        with world(tmp_path, edition=EDITION + CALENDAR, start=AFTERNOON) as early:
            response = early.submit("n1-1")
            is_problem(response, 403, "outside_calendar")
            (finding,) = response.json()["findings"]
            assert (finding["code"], finding["article"]) == ("C01", "58, 94")
            assert "counting" in finding["text"]["en"]
            assert early.post("turnout", {"precinct": "n1-1", "voters": 5}, "pec:n1-1").status_code == 201

    def test_open_step(self, db_clone: object, tmp_path: Path) -> None:
        with world(tmp_path, edition=EDITION + CALENDAR, start=EVENING) as late:
            assert late.submit("n1-1").status_code == 201
            response = late.post("turnout", {"precinct": "n1-1", "voters": 5}, "pec:n1-1")
            is_problem(response, 403, "outside_calendar")


class TestRelease:
    def test_proof_of_a_sealed_entry_says_nothing_of_it(self, db_clone: object, tmp_path: Path) -> None:
        with world(tmp_path, edition=EDITION + RELEASE, start=AFTERNOON) as early:
            body = early.submit("n1-1").json()
            early.sequence()
            response = early.client.get(f"/api/elections/door/receipts/{body['leaf_hash']}")
            assert set(response.json()) == {"leaf_hash", "index", "size", "checkpoint", "proof"}
            facts = early.client.get("/api/elections/door").content + response.content
            said = re.sub(
                r"[0-9a-f]{64}|[A-Za-z0-9+/]{40,}=*|log-[0-9a-f]+", "", facts.decode()
            )  # digests hold any digits
            for figure in form("n1-1")["votes"].values():
                assert str(figure) not in said


class TestFaults:
    @pytest.mark.parametrize("error", [OperationalError("gone")])
    def test_database_away(
        self, shared_door: World, monkeypatch: pytest.MonkeyPatch, error: Exception
    ) -> None:
        def fail(*_arguments: object) -> None:
            raise error

        monkeypatch.setattr(acts_api, "perform", fail)
        response = shared_door.submit("n1-1")
        is_problem(response, 503, "unavailable")
        assert int(response["Retry-After"]) > 0

    def test_fault_of_ours_shows_no_trace(self, shared_door: World, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_arguments: object) -> None:
            raise RuntimeError("a secret of the house")

        monkeypatch.setattr(acts_api, "perform", fail)
        response = shared_door.submit("n1-1")
        is_problem(response, 500, "internal")
        assert b"secret" not in response.content
        assert b"Traceback" not in response.content
