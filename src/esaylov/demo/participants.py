"""People of the demonstration who may sign in: invented members of commissions, a party's head, an administrator.

The commissions are filled by the same acts as real ones. The file `people.txt` in the data folder, which only its owner can read,
says how to sign in as each of them; it is written once.
"""

from __future__ import annotations

import csv
import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path
from uuid import UUID

from django.db import connection, transaction

from esaylov.acts.context import get_context
from esaylov.acts.identity import data_folder
from esaylov.demo import history, rehearsal, special, voters
from esaylov.demo.members import MARK, write_members
from esaylov.elections.models import Election
from esaylov.formation.simulated import enter_central, enter_file
from esaylov.law.editions import parse_edition
from esaylov.proceedings.applications import new_secret
from esaylov.proceedings.models import Application
from esaylov.registry.accounts.factors import issue_card
from esaylov.registry.accounts.models import Account
from esaylov.registry.models import Organisation
from esaylov.registry.queries import commission_by_code, members_of, names_of

FILE = "people.txt"
DECISION = f"{MARK}-2"
SHOWN_CODES = 6
HEAD = """\
Simulated people who may sign in to the demonstration. Everything here is invented.

Where: /en/cabinet/ (or /uz/cabinet/, /ru/cabinet/ …), also by the link at the foot of every page. After the password a code of
the card is asked for. Each code is good once: before the last one is used, sign in and print a new card at /en/account/.
Who sits in two elections chooses one at the head of the cabinet ("Change mandate").

The two protocols of precinct 1735-0001 can be submitted until the night submits them itself: at SPEED=1 there are hours, at the
usual speed a few minutes, at SPEED=max none. `make demo SPEED=max HOLD=yes` leaves them to you and waits.
The rehearsal, a second and small election, waits for ever: in it a precinct commission is still to be formed, from proposals or
from the file members-example.csv beside this one; its voter list is still open, and what to do with that stands at the end.
"""
WORK = {
    (
        "cec",
        "secretary",
    ): "sessions, letters and who has read them, applications, an organisation to enter, the calendar; the voter list: propose a"
    " changeset, propose what pairs found twice are",
    (
        "cec",
        "chair",
    ): "the voter list: approve what the secretary proposed, of changesets and of pairs found twice; addresses and precincts; the"
    " freeze",
    (
        "territorial",
        "chair",
    ): "an application that goes back and one to answer, a letter to answer; in the rehearsal three proposals,"
    " a commission to form on one page (pec:1735-0004), or from members-example.csv",
    (
        "district",
        "chair",
    ): "a session to hold, sessions of the night to read, a letter and whether it was read; in the rehearsal requests of voters"
    " to grant or refuse",
    ("district", "member"): "sessions and votes of the commission; a dissent, whoever voted otherwise",
    (
        "precinct",
        "secretary",
    ): "two protocols to submit (see above; their papers stand below), a letter to answer by a day; the precinct's voter list:"
    " search, print, marks, the supplement; in the rehearsal: from door to door, voters to be told, requests of voters",
}
"""What there is to do, by tier and office."""
# A precinct, and the commissions above it: (id of the precinct's, of the district's, of the region's).
CHAIN = """SELECT p.code, d.code, t.code, place.names, (SELECT names FROM registry_territory WHERE id = t.territory_id)
FROM registry_commission p
JOIN registry_territory place ON place.id = p.territory_id
JOIN registry_commission d ON d.election = p.election AND d.tier = 'district' AND d.territory_id = ANY(place.lineage)
JOIN registry_commission t ON t.election = p.election AND t.tier = 'territorial' AND t.territory_id = ANY(place.lineage)
WHERE p.election = %s AND p.tier = 'precinct' ORDER BY p.id LIMIT 1"""


@dataclass(frozen=True, slots=True)
class SignIn:
    """How to sign in as somebody."""

    who: str
    code: str
    password: str
    card: tuple[str, ...]
    work: str

    def text(self) -> str:
        """A paragraph of the file."""
        lines = (
            f"{self.who}",
            f"sign-in code {self.code}",
            f"password     {self.password}",
            f"card         {' '.join(self.card)}",
            f"your work    {self.work}",
        )
        return "\n  ".join(lines) + "\n"


def people(
    election: str, package: Path, seed: int, announce: Callable[[str], None], listed: int | None = None
) -> Path:
    """Fills the commissions of the election and makes the accounts, unless that was done; the file that tells of them.

    `listed`: as `count` of `voters.lists`. An election whose clock stands before `history.CALLED` or there gets its
    history; one that is later gets all members at once. All of it stands, or nothing.
    """
    path = data_folder() / FILE
    fresh = path.with_name(f".{FILE}.new")
    if path.exists():
        return path
    if fresh.exists() and Account.objects.exists():
        # The machine stopped between the commit and the renaming.
        return fresh.replace(path)
    announce("forming the commissions …")
    members = data_folder() / "members.csv"
    members.unlink(missing_ok=True)
    os.close(os.open(members, os.O_WRONLY | os.O_CREAT, 0o600))
    write_members(package, seed, members)
    with transaction.atomic():
        _fill(election, members, seed, voters.lists(election, package, seed, announce, listed))
        found = list(_sign_ins(election))
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(
                "\n".join(
                    [
                        HEAD,
                        *(one.text() for one in found),
                        _applicant(election),
                        voters.one_of_them(election),
                        _papers(package),
                    ]
                )
            )
        transaction.on_commit(lambda: fresh.replace(path))
    return path


