"""The thin way: password, second factor, session, out again."""

from __future__ import annotations

from django.test import Client

from tests.accounts.people import (
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

CHAIR = Mandate("pec:1", "precinct", "chair")


def test_password_then_app_then_out(world: World) -> None:
    account = world.member(CHAIR)
    secret = app_of(account)
    client = Client()
    assert 'data-show="Show the password"' in client.get(SIGN_IN).content.decode()
    response = password_typed(client, account)
    assert (response.status_code, response.url) == (302, SECOND)
    assert client.get("/en/account/").status_code == 302, "the password alone opens nothing"
    assert "Enter the code of your card" in client.get(SECOND).content.decode()
    response = client.post(SECOND, {"code": code_now(secret)})
    assert (response.status_code, response.url) == (302, "/en/cabinet/")
    assert client.get("/en/account/").status_code == 200
    assert client.post("/en/account/sign-out/").url == SIGN_IN
    assert client.get("/en/account/").status_code == 302


def test_code_is_good_once(world: World) -> None:
    account = world.member(CHAIR)
    secret = app_of(account)
    code = code_now(secret)
    first, second = Client(), Client()
    for client in (first, second):
        password_typed(client, account)
    assert first.post(SECOND, {"code": code}).status_code == 302
    assert second.post(SECOND, {"code": code}).status_code == 200


def test_who_must_have_a_factor_reaches_only_the_set_up(world: World) -> None:
    for account in (world.member(CHAIR), administrator()):
        client = signed_in(account)
        for page in ("/en/account/", "/en/cabinet/", "/en/account/devices/", "/en/account/administration/"):
            assert client.get(page).url == "/en/account/set-up/", page
        assert client.get("/en/account/set-up/").status_code == 200


def test_other_precinct_members_need_none(world: World) -> None:
    account = world.member(Mandate("pec:1", "precinct", "member"))
    assert signed_in(account).get("/en/account/").status_code == 200


def test_every_language_shows_its_pages(world: World) -> None:
    client = signed_in(person_account())
    for language in ("uz", "uz-cyrl", "kaa", "ru", "en"):
        for page in ("", "devices/", "recovery/", "password/", "cards/", "e-mail/", "set-up/"):
            assert client.get(f"/{language}/account/{page}").status_code == 200, page
