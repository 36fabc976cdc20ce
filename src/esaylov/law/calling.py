"""Calling an election: on which day it may be held, and all its steps before the decision that starts them.

Electoral Code, Art. 36, 59, 60, 66, 74, 74¹, 93; Constitution, Art. 128; law on the referendum, Art. 14: all of it values of the
edition (`forms`, `calendar`). Nothing here knows today: days come in as `events`, by the names that the edition gives them;
`call` is the day of the decision that calls the election, `first-election` the day of the election that it follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import chain as chained

from esaylov.law import calling_texts as texts
from esaylov.law.calendar import Window, anchor_date, window
from esaylov.law.edition_forms import WEEKDAYS, DateRule
from esaylov.law.edition_merging import rows_merged
from esaylov.law.edition_parts import Anchor, Text
from esaylov.law.editions import CalendarStep, Edition, Route, built, uz_edition, uz_edition_names
from esaylov.law.findings import Finding, Severity
from esaylov.law.routes import ORDER, Kind, NoRouteError, route

CALL = "call"
FIRST = "first-election"

AnyKind = Kind | tuple[str, str | None]


class UnknownFormError(KeyError):
    """The edition does not know this form of election."""


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step of an election that may be called: when, who, by what.

    `opens`, `closes` are the edition's own words for the window, counted by `day_count`. `waits_for`: events whose day is not
    known yet, so an end that hangs on them stays open. `differs`: not as in a regular election. `late`: its last moment lies
    before the decision that calls the election. `inverted`: it would end before it begins.
    """

    code: str
    title: Text
    who: tuple[str, ...]
    window: Window
    abroad: Window | None
    opens: Anchor | None
    closes: Anchor | None
    day_count: str
    article: str | None
    status: str | None
    note: str | None
    waits_for: tuple[str, ...]
    differs: bool
    late: bool
    inverted: bool


def kinds_of(edition: Edition, form: str = "regular") -> tuple[str, ...]:
    """The kinds of contests that there is such an election for."""
    found = edition.forms.get(form)
    if found is None:
        return () if edition.forms or form != "regular" else tuple(edition.contests)
    return found.contests or tuple(edition.contests)


def editions_with(contest: str) -> tuple[str, ...]:
    """Names of the house's editions by which a regular election with contests of this kind is called."""
    return tuple(name for name in uz_edition_names() if contest in kinds_of(uz_edition(name)))


def edition_for(edition: Edition, form: str) -> Edition:
    """The edition with the calendar of one form: what an election of that form is held by, and what its package holds.

    Its id gets the form as an ending; `regular` is the edition itself. Raises UnknownFormError. What comes out was checked
    with the edition: rows of forms have the form of steps, and one that the calendar does not know has a title.
    """
    if form == (edition.form or "regular"):
        return edition
    if form == "regular" or form not in edition.forms:
        raise UnknownFormError(form)
    raw = dict(edition.raw)
    rows = raw["forms"][form].get("steps", ())
    if "calendar" in raw:
        raw["calendar"] = {**raw["calendar"], "steps": rows_merged(raw["calendar"]["steps"], rows)}
    title = edition.forms[form].title
    raw["title"] = {code: f"{text}. {title.get(code, form)}" for code, text in edition.title.items()}
    return built({**raw, "id": f"{edition.id[: 99 - len(form)]}.{form}", "form": form})


def forms_after(edition: Edition, contest: str, outcome: str) -> tuple[str, ...]:
    """The forms that follow an outcome (`outcome_of`, or `annulled`) of a contest of this kind: Art. 59, 60."""
    return tuple(
        code
        for code, form in edition.forms.items()
        if outcome in form.after and contest in kinds_of(edition, code)
    )


def outcome_of(status: str, elected: Sequence[str]) -> str | None:
    """What `forms_after` calls the result of a determination; None: nothing follows from it."""
    if status in ("run-off", "not-valid"):
        return status
    return "nobody-elected" if status == "determined" and not elected else None


# --- The day ---


