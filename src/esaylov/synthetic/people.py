"""Invented people of a district: households of families, births by an age pyramid, names by origin, numbers of documents."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date

import numpy as np

from esaylov.synthetic.draws import Draws, Flags, Ints, apportion, ordinals
from esaylov.synthetic.dwellings import Dwellings
from esaylov.synthetic.names import FEMALE, KARAKALPAK, MALE, OVICH, RUSSIAN_ORIGIN, SON_OF, draw, tables
from esaylov.synthetic.places import District
from esaylov.synthetic.scripts import (
    ALPHABET_2026,
    ASCII,
    CYRILLIC,
    GRAVE,
    LEFT,
    PROPER,
    QUOTE,
    RUSSIAN,
)

EPOCH = date(1970, 1, 1)
YOUNGEST, OLDEST = 18, 100
BANDS = (18, 23, 28, 33, 38, 43, 48, 53, 58, 63, 68, 73, 78, 83)
"""First ages of the bands of five years below; the last goes to 100."""
PYRAMID = (128, 123, 135, 132, 105, 85, 77, 69, 58, 42, 26, 11, 5, 4)
"""Of a thousand adults, how many are in each band. Invented figures in the shape of Uzbekistan's population of the 2020s
(many between 25 and 40 and few above 70); no official table was copied."""
ALONE = (60, 70, 60, 40, 40, 50, 70, 90, 110, 120, 120, 100, 70, 60)
COUPLES = (10, 40, 270, 480, 90, 20, 10, 10, 15, 20, 15, 10, 5, 5)
CHILDREN = (213, 273, 210, 110, 140, 50, 4, 0, 0, 0, 0, 0, 0, 0)
"""Weights of the age of who lives alone, of the head of a couple, and of the eldest child at home: fitted so that all
together are near the pyramid."""

LARGEST = 7
"""Voters of the largest household."""
DOCUMENTS = 52 * 10_000_000
_STEP, _SHIFT = 314_159_269, 271_828_183
"""Coprime to DOCUMENTS: the numbers of documents go round all of them before one comes again."""
PLACES_OF_ISSUE = 4
"""Three-digit regions in the PINFLs of each district; those from 900 on are for people who come later."""
LATER = 900


@dataclass(slots=True)
class People:
    """One column an attribute; `birth` is in days from 1970, `dwelling` the place in the district's dwellings."""

    dwelling: Ints
    sex: Ints
    birth: Ints
    origin: Ints
    surname: Ints
    given: Ints
    father: Ints
    form: Ints
    writing: Ints

    def __len__(self) -> int:
        return len(self.dwelling)

    def take(self, places: Ints) -> People:
        """Copies of some."""
        return People(*(getattr(self, field.name)[places] for field in fields(self)))

    def joined(self, other: People) -> People:
        """These, and then the others."""
        return People(
            *(
                np.concatenate([getattr(self, field.name), getattr(other, field.name)])
                for field in fields(self)
            )
        )


@dataclass(frozen=True, slots=True)
class _Families:
    """What all of a household share: one row a dwelling."""

    origin: Ints
    surname: Ints
    head_sex: Ints
    head_given: Ints
    head_age: Ints
    child_age: Ints


def make_people(draws: Draws, district: District, dwellings: Dwellings, day: date) -> People:
    """The grown-up members of every household, 18 to 100 years old on the day."""
    families = _families(draws, district, dwellings.persons)
    home = np.repeat(np.arange(len(dwellings), dtype=np.int64), dwellings.persons)
    turn = ordinals(dwellings.persons)
    size = dwellings.persons[home]
    count = len(home)
    spouse = (turn == 1) & ((size > 2) | draws.chance("spouse", 800_000, count))
    in_law = (turn >= 3) & (turn % 2 == 1) & draws.chance("in-law", 650_000, count)
    child = (turn >= 1) & ~spouse & ~in_law
    sex = _sexes(draws, families, home, turn, spouse, in_law)
    age = _ages(draws, families, home, turn, size, spouse, child)
    other = draws.chance("other origin", 50_000, count) & (spouse | in_law)
    origin = np.where(other, _origins(draws, "origins of in-laws", district, count), families.origin[home])
    names = tables()
    own_surname = ((spouse | in_law) & draws.chance("own surname", 450_000, count)) | (in_law & (sex == MALE))
    own_surname |= other
    surname = np.where(
        own_surname, draw(draws, "own surnames", names.surnames, origin), families.surname[home]
    )
    given = _given(draws, origin, sex)
    given = np.where(turn == 0, families.head_given[home], given)
    father = _fathers(draws, families, home, child, origin)
    birth = births(draws, age, day)
    _different(home, birth, _given(draws, origin, sex, "other "), given)
    forms = np.where(draws.chance("forms", _form_share(birth, origin), count), SON_OF, OVICH)
    return People(
        home, sex, birth, origin, surname, given, father, forms, _writings(draws, families, home, birth)
    )


