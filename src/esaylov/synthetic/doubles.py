"""People who stand in the register twice, and pairs who only look alike; both are known, so that finding them can be judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from esaylov.synthetic import render
from esaylov.synthetic.draws import Draws, Flags, Ints
from esaylov.synthetic.dwellings import Dwellings, people_before
from esaylov.synthetic.names import MALE, draw, tables
from esaylov.synthetic.people import People
from esaylov.synthetic.scripts import ALPHABET_2026, ASCII, CYRILLIC, PASSPORT, PROPER, RUSSIAN

KINDS = (
    "same-pinfl", "same-document", "typo", "script", "transliteration", "maiden-name", "day-month", "moved",
)  # fmt: skip
SAME_PINFL, SAME_DOCUMENT, TYPO, SCRIPT, TRANSLITERATION, MAIDEN_NAME, DAY_MONTH, MOVED = range(len(KINDS))
_SHARES = (15, 10, 15, 15, 12, 8, 8, 17)
_MOVES = (50, 0, 30, 30, 30, 0, 0, 100)
"""Per cent of each kind that also have another address."""
LOOKALIKES = ("twins", "namesake", "father-and-son")
_TWINS, _NAMESAKE, _FATHER_AND_SON = range(3)
DUPLICATE_COLUMNS = ("row_a", "row_b", "kind", "moved", "pinfl_a", "pinfl_b")
LOOKALIKE_COLUMNS = ("row_a", "row_b", "kind", "pinfl_a", "pinfl_b")
POOL = 2_000


@dataclass(frozen=True, slots=True)
class Doubles:
    """Second entries: whose (`source`), of which kind, and whether at another address."""

    source: Ints
    kind: Ints
    moved: Flags


@dataclass(frozen=True, slots=True)
class Lookalikes:
    """Pairs of different people."""

    first: Ints
    second: Ints
    kind: Ints


def make_lookalikes(draws: Draws, dwellings: Dwellings, people: People, wanted: int) -> Lookalikes:
    """Changes some people so that they resemble others: twins, namesakes born on one day, sons with their father's name.

    At most one pair of a household; where a district has too few families, there are fewer.
    """
    first_of_home = people_before(dwellings)
    size, head = dwellings.persons, first_of_home
    men = people.sex[head] == MALE
    family = (size >= 5) & (people.surname[head + np.minimum(2, size - 1)] == people.surname[head])
    twins = _chosen(draws, "twins", family & (size >= 5), (wanted * 4 + 9) // 10)
    sons = _chosen(draws, "sons", men & (size >= 3) & ~_among(twins, len(size)), (wanted * 2 + 5) // 10)
    used = _among(twins, len(size)) | _among(sons, len(size))
    alike = _chosen(draws, "namesakes", ~used, 2 * (wanted - len(twins) - len(sons)))
    pairs = [
        _twins(people, head[twins]),
        _namesakes(draws, people, head[alike]),
        _sons(people, head[sons]),
    ]
    return Lookalikes(
        np.concatenate([first for first, _ in pairs]),
        np.concatenate([second for _, second in pairs]),
        np.repeat(np.arange(3), [len(pair[0]) for pair in pairs]),
    )


def _chosen(draws: Draws, name: str, possible: Flags, wanted: int) -> Ints:
    places = np.flatnonzero(possible)
    order = np.argsort(draws.bits(name, len(places)), kind="stable")
    return np.sort(places[order[: max(wanted, 0)]])


def _among(places: Ints, count: int) -> Flags:
    found = np.zeros(count, dtype=np.bool_)
    found[places] = True
    return found


def _twins(people: People, head: Ints) -> tuple[Ints, Ints]:
    """The third and the fifth of a household are children: they get one birth date and two given names."""
    one, other = head + 2, head + 4
    keep = people.given[one] != people.given[other]
    keep &= people.origin[one] == people.origin[other]
    one, other = one[keep], other[keep]
    for column in (people.birth, people.father, people.surname, people.form, people.writing):
        column[other] = column[one]
    return one, other


def _namesakes(draws: Draws, people: People, heads: Ints) -> tuple[Ints, Ints]:
    """Heads of two households, far apart in the list: one name, one birth date, different fathers."""
    half = len(heads) // 2
    one, other = heads[:half], heads[half : 2 * half]
    fathers = draw(draws, "fathers of namesakes", tables().men, people.origin[one])
    keep = fathers != people.father[one]
    one, other, fathers = one[keep], other[keep], fathers[keep]
    for column in (people.sex, people.birth, people.origin, people.surname, people.given, people.writing):
        column[other] = column[one]
    people.father[other] = fathers
    return one, other


def _sons(people: People, head: Ints) -> tuple[Ints, Ints]:
    """The third of a household is a son who bears his father's name."""
    keep = (people.birth[head + 2] != people.birth[head]) & (people.father[head] != people.given[head])
    head = head[keep]
    son = head + 2
    people.sex[son] = MALE
    for column in (people.origin, people.surname, people.given, people.writing):
        column[son] = column[head]
    people.father[son] = people.given[head]
    return head, son