def date_rules(edition: Edition, form: str, kind: AnyKind) -> tuple[DateRule, ...]:
    """The rules about the day that concern this kind, for whoever asks for days by name; those of the run-off, which the
    contest's own rule holds, among them.
    """
    contest, level = Kind(*kind)
    found = edition.forms.get(form)
    rules = [] if found is None else [r for r in found.dates if _fits(r.contests, r.levels, contest, level)]
    rule = edition.contests.get(contest)
    if form == "run-off" and found is not None and rule is not None and rule.run_off is not None:
        run_off, source = rule.run_off, found.source
        bounds = {
            "earliest": None if run_off.earliest_days is None else Anchor(after=run_off.earliest_days),
            "latest": None if run_off.latest_months is None else Anchor(months_after=run_off.latest_months),
        }
        rules.append(
            DateRule("run-off", found.title, (contest,), (), None, False, FIRST, None, None, None, None,
                     bounds["earliest"], bounds["latest"], None, "error", source)
        )  # fmt: skip
    return tuple(rules)


def events_asked(edition: Edition, form: str, kind: AnyKind) -> tuple[str, ...]:
    """The events whose days the rules ask for, grounds among them."""
    rules = date_rules(edition, form, kind)
    grounds = [rule.event for rule in rules if rule.ground and rule.event]
    return tuple(dict.fromkeys([*grounds, *chained.from_iterable(_asked(rule) for rule in rules)]))


def events_of(edition: Edition, form: str) -> tuple[str, ...]:
    """All events that steps and days of an election of this form hang on, but the call itself, which is known.

    Raises UnknownFormError.
    """
    calendar = edition_for(edition, form).calendar
    ends = [end for step in calendar.steps.values() for end in (step.opens, step.closes)] if calendar else []
    names = [end.event for end in ends if end is not None]
    for kind in kinds_of(edition, form):
        names += events_asked(edition, form, (kind, None))
    return tuple(sorted({name for name in names if name} - {CALL, "election-day"}))


def regular_day(edition: Edition, kind: AnyKind, year: int) -> date | None:
    """The day of a regular election in a year; None: the edition names none."""
    days = (_named_day(rule, year) for rule in date_rules(edition, "regular", kind))
    return next((day for day in days if day is not None), None)


def allowed_days(
    edition: Edition, form: str, kind: AnyKind, events: Mapping[str, date]
) -> tuple[date | None, date | None]:
    """The first and the last day that the rules allow, as far as events are known; None: no bound."""
    bounds = [_bounds(edition, rule, events) for rule in date_rules(edition, form, kind)]
    earliest = [first for first, _ in bounds if first is not None]
    latest = [last for _, last in bounds if last is not None]
    return max(earliest, default=None), min(latest, default=None)


def date_findings(
    edition: Edition, form: str, kind: AnyKind, day: date, events: Mapping[str, date]
) -> tuple[Finding, ...]:
    """What is wrong with a day for an election of a form and kind.

    W01 there is no such election; W02 wrong day of the week; W03 not the day that the law names; W04 not in the year;
    W05 too early, W06 too late (`left`: days from the event, `right`: days allowed); W07 the day of an event is not known
    (`fields`: the events); W08 need not be held; W09 called on that day or after it. An edition without forms finds nothing.
    """
    if not edition.forms:
        return ()
    if Kind(*kind).contest not in kinds_of(edition, form) or (
        form == "run-off" and not _has_run_off(edition, kind)
    ):
        return (Finding("W01", "error", ("form", "kind"), None, texts.NO_SUCH),)
    rules = date_rules(edition, form, kind)
    found = [
        *chained.from_iterable(_judged(edition, rule, day, events) for rule in rules),
        *_unknown(rules, events),
    ]
    if CALL in events and events[CALL] >= day:
        found.append(Finding("W09", "error", ("date", CALL), None, texts.CALLED_LATE))
    return tuple(found)


def election_findings(
    edition: Edition, form: str, kinds: Iterable[AnyKind], day: date, events: Mapping[str, date]
) -> tuple[Finding, ...]:
    """`date_findings` of an election with contests of several kinds, each finding once."""
    found: list[Finding] = []
    for kind in kinds:
        found += [one for one in date_findings(edition, form, kind, day, events) if one not in found]
    return tuple(found)


def _has_run_off(edition: Edition, kind: AnyKind) -> bool:
    rule = edition.contests.get(Kind(*kind).contest)
    return rule is not None and rule.run_off is not None


def _fits(contests: Sequence[str], levels: Sequence[str], contest: str, level: str | None) -> bool:
    """Whether what is for these kinds and levels (none: for all) concerns a contest; a level not known is any."""
    if contests and contest not in contests:
        return False
    return not levels or contest != "council" or level is None or level in levels


