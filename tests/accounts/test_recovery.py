"""A lost factor: two persons of two bodies, a wait, a link; nobody else, and not sooner."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from esaylov.acts.context import STANDING_ZONE
from esaylov.registry.accounts import policy, recovery
from esaylov.registry.accounts.models import Account, Event, Recovery
from esaylov.registry.accounts.queries import recoveries_count
from tests.accounts.people import (
    PASSWORD,
    Mandate,
    World,
    administrator,
    app_of,
    code_now,
    password_typed,
    signed_in,
)

LOST = "/en/account/sign-in/lost/"
BOARD = "/en/account/recovery/"


class People:
    """A member of a precinct commission, an officer of it, and officers of three others."""

    def __init__(self, world: World) -> None:
        self.member = world.member(Mandate("pec:1", "precinct", "chair"))
        self.own = world.member(Mandate("pec:1", "precinct", "secretary"))
        self.higher = world.member(Mandate("dec:1", "district", "chair"))
        self.colleague = world.member(Mandate("dec:1", "district", "deputy"))
        self.other = world.member(Mandate("tec:2", "territorial", "secretary"))
        self.plain = world.member(Mandate("tec:1", "territorial", "member"))
        self.secret = app_of(self.member)


@pytest.fixture
def people(world: World) -> People:
    return People(world)


def asked(people: People) -> Recovery:
    return recovery.ask(people.member, Recovery.What.FACTOR, people.member)


def approved(people: People, *, hours_ago: float = 0) -> Recovery:
    found = asked(people)
    recovery.approve(found.pk, people.other, "tec:2")
    recovery.approve(found.pk, people.higher, "dec:1")
    Recovery.objects.filter(pk=found.pk).update(approved_at=timezone.now() - timedelta(hours=hours_ago))
    found.refresh_from_db()
    return found


def test_the_whole_way(world: World, people: People) -> None:
    client = Client()
    password_typed(client, people.member)
    assert client.get(LOST).status_code == 200
    assert client.post(LOST).status_code == 302
    for officer, body in ((people.other, "tec:2"), (people.higher, "dec:1")):
        secret = app_of(officer)
        desk = signed_in(officer, secret)
        page = desk.get(f"{BOARD}?code={people.member.code.lower()}").content.decode()
        number = Recovery.objects.get().pk
        assert f'value="{body}"' in page
        desk.post(f"{BOARD}{number}/", {"step": "approve", "body": body})
    found = Recovery.objects.get()
    assert recovery.standing(found).state == recovery.WAITING
    early = desk.post(f"{BOARD}{found.pk}/", {"step": "link"})
    assert early.status_code == 302, "not before the wait is over"
    Recovery.objects.update(approved_at=timezone.now() - timedelta(hours=12, seconds=1))
    letter = desk.post(f"{BOARD}{found.pk}/", {"step": "link"}).content.decode()
    url = re.search(r"/en/account/link/[\w-]+/", letter)
    assert url
    # The approver holds the link, and comes nowhere without the password.
    assert desk.post(url[0], {"password": "guess guess guess"}).status_code == 200
    assert policy.has_factor(people.member)
    still_in = signed_in(people.member, people.secret)
    answer = Client().post(url[0], {"password": PASSWORD})
    assert "yours again" in answer.content.decode()
    assert not policy.has_factor(people.member)
    assert still_in.get("/en/account/").status_code == 302, "all devices are signed out"
    assert Client().post(url[0], {"password": PASSWORD}).status_code == 404
    again = signed_in(people.member)
    assert again.get("/en/account/").url == "/en/account/set-up/"
    assert recoveries_count(timezone.now() - timedelta(days=1)) == 1


def test_two_of_one_body_do_not_do(people: People) -> None:
    found = asked(people)
    recovery.approve(found.pk, people.higher, "dec:1")
    with pytest.raises(recovery.RecoveryError):
        recovery.approve(found.pk, people.colleague, "dec:1")
    with pytest.raises(recovery.RecoveryError):
        recovery.approve(found.pk, people.higher, "dec:1")


def test_bodies_of_one_code_are_one_whichever_election(world: World, people: People) -> None:
    """A commission of the same place in another election, and another that both sit in, are no second body."""
    elsewhere = world.member(Mandate("dec:1", "district", "chair", "by-election"))
    together = world.member(
        Mandate("tec:7", "territorial", "chair"), Mandate("dec:1", "district", "member", "old")
    )
    found = asked(people)
    recovery.approve(found.pk, people.higher, "dec:1")
    for who, body in ((elsewhere, "dec:1"), (together, "tec:7")):
        with pytest.raises(recovery.RecoveryError, match="different bodies"):
            recovery.approve(found.pk, who, body)
    assert found.approvals.count() == 1


def test_nobody_who_sits_with_the_member_approves(world: World, people: People) -> None:
    """Nor for a commission of the member's place in another election, nor for another body of their own."""
    there = world.member(Mandate("pec:1", "precinct", "chair", "by-election"))
    also = world.member(Mandate("tec:7", "territorial", "chair"), Mandate("pec:1", "precinct", "member"))
    found = asked(people)
    for who, body in ((people.own, "pec:1"), (there, "pec:1"), (also, "tec:7")):
        with pytest.raises(recovery.RecoveryError, match="sit in a body with the member"):
            recovery.approve(found.pk, who, body)
    assert not found.approvals.exists()


