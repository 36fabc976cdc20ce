"""OneID's dialect against a stand-in, and that other sites' sign-in makes no account."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.test import Client, override_settings

from esaylov.registry.accounts.models import Account
from tests.accounts.people import Mandate, World, app_of, person_account

PIN = "71210632040244"
LOGIN, BACK = "/en/account/oneid/login/", "/uz/account/oneid/login/callback/"


class StandIn:
    """OneID as its documents describe it: one endpoint, grants of its own, profile fields of its own."""

    def __init__(self) -> None:
        self.profile: dict[str, Any] = {
            "valid": "true",
            "ret_cd": "0",
            "user_type": "I",
            "pin": PIN,
            "pport_no": "AA1234567",
            "full_name": "SIMULATED PERSON",
            "birth_date": "1963-10-12",
        }
        self.asked: list[dict[str, str]] = []
        self.broken = ""
        standin = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                form = {key: values[0] for key, values in parse_qs(self.rfile.read(length).decode()).items()}
                standin.asked.append(form)
                status, answer = standin.answer(form)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(answer.encode())

            def log_message(self, *_: Any) -> None:
                """Silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/sso/oauth/Authorization.do"

    def answer(self, form: dict[str, str]) -> tuple[int, str]:
        grant = form["grant_type"]
        if self.broken == grant:
            return 500, "no json"
        if (form["client_id"], form["client_secret"]) != ("esaylov", "secret"):
            return 401, "{}"
        if grant == "one_authorization_code":
            return 200, json.dumps(
                {"access_token": "T", "refresh_token": "R", "expires_in": "1800000", "scope": "s"}
            )
        if grant == "one_access_token_identify":
            return 200, json.dumps(self.profile)
        return 200, "{}"


@pytest.fixture
def oneid(world: World) -> Iterator[StandIn]:
    found = StandIn()
    threading.Thread(target=found.server.serve_forever, daemon=True).start()
    with configured(found.url):
        yield found
    found.server.shutdown()
    found.server.server_close()


@contextmanager
def configured(url: str) -> Iterator[None]:
    app = {"client_id": "esaylov", "secret": "secret", "settings": {"url": url, "scope": ["esaylov"]}}
    with override_settings(
        SOCIALACCOUNT_PROVIDERS=settings.SOCIALACCOUNT_PROVIDERS | {"oneid": {"APPS": [app]}}
    ):
        yield


def state_of(answer: Any) -> str:
    query = parse_qs(urlsplit(answer.url).query)
    assert query["response_type"] == ["one_code"]
    assert query["client_id"] == ["esaylov"]
    assert query["redirect_uri"] == [f"http://testserver{BACK}"], "one address whatever the language"
    return query["state"][0]


def through(client: Client, **more: str) -> Any:
    answer = client.post(f"{LOGIN}?next=/en/account/devices/")
    return client.get(BACK, {"code": "C", "state": state_of(answer), **more})


def member(world: World, *mandates: Mandate) -> Account:
    account = world.member(*mandates)
    assert account.person is not None
    world.pinfl[PIN] = account.person
    return account


def test_it_leads_to_the_account_of_the_person(world: World, oneid: StandIn) -> None:
    account = member(world)
    client = Client()
    assert "OneID" in client.get("/en/account/sign-in/").content.decode()
    answer = through(client)
    assert (answer.status_code, answer.url) == (302, "/en/account/devices/")
    assert client.get("/en/account/").status_code == 200
    assert int(account.sessions.count()) == 1
    grants = [form["grant_type"] for form in oneid.asked]
    assert grants == ["one_authorization_code", "one_access_token_identify", "one_log_out"]


def test_nothing_of_the_profile_is_kept(world: World, oneid: StandIn) -> None:
    from allauth.socialaccount.models import SocialAccount
    from django.db import connection

    member(world)
    through(Client())
    assert not SocialAccount.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(session_data, '') FROM accounts_session")
        assert PIN not in cursor.fetchone()[0]


