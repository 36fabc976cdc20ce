"""People of the demonstration who may sign in: invented members of commissions, a party's head, an administrator.

The commissions are filled by the same acts as real ones. The file `people.txt` in the data folder, which only its owner can read,
says how to sign in as each of them; it is written once.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from django.db import connection, transaction

from esaylov.acts.context import get_context
from esaylov.acts.identity import data_folder
from esaylov.demo import history
from esaylov.demo.members import MARK, write_members
from esaylov.formation.simulated import enter_central, enter_file
from esaylov.registry.accounts.factors import issue_card
from esaylov.registry.accounts.models import Account
from esaylov.registry.queries import commission_by_code, members_of, names_of

FILE = "people.txt"
DECISION = f"{MARK}-2"
SHOWN_CODES = 6
HEAD = """\
Simulated people who may sign in to the demonstration, at /en/cabinet/ (or /uz/cabinet/, /ru/cabinet/ …).
After the password a code of the card is asked for; each code is good once. Before the last one is used, print a new card
under "Account" (/en/account/). In the demonstration at SPEED=max every protocol is submitted within minutes: to submit one
as the precinct's secretary, begin anew with SPEED=1.
"""
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

    def text(self) -> str:
        """A paragraph of the file."""
        return f"{self.who}\n  sign-in code {self.code}\n  password     {self.password}\n  card         {' '.join(self.card)}\n"


def people(election: str, package: Path, seed: int, announce: Callable[[str], None]) -> Path:
    """Fills the commissions of the election and makes the accounts, unless that was done; the file that tells of them.

    An election whose clock stands before `history.CALLED` or there gets its history; one that is later gets all members at
    once. All of it stands, or nothing.
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
        _fill(election, members, seed)
        found = list(_sign_ins(election))
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write("\n".join([HEAD, *(one.text() for one in found)]))
        transaction.on_commit(lambda: fresh.replace(path))
    return path


def _fill(election: str, members: Path, seed: int) -> None:
    clock = get_context(election).set_time
    if clock is not None and clock <= history.CALLED:
        history.tell(election, members, seed)
    else:
        enter_central(seed)
        enter_file(election, members, DECISION)
        history.enter_parties()


def _sign_ins(election: str) -> Iterator[SignIn]:
    administrator = Account.objects.open(is_administrator=True, label="administrator")
    yield _opened("administrator of accounts", administrator, administrator)
    with connection.cursor() as cursor:
        cursor.execute(CHAIN, [election])
        row = cursor.fetchone()
    precinct, district, region, *places = row if row else ("", "", "", {}, {})
    near, wide = (names_of(names).get("en", "") for names in places)
    offices = [
        ("secretary of the Central Election Commission", "", "cec", "secretary"),
        (f"chair of the territorial commission of {wide} ({region})", election, region, "chair"),
        (f"member of the district commission of {near} ({district})", election, district, "member"),
        (f"secretary of the precinct commission {precinct} in {near}", election, precinct, "secretary"),
    ]
    for who, room, commission, role in offices:
        person = _holder(room, commission, role)
        if person is not None:
            yield _opened(who, Account.objects.open(person=person, label=who), administrator)
    head = history.head_of(history.HEADED)
    yield _opened("head of a party", Account.objects.open(person=head, label="party"), administrator)


def _holder(election: str, commission: str, role: str) -> UUID | None:
    row = commission_by_code(election, commission)
    held = members_of(row.id, datetime.now(UTC)) if row else []
    return next((one.person for one in held if one.role == role), None)


def _opened(who: str, account: Account, by: Account) -> SignIn:
    password = "-".join(secrets.token_hex(3) for _ in range(3))
    account.set_password(password)
    account.save()
    _, codes = issue_card(account, by)
    return SignIn(who, account.code, password, tuple(codes[:SHOWN_CODES]))
