"""Which contests a precinct reports (docs/formats.md, section 4) and where their figures lie.

Every place (precinct × contest) has a row of cells in one array: the lines of its protocol, then one cell
an option. Precincts that lie in the same territories share one profile, so that a country of a hundred
thousand precincts costs a few arrays.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from esaylov.exchange.problems import Fault
from esaylov.exchange.records import Contest, Option, Precinct, Territory

MAX_PLACES = 1_000_000
MAX_CELLS = 40_000_000
MAX_PROFILES = 500_000


@dataclass(frozen=True, slots=True)
class Profile:
    """What precincts of the same territories have in common: indexes of their contests, first cell and
    order of each.
    """

    contests: tuple[int, ...]
    starts: Mapping[str, int]
    orders: Mapping[str, int]
    cells: int


def ancestors(territories: Sequence[Territory]) -> dict[str, tuple[str, ...]]:
    """Each territory's id -> its own id and those of all its parents, upward. The tree has no cycle."""
    parents = {territory.id: territory.parent for territory in territories}
    chains: dict[str, tuple[str, ...]] = {}
    for territory in territories:
        chain = []
        step: str | None = territory.id
        while step is not None:
            chain.append(step)
            step = parents[step]
        chains[territory.id] = tuple(chain)
    return chains


class Places:
    """The roster of a package and the layout of its figures.

    precincts and contests are named by their index in the package. Raises Fault (K08) when the roster is
    larger than MAX_PLACES or its figures than MAX_CELLS.
    """

    def __init__(
        self,
        *,
        lines: int,
        territories: Sequence[Territory],
        contests: Sequence[Contest],
        options: Sequence[Option],
        precincts: Sequence[Precinct],
        precinct_territories: Sequence[tuple[str, str]],
    ) -> None:
        self.lines = lines
        self.contests = contests
        self.ids = [precinct.id for precinct in precincts]
        self.index = {precinct: number for number, precinct in enumerate(self.ids)}
        self.columns: dict[str, dict[str, int]] = {contest.id: {} for contest in contests}
        for option in options:
            columns = self.columns[option.contest]
            columns[option.id] = lines + len(columns)
        self.widths = [lines + len(self.columns[contest.id]) for contest in contests]
        self.first_cells = array("q")
        self.first_places = array("i")
        self.profiles: list[Profile] = []
        self.count = 0
        self.cells = 0
        self._lay_out(territories, precincts, precinct_territories)

    def locate(self, precinct: str, contest: str) -> tuple[int, int]:
        """(place, first cell) of ids; raises KeyError when the place is not on the roster."""
        number = self.index[precinct]
        profile = self.profiles[number]
        start = profile.starts[contest]
        return self.first_places[number] + profile.orders[contest], self.first_cells[number] + start

    def roster(self) -> Iterator[tuple[int, int]]:
        """(precinct index, contest index) of every place in order: precincts, for each its contests."""
        for number, profile in enumerate(self.profiles):
            for contest in profile.contests:
                yield number, contest

    def _lay_out(
        self,
        territories: Sequence[Territory],
        precincts: Sequence[Precinct],
        precinct_territories: Sequence[tuple[str, str]],
    ) -> None:
        further: dict[str, list[str]] = {}
        for precinct_id, territory in precinct_territories:
            further.setdefault(precinct_id, []).append(territory)
        finder = _Profiles(self.contests, self.widths, ancestors(territories))
        for precinct in precincts:
            profile = finder.of(precinct, further.get(precinct.id, ()))
            self.profiles.append(profile)
            self.first_cells.append(self.cells)
            self.first_places.append(self.count)
            self.cells += profile.cells
            self.count += len(profile.contests)
            if self.count > MAX_PLACES:
                raise Fault("K08", f"the roster holds more than {MAX_PLACES:,} places")
            if self.cells > MAX_CELLS:
                raise Fault("K08", f"the roster needs more than {MAX_CELLS:,} figures")


class _Profiles:
    """Finds the profile of a precinct; equal ones are one object."""

    def __init__(
        self, contests: Sequence[Contest], widths: Sequence[int], chains: Mapping[str, tuple[str, ...]]
    ) -> None:
        self._contests = contests
        self._widths = widths
        self._chains = chains
        self._by_territory: dict[str, list[int]] = {}
        for number, contest in enumerate(contests):
            self._by_territory.setdefault(contest.territory, []).append(number)
        self._known: dict[tuple[str, ...], Profile] = {}
        self._by_contests: dict[tuple[int, ...], Profile] = {}
        self._size = 0

    def of(self, precinct: Precinct, further: Sequence[str]) -> Profile:
        key = (precinct.territory, precinct.constituency or "", *further)
        profile = self._known.get(key)
        if profile is None:
            profile = self._profile(self._concerned(key))
            if len(self._known) < MAX_PROFILES:
                self._known[key] = profile
        return profile

    def _concerned(self, territories: Sequence[str]) -> tuple[int, ...]:
        found: set[int] = set()
        for territory in territories:
            for step in self._chains.get(territory, ()):
                found.update(self._by_territory.get(step, ()))
        return tuple(sorted(found))

    def _profile(self, contests: tuple[int, ...]) -> Profile:
        profile = self._by_contests.get(contests)
        if profile is not None:
            return profile
        self._size += len(contests)
        if self._size > MAX_PROFILES:
            raise Fault("K08", "the constituencies of the precincts are of too many different sets")
        starts: dict[str, int] = {}
        cells = 0
        for number in contests:
            starts[self._contests[number].id] = cells
            cells += self._widths[number]
        orders = {self._contests[number].id: order for order, number in enumerate(contests)}
        profile = self._by_contests[contests] = Profile(contests, starts, orders, cells)
        return profile
