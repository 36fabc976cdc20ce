"""Stages of the other contests in words: the majority, who is elected, a run-off, a question."""

from __future__ import annotations

from django.utils.translation import gettext

from esaylov.publication.pages.steps import Draft, Step, Work, exact, number_cell, share, text_cell


def majority(work: Work, steps: list[Step]) -> Draft:
    """Whether the first has the majority."""
    step = steps[0]
    values = {
        "name": work.all_names(step.options),
        "votes": exact(step.figures["votes"]),
        "share": share(step.figures["majority"]),
        "base": exact(step.figures["base"]),
        "enough": work.enough(step.figures["needed"]),
    }
    text = (
        gettext(
            "The majority is %(share)s of %(base)s: %(enough)s votes. Most votes: %(name)s with %(votes)s."
        )
        % values
    )
    if step.reason == "reached":
        verdict = work.either(gettext("That is enough so far."), gettext("That is enough."))
    else:
        verdict = work.either(gettext("That is not enough so far."), gettext("That is not enough."))
    return Draft(gettext("Has anybody the majority?"), f"{text} {verdict}")


def elected(work: Work, steps: list[Step]) -> Draft:
    """Who is elected."""
    reasons = {
        "most-votes": gettext("most votes"),
        "majority": gettext("the majority"),
        "lot": gettext("equal, by the lot that was drawn"),
    }
    rows = tuple(
        (
            text_cell(work.all_names(step.options)),
            number_cell(exact(step.figures["votes"]), decides=True),
            text_cell(reasons.get(step.reason, step.reason)),
        )
        for step in steps
    )
    head = (text_cell(gettext("Option")), number_cell(gettext("Votes")), text_cell(gettext("Reason")))
    one, several = (
        work.either(gettext("The seat would go to:"), gettext("The seat goes to:")),
        work.either(gettext("The seats would go to:"), gettext("The seats go to:")),
    )
    title = work.either(gettext("Who would be elected"), gettext("Who is elected"))
    return Draft(title, one if work.seats == 1 else several, head, rows)


def run_off(work: Work, steps: list[Step]) -> Draft:
    """Who goes into the run-off."""
    rows = tuple(
        (text_cell(work.all_names(step.options)), number_cell(exact(step.figures["votes"]), decides=True))
        for step in steps
    )
    head = (text_cell(gettext("Option")), number_cell(gettext("Votes")))
    title = work.either(gettext("Who would go into the run-off"), gettext("Who goes into the run-off"))
    text = work.either(
        gettext("Those with most votes would stand again."), gettext("Those with most votes stand again.")
    )
    return Draft(title, text, head, rows)


def nobody(work: Work, _steps: list[Step]) -> Draft:
    """That nobody is elected."""
    return Draft(
        work.either(gettext("Nobody would be elected"), gettext("Nobody is elected")),
        work.either(
            gettext("Nobody has the majority so far, and the law knows no run-off here."),
            gettext("Nobody has the majority, and the law knows no run-off here."),
        ),
    )


def question(work: Work, steps: list[Step]) -> Draft:
    """Whether a question is adopted."""
    step = steps[0]
    values = {
        "votes": exact(step.figures["votes"]),
        "share": share(step.figures["majority"]),
        "base": exact(step.figures["base"]),
        "enough": work.enough(step.figures["needed"]),
    }
    text = gettext("Needed is %(share)s of %(base)s: %(enough)s votes. In favour: %(votes)s.") % values
    if step.reason == "adopted":
        verdict = work.either(gettext("That is enough so far."), gettext("The question is adopted."))
    else:
        verdict = work.either(gettext("That is not enough so far."), gettext("The question is not adopted."))
    title = work.either(gettext("Would the question be adopted?"), gettext("Is the question adopted?"))
    return Draft(title, f"{text} {verdict}")
