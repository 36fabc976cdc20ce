"""Clocks that are set back: the wall's, and a rehearsal's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from esaylov.acts.door import Submission, perform
from esaylov.elections.models import Draft
from esaylov.elections.queries import set_clock
from esaylov.operations.reconcile import reconcile
from esaylov.registry.acts import EndMandate
from esaylov.registry.queries import actor_of_mandate, elsewhere, mandates_of
from tests.acts.election import World, count
from tests.cabinet.conftest import bench
from tests.cabinet.people import Bench, sign_in
from tests.elections.test_calling import prepared
from tests.registry.conftest import door
from tests.registry.people import accepted, actors_of, codes, enrol, form_commission, held, members

__all__ = ["bench", "door"]
HOUR = timedelta(hours=1)


class Back(datetime):
    """A wall clock that was set back by an hour."""

    @classmethod
    def now(cls, tz: object = None) -> datetime:
        return datetime.now(UTC).astimezone(tz) - HOUR  # type: ignore[arg-type]


def test_what_ended_does_not_hold_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """An ended mandate opens nothing when the server's clock is set back behind its end."""
    central = actors_of("", "cec", datetime.now(UTC))["chair"]
    chair = actors_of("door", "tec:n", datetime.now(UTC))["chair"]
    assert chair.mandate is not None
    assert chair.person is not None
    client = bench.clients["tec chair"]
    assert client.get("/en/cabinet/sessions/").status_code == 200
    end = EndMandate.Payload(mandate=chair.mandate, ground="recalled")
    accepted(perform(EndMandate, "door", Submission(end, central)))
    earlier = datetime.now(UTC) - HOUR
    row = held("door", "tec:n", datetime.now(UTC))[0]
    assert actor_of_mandate(chair.mandate, earlier) is None
    assert mandates_of(chair.person, earlier) == []
    assert elsewhere("door", [chair.person], earlier) == {}
    commission = actors_of("door", "tec:n", datetime.now(UTC))
    assert "chair" not in commission
    assert row.role != "chair"
    monkeypatch.setattr("esaylov.cabinet.desk.datetime", Back)
    monkeypatch.setattr("esaylov.acts.door.datetime", Back)
    for page in ("sessions/", "commissions/", "letters/new/"):
        assert client.get(f"/en/cabinet/{page}").status_code == 403, page


def test_acts_of_a_clock_that_was_set_back_stand_in_the_order_of_the_log(
    door: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is ordered by times that people or machines set: the log goes on, and all of it can be recomputed."""
    accepted(enrol())
    central = actors_of("", "cec", datetime.now(UTC))["chair"]
    accepted(form_commission("door", "tec:n", central, members(9, 100)))
    monkeypatch.setattr("esaylov.acts.door.datetime", Back)
    late = accepted(form_commission("door", "tec:s", central, members(9, 200)))
    monkeypatch.undo()
    assert late.recorded_at < datetime.now(UTC) - timedelta(minutes=59)
    door.sequence()
    assert count("acts_entry") == count("acts_journal", "public")
    assert list(reconcile()) == []


def test_a_rehearsals_clock_goes_forward_only(bench: Bench) -> None:
    client = bench.clients["cec chair"]
    draft = prepared(client)
    client.post(f"/en/cabinet/drafts/{draft.pk}/call/", {"decision": "1457", "idempotency_key": "a"})
    assert Draft.objects.get(pk=draft.pk).called
    ahead = (timezone.now() + timedelta(days=3)).astimezone(UTC).replace(second=0, microsecond=0)
    assert set_clock(draft.pk, ahead)
    back = (ahead - HOUR).strftime("%Y-%m-%dT%H:%M")
    page = client.post(f"/en/cabinet/drafts/{draft.pk}/clock/", {"time": back})
    assert page.status_code == 200
    assert "never goes back" in page.content.decode()
    assert not set_clock(draft.pk, ahead - HOUR)
    assert not set_clock(draft.pk, ahead)
    assert count("elections_election", f"id = '{draft.pk}' AND set_time = '{ahead.isoformat()}'") == 1


def test_a_real_clock_is_not_to_be_set(bench: Bench) -> None:
    """Neither for an election that is not being prepared, nor by anybody else."""
    assert (
        bench.clients["cec chair"]
        .post("/en/cabinet/drafts/door/clock/", {"time": "2030-01-01T00:00"})
        .status_code
        == 404
    )
    for who in ("tec chair", "pec chair"):
        page = sign_in(bench.accounts[who]).post(
            "/en/cabinet/drafts/door/clock/", {"time": "2030-01-01T00:00"}
        )
        assert page.status_code == 403


def test_no_act_is_dated_ahead_or_by_its_taker(door: World) -> None:
    """A decision is taken when it is taken: a time in the payload's envelope is refused."""
    from esaylov.proceedings.sessions import OpenSession
    from tests.proceedings.acting import sitting

    accepted(enrol())
    chair, people = sitting()
    given = {
        "agenda": ["Item"],
        "present": [one.id for one in people],
        "presiding": people[0].id,
        "place": "Toshkent",
    }
    payload = OpenSession.Payload.model_validate(given)
    assert codes(perform(OpenSession, "", Submission(payload, chair, at=datetime.now(UTC) - HOUR))) == ["D09"]
    assert "T01" in codes(perform(OpenSession, "", Submission(payload, chair, at=datetime.now(UTC) + HOUR)))
