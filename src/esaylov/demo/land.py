"""The places of the demonstration, from the tables beside this module."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from hashlib import sha256
from importlib.resources import files

from esaylov.demo.official import REGIONS

COUNTRY = "uz"
ABROAD = "abroad"
STREETS = ("Mustaqillik", "Navoiy", "Bobur", "Istiqlol", "Tinchlik", "Guliston", "Oqtepa", "Bogʻishamol")
TOWNS = {"1735204": (421_200, 600_600)}
"""North and east of a town in ten-thousandths of a degree, by district: where the demonstration's own precincts lie."""
LANGUAGES = ("uz", "uz_cyrl", "kaa", "ru", "en")

_COUNTRY_NAMES = {
    "uz": "Oʻzbekiston Respublikasi",
    "uz_cyrl": "Ўзбекистон Республикаси",
    "kaa": "Ózbekstan Respublikası",
    "ru": "Республика Узбекистан",
    "en": "Republic of Uzbekistan",
}
_ABROAD_NAMES = {
    "uz": "Xorijdagi saylov uchastkalari",
    "uz_cyrl": "Хориждаги сайлов участкалари",
    "kaa": "Shet eldegi saylaw uchastkaları",
    "ru": "Избирательные участки за рубежом",
    "en": "Precincts abroad",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A row of territories.csv of a package; `names` by language."""

    id: str
    parent: str
    kind: str
    names: dict[str, str]
    soato: str = ""


@dataclass(frozen=True, slots=True)
class District:
    """A district or city; `mahallas` is how many it has."""

    soato: str
    region: str
    kind: str
    mahallas: int


@dataclass(frozen=True, slots=True)
class Constituency:
    """A single-member district: whole districts, or fractions of their precincts."""

    number: int
    region: str
    names: dict[str, str]
    parts: dict[str, Fraction]

    @property
    def id(self) -> str:
        """Id of its territory."""
        return f"c-{self.number:02d}"

    @property
    def contest(self) -> str:
        """Id of its contest."""
        return f"smd-{self.number:02d}"

    def title(self, language: str) -> str:
        """Number and name in the pattern that the commission uses: `58-Jozmon`."""
        return f"{self.number}-{self.names[language]}"


@dataclass(frozen=True, slots=True)
class Mission:
    """A precinct abroad: where it lies, and its offset from UTC in minutes on election day."""

    country: str
    address: str
    utc_minutes: int


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = (files("esaylov.demo") / name).read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines())


def _names(row: dict[str, str]) -> dict[str, str]:
    return {language: row[f"name_{language}"] for language in LANGUAGES}


@cache
def constituencies() -> tuple[Constituency, ...]:
    """All 75, by number."""
    return tuple(
        Constituency(int(row["number"]), row["region"], _names(row), dict(map(_part, row["parts"].split())))
        for row in _rows("constituencies.csv")
    )


def _part(text: str) -> tuple[str, Fraction]:
    soato, _, share = text.partition(":")
    return soato, Fraction(share or 1)


@cache
def missions() -> tuple[Mission, ...]:
    """All precincts abroad."""
    return tuple(
        Mission(row["country"], row["address"], int(row["utc_minutes"])) for row in _rows("abroad.csv")
    )


def school(number: int) -> str:
    """An invented address of a polling station."""
    return f"{STREETS[number % len(STREETS)]} koʻchasi {1 + 7 * number % 83}, {1 + number % 60}-maktab (SIMULYATSIYA)"


def pin(precinct: str, district: str) -> tuple[str, str]:
    """Latitude and longitude of an invented polling station; empty outside the one district that has a town to lay it in."""
    if district not in TOWNS:
        return "", ""
    draw = int.from_bytes(sha256(precinct.encode()).digest()[:4])
    north, east = (
        town + draw // apart % 500 - 250 for town, apart in zip(TOWNS[district], (1, 500), strict=True)
    )
    return f"{north / 10_000:.4f}", f"{east / 10_000:.4f}"


@cache
def districts() -> tuple[District, ...]:
    """All 206, region by region in the order of the commission's numbering, each by code."""
    order = {region.soato: place for place, region in enumerate(REGIONS)}
    found = [
        District(row["soato"], row["region"], row["kind"], int(row["mahallas"]))
        for row in _rows("territories.csv")
        if row["region"]
    ]
    return tuple(sorted(found, key=lambda district: (order[district.region], district.soato)))


def places() -> Iterator[Place]:
    """All territories, a parent before its children: country, regions, districts, constituencies, abroad."""
    names = {row["soato"]: (row["kind"], _names(row)) for row in _rows("territories.csv")}
    yield Place(COUNTRY, "", "country", _COUNTRY_NAMES)
    for region in REGIONS:
        yield Place(region.soato, COUNTRY, "region", names[region.soato][1], region.soato)
    yield Place(ABROAD, COUNTRY, "abroad", _ABROAD_NAMES)
    for district in districts():
        kind, its_names = names[district.soato]
        yield Place(district.soato, district.region, kind, its_names, district.soato)
    for one in constituencies():
        yield Place(one.id, one.region, "constituency", {code: one.title(code) for code in LANGUAGES})
