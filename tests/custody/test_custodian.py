"""The custodian's process: what it answers, and what no client can do to it."""

from __future__ import annotations

import os
import random
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path

import orjson
import psutil
import pytest

from esaylov.custody.client import CustodianDown, Custody, Throttled
from esaylov.custody.keyring import Keyring, KeyringError
from esaylov.custody.place import socket_of
from esaylov.custody.protocol import LARGEST, LENGTH, STATUS, Request, write_request
from esaylov.custody.sealer import Sealer
from tests.custody.conftest import Running, start, wait_for, working

PINFL = "71234567890123"
RECORD = {
    "pinfl": PINFL,
    "document": "AB1234567",
    "surname": "Sinovova",
    "street": "Gulzor ko‘chasi",
    "house": "12A",
}


def test_it_answers_as_the_keys_do(running: Running) -> None:
    sealer = Sealer(Keyring.read(running.keys))
    asked = running.custody
    values = [PINFL, "", "AB1234567"]
    assert asked.digest("pinfl", values, purpose="request") == sealer.digests(
        "pinfl", [v.encode() for v in values]
    )
    assert asked.digests("document", [], purpose="request") == [[]]
    sealed = asked.seal_rows([(1, RECORD), (2, {})])
    assert sealer.open([1, 2], sealed) == [orjson.dumps(RECORD), b"{}"]
    assert asked.open_rows([(1, sealed[0])], purpose="request") == [RECORD]
    assert asked.open_rows([(1, memoryview(sealed[0]))], purpose="request") == [RECORD]  # type: ignore[list-item]
    assert asked.open_rows([], purpose="request") == []


def test_many_rows_go_in_pieces(running: Running) -> None:
    asked = running.custody
    rows = [(at, {**RECORD, "house": str(at)}) for at in range(1_201)]
    sealed = asked.seal_rows(rows)
    opened = asked.open_rows(
        [(at, value) for (at, _), value in zip(rows, sealed, strict=True)], purpose="linkage"
    )
    assert opened == [record for _, record in rows]
    long = [(at, {"surname": "x" * 90_000}) for at in range(5)]
    assert [len(value) > 90_000 for value in asked.seal_rows(long)] == [True] * 5
    digests = asked.digest("house", [str(at) for at in range(1_201)], purpose="linkage")
    assert len(set(digests)) == 1_201
    with pytest.raises(ValueError, match="too large"):
        asked.seal_rows([(1, {"surname": "x" * 200_000})])


def test_a_row_that_does_not_open_is_named_and_others_are_answered_after_it(running: Running) -> None:
    (sealed,) = running.custody.seal_rows([(1, RECORD)])
    with pytest.raises(KeyringError, match="row 2 does not open"):
        running.custody.open_rows([(1, sealed), (2, sealed)], purpose="request")
    with pytest.raises(KeyringError, match="row 1 does not open"):
        running.custody.open_rows([(1, sealed)], purpose="request", table="voters_former")
    with pytest.raises(KeyringError, match="no table"):
        running.custody.open_rows([(1, sealed)], purpose="request", table="acts_vault")
    assert running.custody.open_rows([(1, sealed)], purpose="request") == [RECORD]


def test_only_its_user_reaches_it(running: Running) -> None:
    place = running.socket
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    limits = Path(f"/proc/{running.process.pid}/limits").read_text()
    assert "Max core file size        0                    0" in limits
    if os.geteuid():  # root may look into everything
        with pytest.raises(PermissionError):
            Path(f"/proc/{running.process.pid}/mem").open("rb").close()


def talk(place: Path, data: bytes, *, patience: float = 10) -> bytes:
    """Sends bytes and reads until the other side closes."""
    with socket.socket(socket.AF_UNIX) as one:
        one.settimeout(patience)
        one.connect(str(place))
        came = b""
        try:
            one.sendall(data)
            one.shutdown(socket.SHUT_WR)
            while more := one.recv(65536):
                came += more
        except ConnectionError:
            pass
        return came


