"""Printed cards of one-time codes: each code once, a new card ends the one before, an empty one is a factor that is lost."""

from __future__ import annotations

import io
import re
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import Client, override_settings
from pypdf import PdfReader

from esaylov.exchange.documents.words import Words
from esaylov.registry.accounts import factors, policy
from esaylov.registry.accounts.models import CardCode, CodeCard
from tests.accounts.people import SECOND, Mandate, World, password_typed, signed_in

CARDS = "/en/account/cards/"
CODE = re.compile(r"<code>([2-9A-Z]{4}-[2-9A-Z]{4})</code>")


def test_a_card_is_a_second_factor(world: World) -> None:
    secretary = world.member(Mandate("pec:1", "precinct", "secretary"))
    client = signed_in(secretary)
    assert client.get("/en/account/").url == "/en/account/set-up/"
    codes = CODE.findall(client.post(CARDS, {"as": "page"}).content.decode())
    assert len(set(codes)) == 12
    assert client.get("/en/account/").status_code == 200, "who printed it has it"
    for typed, opens in ((codes[0].lower(), True), (codes[0], False), (codes[3].replace("-", " "), True)):
        fresh = Client()
        assert password_typed(fresh, secretary).url == SECOND
        assert (fresh.post(SECOND, {"code": typed}).status_code == 302) is opens
    kept = [bytes(row.code_hash) for row in CardCode.objects.all()]
    assert not any(code.replace("-", "").encode() in row for code in codes for row in kept)


def test_a_new_card_ends_the_one_before(world: World) -> None:
    account = world.member()
    _card, before = factors.issue_card(account, account)
    _card, after = factors.issue_card(account, account)
    assert factors.use_code(account, before[0]) is None
    assert factors.use_code(account, after[0]) == factors.CARD
    other = world.member()
    assert factors.use_code(other, after[1]) is None, "a card belongs to one account"


def test_an_empty_card_is_a_lost_factor_and_a_revoked_one_is_none(world: World) -> None:
    account = world.member()
    _card, codes = factors.issue_card(account, account)
    for code in codes:
        assert factors.use_code(account, code)
    assert policy.has_factor(account)
    assert policy.usable_card(account) is None
    factors.issue_card(account, account)
    assert factors.revoke_cards(account, account) == 1
    assert not policy.has_factor(account)


def test_the_password_alone_prints_no_second_card(world: World) -> None:
    """Whoever has only the password of an officer whose card is used up gets no new one: that is a recovery's business."""
    chair = world.member(Mandate("tec:1", "territorial", "chair"))
    _card, codes = factors.issue_card(chair, chair)
    for code in codes:
        factors.use_code(chair, code)
    thief = Client()
    assert password_typed(thief, chair).url == SECOND
    thief.post(CARDS, {"as": "page"})
    assert CodeCard.objects.filter(account=chair).count() == 1
    assert thief.get("/en/account/").status_code == 302


def test_an_old_session_sets_up_no_factor_beside_the_new_one(world: World) -> None:
    chair = world.member(Mandate("tec:1", "territorial", "chair"))
    old = signed_in(chair)
    signed_in(chair).post(CARDS, {"as": "page"})
    assert "sign-in" in old.post(CARDS, {"as": "page"}).url, "the session has ended"
    assert CodeCard.objects.filter(account=chair).count() == 1


def test_a_session_without_the_factor_reaches_no_page_that_sets_one_up(world: World) -> None:
    """Even where it was not ended: the factor came by another way, such as an administrator's."""
    chair = world.member(Mandate("tec:1", "territorial", "chair"))
    old = signed_in(chair)
    factors.issue_card(chair, chair)
    for path in ("cards/", "second-factor/app/", "second-factor/passkeys/add/", "second-factor/codes/new/"):
        answer = old.post(f"/en/account/{path}", {"as": "page"})
        assert answer.status_code == 302
        assert answer.url.startswith("/en/account/second-factor/again/")
    assert CodeCard.objects.filter(account=chair).count() == 1


def test_few_codes_are_said(world: World) -> None:
    account = world.member(Mandate("pec:1", "precinct", "secretary"))
    _card, codes = factors.issue_card(account, account)
    for code in codes[:8]:
        factors.use_code(account, code)
    client = Client()
    password_typed(client, account)
    assert b"3 codes left" in client.post(SECOND, {"code": codes[8]}, follow=True).content


def test_the_last_factor_of_an_officer_stays(world: World) -> None:
    chair = world.member(Mandate("pec:1", "precinct", "chair"))
    client = signed_in(chair)
    client.post(CARDS, {"as": "page"})
    client.post(f"{CARDS}revoke/")
    assert policy.has_factor(chair)


def test_the_card_as_pdf(world: World) -> None:
    answer = signed_in(world.member()).post(CARDS, {"as": "pdf"})
    assert answer.content.startswith(b"%PDF")
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("simulated", "replay", "mode"),
    [(True, False, "simulated"), (False, True, "rehearsal"), (False, False, "")],
)
def test_a_card_of_an_installation_that_is_not_official_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch, simulated: bool, replay: bool, mode: str
) -> None:
    from esaylov.registry.accounts.views import own

    monkeypatch.setattr(own, "identity", lambda: SimpleNamespace(simulated=simulated, replay=replay))
    client = signed_in(world.member())
    paper = PdfReader(io.BytesIO(client.post(CARDS, {"as": "pdf"}).content))
    marks = [Words("en")(f"mark_{one}").upper() for one in ("simulated", "rehearsal")]
    said = [mark for mark in marks if mark in paper.pages[0].extract_text()]
    assert (mode and Words("en")(f"mark_{mode}").upper() in said) or not said
    assert ("has legal force" in client.post(CARDS).content.decode()) == bool(mode)


def test_a_card_outlives_a_change_of_the_sites_key(world: World) -> None:
    account, before = world.member(), settings.SECRET_KEY
    _card, codes = factors.issue_card(account, account)
    with override_settings(SECRET_KEY="a new key", SECRET_KEY_FALLBACKS=[]):
        assert factors.use_code(account, codes[0]) is None
    with override_settings(SECRET_KEY="a new key", SECRET_KEY_FALLBACKS=["another", before]):
        assert factors.use_code(account, codes[0]) == factors.CARD
        assert factors.use_code(account, codes[0]) is None
