"""What pages say of registers: to voters the age of the data, to commissions what to do while a register is silent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.utils import translation

from esaylov.voters.models import Changeset, Extract, RegisterState
from esaylov.voters.registers import state, words
from esaylov.voters.registers.contract import CODES
from tests.voters.lookup.asking import LISTED, NOBODY, TWO_WEEKS_BEFORE, Asked, to_be_asked

if TYPE_CHECKING:
    from tests.cabinet.people import Bench

NOW = datetime.now(UTC)


def in_the_list(hours: float, now: datetime = NOW) -> None:
    """An extract of so many hours ago is in the list."""
    extract = Extract.objects.create(
        register="residence", kind="full", as_of=now - timedelta(hours=hours), rows=1, sha256=b"1" * 32,
        simulated=True, received_at=NOW,
    )  # fmt: skip
    Changeset.objects.create(kind="full", extract=extract, base=0, state="applied", made_at=NOW)


@pytest.fixture
def asked(db_clone: object, tmp_path: Path) -> Iterator[Asked]:
    with to_be_asked(tmp_path) as made:
        yield made


@pytest.fixture
def bench(db_clone: object, tmp_path: Path) -> Iterator[Bench]:
    from tests.cabinet.people import bench as made

    with made(tmp_path) as found:
        yield found


def test_voters_see_the_age_of_the_data_and_that_a_register_is_silent(asked: Asked) -> None:
    def pages() -> list[str]:
        state.known.forget()
        form = Client().get("/en/voter/").content.decode()
        answers = [asked.ask(person) for person in (LISTED, NOBODY)]
        assert len({len(answer.content) for answer in answers}) == 1, "one size whatever the answer is"
        return [form, *(answer.content.decode() for answer in answers)]

    assert not any("residence register as of" in page for page in pages())
    in_the_list(9.5, TWO_WEEKS_BEFORE)  # by the election's clock, which is set
    assert all(
        "The list shows the residence register as of" in page and "(9 hours old)" in page for page in pages()
    )
    assert not any("silent" in page for page in pages())
    state.answered("residence", 36, NOW - timedelta(hours=40))
    state.failed("residence", 36, NOW, "slow")
    assert all("has been silent since" in page and "decided by your papers" in page for page in pages())
    state.answered("residence", 36, NOW)
    assert not any("silent" in page for page in pages())


def test_the_central_commission_sees_every_register(bench: Bench) -> None:
    chair = bench.clients["cec chair"]
    page = chair.get("/en/cabinet/voters/").content.decode()
    assert "<h2>Registers</h2>" not in page
    in_the_list(100)
    state.answered("residence", 36, NOW)
    state.answered("address", 36, NOW - timedelta(hours=50))
    state.failed("address", 36, NOW - timedelta(hours=1), "checksum")
    state.known.forget()
    page = chair.get("/en/cabinet/voters/").content.decode()
    assert "Residence register" in page
    assert "answers" in page
    assert "a checksum is wrong" in page
    assert "Address register: silent since" in page
    assert "Decide requests by the papers" in page
    assert "esaylov voters fetch" in page


def test_a_precinct_is_told_of_a_silent_register(bench: Bench) -> None:
    state.answered("residence", 36, NOW - timedelta(hours=50))
    state.known.forget()
    page = bench.clients["pec chair"].get("/en/cabinet/voters/precinct/", follow=True)
    assert "Residence register: silent since" in page.content.decode()


def test_a_silent_register_makes_no_site_fail(bench: Bench) -> None:
    def registers() -> str:
        return str(Client().get("/healthz").json()["checks"]["registers"])

    assert registers() == "unused"
    state.answered("residence", 36, NOW)
    assert registers() == "ok"
    RegisterState.objects.update(answered_at=NOW - timedelta(hours=37))
    assert registers() == "silent: residence"


def test_every_reason_has_words_and_every_age_is_one() -> None:
    assert set(words.REASONS) == set(CODES)
    with translation.override("en"):  # (the page before was in another language)
        ages = [words.age(NOW - timedelta(hours=hours), NOW) for hours in (0.5, 1, 47.9, 48, 240)]
    assert ages == ["0 hours old", "1 hour old", "47 hours old", "2 days old", "10 days old"]
    assert words.age(NOW + timedelta(hours=1), NOW) == ""
    assert words.age(None, NOW) == ""
