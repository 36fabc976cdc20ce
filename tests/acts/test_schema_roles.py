"""The outside judge again, as each role: a person's program, an administrator's session, nobody. No answer is a server error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from tests.acts.election import form
from tests.acts.test_schema import CHECKS, OPERATIONS, TRIALS

if TYPE_CHECKING:
    from tests.acts.programs import Programs

ROLES = (
    "CEC secretary", "CEC member", "TEC chair", "DCEC member", "PEC secretary", "PEC member", "party head",
    "administrator", "ended mandate", "disabled account", "anonymous",
)  # fmt: skip
WORKING = ROLES[:7]
KNOWN: dict[str, Any] = {
    "contest": "k", "precinct": "n1-1", "decision": "7", "drawn": ["eve"], "outcome": ["eve"], "step": "reports", "voters": 9,
}  # fmt: skip


@pytest.fixture(scope="module")
def described(shared_programs: Programs) -> Any:
    from django.core.wsgi import get_wsgi_application

    return schemathesis.openapi.from_wsgi(
        "/api/openapi.json", get_wsgi_application(), headers={"Host": "localhost"}
    )


def test_the_roles_are_those_of_the_matrix() -> None:
    from tests.acts.test_roles import EVERYBODY

    assert set(ROLES) == set(EVERYBODY)


def bounded(examples: int) -> settings:
    return settings(
        max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )  # fmt: skip


def attack(described: Any, programs: Programs, trial: tuple[str, str, str], who: str, examples: int) -> None:
    """Sends requests of one operation as a role, and holds each answer against the description."""
    from esaylov.acts.answers import FORBIDDEN

    mode, method, path = trial
    strategy = described[path][method.upper()].as_strategy(generation_mode=GenerationMode(mode))

    @seed(20261123)
    @bounded(examples)
    @given(case=strategy, data=st.data())
    def ask(case: Any, data: Any) -> None:
        draw: Callable[[Any], Any] = data.draw
        if draw(st.integers(0, 4)):
            case.path_parameters = dict(case.path_parameters or {}) | {"election": "door"}
        if isinstance(case.body, dict) and draw(st.booleans()):
            known = form("n1-1", "k", seed=draw(st.integers(0, 5))) | KNOWN
            case.body = {name: known.get(name, value) for name, value in case.body.items()}
        headers = {"Host": "localhost"} | programs.headers(who)
        if "Second-Factor" in (case.headers or {}) and who in WORKING and draw(st.booleans()):
            headers["Second-Factor"] = programs.code(who)
        if who == "administrator":
            jar = programs.clients[who].cookies
            headers["Cookie"] = "; ".join(f"{name}={morsel.value}" for name, morsel in jar.items())
        response = case.call(headers=headers)
        case.validate_response(response, checks=CHECKS)
        if response.status_code >= 400:
            assert set(response.json()) >= {"error", "findings"}
        if response.status_code == 403:
            assert {finding["code"] for finding in response.json()["findings"]} <= set(FORBIDDEN)
        if method == "post" and who not in WORKING:
            assert response.status_code in {400, 401, 404, 413, 429}

    ask()


@pytest.fixture
def unthrottled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong codes by the hundred are what is sent here: none of them shall keep the others from being looked at."""
    from esaylov.registry.accounts import programs

    monkeypatch.setattr(programs, "PARAMETERS", replace(programs.PARAMETERS, code_burst=1_000_000))


@pytest.mark.usefixtures("unthrottled")
@pytest.mark.parametrize("who", ROLES)
def test_as_a_role(described: Any, shared_programs: Programs, who: str) -> None:
    """A few requests to every operation."""
    for method, path in OPERATIONS:
        attack(described, shared_programs, ("positive", method, path), who, 4 if method == "post" else 2)


@pytest.mark.slow
@pytest.mark.usefixtures("unthrottled")
@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("trial", TRIALS, ids=[" ".join(trial) for trial in TRIALS])
def test_as_a_role_at_length(
    described: Any, shared_programs: Programs, trial: tuple[str, str, str], who: str
) -> None:
    """Many requests to every operation, good and bad ones."""
    attack(described, shared_programs, trial, who, 25)
