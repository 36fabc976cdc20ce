"""Who may sign in to the demonstration, and what its commissions did before election day: each by the acts of real ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

ELECTION = "uz-lc-2024-demo"


@pytest.fixture(scope="module")
def told(
    module_db_clone: object, package: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, str]]:
    """The data folder of the demonstration after its history, and what `people.txt` says."""
    from esaylov.demo import history, rehearsal
    from esaylov.demo.participants import people
    from esaylov.demo.simulation import SEED
    from esaylov.exchange.package import read_package
    from esaylov.operations.loading import call_election
    from tests.publication.ground import data_folder

    with data_folder(tmp_path_factory.mktemp("people")) as folder:
        call_election(read_package(package), replay=False, start=history.CALLED)
        rehearsal.prepare(folder, SEED)
        file = people(ELECTION, package, SEED, lambda _: None)
        yield folder, file.read_text()


def test_people_are_told_with_their_places(told: tuple[Path, str]) -> None:
    text = told[1]
    assert "/en/cabinet/" in text
    assert "print a new card" in text
    assert "SPEED=1" in text
    assert "HOLD=yes" in text
    assert "secretary of the precinct commission pec:1735-0001 in Amudarya district" in text
    assert "member of the district commission of Amudarya district (" in text
    assert "chair of the district commission of Amudarya district (" in text
    assert "chair of the territorial commission of Republic of Karakalpakstan (tec:1735)" in text
    assert "head of a mahalla body (org:mahalla-mangit)" in text
    assert text.count("your work    ") == text.count("sign-in code ") + 2 == 11
    assert "application  2024-00000" in text
    assert "chair of the Central Election Commission (cec)" in text
    assert "a voter, at /en/voter/" in text
    assert "in the list of precinct 1735-0001" in text
    papers = text.partition("The signed papers of precinct 1735-0001")[2]
    assert "2130  Voters on the list" in papers
    assert papers.count("  contest ") == 2
    assert papers.count("\n") == 1 + 2 * (1 + 8 + 5)


def test_files_with_people_are_for_their_owner_alone(told: tuple[Path, str]) -> None:
    for name in ("people.txt", "members.csv", "members-example.csv"):
        assert (told[0] / name).stat().st_mode & 0o777 == 0o600
    assert not list(told[0].glob(".*.csv"))


def test_the_register_shows_how_commissions_decide(told: tuple[Path, str]) -> None:
    from esaylov.acts.models import Journal
    from esaylov.elections.models import Move
    from esaylov.formation.models import Discussion
    from esaylov.proceedings.models import ApplicationEvent, Decision, Dissent, Letter, Session

    carried = Decision.objects.filter(election=ELECTION).exclude(number=None)
    numbers = carried.order_by("journal").values_list("number", flat=True)
    assert list(numbers) == ["2003", "2004", "2011", "2013", "2014", "7", "2024", "2031", "2036", "1/6"]
    assert Decision.objects.filter(number=None).count() == 2
    dissents = list(Dissent.objects.values_list("text", flat=True))
    assert "" in dissents
    assert any("SIMULYATSIYA" in text for text in dissents)
    assert not Session.objects.filter(closing=None).exists()
    moved = [(row.step, row.closes) for row in Move.objects.all()]
    assert moved == [("media", datetime.fromisoformat("2024-10-20T18:00:00+05:00"))]
    assert set(ApplicationEvent.objects.filter(application__election=ELECTION).values_list("state", flat=True)) == {
        "submitted", "checked", "granted", "refused", "defects",
    }  # fmt: skip
    assert Discussion.objects.count() == 1
    assert {(one.circular, one.reply_by is None) for one in Letter.objects.all()} == {
        (True, True),
        (False, False),
    }
    rows = Journal.objects.exclude(code="acts.head").order_by("id")
    said = [bytes(record) for record in rows.values_list("record", flat=True)]
    known = [json.loads(record) for record in said]
    times = [one["at"] for one in known if one["election"] in (ELECTION, None)]
    assert times == sorted(times), "the log goes through the year in its order"
    late = [record for record in said if b'"C11"' in record or b'"A04"' in record]
    assert late == [], "nothing happens late or by a decision that nobody took"


def test_a_second_start_changes_nothing(told: tuple[Path, str], package: Path) -> None:
    from esaylov.acts.models import Journal
    from esaylov.demo import history, voters
    from esaylov.demo.participants import people
    from esaylov.demo.simulation import SEED

    before = Journal.objects.count()
    people(ELECTION, package, SEED, lambda _: None)
    history.tell(ELECTION, told[0] / "members.csv", SEED, voters.lists(ELECTION, package, SEED, print))
    assert Journal.objects.count() == before


def test_the_voter_list_is_made_and_frozen(told: tuple[Path, str]) -> None:
    from esaylov.voters.freezing.models import Freeze
    from esaylov.voters.models import Changeset, Extract, Voter

    assert Changeset.objects.get(election=ELECTION).state == "applied"
    assert all(one.simulated for one in Extract.objects.all())
    listed = Voter.objects.exclude(precinct=None).count()
    assert listed > 0.98 * Voter.objects.count() > 1_000
    assert Freeze.objects.get(election=ELECTION).voters == listed
    assert not (told[0] / ".country").exists(), "the register's files do not stay"


def test_the_rehearsal_leaves_a_commission_to_form(told: tuple[Path, str]) -> None:
    """Three are proposed for it, and the example file would fill it."""
    from esaylov.demo import rehearsal
    from esaylov.demo.sittings import members, officer
    from esaylov.exchange.members import read_members
    from esaylov.formation.imports import ImportMembers
    from esaylov.proceedings.models import Application
    from tests.proceedings.acting import act
    from tests.registry.people import accepted

    body = f"pec:{rehearsal.UNFORMED}"
    assert not members(rehearsal.ELECTION, body)
    assert members(rehearsal.ELECTION, "pec:1735-0001")
    proposed = Application.objects.filter(election=rehearsal.ELECTION, kind="member-proposal")
    assert [row.public for row in proposed.order_by("at")] == [
        {"commission": body, "by": kind} for kind in ("mahalla", "ngo", "employer")
    ]
    file = read_members(told[0] / rehearsal.EXAMPLE)
    payload = ImportMembers.Payload(decision="3", file=file)
    record = accepted(
        act(ImportMembers, rehearsal.ELECTION, officer(rehearsal.ELECTION, "tec:1735"), payload)
    ).record
    assert record["taken"] == record["rows"] > 4
    assert record["commissions"] == 1


def test_voters_of_the_rehearsal_ask(told: tuple[Path, str]) -> None:
    """While the site runs, and once: the states that a request can have, and how to follow each."""
    from esaylov.acts.context import get_context
    from esaylov.custody.client import custody
    from esaylov.demo import rehearsal
    from esaylov.demo.requests import ask
    from esaylov.voters.requests.models import Request, RequestDecision
    from tests.custody.conftest import working

    with working(told[0]):
        custody.close()
        ask()
        ask()
    custody.close()
    rows = Request.objects.filter(election=rehearsal.ELECTION).order_by("id")
    assert sorted(row.kind for row in rows) == ["correction", "correction", "early", "home", "inclusion"]
    verdicts = RequestDecision.objects.order_by("journal").values_list("verdict", flat=True)
    assert list(verdicts) == ["granted", "refused", "granted"]
    now = get_context(rehearsal.ELECTION).now()
    assert [row.kind for row in rows if row.due < now] == ["correction"], "one is overdue"
    text = (told[0] / "people.txt").read_text()
    assert text.count("at /en/voter/request/status/") == 5
    assert all(row.number in text for row in rows)
