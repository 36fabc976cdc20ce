"""What the portal's pages say of the test election: figures equal to those of the results, decisions, corrections."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from tests.exchange.packages import DECISIONS, EDITION, VOTES
from tests.publication.codes.test_records import entries
from tests.publication.conftest import Get
from tests.publication.portal.calendars import CALENDAR
from tests.publication.test_release import AFTERNOON, RELEASED, fill, names_a_figure

if TYPE_CHECKING:
    from tests.publication.ground import Site

MakeSite = Callable[..., "Site"]
ENGLISH = "/en/elections/tiny/"
PAPER = "(on paper: not in the register)"
PRECINCT_1 = ([100, 110, 72, 1, 72, 38, 2], [30, 40])


def test_parties_have_the_figures_of_the_results(site: Site, get: Get) -> None:
    page = get(ENGLISH + "parties/")
    green = sum(votes["list"][1] for votes in VOTES.values())
    rows = {row[0]: row for row in page.tables[0]}
    assert rows["Green"][1:5] == ["2", "2", "0", str(green)]
    national = get(ENGLISH).row("Green")
    assert rows["Green"][5] in national
    assert str(green) in get(ENGLISH + "contests/list/").row("Green")
    assert "Green leads with 2 of 5 seats." in page.text


def test_a_party_leads_to_its_contest_and_strongholds(site: Site, get: Get) -> None:
    page = get(ENGLISH + "parties/green/")
    assert "2 of 5 seats" in page.text
    assert "Where the list is strongest" in page.text
    north, south = page.text.index("North, the"), page.text.index("South")
    assert north < south, "100 of 186 ballots in the north, 118 of 239 in the south"
    assert ENGLISH + "contests/list/" in page.links
    assert ENGLISH + "territories/n/" in page.links


def test_candidates_stand_as_on_the_ballot(site: Site, get: Get) -> None:
    page = get(ENGLISH + "candidates/")
    assert "4 candidates stand in 2 contests." in page.text
    assert [row[0] for row in page.tables[0][1:]] == ["Ada born 1980", "Bob"]
    bob = sum(votes["d1"][1] for votes in VOTES.values() if "d1" in votes)
    assert page.tables[0][2][:3] == ["Bob", "leads", str(bob)]
    assert str(bob) in get(ENGLISH + "contests/d1/").row("Bob")
    assert "1980-02-29" not in page.html, "the ballot prints the year"
    assert "Green" not in [row[0] for row in page.tables[0]]


def test_territories_as_a_tree(site: Site, get: Get) -> None:
    page = get(ENGLISH + "territories/")
    assert "5 precincts, 1,050 voters on their lists before election day." in page.text
    assert page.row("North, the") == ["North, the", "2", "300"]
    assert page.row("District 2") == ["District 2", "2", "700"]


def test_documents_name_each_decision_with_its_entry(site: Site, get: Get) -> None:
    page = get(ENGLISH + "documents/")
    assert (
        f"No. 12 {PAPER} Results of the precinct declared invalid – Precinct 3, South (p3), District 2"
        in page.text
    )
    assert re.search(
        r"Central Election Commission · 26 October 2026, 09:00 \(Tashkent\) · entry \d+", page.text
    )
    assert ENGLISH + "protocols/p3/d2/" in page.links
    assert "Election called" in page.text
    assert "Roster" in page.text
    for link in page.links:
        assert not link.startswith("/log/") or link.startswith("/log/tile/entries/")


def test_one_decision_on_several_contests_is_one_line(make_site: MakeSite, get: Get) -> None:
    certified = "".join(
        f"certification,20,2026-10-26T11:0{n}:00+05:00,,{contest},\n"
        for n, contest in enumerate(("list", "d1"))
    )
    make_site(decisions=DECISIONS + certified + "certification,21,2026-10-26T12:00:00+05:00,,q,\n")
    text = get(ENGLISH + "documents/").text
    assert text.index(f"No. 21 {PAPER} Result certified – The question") < text.index(
        f"No. 20 {PAPER} Result certified – 2 contests"
    )
    assert text.index("No. 20") < text.index("No. 12")
    assert text.count("Result certified") == 2


def test_annulment_on_the_page_of_corrections(site: Site, get: Get) -> None:
    page = get(ENGLISH + "corrections/")
    assert "Precinct 3 South annulled District 2" in page.text
    assert "The results were declared invalid. They left the totals." in page.text
    assert "Central Election Commission, decision No. 12." in page.text
    assert page.row("Ada too") == ["Ada too", "15"]
    assert page.row("Cyd") == ["Cyd", "15"]
    assert get("/en/corrections/").row("A tiny election 25 October 2026")[1:] == ["0", "0", "0", "1", "0"]


def test_correction_return_and_conflict_with_old_and_new_figures(make_site: MakeSite, get: Get) -> None:
    from esaylov.results.acts import ReturnProtocol
    from tests.publication.ground import EVENING

    site = make_site(start=EVENING)
    site.submit("p1", "list", [100, 110, 80, 1, 80, 30, 2], [30, 40])
    site.submit("p1", "list", [100, 110, 72, 1, 72, 38, 2], [31, 39])
    site.correct("p1", "list", *PRECINCT_1)
    site.submit("p2", "list", [200, 210, 112, 1, 112, 98, 2], [50, 60])
    site.rule(ReturnProtocol, "p2", "list", "7")
    site.move_on()
    page = get(ENGLISH + "corrections/")
    assert page.text.index("returned Party lists") < page.text.index("corrected Party lists")
    assert page.text.index("corrected Party lists") < page.text.index("conflicting Party lists")
    returned, corrected, conflicting = page.tables
    assert returned[1:] == [["Amber", "50"], ["Green", "60"]]
    assert corrected[1:] == [
        ["ballots issued", "80", "72", "−8"],
        ["ballots in boxes", "80", "72", "−8"],
        ["unused and spoiled", "30", "38", "+8"],
    ]
    assert conflicting[0][1:3] == ["Stands", "Second protocol"]
    assert ["Amber", "30", "31", "+1"] in conflicting
    counts = get("/en/corrections/").tables[0][1][1:]
    assert counts == ["1", "0", "1", "0", "1"]


def code_of_annulment() -> str:
    """The code of the only annulment's entry."""
    return next(code for _, code, said in entries() if said["act"] == "results.annul_precinct")


