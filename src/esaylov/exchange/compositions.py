"""Commissions of an election in numbers: what entries of the log did to each, and how it stands (docs/formats.md, section 6).

Numbers by office and by kind of proposer are public (Art. 19 to 25); nobody is named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from esaylov.exchange.commissions import Body

ROLES = ("chair", "deputy", "secretary", "member")
PROPOSERS = ("mahalla", "ngo", "employer", "kengash", "commission", "self")
CENTRAL = "cec"
"""The one commission that is the same in every election; its members are enrolled outside of elections."""
IMPORT = "registry.import_members"
ENDINGS = frozenset({"registry.end_mandate", "formation.leave_by_law"})


class Entered(NamedTuple):
    """How many members a file brought into a commission. `entry`: the import's index in the log; `decision`: the one that the
    file names for the commission, empty where it names none.
    """

    entry: int
    commission: str
    decision: str
    roles: Mapping[str, int]
    proposers: Mapping[str, int]

    @property
    def counts(self) -> list[int]:
        """The numbers in the order of the table's columns."""
        return [self.roles.get(role, 0) for role in ROLES] + [
            self.proposers.get(kind, 0) for kind in PROPOSERS
        ]


class Step(NamedTuple):
    """What an entry of the log did to one commission: who came in and who left, by role. `decision`: the one that the entry
    names; `named`: the one that the file of an import names for this commission; both may be empty.
    `ground`: why they left, where the entry says it.
    """

    entry: int
    leaf: bytes
    act: str
    at: str
    body: str
    commission: str
    decision: str
    named: str
    findings: frozenset[str]
    came: Mapping[str, int]
    proposers: Mapping[str, int]
    left: Mapping[str, int]
    ground: str


@dataclass(slots=True)
class Composition:
    """A commission as it stands. `formed`: the entry that found nobody there and brought members, the last of such;
    `proposers` counts all who came in; `changes` entries after the one that formed it, `ended` mandates that ended singly.
    """

    body: Body
    roles: Counter[str] = field(default_factory=Counter)
    proposers: Counter[str] = field(default_factory=Counter)
    formed: Step | None = None
    added: int = 0
    removed: int = 0
    changes: int = 0
    ended: int = 0
    entries: list[int] = field(default_factory=list)

    @property
    def members(self) -> int:
        """How many sit there."""
        return self.roles.total()

    def take(self, step: Step) -> None:
        """The next step in the log's order."""
        came, left = sum(step.came.values()), sum(step.left.values())
        if step.act in ENDINGS:
            self.ended += left
        elif self.members:
            self.changes += 1
        else:
            self.formed = step
        self.roles.update(step.came)
        self.roles.subtract(step.left)
        self.proposers.update(step.proposers)
        self.added += came
        self.removed += left
        self.entries.append(step.entry)


def compositions(bodies: Iterable[Body], steps: Iterable[Step]) -> list[Composition]:
    """Every commission as it stands after these steps, which come in the order of the log."""
    found = {body.code: Composition(body) for body in bodies}
    for step in steps:
        found[step.commission].take(step)
    return list(found.values())


def entered(steps: Iterable[Step]) -> list[Entered]:
    """What files brought into commissions: by entry, then by the commission's code."""
    rows = (
        Entered(step.entry, step.commission, step.named, step.came, step.proposers)
        for step in steps
        if step.act == IMPORT
    )
    return sorted(rows, key=lambda row: (row.entry, row.commission))


def composition_rows(all_of: Sequence[Composition]) -> Iterator[Sequence[str]]:
    """Rows of commissions.csv."""
    for one in all_of:
        formed = one.formed
        yield (
            one.body.code, one.body.tier, one.body.territory, one.body.precinct or "", str(one.members),
            *(str(one.roles[role]) for role in ROLES),
            *((formed.body, formed.named or formed.decision, formed.at, str(formed.entry)) if formed else ("", "", "", "")),
            *map(str, (one.changes, one.ended, one.added, one.removed)),
            *(str(one.proposers[kind]) for kind in PROPOSERS),
            " ".join(map(str, one.entries)),
        )  # fmt: skip
