"""What the law says about every commission of a file at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter

from esaylov.exchange.members.reading import MemberRow, MembersFile
from esaylov.exchange.members.texts import APOSTROPHES
from esaylov.law.composition import Body, Member, Role, composition_findings
from esaylov.law.editions import Edition
from esaylov.law.findings import Finding

NO_EMPLOYER = frozenset({"-", "–", "—"})
"""What stands in `employer` for a person who works nowhere: declared, and nobody's colleague."""

_PARTS = re.compile(rf"[\s\"«»“”„()\[\].,{re.escape(APOSTROPHES)}-]+")


@dataclass(frozen=True, slots=True)
class Composition:
    """Findings by commission, in the order of the edition's rules; commissions without any are not there.

    Findings about persons name in `fields` the places of their rows (`17`, `sheet!17`). `unknown`: commissions of the file
    that are none of the bodies asked about; nothing was checked of them. `absent`: bodies without a row.
    """

    findings: Mapping[str, tuple[Finding, ...]]
    unknown: tuple[str, ...]
    absent: tuple[str, ...]

    @property
    def refused(self) -> tuple[str, ...]:
        """Commissions against whose composition there is an error."""
        return tuple(code for code, found in self.findings.items() if any(one.is_error for one in found))


def check_composition(
    rows: MembersFile | Iterable[MemberRow], edition: Edition, bodies: Mapping[str, Body], on: date,
    elsewhere: Mapping[str, Sequence[str]] | None = None,
) -> Composition:  # fmt: skip
    """Each commission of the file against the edition's rules of composition.

    `bodies`: what each commission is, by code. `on`: the day for which ages count. `elsewhere`: other commissions in which a
    person sits and parties (`org:…`) that the person acts for, by PINFL. An edition without rules for commissions finds nothing.
    """
    found: dict[str, tuple[Finding, ...]] = {}
    unknown = []
    seen = set()
    for code, members in _by_commission(rows, elsewhere or {}):
        seen.add(code)
        if code not in bodies:
            unknown.append(code)
        elif edition.commissions is not None:
            findings = composition_findings(edition.commissions, bodies[code], members, on)
            if findings:
                found[code] = findings
    return Composition(found, tuple(unknown), tuple(code for code in bodies if code not in seen))


def _by_commission(
    rows: MembersFile | Iterable[MemberRow], elsewhere: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, list[Member]]]:
    every = rows.rows() if isinstance(rows, MembersFile) else rows
    # The sort is stable: members of a commission keep the order of the file.
    ordered = sorted(every, key=itemgetter(MemberRow._fields.index("commission")))
    employers: dict[tuple[str, str], str] = {}
    for code, group in groupby(ordered, key=itemgetter(MemberRow._fields.index("commission"))):
        yield code, [_member(row, code, elsewhere, employers) for row in group]


_ROLES: Mapping[str, Role] = {
    "chair": "chair",
    "deputy": "deputy",
    "secretary": "secretary",
    "member": "member",
}


def _member(
    row: MemberRow, code: str, elsewhere: Mapping[str, Sequence[str]], employers: dict[tuple[str, str], str]
) -> Member:
    key = (row.employer_tin, row.employer)
    if key not in employers:
        employers[key] = workplace(*key)
    commissions, found = sits(elsewhere.get(row.pinfl, ()), code)
    return Member(
        row.place,
        _ROLES[row.role],
        row.birth_date,
        row.education or None,
        None if not any(key) else employers[key],
        declared_grounds(row.grounds, row.party_member, row.candidate_relative) | found,
        commissions,
    )


def declared_grounds(
    grounds: str | Iterable[str], party_member: bool | None = None, candidate_relative: bool | None = None
) -> frozenset[str]:
    """All grounds that were declared (a text of codes with blanks, or the codes), those with a flag of their own among
    them.
    """
    if not (party_member or candidate_relative or grounds):
        return frozenset()
    declared = set(grounds.split() if isinstance(grounds, str) else grounds)
    if party_member:
        declared.add("party-member")
    if candidate_relative:
        declared.add("close-relative-of-candidate")
    return frozenset(declared)


def sits(others: Iterable[str], own: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """Commissions other than the own one in which a person sits, and the ground that a mandate in a party is. `others`:
    codes of bodies, those of parties begin with `org:`.
    """
    commissions, party = [], False
    for code in others:
        if code.startswith("org:"):
            party = True
        elif code != own:
            commissions.append(code)
    return tuple(commissions), frozenset({"party-representative"} if party else ())


def workplace(tin: str, name: str) -> str:
    """What two members of one employer have in common: the taxpayer number, else the name without quotes and case.

    Empty for who works nowhere.
    """
    if name in NO_EMPLOYER:
        return ""
    return tin or " ".join(_PARTS.sub(" ", name.casefold()).split())
