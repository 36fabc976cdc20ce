"""What of each step of the calendar is done, and whose duty the rest is, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext, ngettext

from esaylov.acts.context import get_context
from esaylov.design.numbers import whole
from esaylov.design.words import date_text, language
from esaylov.elections.duties import BROUGHT, Owing, Owings, kind_of, owings
from esaylov.publication.pages.common import name_of
from esaylov.publication.portal.bodies import body_at
from esaylov.publication.portal.phases import Step, remaining
from esaylov.publication.reads import places
from esaylov.results.queries import Snapshot

OF_RESULTS = frozenset({"counting", "acceptance", "certification"})
"""Steps whose facts are not told before the release."""
SHOWN = 8
"""So many bodies are named for a step."""


@dataclass(frozen=True, slots=True)
class Told:
    """How far a step is (`far`), what of it is missing when it is overdue (`late`: how much, and whose), in words. `done`:
    nothing of it is missing, and its time is over or it had a deadline alone; `on`: the day on which it was done, or on which
    it came with the package of the call; `behind`: how long after its deadline that was.
    """

    far: str = ""
    late: str = ""
    done: bool = False
    on: str = ""
    behind: str = ""


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
    if step.status in ("overdue", "undone"):
        return _missed(at, step, step.owings, owed)
    if expected and not owed and (step.status == "past" or _by_a_day(step)):
        on, behind = _when(at, step, step.owings)
        return Told(done=True, on=on, behind=behind)
    begun = step.window.opens is None or step.status == "now"
    if step.code in BROUGHT and expected and not owed:
        return Told(far=_brought(at, step.owings))
    if not expected or (expected == 1 and owed) or (not owed and not begun):
        return Told()
    values = {"done": whole(expected - owed, language()), "expected": whole(expected, language())}
    return Told(far=gettext("done: %(done)s of %(expected)s") % values)


def _by_a_day(step: Step) -> bool:
    """Whether a step is over as soon as it is done, having a deadline alone. Whoever stands in the package of the call was not
    announced by it: that waits for its day.
    """
    return step.window.opens is None and step.code != "candidates-published"


def _brought(at: Snapshot, found: Sequence[Owing]) -> str:
    """With which call the facts of a step came, which says nothing of when they arose."""
    times = [one.at for one in found if one.at is not None]
    text = gettext("in the package of the call, %(date)s")
    return text % {"date": date_text(max(times).astimezone(at.zone))} if times else ""


def _missed(at: Snapshot, step: Step, found: Sequence[Owing], owed: int) -> Told:
    """What of a step is missing: what was never done, and what was done once and is not any more."""
    undone = sum(one.undone for one in found)
    parts = [_missing(step.code, owed - undone)] if owed > undone else []
    if undone:
        text = ngettext(
            "%(n)s commission was formed and has no members any more.",
            "%(n)s commissions were formed and have no members any more.",
            undone,
        )
        parts.append(text % {"n": whole(undone, language())})
    on, behind = _when(at, step, found) if step.status == "undone" else ("", "")
    return Told(late=" ".join((*parts, _whose(at, found))), on=on, behind=behind)


def _when(at: Snapshot, step: Step, found: Sequence[Owing]) -> tuple[str, str]:
    """The day on which the last of a step was done, by the time of its entry, and how long after its deadline that was."""
    if step.code in BROUGHT:
        return _brought(at, found), ""
    known = [one.at for one in found if one.expected]
    times = [time for time in known if time is not None]
    if not times or len(times) < len(known):
        return "", ""
    last, closes = max(times).astimezone(at.zone), step.window.closes
    on = gettext("done on %(date)s") % {"date": date_text(last)}
    if closes is None or last < closes:
        return on, ""
    days = (last.date() - (closes.astimezone(at.zone) - timedelta(microseconds=1)).date()).days
    span = ngettext("%(n)d day", "%(n)d days", days) % {"n": days} if days else remaining(closes, last)
    return on, gettext("%(span)s late") % {"span": span}


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
