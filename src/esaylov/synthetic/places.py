"""Where invented people live: real regions and districts by SOATO, real or numbered mahallas, invented streets."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import polars as pl

from esaylov.synthetic.draws import Draws, apportion
from esaylov.synthetic.scripts import CYRILLIC, RUSSIAN, TURNED, TUTUQ, WRITINGS, write

_BODIES = {"MFY": "МФЙ", "OFY": "ОФЙ", "QFY": "ҚФЙ"}
COLUMNS = ("mahalla", "district", "name_uz", "name_uz_cyrl", "name_ru", "name_en")


class PlacesError(ValueError):
    """A file of mahallas or an election package that cannot be used; says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Region:
    """Figures of a region: inhabitants (census of 2026), about where it lies, and an invented mix of origins in per cent.

    `spread` is how far its places lie from its middle, in hundredths of a degree; `towns` is the share of flats in its towns.
    """

    soato: str
    inhabitants: int
    latitude: float
    longitude: float
    spread: int
    towns: int
    origins: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Mahalla:
    """A row of the table of mahallas."""

    code: str
    district: str
    name_uz: str
    name_uz_cyrl: str
    name_ru: str
    name_en: str


@dataclass(frozen=True, slots=True)
class District:
    """A district or city with its mahallas; `place` is its place among all, `weight` its share of the voters."""

    place: int
    soato: str
    region: Region
    town: bool
    weight: int
    mahallas: tuple[Mahalla, ...]


def _rows(package: str, name: str) -> Iterator[dict[str, str]]:
    text = (files(package) / name).read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines())


@cache
def regions() -> dict[str, Region]:
    """All 14 by SOATO."""
    return {row["soato"]: _region(row) for row in _rows("esaylov.synthetic", "regions.csv")}


def _region(row: dict[str, str]) -> Region:
    mix = tuple(int(row[name]) for name in ("uzbek", "karakalpak", "kazakh", "tajik", "russian"))
    latitude, longitude = float(row["latitude"]), float(row["longitude"])
    return Region(
        row["soato"], int(row["inhabitants"]), latitude, longitude, int(row["spread"]), int(row["towns"]), mix
    )


def districts(seed: int, mahallas: Path | None = None) -> list[District]:
    """All 206 by SOATO, weighted by the inhabitants of the region and, within it, by mahallas and chance.

    `mahallas` is a table of real ones (`code, district_group, region_soato, name_raw, name_norm`); without it they are numbered.
    Raises PlacesError when the table cannot be used.
    """
    rows = [row for row in _rows("esaylov.demo", "territories.csv") if row["region"]]
    rows.sort(key=lambda row: row["soato"])
    named = _real(mahallas, [row["soato"] for row in rows]) if mahallas else None
    weights = _weights(seed, rows)
    return [
        District(
            place,
            row["soato"],
            regions()[row["region"]],
            row["kind"] == "city" or row["region"] == "1726",
            weights[place],
            tuple(named[row["soato"]] if named else _numbered(row)),
        )
        for place, row in enumerate(rows)
    ]


def _weights(seed: int, rows: list[dict[str, str]]) -> list[int]:
    """Inhabitants of the region, shared out by mahallas times a factor of 0.8 to 1.2."""
    factors = Draws(seed, "country").between("districts", 80, 120, len(rows))
    found = [0] * len(rows)
    for region in regions().values():
        own = [place for place, row in enumerate(rows) if row["region"] == region.soato]
        shares = [int(rows[place]["mahallas"]) * int(factors[place]) for place in own]
        for place, people in zip(own, apportion(shares, region.inhabitants), strict=True):
            found[place] = int(people)
    return found


def _numbered(row: dict[str, str]) -> Iterator[Mahalla]:
    for number in range(1, int(row["mahallas"]) + 1):
        yield Mahalla(
            f"{row['soato']}-{number:03}",
            row["soato"],
            f"{number}-mahalla",
            f"{number}-маҳалла",
            f"Махалля {number}",
            f"Mahalla {number}",
        )


def _real(path: Path, known: list[str]) -> dict[str, list[Mahalla]]:
    """The table's mahallas by district: groups.csv says which group is which district (it was found by the numbers of
    mahallas, the order of groups and the names); a group it does not name goes to the districts of its region in turn.
    """
    groups = {row["group"]: row["district"] for row in _rows("esaylov.synthetic", "groups.csv")}
    found: dict[str, list[Mahalla]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            missing = {"code", "district_group", "region_soato", "name_norm"} - row.keys()
            if missing:
                raise PlacesError(f"{path.name} lacks the columns {', '.join(sorted(missing))}")
            own = [soato for soato in known if soato.startswith(row["region_soato"])]
            if not own:
                raise PlacesError(f"{path.name}, row {number + 1}: no region {row['region_soato']}")
            district = groups.get(row["district_group"]) or own[number % len(own)]
            found[district].append(_mahalla(row["code"], district, row["name_norm"]))
    if empty := [soato for soato in known if not found[soato]]:
        raise PlacesError(f"{path.name} has no mahalla in {len(empty)} districts, {empty[0]} for one")
    return found


def _mahalla(code: str, district: str, name: str) -> Mahalla:
    stem, _, body = name.rpartition(" ")
    if body not in _BODIES:
        stem, body = name, ""
    tail, tail_cyrillic = (f" {body}", f" {_BODIES[body]}") if body else ("", "")
    plain = stem.replace(TURNED, "").replace(TUTUQ, "")
    return Mahalla(
        code,
        district,
        stem + tail,
        write(stem, CYRILLIC) + tail_cyrillic,
        write(stem, RUSSIAN) + tail_cyrillic,
        plain,
    )


@dataclass(frozen=True, slots=True)
class Streets:
    """All names of streets, in every writing: `labels` at code × writings + writing."""

    labels: pl.Series
    words: int
    kinds: int
    blocks: int

    def street(self, word: int, kind: int) -> int:
        """Code of a street of houses."""
        return word * self.kinds + kind

    def block(self, word: int, kind: int) -> int:
        """Code of a quarter of blocks of flats."""
        return self.words * self.kinds + word * self.blocks + kind


@cache
def streets() -> Streets:
    """The invented, plausible names: words of gardens, crafts and virtues, with what a street is called."""
    lists = {row["kind"]: row["words"].split() for row in _rows("esaylov.synthetic", "streets.csv")}
    kinds = [kind.replace("{}", " ") for kind in lists["kind"]]
    names = [f"{word} {kind}" for word in lists["word"] for kind in kinds]
    names += [f"{word} {kind}" for word in lists["word"] for kind in lists["block"]]
    labels = [write(name, writing) for name in names for writing in range(WRITINGS)]
    return Streets(pl.Series(labels, dtype=pl.String), len(lists["word"]), len(kinds), len(lists["block"]))
