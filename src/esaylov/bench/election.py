"""A made-up election under the Uzbek edition for measurements: as many precincts as one likes, and valid
protocols.

Election day is yesterday in Tashkent, so that counting is open and results may be seen: nothing is left out
of the way of a protocol.
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from esaylov.law.editions import uz_edition_toml

NAME = "bench"
ZONE = "Asia/Tashkent"
REGIONS, DISTRICTS, CONSTITUENCIES = 14, 10, 75
LISTS, CANDIDATES = 5, 4
VOTERS = 1_800
LINES = (
    "voters_on_list", "ballots_received", "ballots_issued", "early", "ballots_in_boxes", "unused_and_spoiled",
    "spoiled", "invalid",
)  # fmt: skip


def election_day() -> date:
    """Yesterday in Tashkent."""
    return (datetime.now(UTC).astimezone(ZoneInfo(ZONE)) - timedelta(days=1)).date()


def constituency(precinct: int) -> int:
    """Number of a precinct's constituency."""
    return precinct % CONSTITUENCIES


def write_package(folder: Path, precincts: int) -> Path:
    """Writes the election package (without protocols) into a new folder and returns it."""
    folder.mkdir(parents=True)
    for name, rows in _tables(precincts).items():
        (folder / f"{name}.csv").write_text("".join(f"{row}\n" for row in rows))
    (folder / "edition.toml").write_bytes(uz_edition_toml())
    description: dict[str, Any] = {
        "name": NAME,
        "title": "Bench",
        "election": {
            "date": election_day().isoformat(), "timezone": ZONE, "edition": "edition.toml", "simulated": True,
            "title": {"en": "Bench"},
        },
        "resources": [{"name": name, "path": f"{name}.csv"} for name in _tables(0)],
    }  # fmt: skip
    (folder / "datapackage.json").write_text(json.dumps(description))
    return folder


def _tables(precincts: int) -> dict[str, list[str]]:
    edition = "uz-lc-2024"
    districts = [f"r{r}d{d}" for r in range(REGIONS) for d in range(DISTRICTS)]
    return {
        "territories": [
            "id,parent,kind,name_en",
            "uz,,country,Country",
            *(f"r{r},uz,region,Region {r}" for r in range(REGIONS)),
            *(f"{d},{d.split('d')[0]},district,District {d}" for d in districts),
            *(f"c{c},uz,constituency,Constituency {c}" for c in range(CONSTITUENCIES)),
        ],
        "contests": [
            "id,kind,territory,seats,edition,title_en",
            f"list,list,uz,75,{edition},Lists",
            *(f"c{c},single-member,c{c},1,{edition},Constituency {c}" for c in range(CONSTITUENCIES)),
        ],
        "options": [
            "id,contest,kind,name_en,ballot_order",
            *(f"list-{i},list,party-list,List {i},{i}" for i in range(1, LISTS + 1)),
            *(
                f"candidate-{i},c{c},candidate,Candidate {i},{i}"
                for c in range(CONSTITUENCIES)
                for i in range(1, CANDIDATES + 1)
            ),
        ],
        "precincts": [
            "id,territory,constituency,number,voters",
            *(
                f"p{p},{districts[p % len(districts)]},c{constituency(p)},{p + 1},{VOTERS}"
                for p in range(precincts)
            ),
        ],
        "protocols": [f"precinct,contest,{','.join(LINES)}"],
        "votes": ["precinct,contest,option,votes"],
    }


def protocols(precincts: int) -> Iterator[dict[str, Any]]:
    """Two valid protocols for each precinct, as the API takes them."""
    for p in range(precincts):
        lists = {f"list-{i}": 100 + (p * 7 + i * 31) % 97 for i in range(1, LISTS + 1)}
        yield {"precinct": f"p{p}", "contest": "list", "lines": _lines(lists), "votes": lists}
        candidates = {f"candidate-{i}": 100 + (p * 5 + i * 43) % 91 for i in range(1, CANDIDATES + 1)}
        contest = f"c{constituency(p)}"
        yield {"precinct": f"p{p}", "contest": contest, "lines": _lines(candidates), "votes": candidates}


def _lines(votes: dict[str, int]) -> dict[str, int]:
    invalid = 11
    taken = sum(votes.values()) + invalid
    return dict(zip(LINES, (VOTERS, VOTERS, taken, 20, taken, VOTERS - taken, 2, invalid), strict=True))
