"""The check as one file, and the proof file of a protocol."""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.test import Client, override_settings

from esaylov.tlog.checkpoint import open_checkpoint
from esaylov.tlog.notes import parse_vkey
from esaylov.tlog.proofs import verify_inclusion
from esaylov.tlog.tree import leaf_hash
from tests.exchange.packages import VOTES, lines_of

if TYPE_CHECKING:
    from tests.publication.ground import Site

PROOF = re.compile(r"c2sp\.org/tlog-proof@v1\nindex (\d+)\n((?:[A-Za-z0-9+/=]+\n)*)\n(.*)", re.DOTALL)


def verified(entry: str, proof: str, vkey: str) -> dict[str, object]:
    """The entry, when its proof holds under the key."""
    found = PROOF.fullmatch(proof)
    assert found is not None
    checkpoint, _ = open_checkpoint(found[3].encode(), parse_vkey(vkey))
    hashes = [b64decode(line) for line in found[2].splitlines()]
    data = b64decode(entry)
    verify_inclusion(leaf_hash(data), int(found[1]), checkpoint.size, hashes, checkpoint.root)
    found_entry: dict[str, object] = json.loads(data)
    return found_entry


def test_proof_file_holds(site: Site, client: Client) -> None:
    from esaylov.publication.reads import log_identity

    answer = client.get("/open/elections/tiny/proofs/p1/list.json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["ETag"]
    file = answer.json()
    assert (file["format"], file["precinct"], file["contest"]) == ("esaylov protocol proof 1", "p1", "list")
    log = log_identity()
    assert log is not None
    entry = verified(file["entry"], file["proof"], log.verifier_key)
    assert entry["lines"] == list(lines_of("p1", "list"))
    assert entry["votes"] == list(VOTES["p1"]["list"])


@pytest.mark.parametrize("place", ["p9/list", "p1/none", "p1/d2", "%00/list"])
def test_no_proof_of_what_is_not_there(site: Site, client: Client, place: str) -> None:
    answer = client.get(f"/open/elections/tiny/proofs/{place}.json")
    assert answer.status_code == 404
    assert answer.headers["Access-Control-Allow-Origin"] == "*", "the file to keep is told so on any site"


@pytest.mark.parametrize("language", ["uz", "uz-cyrl", "kaa", "ru", "en"])
def test_tool_is_one_file_that_loads_nothing(site: Site, client: Client, language: str) -> None:
    from esaylov.publication.reads import log_identity

    answer = client.get(f"/{language}/check/tool.html")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    text = answer.content.decode()
    log = log_identity()
    assert log is not None
    assert f'data-key="{log.verifier_key}"' in text
    assert "<script src" not in text
    assert "<link" not in text
    assert not re.search(r"\son[a-z]+=|style=|url\(|@import", text.partition("<script>")[0])
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)
    assert policy is not None
    allowed = policy[1].replace("&#x27;", "'")
    for tag in ("script", "style"):
        (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = b64encode(sha256(inside.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in allowed
    assert "unsafe" not in allowed
    assert allowed in answer.headers["Content-Security-Policy"]


def test_tool_has_a_tag_of_its_own(site: Site, client: Client) -> None:
    first = client.get("/en/check/tool.html")
    again = client.get("/en/check/tool.html", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    elsewhere = client.get("/en/check/tool.html", headers={"Host": "localhost"})
    assert elsewhere.headers["ETag"] != first.headers["ETag"]


def test_no_tool_before_the_first_election(db_clone: object, client: Client) -> None:
    assert client.get("/en/check/tool.html").status_code == 404


@pytest.mark.parametrize("host", ["localhost:1", "127.0.0.1:2"])
def test_file_reads_from_the_sites_own_address(site: Site, client: Client, host: str) -> None:
    with override_settings(ESAYLOV_PUBLIC_URL="https://results.example"):
        text = client.get("/en/check/tool.html", headers={"host": host}).content.decode()
    assert 'data-site="https://results.example/"' in text
    assert host not in text


def test_proof_file_holds_all_that_is_about_the_place(
    db_clone: object, tmp_path: Path, client: Client
) -> None:
    from esaylov.publication.reads import log_identity
    from esaylov.results.acts import AnnulPrecinct
    from tests.publication.ground import data_folder, in_every_state

    with data_folder(tmp_path):
        site = in_every_state(tmp_path)
        site.act(AnnulPrecinct, "cec", precinct="p3", decision="14")
        site.move_on()
        log = log_identity()
        assert log is not None
        acts = {}
        for precinct in ("p1", "p3", "p4"):
            file = client.get(f"/open/elections/tiny/proofs/{precinct}/list.json").json()
            others = [verified(one["entry"], one["proof"], log.verifier_key) for one in file["others"]]
            acts[precinct] = [(one["act"].partition(".")[2], one.get("state", "")) for one in others]
    assert acts == {
        "p1": [],
        "p3": [("submit_protocol", "inconsistent"), ("annul_precinct", "")],
        "p4": [("submit_protocol", "conflicting")],
    }
