"""Reads about elections that every other room may use."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from esaylov.acts.context import ElectionContext, UnknownElection, time_on
from esaylov.elections.models import Contest, Election, Option
from esaylov.exchange.commissions import LEVELS
from esaylov.law.determination import ContestInput, OptionInput
from esaylov.law.editions import Edition, parse_edition
from esaylov.law.protocol import compile_relations, error_codes
from esaylov.law.routes import Kind
from esaylov.registry.models import Cell, Commission, Territory


@dataclass(frozen=True, slots=True)
class ContestRow:
    """A contest with its options in the order of every array of votes; ids are the database's, codes the package's."""

    id: int
    code: str
    kind: str
    territory: int
    seats: int
    titles: dict[str, str]
    position: int
    options: tuple[Option, ...]

    @property
    def option_codes(self) -> tuple[str, ...]:
        """Codes of the options by position."""
        return tuple(option.code for option in self.options)

    def law_input(self) -> ContestInput:
        """The contest as `law.determination` takes it."""
        options = tuple(
            OptionInput(id=option.code, kind=option.kind, order=option.ballot_order)
            for option in self.options
        )
        return ContestInput(id=self.code, kind=self.kind, seats=self.seats, options=options)


class ElectionTables:
    """What does not change once an election is called, held in memory: contests, cells, compiled relations."""

    def __init__(self, election: Election, edition: Edition) -> None:
        self.election = election
        self.edition = edition
        self.contests: dict[str, ContestRow] = {row.code: row for row in _contests(election.id)}
        self.contests_by_id: dict[int, ContestRow] = {row.id: row for row in self.contests.values()}
        self.cells: dict[int, frozenset[int]] = {
            cell.id: frozenset(cell.territories) for cell in Cell.objects.filter(election=election.id)
        }
        self.failed_relations: Callable[[Any, Any], tuple[str, ...]] = compile_relations(edition)
        self.error_codes: frozenset[str] = error_codes(edition)
        # Cells of precincts abroad: those that lie in a territory of kind `abroad`.
        abroad = set(
            Territory.objects.filter(election=election.id, kind="abroad").values_list("id", flat=True)
        )
        self.cells_abroad = frozenset(cell for cell, places in self.cells.items() if places & abroad)
        self.zones: dict[int, ZoneInfo] = self._zones()

    def _zones(self) -> dict[int, ZoneInfo]:
        """Time zones of cells of precincts abroad, where they are known: of the narrowest territory that names one."""
        rows = Territory.objects.filter(election=self.election.id).exclude(timezone="")
        known = {row.id: (len(row.lineage), row.timezone) for row in rows}
        found = {}
        for cell in self.cells_abroad:
            named = [known[place] for place in self.cells[cell] if place in known]
            if named:
                found[cell] = ZoneInfo(max(named)[1])
        return found

    @cached_property
    def country(self) -> int:
        """Database id of the first territory without a parent."""
        found = Territory.objects.filter(election=self.election.id, parent=None).order_by("position").first()
        if found is None:
            raise UnknownElection(self.election.id)
        return int(found.id)

    @cached_property
    def places(self) -> dict[int, tuple[str, tuple[int, ...]]]:
        """Kind and lineage (from itself upward) of every territory, by database id."""
        rows = Territory.objects.filter(election=self.election.id).values_list("id", "kind", "lineage")
        return {number: (kind, tuple(lineage)) for number, kind, lineage in rows}

    @cached_property
    def bodies(self) -> dict[str, frozenset[int]]:
        """The territories with a commission, by its tier as editions name it; precinct commissions left out."""
        found: dict[str, set[int]] = {"central": {self.country}}
        rows = Commission.objects.filter(election=self.election.id, territory__isnull=False)
        for tier, territory in rows.exclude(tier__in=("precinct", "cec")).values_list("tier", "territory_id"):
            found.setdefault(tier, set()).add(int(territory))
        return {tier: frozenset(places) for tier, places in found.items()}

    def within(self, territory: int) -> tuple[int, ...]:
        """A territory and all above it, from itself upward."""
        return self.places[territory][1]

    def owner(self, tier: str, within: Iterable[int]) -> int | None:
        """The first of some territories that has a commission of a tier; None where none has."""
        bodies = self.bodies.get(tier, frozenset())
        return next((place for place in within if place in bodies), None)

    def kind_of(self, contest: ContestRow) -> Kind:
        """The kind of a contest, of councils with their level, as routes of the edition name it."""
        if contest.kind != "council":
            return Kind(contest.kind)
        levels = (LEVELS.get(self.places[place][0]) for place in self.within(contest.territory))
        return Kind(contest.kind, next((level for level in levels if level), None))

    def concerns(self, contest: ContestRow, cell: int) -> bool:
        """Whether the precincts of a cell vote in the contest."""
        return contest.territory in self.cells[cell]


def _contests(election: str) -> list[ContestRow]:
    options: dict[int, list[Option]] = {}
    for option in Option.objects.filter(contest__election=election).order_by("contest_id", "position"):
        options.setdefault(option.contest_id, []).append(option)
    return [
        ContestRow(
            c.id, c.code, c.kind, c.territory_id, c.seats, c.titles, c.position, tuple(options.get(c.id, ()))
        )
        for c in Contest.objects.filter(election=election).order_by("position")
    ]


_cache: dict[str, ElectionContext] = {}
_lock = threading.Lock()


def forget() -> None:
    """Empties the cache of contexts: the connection now leads to another database."""
    with _lock:
        _cache.clear()


def context(election: str) -> ElectionContext:
    """The election's context; its tables are read once a process, a set clock each time. Raises UnknownElection."""
    known = _cache.get(election)
    if known is not None and not known.clock_is_set:
        return known
    row = Election.objects.filter(pk=election).first()
    if row is None:
        raise UnknownElection(election)
    fresh = _build(row, known.tables if known is not None else None)
    with _lock:
        _cache[election] = fresh
    return fresh


