"""Adapters of registers: what they bring, and what they refuse of servers and folders that are broken or hostile."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from esaylov.exchange.residents.head import read_head
from esaylov.voters.registers.contract import Offer, RegisterError, newer
from esaylov.voters.registers.dropped import DropFolder
from esaylov.voters.registers.settings import configured
from esaylov.voters.registers.standin import Handler, StandIn, StandInError
from esaylov.voters.registers.web import WebRegister
from tests.voters.registers.conftest import SECOND, adapter, answer, offer_of, serving, write_extract

DATA = "2024-09-01/residents.csv"


def refused(code: str, act: Callable[[], object]) -> RegisterError:
    with pytest.raises(RegisterError) as found:
        act()
    assert found.value.code == code, str(found.value)
    return found.value


def at(day: int) -> datetime:
    return datetime.fromisoformat(f"2024-09-{day:02d}T00:00:00+05:00")


def test_the_newest_full_extract_comes_first_then_the_deltas_behind_it() -> None:
    kinds = [(1, "full"), (2, "delta"), (3, "full"), (4, "delta"), (5, "delta")]
    offers = [Offer(f"{day}-{kind}", kind, at(day), "0" * 64) for day, kind in reversed(kinds)]  # type: ignore[arg-type]
    assert [one.name for one in newer(offers, None)] == ["3-full", "4-delta", "5-delta"]
    assert [one.name for one in newer(offers, at(1))] == ["3-full", "4-delta", "5-delta"]
    assert [one.name for one in newer(offers, at(3))] == ["4-delta", "5-delta"]
    assert newer(offers, at(5)) == []
    assert newer(offers[:2], None) == [], "a delta without a list says nothing"


def test_an_address_hands_over_what_it_has(folder: Path, here: Path) -> None:
    with serving(folder, token="secret") as server:
        register = adapter(server, token="secret")
        assert "secret" not in repr(register)
        assert sorted(register.offers(), key=lambda one: one.name) == [
            offer_of(folder / "2024-09-01"),
            offer_of(folder / "2024-09-02"),
        ]
        register.bring(offer_of(folder / "2024-09-01"), here)
        assert (here / "residents.csv").read_bytes() == (folder / DATA).read_bytes()
        assert read_head(here).rows == 2_000
        assert sorted(path.name for path in here.iterdir()) == ["extract.json", "residents.csv"]
        found = refused("refused", adapter(server, token="other").offers)
        assert "other" not in str(found)


def test_a_drop_folder_hands_over_what_is_whole(folder: Path, here: Path) -> None:
    (folder / "being-written").mkdir()
    (folder / "being-written" / "residents.csv").write_text("x")
    (folder / "broken").mkdir()
    (folder / "broken" / "extract.json").write_text("{")
    write_extract(
        folder / "addresses", register="address", files=[{"name": "a.csv", "rows": 3, "sha256": "0" * 64}]
    )
    (folder / "elsewhere").symlink_to(folder / "2024-09-01")
    (folder / "..hidden").mkdir()
    register = DropFolder("residence", folder)
    assert [one.name for one in register.offers()] == ["2024-09-01", "2024-09-02"]
    register.bring(offer_of(folder / "2024-09-01"), here)
    assert read_head(here).rows == 2_000
    assert (folder / DATA).exists(), "nothing is taken away there"
    refused("unreachable", DropFolder("residence", folder / "nowhere").offers)


@pytest.mark.parametrize("what", ["link", "pipe", "gone", "other"])
def test_a_file_of_a_drop_folder_that_is_none_is_not_taken(folder: Path, here: Path, what: str) -> None:
    path = folder / DATA
    content = path.read_bytes()
    path.unlink()
    if what == "link":
        (folder / "kept").write_bytes(content)
        path.symlink_to(folder / "kept")
    elif what == "pipe":
        os.mkfifo(path)
    elif what == "other":
        path.write_bytes(content[:-1] + b"y")
    code = {"link": "cut", "pipe": "name", "gone": "cut", "other": "checksum"}[what]
    refused(code, lambda: DropFolder("residence", folder).bring(offer_of(folder / "2024-09-01"), here))
    assert not (here / "extract.json").exists()


def test_a_server_that_goes_in_the_middle_is_taken_up_where_it_was(folder: Path, here: Path) -> None:
    content, asked = (folder / DATA).read_bytes(), list[str]()

    def badly(handler: Handler) -> bool:
        if handler.path != f"/{DATA}":
            return False
        asked.append(handler.headers.get("Range", ""))
        if len(asked) > 1:
            return False
        handler.close_connection = True
        return answer(handler, content[:20_000], Content_Length=str(len(content)))

    with serving(folder, badly=badly) as server:
        offer = offer_of(folder / "2024-09-01")
        refused("cut", lambda: adapter(server).bring(offer, here))
        assert (here / "residents.csv.part").stat().st_size == 20_000
        assert not (here / "extract.json").exists()
        adapter(server).bring(offer, here)
    assert asked == ["", "bytes=20000-"]
    assert (here / "residents.csv").read_bytes() == content


@pytest.mark.parametrize("way", ["whole", "not satisfiable", "another place", "no place"])
def test_parts_that_a_server_does_not_give_rightly(folder: Path, here: Path, way: str) -> None:
    content = (folder / DATA).read_bytes()
    (here / "residents.csv.part").write_bytes(content[:1000])

    def badly(handler: Handler) -> bool:
        if handler.path != f"/{DATA}" or "Range" not in handler.headers:
            return False
        if way == "whole":
            return answer(handler, content)
        if way == "not satisfiable":
            return answer(handler, b"", 416)
        place = {"another place": "bytes 500-999/5000", "no place": "bytes"}[way]
        return answer(handler, content[500:], 206, Content_Range=place)

    with serving(folder, badly=badly) as server:
        if way in ("another place", "no place"):
            refused("answer", lambda: adapter(server).bring(offer_of(folder / "2024-09-01"), here))
        else:
            adapter(server).bring(offer_of(folder / "2024-09-01"), here)
            assert (here / "residents.csv").read_bytes() == content


def test_what_has_another_checksum_is_thrown_away(folder: Path, here: Path) -> None:
    content = (folder / DATA).read_bytes()

    def badly(handler: Handler) -> bool:
        return handler.path == f"/{DATA}" and answer(handler, content[:-2] + b"y\n")

    with serving(folder, badly=badly) as server:
        refused("checksum", lambda: adapter(server).bring(offer_of(folder / "2024-09-01"), here))
    assert list(here.iterdir()) == [], "the next try begins anew"


@pytest.mark.parametrize(
    "change", [{"as_of": SECOND}, {"kind": "delta"}, {"register": "address"}, {"rows": 5}]
)
def test_a_head_that_is_not_the_offered_one(folder: Path, here: Path, change: dict[str, object]) -> None:
    """Also one whose hash is right, but that says something else than the list of extracts did."""
    said = offer_of(folder / "2024-09-01")
    path = folder / "2024-09-01" / "extract.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with serving(folder) as server:
        refused("checksum", lambda: adapter(server).bring(said, here))
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        refused("head", lambda: adapter(server).bring(Offer(said.name, said.kind, said.as_of, sha256), here))
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    "names",
    [
        ["../../etc/passwd"], ["/etc/passwd"], ["..csv"], ["a/b.csv"], ["a\\b.csv"], ["con\0.csv"], ["residents.csv", "RESIDENTS.csv"],
        ["extract.json"], [".csv"], ["x" * 300 + ".csv"],
    ],
)  # fmt: skip
def test_hostile_names_of_files_lead_nowhere(tmp_path: Path, here: Path, names: list[str]) -> None:
    folder = tmp_path / "register"
    files = [{"name": name, "rows": 3 if name == names[0] else 0, "sha256": "0" * 64} for name in names]
    made = write_extract(folder / "one", files=files)
    with serving(folder) as server:
        refused("head", lambda: adapter(server).bring(offer_of(made), here))
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    ("listing", "code"),
    [
        (b"{", "answer"), (b"[]", "answer"), (b"\xff", "answer"), (b"[" * 100_000, "answer"),
        (b'{"version": 2, "register": "residence", "extracts": []}', "answer"),
        (b'{"version": 1, "register": "address", "extracts": []}', "answer"),
        (b'{"version": 1, "register": "residence", "extracts": [{"name": "a"}]}', "answer"),
        (b'{"version": 1, "register": "residence", "extracts": [1]}', "answer"),
        (json.dumps({"version": 1, "register": "residence", "extracts": [
            {"name": "../a", "kind": "full", "as_of": SECOND, "sha256": "0" * 64}]}).encode(), "name"),
        (json.dumps({"version": 1, "register": "residence", "extracts": [
            {"name": "a", "kind": "full", "as_of": "2024-09-01", "sha256": "0" * 64}]}).encode(), "answer"),
        (json.dumps({"version": 1, "register": "residence", "extracts": [
            {"name": "a", "kind": "full", "as_of": SECOND, "sha256": "0"}]}).encode(), "answer"),
        (json.dumps({"version": 1, "register": "residence", "extracts": [{}] * 10_001}).encode(), "large"),
        (b" " * (1 << 20) + b"{}", "large"),
    ],
)  # fmt: skip
def test_lists_of_extracts_that_are_none(folder: Path, listing: bytes, code: str) -> None:
    with serving(folder, badly=lambda handler: answer(handler, listing)) as server:
        refused(code, adapter(server).offers)


@pytest.mark.parametrize(
    ("status", "code"), [(401, "refused"), (403, "refused"), (404, "answer"), (302, "answer"), (429, "unreachable"), (503, "unreachable")]
)  # fmt: skip
def test_what_a_status_means(folder: Path, status: int, code: str) -> None:
    """(A redirect is followed by nobody: it could lead inside.)"""

    def badly(handler: Handler) -> bool:
        return answer(handler, b"", status, Location="http://127.0.0.1:1/")

    with serving(folder, badly=badly) as server:
        refused(code, adapter(server).offers)


def test_a_body_without_an_end_is_ended(folder: Path, here: Path) -> None:
    """2,000 rows do not have gigabytes, whatever the server says of its length."""
    sent = 0

    def badly(handler: Handler) -> bool:
        nonlocal sent
        if handler.path != f"/{DATA}":
            return False
        handler.send_response(200)
        handler.end_headers()
        handler.close_connection = True
        try:
            while sent < 1 << 30:
                sent += handler.wfile.write(b"x" * (1 << 20))
        except OSError:
            pass
        return True

    with serving(folder, badly=badly) as server:
        refused("large", lambda: adapter(server).bring(offer_of(folder / "2024-09-01"), here))
    assert sent < 1 << 26
    assert (here / "residents.csv.part").stat().st_size < 1 << 24


def test_a_packed_body_is_not_taken(folder: Path, here: Path) -> None:
    """A bomb cannot go off where nothing is unpacked."""

    def badly(handler: Handler) -> bool:
        return handler.path == f"/{DATA}" and answer(handler, b"\x1f\x8b", Content_Encoding="gzip")

    with serving(folder, badly=badly) as server:
        refused("answer", lambda: adapter(server).bring(offer_of(folder / "2024-09-01"), here))


@pytest.mark.parametrize("drop", [0.05, 5.0])
def test_a_server_that_sends_a_byte_now_and_then_is_not_waited_for(
    folder: Path, here: Path, drop: float
) -> None:
    def badly(handler: Handler) -> bool:
        if handler.path != f"/{DATA}":
            return False
        handler.send_response(200)
        handler.send_header("Content-Length", "50000")
        handler.end_headers()
        handler.close_connection = True
        end = time.monotonic() + 60
        try:
            while time.monotonic() < end:
                handler.wfile.write(b"x")
                time.sleep(drop)
        except OSError:
            pass
        return True

    began = time.monotonic()
    with serving(folder, badly=badly) as server:
        refused("slow", lambda: adapter(server).bring(offer_of(folder / "2024-09-01"), here))
        assert time.monotonic() - began < 30


def test_nobody_there(folder: Path) -> None:
    with serving(folder) as server:
        register = adapter(server)
    refused("unreachable", register.offers)


def test_a_full_disk_is_said_to_be_ours(folder: Path, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from esaylov.voters.registers import taking

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(taking.os, "fsync", full)
    found = refused(
        "disk", lambda: DropFolder("residence", folder).bring(offer_of(folder / "2024-09-01"), here)
    )
    assert not found.passing


def test_only_https_and_this_machine() -> None:
    for address in ("http://register.example/", "ftp://x/", "https://", "https://a/?b", "https://u:p@a/"):
        refused("settings", lambda address=address: WebRegister("residence", address))  # type: ignore[misc]
    assert WebRegister("residence", "https://register.example/v1").where == "https://register.example/v1"


def test_settings_come_from_the_environment(tmp_path: Path) -> None:
    assert configured("residence", {}) is None
    found = configured("residence", {"ESAYLOV_REGISTER_RESIDENCE": str(tmp_path)})
    assert found is not None
    assert found.adapter == DropFolder("residence", tmp_path)
    assert found.silent_hours == 36
    (tmp_path / "token").write_text("secret\n")
    name = "ESAYLOV_REGISTER_ADDRESS"
    values = {
        name: "https://register.example", f"{name}_TOKEN_FILE": str(tmp_path / "token"), f"{name}_CERTIFICATE": "c.pem",
        f"{name}_KEY": "k.pem", f"{name}_AUTHORITY": "ca.pem", f"{name}_SILENT_HOURS": "6",
    }  # fmt: skip
    found = configured("address", values)
    assert found is not None
    web = found.adapter
    assert isinstance(web, WebRegister)
    assert (web.token, web.certificate, web.authority) == ("secret", ("c.pem", "k.pem"), "ca.pem")
    assert found.silent_hours == 6
    refused("settings", lambda: configured("address", values | {f"{name}_SILENT_HOURS": "soon"}))
    refused("settings", lambda: configured("address", values | {f"{name}_TOKEN_FILE": "/nowhere"}))
    refused("settings", lambda: configured("tax", {}))


def test_a_stand_in_hands_over_nobody_real(tmp_path: Path) -> None:
    write_extract(tmp_path / "real", simulated=False)
    with pytest.raises(StandInError, match="invented"):
        StandIn("residence", tmp_path)


def test_an_extract_of_real_people_that_comes_later_is_not_listed(folder: Path) -> None:
    with serving(folder) as server:
        write_extract(folder / "later", simulated=False, as_of="2024-09-05T00:00:00+05:00")
        assert {one.name for one in adapter(server).offers()} == {"2024-09-01", "2024-09-02"}
