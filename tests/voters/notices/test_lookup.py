"""Who is to leave the list learns it from the public page, in time to object; from outside the answer looks like any other."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from esaylov.voters.lookup import finding
from esaylov.voters.models import Changeset
from esaylov.voters.notices.models import Notice, NoticePeriod
from tests.voters.lookup.asking import LISTED, NOBODY, REMOVED, UNPLACED, to_be_asked
from tests.voters.lookup.test_answers import LANGUAGES, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.voters.lookup.asking import Asked

ENDS = datetime(2026, 10, 2, 9, tzinfo=UTC)
EVERYBODY = (LISTED, UNPLACED, REMOVED, NOBODY)


@pytest.fixture(scope="module")
def told(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """The voter with a precinct is to leave the list; another changeset that would remove them is not approved."""
    with to_be_asked(tmp_path_factory.mktemp("told")) as made:
        voter = made.people[LISTED].id
        for state, reason in (("approved", "left"), ("proposed", "incapable")):
            changeset = Changeset.objects.create(
                election="door", kind="full", base=0, state=state, made_at=ENDS
            )
            Notice.objects.create(changeset=changeset.id, voter=voter, reason=reason)
            if state == "approved":
                NoticePeriod.objects.create(
                    changeset=changeset.id, journal=1, begins=ENDS, ends=ENDS, notices=1, told=1
                )
        yield made


def test_it_is_told_with_reason_time_and_what_to_do(told: Asked) -> None:
    said = text_of(told.ask(LISTED))
    for part in (
        "You are still on the list",
        "This entry is to leave the list",
        "has left the country for good",
        "2 October 2026, 14:00 (Tashkent",
        "within 24 hours; until then you stay on the list",
        "go to court",
        "Precinct 1 ",
    ):
        assert part in said, part
    assert "incapable" not in said
    for person in (UNPLACED, REMOVED, NOBODY):
        assert "is to leave the list" not in text_of(told.ask(person))


def test_it_leads_to_the_form_of_objections(told: Asked) -> None:
    link = 'formaction="/en/voter/request/?kind=objection"'
    assert [link in told.ask(person).content.decode() for person in (LISTED, REMOVED, UNPLACED)] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_status_headers_and_size(told: Asked, language: str) -> None:
    found = {
        (one.status_code, tuple(sorted(one.headers.items())), len(one.content))
        for one in (told.ask(person, language) for person in EVERYBODY)
    }
    assert len(found) == 1


def test_the_same_questions_to_the_database(told: Asked) -> None:
    told.ask(LISTED)
    found = set()
    for person in EVERYBODY:
        with CaptureQueriesContext(connection) as queries:
            told.ask(person)
        found.add(len(queries))
    assert len(found) == 1


def test_what_stands_in_for_nobody_is_told_to_nobody(told: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows that stand in may be of a voter who is to leave."""
    rows = finding._rows([])
    leaving = next(
        (row for row in rows if row[4] is not None), [0, 1, b"", "left", ENDS, "", None, *[None] * 6]
    )
    monkeypatch.setattr(finding, "_rows", lambda _: [[0, *leaving[1:]]])
    monkeypatch.setattr(finding.client, "open_plain", lambda *_, **__: [b'{"birth_date": ""}'])
    found = finding.find(finding.Sought("AD0000000"), ENDS.date())
    assert (found.voter, found.removed, found.leaves, found.reason) == (0, None, None, "")
