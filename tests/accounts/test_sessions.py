"""Sessions: fixation, revocation, idle time, the night, cookies, foreign forms, foreign addresses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from esaylov.acts.context import STANDING_ZONE
from esaylov.registry.accounts import policy
from esaylov.registry.accounts.models import Session
from esaylov.registry.accounts.parameters import PARAMETERS
from esaylov.registry.accounts.sessions import digest
from tests.accounts.people import (
    PASSWORD,
    SECOND,
    SIGN_IN,
    Mandate,
    World,
    administrator,
    app_of,
    code_now,
    password_typed,
    person_account,
    signed_in,
)

OWN = "/en/account/"


def key(client: Client) -> str:
    return client.cookies["session"].value


def test_each_step_changes_the_key(world: World) -> None:
    account = person_account()
    secret = app_of(account)
    client = Client()
    client.cookies["session"] = "a" * 32
    password_typed(client, account)
    first = key(client)
    assert first != "a" * 32
    client.post(SECOND, {"code": code_now(secret)})
    assert key(client) != first
    assert not Session.objects.filter(pk=digest(first)).exists()
    stolen = Client()
    stolen.cookies["session"] = first
    assert stolen.get(OWN).status_code == 302


def test_the_table_holds_no_key(world: World) -> None:
    client = signed_in(person_account())
    row = Session.objects.get(account__isnull=False)
    assert key(client) not in (row.session_key, row.session_data)
    thief = Client()
    thief.cookies["session"] = row.session_key
    assert thief.get(OWN).status_code == 302


def test_a_revoked_session_dies_at_once(world: World) -> None:
    account = person_account()
    first, second = signed_in(account), signed_in(account)
    row = digest(key(second))
    first.post(f"{OWN}devices/end/", {"which": row})
    assert second.get(OWN).status_code == 302
    assert first.get(OWN).status_code == 200


def test_nobody_ends_foreign_sessions(world: World) -> None:
    other = signed_in(person_account())
    signed_in(person_account()).post(f"{OWN}devices/end/", {"which": digest(key(other))})
    assert other.get(OWN).status_code == 200


def test_a_disabled_account_is_out_at_once(world: World) -> None:
    account = person_account()
    client = signed_in(account)
    type(account).objects.filter(pk=account.pk).update(is_active=False)
    assert client.get(OWN).status_code == 302


def test_a_new_password_ends_the_other_sessions(world: World) -> None:
    account = person_account()
    first, second = signed_in(account), signed_in(account)
    new = "noch ein stilles Pferd"
    answer = first.post(f"{OWN}password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert answer.status_code == 302, answer.content.decode()
    assert second.get(OWN).status_code == 302
    assert first.get(OWN).status_code == 200


def test_idle_time_goes_by_role(world: World) -> None:
    chair = world.member(Mandate("pec:1", "precinct", "chair"))
    member = world.member(Mandate("pec:1", "precinct", "member"))
    assert policy.idle_seconds(administrator()) < policy.idle_seconds(chair) < policy.idle_seconds(member)
    client = signed_in(member)
    row = Session.objects.get(account=member)
    expected = timezone.now() + timedelta(seconds=policy.idle_seconds(member))
    assert abs((row.expire_date - expected).total_seconds()) < 60
    Session.objects.update(expire_date=timezone.now())
    assert client.get(OWN).status_code == 302


def test_use_keeps_it_open_but_not_for_ever(world: World) -> None:
    account = person_account()
    client = signed_in(account)
    soon = timezone.now() + timedelta(seconds=30)
    Session.objects.update(seen_at=timezone.now() - timedelta(hours=1), expire_date=soon)
    client.get(OWN)
    row = Session.objects.get(account=account)
    assert row.expire_date > soon
    assert row.expire_date <= row.since + timedelta(seconds=PARAMETERS.longest_session)


def test_a_session_through_the_night(world: World) -> None:
    chair = world.member(Mandate("pec:1", "precinct", "chair"))
    secret = app_of(chair)
    client = Client()
    assert 'name="night"' not in client.get(SIGN_IN).content.decode()
    world.day = (timezone.now().astimezone(STANDING_ZONE) + timedelta(days=1)).date()
    assert 'name="night"' in client.get(SIGN_IN).content.decode()
    password_typed(client, chair, night="on")
    client.post(SECOND, {"code": code_now(secret)})
    row = Session.objects.get(account=chair)
    assert row.through_the_night
    assert row.expire_date > timezone.now() + timedelta(seconds=PARAMETERS.device_session - 60)
    assert client.cookies["session"]["max-age"]
    assert "through the night" in client.get(f"{OWN}devices/").content.decode()


def test_administrators_have_no_session_through_the_night(world: World) -> None:
    world.day = timezone.now().astimezone(STANDING_ZONE).date()
    one = administrator()
    password_typed(Client(), one, night="on")
    assert not Session.objects.filter(through_the_night=True).exists()


def test_cookies_and_headers(world: World) -> None:
    client = signed_in(person_account())
    answer = client.get(OWN)
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    for name in ("session", "device"):
        assert client.cookies[name]["httponly"]
        assert client.cookies[name]["samesite"] == "Lax"
        assert client.cookies[name]["path"] == "/"


def test_over_https_cookies_carry_the_prefix(world: World) -> None:
    account = person_account()
    settings = {
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_NAME": "__Host-session",
        "CSRF_COOKIE_NAME": "__Host-csrf",
    }
    with override_settings(**settings):
        client = Client()
        answer = client.post(SIGN_IN, {"login": account.code, "password": PASSWORD}, secure=True)
        assert set(answer.cookies) == {"__Host-session", "__Host-device", "__Host-csrf"}
        assert all(morsel["secure"] for morsel in answer.cookies.values())


def test_public_pages_read_and_set_no_cookie(world: World) -> None:
    client = signed_in(person_account())
    answer = client.get("/en/about/")
    assert not answer.cookies
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert not hasattr(answer.wsgi_request, "session")


def test_a_foreign_form_is_refused(world: World) -> None:
    account = person_account()
    client = Client(enforce_csrf_checks=True)
    assert password_typed(client, account).status_code == 403
    signed = signed_in(account, enforce_csrf_checks=False)
    foreign = Client(enforce_csrf_checks=True)
    foreign.cookies = signed.cookies
    for page in ("sign-out/", "devices/end/", "password/", "cards/"):
        assert foreign.post(f"{OWN}{page}", {}).status_code == 403, page
    assert signed.get(OWN).status_code == 200


FOREIGN = [
    "https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "///evil.example",
    "http:evil.example", "javascript:alert(1)", "/\tevil", "//evil.example@here/", "https:/evil.example",
    "/en/\r\nSet-Cookie: a=b", "/en/\nLocation: //evil", " //evil.example", "ftp://evil.example", "%2F%2Fevil.example",
]  # fmt: skip


@pytest.mark.parametrize("target", FOREIGN)
def test_no_foreign_address_follows_the_sign_in(world: World, target: str) -> None:
    account = person_account()
    answer = Client().post(
        f"{SIGN_IN}?next=/en/account/devices/", {"login": account.code, "password": PASSWORD, "next": target}
    )
    assert answer.status_code == 302
    assert answer.url in ("/en/cabinet/", "/en/account/devices/")
    assert "Set-Cookie: a" not in str(answer.headers)


def test_an_own_address_does(world: World) -> None:
    account = person_account()
    answer = Client().post(
        SIGN_IN, {"login": account.code, "password": PASSWORD, "next": "/en/account/devices/"}
    )
    assert answer.url == "/en/account/devices/"


def test_nothing_but_reading_stays_outside(world: World) -> None:
    assert Client().post("/en/about/", {}).status_code == 405


def test_device_in_words(world: World) -> None:
    agent = "Mozilla/5.0 (Linux; Android 9) AppleWebKit/537.36 Chrome/99.0 Mobile Safari/537.36 <script>x"
    client = Client(headers={"user-agent": agent})
    account = person_account()
    password_typed(client, account)
    shown: Any = client.get(f"{OWN}devices/").content.decode()
    assert "Chrome, Android" in shown
    assert "script>x" not in shown
    assert "127.0.0.0/24" in shown
