"""One-time links, and administrators: they open accounts and never come into one."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from esaylov.registry.accounts import links
from esaylov.registry.accounts.models import Account, Event, Link
from esaylov.registry.accounts.terminal import administrator_link
from tests.accounts.people import (
    PASSWORD,
    Mandate,
    World,
    administrator,
    app_of,
    code_now,
    person_account,
    signed_in,
)

NEW = {"password1": PASSWORD, "password2": PASSWORD}
LIST = "/en/account/administration/"
PINFL = "71210632040244"


def in_office() -> tuple[Account, Client]:
    """An administrator who has just shown password and app."""
    account = administrator()
    secret = app_of(account)
    client = signed_in(account, secret)
    answer = client.post("/en/account/second-factor/again/", {"code": code_now(secret, ahead=1)})
    assert answer.status_code == 302
    return account, client


def invited(client: Client, **values: Any) -> tuple[Account, str]:
    answer = client.post(f"{LIST}invite/", {"label": "Somebody", **values})
    assert answer.status_code == 200, answer.url
    found = re.search(r"/en/account/link/[\w-]+/", answer.content.decode())
    assert found, answer.content.decode()
    return Account.objects.latest("created_at"), found[0]


def test_the_first_administrator_comes_by_a_link_on_the_terminal(world: World) -> None:
    url = administrator_link().replace("/uz/", "/en/")
    client = Client()
    assert client.get(url).status_code == 200
    assert client.get(url).status_code == 200, "looking uses nothing up"
    assert client.post(url, NEW).status_code == 302
    assert client.get("/en/account/").url == "/en/account/set-up/"
    made = Account.objects.get()
    assert made.is_administrator
    assert made.person is None
    assert Client().get(url).status_code == 404, "it is good once"
    assert Client().post(url, NEW).status_code == 404
    with pytest.raises(links.LinkError):
        administrator_link()
    assert administrator_link(another=True)
    assert Event.objects.filter(code="administrator-link-on-terminal").count() == 2


def test_the_link_is_good_for_a_day_and_its_secret_is_not_kept(world: World) -> None:
    url = administrator_link()
    token = url.rstrip("/").rpartition("/")[2]
    link = Link.objects.get()
    assert token.encode() not in bytes(link.token_hash)
    assert link.expires_at - timezone.now() <= timedelta(hours=24)
    Link.objects.update(expires_at=timezone.now())
    assert Client().get(url).status_code == 404


def test_a_second_link_ends_the_first(world: World) -> None:
    first, second = administrator_link(), administrator_link()
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200


@pytest.mark.parametrize(
    "password",
    ["short", "passwordpassword", "123456789012", "qwertyuiop12", "Password2026!", "aaaaaaaaaaaaaaa", ""],
)
def test_weak_passwords_are_refused(world: World, password: str) -> None:
    url = administrator_link()
    answer = Client().post(url, {"password1": password, "password2": password})
    assert answer.status_code == 200
    assert not Account.objects.get().has_usable_password()


def test_two_at_once_open_it_once(world: World) -> None:
    token = administrator_link().rstrip("/").rpartition("/")[2]
    assert links.use_password(token, PASSWORD) is not None
    assert links.use_password(token, "another long password") is None


def test_an_invitation_opens_the_account_of_the_person_only(world: World) -> None:
    person = uuid4()
    world.pinfl[PINFL] = person
    world.mandates[person] = [Mandate("cec", "cec", "chair")]
    _admin, client = in_office()
    account, url = invited(client, person=str(person))
    for wrong in ("", "71210632040245"):  # who printed the letter does not know the number
        answer = client.post(url, {**NEW, "pinfl": wrong})
        assert answer.status_code == 200
    account.refresh_from_db()
    assert not account.has_usable_password()
    holder = Client()
    assert holder.post(url, {**NEW, "pinfl": f" {PINFL} "}).status_code == 302
    assert holder.get("/en/account/").url == "/en/account/set-up/"


def test_the_identity_number_cannot_be_tried_out(world: World) -> None:
    person = uuid4()
    world.pinfl[PINFL] = person
    _admin, client = in_office()
    account, url = invited(client, person=str(person))
    for number in range(6):
        client.post(url, {**NEW, "pinfl": f"7121063204{number:04d}"})
    answer = client.post(f"{LIST}{account.code}/letter/")  # a new letter does not help
    again = re.search(r"/en/account/link/[\w-]+/", answer.content.decode())
    assert again
    refused = client.post(again[0], {**NEW, "pinfl": PINFL})
    assert "Too many attempts" in refused.content.decode()


def test_an_administrator_cannot_become_a_member(world: World) -> None:
    member = world.member(Mandate("cec", "cec", "chair"))
    secret = app_of(member)
    admin, client = in_office()
    before = Account.objects.values().get(pk=member.pk)
    # a letter for an account that is open
    answer = client.post(f"{LIST}{member.code}/letter/")
    assert answer.status_code == 302
    assert not Link.objects.exists()
    # a second account for the same person
    answer = client.post(f"{LIST}invite/", {"label": "x", "person": str(member.person)})
    assert answer.status_code == 200
    assert "already" in answer.content.decode()
    # an account that is both
    answer = client.post(f"{LIST}invite/", {"label": "x", "person": str(uuid4()), "administrator": "on"})
    assert answer.status_code == 200
    assert Account.objects.count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.filter(pk=admin.pk).update(person=uuid4())
    # a recovery: neither asked for, nor approved, by an administrator
    client.post("/en/account/recovery/", {"code": member.code, "what": "factor"})
    assert not member.recoveries.exists()
    # no page of theirs has a field for a password, a factor, or an e-mail address of somebody
    page = client.get(f"{LIST}{member.code}/").content.decode()
    assert "password" not in page.partition("<main")[2].lower()
    assert before == Account.objects.values().get(pk=member.pk)
    assert signed_in(member, secret).get("/en/account/").status_code == 200


def test_disabling_and_enabling_changes_no_secret(world: World) -> None:
    member = person_account()
    admin, client = in_office()
    session = signed_in(member)
    client.post(f"{LIST}{member.code}/disable/")
    assert session.get("/en/account/").status_code == 302
    assert not Account.objects.get(pk=member.pk).is_active
    client.post(f"{LIST}{member.code}/disable/", {"enable": "1"})
    assert signed_in(member).get("/en/account/").status_code == 200
    client.post(f"{LIST}{admin.code}/disable/")
    assert Account.objects.get(pk=admin.pk).is_active, "nobody locks themselves out"
    codes = set(Event.objects.filter(account=member.pk, by=admin.pk).values_list("code", flat=True))
    assert codes == {"disabled", "enabled"}


def test_steps_need_a_factor_shown_a_moment_ago(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    account = administrator()
    client = signed_in(account, app_of(account))
    later = time.time() + 601
    monkeypatch.setattr("allauth.account.internal.flows.reauthentication.time.time", lambda: later)
    answer = client.post(f"{LIST}invite/", {"label": "x"})
    assert answer.status_code == 302
    assert "/again/" in answer.url or "/reauthenticate/" in answer.url
    assert Account.objects.count() == 1


@pytest.mark.parametrize(
    "page", ["", "invite/", "M-2222-2222/", "M-2222-2222/letter/", "M-2222-2222/disable/"]
)
def test_others_see_nothing_of_it(world: World, page: str) -> None:
    assert Client().get(f"{LIST}{page}").status_code == 302
    assert signed_in(person_account()).get(f"{LIST}{page}").status_code == 403
    assert signed_in(person_account()).post(f"{LIST}{page}").status_code == 403


def test_the_record_is_append_only(world: World) -> None:
    signed_in(person_account())
    for change in (lambda: Event.objects.update(code="x"), lambda: Event.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_nobody_signs_up(world: World) -> None:
    client = Client()
    assert client.get("/en/account/by-invitation/").status_code == 200
    assert client.post("/en/account/by-invitation/", {"username": "x", **NEW}).status_code == 405
    assert not Account.objects.exists()
