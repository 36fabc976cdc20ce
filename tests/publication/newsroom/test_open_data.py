"""Open data: valid by its schemas, the very figures of the pages, the same for every reader, harmless in spreadsheets."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from jsonschema import Draft202012Validator

from esaylov.publication.tables import Table, harmless, percent_cell
from tests.exchange.packages import OPTIONS
from tests.publication.conftest import Get

if TYPE_CHECKING:
    from tests.publication.ground import Site

OPEN = "/open/elections/tiny/"
FILES = {
    "results": "results",
    "contests/list": "contest",
    "contests/d1": "contest",
    "contests/q": "contest",
    "territories/uz": "territory",
    "territories/n": "territory",
    "territories/c2": "territory",
    "turnout": "turnout",
}
MOST_QUERIES = 12


def document(client: Client, path: str) -> dict[str, Any]:
    answer = client.get(f"{OPEN}{path}.json")
    assert answer.status_code == 200, path
    found: dict[str, Any] = json.loads(answer.content)
    return found


def rows(client: Client, path: str) -> list[dict[str, str]]:
    answer = client.get(f"{OPEN}{path}.csv")
    assert answer.status_code == 200, path
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def resolved(schema: dict[str, Any], part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A part of a schema and all that it refers to."""
    if "$ref" in part:
        part = schema["$defs"][part["$ref"].rpartition("/")[2]]
    yield part
    for other in (*part.get("anyOf", ()), *part.get("allOf", ())):
        yield from resolved(schema, other)


def undescribed(schema: dict[str, Any], part: dict[str, Any], value: object, path: str = "") -> list[str]:
    """Members of a document that its schema does not name."""
    parts = list(resolved(schema, part))
    if isinstance(value, list):
        items = next(one["items"] for one in parts if "items" in one)
        return [found for one in value for found in undescribed(schema, items, one, f"{path}[]")]
    if not isinstance(value, dict):
        return []
    known = {name: one for each in parts for name, one in each.get("properties", {}).items()}
    more = next((one["additionalProperties"] for one in parts if "additionalProperties" in one), None)
    found = []
    for name, member in value.items():
        if name not in known and more is None:
            found.append(f"{path}.{name}")
        else:
            found += undescribed(schema, known.get(name, more), member, f"{path}.{name}")
    return found