def _build(row: Election, tables: ElectionTables | None) -> ElectionContext:
    if tables is None:
        tables = ElectionTables(row, parse_edition(row.edition_toml))
    return ElectionContext(
        id=row.id,
        edition=tables.edition,
        timezone=ZoneInfo(row.timezone),
        date=row.date,
        simulated=row.simulated,
        replay=row.replay,
        set_time=row.set_time,
        clock_is_set=row.clock_is_set,
        release=row.release,
        tables=tables,
        events=row.days,
    )


def tables(election: str) -> ElectionTables:
    """Contests, cells and relations of an election. Raises UnknownElection."""
    found = context(election).tables
    assert isinstance(found, ElectionTables)
    return found


def elections() -> list[Election]:
    """All elections, the latest day first."""
    return list(Election.objects.order_by("-date", "id"))


def set_clock(election: str, time: datetime) -> bool:
    """Moves a set clock (never the real one) forward to `time`; backward moves are ignored. Whether it moved."""
    moved = (
        Election.objects.filter(pk=election, clock_is_set=True)
        .exclude(set_time__gte=time)
        .update(set_time=time)
    )
    return bool(moved)


def minute_of(election: Election) -> datetime:
    """The minute that the election's clock shows, in its zone: of the set clock, else of the real one."""
    time = time_on(election.set_time if election.clock_is_set else None)
    return time.astimezone(ZoneInfo(election.timezone)).replace(second=0, microsecond=0)


def day_of(election: Election) -> datetime:
    """Election day, as its first moment in the election's zone."""
    return datetime.combine(election.date, time(), ZoneInfo(election.timezone))


def minutes() -> dict[str, datetime]:
    """What each election's clock shows, by election."""
    rows = Election.objects.only("id", "set_time", "clock_is_set", "timezone")
    return {row.id: minute_of(row) for row in rows}
