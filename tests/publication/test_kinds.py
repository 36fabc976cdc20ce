"""What pages say of every kind of contest, and where nobody has won: run-offs, lots, no majority, no votes, a council of
several seats, a question, lists with equally many seats.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.exchange.packages import OPTIONS
from tests.publication.conftest import Get
from tests.publication.kinds import MAJORITY, QUESTION, RUN_OFF, package

if TYPE_CHECKING:
    from tests.publication.ground import Site

MakeSite = Callable[..., "Site"]

PRECINCTS = ("p1", "p2", "p3", "p4", "p5")
THREE = {"ada": "candidate", "bob": "candidate", "cyd": "candidate"}
ANSWERS = {"yes": "yes", "no": "no"}
CERTIFIED = "certification,20,2026-10-27T10:00:00+05:00,,c,\n"
LOT = "lot,19,2026-10-27T09:00:00+05:00,,c,bob\n"
COUNTED = "Turnout is"


def everywhere(*votes: int) -> dict[str, tuple[int, ...]]:
    """The same votes in every precinct."""
    return dict.fromkeys(PRECINCTS, votes)


CASES = {
    "a run-off": (
        package("president", THREE, everywhere(20, 15, 10), rule=MAJORITY + RUN_OFF, decisions=CERTIFIED),
        "Nobody has the majority that the law asks for: a run-off between Ada, Bob.",
    ),
    "nobody is elected": (
        package("president", THREE, everywhere(20, 15, 10), rule=MAJORITY, decisions=CERTIFIED),
        "Nobody has the majority, and the law knows no run-off here.",
    ),
    "too few took part": (
        package("president", THREE, everywhere(1, 0, 0), rule=MAJORITY + "turnout = 0.5\n"),
        "Not valid: fewer voters took part than the law asks for.",
    ),
    "most votes are for none of the above": (
        package(
            "single-member",
            THREE | {"none": "none-of-the-above"},
            everywhere(10, 9, 3, 15),
            decisions=CERTIFIED,
        ),
        "Ada is elected with 25.64% of the ballots.",
    ),
    "several seats": (
        package("council", THREE, everywhere(9, 10, 8), seats=2, decisions=CERTIFIED),
        "Elected: Bob, Ada.",
    ),
    "a lot for the last of several seats": (
        package("council", THREE, everywhere(10, 9, 9), seats=2),
        "The votes are equal: a lot must be drawn between Bob, Cyd.",
    ),
    "a lot was drawn": (
        package("single-member", THREE, everywhere(10, 10, 9), decisions=LOT + CERTIFIED),
        "Bob is elected with 32.26% of the ballots.",
    ),
    "equal so far": (
        package("single-member", THREE, {"p1": (10, 10, 1)}),
        "No option leads here: the first two have equal votes.",
    ),
    "only invalid ballots so far": (
        package("single-member", THREE, {"p1": (0, 0, 0)}),
        "There are no votes.",
    ),
    "only invalid ballots": (
        package("single-member", THREE, everywhere(0, 0, 0)),
        "The law gives no answer: a decision of the commission must supply it.",
    ),
    "a question, so far": (
        package("referendum", ANSWERS, {"p1": (10, 20)}, rule=QUESTION, seats=None),
        "“No” has 62.50% of the ballots counted.",
    ),
    "a question, rejected": (
        package("referendum", ANSWERS, everywhere(10, 20), rule=QUESTION, seats=None, decisions=CERTIFIED),
        "Not adopted: “No” has 62.50% of the ballots.",
    ),
    "a question, adopted": (
        package("referendum", ANSWERS, everywhere(20, 10), rule=QUESTION, seats=None, decisions=CERTIFIED),
        "Adopted: “Yes” has 62.50% of the ballots.",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_answer_is_that_of_the_law(name: str, make_site: MakeSite, get: Get) -> None:
    changes, says = CASES[name]
    make_site(**changes)
    for address in ("", "contests/c/"):
        page = get(f"/en/elections/tiny/{address}")
        assert f"{says} {COUNTED}" in page.text
        state = "final" if CERTIFIED in changes.get("decisions", "") else "preliminary"
        assert f"(Tashkent). {state} simulated" in page.text
        assert _shares(page.row("All ballots: votes and invalid ones")[-2:]) == ["100.00%"]
    assert _sum(page.tables) == 10_000


def _shares(cells: list[str]) -> list[str]:
    return [cell for cell in cells if cell.endswith("%")]


def _sum(tables: list[list[list[str]]]) -> int:
    """Hundredths of a per cent of the table of votes, without its last row."""
    table = next(table for table in tables if table[-1][0].startswith("All ballots"))
    return sum(int(cell.rstrip("%").replace(".", "")) for row in table[1:-1] for cell in _shares(row))


def test_a_part_of_the_country_with_equal_votes_has_no_leader(make_site: MakeSite, get: Get) -> None:
    make_site(**package("president", THREE, everywhere(10, 10, 1), rule=MAJORITY))
    says = "No option leads here: the first two have equal votes."
    assert says in get("/en/elections/tiny/territories/n/").text
    assert says in get("/en/elections/tiny/embed/territories/n/").text
    assert get("/en/elections/tiny/").row("South")[1] == "equal votes"
    assert get("/en/elections/tiny/contests/").row("The contest")[1] == "equal votes"


def test_no_precinct_is_told_twice_by_territory(make_site: MakeSite, get: Get) -> None:
    make_site(**package("president", THREE, everywhere(10, 9, 1), rule=MAJORITY))
    table = get("/en/elections/tiny/contests/c/").tables[-1]
    assert [row[0] for row in table[1:]] == ["North, the", "South"], "constituencies cut across the regions"


def test_lists_with_equally_many_seats_are_named_together(make_site: MakeSite, get: Get) -> None:
    """Three list seats: two for Green, one for Amber, to whom Cyd's seat of District 2 comes."""
    rows = iter(OPTIONS.splitlines())
    options = f"{next(rows)},organisation\n" + "".join(
        f"{row},{'amber' if row.startswith('cyd,d2') else ''}\n" for row in rows
    )
    make_site(options=options)
    page = get("/en/elections/tiny/")
    assert "Equal, with 2 of 5 seats each: Green, Amber." in page.text


