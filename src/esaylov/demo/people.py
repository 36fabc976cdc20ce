"""Candidates who do not exist: names in five writings, made of common stems by seed.

A name is written in Uzbek Latin; the other writings follow from it by rule. Surnames of people known from
Uzbek politics are not among the stems; whatever likeness is left is chance.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from esaylov.demo.chance import Chance
from esaylov.demo.land import Constituency
from esaylov.demo.official import DAY, PARTIES

YOUNGEST, OLDEST = 25, 70
WOMEN = 33
"""Women among the 75 candidates of every party: 44 %; the law wants 40."""

_ORIGINS: dict[str, tuple[tuple[str, int], ...]] = {
    "1735": (("karakalpak", 55), ("kazakh", 15), ("uzbek", 30)),
    "1712": (("uzbek", 80), ("kazakh", 15), ("russian", 5)),
    "1718": (("uzbek", 72), ("tajik", 28)),
    "1706": (("uzbek", 75), ("tajik", 25)),
    "1722": (("uzbek", 82), ("tajik", 18)),
    "1726": (("uzbek", 78), ("russian", 17), ("kazakh", 5)),
    "1727": (("uzbek", 80), ("kazakh", 12), ("russian", 8)),
}
_ELSEWHERE = (("uzbek", 94), ("tajik", 4), ("russian", 2))

_ALPHABET = (*"abdefghijklmnopqrstuvxyz", "oʻ", "gʻ", "sh", "ch")
_CYRILLIC_PAIRS = (
    ("yoʻ", "йў"), ("yo", "ё"), ("yu", "ю"), ("ya", "я"), ("ye", "е"), ("sh", "ш"), ("ch", "ч"),
    ("oʻ", "ў"), ("gʻ", "ғ"), ("ʼ", "ъ"),
)  # fmt: skip
_CYRILLIC = str.maketrans("abdefghijklmnopqrstuvxyz", "абдефгҳижклмнопқрстувхйз")
_TO_RUSSIAN = str.maketrans("ўқғҳЎҚҒҲ", "укгхУКГХ")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An invented person; `names` by language: surname, name, patronymic."""

    id: str
    party: int
    names: dict[str, str]
    female: bool
    birth_date: date


@cache
def _stems() -> dict[tuple[str, str], tuple[str, ...]]:
    text = (files("esaylov.demo") / "names.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {(row["origin"], row["kind"]): tuple(row["names"].split()) for row in rows}


def alphabetical(name: str) -> tuple[int, ...]:
    """Sort key of a name in the Uzbek Latin alphabet, where `Oʻ`, `Gʻ`, `Sh`, `Ch` stand behind `Z`."""
    text, key, place = name.lower(), [], 0
    while place < len(text):
        pair = text[place : place + 2]
        letter = pair if pair in ("oʻ", "gʻ", "sh", "ch") else text[place]
        key.append(_ALPHABET.index(letter) + 1 if letter in _ALPHABET else 0)
        place += len(letter)
    return tuple(key)


def cyrillic(name: str) -> str:
    """Uzbek Latin to Uzbek Cyrillic, word by word."""
    return " ".join(map(_cyrillic_word, name.split(" ")))


def _cyrillic_word(word: str) -> str:
    text = word.lower()
    if text.startswith("e"):
        text = "э" + text[1:]
    for latin, letter in _CYRILLIC_PAIRS:
        text = text.replace(latin, letter)
    text = text.translate(_CYRILLIC)
    return text[:1].upper() + text[1:] if word[:1].isupper() else text


def russian(name: str) -> str:
    """Uzbek Latin to Russian letters."""
    return cyrillic(name).translate(_TO_RUSSIAN)


def karakalpak(name: str) -> str:
    """Uzbek Latin as the passport has it; only "daughter of" and "son of" are Karakalpak words."""
    return name.replace(" qizi", " qızı").replace(" oʻgʻli", " ulı")


def english(name: str) -> str:
    """Uzbek Latin without its own letters."""
    plain = name.replace("ʻ", "").replace("ʼ", "")
    return plain.replace("x", "kh").replace("X", "Kh")


def writings(name: str) -> dict[str, str]:
    """A name in Uzbek Latin and what follows from it, by language."""
    return {
        "uz": name,
        "uz_cyrl": cyrillic(name),
        "kaa": karakalpak(name),
        "ru": russian(name),
        "en": english(name),
    }


def candidates(seed: int, constituencies: Sequence[Constituency]) -> dict[str, list[Candidate]]:
    """The five candidates of every constituency by contest, in ballot order: alphabetical, ids by that
    order."""
    chance = Chance(seed, "candidates")
    women = [_women(chance, len(constituencies)) for _ in PARTIES]
    taken: set[str] = set()
    found = {}
    for place, constituency in enumerate(constituencies):
        people, rivals = [], set[str]()
        for party in range(len(PARTIES)):
            female = women[party][place]
            name = _name(chance, constituency.region, female, taken, rivals)
            people.append((alphabetical(name), name, party, female, _birth_date(chance)))
        found[constituency.contest] = [
            Candidate(f"{constituency.contest}-{order}", party, writings(name), female, born)
            for order, (_, name, party, female, born) in enumerate(sorted(people), start=1)
        ]
    return found


def _women(chance: Chance, count: int) -> list[bool]:
    return chance.shuffled([True] * WOMEN + [False] * (count - WOMEN))


def _birth_date(chance: Chance) -> date:
    """Ages are about 47 ± 9 years, whole days at random."""
    age = min(max(47.0 + 9.0 * chance.normal(), YOUNGEST + 1.0), OLDEST - 1.0)
    return DAY - timedelta(days=int(age * 365.25) + chance.below(365))


def _name(chance: Chance, region: str, female: bool, taken: set[str], rivals: set[str]) -> str:
    """Surname, name and patronymic: no surname twice on a ballot, nor twice with the same name anywhere."""
    stems = _stems()
    while True:
        origin = _origin(chance, _ORIGINS.get(region, _ELSEWHERE))
        stem = chance.pick(stems[origin, "surname"])
        first = chance.pick(stems[origin, "female" if female else "male"])
        name = f"{stem}{'a' if female else ''} {first}"
        if name not in taken and stem not in rivals:
            taken.add(name)
            rivals.add(stem)
            fathers = [father for father in stems[origin, "male"] if father != first]
            return f"{name} {_patronymic(chance, origin, chance.pick(fathers), female)}"


def anybody(chance: Chance, region: str, female: bool) -> tuple[str, str, str]:
    """Surname, given name and patronymic of an invented inhabitant of a region; others may bear the same."""
    stems = _stems()
    origin = _origin(chance, _ORIGINS.get(region, _ELSEWHERE))
    surname = chance.pick(stems[origin, "surname"]) + ("a" if female else "")
    first = chance.pick(stems[origin, "female" if female else "male"])
    return surname, first, _patronymic(chance, origin, chance.pick(stems[origin, "male"]), female)


def _origin(chance: Chance, mix: Sequence[tuple[str, int]]) -> str:
    draw = chance.below(100)
    for origin, share in mix:
        draw -= share
        if draw < 0:
            return origin
    return mix[0][0]


def _patronymic(chance: Chance, origin: str, father: str, female: bool) -> str:
    if origin != "russian" and chance.unit() < 0.55:
        return f"{father} {'qizi' if female else 'oʻgʻli'}"
    ending = "yevich" if father.endswith("y") else "ovich"
    return father.removesuffix("y") + (ending.replace("ich", "na") if female else ending)
