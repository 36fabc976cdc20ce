"""A second, small election of the demonstration: a rehearsal, in which commissions are still to be formed.

A by-election to the council of one district, whose own clock stays at 3 September 2024. One precinct commission has no members
yet; three bodies have proposed some. Everything in it is invented.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from esaylov.acts.powers import Actor
from esaylov.demo import land, official
from esaylov.demo.chance import Chance
from esaylov.demo.history import CENTRE, REGION, at, enter
from esaylov.demo.people import anybody
from esaylov.demo.sittings import Question, done, hold, officer
from esaylov.demo.tables import EDITION, FIELDS, Row, resource
from esaylov.elections.models import Election
from esaylov.elections.queries import set_clock
from esaylov.exchange.package import read_package
from esaylov.exchange.pinfl import make_pinfl
from esaylov.formation.simulated import MARK
from esaylov.law.calling import edition_for
from esaylov.law.edition_writing import written
from esaylov.law.editions import uz_edition
from esaylov.operations.loading import call_election
from esaylov.proceedings.applications import SubmitApplication, new_secret
from esaylov.registry.acts import MemberPayload
from esaylov.registry.models import Mandate
from esaylov.registry.organisations import GrantMandate, RegisterOrganisation

ELECTION = "uz-rehearsal-2024"
DAY = date(2024, 10, 20)
"""A Sunday before that of the main election, which so stays the one that the front page is about."""
CALLED, NOW = at("07-24 11:30"), at("09-03 10:00")
DISTRICT = "1735204"
PLACE = "c-1"
CONTEST = "council-1"
FORMED = ("1735-0001", "1735-0002", "1735-0003")
UNFORMED = "1735-0004"
VOTERS = (1_204, 986, 1_377, 1_118)
EXAMPLE = "members-example.csv"
TITLES = {
    "uz": "Mashq: Amudaryo tumani Kengashiga saylov, 20.10.2024 — SIMULYATSIYA",
    "uz_cyrl": "Машқ: Амударё тумани Кенгашига сайлов, 20.10.2024 — СИМУЛЯЦИЯ",
    "kaa": "Shınıǵıw: Ámiwdárya rayonı Keńesine saylaw, 20.10.2024 — SIMULYACIYA",
    "ru": "Учение: выборы в Кенгаш Амударьинского района, 20.10.2024 — СИМУЛЯЦИЯ",
    "en": "Rehearsal: by-election to the council of Amudarya district, 20.10.2024 — SIMULATED",
}
NAMED = {"uz": "1-Mangʻit", "uz_cyrl": "1-Манғит", "kaa": "1-Mańǵıt", "ru": "1-Мангит", "en": "1-Mangit"}
"""The constituency."""
PROPOSERS = {
    "mahalla": ("org:mahalla-mangit", "Mangʻit MFY", "Mangit mahalla body"),
    "ngo": ("org:ngo-amu", "«Amu» NNT", "Amu, a non-governmental organisation"),
    "employer": ("org:school-12", "12-maktab", "School 12"),
}


def prepare(folder: Path, seed: int) -> None:
    """Writes the rehearsal's package and calls it, where that was not done before."""
    if Election.objects.filter(pk=ELECTION).exists():
        return
    package = folder / "rehearsal"
    write_package(package, seed)
    call_election(read_package(package), replay=False, start=CALLED)


