"""Marks: one vote each nationwide, a day and no time, and nobody above the precinct who could list who has not voted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

import orjson
import pytest
from django.db import IntegrityError, connection
from django.test import override_settings
from pydantic import ValidationError

from esaylov.acts.catalogue import catalogue
from esaylov.acts.door import Submission, perform
from esaylov.acts.powers import Power
from esaylov.exchange.canonical import dumps
from esaylov.registry.matrix import ROLES
from esaylov.voters import access
from esaylov.voters.freezing import marks
from esaylov.voters.freezing.marks import openings
from esaylov.voters.freezing.models import Mark
from esaylov.voters.lookup.throttling import Documents
from tests.acts.election import World
from tests.registry.people import accepted, codes
from tests.voters.freezing import central, frozen_world
from tests.voters.listed import enter_voters, person
from tests.voters.precinct_lists import commission, custodian, mark


@pytest.fixture
def kept(door: World) -> Iterator[World]:
    central()
    enter_voters(40, ("n1-1", "n1-2"))
    with custodian():
        yield door


def test_a_mark_has_a_day_and_no_time_and_names_nobody(kept: World) -> None:
    frozen_world()
    accepted(mark("early", commission()["secretary"], voter=1))
    with connection.cursor() as cursor:
        cursor.execute("SELECT record, at FROM acts_journal WHERE code = 'voters.mark_voter'")
        record, at = cursor.fetchone()
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'voters_mark'"
        )
        columns = dict(cursor.fetchall())
    said = orjson.loads(bytes(record))
    assert set(said) == {"act", "at", "body", "edition", "election", "mark", "simulated", "v"}
    assert said["body"] == "pec", "not which"
    assert said["at"].endswith("T00:00:00+05:00")
    assert at.astimezone(UTC).strftime("%H:%M:%S") == "19:00:00"
    (opened,) = openings("door", "n1-1")
    assert (opened.kind, opened.number, opened.mark) == ("early", 1, said["mark"])
    value = {"election": "door", "kind": "early", "number": 1, "precinct": "n1-1"}
    assert (
        sha256(b"esaylov mark v1\0" + bytes.fromhex(opened.salt) + dumps(value)).hexdigest() == said["mark"]
    )
    assert opened.logged
    from django.conf import settings

    before = settings.SECRET_KEY
    with override_settings(SECRET_KEY="another"):
        (shut,) = openings("door", "n1-1")
        assert (shut.mark == said["mark"], shut.logged) == (False, False), "a dump does not open it"
    with override_settings(SECRET_KEY="another", SECRET_KEY_FALLBACKS=[before]):
        assert openings("door", "n1-1") == [opened], "an earlier key does"
    assert columns["day"] == "date"
    assert "timestamp with time zone" not in columns.values()
    assert "journal" not in columns


def test_nobody_votes_twice(kept: World) -> None:
    frozen_world()
    here, there = commission()["chair"], commission("pec:n1-2", 800)["chair"]
    accepted(mark("early", here, voter=1))
    assert codes(mark("home", here, voter=1)) == ["J21"]
    assert codes(mark("elsewhere", there, "n1-2", document=person(1)["document"])) == ["J20"]
    accepted(mark("elsewhere", there, "n1-2", document=person(3)["document"]))
    again = mark("early", here, voter=3)
    assert codes(again) == ["J20"]
    assert "n1-2" not in str(again.findings), "where it was is not told"
    with pytest.raises(IntegrityError):
        Mark.objects.create(
            id="7d8a0e5c-0000-4000-8000-000000000000", election="door", voter=1, kind="home", day="2026-10-25",
            precinct_id=Mark.objects.filter(voter=1).values_list("precinct_id", flat=True)[0],
        )  # fmt: skip


def test_marks_that_are_no_votes_stand_beside_them(kept: World) -> None:
    frozen_world()
    by = commission()["deputy"]
    for kind in ("home-asked", "home", "replaced"):
        accepted(mark(kind, by, voter=5))
    assert codes(mark("home-asked", by, voter=5)) == ["J22"]


def test_only_own_voters_are_marked(kept: World) -> None:
    by = commission()["chair"]
    accepted(mark("home-asked", by, voter=1))  # before the freeze the list at hand counts
    assert codes(mark("home-asked", by, voter=2)) == ["J23"]
    frozen_world()
    assert codes(mark("early", by, voter=2)) == ["J23"]
    assert codes(mark("early", by, voter=4_000)) == ["J23"]
    assert codes(mark("elsewhere", by, document="AD9999999")) == ["J25"]


@pytest.mark.parametrize(
    "who",
    [
        {},
        {"voter": 1, "document": "AD0000001"},
        {"document": "AD0000001", "kind": "early"},
        {"document": "AD0000001", "birth_date": None},
        {"voter": 1, "birth_date": "1970-01-01"},
    ],
)
def test_who_is_marked_is_told_in_one_way(kept: World, who: dict[str, object]) -> None:
    kind = str(who.pop("kind", "elsewhere"))
    with pytest.raises(ValidationError):
        mark(kind, central(), **who)


@pytest.fixture(autouse=True)
def no_tries_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks, "tries", Documents(burst=30, every=20.0))
    marks.papers.forget()


def test_a_document_alone_tells_nothing(kept: World) -> None:
    """A wrong birth date, an unknown document: one answer; whose record was opened for it learns of it, by day alone."""
    frozen_world()
    there = commission("pec:n1-2", 800)["chair"]
    document = person(1)["document"]
    wrong = mark("elsewhere", there, "n1-2", document=document, birth_date="1951-01-01")
    unknown = mark("elsewhere", there, "n1-2", document="AD9999999", birth_date="1951-01-01")
    assert wrong.findings == unknown.findings  # type: ignore[union-attr]
    assert codes(wrong) == ["J25"]
    assert not Mark.objects.exists()
    (look,) = access.looks(1)
    assert (look.body, look.purpose, look.times) == ("pec:n1-2", "request", 1)
    assert look.at.astimezone(ZoneInfo("Asia/Tashkent")).strftime("%H:%M") == "00:00"
    accepted(mark("elsewhere", there, "n1-2", document=document))


def test_documents_are_not_tried_one_after_another(kept: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks, "tries", Documents(burst=3, every=20.0))
    frozen_world()
    there, elsewhere = commission("pec:n1-2", 800)["chair"], commission()["chair"]
    answers = [
        codes(mark("elsewhere", there, "n1-2", document=f"AD999999{number}", birth_date="1951-01-01"))
        for number in range(5)
    ]
    assert answers == [["J25"]] * 3 + [["J26"]] * 2
    accepted(mark("elsewhere", elsewhere, document=person(2)["document"]))


def test_birth_dates_of_a_document_are_not_tried_through(kept: World) -> None:
    frozen_world()
    there, elsewhere = commission("pec:n1-2", 800)["chair"], commission()["chair"]
    document = person(2)["document"]
    written = (document, document.lower(), f"{document[:2]} {document[2:]}")
    answers = [
        codes(mark("elsewhere", there, "n1-2", document=written[at % 3], birth_date=f"1951-01-0{at + 1}"))
        for at in range(7)
    ]
    assert answers == [["J25"]] * 5 + [["J26"]] * 2
    accepted(mark("elsewhere", there, "n1-2", document=person(3)["document"]))
    accepted(mark("elsewhere", elsewhere, document=document))


def test_abroad_a_day_is_that_of_the_precinct(kept: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The entry keeps the election's clock: another beginning of the day would say where the precinct lies."""
    monkeypatch.setattr(marks, "zone_of", lambda *_: (True, ZoneInfo("America/New_York")))
    frozen_world()
    at = datetime.fromisoformat("2026-10-25T06:00:00+05:00")
    payload = marks.MarkVoter.Payload(precinct="n1-1", kind="home-asked", voter=1)
    accepted(perform(marks.MarkVoter, "door", Submission(payload, commission()["chair"], at=at)))
    assert Mark.objects.get().day == date(2026, 10, 24)
    with connection.cursor() as cursor:
        cursor.execute("SELECT record FROM acts_journal WHERE code = 'voters.mark_voter'")
        assert orjson.loads(bytes(cursor.fetchone()[0]))["at"] == "2026-10-25T00:00:00+05:00"


