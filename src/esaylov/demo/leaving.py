"""Removals in the rehearsal: two changesets of the residence register's daily changes, one applied after its notice, one in it.

Their voters are told at the door and by the look-up; one objects.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import polars as pl

from esaylov.acts.identity import data_folder
from esaylov.acts.powers import SYSTEM
from esaylov.custody import client
from esaylov.demo.history import CENTRE, SAID, at
from esaylov.demo.newcomers import Newcomer
from esaylov.demo.rehearsal import DISTRICT, ELECTION, FORMED
from esaylov.demo.sittings import Question, done, hold, officer
from esaylov.demo.voters import apply, approve
from esaylov.elections.queries import set_clock
from esaylov.exchange.residents.head import COLUMNS
from esaylov.formation.simulated import MARK
from esaylov.proceedings.applications import new_secret
from esaylov.registry.models import Precinct
from esaylov.synthetic.extracts import ExtractWriter
from esaylov.voters import importing
from esaylov.voters.models import Changeset, Voter
from esaylov.voters.notices.telling import TellRemoval, leaving
from esaylov.voters.requests.acts import ReceiveRequest
from esaylov.voters.requests.said import PURPOSE

FIRST, SECOND = at("09-03 15:00"), at("09-05 09:00")
"""When the register hands its changes over."""
LATER = timedelta(hours=1)
APPLIED = at("09-04 16:30")
OBJECTED = at("09-05 10:30")
OBJECTION = "demonstration objection"
DECISIONS = ("3", "4")


def remove(people: Sequence[Newcomer]) -> None:
    """They leave the list after their notice: the clock goes past it. Raises sittings.Unheld."""
    changeset = _approved(people, FIRST, DECISIONS[0])
    _tell(changeset, 1)
    set_clock(ELECTION, APPLIED)
    apply(changeset)


def announce(people: Sequence[Newcomer]) -> None:
    """They are to leave: the notice runs, two were told at their door, and the third of these people objects."""
    changeset = _approved(people, SECOND, DECISIONS[1])
    _tell(changeset, 2)
    _object(changeset, people[2])


def _approved(people: Sequence[Newcomer], when: datetime, decision: str) -> Changeset:
    """The changeset of the register's changes of a day, approved in session an hour later."""
    set_clock(ELECTION, when)
    folder = data_folder() / ".delta"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        _write(folder, people, when)
        changeset = importing.import_extract(folder, ELECTION)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    question = Question(
        "Saylovchilar roʻyxatiga oʻzgartishlar toʻgʻrisida / On changes to the voter list", SAID, decision, articles=("28",),
    )  # fmt: skip
    hold(ELECTION, CENTRE, when + LATER, [question], place="Toshkent")
    approve(ELECTION, changeset, decision)
    return changeset


def _write(folder: Path, people: Sequence[Newcomer], when: datetime) -> None:
    """What the register says: they have left the country for good; the last of several is no citizen any more."""
    rows = [
        {
            **one.who.fields(), "citizenship": "UZB", "region": DISTRICT[:4], "district": DISTRICT, "mahalla": one.mahalla,
            "street": one.street, "house": one.house, "flat": "", "status": "", "event": "left",
        }
        for one in people
    ]  # fmt: skip
    if len(rows) > 2:
        rows[-1] |= {"citizenship": "KAZ", "event": "corrected"}
    columns = [*COLUMNS["residence"], "event"]
    writer = ExtractWriter(folder, "residents", "csv", "residence", when, kind="delta")
    writer.add(pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String)))
    writer.close()


def _tell(changeset: Changeset, count: int) -> None:
    """The precinct's secretary was at the doors of some, the first ones."""
    code = FORMED[0]
    precinct = Precinct.objects.get(election=ELECTION, code=code)
    waiting = [row.voter for row in leaving(precinct) if row.changeset == changeset.id][:count]
    secretary = officer(ELECTION, f"pec:{code}", "secretary")
    said = {
        "precinct": code, "changeset": changeset.id, "voters": waiting, "mandate": secretary.mandate,
        "day": changeset.made_at.astimezone(FIRST.tzinfo).date().isoformat(),
    }  # fmt: skip
    done(TellRemoval, ELECTION, said, secretary)


def _object(changeset: Changeset, one: Newcomer) -> None:
    set_clock(ELECTION, OBJECTED)
    precinct = Precinct.objects.get(election=ELECTION, code=one.precinct)
    entries = [row.voter for row in leaving(precinct) if row.changeset == changeset.id]
    said = {
        "document": one.who.document, "birth_date": one.who.birth_date, "language": "uz",
        "reason": f"Men safarda edim, koʻchib ketganim yoʻq. / I was travelling, I have not left. ({MARK})",
    }  # fmt: skip
    payload = {
        "kind": "objection", "said": said, "secret": new_secret(OBJECTION), "territory": DISTRICT, "precinct": one.precinct,
        "voter": _entry_of(one, entries),
    }  # fmt: skip
    done(ReceiveRequest, ELECTION, payload, SYSTEM)


def _entry_of(one: Newcomer, entries: Sequence[int]) -> int | None:
    """Whose entry it is among these, as the look-up finds it: by the custodian's digest."""
    (made,) = client.digests("pinfl", [one.who.pinfl], purpose=PURPOSE)[0]
    found: int | None = (
        Voter.objects.filter(id__in=entries, pinfl=UUID(bytes=made)).values_list("id", flat=True).first()
    )
    return found