def write_package(folder: Path, seed: int) -> None:
    """Writes the package of the rehearsal; the same seed gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    edition = edition_for(uz_edition(EDITION), "by-election")
    tables: dict[str, list[Row]] = {
        "territories": list(_territories()),
        "contests": [(CONTEST, "council", PLACE, 1, edition.id, *_by_language(NAMED))],
        "options": list(_options(seed)),
        "precincts": [
            (code, DISTRICT, PLACE, number, voters, land.school(number), *land.pin(code, DISTRICT), "true")
            for number, (code, voters) in enumerate(zip((*FORMED, UNFORMED), VOTERS, strict=True), start=1)
        ],
        "protocols": [],
        "votes": [],
    }
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([tuple(FIELDS[name]), *rows])
    (folder / "edition.toml").write_bytes(written(edition.raw))
    text = json.dumps(_description(tuple(tables)), ensure_ascii=False, indent=1)
    (folder / "datapackage.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def _description(tables: tuple[str, ...]) -> dict[str, Any]:
    return {
        "profile": "tabular-data-package",
        "name": ELECTION,
        "title": TITLES["en"],
        "description": "A rehearsal: everything in it is invented.",
        "election": {
            "date": DAY.isoformat(),
            "country": "UZ",
            "timezone": "Asia/Tashkent",
            "edition": "edition.toml",
            "simulated": True,
            "title": TITLES,
        },
        "resources": [resource(name) for name in tables],
    }


def _by_language(names: dict[str, str]) -> Iterator[str]:
    return (names[language] for language in land.LANGUAGES)


def _territories() -> Iterator[Row]:
    known = {place.id: place for place in land.places()}
    for code in (land.COUNTRY, DISTRICT[:4], DISTRICT):
        place = known[code]
        yield (place.id, place.parent, place.kind, *_by_language(place.names), place.soato)
    yield (PLACE, DISTRICT, "constituency", *_by_language(NAMED), "")


def _options(seed: int) -> Iterator[Row]:
    chance = Chance(seed, "rehearsal")
    for order, party in enumerate(official.PARTIES[:3], start=1):
        female = order == 2
        surname, given, _ = anybody(chance, DISTRICT[:4], female)
        names = [f"{surname} {given}"] * len(land.LANGUAGES)
        born = date(1960 + chance.below(30), 1 + chance.below(12), 1 + chance.below(28))
        gender = "female" if female else "male"
        yield (f"candidate-{order}", CONTEST, "candidate", *names, order, party.id, gender, born.isoformat())


def tell(members: Path, seed: int) -> None:
    """What happened in the rehearsal until now: commissions, all but one, and proposals for that. Raises sittings.Unheld."""
    title = "Mashqdagi komissiyalar tarkibi toʻgʻrisida / On the commissions of the rehearsal"
    text = "Komissiyalar aʼzolari ilovadagi fayldan kiritilsin. / Their members are entered from the attached file."
    said = f"{text}\n\n{MARK}: oʻylab topilgan qaror. / SIMULATED: an invented decision."
    hold(ELECTION, CENTRE, at("08-02 10:00"), [Question(title, said, "1", ("19", "23"))], place="Toshkent")
    enter(ELECTION, members, (REGION, f"dcec:{DISTRICT}", *(f"pec:{code}" for code in FORMED)), "1")
    for serial, (kind, (code, uzbek, english)) in enumerate(PROPOSERS.items()):
        set_clock(ELECTION, at(f"09-02 {10 + serial}:00"))
        _propose(kind, _head(kind, code, uzbek, english), seed, serial)
    set_clock(ELECTION, NOW)
    write_example(members)


def _head(kind: str, code: str, uzbek: str, english: str) -> Actor:
    """The head of a proposing body, entered by the Central Commission's chair."""
    chair = officer("", CENTRE)
    names = {"uz": f"{uzbek} ({MARK})", "en": f"{english} (simulated)"}
    done(RegisterOrganisation, ELECTION, {"organisation": code, "kind": kind, "names": names}, chair)
    member = MemberPayload(surname=f"{MARK}-{kind}", given_name=MARK)
    given = done(GrantMandate, ELECTION, {"organisation": code, "role": "head", "member": member}, chair)
    held = Mandate.objects.get(journal=given.journal)
    return Actor(code, "organisation", ELECTION, person=held.person_id, mandate=held.pk, role="head")


def _propose(kind: str, by: Actor, seed: int, serial: int) -> None:
    """A body proposes somebody for the commission that has no members yet."""
    surname, given, patronymic = anybody(Chance(seed, f"proposed {kind}"), DISTRICT[:4], female=True)
    born = date(1985, 3, 10 + serial)
    said = {
        "commission": f"pec:{UNFORMED}", "proposed_by": kind, "pinfl": make_pinfl(born, "female", 899, serial),
        "surname": surname, "given_name": given, "patronymic": patronymic, "birth_date": born.isoformat(),
        "education": "higher", "employer": f"{serial + 1}-maktab ({MARK})", "phone": "+998000000000",
    }  # fmt: skip
    payload = {
        "kind": "member-proposal",
        "to": REGION,
        "payload": said,
        "secret": new_secret(f"proposal {kind}"),
    }
    done(SubmitApplication, ELECTION, payload, by)


def write_example(members: Path) -> Path:
    """The rows of the commission that has no members yet, as a file to hand in in the cabinet; its path."""
    path = members.with_name(EXAMPLE)
    with (
        members.open("rb") as source,
        os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file,
    ):
        file.write(next(source))
        file.writelines(line for line in source if line.startswith(f"pec:{UNFORMED},".encode()))
    return path
