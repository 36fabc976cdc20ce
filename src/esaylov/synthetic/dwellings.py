"""The dwellings of a district: streets of houses with numbers (12A and 12/1 among them), in towns quarters of flats too."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from esaylov.synthetic.draws import Draws, Flags, Ints, apportion, ordinals, starts
from esaylov.synthetic.places import District, streets

SUFFIXES = ("", "A", "B", "/1", "/2")
SIZES = (13, 27, 22, 19, 11, 6, 2)
"""Per cent of dwellings with 1, 2, … voters (invented; on average about three of a household of five are grown up)."""


@dataclass(frozen=True, slots=True)
class Dwellings:
    """Dwellings in the order of mahallas, streets and numbers.

    `mahalla` is the place in the district's list, `street` a code of `places.streets()`, `turn` the street's place within the
    mahalla; `house` numbers the houses of the district, which the address register lists; `persons` live in the dwelling.
    """

    mahalla: Ints
    turn: Ints
    street: Ints
    number: Ints
    suffix: Ints
    flat: Ints
    house: Ints
    persons: Ints

    def __len__(self) -> int:
        return len(self.mahalla)


def make_dwellings(draws: Draws, district: District, people: int) -> Dwellings:
    """Dwellings for so many people of a district."""
    persons = _sizes(draws, people)
    counts = _by_mahalla(draws, district, len(persons))
    mahalla = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    blocks = draws.chance("blocks", _share_of_blocks(district) * 10_000, len(counts))
    turn, number, flat = _layout(draws, counts, blocks)
    suffix = _suffixes(draws, blocks[mahalla])
    number = _numbers(number, suffix, mahalla, turn)
    suffix = np.where(number == 0, 0, suffix)
    number = np.maximum(number, 1)
    house = _houses(mahalla, turn, number, suffix)
    return Dwellings(
        mahalla,
        turn,
        _streets(draws, len(counts), blocks, mahalla, turn),
        number,
        suffix,
        flat,
        house,
        persons,
    )


def _sizes(draws: Draws, people: int) -> Ints:
    """How many live in each dwelling; together exactly so many people."""
    count = people * 100 // sum(size * share for size, share in enumerate(SIZES, 1))
    sizes = draws.pick("sizes", SIZES, count + count // 16 + 40) + 1
    sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), people)) + 1]
    sizes[-1] -= int(sizes.sum()) - people
    return sizes


def _by_mahalla(draws: Draws, district: District, dwellings: int) -> Ints:
    """Dwellings of each mahalla: sizes differ by up to three times."""
    weights = draws.between("mahallas", 60, 180, len(district.mahallas))
    return apportion(weights, dwellings)


def _share_of_blocks(district: District) -> int:
    """Per cent of mahallas that are quarters of blocks (invented)."""
    return min(district.region.towns, 60) if district.town else district.region.towns // 8


def _layout(draws: Draws, counts: Ints, blocks: Flags) -> tuple[Ints, Ints, Ints]:
    """Street within the mahalla, number within the street, flat (0: none)."""
    place = ordinals(counts)
    length = np.repeat(draws.between("lengths", 24, 72, len(counts)), counts)
    flats = np.repeat(draws.between("flats", 3, 9, len(counts)) * 8, counts)
    block = np.repeat(blocks, counts)
    turn = np.where(block, place // (flats * 12), place // length)
    number = np.where(block, place // flats % 12 + 1, place % length + 1)
    return turn, number, np.where(block, place % flats + 1, 0)


def _suffixes(draws: Draws, block: Flags) -> Ints:
    """Few houses share the number before them: never two in a row, and none in a quarter of blocks."""
    found = draws.pick("suffixes", (960, 20, 8, 8, 4), len(block))
    found[block] = 0
    found[1:][found[:-1] > 0] = 0
    return found


def _numbers(number: Ints, suffix: Ints, mahalla: Ints, turn: Ints) -> Ints:
    """Numbers counted without the houses that share one; 0 where a street would begin with such a house."""
    if not len(number):
        return number
    key = mahalla * 1_000_000 + turn
    first = np.concatenate([[True], key[1:] != key[:-1]])
    before = np.cumsum(suffix > 0)
    base: Ints = (before - (suffix > 0))[first]
    lengths = np.diff(np.append(np.flatnonzero(first), len(key)))
    found: Ints = number - (before - np.repeat(base, lengths))
    return found


def _houses(mahalla: Ints, turn: Ints, number: Ints, suffix: Ints) -> Ints:
    """A running number of houses: dwellings of one block share it."""
    if not len(mahalla):
        return mahalla
    changed = np.zeros(len(mahalla), dtype=np.int64)
    for column in (mahalla, turn, number, suffix):
        changed[1:] |= column[1:] != column[:-1]
    return np.cumsum(changed)


def _streets(draws: Draws, mahallas: int, blocks: Flags, mahalla: Ints, turn: Ints) -> Ints:
    """Codes of streets, different within a mahalla."""
    names = streets()
    first = draws.below("street words", names.words, mahallas)[mahalla]
    word = (first + turn * 7) % names.words
    kind = draws.below("street kinds", names.kinds * names.words, mahallas)[mahalla]
    return np.where(
        blocks[mahalla],
        names.block(0, 0) + word * names.blocks + (kind + turn) % names.blocks,
        word * names.kinds + (kind + turn * 5) % names.kinds,
    )


def first_of_house(dwellings: Dwellings) -> Ints:
    """The first dwelling of each house."""
    if not len(dwellings):
        return dwellings.house
    return np.flatnonzero(np.concatenate([[1], np.diff(dwellings.house)]))


def people_before(dwellings: Dwellings) -> Ints:
    """How many live before each dwelling."""
    return starts(dwellings.persons)
