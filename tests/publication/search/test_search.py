"""Finding places, precincts, parties and candidates by what somebody types."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from django.test import Client

    from tests.publication.ground import Site
    from tests.publication.reader import Page

TERRITORIES = """\
id,parent,kind,name_uz,name_uz_cyrl,name_kaa,name_ru,name_en,soato
uz,,country,Oʻzbekiston Respublikasi,Ўзбекистон Республикаси,Ózbekstan Respublikası,Республика Узбекистан,Republic of Uzbekistan,17
n,uz,region,Fargʻona viloyati,Фарғона вилояти,Fergana wálayatı,Ферганская область,Fergana Region,1730
s,uz,region,Qoraqalpogʻiston Respublikasi,Қорақалпоғистон Республикаси,Qaraqalpaqstan Respublikası,Республика Каракалпакстан,Republic of Karakalpakstan,1735
n1,n,district,Oʻzbekiston tumani,Ўзбекистон тумани,Ózbekstan rayonı,Узбекистанский район,Uzbekistan District,1730227
s1,s,district,Shoʻmanoy tumani,Шўманой тумани,Shomanay rayonı,Шуманайский район,Shumanay District,1735240
c1,n,constituency,1-Beshariq,1-Бешариқ,1-Besharıq,1-Бешарык,1-Beshariq,
c2,s,constituency,2-Nukus,2-Нукус,2-Nókis,2-Нукус,2-Nukus,
"""
PRECINCTS = """\
id,territory,constituency,number,voters,address,latitude,longitude,public
p1,n1,c1,1,100,"Mustaqillik koʻchasi 12, 5-maktab",41.30,69.24,true
p2,n1,c1,12,200,Боғ кўчаси,,,
p3,s1,c2,120,300,Yashirin koʻcha 7,,,false
p4,s1,c2,4,400,,,,
p5,s,,,50,Elchixona,-12.5,-7,
"""

Get = Callable[[str], "Page"]


@pytest.fixture(scope="module")
def site(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> object:
    from tests.publication.ground import Site, data_folder

    folder = tmp_path_factory.mktemp("search")
    with data_folder(folder):
        yield Site(folder, territories=TERRITORIES, precincts=PRECINCTS)


def found(get: Get, site: Site, query: str, more: str = "") -> list[str]:
    """What a search shows, by address below the election."""
    base = f"/uz/elections/{site.election}/"
    page = get(f"{base}search/?q={quote(query)}{more}")
    links = [link.removeprefix(base) for link in page.links if link.startswith(base)]
    return [one for one in links if "/" in one and not one.startswith("search/") and "?" not in one]


@pytest.mark.parametrize(
    "query",
    [
        "Fargʻona",
        "farg'ona",
        "Farg‘ona",
        "ФАРҒОНА",
        "Farğona",
        "Ферганская",
        "Ferganskaya",
        "Fergana region",
        "farg",
        "1730",
    ],
)
def test_a_place_in_every_script(get: Get, site: Site, query: str) -> None:
    assert found(get, site, query)[0] == "territories/n/"


@pytest.mark.parametrize(
    "query",
    ["Shoʻmanoy", "Шўманой", "Şömanoy", "Shomanay", "Шуманайский район", "Шомaной".replace("о", "ў", 1)],
)
def test_a_district(get: Get, site: Site, query: str) -> None:
    assert found(get, site, query)[0] == "territories/s1/"


def test_all_words_must_match_and_may_be_shortened(get: Get, site: Site) -> None:
    assert found(get, site, "ozb tum")[0] == "territories/n1/"
    assert found(get, site, "shom qoraq")[0] == "territories/s1/"
    assert found(get, site, "shom fargona") == []


@pytest.mark.parametrize(
    "query", ["12", "№ 12", "12-son uchastka", "участок 12", "precinct no. 12", "12 участка"]
)
def test_the_exact_number_of_a_precinct_comes_first(get: Get, site: Site, query: str) -> None:
    hits = found(get, site, query)
    assert hits[0] == "precincts/p2/"
    assert "precincts/p3/" in hits  # 120 begins with 12


def test_a_precinct_by_address_and_place(get: Get, site: Site) -> None:
    assert found(get, site, "мустақиллик 12")[0] == "precincts/p1/"
    assert found(get, site, "bog koch") == ["precincts/p2/"]
    assert found(get, site, "12 fargona")[0] == "precincts/p2/"


def test_a_withheld_place_is_not_found_by_its_address(get: Get, site: Site) -> None:
    assert found(get, site, "yashirin") == []
    assert "precincts/p3/" in found(get, site, "120")
    for path in ("search/?q=120", "search/?in=s1"):
        assert "Yashirin" not in get(f"/uz/elections/{site.election}/{path}").html


def test_parties_candidates_and_contests(get: Get, site: Site) -> None:
    assert found(get, site, "ambe")[0] == "parties/amber/"
    assert "contests/d2/" in found(get, site, "cyd")
    assert found(get, site, "party lists")[0] == "contests/list/"
    page = get(f"/en/elections/{site.election}/search/?q=cyd")
    assert "Candidate" in page.text
    assert "District 2" in page.text


def test_only_inside_a_territory(get: Get, site: Site) -> None:
    assert found(get, site, "4", "&in=n") == []
    assert found(get, site, "4", "&in=s") == ["precincts/p4/"]


def test_the_way_down_to_a_precinct(get: Get, site: Site) -> None:
    base = f"/uz/elections/{site.election}/"
    assert f"{base}search/?in=n" in get(f"{base}search/").links
    assert f"{base}search/?in=n1" in get(f"{base}search/?in=n").links
    page = get(f"{base}search/?in=n1")
    assert f"{base}precincts/p1/" in page.links
    assert "Mustaqillik" in page.text


@pytest.mark.parametrize("query", ["a", "ʻ", "—", "b c"])
def test_too_short(get: Get, site: Site, query: str) -> None:
    page = get(f"/en/elections/{site.election}/search/?q={quote(query)}")
    assert "too short" in page.text or "Nothing found" in page.text


def test_nothing_found_says_what_to_do(get: Get, site: Site) -> None:
    page = get("/en/search/?q=xyzzy")
    assert "Nothing found for “xyzzy”" in page.text


def test_the_search_of_the_site(get: Get, site: Site) -> None:
    base = f"/uz/elections/{site.election}/"
    assert f"{base}territories/s/" in get("/uz/search/?q=Karakalpakstan").links
    assert f"{base}search/" in get("/uz/search/").links


@pytest.mark.parametrize(
    "query",
    [
        "\0",
        "a\0b",
        "%ud800",
        "%ED%A0%80",
        "'",
        "''",
        "\\",
        "' & !x:*",
        "a" * 5_000,
        "b " * 400,
        "<script>",
        "%(query)s",
        ":*",
        "\u202e",
    ],
)
def test_hostile_queries_are_words_or_nothing(client: Client, site: Site, query: str) -> None:
    for base in ("/uz/", f"/uz/elections/{site.election}/"):
        address = f"{base}search/?q={query if query.startswith('%ED') else quote(query)}"
        answer = client.get(address)
        assert answer.status_code == 200
        assert b"<script>" not in answer.content.replace(b"<script src", b"").replace(b"<script type", b"")


def test_what_is_not_there(client: Client, site: Site) -> None:
    for path in (
        "/uz/elections/none/search/",
        f"/uz/elections/{site.election}/search/?in=none",
        "/uz/elections/a%00b/search/",
    ):
        assert client.get(path).status_code == 404
    assert client.get(f"/uz/elections/{site.election}/search/?q=12&kind=none").status_code == 200


def test_no_cache_keeps_it_and_no_robot_lists_it(client: Client, site: Site) -> None:
    answer = client.get("/uz/search/?q=12")
    assert "public" not in answer.headers["Cache-Control"]
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "ETag" not in answer.headers


def test_a_search_that_takes_too_long_is_stopped(
    client: Client, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    from esaylov.publication.search import queries

    monkeypatch.setattr(
        queries, "SEARCH", f"SELECT pg_sleep(3) WHERE %(query)s <> '' OR {queries.SEARCH[:0] or 'false'}"
    )
    monkeypatch.setattr(queries, "TIMEOUT_MS", 50)
    answer = client.get("/en/search/?q=toshkent")
    assert answer.status_code == 503
    assert "took too long" in answer.content.decode()


def test_few_queries(client: Client, site: Site) -> None:
    from django.test.utils import CaptureQueriesContext

    client.get(f"/uz/elections/{site.election}/search/?q=12")
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/uz/elections/{site.election}/search/?q=fargona")
    asked = [one["sql"] for one in queries if one["sql"].lstrip().startswith(("SELECT", "WITH"))]
    assert len(asked) <= 4


@given(st.text(max_size=300))
def test_any_text_gives_a_query(text: str) -> None:
    from esaylov.publication.search.queries import parse

    query = parse(text)
    assert len(query.text) <= 200
    assert len(query.words) <= 8
    assert all(word.isalnum() for word in query.words)
