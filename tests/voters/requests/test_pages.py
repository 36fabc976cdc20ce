"""A voter asks without an account and without a script, sees the clock and the answer; the commission decides in its cabinet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from esaylov.acts.models import Journal
from esaylov.custody import client
from esaylov.elections.models import Election
from esaylov.registry.models import Precinct, Territory
from esaylov.voters import access
from esaylov.voters.lookup.throttling import Documents
from esaylov.voters.models import Access, Voter
from esaylov.voters.requests import counts, desk, flooding, places, queries, views
from esaylov.voters.requests.flooding import Flood
from esaylov.voters.requests.models import Request
from esaylov.voters.requests.staging import stage_requests
from tests.voters.freezing import ELECTION
from tests.voters.listed import person
from tests.voters.requests.conftest import START
from tests.voters.requests.site import ASK, STATUS, STRANGER, Site, number_and_code, post, site_of, text_of

LANGUAGES = ("uz", "uz-cyrl", "kaa", "ru", "en")
KINDS = ("correction", "inclusion", "precinct", "objection", "early", "home")
DESK = "/en/cabinet/voters/requests/"


@pytest.fixture(scope="module")
def site(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_of(tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_can_be_asked_for(site: Site, language: str) -> None:
    page = Client().get(f"/{language}/{ASK}")
    assert page.status_code == 200
    shown = page.content.decode()
    assert [kind for kind in KINDS if f"?kind={kind}&amp;" in shown] == list(KINDS)
    assert "kind=abroad" not in shown, "the election has no precinct abroad"
    for kind in KINDS:
        assert Client().get(f"/{language}/{ASK}?kind={kind}").status_code == 200
    assert Client().get(f"/{language}/{ASK}?kind=nonsense").status_code == 200


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "precinct"])
def test_every_kind_is_received(site: Site, kind: str) -> None:
    number, code = site.asked(1, kind)
    row = Request.objects.get(number=number)
    assert (row.kind, row.voter) == (kind, 1)
    page = text_of(post(STATUS, {"number": number, "secret": code}))
    assert "Not decided yet" in page
    assert "23 hours left" in page or "24 hours left" in page


def test_a_precinct_is_asked_for_by_its_number(site: Site) -> None:
    wrong = site.ask(1, "precinct", wished="77")
    assert "no precinct with this number" in text_of(wrong)
    number, _ = site.asked(1, "precinct", wished="№ 2")
    assert Request.objects.get(number=number).precinct is not None


def test_early_voting_has_its_days(site: Site) -> None:
    form = Client().get(f"/en/{ASK}?kind=early").content.decode()
    first, last = re.findall(r'(?:min|max)="([0-9-]+)"', form)
    assert first <= "2026-10-20" <= last
    day_after = (date.fromisoformat(last) + timedelta(days=1)).isoformat()
    wrong = site.ask(1, "early", day=day_after)
    assert "Early voting:" in text_of(wrong)
    assert site.asked(1, "early", day=last)


def test_whose_commission(site: Site) -> None:
    found = {}
    for voter, kind in ((1, "home"), (2, "home"), (3, "home"), (STRANGER, "home"), (STRANGER, "inclusion")):
        row = Request.objects.select_related("precinct", "territory").get(
            number=site.asked(voter, kind, wished="")[0]
        )
        found[voter, kind] = (row.precinct.code if row.precinct else None, row.territory.code)
    assert found == {
        (1, "home"): ("n1-1", "n1"), (2, "home"): ("n2-1", "n2"), (3, "home"): (None, "n1"),
        (STRANGER, "home"): (None, "n1"), (STRANGER, "inclusion"): (None, "n1"),
    }  # fmt: skip


class TestOneShape:
    """Listed, without a precinct, in no list, or with a wrong birth date: nothing but number and code differs."""

    CASES = ((1, {}), (3, {}), (STRANGER, {}), (1, {"birth_year": "1901"}))

    @pytest.mark.parametrize("language", ["uz", "ru"])
    def test_page(self, site: Site, language: str) -> None:
        shapes = set()
        for voter, changes in self.CASES:
            answer = site.ask(voter, "home", language, **changes)
            number, code = number_and_code(answer)
            page = answer.content.decode().replace(number, "N").replace(code, "C")
            shapes.add((answer.status_code, len(answer.content), page, tuple(sorted(answer.headers.items()))))
        assert len(shapes) == 1

    def test_work(self, site: Site) -> None:
        """The same statements, in the same order."""
        shapes = set()
        site.ask(1)  # (what is remembered for a minute is read)
        for voter, changes in self.CASES:
            form = site.form(voter, **changes)
            with CaptureQueriesContext(connection) as asked:
                assert post(f"{ASK}?kind=home", form).status_code == 200
            shapes.add(tuple(one["sql"][:25] for one in asked.captured_queries))
        assert len(shapes) == 1, shapes


def test_nothing_stays(site: Site) -> None:
    answer = site.ask(1, "correction")
    assert not answer.cookies
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    record = person(1)
    shown = answer.content.decode()
    assert not [name for name in ("document", "surname", "pinfl") if record[name] in shown]
    journal = Journal.objects.filter(code="voters.receive_request").order_by("-id").first()
    assert journal is not None
    assert journal.request is None
    assert journal.key is None


class TestForm:
    def test_what_is_missing_is_said(self, site: Site) -> None:
        answer = post(f"{ASK}?kind=home", {"document": ""})
        said = text_of(answer)
        assert answer.status_code == 200
        for part in (
            "There is a problem",
            "Enter the number of your passport",
            "Reason: This field is required",
            "Street: This",
        ):
            assert part in said

    def test_sent_twice_it_is_one(self, site: Site) -> None:
        form = site.form(1)
        first, second = (number_and_code(post(f"{ASK}?kind=home", form)) for _ in range(2))
        assert first == second

    def test_a_double_click_shows_the_code(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        """The second post comes while the first one is at work: its challenge is spent, its request is not yet there."""
        form, first = site.form(1), []

        def first_is_done(_: float) -> None:
            if not first:
                with monkeypatch.context() as patch:
                    patch.setattr(views, "unproven", lambda *_: [])
                    first.append(number_and_code(post(f"{ASK}?kind=home", form)))

        client.admit("127.0.0.1", form["challenge"], purpose="look-up")
        monkeypatch.setattr(views, "sleep", first_is_done)
        second = number_and_code(post(f"{ASK}?kind=home", form))
        assert [second] == first

    def test_a_spent_form_whose_request_does_not_come_is_ready_again(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        form, before = site.form(1), Request.objects.count()
        monkeypatch.setattr(views, "sleep", lambda _: None)
        client.admit("127.0.0.1", form["challenge"], purpose="look-up")
        assert "This form was sent already" in text_of(post(f"{ASK}?kind=home", form))
        assert Request.objects.count() == before

    def test_the_code_is_not_shown_again_later(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        from esaylov.voters.lookup import challenges

        form = site.form(1)
        _, code = number_and_code(post(f"{ASK}?kind=home", form))
        monkeypatch.setattr(challenges, "LIFE", -1)
        again = post(f"{ASK}?kind=home", form)
        assert code not in again.content.decode()
        assert "open for too long" in text_of(again)

    def test_the_question_replaces_the_sum(self, site: Site) -> None:
        from tests.voters.lookup.asking import answer_to

        form = site.form(1, work="")
        assert "keeps robots away" in text_of(post(f"{ASK}?kind=home", form))
        form = site.form(1, work="")
        assert number_and_code(post(f"{ASK}?kind=home", form | {"answer": answer_to(form["challenge"])}))

    @pytest.mark.parametrize(
        "more", [{"street": "a\x01b"}, {"reason": "x" * 3_000}, {"sex": "q"}, {"pinfl": "12"}]
    )
    def test_odd_input(self, site: Site, more: dict[str, str]) -> None:
        before = Request.objects.count()
        assert site.ask(1, "inclusion", **more).status_code == 200
        assert Request.objects.count() == before

    def test_too_much(self, site: Site) -> None:
        assert site.ask(1, reason="x" * 60_000).status_code == 413
        assert post(f"{ASK}?kind=home", {f"f{at}": "" for at in range(2_000)}).status_code == 413

    @pytest.mark.parametrize("page", ["voter/", f"{ASK}?kind=home", STATUS])
    def test_pages_of_other_sites_send_nothing(self, site: Site, page: str) -> None:
        ours = "http://testserver"
        for headers, status in (
            ({"HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_ORIGIN": "null"}, 403),
            ({"HTTP_SEC_FETCH_SITE": "same-site", "HTTP_ORIGIN": ours}, 403),
            ({"HTTP_ORIGIN": "https://evil.example"}, 403),
            ({"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_ORIGIN": "null"}, 200),
            ({"HTTP_ORIGIN": ours}, 200),
            ({}, 200),
        ):
            answer = post(page, {"document": "", "number": "R-2222-22", "secret": ""}, **headers)
            assert answer.status_code == (422 if status == 200 and page == STATUS else status), headers

    @pytest.mark.parametrize(
        ("error", "status"), [(client.Throttled(90), 429), (client.CustodianDown(), 503)]
    )
    def test_nobody_is_let_in(
        self, site: Site, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
    ) -> None:
        def refused(*_: object, **__: object) -> bool:
            raise error

        monkeypatch.setattr(client, "admit_for", refused)
        before = Request.objects.count()
        answer = site.ask(1)
        assert answer.status_code == status
        assert answer.headers["Retry-After"]
        assert Request.objects.count() == before

    def test_one_document_asks_a_few_times_only(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("esaylov.voters.requests.views.documents", Documents(burst=2, every=3_600))
        answers = [site.ask(STRANGER).status_code for _ in range(3)]
        assert answers == [200, 200, 429]
        assert site.ask(1).status_code == 200

    def test_a_request_is_no_second_look_up_by_which_a_birth_date_is_tried(
        self, db_clone: object, tmp_path: Path
    ) -> None:
        """Tries of a document count together, through whichever page."""
        with site_of(tmp_path, DOCUMENT_TRIES="0.001,3") as site:
            assert [site.ask(1, birth_year="1901").status_code for _ in range(2)] == [200, 200]
            looked = [post("voter/", site.form(1, birth_year=year)).status_code for year in ("1902", "1903")]
            assert looked == [200, 429]
            assert site.ask(1).status_code == 429
            assert site.ask(2).status_code == 200

    def test_a_flood_is_held_up_whoever_asks(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        for number in (STRANGER, 1):
            monkeypatch.setattr(flooding, "flood", Flood())
            asked = [site.ask(number, "inclusion", wished="1").status_code for _ in range(6)]
            assert asked == [200] * 5 + [429]
        assert site.ask(2).status_code == 200, "elsewhere"
        monkeypatch.setattr(flooding, "UNUSUAL", 10)
        said = [
            site.bench.clients[who].get("/en/cabinet/").content.decode() for who in ("pec chair", "tec chair")
        ]
        assert ["Unusually many requests within a day" in one for one in said] == [True, True]


class TestStatus:
    def test_wrong_pairs_get_one_answer(self, site: Site) -> None:
        number, code = site.asked(1)
        other, _ = site.asked(2)
        pairs = ((number, "AAAA-BBBB-CCCC-DDDD"), ("R-2222-22", code), (other, code), ("nonsense", "x"))
        answers = [post(STATUS, {"number": n, "secret": c}) for n, c in pairs]
        assert {answer.status_code for answer in answers} == {422}
        assert all(
            "There is no request with this number and this code" in text_of(answer) for answer in answers
        )

    def test_throttled(self, site: Site) -> None:
        number, code = site.asked(1)
        wrong = {"number": number, "secret": "AAAA-BBBB-CCCC-DDDD"}
        answers = [text_of(post(STATUS, wrong, REMOTE_ADDR="203.0.113.9")) for _ in range(12)]
        assert "Too many attempts" in answers[-1]
        assert "Too many" in text_of(
            post(STATUS, {"number": number, "secret": code}, REMOTE_ADDR="203.0.113.9")
        )
        assert "Not decided yet" in text_of(
            post(STATUS, {"number": number, "secret": code}, REMOTE_ADDR="198.51.100.7")
        )

    def test_overdue_is_said_plainly(self, site: Site) -> None:
        number, code = site.asked(1)
        with later(site, hours=26):
            said = text_of(post(STATUS, {"number": number, "secret": code}))
        assert "Not decided in time" in said
        assert "Overdue by 2 hours" in said
        assert "Go to court" in said

    def test_withdrawn(self, site: Site) -> None:
        number, code = site.asked(1)
        given = {"number": number, "secret": code}
        assert "Withdraw the request" in text_of(post(STATUS, given))
        asked = text_of(post(STATUS, given | {"step": "withdraw"}))
        assert "Withdraw this request?" in asked
        assert "cannot be brought back" in asked
        assert "Not decided yet" in text_of(post(STATUS, given)), "one press withdraws nothing"
        assert "You took it back" in text_of(post(STATUS, given | {"step": "withdraw-for-good"}))
        assert "Withdraw this request?" not in text_of(post(STATUS, given | {"step": "withdraw"}))
        assert "Withdrawn" in text_of(post(STATUS, given))
        shown = site.bench.clients["pec chair"].get(f"{DESK}{number}/").content.decode()
        assert "withdrawn by the voter" in shown
        assert "Record the decision" not in shown


class later:
    """The election's clock, some hours later."""

    def __init__(self, site: Site, **more: int) -> None:
        self._id, self._at = site.bench.election, START + timedelta(**more)

    def __enter__(self) -> None:
        Election.objects.filter(id=self._id).update(set_time=self._at)

    def __exit__(self, *_: object) -> None:
        Election.objects.filter(id=self._id).update(set_time=START)