def test_annulment_of_every_contest_says_what_left_each(make_site: MakeSite, get: Get) -> None:
    from esaylov.results.acts import AnnulPrecinct
    from tests.publication.ground import EVENING

    site = make_site(start=EVENING)
    site.submit("p1", "list", *PRECINCT_1)
    site.act(AnnulPrecinct, "cec", precinct="p1", contest=None, decision="9")
    site.move_on()
    page = get(ENGLISH + "corrections/")
    assert "annulled All contests" in page.text
    assert page.row("Party lists") == ["Party lists", "70"]
    documents = get(ENGLISH + "documents/")
    assert "invalid – Precinct 1, North, the (p1), every contest of the precinct" in documents.text
    events = get(f"/en/check/{code_of_annulment()}/").text
    assert "Precinct 1, North, the (p1)" in events
    assert "every contest of the precinct" in events


def test_nothing_leaks_before_the_release(make_site: MakeSite, client: Client) -> None:
    from esaylov.elections.queries import set_clock
    from esaylov.results.acts import ReturnProtocol

    site = make_site(edition=EDITION + '\n[release]\ntime = "20:00"\n', start=AFTERNOON)
    pages = ["/en/", "/en/corrections/"] + [
        ENGLISH + part
        for part in ("calendar/", "documents/", "corrections/", "parties/", "parties/green/", "candidates/")
    ]
    used = fill(site)
    site.rule(ReturnProtocol, "p2", "list", "77")
    set_clock("tiny", AFTERNOON)
    site.move_on()
    for path in pages:
        text = client.get(path).content.decode()
        assert names_a_figure(text, used) == set(), path
        assert "No. 77" not in text, "a decision on a sealed protocol is left out until it is opened"
        assert "conflicting Party" not in text
    set_clock("tiny", RELEASED)
    site.move_on()
    assert names_a_figure(client.get(ENGLISH + "corrections/").content.decode(), used)
    assert "77" in client.get(ENGLISH + "documents/").content.decode()