def test_a_factor_is_asked_for_all_the_same(world: World, oneid: StandIn) -> None:
    account = member(world, Mandate("cec", "cec", "member"))
    client = Client()
    through(client)
    assert client.get("/en/account/").url == "/en/account/set-up/"
    app_of(account)
    second = Client()
    assert through(second).url == "/uz/account/sign-in/second-factor/"


def test_it_makes_no_account(world: World, oneid: StandIn) -> None:
    person_account()
    client = Client()
    answer = through(client)
    assert answer.status_code == 401
    assert client.get("/en/account/").status_code == 302
    assert Account.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"ret_cd": "1"},
        {"user_type": "L"},
        {"pin": ""},
        {"pin": "7121063204024"},
        {"pin": "' OR 1=1 --14"},
        {"pin": None},
    ],
)
def test_what_it_refuses(world: World, oneid: StandIn, change: dict[str, Any]) -> None:
    member(world)
    oneid.profile |= change
    client = Client()
    through(client)
    assert client.get("/en/account/").status_code == 302


@pytest.mark.parametrize("grant", ["one_authorization_code", "one_access_token_identify"])
def test_its_faults_are_pages(world: World, oneid: StandIn, grant: str) -> None:
    member(world)
    oneid.broken = grant
    client = Client()
    answer = through(client)
    assert answer.status_code == 401
    assert "error-summary" not in answer.content.decode()
    assert client.get("/en/account/").status_code == 302


def test_a_disabled_account_stays_closed(world: World, oneid: StandIn) -> None:
    account = member(world)
    Account.objects.filter(pk=account.pk).update(is_active=False)
    client = Client()
    through(client)
    assert client.get("/en/account/").status_code == 302


def test_a_foreign_state_is_refused(world: World, oneid: StandIn) -> None:
    member(world)
    foreign = Client().post(LOGIN)
    client = Client()
    client.get(BACK, {"code": "C", "state": state_of(foreign)})
    client.get(BACK, {"code": "C"})
    assert client.get("/en/account/").status_code == 302
    assert not oneid.asked


def test_no_way_out_begins_with_a_link(world: World, oneid: StandIn) -> None:
    """A foreign page cannot start it: it begins with a form of ours."""
    answer = Client().get(LOGIN)
    assert answer.status_code == 200
    assert "Sign in with OneID" in answer.content.decode()


def test_without_configuration_there_is_none(world: World) -> None:
    assert "OneID" not in Client().get("/en/account/sign-in/").content.decode()
    assert Client().get(LOGIN).status_code in (302, 404)


def test_openid_connect_of_nobody_makes_no_account(world: World) -> None:
    from allauth.socialaccount.adapter import get_adapter

    adapter = get_adapter()
    assert not adapter.is_open_for_signup(None, None)
    assert not adapter.is_auto_signup_allowed(None, None)


def test_forms_lead_to_the_sites_by_which_one_signs_in_and_to_no_others(world: World) -> None:
    with override_settings(ESAYLOV_FORMS_LEAD_TO=["https://sso.example"]):
        policies = [
            Client().get(page).headers["Content-Security-Policy"] for page in ("/en/account/sign-in/", "/en/")
        ]
    assert "form-action 'self' https://sso.example; " in policies[0]
    assert "form-action 'self'; " in policies[1]


def test_where_forms_lead_follows_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    from esaylov.registry.accounts import configuration

    monkeypatch.setenv("ESAYLOV_ONEID_URL", "https://sso.example/sso/oauth/Authorization.do")
    monkeypatch.setenv("ESAYLOV_OIDC_MINISTRY_URL", " https://id.example:8443/realm ")
    monkeypatch.setenv("ESAYLOV_OIDC_OTHER_URL", "no address")
    assert configuration._origins() == ["https://id.example:8443", "https://sso.example"]
