"""From the list of a place to a changeset: who comes to its precinct, who is entered, who goes back (Art. 10, 27, 28).

Who is on the list is moved, never entered a second time. What is wrong refuses the whole list, with file and line: it is short,
and its author corrects it. Nothing of a file is kept but what waits sealed, as the changes of any changeset do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from esaylov.acts.bulk import insert_rows
from esaylov.acts.context import ElectionContext
from esaylov.custody import client
from esaylov.custody.keyring import KeyringError
from esaylov.exchange.residents.checks import Parameters
from esaylov.exchange.residents.problems import ExtractError, ExtractProblem, problem
from esaylov.exchange.residents.sealing import RECORD
from esaylov.exchange.residents.special import FILE, PLACES, SpecialList, read_special
from esaylov.law.voters import voter_rules
from esaylov.registry.models import Precinct
from esaylov.voters.applying import drop_stage
from esaylov.voters.assignments.following import ADDRESS
from esaylov.voters.assignments.queries import Assigned, homes, standing
from esaylov.voters.blocks import Kind
from esaylov.voters.entering import PATIENCE, Custodian, Given, stage_given
from esaylov.voters.keys import changing
from esaylov.voters.models import Changeset, Problem, Rule, Voter
from esaylov.voters.notices.preparing import forget
from esaylov.voters.places.houses import frozen_precincts
from esaylov.voters.places.precincts import PrecinctPlace, precincts_by_code

KIND = "special"
PURPOSE = "special list"
UNLISTED = "gone"
"""Why somebody leaves whom only an earlier list of the place had."""
State = Changeset.State


@dataclass
class _Compared:
    """What a list changes. `warnings`: what is taken all the same, or left out alone."""

    given: list[Given] = field(default_factory=list)
    problems: list[ExtractProblem] = field(default_factory=list)
    warnings: list[ExtractProblem] = field(default_factory=list)
    unchanged: int = 0
    stay: int = 0


def hand_in(
    context: ElectionContext,
    content: bytes,
    *,
    precincts: Collection[str] | None = None,
    body: str = "",
    custodian: Custodian = client.custody,
    file: str = FILE,
) -> Changeset | None:
    """The changeset, compared, that a list makes; None where it says what the list of voters says. A list of the same precinct
    that nobody has proposed yet gives way to it. `precincts`: whose lists are taken (None: all of the election).

    Raises ExtractError with every problem; what `stage_given` raises. Nothing is left then.
    """
    if changing():
        raise KeyringError("the keys of the voter list are being changed: wait for its end")
    special = special_precincts(context.id)
    own = special if precincts is None else special & frozenset(precincts)
    found = read_special(content, _parameters(context), precincts=own, file=file)
    place = precincts_by_code(context.id, [found.precinct])[found.precinct]
    numbers = found.table["pinfl"].to_list()
    digests = custodian.digests("pinfl", numbers, purpose=PURPOSE, wait=PATIENCE, body=body)[0]
    compared = _compare(context, found, place, [UUID(bytes=one) for one in digests], file)
    if compared.problems:
        raise ExtractError(compared.problems)
    warnings = [*found.warnings, *compared.warnings]
    counts = {
        "rows": found.table.height, "taken": found.table.height - sum(one.code == "S05" for one in warnings),
        "precinct": found.precinct, "place": found.place, "unchanged": compared.unchanged, "stay": compared.stay,
        "problems": dict(sorted(Counter(one.code for one in warnings).items())),
    }  # fmt: skip
    return stage_given(
        context.id, KIND, compared.given, purpose=PURPOSE, counts=counts, custodian=custodian, body=body,
        then=lambda changeset: _beside(changeset, warnings, found.precinct),
    )  # fmt: skip


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
    context: ElectionContext, found: SpecialList, place: PrecinctPlace, digests: Sequence[UUID], file: str
) -> _Compared:
    done = _Compared()
    frozen = frozen_precincts(context.id)
    if place.id in frozen:
        done.problems.append(problem("S07", file, None, "precinct"))
        return done
    listed = {row.pinfl: row for row in Voter.objects.filter(pinfl__in=digests)}
    day = context.now().date()
    here = [row.id for row in listed.values()]
    assigned = [*standing(day, context.id, precinct=place.id), *standing(day, context.id, here)]
    held = {one.voter: one for one in assigned if one.why in PLACES}
    codes = _codes(held.values())
    named = set()
    for row, digest in zip(found.table.iter_rows(named=True), digests, strict=True):
        entry = listed.get(digest)
        if entry is None:
            done.given.append(_new(row, found.place, place))
            continue
        named.add(entry.id)
        there = held.get(entry.id)
        if there is not None and there.precinct != place.id:
            done.problems.append(problem("S04", file, row["line"], "pinfl", precinct=codes[there.precinct]))
        elif entry.precinct in frozen:
            done.warnings.append(problem("S05", file, row["line"], "pinfl"))
        elif there is not None and there.why == found.place:
            done.unchanged += 1
        else:
            done.given.append(Given(Kind.MOVED, entry.id, None, 0, 0, place.id, found.place))
    earlier = [one.voter for one in held.values() if one.precinct == place.id and one.voter not in named]
    _back(context.id, earlier, frozen, done)
    return done


def _codes(held: Collection[Assigned]) -> dict[int | None, str]:
    rows = Precinct.objects.filter(id__in={one.precinct for one in held if one.precinct is not None})
    return dict(rows.values_list("id", "code"))


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
