"""Calling an election: the day, the plan of its steps, against what happened in 2023, 2024 and 2026, and at the edges."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from esaylov.law.calendar import anchor_date, window
from esaylov.law.calling import (
    PlannedStep,
    UnknownFormError,
    allowed_days,
    date_findings,
    dropped,
    edition_for,
    editions_with,
    election_findings,
    events_asked,
    forms_after,
    kinds_of,
    outcome_of,
    plan,
    plan_findings,
    regular_day,
)
from esaylov.law.edition_forms import FORMS
from esaylov.law.editions import Anchor, parse_edition, uz_edition, uz_edition_names, uz_edition_toml
from esaylov.law.routes import Kind
from tests.law.test_editions import SMALL

CHAMBER, PRESIDENT, REFERENDUM = (
    uz_edition(name) for name in ("uz-lc-2024", "uz-president-2023", "uz-referendum-2023")
)
TASHKENT = ZoneInfo("Asia/Tashkent")
COUNCILS = [Kind("council", level) for level in ("region", "capital", "district")]
EVERYTHING = [Kind("list"), Kind("single-member"), *COUNCILS]
ONE_COUNCIL = [Kind("council", "district")]
HEAD = [Kind("president")]
FAR_AGO, FAR_AHEAD = date(2020, 1, 1), date(2100, 12, 31)
days = st.dates(FAR_AGO, FAR_AHEAD)
CALLED_2024 = {"call": date(2024, 7, 26), "announcement": date(2024, 7, 26), "term-end": date(2024, 11, 19)}


def codes(edition: str, form: str, kind: Kind, day: date, **events: date) -> list[str]:
    found = date_findings(
        uz_edition(edition), form, kind, day, {k.replace("_", "-"): v for k, v in events.items()}
    )
    return [finding.code for finding in found]


def span(steps: tuple[PlannedStep, ...], code: str) -> tuple[date | None, date | None]:
    """First and last day of a step."""
    (step,) = (one for one in steps if one.code == code)
    opens, closes = step.window.opens, step.window.closes
    return opens and opens.date(), closes and (closes - timedelta(seconds=1)).date()


def plus_months(day: date, months: int) -> date:
    return anchor_date(Anchor(months_after=months), day, "calendar-days")


# --- What happened ---


def test_the_calendar_of_2024() -> None:
    steps = plan(CHAMBER, EVERYTHING, "regular", date(2024, 10, 27), CALLED_2024)
    expected = {
        "representatives": (date(2024, 7, 26), date(2024, 7, 31)),
        "participation-papers": (None, date(2024, 8, 17)),
        "campaigning": (date(2024, 9, 22), date(2024, 10, 25)),
        "registration": (None, date(2024, 9, 21)),
        "constituencies": (None, date(2024, 8, 12)),
        "media": (None, date(2024, 10, 16)),
        "early-voting": (date(2024, 10, 16), date(2024, 10, 23)),
        "silence": (date(2024, 10, 26), date(2024, 10, 27)),
        "voting": (date(2024, 10, 27), date(2024, 10, 27)),
        "certification": (date(2024, 10, 27), date(2024, 11, 6)),
        "announcement": (None, date(2024, 8, 19)),
    }
    assert {code: span(steps, code) for code in expected} == expected
    assert {step.code for step in steps} == set(CHAMBER.calendar.steps if CHAMBER.calendar else ())
    assert plan_findings(steps) == ()
    assert date_findings(CHAMBER, "regular", ("list", None), date(2024, 10, 27), CALLED_2024) == ()
    assert all(step.day_count == "full-days-left" for step in steps)


def test_the_commission_published_its_districts_a_day_after_the_count_of_full_days() -> None:
    """Constituencies came out on 13 and 14.08.2024: E-75 by plain days. The day-count is a parameter, and dates may be moved."""
    text = uz_edition_toml().decode().replace('"full-days-left"', '"calendar-days"')
    steps = plan(parse_edition(text), EVERYTHING, "regular", date(2024, 10, 27), CALLED_2024)
    assert span(steps, "constituencies") == (None, date(2024, 8, 13))
    assert span(steps, "early-voting") == (date(2024, 10, 17), date(2024, 10, 24))


def test_the_calendar_of_the_early_election_of_2023() -> None:
    events = {
        "call": date(2023, 5, 8),
        "president-called": date(2023, 5, 8),
        "announcement": date(2023, 5, 10),
    }
    steps = plan(PRESIDENT, HEAD, "early", date(2023, 7, 9), events)
    expected = {
        "representatives": (date(2023, 5, 10), date(2023, 5, 13)),
        "constituencies": (None, date(2023, 5, 15)),
        "participation-papers": (None, date(2023, 5, 15)),
        "precincts": (None, date(2023, 5, 25)),
        "nomination": (date(2023, 5, 17), date(2023, 6, 1)),
        "candidate-papers": (date(2023, 5, 17), date(2023, 6, 2)),
        "registration": (None, date(2023, 6, 6)),
        "early-voting": (date(2023, 6, 28), date(2023, 7, 5)),
        "interim-finance": (None, date(2023, 7, 3)),
    }
    assert {code: span(steps, code) for code in expected} == expected
    assert date_findings(PRESIDENT, "early", ("president", None), date(2023, 7, 9), events) == ()
    assert plan_findings(steps) == ()


def test_the_calendar_of_the_referendum_of_2023() -> None:
    events = {"decision-published": date(2023, 3, 15), "call": date(2023, 3, 15)}
    steps = plan(REFERENDUM, [Kind("referendum")], "regular", date(2023, 4, 30), events)
    assert span(steps, "early-voting") == (date(2023, 4, 19), date(2023, 4, 26))
    assert span(steps, "okrug-commissions") == (date(2023, 3, 15), date(2023, 3, 25))
    assert span(steps, "precinct-commissions") == (date(2023, 3, 15), date(2023, 4, 9))
    assert span(steps, "certification") == (date(2023, 4, 30), date(2023, 5, 10))
    assert date_findings(REFERENDUM, "regular", ("referendum", None), date(2023, 4, 30), events) == ()
    assert not {"nomination", "registration", "signatures"} & {step.code for step in steps}


def test_the_by_election_of_2026() -> None:
    events = {"call": date(2026, 1, 13), "vacancy": date(2025, 12, 1), "term-end": date(2029, 10, 28)}
    for level in ("region", "district"):
        assert date_findings(CHAMBER, "by-election", ("council", level), date(2026, 2, 15), events) == ()
    steps = plan(CHAMBER, ONE_COUNCIL, "by-election", date(2026, 2, 15), events)
    assert plan_findings(steps) == ()
    assert {step.code for step in steps if step.differs} >= {"nomination", "registration", "campaigning"}
    assert all(step.status == "unknown" for step in steps if step.differs), "the Commission sets them"


# --- The day ---


@pytest.mark.parametrize(
    ("year", "day"),
    [(2021, 24), (2024, 27), (2026, 25), (2027, 24), (2028, 22), (2029, 21), (2030, 27), (2034, 22)],
)
def test_the_first_sunday_of_the_third_ten_days_of_october(year: int, day: int) -> None:
    expected = date(year, 10, day)
    assert regular_day(CHAMBER, ("list", None), year) == expected
    assert codes("uz-lc-2024", "regular", Kind("list"), expected, term_end=date(year, 12, 31)) == []
    for wrong in (-7, -1, 1, 7):
        found = codes(
            "uz-lc-2024", "regular", Kind("list"), expected + timedelta(days=wrong), term_end=expected
        )
        assert found == ["W03"]


def test_the_wrong_day_names_the_right_one_and_its_article() -> None:
    (found,) = date_findings(
        CHAMBER, "regular", ("council", "region"), date(2029, 10, 28), {"term-end": date(2029, 11, 1)}
    )
    assert found.article == "128 (Constitution)"
    assert found.text["en"] == "By law the election is held on 21.10.2029"
    assert (found.is_error, found.fields) == (True, ("date",))


def test_the_year_is_that_in_which_the_term_ends() -> None:
    (found,) = date_findings(
        CHAMBER, "regular", ("list", None), date(2028, 10, 22), {"term-end": date(2029, 11, 1)}
    )
    assert (found.code, found.left, found.right) == ("W04", 2028, 2029)
    (unknown,) = date_findings(CHAMBER, "regular", ("list", None), date(2028, 10, 22), {})
    assert (unknown.code, unknown.severity, unknown.fields) == ("W07", "warning", ("term-end",))


@given(st.integers(2020, 2100))
def test_the_regular_day_is_a_sunday_from_21_to_27_october(year: int) -> None:
    day = regular_day(PRESIDENT, ("president", None), year)
    assert day is not None
    assert (day.weekday(), day.month, 21 <= day.day <= 27) == (6, 10, True)
    assert regular_day(REFERENDUM, ("referendum", None), year) is None


@pytest.mark.parametrize(
    ("form", "kind", "event", "happened", "last"),
    [
        ("early", Kind("list"), "chamber-dissolved", date(2024, 11, 30), date(2025, 2, 28)),
        ("early", Kind("list"), "chamber-dissolved", date(2023, 11, 30), date(2024, 2, 29)),
        ("early", Kind("single-member"), "chamber-self-dissolved", date(2026, 12, 31), date(2027, 2, 28)),
        ("early", Kind("council", "district"), "unit-formed", date(2026, 3, 15), date(2026, 5, 15)),
        ("repeat", Kind("council", "region"), "first-election", date(2024, 1, 31), date(2024, 2, 29)),
        ("repeat", Kind("single-member"), "first-election", date(2024, 12, 1), date(2025, 1, 1)),
    ],
)
def test_the_last_day_of_special_elections(
    form: str, kind: Kind, event: str, happened: date, last: date
) -> None:
    assert allowed_days(CHAMBER, form, kind, {event: happened}) == (None, last)
    errors = [f.code for f in date_findings(CHAMBER, form, kind, last, {event: happened}) if f.is_error]
    assert errors == []
    late = [
        f
        for f in date_findings(CHAMBER, form, kind, last + timedelta(days=1), {event: happened})
        if f.is_error
    ]
    assert [f.code for f in late] == ["W06"]
    assert (late[0].left, late[0].right) == ((last - happened).days + 1, (last - happened).days)
    assert f"{last:%d.%m.%Y}" in late[0].text["uz"]


def test_the_president() -> None:
    kind = Kind("president")
    assert allowed_days(PRESIDENT, "early", kind, {"president-unable": date(2025, 1, 31)}) == (
        None,
        date(2025, 4, 30),
    )
    assert allowed_days(PRESIDENT, "repeat", kind, {"first-election": date(2024, 2, 1)}) == (
        None,
        date(2024, 3, 12),
    )
    run_off = allowed_days(PRESIDENT, "run-off", kind, {"first-election": date(2030, 10, 27)})
    assert run_off == (date(2030, 11, 11), date(2030, 11, 27))
    assert codes(
        "uz-president-2023", "run-off", kind, date(2030, 11, 10), first_election=date(2030, 10, 27)
    ) == ["W05"]
    assert (
        codes("uz-president-2023", "run-off", kind, date(2030, 11, 17), first_election=date(2030, 10, 27))
        == []
    )
    assert codes(
        "uz-president-2023", "run-off", kind, date(2030, 12, 1), first_election=date(2030, 10, 27)
    ) == ["W06"]


def test_a_by_election_is_called_a_month_ahead_and_may_be_left_out_at_the_end_of_the_term() -> None:
    kind, term = Kind("council", "district"), date(2029, 10, 21)
    given_in_time = {"call": date(2024, 1, 29), "vacancy": date(2024, 1, 1), "term_end": term}
    assert codes("uz-lc-2024", "by-election", kind, date(2024, 2, 29), **given_in_time) == ["W02"], (
        "a Thursday"
    )
    assert codes("uz-lc-2024", "by-election", kind, date(2024, 2, 25), **given_in_time) == ["W05"]
    for vacancy, expected in (
        (date(2029, 4, 20), []),
        (date(2029, 4, 21), ["W08"]),
        (date(2029, 9, 1), ["W08"]),
    ):
        events = {"call": vacancy, "vacancy": vacancy, "term_end": term}
        assert codes("uz-lc-2024", "by-election", kind, date(2029, 10, 7), **events) == expected


def test_events_that_are_not_known_are_named() -> None:
    (no_ground,) = date_findings(CHAMBER, "early", ("list", None), date(2026, 3, 1), {})
    assert (no_ground.code, no_ground.fields) == ("W07", ("chamber-dissolved", "chamber-self-dissolved"))
    assert no_ground.article == "74¹"
    (missing,) = date_findings(CHAMBER, "by-election", ("council", "region"), date(2026, 3, 1), {})
    assert (missing.code, missing.fields) == ("W07", ("call", "term-end", "vacancy"))
    (unannounced,) = date_findings(
        PRESIDENT, "early", ("president", None), date(2026, 3, 1), {"president-called": date(2026, 1, 5)}
    )
    assert (unannounced.code, unannounced.fields) == ("W07", ("announcement",))


def test_which_days_a_form_asks_for() -> None:
    assert events_asked(CHAMBER, "by-election", ONE_COUNCIL[0]) == ("call", "term-end", "vacancy")
    assert events_asked(CHAMBER, "early", Kind("list")) == ("chamber-dissolved", "chamber-self-dissolved")
    assert events_asked(PRESIDENT, "early", HEAD[0]) == (
        "president-unable",
        "president-called",
        "announcement",
    )
    assert events_asked(PRESIDENT, "run-off", HEAD[0]) == ("first-election",)
    assert events_asked(REFERENDUM, "regular", Kind("referendum")) == ("decision-published",)
    for name, form, kind in SPECIAL:
        edition = uz_edition(name)
        asked = events_asked(edition, form, kind)
        known = dict.fromkeys(asked, date(2026, 1, 4))
        assert "W07" not in {one.code for one in date_findings(edition, form, kind, date(2026, 2, 15), known)}
        assert (date_findings(edition, form, kind, date(2026, 2, 15), {}) == ()) <= (not asked)


def test_a_finding_about_several_kinds_is_said_once() -> None:
    found = election_findings(
        CHAMBER, "regular", EVERYTHING, date(2029, 10, 28), {"term-end": date(2029, 11, 1)}
    )
    assert [one.code for one in found] == ["W03"]


def test_what_is_no_election_of_that_form() -> None:
    for edition, form, kind in (
        (CHAMBER, "regular", "president"), (CHAMBER, "regular", "referendum"), (CHAMBER, "run-off", "single-member"),
        (CHAMBER, "by-election", "list"), (REFERENDUM, "early", "referendum"), (PRESIDENT, "by-election", "president"),
    ):  # fmt: skip
        (found,) = date_findings(edition, form, (kind, None), date(2026, 3, 1), {})
        assert (found.code, found.is_error) == ("W01", True), (form, kind)
    (found,) = date_findings(CHAMBER, "regular", ("list", None), date(2029, 10, 21),
                             {"call": date(2029, 10, 21), "term-end": date(2029, 11, 1)})  # fmt: skip
    assert found.code == "W09"


def test_an_edition_without_forms_knows_no_rule() -> None:
    small = parse_edition(SMALL)
    assert date_findings(small, "regular", ("list", None), date(2026, 3, 3), {}) == ()
    assert plan(small, [("list", None)], "regular", date(2026, 3, 3), {}) == ()
    assert kinds_of(small) == ("list",)
    assert kinds_of(small, "early") == ()
    with pytest.raises(UnknownFormError):
        plan(small, [("list", None)], "early", date(2026, 3, 3), {})


def test_every_text_is_there_in_five_languages() -> None:
    seen = {}
    for edition in (CHAMBER, PRESIDENT, REFERENDUM):
        for form in FORMS:
            for day in (date(2026, 3, 3), date(2040, 10, 27)):
                for kind in (
                    Kind("list"),
                    Kind("president"),
                    Kind("council", "district"),
                    Kind("referendum"),
                ):
                    events = {"call": date(2040, 10, 1), "first-election": date(2026, 3, 1), "vacancy": date(2039, 9, 1),
                              "term-end": date(2039, 10, 1), "decision-published": date(2026, 3, 1),
                              "chamber-dissolved": date(2025, 1, 1)}  # fmt: skip
                    for found in (
                        *date_findings(edition, form, kind, day, events),
                        *date_findings(edition, form, kind, day, {}),
                    ):
                        seen[found.code] = found
    assert set(seen) == {f"W0{n}" for n in range(1, 10)}
    assert all(set(found.text) == {"uz", "uz-cyrl", "kaa", "ru", "en"} for found in seen.values())
    assert not any("{" in text for found in seen.values() for text in found.text.values())


# --- The plan ---


def test_who_acts_follows_the_way_of_the_ballot() -> None:
    def who(kinds: list[Kind], code: str) -> tuple[str, ...]:
        steps = plan(CHAMBER, kinds, "regular", date(2024, 10, 27), {})
        return next(step.who for step in steps if step.code == code)

    assert who(EVERYTHING, "registration") == ("central", "territorial", "district")
    assert who([Kind("list")], "registration") == ("central",)
    assert who([Kind("council", "region")], "registration") == ("territorial",)
    assert who(ONE_COUNCIL, "certification") == ("district",)
    assert who([Kind("council", "capital")], "ballots") == ("okrug",)
    assert who([Kind("council", "capital")], "acceptance") == ("territorial", "okrug")
    assert who([Kind("single-member")], "ballots") == ("territorial",)
    assert who(ONE_COUNCIL, "voting") == ("precinct",)


def test_steps_concern_kinds_and_levels() -> None:
    def steps(kinds: list[Kind]) -> set[str]:
        return {step.code for step in plan(CHAMBER, kinds, "regular", date(2024, 10, 27), {})}

    assert "okrug-commissions" in steps([Kind("council", "region")])
    assert "okrug-commissions" not in steps(ONE_COUNCIL)
    assert "okrug-commissions" not in steps([Kind("list"), Kind("single-member")])
    assert {"signatures", "first-sitting"} <= steps([Kind("list")])
    assert not {"signatures", "first-sitting"} & steps(COUNCILS)


def test_what_does_not_take_place_is_shut_and_named() -> None:
    held = edition_for(CHAMBER, "by-election")
    gone = {step.code for step in dropped(CHAMBER, ONE_COUNCIL, "by-election")}
    assert {"announcement", "constituencies"} <= gone
    assert not gone & {step.code for step in plan(CHAMBER, ONE_COUNCIL, "by-election", date(2026, 2, 15), {})}
    for code in gone:
        found = window(held, code, date(2026, 2, 15))
        assert found is not None
        assert found.off
        assert not found.contains(datetime(2026, 2, 1, tzinfo=TASHKENT))
    assert dropped(CHAMBER, EVERYTHING, "regular") == ()


def test_the_edition_of_a_form_is_made_once() -> None:
    early = edition_for(PRESIDENT, "early")
    assert (early.id, early.form) == ("uz-president-2023.early", "early")
    assert edition_for(early, "early") is early
    assert edition_for(early, "run-off").id == "uz-president-2023.early.run-off"
    assert edition_for(PRESIDENT, "regular") is PRESIDENT
    assert early.title["en"].endswith("Early election")
    with pytest.raises(UnknownFormError):
        edition_for(early, "regular")


def test_a_run_off_keeps_the_precincts_and_has_no_nomination() -> None:
    steps = {
        step.code
        for step in plan(PRESIDENT, HEAD, "run-off", date(2030, 11, 17), {"call": date(2030, 10, 29)})
    }
    assert {"early-voting", "voting", "counting", "certification", "silence"} <= steps
    assert not {"nomination", "registration", "precincts", "precinct-commissions", "signatures"} & steps
    assert {"precincts", "candidates", "voter-lists"} <= set(PRESIDENT.forms["run-off"].keeps)


@pytest.mark.parametrize(
    ("edition", "contest", "outcome", "forms"),
    [
        (PRESIDENT, "president", "run-off", ("run-off",)),
        (PRESIDENT, "president", "not-valid", ("repeat",)),
        (PRESIDENT, "president", "nobody-elected", ("repeat",)),
        (CHAMBER, "single-member", "not-valid", ("repeat",)),
        (CHAMBER, "council", "annulled", ("repeat",)),
        (CHAMBER, "single-member", "run-off", ()),
        (REFERENDUM, "referendum", "not-valid", ()),
    ],
)
def test_what_follows_a_result(edition: object, contest: str, outcome: str, forms: tuple[str, ...]) -> None:
    assert isinstance(edition, type(CHAMBER))
    assert forms_after(edition, contest, outcome) == forms


def test_the_outcome_of_a_determination() -> None:
    assert outcome_of("run-off", []) == "run-off"
    assert outcome_of("not-valid", []) == "not-valid"
    assert outcome_of("determined", []) == "nobody-elected"
    assert outcome_of("determined", ["a"]) is None
    assert outcome_of("needs-decision", []) is None


def test_which_edition_calls_what() -> None:
    assert editions_with("council") == editions_with("list") == ("uz-lc-2024",)
    assert editions_with("president") == ("uz-president-2023",)
    assert editions_with("referendum") == ("uz-referendum-2023",)
    assert editions_with("senate") == ()


def test_steps_over_before_the_call_are_named_for_a_decision() -> None:
    late = plan(CHAMBER, ONE_COUNCIL, "by-election", date(2026, 2, 15), {"call": date(2026, 1, 27)})
    (found,) = plan_findings(late)
    assert (found.code, found.severity) == ("W10", "warning")
    assert found.fields == (
        "participation-papers",
        "precincts",
        "nomination",
        "precinct-commissions",
        "candidate-papers",
    )
    hasty = plan(CHAMBER, [Kind("list")], "regular", date(2024, 10, 27), {"announcement": date(2024, 9, 1)})
    assert [(one.code, one.fields) for one in plan_findings(hasty)] == [("W11", ("signatures",))]


SPECIAL = [
    (name, form, Kind(kind, "region" if kind == "council" else None))
    for name in uz_edition_names()
    for form in uz_edition(name).forms
    for kind in kinds_of(uz_edition(name), form)
]


@settings(deadline=None, max_examples=200)
@given(st.data(), days)
def test_no_window_ends_before_it_begins_on_any_day(data: st.DataObject, day: date) -> None:
    """Whatever the form, the kinds and the day: with the decision taken as early as the law asks for."""
    name, form, kind = data.draw(st.sampled_from(SPECIAL))
    edition = uz_edition(name)
    lead = {"regular": 93, "early": 62, "by-election": 28, "repeat": 18, "run-off": 14}[form]
    called = day - timedelta(days=lead)
    assume(called >= FAR_AGO)
    events = {"call": called, "announcement": called, "decision-published": called, "papers-received": called}
    kinds = [kind, Kind("single-member")] if kind.contest == "list" else [kind]
    steps = plan(edition, kinds, form, day, events)
    assert plan_findings(steps) == (), (name, form)
    assert {"voting", "counting", "certification", "early-voting"} <= {step.code for step in steps}
    for step in steps:
        for found in (step.window, step.abroad):
            if found and found.opens and found.closes:
                assert found.opens < found.closes, (name, form, step.code)
        assert step.who
        assert not step.window.off
        hangs = {end.event for end in (step.opens, step.closes) if end and end.event}
        assert set(step.waits_for) == hangs - events.keys()


@settings(deadline=None, max_examples=40)
@given(days, st.integers(0, 400), st.sampled_from(SPECIAL))
def test_a_day_within_the_bounds_is_no_error_and_one_beyond_them_is(
    day: date, later: int, what: tuple[str, str, Kind]
) -> None:
    name, form, kind = what
    assume(form != "regular" or kind.contest == "referendum")
    edition = uz_edition(name)
    events = dict.fromkeys(("call", "announcement", "first-election", "decision-published", "vacancy",
                            "chamber-dissolved", "unit-formed", "president-called"), day)  # fmt: skip
    first, last = allowed_days(edition, form, kind, events)
    held = day + timedelta(days=later + 1)
    errors = {f.code for f in date_findings(edition, form, kind, held, events) if f.is_error}
    assert ("W05" in errors) is (first is not None and held < first)
    assert ("W06" in errors) is (last is not None and held > last)
    assert errors <= {"W05", "W06"}
    assert first is None or last is None or first <= last, "there is a day"


@given(days)
def test_months_keep_within_the_year_and_the_leap_day(day: date) -> None:
    (_, last) = allowed_days(CHAMBER, "repeat", ("council", "region"), {"first-election": day})
    assert last == plus_months(day, 1)
    assert 28 <= (last - day).days <= 31
    assert last.day in (day.day, 28, 29, 30)


def test_the_order_is_that_of_time_and_what_is_not_known_comes_last() -> None:
    steps = plan(CHAMBER, EVERYTHING, "regular", date(2024, 10, 27), CALLED_2024)
    due = [step.window.closes or step.window.opens for step in steps]
    known = [one for one in due if one is not None]
    assert known == sorted(known)
    assert due[len(known) :] == [None] * (len(due) - len(known))
    waiting = {step.code: step.waits_for for step in steps if step.waits_for}
    assert waiting["signature-check"] == ("papers-received",)
    assert waiting["senate"] == ("kengashes-elected",)
