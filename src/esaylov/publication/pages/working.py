"""The worked computation of a contest, step by step, so that a school class can do it again with paper and
pencil.

The steps come from `law.determination`; here they are only grouped and put into words. Numbers are exact
fractions until they are written down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any

from django.utils.translation import gettext

from esaylov.design import numbers
from esaylov.design.words import language
from esaylov.elections.queries import ContestRow
from esaylov.publication.pages.contests import Figures
from esaylov.results.queries import Snapshot


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a worked table: its text, whether it is a number, and whether it is what the step decides."""

    text: str
    numeric: bool = False
    decides: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """One numbered stage of the computation: what is done and why, the article, the figures as a table. `kind` is that
    of its steps.
    """

    number: int
    kind: str
    title: str
    text: str
    article: str = ""
    head: tuple[Cell, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class _Step:
    """One step of a determination, its numbers exact again."""

    kind: str
    reason: str
    options: tuple[str, ...]
    seats: int
    article: str
    figures: Mapping[str, Fraction]
    standings: tuple[_Standing, ...]


@dataclass(frozen=True, slots=True)
class _Standing:
    option: str
    votes: Fraction
    seats: int
    value: Fraction


@dataclass(frozen=True, slots=True)
class _Draft:
    """A stage without its number."""

    title: str
    text: str
    head: tuple[Cell, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class _Work:
    """What the words of a stage need besides its steps."""

    names: Mapping[str, str]
    seats: int
    votes: Mapping[str, Fraction]
    more_than: bool
    voters: int

    def enough(self, needed: Fraction) -> str:
        """What a majority takes: the number itself is enough, or it must be passed."""
        text = gettext("more than %(needed)s") if self.more_than else gettext("at least %(needed)s")
        return text % {"needed": _rounded(needed)}

    def name(self, option: str) -> str:
        return self.names.get(option, option)

    def all_names(self, options: Sequence[str]) -> str:
        return ", ".join(self.name(option) for option in options)


def working(at: Snapshot, contest: ContestRow, shown: Figures) -> tuple[Stage, ...]:
    """The stages of a contest's determination; none before anything is counted."""
    if shown.determination is None:
        return ()
    work = _Work(
        names={row.code: row.name for row in shown.rows},
        seats=contest.seats,
        votes={row.code: Fraction(row.votes) for row in shown.rows},
        more_than=at.tables.edition.contests[contest.kind].majority_op == ">",
        voters=shown.turnout.voters,
    )
    steps = [_read(step) for step in shown.determination["steps"]]
    return tuple(_stages(work, steps))


def _read(step: dict[str, Any]) -> _Step:
    return _Step(
        kind=step["kind"],
        reason=step["reason"],
        options=tuple(step["options"]),
        seats=step["seats"],
        article=step["article"] or "",
        figures={name: Fraction(value) for name, value in step["figures"].items()},
        standings=tuple(
            _Standing(s["option"], Fraction(s["votes"]), s["seats"], Fraction(s["value"]))
            for s in step["standings"]
        ),
    )


def _stages(work: _Work, steps: Sequence[_Step]) -> Iterator[Stage]:
    for number, (kind, group) in enumerate(groupby(steps, key=lambda step: step.kind), start=1):
        same = list(group)
        draft = STAGES.get(kind, _unknown)(work, same)
        yield Stage(number, kind, draft.title, draft.text, same[0].article, draft.head, draft.rows)


# --- how numbers are written ---


def _exact(value: Fraction) -> str:
    return numbers.exact(value, language())


def _rounded(value: Fraction) -> str:
    """To two places, marked where that is not all."""
    text = numbers.fraction(value, language())
    return text if (value * 100).denominator == 1 else f"≈ {text}"


def _both(value: Fraction) -> str:
    """Exact, and beside it as a decimal where it is a fraction."""
    if value.denominator == 1:
        return _exact(value)
    return f"{_exact(value)} ({_rounded(value)})"


def _share(value: Fraction) -> str:
    """A share of one as a percentage without needless zeros."""
    return f"{numbers.fraction(value * 100, language())}{numbers.THIN_SPACE}%"


def _text(text: str) -> Cell:
    return Cell(text)


def _number(text: str, *, decides: bool = False) -> Cell:
    return Cell(text, numeric=True, decides=decides)


# --- stages of every contest ---


def _turnout(work: _Work, steps: list[_Step]) -> _Draft:
    figures, whole = steps[0].figures, language()
    participants, voters = int(figures["participants"]), int(figures["voters"])
    values = {
        "voters": numbers.whole(voters, whole),
        "participants": numbers.whole(participants, whole),
        "share": numbers.percent(numbers.ratio(participants, voters) or 0, whole),
        "annulled": numbers.whole(voters - work.voters, whole),
    }
    text = (
        gettext("Of %(voters)s voters on the lists %(participants)s took part, that is %(share)s.") % values
    )
    if voters != work.voters:
        text += (
            " "
            + gettext(
                "The %(annulled)s voters of precincts whose results were declared invalid are among the voters on the lists."
            )
            % values
        )
    return _Draft(gettext("Did enough voters take part?"), f"{text} {_enough_voters(steps[0])}")


def _enough_voters(step: _Step) -> str:
    if "required" not in step.figures:
        return gettext("The law asks for no minimum.")
    values = {"required": _share(step.figures["required"]), "needed": _rounded(step.figures["needed"])}
    if step.reason == "reached":
        return gettext("The law asks for %(required)s (%(needed)s voters): reached.") % values
    return gettext("The law asks for %(required)s (%(needed)s voters): not reached.") % values


def _votes(work: _Work, steps: list[_Step]) -> _Draft:
    ordered = sorted(steps[0].standings, key=lambda s: -s.votes)
    rows = tuple((_text(work.name(s.option)), _number(_exact(s.votes))) for s in ordered)
    return _Draft(
        gettext("The votes"),
        gettext("The votes of all counted precincts are added up."),
        (_text(gettext("Option")), _number(gettext("Votes"))),
        rows,
    )


def _supplied(work: _Work, steps: list[_Step]) -> _Draft:
    names = work.all_names(steps[0].options)
    return _Draft(
        gettext("A decision supplies what the law leaves open"),
        gettext("By a decision of the commission these share: %(names)s.") % {"names": names},
    )


def _lot_pending(work: _Work, steps: list[_Step]) -> _Draft:
    step = steps[0]
    values = {"names": work.all_names(step.options), "number": _exact(step.figures.get("for", Fraction(1)))}
    return _Draft(
        gettext("A lot must be drawn"),
        gettext("These are exactly equal: %(names)s. A lot decides; to be drawn: %(number)s.") % values,
    )


def _undetermined(_work: _Work, steps: list[_Step]) -> _Draft:
    reasons = {
        "no-list-passes": gettext("No list reaches the threshold."),
        "no-votes": gettext("There are no votes."),
        "quota-is-zero": gettext("The rounded quota is zero."),
        "quotas-exceed-seats": gettext("The rounded quota gives more seats than there are."),
        "seats-left": gettext("More seats are left than there are lists."),
    }
    reason = reasons.get(steps[0].reason, "")
    return _Draft(
        gettext("The law gives no answer"),
        " ".join([reason, gettext("A decision of the commission must supply one.")]).strip(),
    )


def _unknown(work: _Work, steps: list[_Step]) -> _Draft:
    rows = tuple((_text(work.all_names(step.options)), _text(step.reason)) for step in steps)
    return _Draft(steps[0].kind, "", (_text(gettext("Option")), _text(gettext("Reason"))), rows)


# --- stages of a list contest ---


def _base(_work: _Work, steps: list[_Step]) -> _Draft:
    figures = steps[0].figures
    of_what = {
        "participants": gettext("the voters who took part"),
        "cast": gettext("the ballots cast"),
        "valid": gettext("the valid votes"),
    }
    if figures["threshold"] == 0:
        return _Draft(gettext("The threshold"), gettext("The law sets no threshold."))
    text = gettext(
        "A list shares in the seats when it has at least %(share)s of %(of)s: %(share)s of %(base)s is %(needed)s votes."
    ) % {
        "share": _share(figures["threshold"]),
        "of": of_what.get(steps[0].reason, gettext("a number that is set")),
        "base": _exact(figures["base"]),
        "needed": _rounded(figures["needed"]),
    }
    return _Draft(gettext("The threshold"), text)


def _threshold(work: _Work, steps: list[_Step]) -> _Draft:
    ordered = sorted(steps, key=lambda step: -step.figures["votes"])
    rows = tuple(
        (
            _text(work.all_names(step.options)),
            _number(_exact(step.figures["votes"])),
            Cell(
                gettext("yes") if step.reason == "reached" else gettext("no"),
                decides=step.reason == "reached",
            ),
        )
        for step in ordered
    )
    head = (_text(gettext("List")), _number(gettext("Votes")), _text(gettext("Reaches it?")))
    return _Draft(
        gettext("Which lists reach it"),
        gettext("The votes of each list are compared with the threshold."),
        head,
        rows,
    )


def _next_list(work: _Work, steps: list[_Step]) -> _Draft:
    names = ", ".join(work.all_names(step.options) for step in steps)
    return _Draft(
        gettext("The next list shares too"),
        gettext(
            "Fewer lists reach the threshold than must share in the seats, so the next by votes shares too: %(names)s."
        )
        % {"names": names},
    )


def _quota(_work: _Work, steps: list[_Step]) -> _Draft:
    figures = steps[0].figures
    values = {
        "votes": _exact(figures["votes"]),
        "seats": _exact(figures["seats"]),
        "quota": _both(figures["quota"]),
    }
    if steps[0].reason == "hare-largest-remainder":
        text = gettext(
            "The votes for the lists that share are divided by the seats: %(votes)s ÷ %(seats)s = %(quota)s."
            " So many votes carry one seat."
        )
    else:
        values["more"] = _exact(figures["seats"] + 1)
        text = gettext(
            "The votes for the lists that share are divided by the seats and one more, rounded down, plus one:"
            " %(votes)s ÷ %(more)s gives %(quota)s. So many votes carry one seat."
        )
    return _Draft(gettext("The quota: what one seat costs"), text % values)


def _whole_quotas(work: _Work, steps: list[_Step]) -> _Draft:
    ordered = sorted(steps, key=lambda step: -step.figures["share"])
    rows = tuple(
        (
            _text(work.all_names(step.options)),
            _number(_exact(work.votes.get(step.options[0], Fraction(0)))),
            _number(_rounded(step.figures["share"])),
            _number(str(step.seats), decides=True),
        )
        for step in ordered
    )
    given = sum(step.seats for step in steps)
    text = gettext(
        "The votes of each list are divided by the quota. Every whole quota is a seat: %(given)d seats are given,"
        " %(left)d are left."
    ) % {"given": given, "left": work.seats - given}
    head = (
        _text(gettext("List")),
        _number(gettext("Votes")),
        _number(gettext("Votes ÷ quota")),
        _number(gettext("Seats")),
    )
    return _Draft(gettext("A seat for every whole quota"), text, head, rows)


def _seat_steps(work: _Work, steps: list[_Step]) -> _Draft:
    averages = any(step.reason == "highest-average" for step in steps)
    return _averages(work, steps) if averages else _remainders(work, steps)


def _remainders(work: _Work, steps: list[_Step]) -> _Draft:
    winners = {step.options[0]: step.reason for step in steps}
    reasons = {
        "largest-remainder": gettext("one seat more"),
        "more-votes": gettext("one seat more: equal, but more votes"),
        "lot": gettext("one seat more: by the lot that was drawn"),
    }
    rows = tuple(
        (
            _text(work.name(standing.option)),
            _number(_rounded(standing.value)),
            Cell(reasons.get(winners.get(standing.option, ""), ""), decides=standing.option in winners),
        )
        for standing in sorted(steps[0].standings, key=lambda standing: -standing.value)
    )
    text = gettext(
        "What is left of each list's votes after its whole quotas is its remainder. The seats left go to the largest"
        " remainders: %(names)s."
    ) % {"names": work.all_names([step.options[0] for step in steps])}
    head = (_text(gettext("List")), _number(gettext("Remainder, votes")), _text(gettext("Receives")))
    return _Draft(gettext("The seats left: the largest remainders"), text, head, rows)


def _averages(work: _Work, steps: list[_Step]) -> _Draft:
    first = work.seats - len(steps) + 1
    rows = tuple(
        (
            _number(str(first + place)),
            _text(work.all_names(step.options)),
            _number(_rounded(step.figures["value"]), decides=True),
        )
        for place, step in enumerate(steps)
    )
    text = gettext(
        "The seats are given one by one. Each goes to the list with the highest average: its votes divided by a number"
        " that grows with the seats it has."
    )
    head = (_number(gettext("Seat")), _text(gettext("List")), _number(gettext("Average, votes")))
    return _Draft(gettext("The seats one by one: the highest average"), text, head, rows)


# --- stages of the other contests ---


def _majority(work: _Work, steps: list[_Step]) -> _Draft:
    step = steps[0]
    values = {
        "name": work.all_names(step.options),
        "votes": _exact(step.figures["votes"]),
        "share": _share(step.figures["majority"]),
        "base": _exact(step.figures["base"]),
        "enough": work.enough(step.figures["needed"]),
    }
    text = (
        gettext(
            "The majority is %(share)s of %(base)s: %(enough)s votes. Most votes: %(name)s with %(votes)s."
        )
        % values
    )
    verdict = gettext("That is enough.") if step.reason == "reached" else gettext("That is not enough.")
    return _Draft(gettext("Has anybody the majority?"), f"{text} {verdict}")


def _elected(work: _Work, steps: list[_Step]) -> _Draft:
    reasons = {
        "most-votes": gettext("most votes"),
        "majority": gettext("the majority"),
        "lot": gettext("equal, by the lot that was drawn"),
    }
    rows = tuple(
        (
            _text(work.all_names(step.options)),
            _number(_exact(step.figures["votes"]), decides=True),
            _text(reasons.get(step.reason, step.reason)),
        )
        for step in steps
    )
    head = (_text(gettext("Option")), _number(gettext("Votes")), _text(gettext("Reason")))
    return _Draft(gettext("Who is elected"), gettext("The seat goes to:"), head, rows)


def _run_off(work: _Work, steps: list[_Step]) -> _Draft:
    rows = tuple(
        (_text(work.all_names(step.options)), _number(_exact(step.figures["votes"]), decides=True))
        for step in steps
    )
    head = (_text(gettext("Option")), _number(gettext("Votes")))
    return _Draft(
        gettext("Who goes into the run-off"), gettext("Those with most votes stand again."), head, rows
    )


def _nobody(_work: _Work, _steps: list[_Step]) -> _Draft:
    return _Draft(
        gettext("Nobody is elected"), gettext("Nobody has the majority, and the law knows no run-off here.")
    )


def _question(work: _Work, steps: list[_Step]) -> _Draft:
    step = steps[0]
    values = {
        "votes": _exact(step.figures["votes"]),
        "share": _share(step.figures["majority"]),
        "base": _exact(step.figures["base"]),
        "enough": work.enough(step.figures["needed"]),
    }
    text = gettext("Needed is %(share)s of %(base)s: %(enough)s votes. In favour: %(votes)s.") % values
    verdict = (
        gettext("The question is adopted.")
        if step.reason == "adopted"
        else gettext("The question is not adopted.")
    )
    return _Draft(gettext("Is the question adopted?"), f"{text} {verdict}")


STAGES: dict[str, Callable[[_Work, list[_Step]], _Draft]] = {
    "turnout": _turnout,
    "votes": _votes,
    "supplied": _supplied,
    "lot-pending": _lot_pending,
    "undetermined": _undetermined,
    "base": _base,
    "threshold": _threshold,
    "next-list": _next_list,
    "quota": _quota,
    "whole-quotas": _whole_quotas,
    "seat": _seat_steps,
    "majority": _majority,
    "elected": _elected,
    "run-off": _run_off,
    "nobody-elected": _nobody,
    "question": _question,
}
