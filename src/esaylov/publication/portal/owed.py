"""What of each step of the calendar is done, and whose duty the rest is, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, ngettext

from esaylov.acts.context import get_context
from esaylov.design.numbers import whole
from esaylov.design.words import language
from esaylov.elections.duties import Owing, Owings, kind_of, owings
from esaylov.publication.pages.common import name_of
from esaylov.publication.portal.bodies import body_at
from esaylov.publication.portal.phases import Step
from esaylov.publication.reads import places
from esaylov.results.queries import Snapshot

OF_RESULTS = frozenset({"counting", "acceptance", "certification"})
"""Steps whose facts are not told before the release."""
SHOWN = 8
"""So many bodies are named for a step."""


@dataclass(frozen=True, slots=True)
class Told:
    """How far a step is (`far`), what of it is missing when it is overdue (`late`: how much, and whose), in words."""

    far: str = ""
    late: str = ""
    done: bool = False


def facts(at: Snapshot, now: datetime) -> Owings:
    """How far the steps of an election are that the platform follows, as of a time of its clock."""
    calendar = at.tables.edition.calendar
    sealed = at.election.release is not None and now < at.election.release
    steps = [code for code in (calendar.steps if calendar else ()) if not (sealed and code in OF_RESULTS)]
    return owings(get_context(at.election.id), steps)


def told(at: Snapshot, step: Step) -> Told:
    """A step's duty in words."""
    if step.owings is None:
        unknown = kind_of(step.code) == "elsewhere" or (
            kind_of(step.code) == "fact" and step.status == "past"
        )
        return Told(far=gettext("not followed by the platform")) if unknown else Told()
    expected, owed = sum(one.expected for one in step.owings), sum(one.owed for one in step.owings)
    if step.status == "overdue":
        return Told(late=" ".join((_missing(step.code, owed), _whose(at, step.owings))))
    if expected and not owed:
        return Told(done=True)
    if not expected or expected == 1:
        return Told()
    values = {"done": whole(expected - owed, language()), "expected": whole(expected, language())}
    return Told(far=gettext("done: %(done)s of %(expected)s") % values)


def _missing(step: str, number: int) -> str:
    texts = {
        "counting": ngettext("%(n)s protocol has not come.", "%(n)s protocols have not come.", number),
        "certification": ngettext(
            "The result of %(n)s contest is not certified.",
            "The results of %(n)s contests are not certified.",
            number,
        ),
        "acceptance": ngettext(
            "%(n)s protocol waits for a decision.", "%(n)s protocols wait for a decision.", number
        ),
        "turnout": ngettext(
            "%(n)s precinct has not reported turnout.", "%(n)s precincts have not reported turnout.", number
        ),
    }
    formed = ngettext("%(n)s commission is not formed.", "%(n)s commissions are not formed.", number)
    contests = ngettext(
        "%(n)s contest has no candidates or lists.", "%(n)s contests have no candidates or lists.", number
    )
    others = formed if step.endswith("-commissions") else contests
    return texts.get(step, others) % {"n": whole(number, language())}


def _whose(at: Snapshot, found: Sequence[Owing]) -> str:
    """The bodies that owe most, each with how much."""
    owing = sorted((one for one in found if one.owed), key=lambda one: -one.owed)
    names = [f"{_body(at, one)} ({whole(one.owed, language())})" for one in owing[:SHOWN]]
    rest = len(owing) - SHOWN
    if rest > 0:
        more = ngettext("%(n)s more body", "%(n)s more bodies", rest)
        names.append(more % {"n": whole(rest, language())})
    return gettext("Whose duty: %(names)s.") % {"names": "; ".join(names)}


def _body(at: Snapshot, one: Owing) -> str:
    if one.who != "precinct":
        return body_at(at, one.who, one.territory)
    place = places(at.tables).by_id.get(one.territory)
    return gettext("precinct commissions, %(place)s") % {"place": name_of(place) if place is not None else ""}
