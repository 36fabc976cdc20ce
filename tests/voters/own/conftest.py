"""An election with voters in its list, the custodian of their keys, and OneID's stand-in."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from tests.accounts.test_providers import StandIn
    from tests.voters.lookup.asking import Asked

OWN, ONEID = "/en/account/voter/", "/en/account/voter/oneid/"


@pytest.fixture(scope="module")
def asked(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    from tests.voters.lookup.asking import to_be_asked

    with to_be_asked(tmp_path_factory.mktemp("own")) as made:
        yield made


@pytest.fixture
def oneid(asked: Asked) -> Iterator[StandIn]:
    from tests.accounts.test_providers import StandIn, configured

    found = StandIn()
    threading.Thread(target=found.server.serve_forever, args=(0.02,), daemon=True).start()
    with configured(found.url):
        yield found
    found.server.shutdown()
    found.server.server_close()


def through_oneid(oneid: StandIn, pinfl: str, client: Client | None = None) -> tuple[Client, Any]:
    """A browser that came back from OneID as somebody, and where it was led."""
    from django.test import Client

    from tests.accounts.test_providers import BACK, state_of

    client = client or Client()
    oneid.profile["pin"] = pinfl
    answer = client.post(ONEID)
    assert answer.status_code == 302
    return client, client.get(BACK, {"code": "C", "state": state_of(answer)})
