"""What the rehearsal shows of the voter list, performed once while the site runs: the custodian seals it. All of it stands, or
nothing. `people.txt` then says what to type and whom to sign in as.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from esaylov.acts.identity import data_folder
from esaylov.demo import doors, leaving, requests, special
from esaylov.demo.newcomers import Newcomer, include, newcomers
from esaylov.demo.rehearsal import ELECTION
from esaylov.demo.simulation import ELECTION as MAIN
from esaylov.elections.models import Election
from esaylov.elections.queries import set_clock
from esaylov.proceedings.applications import new_secret, secret_digest
from esaylov.voters.requests.models import Request

FILE = "people.txt"
KNOWN = "oneid-people.json"
"""Whom OneID's stand-in knows (`standin`)."""
LISTED, LEAVING, GONE = 0, slice(18, 23), slice(25, 27)
"""Newcomers who may be looked up as listed, who are to be removed, who were."""
NOBODY = ("AD8970999", "1988-08-08")
"""Document and birth date of somebody whom no list has."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Somebody to look up: `what` the answer is."""

    what: str
    document: str
    birth_date: str
    pinfl: str


def show() -> None:
    """Performs all of it, unless that was done or the rehearsal is not there. Raises custody's errors and sittings.Unheld."""
    if not Election.objects.filter(pk=ELECTION).exists() or _done():
        return
    requests.wait_for_the_custodian()
    people = newcomers()
    with transaction.atomic():
        _first_days(people)
        asked = requests.ask(range(1))
        shown = _last_day(people)
        asked += requests.ask(range(1, len(requests.WISHES)))
        set_clock(ELECTION, requests.NOW)
        if people:
            asked.append(_objection())
        said = _said(shown, asked)
        transaction.on_commit(lambda: _tell(said, shown))


def _done() -> bool:
    code = secret_digest(new_secret(requests.CODE.format(0)))
    return Request.objects.filter(election=ELECTION, code=code).exists()


def _first_days(people: Sequence[Newcomer]) -> None:
    """The rehearsal's list from the first entry to the visits from door to door."""
    if people:
        include(people)
        leaving.remove(people[GONE])
        doors.visit()


def _last_day(people: Sequence[Newcomer]) -> list[Shown]:
    """The notice that runs; who is to be looked up."""
    if not people:
        return []
    leaving.announce(people[LEAVING])
    found = [("listed", people[LISTED]), ("to be removed", people[LEAVING][1]), ("removed", people[GONE][0])]
    return [Shown(what, one.who.document, one.who.birth_date, one.who.pinfl) for what, one in found]


def _objection() -> tuple[str, str, str]:
    secret = new_secret(leaving.OBJECTION)
    number = Request.objects.get(code=secret_digest(secret)).number
    return ("objection, to be decided", number, secret)


def _said(shown: Sequence[Shown], asked: Sequence[tuple[str, str, str]]) -> str:
    """The part of the file that tells of it."""
    parts = [LOOK_UP, *(f"  {one.what:14}{one.document}  {one.birth_date}" for one in shown)]
    if not shown:
        parts = [TOO_FEW]
    else:
        parts += [f"  {'not found':14}{NOBODY[0]}  {NOBODY[1]}", "", WHO_DOES_WHAT]
    if special.handed_in(MAIN):
        parts += ["", PLACES]
    parts.append("")
    for what, number, secret in asked:
        parts += [
            f"somebody who asked ({what}), at /en/voter/request/status/",
            f"  request      {number}",
            f"  code         {secret}",
            "",
        ]
    return "\n".join(["", *parts])


def _tell(said: str, shown: Sequence[Shown]) -> None:
    """Adds to the file of people, and says whom OneID's stand-in knows."""
    with (data_folder() / FILE).open("a", encoding="utf-8") as file:
        file.write(said)
    known = [{"what": one.what, "pinfl": one.pinfl} for one in shown]
    path = data_folder() / KNOWN
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        json.dump(known, file)


LOOK_UP = """\
The look-up, at /en/voter/ (/uz/voter/, /ru/voter/ …): document and birth date, and what it answers. The same people wait at the
stand-in for OneID: "See your entry without typing anything", then "Continue with OneID" (nobody's account, nothing real)"""
TOO_FEW = """\
The voter list of the rehearsal is empty: with so few voters its district has no streets with several houses. So there is no
visit from door to door, no notice of a removal, and nobody at the stand-in for OneID. Without VOTERS, or with more, there are."""
WHO_DOES_WHAT = """\
The voter list of the rehearsal: sign in as named, choose the rehearsal at the head of the cabinet ("Change mandate")
  secretary of the precinct commission pec:1735-0001
    From door to door      one street is done, one begun, one open; something is to follow up
    Voters to be told      whose removal waits for the end of its notice, letters to print, who was told
    Requests of voters     to grant or refuse: an inclusion; an objection to a removal; what was granted and refused
  chair of the district commission: Requests of voters (a correction that is overdue); how far the doors are, by district
  secretary and chair of the Central Election Commission: Voter list, with every changeset: the one that waits for its notice,
    the one that removed two, the one that granted requests made; one person proposes, the other approves (decision 1)
  Found twice (any election, after some minutes; a search runs behind the night, or at a terminal: esaylov voters duplicates): the
    secretary of the Central Commission proposes what a pair is, its chair approves that; nobody can do both"""
PLACES = """\
Lists of places, in the election itself: each secretary of a place named above opens List of the place (what was handed in,
what became of it) and Voters of the precinct"""
