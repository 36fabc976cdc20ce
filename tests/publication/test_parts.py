"""Parts of results pages by themselves: lists in pages, seats of both halves, leads, what is outstanding."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exchange.packages import CONTESTS, OPTIONS, VOTES, lines_of
from tests.publication.conftest import Get

if TYPE_CHECKING:
    from tests.publication.ground import Site

HOME = "/en/elections/tiny/"


@pytest.mark.parametrize(
    "text", ["", "0", "00", "01", "-1", "+1", "1.0", "1e3", "x", "١", "1 ", "1000000", "9" * 99]
)
def test_what_is_no_page_number(text: str) -> None:
    from esaylov.publication.pages.paging import page_number

    assert page_number(text) is None


@given(st.integers(0, 3_000), st.integers(1, 40))
def test_pages_hold_every_item_once(total: int, number: int) -> None:
    from esaylov.publication.pages.paging import PER_PAGE, page_number, pager, part_of

    found = pager(number, total, str)
    pages = max(1, -(-total // PER_PAGE))
    assert (found is None) == (number > pages)
    if found is None:
        return
    part = part_of(number)
    assert found.last == min(total, part.offset + part.limit)
    assert found.first == min(total, part.offset + 1)
    shown = [int(link.text) for link in found.links if link.text]
    assert shown == sorted(set(shown))
    assert {1, number, pages} <= set(shown)
    assert [link.text for link in found.links if not link.url and link.text] == [str(number)]
    assert all(page_number(link.url) == int(link.text) for link in found.links if link.url)


def test_women_are_counted_where_every_gender_is_known(make_site: Callable[..., Site], get: Get) -> None:
    from tests.publication.ground import EVENING

    known = OPTIONS.replace("ada,d2,candidate,Ada too,1,,", "ada,d2,candidate,Ada too,1,female,").replace(
        "cyd,d2,candidate,Cyd,2,,", "cyd,d2,candidate,Cyd,2,male,"
    )
    site = make_site(options=known, start=EVENING)
    for precinct, contest, votes in (
        ("p1", "list", (30, 40)),
        ("p1", "d1", (40, 30)),
        ("p3", "d2", (16, 14)),
    ):
        site.submit(precinct, contest, lines_of(precinct, contest), votes)
    site.move_on()
    page = get(HOME)
    table = next(table for table in page.tables if table[0][0] == "Party")
    assert table[0][-1] == "Women in district seats"
    assert page.row("Of no list")[-1] == "2"
    assert page.row("Together")[-1] == "2"


def test_lists_and_candidates_share_a_tone(make_site: Callable[..., Site], get: Get) -> None:
    from tests.publication.ground import EVENING

    options = OPTIONS.replace("name_en,ballot_order,gender", "name_en,ballot_order,organisation,gender")
    rows = []
    for row in options.splitlines()[1:]:
        fields = row.split(",")
        named = {"ada": "green", "bob": "amber"}.get(fields[0], "") if fields[1] == "d1" else ""
        rows.append(",".join([*fields[:5], named, *fields[5:]]))
    site = make_site(options="\n".join([options.splitlines()[0], *rows]) + "\n", start=EVENING)
    site.submit("p1", "d1", lines_of("p1", "d1"), (40, 30))
    site.submit("p1", "list", lines_of("p1", "list"), (30, 40))
    site.move_on()
    assert get(HOME).row("Green")[1:4] == ["3", "2", "1"], "the candidate's seat counts for the list"
    html = get(HOME + "protocols/p1/d1/").html
    assert html.index("tone-2") < html.index("Ada"), "green stands second on the ballot of lists"


def test_what_is_outstanding_by_region(make_site: Callable[..., Site], get: Get) -> None:
    from esaylov.results.acts import AnnulPrecinct
    from tests.publication.ground import EVENING

    site = make_site(start=EVENING)
    site.submit("p1", "list", lines_of("p1", "list"), VOTES["p1"]["list"])
    bad = (*lines_of("p2", "list")[:-1], 99)
    site.submit("p2", "list", bad, VOTES["p2"]["list"])
    site.submit("p4", "list", lines_of("p4", "list"), VOTES["p4"]["list"])
    site.act(AnnulPrecinct, "cec", precinct="p4", contest="list", decision="N-4")
    site.move_on()
    page = get(HOME)
    assert "3 precincts are still outstanding; 550 voters are on their lists." in page.text
    table = next(table for table in page.tables if "Nothing public yet" in table[0])
    assert table[1:] == [["North, the", "0", "1", "200"], ["South", "2", "0", "350"]], "no place twice"


def test_closest_and_strongest_districts(make_site: Callable[..., Site], get: Get) -> None:
    from tests.publication.ground import EVENING

    names = [f"x{n}" for n in range(1, 12)]
    contests = CONTESTS + "".join(f"{name},single-member,c2,1,tiny-1,Extra {name}\n" for name in names)
    options = OPTIONS + "".join(
        f"{one},{name},candidate,{one.title()},{n},,\n"
        for name in names
        for n, one in enumerate(("eve", "fay"), 1)
    )
    site = make_site(contests=contests, options=options, start=EVENING)
    for lead, name in enumerate(names):
        votes = (50 + lead, 50)
        taken = sum(votes) + 2
        site.submit("p4", name, (400, 410, taken, 1, taken, 410 - taken, 2), votes)
    site.move_on()
    page = get(HOME)
    smallest, largest = (table for table in page.tables if table[0][:2] == ["District", "Most votes"])
    assert [row[2].split()[0] for row in smallest[1:]] == ["0", "1", "2", "3", "4"]
    assert [row[2].split()[0] for row in largest[1:]] == ["10", "9", "8", "7", "6"]
    assert smallest[1][1] == "equal votes"
    assert smallest[2][3] == "0.97%", "of all ballots: 1 of 103"
