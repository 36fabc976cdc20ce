"""Files of members for tests: synthetic people, as a territorial commission would hand them in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from esaylov.acts.door import Result, Submission, perform
from esaylov.acts.powers import Actor
from esaylov.exchange.members import MembersFile, members_csv, read_members
from esaylov.exchange.members.texts import columns
from esaylov.exchange.pinfl import make_pinfl
from esaylov.formation.discussions import RecordDiscussion
from esaylov.formation.imports import ImportMembers
from esaylov.formation.leaving import ends_on
from esaylov.formation.opinions import DiscussProposals, NameKengash
from esaylov.proceedings.applications import SubmitApplication, new_secret
from esaylov.registry.models import Mandate
from esaylov.registry.organisations import GrantMandate, RegisterOrganisation
from esaylov.registry.queries import commission_by_code, members_of
from tests.registry.people import accepted, actors_of, member

BORN = date(1980, 1, 2)
OFFICES = ("chair", "deputy", "secretary")


def row(commission: str, number: int, role: str = "member", **more: str) -> list[str]:
    """A row of a file; everybody has an employer of their own."""
    values = dict.fromkeys(columns(), "")
    values |= {
        "commission": commission, "role": role, "pinfl": pinfl(number), "surname": "Sinovov", "given_name": "Test",
        "birth_date": BORN.isoformat(), "education": "higher", "employer": f"Employer {number}", "proposed_by": "mahalla",
        "proposer": "Mahalla",
    } | more  # fmt: skip
    return [values[name] for name in columns()]


def pinfl(number: int, born: date = BORN) -> str:
    return make_pinfl(born, "male", 900 + number // 1000, number % 1000)


def rows(commission: str, first: int, count: int = 7, **more: str) -> list[list[str]]:
    """The rows of a commission: its officers, then the others."""
    return [row(commission, first + i, OFFICES[i] if i < 3 else "member", **more) for i in range(count)]


def file_of(*given: list[list[str]], name: str = "members.csv") -> MembersFile:
    return read_members(members_csv([one for part in given for one in part]), name)


def enter(file: MembersFile, by: Actor, decision: str = "5", election: str = "door", **more: Any) -> Result:
    payload = ImportMembers.Payload(decision=decision, file=file)
    return perform(ImportMembers, election, Submission(payload, by, **more))


def kengash(central: Actor, code: str = "org:kengash-n", number: int = 950) -> Actor:
    """The representative of a Kengash, which is entered with that person."""
    entered = RegisterOrganisation.Payload(organisation=code, kind="kengash", names={"uz": "Kengash"})
    accepted(perform(RegisterOrganisation, "", Submission(entered, central)))
    given = GrantMandate.Payload(organisation=code, role="representative", member=member(number))
    accepted(perform(GrantMandate, "", Submission(given, central)))
    row = Mandate.objects.get(organisation__code=code)
    return Actor(code, "organisation", None, person=row.person_id, mandate=row.pk, role=row.role)


def propose_member(number: int, commission: str = "pec:n1-2", to: str = "tec:n") -> str:
    """A mahalla body proposes somebody; gives the proposal's number."""
    said = {"commission": commission, "proposed_by": "mahalla", "pinfl": pinfl(number), "surname": f"Taklif{number}",
            "given_name": "Sinov", "birth_date": BORN.isoformat(), "education": "higher", "employer": f"Maktab {number}"}  # fmt: skip
    by = Actor("org:mahalla", "organisation", None, role="head")
    payload = {"kind": "member-proposal", "to": to, "payload": said, "secret": new_secret()}
    done = perform(
        SubmitApplication, "door", Submission(SubmitApplication.Payload.model_validate(payload), by)
    )
    return str(accepted(done).record["number"])


def a_kengash_discusses(central: Actor) -> None:
    """The Kengash of a district is named, and supports the one who is proposed there."""
    speaker, proposed = kengash(central), propose_member(960)
    named = NameKengash.Payload(territory="n1", organisation=speaker.code)
    accepted(perform(NameKengash, "door", Submission(named, central)))
    day = datetime.now(UTC).date() - timedelta(days=1)
    discussed = DiscussProposals.Payload(
        territory="n1", minutes="4", day=day, present=21, opinions={proposed: True}
    )
    accepted(perform(DiscussProposals, "door", Submission(discussed, speaker)))


def enter_a_file() -> None:
    """A file of members, entered by the Central Commission that is there already."""
    chair = actors_of("", "cec", datetime.now(UTC))["chair"]
    a_kengash_discusses(chair)
    accepted(enter(file_of(rows("pec:n1-2", 500, decision="12/4")), chair))
    discussed = RecordDiscussion.Payload(
        territory="n1", minutes="3", day=datetime.now(UTC).date() - timedelta(days=2), proposed=9, supported=8
    )
    accepted(perform(RecordDiscussion, "door", Submission(discussed, chair)))
    row_of = commission_by_code("door", "pec:n1-2")
    assert row_of is not None
    (left,) = ends_on(members_of(row_of.id, datetime.now(UTC))[-1].person, "candidate", "door")
    accepted(left)
