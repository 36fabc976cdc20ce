"""What the entries of the log say, once they have been read: per election its calling, protocols, decisions."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from esaylov.exchange.verification.asked import DECIDE, RECEIVE, Requests
from esaylov.exchange.verification.deliberating import Deliberations
from esaylov.exchange.verification.voterlist import VoterList

SESSION_ACTS = frozenset(
    f"proceedings.{act}"
    for act in ("open_session", "record_attendance", "adopt_decision", "state_dissent", "close_session")
)
"""Acts whose words stand in sittings.json."""
RULES, MARK, VISIT = "voters.set_rules", "voters.mark_voter", "voters.check_household"
DOORS = frozenset((VISIT, "voters.record_round"))
"""Visits from door to door, as earlier entries have them, and a day's rounds."""
LIST_ACTS = frozenset(
    (
        *(MARK, *DOORS, "voters.freeze_lists", "voters.add_supplement"),
        *(f"voters.{step}_changeset" for step in ("approve", "apply", "discard")),
    )
)
"""Acts on lists of voters that lists.py follows."""
Place = tuple[str, str]
"""Contest id and precinct id."""


@dataclass(slots=True)
class Version:
    """A protocol that was submitted or corrected: `index` in the log, `known` from the entry of that index
    on.
    """

    index: int
    known: int
    at: str
    version: int
    lines: Sequence[int]
    votes: Sequence[int]
    findings: Sequence[str]
    state: str
    replaces: str | None


@dataclass(slots=True)
class Ruling:
    """A protocol that was accepted or returned (`state` afterwards), or an annulment (`protocol` is None)."""

    index: int
    known: int
    state: str
    protocol: str | None


Event = Version | Ruling


@dataclass(slots=True)
class Decided:
    """An act with a numbered decision, as decisions.csv shows it."""

    index: int
    kind: str
    number: str
    at: str
    precinct: str | None
    contest: str | None
    outcome: tuple[str, ...]


@dataclass(slots=True)
class Certified:
    """The figures that a commission certified for a contest."""

    index: int
    contest: str
    counted: int
    lines: list[int]
    votes: list[int]
    seats: dict[str, int]


class Pin(NamedTuple):
    """Rows (without the head) and SHA-256 (hex) of a table; rows is None for edition.toml."""

    rows: int | None
    digest: str


@dataclass
class Called:
    """What the calling entry of an election fixes."""

    index: int
    date: str
    timezone: str
    release: datetime | None
    tables: dict[str, Pin]
    pilot: bool = False
    events: dict[str, str] = field(default_factory=dict)


@dataclass
class ElectionEntries:
    """All entries of one election. `rules`: by index of an entry that set rules, the SHA-256 of its table; `marks`: indexes of
    hidden marks; `answers`, `reasons`: how long commissions have to answer requests, and the reasons of refusals, with the index
    of the first entry that says so.
    """

    id: str
    edition: str
    called: Called | None = None
    roster: tuple[int, Pin] | None = None
    turnout: list[tuple[int, str, str, int]] = field(default_factory=list)
    events: dict[Place, list[Event]] = field(default_factory=dict)
    annulled_precincts: list[tuple[int, str]] = field(default_factory=list)
    decisions: list[Decided] = field(default_factory=list)
    certified: list[Certified] = field(default_factory=list)
    sittings: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    lists: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    marks: array[int] = field(default_factory=lambda: array("q"))
    rules: dict[int, str] = field(default_factory=dict)
    answers: dict[timedelta, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)

    def of_lists(self, index: int, d: dict[str, Any]) -> None:
        """Keeps what lists.py needs: of visits, of which a country has millions, the first one of each precinct; of a hidden mark
        that there is one (`voterlist` followed both).
        """
        if d["act"] == RULES:
            self.rules[index] = d["table"]
        elif d["act"] == MARK and "mark" in d:
            self.marks.append(index)
        elif d["act"] == RECEIVE:
            due = datetime.fromisoformat(d["due"]) - datetime.fromisoformat(d["at"])
            self.answers.setdefault(due, index)
        elif d["act"] == DECIDE and d["reason"] is not None:
            self.reasons.setdefault(d["reason"], index)
        elif d["act"] in LIST_ACTS and (d["act"] not in DOORS or d["number"] == 1):
            self.lists.append((index, d))


@dataclass
class Entries:
    """What the whole log says. `sealed`: index -> election and hash; `opened`: index of a sealed entry -> of
    its opening; `published`: index -> manifest hash and size.
    """

    simulated: bool = False
    replay: bool = False
    elections: dict[str, ElectionEntries] = field(default_factory=dict)
    sealed: dict[int, tuple[str, str]] = field(default_factory=dict)
    opened: dict[int, int] = field(default_factory=dict)
    published: dict[int, tuple[str, int]] = field(default_factory=dict)
    head_rows: int = -1
    deliberations: Deliberations = field(default_factory=Deliberations)
    voters: VoterList = field(default_factory=VoterList)
    requests: Requests = field(default_factory=Requests)
