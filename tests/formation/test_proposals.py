"""A mahalla body proposes a member; the Kengash's discussion is recorded; the territorial commission decides."""

from __future__ import annotations

from datetime import UTC, datetime

from django.test import Client

from esaylov.acts import vault
from esaylov.acts.door import Submission, perform
from esaylov.proceedings.applications import ReturnApplication
from esaylov.proceedings.models import Application
from esaylov.registry.accounts.models import Account
from esaylov.registry.models import Mandate
from esaylov.registry.organisations import GrantMandate, RegisterOrganisation
from tests.acts.election import count
from tests.cabinet.people import Bench, sign_in
from tests.formation.people import pinfl
from tests.registry.people import accepted, actors_of, member


def organisation(kind: str = "mahalla", code: str = "org:m", number: int = 900) -> Client:
    """The head of an organisation, signed in."""
    central = actors_of("", "cec", datetime.now(UTC))["chair"]
    entered = RegisterOrganisation.Payload(organisation=code, kind=kind, names={"uz": "Mahalla"})  # type: ignore[arg-type]
    accepted(perform(RegisterOrganisation, "", Submission(entered, central)))
    head = GrantMandate.Payload(organisation=code, role="head", member=member(number))
    accepted(perform(GrantMandate, "", Submission(head, central)))
    person = Mandate.objects.get(organisation__code=code).person_id
    return sign_in(Account.objects.open(person=person))


FORM = {
    "commission": "pec:n1-1", "proposer": "mahalla", "pinfl": pinfl(55), "surname": "Taklifov", "given_name": "Sinov",
    "birth_date": "02.01.1980", "education": "higher", "employer": "Maktab",
}  # fmt: skip
ADDRESS = "/en/cabinet/proposals/new/"


def test_a_proposal_goes_to_the_commission_that_decides(bench: Bench) -> None:
    client = organisation()
    assert client.get(ADDRESS).status_code == 200
    answer = client.post(ADDRESS, FORM)
    assert answer.status_code == 302, answer.content.decode()[-4000:]
    (sent,) = Application.objects.all()
    assert (sent.kind, sent.public) == ("member-proposal", {"by": "mahalla", "commission": "pec:n1-1"})
    assert "Taklifov" not in str(sent.__dict__)
    assert client.post(ADDRESS, FORM | {"commission": "pec:none"}).status_code == 200
    assert count("proceedings_application") == 1
    assert client.post(ADDRESS, FORM | {"commission": "pec:n2-1"}).status_code == 302, (
        "the same person, for another one"
    )
    assert not vault.find("pinfl", [pinfl(55)]), "an application is nobody who could be found"


def test_others_propose_nobody(bench: Bench) -> None:
    for who in ("tec chair", "pec member", "bystander"):
        assert bench.clients[who].get(ADDRESS).status_code == 403
    assert organisation("media").get(ADDRESS).status_code == 404


def test_a_discussion_is_recorded(bench: Bench) -> None:
    client, address = bench.clients["tec chair"], "/en/cabinet/discussions/"
    form = {"territory": "n1", "minutes": "14", "day": "01.09.2024", "proposed": "20", "supported": "18"}
    assert client.post(address, form).status_code == 302
    assert "No. 14" in client.get(address).content.decode()
    assert "N13" in client.post(address, form | {"proposed": "21"}).content.decode()
    assert "N11" in client.post(address, form | {"minutes": "15", "supported": "21"}).content.decode()
    assert client.post(address, form | {"territory": "s1", "minutes": "16"}).status_code == 200
    assert count("formation_discussion") == 1
    assert bench.clients["tec member"].get(address).status_code == 403


def returned(text: str = "The date of birth is missing.") -> str:
    """The proposal, returned by the commission that decides; gives its number."""
    (sent,) = Application.objects.all()
    chair = actors_of("door", "tec:n", datetime.now(UTC))["chair"]
    said = ReturnApplication.Payload(application=sent.number, text=text)
    accepted(perform(ReturnApplication, "door", Submission(said, chair)))
    return sent.number


def test_a_returned_proposal_is_repaired_in_its_own_form(bench: Bench) -> None:
    client = organisation()
    assert client.post(ADDRESS, FORM).status_code == 302
    (sent,) = Application.objects.all()
    address = f"/en/cabinet/proposals/{sent.number}/repair/"
    mine = f"/en/cabinet/my-applications/{sent.number}/"
    assert client.get(address).headers["Location"] == mine, "nothing is to be repaired yet"
    number = returned()
    assert address in client.get(mine).content.decode()
    page = client.get(address).content.decode()
    for text in (
        "The date of birth is missing.",
        'value="Taklifov"',
        f'value="{pinfl(55)}"',
        "1980",
        "Maktab",
    ):
        assert text in page
    wrong = client.post(address, FORM | {"surname": "Yangi", "pinfl": "1"}).content.decode()
    assert "Enter 14 digits." in wrong
    assert 'value="Yangi"' in wrong
    other = FORM | {"surname": "Yangi", "commission": "pec:n2-1", "proposer": "ngo", "grounds": ["deputy"]}
    assert client.post(address, other).headers["Location"] == mine
    chair = actors_of("door", "tec:n", datetime.now(UTC))["chair"]
    said = vault.read([sent.pk], vault.ALL, by=chair, purpose="test")[sent.pk]
    assert (said["surname"], said["grounds"]) == ("Yangi", ["deputy"])
    assert (said["commission"], said["proposed_by"]) == ("pec:n1-1", "mahalla"), "what it is for stays"
    assert client.get(address).status_code == 302, "repaired once"
    page = bench.clients["tec chair"].get(f"/en/cabinet/applications/{number}/").content.decode()
    assert "Yangi" in page


def test_others_repair_no_proposal(bench: Bench) -> None:
    client = organisation()
    client.post(ADDRESS, FORM)
    address = f"/en/cabinet/proposals/{returned()}/repair/"
    for who in ("tec chair", "pec member", "bystander"):
        assert bench.clients[who].get(address).status_code == 403
    assert organisation(code="org:other", number=901).get(address).status_code == 404
    assert client.get("/en/cabinet/proposals/2020-000000/repair/").status_code == 404
