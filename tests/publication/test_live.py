"""The tiny file that open pages ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.test import Client

if TYPE_CHECKING:
    from tests.publication.ground import Site

NATIONAL = "/en/elections/tiny/"


def test_file_says_size_and_pace(site: Site, client: Client) -> None:
    answer = client.get("/open/elections/tiny/live.json")
    said = answer.json()
    assert (said["election"], said["every"], said["final"]) == ("tiny", 5, False)
    assert f'data-size="{said["size"]}"' in client.get(NATIONAL).content.decode()
    assert (said["simulated"], said["replay"]) == (True, False), (
        "a state of the count is passed on without its page"
    )
    assert said["signed_at"].endswith("+05:00")
    assert len(answer.content) < 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    again = client.get("/open/elections/tiny/live.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert client.get("/open/elections/none/live.json").status_code == 404


def test_tag_of_the_file_is_that_of_the_page(site: Site, client: Client) -> None:
    tags = {client.get(path).headers["ETag"] for path in (NATIONAL, "/open/elections/tiny/live.json")}
    assert len(tags) == 1, "the page cache drops both at the same moment"
