"""A mahalla body proposes a member; the Kengash's discussion is recorded; the territorial commission decides."""

from __future__ import annotations

from datetime import UTC, datetime

from django.test import Client

from esaylov.acts.door import Submission, perform
from esaylov.proceedings.models import Application
from esaylov.registry.accounts.models import Account
from esaylov.registry.models import Mandate
from esaylov.registry.organisations import GrantMandate, RegisterOrganisation
from tests.acts.election import count
from tests.cabinet.people import Bench, sign_in
from tests.formation.people import pinfl
from tests.registry.people import accepted, actors_of, member


def organisation(kind: str = "mahalla") -> Client:
    """The head of an organisation, signed in."""
    central = actors_of("", "cec", datetime.now(UTC))["chair"]
    entered = RegisterOrganisation.Payload(organisation="org:m", kind=kind, names={"uz": "Mahalla"})  # type: ignore[arg-type]
    accepted(perform(RegisterOrganisation, "", Submission(entered, central)))
    head = GrantMandate.Payload(organisation="org:m", role="head", member=member(900))
    accepted(perform(GrantMandate, "", Submission(head, central)))
    person = Mandate.objects.get(organisation__code="org:m").person_id
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
