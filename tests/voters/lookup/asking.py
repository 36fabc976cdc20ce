"""Voters to be looked up, and a client that asks as a browser without scripts or with them does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils.translation import override

from esaylov.custody import client as custody
from esaylov.registry.models import Precinct
from esaylov.voters.lookup import challenges
from esaylov.voters.lookup.ahead import known
from esaylov.voters.lookup.finding import door as list_door
from esaylov.voters.lookup.questions import question
from esaylov.voters.models import Former, Voter
from tests.acts.election import CALENDAR, EDITION, World, world
from tests.custody.conftest import Running, working
from tests.voters.calendars import DAYS
from tests.voters.listed import Listed, enter_voters

TWO_WEEKS_BEFORE = datetime.fromisoformat("2026-10-12T10:00:00+05:00")
GENEROUS = {
    "TRIES": "1000,100000", "ALL_TRIES": "10000,100000", "LOOK_UP": "100000,1000000", "DOCUMENT_TRIES": "1000,100000",
}  # fmt: skip
BITS = "8"
LISTED, UNPLACED, REMOVED, NOBODY = 0, 1, 2, 3
ADDRESS = "Navoiy koʻchasi 12, 5-maktab"


@dataclass
class Asked:
    """`people`: a voter with a precinct, one without, one who was removed, one who never stood in the list."""

    election: World
    people: list[Listed]
    custodian: Running
    data: Path

    def form(self, person: int, language: str = "en", **changes: str) -> dict[str, str]:
        """The form of somebody, with the work done."""
        record = self.people[person].record
        year, month, day = record["birth_date"].split("-")
        challenge = challenges.issue()
        return {
            "document": record["document"], "birth_day": str(int(day)), "birth_month": str(int(month)),
            "birth_year": year, "challenge": challenge, "work": challenges.solve(challenge), "answer": "", **changes,
        }  # fmt: skip

    def ask(
        self, person: int, language: str = "en", given: Mapping[str, str] | None = None, **headers: str
    ) -> HttpResponse:
        """The answer to a form."""
        form = self.form(person, language) if given is None else given
        return post(form, language, **headers)


def post(form: Mapping[str, str], language: str = "en", **headers: str) -> HttpResponse:
    """A form sent as browsers send it."""
    from urllib.parse import urlencode

    answer = Client().generic(
        "POST", f"/{language}/voter/", urlencode(form), "application/x-www-form-urlencoded", **headers
    )
    assert isinstance(answer, HttpResponse)
    return answer


def answer_to(challenge: str, language: str = "en") -> str:
    """What answers the question of a challenge."""
    with override(language):
        return next(iter(question(challenges.drawn(challenge)).answers))


@contextmanager
def to_be_asked(folder: Path, **limits: str) -> Iterator[Asked]:
    """The election and its voters, with a custodian of these limits."""
    edition = EDITION + CALENDAR + DAYS
    with (
        world(folder, edition=edition, start=TWO_WEEKS_BEFORE) as election,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("ESAYLOV_LOOKUP_WORK_BITS", BITS)
        people = enter_voters(40, ["n1-1", "n1-1", None])
        Precinct.objects.using("admin").filter(election=election.election, code="n1-1").update(
            address=ADDRESS, latitude="41.3111", longitude="69.2797"
        )
        chosen = [people[3], people[2], _removed(people[7]), people[9]]
        Voter.objects.filter(id=people[9].id).delete()
        data = _data_folder()
        with working(data, **(GENEROUS | limits)) as running:
            custody.custody.close()
            known.forget()
            list_door.__init__()
            try:
                yield Asked(election, chosen, running, data)
            finally:
                custody.custody.close()
                known.forget()


def _data_folder() -> Path:
    from esaylov.acts.identity import data_folder

    return data_folder()


def _removed(person: Listed) -> Listed:
    """Takes a voter out of the list, as a changeset does."""
    row = Voter.objects.get(id=person.id)
    Former.objects.create(
        voter=row.id, pinfl=row.pinfl, document=UUID(str(row.document)), content=row.content, house=row.house,
        district=row.district, mahalla=row.mahalla, precinct=row.precinct, changeset=0, sealed=bytes(row.sealed),
        kind=2, reason="left", ended=1, at=datetime(2026, 10, 1, 9, tzinfo=UTC),
    )  # fmt: skip
    row.delete()
    return person
