"""A simulated election of the Legislative Chamber in the shape of 27.10.2024, as an election package.

Which figures are official and which are invented stands in README.md beside this file.
"""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from esaylov.demo import land, official, people, protocols, voting
from esaylov.demo.protocols import LINES, LIST, Filed
from esaylov.demo.tables import EDITION, FIELDS, ROWS, Made, Row, resource
from esaylov.law.editions import uz_edition_toml

SEED = 20241027
ELECTION = "uz-lc-2024-demo"

_TITLES = {
    "uz": "Qonunchilik palatasi saylovi, 27.10.2024 — SIMULYATSIYA",
    "uz_cyrl": "Қонунчилик палатаси сайлови, 27.10.2024 — СИМУЛЯЦИЯ",
    "kaa": "Nızamshılıq palatası saylawı, 27.10.2024 — SIMULYACIYA",
    "ru": "Выборы в Законодательную палату, 27.10.2024 — СИМУЛЯЦИЯ",
    "en": "Election of the Legislative Chamber, 27.10.2024 — SIMULATED",
}
_ABOUT = (
    "A simulation, not a leak: national totals, regional turnout at 17:00 and the names and codes of places "
    "are real. Parties, candidates, constituencies and every figure below the level of a region are invented."
)


@dataclass(frozen=True, slots=True)
class Summary:
    """What was written: counts, and sums over the protocols of the list contest that count.

    `list_votes` and `direct_seats` (contests won) follow the order of `official.PARTIES`; `voters` are
    those of all precincts, the annulled one included.
    """

    precincts: int
    protocols: int
    voters: int
    participants: int
    list_votes: tuple[int, ...]
    direct_seats: tuple[int, ...]
    annulled_precinct: str


def write_package(folder: Path, seed: int = SEED) -> Summary:
    """Write the package into a folder, which is made if need be; files of the same names are replaced.

    The same seed gives the same bytes on every machine. Raises OSError when the folder cannot be written.
    """
    made = simulate(seed)
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in ROWS.items():
        _write_table(folder / f"{name}.csv", tuple(FIELDS[name]), rows(made))
    (folder / "edition.toml").write_bytes(uz_edition_toml(EDITION))
    text = json.dumps(_datapackage(), ensure_ascii=False, indent=1)
    (folder / "datapackage.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    return summary(made)


def simulate(seed: int = SEED) -> Made:
    """The whole election in memory."""
    stations = voting.stations(seed)
    filed = protocols.filed(seed, stations)
    return Made(
        stations,
        people.candidates(seed, land.constituencies()),
        filed,
        protocols.decisions(seed, filed),
    )


def _write_table(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def _datapackage() -> dict[str, Any]:
    return {
        "profile": "tabular-data-package",
        "name": ELECTION,
        "title": _TITLES["en"],
        "description": _ABOUT,
        "election": {
            "date": official.DAY.isoformat(),
            "country": "UZ",
            "timezone": "Asia/Tashkent",
            "edition": "edition.toml",
            "simulated": True,
            "title": _TITLES,
            "events": {"announcement": official.ANNOUNCED.isoformat()},
        },
        "resources": [resource(name) for name in ROWS],
    }


def summary(made: Made) -> Summary:
    """Counts and sums of a simulation."""
    counting = [one for one in made.protocols if not one.station.annulled]
    lists = [one for one in counting if one.contest == LIST]
    (annulled,) = [one.id for one in made.stations if one.annulled]
    return Summary(
        precincts=len(made.stations),
        protocols=len(made.protocols),
        voters=sum(one.voters for one in made.stations),
        participants=sum(one.lines[LINES.index("ballots_in_boxes")] for one in lists),
        list_votes=_sums(lists),
        direct_seats=_won(one for one in counting if one.contest != LIST),
        annulled_precinct=annulled,
    )


def _sums(filed: Sequence[Filed]) -> tuple[int, ...]:
    return tuple(map(sum, zip(*(one.votes for one in filed), strict=True)))


def _won(filed: Iterable[Filed]) -> tuple[int, ...]:
    groups: dict[str, list[Filed]] = defaultdict(list)
    for one in filed:
        groups[one.contest].append(one)
    wins: Counter[int] = Counter()
    for group in groups.values():
        sums = _sums(group)
        wins[sums.index(max(sums))] += 1
    return tuple(wins[party] for party in range(len(official.PARTIES)))
