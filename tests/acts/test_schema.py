"""An outside judge at the API: requests made from its own description, good and bad, and answers held against it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

import esaylov.api
from tests.acts.election import form, world

if TYPE_CHECKING:
    from tests.acts.election import World

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip
BOUNDED = settings(
    max_examples=50,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)


@pytest.fixture(scope="module")
def judged(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder: Path = tmp_path_factory.mktemp("judged")
    with world(folder) as made:
        yield made


@pytest.fixture(scope="module")
def described(judged: World) -> Any:
    from django.core.wsgi import get_wsgi_application

    return schemathesis.openapi.from_wsgi(
        "/api/openapi.json", get_wsgi_application(), headers={"Host": "localhost"}
    )


OPERATIONS = [
    (method, path)
    for path, operations in esaylov.api.api.get_openapi_schema(path_prefix="/api/")["paths"].items()
    for method in operations
]


# (Nothing can be wrong with a request that takes no body and any text as its one name.)
TRIALS = [
    (mode, method, path)
    for method, path in OPERATIONS
    for mode in ("positive", "negative")
    if mode == "positive" or method == "post" or "leaf_hash" in path
]


@pytest.mark.parametrize(("mode", "method", "path"), TRIALS, ids=[" ".join(trial) for trial in TRIALS])
def test_operation(described: Any, judged: World, mode: str, method: str, path: str) -> None:
    """Whoever asks, whatever he sends: no fault of the server, and an answer as described."""

    @seed(20261025)
    @BOUNDED
    @given(
        case=described[path][method.upper()].as_strategy(generation_mode=GenerationMode(mode)), data=st.data()
    )
    def ask(case: Any, data: Any) -> None:
        if data.draw(st.integers(0, 4)):
            case.path_parameters = dict(case.path_parameters or {}) | {"election": judged.election}
        if isinstance(case.body, dict) and data.draw(st.booleans()):
            known = form("n1-1", seed=data.draw(st.integers(0, 5)))
            case.body = {name: known.get(name, value) for name, value in case.body.items()}
        headers = {"Host": "localhost"}
        if (by := data.draw(st.sampled_from(["cec", "pec:n1-1", "tec:n", "nobody", None]))) is not None:
            headers["Authorization"] = f"Bearer {judged.tokens.get(by, by)}"
        response = case.call(headers=headers)
        case.validate_response(response, checks=CHECKS)
        if response.status_code >= 400:
            assert set(response.json()) >= {"error", "findings"}

    ask()
