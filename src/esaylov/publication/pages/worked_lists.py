"""Stages of a list contest in words: the threshold, the quota, the seats."""

from __future__ import annotations

from fractions import Fraction

from django.utils.translation import gettext

from esaylov.publication.pages.steps import (
    Cell,
    Draft,
    Step,
    Work,
    both,
    exact,
    number_cell,
    rounded,
    share,
    text_cell,
)


def base(_work: Work, steps: list[Step]) -> Draft:
    """The threshold: what share of what, and how many votes that is."""
    figures = steps[0].figures
    of_what = {
        "participants": gettext("the voters who took part"),
        "cast": gettext("the ballots cast"),
        "valid": gettext("the valid votes"),
    }
    if figures["threshold"] == 0:
        return Draft(gettext("The threshold"), gettext("The law sets no threshold."))
    text = gettext(
        "A list shares in the seats when it has at least %(share)s of %(of)s: %(share)s of %(base)s is %(needed)s votes."
    ) % {
        "share": share(figures["threshold"]),
        "of": of_what.get(steps[0].reason, gettext("a number that is set")),
        "base": exact(figures["base"]),
        "needed": rounded(figures["needed"]),
    }
    return Draft(gettext("The threshold"), text)


def threshold(work: Work, steps: list[Step]) -> Draft:
    """Every list with its votes beside the threshold."""
    ordered = sorted(steps, key=lambda step: -step.figures["votes"])
    rows = tuple(
        (
            text_cell(work.all_names(step.options)),
            number_cell(exact(step.figures["votes"])),
            Cell(
                gettext("yes") if step.reason == "reached" else gettext("no"),
                decides=step.reason == "reached",
            ),
        )
        for step in ordered
    )
    head = (
        text_cell(gettext("List")),
        number_cell(gettext("Votes")),
        text_cell(work.either(gettext("Reaches it so far?"), gettext("Reaches it?"))),
    )
    return Draft(
        gettext("Which lists reach it"),
        gettext("The votes of each list are compared with the threshold."),
        head,
        rows,
    )


def next_list(work: Work, steps: list[Step]) -> Draft:
    """Lists that share although they do not reach it."""
    names = ", ".join(work.all_names(step.options) for step in steps)
    return Draft(
        gettext("The next list shares too"),
        gettext(
            "Fewer lists reach the threshold than must share in the seats, so the next by votes shares too: %(names)s."
        )
        % {"names": names},
    )


def quota(_work: Work, steps: list[Step]) -> Draft:
    """What one seat costs."""
    figures = steps[0].figures
    values = {
        "votes": exact(figures["votes"]),
        "seats": exact(figures["seats"]),
        "quota": both(figures["quota"]),
    }
    if steps[0].reason == "hare-largest-remainder":
        text = gettext(
            "The votes for the lists that share are divided by the seats: %(votes)s ÷ %(seats)s = %(quota)s."
            " So many votes carry one seat."
        )
    else:
        values["more"] = exact(figures["seats"] + 1)
        text = gettext(
            "The votes for the lists that share are divided by the seats and one more, rounded down, plus one:"
            " %(votes)s ÷ %(more)s gives %(quota)s. So many votes carry one seat."
        )
    return Draft(gettext("The quota: what one seat costs"), text % values)


def whole_quotas(work: Work, steps: list[Step]) -> Draft:
    """Seats for whole quotas."""
    ordered = sorted(steps, key=lambda step: -step.figures["share"])
    rows = tuple(
        (
            text_cell(work.all_names(step.options)),
            number_cell(exact(work.votes.get(step.options[0], Fraction(0)))),
            number_cell(rounded(step.figures["share"])),
            number_cell(str(step.seats), decides=True),
        )
        for step in ordered
    )
    given = sum(step.seats for step in steps)
    text = gettext(
        "The votes of each list are divided by the quota. Every whole quota is a seat: %(given)d seats are given,"
        " %(left)d are left."
    ) % {"given": given, "left": work.seats - given}
    head = (
        text_cell(gettext("List")),
        number_cell(gettext("Votes")),
        number_cell(gettext("Votes ÷ quota")),
        number_cell(work.either(gettext("Seats so far"), gettext("Seats"))),
    )
    return Draft(gettext("A seat for every whole quota"), text, head, rows)


def seat_steps(work: Work, steps: list[Step]) -> Draft:
    """The seats that are given one by one, by remainders or by averages."""
    averages = any(step.reason == "highest-average" for step in steps)
    return _averages(work, steps) if averages else _remainders(work, steps)


def _remainders(work: Work, steps: list[Step]) -> Draft:
    winners = {step.options[0]: step.reason for step in steps}
    reasons = {
        "largest-remainder": gettext("one seat more"),
        "more-votes": gettext("one seat more: equal, but more votes"),
        "lot": gettext("one seat more: by the lot that was drawn"),
    }
    rows = tuple(
        (
            text_cell(work.name(standing.option)),
            number_cell(rounded(standing.value)),
            Cell(reasons.get(winners.get(standing.option, ""), ""), decides=standing.option in winners),
        )
        for standing in sorted(steps[0].standings, key=lambda standing: -standing.value)
    )
    text = gettext(
        "What is left of each list's votes after its whole quotas is its remainder. The seats left go to the largest"
        " remainders: %(names)s."
    ) % {"names": work.all_names([step.options[0] for step in steps])}
    head = (
        text_cell(gettext("List")),
        number_cell(gettext("Remainder, votes")),
        text_cell(work.either(gettext("Receives so far"), gettext("Receives"))),
    )
    return Draft(gettext("The seats left: the largest remainders"), text, head, rows)


def _averages(work: Work, steps: list[Step]) -> Draft:
    first = work.seats - len(steps) + 1
    rows = tuple(
        (
            number_cell(str(first + place)),
            text_cell(work.all_names(step.options)),
            number_cell(rounded(step.figures["value"]), decides=True),
        )
        for place, step in enumerate(steps)
    )
    text = gettext(
        "The seats are given one by one. Each goes to the list with the highest average: its votes divided by a number"
        " that grows with the seats it has."
    )
    head = (number_cell(gettext("Seat")), text_cell(gettext("List")), number_cell(gettext("Average, votes")))
    return Draft(gettext("The seats one by one: the highest average"), text, head, rows)
