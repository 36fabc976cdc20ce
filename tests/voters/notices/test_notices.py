"""Nobody leaves the list without notice: the changeset waits, who objects stays, a half-written extract is looked at twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from django.db import connection

from esaylov.acts.door import Accepted, Refused, Submission, perform
from esaylov.voters.changesets import ApproveChangeset, DiscardChangeset, ProposeChangeset
from esaylov.voters.freezing.preparing import prepare
from esaylov.voters.importing import apply_one, take_back
from esaylov.voters.models import Changeset, Former, Notice, NoticePeriod, RequestTaken, Voter
from esaylov.voters.notices import preparing
from esaylov.voters.notices.alerts import alerts
from esaylov.voters.staging import StagingError
from tests.acts.election import EDITION, World, world
from tests.registry.people import accepted
from tests.voters.changing import ELECTION, applied, approve, carried, central, compared, propose, said
from tests.voters.conftest import VOTERS
from tests.voters.extracts import resident
from tests.voters.freezing import freeze
from tests.voters.notices.noticed import (
    DAY,
    LATER,
    START,
    approved,
    decide,
    leaving,
    listed,
    noticed_world,
    object_to,
    wait,
)
from tests.voters.test_changesets import codes
from tests.voters.test_verifying import verified

LATEST = "2024-09-03T00:00:00+05:00"


@pytest.fixture
def noticed(db_clone: object, tmp_path: Path) -> Iterator[World]:
    with noticed_world(tmp_path) as made:
        yield made


def test_a_removal_waits_and_is_told(noticed: World, tmp_path: Path) -> None:
    people = central()
    listed(tmp_path, people)
    assert not NoticePeriod.objects.exists(), "who comes is told of nothing"
    second = leaving(tmp_path)
    accepted(propose(second, people["secretary"]))
    done = accepted(approve(second, people["chair"]))
    told = {"notices": 2, "told": 2, "notice_until": "2026-10-02T14:00:00+05:00"}
    assert told.items() <= done.record.items()
    assert set(Notice.objects.values_list("reason", flat=True)) == {"gone"}, "who died is not told"
    refused = applied(second)
    assert codes(refused) == ["Y112"]
    assert isinstance(refused, Refused)
    assert "2026-10-02T14:00:00" in refused.findings[0].text["en"]
    ignored: set[int] = set()
    assert not apply_one(ignored), "the loop waits"
    assert not ignored
    wait(DAY - timedelta(seconds=1))
    assert not apply_one(ignored)
    wait(DAY)
    assert apply_one(ignored)
    assert Changeset.objects.get(id=second.id).state == "applied"
    assert sorted(Former.objects.values_list("reason", flat=True)) == ["died", "gone", "gone"]
    verified(noticed, tmp_path / "published")


def test_deaths_and_second_entries_need_no_notice(noticed: World, tmp_path: Path) -> None:
    people = central()
    listed(tmp_path, people)
    carried(leaving(tmp_path, gone=0), people)
    assert Former.objects.get().reason == "died"


def test_who_objects_stays_unless_refused(noticed: World, tmp_path: Path) -> None:
    people = central()
    listed(tmp_path, people)
    second = approved(leaving(tmp_path, gone=4), people)
    first = list(Voter.objects.order_by("id").values_list("id", flat=True)[:4])
    object_to(first[0], START, "granted", 1)
    object_to(first[1], START, "refused", 2)
    object_to(first[2], START, "", 3)
    wait(DAY)
    done = accepted(applied(second))
    assert done.record["kept"] == 2
    assert done.record["counts"]["removed"] == 3
    assert done.record["voters"] == Voter.objects.count() == 9
    assert set(Former.objects.filter(reason="gone").values_list("voter", flat=True)) == {first[1], first[3]}
    assert RequestTaken.objects.get().changeset == second.id
    assert take_back(second.id, ELECTION).counts["added"] == 3
    third = compared(tmp_path / "third", [resident(n) for n in range(5, 12)], as_of=LATEST)
    assert third.counts["removed"] == 1, (
        "whose objection was granted is not gone any more; whose is not decided is"
    )


def test_a_notice_holds_for_the_same_removal_compared_anew(noticed: World, tmp_path: Path) -> None:
    """Another changeset went before: the extract is compared anew, and nobody is told twice."""
    people = central()
    listed(tmp_path, people)
    second = approved(leaving(tmp_path), people)
    wait(timedelta(hours=12))
    other = compared(
        tmp_path / "other", [resident(40, event="adult")], kind="delta", as_of="2024-09-01T12:00:00+05:00"
    )
    carried(other, people)
    wait(DAY)
    assert codes(applied(second)) == ["Y04"]
    accepted(
        perform(
            DiscardChangeset, ELECTION, Submission(DiscardChangeset.Payload(**said(second)), people["chair"])
        )
    )
    again = leaving(tmp_path / "again", gone=3)
    accepted(propose(again, people["secretary"]))
    done = accepted(approve(again, people["chair"]))
    assert (done.record["notices"], done.record["told"]) == (4, 2), "the third, and who came with the delta"
    assert codes(applied(again)) == ["Y112"]
    accepted(
        perform(
            DiscardChangeset, ELECTION, Submission(DiscardChangeset.Payload(**said(again)), people["chair"])
        )
    )
    third = compared(tmp_path / "third", [*(resident(n) for n in range(3, 13)), resident(40)], as_of=LATEST)
    accepted(propose(third, people["secretary"]))
    done = accepted(approve(third, people["chair"]))
    assert (done.record["notices"], done.record["told"]) == (2, 0)
    assert done.record["notice_until"] == "2026-10-02T14:00:00+05:00"
    accepted(applied(third))
    verified(noticed, tmp_path / "published")


def test_a_notice_that_was_given_up_counts_for_the_time_it_stood(noticed: World, tmp_path: Path) -> None:
    """Approved and given up after a minute: nobody saw it for the days until the same removal comes again."""
    people = central()
    listed(tmp_path, people)
    second = approved(leaving(tmp_path), people)
    wait(timedelta(minutes=1))
    payload = DiscardChangeset.Payload(**said(second))
    accepted(perform(DiscardChangeset, ELECTION, Submission(payload, people["chair"])))
    wait(timedelta(days=6))
    again = approved(leaving(tmp_path / "again", as_of=LATEST), people)
    period = NoticePeriod.objects.get(changeset=again.id)
    assert (period.told, period.ends) == (0, START + timedelta(days=7, minutes=-1))
    assert codes(applied(again)) == ["Y112"]


def test_a_delta_says_it_once_and_a_refused_objection_does_not_undo_it(
    noticed: World, tmp_path: Path
) -> None:
    people = central()
    listed(tmp_path, people)
    gone = [resident(3, event="left"), resident(4, event="left")]
    second = approved(compared(tmp_path / "left", gone, kind="delta", as_of=LATER), people)
    stays, waits = Notice.objects.order_by("voter").values_list("voter", flat=True)
    object_to(stays, START, number=1)
    object_to(waits, START, number=2)
    wait(DAY)
    assert accepted(applied(second)).record["kept"] == 2
    decide(1, "refused", START + timedelta(hours=30))
    new = [resident(40, event="adult")]
    again = compared(tmp_path / "next", new, kind="delta", as_of=LATEST)
    assert (again.counts["removed"], again.counts["notices"]) == (1, 1)
    assert Notice.objects.get(changeset=again.id).voter == stays
    named = compared(
        tmp_path / "named", [resident(3, event="corrected", surname="Boshqayev")], kind="delta", as_of=LATEST
    )
    assert (named.counts["removed"], named.counts["changed"]) == (0, 1), "the register has the voter again"


def test_nobody_leaves_by_the_rules_of_another_election_that_ask_for_less(
    noticed: World, tmp_path: Path
) -> None:
    """The list is one: the second election's edition is silent about notices."""
    people = central()
    listed(tmp_path, people)
    with world(tmp_path, name="other", edition=EDITION + VOTERS, start=START):
        second = leaving(tmp_path)
        Changeset.objects.filter(id=second.id).update(election="other")
        payload = ProposeChangeset.Payload(**said(second))
        refused = perform(ProposeChangeset, "other", Submission(payload, people["secretary"]))
        assert codes(refused) == ["Y117"]
        wait(timedelta(days=40))
        accepted(perform(ProposeChangeset, "other", Submission(payload, people["secretary"])))


