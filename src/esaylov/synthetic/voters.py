"""`esaylov synth voters`: a country of invented voters, as the registers would hand it over, with the truth kept aside."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import astuple, dataclass
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path

import numpy as np
import polars as pl

from esaylov.synthetic import doubles, mistakes, places, render
from esaylov.synthetic.draws import Draws, Ints
from esaylov.synthetic.dwellings import Dwellings, first_of_house, make_dwellings
from esaylov.synthetic.extracts import FORMATS, ExtractWriter, Table, empty_folder, write_whole
from esaylov.synthetic.packages import Precincts, package_precincts
from esaylov.synthetic.people import People, counts_of_districts, documents, make_people, pinfls
from esaylov.synthetic.rules import assign, own_precincts

DAY = date(2024, 10, 27)
"""Election day unless a package says another, that of the demonstration: people are 18 on it."""
TASHKENT = timezone(timedelta(hours=5))
MOST = 40_000_000


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for. `only`: people of the regions and districts alone whose SOATO begins so."""

    count: int
    seed: int
    out: Path
    form: str = "csv"
    mahallas: Path | None = None
    package: Path | None = None
    day: date | None = None
    duplicates: float = 0.005
    errors: float = 0.002
    lookalikes: float = 0.002
    only: str = ""

    def check(self) -> None:
        """Raises ValueError when it cannot be done."""
        if not 1 <= self.count <= MOST:
            raise ValueError(f"the number of voters lies between 1 and {MOST:,}")
        if self.form not in FORMATS:
            raise ValueError(f"an extract is csv or parquet, not {self.form}")
        for name in ("duplicates", "errors", "lookalikes"):
            if not 0 <= getattr(self, name) <= 0.2:
                raise ValueError(f"the share of {name} lies between 0 and 0.2")


