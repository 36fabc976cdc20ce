"""An election for the tests of the door: two regions, four districts, two constituencies, eight precincts;
a list contest, two single-member ones, and a council of the northern region.
"""

from __future__ import annotations

import contextlib
import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client, override_settings

from esaylov.acts.bulk import journal_ids
from esaylov.acts.powers import GRAVE, Actor
from esaylov.acts.sequencer import Sequencer
from esaylov.elections.queries import forget
from esaylov.exchange.package import Package, open_package
from esaylov.operations.loading import call_election, write_tokens
from esaylov.registry.queries import actors

LINES = (
    "voters_on_list",
    "ballots_received",
    "ballots_issued",
    "early",
    "ballots_in_boxes",
    "unused",
    "invalid",
)

EDITION = """\
id = "door-law"
title = {en = "A law for tests of the door"}

[protocol]
lines = ["voters_on_list", "ballots_received", "ballots_issued", "early", "ballots_in_boxes", "unused",
"invalid"]

[protocol.common]
voters_on_list = ["voters_on_list"]
ballots_received = ["ballots_received"]
ballots_issued = ["ballots_issued"]
early = ["early"]
ballots_in_boxes = ["ballots_in_boxes"]
unused_and_spoiled = ["unused"]
invalid = ["invalid"]

[[protocol.relations]]
code = "T01"
left = ["ballots_in_boxes"]
op = "="
right = ["votes", "invalid"]
severity = "error"
text = {en = "Ballots in the boxes are votes or invalid"}

[[protocol.relations]]
code = "T02"
left = ["ballots_issued"]
op = "<="
right = ["voters_on_list"]
severity = "warning"
text = {en = "Not more ballots are issued than voters are listed"}

[contests.list]
method = "hare-largest-remainder"
threshold = 0.07
threshold_base = "participants"

[contests.single-member]
method = "plurality"

[contests.council]
method = "plurality"
"""

RELEASE = """
[release]
time = "20:00"
day = 0
timezone = "Asia/Tashkent"
"""

CALENDAR = """
[calendar]
day_count = "full-days-left"
timezone = "Asia/Tashkent"

[[calendar.steps]]
code = "turnout"
title = {en = "Turnout"}
opens = {day = 0, time = "08:00"}
closes = {day = 0, time = "20:00"}
article = "51"

[[calendar.steps]]
code = "counting"
title = {en = "Counting"}
opens = {day = 0, time = "20:00"}
closes = {after = 10}
article = "58, 94"

[[calendar.steps]]
code = "acceptance"
title = {en = "Acceptance"}
opens = {day = 0, time = "20:00"}
closes = {after = 20}
article = "95"
"""

# A step that no act of these tests needs.
REPORTS = """
[calendar]
timezone = "Asia/Tashkent"

[[calendar.steps]]
code = "reports"
title = {en = "Reports"}
closes = {after = 10}
"""

TERRITORIES = """\
id,parent,kind,name_en
uz,,country,Country
n,uz,region,North
s,uz,region,South
n1,n,district,North one
n2,n,district,North two
s1,s,district,South one
s2,s,district,South two
c1,uz,constituency,Constituency one
c2,uz,constituency,Constituency two
"""
CONTESTS = """\
id,kind,territory,seats,edition,title_en
list,list,uz,10,door-law,Lists
d1,single-member,c1,1,door-law,District one
d2,single-member,c2,1,door-law,District two
k,council,n,1,door-law,Council of the North
"""
OPTIONS = """\
id,contest,kind,name_en,ballot_order
green,list,party-list,Green,1
amber,list,party-list,Amber,2
blue,list,party-list,Blue,3
ada,d1,candidate,Ada,1
bob,d1,candidate,Bob,2
cyd,d2,candidate,Cyd,1
dan,d2,candidate,Dan,2
eve,k,candidate,Eve,1
fay,k,candidate,Fay,2
"""
DISTRICTS = {"n1": "c1", "n2": "c1", "s1": "c2", "s2": "c2"}
OPTION_IDS = {
    "list": ("green", "amber", "blue"), "d1": ("ada", "bob"), "d2": ("cyd", "dan"), "k": ("eve", "fay")
}  # fmt: skip
DAY = "2026-10-25"
EVENING = datetime.fromisoformat(f"{DAY}T20:30:00+05:00")
AFTERNOON = datetime.fromisoformat(f"{DAY}T15:00:00+05:00")


def precinct_ids(each: int = 2) -> list[str]:
    """Ids of the precincts: `n1-1`, `n1-2`, … (`each` in a district)."""
    return [f"{district}-{number}" for district in DISTRICTS for number in range(1, each + 1)]