def test_one_person_with_two_mandates_is_one(world: World, people: People) -> None:
    assert people.higher.person is not None
    world.mandates[people.higher.person].append(Mandate("tec:9", "territorial", "secretary"))
    found = asked(people)
    recovery.approve(found.pk, people.higher, "dec:1")
    with pytest.raises(recovery.RecoveryError):
        recovery.approve(found.pk, people.higher, "tec:9")


def test_who_may_not_approve(people: People) -> None:
    found = asked(people)
    for who, body in (
        (people.member, "pec:1"),
        (people.plain, "tec:1"),
        (administrator(), "cec"),
        (people.higher, "pec:1"),
        (people.higher, ""),
        (people.own, "pec:1"),
    ):
        with pytest.raises(recovery.RecoveryError):
            recovery.approve(found.pk, who, body)
    assert not found.approvals.exists()


def test_who_reported_does_not_approve(people: People) -> None:
    found = recovery.ask(people.member, Recovery.What.FACTOR, people.own)
    with pytest.raises(recovery.RecoveryError):
        recovery.approve(found.pk, people.own, "pec:1")


def test_only_an_officer_of_the_own_commission_reports(people: People) -> None:
    for who in (people.higher, people.plain, administrator()):
        with pytest.raises(recovery.RecoveryError):
            recovery.ask(people.member, Recovery.What.FACTOR, who)


@pytest.mark.parametrize("who", ["member", "other", "higher"])
@pytest.mark.parametrize("hours", [1, 13])
def test_member_and_approvers_stop_it(people: People, who: str, hours: float) -> None:
    found = approved(people, hours_ago=hours)
    recovery.stop(found.pk, getattr(people, who))
    with pytest.raises(recovery.RecoveryError):
        recovery.link(found.pk, people.other)
    assert Event.objects.filter(code="recovery-stopped", account=people.member.pk).exists()


def test_nobody_else_stops_it(people: People) -> None:
    found = approved(people)
    with pytest.raises(recovery.RecoveryError):
        recovery.stop(found.pk, people.colleague)


def test_stopping_makes_a_printed_link_worthless(people: People) -> None:
    found = approved(people, hours_ago=13)
    token = recovery.link(found.pk, people.other)
    recovery.stop(found.pk, people.member)
    assert not recovery.finish(token, people.member)
    assert policy.has_factor(people.member)


def test_the_wait_is_twelve_hours(people: People) -> None:
    found = approved(people)
    assert found.approved_at is not None
    for seconds, state in ((-1, recovery.WAITING), (0, recovery.READY)):
        at = found.approved_at + timedelta(hours=12, seconds=seconds)
        assert recovery.standing(found, at).state == state
    assert recovery.standing(found, found.asked_at + timedelta(days=8)).state == recovery.EXPIRED


def test_on_election_day_there_is_no_recovery(world: World, people: People) -> None:
    world.day = timezone.now().astimezone(STANDING_ZONE).date()
    with translation.override("en"), pytest.raises(recovery.RecoveryError, match="code card"):
        asked(people)


def test_one_at_a_time(people: People) -> None:
    asked(people)
    with pytest.raises(recovery.RecoveryError):
        asked(people)


def test_a_lost_password_needs_the_factor(people: People) -> None:
    found = recovery.ask(people.member, Recovery.What.PASSWORD, people.own)
    recovery.approve(found.pk, people.higher, "dec:1")
    Recovery.objects.filter(pk=found.pk).update(approved_at=timezone.now() - timedelta(hours=13))
    token = recovery.link(found.pk, people.higher)
    url = f"/en/account/link/{token}/"
    new = {"password1": "ganz ein neues Pferd", "password2": "ganz ein neues Pferd"}
    assert Client().post(url, {**new, "code": "000000"}).status_code == 200
    answer = Client().post(url, {**new, "code": code_now(people.secret)})
    assert "yours again" in answer.content.decode()
    assert Account.objects.get(pk=people.member.pk).check_password("ganz ein neues Pferd")
    assert policy.has_factor(people.member)


def test_the_member_is_told_by_mail(people: People) -> None:
    from allauth.account.models import EmailAddress
    from django.core import mail

    EmailAddress.objects.create(user=people.member, email="m@example.org", verified=True, primary=True)
    approved(people)
    subjects = [message.subject for message in mail.outbox]
    assert len(subjects) == 2
    assert all(message.to == ["m@example.org"] for message in mail.outbox)


def test_a_number_of_a_foreign_recovery_opens_nothing(people: People) -> None:
    found = approved(people, hours_ago=13)
    stranger = signed_in(people.plain, app_of(people.plain))
    for step in ("approve", "stop", "link"):
        answer = stranger.post(f"{BOARD}{found.pk}/", {"step": step, "body": "tec:1"})
        assert answer.status_code == 302
    found.refresh_from_db()
    assert found.ended_at is None
    assert stranger.post(f"{BOARD}999999/", {"step": "stop"}).status_code == 404
