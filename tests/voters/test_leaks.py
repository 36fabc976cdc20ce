"""`esaylov voters leaks` finds a voter who stands somewhere in clear, however it is written, and nobody in what is sealed."""

from __future__ import annotations

import gzip
from base64 import b64encode
from pathlib import Path

import pytest
import typer

from esaylov.commands.leaks import _known, _searched
from esaylov.server.dumping import DumpError, dump
from esaylov.voters.leaks import OVERLAP, search, search_files, text, wanted
from esaylov.voters.models import Access
from tests.acts.election import World
from tests.conftest import Clone
from tests.voters.listed import enter_voters

RECORD = {
    "pinfl": "73001850010015", "document": "AD1234567", "surname": "Ўрозова", "given_name": "Gulnora",
    "patronymic": "Oʻktamovna",
}  # fmt: skip
PINFL, DOCUMENT = RECORD["pinfl"].encode(), RECORD["document"].encode()


@pytest.mark.parametrize("shift", range(4))
@pytest.mark.parametrize(
    ("what", "leak"),
    [
        ("PINFL", PINFL),
        ("PINFL", RECORD["pinfl"].encode("utf-16-le")),
        ("PINFL", PINFL.hex().upper().encode()),
        ("document", b"ad1234567"),
        ("name", "Ўрозова,Gulnora,Oʻktamovna".encode()),
        ("name", '"surname":"ЎРОЗОВА","given_name":"GULNORA","patronymic":"OʻKTAMOVNA"'.encode()),
        ("name", "Gulnora Oʻktamovna Ўрозова".encode("utf-16-le")),
        ("name", rb'["\u040e\u0440\u043e\u0437\u043e\u0432\u0430", "Gulnora", "O\u02bbktamovna"]'),
    ],
)
def test_what_is_found(what: str, leak: bytes, shift: int) -> None:
    size, found = search([bytes(shift) + b"<" + leak + b">"], wanted(RECORD))
    assert size == shift + len(leak) + 2
    assert [*found] == [what]
    assert shift < found[what] < shift + 14


@pytest.mark.parametrize("shift", range(4))
def test_base64(shift: int) -> None:
    packed = b64encode(b"-" * shift + b"%" + PINFL + b";" + DOCUMENT + b"%%")
    assert set(search([packed], wanted(RECORD))[1]) == {"PINFL", "document"}


def test_across_two_pieces() -> None:
    for cut in range(1, len(PINFL)):
        pieces = [bytes(OVERLAP * 2) + PINFL[:cut], PINFL[cut:] + bytes(9)]
        assert search(pieces, wanted(RECORD))[1] == {"PINFL": OVERLAP * 2}


def test_a_namesake_of_a_part_is_nobody() -> None:
    said = f"Ўрозова,Malika,Oʻktamovna\n{'x' * 60}Gulnora Oʻktamovna {'-' * 60} Ўрозова"
    assert search([said.encode()], wanted(RECORD))[1] == {}


def test_packed_files_are_opened_or_named(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "backup.sql.gz").write_bytes(gzip.compress(b"..." + PINFL))
    (tmp_path / "half.gz").write_bytes(gzip.compress(b"..." + PINFL)[:-9])
    (tmp_path / "list.pdf").write_bytes(b"%PDF-1.7 " + PINFL)
    (tmp_path / "link").symlink_to("/etc/hostname")
    seen = search_files([tmp_path], wanted(RECORD))
    assert seen.found == [f"PINFL: {tmp_path}/deep/backup.sql.gz, byte 3"]
    assert seen.files == 1
    assert sorted(one.split(" ")[0] for one in seen.unread) == [
        f"{tmp_path}/half.gz",
        f"{tmp_path}/list.pdf",
    ]
    assert search_files([tmp_path], wanted(RECORD), plain=True).found[-1].startswith("PINFL: ")


class TestTheCommand:
    def test_nobody_stands_in_a_dump(
        self, door: World, db_clone: Clone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DATABASE_ADMIN_URL", db_clone.urls.admin)
        (voter,) = enter_voters(1)
        (tmp_path / "extract.csv").write_text(",".join(voter.record.values()))
        things, clear = _known(voter.id)
        assert [one.purpose for one in Access.objects.filter(voter=voter.id)] == ["inspection"]
        found = {name.split(" ")[0]: seen for name, seen in _searched(None, things, clear, [tmp_path])}
        assert found["pg_dump"].found == []
        assert found["pg_dump"].size > 100_000
        assert found["data"].found == []
        assert [one.split(":")[0] for one in found[str(tmp_path)].found] == ["PINFL", "document", "name"]

    def test_a_search_that_finds_nothing_at_all_proves_nothing(
        self,
        door: World,
        db_clone: Clone,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setenv("DATABASE_ADMIN_URL", db_clone.urls.admin)
        enter_voters(1)
        things, _ = _known(None)
        with pytest.raises(typer.Exit):
            list(_searched(None, things, text("no such mahalla"), []))
        assert "shows nothing" in capsys.readouterr().err
        with pytest.raises(typer.Exit):
            _known(99)

    def test_a_database_that_is_not_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DATABASE_ADMIN_URL", "postgresql://nobody:secret@/x?host=/nonexistent")
        with pytest.raises(DumpError) as caught:
            list(dump())
        assert "secret" not in str(caught.value)
