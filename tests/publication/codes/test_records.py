"""`/check`: the record behind a code in words, and what is said when there is none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from tests.exchange.packages import EDITION, VOTES, lines_of
from tests.publication.conftest import Get
from tests.publication.reader import Page

if TYPE_CHECKING:
    from tests.publication.ground import Site

AFTERNOON = datetime.fromisoformat("2026-10-25T17:00:00+05:00")
RELEASED = datetime.fromisoformat("2026-10-25T20:00:00+05:00")
SIZE = "SELECT max(size) FROM acts_checkpoint"
ENTRIES = """SELECT e.index, e.leaf_hash, j.record FROM acts_entry e JOIN acts_journal j ON j.id = e.journal_id
WHERE e.index IS NOT NULL ORDER BY e.index"""


def entries() -> list[tuple[int, str, dict[str, object]]]:
    """Index, code and content of every entry of the log."""
    from django.db import connection

    from esaylov.acts.sealing import loads
    from esaylov.publication.codes.codes import code_of

    with connection.cursor() as cursor:
        cursor.execute(ENTRIES)
        rows = cursor.fetchall()
    return [(index, code_of(index, bytes(leaf)), loads(bytes(record))) for index, leaf, record in rows]


def test_every_entry_has_a_record_in_words(site: Site, get: Get) -> None:
    acts = set()
    for index, code, entry in entries():
        page = get(f"/en/check/{code}/")
        assert code in page.text
        assert str(entry["act"]) not in page.text, "the code of an act is no word"
        assert str(index) in page.text
        acts.add(entry["act"])
    assert {"elections.call_election", "results.submit_protocol", "polling.report_turnout"} <= acts


@pytest.mark.parametrize("language", ["uz", "uz-cyrl", "kaa", "ru", "en"])
def test_protocol_shows_its_figures_and_leads_to_its_page(site: Site, get: Get, language: str) -> None:
    code = next(
        code
        for _, code, entry in entries()
        if entry["act"] == "results.submit_protocol"
        and (entry["precinct"], entry["contest"]) == ("p1", "list")
    )
    page = get(f"/{language}/check/{code}/")
    assert f"/{language}/elections/tiny/protocols/p1/list/" in page.links
    figures = [row[-1].replace(",", "") for row in page.tables[0][1:]]
    assert figures == [str(one) for one in (*lines_of("p1", "list"), *VOTES["p1"]["list"])]


def test_form_leads_to_the_record_however_the_code_is_typed(site: Site, client: Client) -> None:
    code = entries()[3][1]
    for typed in (code, code.replace("-", " \u2013 "), code.replace("-", ""), f"  {code} "):
        answer = client.get("/en/check/", {"code": typed})
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/en/check/{code}/")
    assert client.get(f"/en/check/00{code}/").headers["Location"] == f"/en/check/{code}/"


def test_form_keeps_what_cannot_be_read_and_says_so(client: Client, site: Site) -> None:
    answer = client.get("/en/check/", {"code": '12"><b>x'})
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "12&quot;&gt;&lt;b&gt;x" in text
    assert 'role="alert"' in text
    assert answer.headers["Cache-Control"] == "no-cache"
    assert 'role="alert"' not in client.get("/en/check/").content.decode()


def test_wrong_digits_are_a_possible_forgery(site: Site, client: Client) -> None:
    index, code, _ = entries()[5]
    digits = int(code[-4:])
    for check in range(digits + 1, digits + 40):
        answer = client.get(f"/en/check/{index}-{check % 10_000:04d}/")
        assert answer.status_code == 404
        page = Page(answer.content.decode())
        assert "forgery" in page.text
        assert "No such record" in page.text


@pytest.mark.parametrize("code", ["999999999999999-0000", "12", "x", "1-2-3", "%00", "0" * 300])
def test_invented_codes(site: Site, client: Client, code: str) -> None:
    answer = client.get(f"/uz/check/{code}/")
    assert answer.status_code == 404


def test_printed_address_leads_to_the_readers_language(client: Client) -> None:
    for path in ("/check/7-0005", "/check/7-0005/", "/check/%37 \u2013 0005"):
        answer = client.get(path, headers={"Accept-Language": "ru,en;q=0.5"})
        assert answer.headers["Location"] == "/ru/check/7-0005/"
        assert "Accept-Language" in answer.headers["Vary"]
    assert (
        client.get("/check/nonsense", headers={"Accept-Language": "en"}).headers["Location"] == "/en/check/"
    )
    assert client.get("/check/", headers={"Accept-Language": "fr"}).headers["Location"] == "/uz/check/"


def test_code_of_a_snapshot_and_of_an_older_version(make_site: Callable[..., Site], get: Get) -> None:
    from esaylov.publication.codes.codes import code_at
    from esaylov.results.queries import snapshot

    site = make_site(start=AFTERNOON)
    lines = lines_of("p1", "list")
    site.submit("p1", "list", (*lines[:-1], lines[-1] + 1), VOTES["p1"]["list"])
    site.correct("p1", "list", lines, VOTES["p1"]["list"])
    site.move_on()
    codes = [code for _, code, entry in entries() if entry.get("precinct") == "p1"]
    assert "A later version took its place" in get(f"/en/check/{codes[0]}/").text
    assert "It counts" in get(f"/en/check/{codes[1]}/").text
    with snapshot("tiny") as at:
        assert code_at(at) == entries()[-1][1]


def test_code_of_a_picture_leads_to_what_it_should_say(make_site: Callable[..., Site], get: Get) -> None:
    from esaylov.publication.codes.codes import code_at
    from esaylov.results.queries import snapshot

    site = make_site(start=AFTERNOON)
    site.submit("p1", "list", lines_of("p1", "list"), VOTES["p1"]["list"])
    site.move_on()
    with snapshot("tiny") as at:
        first = code_at(at)
    shown = get(f"/en/check/{first}/").text
    assert "no figure has changed since that entry" in shown
    assert "Green leads with 2 of 5 seats" in get("/en/elections/tiny/").text
    assert "Green leads with 2 of 5 seats" in shown
    site.submit("p2", "list", lines_of("p2", "list"), VOTES["p2"]["list"])
    site.move_on()
    assert "Figures of this election have changed since that entry" in get(f"/en/check/{first}/").text


def test_sealed_record_tells_nothing_before_the_release(make_site: Callable[..., Site], get: Get) -> None:
    site = make_site(edition=EDITION + '\n[release]\ntime = "20:00"\n', start=AFTERNOON)
    secret = (500_000_003, 500_000_017)
    site.submit("p1", "list", lines_of("p1", "list"), secret, at=AFTERNOON.replace(minute=43))
    site.move_on()
    index, code, entry = entries()[-1]
    assert entry["act"] == "log.sealed"
    page = get(f"/en/check/{code}/")
    assert "Sealed until the release" in page.text
    assert "20:00" in page.text
    for told in ("500000", "500,000", "17:43", "precinct p1", "/protocols/", "pec:", "protocol was recorded"):
        assert told not in page.html, told
    from esaylov.elections.queries import set_clock

    set_clock("tiny", RELEASED)
    site.move_on()
    opened = get(f"/en/check/{code}/")
    assert "500,000,003" in opened.html
    assert "/en/elections/tiny/protocols/p1/list/" in opened.links
    opening = next(code for _, code, one in entries() if one["act"] == "log.open" and one["index"] == index)
    assert f"/en/check/{opening}/" in opened.links
    assert f"/en/check/{code}/" in get(f"/en/check/{opening}/").links


def test_entry_beyond_the_signed_size_is_not_shown(make_site: Callable[..., Site], client: Client) -> None:
    from esaylov.publication.codes import reads

    make_site(start=AFTERNOON)
    index, code, _ = entries()[-1]
    assert client.get(f"/en/check/{code}/").status_code == 200
    before = reads.signed_size
    try:
        reads.signed_size = lambda: index
        assert client.get(f"/en/check/{code}/").status_code == 404
    finally:
        reads.signed_size = before