def test_no_role_above_the_precinct_marks_or_holds_a_power_over_marks(kept: World) -> None:
    frozen_world()
    people = commission()
    others = commission("pec:n1-2", 800)
    for actor in (
        people["member"], others["chair"], central(), *(kept.actors[code] for code in ("tec:n", "dcec:n1", "dec:c1", "pec:n1-1")),
    ):  # fmt: skip
        assert codes(mark("early", actor, voter=1)) == ["A01"]
    for power in (Power.MARK_VOTER, Power.ADD_SUPPLEMENT):
        assert {grant.tier for grant in ROLES[power]} == {"precinct"}
        assert not any(grant.machine for grant in ROLES[power])
    assert all(listed.path is None for listed in catalogue() if listed.code == "voters.mark_voter")


def test_the_calendar_says_when(clocked: World) -> None:
    by = commission()["chair"]
    refused = mark("early", by, voter=1)
    assert codes(refused) == ["J24"]
    assert "“muddatidan oldin ovoz berdi”" in str(refused.findings), (
        "in words of each language, not the mark's code"
    )
    assert codes(mark("home", by, voter=1)) == ["J24"]
    accepted(mark("home-asked", by, voter=1))


@pytest.fixture
def clocked(db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An election before its days of voting."""
    from tests.acts.election import EDITION, world

    steps = """
[calendar]
timezone = "Asia/Tashkent"

[[calendar.steps]]
code = "early-voting"
title = {en = "Early"}
opens = {before = 10}
closes = {before = 3}

[[calendar.steps]]
code = "voting"
title = {en = "Voting"}
opens = {day = 0, time = "08:00"}
closes = {day = 0, time = "20:00"}
"""
    start = datetime.fromisoformat("2026-10-01T09:00:00+05:00")
    with world(tmp_path_factory.mktemp("clocked"), edition=EDITION + steps, start=start) as made:
        central()
        enter_voters(4)
        yield made
