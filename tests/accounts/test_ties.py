"""Tying an account to another site's sign-in and untying it: OpenID Connect and OneID, against stand-ins."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.test import Client, override_settings

from esaylov.registry.accounts import policy, ties
from esaylov.registry.accounts.models import Account, Event
from tests.accounts.people import PASSWORD, SIGN_IN, Mandate, World, app_of, signed_in
from tests.accounts.test_providers import PIN, StandIn, configured, member, oneid, through

__all__ = ["oneid"]
PAGE, AGAIN = "/en/account/providers/", "/en/account/reauthenticate/"
BACK = "/en/account/oidc/mahalla/login/callback/"


class OpenID:
    """A provider of OpenID Connect: discovery, tokens, profile. `sub`: by what it knows whoever signs in there."""

    def __init__(self) -> None:
        self.sub, self.broken = "person-1", False
        standin = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.said(standin.read(self.path))

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.said(standin.tokens())

            def said(self, answer: dict[str, Any]) -> None:
                self.send_response(500 if standin.broken else 200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            def log_message(self, *_: Any) -> None:
                """Silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def read(self, path: str) -> dict[str, Any]:
        if path == "/userinfo":
            return {"sub": self.sub, "name": "SIMULATED PERSON", "email": "person@example.invalid"}
        return {
            "issuer": self.url, "authorization_endpoint": f"{self.url}/authorize", "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo", "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }  # fmt: skip

    def tokens(self) -> dict[str, Any]:
        said = {
            "iss": self.url,
            "aud": "esaylov",
            "sub": self.sub,
            "iat": 1_700_000_000,
            "exp": 4_000_000_000,
        }
        parts = ({"alg": "HS256", "typ": "JWT"}, said)
        text = ".".join(
            base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts
        )
        return {"access_token": "T", "token_type": "Bearer", "expires_in": 600, "id_token": f"{text}.c2ln"}


@contextmanager
def tied_to(url: str) -> Iterator[None]:
    app = {
        "provider_id": "mahalla", "name": "Mahalla ID", "client_id": "esaylov", "secret": "secret",
        "settings": {"server_url": url, "oauth_pkce_enabled": True},
    }  # fmt: skip
    known = settings.SOCIALACCOUNT_PROVIDERS | {"openid_connect": {"APPS": [app]}}
    with override_settings(SOCIALACCOUNT_PROVIDERS=known):
        yield


@pytest.fixture
def openid(world: World) -> Iterator[OpenID]:
    found = OpenID()
    threading.Thread(target=found.server.serve_forever, daemon=True).start()
    with tied_to(found.url):
        yield found
    found.server.shutdown()
    found.server.server_close()


def stepped_up(client: Client, answer: Any) -> Any:
    """Types the password again where it is asked for; the step goes on by itself."""
    assert answer.url.startswith(AGAIN), "password or factor must be shown again"
    return client.post(answer.url, {"password": PASSWORD})


def back(client: Client, leads: Any, address: str = BACK) -> Any:
    """Comes back from the other site with what it was sent there with."""
    state = parse_qs(urlsplit(leads.url).query)["state"][0]
    return client.get(address, {"code": "C", "state": state})


def tie(client: Client) -> Any:
    return back(client, stepped_up(client, client.post(f"{PAGE}mahalla/tie/")))


def stale(client: Client) -> None:
    """What was shown in this session was shown long ago."""
    session = client.session
    session["account_authentication_methods"] = []
    session.save()


def test_tied_signed_in_by_it_and_untied(world: World, openid: OpenID) -> None:
    account = world.member()
    client = signed_in(account)
    assert "Tie and untie sites" in client.get("/en/account/").content.decode()
    assert "Tie Mahalla ID" in client.get(PAGE).content.decode()
    stale(client)
    done = tie(client)
    assert (done.status_code, done.url) == (302, PAGE)
    page = client.get(PAGE).content.decode()
    assert "Untie Mahalla ID" in page
    assert "The other site is tied to your account." in page
    row = SocialAccount.objects.get()
    assert (row.user_id, row.provider, row.uid, row.extra_data) == (account.pk, "mahalla", "person-1", {})
    other = Client()
    entered = back(other, other.post("/en/account/oidc/mahalla/login/"))
    assert entered.status_code == 302
    assert other.get("/en/account/").status_code == 200
    assert SocialAccount.objects.get().extra_data == {}, "nothing of the profile is kept, at no sign-in"
    stale(client)
    assert stepped_up(client, client.post(f"{PAGE}mahalla/untie/")).status_code == 302
    assert not SocialAccount.objects.exists()
    third = Client()
    back(third, third.post("/en/account/oidc/mahalla/login/"))
    assert third.get("/en/account/").status_code == 302
    codes = [
        code
        for code in Event.objects.order_by("at", "pk").values_list("code", flat=True)
        if "provider" in code
    ]
    assert codes == ["provider-tied", "provider-untied"]


def test_a_second_factor_is_asked_for_all_the_same(world: World, openid: OpenID) -> None:
    account = world.member(Mandate("cec", "cec", "member"))
    client = signed_in(account, app_of(account))
    stale(client)
    tie(client)
    other = Client()
    answer = back(other, other.post("/en/account/oidc/mahalla/login/"))
    assert answer.url.endswith("/account/sign-in/second-factor/")
    assert other.get("/en/account/").status_code == 302


def test_who_has_not_shown_a_factor_ties_nothing(world: World, openid: OpenID) -> None:
    account = world.member(Mandate("cec", "cec", "member"))
    client = Client()
    client.post(SIGN_IN, {"login": account.code, "password": PASSWORD})
    assert policy.second_factor_required(account)
    assert client.get(PAGE).url.endswith("/account/set-up/")
    assert client.post(f"{PAGE}mahalla/tie/").url.endswith("/account/set-up/")


def test_the_step_up_cannot_be_gone_around(world: World, openid: OpenID) -> None:
    """Not by starting at the address of sign-in, nor by what another account shown at the other site."""
    account = world.member()
    client = signed_in(account)
    stale(client)
    leads = client.post("/en/account/oidc/mahalla/login/?process=connect")
    assert back(client, leads).url.startswith(AGAIN)
    assert not SocialAccount.objects.exists()
    nobody = Client()
    for path in ("tie/", "untie/"):
        assert nobody.post(f"{PAGE}mahalla/{path}").url.startswith(SIGN_IN)
        assert client.get(f"{PAGE}mahalla/{path}").status_code == 405
        stale(client)
        asked = client.post(f"{PAGE}nobody/{path}")
        assert stepped_up(client, asked).status_code == 404
    forged = Client(enforce_csrf_checks=True)
    forged.cookies = client.cookies
    assert forged.post(f"{PAGE}mahalla/untie/").status_code == 403


def test_one_person_there_is_one_account_here(world: World, openid: OpenID) -> None:
    first, second = signed_in(world.member()), signed_in(world.member())
    for client in (first, second):
        stale(client)
        tie(client)
    assert SocialAccount.objects.count() == 1
    assert "tied to another account" in second.get(PAGE).content.decode()
    again = signed_in(Account.objects.get(pk=SocialAccount.objects.get().user_id))
    stale(again)
    tie(again)
    assert "tied to your account already" in again.get(PAGE).content.decode()


def test_a_site_that_does_not_answer(world: World, openid: OpenID) -> None:
    client = signed_in(world.member())
    openid.broken = True
    stale(client)
    answer = stepped_up(client, client.post(f"{PAGE}mahalla/tie/"))
    assert (answer.status_code, answer.url) == (302, PAGE)
    assert "does not answer" in client.get(PAGE).content.decode()


def test_oneid_is_barred_and_opened_again(world: World, oneid: StandIn) -> None:
    account = member(world)
    client = signed_in(account)
    assert "Untie OneID" in client.get(PAGE).content.decode()
    stale(client)
    assert stepped_up(client, client.post(f"{PAGE}oneid/untie/")).status_code == 302
    assert "Tie OneID" in client.get(PAGE).content.decode()
    barred = Client()
    through(barred)
    assert barred.get("/en/account/").status_code == 302
    someone = world.member()
    assert someone.person is not None
    assert account.person is not None
    leads = client.post(f"{PAGE}oneid/tie/")
    world.pinfl[PIN] = someone.person
    back(client, leads, "/uz/account/oneid/login/callback/")
    assert "Tie OneID" in client.get(PAGE).content.decode(), "another person's OneID opens nothing"
    world.pinfl[PIN] = account.person
    leads = client.post(f"{PAGE}oneid/tie/")
    back(client, leads, "/uz/account/oneid/login/callback/")
    assert "Untie OneID" in client.get(PAGE).content.decode()
    again = Client()
    through(again)
    assert again.get("/en/account/").status_code == 200
    assert not SocialAccount.objects.exists()


def test_an_administrator_has_no_oneid(world: World) -> None:
    from tests.accounts.people import administrator

    account = administrator()
    with configured("http://127.0.0.1:9/"):
        page = signed_in(account, app_of(account)).get(PAGE).content.decode()
    assert not re.search(r"(Unt|T)ie OneID", page)


def test_a_recovery_ends_all_ties_but_bars_nothing_open(world: World, openid: OpenID) -> None:
    account = world.member()
    client = signed_in(account)
    stale(client)
    tie(client)
    ties.untie(account, ties.ONEID)
    ties.end_all(account)
    assert [row.provider for row in SocialAccount.objects.all()] == [ties.BARRED]
    assert ties.oneid_barred(account)
