"""My entry: for whoever has shown who they are, without typing anything; nobody else's can be reached."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from esaylov.acts import vault
from esaylov.acts.models import Journal
from esaylov.custody import client as custody
from esaylov.registry.accounts.encryption import decrypt
from esaylov.registry.accounts.models import Account, Session
from esaylov.voters import access
from esaylov.voters.models import Voter
from esaylov.voters.own import showing
from tests.accounts.people import administrator, app_of, password_typed, person_account, signed_in
from tests.accounts.test_providers import BACK, StandIn, state_of
from tests.voters.lookup.asking import ADDRESS, LISTED, NOBODY, REMOVED, UNPLACED, Asked
from tests.voters.own.conftest import OWN, through_oneid


def text(client: Client, page: str = OWN) -> str:
    answer = client.get(page)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store, private"
    return str(answer.content.decode())


def test_a_voter_comes_by_oneid_without_an_account(asked: Asked, oneid: StandIn) -> None:
    listed = asked.people[LISTED]
    accounts = Account.objects.count()
    assert OWN in Client().get("/en/voter/").content.decode()
    assert "Continue with OneID" in text(Client())
    client, back = through_oneid(oneid, listed.record["pinfl"])
    assert (back.status_code, back.url) == (302, OWN)
    page = text(client)
    assert "You are on the list" in page
    assert ADDRESS in page
    assert "/en/voter/request/" in page
    assert Account.objects.count() == accounts
    assert client.get("/en/account/").status_code == 302, "nobody is signed in"
    for hidden in ("pinfl", "document", "surname", "given_name"):
        assert listed.record[hidden] not in page
    assert not any(listed.record["pinfl"] in str(vars(session)) for session in Session.objects.all())
    kept = str(client.session.items())
    assert not any(listed.record[name] in kept for name in ("pinfl", "document", "surname"))
    assert client.post(f"{OWN}leave/").status_code == 302
    assert "Continue with OneID" in text(client)


def test_who_looked_is_shown_by_hour_and_purpose(asked: Asked, oneid: StandIn) -> None:
    listed = asked.people[LISTED]
    access.record([listed.id], body="pec:n1-1", person=uuid4(), purpose="precinct list")
    access.record([listed.id], body="", person=None, purpose="look-up")
    access.record([asked.people[UNPLACED].id], body="tec:n", person=uuid4(), purpose="request")
    client, _ = through_oneid(oneid, listed.record["pinfl"])
    page = text(client)
    assert "precinct commission n1-1" in page
    assert "list of the precinct" in page
    assert "somebody with your document number and birth date" in page
    assert "you, after OneID or your account had said who you are" in page
    assert "territorial commission" not in page
    mine = [one for one in access.looks(listed.id) if one.purpose == "own entry"]
    assert {(one.body, one.person) for one in mine} == {("", None)}


def test_removed_unplaced_and_missing(asked: Asked, oneid: StandIn) -> None:
    pages = {}
    for person in (UNPLACED, REMOVED, NOBODY):
        client, _ = through_oneid(oneid, asked.people[person].record["pinfl"])
        pages[person] = text(client)
    assert "Your precinct is not determined yet" in pages[UNPLACED]
    assert "Removed from the list" in pages[REMOVED]
    assert "has left the country" in pages[REMOVED]
    assert "kind=objection" in pages[REMOVED]
    assert "Not found on the list" in pages[NOBODY]
    assert "No entry has your PINFL" in pages[NOBODY]


def test_the_same_page_in_the_way_of_a_sign_in_leads_to_no_account(asked: Asked, oneid: StandIn) -> None:
    """Only who was sent from the page for it comes back to it; OneID's other ways are as they were."""
    client = Client()
    answer = client.post(f"/en/account/oneid/login/?next={OWN}")
    oneid.profile["pin"] = asked.people[LISTED].record["pinfl"]
    assert client.get(BACK, {"code": "C", "state": state_of(answer)}).status_code == 401
    assert "Continue with OneID" in text(client)


