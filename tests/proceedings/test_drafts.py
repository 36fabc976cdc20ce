"""A secretary composes a draft decision in pages, without JavaScript: orders by form, dry run, vote, performed as one."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from enum import Enum
from types import SimpleNamespace
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from pydantic import AwareDatetime, BaseModel, Field

from esaylov.acts.context import get_context
from esaylov.acts.powers import Actor
from esaylov.proceedings import composing, motions
from esaylov.proceedings.dryrun import try_orders
from esaylov.proceedings.models import Decision, Motion
from esaylov.proceedings.orderforms import KnownField, OrderForm, facts_of, formable, initial_of
from esaylov.proceedings.orders import orderable
from tests.acts.election import count
from tests.cabinet.people import Bench, protocol_data
from tests.proceedings.acting import open_session, sitting
from tests.proceedings.test_pages import CABINET, EVIL, vote
from tests.registry.people import accepted

DRAFTS = f"{CABINET}decision-drafts/"
FAR = "2026-11-30T00:00"
OPENS = "2026-10-25T20:00"
TASHKENT = ZoneInfo("Asia/Tashkent")


def begin(bench: Bench, who: str = "cec chair", **more: Any) -> str:
    """A draft with its words; gives its address."""
    said = {
        "election": "door",
        "title": f"On dates {EVIL}",
        "text": "One.\r\n\r\nTwo.",
        "considered": "95; 96",
    } | more
    done = bench.clients[who].post(f"{DRAFTS}new/", said)
    assert done.status_code == 302, done.content.decode()
    return done.headers["Location"]


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', page)
    assert found is not None
    return found[1]


def add(bench: Bench, here: str, act: str, who: str = "cec chair", **fields: str) -> Any:
    """Fills in the form of an order, one page after another, as often as it asks for more."""
    client = bench.clients[who]
    page = client.get(f"{here}orders/add/", {"act": act})
    assert page.status_code == 200
    for _ in range(4):
        text = page.content.decode()
        shown = set(re.findall(r'<(?:select|input)[^>]* name="([a-z0-9-]+)"', text))
        known = {name: value for name, value in fields.items() if name in shown}
        page = client.post(f"{here}orders/add/", {"act": act, "seen": seen(text)} | known)
        if page.status_code == 302 or "error-summary" in page.content.decode():
            break
    return page


def test_from_the_first_word_to_the_performed_decision(bench: Bench) -> None:
    chair, here = bench.clients["cec chair"], begin(bench)
    choice = chair.get(f"{here}orders/add/").content.decode()
    assert "Move dates of the calendar" in choice
    assert "Form a commission" in choice.split("Made on pages of their own")[1]
    form = chair.get(f"{here}orders/add/?act=elections.move_step").content.decode()
    assert "Articles 60, 66, 74, 93" in form
    assert '<option value="acceptance">Acceptance</option>' in form
    assert (
        add(bench, here, "elections.move_step", step="acceptance", opens=OPENS, closes=FAR).status_code == 302
    )
    assert (
        add(bench, here, "elections.move_step", step="counting", opens=OPENS, closes=FAR).status_code == 302
    )
    page = chair.get(here).content.decode()
    assert page.count("<dt>Closes</dt>") == 2
    assert EVIL not in page
    assert "would be performed" not in chair.get(f"{here}?preview=1").content.decode(), (
        "no link performs orders"
    )
    tried = chair.post(here).content.decode()
    assert "All orders would be performed now" in tried
    assert count("elections_move") == 0
    assert count("acts_journal", "code = 'elections.move_step'") == 0
    key = re.findall(r"[0-9a-f-]{36}", here)[0]
    assert "No session is open for it" in page
    session = f"{CABINET}sessions/{accepted(open_session('door')).journal}/"
    assert f"{session}decide/?motion={key}" in chair.get(here).content.decode()
    over = chair.post(f"{session}decide/", vote(motion=key)).content.decode()
    assert "It would be performed." in over
    said = vote(step="adopt", motion=key, seen=seen(over))
    assert chair.post(f"{session}decide/", said).status_code == 302
    assert count("elections_move", "number = '1'") == 2
    assert len(Decision.objects.get().orders) == 2
    assert chair.get(here).status_code == 404
    assert count("acts_vault", f"subject = '{key}'") == 0


def test_an_order_is_changed_and_taken_out(bench: Bench) -> None:
    chair, here = bench.clients["cec chair"], begin(bench)
    for step in ("acceptance", "counting"):
        assert add(bench, here, "elections.move_step", step=step, opens=OPENS, closes=FAR).status_code == 302
    form = chair.get(f"{here}orders/2/").content.decode()
    assert 'value="2026-11-30T00:00"' in form
    said = {"step": "counting", "opens": OPENS, "closes": "2026-12-01T00:00", "seen": seen(form)}
    assert chair.post(f"{here}orders/2/", said).status_code == 302
    asked = chair.get(f"{here}orders/1/remove/").content.decode()
    assert chair.post(f"{here}orders/1/remove/", {"seen": seen(form)}).status_code == 302
    assert len(Motion.objects.get().acts) == 2, "what was looked at before the change takes nothing away"
    assert chair.post(f"{here}orders/1/remove/", {"seen": seen(asked)}).status_code == 302
    found = motions.prepared(Motion.objects.get().pk, sitting()[0], "door")
    assert found is not None
    assert found.orders == (
        (
            "elections.move_step",
            {"step": "counting", "opens": "2026-10-25T20:00:00+05:00", "closes": "2026-12-01T00:00:00+05:00"},
        ),
    )
    assert count("acts_vault", f"subject = '{found.row.pk}'") == 1, "orders of before are erased"
    for place in (0, 2):
        assert chair.get(f"{here}orders/{place}/").status_code == 404
        assert chair.get(f"{here}orders/{place}/remove/").status_code == 404


def test_words_are_changed_and_a_draft_withdrawn(bench: Bench) -> None:
    chair, here = bench.clients["cec chair"], begin(bench)
    form = chair.get(f"{here}words/").content.decode()
    said = {"title": "On terms", "text": "Three.", "considered": "16", "seen": seen(form)}
    assert chair.post(f"{here}words/", said).status_code == 302
    late = chair.post(f"{here}words/", said | {"title": "Over it"})
    assert "changed meanwhile" in late.content.decode()
    row = Motion.objects.get()
    assert (row.title, row.text, row.articles) == ("On terms", "Three.", ["16"])
    assert "On terms" in chair.get(DRAFTS).content.decode()
    ask = chair.get(f"{here}withdraw/").content.decode()
    assert chair.post(f"{here}withdraw/", {"seen": seen(ask)}).status_code == 302
    assert not Motion.objects.exists()
    assert count("acts_vault", f"subject = '{row.pk}'") == 0


def test_a_preview_names_the_order_that_would_be_refused(bench: Bench) -> None:
    chair, here = bench.clients["cec chair"], begin(bench)
    past = add(bench, here, "elections.move_step", step="acceptance", opens=OPENS, closes="2026-10-25T20:10")
    assert past.status_code == 302
    tried = chair.post(here).content.decode()
    assert "The decision would be refused now" in tried
    assert "C06" in tried
    session = f"{CABINET}sessions/{accepted(open_session('door')).journal}/"
    key = re.findall(r"[0-9a-f-]{36}", here)[0]
    over = chair.post(f"{session}decide/", vote(motion=key)).content.decode()
    assert "C06" in over
    assert "Record the vote" not in over
    assert chair.post(f"{session}decide/", vote(motion=key, step="adopt")).status_code == 200
    assert count("proceedings_decision") == 0
    assert count("elections_move") == 0


def test_what_is_voted_on_is_what_was_read(bench: Bench) -> None:
    chair, here = bench.clients["cec chair"], begin(bench)
    assert (
        add(bench, here, "elections.move_step", step="acceptance", opens=OPENS, closes=FAR).status_code == 302
    )
    session = f"{CABINET}sessions/{accepted(open_session('door')).journal}/"
    key = re.findall(r"[0-9a-f-]{36}", here)[0]
    over = chair.post(f"{session}decide/", vote(motion=key)).content.decode()
    found = motions.prepared(UUID(key), sitting()[0], "door")
    assert found is not None
    motions.rewrite(found, sitting()[0], orders=[])
    again = chair.post(f"{session}decide/", vote(motion=key, step="adopt", seen=seen(over)))
    assert again.status_code == 200
    assert "Read it over again" in again.content.decode()
    assert count("proceedings_decision") == 0
    with pytest.raises(motions.Changed):
        motions.withdraw(found, sitting()[0])


def test_fields_that_hang_on_others_come_after_them(bench: Bench) -> None:
    """Contest, then the precincts with a protocol in it, then the versions of that protocol."""
    here = begin(bench, "tec chair")
    client, act = bench.clients["tec chair"], "results.accept_protocol"
    empty = client.get(f"{here}orders/add/?act={act}").content.decode()
    assert re.findall('<option value="([^"]+)"', empty) == [], "nothing has come"
    sent = bench.clients["pec chair"].post(f"{CABINET}protocols/list/", protocol_data() | {"step": "submit"})
    assert sent.status_code == 302
    first = client.get(f"{here}orders/add/?act={act}").content.decode()
    assert 'name="precinct"' not in first
    assert "Continue" in first
    assert re.findall('<option value="([^"]+)"', first) == ["list"], "only where a protocol has come"
    assert '<p class="lead">95' not in first
    assert first.count("Article 95") == 1
    second = client.post(
        f"{here}orders/add/", {"act": act, "contest": "list", "seen": seen(first)}
    ).content.decode()
    assert '<option value="list" selected>' in second
    assert 'name="precinct"' in second
    assert "error-summary" not in second
    foreign = {"act": act, "contest": "list", "precinct": "s1-1", "seen": seen(first)}
    assert "error-summary" in client.post(f"{here}orders/add/", foreign).content.decode()


def test_rows_of_a_list_keep_their_order(bench: Bench) -> None:
    here = begin(bench)
    done = add(
        bench,
        here,
        "results.supply_determination",
        contest="list",
        **{"outcome-1": "blue", "outcome-2": "green"},
    )
    assert done.status_code == 302, done.content.decode()
    found = motions.prepared(Motion.objects.get().pk, sitting()[0], "door")
    assert found is not None
    assert found.orders[0][1] == {"contest": "list", "outcome": ["blue", "green"]}
    chair = bench.clients["cec chair"]
    assert "Blue, Green" in chair.get(here).content.decode()
    session = f"{CABINET}sessions/{accepted(open_session('door')).journal}/"
    assert "What it orders: Decide the outcome where the law is silent" in chair.get(session).content.decode()
    none = add(bench, here, "results.supply_determination", contest="list")
    assert none.status_code == 200


def test_who_may_compose(bench: Bench) -> None:
    here = begin(bench)
    for page in ("", "words/", "orders/add/", "withdraw/"):
        assert bench.clients["tec chair"].get(here + page).status_code == 404
        assert bench.clients["nobody"].get(here + page).status_code == 302
    member = bench.clients["cec member"]
    session = f"{CABINET}sessions/{accepted(open_session('door')).journal}/"
    assert f'href="{here}"' in member.get(session).content.decode(), "who votes can read what is voted on"
    assert "Add an order" not in member.get(here).content.decode()
    assert "It would be performed" not in member.post(here).content.decode()
    for page in ("words/", "orders/add/", "withdraw/"):
        assert member.get(here + page).status_code == 403
    assert bench.clients["bystander"].get(DRAFTS).status_code == 403


def test_acts_are_offered_by_the_matrix_and_the_window(bench: Bench) -> None:
    chair = sitting()[0]
    context = get_context("door")
    now = datetime.fromisoformat("2026-10-25T20:30:00+05:00")
    central = {one.code: one for one in composing.offers(chair, context, now)}
    assert central["elections.move_step"].open
    assert central["results.accept_protocol"].open
    assert "registry.enrol_central_commission" not in central
    assert "proceedings.state_dissent" not in central
    morning = {one.code: one for one in composing.offers(chair, context, now.replace(hour=9))}
    assert not morning["results.accept_protocol"].open
    precinct = Actor("pec:n1-1", "precinct", "door", 1, 1, role="chair")
    assert {one.code for one in composing.offers(precinct, context, now)} <= {
        "proceedings.decide_application"
    }
    standing = {one.code for one in composing.offers(chair, get_context(""), datetime.now(UTC))}
    assert standing == {"proceedings.decide_application"}


def test_every_act_that_may_be_ordered_has_a_form_or_a_page(bench: Bench) -> None:
    """What may be ordered is listed, not guessed from a field's name: no dissent, no file, no package."""
    assert set(orderable()) == {
        "elections.move_step", "proceedings.decide_application", "registry.change_composition", "registry.form_commission",
        "results.accept_protocol", "results.annul_precinct", "results.certify", "results.record_lot",
        "results.return_protocol", "results.supply_determination",
    }  # fmt: skip
    for code, listed in orderable().items():
        known = composing.description_of(code)
        assert "decision" in listed.act.Payload.model_fields
        assert known is not None, code
        assert formable(listed, known) != bool(known.page), code


