"""The election behind the small published folder of the tests: law, territories, precincts, figures."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Sequence

ELECTION = "test-2026"
EDITION = "test-law"
ORIGIN = "log.test.invalid"
SEED = bytes(range(32))
RELEASE = "2026-10-25T20:00:00+05:00"
LINES = ("voters_on_list", "ballots_received", "inside", "outside", "unused", "in_boxes", "invalid", "valid")

Row = Sequence[object]
Place = tuple[str, str]

EDITION_TOML = b"""\
id = "test-law"
title = {en = "A law for tests"}

[protocol]
lines = ["voters_on_list", "ballots_received", "inside", "outside", "unused", "in_boxes", "invalid", "valid"]

[protocol.common]
voters_on_list = ["voters_on_list"]
ballots_received = ["ballots_received"]
ballots_issued = ["inside", "outside"]
ballots_in_boxes = ["in_boxes"]
unused_and_spoiled = ["unused"]
invalid = ["invalid"]

[[protocol.relations]]
code = "R01"
left = ["ballots_received"]
op = "="
right = ["inside", "outside", "unused"]
severity = "error"
text = {en = "Ballots received are issued or unused"}

[[protocol.relations]]
code = "R02"
left = ["in_boxes"]
op = "<="
right = ["inside", "outside"]
severity = "warning"
text = {en = "Not more ballots in the boxes than issued"}

[[protocol.relations]]
code = "R03"
left = ["in_boxes"]
op = "="
right = ["invalid", "valid"]
severity = "error"
text = {en = "Ballots in the boxes are valid or invalid"}

[[protocol.relations]]
code = "R04"
left = ["valid"]
op = "="
right = ["votes"]
severity = "error"
unless = ["R03"]
text = {en = "Valid ballots are the votes"}

[[protocol.relations]]
code = "R05"
left = ["outside"]
op = "<="
right = ["inside"]
right_factor = 0.5
severity = "warning"
text = {en = "Few vote outside"}

[contests.list]
method = "hare-largest-remainder"
threshold = 0.07
threshold_base = "participants"
turnout = 0.33
annulled_voters = "stay"

[contests.single-member]
method = "plurality"
turnout = 0.33

[release]
time = "20:00"
timezone = "Asia/Tashkent"

[calendar]
timezone = "Asia/Tashkent"

[[calendar.steps]]
code = "appeals"
title = {en = "Appeals"}
closes = {after = 5}
"""

TERRITORIES = (
    ("uz", "", "country", "Testland"),
    ("r1", "uz", "region", "Region One"),
    ("r2", "uz", "region", "Region Two"),
    ("d1", "r1", "district", 'District "One", north'),
    ("d2", "r1", "district", "District Two"),
    ("d3", "r2", "district", "District Three"),
    ("m1", "d1", "mahalla", "Mahalla, the first"),
    ("c1", "uz", "constituency", "Constituency 1"),
    ("c2", "uz", "constituency", "Constituency 2"),
)
CONTESTS = (
    ("list", "list", "uz", 5, EDITION, "Lists"),
    ("sm-1", "single-member", "c1", 1, EDITION, "Member for 1"),
    ("sm-2", "single-member", "c2", 1, EDITION, "Member for 2"),
)
OPTIONS = (
    ("alpha", "list", "party-list", 'Party "Alpha", united', 1),
    ("beta", "list", "party-list", "Party Beta", 2),
    ("gamma", "list", "party-list", "Party Gamma", 3),
    ("ann", "sm-1", "candidate", "Ann", 1),
    ("bob", "sm-1", "candidate", "Bob", 2),
    ("eve", "sm-2", "candidate", "Eve", 1),
    ("dan", "sm-2", "candidate", "Dan", 2),
    ("none", "sm-2", "none-of-the-above", "Against all", 3),
)
PRECINCTS = tuple(
    (f"p{n:02}", territory, constituency, str(n), 0 if n == 6 else 100 + 10 * n)
    for n, (territory, constituency) in enumerate(
        [("d1", "c1")] * 4 + [("d2", "c1")] * 2 + [("d2", "c2")] * 2 + [("d3", "c2")] * 3 + [("r2", "")],
        start=1,
    )
)
PRECINCT_TERRITORIES = (("p01", "m1"), ("p02", "m1"))
WEIGHTS = {"list": (5, 3, 2), "sm-1": (6, 4), "sm-2": (3, 5, 2)}


def canonical(value: object) -> bytes:
    """RFC 8785 for what the fixture holds: ASCII names, no fractions."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def csv_bytes(head: Row, rows: Iterable[Row]) -> bytes:
    """A CSV table of docs/formats.md, section 6."""
    return "".join(",".join(map(_field, row)) + "\n" for row in (head, *rows)).encode()


def _field(value: object) -> str:
    text = "" if value is None else str(value)
    return '"' + text.replace('"', '""') + '"' if any(char in text for char in ',"\n\r') else text


def gz(data: bytes) -> bytes:
    """One gzip member without time and name."""
    return gzip.compress(data, mtime=0)


def options_of(contest: str) -> list[str]:
    """Ids of a contest's options in the order of options.csv."""
    return [option[0] for option in OPTIONS if option[1] == contest]


def territories_of(precinct: str) -> set[str]:
    """All territories that a precinct lies in."""
    parents = {row[0]: row[1] for row in TERRITORIES}
    starts = [t for p in PRECINCTS if p[0] == precinct for t in p[1:3] if t]
    starts += [t for p, t in PRECINCT_TERRITORIES if p == precinct]
    found: set[str] = set()
    for start in starts:
        territory = start
        while territory:
            found.add(territory)
            territory = parents[territory]
    return found


def roster() -> list[Place]:
    """Every place: precincts in their order, for each its contests."""
    return [(p[0], c[0]) for p in PRECINCTS for c in CONTESTS if c[2] in territories_of(p[0])]


def failed(lines: Sequence[int], votes: Sequence[int]) -> list[str]:
    """Codes of the relations above that do not hold."""
    _, received, inside, outside, unused, boxes, invalid, valid = lines
    broken = {
        "R01": received != inside + outside + unused,
        "R02": boxes > inside + outside,
        "R03": boxes != invalid + valid,
        "R04": valid != sum(votes) and boxes == invalid + valid,
        "R05": 2 * outside > inside,
    }
    return sorted(code for code, is_broken in broken.items() if is_broken)


def figures(precinct: str, contest: str) -> tuple[list[int], list[int]]:
    """Lines and votes of a place that hold together: two thirds vote, one in forty of them invalid."""
    voters = next(p[4] for p in PRECINCTS if p[0] == precinct)
    issued = voters * 2 // 3
    outside, invalid = issued // 10, issued // 40
    valid = issued - invalid
    weights = WEIGHTS[contest]
    votes = [valid * weight // 10 for weight in weights]
    votes[0] += valid - sum(votes)
    return [voters, voters, issued - outside, outside, voters - issued, issued, invalid, valid], votes
