"""Who may sign in to the demonstration, and what its commissions did before election day: each by the acts of real ones."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import urlopen
from uuid import UUID

import pytest

if TYPE_CHECKING:
    from esaylov.voters.lookup.finding import Found

ELECTION = "uz-lc-2024-demo"
LINE = re.compile(r"^  (listed|to be removed|removed|not found) +(\w+)  ([\d-]+)$", re.MULTILINE)


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
    assert text.count("your work    ") == text.count("sign-in code ") + 2 == 15
    for place in ("a hospital", "a military unit", "a place of detention", "a precinct abroad"):
        assert text.count(f" in {place}\n  sign-in code ") == 1
    assert "propose what pairs found twice are" in text
    assert "approve what the secretary proposed, of changesets and of pairs found twice" in text
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
    assert list(numbers) == [
        "2003",
        "2004",
        "2011",
        "2013",
        "2014",
        "7",
        "2024",
        "2031",
        "2033",
        "2036",
        "1/6",
    ]
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

    assert Changeset.objects.get(election=ELECTION, kind="full").state == "applied"
    assert all(one.simulated for one in Extract.objects.all())
    listed = Voter.objects.exclude(precinct=None).count()
    assert listed > 0.98 * Voter.objects.count() > 1_000
    frozen = Freeze.objects.filter(election=ELECTION).order_by("at")
    assert sum(row.voters for row in frozen) == listed
    assert [row.lists for row in frozen][1:] == [4], "those of places are frozen later"
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


def test_places_have_lists_of_their_own(told: tuple[Path, str]) -> None:
    """A hospital, a military unit, a place of detention, a precinct abroad: some are moved there, some entered."""
    from esaylov.demo import special
    from esaylov.voters.assignments.models import Assignment
    from esaylov.voters.models import Changeset, Voter

    found = special.handed_in(ELECTION)
    assert [place.kind for place, _ in found] == ["hospital", "military-unit", "detention", "abroad"]
    for place, precinct in found:
        changeset = Changeset.objects.get(election=ELECTION, kind="special", counts__precinct=precinct.code)
        assert (changeset.counts["moved"], changeset.counts["added"]) == (place.listed, place.strangers)
        assert Voter.objects.filter(precinct=precinct.id).count() == place.listed + place.strangers
        whys = Assignment.objects.filter(precinct=precinct.id).values_list("why", flat=True)
        assert set(whys) == {place.kind}


@dataclass(frozen=True)
class Shown:
    """The data folder when the site runs, and what its file of people says in the end."""

    folder: Path
    text: str

    def pinfl(self, what: str) -> str:
        """Of whom OneID's stand-in knows as this."""
        known = json.loads((self.folder / "oneid-people.json").read_text())
        return next(str(one["pinfl"]) for one in known if one["what"] == what)


@pytest.fixture(scope="module")
def shown(told: tuple[Path, str]) -> Iterator[Shown]:
    """What the rehearsal shows of the voter list, beside a custodian; the tests above are about what stood before."""
    from esaylov.custody.client import custody
    from esaylov.demo.showing import show
    from tests.custody.conftest import working

    with working(told[0]):
        custody.close()
        show()
        before = (told[0] / "people.txt").read_text()
        show()
        assert (told[0] / "people.txt").read_text() == before, "a second start performs nothing"
        yield Shown(told[0], before)
    custody.close()


def found(pinfl: str) -> Found:
    """What the look-up knows of somebody."""
    from esaylov.custody import client
    from esaylov.voters.own.finding import entry

    return entry([UUID(bytes=one[0]) for one in client.digests("pinfl", [pinfl], purpose="own entry")])


def test_some_streets_are_checked_and_some_are_open(shown: Shown) -> None:
    from esaylov.demo.rehearsal import ELECTION as REHEARSAL
    from esaylov.demo.rehearsal import FORMED
    from esaylov.registry.models import Precinct
    from esaylov.voters.doors.reading import houses_of, progress_of, streets_of

    first, second = (Precinct.objects.get(election=REHEARSAL, code=code) for code in FORMED[:2])
    states = [
        (one.progress.checked_houses, one.progress.checked > 0) for one in streets_of(houses_of(first.id))
    ]
    assert states == [(3, True), (0, True), (0, False)], "one street is done, one begun, one open"
    whole = progress_of(houses_of(first.id))
    assert (whole.entries, whole.follow, whole.missing) == (25, 2, 1)
    assert progress_of(houses_of(second.id)).checked == 0


def test_a_removal_waits_for_its_notice_and_somebody_objects(shown: Shown) -> None:
    from esaylov.acts.context import get_context
    from esaylov.demo.rehearsal import ELECTION as REHEARSAL
    from esaylov.demo.rehearsal import FORMED
    from esaylov.registry.models import Precinct
    from esaylov.voters.importing import apply_one
    from esaylov.voters.models import Changeset
    from esaylov.voters.notices.models import NoticePeriod
    from esaylov.voters.notices.periods import objections
    from esaylov.voters.notices.telling import leaving

    changeset = Changeset.objects.get(election=REHEARSAL, state="approved")
    period = NoticePeriod.objects.get(changeset=changeset.id)
    assert period.begins < get_context(REHEARSAL).now() < period.ends
    assert not apply_one(set()), "the site waits"
    rows = leaving(Precinct.objects.get(election=REHEARSAL, code=FORMED[0]))
    assert {row.changeset for row in rows} == {changeset.id}
    assert [row.day is None for row in rows] == [True] * 3 + [False] * 2, "two were told at their door"
    assert {row.reason for row in rows} == {"left", "citizenship"}
    objection = objections(changeset)
    assert [one.granted for one in objection] == [False]
    assert objection[0].voter in {row.voter for row in rows}


