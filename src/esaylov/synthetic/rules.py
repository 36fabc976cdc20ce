"""Which precinct an address belongs to, by rules that one can read: whole mahallas, streets, house ranges, odd and even."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from esaylov.synthetic.draws import Draws, Ints
from esaylov.synthetic.dwellings import Dwellings
from esaylov.synthetic.places import District, streets
from esaylov.synthetic.scripts import WRITINGS

VOTERS_OF_A_PRECINCT = 1_850
NEAR_STREET, NEAR_MAHALLA = 40, 8
"""A border moves to the end of a street when that is nearer than one fortieth of a precinct, to that of a mahalla one eighth."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of rules.csv: street `*` is the whole mahalla, empty numbers are all houses."""

    precinct: str
    mahalla: str
    street: str
    first: str
    last: str
    parity: str


@dataclass(frozen=True, slots=True)
class Precinct:
    """A precinct and the number of voters that it should have."""

    code: str
    district: str
    voters: int


@dataclass(frozen=True, slots=True)
class _Piece:
    """Houses with the same number in one street, which always go together."""

    mahalla: Ints
    turn: Ints
    street: Ints
    number: Ints
    people: Ints


def own_precincts(district: District, people: int) -> list[Precinct]:
    """Precincts of about 1,850 voters."""
    count = max(1, round(people / VOTERS_OF_A_PRECINCT))
    return [
        Precinct(f"{district.soato}-{number:03}", district.soato, people // count)
        for number in range(1, count + 1)
    ]


def assign(
    draws: Draws, district: District, dwellings: Dwellings, precincts: list[Precinct]
) -> tuple[list[Rule], Ints]:
    """The rules of a district, and the people that each precinct gets."""
    pieces = _pieces(dwellings)
    cuts = _cuts(pieces, precincts)
    owner = np.searchsorted(cuts, np.arange(len(pieces.number)), side="right")
    _by_parity(draws, pieces, cuts, owner)
    people = np.bincount(owner, weights=pieces.people, minlength=len(precincts)).astype(np.int64)
    return list(_rules(district, pieces, owner, precincts)), people


def _pieces(dwellings: Dwellings) -> _Piece:
    key = (dwellings.mahalla * 10_000 + dwellings.turn) * 10_000 + dwellings.number
    first = np.concatenate([[True], key[1:] != key[:-1]])
    piece_of = np.cumsum(first) - 1
    people = np.bincount(piece_of, weights=dwellings.persons).astype(np.int64)
    return _Piece(
        dwellings.mahalla[first],
        dwellings.turn[first],
        dwellings.street[first],
        dwellings.number[first],
        people,
    )


def _cuts(pieces: _Piece, precincts: list[Precinct]) -> Ints:
    """Where each precinct but the first begins: at its share of the people, or at the end of a street or mahalla nearby."""
    reached = np.cumsum(pieces.people)
    whole, shares = int(reached[-1]), np.cumsum([max(one.voters, 1) for one in precincts])
    targets = shares[:-1] * whole // int(shares[-1])
    cuts = np.searchsorted(reached, targets, side="left") + 1
    size = whole / len(precincts)
    for ends, near in (
        (_ends(pieces, streets_too=True), size / NEAR_STREET),
        (_ends(pieces, streets_too=False), size / NEAR_MAHALLA),
    ):
        nearest = _nearest(ends, cuts)
        close = np.abs(reached[nearest - 1] - targets) <= near
        cuts = np.where(close, nearest, cuts)
    return _rising(cuts, len(reached))


def _rising(cuts: Ints, end: int) -> Ints:
    """Every precinct has one piece at least, while there are enough."""
    found, before = cuts.copy(), 0
    for place, cut in enumerate(cuts.tolist()):
        before = min(max(cut, before + 1), end - (len(cuts) - place))
        found[place] = before = max(before, 0)
    return np.maximum.accumulate(found)


def _ends(pieces: _Piece, streets_too: bool) -> Ints:
    changed = pieces.mahalla[1:] != pieces.mahalla[:-1]
    if streets_too:
        changed |= pieces.turn[1:] != pieces.turn[:-1]
    return np.append(np.flatnonzero(changed) + 1, len(pieces.mahalla))


def _nearest(ends: Ints, cuts: Ints) -> Ints:
    place = np.clip(np.searchsorted(ends, cuts), 1, len(ends) - 1) if len(ends) > 1 else np.zeros_like(cuts)
    before, after = ends[np.maximum(place - 1, 0)], ends[place]
    return np.where(cuts - before <= after - cuts, before, after)


def _by_parity(draws: Draws, pieces: _Piece, cuts: Ints, owner: Ints) -> None:
    """A street cut about in its middle, and once only, is now and then parted by odd and even instead."""
    key = pieces.mahalla * 10_000 + pieces.turn
    wanted = draws.chance("parity", 400_000, len(cuts))
    for cut, take in zip(cuts, wanted, strict=True):
        if not take or not 0 < cut < len(key) or key[cut] != key[cut - 1]:
            continue
        start, end = int(np.searchsorted(key, key[cut])), int(np.searchsorted(key, key[cut], side="right"))
        owners = owner[start:end]
        if len(set(owners.tolist())) == 2 and 35 <= (cut - start) * 100 // (end - start) <= 65:
            odd = pieces.number[start:end] % 2 == 1
            owner[start:end] = np.where(odd, owners[0], owners[-1])


def _rules(district: District, pieces: _Piece, owner: Ints, precincts: list[Precinct]) -> Iterator[Rule]:
    labels = streets().labels
    for start, end in _runs(pieces.mahalla):
        code = district.mahallas[int(pieces.mahalla[start])].code
        owners = owner[start:end]
        if (owners == owners[0]).all():
            yield Rule(precincts[int(owners[0])].code, code, "*", "", "", "all")
            continue
        for first, last in _runs(pieces.turn[start:end]):
            street = labels[int(pieces.street[start + first]) * WRITINGS]
            numbers = pieces.number[start + first : start + last]
            for place, low, high, parity in _parts(numbers, owners[first:last]):
                yield Rule(precincts[place].code, code, street, low, high, parity)


def _parts(numbers: Ints, owners: Ints) -> Iterator[tuple[int, str, str, str]]:
    """The precincts of one street: all of it, its odd and its even side, or ranges of numbers."""
    if (owners == owners[0]).all():
        yield int(owners[0]), "", "", "all"
        return
    odd, even = owners[numbers % 2 == 1], owners[numbers % 2 == 0]
    if len(odd) and len(even) and (odd == odd[0]).all() and (even == even[0]).all() and odd[0] != even[0]:
        yield int(odd[0]), "", "", "odd"
        yield int(even[0]), "", "", "even"
        return
    for first, last in _runs(owners):
        yield int(owners[first]), str(numbers[first]), str(numbers[last - 1]), "all"


def _runs(values: Ints) -> Iterator[tuple[int, int]]:
    ends = [*(np.flatnonzero(values[1:] != values[:-1]) + 1).tolist(), len(values)]
    return zip([0, *ends[:-1]], ends, strict=True)
