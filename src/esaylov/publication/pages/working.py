"""The worked computation of a contest, step by step, so that a school class can do it again with paper and
pencil.

The steps come from `law.determination`; here they are only grouped and put into words. Numbers are exact
fractions until they are written down. While precincts are outstanding every stage says that it is so far.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from django.utils.translation import gettext

from esaylov.design import numbers
from esaylov.design.words import language
from esaylov.elections.queries import ContestRow
from esaylov.publication.pages import worked_lists, worked_majorities
from esaylov.publication.pages.contests import Figures
from esaylov.publication.pages.steps import (
    Cell,
    Draft,
    Step,
    Work,
    exact,
    number_cell,
    read,
    rounded,
    share,
    text_cell,
)
from esaylov.results.queries import Snapshot


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


def working(at: Snapshot, contest: ContestRow, shown: Figures) -> tuple[Stage, ...]:
    """The stages of a contest's determination; none before anything is counted."""
    if shown.determination is None:
        return ()
    work = Work(
        names={row.code: row.name for row in shown.rows},
        seats=contest.seats,
        votes={row.code: Fraction(row.votes) for row in shown.rows},
        more_than=at.tables.edition.contests[contest.kind].majority_op == ">",
        voters=shown.turnout.voters,
        partial=not (shown.final or shown.counted.all),
    )
    steps = [read(step) for step in shown.determination["steps"]]
    return tuple(_stages(work, steps))


def _stages(work: Work, steps: Sequence[Step]) -> Iterator[Stage]:
    for number, (kind, group) in enumerate(groupby(steps, key=lambda step: step.kind), start=1):
        same = list(group)
        draft = STAGES.get(kind, _unknown)(work, same)
        title = gettext("%(stage)s – so far") % {"stage": draft.title} if work.partial else draft.title
        yield Stage(number, kind, title, draft.text, same[0].article, draft.head, draft.rows)


# --- stages of every contest ---


def _turnout(work: Work, steps: list[Step]) -> Draft:
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
    return Draft(gettext("Did enough voters take part?"), f"{text} {_enough_voters(work, steps[0])}")


def _enough_voters(work: Work, step: Step) -> str:
    if "required" not in step.figures:
        return gettext("The law asks for no minimum.")
    values = {"required": share(step.figures["required"]), "needed": rounded(step.figures["needed"])}
    if step.reason == "reached":
        text = work.either(
            gettext("The law asks for %(required)s (%(needed)s voters): reached so far."),
            gettext("The law asks for %(required)s (%(needed)s voters): reached."),
        )
    else:
        text = work.either(
            gettext("The law asks for %(required)s (%(needed)s voters): not reached so far."),
            gettext("The law asks for %(required)s (%(needed)s voters): not reached."),
        )
    return text % values


def _votes(work: Work, steps: list[Step]) -> Draft:
    ordered = sorted(steps[0].standings, key=lambda s: -s.votes)
    rows = tuple((text_cell(work.name(s.option)), number_cell(exact(s.votes))) for s in ordered)
    return Draft(
        gettext("The votes"),
        gettext("The votes of all counted precincts are added up."),
        (text_cell(gettext("Option")), number_cell(gettext("Votes"))),
        rows,
    )


def _supplied(work: Work, steps: list[Step]) -> Draft:
    names = work.all_names(steps[0].options)
    return Draft(
        gettext("A decision supplies what the law leaves open"),
        gettext("By a decision of the commission these share: %(names)s.") % {"names": names},
    )


def _lot_pending(work: Work, steps: list[Step]) -> Draft:
    step = steps[0]
    values = {"names": work.all_names(step.options), "number": exact(step.figures.get("for", Fraction(1)))}
    text = work.either(
        gettext(
            "These are exactly equal so far: %(names)s. If it stays so, a lot decides; to be drawn: %(number)s."
        ),
        gettext("These are exactly equal: %(names)s. A lot decides; to be drawn: %(number)s."),
    )
    return Draft(work.either(gettext("Equal votes"), gettext("A lot must be drawn")), text % values)


def _undetermined(work: Work, steps: list[Step]) -> Draft:
    reasons = {
        "no-list-passes": gettext("No list reaches the threshold."),
        "no-votes": gettext("There are no votes."),
        "quota-is-zero": gettext("The rounded quota is zero."),
        "quotas-exceed-seats": gettext("The rounded quota gives more seats than there are."),
        "seats-left": gettext("More seats are left than there are lists."),
    }
    reason = reasons.get(steps[0].reason, "")
    supplied = work.either(
        gettext("If it stays so, a decision of the commission must supply an answer."),
        gettext("A decision of the commission must supply one."),
    )
    return Draft(gettext("The law gives no answer"), f"{reason} {supplied}".strip())


def _unknown(work: Work, steps: list[Step]) -> Draft:
    rows = tuple((text_cell(work.all_names(step.options)), text_cell(step.reason)) for step in steps)
    return Draft(steps[0].kind, "", (text_cell(gettext("Option")), text_cell(gettext("Reason"))), rows)


STAGES: dict[str, Callable[[Work, list[Step]], Draft]] = {
    "turnout": _turnout,
    "votes": _votes,
    "supplied": _supplied,
    "lot-pending": _lot_pending,
    "undetermined": _undetermined,
    "base": worked_lists.base,
    "threshold": worked_lists.threshold,
    "next-list": worked_lists.next_list,
    "quota": worked_lists.quota,
    "whole-quotas": worked_lists.whole_quotas,
    "seat": worked_lists.seat_steps,
    "majority": worked_majorities.majority,
    "elected": worked_majorities.elected,
    "run-off": worked_majorities.run_off,
    "nobody-elected": worked_majorities.nobody,
    "question": worked_majorities.question,
}
