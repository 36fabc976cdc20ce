"""Rules of precincts as open data: everybody may load them, and each act's table is the one that its entry pins."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import Client, override_settings

from esaylov.acts.identity import data_folder, identity
from esaylov.acts.models import Entry, Journal
from esaylov.exchange import verification
from esaylov.exchange.residents.rules import Rules
from esaylov.exchange.standalone import verify
from esaylov.exchange.verification.houses import compare_rules
from esaylov.exchange.verification.manifest import read_manifest
from esaylov.exchange.verification.store import Folder, VerificationError
from esaylov.exchange.writer import manifest
from esaylov.publication.portal.data import open_data_page
from esaylov.publication.publisher import publish_site, publish_to
from esaylov.voters.places.published import precinct_rules
from tests.acts.election import World
from tests.registry.people import accepted
from tests.voters.extracts import mahalla
from tests.voters.places.rules import NAVOI, given, set_rules

ELECTION = "door"


def pinned() -> dict[int, str]:
    """By index of the entry the SHA-256 that it names."""
    rows = Journal.objects.filter(code="voters.set_rules", election=ELECTION)
    indexes = dict(Entry.objects.values_list("journal_id", "index"))
    return {indexes[row.id]: json.loads(bytes(row.record))["table"] for row in rows}


def test_published_tables_hash_to_what_the_log_says(door: World, tmp_path: Path) -> None:
    mahalla()
    accepted(set_rules(door, given(f"n1-1,t-1,{NAVOI},1,10,all", f"n1-2,t-1,{NAVOI},11,15,all")))
    accepted(set_rules(door, given(f"n1-2,t-1,{NAVOI},11,20,odd"), decision="8"))
    door.sequence()
    folder = tmp_path / "published"
    publish_to(folder)
    known = identity()
    assert known is not None
    verification.verify(str(folder), lambda *_: None, key=known.verifier_key)
    assert verify.main([str(folder), "--key", known.verifier_key]) == 0
    data = folder / "data" / ELECTION
    files = {int(path.stem): path.read_bytes() for path in (data / "rules").iterdir()}
    assert {entry: sha256(content).hexdigest() for entry, content in files.items()} == pinned()
    assert len(files) == 2
    in_force = (data / "rules.csv").read_text()
    assert in_force == (
        f"precinct,mahalla,street,first,last,parity\nn1-1,t-1,{NAVOI},1,10,all\nn1-2,t-1,{NAVOI},11,20,odd\n"
    )
    assert len(Rules.parse(in_force).rules) == 2
    assert (data / "mahallas.csv").read_text().splitlines()[1] == "t-1,1726266,,,,t-1"
    named = json.loads((folder / "manifest.json").read_bytes())["files"]
    assert named[f"data/{ELECTION}/rules.csv"]["sha256"] == sha256(in_force.encode()).hexdigest()

    first = min(files)
    before = precinct_rules(ELECTION, first + 1)
    assert before is not None
    assert b"n1-2,t-1" in before.in_force
    assert b",15,all" in before.in_force
    assert list(before.acts) == [first]
    assert precinct_rules(ELECTION, first) is None


def test_a_table_that_is_not_what_an_entry_pins_is_refused(door: World, tmp_path: Path) -> None:
    mahalla()
    accepted(set_rules(door, given(f"n1-1,t-1,{NAVOI},1,10,all")))
    door.sequence()
    (entry,) = pinned()
    changes: dict[str, Callable[[Path], object]] = {
        "other": lambda data: (data / f"rules/{entry}.csv").write_text("precinct,mahalla\n"),
        "gone": lambda data: (data / f"rules/{entry}.csv").unlink(),
        "more": lambda data: (data / "rules/999.csv").write_text("x\n"),
        "none": lambda data: (data / "rules.csv").unlink(),
    }
    for name, change in changes.items():
        folder = tmp_path / name
        publish_to(folder)
        change(folder / "data" / ELECTION)
        known = identity()
        assert known is not None
        size = json.loads((folder / "manifest.json").read_bytes())["size"]
        (folder / "manifest.json").write_bytes(manifest(folder, [ELECTION], known.origin, size))
        found = read_manifest(Folder(folder))
        with pytest.raises(VerificationError, match="rules"):
            compare_rules(found, ELECTION, pinned())
        files = json.loads((folder / "manifest.json").read_bytes())["files"]
        asked = SimpleNamespace(
            publication=SimpleNamespace(files=files), folder=f"data/{ELECTION}/", known=set()
        )
        tables = {f"rules/{entry}.csv": pin for entry, pin in pinned().items()}
        if name == "more":
            verify.Results.check_rules(asked, tables)  # type: ignore[arg-type]
            assert "rules/999.csv" not in asked.known, "what the specification does not know is refused"
        else:
            with pytest.raises(verify.Refused):
                verify.Results.check_rules(asked, tables)  # type: ignore[arg-type]


def test_the_page_of_open_data_names_them(door: World) -> None:

    mahalla()
    accepted(set_rules(door, given(f"n1-1,t-1,{NAVOI},1,10,all")))
    door.sequence()
    publish_site()
    with override_settings(ESAYLOV_DATA=data_folder()):
        page = open_data_page({ELECTION: 1})
        ((entry, table),) = pinned().items()
        (houses,) = [group for group in page.elections[0].groups if group.title.startswith("Houses")]
        assert [file.name for file in houses.files] == ["rules.csv", "mahallas.csv", f"rules/{entry}.csv"]
        assert houses.files[2].text == f"rules as entry {entry} of the log set them; SHA-256 {table}"
        assert all(file.text for file in houses.files)
        answer = Client().get(houses.files[2].url)
        assert sha256(b"".join(answer.streaming_content)).hexdigest() == table  # type: ignore[attr-defined]
        assert answer.headers["Content-Type"].startswith("text/csv")
