"""Which system users the custodian answers, and what for."""

from __future__ import annotations

import gc
import multiprocessing
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

from esaylov.custody.client import CustodianDown, Custody
from esaylov.custody.custodian import Custodian, Peers, work
from esaylov.custody.desk import Desk
from esaylov.custody.keyring import Keyring, KeyringError
from esaylov.custody.limits import Limits
from esaylov.custody.protocol import DIGEST, OK, REFUSED, Request, read_answer, write_request


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(Keyring.make(tmp_path / "keys" / "voters.json"), Limits.read({}))


def asked(desk: Desk, purpose: str, *, bulk: bool) -> tuple[int, bytes]:
    frame = write_request(Request(DIGEST, purpose, "pinfl", (), [b"71234567890123"]))
    answer = read_answer(desk.answer(frame[4:], bulk=bulk)[4:])
    return answer.status, answer.items[0]


def test_the_whole_list_is_for_who_may(desk: Desk) -> None:
    for purpose in ("linkage", "freeze"):
        assert asked(desk, purpose, bulk=True)[0] == OK
        status, text = asked(desk, purpose, bulk=False)
        assert status == REFUSED
        assert b"may not ask for the purpose" in text
    assert asked(desk, "look-up", bulk=False)[0] == OK
    assert asked(desk, "pair review", bulk=False)[0] == OK
    assert desk.status()["purposes"]["freeze"] == {"answered": 1, "rows": 1, "refused": 1}


def test_users_are_named_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    own, other, third = os.geteuid(), os.geteuid() + 4001, os.geteuid() + 4002
    assert Peers().rights(own) == (True, True)
    assert Peers().rights(0) == (True, True)
    assert Peers().rights(other) == (False, False)
    monkeypatch.setenv("ESAYLOV_CUSTODY_USERS", f"{other}, root")
    monkeypatch.setenv("ESAYLOV_CUSTODY_BULK_USERS", str(third))
    peers = Peers.read()
    assert peers.rights(other) == (True, False)
    assert peers.rights(third) == (True, True)
    assert peers.rights(third + 1) == (False, False)


def test_a_stranger_is_not_let_in(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("esaylov.custody.custodian._user_of", lambda _: os.geteuid() + 4001)
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as client:
        listener.bind(str(tmp_path / "s"))
        listener.listen()
        custodian = Custodian(desk, listener, tmp_path / "keys" / "voters.json", Peers())
        client.connect(str(tmp_path / "s"))
        custodian.turn(1)
        client.settimeout(5)
        assert client.recv(1) == b""


KEEPER, SITE, STRANGER, GROUP = 64_001, 64_002, 64_003, 64_100
FORK = multiprocessing.get_context("fork")


def become(user: int, group: int, act: Callable[..., Any], *values: Any) -> BaseProcess:
    """A process of another system user that does something."""

    def run() -> None:
        # What this process's other tests had loaded (with threads that a fork loses) is not swept up in the child.
        gc.disable()
        gc.freeze()
        os.setgroups([])
        os.setgid(group)
        os.setuid(user)
        act(*values)

    process = FORK.Process(target=run)
    process.start()
    return process


def said_by(user: int, group: int, act: Callable[[], Any]) -> Any:
    """What an act of another system user returns, or the name of its exception."""
    ours, theirs = FORK.Pipe(duplex=False)

    def tell() -> None:
        try:
            theirs.send(act())
        except Exception as error:
            theirs.send(type(error).__name__)

    process = become(user, group, tell)
    process.join(20)
    return ours.recv() if ours.poll() else None


def listens(place: Path) -> bool:
    """Whether somebody answers at a socket. (The file is there before whoever made it listens.)"""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(place)) == 0


@pytest.fixture
def parted(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, Path, int]]:
    """A custodian with a system user of its own, set up as docs/keys.md says: keys file, socket, process."""
    base = Path(tempfile.mkdtemp(prefix="esaylov-"))
    base.chmod(0o755)
    keys, run = base / "keys", base / "run"
    for folder, mode in ((keys, 0o700), (run, 0o750)):
        folder.mkdir()
        os.chown(folder, KEEPER, GROUP)
        folder.chmod(mode)
    Keyring.make(keys / "voters.json")
    os.chown(keys / "voters.json", KEEPER, GROUP)
    monkeypatch.setenv("ESAYLOV_CUSTODY_USERS", str(SITE))
    process = become(KEEPER, GROUP, work, keys / "voters.json", run / "custodian.sock")
    limit = time.monotonic() + 60
    while not listens(run / "custodian.sock"):
        assert process.is_alive()
        assert time.monotonic() < limit
        time.sleep(0.02)
    yield keys / "voters.json", run / "custodian.sock", process.pid or 0
    process.terminate()
    process.join(10)
    shutil.rmtree(base)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become other users")
def test_a_custodian_with_a_user_of_its_own(parted: tuple[Path, Path, int]) -> None:
    keys, place, process = parted

    def ask(purpose: str) -> Callable[[], int]:
        return lambda: len(Custody(lambda: place).digest("pinfl", ["71234567890123"], purpose=purpose))

    assert said_by(SITE, GROUP, ask("look-up")) == 1
    assert said_by(SITE, GROUP, ask("freeze")) == KeyringError.__name__
    assert said_by(SITE, GROUP, keys.read_bytes) == "PermissionError"
    assert said_by(SITE, GROUP, Path(f"/proc/{process}/mem").read_bytes) == "PermissionError"
    assert said_by(STRANGER, GROUP, ask("look-up")) == CustodianDown.__name__
    assert said_by(STRANGER, STRANGER, ask("look-up")) == CustodianDown.__name__
    assert said_by(KEEPER, GROUP, ask("freeze")) == 1
    assert said_by(KEEPER, GROUP, Path(f"/proc/{process}/mem").read_bytes) == "PermissionError", (
        "nor its own user"
    )
