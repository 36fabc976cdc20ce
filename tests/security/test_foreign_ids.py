"""Numbers of others in addresses and payloads: another territory's, another election's, another person's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from esaylov.acts.powers import Actor
from esaylov.cabinet.models import Notice
from esaylov.exchange.members import members_csv
from esaylov.formation.discussions import RecordDiscussion
from esaylov.formation.models import Upload
from esaylov.polling.acts import ReportTurnout
from esaylov.proceedings.applications import (
    CheckApplication,
    DecideApplication,
    ForwardApplication,
    NoteAppeal,
    ReturnApplication,
)
from esaylov.proceedings.decisions import AdoptDecision
from esaylov.proceedings.letters import SendLetter
from esaylov.proceedings.models import Letter
from esaylov.proceedings.motions import propose
from esaylov.proceedings.pages.drafts import COMPOSED
from esaylov.proceedings.sessions import CloseSession, RecordAttendance, StateDissent
from esaylov.registry.accounts.models import Account
from esaylov.registry.acts import ChangeComposition, EndMandate
from esaylov.registry.models import Mandate
from esaylov.registry.organisations import GrantMandate, RegisterOrganisation
from esaylov.registry.queries import actor_of_mandate
from esaylov.results.acts import AcceptProtocol, AnnulPrecinct
from tests.acts.election import count
from tests.cabinet.conftest import bench
from tests.cabinet.people import Bench, sign_in
from tests.formation.people import rows
from tests.proceedings.acting import act, adopt, open_session, submit, votes
from tests.registry.people import accepted, actors_of, codes, form_commission, held, member, members

__all__ = ["bench"]
SECRET = "Lamp of the North"
OTHERS = ("another territory", "precinct", "party")


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Theirs:
    """What the commission of the North has, and officers of other bodies who would have it."""

    session: int
    decision: int
    application: str
    letter: UUID
    motion: UUID
    notice: int
    upload: UUID
    mandate: int
    below: int
    actors: dict[str, Actor]
    clients: dict[str, Client]


def head_of_a_party(central: Actor) -> Actor:
    party = {"organisation": "org:p", "kind": "party", "names": {"uz": "P"}}
    accepted(act(RegisterOrganisation, "", central, party))
    grant = GrantMandate.Payload(organisation="org:p", role="head", member=member(800))
    number = accepted(act(GrantMandate, "", central, grant)).journal
    found = actor_of_mandate(Mandate.objects.get(journal=number).pk, now())
    assert found is not None
    return found


def client_of(bench: Bench, by: Actor) -> Client:
    known = [one for one in bench.accounts.values() if one.person == by.person]
    return sign_in(known[0] if known else Account.objects.open(person=by.person))


def handed_in(bench: Bench) -> UUID:
    """A file of members that the North's chair has handed in."""
    file = SimpleUploadedFile("theirs.csv", members_csv(rows("pec:n1-2", 600)))
    sent = bench.clients["tec chair"].post("/en/cabinet/commissions/import/", {"file": file, "decision": "9"})
    assert sent.status_code == 302
    return Upload.objects.get().pk


@pytest.fixture
def theirs(bench: Bench) -> Theirs:
    central = actors_of("", "cec", now())["chair"]
    accepted(form_commission("door", "tec:s", central, members(9, 400)))
    north = actors_of("door", "tec:n", now())["chair"]
    assert north.person is not None
    assert north.mandate is not None
    session = accepted(open_session("door", "tec:n")).journal
    people = votes(held("door", "tec:n", now()), against=1)
    decision = accepted(adopt(session, "1", "door", "tec:n", title=SECRET, votes=people)).journal
    application = accepted(submit("door", "tec:n", subject=SECRET)).record["number"]
    accepted(act(SendLetter, "door", central, {"bodies": ["tec:n"], "subject": SECRET, "text": SECRET}))
    notice = Notice.objects.create(person=north.person, code="letter", created_at=now())
    actors = {
        "another territory": actors_of("door", "tec:s", now())["chair"],
        "precinct": actors_of("door", "pec:n1-1", now())["chair"],
        "party": head_of_a_party(central),
    }
    return Theirs(
        session, decision, application, Letter.objects.get().id,
        propose(north, "door", title=SECRET, text=SECRET, source=COMPOSED), notice.pk, handed_in(bench), north.mandate,
        held("door", "pec:n2-1", now())[3].id, actors,
        {name: client_of(bench, by) for name, by in actors.items()},
    )  # fmt: skip


def addresses(theirs: Theirs) -> list[str]:
    """Pages of what is the North's alone."""
    session, application = f"sessions/{theirs.session}", f"applications/{theirs.application}"
    return [
        f"{session}/", f"{session}/attendance/", f"{session}/decide/", f"{session}/decide/?motion={theirs.motion}",
        f"{session}/close/", f"{session}/minutes.pdf", f"decisions/{theirs.decision}/dissent/",
        f"decision-drafts/{theirs.motion}/", f"decision-drafts/{theirs.motion}/words/",
        f"decision-drafts/{theirs.motion}/withdraw/", f"decision-drafts/{theirs.motion}/orders/add/",
        f"{application}/", f"{application}/check/", f"{application}/decide/", f"{application}/proposal/",
        f"letters/{theirs.letter}/", f"notices/{theirs.notice}/", f"commissions/import/{theirs.upload}/",
        "commissions/of/pec:n2-1/", "commissions/of/pec:n2-1/add/", "commissions/of/pec:n2-1/form/",
        f"commissions/of/pec:n2-1/remove/{theirs.below}/", "acceptance/n2-1/list/",
    ]  # fmt: skip


