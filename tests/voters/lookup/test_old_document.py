"""Whoever holds a document of before learns nothing by it: neither that there is a new one, nor that its voter is listed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from esaylov.custody import client as custody
from esaylov.voters import access
from esaylov.voters.blocks import Kind
from esaylov.voters.lookup import views
from esaylov.voters.models import Former, Voter
from tests.voters.lookup.asking import LISTED, NOBODY
from tests.voters.lookup.test_answers import text_of

if TYPE_CHECKING:
    from tests.voters.lookup.asking import Asked

OLD, NEW, NEVER = "AA7000001", "AE7000002", "AE7000009"
WHEN = datetime(2026, 10, 1, 9, tzinfo=UTC)


def changes_document(asked: Asked, *, leaves: bool = False) -> None:
    """The voter got a new document, as a changeset writes it; `leaves`: and was taken out of the list afterwards."""
    row = Voter.objects.get(id=asked.people[LISTED].id)
    record = asked.people[LISTED].record
    for document, kind, reason in ((OLD, Kind.CHANGED, ""), (NEW, Kind.REMOVED, "left"))[: 1 + leaves]:
        Former.objects.create(
            voter=row.id, pinfl=row.pinfl, document=digest(document), content=row.content, house=row.house,
            district=row.district, mahalla=row.mahalla, precinct=row.precinct, changeset=0, kind=kind, reason=reason,
            sealed=custody.seal_rows([(row.id, record | {"document": document})])[0], ended=1, at=WHEN,
        )  # fmt: skip
    if leaves:
        row.delete()
    else:
        sealed = custody.seal_rows([(row.id, record | {"document": NEW})])[0]
        Voter.objects.filter(id=row.id).update(document=digest(NEW), sealed=sealed)


def digest(document: str) -> UUID:
    return UUID(bytes=custody.digest("document", [document], purpose="look-up")[0])


@pytest.mark.parametrize("leaves", [False, True], ids=["listed", "removed"])
def test_an_old_document_is_a_document_that_nobody_has(asked: Asked, leaves: bool) -> None:
    changes_document(asked, leaves=leaves)
    new, old, never = (asked.ask(LISTED, given=asked.form(LISTED, document=one)) for one in (NEW, OLD, NEVER))
    nobody = asked.ask(NOBODY)
    assert ("You are on the list" in text_of(new)) is not leaves
    assert text_of(old).replace(OLD, NEVER) == text_of(never), (
        "what was typed is shown again, and nothing else differs"
    )
    assert "not found" in text_of(never).lower()
    shapes = {
        (one.status_code, tuple(sorted(one.headers.items())), len(one.content))
        for one in (old, never, nobody)
    }
    assert len(shapes) == 1
    views.notes.flush()
    looks = [one for one in access.looks(asked.people[LISTED].id) if one.purpose == "look-up"]
    assert sum(one.times for one in looks) == 1, "by the new document alone"
