"""The custodian's measures by commission, as pages use them: who has spent the own one closes nobody else's list."""

from __future__ import annotations

from pathlib import Path

import pytest

from esaylov.acts.identity import data_folder
from esaylov.custody.client import Custody, Throttled
from esaylov.custody.desk import Desk
from esaylov.custody.keyring import Keyring
from esaylov.custody.limits import Limits
from esaylov.custody.protocol import Answer, read_answer
from esaylov.registry.models import Precinct
from esaylov.voters.precinct_list import reading
from esaylov.voters.precinct_list.reading import PrecinctList
from tests.acts.election import World
from tests.voters.listed import KEYS, enter_voters


@pytest.fixture
def custodian(door: World, monkeypatch: pytest.MonkeyPatch) -> Desk:
    enter_voters(60, ["n1-1", "n1-2"])
    limits = Limits.read(
        {"ESAYLOV_CUSTODY_PRECINCT_LIST_BODY": "1,30,70", "ESAYLOV_CUSTODY_PRECINCT_LIST": "1000,5000"}
    )
    desk = Desk(Keyring.read(data_folder() / KEYS), limits)

    def exchange(_: Custody, frame: bytes) -> Answer:
        return read_answer(desk.answer(frame[4:], bulk=False)[4:])

    monkeypatch.setattr(Custody, "_exchange", exchange)
    monkeypatch.setattr(reading, "PAUSE", 0.0)
    return desk


def opened(code: str) -> int:
    """Opens a precinct's whole list, as its page before the freeze does."""
    reading.orders.forget()
    return len(PrecinctList(Precinct.objects.get(code=code)).entries(0, 50))


def test_one_officer_closes_no_other_precincts_list(custodian: Desk, tmp_path: Path) -> None:
    assert opened("n1-1") == 30
    for _ in range(20):
        with pytest.raises(Throttled):
            opened("n1-1")
    assert opened("n1-2") == 30
    counts = custodian.status()["purposes"]["precinct list"]
    assert counts["rows"] == 60
    assert counts["throttled by body"] == 20
