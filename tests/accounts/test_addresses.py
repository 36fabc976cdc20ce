"""An e-mail address: whoever changes it shows again who they are, and the address of before is told."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from tests.accounts.people import World, signed_in

PAGE = "/en/account/e-mail/"
NEW = {"action_add": "1", "email": "new@saylov.example"}


def with_address(world: World) -> Any:
    account = world.member()
    EmailAddress.objects.create(user=account, email="old@saylov.example", verified=True, primary=True)
    return account


def test_an_old_proof_is_not_enough(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    account = with_address(world)
    client = signed_in(account)
    later = time.time() + 3600
    monkeypatch.setattr("allauth.account.internal.flows.reauthentication.time.time", lambda: later)
    assert "/reauthenticate/" in client.post(PAGE, NEW).url
    assert not EmailAddress.objects.filter(email="new@saylov.example").exists()
    assert mail.outbox == []


def test_the_address_of_before_is_told(world: World) -> None:
    account = with_address(world)
    client = signed_in(account)
    client.post(PAGE, NEW)
    (confirm,) = [message for message in mail.outbox if message.to == ["new@saylov.example"]]
    link = re.search(r"/en/account/e-mail/confirm/\S+", str(confirm.body))
    assert link
    client.post(link.group())
    told = [message.subject for message in mail.outbox if message.to == ["old@saylov.example"]]
    assert any("another e-mail address" in subject for subject in told)
    assert [row.email for row in EmailAddress.objects.filter(user=account)] == ["new@saylov.example"]