def test_removals_of_which_nobody_would_be_told_are_refused(noticed: World, tmp_path: Path) -> None:
    people = central()
    listed(tmp_path, people)
    second = leaving(tmp_path)
    accepted(propose(second, people["secretary"]))
    Notice.objects.filter(changeset=second.id).first().delete()  # type: ignore[union-attr]
    assert codes(approve(second, people["chair"])) == ["Y111"]


def test_what_was_never_approved_leaves_no_notice(noticed: World, tmp_path: Path) -> None:
    people = central()
    listed(tmp_path, people)
    second = leaving(tmp_path)
    assert Notice.objects.count() == 2
    payload = DiscardChangeset.Payload(**said(second))
    accepted(perform(DiscardChangeset, ELECTION, Submission(payload, people["chair"])))
    assert not Notice.objects.exists()


def test_many_removals_of_a_district_are_confirmed_twice(noticed: World, tmp_path: Path) -> None:
    people = central()
    listed(tmp_path, people)
    second = leaving(tmp_path, gone=8)
    assert second.counts["alerts"] == [[1726266, 9, 12]]
    assert codes(propose(second, people["secretary"])) == ["Y110"]
    sure = {**said(second), "accepts_removals": True}
    done = perform(
        ProposeChangeset, ELECTION, Submission(ProposeChangeset.Payload(**sure), people["secretary"])
    )
    assert accepted(done).record["alerts"] == 1
    assert codes(approve(second, people["chair"])) == ["Y110"]
    payload = ApproveChangeset.Payload(**sure, decision="7")
    accepted(perform(ApproveChangeset, ELECTION, Submission(payload, people["chair"])))


