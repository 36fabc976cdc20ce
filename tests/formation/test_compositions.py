"""What the public can count of commissions: steps by entry, the tables, and what the entry of an import pins."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import frictionless
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from esaylov.acts.door import Submission, perform
from esaylov.acts.powers import Actor
from esaylov.exchange import verification
from esaylov.exchange.check import check_package
from esaylov.exchange.compositions import compositions, entered
from esaylov.exchange.standalone import verify
from esaylov.exchange.tables import ENTERED_OF_ONE, commissions_sheet, csv_row, entered_sheet
from esaylov.formation.compositions import bodies, imported, steps
from esaylov.formation.discussions import RecordDiscussion
from esaylov.publication.portal import commissionlist, data
from esaylov.publication.publisher import publish_to
from esaylov.registry.acts import ChangeComposition, CompositionPayload, EndMandate
from esaylov.results.tabulator import Tabulators
from tests.acts.election import World
from tests.formation.people import enter, file_of, row, rows
from tests.registry.people import accepted, actors_of, enrol, form_commission, held, member, members

ALL = 1_000_000


def stage(door: World) -> Actor:
    """The Central Commission, a file, a commission formed and changed, and a mandate that ended."""
    accepted(enrol())
    chair = actors_of("", "cec", datetime.now(UTC))["chair"]
    file = file_of(rows("pec:n1-1", 20, decision="12/4"), rows("pec:n1-2", 40, 5))
    accepted(enter(file, chair))
    accepted(form_commission("door", "tec:n", chair, members(9, 100)))
    leaving, last = (one.id for one in held("door", "tec:n", datetime.now(UTC))[-2:])
    change = CompositionPayload(
        commission="tec:n", decision="2", add=[member(300, proposer="ngo")],
        remove={leaving: "resigned"},
    )  # fmt: skip
    accepted(perform(ChangeComposition, "door", Submission(change, chair)))
    ended = EndMandate.Payload(mandate=last, ground="died", decision="3")
    accepted(perform(EndMandate, "door", Submission(ended, chair)))
    accepted(enter(file_of([row("pec:n1-2", 45)]), chair, decision="6"))
    door.sequence()
    Tabulators().run_once()
    return chair


def test_commissions_in_numbers(door: World) -> None:
    stage(door)
    found = {one.body.code: one for one in compositions(bodies("door"), steps("door", ALL))}
    assert found["cec"].members == 9
    first, second, tec = found["pec:n1-1"], found["pec:n1-2"], found["tec:n"]
    assert first.formed is not None
    assert (first.formed.named, first.formed.decision, first.formed.body) == ("12/4", "5", "cec")
    assert (second.members, second.added, second.changes, len(second.entries)) == (6, 6, 1, 2)
    assert dict(tec.roles) == {"chair": 1, "deputy": 1, "secretary": 1, "member": 5}
    assert (tec.members, tec.added, tec.removed, tec.ended, tec.changes) == (8, 10, 2, 1, 1)
    assert dict(tec.proposers) == {"mahalla": 9, "ngo": 1}
    assert found["pec:s1-1"].formed is None
    last = steps("door", ALL, "tec:n")[-1]
    assert (last.decision, last.ground, last.left) == ("3", "died", {"member": 1})
    assert [one.entry for one in steps("door", ALL, "tec:n")] == tec.entries
    assert steps("door", tec.entries[0], "tec:n") == []


def test_the_entry_of_an_import_pins_its_rows(door: World) -> None:
    stage(door)
    table = entered(steps("door", ALL))
    files = imported("door", ALL)
    assert len(files) == 2
    for file in files:
        own = [one for one in table if one.entry == file.entry]
        rows = (row.partition(",")[2] for row in entered_sheet(own).rows())
        pinned = "".join((csv_row(ENTERED_OF_ONE), *rows))
        assert sha256(pinned.encode()).hexdigest() == file.said["counts"]
        assert len(own) == file.said["commissions"]


def test_the_tables_name_nobody(door: World) -> None:
    stage(door)
    found = steps("door", ALL)
    text = b"".join(commissions_sheet(compositions(bodies("door"), found)).blocks()).decode()
    assert "Sinov" not in text
    lines = dict(line.split(",", 1) for line in text.splitlines())
    assert lines["tec:n"].startswith("territorial,n,,8,1,1,1,5,cec,1-1,")
    assert (
        lines["pec:s1-2"].endswith(",".join(["0"] * 9) + ",,,,0,0,0,0" + ",0" * 6 + ",")
        or "," in lines["pec:s1-2"]
    )


def test_both_verifiers_take_what_is_published(door: World, tmp_path: Path) -> None:
    stage(door)
    folder = tmp_path / "published"
    publish_to(folder)
    lines: list[str] = []
    verification.verify(str(folder), lines.append)
    assert "door: 4 commissions are formed, in numbers that follow from the log" in lines
    assert verify.main([str(folder)]) == 0
    found = check_package(folder / "data" / "door")
    assert (found.errors, found.codes) == (0, {})
    assert frictionless.validate(str(folder / "data" / "door" / "datapackage.json")).valid


def test_the_public_pages(door: World, client: Client) -> None:
    stage(door)
    base = "/en/elections/door/commissions/"
    page = client.get(f"{base}tec:n/").content.decode()
    for words in ("8 people sit on this commission.", "Members added: 1; Members removed: 1; ", "Members removed: 1 (died)",
                  "on paper: not in the register", "mahalla body", "including those who have left", "By law formed by"):  # fmt: skip
        assert words in page, words
    assert "<dt>Formed by</dt>" in page
    assert "Sinov" not in page
    (formed,) = set(
        re.findall(r'href="(/en/check/[0-9-]+/)"', page.partition("A commission is formed")[2][:600])
    )
    assert f'{base}tec:n/"' in client.get(formed).content.decode()
    imported_page = client.get(f"{base}pec:n1-1/").content.decode()
    assert "<dt>Entered by</dt>" in imported_page
    assert "No. 12/4, as the file of members says" in imported_page
    assert '/en/elections/door/precincts/n1-1/"' in imported_page
    assert "has not been formed here yet" in client.get(f"{base}pec:s1-1/").content.decode()
    central = client.get(f"{base}cec/").content.decode()
    assert "9 people sit on this commission." in central
    assert "<dt>Entered by</dt>" in central
    assert "A commission is formed" not in central, "the platform forms none"
    assert client.get(f"{base}pec:none/").status_code == 404
    overview = client.get(base).content.decode()
    assert "12 of 12 rows entered" in overview
    assert "?tier=precinct" in overview
    assert "commissions/cec/" in overview
    assert "Counts only those who sit now" in overview
    for code, address in (("pec:n1-1", "precincts/n1-1/"), ("tec:n", "territories/n/")):
        assert f'{base}{code}/"' in client.get(f"/en/elections/door/{address}").content.decode()


def test_the_table_says_whom_it_counts() -> None:
    assert "proposers of everybody who ever joined" in data._holds("commissions.csv")


def test_the_list_of_commissions(door: World, client: Client) -> None:
    stage(door)
    base = "/en/elections/door/commissions/list/"
    everything = client.get(base)
    assert everything.headers["Cache-Control"] == "no-store"
    assert everything.content.decode().count("/commissions/pec:") >= 4
    assert "/commissions/pec:" not in client.get(f"{base}?tier=territorial").content.decode()
    north = client.get(f"{base}?region=n").content.decode()
    assert "pec:n1-1" in north
    assert "pec:s1-1" not in north
    assert "No commission was found." in client.get(f"{base}?q=nowhere").content.decode()
    for wrong in ("page=2", "page=0", "page=x", "region=none"):
        assert client.get(f"{base}?{wrong}").status_code == 404, wrong
    with CaptureQueriesContext(connection) as few:
        client.get(f"{base}?tier=precinct")
    assert len(few) < 15
    text = client.get("/open/elections/door/commissions.csv").content.decode()
    assert "tec:n,territorial,n,,8,1,1,1,5,cec,1-1," in text
    assert "Sinov" not in text


def test_the_table_is_made_again_only_where_a_commission_changed(door: World, client: Client) -> None:
    def table() -> tuple[str, int]:
        answer = client.get("/open/elections/door/commissions.csv")
        assert answer.status_code == 200
        return answer.content.decode(), commissionlist._rows.cache_info().misses

    door.sequence()
    Tabulators().run_once()
    empty, made = table()
    assert "tec:n,territorial,n,,0," in empty
    assert table() == (empty, made)
    chair = stage(door)
    stood, made = table()
    assert "tec:n,territorial,n,,8," in stood
    discussed = RecordDiscussion.Payload(
        territory="n1",
        minutes="4",
        day=datetime.now(UTC).date() - timedelta(days=2),
        proposed=30,
        supported=28,
    )
    accepted(perform(RecordDiscussion, "door", Submission(discussed, chair)))
    door.sequence()
    Tabulators().run_once()
    assert table() == (stood, made)
    leaving = held("door", "tec:n", datetime.now(UTC))[-1].id
    ended = EndMandate.Payload(mandate=leaving, ground="died", decision="4")
    accepted(perform(EndMandate, "door", Submission(ended, chair)))
    assert table() == (stood, made), "not in the log yet"
    door.sequence()
    Tabulators().run_once()
    assert "tec:n,territorial,n,,7," in table()[0]
