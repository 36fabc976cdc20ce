"""The stand-in for OneID: marked as one, leads back to the site alone, knows the people of its file and nobody else."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from esaylov.demo import standin

SITE = 8000
PINFL = "71210632040244"
BACK = f"http://127.0.0.1:{SITE}/uz/account/oneid/login/callback/"


@dataclass
class Running:
    """A stand-in that listens. `people`: its file."""

    port: int
    people: Path

    def get(self, path: str, **query: str) -> tuple[int, str, str]:
        """Status, text, and where it leads."""
        return self._ask("GET", f"{path}?{urlencode(query)}", None)

    def post(self, **form: str) -> tuple[int, dict[str, str]]:
        """What the site is told."""
        known = {"client_id": standin.CLIENT, "client_secret": "secret"}
        status, text, _ = self._ask("POST", standin.PATH, urlencode(known | form))
        return status, json.loads(text)

    def _ask(self, method: str, path: str, body: str | None) -> tuple[int, str, str]:
        one = HTTPConnection("127.0.0.1", self.port, timeout=10)
        one.request(method, path, body)
        answer = one.getresponse()
        text = answer.read().decode()
        one.close()
        return answer.status, text, answer.headers.get("Location", "")


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    people = tmp_path / "people.json"
    people.write_text(json.dumps([{"what": "listed", "pinfl": PINFL}, {"what": "<removed>", "pinfl": "8"}]))
    listening = standin.server(
        "127.0.0.1", 0, standin.StandIn(people, "secret", frozenset({"127.0.0.1"}), SITE)
    )
    threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True).start()
    yield Running(int(listening.server_address[1]), people)
    listening.shutdown()
    listening.server_close()


def chosen(running: Running, person: str = "0") -> str:
    """The code with which somebody who was chosen comes back."""
    status, _, place = running.get(standin.CHOSEN, redirect_uri=BACK, state="a&b", person=person)
    assert status == 302
    found = parse_qs(urlsplit(place).query)
    assert place.startswith(f"{BACK}?")
    assert found["state"] == ["a&b"]
    return found["code"][0]


def test_it_says_what_it_is_and_whom_one_can_be(running: Running) -> None:
    status, page, _ = running.get(standin.PATH, redirect_uri=BACK, state="s", response_type="one_code")
    assert status == 200
    assert "This is not OneID. It is a stand-in for it." in page
    assert "SIMULYATSIYA" in page
    assert page.count("<li><a ") == 2
    assert PINFL in page
    assert "&lt;removed&gt;" in page
    assert "<removed>" not in page
    running.people.unlink()
    assert "Nobody yet" in running.get(standin.PATH, redirect_uri=BACK)[1]


def test_a_code_is_good_once_and_leads_to_one_profile(running: Running) -> None:
    code = chosen(running)
    status, token = running.post(grant_type="one_authorization_code", code=code)
    assert status == 200
    assert running.post(grant_type="one_authorization_code", code=code) == (400, {})
    access = token["access_token"]
    profile = running.post(grant_type="one_access_token_identify", access_token=access)[1]
    assert (profile["pin"], profile["ret_cd"], profile["user_type"]) == (PINFL, "0", "I")
    assert running.post(grant_type="one_log_out", access_token=access) == (200, {})
    assert running.post(grant_type="one_access_token_identify", access_token=access)[0] == 400


@pytest.mark.parametrize(
    "change", [{"client_secret": "another"}, {"client_id": "another"}, {"grant_type": "another"}]
)
def test_it_tells_nobody_but_the_site(running: Running, change: dict[str, str]) -> None:
    asked = {"grant_type": "one_authorization_code", "code": chosen(running)}
    assert running.post(**(asked | change))[0] in (400, 401)


@pytest.mark.parametrize(
    "place",
    [
        "",
        "http://127.0.0.1:9000/uz/account/oneid/login/callback/",
        f"http://elsewhere.example:{SITE}/uz/account/oneid/login/callback/",
        f"http://127.0.0.1:{SITE}@elsewhere.example/uz/account/oneid/login/callback/",
        f"http://127.0.0.1:{SITE}/uz/voter/",
        f"javascript://127.0.0.1:{SITE}/account/oneid/login/callback/",
        f"{BACK}?next=x",
        "http://127.0.0.1:port/account/oneid/login/callback/",
    ],
)
def test_it_leads_back_to_the_site_alone(running: Running, place: str) -> None:
    for path in (standin.PATH, standin.CHOSEN):
        status, text, to = running.get(path, redirect_uri=place, person="0")
        assert (status, text, to) == (404, "404\n", "")


@pytest.mark.parametrize("person", ["", "2", "-1", "x", "²"])
def test_nobody_else_can_be_chosen(running: Running, person: str) -> None:
    assert running.get(standin.CHOSEN, redirect_uri=BACK, person=person)[0] == 404
