"""Forms of other sites, and files that are not what they say."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from esaylov.elections import drafts
from esaylov.registry.accounts.urls import account
from tests.acts.election import count
from tests.cabinet.conftest import bench, shared_bench
from tests.cabinet.people import Bench, sign_in
from tests.cabinet.test_routes import _walk, routes
from tests.elections.test_calling import prepared

__all__ = ["bench", "shared_bench"]
WRITTEN = (
    "acts_journal",
    "elections_draft",
    "proceedings_motion",
    "formation_upload",
    "accounts_recovery",
    "accounts_link",
)


def own_pages() -> list[str]:
    """Every address of the cabinet and of the accounts."""
    accounts = [one[1] for one in _walk(account, "/en/account/") if "^" not in one[1]]
    assert len(accounts) > 10
    return [one[1] for one in routes()] + accounts


def test_no_page_takes_the_form_of_another_site(shared_bench: Bench) -> None:
    """Signed in, with the cookie, without the token: nothing is taken, whatever the page."""
    before = [count(table) for table in WRITTEN]
    client = sign_in(shared_bench.accounts["tec chair"], enforce_csrf_checks=True)
    for address in own_pages():
        assert client.post(address, {"x": "y"}).status_code in {403, 405}, address
    for more in ({"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_ORIGIN": "null"}):
        assert client.post("/en/cabinet/letters/new/", {"x": "y"}, **more).status_code == 403  # type: ignore[arg-type]
    assert [count(table) for table in WRITTEN] == before


def packed(name: str, size: int) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, b"0" * size)
    return held.getvalue()


LIES = {
    "an archive": packed("options.csv", 1000),
    "a zip bomb": packed("xl/worksheets/sheet1.xml", 50 << 20),
    "a gzip bomb": gzip.compress(b"id,contest\n" + b"0" * (50 << 20)),
    "a program": b"MZ\x90\x00" + bytes(1000),
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "another writing": "id,contest,kind\nА,k,candidate\n".encode("utf-16"),
    "a page": b"<html><table><tr><td>id</td></tr></table></html>",
    "one long line": b"id," + b"x" * (3 << 20),
    "a quote that never ends": b'id,contest,kind,name_uz,ballot_order\n"' + b"a\n" * 100_000,
    "a NUL": b"id,contest\n\x00,k\n",
}


@pytest.mark.parametrize("lie", LIES)
def test_a_table_that_is_none_is_a_problem_with_a_name(bench: Bench, lie: str) -> None:
    client = bench.clients["cec chair"]
    draft = prepared(client)
    address = f"/en/cabinet/drafts/{draft.pk}/"
    file = SimpleUploadedFile("options.csv", LIES[lie], content_type="text/csv")
    sent = client.post(f"{address}table/", {"table": "options", "file": file})
    assert sent.status_code in {200, 302}
    page = client.get(address)
    assert page.status_code == 200
    judged = drafts.judge(draft)
    assert judged.package is None
    assert any("options" in problem.file for problem in judged.problems), judged.problems
    assert len(page.content) < 2_000_000
    # And nothing can be called with it.
    assert (
        client.post(f"{address}call/", {"decision": "1", "idempotency_key": "a"})
        .headers["Location"]
        .endswith(address)
    )


def test_200_megabytes_for_a_table_are_refused_unread(bench: Bench) -> None:
    client = bench.clients["cec chair"]
    draft = prepared(client)
    before = count("elections_drafttable")
    answer = client.generic(
        "POST", f"/en/cabinet/drafts/{draft.pk}/table/", b"--x\r\n",
        content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(200 << 20),
    )  # fmt: skip
    assert answer.status_code in {400, 413}
    assert count("elections_drafttable") == before