MARKS = {
    "a run-off": {"Ada": "in the run-off", "Bob": "in the run-off", "Cyd": ""},
    "several seats": {
        "Bob": "elected",
        "Ada": "elected",
        "Cyd": "",
        "All ballots: votes and invalid ones": "2 seats",
    },
    "a lot for the last of several seats": {"Ada": "leads", "Bob": "a lot decides", "Cyd": "a lot decides"},
    "most votes are for none of the above": {"None": "", "Ada": "elected", "Bob": ""},
    "equal so far": {"Ada": "equal so far", "Bob": "equal so far", "Cyd": ""},
    "a question, adopted": {"Yes": "adopted", "No": ""},
}
UNMARKED = ("nobody is elected", "only invalid ballots so far", "a question, so far", "a question, rejected")


@pytest.mark.parametrize("name", MARKS)
def test_the_table_of_votes_says_in_words_who_is_elected(name: str, make_site: MakeSite, get: Get) -> None:
    make_site(**CASES[name][0])
    for address in ("", "contests/c/"):
        page = get(f"/en/elections/tiny/{address}")
        table = next(table for table in page.tables if table[0][:2] == ["Option", "Result"])
        assert table[0] == ["Option", "Result", "Votes", "% of ballots", *table[0][4:]]
        rows = {row[0]: row[1] for row in table}
        assert {option: rows[option] for option in MARKS[name]} == MARKS[name]


@pytest.mark.parametrize("name", UNMARKED)
def test_where_nobody_is_elected_no_option_is_marked(name: str, make_site: MakeSite, get: Get) -> None:
    make_site(**CASES[name][0])
    table = next(table for table in get("/en/elections/tiny/contests/c/").tables if table[0][0] == "Option")
    assert table[0] == ["Option", "Votes", "% of ballots"]


def test_a_run_off_is_one_so_far_while_the_count_is_partial(make_site: MakeSite, get: Get) -> None:
    make_site(**package("president", THREE, {"p1": (20, 15, 10)}, rule=MAJORITY + RUN_OFF))
    tables = get("/en/elections/tiny/contests/c/").tables
    rows = {row[0]: row[1] for row in next(table for table in tables if table[0][:2] == ["Option", "Result"])}
    assert (rows["Ada"], rows["Bob"], rows["Cyd"]) == ("in the run-off so far", "in the run-off so far", "")


