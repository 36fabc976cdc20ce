"""The pages of a forming commission: lists, members, changes, files; and what everybody sees of themselves."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from python_calamine import load_workbook

from esaylov.exchange.members import members_csv
from esaylov.formation.importer import run_once
from esaylov.formation.models import Upload
from esaylov.formation.queries import commissions, composition, formed_row
from esaylov.registry.models import Commission
from esaylov.results.tabulator import Tabulators
from tests.acts.election import count
from tests.cabinet.people import Bench
from tests.formation.people import pinfl, row, rows
from tests.publication.reader import Page
from tests.registry.people import held

BASE = "/en/cabinet/commissions/"


def now() -> datetime:
    return datetime.now(UTC)


def upload(bench: Bench, who: str, data: bytes, name: str = "members.csv", decision: str = "7"):  # type: ignore[no-untyped-def]
    """Hands in a file, and lets the loop read it."""
    file = SimpleUploadedFile(name, data)
    answer = bench.clients[who].post(f"{BASE}import/", {"file": file, "decision": decision})
    run_once()
    return answer


def data_of(*given: list[list[str]]) -> bytes:
    return members_csv([one for part in given for one in part])


def test_lists_by_reach(bench: Bench) -> None:
    page = bench.clients["cec chair"].get(BASE).content.decode()
    assert "pec:s1-1" in page
    assert "tec:s" in page
    own = bench.clients["tec chair"].get(BASE).content.decode()
    assert "pec:n1-2" in own
    assert "pec:s1-1" not in own
    formed = bench.clients["tec chair"].get(f"{BASE}?state=formed&tier=precinct").content.decode()
    assert "pec:n1-1" in formed
    assert "pec:n1-2" not in formed
    file = bench.clients["tec chair"].get(f"{BASE}?format=csv")
    assert "pec:n1-1" in b"".join(file.streaming_content).decode()


def test_a_commission_is_found_by_its_code(bench: Bench) -> None:
    """Also where very many codes begin like it; who sits on it is counted for it alone."""
    other = Commission.objects.get(election="door", code="pec:n1-2")
    last = Commission.objects.latest("id").pk
    codes = [f"pec:z{number}" for number in range(60)] + ["pec:z"]
    Commission.objects.bulk_create([
        Commission(id=last + place, election="door", code=code, tier="precinct", territory_id=other.territory_id,
                   precinct_id=other.precinct_id)
        for place, code in enumerate(codes, 1)
    ])  # fmt: skip
    assert bench.clients["tec chair"].get(f"{BASE}of/pec:z/").status_code == 200
    ours = Commission.objects.get(election="door", code="pec:n1-1")
    (listed,), _ = commissions("door", ["precinct"], None, search="pec:n1-1")
    assert formed_row(ours.pk) == listed
    assert listed.members == len(held("door", "pec:n1-1", now())) > listed.officers > 0
    counts = {one.tier: one for one in composition("door")}
    formed, number = commissions("door", ["precinct"], None, state="formed")
    assert (counts["precinct"].formed, counts["precinct"].members) == (
        number,
        sum(one.members for one in formed),
    )
    assert (
        counts["precinct"].commissions == Commission.objects.filter(election="door", tier="precinct").count()
    )
    assert sum(counts["precinct"].proposers.values()) == counts["precinct"].members
    assert counts["cec"].members == len(held("", "cec", now()))


@pytest.mark.parametrize("who", ["cec member", "tec member", "pec chair", "bystander", "nobody"])
@pytest.mark.parametrize("path", ["", "import/", "of/pec:n1-1/", "of/pec:n1-1/add/"])
def test_closed_to_others(bench: Bench, who: str, path: str) -> None:
    answer = bench.clients[who].get(BASE + path)
    assert answer.status_code == (302 if who == "nobody" else 403)


def test_members_of_another_territory(bench: Bench) -> None:
    client = bench.clients["tec chair"]
    assert client.get(f"{BASE}of/pec:s1-1/").status_code == 404
    assert client.get(f"{BASE}of/tec:n/").status_code == 404
    assert client.get(f"{BASE}of/pec:none/").status_code == 404
    stranger = held("door", "tec:n", now())[0].id
    assert client.get(f"{BASE}of/pec:n1-1/remove/{stranger}/").status_code == 404
    assert bench.clients["cec chair"].get(f"{BASE}of/pec:s1-1/").status_code == 200


def test_names_are_shown_and_the_look_is_recorded(bench: Bench) -> None:
    before = count("acts_access")
    page = bench.clients["tec chair"].get(f"{BASE}of/pec:n1-1/").content.decode()
    assert "Sinov200" in page
    assert count("acts_access") > before
    mine = bench.clients["pec chair"].get("/en/cabinet/me/").content.decode()
    looks = mine.partition("Who looked at your data</h2>")[2]
    assert "Territorial commission, North" in looks, "by name"
    assert "tec:n" not in looks
    assert "Members (Articles 19-25)" in unescape(looks)
    rows = looks.count("<tr><th scope=")
    assert bench.clients["tec chair"].get(f"{BASE}of/pec:n1-1/").status_code == 200
    again = bench.clients["pec chair"].get("/en/cabinet/me/").content.decode()
    assert again.partition("Who looked at your data</h2>")[2].count("<tr><th scope=") == rows, (
        "a day is one row"
    )
    assert pinfl(1) not in mine


def test_own_page(bench: Bench) -> None:
    before = count("acts_access")
    page = bench.clients["pec member"].get("/en/cabinet/me/").content.decode()
    assert "Sinov20" in page
    assert count("acts_access") == before
    assert bench.clients["bystander"].get("/en/cabinet/me/").status_code == 200
    assert bench.clients["nobody"].get("/en/cabinet/me/").status_code == 302


def test_add_and_remove(bench: Bench) -> None:
    client = bench.clients["tec chair"]
    form = {
        "role": "member", "pinfl": pinfl(77), "surname": "Yangi", "given_name": "Aʼzo", "birth_date": "02.01.1980",
        "education": "higher", "employer": "Maktab", "proposer": "mahalla", "decision": "8",
    }  # fmt: skip
    assert client.post(f"{BASE}of/pec:n1-1/add/", form).status_code == 302
    standing = held("door", "pec:n1-1", now())
    assert len(standing) == 8
    address = f"{BASE}of/pec:n1-1/remove/{standing[-1].id}/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"ground": "resigned", "decision": "9"}).status_code == 302
    assert len(held("door", "pec:n1-1", now())) == 7
    assert client.get(address).status_code == 404
    assert "Yangi" in client.get(f"{BASE}of/pec:n1-1/").content.decode()
    assert client.post(f"{BASE}of/pec:n1-1/add/", form | {"pinfl": "12"}).status_code == 200


def test_a_file_is_looked_at_and_then_entered(bench: Bench) -> None:
    bad = row("pec:n1-2", 30, surname="")
    answer = upload(bench, "tec chair", data_of(rows("pec:n1-2", 20), [bad], rows("pec:s1-1", 50)))
    report = bench.clients["tec chair"].get(answer.headers["Location"])
    page = report.content.decode()
    assert "members.csv:9" in page
    assert "pec:s1-1" in page
    assert held("door", "pec:n1-2", now()) == []
    problems = bench.clients["tec chair"].get(f"{answer.headers['Location']}problems.xlsx")
    sheet = load_workbook(io.BytesIO(problems.content)).get_sheet_by_index(0)
    assert len(list(sheet.iter_rows())) == 2
    for other in ("cec chair", "pec chair"):
        assert bench.clients[other].get(answer.headers["Location"]).status_code in (403, 404)
    done = bench.clients["tec chair"].post(answer.headers["Location"], {"decision": "7"})
    assert done.status_code == 302
    assert run_once()
    assert len(held("door", "pec:n1-2", now())) == 7
    assert Upload.objects.get().sealed is None


def test_what_waits_is_encrypted(bench: Bench) -> None:
    upload(bench, "tec chair", data_of(rows("pec:n1-2", 20)))
    kept = Upload.objects.get()
    assert kept.sealed is not None
    assert b"Sinovov" not in bytes(kept.sealed)


def test_uploads_that_are_no_files_of_members(bench: Bench) -> None:
    for name, data in (
        ("members.xlsx", b"PK\x03\x04nothing"),
        ("members.csv", b"%PDF-1.7"),
        ("members.csv", b"a,b\n1,2\n"),
    ):
        answer = upload(bench, "tec chair", data, name)
        page = bench.clients["tec chair"].get(answer.headers["Location"])
        assert page.status_code == 200
        assert "<h1>Nothing can be entered</h1>" in page.content.decode()
        assert "deskform" not in page.content.decode(), "there is nothing to be entered"
        refused = bench.clients["tec chair"].post(answer.headers["Location"], {"decision": "7"})
        assert refused.status_code == 302
        assert run_once()
        assert "N05" in bench.clients["tec chair"].get(answer.headers["Location"]).content.decode()


def test_200_megabytes_are_refused_unread(bench: Bench) -> None:
    answer = bench.clients["tec chair"].generic(
        "POST", f"{BASE}import/", b"--x\r\n", content_type="multipart/form-data; boundary=x",
        headers={"Content-Length": str(200 << 20)}, CONTENT_LENGTH=str(200 << 20),
    )  # fmt: skip
    assert answer.status_code in (400, 413)
    assert not Upload.objects.exists()


def test_a_formula_stays_text_in_exports(bench: Bench) -> None:
    answer = upload(bench, "tec chair", data_of([row("pec:n1-2", 20, surname="=cmd()", given_name="")]))
    problems = bench.clients["tec chair"].get(f"{answer.headers['Location']}problems.xlsx")
    with zipfile.ZipFile(io.BytesIO(problems.content)) as book:
        assert all(b"<f>" not in book.read(name) for name in book.namelist())


def test_counts_are_public_and_names_are_not(bench: Bench) -> None:
    bench.world.sequence()
    Tabulators().run_once()
    page = bench.clients["nobody"].get("/en/elections/door/commissions/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "32 people sit on 4 commissions." in text, "those of the Central Commission too"
    assert ["precinct commission", "mahalla body", "14"] in Page(text).tables[1]
    assert "Sinov" not in text
    assert "Set-Cookie" not in page.headers


def test_the_table_by_region_loses_no_commission(bench: Bench) -> None:
    bench.world.sequence()
    Tabulators().run_once()
    page = bench.clients["nobody"].get("/en/elections/door/commissions/").content.decode()
    by_kind, _proposers, by_region = Page(page).tables[:3]
    _head, *rows, total = by_region
    assert [row[0] for row in rows] == [
        "North",
        "South",
        "In no region: abroad, constituencies",
        "Central Election Commission",
    ]
    sums = [str(sum(int(row[column]) for row in rows)) for column in (1, 2, 3)]
    assert total == ["Total", *sums]
    assert sums == [str(sum(int(row[column]) for row in by_kind[1:-1])) for column in (1, 2, 3)]
