"""A precinct's commission tells its voters that they are to leave the list: on screen, with a letter, written down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from django.test import override_settings

from esaylov.acts.door import Accepted
from esaylov.acts.models import Journal
from esaylov.acts.powers import Actor
from esaylov.elections.queries import set_clock
from esaylov.exchange.canonical import dumps
from esaylov.registry.models import Precinct
from esaylov.voters.models import Access, Changeset, Notice, Voter
from esaylov.voters.notices.models import Told
from esaylov.voters.notices.telling import openings
from esaylov.voters.requests.queries import waiting
from tests.acts.election import CALENDAR, EDITION
from tests.cabinet.people import EVENING, Bench, bench
from tests.custody.conftest import working
from tests.registry.people import accepted, actors_of
from tests.voters.changing import ELECTION, applied
from tests.voters.conftest import VOTERS
from tests.voters.notices.acting import tell
from tests.voters.notices.noticed import NOTICE, approved, leaving, listed
from tests.voters.precinct_lists import commission, mandates
from tests.voters.requesting import decide, received
from tests.voters.test_changesets import codes

PAGE = "/en/cabinet/voters/removals/"
DAY = date(2026, 10, 25)


@dataclass
class Telling:
    """`changeset` removes the first two of twelve voters of the precinct n1-1; the last has died."""

    bench: Bench
    people: dict[str, Actor]
    changeset: Changeset
    voters: list[int]

    def text(self, who: str = "pec chair") -> str:
        answer = self.bench.clients[who].get(PAGE)
        assert answer.status_code == 200
        return str(answer.content.decode())


@pytest.fixture
def telling(db_clone: object, tmp_path: Path) -> Iterator[Telling]:
    from esaylov.acts.identity import data_folder
    from esaylov.custody import client

    with bench(tmp_path, edition=EDITION + CALENDAR + VOTERS + NOTICE) as made:
        people = actors_of("", "cec", datetime.now(UTC))
        listed(tmp_path, people)
        changeset = approved(leaving(tmp_path), people)
        voters = sorted(Notice.objects.values_list("voter", flat=True))
        with working(data_folder()):
            client.custody.close()
            yield Telling(made, people, changeset, voters)
            client.custody.close()


def test_who_is_told_and_by_whom(telling: Telling) -> None:
    by = commission()["secretary"]
    first, second = telling.voters
    other = Voter.objects.exclude(id__in=telling.voters).earliest("id").id
    number = telling.changeset.id
    assert codes(tell(by, number, other, day=DAY)) == ["Y113"], "who stays is not told"
    assert codes(tell(by, number, first, first, day=DAY)) == ["Y113"]
    assert codes(tell(by, number + 1, first, day=DAY)) == ["Y113"]
    assert codes(tell(by, number, first, day=DAY, mandate=1)) == ["Y114"]
    for day in (DAY - timedelta(days=1), DAY + timedelta(days=1)):
        assert codes(tell(by, number, first, day=day)) == ["Y115"]
    assert codes(tell(by, number, first, day=DAY, precinct="n9-9")) == ["A01"]
    elsewhere = commission("pec:n2-1", 300)["secretary"]
    assert not isinstance(tell(elsewhere, number, first, day=DAY), Accepted)
    assert not isinstance(tell(telling.people["chair"], number, first, day=DAY), Accepted)
    done = accepted(tell(by, number, first, day=DAY))
    assert done.record["changeset"] == number
    assert codes(tell(by, number, first, day=DAY)) == ["Y113"], "told once"
    accepted(tell(by, number, second, day=DAY))
    assert list(Told.objects.values_list("voter", "mandate", "day")) == [
        (voter, mandates()[0], DAY) for voter in telling.voters
    ]


def test_the_log_names_neither_precinct_nor_number_nor_time(telling: Telling) -> None:
    by, number = commission()["secretary"], telling.changeset.id
    records = [accepted(tell(by, number, voter, day=DAY)).record for voter in telling.voters]
    for said in records:
        members = {"act", "at", "body", "changeset", "edition", "election", "simulated", "telling", "v"}
        assert said.keys() == members
        assert (said["body"], said["at"]) == ("pec", "2026-10-25T00:00:00+05:00")
    opened = openings(ELECTION, "n1-1")
    assert [(one.number, one.changeset, one.voters) for one in opened] == [(1, number, 1), (2, number, 1)]
    assert [one.telling for one in opened] == [said["telling"] for said in records]
    told = {"changeset": number, "election": ELECTION, "number": 1, "precinct": "n1-1", "voters": 1}
    shown = sha256(b"esaylov telling v1\0" + bytes.fromhex(opened[0].salt) + dumps(told)).hexdigest()
    assert shown == opened[0].telling
    with override_settings(SECRET_KEY="another"):
        assert openings(ELECTION, "n1-1")[0].telling != shown, "a dump does not open it"
        assert not openings(ELECTION, "n1-1")[0].logged


def test_only_of_the_own_precinct(telling: Telling) -> None:
    Voter.objects.filter(id=telling.voters[0]).update(
        precinct=Precinct.objects.get(election=ELECTION, code="n2-1").id
    )
    by = commission()["secretary"]
    assert codes(tell(by, telling.changeset.id, telling.voters[0], day=DAY)) == ["Y113"]
    assert telling.text().count("Test2 Testovich") == 2
    assert "Test1 Testovich" not in telling.text()


def test_the_page_names_those_who_leave_and_nobody_else(telling: Telling) -> None:
    shown = telling.text()
    for part in ("Test1 Testovich", "Test2 Testovich", "The register no longer has this person", "Navoiy"):
        assert part in shown
    assert "Test3 " not in shown
    assert "Test12 " not in shown, "who died is not named"
    looked = Access.objects.filter(body="pec:n1-1", purpose="precinct list", person__isnull=False)
    assert set(looked.values_list("voter", flat=True)) == set(telling.voters)
    assert (
        "Tell 2 voters of the removal"
        in telling.bench.clients["pec chair"].get("/en/cabinet/").content.decode()
    )
    for who in ("cec chair", "tec chair", "bystander"):
        assert telling.bench.clients[who].get(PAGE).status_code == 403


def test_it_is_written_down_on_the_page(telling: Telling) -> None:
    client, first = telling.bench.clients["pec chair"], telling.voters[0]
    sent = {"voters": f"{telling.changeset.id}-{first}", "mandate": str(mandates()[0]), "day": "2026-10-25"}
    answer = client.post(PAGE, {"idempotency_key": "k1", **sent, "day": "2026-10-20"})
    assert answer.status_code == 422
    assert "Y115" in answer.content.decode()
    said = client.post(PAGE, {"idempotency_key": "k2", **sent}, follow=True).content.decode()
    digest = Journal.objects.filter(code="voters.tell_removal").latest("id").request
    plain = sha256(PAGE.encode())
    for name in sorted(sent):
        plain.update(repr((name, [sent[name]])).encode())
    assert bytes(digest or b"") not in (b"", plain.digest()), "whoever guesses the form does not find it"
    assert "It is written down" in said
    assert "Test1 " not in said
    assert Told.objects.get().voter == first


def test_letters(telling: Telling) -> None:
    for language in ("uz", "uz-cyrl", "kaa", "ru", "en"):
        answer = telling.bench.clients["pec chair"].get(f"/{language}/cabinet/voters/removals/letters.pdf")
        assert answer.status_code == 200
        assert answer.content.startswith(b"%PDF")
    for voter in telling.voters:
        accepted(tell(commission()["secretary"], telling.changeset.id, voter, day=DAY))
    assert telling.bench.clients["pec chair"].get(f"{PAGE}letters.pdf").status_code == 404
    assert "All were told." in telling.text()


def test_without_the_custodian_nobody_is_named(telling: Telling, monkeypatch: pytest.MonkeyPatch) -> None:
    from esaylov.custody.client import CustodianDown, Custody

    def silent(*_: object, **__: object) -> object:
        raise CustodianDown("nobody answers")

    monkeypatch.setattr(Custody, "open_plain", silent)
    answer = telling.bench.clients["pec chair"].get(PAGE)
    assert answer.status_code == 503
    assert not Access.objects.filter(body="pec:n1-1").exists()


def test_the_changeset_shows_its_clock(telling: Telling) -> None:
    page = f"/en/cabinet/voters/changesets/{telling.changeset.id}/"
    shown = telling.bench.clients["cec chair"].get(page).content.decode()
    assert "those whom it removes may object" in shown
    assert "2 voters are told of the removal" in shown
    assert codes(applied(telling.changeset)) == ["Y112"]


def test_an_objection_is_decided_before_the_removal(telling: Telling) -> None:
    """Who is not to leave has nothing to object to; who is, stays; who objected and was refused, leaves."""
    by, (first, second) = commission()["secretary"], telling.voters
    third = Voter.objects.exclude(id__in=telling.voters).earliest("id").id
    assert not isinstance(decide(received("objection", 3, voter=third), by), Accepted)
    accepted(decide(received("objection", 1, voter=first), by))
    accepted(decide(received("objection", 2, voter=second), by, "refused"))
    assert waiting(ELECTION) == [], "the list has what was asked for"
    assert set_clock(ELECTION, EVENING + timedelta(hours=24))
    done = accepted(applied(telling.changeset))
    assert (done.record["kept"], done.record["counts"]["removed"]) == (1, 2)
    assert list(Voter.objects.filter(id__in=telling.voters).values_list("id", flat=True)) == [first]
    assert waiting(ELECTION) == []
