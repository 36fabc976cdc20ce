"""The log of the small published folder, and what follows from it, by the plainest code that does it."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import sha256
from typing import Any

import polars as pl

from esaylov.tlog.tree import leaf_hash
from tests.exchange.published_case import (
    CONTESTS,
    EDITION,
    ELECTION,
    LINES,
    OPTIONS,
    TERRITORIES,
    Row,
    canonical,
    csv_bytes,
    gz,
    options_of,
    roster,
    territories_of,
)

Entry = dict[str, Any]


@dataclass
class Log:
    """The log as it grows. `change` sees every entry with its label before it is hashed; None leaves it
    out."""

    change: Callable[[str, Entry], Entry | None]
    flags: Mapping[str, bool]
    edition: str = EDITION
    entries: list[bytes] = field(default_factory=list)
    values: list[Entry] = field(default_factory=list)
    minute: int = 9 * 60

    def time(self) -> str:
        """The next minute of election day."""
        self.minute += 1
        return f"2026-10-25T{self.minute // 60:02}:{self.minute % 60:02}:00+05:00"

    def append(self, label: str, entry: Entry) -> int:
        """Append an entry as it is; its index, or -1 when the mutation left it out."""
        changed = self.change(label, {"v": 1, **self.flags, **entry})
        if changed is None:
            return -1
        self.entries.append(changed["raw"] if "raw" in changed else canonical(changed))
        self.values.append(changed)
        return len(self.entries) - 1

    def act(self, label: str, code: str, body: str, **members: Any) -> int:
        """Append an act of the election."""
        return self.append(label, self.value(code, body, **members))

    def value(self, code: str, body: str, **members: Any) -> Entry:
        """An act of the election as an object."""
        named = {"election": ELECTION, "edition": self.edition, "act": code, "body": body, "at": self.time()}
        return {"v": 1, **self.flags, **named, **members}

    def own(self, label: str, code: str, **members: Any) -> int:
        """Append an entry of the log itself."""
        return self.append(
            label, {"act": code, "at": "2026-10-25T18:00:00+00:00", "body": "system", **members}
        )

    def head(self, label: str) -> int:
        """Append a journal head; the journal has two private rows."""
        rows = len(self.entries) + 2
        return self.own(label, "log.journal_head", rows=rows, chain=sha256(str(rows).encode()).hexdigest())

    def leaf(self, index: int) -> str:
        """Leaf hash of an entry."""
        return leaf_hash(self.entries[index]).hex()

    def seal(self, label: str, value: Entry) -> tuple[int, str, Entry]:
        """Append a value sealed; gives what `open` needs."""
        salt = sha256(label.encode()).digest()
        value = self.change("value of " + label, value) or value
        sealed = sha256(b"esaylov sealed v1\0" + salt + canonical(value)).hexdigest()
        index = self.append(
            "seal " + label,
            {"act": "log.sealed", "election": ELECTION, "edition": self.edition, "sealed": sealed},
        )
        return index, salt.hex(), value

    def open(self, label: str, sealed: tuple[int, str, Entry]) -> int:
        """Append the opening of a sealed entry."""
        index, salt, value = sealed
        return self.act("open " + label, "log.open", "system", index=index, salt=salt, value=value)


@dataclass
class Standing:
    """What stands for a place: the protocol and its index (None before one arrived), state without
    annulment."""

    entry: Entry | None = None
    index: int = -1
    state: str = ""
    annulled: bool = False

    @property
    def shown(self) -> str:
        """The published state."""
        return "annulled" if self.annulled else self.state


@dataclass
class Sums:
    """One row of totals."""

    counts: dict[str, int] = field(default_factory=dict)
    lines: list[int] = field(default_factory=list)
    votes: list[int] = field(default_factory=list)

    @property
    def counted(self) -> int:
        """Number of places in the sums."""
        return self.counts["counted"]


COUNTS = ("expected", "received", "counted", "inconsistent", "returned", "annulled", "voters_annulled")
DECISIONS = {
    "elections.move_step": "calendar",
    "results.accept_protocol": "acceptance",
    "results.return_protocol": "return",
    "results.annul_precinct": "annulment",
    "results.record_lot": "lot",
    "results.supply_determination": "determination",
    "results.certify": "certification",
}


RULINGS = ("results.accept_protocol", "results.return_protocol")


def _is_sound(entry: Entry) -> bool:
    """False for other acts, and for a protocol that a mutation has made impossible to count."""
    if entry["act"] not in ("results.submit_protocol", "results.correct_protocol") or "version" not in entry:
        return False
    figures = (*entry["lines"], *entry["votes"])
    sizes = (len(entry["lines"]), len(entry["votes"]))
    return sizes == (len(LINES), len(options_of(entry["contest"]))) and all(type(n) is int for n in figures)


class World:
    """Which protocols stand at a size, and what follows (docs/formats.md, section 4), without any check."""

    def __init__(self, log: Log, size: int) -> None:
        self.log = log
        opened = {e["index"]: e["value"] for e in log.values[:size] if e["act"] == "log.open"}
        self.acts = [(i, opened.get(i, e)) for i, e in enumerate(log.values[:size])]
        self.places = {place: Standing() for place in roster()}
        for index, entry in self.acts:
            self._apply(index, entry)

    def _apply(self, index: int, entry: Entry) -> None:
        act = entry["act"]
        if act == "results.annul_precinct":
            for place, annulled in self.places.items():
                if place[0] == entry["precinct"] and entry["contest"] in (None, place[1]):
                    annulled.annulled = True
            return
        place = (entry.get("precinct", ""), entry.get("contest", ""))
        if place not in self.places:
            return
        standing = self.places[place]
        if _is_sound(entry) and entry["state"] != "conflicting":
            standing.entry, standing.index, standing.state = entry, index, entry["state"]
        elif act in RULINGS and standing.entry and entry["protocol"] == self.log.leaf(standing.index):
            standing.state = {"accept": "accepted", "return": "returned"}[act[8:14]]

    def total(self, contest: str, territory: str) -> Sums:
        """Sums and counts of one contest in one territory."""
        sums = Sums(dict.fromkeys(COUNTS, 0), [0] * len(LINES), [0] * len(options_of(contest)))
        for (precinct, of), standing in self.places.items():
            if of != contest or territory not in territories_of(precinct):
                continue
            sums.counts["expected"] += 1
            sums.counts["received"] += standing.entry is not None
            if standing.shown in COUNTS:
                sums.counts[standing.shown if standing.shown != "received" else "counted"] += 1
            sums.counts["counted"] += standing.shown == "accepted"
            if standing.entry and standing.annulled:
                sums.counts["voters_annulled"] += standing.entry["lines"][0]
            if standing.entry and standing.shown in ("received", "accepted"):
                sums.lines = [a + b for a, b in zip(sums.lines, standing.entry["lines"], strict=True)]
                sums.votes = [a + b for a, b in zip(sums.votes, standing.entry["votes"], strict=True)]
        return sums

    def tables(self, simulated: bool) -> dict[str, bytes]:
        """The published tables that follow from the log."""
        standing = [(place, s, s.entry) for place, s in self.places.items() if s.entry is not None]
        mark = ("true",) if simulated else ()
        protocols = [
            (*place, *e["lines"], e["at"], s.shown, e["version"], s.index, *mark) for place, s, e in standing
        ]
        votes = [
            (*place, option, count)
            for place, _, e in standing
            for option, count in zip(options_of(place[1]), e["votes"], strict=True)
        ]
        totals, totals_votes = self._totals()
        reports = [e for _, e in self.acts if e["act"] == "polling.report_turnout"]
        turnout = [(e["precinct"], e["at"], e["voters"]) for e in reports]
        decisions = [_decision(e) for _, e in self.acts if e["act"] in DECISIONS]
        tail = ("submitted_at", "state", "version", "leaf", *(["simulated"] if simulated else []))
        return {
            "protocols.csv.gz": gz(csv_bytes(("precinct", "contest", *LINES, *tail), protocols)),
            "votes.csv.gz": gz(csv_bytes(("precinct", "contest", "option", "votes"), votes)),
            "turnout.csv": csv_bytes(("precinct", "at", "voters"), turnout),
            "decisions.csv": csv_bytes(("kind", "number", "at", "precinct", "contest", "outcome"), decisions),
            "totals.csv": csv_bytes(("contest", "territory", *COUNTS, *LINES), totals),
            "totals_votes.csv": csv_bytes(("contest", "territory", "option", "votes"), totals_votes),
            "determinations.json": canonical([self.determination(contest[0]) for contest in CONTESTS]),
        }

    def _totals(self) -> tuple[list[Row], list[Row]]:
        rows: list[Row] = []
        votes: list[Row] = []
        for contest in CONTESTS:
            for territory in TERRITORIES:
                sums = self.total(contest[0], territory[0])
                if not sums.counts["expected"]:
                    continue
                name = (contest[0], territory[0])
                rows.append((*name, *(sums.counts[count] for count in COUNTS), *sums.lines))
                votes.extend((*name, o, n) for o, n in zip(options_of(contest[0]), sums.votes, strict=True))
        return rows, votes

    def determination(self, contest: str) -> Entry:
        """Who wins: largest remainders for the list (no tie occurs), the most votes for a member, else a lot."""
        row = next(row for row in CONTESTS if row[0] == contest)
        sums = self.total(contest, row[2])
        participants, voters = sums.lines[5], sums.lines[0]
        voters += sums.counts["voters_annulled"] if contest == "list" else 0
        votes = dict(zip(options_of(contest), sums.votes, strict=True))
        lots: Entry | None = None
        more: Entry
        if not any(votes.values()):
            seats, more = {}, {"passing": [] if contest == "list" else None, "quota": None}
        elif contest == "list":
            passing = [option for option, n in votes.items() if 100 * n >= 7 * participants]
            quota = Fraction(sum(votes[option] for option in passing), row[3])
            seats = {option: int(votes[option] / quota) for option in passing}
            by_rest = sorted(passing, key=lambda option: votes[option] / quota - seats[option], reverse=True)
            for option in by_rest[: row[3] - sum(seats.values())]:
                seats[option] += 1
            more = {"passing": passing, "quota": f"{quota.numerator}/{quota.denominator}"}
        else:
            candidates = [option[0] for option in OPTIONS if option[1:3] == (contest, "candidate")]
            best = max(votes[option] for option in candidates)
            first = [option for option in candidates if votes[option] == best]
            if len(first) > 1:
                lots = {"between": first, "for": 1}
                first = [o for _, e in self.acts if e["act"] == "results.record_lot" for o in e["drawn"]]
            seats = {first[0]: 1} if first else {}
            more = {"passing": None, "quota": None}
        seats = {option: n for option, n in seats.items() if n}
        reached = 100 * participants >= 33 * voters
        turnout = {"participants": participants, "voters": voters, "required": "33/100", "reached": reached}
        final = any(e["act"] == "results.certify" and e["contest"] == contest for _, e in self.acts)
        return {
            "contest": contest,
            "kind": row[1],
            "status": "determined" if seats else "needs-decision" if lots else "undetermined",
            "final": final,
            "seats": seats,
            "elected": [option for option in options_of(contest) if option in seats],
            "lots": None if seats else lots,
            "turnout": turnout,
            "steps": [],
            **more,
        }


def _decision(entry: Entry) -> Row:
    outcome = " ".join(entry.get("drawn") or entry.get("outcome") or ())
    if entry["act"] == "elections.move_step":
        outcome = " ".join((entry["step"], entry.get("opens") or "-", entry.get("closes") or "-"))
    kind = DECISIONS[entry["act"]]
    return kind, entry["decision"], entry["at"], entry.get("precinct"), entry.get("contest"), outcome


def parquet(table: bytes) -> bytes:
    """A table once more as Parquet."""
    frame = pl.read_csv(
        io.BytesIO(table), infer_schema_length=None, schema_overrides={"simulated": pl.Boolean}
    )
    target = io.BytesIO()
    frame.write_parquet(target)
    return target.getvalue()


def datapackage(flags: Mapping[str, bool], tables: Mapping[str, bytes]) -> bytes:
    """The description of the package."""
    election = {"date": "2026-10-25", "timezone": "Asia/Tashkent", "edition": "edition.toml", **flags}
    resources = [
        {"name": name.split(".")[0], "path": name, "format": "csv"}
        for name in sorted(tables)
        if ".csv" in name
    ]
    return canonical({"name": ELECTION, "title": "A test", "election": election, "resources": resources})