def _named_day(rule: DateRule, year: int) -> date | None:
    if rule.weekday is None or rule.month is None:
        return None
    first = date(year, rule.month, rule.from_day or 1)
    return first + timedelta(days=(WEEKDAYS.index(rule.weekday) - first.weekday()) % 7)


def _bound(
    edition: Edition, rule: DateRule, anchor: Anchor | None, events: Mapping[str, date]
) -> date | None:
    start = None if anchor is None else events.get(anchor.event or rule.event or "")
    if anchor is None or start is None:
        return None
    return anchor_date(anchor, start, edition.calendar.day_count if edition.calendar else "calendar-days")


def _bounds(edition: Edition, rule: DateRule, events: Mapping[str, date]) -> tuple[date | None, date | None]:
    return _bound(edition, rule, rule.earliest, events), _bound(edition, rule, rule.latest, events)


def _judged(edition: Edition, rule: DateRule, day: date, events: Mapping[str, date]) -> Iterator[Finding]:
    named = _named_day(rule, day.year)
    if named is not None and day != named:
        yield _finding("W03", rule.severity, rule, texts.with_day(texts.NOT_THE_DAY, named))
    elif rule.weekday is not None and day.weekday() != WEEKDAYS.index(rule.weekday):
        yield _finding("W02", rule.severity, rule, texts.WRONG_WEEKDAY)
    year = events.get(rule.year_of or "")
    if year is not None and day.year != year.year:
        yield _finding("W04", rule.severity, rule, texts.WRONG_YEAR, left=day.year, right=year.year)
    first, last = _bounds(edition, rule, events)
    if first is not None and day < first:
        start = _start(rule, rule.earliest, events)
        text = texts.with_day(texts.TOO_EARLY, first)
        yield _finding("W05", rule.severity, rule, text, left=(day - start).days, right=(first - start).days)
    if last is not None and day > last:
        start = _start(rule, rule.latest, events)
        text = texts.with_day(texts.TOO_LATE, last)
        yield _finding("W06", rule.severity, rule, text, left=(day - start).days, right=(last - start).days)
    free = _bound(edition, rule, rule.optional_from, events)
    happened = events.get(rule.event or "")
    if free is not None and happened is not None and happened >= free:
        yield _finding("W08", "warning", rule, texts.NEED_NOT)


def _start(rule: DateRule, anchor: Anchor | None, events: Mapping[str, date]) -> date:
    return events[(anchor.event if anchor else None) or rule.event or ""]


def _unknown(rules: Sequence[DateRule], events: Mapping[str, date]) -> Iterator[Finding]:
    """Events that rules ask for and whose day is not known. Of several grounds one is enough."""
    grounds = [rule for rule in rules if rule.ground]
    if grounds and not any(rule.event in events for rule in grounds):
        names = tuple(rule.event or "" for rule in grounds)
        articles = ", ".join(dict.fromkeys(r.source.article for r in grounds if r.source.article))
        yield Finding("W07", "warning", names, articles or None, texts.NO_GROUND)
    for rule in rules:
        missing = tuple(name for name in _asked(rule) if name not in events)
        if missing and not (rule.ground and rule.event not in events):
            yield Finding("W07", "warning", missing, rule.source.article, texts.UNKNOWN_EVENT)


def _asked(rule: DateRule) -> Iterator[str]:
    ends = [end for end in (rule.earliest, rule.latest, rule.optional_from) if end is not None]
    names = [
        rule.year_of,
        *(end.event or rule.event for end in ends),
        rule.event if rule.optional_from else None,
    ]
    yield from dict.fromkeys(name for name in names if name)


def _finding(
    code: str, severity: Severity, rule: DateRule, text: Text, *, left: int | None = None, right: int | None = None
) -> Finding:  # fmt: skip
    return Finding(code, severity, ("date",), rule.source.article, text, left, right)


# --- The steps ---


def concerns(step: CalendarStep, kinds: Iterable[AnyKind]) -> bool:
    """Whether a step concerns one of these kinds of contests."""
    return any(_fits(step.contests, step.levels, *Kind(*kind)) for kind in kinds)


def who_acts(edition: Edition, step: CalendarStep, kinds: Iterable[AnyKind]) -> tuple[str, ...]:
    """Who acts in a step of an election with contests of these kinds: `who`, of commissions only those that the routes name.

    A kind without a route leaves `who` as it is.
    """
    if step.body is None:
        return step.who
    try:
        ways = [route(edition, *kind) for kind in kinds if concerns(step, [kind])]
    except NoRouteError:
        return step.who
    named = {one for way in ways for one in _named(way, step.body)}
    return tuple(one for one in step.who if one not in ORDER or one in named) or step.who


