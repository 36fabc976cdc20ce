"""Every act of the catalogue × every tier of commission × its own territory or another's, and every route × every token.

What the law allows is written down here a second time, by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

import esaylov.api
from esaylov.acts.catalogue import Listed, catalogue
from esaylov.acts.mandates import allows
from esaylov.acts.powers import Actor, Power, Target
from tests.acts.election import World, count, form

# Art. 14-24, 58, 94-97: the tiers that hold a power where their own territory is concerned …
TIERS = ("precinct", "district", "okrug", "territorial", "cec")
NATIONAL: dict[Power, set[str]] = {
    Power.REPORT_TURNOUT: {"precinct"},
    Power.SUBMIT_PROTOCOL: {"precinct"},
    Power.ACCEPT_PROTOCOL: {"district", "okrug", "territorial", "cec"},
    Power.ANNUL_PRECINCT: {"cec"},
    Power.RECORD_LOT: {"cec"},
    Power.SUPPLY_DETERMINATION: {"cec"},
    Power.CERTIFY: {"cec"},
    Power.CALL_ELECTION: {"cec"},
    Power.MOVE_STEP: {"cec"},  # Art. 60, 66, 74, 93
    Power.FORM_COMMISSION: {"cec", "territorial", "okrug"},  # Art. 19-23
    Power.END_MANDATE: {"cec", "territorial", "okrug"},  # Art. 24, 25
    Power.GRANT_MANDATE: {"cec"},  # Art. 34
    Power.IMPORT_MEMBERS: {"cec", "territorial", "okrug"},  # Art. 19-23
    Power.SET_RULES: {"cec", "territorial", "okrug"},  # Art. 10
    Power.REGISTER_ORGANISATION: {"cec"},
    Power.HOLD_SESSION: set(TIERS),  # Art. 16, 26
    Power.STATE_DISSENT: set(TIERS),
    Power.HANDLE_APPLICATION: set(TIERS),  # Art. 26, 101
    Power.SEND_LETTER: set(TIERS),
    Power.SUBMIT_APPLICATION: set(),
    Power.DISCUSS_PROPOSALS: set(),  # Art. 19, 23: the Kengash itself
    Power.PROPOSE_CHANGESET: {"cec"},  # Art. 14, 28
    Power.APPROVE_CHANGESET: {"cec"},
    Power.DECIDE_PAIR: {"cec", "territorial", "district", "okrug"},  # Art. 27-30
    Power.DECIDE_REQUEST: {"precinct", "district", "okrug", "territorial"},  # Art. 27¹, 29, 56, 57
    Power.FREEZE_LISTS: {"cec"},  # Art. 29
    Power.ADD_SUPPLEMENT: {"precinct"},  # Art. 52
    Power.MARK_VOTER: {"precinct"},  # Art. 57
    Power.CHECK_HOUSEHOLD: {"precinct"},  # Art. 28
    Power.TELL_REMOVAL: {"precinct"},  # Art. 28, 29
    Power.SYSTEM: set(),
}
# What makes or ends somebody's mandate is done by persons, never by a commission's machine.
PERSONS = {
    Power.FORM_COMMISSION,
    Power.END_MANDATE,
    Power.GRANT_MANDATE,
    Power.REGISTER_ORGANISATION,
    Power.IMPORT_MEMBERS,
    Power.HOLD_SESSION,
    Power.STATE_DISSENT,
    Power.HANDLE_APPLICATION,
    Power.SEND_LETTER,
    Power.SET_RULES,
    Power.PROPOSE_CHANGESET,
    Power.DECIDE_PAIR,
    Power.APPROVE_CHANGESET,
    Power.FREEZE_LISTS,
    Power.ADD_SUPPLEMENT,
    Power.DECIDE_REQUEST,
    Power.MARK_VOTER,
    Power.CHECK_HOUSEHOLD,
    Power.TELL_REMOVAL,
}
# What each member does, not the officers for all (Art. 16, 26, 28).
OF_EACH_MEMBER = {Power.STATE_DISSENT, Power.CHECK_HOUSEHOLD, Power.TELL_REMOVAL}
# A commission's own affairs: nobody acts in them for another one, not even the Central Commission.
OWN_AFFAIRS = {Power.HOLD_SESSION, Power.STATE_DISSENT, Power.HANDLE_APPLICATION, Power.SEND_LETTER}
# … and where the contest is that of a council, which the commissions of its territory decide themselves.
HIGHER = {"district", "okrug", "territorial", "cec"}
COUNCIL = NATIONAL | {
    Power.ANNUL_PRECINCT: HIGHER,
    Power.RECORD_LOT: HIGHER,
    Power.SUPPLY_DETERMINATION: HIGHER,
    Power.CERTIFY: HIGHER,
}
OFFICERS = ("chair", "deputy", "secretary")

# A country (1) with regions 2 and 3, districts 21, 22 and 31, constituencies 8 and 9; precincts 211 and 212 in 21.
OWN = {"precinct": 21, "district": 21, "okrug": 8, "territorial": 2, "cec": 1}
SAME_TIER_ELSEWHERE = {"precinct": 21, "district": 31, "okrug": 9, "territorial": 3}
NEIGHBOUR = {"precinct": 21, "district": 22}
TARGET = Target(precinct=211, territories=frozenset({1, 2, 21, 8}))


def actor(tier: str, territory: int, precinct: int = 212, role: str | None = "chair") -> Actor:
    return Actor(tier, tier, "e", territory, precinct if tier == "precinct" else None, role=role)


def relations() -> Iterator[tuple[str, str, Actor]]:
    for tier in TIERS:
        yield tier, "own", actor(tier, OWN[tier], 211)
        if tier in SAME_TIER_ELSEWHERE:
            yield tier, "another's", actor(tier, SAME_TIER_ELSEWHERE[tier])
        if tier in NEIGHBOUR:
            yield tier, "a neighbour's", actor(tier, NEIGHBOUR[tier])


RELATIONS = list(relations())


@pytest.mark.parametrize("listed", catalogue(), ids=lambda listed: listed.code)
@pytest.mark.parametrize(("tier", "relation", "by"), RELATIONS, ids=[f"{t}-{r}" for t, r, _ in RELATIONS])
@pytest.mark.parametrize("kind", ["list", "council"])
def test_power(listed: Listed, tier: str, relation: str, by: Actor, kind: str) -> None:
    """Every act × role × place: officers act for the commission, its machine for its papers, a member for nothing."""
    power = listed.act.power
    law = COUNCIL if kind == "council" else NATIONAL
    expected = tier in law[power] and (relation == "own" or (tier == "cec" and power not in OWN_AFFAIRS))
    target = TARGET
    if power in OWN_AFFAIRS:
        target = replace(TARGET, body=by.code if relation == "own" else f"another {tier}")
    for role in OFFICERS:
        assert allows(replace(by, role=role), power, target, kind) is expected, role
    assert allows(replace(by, role=None), power, target, kind) is (expected and power not in PERSONS)
    assert allows(replace(by, role="member"), power, target, kind) is (expected and power in OF_EACH_MEMBER)
    elsewhere = replace(TARGET, body="another body")
    assert power not in OWN_AFFAIRS or not allows(replace(by, role="chair"), power, elsewhere, kind)


# Art. 34, 43: who heads an organisation names its people; nobody else of it holds a power over an act.
HEADS = {Power.GRANT_MANDATE, Power.END_MANDATE}
# Letters leave an organisation through its head and representatives; anybody may turn to a commission (Art. 26, 101).
# The Kengash that a commission named is an organisation, and so are its head and representatives (Art. 19, 23).
SPEAK = {Power.SEND_LETTER, Power.DISCUSS_PROPOSALS}
SPEAKERS = {"head": HEADS | SPEAK, "representative": SPEAK}


@pytest.mark.parametrize("power", Power, ids=str)
@pytest.mark.parametrize("role", ["head", "representative", "staff", None])
def test_organisations_and_persons(power: Power, role: str | None) -> None:
    for kind in ("list", "council"):
        own = allows(Actor("org:p", "organisation", role=role), power, Target(body="org:p"), kind)
        if power == Power.SUBMIT_APPLICATION:
            assert own is (role is not None)
            assert allows(Actor("person", "person"), power, TARGET, kind)
            continue
        assert own is (power in SPEAKERS.get(str(role), set()))
        assert not allows(Actor("org:p", "organisation", role=role), power, Target(body="org:q"), kind)
        assert not allows(Actor("org:p", "organisation", role=role), power, TARGET, kind)
        assert not allows(Actor("person", "person", role=role), power, TARGET, kind)


@pytest.mark.parametrize("power", Power, ids=str)
def test_lower_and_higher_places(power: Power) -> None:
    """A precinct commission holds nothing over the territories above it, a district one nothing over its region."""
    region = Target(precinct=None, territories=frozenset({1, 2}))
    for tier in ("precinct", "district", "okrug"):
        assert not allows(actor(tier, OWN[tier], 211), power, region, "council")
    above = "cec" in NATIONAL[power] and power not in OWN_AFFAIRS
    assert allows(actor("cec", 1), power, region, "list") is above


def test_every_power_is_in_the_law() -> None:
    assert set(NATIONAL) == set(Power)


PLACE = {"precinct": "n1-1", "contest": "k"}
MOVE = {"step": "reports", "opens": None, "closes": "2099-01-01T00:00:00+05:00", "decision": "7"}
BODIES: dict[str, Any] = {
    "results.submit_protocol": form("n1-1", "k"),
    "results.correct_protocol": form("n1-1", "k", seed=9),
    "results.accept_protocol": PLACE | {"decision": "1"},
    "results.return_protocol": PLACE | {"decision": "2"},
    "results.annul_precinct": PLACE | {"decision": "3"},
    "results.record_lot": {"contest": "k", "decision": "4", "drawn": ["eve"]},
    "results.supply_determination": {"contest": "k", "decision": "5", "outcome": ["eve"]},
    "results.certify": {"contest": "k", "decision": "6"},
    "polling.report_turnout": {"precinct": "n1-1", "voters": 10},
    "elections.move_step": MOVE,
}
WITH_PATH = [listed for listed in catalogue() if listed.path]
# Commissions of the test election (above the precinct n1-1 of the council of the North, or not).
ABOVE = {
    "precinct": "pec:n1-1",
    "district": "dcec:n1",
    "okrug": "dec:c1",
    "territorial": "tec:n",
    "cec": "cec",
}
OF_THE_CONTEST = {"territorial": "tec:n", "cec": "cec"}
WHOLE_CONTEST = {"results.record_lot", "results.supply_determination", "results.certify"}


def test_every_act_with_a_path_has_a_body_here() -> None:
    assert {listed.code for listed in WITH_PATH} == set(BODIES)


@pytest.mark.parametrize("listed", WITH_PATH, ids=lambda listed: listed.code)
def test_http(shared_door: World, listed: Listed) -> None:
    """Every commission of the election tries every act on one place: 403 exactly where the law gives it no power."""
    holders = OF_THE_CONTEST if listed.code in WHOLE_CONTEST else ABOVE
    allowed = {holders[tier] for tier in COUNCIL[listed.act.power] if tier in holders}
    for by in sorted(shared_door.actors, key=lambda code: code in allowed):
        before = count("acts_journal")
        response = shared_door.post(str(listed.path), BODIES[listed.code], by)
        found = [finding["code"] for finding in response.json()["findings"]]
        if by in allowed:
            assert response.status_code in (201, 409, 422), (by, response.content)
            assert "A01" not in found
        else:
            assert (response.status_code, found) == (403, ["A01"]), (by, response.content)
            assert count("acts_journal") == before


def routes() -> list[tuple[str, str]]:
    """Every operation that the API describes: (method, path)."""
    paths = esaylov.api.api.get_openapi_schema(path_prefix="/api/")["paths"]
    return [(method, path) for path, operations in paths.items() for method in operations]


@pytest.mark.parametrize(("method", "path"), routes(), ids=[f"{m} {p}" for m, p in routes()])
def test_routes_and_tokens(shared_door: World, method: str, path: str) -> None:
    """What only reads public facts asks for no token; everything else for one, before it looks at anything else."""
    address = path.format(election=shared_door.election, leaf_hash="0" * 64)
    for token in (None, "", "nobody's", *shared_door.tokens.values()):
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        response = shared_door.client.generic(
            method.upper(), address, b"{}", content_type="application/json", headers=headers
        )
        known = token in shared_door.tokens.values()
        if method == "get":
            assert response.status_code in (200, 404)
        else:
            assert response.status_code == (422 if known else 401)
        assert response.status_code < 500