def test_a_dry_run_sees_what_orders_before_it_did(bench: Bench) -> None:
    chair, context = sitting()[0], get_context("door")
    move = {"step": "acceptance", "opens": f"{OPENS}:00+05:00", "closes": f"{FAR}:00+05:00"}
    tried = try_orders(context, chair, "7", [("elections.move_step", move)] * 2)
    assert [one.done for one in tried] == [True, False]
    assert [one.code for one in tried[1].findings] == ["C05"]
    assert count("elections_move") == 0
    with pytest.raises(ValueError, match="described twice"):
        composing.describe("elections.move_step", composing.Description("Again"))


class Size(Enum):
    SMALL = "small"
    LARGE = "large"


class Sample(BaseModel):
    """One member of each type that a form can show."""

    number: Annotated[int, Field(ge=1, le=9)]
    day: date
    moment: AwareDatetime | None = None
    sort: Literal["a", "b"]
    size: Size
    sure: bool
    place: str
    places: list[str]
    decision: str


def test_a_form_follows_from_the_types() -> None:
    listed: Any = SimpleNamespace(body=Sample, act=None)
    places = [("n", "North"), ("s", "South")]
    words = {name: composing.FieldWords(name) for name in Sample.model_fields if name != "decision"}
    assert not formable(listed, composing.Description("Sample", words)), "an id needs its list"
    for name in ("place", "places"):
        words[name] = composing.FieldWords(name, choices=lambda _asking: places)
    known = composing.Description("Sample", words)
    assert formable(listed, known)
    here: Any = SimpleNamespace(timezone=TASHKENT, now=lambda: datetime(2026, 10, 25, tzinfo=TASHKENT))
    asking: Any = composing.Asking(here, None, {})  # type: ignore[arg-type]
    sent = {
        "number": "3", "day": "2026-10-25", "moment": "2026-10-25T20:00", "sort": "b", "size": "large", "sure": "no",
        "place": "s", "places-1": "s", "places-2": "n",
    }  # fmt: skip
    form = OrderForm(sent, listed=listed, description=known, asking=asking)
    assert form.is_valid(), form.errors
    assert form.said == {
        "number": 3, "day": "2026-10-25", "moment": "2026-10-25T20:00:00+05:00", "sort": "b", "size": "large",
        "sure": False, "place": "s", "places": ["s", "n"],
    }  # fmt: skip
    said = initial_of(listed, form.said, asking)
    assert (said["sure"], said["places-2"], said["moment"]) == ("no", "n", datetime(2026, 10, 25, 20))
    facts = dict(facts_of(listed, known, replace(asking, said=form.said)))
    assert (facts["places"], facts["sure"], facts["number"]) == ("South, North", "no", "3")
    assert facts["day"] == "25 October 2026"
    assert facts["moment"] == "25 October 2026, 20:00 (Tashkent)"
    for name, value in (
        ("number", "10"),
        ("day", "x"),
        ("sort", "c"),
        ("place", "e"),
        ("size", ""),
        ("places-1", ""),
    ):
        wrong = OrderForm({**sent, name: value}, listed=listed, description=known, asking=asking)
        assert list(wrong.errors) == [name]