GOOD = write_request(Request(STATUS))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\xff" * 64,
        LENGTH.pack(0),
        LENGTH.pack(LARGEST + 1) + b"x",
        LENGTH.pack(4) + b"\1\1\1\1",
        GOOD[:4] + b"\1" + GOOD[5:],  # another version
        GOOD[:5] + b"\x63" + GOOD[6:],  # no operation
        GOOD[:6] + b"\x63" + GOOD[7:],  # no purpose
        GOOD[:-1] + b"\1",  # an item that is not there
        LENGTH.pack(len(GOOD) - 3) + GOOD[4:] + b"more",
        LENGTH.pack(12) + bytes([2, 1, 1, 1, 0, 0, 0, 1]) + b"\xff\xff\xff\xff",
        LENGTH.pack(8) + bytes([2, 1, 1, 1, 0xFF, 0xFF, 0xFF, 0xFF]),
        LENGTH.pack(9) + bytes([2, 2, 1, 0, 0, 0, 0, 0, 0]),  # to open, without a table
        LENGTH.pack(9) + bytes([2, 1, 1, 1, 9, 0, 0, 0, 0]),  # a body's name that is not there
        LENGTH.pack(10) + bytes([2, 1, 1, 1, 1, 0, 0, 0, 0, 0xFF]),  # a body's name that is no text
        LENGTH.pack(10) + bytes([2, 5, 0, 0, 1, 0, 0, 0, 0, 65]),  # a body, where none asks
    ],
)
def test_garbage_is_not_answered(running: Running, data: bytes) -> None:
    assert talk(running.socket, data) == b""
    assert running.custody.status()["current"] == 1


def test_random_garbage_is_survived(running: Running) -> None:
    chance = random.Random(5)
    for _ in range(200):
        body = bytearray(chance.randbytes(chance.randrange(0, 60)))
        if len(body) > 1 and chance.random() < 0.7:
            body[0], body[1] = 1, chance.randrange(1, 6)
        talk(running.socket, LENGTH.pack(len(body)) + bytes(body))
    assert running.custody.status()["others"]["garbage"] > 100
    assert "failed" not in running.custody.status()["others"]


def test_frames_sent_together_are_answered_one_by_one(running: Running) -> None:
    answers = talk(running.socket, GOOD * 50)
    assert answers.count(b'"current":1') == 50


def send_on(client: socket.socket, pause: float = 0.0) -> None:
    """Sends requests and reads no answer."""
    for _ in range(100_000):
        client.send(GOOD)
        time.sleep(pause)


def test_clients_that_hang_hold_up_nobody(running: Running) -> None:
    """One sends half a frame, one sends and never reads, many do nothing: the others are answered, and the first two lose
    their connections."""
    held = [socket.socket(socket.AF_UNIX) for _ in range(40)]
    for one in held:
        one.connect(str(running.socket))
        one.settimeout(15)
    held[0].sendall(GOOD[:6])
    held[1].setblocking(False)
    with pytest.raises(BlockingIOError):
        send_on(held[1])
    start = time.monotonic()
    for _ in range(200):
        running.custody.digest("pinfl", [PINFL], purpose="look-up")
    assert time.monotonic() - start < 5
    assert held[0].recv(1) == b""
    held[1].settimeout(15)
    with pytest.raises(ConnectionError):
        send_on(held[1], pause=0.01)
    held[2].sendall(GOOD)
    assert held[2].recv(4)
    for one in held:
        one.close()


def test_more_connections_than_it_takes(running: Running) -> None:
    held = []
    for _ in range(300):
        one = socket.socket(socket.AF_UNIX)
        one.connect(str(running.socket))
        held.append(one)
    assert running.custody.status()["current"] == 1
    for one in held:
        one.close()
    assert psutil.Process(running.process.pid).memory_info().rss < 200 << 20


