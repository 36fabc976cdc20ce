"""Whose duty each step of the calendar is, and which fact shows that it is done: one table for pages and boards.

Other rooms tell how far their facts are (`register`). A step whose fact the platform does not know yet is never called
overdue, it is said not to be followed; nor is a step by whose end nobody owes anything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal

from esaylov.acts.context import ElectionContext
from esaylov.acts.models import Journal
from esaylov.elections.queries import ContestRow, ElectionTables
from esaylov.law.routes import NoRouteError, registers

Kind = Literal["fact", "time", "elsewhere"]


@dataclass(frozen=True, slots=True)
class Duty:
    """What is owed by the end of a step. `fact`: what shows that it is done; empty where nobody owes anything (`time`: a
    time in which something is allowed or forbidden) or the platform does not know (`elsewhere`). `whose`: the body that
    owes it, as the law says.
    """

    kind: Kind
    fact: str = ""
    whose: str = ""


TIME, ELSEWHERE = Duty("time"), Duty("elsewhere")
DUTIES: Mapping[str, Duty] = {
    "announcement": Duty("fact", "the act that calls the election", "the Central Election Commission"),
    "territorial-commissions": Duty("fact", "members of each commission", "who forms them"),
    "district-commissions": Duty("fact", "members of each commission", "who forms them"),
    "okrug-commissions": Duty("fact", "members of each commission", "who forms them"),
    "precinct-commissions": Duty("fact", "members of each commission", "who forms them"),
    "constituencies": Duty("fact", "the tables that the calling act pins", "who registers candidates there"),
    "precincts": Duty("fact", "the tables that the calling act pins", "who acts in the step"),
    "registration": Duty("fact", "who can be voted for in each contest", "who registers candidates there"),
    "candidates-published": Duty("fact", "who can be voted for in each contest", "who registers candidates there"),
    "turnout": Duty("fact", "a report of each precinct", "the precinct commission"),
    "counting": Duty("fact", "a protocol of each place", "the precinct commission"),
    "acceptance": Duty("fact", "a decision about each protocol", "who receives it"),
    "certification": Duty("fact", "the certified result of each contest", "who establishes it"),
    "nomination": TIME,
    "signatures": TIME,
    "campaigning": TIME,
    "silence": TIME,
    "recall-of-nomination": TIME,
    "withdrawal": TIME,
    "inclusion-abroad": TIME,
    "list-changes": TIME,
    "list-freeze": TIME,
    "early-voting": TIME,
    "voting": TIME,
    "annulment": TIME,
    "lots": TIME,
    "participation-papers": TIME,
    "candidate-papers": TIME,
    "observers": TIME,
    "media": TIME,
    "representatives": ELSEWHERE,
    "signature-check": ELSEWHERE,
    "permission": ELSEWHERE,
    "preliminary-list": ELSEWHERE,
    "lists-open": ELSEWHERE,
    "rooms": ELSEWHERE,
    "voters-told": ELSEWHERE,
    "ballots": ELSEWHERE,
    "interim-finance": ELSEWHERE,
    "finance-report": ELSEWHERE,
    "deputies-certificates": ELSEWHERE,
    "senate": ELSEWHERE,
    "first-sitting": ELSEWHERE,
    "inauguration": ELSEWHERE,
}  # fmt: skip
"""Every step of the editions of Uzbekistan (law/facts.md, section 2); a step that is not here is not followed."""


BROUGHT = frozenset({"constituencies", "precincts", "registration", "candidates-published"})
"""Steps whose facts come with the package of the call: its entry has a day, the step itself has none that is known here."""


@dataclass(frozen=True, slots=True)
class Owing:
    """How far a duty is at one body, or at all precinct commissions of a territory: `who` is a tier as editions name it,
    `territory` its database id; `done` of `expected` things. `at`: when the last of what is done was first done, by the time
    of its entry, or by the day that the call names (None: nobody here knows); `undone`: how many were done once and are not
    any more.
    """

    who: str
    territory: int
    done: int
    expected: int
    at: datetime | None = None
    undone: int = 0

    @property
    def owed(self) -> int:
        """How many are not done."""
        return max(0, self.expected - self.done)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a reader: an election, steps of its calendar, and the territory (database id, None: everywhere) of
    whose places alone something is wanted.
    """

    context: ElectionContext
    steps: frozenset[str]
    place: int | None = None

    @property
    def tables(self) -> ElectionTables:
        """The election's tables."""
        found: ElectionTables = self.context.tables
        return found

    @property
    def kinds(self) -> frozenset[str]:
        """Kinds of its contests."""
        return frozenset(contest.kind for contest in self.tables.contests.values())


