"""Which commissions an election has: okrug commissions only where a route of the edition leads through them."""

from __future__ import annotations

import pytest

from esaylov.exchange.commissions import bodies_of, okrugs
from esaylov.exchange.records import Contest, Precinct, Territory
from esaylov.law.editions import Edition, parse_edition, uz_edition
from tests.exchange.packages import EDITION

CHAMBER = uz_edition("uz-lc-2024")
PLACES = (("uz", None, "country"), ("r", "uz", "region"), ("d", "r", "district"), ("t", "uz", "region"),
          ("ch1", "uz", "constituency"), ("rc1", "r", "constituency"), ("dc1", "d", "constituency"),
          ("tc1", "t", "constituency"))  # fmt: skip
TERRITORIES = tuple(Territory(code, parent, kind, {}) for code, parent, kind in PLACES)
CHAMBER_CONTESTS = (("list", "uz"), ("single-member", "ch1"))
COUNCILS = (("council", "rc1"), ("council", "dc1"), ("council", "tc1"))


def contests(*wanted: tuple[str, str]) -> tuple[Contest, ...]:
    return tuple(Contest(f"{kind}-{place}", kind, place, 1, "e", {}) for kind, place in wanted)


@pytest.mark.parametrize(
    ("edition", "wanted", "named"),
    [
        (CHAMBER, CHAMBER_CONTESTS, set()),
        (CHAMBER, COUNCILS, {"rc1", "tc1"}),
        (CHAMBER, (*CHAMBER_CONTESTS, *COUNCILS), {"rc1", "tc1"}),
        (CHAMBER, (("council", "dc1"),), set()),
        # Constituencies of a contest that is one for the whole country: those of the President, of a referendum.
        (uz_edition("uz-president-2023"), (("president", "uz"),), {"ch1", "rc1", "dc1", "tc1"}),
        (uz_edition("uz-referendum-2023"), (("referendum", "uz"),), {"ch1", "rc1", "dc1", "tc1"}),
        # An edition without routes says nothing against any.
        (parse_edition(EDITION), CHAMBER_CONTESTS, {"ch1", "rc1", "dc1", "tc1"}),
    ],
)
def test_okrug_commissions_follow_the_routes(
    edition: Edition, wanted: tuple[tuple[str, str], ...], named: set[str]
) -> None:
    assert okrugs(edition, TERRITORIES, contests(*wanted)) == named


def test_every_other_place_and_every_precinct_has_a_commission() -> None:
    precincts = (Precinct("p1", "d", "ch1", "1", 100),)
    found = list(bodies_of(CHAMBER, TERRITORIES, contests(*CHAMBER_CONTESTS, *COUNCILS), precincts))
    assert [one.code for one in found] == ["cec", "tec:r", "dcec:d", "tec:t", "dec:rc1", "dec:tc1", "pec:p1"]
    assert [(one.tier, one.territory, one.precinct) for one in found][-2:] == [
        ("okrug", "tc1", None), ("precinct", "d", "p1"),
    ]  # fmt: skip


def test_a_second_country_has_a_central_commission_of_its_own() -> None:
    roots = (Territory("a", None, "country", {}), Territory("b", None, "country", {}))
    assert [one.code for one in bodies_of(CHAMBER, roots, (), ())] == ["cec", "cec:b"]
