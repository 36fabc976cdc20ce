"""Commissions of the small published election in numbers: the tables that follow from its log, by the plainest code."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from tests.exchange.published_case import ELECTION, PRECINCTS, TERRITORIES, Row, csv_bytes

ROLES = ("chair", "deputy", "secretary", "member")
PROPOSED = ("mahalla", "ngo", "employer", "kengash", "commission", "self")
COUNTS = (*ROLES, *(f"proposed_{kind}" for kind in PROPOSED))
HEAD = (
    *("commission", "tier", "territory", "precinct", "members", *ROLES, "formed_by", "decision", "formed_at"),
    *("formed_entry", "changes", "ended", "added", "removed", *COUNTS[4:], "entries"),
)
ROWS = [
    (f"pec:{row[0]}", "12/4" if row[0] == "p01" else "", 1, 0, 0, 8, 9, 0, 0, 0, 0, 0)
    for row in PRECINCTS[:10]
]
"""What the file of members brought into ten precinct commissions."""
PINNED = sha256(csv_bytes(("commission", "decision", *COUNTS), ROWS)).hexdigest()


def bodies() -> list[tuple[str, str, str, str]]:
    """Commissions of the election: code, tier, territory, precinct."""
    kinds = {"country": ("cec", "cec"), "region": ("tec", "territorial"), "constituency": ("dec", "okrug")}
    found = []
    for place, parent, kind, _ in TERRITORIES:
        prefix, tier = kinds.get(kind, ("dcec", "district"))
        found.append((f"{prefix}:{place}" if parent else prefix, tier, place, ""))
    return found + [(f"pec:{row[0]}", "precinct", row[1], row[0]) for row in PRECINCTS]


def composed(entries: Sequence[dict[str, Any]]) -> dict[str, bytes]:
    """The tables of a log with these entries; none where no entry is on a commission of the election."""
    known = {code: Sitting() for code, *_ in bodies()}
    imports = [index for index, entry in enumerate(entries) if entry["act"] == "registry.import_members"]
    for index, entry in enumerate(entries):
        if index in imports:
            for code, decision, *counts in ROWS:
                added = dict(zip(ROLES, counts, strict=False))
                known[code].comes(
                    index, entry, decision or entry["decision"], sum(added.values()), counts[4:]
                )
                known[code].roles = {role: known[code].roles.get(role, 0) + n for role, n in added.items()}
        elif "of" in entry and entry["of"] in known:
            known[entry["of"]].leaves(index, entry["role"])
        elif "roster" in entry and entry["commission"] in known:
            one, kinds = known[entry["commission"]], [entry["proposers"].get(kind, 0) for kind in PROPOSED]
            one.comes(index, entry, entry["decision"], entry["added"], kinds)
            one.roles, one.removed = dict(entry["roles"]), one.removed + entry["removed"]
    if not any(entry.get("election") == ELECTION for entry in entries if "roster" in entry):
        return {}
    rows = [(*body, *known[body[0]].row()) for body in bodies()]
    tables = {"commissions.csv": csv_bytes(HEAD, rows)}
    if imports:
        entered = [(index, *row) for index in imports for row in ROWS]
        tables["entered.csv"] = csv_bytes(("entry", "commission", "decision", *COUNTS), entered)
    return tables


class Sitting:
    """A commission as the log tells of it."""

    def __init__(self) -> None:
        self.roles: dict[str, int] = {}
        self.proposed = [0] * len(PROPOSED)
        self.formed: Row = ("", "", "", "")
        self.changes = self.ended = self.added = self.removed = 0
        self.entries: list[str] = []

    def comes(
        self, index: int, entry: dict[str, Any], decision: str, added: int, kinds: Sequence[int]
    ) -> None:
        """Members come in."""
        if sum(self.roles.values()):
            self.changes += 1
        else:
            self.formed = (entry["body"], decision, entry["at"], index)
        self.added += added
        self.proposed = [a + b for a, b in zip(self.proposed, kinds, strict=True)]
        self.entries.append(str(index))

    def leaves(self, index: int, role: str) -> None:
        """A mandate ends."""
        self.roles[role] = self.roles.get(role, 0) - 1
        self.ended, self.removed = self.ended + 1, self.removed + 1
        self.entries.append(str(index))

    def row(self) -> Row:
        """The fields behind those of the body."""
        numbers = (self.changes, self.ended, self.added, self.removed, *self.proposed)
        roles = [self.roles.get(role, 0) for role in ROLES]
        return (sum(self.roles.values()), *roles, *self.formed, *numbers, " ".join(self.entries))
