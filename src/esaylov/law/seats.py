"""Seat allocation by five methods, in exact fractions, step by step (Art. 96¹ of the Electoral Code for the
list half).

The result is a list of steps: each says who receives what, why, by which article, and how all stood before
it. Two states are answers and not errors: `lots` (equals, and a lot must be drawn) and `undetermined` (the
rules are silent).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import ceil, floor
from typing import Any, Literal

from esaylov.law.exact import plain, ratio
from esaylov.law.picks import Drawn, Lots, Picked, pick

METHODS = (
    "hare-largest-remainder",
    "droop-largest-remainder",
    "dhondt",
    "sainte-lague",
    "hagenbach-bischoff",
)
BASES = ("valid", "cast", "participants")
ROUNDINGS = ("exact", "floor", "nearest", "ceiling")
TIES = ("lot", "more-votes")

Kind = Literal[
    "base",
    "threshold",
    "next-list",
    "supplied",
    "quota",
    "whole-quotas",
    "seat",
    "lot-pending",
    "undetermined",
]


@dataclass(frozen=True, slots=True)
class Rules:
    """What the law adds to a method: see docs/edition.md, `minimum_parties`, `quota_rounding`, `ties`."""

    minimum_parties: int = 1
    quota_rounding: str = "exact"
    ties: str = "lot"


@dataclass(frozen=True, slots=True)
class Case:
    """All that an allocation needs. Votes are exact (ballots, or shares where only shares are known).

    `threshold_base` is one of BASES or a number of votes; `other_votes` are valid votes for none of the
    lists that count in the base; `drawn` are the recorded lots in their order; `sharing` is what a decision
    supplied for the case that no list passes; `articles` names the article of a rule by its key in the
    edition.
    """

    seats: int
    method: str
    votes: Mapping[str, Fraction]
    threshold: Fraction = Fraction(0)
    threshold_base: str | Fraction = "valid"
    participants: Fraction | None = None
    invalid: Fraction | None = None
    other_votes: Fraction = Fraction(0)
    rules: Rules = Rules()
    drawn: tuple[str, ...] = ()
    sharing: tuple[str, ...] | None = None
    articles: Mapping[str, str] = field(default_factory=dict)

    def base(self) -> Fraction:
        """The votes that the threshold is a share of; ValueError when a figure for it is missing."""
        if isinstance(self.threshold_base, Fraction):
            return self.threshold_base
        valid = sum(self.votes.values(), self.other_votes)
        if self.threshold_base == "valid":
            return valid
        figure = self.invalid if self.threshold_base == "cast" else self.participants
        if figure is None:
            raise ValueError(f"the threshold base {self.threshold_base} needs a figure that is missing")
        return valid + figure if self.threshold_base == "cast" else figure


@dataclass(frozen=True, slots=True)
class Standing:
    """How one list stood before a step; `value` is what the step compares (remainder, average, …)."""

    option: str
    votes: Fraction
    seats: int
    value: Fraction

    def to_json(self) -> dict[str, Any]:
        return {
            "option": self.option,
            "votes": plain(self.votes),
            "seats": self.seats,
            "value": plain(self.value),
        }


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a worked computation: `options` are concerned, `seats` is what each of them receives."""

    kind: str
    reason: str
    options: tuple[str, ...] = ()
    seats: int = 0
    article: str | None = None
    figures: Mapping[str, Fraction] = field(default_factory=dict)
    standings: tuple[Standing, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; numbers that may be fractions are strings, `p/q` where not whole."""
        return {
            "kind": self.kind,
            "reason": self.reason,
            "options": list(self.options),
            "seats": self.seats,
            "article": self.article,
            "figures": {name: plain(value) for name, value in self.figures.items()},
            "standings": [standing.to_json() for standing in self.standings],
        }


@dataclass(frozen=True, slots=True)
class Allocation:
    """Who receives how many seats: the certain ones while `lots` is pending, none while `undetermined`.

    `passing` are the lists that share, in the order of the votes given; `unused` are recorded lots that
    decided nothing.
    """

    seats: Mapping[str, int]
    quota: Fraction | None
    passing: tuple[str, ...]
    steps: tuple[Step, ...]
    lots: Lots | None = None
    undetermined: bool = False
    unused: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The answer of `esaylov seats --json`."""
        return {
            "seats": dict(self.seats),
            "quota": ratio(self.quota) if self.quota is not None else None,
            "passing": list(self.passing),
            "steps": [step.to_json() for step in self.steps],
            "lots": self.lots.to_json() if self.lots else None,
            "undetermined": self.undetermined,
        }


def allocate(case: Case) -> Allocation:
    """Allocates the seats of a case.

    Raises ValueError for a case whose threshold base cannot be computed; any other case has an answer.
    """
    return _Run(case).answer()


@dataclass(slots=True)
class _Run:
    """One allocation under way."""

    case: Case
    drawn: Drawn = field(init=False)
    seats: dict[str, int] = field(default_factory=dict)
    passing: tuple[str, ...] = ()
    quota: Fraction | None = None
    steps: list[Step] = field(default_factory=list)
    lots: Lots | None = None
    undetermined: bool = False

    def __post_init__(self) -> None:
        self.drawn = Drawn(self.case.drawn)

    def answer(self) -> Allocation:
        self._find_passing()
        if self.lots is not None:
            self._certain_before_lot(self.lots)
        elif not self.undetermined:
            self._share(self.passing)
        if self.undetermined:
            self.seats, self.quota = {}, None
        return Allocation(
            seats={option: self.seats[option] for option in self.case.votes if self.seats.get(option)},
            quota=self.quota,
            passing=self.passing,
            steps=tuple(self.steps),
            lots=self.lots,
            undetermined=self.undetermined,
            unused=tuple(self.drawn.left),
        )

    # who shares

    def _find_passing(self) -> None:
        case = self.case
        base = case.base()
        needed = case.threshold * base
        figures = {"base": base, "threshold": case.threshold, "needed": needed}
        name = case.threshold_base if isinstance(case.threshold_base, str) else "number"
        self._note("base", name, rule="threshold_base", figures=figures)
        passing = [option for option, votes in case.votes.items() if 0 < votes >= needed]
        for option, votes in case.votes.items():
            reason = "reached" if option in passing else "not-reached"
            self._note(
                "threshold", reason, [option], rule="threshold", figures={"votes": votes, "needed": needed}
            )
        if not passing:
            self._supplied()
        elif len(passing) < case.rules.minimum_parties:
            self._next_lists(passing)
        else:
            self._set_passing(passing)

    def _set_passing(self, options: Iterable[str]) -> None:
        chosen = set(options)
        self.passing = tuple(option for option in self.case.votes if option in chosen)

    def _supplied(self) -> None:
        sharing = [option for option in self.case.votes if option in (self.case.sharing or ())]
        if not sharing:
            self._silent("no-list-passes")
            return
        self._note("supplied", "decision", sharing)
        self._set_passing(sharing)

    def _next_lists(self, passing: list[str]) -> None:
        votes = self.case.votes
        others = {option: v for option, v in votes.items() if v > 0 and option not in passing}
        found = pick(others, self.case.rules.minimum_parties - len(passing), self.drawn)
        for chosen in found.chosen:
            reason = "lot" if chosen.why == "lot" else "fewer-lists-than-minimum"
            self._note(
                "next-list",
                reason,
                [chosen.option],
                rule="minimum_parties",
                standings=self._standings(others),
            )
        self._set_passing([*passing, *(chosen.option for chosen in found.chosen)])
        if found.lots is not None:
            self._pending(found.lots, "next-list", others)

    def _certain_before_lot(self, lots: Lots) -> None:
        """Those in the lot have equal votes: whichever of them comes in, the others receive the same."""
        guess = _Run(replace(self.case, drawn=()))
        sharing = (*self.passing, *lots.between[: lots.places])
        guess._share(option for option in self.case.votes if option in sharing)
        if not guess.undetermined:
            self.seats = {o: n for o, n in guess.seats.items() if o not in lots.between}

    # how they share

    def _share(self, options: Iterable[str]) -> None:
        votes = {option: self.case.votes[option] for option in options if self.case.votes[option] > 0}
        if not votes:
            self._silent("no-votes")
            return
        self.seats = dict.fromkeys(votes, 0)
        method = self.case.method
        if method in ("dhondt", "sainte-lague"):
            self._averages(votes, 2 if method == "sainte-lague" else 1)
            return
        total = sum(votes.values(), Fraction(0))
        quota = _quota(self.case, total)
        if not self._whole_quotas(votes, total, quota):
            return
        if method == "hagenbach-bischoff":
            self._averages(votes, 1)
        else:
            self._remainders(votes, quota)

    def _left(self) -> int:
        return self.case.seats - sum(self.seats.values())

    def _whole_quotas(self, votes: Mapping[str, Fraction], total: Fraction, quota: Fraction) -> bool:
        figures = {"votes": total, "seats": Fraction(self.case.seats), "quota": quota}
        self._note("quota", self.case.method, rule="quota_rounding", figures=figures)
        if quota == 0:
            self._silent("quota-is-zero")
            return False
        self.quota = quota
        shares = {option: v / quota for option, v in votes.items()}
        if sum(map(floor, shares.values())) > self.case.seats:
            self._silent("quotas-exceed-seats")
            return False
        for option, share in shares.items():
            standings = self._standings(shares)
            self._note(
                "whole-quotas",
                "whole-part",
                [option],
                seats=floor(share),
                figures={"share": share},
                standings=standings,
            )
            self.seats[option] = floor(share)
        return True

    def _remainders(self, votes: Mapping[str, Fraction], quota: Fraction) -> None:
        places = self._left()
        if places > len(votes):
            self._silent("seats-left")
            return
        remainders = {option: v - self.seats[option] * quota for option, v in votes.items()}
        found = pick(remainders, places, self.drawn, self._tie_votes(votes))
        for chosen in found.chosen:
            self._give(chosen, "largest-remainder", remainders)
        if found.lots is not None:
            self._pending(found.lots, "seat", remainders)

    def _averages(self, votes: Mapping[str, Fraction], stride: int) -> None:
        """Gives the seats left one by one to the highest votes / (stride × seats + 1)."""
        averages = {option: v / (stride * self.seats[option] + 1) for option, v in votes.items()}
        while self._left() > 0:
            best = max(averages.values())
            equals = {option: average for option, average in averages.items() if average == best}
            found = pick(equals, self._left(), self.drawn, self._tie_votes(votes))
            for chosen in found.chosen:
                self._give(chosen, "highest-average", averages)
                averages[chosen.option] = votes[chosen.option] / (stride * self.seats[chosen.option] + 1)
            if found.lots is not None:
                self._pending(found.lots, "seat", averages)
                return

    def _tie_votes(self, votes: Mapping[str, Fraction]) -> Mapping[str, Fraction] | None:
        return votes if self.case.rules.ties == "more-votes" else None

    # what is written down

    def _give(self, chosen: Picked, reason: str, values: Mapping[str, Fraction]) -> None:
        why = reason if chosen.why == "rank" else chosen.why
        rule = "method" if chosen.why == "rank" else "ties"
        figures = {"value": values[chosen.option]}
        standings = self._standings(values)
        self._note("seat", why, [chosen.option], seats=1, figures=figures, standings=standings, rule=rule)
        self.seats[chosen.option] += 1

    def _standings(self, values: Mapping[str, Fraction]) -> tuple[Standing, ...]:
        return tuple(
            Standing(option, self.case.votes[option], self.seats.get(option, 0), value)
            for option, value in values.items()
        )

    def _pending(self, lots: Lots, reason: str, values: Mapping[str, Fraction]) -> None:
        self.lots = lots
        figures = {"for": Fraction(lots.places)}
        standings = self._standings(values)
        self._note("lot-pending", reason, lots.between, figures=figures, standings=standings, rule="ties")

    def _silent(self, reason: str) -> None:
        self.undetermined = True
        self._note("undetermined", reason)

    def _note(
        self,
        kind: Kind,
        reason: str,
        options: Iterable[str] = (),
        *,
        seats: int = 0,
        figures: Mapping[str, Fraction] | None = None,
        standings: tuple[Standing, ...] = (),
        rule: str = "method",
    ) -> None:
        article = self.case.articles.get(rule)
        self.steps.append(Step(kind, reason, tuple(options), seats, article, figures or {}, standings))


def _quota(case: Case, total: Fraction) -> Fraction:
    if case.method != "hare-largest-remainder":
        return Fraction(floor(total / (case.seats + 1)) + 1)
    exact = total / case.seats
    rounded = {
        "exact": exact,
        "floor": Fraction(floor(exact)),
        "nearest": Fraction(floor(exact + Fraction(1, 2))),
        "ceiling": Fraction(ceil(exact)),
    }
    return rounded[case.rules.quota_rounding]
