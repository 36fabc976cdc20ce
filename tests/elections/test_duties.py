"""What is overdue and whose: each step names the fact that completes it, and boards and the public page say who owes it."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client

from esaylov.acts.context import get_context
from esaylov.acts.door import Submission, perform
from esaylov.acts.models import Checkpoint, Journal
from esaylov.design.words import date_text
from esaylov.elections.duties import DUTIES, Owing, kind_of, owings
from esaylov.elections.queries import set_clock
from esaylov.law.calling import edition_for
from esaylov.law.editions import uz_edition, uz_edition_names
from esaylov.registry.accounts.models import Account
from esaylov.registry.acts import EndMandate
from esaylov.registry.models import Mandate
from esaylov.results.tabulation import Tabulator
from tests.cabinet.people import Bench, sign_in
from tests.elections.test_calling import TASHKENT, prepared
from tests.registry.people import accepted, actors_of, form_commission, held, members

PAGE = "/en/elections/by-2027/calendar/"


@pytest.mark.parametrize("name", uz_edition_names())
def test_every_step_of_every_form_says_what_is_owed(name: str) -> None:
    edition = uz_edition(name)
    for form in ["regular", *edition.forms]:
        calendar = edition_for(edition, form).calendar
        assert calendar is not None
        assert set(calendar.steps) <= DUTIES.keys()


def test_facts_have_owners() -> None:
    for step, duty in DUTIES.items():
        assert (duty.kind == "fact") == bool(duty.fact) == bool(duty.whose), step
    assert kind_of("of another country") == "elsewhere"


def called(bench: Bench) -> datetime:
    """Calls the by-election; gives its day."""
    client = bench.clients["cec chair"]
    draft = prepared(client)
    done = client.post("/en/cabinet/drafts/by-2027/call/", {"decision": "1457", "idempotency_key": "a"})
    assert done.status_code == 302
    return datetime.combine(draft.date, datetime.min.time(), TASHKENT)


def shown(bench: Bench) -> str:
    bench.world.sequence()
    Tabulator("by-2027").advance(Checkpoint.objects.order_by("-size").values_list("size", flat=True)[0])
    return text_of(Client().get(PAGE).content)


def test_commissions_that_are_not_formed_are_overdue_at_who_forms_them(bench: Bench) -> None:
    day = called(bench)
    assert "not formed" not in shown(bench)
    set_clock("by-2027", day - timedelta(days=1))
    text = shown(bench)
    assert "4 commissions are not formed. Whose duty: Territorial commission: " in text
    central = actors_of("", "cec", datetime.now(TASHKENT))["chair"]
    accepted(form_commission("by-2027", "tec:n", central, members(9, 100)))
    chair = actors_of("by-2027", "tec:n", datetime.now(TASHKENT))["chair"]
    accepted(form_commission("by-2027", "pec:n1-1", chair, members(9, 200)))
    set_clock("by-2027", day - timedelta(hours=20))
    assert "3 commissions are not formed" in shown(bench)
    assert re.search(
        r"Voters told time and place precinct commissions · Article 51 ·[^·]* · not followed", text
    )


def test_what_the_call_shows_is_done(bench: Bench) -> None:
    called(bench)
    context = get_context("by-2027")
    found = owings(context, ["precincts", "registration", "lists-open", "voting"])
    country = context.tables.country
    at = Journal.objects.get(pk=context.tables.election.journal).at
    assert found["precincts"] == [Owing("central", country, 1, 1, at)]
    assert [(one.owed, one.at) for one in found["registration"]] == [(0, at)]
    assert "lists-open" not in found, "not followed"
    today = context.now().date()
    for days, expected in (
        ({}, at),
        ({"announcement": today}, datetime.combine(today, datetime.min.time(), TASHKENT)),
        ({"announcement": today - timedelta(days=1), "call": today}, datetime.combine(today, datetime.min.time(), TASHKENT)),
        ({"announcement": today + timedelta(days=1)}, None),
    ):  # fmt: skip
        (announced,) = owings(replace(context, events=days), ["announcement"])["announcement"]
        assert announced.at == expected, "one event has one day on the calendar, and none that is to come"


def test_an_election_whose_commissions_were_formed_elsewhere_is_not_followed(bench: Bench) -> None:
    context = get_context("door")
    asked = owings(context, ["precinct-commissions"])
    followed = bool(asked)
    assert followed == Mandate.objects.filter(election="door", commission__isnull=False).exists()


def test_results_are_owed_by_who_establishes_them(bench: Bench) -> None:
    day = called(bench)
    set_clock("by-2027", day + timedelta(days=30))
    text = shown(bench)
    assert "4 protocols have not come. Whose duty: precinct commissions, " in text
    assert "The result of 1 contest is not certified. Whose duty: Territorial commission: " in text


def test_what_was_done_says_when_how_late_and_whether_it_still_holds(bench: Bench) -> None:
    """The day is that of the entry; a commission that was formed and then emptied is not told as never formed."""
    day = called(bench)
    central = actors_of("", "cec", datetime.now(TASHKENT))["chair"]
    accepted(form_commission("by-2027", "tec:n", central, members(9, 100)))
    chair = actors_of("by-2027", "tec:n", datetime.now(TASHKENT))["chair"]
    for number, code in enumerate(("n1-1", "n1-2", "n2-1")):
        accepted(form_commission("by-2027", f"pec:{code}", chair, members(9, 200 + 10 * number)))
    closes = get_context("by-2027").dates("precinct-commissions").closes
    set_clock("by-2027", closes + timedelta(days=2, hours=3))
    accepted(form_commission("by-2027", "pec:n2-2", chair, members(9, 300)))
    text = shown(bench)
    formed = date_text((closes + timedelta(days=2)).astimezone(TASHKENT))
    assert f"done on {formed}, 3 days late Precinct commissions formed" in text
    assert "What is done has the day of its entry in the log." in text
    for row in held("by-2027", "pec:n2-2", datetime.now(TASHKENT)):
        payload = EndMandate.Payload(mandate=row.id, ground="resigned", decision="1-2")
        accepted(perform(EndMandate, "by-2027", Submission(payload, chair)))
    set_clock("by-2027", day - timedelta(hours=20))
    text = shown(bench)
    assert f"done once, and not any more done on {formed}, 3 days late Precinct commissions formed" in text
    assert "1 commission was formed and has no members any more. Whose duty: Territorial commission: " in text
    assert "not formed" not in text
    assert "overdue by" not in text


def test_the_board_shows_own_work_only(bench: Bench) -> None:
    day = called(bench)
    central = actors_of("", "cec", datetime.now(TASHKENT))["chair"]
    accepted(form_commission("by-2027", "tec:n", central, members(9, 700)))
    set_clock("by-2027", day - timedelta(days=1))
    client = bench.clients["cec chair"]
    assert client.post("/en/cabinet/switch/", {"election": "by-2027"}).status_code == 302
    board = html.unescape(client.get("/en/cabinet/board/").content.decode())
    assert "Precinct commissions formed" not in board, "they are the territorial commission's to form"
    home = client.get("/en/cabinet/").content.decode()
    assert "Precinct commissions formed" not in home
    chair = actors_of("by-2027", "tec:n", datetime.now(TASHKENT))["chair"]
    own = sign_in(_account(chair.person))
    assert own.post("/en/cabinet/switch/", {"election": "by-2027"}).status_code == 302
    board = text_of(own.get("/en/cabinet/board/").content)
    assert "Precinct commissions formed 0 of 4" in board
    assert "1 step is overdue" in board
    assert "Precinct commissions formed: 0 of 4" in text_of(own.get("/en/cabinet/").content)
    for number in ("n1-1", "n1-2", "n2-1", "n2-2"):
        accepted(
            form_commission(
                "by-2027", f"pec:{number}", chair, members(9, 800 + 10 * int(number[1] + number[-1]))
            )
        )
    board = text_of(own.get("/en/cabinet/board/").content)
    assert "Precinct commissions formed 4 of 4" in board
    assert "overdue" not in board
    assert "Precinct commissions formed" not in text_of(own.get("/en/cabinet/").content)


def _account(person: UUID | None) -> Account:
    return Account.objects.filter(person=person).first() or Account.objects.open(person=person)


def text_of(content: bytes) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", content.decode())))
