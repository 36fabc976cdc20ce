"""Of a request nothing stands in clear: in no table, file of the server, log, session or journal."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from django.test import Client

from esaylov.acts.sequencer import Sequencer
from esaylov.server.embedded import Embedded
from tests.conftest import Clone
from tests.voters.listed import person
from tests.voters.requests.site import ASK, STATUS, STRANGER, Site, post, site_of
from tests.voters.test_privacy import search

SURNAME, STREET, REASON, ANSWER = (
    "Qidirilmasov",
    "Topilmas koʻchasi",
    "Yashirin kasallik",
    "Qogʻozlar koʻrildi",
)
RIGHT = "Boshqacha"


@pytest.fixture
def site(db_clone: Clone, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_of(tmp_path_factory.mktemp("site")) as made:
        yield made


def words(code: str) -> list[bytes]:
    """What must be found nowhere."""
    known = [SURNAME, "Topilmas", "Yashirin kasal", "Qogʻozlar", RIGHT, code, code.replace("-", "")]
    known += [person(number)[name] for number in (1, STRANGER) for name in ("pinfl", "document")]
    return [form for text in known for form in (text.encode(), text.encode().hex().encode())]


def test_nothing_stands_in_clear(
    site: Site, db_clone: Clone, embedded: Embedded, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    number, code = site.asked(STRANGER, "inclusion", surname=SURNAME, street=STREET, reason=REASON)
    mine, _ = site.asked(1, "correction", right=RIGHT)
    page = f"/en/cabinet/voters/requests/{mine}/"
    record = person(1) | {"surname": SURNAME, "street": STREET, "mahalla": "t-1"}
    given = {"idempotency_key": "k", "explanation": ANSWER, "verdict": "granted", **record}
    assert Client().post(page, given).status_code == 302, "who was signed out meanwhile signs in again"
    assert site.bench.clients["pec chair"].post(page, given).status_code == 302
    assert post(STATUS, {"number": number, "secret": code}).status_code == 200
    assert post(STATUS, {"number": number, "secret": "WRONG"}).status_code == 422
    assert post(f"{ASK}?kind=home", site.form(1, work="", reason=REASON)).status_code == 200
    Sequencer().run_once()
    assert search(db_clone, embedded, site.data, words(code)) == []
    logged = caplog.text.encode()
    assert not [word for word in words(code) if word in logged]


@pytest.mark.parametrize(
    "form",
    [
        "requests/one",
        "requests/refuse",
        "precinct/supplement",
        "precinct/list",
        "precinct/mark",
        "doors/house",
    ],
)
def test_no_session_keeps_what_was_typed_of_a_person(form: str) -> None:
    """A form with the mark of its account is kept in the session, for weeks, when the session ended meanwhile."""
    from django.template.loader import get_template

    source = get_template(f"voters/{form}.html").template.source  # type: ignore[attr-defined]
    assert "<form" in source
    assert "account_mark" not in source
