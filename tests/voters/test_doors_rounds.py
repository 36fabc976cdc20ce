"""A day's visits of a precinct become one act; nothing noted is lost; figures for those above are those of a recount."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from esaylov.acts.context import get_context
from esaylov.acts.door import Submission, perform
from esaylov.acts.powers import SYSTEM, Actor
from esaylov.custody import client
from esaylov.elections.queries import set_clock
from esaylov.exchange.canonical import dumps
from esaylov.registry.models import Precinct
from esaylov.voters.doors import noting
from esaylov.voters.doors.acts import RecordRound
from esaylov.voters.doors.figures import by_place
from esaylov.voters.doors.models import HouseCheck, PrecinctSize, Round
from esaylov.voters.doors.noting import Form, Noted
from esaylov.voters.doors.rounds import PAUSE, Rounds, due, record_rounds
from esaylov.voters.freezing.findings import unknown_precinct
from esaylov.voters.models import Voter
from tests.acts.election import EVENING, count, world
from tests.conftest import Clone
from tests.registry.people import codes
from tests.voters.doors import house_voters, houses, kept, noted, refused
from tests.voters.freezing import ELECTION, central
from tests.voters.listed import enter_voters, person
from tests.voters.precinct_lists import commission, custodian

# Of a precinct, what lies in its houses now as the latest visits say: counted from the beginning.
RECOUNT = """SELECT coalesce(sum(answered), 0)::int FROM (SELECT DISTINCT ON (mahalla, house) answered FROM voters_housecheck
    WHERE precinct_id = %s ORDER BY mahalla, house, number DESC) AS last"""


@pytest.fixture
def member(db_clone: object, tmp_path: Path) -> Iterator[Actor]:
    """A member of the precinct n1-1, whose list has eleven houses; the election's clock is set."""
    with world(tmp_path, start=EVENING):
        central()
        house_voters(40)
        by = commission()["member"]
        with custodian():
            yield by


def days_later(days: float) -> None:
    set_clock(ELECTION, get_context(ELECTION).now() + timedelta(days=days))


def records() -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT record FROM acts_journal WHERE code = 'voters.record_round' ORDER BY id")
        return [orjson.loads(bytes(row)) for (row,) in cursor.fetchall()]


def recount(precinct: str = "n1-1") -> int:
    with connection.cursor() as cursor:
        cursor.execute(RECOUNT, [Precinct.objects.get(election=ELECTION, code=precinct).id])
        return int(cursor.fetchone()[0])


def voters_of(digest: int) -> list[int]:
    return sorted(Voter.objects.filter(house=digest).values_list("id", flat=True))


def test_a_day_s_visits_become_one_entry_that_tells_nobody(member: Actor) -> None:
    for one in houses()[:3]:
        kept(noted(member, one, said=dict.fromkeys(voters_of(one.digest), "died"), missing=2))
    assert due(ELECTION) == []
    assert record_rounds(ELECTION) == 0, "the day is not over"
    days_later(1)
    before = count("acts_journal")
    assert record_rounds(ELECTION) == 1
    assert count("acts_journal") == before + 1
    (said,), row = records(), Round.objects.get()
    common = {"act", "at", "body", "edition", "election", "simulated", "v"}
    assert said.keys() - common == {"precinct", "number", "visits", "noted"}
    assert (said["body"], said["precinct"], said["number"], said["visits"]) == ("system", "n1-1", 1, 3)
    rows = list(HouseCheck.objects.order_by("number"))
    hashes = []
    for visit in rows:
        kept_then = client.open_rows(
            [(visit.precinct_id, bytes(visit.sealed))], purpose="precinct list", table="voters_housecheck"
        )[0]
        words = {"election": ELECTION, "precinct": "n1-1"} | kept_then
        hashes.append(sha256(b"esaylov household v1\0" + dumps(words)).hexdigest())
    words = {
        "day": rows[0].day.isoformat(), "election": ELECTION, "number": 1, "precinct": "n1-1", "visits": hashes,
    }  # fmt: skip
    assert sha256(b"esaylov round v1\0" + dumps(words)).hexdigest() == said["noted"] == bytes(row.noted).hex()
    told = dumps(said).decode()
    secret = {"died", "Navoiy", *(str(one.house) for one in rows), *person(1).values()} - {
        "", "m", person(1)["house"],
    }  # fmt: skip
    assert not [one for one in secret if one in told]
    assert record_rounds(ELECTION) == 0, "once"


