"""From the list of a place to a changeset: who comes to its precinct, who is entered, who goes back (Art. 10, 27, 28).

Who is on the list is moved, never entered a second time. What is wrong refuses the whole list, with file and line: it is short,
and its author corrects it. Nothing of a file is kept but what waits sealed, as the changes of any changeset do.

Whoever hands a list in learns of nobody by PINFL alone: these are so few that they can be tried. The entry's document must be
named with it, the present one or an earlier one; a PINFL with another document looks to its author as one that no entry has, and
is left out for the Central Commission to ask about (S08). Every entry that was compared with a row is looked at, and its voter
sees by whom (docs/decisions/0119).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from esaylov.acts.bulk import insert_rows
from esaylov.acts.context import ElectionContext
from esaylov.acts.powers import Actor
from esaylov.custody import client
from esaylov.exchange.residents.checks import Parameters
from esaylov.exchange.residents.problems import ExtractError, ExtractProblem, problem
from esaylov.exchange.residents.sealing import RECORD
from esaylov.exchange.residents.special import FILE, PLACES, SpecialList, read_special
from esaylov.law.voters import voter_rules
from esaylov.registry.models import Precinct
from esaylov.voters import access
from esaylov.voters.applying import drop_stage
from esaylov.voters.assignments.following import ADDRESS
from esaylov.voters.assignments.queries import homes, standing
from esaylov.voters.blocks import Kind
from esaylov.voters.entering import PATIENCE, Custodian, Given, stage_given
from esaylov.voters.keys import steady
from esaylov.voters.models import Changeset, Former, Problem, Rule, Voter
from esaylov.voters.notices.preparing import forget
from esaylov.voters.places.houses import frozen_precincts
from esaylov.voters.places.precincts import PrecinctPlace, precincts_by_code

KIND = "special"
PURPOSE = "special list"
UNLISTED = "gone"
"""Why somebody leaves whom only an earlier list of the place had."""
STRANGER = "S08"
"""The list has the PINFL of a row with another document. Nobody but the Central Commission is told."""
LEFT_OUT = ("S05", STRANGER)
LEAST = 500
"""Rows of the commission's measure that a list costs at least: who guesses a number, one list after another, has few guesses."""
NEW = 4
"""What the custodian is asked of somebody who is entered: PINFL, document, house, content (`entering`)."""
LINES_KEPT = 200
State = Changeset.State


@dataclass
class _Compared:
    """What a list changes. `warnings`: what is taken all the same, or left out alone. `unfound`: lines of those whom the list
    does not have with their PINFL and document. `looked`: entries that were compared with a row.
    """

    given: list[Given] = field(default_factory=list)
    problems: list[ExtractProblem] = field(default_factory=list)
    warnings: list[ExtractProblem] = field(default_factory=list)
    unfound: list[int] = field(default_factory=list)
    looked: list[int] = field(default_factory=list)
    unchanged: int = 0
    stay: int = 0

    @property
    def strangers(self) -> int:
        """How many rows name a PINFL of the list with another document."""
        return sum(one.code == STRANGER for one in self.warnings)


