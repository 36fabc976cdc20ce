"""Tables of names in every writing: an index says origin, stem, ending, sex and writing; nothing is put together row by row.

Common given names and surname stems are facts of language, written down for this project; which person bears which is drawn.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import polars as pl

from esaylov.synthetic.draws import Draws, Ints
from esaylov.synthetic.scripts import WRITINGS, write

ORIGINS = ("uzbek", "karakalpak", "kazakh", "tajik", "russian")
UZBEK, KARAKALPAK, KAZAKH, TAJIK, RUSSIAN_ORIGIN = range(len(ORIGINS))
MALE, FEMALE = 0, 1
SON_OF, OVICH = 0, 1
_CHILD = {
    "uzbek": ("oʻgʻli", "qizi"),
    "karakalpak": ("ulı", "qızı"),
    "kazakh": ("uli", "qizi"),
    "tajik": ("oʻgʻli", "qizi"),
    "russian": ("oʻgʻli", "qizi"),
}
_VOWELS = "aeiouáóúıʻ"


@dataclass(frozen=True, slots=True)
class Names:
    """The tables; `surnames`, `men`, `women` say for every origin where its names begin and how they are weighted."""

    surname: pl.Series
    given: pl.Series
    patronymic: pl.Series
    surnames: tuple[tuple[int, Ints], ...]
    men: tuple[tuple[int, Ints], ...]
    women: tuple[tuple[int, Ints], ...]

    def surname_index(self, surname: Ints, sex: Ints, writing: Ints) -> Ints:
        """Where a surname stands in its table."""
        return (surname * 2 + sex) * WRITINGS + writing

    def patronymic_index(self, father: Ints, sex: Ints, form: Ints, writing: Ints) -> Ints:
        """Where the patronymic of a father's (given) name stands; -1 is none."""
        return ((father * 2 + sex) * 2 + form) * WRITINGS + writing


def draw(draws: Draws, name: str, lists: Sequence[tuple[int, Ints]], origin: Ints) -> Ints:
    """A name of its origin's list for every index."""
    found = np.zeros(len(origin), dtype=np.int64)
    for place, (start, weights) in enumerate(lists):
        mask = origin == place
        count = int(mask.sum())
        if count:
            found[mask] = start + draws.pick(f"{name}/{place}", weights, count)
    return found


@cache
def _words() -> dict[tuple[str, str], tuple[str, ...]]:
    text = (files("esaylov.synthetic") / "names.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {(row["origin"], row["kind"]): tuple(dict.fromkeys(_plain(row["words"]))) for row in rows}


def _plain(words: str) -> list[str]:
    return ["" if word == "-" else word for word in words.split()]


@cache
def tables() -> Names:
    """All tables, made once: some hundred thousand strings."""
    surnames, surname_lists = _joined([_surnames(origin) for origin in ORIGINS])
    men, men_lists = _joined([_given(origin, "male") for origin in ORIGINS])
    women, women_lists = _joined([_given(origin, "female") for origin in ORIGINS], start=len(men))
    fathers = [(origin, name) for origin in ORIGINS for name, _ in _given(origin, "male")]
    return Names(
        surname=_written([_of_sex(name, sex) for name in surnames for sex in (MALE, FEMALE)]),
        given=_written(men + women),
        patronymic=_written(
            [
                patronymic(origin, father, sex, form)
                for origin, father in fathers
                for sex in (MALE, FEMALE)
                for form in (SON_OF, OVICH)
            ]
        ),
        surnames=surname_lists,
        men=men_lists,
        women=women_lists,
    )


def _joined(
    lists: Sequence[Sequence[tuple[str, int]]], start: int = 0
) -> tuple[list[str], tuple[tuple[int, Ints], ...]]:
    names: list[str] = []
    places = []
    for one in lists:
        weights = np.asarray([weight for _, weight in one], dtype=np.int64)
        places.append((start + len(names), weights))
        names.extend(name for name, _ in one)
    return names, tuple(places)


def _written(names: Sequence[str]) -> pl.Series:
    return pl.Series([write(name, writing) for name in names for writing in range(WRITINGS)], dtype=pl.String)


def _surnames(origin: str) -> list[tuple[str, int]]:
    """A man's surnames with weights: stems with a plain ending are the common ones."""
    words = _words()
    if (origin, "surname") in words:
        return [(name, _weight(place)) for place, name in enumerate(_mixed(words[origin, "surname"]))]
    found: dict[str, int] = {}
    for ending in words[origin, "ending"]:
        for place, stem in enumerate(_mixed(words[origin, "stem"])):
            if ending and len(stem) > 6:
                continue
            found.setdefault(_surname(stem, ending), _weight(place) // (6 if ending else 1))
    return list(found.items())


def _surname(stem: str, ending: str) -> str:
    if ending in ("zoda", "iy"):
        return (stem.rstrip("aoiu") if ending == "iy" else stem) + ending
    whole = stem + ending
    if whole.endswith(("boy", "bay")):
        return f"{whole}ev"
    return f"{whole}yev" if whole[-1] in _VOWELS else f"{whole}ov"


def _of_sex(surname: str, sex: int) -> str:
    if sex == MALE:
        return surname
    if surname.endswith("skiy"):
        return f"{surname[:-2]}aya"
    return f"{surname}a" if surname.endswith(("ov", "ev", "yov", "in")) else surname


def _given(origin: str, sex: str) -> list[tuple[str, int]]:
    words = _words()
    found: dict[str, int] = {}
    for form in words.get((origin, f"{sex}form"), ("",)):
        for place, name in enumerate(_mixed(words[origin, sex])):
            if form and (name.lower().endswith(form) or len(name) > 7):
                continue
            found.setdefault(name + form, _weight(place) // (8 if form else 1))
    return list(found.items())


def _mixed(words: Sequence[str]) -> list[str]:
    """The words in an order of its own, so that the alphabet does not say which is common."""
    bits = Draws(0, "names").bits("/".join(words[:3]), len(words))
    return [words[place] for place in np.argsort(bits, kind="stable")]


def _weight(place: int) -> int:
    """Common names are some times as frequent as rare ones (an invented curve)."""
    return 100_000 // (place + 45)


def patronymic(origin: str, father: str, sex: int, form: int) -> str:
    """ "Daughter of" and "son of" in the language of the origin, or the Russian form."""
    if form == SON_OF:
        return f"{father} {_CHILD[origin][sex]}"
    if father.endswith("y"):
        stem, ending = father[:-1], "yevich"
    elif father[-1] in _VOWELS:
        stem, ending = father, "yevich"
    else:
        stem, ending = father, "ovich"
    return stem + (ending if sex == MALE else ending.replace("ich", "na"))