def test_the_look_up_tells_each_state(shown: Shown) -> None:
    assert [what for what, _, _ in LINE.findall(shown.text)] == [
        "listed",
        "to be removed",
        "removed",
        "not found",
    ]
    listed, going, gone = (found(shown.pinfl(what)) for what in ("listed", "to be removed", "removed"))
    assert (bool(listed.voter), listed.leaves, listed.removed) == (True, None, None)
    assert going.leaves is not None
    assert gone.removed is not None
    assert listed.precinct is not None


def test_documents_and_birth_dates_are_those_of_the_entries(shown: Shown) -> None:
    from esaylov.custody import client
    from esaylov.voters.models import Former, Voter

    for what, document, born in LINE.findall(shown.text):
        made = client.digests("document", [document], purpose="request")
        digests = [UUID(bytes=one[0]) for one in made]
        rows: Any = Former.objects if what == "removed" else Voter.objects
        sealed = rows.filter(document__in=digests).values_list(
            "voter" if what == "removed" else "id", "sealed"
        )
        records = (
            client.open_rows([(row, bytes(one)) for row, one in sealed], purpose="request") if sealed else []
        )
        assert [one["birth_date"] for one in records] == ([] if what == "not found" else [born])


def test_a_voter_comes_by_the_stand_in_and_sees_who_looked(shown: Shown) -> None:
    from django.conf import settings
    from django.test import Client, override_settings

    from esaylov.demo import standin

    known = standin.StandIn(shown.folder / "oneid-people.json", "secret", frozenset({"testserver"}), 80)
    listening = standin.server("127.0.0.1", 0, known)
    threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True).start()
    origin = f"http://127.0.0.1:{listening.server_port}"
    app = {
        "client_id": standin.CLIENT,
        "secret": "secret",
        "settings": {"url": f"{origin}{standin.PATH}", "scope": ["s"]},
    }
    providers = settings.SOCIALACCOUNT_PROVIDERS | {"oneid": {"APPS": [app]}}
    client = Client()
    with override_settings(SOCIALACCOUNT_PROVIDERS=providers):
        answer: Any = client.post("/en/account/voter/oneid/")
        away = str(answer.url).replace("http%3A%2F%2Ftestserver%2F", "http%3A%2F%2Ftestserver%3A80%2F")
        page = urlopen(away).read().decode()
        assert page.count("<li><a ") == 3
        code = known.code_for("0") or ""
        state = re.search(r"state=([^&]+)", urlsplit(away).query)
        assert state is not None
        client.get("/uz/account/oneid/login/callback/", {"code": code, "state": state[1]})
        own = client.get("/en/account/voter/").content.decode()
    listening.shutdown()
    listening.server_close()
    assert "You are on the list" in own
    assert "precinct commission 1735-0001" in own, "who looked from door to door"


def test_requests_stand_in_every_state(shown: Shown) -> None:
    from esaylov.acts.context import get_context
    from esaylov.demo.rehearsal import ELECTION as REHEARSAL
    from esaylov.voters.requests.models import Request

    rows = [
        row for row in Request.objects.filter(election=REHEARSAL).order_by("id") if row.number in shown.text
    ]
    states = sorted((row.kind, row.decision.verdict if hasattr(row, "decision") else "") for row in rows)
    assert states == [
        ("correction", ""), ("correction", "granted"), ("early", "refused"), ("home", "granted"), ("inclusion", ""),
        ("objection", ""),
    ]  # fmt: skip
    now = get_context(REHEARSAL).now()
    assert [row.kind for row in rows if row.due < now] == ["correction"], "one is overdue"
    assert shown.text.count("at /en/voter/request/status/") == 6


def test_the_file_says_whom_to_sign_in_as(shown: Shown) -> None:
    for words in (
        "From door to door", "Voters to be told", "Requests of voters", "Found twice", "List of the place",
        "the\n    secretary of the Central Commission proposes what a pair is, its chair approves that",
    ):  # fmt: skip
        assert words in shown.text
    assert (shown.folder / "people.txt").stat().st_mode & 0o777 == 0o600
    assert (shown.folder / "oneid-people.json").stat().st_mode & 0o777 == 0o600
    assert not list(shown.folder.glob(".delta*")), "the register's files do not stay"


@pytest.mark.slow
def test_two_persons_decide_about_a_pair(shown: Shown) -> None:
    from esaylov.demo.history import CENTRE
    from esaylov.demo.sittings import Unheld, done, officer
    from esaylov.demo.twice import search_once
    from esaylov.voters.linkage.acts import ApprovePairDecision, ProposePairDecision
    from esaylov.voters.linkage.models import Pair

    assert search_once() == Pair.objects.count() > 0
    assert search_once() == 0
    pair = Pair.objects.order_by("-weight").first()
    assert pair is not None
    said = {"pair": pair.id, "verdict": "same", "removes": "second"}
    secretary = officer("", CENTRE, "secretary")
    done(ProposePairDecision, ELECTION, said, secretary)
    with pytest.raises(Unheld, match="Y64"):
        done(ApprovePairDecision, ELECTION, said, secretary)
    done(ApprovePairDecision, ELECTION, said, officer("", CENTRE))
    pair.refresh_from_db()
    assert (pair.state, pair.removes) == ("decided", pair.second)
