"""The acts that rooms below and this one let a decision order, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, gettext_lazy

from esaylov.design.words import in_language
from esaylov.elections.calendar import ARTICLES, MoveStep
from esaylov.proceedings.applications import DecideApplication
from esaylov.proceedings.composing import Asking, Description, FieldWords, Values, describe
from esaylov.proceedings.pages.common import state_text


def steps(asking: Asking) -> Values:
    """The steps of the calendar of the election."""
    calendar = asking.context.edition.calendar
    return (
        [(code, in_language(step.title, code)) for code, step in calendar.steps.items()] if calendar else []
    )


MOVE = Description(
    gettext_lazy("Move dates of the calendar"),
    {
        "step": FieldWords(gettext_lazy("Step"), article=ARTICLES, choices=steps),
        "opens": FieldWords(
            gettext_lazy("Opens"),
            gettext_lazy("The step is open from this time on. Empty: there is no beginning."),
            none=gettext_lazy("no beginning"),
        ),
        "closes": FieldWords(
            gettext_lazy("Closes"),
            gettext_lazy(
                "The step is open until just before this time; midnight ends the day before it. Empty: there is no end."
            ),
            none=gettext_lazy("no end"),
        ),
    },
)


def outcome_of(answer: Mapping[str, Any]) -> str:
    """Which application an answer is for, and whether it grants or refuses."""
    state = state_text("granted" if answer.get("granted") else "refused")
    return f"{answer.get('application', '')}, {state}"


def words_of(answer: Mapping[str, Any]) -> Values:
    """What an answer says, labelled; what it leaves out is left out."""
    labels = (
        ("article", gettext("Article of the law")),
        ("reason", gettext("Reason")),
        ("text", gettext("Words of the answer")),
    )
    return [(label, str(answer[name])) for name, label in labels if answer.get(name)]


ANSWER = Description(
    gettext_lazy("Answer an application"),
    page="cabinet-applications",
    elections=False,
    outcome=outcome_of,
    tell=words_of,
)


def describe_all() -> None:
    """Makes them known."""
    describe(MoveStep.code, MOVE)
    describe(DecideApplication.code, ANSWER)
