"""The public pages and the cabinet of an election in which voters ask: a client without scripts, and people who decide."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client

from esaylov.custody import client as custody
from esaylov.registry.models import Territory
from esaylov.voters.lookup import challenges
from esaylov.voters.lookup.ahead import known
from esaylov.voters.lookup.finding import door as list_door
from esaylov.voters.lookup.noting import Notes
from esaylov.voters.lookup.throttling import Documents
from esaylov.voters.requests import places
from esaylov.voters.requests.flooding import Flood
from tests.acts.election import CALENDAR, EDITION
from tests.cabinet.people import Bench
from tests.cabinet.people import bench as people
from tests.custody.conftest import working
from tests.voters.listed import Listed, enter_voters, person
from tests.voters.lookup.asking import BITS, GENEROUS
from tests.voters.requesting import FIELDS, NAMES
from tests.voters.requests.conftest import RULES, START, STEPS

STRANGER = 900
"""Nobody in the list."""
ASK, STATUS = "voter/request/", "voter/request/status/"
DISTRICT = 1726266


@dataclass
class Site:
    """`voters`: of n1-1, n2-1 and of no precinct in turn."""

    bench: Bench
    voters: list[Listed]
    data: Path

    def form(self, number: int, kind: str = "home", **changes: str) -> dict[str, str]:
        """The form of an invented voter, in the list or not, with the work done."""
        record = person(number)
        year, month, day = record["birth_date"].split("-")
        challenge = challenges.issue()
        who = {name: record[name] for name in NAMES} if kind in ("inclusion", "abroad") else {}
        return {
            "document": record["document"], "birth_day": str(int(day)), "birth_month": str(int(month)), "birth_year": year,
            "territory": "n1", **who, **FIELDS[kind], "challenge": challenge, "work": challenges.solve(challenge), "answer": "",
            **changes,
        }  # fmt: skip

    def ask(self, number: int, kind: str = "home", language: str = "en", **changes: str) -> HttpResponse:
        """The answer to it."""
        return post(f"{ASK}?kind={kind}", self.form(number, kind, **changes), language)

    def asked(self, number: int, kind: str = "home", **changes: str) -> tuple[str, str]:
        """Number and code of a request."""
        return number_and_code(self.ask(number, kind, **changes))


def post(path: str, form: Mapping[str, str], language: str = "en", **headers: str) -> HttpResponse:
    """A form sent as browsers send it."""
    answer = Client().generic(
        "POST", f"/{language}/{path}", urlencode(form), "application/x-www-form-urlencoded", **headers
    )
    assert isinstance(answer, HttpResponse)
    return answer


def text_of(answer: HttpResponse) -> str:
    """The words of a page."""
    main = answer.content.decode().split("<main", 1)[-1].split("</main>")[0]
    return " ".join(re.sub("<[^>]+>", " ", main).split())


def number_and_code(answer: HttpResponse) -> tuple[str, str]:
    page = answer.content.decode()
    assert answer.status_code == 200, page[:300]
    found = re.search(r'request-number">([^<]+)<.*?request-secret">([^<]+)<', page, re.DOTALL)
    assert found, text_of(answer)
    return found[1], found[2]


@contextmanager
def site_of(folder: Path, **limits: str) -> Iterator[Site]:
    """The site, with a custodian of these limits; its clock stands at START."""
    from esaylov.acts.identity import data_folder
    from esaylov.elections.models import Election

    with (
        people(folder, edition=EDITION + CALENDAR + STEPS + RULES) as bench,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("ESAYLOV_LOOKUP_WORK_BITS", BITS)
        patch.setattr("esaylov.voters.requests.views.documents", Documents(burst=100_000))
        patch.setattr("esaylov.voters.requests.flooding.flood", Flood(times=1_000))
        # (Looks are not written by a thread that outlives the test.)
        patch.setattr(Notes, "_run", lambda _notes: None)
        for room in ("requests", "lookup"):
            patch.setattr(f"esaylov.voters.{room}.views.notes", Notes())
        Election.objects.filter(id=bench.election).update(set_time=START)
        Territory.objects.using("admin").filter(election=bench.election, code="n1").update(
            soato=str(DISTRICT)
        )
        voters = enter_voters(12, ["n1-1", "n2-1", None])
        data = data_folder()
        with working(data, **(GENEROUS | limits)):
            custody.custody.close()
            forget()
            try:
                yield Site(bench, voters, data)
            finally:
                custody.custody.close()
                forget()


def forget() -> None:
    known.forget()
    places.forget()
    list_door.__init__()
