"""Ways of protocols by ballot, written down here a second time by hand, and what must hold of any of them."""

from __future__ import annotations

import pytest

from esaylov.law.editions import parse_edition, uz_edition, uz_edition_names
from esaylov.law.routes import (
    ORDER,
    Kind,
    NoRouteError,
    above,
    chain,
    commissions_of,
    establishes,
    formed_by,
    registers,
    tier,
)
from tests.law.test_editions import SMALL

CHAMBER, PRESIDENT, REFERENDUM = (
    uz_edition(name) for name in ("uz-lc-2024", "uz-president-2023", "uz-referendum-2023")
)
EDITIONS = [uz_edition(name) for name in uz_edition_names()]


@pytest.mark.parametrize(
    ("contest", "level", "way", "registering"),
    [
        ("list", None, "precinct territorial central", "central"),
        ("single-member", None, "precinct territorial central", "central"),
        ("council", "region", "precinct okrug territorial", "territorial"),
        ("council", "capital", "precinct okrug territorial", "territorial"),
        ("council", "district", "precinct district", "district"),
    ],
)
def test_the_ways_of_2024(contest: str, level: str | None, way: str, registering: str) -> None:
    assert chain(CHAMBER, contest, level) == tuple(way.split())
    assert registers(CHAMBER, contest, level) == registering
    assert establishes(CHAMBER, contest, level) == way.rsplit(maxsplit=1)[-1]


def test_the_ways_of_2023() -> None:
    assert chain(PRESIDENT, "president") == ("precinct", "okrug", "central")
    assert registers(PRESIDENT, "president") == "central"
    assert chain(REFERENDUM, "referendum") == ("precinct", "okrug", "central")
    assert registers(REFERENDUM, "referendum") is None, "nobody stands"


def test_who_is_not_known_is_an_error_and_no_guess() -> None:
    for contest, level in (("council", None), ("council", "village"), ("senate", None)):
        with pytest.raises(NoRouteError):
            chain(CHAMBER, contest, level)
    with pytest.raises(NoRouteError):
        chain(parse_edition(SMALL), "list")
    with pytest.raises(NoRouteError):
        above(CHAMBER, "okrug", "list")


def test_a_paper_goes_up_step_by_step() -> None:
    assert above(CHAMBER, "precinct", "list") == "territorial"
    assert above(CHAMBER, "precinct", "council", "region") == "okrug"
    assert above(CHAMBER, "okrug", "council", "region") == "territorial"
    assert above(CHAMBER, "district", "council", "district") is None


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.id)
def test_every_way_goes_up_and_ends_with_who_establishes_the_result(edition: object) -> None:
    assert isinstance(edition, type(CHAMBER))
    kinds = {(one.contest, one.level) for one in edition.routes}
    assert len(kinds) == len(edition.routes)
    assert {contest for contest, _ in kinds} == set(edition.contests)
    for contest, level in kinds:
        way = chain(edition, contest, level)
        assert way[0] == "precinct"
        assert [ORDER.index(one) for one in way] == sorted({ORDER.index(one) for one in way}), "only upwards"
        assert way[-1] == establishes(edition, contest, level)
        assert above(edition, way[-1], contest, level) is None
        assert registers(edition, contest, level) in (way[-1], None), "who establishes has registered"
        for one in way:
            assert tier(edition, one, [contest]) is not None


@pytest.mark.parametrize(
    ("commission", "kind", "former"),
    [
        ("central", "list", None),
        ("territorial", "council", "central"),
        ("district", "council", "territorial"),
        ("okrug", "council", "territorial"),
        ("okrug", "president", "central"),
        ("precinct", "single-member", "territorial"),
    ],
)
def test_who_forms_whom(commission: str, kind: str, former: str | None) -> None:
    assert formed_by(CHAMBER, commission, [kind]) == former


def test_who_formed_whom_in_2023() -> None:
    assert formed_by(PRESIDENT, "okrug", ["president"]) == "central"
    assert formed_by(PRESIDENT, "precinct", ["president"]) == "okrug"
    assert formed_by(REFERENDUM, "precinct", ["referendum"]) == "okrug"
    assert formed_by(PRESIDENT, "district", ["president"]) is None


def test_which_commissions_an_election_needs() -> None:
    assert commissions_of(CHAMBER, [("council", "district")]) == ("precinct", "district")
    assert commissions_of(CHAMBER, [Kind("list"), Kind("single-member")]) == (
        "precinct",
        "territorial",
        "central",
    )
    everything = [
        Kind("list"),
        Kind("single-member"),
        *(Kind("council", one) for one in ("region", "capital", "district")),
    ]
    assert commissions_of(CHAMBER, everything) == ORDER
    assert commissions_of(PRESIDENT, [Kind("president")]) == ("precinct", "okrug", "central")


def test_the_older_name_of_the_level_is_read() -> None:
    text = SMALL.replace(
        "[contests.list]",
        '[[routes]]\ncontest = "council"\nterritory = "region"\nchain = ["precinct"]\n[contests.list]',
    )
    assert chain(parse_edition(text), "council", "region") == ("precinct",)
