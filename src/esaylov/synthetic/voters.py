"""`esaylov synth voters`: a country of invented voters, as the registers would hand it over, with the truth kept aside."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import astuple, dataclass
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path

from esaylov.synthetic import places, render
from esaylov.synthetic.draws import Draws
from esaylov.synthetic.dwellings import first_of_house, make_dwellings
from esaylov.synthetic.extracts import FORMATS, ExtractWriter, Table, empty_folder, write_whole
from esaylov.synthetic.people import counts_of_districts, documents, make_people, pinfls
from esaylov.synthetic.rules import Precinct, assign, own_precincts

DAY = date(2024, 10, 27)
"""Election day unless a package says another, that of the demonstration: people are 18 on it."""
TASHKENT = timezone(timedelta(hours=5))
MOST = 40_000_000


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for."""

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

    Raises ValueError for wishes that cannot be fulfilled and FileExistsError when the folder is not empty.
    """
    wishes.check()
    country = places.districts(wishes.seed, wishes.mahallas)
    empty_folder(wishes.out)
    making = _Making(wishes, country)
    for district, people in zip(country, making.people, strict=True):
        making.district(district, int(people))
        if progress:
            progress("districts", district.place + 1, len(country))
    return making.close()


class _Making:
    """The open files of a country that is being written, and what is counted on the way."""

    def __init__(self, wishes: Wishes, country: list[places.District]) -> None:
        self.wishes = wishes
        self.day = wishes.day or DAY
        as_of = datetime.combine(self.day - timedelta(days=60), time(0), TASHKENT)
        out, form = wishes.out, wishes.form
        for folder in ("residence", "addresses", "truth"):
            (out / folder).mkdir()
        self.residents = ExtractWriter(out / "residence", "residents", form, "residence", as_of)
        self.addresses = ExtractWriter(out / "addresses", "addresses", form, "address", as_of)
        self.rules = Table(out / "rules.csv", ("precinct", "mahalla", "street", "first", "last", "parity"))
        self.precincts = Table(out / "precincts.csv", ("precinct", "district", "voters"))
        mahallas = Table(out / "addresses" / "mahallas.csv", places.COLUMNS)
        mahallas.add(astuple(mahalla) for district in country for mahalla in district.mahallas)
        mahallas.close()
        self.people = counts_of_districts([district.weight for district in country], wishes.count)
        self.papers = 0

    def district(self, district: places.District, people: int) -> None:
        """One district's residents, addresses and rules."""
        if not people:
            return
        draws = Draws(self.wishes.seed, district.soato)
        dwellings = make_dwellings(draws, district, people)
        crowd = make_people(draws, district, dwellings, self.day)
        numbers = pinfls(district.place, crowd.sex, crowd.birth, self.wishes.seed)
        papers = documents(self.papers, len(crowd), self.wishes.seed)
        self.papers += len(crowd)
        rows = render.resident_rows(draws, district, dwellings, crowd, numbers, papers, len(crowd))
        self.residents.add(rows)
        self.addresses.add(render.address_rows(draws, district, dwellings, first_of_house(dwellings)))
        precincts = self._precincts(district, people)
        rules, voters, _ = assign(draws, district, dwellings, precincts)
        self.rules.add(map(astuple, rules))
        self.precincts.add(
            (one.code, one.district, int(count)) for one, count in zip(precincts, voters, strict=True)
        )

    def _precincts(self, district: places.District, people: int) -> list[Precinct]:
        return own_precincts(district, people)

    def close(self) -> dict[str, object]:
        """Everything is whole."""
        self.rules.close()
        self.precincts.close()
        summary: dict[str, object] = {
            "simulated": True,
            "count": self.wishes.count,
            "seed": self.wishes.seed,
            "day": self.day.isoformat(),
            "rows": self.residents.rows,
            "addresses": self.addresses.rows,
            "rules": self.rules.rows,
            "precincts": self.precincts.rows,
            "next_document": self.papers,
        }
        write_whole(
            self.wishes.out / "truth" / "summary.json", json.dumps(summary, indent=1).encode() + b"\n"
        )
        self.addresses.close()
        self.residents.close()
        return summary