FORM = {
    "idempotency_key": "k", "text": "x", "title": "x", "granted": "on", "public": "on", "decision": "9", "number": "9",
    "ground": "recalled", "to": "tec:s", "step": "accept", "item": "1",
}  # fmt: skip


@pytest.mark.parametrize("who", OTHERS)
def test_no_page_opens_by_the_number_of_something_of_others(theirs: Theirs, who: str) -> None:
    client, before = theirs.clients[who], count("acts_journal")
    for address in addresses(theirs):
        for answer in (client.get(f"/en/cabinet/{address}"), client.post(f"/en/cabinet/{address}", FORM)):
            assert answer.status_code in {403, 404, 405}, (address, answer.status_code)
            assert SECRET not in answer.content.decode(errors="replace"), address
    assert count("acts_journal") == before
    assert not Notice.objects.filter(pk=theirs.notice, read_at__isnull=False).exists()
    assert count("proceedings_motion", "decided IS NULL") == 1
    assert count("formation_upload") == 1


def test_an_application_is_followed_by_who_sent_it(theirs: Theirs) -> None:
    number = accepted(submit("door", "tec:n", by=theirs.actors["party"], subject=SECRET)).record["number"]
    address = f"/en/cabinet/my-applications/{number}/"
    assert SECRET in theirs.clients["party"].get(address).content.decode()
    for who in ("another territory", "precinct"):
        for answer in (theirs.clients[who].get(address), theirs.clients[who].post(address, FORM)):
            assert answer.status_code in {403, 404, 405}
            assert SECRET not in answer.content.decode()


def test_a_letter_is_not_answered_by_whom_it_did_not_reach(theirs: Theirs) -> None:
    page = theirs.clients["another territory"].get(f"/en/cabinet/letters/new/?answers={theirs.letter}")
    assert SECRET not in page.content.decode()
    answer = {"bodies": ["cec"], "subject": "On lamps", "text": "x", "answers": theirs.letter}
    assert codes(act(SendLetter, "door", theirs.actors["another territory"], answer)) == ["W02"]


def payloads(theirs: Theirs) -> list[tuple[Any, dict[str, Any]]]:
    """Acts of the North's officers on what is the North's."""
    number, session = {"application": theirs.application}, {"session": theirs.session}
    everybody = {"present": frozenset({theirs.mandate}), "presiding": theirs.mandate}
    vote = {"item": 1, "number": "8", "title": "x", "text": "x", "votes": {theirs.mandate: "for"}}
    place = {"precinct": "n1-1", "contest": "list", "decision": "9"}
    return [
        (CheckApplication, number), (ReturnApplication, number | {"text": "x"}),
        (DecideApplication, number | {"granted": True}), (ForwardApplication, number | {"to": "tec:s"}),
        (NoteAppeal, number | {"court": "district-court"}), (RecordAttendance, session | everybody),
        (CloseSession, session), (AdoptDecision, session | vote),
        (AdoptDecision, session | vote | {"motion": theirs.motion}),
        (StateDissent, {"decision": theirs.decision, "text": "x", "public": True}),
        (EndMandate, {"mandate": theirs.mandate, "ground": "recalled"}),
        (ChangeComposition, {"commission": "pec:n2-1", "decision": "9", "add": [member(900)]}),
        (RecordDiscussion, {"territory": "n1", "minutes": "1", "day": "2020-01-01", "proposed": 1, "supported": 1}),
        (GrantMandate, {"organisation": "org:q", "role": "head", "member": member(901)}),
        (ReportTurnout, {"precinct": "n2-1", "voters": 1}), (AcceptProtocol, place), (AnnulPrecinct, place),
    ]  # fmt: skip


@pytest.mark.parametrize("who", OTHERS)
def test_no_act_takes_the_number_of_something_of_others(theirs: Theirs, who: str) -> None:
    before = count("acts_journal")
    for kind, payload in payloads(theirs):
        found = codes(act(kind, "door", theirs.actors[who], payload))
        assert found, (kind.code, who)
    assert count("acts_journal") == before


def test_no_mandate_acts_in_another_election(theirs: Theirs) -> None:
    """Whatever of an actor's election is changed: a mandate of another election is none here."""
    north = actors_of("door", "tec:n", now())["chair"]
    stranger, before = replace(north, election="another"), count("acts_journal")
    for kind, payload in payloads(theirs):
        assert codes(act(kind, "door", stranger, payload)) == ["A01"], kind.code
    assert count("acts_journal") == before


def test_who_looks_for_another_person_finds_nobody(theirs: Theirs, bench: Bench) -> None:
    """The own page is one's own: no member of the address or of a form names a person."""
    for more in ("", f"?person={uuid4()}", f"?person={bench.accounts['tec chair'].person}"):
        page = theirs.clients["precinct"].get(f"/en/cabinet/me/{more}")
        assert page.status_code == 200
        assert "Sinov100" not in page.content.decode()


def test_a_mandate_is_taken_over_by_nobody(theirs: Theirs) -> None:
    """The switch takes a number: of a mandate that is somebody else's it makes nothing."""
    client = theirs.clients["precinct"]
    for number in (theirs.mandate, 1, 10**18):
        client.post("/en/cabinet/switch/", {"mandate": number})
        assert client.get("/en/cabinet/commissions/").status_code == 403


def test_the_same_addresses_open_to_their_own(theirs: Theirs, bench: Bench) -> None:
    """Or the pages above would prove nothing."""
    client = bench.clients["tec chair"]
    found = {address: client.get(f"/en/cabinet/{address}").status_code for address in addresses(theirs)}
    assert {address: status for address, status in found.items() if status not in {200, 302, 405}} == {}