def test_calendar_says_dates_articles_and_doubt(make_site: MakeSite, get: Get) -> None:
    make_site(edition=CALENDAR, start=AFTERNOON)
    page = get(ENGLISH + "calendar/")
    assert (
        "25 October 2026, 08:00 – 20:00 now (3 hours left) Voting precinct commissions · Article 51"
        in page.text
    )
    assert "14 October 2026 – 21 October 2026 over Early voting" in page.text
    assert "Article 57 · derived, not seen in a source" in page.text
    assert "25 October 2026, 20:00 – 4 November 2026" in page.text
    assert "day of this event: the publication of the results" in page.text
    assert "Papers for the council" not in page.text, "there is no council contest"
    assert "As of 25 October 2026, 17:00 (Tashkent)" in page.text


def test_calendar_of_an_edition_without_one(site: Site, get: Get) -> None:
    assert "The edition of the law sets no steps." in get(ENGLISH + "calendar/").text


def test_open_data_names_files_with_sizes(make_site: MakeSite, get: Get) -> None:
    from esaylov.publication.publisher import publish_site

    make_site()
    publish_site()
    page = get("/en/open-data/")
    assert page.row("totals.csv")[1] == "sums by contest and territory"
    assert re.fullmatch(r"[\d,.]+ (bytes|kB)", page.row("totals.csv")[2])
    assert "/data/tiny/protocols.csv.gz" in page.links
    assert "has not named a licence yet" in page.text
    assert "http://testserver/data/tiny/" in page.text


def test_the_operator_says_licence_and_name(
    site: Site, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "The operator is not named" in client.get("/en/about/").content.decode()
    monkeypatch.setenv("ESAYLOV_LICENCE", "CC-BY-4.0")
    monkeypatch.setenv("ESAYLOV_OPERATOR", "Commission <of> tests")
    monkeypatch.setenv("ESAYLOV_CONTACT", "help@example.org")
    assert "creativecommons.org/licenses/by/4.0/" in client.get("/en/open-data/").content.decode()
    about = client.get("/en/about/").content.decode()
    assert "Commission &lt;of&gt; tests" in about
    assert "help@example.org" in about


def test_verify_has_real_commands(site: Site, client: Client) -> None:
    from esaylov.acts.models import LogIdentity

    text = client.get("/en/verify/").content.decode()
    key = LogIdentity.objects.get(pk=1).verifier_key
    assert "python3 verify.py http://testserver" in text
    assert text.count(f"--key &#x27;{key}&#x27;") + text.count(f"--key '{key}'") == 2


def test_every_term_that_a_page_leads_to_is_in_the_glossary(site: Site, client: Client) -> None:
    glossary = client.get("/en/glossary/").content.decode()
    anchors = set(re.findall(r'<div id="([a-z-]+)"', glossary))
    for path in ("how-the-count-works/", "verify/", ""):
        wanted = re.findall(r"/en/glossary/#([a-z-]+)", client.get(f"/en/{path}").content.decode())
        assert set(wanted) <= anchors, path


@pytest.mark.parametrize(
    "path",
    [
        "elections/none/calendar/",
        "elections/none/documents/",
        "elections/none/parties/",
        "elections/tiny/parties/none/",
        "elections/tiny/candidates/2/",
        "elections/tiny/candidates/1/",
        "elections/tiny/candidates/0/",
        "elections/tiny/candidates/01/",
        "elections/tiny/candidates/99999999999/",
        "elections/tiny/documents/2/",
        "elections/tiny/corrections/2/",
        "elections/tiny/corrections/none/",
        "elections/tiny/parties/%00/",
    ],
)
def test_unknown_ids_and_pages(site: Site, client: Client, path: str) -> None:
    answer = client.get(f"/en/{path}")
    assert answer.status_code == 404
    assert "ETag" not in answer.headers
