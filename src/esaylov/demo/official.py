"""What is known of the election of 27.10.2024: the figures that the simulation reproduces, and those it had
to choose.

Sources and statuses stand in README.md beside this file. Nothing below the level of a region was ever
published, so whatever the simulation says about a district, a constituency or a precinct is invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

DAY = date(2024, 10, 27)
ANNOUNCED = date(2024, 7, 26)
"""The Central Election Commission announced the campaign (Art. 36)."""

VOTERS_INSIDE = 19_944_859
VOTERS_ABROAD = 165_631
PARTICIPANTS = 15_027_529
PRECINCTS = 11_028
PRECINCTS_ABROAD = 57
EARLY = 1_015_000
"""Published as 1.015 million."""

TURNOUT = {"13:00": 9_498_589, "15:00": 12_504_688, "17:00": 14_264_994}
"""Voters inside the country who had taken part by then."""

LIST_SEATS = 75
LIST_SHARES = ("0.3475", "0.1882", "0.1711", "0.1620", "0.1312")
"""Published shares of the lists, of the votes for lists: they sum to 1."""
DIRECT_SEATS = (38, 15, 7, 9, 6)

# Chosen, because nothing was published.
PARTICIPANTS_ABROAD = 131_577
EARLY_ABROAD = 98_264
TURNOUT_11 = 6_583_117
LIST_VOTES = 14_946_187
"""Any number from 75 × 199,282 to 75 × 199,283 - 1 gives the published quota."""
DIRECT_INVALID_SHARE = 0.0118


@dataclass(frozen=True, slots=True)
class Region:
    """A region: direct seats, turnout at 17:00 in hundredths of a per cent, and the inhabitants (census of
    2026) that stand for its unpublished number of voters."""

    soato: str
    seats: int
    turnout_17: int
    inhabitants: int


REGIONS = (
    Region("1735", 4, 70_95, 2_149_932),
    Region("1703", 7, 75_16, 3_531_777),
    Region("1706", 4, 71_29, 2_104_874),
    Region("1708", 3, 72_76, 1_524_055),
    Region("1710", 7, 73_45, 3_692_323),
    Region("1712", 3, 70_93, 1_184_591),
    Region("1714", 6, 74_98, 3_149_161),
    Region("1718", 8, 73_98, 4_404_575),
    Region("1722", 6, 73_08, 2_984_084),
    Region("1724", 2, 70_89, 954_361),
    Region("1727", 7, 66_03, 3_763_093),
    Region("1730", 8, 75_71, 4_238_911),
    Region("1733", 4, 67_24, 2_140_746),
    Region("1726", 6, 62_39, 3_224_838),
)
"""In the order in which the commission numbers the regions."""


@dataclass(frozen=True, slots=True)
class Party:
    """An invented party; its place in PARTIES says whose totals it carries."""

    id: str
    ballot_order: int
    names: dict[str, str]


PARTIES = (
    Party(
        "ufq",
        1,
        {
            "uz": "«Ufq» partiyasi",
            "uz_cyrl": "«Уфқ» партияси",
            "kaa": "«Gorizont» partiyası",
            "ru": "Партия «Горизонт»",
            "en": "Horizon Party",
        },
    ),
    Party(
        "chinor",
        2,
        {
            "uz": "«Chinor» partiyasi",
            "uz_cyrl": "«Чинор» партияси",
            "kaa": "«Shınar» partiyası",
            "ru": "Партия «Чинара»",
            "en": "Plane Tree Party",
        },
    ),
    Party(
        "koprik",
        4,
        {
            "uz": "«Koʻprik» partiyasi",
            "uz_cyrl": "«Кўприк» партияси",
            "kaa": "«Kópir» partiyası",
            "ru": "Партия «Мост»",
            "en": "Bridge Party",
        },
    ),
    Party(
        "karvon",
        5,
        {
            "uz": "«Karvon» partiyasi",
            "uz_cyrl": "«Карвон» партияси",
            "kaa": "«Kárwan» partiyası",
            "ru": "Партия «Караван»",
            "en": "Caravan Party",
        },
    ),
    Party(
        "turna",
        3,
        {
            "uz": "«Turna» partiyasi",
            "uz_cyrl": "«Турна» партияси",
            "kaa": "«Tırna» partiyası",
            "ru": "Партия «Журавль»",
            "en": "Crane Party",
        },
    ),
)


def list_votes() -> tuple[int, ...]:
    """Votes of every list: the published shares of LIST_VOTES, in whole numbers by largest remainders."""
    exact = [Fraction(share) * LIST_VOTES for share in LIST_SHARES]
    votes = [int(value) for value in exact]
    by_remainder = sorted(range(len(votes)), key=lambda place: votes[place] - exact[place])
    for place in by_remainder[: LIST_VOTES - sum(votes)]:
        votes[place] += 1
    return tuple(votes)
