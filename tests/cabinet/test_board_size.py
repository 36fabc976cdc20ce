"""The board of a territorial commission in an election with 5,770 contests and 11,028 precincts."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from esaylov.acts.identity import establish
from esaylov.elections.models import Contest, Election
from esaylov.elections.queries import forget
from esaylov.law.editions import uz_edition_toml
from esaylov.registry.accounts.models import Account
from esaylov.registry.models import Cell, Commission, Precinct, Territory
from tests.acts.election import count
from tests.cabinet.people import sign_in
from tests.registry.people import accepted, actors_of, enrol, form_commission, members

ELECTION = "large"
REGIONS, DISTRICTS, PRECINCTS = 14, 208, 11_028
SINGLE, REGIONAL = 75, 840
LOCAL = 5_770 - 1 - SINGLE - REGIONAL
DAY = date(2026, 10, 25)
NIGHT = datetime.fromisoformat("2026-10-25T23:00:00+05:00")
QUERIES, SECONDS = 30, 0.150

pytestmark = [pytest.mark.slow, pytest.mark.alone]


def build() -> None:
    """Everything in bulk: a country of 14 regions and 208 districts, constituencies of three kinds, cells of precincts."""
    toml = uz_edition_toml()
    Election.objects.using("admin").create(
        id=ELECTION, titles={"en": "Large"}, date=DAY, timezone="Asia/Tashkent", edition_id="uz-lc-2024",
        edition_toml=toml.decode(), simulated=True, replay=False, clock_is_set=True, set_time=NIGHT, release=None,
        package={}, journal=0,
    )  # fmt: skip
    territories: list[Territory] = []

    def place(code: str, kind: str, parent: Territory | None) -> Territory:
        number = len(territories) + 1
        lineage = [number, *(parent.lineage if parent else ())]
        made = Territory(
            id=number, election=ELECTION, code=code, kind=kind, names={"en": code}, position=number, lineage=lineage,
            parent_id=parent.id if parent else None,
        )  # fmt: skip
        territories.append(made)
        return made

    country = place("uz", "country", None)
    regions = [place(f"r{n}", "region", country) for n in range(REGIONS)]
    districts = [place(f"d{n}", "district", regions[n % REGIONS]) for n in range(DISTRICTS)]
    single = [place(f"s{n}", "constituency", country) for n in range(SINGLE)]
    regional = [place(f"k{n}", "constituency", regions[n % REGIONS]) for n in range(REGIONAL)]
    local = [place(f"l{n}", "constituency", districts[n % DISTRICTS]) for n in range(LOCAL)]
    Territory.objects.using("admin").bulk_create(territories, batch_size=2000)
    kinds = [("list", [country]), ("single-member", single), ("council", [*regional, *local])]
    contests = [(kind, one) for kind, places in kinds for one in places]
    Contest.objects.using("admin").bulk_create(
        [
            Contest(
                id=n, election_id=ELECTION, code=f"c{n}", kind=kind, territory_id=one.id, seats=1,
                titles={"en": f"Contest {n}"}, position=n,
            )
            for n, (kind, one) in enumerate(contests, 1)
        ],
        batch_size=2000,
    )  # fmt: skip
    assert len(contests) == 5_770
    _precincts(territories, districts, single, regional, local)
    Commission.objects.using("admin").bulk_create(
        [
            Commission(
                id=10_000 + one.id,
                election=ELECTION,
                code=f"tec:{one.code}",
                tier="territorial",
                territory_id=one.id,
            )
            for one in regions
        ]
    )


def _precincts(
    territories: list[Territory],
    districts: list[Territory],
    single: list[Territory],
    regional: list[Territory],
    local: list[Territory],
) -> None:
    cells: dict[frozenset[int], int] = {}
    rows = []
    regionals: dict[int, list[Territory]] = {}
    for one in regional:
        regionals.setdefault(one.parent_id or 0, []).append(one)
    for n in range(PRECINCTS):
        ward = local[n % LOCAL]
        district = territories[(ward.parent_id or 1) - 1]
        of_region = regionals[district.parent_id or 0]
        extra = (single[district.id % SINGLE], of_region[n % len(of_region)])
        within = frozenset(place for one in (ward, *extra) for place in one.lineage)
        cell = cells.setdefault(within, len(cells) + 1)
        rows.append(
            Precinct(
                id=n + 1, election=ELECTION, code=f"p{n}", territory_id=district.id, constituency_id=extra[0].id,
                cell_id=cell, number=str(n + 1), voters=1800, position=n,
            )
        )  # fmt: skip
    Cell.objects.using("admin").bulk_create(
        [Cell(id=number, election=ELECTION, territories=sorted(within)) for within, number in cells.items()],
        batch_size=2000,
    )
    Precinct.objects.using("admin").bulk_create(rows, batch_size=2000)


STANDING = """INSERT INTO results_standing (contest_id, precinct_id, cell_id, protocol_id, state, counts, index, conflicts)
SELECT c.id, p.id, p.cell_id, NULL, (ARRAY['received','accepted','inconsistent','returned'])[1 + (p.id + c.id) % 4], true, 0, 0
FROM registry_precinct p JOIN registry_cell l ON l.id = p.cell_id CROSS JOIN LATERAL unnest(l.territories) AS u(t)
JOIN elections_contest c ON c.territory_id = u.t WHERE p.id % 3 > 0"""


def test_a_board_in_the_largest_election(db_clone: object, tmp_path: Path, settings_data: object) -> None:
    establish(simulated=True, replay=False)
    build()
    forget()
    with connections["admin"].cursor() as cursor:
        cursor.execute(STANDING)
        cursor.execute("ANALYZE")
    places = count("results_standing")
    assert places > 20_000
    accepted(enrol())
    central = actors_of("", "cec", datetime.now(UTC))["chair"]
    accepted(form_commission(ELECTION, "tec:r1", central, members(9, 100)))
    chair = actors_of(ELECTION, "tec:r1", datetime.now(UTC))["chair"]
    for name, person in (("territorial", chair.person), ("central", central.person)):
        client = sign_in(Account.objects.open(person=person))
        for address in (
            "/en/cabinet/board/",
            "/en/cabinet/",
            "/en/cabinet/acceptance/",
            "/en/cabinet/acceptance/?state=awaited",
        ):
            assert client.get(address).status_code == 200
            took = []
            for _ in range(5):
                started = time.perf_counter()
                with CaptureQueriesContext(connection) as asked:
                    answer = client.get(address)
                took.append(time.perf_counter() - started)
            assert answer.status_code == 200
            print(
                f"{name} {address}: {len(asked)} queries, {min(took) * 1000:.0f} ms (median {sorted(took)[2] * 1000:.0f}), {places} places"
            )
            assert len(asked) <= QUERIES, [query["sql"][:100] for query in asked]
            if name == "territorial" and address == "/en/cabinet/board/":
                assert min(took) < 4 * SECONDS, took
                assert b"Protocols: party lists" in answer.content


@pytest.fixture
def settings_data(tmp_path: Path) -> object:
    from django.test import override_settings

    data = tmp_path / "data"
    data.mkdir()
    forget()
    with override_settings(ESAYLOV_DATA=data):
        yield data
    forget()