def write_package(
    folder: Path, *, name: str = "door", edition: str = EDITION, each: int = 2, mode: str = "simulated"
) -> Path:
    """Writes the package without protocols; `each`: precincts in each of the four districts; `mode`: `simulated`, `pilot` or
    `official`."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        f"{precinct},{precinct.split('-')[0]},{DISTRICTS[precinct.split('-')[0]]},{number},1000\n"
        for number, precinct in enumerate(precinct_ids(each), 1)
    ]
    tables = {
        "territories": TERRITORIES,
        "contests": CONTESTS,
        "options": OPTIONS,
        "precincts": "id,territory,constituency,number,voters\n" + "".join(rows),
        "protocols": f"precinct,contest,{','.join(LINES)}\n",
        "votes": "precinct,contest,option,votes\n",
    }
    for table, text in tables.items():
        (folder / f"{table}.csv").write_text(text)
    (folder / "edition.toml").write_text(edition)
    description = {
        "name": name,
        "title": "Door",
        "election": {
            "date": DAY, "timezone": "Asia/Tashkent", "edition": "edition.toml",
            "title": {"en": "Door"}, **({mode: True} if mode != "official" else {}),
        },
        "resources": [{"name": table, "path": f"{table}.csv"} for table in tables],
    }  # fmt: skip
    (folder / "datapackage.json").write_text(json.dumps(description))
    return folder


def read_package(folder: Path) -> Package:
    """The package, or an error that lists its problems."""
    package = open_package(folder)
    assert isinstance(package, Package), package
    return package


def figures(contest: str, *, seed: int = 0, broken: bool = False) -> tuple[list[int], list[int]]:
    """Lines and votes of a protocol, different for every seed; `broken`: the error T01."""
    votes = [100 + seed + 7 * place for place in range(len(OPTION_IDS[contest]))]
    taken = sum(votes) + 3
    return [20_000, 20_010, taken, 1, taken + (1 if broken else 0), 20_010 - taken, 3], votes


def form(precinct: str, contest: str = "list", **changes: Any) -> dict[str, Any]:
    """The body of a protocol as the API takes it; `seed` and `broken` as in `figures`, the rest replaces
    members.
    """
    shape = {name: changes.pop(name) for name in ("seed", "broken") if name in changes}
    lines, votes = figures(contest, **shape)
    return {
        "precinct": precinct,
        "contest": contest,
        "lines": dict(zip(LINES, lines, strict=True)),
        "votes": dict(zip(OPTION_IDS[contest], votes, strict=True)),
    } | changes


@dataclass
class World:
    """A called election with its commissions' tokens, and a client of the API."""

    election: str
    tokens: dict[str, str]
    data: Path
    client: Client = field(default_factory=Client)

    @property
    def actors(self) -> dict[str, Actor]:
        """Commissions by code."""
        return actors(self.election)

    def post(self, path: str, body: Any, by: str | None, key: str | None = None, **headers: str) -> Any:
        """POST to an operation of the election; `by`: code of the commission (None: without a token)."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        if by is not None:
            headers["Authorization"] = f"Bearer {self.tokens.get(by, by)}"
        if key is not None:
            headers["Idempotency-Key"] = key
        return self.client.post(
            f"/api/elections/{self.election}/{path}",
            content,
            content_type="application/json",
            headers=headers,
        )

    def submit(self, precinct: str, contest: str = "list", *, key: str | None = None, **changes: Any) -> Any:
        """POST a protocol of a precinct's own commission."""
        return self.post("protocols", form(precinct, contest, **changes), f"pec:{precinct}", key)

    def sequence(self) -> None:
        """Runs the sequencer once."""
        sequencer = Sequencer(head_every=0.0)
        sequencer.run_once()


def count(table: str, where: str = "true") -> int:
    """Number of rows of a table."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {where}")
        return int(cursor.fetchone()[0])


@contextlib.contextmanager
def world(
    folder: Path,
    *,
    edition: str = EDITION,
    start: datetime | None = None,
    name: str = "door",
    each: int = 2,
    mode: str = "simulated",
) -> Iterator[World]:
    """A called election in the database at hand, with a data folder of its own; `start`: its set clock."""
    data = folder / "data"
    data.mkdir(exist_ok=True)
    forget()
    journal_ids.forget()
    with override_settings(ESAYLOV_DATA=data):
        package = read_package(
            write_package(folder / f"package-{name}", name=name, edition=edition, each=each, mode=mode)
        )
        call_election(package, replay=False, start=start)
        with write_tokens(name, GRAVE).open(newline="") as file:
            tokens = {row["commission"]: row["token"] for row in csv.DictReader(file)}
        try:
            yield World(name, tokens, data)
        finally:
            forget()
            journal_ids.forget()