def _fill(election: str, members: Path, seed: int, lists: history.Lists) -> None:
    clock = get_context(election).set_time
    if clock is not None and clock <= history.CALLED:
        history.tell(election, members, seed, lists)
        if Election.objects.filter(pk=rehearsal.ELECTION).exists():
            rehearsal.tell(members, seed)
    else:
        enter_central(seed)
        enter_file(election, members, DECISION)
        history.enter_parties()


def _sign_ins(election: str) -> Iterator[SignIn]:
    administrator = Account.objects.open(is_administrator=True, label="administrator")
    work = "accounts, letters with codes for officers, recovery of a lost factor (with a second person)"
    yield _opened("administrator of accounts", administrator, administrator, work)
    with connection.cursor() as cursor:
        cursor.execute(CHAIN, [election])
        row = cursor.fetchone()
    precinct, district, region, *places = row if row else ("", "", "", {}, {})
    near, wide = (names_of(names).get("en", "") for names in places)
    offices = [
        ("secretary of the Central Election Commission (cec)", "", "cec", ("cec", "secretary")),
        ("chair of the Central Election Commission (cec)", "", "cec", ("cec", "chair")),
        (f"chair of the territorial commission of {wide} ({region})", election, region, ("territorial", "chair")),
        (f"chair of the district commission of {near} ({district})", election, district, ("district", "chair")),
        (f"member of the district commission of {near} ({district})", election, district, ("district", "member")),
        (f"secretary of the precinct commission {precinct} in {near}", election, precinct, ("precinct", "secretary")),
    ]  # fmt: skip
    for who, room, commission, office in offices:
        person = _holder(room, commission, office[1])
        if person is not None:
            account = Account.objects.open(person=person, label=who)
            yield _opened(who, account, administrator, WORK[office])
    party = Account.objects.open(person=history.head_of(history.HEADED), label="party")
    work = "name the party's representatives, write to a commission, read the circular"
    yield _opened(f"head of a party ({history.HEADED})", party, administrator, work)
    yield from _proposer(administrator)
    yield from _heads_of_places(election, administrator)


def _heads_of_places(election: str, administrator: Account) -> Iterator[SignIn]:
    """The secretaries of precincts that have lists of their own."""
    for place, precinct in special.handed_in(election):
        person = _holder(election, f"pec:{precinct.code}", "secretary")
        if person is not None:
            who = f"secretary of the precinct commission pec:{precinct.code} in {place.called}"
            account = Account.objects.open(person=person, label=who)
            work = (
                "the list of the place: what was handed in and what became of it; the precinct's voter list"
            )
            yield _opened(who, account, administrator, work)


def _proposer(administrator: Account) -> Iterator[SignIn]:
    """The head of a mahalla body, where the rehearsal has one."""
    code = rehearsal.PROPOSERS["mahalla"][0]
    if not Organisation.objects.filter(code=code).exists():
        return
    account = Account.objects.open(person=history.head_of(code), label="mahalla")
    work = f"in the rehearsal: propose a member for the precinct commission pec:{rehearsal.UNFORMED}; follow what was proposed"
    yield _opened(f"head of a mahalla body ({code})", account, administrator, work)


def _applicant(election: str) -> str:
    """How somebody without an account follows the application that went back to them; empty where there is none."""
    row = Application.objects.filter(election=election, public__sort="enquiry").order_by("journal").first()
    if row is None:
        return ""
    secret = new_secret(f"demonstration {history.WITH_DEFECTS}")
    return (
        f"somebody without an account, at /en/cabinet/status/\n  application  {row.number}\n  code         {secret}\n"
        "  your work    see what the commission asks for, and repair the application\n"
    )


def _holder(election: str, commission: str, role: str) -> UUID | None:
    row = commission_by_code(election, commission)
    held = members_of(row.id, datetime.now(UTC)) if row else []
    return next((one.person for one in held if one.role == role), None)


def _papers(package: Path) -> str:
    """The figures of the precinct's signed protocols, as its secretary would read them from the paper."""
    code = history.PRECINCT.partition(":")[2]
    edition = parse_edition((package / "edition.toml").read_bytes())
    names = {(row["contest"], row["id"]): row["name_en"] for row in _rows(package / "options.csv")}
    votes: dict[str, list[tuple[str, str]]] = {}
    # The tables begin with this precinct: no more than its rows is read.
    for row in takewhile(lambda row: row["precinct"] == code, _rows(package / "votes.csv")):
        votes.setdefault(row["contest"], []).append((names[row["contest"], row["option"]], row["votes"]))
    found = [f"The signed papers of precinct {code}, for its secretary (invented figures)"]
    for row in takewhile(lambda row: row["precinct"] == code, _rows(package / "protocols.csv")):
        lines = [(edition.titles[line]["en"], row[line]) for line in edition.lines]
        found.append(f"  contest {row['contest']}")
        found += [f"    {figure:>6}  {title}" for title, figure in [*lines, *votes[row["contest"]]]]
    return "\n".join(found) + "\n"


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _opened(who: str, account: Account, by: Account, work: str) -> SignIn:
    password = "-".join(secrets.token_hex(3) for _ in range(3))
    account.set_password(password)
    account.save()
    _, codes = issue_card(account, by)
    return SignIn(who, account.code, password, tuple(codes[:SHOWN_CODES]), work)
