"""What a file may say of somebody who is known already: it adds, it overwrites nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile

from esaylov.acts.context import get_context
from esaylov.acts.door import Submission, perform
from esaylov.acts.powers import Actor
from esaylov.acts.vault import looks, read
from esaylov.exchange.members import members_csv
from esaylov.formation.examining import examine
from esaylov.formation.importer import run_once
from esaylov.operations.reconcile import reconcile
from esaylov.registry.acts import EndMandate
from tests.acts.election import World
from tests.cabinet.people import Bench
from tests.formation.people import enter, file_of, row, rows
from tests.registry.people import accepted, actors_of, codes, enrol, held

FIELDS = (
    "surname",
    "given_name",
    "patronymic",
    "birth_date",
    "employer",
    "phone",
    "email",
    "education",
    "proposer",
)


def now() -> datetime:
    return datetime.now(UTC)


def chair() -> Actor:
    return actors_of("", "cec", now())["chair"]


def known(by: Actor, person: UUID) -> dict[str, Any]:
    return read([person], FIELDS, by=by, purpose="test")[person]


def somebody(**more: str) -> UUID:
    """A member of pec:n1-1, entered by a file."""
    accepted(enrol())
    accepted(enter(file_of([row("pec:n1-1", 20, "chair", **more), *rows("pec:n1-1", 21, 6)[3:]]), chair()))
    return next(one.person for one in held("door", "pec:n1-1", now()) if one.role == "chair")


def test_a_file_does_not_rename_anybody(door: World) -> None:
    person = somebody()
    before = known(chair(), person)
    file = file_of(
        [row("pec:s1-1", 20, surname="Boshqa", given_name="Kim")], rows("pec:n1-2", 40), name="mine.csv"
    )
    examined = examine(get_context("door"), chair(), file, now())
    ((finding,),) = examined.left_out.values()
    assert finding.code == "N14"
    assert finding.fields == ("2", "surname", "given_name")
    assert finding.text["en"].startswith("mine.csv, row 2: ")
    assert "Surname, Given name" in finding.text["en"]
    assert not any("Sinovov" in text for text in finding.text.values())
    done = accepted(enter(file, chair(), "6"))
    assert (done.record["taken"], done.record["left_out"], done.record["findings"]) == (7, 1, {"N14": 1})
    assert held("door", "pec:s1-1", now()) == []
    assert known(chair(), person) == before


def test_what_another_body_says_stays(door: World) -> None:
    """Addresses and employers of those who sit elsewhere stay; what was not known is added."""
    person = somebody(email="own@saylov.example")
    there = row("pec:s1-1", 20, email="thief@saylov.example", employer="Boshqa", phone="+998001234567")
    file = file_of([there])
    examined = examine(get_context("door"), chair(), file, now())
    ((finding,),) = examined.warned.values()
    assert (finding.code, finding.severity, finding.fields) == ("N15", "warning", ("2", "employer", "email"))
    assert not any("own@" in text or "thief" in text for text in finding.text.values())
    accepted(enter(file, chair(), "6"))
    found = known(chair(), person)
    assert (found["email"], found["employer"]) == ("own@saylov.example", "Employer 20")
    assert found["phone"] == "+998001234567"
    assert [one.role for one in held("door", "pec:s1-1", now())] == ["member"]
    assert list(reconcile()) == []


def test_who_sits_nowhere_declares_anew(door: World) -> None:
    person = somebody(email="own@saylov.example")
    (mandate,) = (one.id for one in held("door", "pec:n1-1", now()) if one.person == person)
    end = EndMandate.Payload(mandate=mandate, ground="resigned")
    territorial = file_of(rows("tec:n", 500, 3))
    accepted(enter(territorial, chair(), "6"))
    by = actors_of("door", "tec:n", now())["chair"]
    accepted(perform(EndMandate, "door", Submission(end, by)))
    accepted(enter(file_of([row("pec:s1-1", 20, employer="Yangi")]), chair(), "7"))
    found = known(chair(), person)
    assert (found["employer"], found["email"], found["surname"]) == ("Yangi", "own@saylov.example", "Sinovov")


def test_one_name_in_two_writings_is_one_name(door: World) -> None:
    person = somebody(surname="Gʻulomov")
    done = accepted(enter(file_of([row("pec:s1-1", 20, surname="Ғуломов")]), chair(), "6"))
    assert done.record["findings"] == {}
    assert known(chair(), person)["surname"] == "Gʻulomov"


def test_the_look_is_recorded(door: World) -> None:
    person = somebody()
    before = len(looks(person))
    assert codes(enter(file_of([row("pec:s1-1", 20, surname="Boshqa")]), chair(), "6")) == ["N07"]
    (look,) = looks(person)[: len(looks(person)) - before]
    assert look.body == "cec"
    assert "overwrites nothing" in look.purpose


def test_the_report_names_what_stays(bench: Bench) -> None:
    """The page before the import names file, row and column, and not what is known."""
    accepted(enter(file_of([row("pec:n1-2", 20)]), chair(), "4"))
    data = members_csv([row("pec:s1-1", 20, employer="Boshqa")])
    central = bench.clients["cec chair"]
    sent = {"file": SimpleUploadedFile("theirs.csv", data), "decision": "7"}
    answer = central.post("/en/cabinet/commissions/import/", sent)
    assert run_once()
    page = central.get(answer.headers["Location"]).content.decode()
    assert "theirs.csv, row 2: this person sits in another body" in page
    assert ">N15<" in page
    assert "Employer 20" not in page
