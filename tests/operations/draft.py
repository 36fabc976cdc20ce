"""Election packages for tests, drawn up row by row."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
id = "draft-law"
title = {en = "A law for tests of whole elections"}

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
method = "dhondt"

[contests.president]
method = "majority"
majority = 0.5
majority_base = "participants"
run_off = {candidates = 2}

[contests.referendum]
method = "question"
majority = 0.5
"""
RELEASE = """
[release]
time = "20:00"
timezone = "Asia/Tashkent"
"""
DAY = "2026-10-25"
LATER = "2026-10-26"


def at(clock: str, day: str = DAY) -> str:
    """A time of the election's zone: `at("21:30")`."""
    return f"{day}T{clock}:00+05:00"


def lines(votes: Sequence[int], *, voters: int = 1000, invalid: int = 2, error: int = 0) -> list[int]:
    """Lines of a form for which every relation holds; `error` more ballots lie in the boxes than were counted."""
    taken = sum(votes) + invalid
    received = max(voters, taken) + 10
    return [voters, received, taken, 0, taken + error, received - taken, invalid]


@dataclass
class Draft:
    """An election package; methods add rows, `write` makes the folder."""

    name: str = "draft"
    edition: str = EDITION
    date: str = DAY
    simulated: bool = True
    titles: dict[str, str] = field(default_factory=lambda: {"en": "A draft", "uz": "Qoralama"})
    territories: list[tuple[str, str, str, str]] = field(default_factory=list)
    contests: list[tuple[str, str, str, int, str]] = field(default_factory=list)
    options: list[tuple[str, str, str, str, int]] = field(default_factory=list)
    precincts: list[tuple[str, str, str, str, int]] = field(default_factory=list)
    further: list[tuple[str, str]] = field(default_factory=list)
    zones: dict[str, str] = field(default_factory=dict)
    protocols: list[tuple[Any, ...]] = field(default_factory=list)
    votes: list[tuple[str, str, str, int]] = field(default_factory=list)
    turnout: list[tuple[str, str, int]] = field(default_factory=list)
    decisions: list[tuple[str, str, str, str, str, str]] = field(default_factory=list)

    def territory(self, id: str, parent: str = "", kind: str = "district", name: str = "") -> None:
        self.territories.append((id, parent, kind, name or f"Territory {id}"))

    def contest(self, id: str, kind: str, territory: str, seats: int, options: Iterable[str]) -> None:
        """A contest with its options in the order of the ballot; their kind follows from the contest's."""
        self.contests.append((id, kind, territory, seats, f"Contest {id}"))
        for order, option in enumerate(options, 1):
            named = {"list": "party-list", "council": "party-list"}.get(kind, "candidate")
            if kind == "referendum":
                named = option
            self.options.append((option, id, named, f"Option {option}", order))

    def precinct(self, id: str, territory: str, constituency: str = "", voters: int = 1000) -> None:
        self.precincts.append((id, territory, constituency, str(len(self.precincts) + 1), voters))

    def _territories(self) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        head = ("id", "parent", "kind", "name_en")
        if not self.zones:
            return head, [*self.territories]
        return (*head, "timezone"), [(*row, self.zones.get(row[0], "")) for row in self.territories]

    def option_ids(self, contest: str) -> list[str]:
        """Ids of a contest's options in the order of the ballot."""
        return [option[0] for option in self.options if option[1] == contest]

    def protocol(
        self,
        precinct: str,
        contest: str,
        votes: Sequence[int],
        clock: str = "21:00",
        *,
        version: int = 1,
        **form: int,
    ) -> None:
        """A protocol; `form`: `voters`, `invalid` and `error` of `lines`."""
        voters = next(row[4] for row in self.precincts if row[0] == precinct)
        figures = lines(votes, **({"voters": voters} | form))
        self.protocols.append((precinct, contest, *figures, at(clock), version))
        options = self.option_ids(contest)
        self.votes += [
            (precinct, contest, option, count) for option, count in zip(options, votes, strict=True)
        ]

    def decide(
        self,
        kind: str,
        number: str,
        precinct: str = "",
        contest: str = "",
        outcome: str = "",
        clock: str = "09:00",
    ) -> None:
        """A decision of the next day."""
        self.decisions.append((kind, number, at(clock, LATER), precinct, contest, outcome))

    def tables(self) -> dict[str, tuple[Sequence[str], Sequence[Sequence[Any]]]]:
        """Head and rows of every table that has rows or must be there."""
        law = self.edition.split('"')[1]
        contests = [
            (id, kind, where, seats or "", law, title) for id, kind, where, seats, title in self.contests
        ]
        needed = {
            "territories": self._territories(),
            "contests": (("id", "kind", "territory", "seats", "edition", "title_en"), contests),
            "options": (("id", "contest", "kind", "name_en", "ballot_order"), self.options),
            "precincts": (("id", "territory", "constituency", "number", "voters"), self.precincts),
            "protocols": (("precinct", "contest", *LINES, "submitted_at", "version"), self.protocols),
            "votes": (("precinct", "contest", "option", "votes"), self.votes),
        }
        optional = {
            "precinct_territories": (("precinct", "territory"), self.further),
            "turnout": (("precinct", "at", "voters"), self.turnout),
            "decisions": (("kind", "number", "at", "precinct", "contest", "outcome"), self.decisions),
        }
        return {**needed, **{name: table for name, table in optional.items() if table[1]}}

    def write(self, folder: Path) -> Path:
        """Write the package into a new folder, its votes packed."""
        folder.mkdir(parents=True)
        tables = self.tables()
        resources = []
        for name, (head, rows) in tables.items():
            path = folder / f"{name}.csv"
            with path.open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(head)
                writer.writerows(rows)
            if name == "votes":
                packed = path.with_suffix(".csv.gz")
                packed.write_bytes(gzip.compress(path.read_bytes(), mtime=0))
                path.unlink()
                path = packed
            resources.append({"name": name, "path": path.name})
        election: dict[str, Any] = {"date": self.date, "timezone": "Asia/Tashkent", "edition": "edition.toml"}
        if self.titles:
            election["title"] = self.titles
        if self.simulated:
            election["simulated"] = True
        document = {"name": self.name, "title": "Draft", "election": election, "resources": resources}
        (folder / "datapackage.json").write_text(json.dumps(document), "utf-8")
        (folder / "edition.toml").write_text(self.edition, "utf-8")
        return folder


