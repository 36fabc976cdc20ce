"""Real names and a real country: every writing of every district finds it; 96,871 precincts are searched."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from esaylov.design.scripts import APOSTROPHES
from esaylov.design.transliteration import transliterate_to_cyrillic
from tests.conftest import SHARED

if TYPE_CHECKING:
    from tests.publication.ground import Site

LANGUAGES = ("uz", "uz_cyrl", "ru", "en")


def districts() -> list[dict[str, Any]]:
    rows = json.loads((SHARED / "data/uz/districts_206.json").read_text(encoding="utf-8"))
    assert len(rows) == 206
    return list(rows)


def territories() -> str:
    """Territories of the tiny package with all real districts under its region `n`."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["id", "parent", "kind", *(f"name_{language}" for language in LANGUAGES), "soato"])
    for code, parent, kind in (("uz", "", "country"), ("n", "uz", "region"), ("s", "uz", "region")):
        writer.writerow([code, parent, kind, *[f"{code} place"] * 4, ""])
    for code in ("c1", "c2"):
        writer.writerow([code, "uz", "constituency", *[f"{code} okrug"] * 4, ""])
    for row in districts():
        writer.writerow(
            [row["soato"], "n", "district", *(row[f"name_{one}"] for one in LANGUAGES), row["soato"]]
        )
    return out.getvalue()


def writings(row: dict[str, Any]) -> set[str]:
    """Every way in which somebody may write a district's name."""
    latin = row["name_uz"]
    marked = {"".join(mark if one in APOSTROPHES else one for one in latin) for mark in "'ʻʼ‘’"}
    bare = "".join(one for one in latin if one not in APOSTROPHES)
    return {
        *(row[f"name_{language}"] for language in LANGUAGES),
        *marked,
        bare,
        latin.upper(),
        row["name_ru"].lower(),
        transliterate_to_cyrillic(latin),
        row["soato"],
    }


@pytest.mark.shared
def test_every_writing_of_every_district_finds_it(make_site: Callable[..., Site]) -> None:
    from esaylov.publication.search.queries import parse, search

    site = make_site(territories=territories())
    lost = []
    for row in districts():
        for writing in writings(row):
            found = search(parse(writing), [site.election], kinds=["territory"], limit=50)
            if row["soato"] not in [hit.code for group in found for hit in group.hits]:
                lost.append((row["name_uz"], writing))
    assert lost == []


@pytest.mark.shared
@pytest.mark.slow
def test_a_whole_country(db_clone: object) -> None:
    """The real election of 96,871 precincts: all of them can be found, and the table agrees with them."""
    from esaylov.elections.queries import forget, tables
    from esaylov.exchange.package import read_package
    from esaylov.operations.loading import call_election, closing_time
    from esaylov.publication.search.index import index, search_differences
    from esaylov.publication.search.queries import bounded, parse, search

    package = read_package(SHARED / "data/duma-2016")
    call_election(package, replay=True, start=closing_time(package))
    assert index(package.id) > 96_871
    assert list(search_differences(tables(package.id))) == []
    bounded()
    for text in ("москва", "Moskva", "1", "о", "республика", "участок 12 адыгея"):
        query = parse(text)
        if not query.too_short:
            assert search(query, [package.id], limit=10), text
    (precincts,) = search(parse("precinct 12 адыгея"), [package.id], limit=10)
    assert precincts.hits[0].number == "12"
    forget()
