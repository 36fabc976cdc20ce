"""The queue in the cabinet: a list without names, two entries side by side, the steps of two persons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from esaylov.voters.linkage.models import Pair
    from tests.cabinet.people import Bench
    from tests.voters.listed import Listed

DISTRICT = 1726266
LIST = "/en/cabinet/voters/pairs/"


@dataclass
class Desk:
    """An election with people, voters, a pair, and a custodian."""

    bench: Bench
    voters: list[Listed]
    pair: Pair

    @property
    def page(self) -> str:
        return f"{LIST}{self.pair.id}/"


@pytest.fixture
def desk(db_clone: object, tmp_path: Path) -> Iterator[Desk]:
    from esaylov.acts.identity import data_folder
    from esaylov.custody import client
    from esaylov.registry.models import Territory
    from tests.cabinet.people import bench
    from tests.custody.conftest import working
    from tests.voters.linkage.acting import pair_of
    from tests.voters.listed import enter_voters

    with bench(tmp_path) as made:
        Territory.objects.using("admin").filter(election=made.election, code="n1").update(soato=str(DISTRICT))
        voters = enter_voters(4)
        with working(data_folder()):
            client.custody.close()
            yield Desk(made, voters, pair_of(1, 2, DISTRICT))
            client.custody.close()


def second(role: str = "secretary") -> Client:
    from esaylov.registry.accounts.models import Account
    from tests.cabinet.people import sign_in
    from tests.registry.people import actors_of

    return sign_in(Account.objects.open(person=actors_of("", "cec", datetime.now(UTC))[role].person))


def sent(client: Client, page: str, **data: str) -> str:
    answer = client.post(page, {"idempotency_key": f"key {data}", **data}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_list_has_no_name_and_is_filtered(desk: Desk) -> None:
    from tests.voters.linkage.acting import pair_of

    pair_of(3, 4, DISTRICT + 1)
    chair = desk.bench.clients["cec chair"]
    shown = chair.get(LIST).content.decode()
    assert "very likely" in shown
    assert not any(voter.record["given_name"] in shown for voter in desk.voters)
    assert desk.page in chair.get(f"{LIST}?district={DISTRICT}&state=open&kind=probable").content.decode()
    assert desk.page not in chair.get(f"{LIST}?state=decided").content.decode()
    assert desk.page not in chair.get(f"{LIST}?kind=pinfl").content.decode()
    assert "Found twice" in chair.get("/en/cabinet/").content.decode()


def test_two_persons_decide_and_the_looks_are_recorded(desk: Desk) -> None:
    from esaylov.voters import access

    chair, clerk = desk.bench.clients["cec chair"], second()
    shown = clerk.get(desk.page).content.decode()
    for voter in desk.voters[:2]:
        assert voter.record["pinfl"] in shown
        assert f"<strong>{voter.record['pinfl']}</strong>" in shown
        looks = access.looks(voter.id)
        assert [(one.purpose, one.body, one.times) for one in looks] == [("linkage", "cec", 1)]
        assert looks[0].person is not None
    assert "twins share house" in shown
    shown = sent(clerk, desk.page, step="propose", answer="same second")
    assert "Proposed. A second person decides." in shown
    assert "somebody else of a commission" in shown
    assert "Approve this" not in shown
    assert "found twice" in chair.get("/en/cabinet/").content.decode()
    assert "Approve this" in chair.get(desk.page).content.decode()
    assert "The decision stands." in sent(chair, desk.page, step="approve", answer="same second")
    shown = chair.get(LIST).content.decode()
    assert "Prepare the changeset that removes them" in shown
    answer = chair.post(f"{LIST}remove/", follow=True).content.decode()
    assert "Second entries of the same person" in answer
    assert "Propose the changes" in answer
    assert "/voters/changesets/" in chair.get(desk.page).content.decode()


def test_a_site_that_may_not_ask_for_the_whole_list_opens_pairs(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the custodian has a system user of its own (docs/keys.md); no transaction waits for its answer."""
    from django.db import connection

    from esaylov.acts.identity import data_folder
    from esaylov.custody.client import Custody
    from esaylov.custody.desk import Desk as Custodian
    from esaylov.custody.keyring import Keyring
    from esaylov.custody.limits import Limits
    from esaylov.custody.protocol import Answer, Request, read_answer, write_request
    from esaylov.voters import access
    from tests.voters.listed import KEYS

    custodian = Custodian(Keyring.read(data_folder() / KEYS), Limits.read({}))
    looks: list[int] = []

    def exchange(_: Custody, frame: bytes) -> Answer:
        assert not connection.in_atomic_block
        looks.append(len(access.looks(1)))
        return read_answer(custodian.answer(frame[4:], bulk=False)[4:])

    monkeypatch.setattr(Custody, "_exchange", exchange)
    answer = desk.bench.clients["cec chair"].get(desk.page)
    assert answer.status_code == 200
    assert desk.voters[0].record["pinfl"] in answer.content.decode()
    assert looks == [0]
    assert [one.purpose for one in access.looks(1)] == ["linkage"]
    bulk = write_request(Request(2, "linkage", "", [], [b"voters_voter"]))
    assert b"may not ask" in read_answer(custodian.answer(bulk[4:], bulk=False)[4:]).items[0]


def test_another_answer_than_the_proposed_is_refused(desk: Desk) -> None:
    chair, clerk = desk.bench.clients["cec chair"], second()
    sent(clerk, desk.page, step="propose", answer="different")
    assert "Y63" in sent(chair, desk.page, step="approve", answer="same first")
    assert "Proposed" in sent(chair, desk.page, step="propose", answer="unclear")


def test_without_the_custodian_nothing_is_shown_and_no_look_recorded(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from esaylov.custody import client
    from esaylov.voters import access

    client.custody.close()
    monkeypatch.setattr(client, "_place", lambda: Path("/nonexistent"))
    answer = desk.bench.clients["cec chair"].get(desk.page)
    assert answer.status_code == 503
    assert "custodian" in answer.content.decode()
    assert desk.voters[0].record["pinfl"] not in answer.content.decode()
    assert not access.looks(1)


def test_commissions_see_their_own_territory(desk: Desk) -> None:
    from tests.voters.linkage.acting import pair_of

    away = pair_of(1, 3, DISTRICT + 1)
    tec = desk.bench.clients["tec chair"]
    assert tec.get(desk.page).status_code == 200
    assert tec.get(f"{LIST}{away.id}/").status_code == 404
    assert f"{LIST}{away.id}/" not in tec.get(LIST).content.decode()
    assert tec.post(f"{LIST}remove/").status_code == 403


@pytest.mark.parametrize("who", ["pec chair", "cec member", "bystander"])
def test_nobody_else_sees_pairs(desk: Desk, who: str) -> None:
    from esaylov.voters import access

    for page in (LIST, desk.page):
        assert desk.bench.clients[who].get(page).status_code == 403
    assert not access.looks(1)
