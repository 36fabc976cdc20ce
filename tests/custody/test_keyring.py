"""The file of keys: made once, read strictly, never made over others."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import orjson
import pytest

from esaylov.custody.keyring import KEYS, Keyring, KeyringError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "voters.json"


def test_keys_are_made_for_their_owner_alone(path: Path) -> None:
    made = Keyring.make(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [child.name for child in path.parent.iterdir()] == ["voters.json"]
    read = Keyring.read(path)
    assert read == made
    assert read.current == 1
    assert sorted(read.generations[1]) == sorted(KEYS)
    assert all(len(key) == 32 for key in read.generations[1].values())


def test_keys_are_never_made_over_others(path: Path) -> None:
    made = Keyring.make(path)
    with pytest.raises(KeyringError, match="never made over"):
        Keyring.make(path)
    assert Keyring.read(path) == made
    assert Keyring.read_or_make(path, {}) == made


def test_nothing_is_made_anew_while_check_values_exist(path: Path) -> None:
    known = Keyring.make(path).check()
    path.unlink()
    with pytest.raises(KeyringError, match="missing: put the keys"):
        Keyring.read_or_make(path, known)
    assert not path.exists()


def test_other_keys_are_refused(path: Path) -> None:
    known = Keyring.make(path).check()
    path.unlink()
    Keyring.make(path)
    with pytest.raises(KeyringError, match="other keys than those of generation 1"):
        Keyring.read_or_make(path, known)


def test_a_generation_that_rows_lie_under_must_be_there(path: Path) -> None:
    first = Keyring.make(path)
    both = first.with_next()
    assert (both.current, sorted(both.generations)) == (2, [1, 2])
    assert Keyring.read_or_make(path, both.check()) == both
    last = both.without(1)
    assert Keyring.read(path) == last
    with pytest.raises(KeyringError, match="no generation 1"):
        Keyring.read_or_make(path, both.check())
    with pytest.raises(KeyringError, match="stays"):
        last.without(2)
    assert last.with_next().current == 3


def damages() -> list[object]:
    key = {name: str(at) * 64 for at, name in enumerate(KEYS)}
    same = dict.fromkeys(KEYS, "a" * 64)
    return [
        [],
        {"version": 1},
        {"version": 1, "current": 1, "generations": {}},
        {"version": 1, "current": 2, "generations": {"1": key}},
        {"version": 1, "current": True, "generations": {"1": key}},
        {"version": 1, "current": 1, "generations": {"1": key, "01": key}},
        {"version": 1, "current": 1, "generations": {"1": {**key, "pinfl": "ab"}}},
        {"version": 1, "current": 1, "generations": {"1": {**key, "more": "0" * 64}}},
        {"version": 1, "current": 1, "generations": {"1": same}},
        {"version": 1, "current": 1, "generations": {"1": [1]}},
    ]


@pytest.mark.parametrize("content", damages())
def test_a_damaged_file_is_refused(path: Path, content: object) -> None:
    Keyring.make(path)
    path.write_bytes(orjson.dumps(content))
    with pytest.raises(KeyringError, match="damaged: put the keys"):
        Keyring.read(path)


def test_a_file_cut_short_is_refused_without_its_content(path: Path) -> None:
    ring = Keyring.make(path)
    whole = path.read_bytes()
    for length in (0, 10, len(whole) // 2, len(whole) - 3):
        path.write_bytes(whole[:length])
        with pytest.raises(KeyringError, match="damaged") as raised:
            Keyring.read(path)
        assert ring.generations[1]["record"].hex()[:8] not in str(raised.value)
    path.write_bytes(whole.replace(b'"version": 1', b'"version": 2'))
    with pytest.raises(KeyringError, match="another version"):
        Keyring.read(path)


def test_a_file_that_others_may_read_is_refused(path: Path) -> None:
    Keyring.make(path)
    os.chmod(path, 0o640)
    with pytest.raises(KeyringError, match="chmod 600"):
        Keyring.read(path)


def test_no_key_shows_in_a_text(path: Path) -> None:
    ring = Keyring.make(path)
    shown = repr(ring) + str(ring) + repr(ring.check())
    for key in ring.generations[1].values():
        assert key.hex() not in shown
        assert repr(key)[2:-1] not in shown
    assert all(len(value) == 16 for value in ring.check().values())