def make_doubles(draws: Draws, people: People, free: Ints, wanted: int) -> tuple[Doubles, People]:
    """Second entries of some of the free people, and how they are written there."""
    source = free[:wanted]
    count = len(source)
    kind = draws.pick("double kinds", _SHARES, count)
    copies = people.take(source)
    day_month, swapped = _swapped_days(copies.birth)
    kind = np.where((kind == DAY_MONTH) & ~day_month, TYPO, kind)
    kind = np.where((kind == MAIDEN_NAME) & (copies.sex == MALE), MOVED, kind)
    copies.birth = np.where(kind == DAY_MONTH, swapped, copies.birth)
    maiden = draw(draws, "maiden names", tables().surnames, copies.origin)
    kind = np.where((kind == MAIDEN_NAME) & (maiden == copies.surname), MOVED, kind)
    copies.surname = np.where(kind == MAIDEN_NAME, maiden, copies.surname)
    copies.writing = np.where(kind == SCRIPT, _other_script(draws, copies.writing), copies.writing)
    copies.writing = np.where(kind == TRANSLITERATION, PASSPORT, copies.writing)
    loose = (kind == SCRIPT) | (kind == TRANSLITERATION)
    copies.form = np.where(loose & draws.chance("other forms", 400_000, count), 1 - copies.form, copies.form)
    moved = draws.below("moves", 100, count) < np.asarray(_MOVES)[kind]
    return Doubles(source, kind, moved), copies


def _swapped_days(birth: Ints) -> tuple[Flags, Ints]:
    """Whose day and month can be taken for each other, and the day that comes out."""
    days = np.datetime64(0, "D") + birth
    months = days.astype("datetime64[M]")
    day = (days - months.astype("datetime64[D]")).astype(np.int64) + 1
    month = months.astype(np.int64) % 12 + 1
    january = days.astype("datetime64[Y]").astype("datetime64[M]")
    possible = (day <= 12) & (day != month)
    other = (january + np.where(possible, day - 1, 0)).astype("datetime64[D]").astype(np.int64)
    return possible, other + month - 1


def _other_script(draws: Draws, writing: Ints) -> Ints:
    cyrillic = (writing == CYRILLIC) | (writing == RUSSIAN)
    latin = np.asarray((PROPER, ASCII, ALPHABET_2026))[draws.pick("other latin", (2, 3, 1), len(writing))]
    return np.where(
        cyrillic, latin, np.where(draws.chance("russian", 150_000, len(writing)), RUSSIAN, CYRILLIC)
    )


def with_typos(draws: Draws, rows: pl.DataFrame, first: int, kind: Ints) -> pl.DataFrame:
    """Rows from `first` on whose kind is a typo get one, in surname, given name or patronymic."""
    places = np.flatnonzero(kind == TYPO)
    columns = draws.pick("typo columns", (40, 35, 25), len(places))
    how, where = draws.bits("typo kinds", len(places)), draws.bits("typo places", len(places))
    changed = []
    for number, name in enumerate(("surname", "given_name", "patronymic")):
        mask = columns == number
        own = (first + places[mask]).tolist()
        texts = rows[name].gather(own).to_list()
        values = [
            typo(text, int(kinds), int(spot))
            for text, kinds, spot in zip(texts, how[mask], where[mask], strict=True)
        ]
        changed.append(rows[name].scatter(own, pl.Series(values, dtype=pl.String)) if own else rows[name])
    return rows.with_columns(changed)


def typo(text: str, how: int, where: int) -> str:
    """One slip: a letter left out, doubled, or two in the wrong order; never in the first letter."""
    if len(text) < 4:
        return text + text[-1:]
    place = 1 + where % (len(text) - 2)
    if how % 3 == 0:
        return text[:place] + text[place + 1 :]
    if how % 3 == 1 or text[place] == text[place + 1] or " " in text[place : place + 2]:
        return text[: place + 1] + text[place:]
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def moved_rows(
    draws: Draws, rows: pl.DataFrame, first: int, moved: Flags, pool: pl.DataFrame
) -> pl.DataFrame:
    """The second entries that moved get an address of the pool."""
    places = (first + np.flatnonzero(moved)).tolist()
    if not places or not pool.height:
        return rows
    picked = pool[draws.below("new homes", pool.height, len(places)).tolist()]
    return rows.with_columns(rows[name].scatter(places, picked[name]) for name in render.ADDRESS)


def address_pool(draws: Draws, rows: pl.DataFrame) -> pl.DataFrame:
    """Some addresses of a district, for those who move there from the next."""
    places = draws.below("pool", max(rows.height, 1), min(POOL, rows.height))
    pool: pl.DataFrame = rows.select(render.ADDRESS)[places.tolist()]
    return pool


def pairs_of_doubles(
    doubles: Doubles, people: int, row_of: Ints, pinfl: pl.Series
) -> Iterator[tuple[object, ...]]:
    """Rows of truth/duplicates.csv."""
    for place in range(len(doubles.source)):
        one, other = int(doubles.source[place]), people + place
        yield (
            int(row_of[one]),
            int(row_of[other]),
            KINDS[int(doubles.kind[place])],
            "yes" if doubles.moved[place] else "no",
            pinfl[one],
            pinfl[other],
        )


def pairs_of_lookalikes(alike: Lookalikes, row_of: Ints, pinfl: pl.Series) -> Iterator[tuple[object, ...]]:
    """Rows of truth/lookalikes.csv."""
    for one, other, kind in zip(alike.first, alike.second, alike.kind, strict=True):
        yield int(row_of[one]), int(row_of[other]), LOOKALIKES[int(kind)], pinfl[int(one)], pinfl[int(other)]
