"""Who wins a contest (Art. 59, 96, 96¹; the referendum law): from sums and decisions to seats, worked step
by step.

The order is always the same: turnout first, then the method that the edition names for the kind of contest.
What the law leaves open is a status, not a guess: `needs-decision` (a lot must be drawn), `undetermined`
(the law is silent). docs/edition.md says the rules in words; a verifier computes them again from there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import chain
from typing import Any, Literal

from esaylov.law.editions import ContestRule, Edition
from esaylov.law.exact import ratio
from esaylov.law.picks import Drawn, Lots, Pick, pick
from esaylov.law.protocol import common_figure
from esaylov.law.seats import Case, Rules, Standing, Step, allocate

Status = Literal["determined", "needs-decision", "undetermined", "not-valid", "run-off"]
NONE_OF_THE_ABOVE = "none-of-the-above"


@dataclass(frozen=True, slots=True)
class OptionInput:
    """What can be voted for; `kind` as in the package's table of options, `order` on the ballot."""

    id: str
    kind: str
    order: int


@dataclass(frozen=True, slots=True)
class ContestInput:
    """A contest, its options in the order of every array of votes. Without `rule` the edition's holds."""

    id: str
    kind: str
    seats: int
    options: tuple[OptionInput, ...]
    rule: ContestRule | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the places that count: the edition's lines, the options' votes; voters of annulled places."""

    lines: Sequence[int]
    votes: Sequence[int]
    voters_annulled: int = 0


@dataclass(frozen=True, slots=True)
class Decisions:
    """What commissions decided where the law leaves it to them.

    `lots`: recorded lots, oldest first, each the options drawn in their order. `outcome`: the lists that
    share the seats, or the options elected; it is used only where the law gives no answer.
    """

    lots: tuple[tuple[str, ...], ...] = ()
    outcome: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Turnout:
    """Voters who took part, voters on the list, and whether that is enough; `required` None: any is."""

    participants: int
    voters: int
    required: Fraction | None
    reached: bool

    def to_json(self) -> dict[str, Any]:
        return {
            "participants": self.participants,
            "voters": self.voters,
            "required": None if self.required is None else ratio(self.required),
            "reached": self.reached,
        }


@dataclass(frozen=True, slots=True)
class Determination:
    """Who wins. `passing`: the lists that share, or the candidates of a run-off, None for neither."""

    contest: str
    kind: str
    status: Status
    final: bool
    turnout: Turnout
    steps: tuple[Step, ...]
    seats: Mapping[str, int] = field(default_factory=dict)
    elected: tuple[str, ...] = ()
    lots: Lots | None = None
    quota: Fraction | None = None
    passing: tuple[str, ...] | None = None

    def to_json(self) -> dict[str, Any]:
        """The contest's member of `determinations.json` (docs/formats.md, section 6)."""
        return {
            "contest": self.contest,
            "kind": self.kind,
            "status": self.status,
            "final": self.final,
            "seats": dict(self.seats),
            "elected": list(self.elected),
            "lots": None if self.lots is None else self.lots.to_json(),
            "quota": None if self.quota is None else ratio(self.quota),
            "passing": None if self.passing is None else list(self.passing),
            "turnout": self.turnout.to_json(),
            "steps": [step.to_json() for step in self.steps],
        }


def determine(
    edition: Edition,
    contest: ContestInput,
    totals: Totals,
    decisions: Decisions | None = None,
    final: bool = False,
) -> Determination:
    """Who wins `contest`, by the edition's rule for its kind.

    `final` only marks the result (it was certified). Raises KeyError when the edition has no rule for the
    kind, ValueError when the arrays do not fit the form or the options.
    """
    if len(totals.votes) != len(contest.options):
        raise ValueError(f"{len(totals.votes)} votes for the {len(contest.options)} options of {contest.id}")
    return _Work(edition, contest, totals, decisions or Decisions(), final).determination()


def second_round(rule: ContestRule) -> ContestRule:
    """The rule of a run-off that follows from `rule`: more votes win, with the turnout that the edition
    asks then.

    Raises ValueError when the rule knows no run-off.
    """
    if rule.run_off is None:
        raise ValueError(f"the rule for {rule.kind} knows no run-off")
    return replace(
        rule,
        method="plurality",
        majority=None,
        run_off=None,
        turnout=rule.run_off.turnout,
        two_candidates="majority",
    )


def reaches(op: str, value: Fraction, needed: Fraction) -> bool:
    """Whether `value` is enough: at least `needed` (`>=`) or more than it (`>`)."""
    return value > needed if op == ">" else value >= needed