def country(**members: Any) -> Draft:
    """Two regions, three districts, two constituencies, six precincts (two of them in a further council's
    area): a list, two single-member contests, a council, a presidential one and a question; no protocols.
    """
    draft = Draft(**members)
    draft.territory("uz", kind="country")
    for region in ("n", "s"):
        draft.territory(region, "uz", "region")
    for district in ("n1", "n2", "s1"):
        draft.territory(district, district[0])
    draft.territory("c1", "uz", "constituency")
    draft.territory("c2", "uz", "constituency")
    draft.territory("k1", "n", "mahalla")
    draft.contest("list", "list", "uz", 5, ("amber", "green", "violet"))
    draft.contest("d1", "single-member", "c1", 1, ("ada", "bob"))
    draft.contest("d2", "single-member", "c2", 1, ("ada", "cyd"))
    draft.contest("k", "council", "k1", 2, ("east", "west"))
    draft.contest("head", "president", "uz", 1, ("x", "y", "z"))
    draft.contest("q", "referendum", "uz", 0, ("yes", "no"))
    places = {
        "p1": ("n1", "c1"),
        "p2": ("n1", "c1"),
        "p3": ("n2", "c1"),
        "p4": ("s1", "c2"),
        "p5": ("s1", "c2"),
    }
    for id, (district, constituency) in places.items():
        draft.precinct(id, district, constituency)
    draft.precinct("p6", "s", "", 0)
    draft.further += [("p1", "k1"), ("p3", "k1")]
    return draft


def count_all(draft: Draft) -> Draft:
    """Adds a protocol of every place that has none, with figures of its own; an empty precinct counts zeros."""
    known = {(row[0], row[1]) for row in draft.protocols}
    parents = {row[0]: row[1] for row in draft.territories}
    for number, (id, territory, constituency, _, voters) in enumerate(draft.precincts):
        around: set[str] = set()
        for start in (territory, constituency, *(t for p, t in draft.further if p == id)):
            step = start
            while step:
                around.add(step)
                step = parents[step]
        for place, contest in enumerate(draft.contests):
            if contest[2] in around and (id, contest[0]) not in known:
                count = len(draft.option_ids(contest[0]))
                votes = [(40 + 7 * number + 11 * (place + k) % 23) * (voters > 0) for k in range(count)]
                draft.protocol(id, contest[0], votes, f"21:{number:02}", invalid=3 * (voters > 0))
    return draft
