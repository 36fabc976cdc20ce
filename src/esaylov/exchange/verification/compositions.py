"""commissions.csv and entered.csv: every commission in numbers follows from the log (docs/formats.md, section 6)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from esaylov.exchange.commissions import Body
from esaylov.exchange.verification.deliberating import CENTRAL, ENDINGS, IMPORT
from esaylov.exchange.verification.figures import compare
from esaylov.exchange.verification.store import VerificationError
from esaylov.exchange.verification.tables import Election, Files, csv_text, read_csv

CHANGE = "registry.change_composition"
ROLES = ("chair", "deputy", "secretary", "member")
KINDS = ("mahalla", "ngo", "employer", "kengash", "commission", "self")
PROPOSED = tuple(f"proposed_{kind}" for kind in KINDS)
OF_ONE = ("commission", "decision", *ROLES, *PROPOSED)
HEAD = (
    *("commission", "tier", "territory", "precinct", "members", *ROLES, "formed_by", "decision", "formed_at"),
    *("formed_entry", "changes", "ended", "added", "removed", *PROPOSED, "entries"),
)
_COUNT = re.compile("0|[1-9][0-9]{0,8}")
ENTERED, COMMISSIONS = "entered.csv", "commissions.csv"

Entry = dict[str, Any]


@dataclass(slots=True)
class _Known:
    """What the log said of a commission so far."""

    roles: Counter[str] = field(default_factory=Counter)
    proposers: Counter[str] = field(default_factory=Counter)
    formed: tuple[str, ...] = ("", "", "", "")
    changes: int = 0
    ended: int = 0
    added: int = 0
    removed: int = 0
    entries: list[str] = field(default_factory=list)

    def came(self, index: int, d: Entry, decision: str, proposers: Mapping[str, int]) -> None:
        """Whoever finds nobody there forms the commission; everybody else changes it."""
        if self.roles.total():
            self.changes += 1
        else:
            self.formed = (d["body"], decision, d["at"], str(index))
        self.proposers.update(proposers)
        self.entries.append(str(index))

    def fields(self) -> Iterator[str]:
        """The fields behind the first four."""
        yield from (str(self.roles.total()), *(str(self.roles[role]) for role in ROLES), *self.formed)
        yield from map(str, (self.changes, self.ended, self.added, self.removed))
        yield from (*(str(self.proposers[kind]) for kind in KINDS), " ".join(self.entries))


def compare_compositions(
    files: Files, election: Election, acts: Iterable[tuple[int, Entry]], size: int
) -> tuple[int, int]:
    """Compares both tables with the entries below a size; how many commissions are formed, and of how many the log does not
    pin what a file brought in. `acts`: all entries by which somebody came or left. Raises VerificationError.
    """
    known = {body.code: _Known() for body in election.bodies}
    mine = [(index, d) for index, d in acts if index < size and _concerns(d, election.id, known)]
    if all(_of(d) == CENTRAL for _, d in mine):
        if ENTERED in files or COMMISSIONS in files:
            raise VerificationError(f"{files.folder}: tables on commissions, but no entry on one of them")
        return 0, 0
    entered = _entered(files, {index: d for index, d in mine if d["act"] == IMPORT}, election.bodies)
    for index, d in mine:
        reason = _take(known, index, d, entered[index])
        if reason:
            raise VerificationError(f"entry {index}: {reason}")
    rows = [
        (body.code, body.tier, body.territory, body.precinct or "", *known[body.code].fields())
        for body in election.bodies
    ]
    compare(files, COMMISSIONS, csv_text(HEAD, rows))
    unpinned = {
        row[0] for index, d in mine if d["act"] == IMPORT and "counts" not in d for row in entered[index]
    }
    return sum(1 for one in known.values() if one.roles.total()), len(unpinned)


def _concerns(d: Entry, election: str, known: Mapping[str, _Known]) -> bool:
    """Whether an entry is about a commission of the election, or the Central one outside of elections. (Mandates in
    organisations end by the same acts.)
    """
    if d["act"] in ENDINGS and _of(d) not in known:
        return False
    return d["election"] == election or (d["election"] is None and _of(d) == CENTRAL)


def _of(d: Entry) -> str | None:
    found: str | None = d.get("of") or d.get("commission")
    return found


def _take(known: dict[str, _Known], index: int, d: Entry, rows: Sequence[Sequence[str]]) -> str | None:
    """One entry; what is wrong with it."""
    if d["act"] == IMPORT:
        for row in rows:
            one, counts = known[row[0]], [*map(int, row[2:])]
            roles = Counter(dict(zip(ROLES, counts, strict=False)))
            proposers = dict(zip(KINDS, counts[len(ROLES) :], strict=True))
            one.came(index, d, row[1] or d["decision"], proposers)
            one.roles.update(roles)
            one.added += roles.total()
        return None
    code = _of(d)
    if code not in known:
        return f"the election has no commission {code!r}"
    return _ended(known[code], index, d) if d["act"] in ENDINGS else _composed(known[code], index, d)


def _ended(one: _Known, index: int, d: Entry) -> str | None:
    if one.roles[d["role"]] < 1:
        return f"{d['of']} has no {d['role']} whose mandate could end"
    one.roles[d["role"]] -= 1
    one.ended += 1
    one.removed += 1
    one.entries.append(str(index))
    return None


def _composed(one: _Known, index: int, d: Entry) -> str | None:
    roles, before = Counter[str](d["roles"]), one.roles.total()
    unknown = roles.keys() - set(ROLES) | d["proposers"].keys() - set(KINDS)
    if unknown:
        return f"{min(unknown)!r} is no role or no kind of proposer"
    if (d["act"] == CHANGE) != (before > 0) or d["removed"] > before:
        return f"{d['removed']} leave, of {before} members before {d['act']}"
    if before + d["added"] - d["removed"] != d["members"]:
        return f"{d['members']} members, should be {before + d['added'] - d['removed']}"
    one.came(index, d, d["decision"], d["proposers"])
    one.roles = roles
    one.added += d["added"]
    one.removed += d["removed"]
    return None


def _entered(
    files: Files, imports: Mapping[int, Entry], bodies: Sequence[Body]
) -> Mapping[int, list[list[str]]]:
    """Rows of entered.csv by entry, each without its entry: they are those that the entries pin, and their sums agree."""
    found: dict[int, list[list[str]]] = defaultdict(list)
    if not imports and ENTERED not in files:
        return found
    path = files.path(ENTERED)
    head, rows = read_csv(path, files.take(ENTERED))
    order = [(row[0].rjust(20), row[1]) for row in rows]
    if tuple(head) != ("entry", *OF_ONE) or order != sorted(set(order)):
        raise VerificationError(f"{path}: unknown columns, or rows that do not stand in their order")
    named = {str(index): index for index in imports}
    for row in rows:
        if row[0] not in named:
            raise VerificationError(f"{path}: entry {row[0][:20]!r} enters nobody here")
        found[named[row[0]]].append(row[1:])
    tiers = {body.code: body.tier for body in bodies}
    for index, d in imports.items():
        reason = _wrong_import(d, found[index], tiers)
        if reason:
            raise VerificationError(f"{path}: entry {index}: {reason}")
    return found


def _wrong_import(d: Entry, rows: Sequence[Sequence[str]], tiers: Mapping[str, str]) -> str | None:
    if "counts" in d and sha256(csv_text(OF_ONE, rows).encode()).hexdigest() != d["counts"]:
        return "not the rows that it pins"
    if not all(_COUNT.fullmatch(field) for row in rows for field in row[2:]):
        return "a field is not a count"
    unknown = [row[0] for row in rows if row[0] not in tiers]
    if unknown:
        return f"the election has no commission {unknown[0]!r}"
    sums = Counter[str]()
    for row in rows:
        sums.update(dict(zip((*ROLES, *KINDS), map(int, row[2:]), strict=True)))
    said = {"roles": ROLES, "proposers": KINDS}
    for name, kinds in said.items():
        if d[name] != {kind: sums[kind] for kind in kinds if sums[kind]}:
            return f"{name} are not the sums of its rows"
    if d["tiers"] != Counter(tiers[row[0]] for row in rows):
        return "tiers are not those of its commissions"
    return None
