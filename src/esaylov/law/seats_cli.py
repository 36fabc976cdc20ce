"""`esaylov seats CASE.json`: allocates seats and shows how."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from esaylov.law.cases import CaseError, load_case, parse_case, unknown_members
from esaylov.law.exact import ratio
from esaylov.law.seats import Allocation, Case, Step, allocate

OK, BAD_INPUT, LOTS_PENDING, UNDETERMINED = 0, 1, 3, 4


def run_seats(path: Path, as_json: bool) -> int:
    """Prints the allocation of the case in a file and returns the exit status.

    0: all seats are given; 1: the file cannot be read as a case (the reason goes to the error output); 3: a
    lot must be drawn; 4: the rules give no answer.
    """
    try:
        value = load_case(path.read_bytes())
        case = parse_case(value)
    except OSError as error:
        return _refuse(path, error.strerror or str(error))
    except CaseError as error:
        return _refuse(path, str(error))
    for member in unknown_members(value):
        print(f"{path}: {member}: is not known and was not used", file=sys.stderr)
    allocation = allocate(case)
    if as_json:
        print(json.dumps(allocation.to_json(), ensure_ascii=False, indent=2))
    else:
        print(seats_report(case, allocation))
    return exit_status(allocation)


def exit_status(allocation: Allocation) -> int:
    """The exit status that says what became of an allocation."""
    if allocation.undetermined:
        return UNDETERMINED
    return LOTS_PENDING if allocation.lots else OK


def _refuse(path: Path, reason: str) -> int:
    print(f"{path}: {reason}", file=sys.stderr)
    return BAD_INPUT


def seats_report(case: Case, allocation: Allocation) -> str:
    """The worked allocation as text: every step with its reason, then the seats."""
    lines = [f"{case.seats} seats, {case.method}"]
    for number, step in enumerate(allocation.steps, start=1):
        article = f"  [Art. {step.article}]" if step.article else ""
        lines.append(f"{number:>4}. {_sentence(step)}{article}")
    lines.append("")
    lines += [f"{seats:>6}  {option}" for option, seats in allocation.seats.items()]
    if allocation.lots:
        between = ", ".join(allocation.lots.between)
        lines.append(f"A LOT MUST BE DRAWN between {between}, for {allocation.lots.places}")
    if allocation.undetermined:
        lines.append("UNDETERMINED: the rules give no answer; a decision must supply it")
    if allocation.unused:
        lines.append(f"recorded lots that decided nothing: {', '.join(allocation.unused)}")
    return "\n".join(lines)


_SEAT_REASONS = {
    "largest-remainder": "largest remainder",
    "highest-average": "highest average",
    "more-votes": "equal, but more votes",
    "lot": "equal, by the lot that was drawn",
}
_SILENCE = {
    "no-list-passes": "no list reaches the threshold",
    "no-votes": "there are no votes",
    "quota-is-zero": "the rounded quota is zero",
    "quotas-exceed-seats": "the rounded quota gives more seats than there are",
    "seats-left": "more seats are left than there are lists",
}


def _base(step: Step) -> str:
    figures = step.figures
    share = f"{_short(figures['threshold'])} of {_short(figures['base'])}"
    return f"Threshold: {share} ({step.reason}), at least {_short(figures['needed'])} votes"


def _threshold(step: Step) -> str:
    verb = "reaches" if step.reason == "reached" else "does not reach"
    return f"{_names(step)}: {_short(step.figures['votes'])} votes, {verb} the threshold"


def _next_list(step: Step) -> str:
    how = "by the lot that was drawn" if step.reason == "lot" else "most votes of the others"
    return f"{_names(step)} shares too, because too few lists reach the threshold ({how})"


def _quota(step: Step) -> str:
    figures = step.figures
    return f"Quota: {_short(figures['votes'])} votes, {figures['seats']} seats: {_exact(figures['quota'])}"


def _lot_pending(step: Step) -> str:
    what = "a seat" if step.reason == "seat" else "a share in the seats"
    return f"Equal: {_names(step)}; a lot decides who receives {what} ({step.figures['for']})"


_SENTENCES: dict[str, Callable[[Step], str]] = {
    "base": _base,
    "threshold": _threshold,
    "next-list": _next_list,
    "supplied": lambda step: f"By decision these lists share: {_names(step)}",
    "quota": _quota,
    "whole-quotas": lambda step: (
        f"{_names(step)}: {_exact(step.figures['share'])} quotas, {step.seats} whole"
    ),
    "seat": lambda step: (
        f"{_names(step)}: one seat, {_SEAT_REASONS[step.reason]} ({_exact(step.figures['value'])})"
    ),
    "lot-pending": _lot_pending,
    "undetermined": lambda step: f"No answer: {_SILENCE[step.reason]}",
}


def _sentence(step: Step) -> str:
    return _SENTENCES[step.kind](step)


def _names(step: Step) -> str:
    return ", ".join(step.options)


def _short(value: Fraction) -> str:
    """Six digits after the point at most, marked when that is not all; whole-number arithmetic throughout."""
    whole, rest = divmod(value.numerator * 10**6, value.denominator)
    text = f"{whole // 10**6}.{whole % 10**6:06d}".rstrip("0").rstrip(".")
    return f"{text}…" if rest else text


def _exact(value: Fraction) -> str:
    short = _short(value)
    return f"{short} = {ratio(value)}" if short.endswith("…") else short
