"""Pages of elections that nobody draws in a mock-up: no voters, nothing counted, one option or forty, long names, equal
votes, a district without precincts, a protocol that changes while one looks at it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from tests.exchange.packages import CONTESTS, LINES, OPTIONS, PRECINCTS, TERRITORIES, VOTES, lines_of
from tests.publication.conftest import Get
from tests.publication.reader import Page

if TYPE_CHECKING:
    from tests.publication.ground import Site

MakeSite = Callable[..., "Site"]
HOME = "/en/elections/tiny/"
NO_PROTOCOLS = {
    "protocols": f"precinct,contest,{','.join(LINES)},submitted_at,state,version\n",
    "votes": "precinct,contest,option,votes\n",
}
LONG = ("A name of two hundred characters, which <nobody> & no table has asked for, " * 3)[:200]
KINDS = (
    "",
    "contests/",
    "contests/list/",
    "contests/d1/",
    "contests/q/",
    "contests/list/precincts/1/",
    "territories/uz/",
    "territories/n/",
    "territories/c1/",
    "territories/n/precincts/1/",
    "precincts/p1/",
    "protocols/p1/list/",
    "protocols/p1/d1/",
    "outside/",
)


def shares(text: str) -> list[int]:
    """Percentages in a text, in hundredths."""
    return [int(one.replace(".", "")) for one in re.findall(r"(\d+\.\d\d)%", text)]


def added_up(page: Page) -> list[list[str]]:
    """The table of the page whose last row adds the others up."""
    last = ("All ballots: votes and invalid ones", "All votes", "Together")
    return next(table for table in page.tables if table[-1][0] in last)


@pytest.fixture
def made(make_site: MakeSite) -> Callable[..., Site]:
    """Makes the tiny election with other tables; no protocol has arrived."""
    from tests.publication.ground import EVENING

    def make(**tables: str) -> Site:
        return make_site(start=EVENING, **NO_PROTOCOLS, **tables)

    return make


@pytest.mark.parametrize("language", ["uz", "uz-cyrl", "kaa", "ru", "en"])
def test_nothing_counted(made: Callable[..., Site], client: Client, language: str) -> None:
    made()
    for kind in KINDS:
        answer = client.get(f"/{language}/elections/tiny/{kind}")
        assert answer.status_code == 200, kind
        assert "None" not in re.sub(r"<[^>]*>", "", answer.content.decode())


def test_nobody_on_the_list(made: Callable[..., Site], get: Get) -> None:
    site = made(precincts=PRECINCTS.replace("p5,s,,,50,", "p5,s,,,0,"))
    site.submit("p5", "list", (0,) * 7, (0, 0))
    site.submit("p5", "q", (0,) * 7, (0, 0))
    site.move_on()
    page = get(HOME + "precincts/p5/")
    row = page.row("Party lists received")
    assert row[1:] == ["–", "–", "–", "0", "0", "0", "–"], "no share of nothing"
    page = get(HOME + "protocols/p5/list/")
    assert added_up(page)[-1] == ["All ballots: votes and invalid ones", "0", "–"]
    assert "✗" not in page.text
    assert "1 of 5 precincts counted" in get(HOME).text
    rows = {row[0]: row for row in added_up(get(HOME + "contests/list/"))}
    assert rows["Green"][2:] == rows["All ballots: votes and invalid ones"][2:] == ["0", "–"]


def test_one_option(made: Callable[..., Site], get: Get) -> None:
    site = made(options="".join(f"{row}\n" for row in OPTIONS.splitlines() if not row.startswith("bob,d1")))
    site.submit("p1", "d1", lines_of("p1", "d1"), (70,))
    site.submit("p2", "d1", lines_of("p2", "d1"), (110,))
    site.move_on()
    page = get(HOME + "contests/d1/")
    assert "Ada leads with 97.83% of the ballots counted." in page.text
    assert get(HOME + "contests/").row("District 1 North, the")[3] == "–", "nobody to lead before"
    assert "nothing counted" not in get(HOME + "territories/n/").row("District 1")


def test_forty_options_with_long_names(made: Callable[..., Site], get: Get) -> None:
    many = "".join(f'o{n},list,party-list,"{f"{n} {LONG}"[:200]}",{n},,\n' for n in range(1, 41))
    rest = "".join(f"{row}\n" for row in OPTIONS.splitlines() if ",list,party-list," not in row)
    site = made(options=rest + many)
    votes = tuple(range(1, 41))
    taken = sum(votes) + 3
    site.submit("p4", "list", (900, 1000, taken, 1, taken, 1000 - taken, 3), votes)
    site.move_on()
    for kind in ("", "contests/list/", "territories/s/", "protocols/p4/list/", "contests/list/precincts/1/"):
        page = get(HOME + kind)
        assert "<nobody>" not in page.html
        assert "40 A name of two hundred characters" in page.text
    table = added_up(get(HOME + "contests/list/"))
    assert len(table) == 1 + 40 + 2
    assert sum(shares(" ".join(row[-1] for row in table[1:-1]))) == 10_000
    assert table[-1][-1] == "100.00%"
    table = added_up(get(HOME + "protocols/p4/list/"))
    assert sum(shares(" ".join(row[-1] for row in table[1:-1]))) == 10_000


@pytest.mark.parametrize("votes", [(1, 1), (0, 1), (33, 34), (1, 199), (67, 33)])
def test_shares_add_up(made: Callable[..., Site], get: Get, votes: tuple[int, int]) -> None:
    site = made()
    taken = sum(votes) + 1
    site.submit("p4", "list", (400, 410, taken, 1, taken, 410 - taken, 1), votes)
    site.move_on()
    for kind in ("", "contests/list/", "territories/s/"):
        table = added_up(get(HOME + kind))
        column = next(place for place, head in enumerate(table[0]) if "% of ballots" in head)
        assert sum(shares(" ".join(row[column] for row in table[1:-1]))) == 10_000


def test_equal_votes_have_no_leader(made: Callable[..., Site], get: Get) -> None:
    site = made()
    for contest in ("list", "d1", "q"):
        site.submit("p1", contest, lines_of("p1", contest), (35, 35))
    site.move_on()
    assert get(HOME).row("District 1 North, the")[1:3] == ["equal votes", "0 1 of 2 counted"]
    assert "The votes are equal" not in get(HOME + "contests/d1/").text, "one precinct is outstanding"
    assert "No option leads here: the first two have equal votes." in get(HOME + "territories/n/").text


def test_district_without_any_precinct(made: Callable[..., Site], get: Get) -> None:
    site = made(
        territories=TERRITORIES + "c3,uz,constituency,3-okrug,District 3\n",
        contests=CONTESTS + "d3,single-member,c3,1,tiny-1,District 3\n",
        options=OPTIONS + "eve,d3,candidate,Eve,1,,\n",
    )
    site.submit("p1", "list", lines_of("p1", "list"), VOTES["p1"]["list"])
    site.move_on()
    contest = get(HOME + "contests/d3/")
    assert "Nothing has been counted yet." in contest.text
    assert "0 of 0 precincts" in contest.text
    assert get(HOME + "territories/c3/").text.count("Precinct 1") == 0
    assert get(HOME).row("Not decided yet")[3] == "3"
    assert get(HOME + "contests/").row("District 3")[5] == "0 of 0"


def test_protocol_that_changes_while_one_looks_at_it(made: Callable[..., Site], client: Client) -> None:
    from esaylov.results.acts import AnnulPrecinct, ReturnProtocol

    site, place = made(), HOME + "protocols/p1/list/"
    site.submit("p1", "list", lines_of("p1", "list"), (30, 40))
    site.move_on()
    before = client.get(place)
    site.rule(ReturnProtocol, "p1", "list", "R-1")
    site.correct("p1", "list", lines_of("p1", "list"), (31, 39))
    site.move_on()
    corrected = client.get(place, headers={"if-none-match": before.headers["ETag"]})
    assert corrected.status_code == 200
    assert "All versions side by side" in corrected.content.decode()
    site.act(AnnulPrecinct, "cec", precinct="p1", contest="list", decision="N-1")
    site.move_on()
    annulled = client.get(place, headers={"if-none-match": corrected.headers["ETag"]})
    text = annulled.content.decode()
    assert annulled.status_code == 200
    assert "state-annulled" in text
    assert "decision No. N-1" in text
    assert "data-size" in text
    page = client.get(HOME).content.decode()
    assert "0 of 5 precincts counted" in page
    assert client.get(HOME + "precincts/p1/").content.decode().count("state-annulled") == 1
