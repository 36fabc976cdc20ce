"""What the acts on the voter list say together: changesets, decisions about pairs, rules of precincts, freezes.

docs/formats.md, section 3, "What follows from entry to entry". The list is one for all elections, so its changesets are
followed through the whole log. What needs the tables or the edition of an election is judged by `lists`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from esaylov.exchange.verification.deliberating import CENTRAL, Unsound

if TYPE_CHECKING:
    from esaylov.exchange.verification.said import Called

Entry = dict[str, Any]

SYSTEM = "system"
CHANGES = ("added", "removed", "moved", "changed")
SWAPPED = {"added": "removed", "removed": "added"}
"""What is added by a changeset is removed by the one that takes it back."""
EXTRACTS = frozenset({"full", "delta"})
REQUEST = "request"
KINDS = EXTRACTS | {"reversal", "linkage", "special", REQUEST}
VISITS = frozenset({"early", "home"})
"""Requests that change nothing in the list."""
ADDING = frozenset({"inclusion", "abroad", "objection"})
"""Requests by which somebody may be added to it."""
OBJECTION = "objection"
VERDICTS = frozenset({"same", "different", "unclear"})
IN_LIST = frozenset({"applied", "reversed"})
MARKS = frozenset({"early", "home-asked", "home", "elsewhere", "replaced"})
PRECINCT = "pec:"
UNNAMED, MIDNIGHT = "pec", "00:00:00"


def _require(holds: object, reason: str) -> None:
    if not holds:
        raise Unsound(reason)


@dataclass(slots=True)
class _Changeset:
    """A changeset as it was proposed (only its state, where it was given up before), approved and applied (`counts`).
    `spoken`: how often precincts told somebody that it removes them; `spends`: how many of the requests that were granted it
    takes, and of those that may add somebody (less than nothing: it gives back).
    """

    state: str
    proposed: Entry = field(default_factory=dict)
    approved: Entry = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    spoken: int = 0
    spends: tuple[int, int] = (0, 0)


@dataclass(slots=True)
class _Held:
    """What is known of an election. `rules`: at most so many are in force; `frozen`: so many precincts' lists are;
    `free`: at most so many entries of the list lay in no precinct after the last freeze. `asked`: kinds of requests that wait, by
    their numbers; `granted`: of so many that were granted the list does not have what they ask for, of `adding` of these somebody
    may be added; `objections`: so many were received and not refused or withdrawn.
    """

    rules: int = 0
    frozen: int = 0
    free: int = 0
    objections: int = 0
    asked: dict[str, str] = field(default_factory=dict)
    granted: int = 0
    adding: int = 0


@dataclass(slots=True)
class VoterList:
    """What is known of the list after some entries."""

    voters: int = 0
    _last: int = 0
    _changesets: dict[int, _Changeset] = field(default_factory=dict)
    _pairs: dict[int, tuple[str, str]] = field(default_factory=dict)
    _held: dict[str, _Held] = field(default_factory=dict)
    _filling: set[str] = field(default_factory=set)
    _marks: set[str] = field(default_factory=set)
    _tellings: set[str] = field(default_factory=set)
    _visits: Counter[tuple[str, str]] = field(default_factory=Counter)
    _rounds: Counter[tuple[str, str]] = field(default_factory=Counter)
    _handlers: dict[str, Callable[[Entry, Called], None]] = field(init=False)

    def __post_init__(self) -> None:
        self._handlers = {
            "voters.propose_changeset": self._proposed,
            "voters.approve_changeset": self._approved,
            "voters.apply_changeset": self._applied,
            "voters.discard_changeset": self._discarded,
            "voters.propose_pair_decision": self._said_of_pair,
            "voters.approve_pair_decision": self._said_of_pair,
            "voters.set_rules": self._ruled,
            "voters.freeze_lists": self._froze,
            "voters.add_supplement": lambda d, _: None,
            "voters.mark_voter": self._marked,
            "voters.check_household": self._visited,
            "voters.record_round": self._rounded,
            "voters.tell_removal": self._told,
            "voters.receive_request": self._asked,
            "voters.decide_request": self._answered,
            "voters.withdraw_request": self._answered,
        }

    def take(self, d: Entry, called: Called | None) -> None:
        """The next entry, with what calls its election (None: it names none). Raises Unsound."""
        step = self._handlers.get(d["act"])
        if step is None:
            return
        if called is None:
            raise Unsound("an act on the voter list names its election")
        step(d, called)

    def _of_central(self, d: Entry) -> None:
        _require(d["body"] == CENTRAL, f"{d['body']!r} is not the Central Commission")

    def _proposed(self, d: Entry, called: Called) -> None:
        number, counts, reverses = d["changeset"], d["counts"], d["reverses"]
        self._of_central(d)
        _require(number not in self._changesets, f"changeset {number} was proposed or given up before")
        _require(counts.keys() == set(CHANGES), "counts are not those of the four kinds of changes")
        _require(any(counts.values()), "it changes nothing")
        _require(d["alerts"] <= counts["removed"], "districts without removals are above a level of removals")
        _require(d["kind"] in KINDS, f"{d['kind']!r} is no kind of changesets")
        _require((d["extract"] is None) == (d["as_of"] is None), "an extract and its day go together")
        read = d["extract"] is not None
        _require(
            read == (d["kind"] in EXTRACTS),
            "an extract is compared by a changeset of its kind, and by no other",
        )
        _require(read or not d["rows"], "there are rows of no extract")
        of_rows = sum(counts.values()) - counts["removed"]
        _require(not read or of_rows <= d["rows"], f"{d['rows']} rows make {of_rows} changes")
        past = not read or datetime.fromisoformat(d["as_of"]) <= datetime.fromisoformat(d["at"])
        _require(past, f"the extract is of {d['as_of']}")
        linked = counts["added"] == counts["changed"] == 0 and counts["moved"] <= counts["removed"]
        _require(d["kind"] != "linkage" or linked, "second entries leave, at most as many others move")
        _require(d["kind"] != "special" or not counts["changed"], "lists of places change no data")
        self._carries_out(d, d["kind"], counts)
        _require((d["kind"] == "reversal") == (reverses is not None), "a reversal, and no other, takes back")
        self._stands_at(d)
        _require(number > d["base"], f"changeset {number} is not after {d['base']}")
        if reverses is not None:
            self._takes_back(d, reverses)
        self._outside_of_frozen(d, counts, called)
        self._filling.add(d["election"])
        self._changesets[number] = _Changeset("proposed", d)

    def _stands_at(self, d: Entry) -> None:
        _require(d["base"] == self._last, f"base {d['base']}, the last changeset applied is {self._last}")

    def _takes_back(self, d: Entry, reverses: int) -> None:
        back = self._changesets.get(reverses)
        if back is None or back.state != "applied":
            raise Unsound(f"changeset {reverses} is not applied, or was taken back")
        _require(back.proposed["election"] == d["election"], f"changeset {reverses} is of another election")
        due = {SWAPPED.get(kind, kind): back.counts[kind] for kind in CHANGES}
        _require(d["counts"] == due, f"it does not change what changeset {reverses} changed")

    def _known(self, d: Entry, *states: str) -> _Changeset:
        """The changeset of an entry, which must have one of these states."""
        found = self._changesets.get(d["changeset"])
        if found is None or found.state not in states:
            was = "unknown" if found is None else found.state
            raise Unsound(f"changeset {d['changeset']} is {was}, not {' or '.join(states)}")
        same = all(found.proposed[name] == d[name] for name in ("election", "sha256"))
        _require(same, f"not the sha256 or the election with which changeset {d['changeset']} was proposed")
        return found

    def _approved(self, d: Entry, called: Called) -> None:
        self._of_central(d)
        found = self._known(d, "proposed")
        self._not_before(d, found.proposed)
        self._stands_at(found.proposed)
        self._outside_of_frozen(d, found.proposed["counts"], called)
        self._notifies(d, found.proposed["counts"]["removed"])
        found.state, found.approved = "approved", d

    def _not_before(self, d: Entry, other: Entry) -> None:
        right = datetime.fromisoformat(d["at"]) >= datetime.fromisoformat(other["at"])
        _require(right, f"it is dated before {other['at']}, when it was at the step before")

    def _notifies(self, d: Entry, removed: int) -> None:
        """The notice that an approval begins. Who is not told by it was told by the approval of a changeset that never went into
        the list.
        """
        notices, told, until = d["notices"], d["told"], d["notice_until"]
        _require(told <= notices <= removed, f"{told} told of {notices} notices for {removed} removals")
        _require((until is None) == (notices == 0), "notices and notice_until go together")
        earlier = [
            one.approved
            for one in self._changesets.values()
            if one.approved and one.approved["election"] == d["election"] and one.state not in IN_LIST
        ]
        before = sum(one["told"] for one in earlier)
        _require(notices - told <= before, f"{notices - told} were told before, by the log {before}")
        over = until is not None and datetime.fromisoformat(until) < datetime.fromisoformat(d["at"])
        _require(not over, f"the notice ended at {until}, before the approval")

    def _told(self, d: Entry, called: Called) -> None:
        """A precinct's commission, which is not said, told some of those whom a changeset is to remove."""
        _require(d["body"] == UNNAMED, f"{d['body']!r} tells which commission told somebody")
        _require(d["at"][11:19] == MIDNIGHT, f"{d['at']} tells the time at which somebody was told")
        _require(d["telling"] not in self._tellings, "the same telling twice")
        self._tellings.add(d["telling"])
        found = self._changesets.get(d["changeset"])
        if found is None or found.state != "approved" or found.approved["election"] != d["election"]:
            raise Unsound(f"changeset {d['changeset']} is not approved and waiting")
        _require(d["at"][:10] >= found.approved["at"][:10], "somebody was told before it was approved")
        found.spoken += 1
        most = found.approved["notices"]
        _require(found.spoken <= most, f"somebody was told {found.spoken} times, there are {most} notices")

    def _applied(self, d: Entry, called: Called) -> None:
        _require(d["body"] == SYSTEM, f"{d['body']!r} is not {SYSTEM!r}")
        found, counts, kept = self._known(d, "approved"), d["counts"], d["kept"]
        self._stands_at(d)
        self._not_before(d, found.approved)
        for name in ("base", "reverses"):
            _require(d[name] == found.proposed[name], f"{name} is not as proposed")
        self._carries_out(d, found.proposed["kind"], counts)
        due_counts = found.proposed["counts"] | {"removed": found.proposed["counts"]["removed"] - kept}
        _require(counts == due_counts, "counts are not as proposed, less those who were kept")
        most = min(found.approved["notices"], self._of(d).objections)
        _require(kept <= most, f"{kept} were kept, {most} at most were told and objected")
        until = found.approved["notice_until"]
        early = until is not None and datetime.fromisoformat(d["at"]) < datetime.fromisoformat(until)
        _require(not early, f"applied before {until}, until when those whom it removes may object")
        due = self.voters + counts["added"] - counts["removed"]
        _require(d["voters"] == due, f"{d['voters']} voters, should be {due}")
        self._outside_of_frozen(d, counts, called)
        if d["reverses"] is not None:
            back = self._changesets[d["reverses"]]
            back.state = "reversed"
            found.spends = -back.spends[0], -back.spends[1]
        elif found.proposed["kind"] == REQUEST:
            found.spends = sum(counts.values()), counts["added"]
        mine = self._of(d)
        mine.granted, mine.adding = mine.granted - found.spends[0], mine.adding - found.spends[1]
        _require(mine.granted >= 0 <= mine.adding, "it carries out requests that were carried out")
        for held in self._held.values():
            held.free += counts["added"] - counts["removed"]
        found.state, found.counts, self.voters, self._last = "applied", counts, due, d["changeset"]

    def _carries_out(self, d: Entry, kind: str, counts: dict[str, int]) -> None:
        """Every change of a changeset of requests carries one out that was granted and that the list does not have yet."""
        if kind != REQUEST:
            return
        changed, held = sum(counts.values()), self._of(d)
        _require(changed <= held.granted, f"it carries out {changed} requests, {held.granted} are granted")
        _require(counts["added"] <= held.adding, f"requests by which {held.adding} are added were granted")
        _require(not counts["removed"], "a request removes nobody")

    def _asked(self, d: Entry, called: Called) -> None:
        self._of(d).objections += d["kind"] == OBJECTION
        if d["kind"] not in VISITS:
            self._of(d).asked[d["number"]] = d["kind"]

    def _answered(self, d: Entry, called: Called) -> None:
        """A request is decided, or withdrawn (then it has no verdict)."""
        held, granted = self._of(d), d.get("verdict") == "granted"
        kind = held.asked.pop(d["number"], "")
        held.granted += granted and bool(kind)
        held.adding += granted and kind in ADDING
        held.objections -= not granted and kind == OBJECTION

    def _discarded(self, d: Entry, called: Called) -> None:
        """One that was never proposed may be given up too: the log did not know it."""
        self._of_central(d)
        if d["changeset"] in self._changesets:
            found = self._known(d, "proposed", "approved")
            self._not_before(d, found.approved or found.proposed)
            found.state = "discarded"
        else:
            self._changesets[d["changeset"]] = _Changeset("discarded", d)

    def _outside_of_frozen(self, d: Entry, counts: dict[str, int], called: Called) -> None:
        """When all lists are frozen, until election day, only entries that lie in no precinct can change. (Where the list is
        kept for other elections too, they may lie in precincts of those.)
        """
        held = self._held.get(d["election"], _Held())
        everything = held.frozen and held.frozen == called.tables["precincts"].rows
        if everything and d["at"][:10] < called.date and self._filling <= {d["election"]}:
            changed = sum(counts[kind] for kind in CHANGES if kind != "added")
            said = f"it changes {changed} entries, all lists are frozen and {held.free} entries lie in none"
            _require(changed <= held.free, said)

    def _said_of_pair(self, d: Entry, called: Called) -> None:
        """What was proposed is approved as it is; what was left unclear may be looked at again."""
        _require(d["verdict"] in VERDICTS, f"{d['verdict']!r} is no verdict")
        mine = d["body"] != SYSTEM and not d["body"].startswith(PRECINCT)
        _require(mine, f"{d['body']!r} does not decide about pairs")
        step, verdict = self._pairs.get(d["pair"], ("", ""))
        if d["act"] == "voters.propose_pair_decision":
            _require(step != "approved" or verdict == "unclear", f"pair {d['pair']} is decided")
            self._pairs[d["pair"]] = "proposed", d["verdict"]
            return
        proposed = (step, verdict) == ("proposed", d["verdict"])
        _require(proposed, f"{d['verdict']!r} was not proposed of pair {d['pair']}")
        self._pairs[d["pair"]] = "approved", d["verdict"]

    def _of(self, d: Entry) -> _Held:
        return self._held.setdefault(d["election"], _Held())

    def _ruled(self, d: Entry, called: Called) -> None:
        held, precincts = self._of(d), called.tables["precincts"].rows or 0
        left = precincts - held.frozen
        _require(1 <= d["precincts"] <= left, f"rules of {d['precincts']} precincts, {left} are not frozen")
        _require(d["rules"] >= d["precincts"], "every precinct has a row")
        _require(1 <= d["mahallas"] <= d["rules"] + d["ended"], "more mahallas than rules, or none")
        _require(d["ended"] <= held.rules, f"{d['ended']} rules ended, at most {held.rules} were in force")
        held.rules += d["rules"] - d["ended"]
        self._filling.add(d["election"])

    def _froze(self, d: Entry, called: Called) -> None:
        held, precincts = self._of(d), called.tables["precincts"].rows or 0
        self._of_central(d)
        left = precincts - held.frozen
        _require(1 <= d["lists"] <= left, f"{d['lists']} lists, {left} precincts are not frozen")
        _require(not self._last or d["unplaced"] <= self.voters, f"{d['unplaced']} entries of {self.voters}")
        held.frozen += d["lists"]
        held.free = d["unplaced"]

    def _marked(self, d: Entry, called: Called) -> None:
        """Of which precinct and kind a mark is stands in earlier entries only: now it is hidden in a hash."""
        told = ("precinct", "kind", "number")
        if "mark" not in d:
            _require(all(name in d for name in told), "neither a hash of the mark nor all of its members")
            _require(d["kind"] in MARKS, f"{d['kind']!r} is no kind of marks")
            return
        _require(not any(name in d for name in told), "a mark that is hidden and told")
        _require(d["body"] == UNNAMED, f"{d['body']!r} tells which commission made the mark")
        _require(d["at"][11:19] == MIDNIGHT, f"{d['at']} tells the time of the mark")
        _require(d["mark"] not in self._marks, "the same mark twice")
        self._marks.add(d["mark"])

    def _visited(self, d: Entry, called: Called) -> None:
        """Visits, of earlier entries, are numbered by precinct. (Whether there is such a one, lists.py asks of the first.)"""
        precinct = d["precinct"]
        _require(d["body"] == f"{PRECINCT}{precinct}", f"{d['body']!r} is not the commission of {precinct!r}")
        due = self._visits[d["election"], precinct] + 1
        _require(d["number"] == due, f"number {d['number']}, due is {due}")
        self._visits[d["election"], precinct] = due

    def _rounded(self, d: Entry, called: Called) -> None:
        """Rounds, each of the visits of a day, are numbered by precinct. (Whether there is such a one: likewise.)"""
        _require(d["body"] == SYSTEM, f"{d['body']!r} is not {SYSTEM!r}")
        _require(d["visits"] >= 1, "a round without a visit")
        due = self._rounds[d["election"], d["precinct"]] + 1
        _require(d["number"] == due, f"number {d['number']}, due is {due}")
        self._rounds[d["election"], d["precinct"]] = due
