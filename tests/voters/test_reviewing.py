"""A changeset in the cabinet: looked at, proposed by the secretary, approved by the chair."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from tests.cabinet.people import Bench


@pytest.fixture
def bench(db_clone: object, tmp_path: Path) -> Iterator[Bench]:
    from tests.cabinet.people import bench as made

    with made(tmp_path) as found:
        yield found


def secretary() -> Client:
    from esaylov.registry.accounts.models import Account
    from tests.cabinet.people import sign_in
    from tests.registry.people import actors_of

    return sign_in(Account.objects.open(person=actors_of("", "cec", datetime.now(UTC))["secretary"].person))


def sent(client: Client, page: str, **data: str) -> str:
    answer = client.post(page, {"idempotency_key": f"key {data['step']}", **data}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_two_persons_in_the_cabinet(bench: Bench, tmp_path: Path) -> None:
    from tests.voters.changing import applied, compared
    from tests.voters.extracts import resident

    chair, clerk = bench.clients["cec chair"], secretary()
    assert "No changeset belongs to this election yet" in chair.get("/en/cabinet/voters/").content.decode()
    changeset = compared(
        tmp_path / "one", [resident(n, surname="Pinhonov") for n in range(1, 12)] + [resident(12, surname="")]
    )
    page, digest = f"/en/cabinet/voters/changesets/{changeset.id}/", bytes(changeset.sha256 or b"").hex()
    shown = clerk.get(page).content.decode()
    assert "Propose the changes" in shown
    assert "V07" in shown
    assert "Pinhonov" not in shown
    assert "residents.csv:13" in clerk.get(f"{page}problems/").content.decode()
    assert "somebody else of the Central Commission" in sent(clerk, page, step="propose", sha256=digest)
    assert "Approve the changes" not in clerk.get(page).content.decode()
    assert "Approve changes of the voter list" in chair.get("/en/cabinet/").content.decode()
    assert "Y05" in sent(chair, page, step="approve", sha256="0" * 64, decision="7")
    assert "is being applied" in sent(chair, page, step="approve", sha256=digest, decision="7")
    applied(changeset)
    assert "in the list" in chair.get(page).content.decode()
    assert "esaylov voters reverse" in chair.get(page).content.decode()


def test_what_was_given_up_is_not_in_the_list(bench: Bench, tmp_path: Path) -> None:
    from tests.voters.changing import compared
    from tests.voters.extracts import resident

    changeset = compared(tmp_path / "one", [resident(1)])
    page = f"/en/cabinet/voters/changesets/{changeset.id}/"
    digest = bytes(changeset.sha256 or b"").hex()
    assert "given up" in sent(bench.clients["cec chair"], page, step="discard", sha256=digest)


def test_districts_that_lose_much_are_looked_at_by_both(db_clone: object, tmp_path: Path) -> None:
    from esaylov.voters.models import Changeset
    from tests.acts.election import CALENDAR, EDITION
    from tests.cabinet.people import bench as made
    from tests.registry.people import actors_of
    from tests.voters.conftest import VOTERS
    from tests.voters.notices.noticed import NOTICE, leaving, listed

    with made(tmp_path, edition=EDITION + CALENDAR + VOTERS + NOTICE) as found:
        listed(tmp_path, actors_of("", "cec", datetime.now(UTC)))
        changeset = leaving(tmp_path, gone=8)
        page, digest = f"/en/cabinet/voters/changesets/{changeset.id}/", bytes(changeset.sha256 or b"").hex()
        chair, clerk = found.clients["cec chair"], secretary()
        assert "8 voters are told of the removal when it is approved" in clerk.get(page).content.decode()
        assert "More is removed than is usual" in clerk.get(page).content.decode()
        assert "Y110" in sent(clerk, page, step="propose", sha256=digest)
        sure = {"sha256": digest, "accepts_removals": "on", "idempotency_key": "sure"}
        assert "somebody else of the Central" in sent(clerk, page, step="propose", **sure)
        assert "Y110" in sent(chair, page, step="approve", sha256=digest, decision="7")
        assert "may object" in sent(chair, page, step="approve", decision="7", **sure)
        assert Changeset.objects.get(id=changeset.id).state == "approved"


@pytest.mark.parametrize("who", ["tec chair", "pec chair", "bystander"])
def test_nobody_else_sees_changesets(bench: Bench, who: str) -> None:
    assert bench.clients[who].get("/en/cabinet/voters/").status_code == 403