def hand_in(
    context: ElectionContext,
    content: bytes,
    *,
    precincts: Collection[str] | None = None,
    by: Actor | None = None,
    custodian: Custodian = client.custody,
    file: str = FILE,
) -> Changeset | None:
    """The changeset, compared, that a list makes; None where it says what the list of voters says. A list of the same precinct
    that nobody has proposed yet gives way to it. `precincts`: whose lists are taken (None: all of the election). `by`: who hands
    it in, out of whose commission's measure (None: the owner of the list, at the terminal).

    Raises ExtractError with every problem; what `stage_given` raises. Nothing is left then but the looks at entries.
    """
    steady()
    special = special_precincts(context.id)
    own = special if precincts is None else special & frozenset(precincts)
    found = read_special(content, _parameters(context), precincts=own, file=file)
    place = precincts_by_code(context.id, [found.precinct])[found.precinct]
    asked = _Asked(custodian, f"{context.id}/{by.code}" if by else "")
    compared = _compare(context, found, place, _digests(found, asked), file)
    who = {"body": by.code, "person": by.person} if by else {"body": "", "person": None}
    access.record(compared.looked, purpose=PURPOSE, **who)
    if compared.problems:
        raise ExtractError(compared.problems)
    asked.spend(NEW * compared.strangers)
    warnings = [*found.warnings, *compared.warnings]
    return stage_given(
        context.id, KIND, compared.given, purpose=PURPOSE, counts=_counts(found, compared, warnings), custodian=custodian,
        body=asked.body, even_none=bool(compared.strangers),
        then=lambda changeset: _beside(changeset, warnings, found.precinct),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whom to ask, and for which commission."""

    custodian: Custodian
    body: str

    def digests(self, field: str, values: Sequence[str]) -> list[bytes]:
        return self.custodian.digests(field, values, purpose=PURPOSE, wait=PATIENCE, body=self.body)[0]

    def spend(self, rows: int) -> None:
        """Takes as much of the measure as so many rows: what a list costs must not tell whom the list of voters has."""
        if rows > 0:
            self.digests("document", [""] * rows)


def _digests(found: SpecialList, asked: _Asked) -> list[tuple[UUID, UUID]]:
    """PINFL and document of each row as entries have them. (What a short list costs besides is spent first.)"""
    asked.spend(LEAST - 2 * found.table.height)
    people, papers = (asked.digests(name, found.table[name].to_list()) for name in ("pinfl", "document"))
    return [(UUID(bytes=one), UUID(bytes=other)) for one, other in zip(people, papers, strict=True)]


def _counts(found: SpecialList, compared: _Compared, warnings: Sequence[ExtractProblem]) -> dict[str, object]:
    codes = Counter(one.code for one in warnings)
    return {
        "rows": found.table.height, "taken": found.table.height - sum(codes[code] for code in LEFT_OUT),
        "precinct": found.precinct, "place": found.place, "unchanged": compared.unchanged, "stay": compared.stay,
        "problems": dict(sorted(codes.items())),
        "unfound": len(compared.unfound), "unfound_lines": compared.unfound[:LINES_KEPT],
    }  # fmt: skip


def special_precincts(election: str) -> frozenset[str]:
    """Precincts that may have a list of their own: houses are given to precincts, and they have none."""
    rules = Rule.objects.filter(election=election, ended__isnull=True)
    if not rules.exists():
        return frozenset()
    rows = Precinct.objects.filter(election=election).exclude(id__in=rules.values("precinct"))
    return frozenset(rows.values_list("code", flat=True))


def may_have_one(precinct: int) -> bool:
    """Whether a precinct may have a list of its own."""
    row = Precinct.objects.filter(id=precinct).first()
    rules = Rule.objects.filter(election=row.election, ended__isnull=True) if row else Rule.objects.none()
    return rules.exists() and not rules.filter(precinct=precinct).exists()


def _parameters(context: ElectionContext) -> Parameters:
    rules = voter_rules(context.edition)
    return Parameters(
        election_day=context.date, as_of=context.now().date(), simulated=context.simulated, mahallas=(),
        age=rules.age, citizenship=rules.citizenship,
    )  # fmt: skip


def _compare(
    context: ElectionContext,
    found: SpecialList,
    place: PrecinctPlace,
    digests: Sequence[tuple[UUID, UUID]],
    file: str,
) -> _Compared:
    done = _Compared()
    frozen = frozen_precincts(context.id)
    if place.id in frozen:
        done.problems.append(problem("S07", file, None, "precinct"))
        return done
    listed = _Listed.read(digests)
    done.looked = sorted(row.id for row in listed.entries.values())
    day = context.now().date()
    assigned = [*standing(day, context.id, precinct=place.id), *standing(day, context.id, done.looked)]
    held = {one.voter: one for one in assigned if one.why in PLACES}
    named = set()
    for row, digest in zip(found.table.iter_rows(named=True), digests, strict=True):
        entry = listed.find(*digest)
        if entry is None:
            done.unfound.append(row["line"])
            if digest[0] in listed.entries:
                done.warnings.append(problem(STRANGER, file, row["line"], "document"))
            else:
                done.given.append(_new(row, found.place, place))
            continue
        named.add(entry.id)
        there = held.get(entry.id)
        if there is not None and there.precinct != place.id:
            done.problems.append(problem("S04", file, row["line"], "pinfl"))
        elif entry.precinct in frozen:
            done.warnings.append(problem("S05", file, row["line"], "pinfl"))
        elif there is not None and there.why == found.place:
            done.unchanged += 1
        else:
            done.given.append(Given(Kind.MOVED, entry.id, None, 0, 0, place.id, found.place))
    earlier = [one.voter for one in held.values() if one.precinct == place.id and one.voter not in named]
    _back(context.id, earlier, frozen, done)
    return done


@dataclass(frozen=True, slots=True)
class _Listed:
    """Entries by the PINFLs of a list; which of its `papers` (entry and document) they have, or had; documents that it names
    several times, which show acquaintance with nobody.
    """

    entries: Mapping[UUID, Voter]
    papers: frozenset[tuple[int, UUID]]
    shared: frozenset[UUID]

    @classmethod
    def read(cls, digests: Sequence[tuple[UUID, UUID]]) -> _Listed:
        """What the list of voters has of the rows."""
        rows = Voter.objects.filter(pinfl__in=[pinfl for pinfl, _ in digests])
        entries = {row.pinfl: row for row in rows.only("id", "pinfl", "document", "precinct")}
        named = Counter(document for _, document in digests)
        earlier = Former.objects.filter(voter__in=[row.id for row in entries.values()], document__in=named)
        papers = {(row.id, row.document) for row in entries.values()}
        papers |= set(earlier.values_list("voter", "document"))
        return cls(entries, frozenset(papers), frozenset(one for one in named if named[one] > 1))

    def find(self, pinfl: UUID, document: UUID) -> Voter | None:
        """The entry that has this PINFL and this document; None as well where it has another one."""
        entry = self.entries.get(pinfl)
        known = entry is not None and (entry.id, document) in self.papers and document not in self.shared
        return entry if known else None


def _new(row: dict[str, str], kind: str, place: PrecinctPlace) -> Given:
    """Somebody whom the list does not have: without an address, in the district of the precinct, if it lies in one."""
    record = {name: row.get(name) or "" for name in RECORD}
    district = next(iter(place.districts)) if len(place.districts) == 1 else 0
    return Given(Kind.ADDED, None, record, district, 0, place.id, kind)


def _back(election: str, voters: Sequence[int], frozen: Collection[int], done: _Compared) -> None:
    """Who is no longer at the place goes back to the precinct of the address; whom the register never had leaves the list."""
    homeless = set(Voter.objects.filter(id__in=voters, mahalla=0).values_list("id", flat=True))
    done.given += [Given(Kind.REMOVED, one, None, 0, 0, None, UNLISTED) for one in sorted(homeless)]
    for voter, precinct in sorted(homes(election, set(voters) - homeless).items()):
        if precinct in frozen:
            done.stay += 1
        else:
            done.given.append(Given(Kind.MOVED, voter, None, 0, 0, precinct, ADDRESS))


def _beside(changeset: Changeset, warnings: Sequence[ExtractProblem], precinct: str) -> None:
    """Within the transaction that stages: what was found, and the list that this one takes the place of."""
    rows = [
        (changeset.id, one.file, one.line or 0, one.code, one.field or "", one.severity) for one in warnings
    ]
    insert_rows(Problem._meta.db_table, ("changeset_id", "file", "line", "code", "field", "severity"), rows)
    for one in handed_in(changeset.election, precinct):
        if one.id != changeset.id and one.state == State.COMPARED:
            withdraw(one)


def handed_in(election: str, precinct: str) -> Iterator[Changeset]:
    """The lists that a precinct handed in, the latest first."""
    rows = Changeset.objects.filter(election=election, kind=KIND, counts__precinct=precinct).order_by("-id")
    return rows.iterator()


def withdraw(changeset: Changeset) -> bool:
    """Gives up a list that nobody has proposed; the log knows nothing of it. False where somebody has."""
    with transaction.atomic():
        rows = Changeset.objects.filter(id=changeset.id, kind=KIND, state=State.COMPARED)
        given_up = bool(rows.update(state=State.DISCARDED))
        if given_up:
            drop_stage(changeset.id)
            forget(changeset.id)
    return given_up