@pytest.mark.parametrize("path", FILES)
def test_document_is_valid_by_its_schema_and_wholly_described(site: Site, client: Client, path: str) -> None:
    found = document(client, path)
    schema = json.loads(client.get(found["$schema"].removeprefix("http://testserver")).content)
    assert schema["properties"]["format"]["const"] == f"esaylov open {FILES[path]} 1"
    Draft202012Validator.check_schema(schema)
    assert [error.message for error in Draft202012Validator(schema).iter_errors(found)] == []
    assert undescribed(schema, schema, found) == []


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize("kind", ["json", "csv"])
def test_file_is_for_everybody_and_costs_nothing_unchanged(
    site: Site, client: Client, path: str, kind: str
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    address = f"{OPEN}{path}.{kind}"
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    assert len(asked) <= MOST_QUERIES
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"].startswith("public")
    assert answer.headers["Content-Type"].startswith({"json": "application/json", "csv": "text/csv"}[kind])
    assert "Set-Cookie" not in answer.headers
    again = client.get(address, headers={"if-none-match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    russian = client.get(address, headers={"accept-language": "ru", "cookie": "x=y"})
    assert russian.content == answer.content, "the same for every reader"


@pytest.mark.parametrize(
    "path",
    ["contests/none", "territories/none", "contests/%00", "territories/list", "none"],
)
@pytest.mark.parametrize("kind", ["json", "csv"])
def test_unknown_ids(site: Site, client: Client, path: str, kind: str) -> None:
    assert client.get(f"{OPEN}{path}.{kind}").status_code == 404
    assert client.get(f"/open/elections/none/results.{kind}").status_code == 404
    assert client.get("/open/schema/none.json").status_code == 404
    assert client.get("/open/schema/../settings.json").status_code == 404


def test_every_file_says_where_it_comes_from(site: Site, client: Client) -> None:
    about = document(client, "results")["about"]
    assert (about["election"], about["simulated"], about["replay"]) == ("tiny", True, False)
    assert about["tree_size"] == 21
    assert about["signed_at"]
    assert about["code"].startswith("20-")
    assert about["check"] == f"http://testserver/check/{about['code']}"
    assert about["licence"] is None, "nobody has named one"
    assert set(about["cite"]) == {code for code, _ in settings.LANGUAGES}
    assert "(simulated)" in about["cite"]["en"]
    assert "tree size 21" in about["cite"]["en"]
    for path in FILES:
        for row in rows(client, path):
            assert (row["election"], row["simulated"], row["tree_size"]) == ("tiny", "true", "21")
            assert (row["code"], row["cite"]) == (about["code"], about["cite"]["en"])
            assert row["state"] in ("preliminary", "final")


def test_figures_are_those_of_the_page(site: Site, client: Client, get: Get) -> None:
    figures = document(client, "contests/list")["figures"]
    page = get("/en/elections/tiny/contests/list/")
    shown = [row for table in page.tables for row in table]
    for option in figures["options"]:
        share = f"{percent_cell(option['share_hundredths'])}%"
        own = [row for row in shown if row and row[0] == option["names"]["en"]]
        assert any(str(option["votes"]) in row and share in "".join(row) for row in own)
    shares = [one["share_hundredths"] for one in figures["options"]]
    assert sum(shares) + figures["invalid"]["share_hundredths"] == 10_000
    assert figures["state"] == "preliminary"
    assert [one["seats"] for one in figures["options"]] == [2, 1]


def test_table_and_document_say_the_same(site: Site, client: Client) -> None:
    found = document(client, "contests/list")
    expected = {
        (one["territory"], option["id"]): (str(option["votes"]), percent_cell(option["share_hundredths"]))
        for one in (found["figures"], *found["territories"])
        for option in one["options"]
    }
    table = {
        (row["territory"], row["option"]): (row["votes"], row["share_percent"])
        for row in rows(client, "contests/list")
        if row["option"] != "(invalid)"
    }
    assert table == expected
    assert {territory for territory, _ in table} == {"uz", "n", "s"}, "constituencies cut across the regions"


def test_parts_of_a_territory_elect_nobody(site: Site, client: Client) -> None:
    own, *parts = (
        document(client, "contests/list")["figures"],
        *document(client, "contests/list")["territories"],
    )
    assert own["whole_contest"]
    assert all(one["seats"] is None and not one["whole_contest"] for one in parts)
    assert all(option["elected"] is None for one in parts for option in one["options"])


def test_a_territory_counts_the_precincts_below_it_too(site: Site, client: Client) -> None:
    found = {one: document(client, f"territories/{one}") for one in ("uz", "n", "s", "c2")}
    assert {code: one["precincts_in_all"] for code, one in found.items()} == {
        "uz": 5,
        "n": 2,
        "s": 3,
        "c2": 2,
    }
    assert found["uz"]["precincts"] == [], "precincts lie in the regions"
    assert [one["id"] for one in found["s"]["precincts"]] == ["p3", "p4", "p5"]


def test_seats_of_both_halves(site: Site, client: Client) -> None:
    seats = document(client, "results")["seats"]
    assert seats["all"] == sum(row["seats"] for row in seats["rows"]) + seats["open"]
    assert seats["list_seats"] + seats["direct_seats"] == seats["all"] == 5


def test_turnout_by_time_and_by_territory(site: Site, client: Client) -> None:
    found = document(client, "turnout")
    assert [(one["participants"], one["precincts"]) for one in found["reports"]] == [(50, 2), (70, 2)]
    assert found["reports"][0]["at"] == "2026-10-25T10:00:00+05:00"
    country = next(one for one in found["territories"] if one["id"] == "uz")
    assert (country["participants"], country["voters"]) == (425, 1050)
    table = rows(client, "turnout")
    assert [row["participants"] for row in table if row["basis"] == "reports"] == ["50", "70"]
    assert next(row for row in table if row["basis"] == "protocols")["share_percent"] == "40.48"


def test_turnout_says_what_its_shares_are_of(site: Site, client: Client) -> None:
    found = document(client, "turnout")
    before, closing = "lists-before-election-day", "lists-in-counted-protocols"
    assert found["bases"] == {"reports": before, "territories": closing}
    table = rows(client, "turnout")
    assert {(row["basis"], row["voters_basis"]) for row in table} == {
        ("reports", before),
        ("protocols", closing),
    }
    base = {row["voters"] for row in table if row["basis"] == "reports"}
    assert base == {str(found["voters_on_lists"])}
    for one in found["reports"]:
        assert one["share_hundredths"] == round(10_000 * one["participants"] / found["voters_on_lists"])
    for one in found["territories"]:
        assert one["share_hundredths"] == round(10_000 * one["participants"] / one["voters"])


def test_columns_and_members_are_told_to_the_reader(site: Site, client: Client) -> None:
    """What a file says besides names and figures stands in the page about the addresses."""
    page = (Path(__file__).parents[3] / "docs" / "open-addresses.md").read_text()
    for path in FILES:
        for column in rows(client, path)[0]:
            if not re.search(r"_(uz|uz_cyrl|kaa|ru|en)$", column):
                assert f"`{column}`" in page, column
    for member in client.get(f"{OPEN}live.json").json():
        assert f"`{member}`" in page, member
    national = client.get("/en/elections/tiny/").content.decode()
    picture = re.search(r"/en/elections/tiny/pictures/[a-z-]+\.csv", national)
    assert picture is not None
    last = client.get(picture[0]).content.decode().splitlines()[0].split(",")[-3:]
    assert ", ".join(f"`{one}`" for one in last) in page, last


def test_names_that_spreadsheets_would_compute(make_site: Callable[..., Site], client: Client) -> None:
    evil = '=HYPERLINK("http://x","Green")'
    quoted = '"' + evil.replace('"', '""') + '"'
    make_site(options=OPTIONS.replace("green,list,party-list,Green", f"green,list,party-list,{quoted}"))
    table = rows(client, "results")
    assert next(row for row in table if row["option"] == "green")["option_en"] == f"'{evil}"
    for row in table:
        for cell in row.values():
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert document(client, "results")["contests"][0]["options"][0]["names"]["en"] == evil, "JSON is data"


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@sum", "'@sum"),
        ("\tx", "'\tx"),
        (" =1", "' =1"),
        ("＝1", "'＝1"),
        ("Ўзбекистон", "Ўзбекистон"),
        ("", ""),
        (None, ""),
        (True, "true"),
        (0, 0),
    ],
)
def test_cells(cell: str | int | bool | None, written: str | int) -> None:
    assert harmless(cell) == written
    assert percent_cell(5) == "0.05"


def test_quoting_comes_after() -> None:
    assert Table(("a", "b"), (("=x,\n", 'say "no"'),)).text() == 'a,b\n"\'=x,\n","say ""no"""\n'


def test_address_of_the_site_is_the_configured_one(site: Site, client: Client) -> None:
    with override_settings(ESAYLOV_PUBLIC_URL="https://results.example"):
        found = document(client, "results")
    assert found["$schema"] == "https://results.example/open/schema/results.json"
    assert found["about"]["page"] == "https://results.example/{language}/elections/tiny/"


def test_nothing_counted_yet(make_site: Callable[..., Site], client: Client) -> None:
    from tests.publication.ground import EVENING

    make_site(start=EVENING)
    for path, kind in FILES.items():
        found = document(client, path)
        schema = json.loads(client.get(f"/open/schema/{kind}.json").content)
        assert [error.message for error in Draft202012Validator(schema).iter_errors(found)] == [], path
    table = rows(client, "results")
    assert {row["share_percent"] for row in table} == {""}
    assert {row["elected"] for row in table} == {""}


def test_published_folder_says_that_its_figures_are_invented(
    site: Site, client: Client, tmp_path: Path
) -> None:
    """Only the table of protocols has a column for it: description and manifest say it for the others."""
    from esaylov.publication.publisher import publish_to

    publish_to(tmp_path / "published")
    folder = tmp_path / "published"
    described = json.loads((folder / "data" / "tiny" / "datapackage.json").read_text())
    assert described["election"]["simulated"] is True
    with_column = [
        one["name"]
        for one in described["resources"]
        if "simulated" in {field["name"] for field in one["schema"]["fields"]}
    ]
    assert with_column == ["protocols"]
    assert json.loads((folder / "manifest.json").read_text())["origin"].endswith(".invalid")
    page = (Path(__file__).parents[3] / "docs" / "open-addresses.md").read_text()
    assert all(said in page for said in ("`election.simulated`", "`datapackage.json`", "ends in `.invalid`"))