Owings = Mapping[str, Sequence[Owing]]
Reader = Callable[[Asked], Owings]

_readers: list[Reader] = []


def register(reader: Reader) -> None:
    """Adds a reader of facts: by step, how far each body is; a step that it leaves out is not followed in this election."""
    if reader not in _readers:
        _readers.append(reader)


def kind_of(step: str) -> Kind:
    """What can be known of a step."""
    return DUTIES.get(step, ELSEWHERE).kind


def owings(context: ElectionContext, steps: Iterable[str], place: int | None = None) -> Owings:
    """How far the steps are that the platform follows; the number of statements depends on nothing but the readers."""
    asked = Asked(context, frozenset(step for step in steps if kind_of(step) == "fact"), place)
    if not asked.steps:
        return {}
    found: dict[str, Sequence[Owing]] = {}
    for reader in _readers:
        found |= reader(asked)
    return found


@dataclass(slots=True)
class Tally:
    """Adds up how far one body is; its members are those of an `Owing`."""

    done: int = 0
    expected: int = 0
    at: datetime | None = None
    undone: int = 0

    def add(self, done: int, expected: int, at: datetime | None = None, undone: int = 0) -> None:
        """Counts some more things; `at`: when the last of those that are done was done."""
        self.done += done
        self.expected += expected
        self.undone += undone
        if at is not None:
            self.at = max(self.at or at, at)


Tallies = defaultdict[tuple[str, int], Tally]


def tallies() -> Tallies:
    """Nothing counted yet, for any tier and territory."""
    return defaultdict(Tally)


def by_owner(found: Mapping[tuple[str, int], Tally]) -> list[Owing]:
    """Owings from what was counted by tier and territory."""
    return [
        Owing(who, territory, one.done, one.expected, one.at, one.undone)
        for (who, territory), one in found.items()
    ]


def of_contests(
    asked: Asked,
    whose: Callable[[ContestRow], str | None],
    done: Callable[[ContestRow], bool],
    at: Callable[[ContestRow], datetime | None],
) -> list[Owing]:
    """How far each body is whose duty it is in each contest (`whose`: its tier; None: nobody's); `at`: when it was done."""
    found = tallies()
    for contest in asked.tables.contests.values():
        tier = whose(contest)
        owner = asked.tables.owner(tier, asked.tables.within(contest.territory)) if tier else None
        if tier is None or owner is None:
            continue
        found[tier, owner].add(int(done(contest)), 1, at(contest))
    return by_owner(found)


def _announced(asked: Asked, at: datetime | None) -> datetime | None:
    """When the campaign was announced: on the day of the decision that calls the election, else on the one from which steps are
    counted, where the call names such a day; else with the call's entry. None where the named day is still to come.
    """
    context = asked.context
    day = context.events.get("call") or context.events.get("announcement")
    if day is None:
        return at
    return datetime.combine(day, time(), context.timezone) if day <= context.now().date() else None


def called(asked: Asked) -> Owings:
    """What the calling act itself shows: the announcement, constituencies, precincts, and who can be voted for."""
    tables, found = asked.tables, dict[str, Sequence[Owing]]()
    central: Collection[str] = {"announcement", "precincts"} & asked.steps
    wanted: Collection[str] = {"constituencies", "registration", "candidates-published"} & asked.steps
    if not central and not wanted:
        return found
    at = Journal.objects.filter(pk=tables.election.journal).values_list("at", flat=True).first()
    for step in central:
        on = at if step in BROUGHT else _announced(asked, at)
        found[step] = [Owing("central", tables.country, 1, 1, on)]

    def registrar(contest: ContestRow) -> str | None:
        try:
            return registers(asked.context.edition, *tables.kind_of(contest))
        except NoRouteError:
            return "central"

    for step in wanted:
        if step == "constituencies":
            found[step] = of_contests(asked, registrar, lambda _contest: True, lambda _contest: at)
        else:
            found[step] = of_contests(
                asked, registrar, lambda contest: bool(contest.options), lambda _contest: at
            )
    return found