def test_threads_have_connections_of_their_own(running: Running) -> None:
    wrong: list[object] = []
    expected = {str(at): running.custody.digest("pinfl", [str(at)], purpose="linkage") for at in range(8)}

    def ask(value: str) -> None:
        for _ in range(200):
            if running.custody.digest("pinfl", [value], purpose="linkage") != expected[value]:
                wrong.append(value)

    threads = [threading.Thread(target=ask, args=(value,)) for value in expected]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_it_is_quick_enough_for_every_look_up(running: Running) -> None:
    """(The figure wanted is 8,000 in a second; a busy machine gets a third of it.)"""
    asked, times = running.custody, []
    for _ in range(5_000):
        start = time.perf_counter()
        asked.digest("pinfl", [PINFL], purpose="linkage")
        times.append(time.perf_counter() - start)
    assert sorted(times)[len(times) // 2] < 1 / 2_600


def test_purposes_have_their_own_speed(tmp_path: Path) -> None:
    with working(tmp_path, LOOK_UP="5,20", INSPECTION="0") as one:
        assert one.custody.digest("pinfl", ["1"] * 20, purpose="look-up")
        with pytest.raises(Throttled) as raised:
            one.custody.digest("pinfl", ["1"] * 5, purpose="look-up")
        assert 0.5 < raised.value.retry_after <= 1
        assert len(one.custody.digest("pinfl", ["1"], purpose="look-up", wait=5)) == 1
        assert one.custody.digest("pinfl", ["1"] * 20, purpose="request")
        with pytest.raises(KeyringError, match=r"closed \(ESAYLOV_CUSTODY_INSPECTION\)"):
            one.custody.digest("pinfl", ["1"], purpose="inspection")
        counts = one.custody.status()["purposes"]
        assert counts["look-up"]["answered"] == 2
        assert counts["look-up"]["throttled"] >= 1
        assert counts["inspection"] == {"refused": 1}
        with pytest.raises(ValueError, match="tuple"):
            one.custody.digest("pinfl", ["1"], purpose="curiosity")


def test_the_public_look_up_lets_a_client_in_so_often_and_a_challenge_once(tmp_path: Path) -> None:
    with working(tmp_path) as one:
        assert one.custody.admit("203.0.113.7", "first", purpose="look-up")
        assert not one.custody.admit("203.0.113.7", "first", purpose="look-up")
        for at in range(8):
            assert one.custody.admit("203.0.113.7", f"{at}", purpose="look-up")
        with pytest.raises(Throttled) as raised:
            one.custody.admit("203.0.113.7", "more", purpose="look-up")
        assert 50 < raised.value.retry_after <= 60
        assert one.custody.admit("203.0.113.8", "more", purpose="look-up")
        for at in range(10):
            assert one.custody.admit(f"2001:db8::{at}", "", purpose="look-up")
        with pytest.raises(Throttled):
            one.custody.admit("2001:db8::ffff", "", purpose="look-up")
        one.process.kill()
        one.process.wait()
        with pytest.raises(CustodianDown):
            one.custody.admit("203.0.113.9", "", purpose="look-up")


def test_who_is_let_in_has_a_value_digested_with_the_same_question(tmp_path: Path) -> None:
    with working(tmp_path, LOOK_UP="0.001,2") as one:
        ask = partial(one.custody.admit_for, "203.0.113.7", field="document", purpose="look-up")
        both = (
            ask("first", value="AA1234567"),
            one.custody.digest("document", ["AA1234567"], purpose="look-up"),
        )
        assert both[0] == both[1]
        assert ask("first", value="AA1234567") is None, "spent: nothing is digested for it, and nothing paid"
        with pytest.raises(Throttled):
            ask("second", value="AA1234567")
        with pytest.raises(ValueError, match="tuple"):
            one.custody.admit_for("203.0.113.7", "third", "birth_date", "2000-01-01", purpose="look-up")


def test_a_client_finds_a_custodian_that_was_started_again(tmp_path: Path) -> None:
    with working(tmp_path) as one:
        before = one.custody.digest("pinfl", [PINFL], purpose="look-up")
        one.process.kill()
        one.process.wait()
        again = start(tmp_path, {})
        try:
            wait_for(Custody(lambda: one.socket), again)
            assert one.custody.digest("pinfl", [PINFL], purpose="look-up") == before
        finally:
            again.terminate()
            assert again.wait(10) == 0
        assert not one.socket.exists()
        with pytest.raises(CustodianDown):
            one.custody.status()


def test_a_new_generation_is_taken_up_and_a_damaged_file_does_not_stop_it(tmp_path: Path) -> None:
    def until(condition: str, value: object) -> None:
        limit = time.monotonic() + 60
        while one.custody.status()[condition] != value:
            assert time.monotonic() < limit
            time.sleep(0.05)

    with working(tmp_path) as one:
        (old,) = one.custody.seal_rows([(1, RECORD)])
        (before,) = one.custody.digests("pinfl", [PINFL], purpose="request")
        ring = Keyring.read(one.keys).with_next()
        until("current", 2)
        assert one.custody.checks() == ring.check()
        new, kept = one.custody.digests("pinfl", [PINFL], purpose="request")
        assert kept == before != new == one.custody.digest("pinfl", [PINFL], purpose="request")
        (sealed,) = one.custody.seal_rows([(1, RECORD)])
        assert sealed[:2] == b"\0\2"
        assert one.custody.open_rows([(1, old), (1, sealed)], purpose="request") == [RECORD, RECORD]
        whole = one.keys.read_bytes()
        one.keys.write_bytes(whole[:50])
        until("fault", f"{one.keys} is damaged: put the keys of the voter list back from their copy")
        assert one.custody.open_rows([(1, sealed)], purpose="request") == [RECORD]
        one.keys.write_bytes(whole)
        until("fault", "")
        ring.without(1)
        until("checks", {"2": ring.check()[2].hex()})
        with pytest.raises(KeyringError, match="generation 1, and the keys of that are not here"):
            one.custody.open_rows([(1, old)], purpose="request")


@pytest.mark.parametrize("content", [None, "", '{"version": 1}'])
def test_without_its_keys_it_does_not_start(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "keys" / "voters.json"
    if content is not None:
        path.parent.mkdir()
        path.touch(mode=0o600)
        path.write_text(content)
    process = start(tmp_path, {})
    _, said = process.communicate(timeout=30)
    assert process.returncode == 78
    assert said.startswith(f"custodian: {path} is ")
    assert "put the keys of the voter list back" in said
    assert path.exists() == (content is not None)


@pytest.mark.parametrize(
    ("name", "value"),
    [("LOOK_UP", "fast"), ("TRIES", "1"), ("CHALLENGE_SECONDS", "0"), ("USERS", "no such user")],
)
def test_settings_that_cannot_be_read_are_refused(tmp_path: Path, name: str, value: str) -> None:
    Keyring.make(tmp_path / "keys" / "voters.json")
    process = start(tmp_path, {f"ESAYLOV_CUSTODY_{name}": value})
    _, said = process.communicate(timeout=30)
    assert process.returncode == 78
    assert f"ESAYLOV_CUSTODY_{name}" in said


def test_two_do_not_work_at_one_place(tmp_path: Path) -> None:
    with working(tmp_path) as one:
        second = start(tmp_path, {})
        _, said = second.communicate(timeout=30)
        assert second.returncode == 78
        assert "another custodian works" in said
        assert one.custody.status()["current"] == 1


def test_a_long_data_folder_works(tmp_path: Path) -> None:
    data = tmp_path / ("long" * 30)
    with working(data) as one:
        place = one.socket
        assert len(str(place)) <= 107
        assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
        assert one.custody.digest("pinfl", [PINFL], purpose="look-up")
    with working(data) as one:
        assert one.socket == place
    place.parent.rmdir()


def test_its_state_is_printed(running: Running) -> None:
    command = [sys.executable, "-m", "esaylov.custody.custodian", "--status"]
    environment = {**os.environ, "ESAYLOV_DATA": str(running.data)}
    printed = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    state = orjson.loads(printed)
    assert state["checks"] == {"1": Keyring.read(running.keys).check()[1].hex()}
    environment["ESAYLOV_DATA"] = str(socket_of(running.data).parent)
    nobody = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert nobody.returncode == 78
    assert "does not answer" in nobody.stderr


def test_no_value_is_written_to_its_log(tmp_path: Path) -> None:
    with working(tmp_path, LOOK_UP="1,1") as one:
        (sealed,) = one.custody.seal_rows([(1, RECORD)])
        for ask in (
            lambda: one.custody.digest("pinfl", [PINFL] * 501, purpose="look-up"),
            lambda: one.custody.open_rows([(3, sealed)], purpose="request"),
            lambda: one.custody.digest("birth_date", ["2000-01-01"], purpose="request"),
            lambda: one.custody.digest("pinfl", [PINFL], purpose="look-up"),
        ):
            with pytest.raises((KeyringError, Throttled, ValueError)):
                ask()
        talk(one.socket, LENGTH.pack(30) + b"\1\1\1\2" + PINFL.encode() * 2)
        one.process.terminate()
        assert one.process.stderr is not None
        assert one.process.stderr.read() == ""


def test_one_body_spends_its_own_measure_and_nobody_elses() -> None:
    """One officer who opens lists in a loop, as the eyes of 23 November tried: the other precincts go on."""
    with (
        tempfile.TemporaryDirectory(prefix="esaylov-") as folder,
        working(Path(folder), PRECINCT_LIST="1000,5000", PRECINCT_LIST_BODY="1,10,100") as running,
    ):
        asked = running.custody
        (sealed,) = asked.seal_rows([(1, RECORD)])

        def opens(body: str, times: int) -> int:
            done = 0
            for _ in range(times):
                try:
                    asked.open_rows([(1, sealed)], purpose="precinct list", body=body)
                except Throttled:
                    continue
                done += 1
            return done

        assert 10 <= opens("e/pec:1", 30) <= 12
        assert opens("e/pec:2", 10) == 10
        assert 10 <= opens("", 30) <= 12
        assert asked.open_rows([(1, sealed)], purpose="linkage", body="e/pec:1") == [RECORD]
        with pytest.raises(Throttled) as slow:
            asked.digest("pinfl", [PINFL] * 3, purpose="precinct list", body="e/pec:1")
        assert 0 < slow.value.retry_after <= 3
        long = "x" * 10_000
        assert opens(long, 3) == 3
        status = asked.status()
        assert status["purposes"]["precinct list"]["throttled by body"] >= 30
        assert status["remembered"]["bodies"] == 3
        assert "pec:" not in str(status)


def test_a_body_is_not_charged_while_all_together_are_too_fast() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="esaylov-") as folder,
        working(Path(folder), REQUEST="0.001,1", REQUEST_BODY="0.001,2") as running,
    ):
        asked = running.custody
        assert len(asked.digest("pinfl", [PINFL], purpose="request", body="a")) == 1
        for _ in range(5):
            with pytest.raises(Throttled):
                asked.digest("pinfl", [PINFL], purpose="request", body="b")
        counts = asked.status()["purposes"]["request"]
        assert counts["throttled"] == 5
        assert "throttled by body" not in counts
