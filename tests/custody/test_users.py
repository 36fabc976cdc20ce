"""Which system users the custodian answers, and what for."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from esaylov.custody.custodian import Custodian, Peers
from esaylov.custody.desk import Desk
from esaylov.custody.keyring import Keyring
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
