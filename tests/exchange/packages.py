"""A tiny election package that is valid, and every way to break it.

Two regions, two constituencies, five precincts; a list contest, two single-member contests and a question.
Each table is a text of its own, so that a test replaces one of them and leaves the rest whole.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

EDITION = """\
id = "tiny-1"
title = {en = "Tiny law", uz = "Kichik qonun"}

[protocol]
lines = ["voters_on_list", "ballots_received", "ballots_issued", "early", "ballots_in_boxes",
"unused_and_spoiled", "invalid"]

[protocol.common]
voters_on_list = ["voters_on_list"]
ballots_received = ["ballots_received"]
ballots_issued = ["ballots_issued"]
early = ["early"]
ballots_in_boxes = ["ballots_in_boxes"]
unused_and_spoiled = ["unused_and_spoiled"]
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

[contests.referendum]
method = "question"
majority = 0.5
"""

TERRITORIES = """\
id,parent,kind,name_uz,name_en
uz,,country,Mamlakat,Country
n,uz,region,Shimol,"North, the"
s,uz,region,Janub,South
c1,uz,constituency,1-okrug,District 1
c2,uz,constituency,2-okrug,District 2
"""

CONTESTS = """\
id,kind,territory,seats,edition,title_en
list,list,uz,3,tiny-1,Party lists
d1,single-member,c1,1,tiny-1,District 1
d2,single-member,c2,1,tiny-1,District 2
q,referendum,uz,,tiny-1,The question
"""

OPTIONS = """\
id,contest,kind,name_en,ballot_order,gender,birth_date
green,list,party-list,Green,2,,
amber,list,party-list,Amber,1,,
ada,d1,candidate,Ada,1,f,1980-02-29
bob,d1,candidate,Bob,2,m,
ada,d2,candidate,Ada too,1,,
cyd,d2,candidate,Cyd,2,,
yes,q,yes,Yes,1,,
no,q,no,No,2,,
"""

PRECINCTS = """\
id,territory,constituency,number,voters,address,latitude,longitude,public
p1,n,c1,1,100,"School ""5"", hall",41.30,69.24,true
p2,n,c1,2,200,,,,
p3,s,c2,3,300,,,,false
p4,s,c2,4,400,,,,
p5,s,,,50,Embassy,-12.5,-7,
"""

# precinct -> contest -> votes in canonical order: list amber green; d1 ada bob; d2 ada cyd; q yes no
VOTES = {
    "p1": {"list": (30, 40), "d1": (35, 35), "q": (60, 10)},
    "p2": {"list": (50, 60), "d1": (40, 70), "q": (55, 55)},
    "p3": {"list": (10, 20), "d2": (15, 15), "q": (12, 18)},
    "p4": {"list": (100, 90), "d2": (91, 99), "q": (95, 95)},
    "p5": {"list": (7, 8), "q": (9, 6)},
}
VOTERS = {"p1": 100, "p2": 200, "p3": 300, "p4": 400, "p5": 50}
OPTION_IDS = {"list": ("amber", "green"), "d1": ("ada", "bob"), "d2": ("ada", "cyd"), "q": ("yes", "no")}
LINES = (
    "voters_on_list",
    "ballots_received",
    "ballots_issued",
    "early",
    "ballots_in_boxes",
    "unused_and_spoiled",
    "invalid",
)

TURNOUT = """\
precinct,at,voters
p1,2026-10-25T10:00:00+05:00,20
p1,2026-10-25T12:00:00+05:00,40
p2,2026-10-25T10:00:00+05:00,30
"""

DECISIONS = """\
kind,number,at,precinct,contest,outcome
annulment,12,2026-10-26T09:00:00+05:00,p3,d2,
lot,13,2026-10-26T10:00:00+05:00,,d1,bob
"""


def lines_of(precinct: str, contest: str) -> tuple[int, ...]:
    """Lines of a protocol for which every control relation holds (two invalid ballots)."""
    taken = sum(VOTES[precinct][contest]) + 2
    voters = VOTERS[precinct]
    return voters, voters + 10, taken, 1, taken, voters + 10 - taken, 2


def protocols_text() -> str:
    """The table of protocols."""
    return "".join(
        f"{row}\n"
        for row in (f"precinct,contest,{','.join(LINES)},submitted_at,state,version", *_protocols())
    )


def _protocols() -> Iterator[str]:
    for precinct, contests in VOTES.items():
        for contest in contests:
            figures = ",".join(map(str, lines_of(precinct, contest)))
            yield f"{precinct},{contest},{figures},2026-10-25T21:3{precinct[1]}:00+05:00,received,1"


def votes_text() -> str:
    """The table of votes, in an order of its own: last precinct first."""
    rows = ["precinct,contest,option,votes\n"]
    for precinct in reversed(VOTES):
        for contest, votes in VOTES[precinct].items():
            for option, count in zip(OPTION_IDS[contest], votes, strict=True):
                rows.append(f"{precinct},{contest},{option},{count}\n")
    return "".join(rows)


def tables() -> dict[str, str]:
    """The text of every table of the valid package."""
    return {
        "territories": TERRITORIES,
        "contests": CONTESTS,
        "options": OPTIONS,
        "precincts": PRECINCTS,
        "protocols": protocols_text(),
        "votes": votes_text(),
    }


def description(names: Collection[str], packed: Collection[str]) -> dict[str, Any]:
    """datapackage.json of these tables."""
    return {
        "name": "tiny",
        "title": "A tiny election",
        "election": {
            "date": "2026-10-25",
            "timezone": "Asia/Tashkent",
            "edition": "edition.toml",
            "simulated": True,
            "title": {"uz": "Kichik saylov", "en": "A tiny election"},
        },
        "resources": [
            {"name": name, "path": f"{name}.csv.gz" if name in packed else f"{name}.csv"} for name in names
        ],
    }


def build_package(
    path: Path,
    *,
    edition: str | bytes | None = EDITION,
    describe: Callable[[dict[str, Any]], object] | None = None,
    packed: Collection[str] = ("votes",),
    **changes: str | bytes | None,
) -> Path:
    """Write the tiny package into a new folder and hand back the folder.

    A keyword with the name of a table replaces its text (bytes are written as they are, even when the table
    is packed); None leaves the file out although datapackage.json lists it. `describe` changes
    datapackage.json in place.
    """
    path.mkdir(parents=True)
    texts: dict[str, str | bytes | None] = {**tables(), **changes}
    document = description(texts, packed)
    if describe is not None:
        describe(document)
    (path / "datapackage.json").write_text(json.dumps(document), "utf-8")
    if edition is not None:
        (path / "edition.toml").write_bytes(edition if isinstance(edition, bytes) else edition.encode())
    for name, text in texts.items():
        if text is None:
            continue
        data = text
        if isinstance(text, str):
            data = gzip.compress(text.encode(), mtime=0) if name in packed else text.encode()
        assert isinstance(data, bytes)
        (path / (f"{name}.csv.gz" if name in packed else f"{name}.csv")).write_bytes(data)
    return path