def test_a_correction_belongs_to_a_later_round(member: Actor) -> None:
    one = houses()[0]
    first, *_ = voters_of(one.digest)
    kept(noted(member, one, said={first: "died"}))
    days_later(1)
    record_rounds(ELECTION)
    kept(noted(member, one, said={first: "here"}))
    visit = houses()[0].visit
    assert visit is not None
    assert (visit.answered, visit.follow) == (1, 0), "it counts at once, before the log has it"
    days_later(1)
    assert record_rounds(ELECTION) == 1
    assert [(row.number, row.last, row.visits) for row in Round.objects.order_by("number")] == [
        (1, 1, 1), (2, 2, 1),
    ]  # fmt: skip


def test_days_without_a_worker_each_get_their_round(member: Actor) -> None:
    begin = get_context(ELECTION).now()
    for day in (0, 0, 1, 3):
        kept(noted(member, houses()[day], missing=1, at=begin + timedelta(days=day)))
    days_later(9)
    assert record_rounds(ELECTION) == 3
    found = Round.objects.order_by("number").values_list("number", "visits", "last")
    assert list(found) == [(1, 2, 2), (2, 1, 3), (3, 1, 4)]
    assert [row["number"] for row in records()] == [1, 2, 3]


def test_rounds_are_opened_for_a_court(
    member: Actor, db_clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    from contextlib import nullcontext

    from typer.testing import CliRunner

    from esaylov.cli import app
    from esaylov.server import database
    from esaylov.voters.doors.opening import openings, waiting

    monkeypatch.setattr(database, "platform", lambda *_, **__: nullcontext())

    def said(precinct: str = "n1-1") -> tuple[int, str]:
        done = CliRunner().invoke(app, ["voters", "rounds", "--election", ELECTION, "--precinct", precinct])
        return done.exit_code, done.output

    def tampered(statement: str) -> list[bool]:
        with psycopg.connect(db_clone.urls.superuser) as raw:
            raw.execute("SET session_replication_role = replica")
            raw.execute(statement)
        return [one.agrees for one in openings(ELECTION, "n1-1")]

    begin = get_context(ELECTION).now()
    for day in (0, 0, 1, 2):
        kept(noted(member, houses()[day], missing=1, at=begin + timedelta(days=day)))
    days_later(2)
    assert record_rounds(ELECTION) == 2
    found = openings(ELECTION, "n1-1")
    assert [(one.number, len(one.visits), one.agrees) for one in found] == [(1, 2, True), (2, 1, True)]
    assert (
        [one.noted for one in found] == [one.logged for one in found] == [one["noted"] for one in records()]
    )
    assert waiting(ELECTION, "n1-1") == 1
    code, text = said()
    assert code == 0, text
    assert text.count("agrees with the log") == 2
    assert "2 rounds; 1 visits" in text
    assert "Navoiy" not in text
    assert tampered("UPDATE voters_housecheck SET day = day + 1 WHERE number = 2") == [False, True]
    assert tampered("UPDATE voters_housecheck SET day = day - 1 WHERE number = 2") == [True, True]
    swap = "UPDATE voters_housecheck a SET sealed = b.sealed FROM voters_housecheck b WHERE a.number = 3 AND b.number = 1"
    assert tampered(swap) == [True, False]
    assert tampered("DELETE FROM voters_housecheck WHERE number = 1") == [False, False]
    assert tampered("DELETE FROM voters_doorround WHERE number = 2") == [False, False]
    assert said("n9-9")[0] == 1, "there is no such precinct"
    code, text = said()
    assert code == 1
    assert f"DOES NOT AGREE WITH THE LOG: {found[0].noted}" in text


def test_a_round_is_refused_before_its_day_is_over_and_to_everybody_but_the_platform(member: Actor) -> None:
    def round_of(precinct: str, by: Actor) -> list[str]:
        return codes(perform(RecordRound, ELECTION, Submission(RecordRound.Payload(precinct=precinct), by)))

    assert round_of("n1-1", SYSTEM) == ["Y124"], "nothing was noted"
    kept(noted(member, houses()[0], missing=1))
    assert round_of("n1-1", SYSTEM) == ["Y124"]
    assert round_of("n9-9", SYSTEM) == [unknown_precinct("n9-9").code]
    days_later(1)
    assert round_of("n1-1", member) == ["A01"]
    assert round_of("n1-1", central()) == ["A01"]
    assert count("voters_doorround") == 0


def test_a_form_is_noted_once_and_another_under_its_key_is_refused(member: Actor) -> None:
    one, form = houses()[0], Form("key", b"1")
    first = kept(noted(member, one, missing=1, form=form))
    assert kept(noted(member, one, missing=1, form=form)) == Noted(first.number, repeated=True)
    assert refused(noted(member, one, missing=2, form=Form("key", b"2")))
    assert HouseCheck.objects.count() == 1
    chair = commission()["chair"]
    assert not kept(noted(chair, one, missing=1, form=form)).repeated, "another person's form"


def test_a_note_is_safe_before_its_round(member: Actor, db_clone: Any) -> None:
    """It stands in the database when the page says so, and not even the platform's own role can change it."""
    kept(noted(member, houses()[0], missing=1))
    with psycopg.connect(db_clone.urls.app, autocommit=True) as other:
        assert other.execute("SELECT missing FROM voters_housecheck").fetchone() == (1,)
        for statement in ("UPDATE voters_housecheck SET missing = 0", "DELETE FROM voters_housecheck"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                other.execute(statement)


def test_without_the_custodian_nothing_is_half_noted(member: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: Any, **__: Any) -> None:
        raise client.CustodianDown("gone")

    monkeypatch.setattr(noting.client, "seal_rows", down)
    with pytest.raises(client.CustodianDown):
        noted(member, houses()[0], missing=1)
    assert HouseCheck.objects.count() == 0


def test_the_worker_looks_every_minute(member: Actor) -> None:
    now = [0.0]
    rounds = Rounds(lambda: now[0])
    kept(noted(member, houses()[0], missing=1))
    assert not rounds.step()
    days_later(1)
    assert not rounds.step(), "it has just looked"
    now[0] += PAUSE
    assert rounds.step()
    assert Round.objects.count() == 1


def test_progress_is_that_of_a_recount(member: Actor) -> None:
    """What each visit carries, and what changes of the list carried, against counting everything."""
    for number, one in enumerate(houses()):
        for outcome in ("away", "here", "gone")[: 1 + number % 3]:
            voters = voters_of(one.digest)[: 1 + number % 4]
            kept(noted(member, one, said=dict.fromkeys(voters, outcome)))
            assert HouseCheck.objects.order_by("-number")[0].checked == recount()
    assert recount() > 10
    enter_voters(5, ("n2-1", None), first=500)
    with CaptureQueriesContext(connection) as asked:
        (north,) = [one for one in by_place(ELECTION, None) if one.entries >= 40]
    assert not [one for one in asked.captured_queries if "voters_voter" in one["sql"]]
    entries = Voter.objects.filter(precinct=Precinct.objects.get(election=ELECTION, code="n1-1").id).count()
    assert PrecinctSize.objects.get(precinct=Precinct.objects.get(code="n1-1").id).entries == entries == 40
    assert north.share is not None


def test_visits_that_were_entries_of_their_own_go_on_counting(member: Actor) -> None:
    """Rows of before: each has the number of its entry in the journal; the migration gives them the running count."""
    checked = import_module("esaylov.voters.migrations.0015_rounds").CHECKED
    first, second = houses()[:2]
    kept(noted(member, first, said=dict.fromkeys(voters_of(first.digest), "here")))
    sealed = bytes(HouseCheck.objects.get().sealed)
    place = Precinct.objects.get(election=ELECTION, code="n1-1")
    rows = ((2, second, 3), (3, first, 1), (4, second, 4))
    for number, one, answered in rows:
        HouseCheck.objects.create(
            journal=number, election=ELECTION, precinct=place, number=number, district=1, mahalla=one.mahalla,
            house=one.digest, entries=4, answered=answered, follow=0, missing=0, checked=0, sealed=sealed,
            day=get_context(ELECTION).now().date(),
        )  # fmt: skip
    with connections["admin"].cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', '{pgtrigger_append_only_rows_8ea3f}', false)")
        cursor.execute("UPDATE voters_housecheck SET journal = 1 WHERE number = 1")
        cursor.execute(checked)
    found = list(HouseCheck.objects.order_by("number").values_list("checked", flat=True))
    entries = len(voters_of(first.digest))
    assert found == [entries, entries + 3, 4, 5]
    assert found[-1] == recount()
    days_later(1)
    assert due(ELECTION) == [], "the log has them"
    kept(noted(member, second, said=dict.fromkeys(voters_of(second.digest), "away")))
    days_later(1)
    assert record_rounds(ELECTION) == 1
    row = Round.objects.get()
    assert (row.number, row.visits, row.last, row.checked) == (1, 1, 5, recount())