class _Work:
    """One determination under way."""

    def __init__(
        self,
        edition: Edition,
        contest: ContestInput,
        totals: Totals,
        decisions: Decisions,
        final: bool,
    ) -> None:
        self.edition = edition
        self.contest = contest
        self.rule = contest.rule or edition.contests[contest.kind]
        self.totals = totals
        self.final = final
        self.decisions = decisions
        self.drawn = Drawn(chain.from_iterable(decisions.lots))
        options = sorted(zip(contest.options, totals.votes, strict=True), key=lambda pair: pair[0].order)
        self.options = [option for option, _ in options]
        self.votes = {option.id: Fraction(votes) for option, votes in options}
        self.candidates = {o.id: self.votes[o.id] for o in self.options if o.kind != NONE_OF_THE_ABOVE}
        self.steps: list[Step] = []
        self.turnout = self._turnout()

    def determination(self) -> Determination:
        if not self.turnout.reached:
            return self._result("not-valid", passing=() if self.rule.proportional else None)
        if self.rule.proportional:
            return self._proportional()
        self._standings()
        if not any(self.candidates.values()):
            return self._no_votes()
        methods = {"plurality": self._plurality, "majority": self._majority, "question": self._question}
        return methods[self.rule.method]()

    # figures

    def _common(self, name: str) -> int:
        return common_figure(self.edition, name, self.totals.lines)

    def _base(self, name: str) -> Fraction:
        """Votes that a share is taken of; none-of-the-above is a valid vote unless the edition drops it."""
        if name == "participants":
            return Fraction(self._common("ballots_in_boxes"))
        counted = self.votes if self.rule.none_of_the_above == "in" else self.candidates
        valid = sum(counted.values(), Fraction(0))
        return valid + self._common("invalid") if name == "cast" else valid

    def _turnout(self) -> Turnout:
        rule = self.rule
        stay = rule.annulled_voters == "stay"
        voters = self._common("voters_on_list") + (self.totals.voters_annulled if stay else 0)
        participants = self._common("ballots_in_boxes")
        needed = (rule.turnout or Fraction(0)) * voters
        reached = rule.turnout is None or reaches(rule.turnout_op, Fraction(participants), needed)
        figures = {"participants": Fraction(participants), "voters": Fraction(voters)}
        if rule.turnout is not None:
            figures |= {"required": rule.turnout, "needed": needed}
        self._note("turnout", "reached" if reached else "not-reached", rule="turnout", figures=figures)
        return Turnout(participants, voters, rule.turnout, reached)

    # methods

    def _proportional(self) -> Determination:
        rule = self.rule
        none = self._base("valid") - sum(self.candidates.values())
        allocation = allocate(
            Case(
                seats=self.contest.seats,
                method=rule.method,
                votes=self.candidates,
                threshold=rule.threshold,
                threshold_base=rule.threshold_base,
                participants=Fraction(self._common("ballots_in_boxes")),
                invalid=Fraction(self._common("invalid")),
                other_votes=none,
                rules=Rules(rule.minimum_parties, rule.quota_rounding, rule.ties),
                drawn=tuple(self.drawn.left),
                sharing=self.decisions.outcome,
                articles={key: source.article for key, source in rule.sources.items() if source.article},
            )
        )
        self.steps += allocation.steps
        status: Status = "needs-decision" if allocation.lots else "determined"
        return self._result(
            "undetermined" if allocation.undetermined else status,
            seats=allocation.seats,
            lots=allocation.lots,
            quota=allocation.quota,
            passing=allocation.passing,
        )

    def _plurality(self) -> Determination:
        """The seats go to those with most votes; nobody is elected without a vote."""
        running = {option: votes for option, votes in self.candidates.items() if votes > 0}
        return self._elect(pick(running, self.contest.seats, self.drawn), "most-votes", "method")

    def _majority(self) -> Determination:
        rule = self.rule
        majority = rule.majority or Fraction(0)
        base = self._base(rule.majority_base)
        best = max(self.candidates.values())
        leaders = {option: votes for option, votes in self.candidates.items() if votes == best}
        reached = reaches(rule.majority_op, best, majority * base)
        figures = {"votes": best, "base": base, "majority": majority, "needed": majority * base}
        reason = "reached" if reached else "not-reached"
        self._note("majority", reason, tuple(leaders), rule="majority", figures=figures)
        if reached:
            return self._elect(pick(leaders, 1, self.drawn), "majority", "majority")
        if len(self.candidates) == 2 and rule.two_candidates == "plurality":
            return self._elect(pick(self.candidates, 1, self.drawn), "most-votes", "two_candidates")
        return self._run_off()

    def _run_off(self) -> Determination:
        run_off = self.rule.run_off
        if run_off is None or len(self.candidates) <= run_off.candidates:
            self._note("nobody-elected", "no-majority", rule="majority")
            return self._result("determined")
        found = pick(self.candidates, run_off.candidates, self.drawn)
        for chosen in found.chosen:
            reason = "lot" if chosen.why == "lot" else "most-votes"
            figures = {"votes": self.candidates[chosen.option]}
            self._note("run-off", reason, (chosen.option,), rule="run_off", figures=figures)
        self._pending(found, "run-off")
        passing = self._by_ballot({chosen.option for chosen in found.chosen})
        return self._result("needs-decision" if found.lots else "run-off", lots=found.lots, passing=passing)

    def _question(self) -> Determination:
        rule = self.rule
        majority = rule.majority or Fraction(0)
        base = self._base(rule.majority_base)
        answers = [option.id for option in self.options if option.kind == "yes"]
        votes = sum((self.votes[answer] for answer in answers), Fraction(0))
        adopted = reaches(rule.majority_op, votes, majority * base)
        figures = {"votes": votes, "base": base, "majority": majority, "needed": majority * base}
        reason = "adopted" if adopted else "rejected"
        self._note("question", reason, tuple(answers), rule="majority", figures=figures)
        return self._result("determined", elected=tuple(answers) if adopted else ())

    def _no_votes(self) -> Determination:
        """Without a single vote the law names nobody; a decision may."""
        named = [option for option in self.decisions.outcome or () if option in self.candidates]
        if not named:
            self._note("undetermined", "no-votes")
            return self._result("undetermined")
        if self.rule.method == "question":
            yes = {option.id for option in self.options if option.kind == "yes"}
            adopted = self._by_ballot(yes.intersection(named))
            self._note("supplied", "decision", adopted)
            return self._result("determined", elected=adopted)
        supplied = self._by_ballot(set(named[: self.contest.seats]))
        self._note("supplied", "decision", supplied)
        return self._result("determined", seats=dict.fromkeys(supplied, 1))

    # what comes out

    def _elect(self, found: Pick, reason: str, rule: str) -> Determination:
        for chosen in found.chosen:
            why, key = (reason, rule) if chosen.why == "rank" else (chosen.why, "ties")
            figures = {"votes": self.candidates[chosen.option]}
            self._note("elected", why, (chosen.option,), rule=key, seats=1, figures=figures)
        self._pending(found, "seat")
        winners = self._by_ballot({chosen.option for chosen in found.chosen})
        status: Status = "needs-decision" if found.lots else "determined"
        return self._result(status, seats=dict.fromkeys(winners, 1), lots=found.lots)

    def _pending(self, found: Pick, reason: str) -> None:
        if found.lots is not None:
            figures = {"for": Fraction(found.lots.places)}
            self._note("lot-pending", reason, found.lots.between, rule="ties", figures=figures)

    def _by_ballot(self, chosen: set[str]) -> tuple[str, ...]:
        return tuple(option.id for option in self.options if option.id in chosen)

    def _standings(self) -> None:
        standings = tuple(Standing(option, votes, 0, votes) for option, votes in self.votes.items())
        figures = {name: self._base(name) for name in ("valid", "cast", "participants")}
        self._note("votes", self.rule.method, figures=figures, standings=standings)

    def _note(
        self,
        kind: str,
        reason: str,
        options: tuple[str, ...] = (),
        *,
        rule: str = "method",
        seats: int = 0,
        figures: Mapping[str, Fraction] | None = None,
        standings: tuple[Standing, ...] = (),
    ) -> None:
        article = self.rule.article(rule)
        self.steps.append(Step(kind, reason, options, seats, article, figures or {}, standings))

    def _result(
        self,
        status: Status,
        *,
        seats: Mapping[str, int] | None = None,
        elected: tuple[str, ...] | None = None,
        lots: Lots | None = None,
        quota: Fraction | None = None,
        passing: tuple[str, ...] | None = None,
    ) -> Determination:
        given = seats or {}
        return Determination(
            contest=self.contest.id,
            kind=self.contest.kind,
            status=status,
            final=self.final,
            turnout=self.turnout,
            steps=tuple(self.steps),
            seats=given,
            elected=tuple(given) if elected is None else elected,
            lots=lots,
            quota=quota,
            passing=passing,
        )