def _named(way: Route, body: str) -> tuple[str | None, ...]:
    acting: Mapping[str, tuple[str | None, ...]] = {
        "registers": (way.registers,),
        "establishes": way.chain[-1:],
        "receives": way.chain[1:2],
        "above": way.chain[1:],
    }
    return acting[body]


def plan(
    edition: Edition,
    kinds: Iterable[AnyKind],
    form: str,
    day: date,
    events: Mapping[str, date],
    *,
    timezone: str = "UTC",
) -> tuple[PlannedStep, ...]:
    """All steps of one election, by the time at which they are due; what hangs on an event not known comes last.

    `kinds`: kinds of all its contests; `day`: election day; `timezone` holds where the calendar names none. Steps that do not
    take place in this form are left out. Raises UnknownFormError.
    """
    wanted = [Kind(*kind) for kind in kinds]
    held = edition_for(edition, form)
    if held.calendar is None:
        return ()
    differing = set(edition.forms[form].steps) if form in edition.forms else set()
    known = {**events, "election-day": day}
    steps = [
        _planned(
            held, step, day, known, timezone, who=who_acts(held, step, wanted), differs=step.code in differing
        )
        for step in held.calendar.steps.values()
        if not step.off and concerns(step, wanted)
    ]
    return tuple(sorted(steps, key=_due))


def dropped(edition: Edition, kinds: Iterable[AnyKind], form: str) -> tuple[CalendarStep, ...]:
    """The steps of a regular election of these kinds that do not take place in this form."""
    wanted = [Kind(*kind) for kind in kinds]
    held = edition_for(edition, form)
    steps = held.calendar.steps.values() if held.calendar else ()
    return tuple(step for step in steps if step.off and concerns(step, wanted))


def plan_findings(steps: Sequence[PlannedStep]) -> tuple[Finding, ...]:
    """What the commission must still set by decision: W10 steps whose last moment had passed when the election was called,
    W11 steps that would end before they begin (`fields`: their codes)."""
    late = tuple(step.code for step in steps if step.late)
    inverted = tuple(step.code for step in steps if step.inverted)
    found = []
    if late:
        found.append(Finding("W10", "warning", late, None, texts.STEPS_PAST))
    if inverted:
        found.append(Finding("W11", "warning", inverted, None, texts.STEPS_INVERTED))
    return tuple(found)


def _planned(
    edition: Edition, step: CalendarStep, day: date, events: Mapping[str, date], timezone: str, *,
    who: tuple[str, ...], differs: bool,
) -> PlannedStep:  # fmt: skip
    assert edition.calendar is not None
    inside = window(edition, step.code, day, timezone, events=events)
    abroad = window(edition, step.code, day, timezone, abroad=True, events=events)
    assert inside is not None
    needed = dict.fromkeys(end.event for end in (step.opens, step.closes) if end is not None and end.event)
    return PlannedStep(
        code=step.code,
        title=step.title,
        who=who,
        window=inside,
        abroad=None if abroad == inside else abroad,
        opens=step.opens,
        closes=step.closes,
        day_count=edition.calendar.day_count,
        article=step.source.article,
        status=step.source.status,
        note=step.source.note,
        waits_for=tuple(name for name in needed if name not in events),
        differs=differs,
        late=_is_late(step, inside, events),
        inverted=inside.opens is not None and inside.closes is not None and inside.closes <= inside.opens,
    )


def _is_late(step: CalendarStep, dates: Window, events: Mapping[str, date]) -> bool:
    """Whether a step was over before the election was called. What is counted from the call itself never is."""
    counted = step.closes.event if step.closes else None
    if CALL not in events or dates.closes is None or counted in (CALL, "announcement"):
        return False
    return dates.closes <= datetime.combine(events[CALL], datetime.min.time(), dates.closes.tzinfo)


def _due(step: PlannedStep) -> tuple[bool, datetime, datetime]:
    first, last = step.window.opens or step.window.closes, step.window.closes or step.window.opens
    if first is None or last is None:
        never = datetime.max.replace(tzinfo=UTC)
        return True, never, never
    return False, last, first
