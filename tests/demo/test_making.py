"""Names, places, exact sums and sameness of the demonstration."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from itertools import pairwise
from math import fsum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esaylov.demo import land
from esaylov.demo.chance import Chance, apportion, at_odds, rounded, table
from esaylov.demo.people import alphabetical, cyrillic, english, russian
from esaylov.demo.simulation import write_package
from tests.conftest import SHARED
from tests.demo.conftest import Rows

Read = Callable[[str], Rows]
TABLES_SHA256 = "b0759fcccaea451bdbabe19eb8ca74d40c8c4b21a3e67eb98e58b16891968655"


def digest(folder: Path) -> str:
    whole = sha256()
    for path in sorted(folder.glob("*.csv")):
        whole.update(sha256(path.read_bytes()).digest())
    return whole.hexdigest()


@pytest.mark.slow
def test_same_seed_same_bytes(package: Path, tmp_path: Path) -> None:
    write_package(tmp_path)
    names = sorted(path.name for path in package.iterdir())
    assert names == sorted(path.name for path in tmp_path.iterdir())
    assert all((package / name).read_bytes() == (tmp_path / name).read_bytes() for name in names)


def test_same_bytes_on_every_machine(package: Path) -> None:
    """The digest was taken once: it changes when the simulation does, never with Python or the machine."""
    assert digest(package) == TABLES_SHA256


@pytest.mark.slow
def test_another_seed_keeps_the_totals(tmp_path: Path, package: Path) -> None:
    summary = write_package(tmp_path, seed=7)
    assert digest(tmp_path) != digest(package)
    assert (summary.voters, summary.participants) == (20_110_490, 15_027_529)
    assert summary.list_votes == (5_193_800, 2_812_872, 2_557_293, 2_421_282, 1_960_940)
    assert summary.direct_seats == (38, 15, 7, 9, 6)


def test_candidates(rows: Read) -> None:
    people = [row for row in rows("options") if row["kind"] == "candidate"]
    assert len(people) == 375
    assert len({row["name_uz"] for row in people}) == 375
    women = Counter(row["organisation"] for row in people if row["gender"] == "female")
    assert all(women[party] >= 30 for party in ("ufq", "chinor", "koprik", "karvon", "turna"))
    born = [date.fromisoformat(row["birth_date"]) for row in people]
    assert max(born) <= date(1999, 10, 27)
    assert min(born) > date(1950, 1, 1)


def test_ballots_are_in_alphabetical_order(rows: Read) -> None:
    ballots: dict[str, Rows] = defaultdict(list)
    for row in rows("options"):
        ballots[row["contest"]].append(row)
    for contest, found in ballots.items():
        assert [row["ballot_order"] for row in found] == list("12345")
        assert len({row["organisation"] for row in found}) == 5
        if contest != "list":
            names = [row["name_uz"] for row in found]
            assert all(alphabetical(a) < alphabetical(b) for a, b in pairwise(names))


def test_the_alphabet_ends_with_its_own_letters() -> None:
    names = ["Gʻofurov", "Aliyev", "Choriyev", "Oʻrinov", "Zokirov", "Sharipov", "Olimov", "Gulomov"]
    assert sorted(names, key=alphabetical) == [
        "Aliyev", "Gulomov", "Olimov", "Zokirov", "Oʻrinov", "Gʻofurov", "Sharipov", "Choriyev",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("uzbek", "cyrl", "rus", "eng"),
    [
        ("Yoʻldoshev Gʻayrat", "Йўлдошев Ғайрат", "Йулдошев Гайрат", "Yoldoshev Gayrat"),
        ("Elmurodova Xurshida", "Элмуродова Хуршида", "Элмуродова Хуршида", "Elmurodova Khurshida"),
        ("Qosimov Maʼruf Olim oʻgʻli", "Қосимов Маъруф Олим ўғли", "Косимов Маъруф Олим угли",
         "Qosimov Maruf Olim ogli"),
        ("Chinorova Sayyora Andreyevna", "Чинорова Сайёра Андреевна", "Чинорова Сайёра Андреевна",
         "Chinorova Sayyora Andreyevna"),
    ],
)  # fmt: skip
def test_writings_of_a_name(uzbek: str, cyrl: str, rus: str, eng: str) -> None:
    assert (cyrillic(uzbek), russian(uzbek), english(uzbek)) == (cyrl, rus, eng)


REAL_PARTIES = (
    "lidep", "liberal", "demokrat", "democrat", "демократ", "tiklanish", "возрожден", "revival", "adolat",
    "адолат", "справедлив", "justice", "xalq", "народн", "people", "ekolog", "эколог", "ecolog",
    "либерал", "тикланиш", "халқ", "birlik", "erk",
)  # fmt: skip
REAL_SURNAMES = (
    "Mirziyoyev", "Karimov", "Oripov", "Aripov", "Ismoilov", "Norboyeva", "Narbayeva", "Qodirov",
    "Oblomurodov", "Abduhalimov", "Vorisov", "Mahmudov", "Inoyatov", "Hamzayev", "Saidov",
    "Hakimov", "Nizomiddinxoʻjayev", "Umurzoqov", "Xoʻjayev", "Joʻrabekov", "Ermanov", "Orinbayev",
)  # fmt: skip


def test_parties_and_people_are_not_the_real_ones(rows: Read) -> None:
    for row in rows("options"):
        names = " ".join(row[f"name_{code}"] for code in ("uz", "uz_cyrl", "kaa", "ru", "en"))
        if row["kind"] == "party-list":
            assert not any(word in names.lower() for word in REAL_PARTIES)
        else:
            assert row["name_uz"].split()[0].removesuffix("a") not in REAL_SURNAMES


def test_names_of_places_are_cleanly_written() -> None:
    latin = re.compile(r"[A-Za-zʻʼ0-9 .-]+")
    cyrl = re.compile(r"[А-Яа-яЁёЎўҚқҒғҲҳ0-9 .№-]+")
    for place in land.places():
        assert latin.fullmatch(place.names["uz"]), place
        assert re.fullmatch(r"[A-Za-z0-9 .-]+", place.names["en"]), place
        assert cyrl.fullmatch(place.names["uz_cyrl"]), place
        assert re.fullmatch(r"[A-Za-zÁáǴǵÍıŃńÓóÚú0-9 -]+", place.names["kaa"]), place
        assert re.fullmatch(r"[А-Яа-яЁё0-9 .№-]+", place.names["ru"]), place
        assert not re.search(r"(?<![OoGg])ʻ|[OoGg]ʼ", place.names["uz"]), place


def test_cyrillic_names_of_places_follow_from_the_latin_ones() -> None:
    for place in land.places():
        assert place.names["uz_cyrl"].lower() == cyrillic(place.names["uz"]).lower(), place


def test_each_district_lies_wholly_in_its_constituencies() -> None:
    shares: dict[str, list[object]] = defaultdict(list)
    for one in land.constituencies():
        for soato, share in one.parts.items():
            assert soato.startswith(one.region)
            shares[soato].append(share)
    assert {district.soato for district in land.districts()} == set(shares)
    assert all(sum(found) == 1 for found in shares.values())  # type: ignore[arg-type]


@pytest.mark.shared
def test_places_are_those_of_the_public_lists() -> None:
    listed = json.loads((SHARED / "data/uz/districts_206.json").read_text(encoding="utf-8"))
    assert {(row["soato"], row["region_soato"]) for row in listed} == {
        (district.soato, district.region) for district in land.districts()
    }
    mahallas = (SHARED / "data/uz/mahallas_9452.csv").read_text(encoding="utf-8").splitlines()
    assert sum(district.mahallas for district in land.districts()) == len(mahallas) - 1


def test_abroad() -> None:
    missions = land.missions()
    assert len(missions) == 57
    assert len({one.country for one in missions}) == 40


counts = st.lists(st.integers(0, 3_000), min_size=1, max_size=40)


@given(tops=counts, share=st.integers(0, 100), seed=st.integers(0, 1_000))
def test_at_odds_is_exact(tops: list[int], share: int, seed: int) -> None:
    chance = Chance(seed, "test")
    total = sum(tops) * share // 100
    found = at_odds(tops, [chance.factor(0.5) for _ in tops], total)
    assert sum(found) == total
    assert all(0 <= part <= top for part, top in zip(found, tops, strict=True))


@given(rows_=st.lists(st.integers(0, 500), min_size=1, max_size=30), seed=st.integers(0, 1_000))
def test_table_is_exact_in_rows_and_columns(rows_: list[int], seed: int) -> None:
    chance = Chance(seed, "test")
    columns = apportion([chance.factor(0.5) for _ in range(5)], sum(rows_))
    weights = [[chance.factor(0.5) for _ in range(5)] for _ in rows_]
    found = table(rows_, columns, weights, chance)
    assert [sum(row) for row in found] == rows_
    assert [sum(column) for column in zip(*found, strict=True)] == columns
    assert min(min(row) for row in found) >= 0


def test_rounding_refuses_what_does_not_fit() -> None:
    with pytest.raises(ValueError, match="does not lie between"):
        rounded([1.5, 2.5], 10, [2, 3])
    with pytest.raises(ValueError, match="the rows sum to"):
        table([3], [1, 1], [[1.0, 1.0]], Chance(1, "test"))


def test_draws() -> None:
    chance = Chance(5, "draws")
    draws = [chance.normal() for _ in range(20_000)]
    assert abs(fsum(draws) / len(draws)) < 0.03
    assert abs(fsum(draw * draw for draw in draws) / len(draws) - 1) < 0.04
    assert sorted(chance.shuffled(range(50))) == list(range(50))
    assert {chance.between(2, 4) for _ in range(200)} == {2, 3, 4}
    assert [Chance(5, "a").unit(), Chance(5, "b").unit()] != [Chance(5, "a").unit()] * 2