def test_what_oneid_said_ends(asked: Asked, oneid: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    client, _ = through_oneid(oneid, asked.people[LISTED].record["pinfl"])
    assert "You are on the list" in text(client)
    monkeypatch.setattr(showing, "SHOWN_SECONDS", -1.0)
    assert "Continue with OneID" in text(client)
    monkeypatch.setattr(showing, "ASKED_SECONDS", -1.0)
    other, back = through_oneid(oneid, asked.people[LISTED].record["pinfl"])
    assert back.status_code == 401
    assert "Continue with OneID" in text(other)


@pytest.mark.parametrize(
    "change", [{"ret_cd": "1"}, {"user_type": "L"}, {"pin": "712345"}, {"pin": "٧١٢٣٤٥٦٧٨٩٠١٢٣"}]
)
def test_whom_oneid_does_not_name_sees_nothing(asked: Asked, oneid: StandIn, change: dict[str, str]) -> None:
    oneid.profile |= change
    client, _ = through_oneid(oneid, change.get("pin", asked.people[LISTED].record["pinfl"]))
    assert "Continue with OneID" in text(client)


def test_one_browser_shows_the_one_who_came_last(asked: Asked, oneid: StandIn) -> None:
    client, _ = through_oneid(oneid, asked.people[LISTED].record["pinfl"])
    before = client.session.session_key
    through_oneid(oneid, asked.people[REMOVED].record["pinfl"], client)
    assert "Removed from the list" in text(client)
    assert client.session.session_key != before
    for query in ("voter=1", f"pinfl={asked.people[LISTED].record['pinfl']}", "digests=0"):
        assert "Removed from the list" in text(client, f"{OWN}?{query}")


def test_whoever_signs_in_afterwards_is_somebody_else(asked: Asked, oneid: StandIn) -> None:
    client, _ = through_oneid(oneid, asked.people[REMOVED].record["pinfl"])
    assert password_typed(client, person_account()).status_code == 302
    assert "is not tied to a PINFL" in text(client)
    assert showing.SHOWN not in client.session


def test_the_stored_session_ties_no_account_to_an_entry(asked: Asked, oneid: StandIn) -> None:
    listed = asked.people[LISTED]
    client, _ = through_oneid(oneid, listed.record["pinfl"], signed_in(person_account()))
    assert "You are on the list" in text(client)
    kept = str(dict(client.session))
    assert Voter.objects.get(id=listed.id).pinfl.hex not in kept.replace("-", "")


def account_of(pinfl: str) -> Account:
    """An account of a person with a PINFL in the vault."""
    account = person_account()
    assert account.person is not None
    prepared = vault.prepare([(account.person, {"pinfl": pinfl})])
    prepared.write(Journal.objects.earliest("id").id)
    return account


def test_an_account_of_any_role_leads_to_its_own_persons_entry(asked: Asked) -> None:
    account = account_of(asked.people[LISTED].record["pinfl"])
    client = signed_in(account)
    assert OWN in text(client, "/en/account/")
    assert "You are on the list" in text(client)
    assert vault.looks(account.person) == [], "who reads about themselves leaves no trace in the vault"  # type: ignore[arg-type]
    other = administrator()
    for stranger in (signed_in(person_account()), signed_in(other, app_of(other))):
        assert "is not tied to a PINFL" in text(stranger)


def test_so_many_times_and_no_more(asked: Asked, oneid: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(account_of(asked.people[UNPLACED].record["pinfl"]))

    def throttled(*_: object, **__: object) -> bool:
        raise custody.Throttled(30)

    monkeypatch.setattr(showing.client, "admit", throttled)
    answer = client.get(OWN)
    assert (answer.status_code, int(answer.headers["Retry-After"])) == (429, 30)
    visitor, back = through_oneid(oneid, asked.people[LISTED].record["pinfl"])
    assert back.url == f"{OWN}?wait=1"
    assert visitor.get(back.url).status_code == 429


def test_who_comes_while_keys_are_changed_is_found_under_both(asked: Asked, oneid: StandIn) -> None:
    """The session keeps digests of each generation of keys, and no longer than a quarter of an hour."""
    from esaylov.custody.keyring import Keyring
    from tests.voters.listed import KEYS

    listed = asked.people[LISTED]
    before = Voter.objects.get(id=listed.id).pinfl
    Keyring.read(asked.data / KEYS).with_next()
    limit = datetime.now(UTC) + timedelta(seconds=60)
    while len(custody.checks()) < 2:
        assert datetime.now(UTC) < limit
    client, _ = through_oneid(oneid, listed.record["pinfl"])
    assert "You are on the list" in text(client)
    kept = client.session[showing.SHOWN]
    assert before.hex not in kept
    digests = json.loads(decrypt(kept, showing.SEAL))["digests"]
    assert len(digests) == 2
    assert before.hex in digests


def test_without_the_custodian_nothing_is_said(asked: Asked, oneid: StandIn) -> None:
    """(The last one: the custodian is gone.)"""
    asked.custodian.process.terminate()
    asked.custodian.process.wait(10)
    custody.custody.close()
    client, back = through_oneid(oneid, asked.people[LISTED].record["pinfl"])
    assert back.url == f"{OWN}?down=1"
    answer = client.get(back.url)
    assert answer.status_code == 503
    assert "does not answer" in answer.content.decode()