@pytest.mark.parametrize("many", [1, 10_000], ids=["the whole list", "by district"])
def test_a_district_has_the_entries_of_its_mahallas_and_those_without_one(
    noticed: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr("esaylov.voters.notices.alerts.MANY", many)
    listed(tmp_path, central())
    Voter.objects.filter(id=Voter.objects.earliest("id").id).update(mahalla=0)
    tenth = Fraction(1, 10)
    assert alerts({1726266: 1}, tenth) == [], "counted no further than it matters"
    assert alerts({1726266: 2}, tenth) == [[1726266, 2, 12]]
    assert alerts({1726266: 1}, Fraction(0)) == [[1726266, 1, 12]]
    assert alerts({1726266: 12}, Fraction(1)) == []
    assert alerts({1701: 3}, tenth) == [[1701, 3, 0]]


def test_notices_are_written_in_pieces(
    noticed: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = central()
    listed(tmp_path, people)
    monkeypatch.setattr(preparing, "PAGES", 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT voters_open_stage(9999)")
        cursor.execute(
            "INSERT INTO voters_change_9999 (kind, voter, district, mahalla, reason)"
            " SELECT 2, n, 1, 1, CASE n % 3 WHEN 0 THEN 'died' ELSE 'gone' END FROM generate_series(1, 3000) n"
        )
    changeset = Changeset(id=9999, election=ELECTION, counts={"removed": 3000})
    assert preparing.prepare(changeset, "voters_change_9999") == 2000
    assert preparing.unwritten(changeset, "voters_change_9999") == 0
    assert Notice.objects.filter(changeset=9999).count() == 2000


def test_an_extract_that_came_back_is_known_again(noticed: World, tmp_path: Path) -> None:
    """A reversal of a reversal: its extract is in the list, and neither it nor an older one is taken (C33)."""
    people = central()
    first = listed(tmp_path, people)
    second = compared(
        tmp_path / "second", [resident(n, surname="Boshqayev") for n in range(1, 13)], as_of=LATER
    )
    carried(second, people)
    back = take_back(second.id, ELECTION)
    carried(back, people)
    carried(take_back(back.id, ELECTION), people)
    with pytest.raises(StagingError, match="Y11"):
        compared(tmp_path / "second", [resident(n, surname="Boshqayev") for n in range(1, 13)], as_of=LATER)
    with pytest.raises(StagingError, match="Y12"):
        compared(tmp_path / "older", [resident(1)], as_of="2024-09-01T06:00:00+05:00")
    assert first.id < second.id


def test_no_list_is_frozen_that_an_approved_changeset_touches(noticed: World, tmp_path: Path) -> None:
    people = central()
    listed(tmp_path, people)
    second = approved(leaving(tmp_path), people)
    prepare(ELECTION)
    assert codes(freeze(people["chair"])) == ["Y116"]
    payload = DiscardChangeset.Payload(**said(second))
    accepted(perform(DiscardChangeset, ELECTION, Submission(payload, people["chair"])))
    assert isinstance(freeze(people["chair"]), Accepted)