@pytest.mark.parametrize("name", ["a run-off", "a question, adopted", "several seats"])
def test_without_a_table_of_seats_one_comes_to_the_same_result(
    name: str, make_site: MakeSite, get: Get
) -> None:
    make_site(**CASES[name][0])
    text = get("/en/elections/tiny/").text
    assert "With these numbers, paper and pencil you come to the same result." in text
    assert "same seats" not in text


TWO = {"ada": "candidate", "bob": "candidate"}
PARTIAL = {
    "a question": (
        package("referendum", ANSWERS, {"p1": (10, 20)}, rule=QUESTION, seats=None),
        ("Would the question be adopted?", "That is not enough so far."),
    ),
    "a majority": (
        package("president", THREE, {"p1": (30, 5, 5)}, rule=MAJORITY),
        ("That is enough so far.", "Who would be elected", "The seat would go to:"),
    ),
    "a run-off": (
        package("president", THREE, {"p1": (20, 15, 10)}, rule=MAJORITY + RUN_OFF),
        ("That is not enough so far.", "Who would go into the run-off", "would stand again"),
    ),
    "no majority": (
        package("president", THREE, {"p1": (20, 15, 10)}, rule=MAJORITY),
        ("Nobody would be elected", "Nobody has the majority so far, and the law knows no run-off here."),
    ),
    "too few took part": (
        package("president", THREE, {"p1": (1, 0, 0)}, rule=MAJORITY + "turnout = 0.5\n"),
        ("voters): not reached so far.",),
    ),
    "equal votes": (
        package("single-member", TWO, {"p1": (10, 10)}),
        ("These are exactly equal so far: Ada, Bob. If it stays so, a lot decides",),
    ),
    "no votes": (
        package("single-member", TWO, {"p1": (0, 0)}),
        ("If it stays so, a decision of the commission must supply an answer.",),
    ),
    "several seats": (
        package("council", THREE, {"p1": (9, 10, 8)}, seats=2),
        ("The seats would go to:",),
    ),
    "lists": (
        package(
            "list", {"red": "party-list", "blue": "party-list"}, {"p1": (20, 30)}, seats=3,
            rule='method = "hare-largest-remainder"\nthreshold = 0.07\nthreshold_base = "participants"\n',
        ),
        ("Reaches it so far?", "Seats so far", "Receives so far"),
    ),
}  # fmt: skip
DECIDED = (
    "is adopted",
    "is not adopted",
    "Who is elected",
    "Nobody is elected",
    "goes to:",
    "goes into the run-off",
    "stand again.",
    "A lot must be drawn",
    ": reached.",
    ": not reached.",
    "That is enough.",
    "That is not enough.",
    "Is the question",
)
"""Words of a computation that is finished."""


@pytest.mark.parametrize("name", PARTIAL)
def test_a_partial_count_is_worked_so_far(name: str, make_site: MakeSite, get: Get) -> None:
    changes, says = PARTIAL[name]
    make_site(**changes)
    for address in ("", "contests/c/"):
        fold = _worked(get(f"/en/elections/tiny/{address}").html)
        titles = [
            " ".join(re.sub("<small>.*?</small>|<[^>]+>", "", one).split())
            for one in re.findall("<h3>(.*?)</h3>", fold)
        ]
        assert titles
        assert [title for title in titles if not title.endswith("– so far")] == []
        assert "So far 1 of 5 precincts are counted." in fold
        for text in says:
            assert text in fold
        said = fold.replace("would stand again.", "")
        assert [text for text in DECIDED if text in said] == []


def test_a_finished_count_is_not_worked_so_far(make_site: MakeSite, get: Get) -> None:
    make_site(**CASES["a question, rejected"][0])
    fold = _worked(get("/en/elections/tiny/contests/c/").html)
    assert "The question is not adopted." in fold
    assert "so far" not in fold.lower()


def test_a_count_that_is_not_certified_says_so_where_it_is_worked(make_site: MakeSite, get: Get) -> None:
    make_site(**package("council", THREE, everywhere(9, 10, 8), seats=2))
    fold = _worked(get("/en/elections/tiny/contests/c/").html)
    assert "the commission has not certified the result yet" in fold
    assert "The seats go to:" in fold


def _worked(html: str) -> str:
    """The fold with the worked computation."""
    return html.partition('<section id="worked">')[2].partition("</section>")[0]