def parse_day(text: str) -> date | None:
    """An election day as it was typed; empty is none. Raises ValueError for what is no date."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(f"{text} is not a date like 2024-10-27") from None


Progress = Callable[[str, int, int], None]


def write_voters(wishes: Wishes, progress: Progress | None = None) -> dict[str, object]:
    """Writes the folder and gives the summary that `truth/summary.json` holds.

    Raises ValueError for wishes that cannot be fulfilled, PackageError for a package that cannot be read and FileExistsError
    when the folder is not empty.
    """
    wishes.check()
    country = places.districts(wishes.seed, wishes.mahallas)
    package = package_precincts(wishes.package, {one.soato for one in country}) if wishes.package else None
    empty_folder(wishes.out)
    making = _Making(wishes, country, package)
    for district, rows in zip(country, making.rows, strict=True):
        if rows:
            making.district(district, int(rows))
        if progress:
            progress("districts", district.place + 1, len(country))
    return making.close()


class _Making:
    """The open files of a country that is being written, and what is counted on the way."""

    def __init__(self, wishes: Wishes, country: list[places.District], package: Precincts | None) -> None:
        self.wishes, self.package = wishes, package
        self.day = wishes.day or (package.day if package else DAY)
        as_of = datetime.combine(self.day - timedelta(days=60), time(0), TASHKENT)
        out, form = wishes.out, wishes.form
        for folder in ("residence", "addresses", "truth"):
            (out / folder).mkdir()
        self.residents = ExtractWriter(out / "residence", "residents", form, "residence", as_of)
        self.addresses = ExtractWriter(out / "addresses", "addresses", form, "address", as_of)
        self.rules = Table(out / "rules.csv", ("precinct", "mahalla", "street", "first", "last", "parity"))
        self.precincts = Table(out / "precincts.csv", ("precinct", "district", "voters"))
        self.errors = Table(out / "truth" / "errors.csv", mistakes.COLUMNS)
        self.duplicates = Table(out / "truth" / "duplicates.csv", doubles.DUPLICATE_COLUMNS)
        self.lookalikes = Table(out / "truth" / "lookalikes.csv", doubles.LOOKALIKE_COLUMNS)
        mahallas = Table(out / "addresses" / "mahallas.csv", places.COLUMNS)
        mahallas.add(astuple(mahalla) for district in country for mahalla in district.mahallas)
        mahallas.close()
        self.addresses.beside(mahallas.path, mahallas.rows)
        weights = [self._weight(district) for district in country]
        self.rows = counts_of_districts(weights, wishes.count)
        self.papers = 0
        self.counts: Counter[str] = Counter()
        self.pool: pl.DataFrame | None = None

    def _weight(self, district: places.District) -> int:
        if not district.soato.startswith(self.wishes.only):
            return 0
        if self.package is None:
            return district.weight
        return sum(one.voters for one in self.package.districts.get(district.soato, ()))

    def district(self, district: places.District, rows: int) -> None:
        """One district's residents, addresses and rules."""
        draws = Draws(self.wishes.seed, district.soato)
        second, alike, wrong = (
            self._share(share, rows)
            for share in (self.wishes.duplicates, self.wishes.lookalikes, self.wishes.errors)
        )
        second = min(second, rows // 2)
        people = rows - second
        alike = min(alike, (people - second) // 2)
        wrong = min(wrong, people - second - 2 * alike)
        dwellings = make_dwellings(draws, district, people)
        crowd = make_people(draws, district, dwellings, self.day)
        pairs = doubles.make_lookalikes(draws, dwellings, crowd, alike)
        free = _free(draws, people, pairs)
        twice, copies = doubles.make_doubles(draws, crowd, free, second)
        spoilt = free[second : second + wrong]
        plain = np.concatenate(
            [pairs.first, pairs.second, free[: second + wrong], people + np.arange(second)]
        )
        frame, row_of = self._frame(draws, district, dwellings, crowd, twice, copies, plain)
        frame, noted = mistakes.with_errors(draws, frame, spoilt, self.day)
        self._count("status", frame["status"], "")
        self._count("citizenship", frame["citizenship"], "UZB")
        self._note(frame["pinfl"], row_of, people, twice, pairs, noted)
        self.residents.add(_in_order(frame, row_of))
        self.addresses.add(render.address_rows(draws, district, dwellings, first_of_house(dwellings)))
        self._rule(draws, district, dwellings, people)

    def _share(self, share: float, rows: int) -> int:
        """A share of the rows of a district, rounded so that small districts have their part too."""
        millionths = round(share * 1_000_000)
        done = self.residents.rows
        return (done + rows) * millionths // 1_000_000 - done * millionths // 1_000_000

    def _frame(  # noqa: PLR0917 (one call a district)
        self,
        draws: Draws,
        district: places.District,
        dwellings: Dwellings,
        crowd: People,
        twice: doubles.Doubles,
        copies: People,
        plain: Ints,
    ) -> tuple[pl.DataFrame, Ints]:
        """The rows of a district, first people and then second entries, and the place of each in the whole register."""
        people, everybody = len(crowd), crowd.joined(copies)
        numbers = pinfls(district.place, everybody.sex, everybody.birth, self.wishes.seed)
        papers = documents(self.papers, len(everybody), self.wishes.seed)
        self.papers += len(everybody)
        same_number = np.flatnonzero(twice.kind == doubles.SAME_PINFL)
        same_paper = np.flatnonzero(twice.kind == doubles.SAME_DOCUMENT)
        numbers[people + same_number] = numbers[twice.source[same_number]]
        papers[people + same_paper] = papers[twice.source[same_paper]]
        frame = render.resident_rows(draws, district, dwellings, everybody, numbers, papers, plain)
        frame = doubles.with_typos(draws, frame, people, twice.kind)
        pool = doubles.address_pool(draws, frame)
        frame = doubles.moved_rows(
            draws, frame, people, twice.moved, pool if self.pool is None else self.pool
        )
        self.pool = pool
        keys = np.concatenate(
            [np.arange(people) * 64, draws.below("places of doubles", people, len(copies)) * 64 + 1]
        )
        row_of = np.empty(len(keys), dtype=np.int64)
        row_of[np.argsort(keys, kind="stable")] = np.arange(1, len(keys) + 1) + self.residents.rows
        return frame, row_of

    def _count(self, name: str, values: pl.Series, usual: str) -> None:
        self.counts.update(f"{name}: {value}" for value in values.filter(values != usual))

    def _note(  # noqa: PLR0917 (one call a district)
        self,
        pinfl: pl.Series,
        row_of: Ints,
        people: int,
        twice: doubles.Doubles,
        alike: doubles.Lookalikes,
        noted: list[tuple[int, str]],
    ) -> None:
        self.counts.update(f"duplicates: {doubles.KINDS[kind]}" for kind in twice.kind.tolist())
        self.counts.update(f"lookalikes: {doubles.LOOKALIKES[kind]}" for kind in alike.kind.tolist())
        self.counts.update(f"errors: {kind}" for _, kind in noted)
        self.duplicates.add(doubles.pairs_of_doubles(twice, people, row_of, pinfl))
        self.lookalikes.add(doubles.pairs_of_lookalikes(alike, row_of, pinfl))
        self.errors.add((int(row_of[place]), kind, pinfl[place]) for place, kind in noted)

    def _rule(self, draws: Draws, district: places.District, dwellings: Dwellings, people: int) -> None:
        """The rules of a district, and how many people they bring to each precinct."""
        precincts = (
            own_precincts(district, people)
            if self.package is None
            else self.package.districts[district.soato]
        )
        rules, voters = assign(draws, district, dwellings, precincts)
        self.rules.add(map(astuple, rules))
        self.precincts.add(
            (one.code, one.district, int(count)) for one, count in zip(precincts, voters, strict=True)
        )

    def close(self) -> dict[str, object]:
        """Everything is whole."""
        for table in (self.rules, self.precincts, self.errors, self.duplicates, self.lookalikes):
            table.close()
        summary: dict[str, object] = {
            "simulated": True,
            "count": self.wishes.count,
            "seed": self.wishes.seed,
            "day": self.day.isoformat(),
            "mahallas": "real names" if self.wishes.mahallas else "numbered",
            "rows": self.residents.rows,
            "addresses": self.addresses.rows,
            "rules": self.rules.rows,
            "precincts": self.precincts.rows,
            "precincts_left_out": self.package.left_out if self.package else 0,
            "precincts_left_out_because": "abroad, military units, hospitals, detention: voters by lists of their own",
            "next_document": self.papers,
            "counts": dict(sorted(self.counts.items())),
        }
        write_whole(
            self.wishes.out / "truth" / "summary.json", json.dumps(summary, indent=1).encode() + b"\n"
        )
        self.addresses.close()
        self.residents.close()
        return summary


def _free(draws: Draws, people: int, pairs: doubles.Lookalikes) -> Ints:
    """Everybody who is in no pair, in random order."""
    used = np.zeros(people, dtype=np.bool_)
    used[pairs.first] = used[pairs.second] = True
    order = np.argsort(draws.bits("free", people), kind="stable")
    return order[~used[order]]


def _in_order(frame: pl.DataFrame, row_of: Ints) -> pl.DataFrame:
    if (np.diff(row_of) > 0).all():
        return frame
    return frame[np.argsort(row_of).astype(np.uint32)]
