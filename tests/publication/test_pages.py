"""Every page of a small election, in every language, with the figures that its protocols give."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from tests.exchange.packages import VOTES
from tests.publication.conftest import Get
from tests.publication.reader import Page

if TYPE_CHECKING:
    from tests.publication.ground import Site

LANGUAGES = ("uz", "ru", "en")
PAGES = (
    "",
    "verify/",
    "elections/tiny/",
    "elections/tiny/contests/",
    "elections/tiny/contests/list/",
    "elections/tiny/contests/d1/",
    "elections/tiny/contests/q/",
    "elections/tiny/territories/uz/",
    "elections/tiny/territories/n/",
    "elections/tiny/territories/c1/",
    "elections/tiny/territories/n/precincts/1/",
    "elections/tiny/contests/list/precincts/1/",
    "elections/tiny/precincts/p1/",
    "elections/tiny/precincts/p3/",
    "elections/tiny/outside/",
    "elections/tiny/protocols/p1/list/",
    "elections/tiny/protocols/p3/d2/",
    "elections/tiny/protocols/p5/q/",
)
ENGLISH = "/en/elections/tiny/"
FOREIGN = re.compile(
    r'src="(?:https?:)?//|<link rel="(?:stylesheet|preload|modulepreload|icon)" [^>]*href="(?:https?:)?//'
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_page_in_every_language(site: Site, client: Client, language: str, page: str) -> None:
    answer = client.get(f"/{language}/{page}")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in text
    assert {"uz": "Simulyatsiya", "ru": "Симуляция", "en": "Simulated"}[language] in text
    for other in LANGUAGES:
        assert f'href="/{other}/{page}"' in text
    for tag in re.findall(r"<script[^>]*>", text):
        assert 'src="/static/' in tag or 'type="application/ld+json"' in tag, tag
    assert not FOREIGN.search(text), "a page loads nothing from elsewhere"
    assert " style=" not in text, "the content security policy allows no inline style"


def test_every_link_of_the_site_leads_somewhere(site: Site, client: Client) -> None:
    seen, waiting = set[str](), ["/en/"]
    while waiting:
        path = waiting.pop()
        if path in seen or not path.startswith(("/en/", "/uz/")):
            continue
        seen.add(path)
        answer = client.get(path)
        assert answer.status_code == 200, path
        if answer.headers["Content-Type"].startswith("text/html"):
            page = Page(answer.content.decode(), path)
            waiting += [link.partition("#")[0].partition("?")[0] for link in page.links]
    assert len(seen) > 2 * 25
    assert "/en/elections/tiny/protocols/p4/d2/" in seen


def test_national_page_answers_first_and_adds_up(site: Site, get: Get) -> None:
    page = get(ENGLISH)
    amber, green = (sum(votes["list"][place] for votes in VOTES.values()) for place in (0, 1))
    assert "5 of 5 precincts counted (100.00%)" in page.text
    table = next(table for table in page.tables if table[0][0] == "Party")
    assert table[0] == ["Party", "Total", "List seats", "District seats", "List, % of ballots"]
    rows = {row[0]: row for row in table[1:]}
    shares = [float(rows[name][4].rstrip("%")) for name in ("Green", "Amber", "Invalid ballots")]
    assert sum(shares) == pytest.approx(100, abs=1e-9)
    assert shares[0] == pytest.approx(100 * green / (amber + green + 10), abs=0.01)
    assert rows["Together"][4] == "100.00%"
    # two of three list seats for green; d1 by lot to bob and d2 to cyd, who are of no list
    assert rows["Green"][1:4] == ["2", "2", "0"]
    assert rows["Amber"][1:4] == ["1", "1", "0"]
    assert rows["Of no list"][1:4] == ["2", "0", "2"]
    assert rows["Together"][1:4] == ["5", "3", "2"]
    lead = (
        "Green leads with 2 of 5 seats. Turnout is 40.48%; 5 of 5 precincts are counted, as of 26 October 2026,"
        " 09:00 (Tashkent). preliminary simulated"
    )
    assert lead in page.text
    assert page.text.index("Green leads") < page.text.index("List seats")
    assert "Computed from 13 protocols. The figures of this page hold for tree size" in page.text
    assert "Nothing: every precinct is counted or decided." in page.text


def test_national_page_says_which_parts_change(site: Site, get: Get) -> None:
    html = get(ENGLISH).html
    main = re.search(r"<main [^>]*>", html)
    assert main
    assert 'data-election="tiny"' in main[0]
    assert re.search(r' data-size="\d+"', main[0])
    assert 'data-live-url="/open/elections/tiny/live.json"' in main[0]
    parts = re.findall(r'data-live="([\w-]+)"', html)
    assert len(parts) == len(set(parts))
    assert {"answer", "counted", "seats", "hemicycle", "districts", "turnout", "working", "source"} <= set(
        parts
    )


def test_turnout_by_time(site: Site, get: Get) -> None:
    page = get(ENGLISH)
    assert page.row("10:00") == ["10:00", "50", "4.76%", "2"]
    assert page.row("12:00") == ["12:00", "70", "6.67%", "2"]
    assert "of 1,050 voters on the lists before it" in page.text


def test_worked_allocation_names_each_step(site: Site, get: Get) -> None:
    page = get(ENGLISH + "contests/list/")
    assert "7% of 425 is 29.75 votes" in page.text
    assert "415 ÷ 3 = 138 1/3 (≈ 138.33)" in page.text
    rows = [row for table in page.tables for row in table]
    assert ["Green", "218", "≈ 1.58", "1"] in rows
    assert ["Green", "≈ 79.67", "one seat more"] in rows
    assert ["Amber", "≈ 58.67", ""] in rows


def test_outside_the_totals_is_said_beside_them(site: Site, get: Get) -> None:
    assert "1 result declared invalid" in get(ENGLISH).text
    page = get(ENGLISH + "outside/")
    assert page.row("Precinct 3 South place withheld")[1:] == ["District 2 : annulled", "300"]
    contest = get(ENGLISH + "contests/d2/")
    assert "1 of 2 precincts counted" in contest.text
    assert contest.row("Precinct 3 South")[1] == "annulled"
    votes = next(table for table in contest.tables if table[0][:2] == ["Option", "Result"])
    assert votes[1][:3] == ["Cyd", "leads", "99"], "the annulled precinct is not in the sum"


def test_precinct_with_its_protocols_and_reports(site: Site, get: Get) -> None:
    page = get(ENGLISH + "precincts/p1/")
    assert "3 of 3 protocols of this precinct are public, 3 of them count. Turnout is 72.00%." in page.text
    assert page.row("Party lists received") == [
        "Party lists received", "Green", "55.55%", "40", "70", "2", "72", "72.00%"
    ]  # fmt: skip
    assert page.row("District 1 received")[1:4] == ["Ada, Bob", "48.61%", "35"], (
        "equal ones are named together"
    )
    assert page.row("12:00") == ["12:00", "40", "40.00%"]
    assert "https://www.openstreetmap.org/?mlat=41.30&mlon=69.24#map=17/41.30/69.24" in page.links
    assert "/en/elections/tiny/protocols/p1/q/" in page.links
    assert "/en/elections/tiny/territories/c1/" in page.links
    withheld = get(ENGLISH + "precincts/p3/")
    assert "place withheld" in withheld.text
    assert "openstreetmap" not in withheld.html
    assert withheld.row("District 2 annulled")[1] == "Ada too, Cyd"


def test_annulment_is_named_with_its_decision(site: Site, get: Get) -> None:
    place = get(ENGLISH + "protocols/p3/d2/")
    assert "Results of the precinct declared invalid – decision No. 12" in place.text
    assert "annulled" in place.text


def test_protocol_line_by_line_with_its_sums(site: Site, get: Get) -> None:
    page = get(ENGLISH + "protocols/p1/list/")
    assert page.row("5") == ["5", "ballots in boxes", "72"]
    assert page.row("Green") == ["Green", "40", "55.55%"]
    assert page.row("All votes") == ["All votes", "70", ""]
    assert page.row("Invalid ballots") == ["Invalid ballots", "2", "2.78%"]
    assert page.row("All ballots: votes and invalid ones")[1:] == ["72", "100.00%"]
    assert "72 line 5 = 70 all votes + 2 line 7" in page.text
    assert "✓ holds" in page.text
    assert "All 2 control relations of the form hold." in page.text
    assert "✗" not in page.text


def test_withheld_place_is_not_shown(site: Site, get: Get) -> None:
    assert "place withheld" in get(ENGLISH + "territories/s/").text
    assert 'School "5", hall' in get(ENGLISH + "protocols/p1/list/").text


def test_region_leads_down_to_the_protocol(site: Site, get: Get) -> None:
    assert "/en/elections/tiny/territories/n/" in get(ENGLISH).links
    region = get(ENGLISH + "territories/n/")
    assert "2 of 2 precincts counted" in region.text
    assert region.row("Green")[1] == "100"
    assert "/en/elections/tiny/protocols/p2/q/" in region.links


PAGED = [
    f"{part}/{number}"
    for part in ("territories/n/precincts", "contests/list/precincts", "outside")
    for number in ("0", "2", "01", "-1", "1.0", "x", "9" * 30, "%D9%A1", "999999")
]
"""Numbers of pages that there are none of."""


@pytest.mark.parametrize(
    "path",
    [
        "/en/elections/none/",
        "/en/elections/tiny/contests/none/",
        "/en/elections/tiny/territories/none/",
        "/en/elections/tiny/protocols/none/list/",
        "/en/elections/tiny/protocols/p1/none/",
        "/en/elections/tiny/protocols/p1/d2/",
        "/en/elections/tiny/protocols/%00/list/",
        "/en/elections/tiny/precincts/none/",
        "/en/elections/tiny/precincts/%00/",
        *(f"/en/elections/tiny/{part}/" for part in PAGED),
        "/en/nothing/",
        "/tg/",
    ],
)
def test_what_is_not_there_is_a_page_too(site: Site, client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "<h1>" in answer.content.decode()
    assert "ETag" not in answer.headers


@pytest.mark.parametrize("language", ["uz", "uz-cyrl", "kaa", "ru", "en"])
def test_every_search_of_a_missing_page_leads_to_the_search(
    site: Site, client: Client, language: str
) -> None:
    text = client.get(f"/{language}/elections/none/").content.decode()
    actions = re.findall(r'<form class="searchbox[^>]* action="([^"]*)"', text)
    assert actions
    assert set(actions) == {f"/{language}/search/"}


def test_missing_page_speaks_the_language_of_its_address(site: Site, client: Client) -> None:
    assert "Такой страницы нет" in client.get("/ru/elections/none/").content.decode()
    assert "Bunday sahifa yoʻq" in client.get("/uz/elections/none/").content.decode()


@pytest.mark.parametrize(
    ("accepts", "leads_to"),
    [
        ("", "/uz/"),
        ("ru,en;q=0.5", "/ru/"),
        ("en-GB,en;q=0.9", "/en/"),
        ("de", "/uz/"),
        ("uz-Cyrl-UZ", "/uz-cyrl/"),
    ],
)
def test_root_leads_to_the_readers_language(client: Client, accepts: str, leads_to: str) -> None:
    answer = client.get("/", headers={"accept-language": accepts})
    assert (answer.status_code, answer.headers["Location"]) == (302, leads_to)
    assert "Accept-Language" in answer.headers["Vary"]


def test_headers_of_a_page(site: Site, client: Client) -> None:
    answer = client.get(ENGLISH)
    assert answer.headers["Cache-Control"] == "public, max-age=1, must-revalidate"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers
    assert "Vary" not in answer.headers
    again = client.get(ENGLISH, headers={"if-none-match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert again.headers["ETag"] == answer.headers["ETag"]
    assert again.content == b""


def test_a_page_of_many_rows_asks_no_more_than_one_of_few(site: Site, client: Client) -> None:
    def queries(path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        return len(asked)

    few, many = queries(ENGLISH + "territories/n/"), queries(ENGLISH + "territories/s/")
    assert few == many


def test_addresses_that_lead_nowhere_cost_no_query(site: Site, client: Client) -> None:
    from esaylov.publication.pagecache import over_django

    application = over_django(WSGIHandler())

    def ask(path: str) -> tuple[str, str]:
        heads: list[str] = []
        environ = RequestFactory().get(path).environ
        body = b"".join(application(environ, lambda status, _headers: heads.append(status)))
        return heads[0], body.decode()

    assert ask(ENGLISH + "precincts/p1/")[0] == ask("/open/elections/tiny/contests/list.csv")[0] == "200 OK"
    ask(ENGLISH + "precincts/none/")
    for path in (
        "/en/elections/none/",
        "/en/elections/none/contests/list/",
        ENGLISH + "precincts/p99/",
        ENGLISH + "protocols/p99/list/",
        ENGLISH + "territories/x/card.png",
        ENGLISH + "contests/d9/",
        "/open/elections/tiny/territories/x.json",
        "/en/no-such-page/",
    ):
        with CaptureQueriesContext(connection) as asked:
            status, body = ask(path)
        assert (status, len(asked)) == ("404 Not Found", 0), path
        assert client.get(path).content.decode() == body, "the same as without the cache"
        assert "There is no such page" in body or path.startswith("/open/")
        assert 'href="/ru/"' in body, "other languages begin at their front page"
    application.sizes.stop()


def test_page_out_of_the_cache_asks_nobody_and_is_the_same(site: Site, client: Client) -> None:
    from esaylov.publication.pagecache import over_django

    application = over_django(WSGIHandler())
    heads: list[str] = []

    def ask() -> bytes:
        environ = RequestFactory().get(ENGLISH).environ
        return b"".join(application(environ, lambda status, _headers: heads.append(status)))

    first = ask()
    with CaptureQueriesContext(connection) as asked:
        second = ask()
    application.sizes.stop()
    assert heads == ["200 OK", "200 OK"]
    assert len(asked) == 0
    assert first == second == client.get(ENGLISH).content
