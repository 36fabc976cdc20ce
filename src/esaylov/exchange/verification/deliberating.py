"""What the acts of commissions say together: sessions, votes, decisions and their orders, compositions, applications.

docs/formats.md, section 3, "What follows from entry to entry". What needs the figures of an edition is judged by `check_law`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from esaylov.exchange.verification.store import VerificationError
from esaylov.law.editions import Commissions

CENTRAL = "cec"
"""The one commission that is the same in every election."""
WAITING = frozenset({"submitted", "repaired", "forwarded", "checked"})
STEPS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "proceedings.check_application": (WAITING - {"checked"}, frozenset({"checked"})),
    "proceedings.return_application": (WAITING, frozenset({"defects"})),
    "proceedings.repair_application": (frozenset({"defects"}), frozenset({"repaired"})),
    "proceedings.decide_application": (WAITING | {"defects"}, frozenset({"granted", "refused"})),
    "proceedings.forward_application": (WAITING, frozenset({"forwarded"})),
    "proceedings.note_appeal": (frozenset({"granted", "refused", "appealed"}), frozenset({"appealed"})),
}
"""Steps of an application: the states in which each can be taken, and those to which it leads."""

DOUBTS = frozenset({"A04", "A07"})
"""Findings which say that no decision here ordered an act."""
IMPORT = "registry.import_members"
ENDINGS = frozenset({"registry.end_mandate", "formation.leave_by_law"})
COMPOSED = ENDINGS | {
    *(IMPORT, "registry.change_composition", "registry.form_commission", "registry.enrol_central_commission")
}
"""Acts by which somebody comes into a commission, or leaves it."""

Entry = dict[str, Any]


class Unsound(Exception):
    """What does not follow from the entries before."""


def _require(holds: object, reason: str) -> None:
    if not holds:
        raise Unsound(reason)


@dataclass(slots=True)
class _Session:
    year: int
    number: int
    items: int
    present: int
    opened: datetime
    decisions: int = 0
    rejected: int = 0


@dataclass(slots=True)
class _Application:
    kind: str
    holder: str
    state: str = "submitted"


@dataclass(slots=True)
class Deliberations:
    """What is known of commissions after some entries. `sittings`: entries that the law's figures will judge;
    `compositions`: those by which somebody came into a commission, or left one.
    """

    sittings: list[tuple[int, Entry]] = field(default_factory=list)
    compositions: list[tuple[int, Entry]] = field(default_factory=list)
    _open: dict[tuple[str, str], _Session] = field(default_factory=dict)
    _last: dict[tuple[str, str, int], int] = field(default_factory=dict)
    _numbers: set[tuple[str, str, str, str]] = field(default_factory=set)
    _dissents: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    _ordered: dict[str, Entry] = field(default_factory=dict)
    _roles: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    _imported: set[str] = field(default_factory=set)
    _applications: dict[str, _Application] = field(default_factory=dict)
    _handlers: dict[str, Callable[[Entry, str], None]] = field(init=False)

    def __post_init__(self) -> None:
        self._handlers = {
            "proceedings.open_session": self._opened,
            "proceedings.record_attendance": self._attended,
            "proceedings.adopt_decision": self._voted,
            "proceedings.state_dissent": self._dissented,
            "proceedings.close_session": self._closed,
            "registry.enrol_central_commission": self._formed,
            "registry.form_commission": self._formed,
            "registry.change_composition": self._formed,
            "registry.import_members": self._imports,
            "registry.end_mandate": self._ended,
            "formation.leave_by_law": self._ended,
            "proceedings.submit_application": self._submitted,
            **dict.fromkeys(STEPS, self._stepped),
        }

    def take(self, index: int, entry: Entry, leaf: str, *, apart: bool) -> None:
        """The next entry that commissions wrote, with its leaf hash. `apart`: its election has a series of numbers of its
        own (a pilot, simulated, a replay). Raises Unsound.
        """
        act = entry["act"]
        step = self._handlers.get(act)
        if step is not None:
            step(entry, (entry["election"] or "") if apart or entry["body"] != CENTRAL else "")
        if act in SITTINGS:
            self.sittings.append((index, entry))
        if act in COMPOSED:
            self.compositions.append((index, entry))
        if entry.get("decision") is not None:
            self._ordered[leaf] = entry

    def _opened(self, d: Entry, series: str) -> None:
        place, counted = (d["election"] or "", d["body"]), (series, d["body"], d["year"])
        _require(place not in self._open, "the commission's session before this one is still open")
        due = self._last.get(counted, 0) + 1
        _require(d["session"] == due, f"session {d['session']} of the year, should be {due}")
        self._last[counted] = due
        opened = datetime.fromisoformat(d["at"])
        self._open[place] = _Session(d["year"], d["session"], d["items"], d["present"], opened)
        _check_attendance(d)

    def _session(self, d: Entry) -> _Session:
        found = self._open.get((d["election"] or "", d["body"]))
        if found is None or (found.year, found.number) != (d["year"], d["session"]):
            raise Unsound(f"session {d['session']} of {d['year']} is not open")
        # A clock that is put right may go back by a little; a decision is not dated back.
        early = found.opened - datetime.fromisoformat(d["at"]) > timedelta(days=1)
        _require(not early, f"it is of {d['at']}, the session opened at {found.opened.isoformat()}")
        return found

    def _attended(self, d: Entry, series: str) -> None:
        self._session(d).present = d["present"]
        _check_attendance(d)

    def _voted(self, d: Entry, series: str) -> None:
        session, votes, adopted = self._session(d), d["votes"], d["adopted"]
        _require(1 <= d["item"] <= session.items, f"item {d['item']} of an agenda of {session.items}")
        _require(votes.keys() == {"for", "against", "abstain"}, "votes are not those for, against, abstain")
        _require(d["present"] <= session.present, f"{d['present']} are present, {session.present} came")
        _require(
            sum(votes.values()) <= d["present"] <= d["members"],
            f"{sum(votes.values())} votes, {d['present']} present, {d['members']} members",
        )
        _require((d["number"] is not None) == adopted, "only what was adopted has a number, and it has one")
        self._check_orders(d)
        if adopted:
            session.decisions += 1
            number = (series, d["body"], d["at"][:4], d["number"])
            _require(number not in self._numbers, f"decision {d['number']} stands twice in its year")
            self._numbers.add(number)
        else:
            session.rejected += 1
        others = votes["abstain"] + votes["against" if adopted else "for"]
        self._dissents[_question(d, series)] += others

    def _check_orders(self, d: Entry) -> None:
        """What was carried are acts of this body that named the decision, none of another decision, those that it orders."""
        acts = Counter[str]()
        for leaf in d["carried"]:
            found = self._ordered.pop(leaf, None)
            if found is None:
                raise Unsound(f"carried names {leaf}, no act before it that waits for a decision")
            same = all(found[name] == d[name] for name in ("body", "election"))
            _require(same and found["decision"] == d["number"], f"carried names {leaf}, which is not its act")
            _require(
                DOUBTS.isdisjoint(found.get("findings", ())),
                f"carried names {leaf}, which says that nothing ordered it",
            )
            acts[found["act"]] += 1
        _require(acts == Counter(d["orders"]), "carried are not the acts that it orders")

    def _dissented(self, d: Entry, series: str) -> None:
        question = _question(d, series)
        _require(self._dissents[question] > 0, "nobody is left who could dissent from that question")
        self._dissents[question] -= 1

    def _closed(self, d: Entry, series: str) -> None:
        session = self._session(d)
        counted, said = (session.decisions, session.rejected), (d["decisions"], d["rejected"])
        _require(counted == said, f"decisions and rejected are {said}, should be {counted}")
        del self._open[d["election"] or "", d["body"]]

    def _formed(self, d: Entry, series: str) -> None:
        roles, total = Counter[str](d["roles"]), d["members"]
        _require(roles.total() == total, f"{total} members, {roles.total()} by their roles")
        _require(sum(d["proposers"].values()) <= d["added"], "more were proposed than added")
        place, forms = _place(d, d["commission"]), d["act"] != "registry.change_composition"
        before = self._roles.get(place, Counter() if forms or place[0] not in self._imported else None)
        if before is not None:
            _require(forms == (not before.total()), f"it had {before.total()} members before {d['act']}")
            due = before.total() + d["added"] - d["removed"]
            _require(total == due, f"{total} members, should be {due}")
        self._roles[place] = roles

    def _ended(self, d: Entry, series: str) -> None:
        roles = self._roles.get(_place(d, d["of"]))
        if roles is not None:
            _require(roles[d["role"]] > 0, f"{d['of']} has no {d['role']} whose mandate could end")
            roles[d["role"]] -= 1

    def _imports(self, d: Entry, series: str) -> None:
        rows, taken = d["taken"] + d["standing"] + d["refused"], d["taken"]
        _require(rows == d["rows"], f"{d['rows']} rows, {rows} taken, standing or refused")
        _require(sum(d["roles"].values()) == taken, f"{taken} taken, another number by their roles")
        _require(sum(d["proposers"].values()) <= taken, "more were proposed than taken")
        tiers = sum(d["tiers"].values())
        _require(tiers == d["commissions"] <= taken, f"{d['commissions']} commissions, {tiers} by tier")
        # Whose members they are is not said: what was known of this election's commissions is not known any more.
        self._imported.add(d["election"] or "")
        self._roles = {place: roles for place, roles in self._roles.items() if place[0] != d["election"]}

    def _submitted(self, d: Entry, series: str) -> None:
        _require(d["number"] not in self._applications, f"application {d['number']} was submitted before")
        self._applications[d["number"]] = _Application(d["kind"], d["to"])

    def _stepped(self, d: Entry, series: str) -> None:
        act, found = d["act"], self._applications.get(d["number"])
        if found is None or found.kind != d["kind"]:
            raise Unsound(f"no application {d['number']} of this kind was submitted")
        after, to = STEPS[act]
        right = (
            found.state in after and d["state"] in to and (found.state, d["state"]) != ("defects", "granted")
        )
        _require(right, f"application {d['number']} was {found.state}, and is {d['state']} by {act}")
        mine = act == "proceedings.repair_application" or d["body"] == found.holder
        _require(mine, f"application {d['number']} lies before {found.holder}")
        found.state, found.holder = d["state"], d.get("to", found.holder)


SITTINGS = ("proceedings.open_session", "proceedings.record_attendance", "proceedings.adopt_decision")


def _check_attendance(d: Entry) -> None:
    said = f"{d['present']} present of {d['members']} members, {d['needed']} needed"
    _require(1 <= d["needed"] <= d["present"] <= d["members"], said)


def _question(d: Entry, series: str) -> tuple[Any, ...]:
    return (series, d["body"], d["year"], d["session"], d["item"], d["number"])


def _place(d: Entry, commission: str) -> tuple[str, str]:
    return ("" if commission == CENTRAL else d["election"] or "", commission)


def check_law(sittings: Sequence[tuple[int, Entry]], editions: Mapping[str, Commissions | None]) -> int:
    """Judges quorum and majority of the sittings whose edition is at hand; how many. Raises VerificationError."""
    judged = 0
    for index, entry in sittings:
        rules = editions.get(entry["edition"])
        if rules is not None:
            wrong = _wrong_by_law(entry, rules)
            if wrong:
                raise VerificationError(f"entry {index}: {wrong}")
            judged += 1
    return judged


def _wrong_by_law(d: Entry, rules: Commissions) -> str | None:
    members, present = d["members"], d["present"]
    needed = max(1, ceil(rules.quorum * members))
    if d.get("needed", needed) != needed or present < needed:
        return f"{present} present of {members} members, a quorum is {needed}"
    if "votes" not in d:
        return None
    votes, adopted = d["votes"], d["adopted"]
    base = {"members": members, "present": present, "voting": votes["for"] + votes["against"]}[
        rules.majority_of
    ]
    if d["casting"]:
        half = rules.casting_vote and 2 * votes["for"] == base > 0
        return (
            None
            if half and votes["for" if adopted else "against"]
            else "no vote of the presiding one decides"
        )
    if adopted != (2 * votes["for"] > base):
        return f"adopted is {str(adopted).lower()} with {votes['for']} votes for of {base}"
    return None