class TestDesk:
    def decide(self, site: Site, who: str, number: str, **data: str) -> str:
        given = {"idempotency_key": f"key {number}", "explanation": "The papers were seen.", **data}
        answer = site.bench.clients[who].post(f"{DESK}{number}/", given, follow=True)
        return str(answer.content.decode())

    def test_the_queue_names_nobody(self, site: Site) -> None:
        number, _ = site.asked(1, "early")
        shown = site.bench.clients["pec chair"].get(DESK).content.decode()
        assert number in shown
        assert person(1)["given_name"] not in shown
        assert number not in site.bench.clients["other pec chair"].get(DESK).content.decode()
        assert site.bench.clients["other pec chair"].get(f"{DESK}{number}/").status_code == 404
        assert site.bench.clients["tec chair"].get(f"{DESK}{number}/").status_code == 404
        assert site.bench.clients["pec member"].get(DESK).status_code == 403
        assert site.bench.clients["cec chair"].get(DESK).status_code == 403

    def test_opened_and_refused(self, site: Site) -> None:
        number, code = site.asked(1, "correction")
        before = Access.objects.count()
        shown = site.bench.clients["pec secretary"].get(f"{DESK}{number}/").content.decode()
        assert person(1)["given_name"] in shown
        assert "The house is 1" in shown
        assert Access.objects.count() == before + 2
        assert [look.purpose for look in access.looks(Request.objects.get(number=number).id)] == ["request"]
        assert "This field is required." in self.decide(site, "pec secretary", number, verdict="refused")
        assert "The decision stands" in self.decide(
            site, "pec secretary", number, verdict="refused", reason="not-proven"
        )
        said = text_of(post(STATUS, {"number": number, "secret": code}))
        for part in (
            "Refused",
            "not proven by papers",
            "The papers were seen.",
            "Go to court",
            "Officials opened it",
        ):
            assert part in said

    def test_somebody_elses_entry_is_not_shown(self, site: Site) -> None:
        number, _ = site.asked(2, "inclusion", wished="1")
        row = Request.objects.select_related("precinct").get(number=number)
        assert row.precinct is not None
        assert row.precinct.code == "n1-1"
        shown = site.bench.clients["pec chair"].get(f"{DESK}{number}/").content.decode()
        assert "stands in the list already, at precinct" in shown
        assert "In the request" not in shown
        assert Access.objects.filter(voter=2, purpose="request").count() == 0

    def test_what_is_refused_again_and_again(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        """A refusal may say that somebody is on the list: nobody tries that out."""
        monkeypatch.setattr(desk, "ATTEMPTS", (2, 600))
        number, _ = site.asked(STRANGER, "inclusion", wished="1")
        record = person(2) | {"mahalla": "t-1", "precinct": "n1-1"}
        said = [self.decide(site, "pec chair", number, verdict="granted", **record) for _ in range(3)]
        assert ["Y95" in one for one in said] == [True, True, False]
        assert "Too many attempts" in said[2]

    def test_granted_and_entered(self, site: Site) -> None:
        number, code = site.asked(1, "correction")
        record = person(1) | {"house": "77", "mahalla": "t-1"}
        assert "The decision stands" in self.decide(site, "pec chair", number, verdict="granted", **record)
        assert "waits for the next changeset" in text_of(post(STATUS, {"number": number, "secret": code}))
        (wanted,) = [one for one in queries.waiting(site.bench.election) if one.request.number == number]
        assert wanted.record == person(1) | {"house": "77"}
        shown = site.bench.clients["pec chair"].get(f"{DESK}{number}/").content.decode()
        assert "waits for a changeset" in shown
        assert "Record the decision" not in shown

    def test_late(self, site: Site) -> None:
        number, code = site.asked(1, "home")
        with later(site, hours=25):
            board = site.bench.clients["pec chair"].get("/en/cabinet/").content.decode()
            assert "Decide request" in board
            assert "overdue in" in site.bench.clients["tec chair"].get("/en/cabinet/").content.decode()
            assert number in site.bench.clients["tec chair"].get(DESK).content.decode(), "overdue below"
            central = site.bench.clients["cec chair"].get("/en/cabinet/").content.decode()
            assert "overdue in" in central
            assert number not in central
            assert "overdue" in site.bench.clients["pec chair"].get(f"{DESK}{number}/").content.decode()
            self.decide(site, "pec chair", number, verdict="granted")
            assert "late" in text_of(post(STATUS, {"number": number, "secret": code}))

    def test_the_worklist(self, site: Site) -> None:
        number, _ = site.asked(1, "home")
        self.decide(site, "pec chair", number, verdict="granted")
        shown = site.bench.clients["pec chair"].get(f"{DESK}visits/").content.decode()
        assert number in shown
        assert person(1)["given_name"] in shown
        assert "after 10" in shown
        assert number not in site.bench.clients["other pec chair"].get(f"{DESK}visits/").content.decode()
        assert site.bench.clients["tec chair"].get(f"{DESK}visits/").status_code == 403

    def test_granted_before_a_precinct_was_known(self, site: Site) -> None:
        """It comes onto the worklist of the precinct that the voter is placed at; till then nobody is said to have it."""
        number, code = site.asked(3, "home")
        entry = site.voters[2].id
        self.decide(site, "tec chair", number, verdict="granted")
        follow = {"number": number, "secret": code}
        assert "has it on its list" not in text_of(post(STATUS, follow))
        here = Precinct.objects.get(election=ELECTION, code="n1-1").id
        Voter.objects.filter(id=entry).update(precinct=here)
        try:
            shown = site.bench.clients["pec chair"].get(f"{DESK}visits/").content.decode()
            assert number in shown
            assert person(3)["given_name"] in shown
            assert "has it on its list" in text_of(post(STATUS, follow))
        finally:
            Voter.objects.filter(id=entry).update(precinct=None)

    def test_a_long_worklist_comes_in_pages(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        numbers = [site.asked(1, "home")[0] for _ in range(2)]
        for number in numbers:
            self.decide(site, "pec chair", number, verdict="granted")
        monkeypatch.setattr(desk, "VISITS", 1)
        granted = queries.visits(ELECTION, Precinct.objects.get(election=ELECTION, code="n1-1").id).count()
        seen = []
        for page in range(granted):
            shown = site.bench.clients["pec chair"].get(f"{DESK}visits/?page={page}").content.decode()
            seen += [number for number in numbers if number in shown]
            links = [f'"?page={other}"' in shown for other in (page - 1, page + 1)]
            assert links == [page > 0, page + 1 < granted]
            assert "None was granted" not in shown, "what is on other pages"
        assert sorted(seen) == sorted(numbers)
        assert site.bench.clients["pec chair"].get(f"{DESK}visits/?page=x").status_code == 200

    def test_without_the_custodian(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        number, code = site.asked(1, "home")
        self.decide(site, "pec chair", number, verdict="granted")

        def silent(*_: object, **__: object) -> None:
            raise client.CustodianDown

        monkeypatch.setattr(client, "open_rows", silent)
        assert site.bench.clients["pec chair"].get(f"{DESK}{number}/").status_code == 503
        assert site.bench.clients["pec chair"].get(f"{DESK}visits/").status_code == 503
        assert post(STATUS, {"number": number, "secret": code}).status_code == 503


def test_the_look_up_leads_here(site: Site) -> None:
    from tests.voters.lookup.asking import post as look_up

    for number in (1, STRANGER):
        form = {name: value for name, value in site.form(number).items() if name in (
            "document", "birth_day", "birth_month", "birth_year", "challenge", "work", "answer")}  # fmt: skip
        assert f"/en/{ASK}" in look_up(form).content.decode()


def test_until_it_is_in_the_list(site: Site) -> None:
    """Asked, granted, carried by a changeset that two persons decide, and seen by whoever asked."""
    from tests.registry.people import actors_of
    from tests.voters.changing import carried

    number, code = site.asked(4, "correction")
    record = person(4) | {"given_name": "Yangi-ism", "mahalla": "t-1"}
    given = {"idempotency_key": "k", "explanation": "Seen.", "verdict": "granted", **record}
    assert site.bench.clients["pec chair"].post(f"{DESK}{number}/", given).status_code == 302
    changeset = stage_requests(site.bench.election)
    assert changeset is not None
    said = text_of(post(STATUS, {"number": number, "secret": code}))
    assert f"Changeset {changeset.id} brings it into the list" in said
    carried(changeset, actors_of("", "cec", datetime.now(UTC)))
    assert "It is in the list since" in text_of(post(STATUS, {"number": number, "secret": code}))
    shown = site.bench.clients["pec chair"].get(f"{DESK}{number}/").content.decode()
    assert "Yangi-ism" not in shown, "what is decided opens no entry any more"
    assert not [one for one in queries.waiting(site.bench.election) if one.request.number == number]


def test_abroad(site: Site) -> None:
    Territory.objects.using("admin").filter(election=site.bench.election, code="s1").update(kind="abroad")
    places.forget()
    try:
        assert "kind=abroad" in Client().get(f"/en/{ASK}").content.decode()
        number, _ = site.asked(STRANGER, "abroad", wished="s1-1")
        row = Request.objects.select_related("precinct").get(number=number)
        assert row.precinct is not None
        assert (row.precinct.code, row.voter) == ("s1-1", None)
        assert "Select a valid choice" in text_of(site.ask(STRANGER, "abroad", wished="n1-1"))
    finally:
        Territory.objects.using("admin").filter(election=site.bench.election, code="s1").update(
            kind="district"
        )
        places.forget()


def test_what_is_over_is_not_offered(site: Site) -> None:
    with later(site, days=19):
        page = text_of(Client().get(f"/en/{ASK}"))  # type: ignore[arg-type]
        assert "Not any more Something in my entry is wrong" in page
        assert "What do you ask for?" in text_of(Client().get(f"/en/{ASK}?kind=correction"))  # type: ignore[arg-type]
        assert site.asked(1, "home")


@pytest.mark.parametrize("language", LANGUAGES)
def test_counts(site: Site, language: str) -> None:
    for _ in range(11):
        site.asked(STRANGER)
    counts.lately.forget()
    address = f"/{language}/voter/request/counts/"
    today = text_of(Client().get(address))  # type: ignore[arg-type]
    with later(site, hours=24), CaptureQueriesContext(connection) as asked:
        page = Client().get(address)
        assert page.status_code == 200
        Client().get(address)
    assert sum("FROM voters_request " in one["sql"] for one in asked.captured_queries) <= 1
    if language == "en":
        said = text_of(page)  # type: ignore[arg-type]
        assert "No request has come." in today, "nobody sees from where the last one comes"
        midnight = datetime(2026, 10, 1, 19, tzinfo=UTC)
        assert f"Country {Request.objects.filter(received_at__lt=midnight).count()} " in said
        assert "not published" in said


def test_no_elections(db_clone: object, tmp_path: Path) -> None:
    from tests.voters.requests.site import forget

    forget()
    assert "No election has been called" in text_of(Client().get(f"/en/{ASK}"))  # type: ignore[arg-type]
    forget()