def test_a_long_list_is_typed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("esaylov.proceedings.orderforms.MANY", 1)
    here = begin(bench)
    page = bench.clients["cec chair"].get(f"{here}orders/add/?act=results.certify").content.decode()
    assert "The list is long: type the code or the name." in page
    assert add(bench, here, "results.certify", contest="lists").status_code == 302
    found = motions.prepared(Motion.objects.get().pk, sitting()[0], "door")
    assert found is not None
    assert found.orders == (("results.certify", {"contest": "list"}),)


@translation.override("en")
def test_of_a_long_list_a_code_is_typed_and_checked() -> None:
    field = KnownField(known={"n1-1": "1, North", "n1-2": "2, North", "s1-1": "2, South"})
    assert field.clean("n1-1") == field.clean(" 1, north ") == field.clean("1") == "n1-1"
    with pytest.raises(ValidationError, match=re.escape("type the code: n1-2 (2, North); s1-1 (2, South)")):
        field.clean("2")
    with pytest.raises(ValidationError, match="There is no such code here: x"):
        field.clean("x")
    told = KnownField(known={"n1-1": "1, North (n1-1)", "n1-2": "2, North (n1-2)", "s1-1": "2, South (s1-1)"})
    assert told.clean("1") == told.clean("1, north") == told.clean("1, North (n1-1)") == "n1-1"
    with pytest.raises(ValidationError, match=re.escape("the code: 2, North (n1-2); 2, South (s1-1)")):
        told.clean("2")