def _different(home: Ints, birth: Ints, others: Ints, given: Ints) -> None:
    """Nobody in a household has both the birth date and the given name of another: the later one gets another name, is
    older by ten months, or both.
    """
    for apart in range(1, LARGEST):
        same = np.flatnonzero(home[apart:] == home[:-apart]) + apart
        again = same[given[same] == given[same - apart]]
        given[again] = others[again]
        again = same[birth[same] == birth[same - apart]]
        birth[again] -= 300 + again % 60


def _families(draws: Draws, district: District, persons: Ints) -> _Families:
    count = len(persons)
    origin = _origins(draws, "origins", district, count)
    head_sex = np.where(
        draws.chance("heads", 850_000, count) & ((persons > 1) | draws.chance("alone", 450_000, count)),
        MALE,
        FEMALE,
    )
    child = _banded(draws, "children", CHILDREN, count)
    parent = child + draws.between("gaps", 20, 33, count)
    single = _banded(draws, "alone ages", ALONE, count)
    couple = _banded(draws, "couples", COUPLES, count)
    head = np.where(persons == 1, single, np.where(persons == 2, couple, np.minimum(parent, OLDEST)))
    names = tables()
    given = _given(draws, origin, head_sex, "heads ")
    surname = draw(draws, "surnames", names.surnames, origin)
    return _Families(origin, surname, head_sex, given, head, child)


def _origins(draws: Draws, name: str, district: District, count: int) -> Ints:
    return draws.pick(name, district.region.origins, count)


def _banded(draws: Draws, name: str, weights: tuple[int, ...], count: int) -> Ints:
    band = draws.pick(f"{name}/band", weights, count)
    widths: Ints = np.asarray([*BANDS[1:], 95], dtype=np.int64) - np.asarray(BANDS, dtype=np.int64)
    return np.asarray(BANDS, dtype=np.int64)[band] + draws.below(f"{name}/age", widths[band], count)


def _sexes(  # noqa: PLR0917 (columns of one table)
    draws: Draws, families: _Families, home: Ints, turn: Ints, spouse: Flags, in_law: Flags
) -> Ints:
    """A spouse is of the other sex than the head, an in-law of the other sex than the person before, children of any."""
    sex = np.where(draws.chance("sexes", 530_000, len(home)), MALE, FEMALE)
    sex = np.where(turn == 0, families.head_sex[home], sex)
    sex = np.where(spouse, 1 - families.head_sex[home], sex)
    before = np.roll(sex, 1)
    return np.where(in_law, 1 - before, sex)


def _ages(  # noqa: PLR0917 (columns of one table)
    draws: Draws, families: _Families, home: Ints, turn: Ints, size: Ints, spouse: Flags, child: Flags
) -> Ints:
    """Children are at least 16 years younger than the head and 18 at least; an in-law is about as old as the child before."""
    count = len(home)
    head = families.head_age[home]
    age = np.where(turn == 0, head, 0)
    age = np.where(spouse, head - draws.between("years between", -2, 7, count), age)
    eldest = np.where(size == 2, head - draws.between("gap of two", 19, 32, count), families.child_age[home])
    younger = eldest - (turn - 2) // 2 * draws.between("births between", 1, 4, count)
    age = np.where(child, younger, age)
    in_law = (turn > 0) & ~spouse & ~child
    age = np.where(in_law, np.roll(age, 1) - draws.between("in-laws", -2, 5, count), age)
    return np.clip(age, YOUNGEST, OLDEST - 1)


def births(draws: Draws, age: Ints, day: date) -> Ints:
    """Days of birth of people who have an age on the day; elder ones are written down under 1 January more often."""
    last = (day - EPOCH).days
    found = last - (age * 1461 + 3) // 4 - 1 - draws.below("birthdays", 364, len(age))
    heaped = draws.chance("first of January", 20_000, len(age)) & (age > 55)
    years = (np.datetime64(0, "D") + found[heaped]).astype("datetime64[Y]").astype("datetime64[D]")
    found[heaped] = years.astype(np.int64)
    return found


def _given(draws: Draws, origin: Ints, sex: Ints, name: str = "") -> Ints:
    names = tables()
    men, women = (
        draw(draws, f"{name}men", names.men, origin),
        draw(draws, f"{name}women", names.women, origin),
    )
    return np.where(sex == MALE, men, women)


def _fathers(draws: Draws, families: _Families, home: Ints, child: Flags, origin: Ints) -> Ints:
    """Children of a house have one father: its head, if he is a man."""
    names = tables()
    anybody = draw(draws, "fathers", names.men, origin)
    shared = draw(draws, "fathers of houses", names.men, families.origin)
    own = np.where(families.head_sex == MALE, families.head_given, shared)
    return np.where(child, own[home], anybody)


