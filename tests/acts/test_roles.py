"""Every route of the API × every role: anonymous, members and officers by their programs, an administrator's session.

What the law allows is written down here by hand.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, RequestFactory

import esaylov.api
from esaylov.acts.powers import GRAVE
from esaylov.registry.accounts import throttle
from tests.acts.election import count, form
from tests.acts.programs import DEAD, PARTY, ROLES, Programs
from tests.acts.test_matrix import BODIES, WITH_PATH

EVERYBODY = (*ROLES, PARTY, "administrator", "anonymous")
ABOVE = {"CEC secretary", "TEC chair"}
LAW: dict[str, set[str]] = {
    "results.submit_protocol": {"PEC secretary"},  # Art. 58, 94
    "results.correct_protocol": {"PEC secretary"},  # Art. 95
    "polling.report_turnout": {"PEC secretary"},
    "results.accept_protocol": ABOVE,  # Art. 95
    "results.return_protocol": ABOVE,
    "results.annul_precinct": ABOVE,  # Art. 96: a council's, by the commission of its territory
    "results.record_lot": ABOVE,
    "results.supply_determination": ABOVE,
    "results.certify": ABOVE,  # Art. 96, 97
    "elections.move_step": {"CEC secretary"},  # Art. 60, 66, 74, 93
}
"""Who may take which act about the council of the North. Plain members act through their officers (Art. 14-24)."""
PATHS = {f"/api/elections/{{election}}/{listed.path}": listed for listed in WITH_PATH}
CHECK = "/api/elections/{election}/protocols/check"
ROUTES = [
    (method, path)
    for path, operations in esaylov.api.api.get_openapi_schema(path_prefix="/api/")["paths"].items()
    for method in operations
]


def test_every_act_of_the_api_is_in_the_law() -> None:
    assert {listed.code for listed in WITH_PATH} == set(LAW)


def said(answer: Any) -> tuple[int, list[str]]:
    return answer.status_code, [finding["code"] for finding in answer.json().get("findings", ())]


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize(("method", "path"), ROUTES, ids=[f"{m} {p}" for m, p in ROUTES])
def test_route(shared_programs: Programs, method: str, path: str, who: str) -> None:
    address = path.format(election="door", leaf_hash="0" * 64)
    if method == "get":
        answer = shared_programs.clients.get(who, Client()).get(address, headers=shared_programs.headers(who))
        assert answer.status_code == (404 if "leaf_hash" in path else 200)
        return
    listed = PATHS.get(path)
    body = BODIES[listed.code] if listed else form("n1-1")
    may = who in LAW[listed.code] if listed else who not in DEAD
    grave = listed is not None and listed.act.power in GRAVE
    before = count("acts_journal")
    with_code = {"Second-Factor": shared_programs.code(who)} if grave and may else {}
    status, codes = said(
        shared_programs.post(address.removeprefix("/api/elections/door/"), body, who, **with_code)
    )
    if who in DEAD:
        assert (status, codes) == (401, ["A00"])
    elif may:
        assert status in {200, 201, 409, 422}
        assert not {"A00", "A01", "A02", "A03"}.intersection(codes)
    else:
        assert (status, codes) == (403, ["A01"])
    assert may or count("acts_journal") == before


@pytest.mark.parametrize(
    "listed", [one for one in WITH_PATH if one.act.power in GRAVE], ids=lambda one: one.code
)
def test_grave_steps_need_a_second_factor_each_time(shared_programs: Programs, listed: Any) -> None:
    """The token alone is no way around the sign-in: what settles a result or moves a date asks who it is again."""
    for who in sorted(LAW[listed.code]):
        before = count("acts_journal")
        for more in ({}, {"Second-Factor": "000000"}, {"Second-Factor": ""}):
            answer = shared_programs.post(str(listed.path), BODIES[listed.code], who, **more)
            assert said(answer) == (403, ["A03"])
            assert answer.json()["error"] == "second_factor_needed"
        assert count("acts_journal") == before


def test_a_code_is_good_for_one_step_and_for_its_person_only(programs: Programs) -> None:
    annul = BODIES["results.annul_precinct"]
    code = programs.code("CEC secretary")
    assert said(programs.post("annulments", annul, "TEC chair", **{"Second-Factor": code}))[0] == 403
    first = programs.post("annulments", annul, "CEC secretary", **{"Second-Factor": code})
    assert first.status_code == 201
    again = programs.post("moves", BODIES["elections.move_step"], "CEC secretary", **{"Second-Factor": code})
    assert said(again) == (403, ["A03"])


def test_codes_cannot_be_tried_without_end(programs: Programs) -> None:
    answers = [
        programs.post(
            "annulments", BODIES["results.annul_precinct"], "TEC chair", **{"Second-Factor": f"{n:06}"}
        )
        for n in range(12)
    ]
    assert {answer.status_code for answer in answers[:10]} == {403}
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) > 0
    assert answers[-1].json()["findings"][0]["code"] == "A05"
    request = RequestFactory().post("/")
    throttle.take(throttle.of_code(request, programs.accounts["TEC chair"]))  # the owner may still sign in
    light = programs.post("acceptances", BODIES["results.accept_protocol"], "TEC chair")
    assert light.status_code != 429


def test_the_same_request_gets_the_same_answer(programs: Programs) -> None:
    """Byte for byte, also by a decision that stands in no register: an answer says what the record keeps."""
    assert programs.post("protocols", form("n1-1", "k"), "PEC secretary").status_code == 201
    accept = BODIES["results.accept_protocol"] | {"decision": "77"}
    first, again = (programs.post("acceptances", accept, "TEC chair", "key-1") for _ in range(2))
    assert first.status_code == 201
    assert again.content == first.content
