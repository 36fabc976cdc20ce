"""What can be found in an election, made from the tables that it was called with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from esaylov.design.scripts import words
from esaylov.elections.models import Option
from esaylov.elections.queries import ContestRow, ElectionTables
from esaylov.registry.models import Precinct, Territory

KINDS = ("territory", "party", "candidate", "contest", "precinct")
"""Kinds of what can be found, the fewest of which there are first."""


@dataclass(frozen=True, slots=True)
class Document:
    """One thing that can be found; `own` and `around` are the folded words of its names and of where it lies."""

    kind: str
    code: str
    position: int
    own: frozenset[str]
    around: frozenset[str] = frozenset()
    within: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    territory: int | None = None
    number: str = ""
    address: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What identifies it in its election."""
        return self.kind, self.within, self.code


def documents(tables: ElectionTables) -> Iterator[Document]:
    """Every territory, party, candidate, contest and precinct of an election."""
    places = _Places(tables.election.id)
    yield from _territories(places)
    yield from _parties(tables)
    for contest in tables.contests.values():
        yield _contest(contest, places)
        yield from _candidates(tables, contest, places)
    yield from _precincts(tables.election.id, places)


def folded(texts: Iterable[str]) -> frozenset[str]:
    """The folded words of some texts."""
    return frozenset(word for text in texts for word in words(text))


class _Places:
    """Territories of an election with the words of their names, and of all that they lie in below the country."""

    def __init__(self, election: str) -> None:
        self.rows = list(Territory.objects.filter(election=election).order_by("position"))
        self._own = {row.id: folded([*row.names.values(), row.soato]) for row in self.rows}
        self._lineage = {row.id: tuple(row.lineage) for row in self.rows}
        self._roots = {row.id for row in self.rows if row.parent_id is None}
        self._around: dict[tuple[int, ...], frozenset[str]] = {}

    def own(self, place: int) -> frozenset[str]:
        """Words of a territory's names."""
        return self._own[place]

    def around(self, *places: int | None) -> frozenset[str]:
        """Words of territories and of all that they lie in. The country's are left out: they would be everywhere."""
        known = tuple(place for place in places if place is not None)
        if known not in self._around:
            lineage = {one for place in known for one in self._lineage[place]} - self._roots
            self._around[known] = frozenset[str]().union(*(self._own[one] for one in lineage))
        return self._around[known]


def _territories(places: _Places) -> Iterator[Document]:
    for row in places.rows:
        own = places.own(row.id) | folded([row.code])
        yield Document(
            kind="territory",
            code=row.code,
            position=row.position,
            own=own,
            around=places.around(row.id) - own,
            titles=row.names,
            territory=row.parent_id,
        )


def _parties(tables: ElectionTables) -> Iterator[Document]:
    """One for each list, by its organisation: the same party may stand in several contests."""
    seen: set[str] = set()
    for contest in tables.contests.values():
        for option in contest.options:
            code = option.organisation or option.code
            if option.kind == "party-list" and code not in seen:
                seen.add(code)
                yield Document(
                    kind="party",
                    code=code,
                    within=contest.code,
                    position=len(seen),
                    own=folded(option.names.values()),
                    titles=option.names,
                )


def _contest(contest: ContestRow, places: _Places) -> Document:
    own = folded(contest.titles.values())
    return Document(
        kind="contest",
        code=contest.code,
        position=contest.position,
        own=own,
        around=places.around(contest.territory) - own,
        titles=contest.titles,
        territory=contest.territory,
    )


def _candidates(tables: ElectionTables, contest: ContestRow, places: _Places) -> Iterator[Document]:
    parties = _party_names(tables)
    for option in contest.options:
        if option.kind == "candidate":
            own = folded(option.names.values())
            party = folded(parties.get(option.organisation, {"": option.organisation}).values())
            around = party | places.around(contest.territory) | folded(contest.titles.values())
            yield Document(
                kind="candidate",
                code=option.code,
                within=contest.code,
                position=contest.position * 1_000 + option.position,
                own=own,
                around=around - own,
                titles=option.names,
                territory=contest.territory,
            )


def _party_names(tables: ElectionTables) -> dict[str, dict[str, str]]:
    lists: Iterable[Option] = (
        option
        for contest in tables.contests.values()
        for option in contest.options
        if option.kind == "party-list"
    )
    return {option.organisation or option.code: option.names for option in lists}


def _precincts(election: str, places: _Places) -> Iterator[Document]:
    rows = Precinct.objects.filter(election=election).order_by("position")
    columns = "code", "number", "address", "place_public", "territory_id", "constituency_id", "position"
    for code, number, address, public, territory, constituency, position in rows.values_list(*columns):
        shown = address if public is not False else ""
        own = folded([number or code, shown])
        yield Document(
            kind="precinct",
            code=code,
            position=position,
            own=own,
            around=places.around(territory, constituency) - own,
            territory=territory,
            number=number or code,
            address=shown,
        )