def _form_share(birth: Ints, origin: Ints) -> Ints:
    """Millionths who bear "son of" or "daughter of": more among the young; Russians have the Russian form."""
    young = birth > (date(1991, 1, 1) - EPOCH).days
    return np.where(origin == RUSSIAN_ORIGIN, 0, np.where(young, 780_000, 250_000))


_UZBEK_WRITINGS = (
    (PROPER, 28), (ASCII, 36), (QUOTE, 9), (LEFT, 5), (GRAVE, 2), (CYRILLIC, 14), (ALPHABET_2026, 6),
)  # fmt: skip
_OTHER_WRITINGS = ((PROPER, 66), (CYRILLIC, 24), (ALPHABET_2026, 10))
_RUSSIAN_WRITINGS = ((PROPER, 62), (RUSSIAN, 38))


def _writings(draws: Draws, families: _Families, home: Ints, birth: Ints) -> Ints:
    """Mostly one writing for a household; the elder are in Cyrillic more often."""
    count = len(home)
    origin = families.origin
    own = np.zeros(len(origin), dtype=np.int64)
    for name, mask, writings in (
        ("uzbek", (origin != KARAKALPAK) & (origin != RUSSIAN_ORIGIN), _UZBEK_WRITINGS),
        ("karakalpak", origin == KARAKALPAK, _OTHER_WRITINGS),
        ("russian", origin == RUSSIAN_ORIGIN, _RUSSIAN_WRITINGS),
    ):
        codes = np.asarray([code for code, _ in writings], dtype=np.int64)
        picked = draws.pick(f"writings/{name}", [share for _, share in writings], len(origin))
        own[mask] = codes[picked][mask]
    found = own[home]
    elder = (birth < (date(1966, 1, 1) - EPOCH).days) & draws.chance("elder", 250_000, count)
    cyrillic = np.where(origin[home] == RUSSIAN_ORIGIN, RUSSIAN, CYRILLIC)
    return np.where(elder, cyrillic, found)


def pinfls(place: int, sex: Ints, birth: Ints, seed: int) -> Ints:
    """Numbers, all different, of the people of the district at that place: G is 7 or 8, so that nobody alive has one.

    Raises ValueError when more people of one sex are born on one day than the district has numbers.
    """
    key = birth * 2 + sex
    order = np.argsort(key, kind="stable")
    sorted_key = key[order]
    first = np.concatenate([[True], sorted_key[1:] != sorted_key[:-1]])
    lengths = np.diff(np.append(np.flatnonzero(first), len(key)))
    turn = np.empty(len(key), dtype=np.int64)
    turn[order] = ordinals(lengths)
    if len(key) and int(turn.max()) >= PLACES_OF_ISSUE * 1000:
        raise ValueError("too many people for the numbers of a district: ask for fewer")
    start = ((key + seed % 1000 * 79_199) * 2_654_435_761 >> 7) % 4000
    serial = (start + turn * 1_237) % 4000
    return numbered(sex, birth, place * PLACES_OF_ISSUE + serial // 1000, serial % 1000)


def numbered(sex: Ints, birth: Ints, region: Ints, serial: Ints) -> Ints:
    """PINFLs `G DDMMYY RRR NNN C` as whole numbers of 14 digits."""
    days = np.datetime64(0, "D") + birth
    months = days.astype("datetime64[M]")
    day = (days - months.astype("datetime64[D]")).astype(np.int64) + 1
    month = months.astype(np.int64) % 12 + 1
    year = (months.astype("datetime64[Y]").astype(np.int64) + 1970) % 100
    number = 7 + sex
    for part, width in ((day, 100), (month, 100), (year, 100), (region, 1000), (serial, 1000)):
        number = number * width + part
    return with_check_digit(number)


def with_check_digit(thirteen: Ints) -> Ints:
    """The digit that belongs behind: weights 7, 3, 1 from the left, modulo 10."""
    total, rest = np.zeros(len(thirteen), dtype=np.int64), thirteen.copy()
    for weight in (7, 1, 3, 7, 1, 3, 7, 1, 3, 7, 1, 3, 7):
        total += rest % 10 * weight
        rest //= 10
    return thirteen * 10 + total % 10


def documents(first: int, count: int, seed: int) -> Ints:
    """Numbers of documents, all different for different places from `first` on; see `render.document_texts`."""
    places = (np.arange(first, first + count, dtype=np.int64) + seed % 1_000_003 * 97) % DOCUMENTS
    return (places * _STEP + _SHIFT) % DOCUMENTS


def counts_of_districts(weights: list[int], people: int) -> Ints:
    """People of each district."""
    return apportion(weights, people)
