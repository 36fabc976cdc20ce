"""What becomes of a protocol, on its page: inconsistent, corrected, conflicting, returned, accepted; proof and snapshot."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection, connections
from django.test import Client

from tests.exchange.packages import lines_of
from tests.publication.conftest import Get

if TYPE_CHECKING:
    from tests.publication.ground import Site

MakeSite = Callable[..., "Site"]
PLACE = "/en/elections/tiny/protocols/p1/list/"
GOOD = lines_of("p1", "list")
BAD = (*GOOD[:-1], 3)


@pytest.fixture
def called(make_site: MakeSite) -> Site:
    from tests.publication.ground import EVENING

    return make_site(start=EVENING)


def test_before_any_protocol_the_page_says_so(called: Site, get: Get) -> None:
    page = get(PLACE)
    assert "awaited" in page.text
    assert "No protocol of this place is public yet." in page.text
    national = get("/en/elections/tiny/")
    assert "Nothing has been counted yet." in national.text
    assert "0 of 5 precincts counted (0.00%)" in national.text
    assert "No turnout has been reported yet." in national.text
    assert national.row("Not decided yet")[1] == "5"


def test_while_protocols_wait_for_their_place_in_the_log_the_pages_say_how_many(
    called: Site, get: Get, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from esaylov.publication.pages import ordering
    from tests.publication.ground import EVENING

    called.submit("p1", "list", GOOD, (30, 40), at=EVENING + timedelta(days=1))
    called.submit("p2", "list", lines_of("p2", "list"), (60, 50))
    called.sequence()  # one is in the log, but not in the figures yet; one came after
    called.submit("p1", "d1", lines_of("p1", "d1"), (35, 35))
    assert "Nothing has been counted yet." in get("/en/").text, "three are no heap"
    monkeypatch.setattr(ordering, "MANY", 3)
    said = "Nothing has been counted yet: 3 protocols have been received and are being put into the log, 0 of them"
    for path in ("/en/", "/en/elections/tiny/", "/en/elections/tiny/contests/list/"):
        assert f"{said} so far. 0 of 5 precincts are counted" in get(path).text
    assert f"{said} so far. 0 of 2 precincts are counted" in get("/en/elections/tiny/territories/n/").text
    called.move_on()
    for path in ("/en/", "/en/elections/tiny/"):
        assert "put into the log" not in get(path).text
        assert "2 of 5 precincts" in get(path).text


def test_inconsistent_then_corrected_keeps_both_versions(called: Site, get: Get) -> None:
    called.submit("p1", "list", BAD, (30, 40))
    called.move_on()
    page = get(PLACE)
    assert "received, inconsistent" in page.text
    assert "✗ does not hold – error: the protocol stays outside the totals" in page.text
    assert "72 line 5 is not = 70 all votes + 3 line 7" in page.text
    assert "T01 Ballots in the boxes are votes or invalid" in page.text
    assert "1 protocol whose sums do not hold" in get("/en/elections/tiny/").text
    assert "Nothing has been counted yet." in get("/en/elections/tiny/").text
    called.correct("p1", "list", GOOD, (30, 40))
    called.move_on()
    page = get(PLACE)
    assert "Version 2, drawn up and sent" in page.text
    assert "Version 1 – replaced" in page.text
    assert "1 figure differs; it is marked." in page.text
    assert page.row("invalid") == ["invalid", "3", "2 -1"], "both versions side by side, and what changed"
    assert page.row("Green")[1] == "40"
    assert "✗" not in page.text
    assert "1 of 5 precincts counted" in get("/en/elections/tiny/").text


def test_second_different_protocol_is_shown_beside_the_first(called: Site, get: Get) -> None:
    called.submit("p1", "list", GOOD, (30, 40))
    called.submit("p1", "list", GOOD, (40, 30))
    called.move_on()
    page = get(PLACE)
    assert page.row("Green")[1] == "40", "the first one stands"
    assert "Version 1 – conflicting" in page.text
    assert "P01" in page.text
    assert "1 place with a second, conflicting protocol" in get("/en/elections/tiny/").text
    assert "a conflicting protocol beside it" in get("/en/elections/tiny/outside/").text


def test_rulings_stand_on_the_page_with_their_numbers(called: Site, get: Get) -> None:
    from esaylov.results.acts import AcceptProtocol, ReturnProtocol

    called.submit("p1", "list", GOOD, (30, 40))
    called.rule(ReturnProtocol, "p1", "list", "R-7")
    called.move_on()
    page = get(PLACE)
    assert "Returned for correction – decision No. R-7" in page.text
    assert "stays outside the totals" in page.text
    called.correct("p1", "list", GOOD, (31, 39))
    called.rule(AcceptProtocol, "p1", "list", "A-8")
    called.move_on()
    page = get(PLACE)
    assert "Version 2, drawn up and sent" in page.text
    assert "A higher commission accepted the protocol at its sitting. It counts. accepted" in page.text
    assert "Accepted – decision No. A-8 (on paper: not in the register)" in page.text
    assert page.row("Amber")[1] == "31"


def test_tie_lot_and_certificate_are_told_in_words(called: Site, get: Get) -> None:
    from esaylov.results.decisions import Certify, RecordLot

    contest = "/en/elections/tiny/contests/d1/"
    called.submit("p1", "d1", lines_of("p1", "d1"), (35, 35))
    called.submit("p2", "d1", lines_of("p2", "d1"), (55, 55))
    called.move_on()
    page = get(contest)
    assert "The votes are equal: a lot must be drawn between Ada, Bob. Turnout is" in page.text
    assert "These are exactly equal: Ada, Bob." in page.text
    called.act(RecordLot, "cec", contest="d1", decision="L-1", drawn=["bob"])
    called.act(Certify, "cec", contest="d1", decision="C-2")
    called.move_on()
    page = get(contest)
    assert (
        "Bob is elected with 48.91% of the ballots. Turnout is 61.33%; 2 of 2 precincts are counted"
        in page.text
    )
    assert "Lot drawn : Bob – decision No. L-1 (on paper: not in the register)" in page.text.replace(
        "drawn:", "drawn :"
    )
    assert "Result certified – decision No. C-2" in page.text
    rows = [row for table in page.tables for row in table]
    assert ["Bob", "90", "equal, by the lot that was drawn"] in rows
    assert ["District 1 North, the", "2 of 2"] in [
        [row[0], row[5]] for row in get("/en/elections/tiny/contests/").tables[1]
    ]


def test_proof_on_the_page_leads_to_the_signed_root(called: Site, get: Get) -> None:
    from esaylov.acts.models import LogIdentity
    from esaylov.tlog.checkpoint import open_checkpoint
    from esaylov.tlog.notes import parse_vkey
    from esaylov.tlog.proofs import verify_inclusion

    accepted = called.submit("p1", "list", GOOD, (30, 40))
    called.submit("p2", "list", lines_of("p2", "list"), (50, 60))
    called.move_on()
    html = get(PLACE).html
    note = re.search(r"<pre[^>]*>(log-.*?)</pre>", html, re.DOTALL)
    hashes = re.findall(r"<li>([0-9a-f]{64})</li>", html)
    index = re.search(r"No\. (\d+), counted from 0", html)
    assert note
    assert index
    key = parse_vkey(LogIdentity.objects.get().verifier_key)
    head, _ = open_checkpoint(note[1].replace("&#x27;", "'").encode(), key)
    leaf = accepted.leaf
    assert leaf.hex() in html
    verify_inclusion(leaf, int(index[1]), head.size, [bytes.fromhex(one) for one in hashes], head.root)


def test_damaged_tiles_give_no_proof_and_no_error(called: Site, get: Get) -> None:
    from esaylov.acts.identity import log_folder

    called.submit("p1", "list", GOOD, (30, 40))
    size = called.move_on()
    tile = log_folder() / f"tile/0/000.p/{size}"
    data = bytearray(tile.read_bytes())
    data[0] ^= 1
    tile.write_bytes(data)
    page = get(PLACE)
    assert "Leaf hash" in page.text
    assert "Inclusion proof" not in page.text


def test_tag_follows_the_size_and_a_committed_fact_waits_for_the_log(
    called: Site, client: Client, get: Get
) -> None:
    before = client.get(PLACE)
    called.submit("p1", "list", GOOD, (30, 40))
    meanwhile = client.get(PLACE)
    assert meanwhile.headers["ETag"] == before.headers["ETag"]
    assert meanwhile.content == before.content, "not in the log yet, so not on the page"
    called.sequence()
    assert client.get(PLACE).content == before.content, "in the log, but not tabulated yet"
    called.move_on()
    after = client.get(PLACE)
    assert after.headers["ETag"] != before.headers["ETag"]
    assert "Version 1" in after.content.decode()


def test_one_page_reads_one_size_whatever_happens_meanwhile(called: Site) -> None:
    from esaylov.results import queries

    called.submit("p1", "list", GOOD, (30, 40))
    called.move_on()

    def grow() -> None:
        called.submit("p2", "list", lines_of("p2", "list"), (50, 60))
        called.move_on()
        connections.close_all()

    with queries.snapshot("tiny") as at:
        first = queries.own_totals(at)
        thread = threading.Thread(target=grow)
        thread.start()
        thread.join()
        assert queries.own_totals(at) == first
        assert queries.sizes() == {"tiny": at.size}
        with connection.cursor() as cursor:
            cursor.execute("SHOW transaction_read_only")
            assert cursor.fetchone() == ("on",)
    with queries.snapshot("tiny") as later:
        assert later.size > at.size
        assert queries.own_totals(later) != first


def test_without_a_database_the_page_is_503_in_its_language(
    called: Site, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    from esaylov.publication import views

    def down(*_arguments: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(views, "snapshot", down)
    monkeypatch.setattr(views, "reading", down)
    for path, words in ((PLACE, "not available"), ("/ru/", "недоступна"), ("/uz/verify/", "ochilmaydi")):
        answer = client.get(path)
        assert answer.status_code == 503
        assert words in answer.content.decode()
        assert answer.headers["Retry-After"]
        assert answer.headers["Cache-Control"] == "no-store"


def test_an_error_of_ours_is_a_page_in_its_language(called: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from esaylov.publication import views

    monkeypatch.setattr(views, "national_page", lambda _at: 1 / 0)
    answer = Client(raise_request_exception=False).get("/ru/elections/tiny/")
    assert answer.status_code == 500
    assert "Ошибка наша" in answer.content.decode()
    assert "ZeroDivisionError" not in answer.content.decode()


def test_election_without_a_nationwide_contest_still_leads_down(make_site: MakeSite, get: Get) -> None:
    from tests.exchange.packages import CONTESTS, LINES, OPTIONS, VOTES
    from tests.publication.ground import EVENING

    kept = ("id", "d1", "d2")
    site = make_site(
        start=EVENING,
        contests="".join(f"{row}\n" for row in CONTESTS.splitlines() if row.split(",")[0] in kept),
        options="".join(
            f"{row}\n" for row in OPTIONS.splitlines() if row.split(",")[1] in ("contest", "d1", "d2")
        ),
        protocols=f"precinct,contest,{','.join(LINES)},submitted_at,state,version\n",
        votes="precinct,contest,option,votes\n",
    )
    site.submit("p1", "d1", lines_of("p1", "d1"), VOTES["p1"]["d1"])
    site.move_on()
    page = get("/en/elections/tiny/")
    assert "0 of 2 contests are certified." in page.text
    assert "1 of 4 precincts counted" in page.text
    assert page.row("North, the")[-1] == "1 of 2"
    assert "All contests together" in page.text
    assert "/en/elections/tiny/protocols/p1/d1/" in get("/en/elections/tiny/territories/n/").links
