"""Published folders that are made to keep a verifier busy, or to lead it elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from esaylov.exchange.verification import VerificationError, verify
from esaylov.tlog.checkpoint import Checkpoint, sign_checkpoint
from esaylov.tlog.notes import NoteError
from esaylov.tlog.receipt import note_of_file
from tests.exchange.published_fixture import build
from tests.exchange.verifying import SIGNER, refused


@pytest.mark.parametrize("name", ["manifest.json", "log/checkpoint", "log/key", "verify.py"])
def test_a_pipe_does_not_keep_the_verifier_waiting(tmp_path: Path, name: str) -> None:
    build(tmp_path)
    (tmp_path / name).unlink()
    os.mkfifo(tmp_path / name)
    refused(tmp_path, f"{name}: not a regular file")


@pytest.mark.parametrize("name", ["manifest.json", "log/checkpoint", "verify.py"])
def test_a_link_to_a_device_or_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "published"
    build(folder)
    (folder / name).rename(tmp_path / "outside")
    for target in (tmp_path / "outside", Path("/dev/zero")):
        (folder / name).symlink_to(target)
        refused(folder, f"{name}: a link")
        (folder / name).unlink()


def test_a_linked_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "published"
    build(folder)
    (folder / "log").rename(tmp_path / "log")
    (folder / "log").symlink_to(tmp_path / "log")
    refused(folder, "a link")


def test_the_folder_itself_may_be_reached_by_a_link(tmp_path: Path) -> None:
    build(tmp_path / "published")
    (tmp_path / "current").symlink_to(tmp_path / "published")
    assert verify(str(tmp_path / "current"), lambda _line: None, key=SIGNER.vkey).proven


@pytest.mark.parametrize("size", [2**40, 2**63 - 1])
def test_a_signed_size_beyond_all_memory_is_refused_at_the_first_missing_file(
    tmp_path: Path, size: int
) -> None:
    build(tmp_path)
    head = Checkpoint(SIGNER.name, size, bytes(32))
    (tmp_path / "log" / "checkpoint").write_bytes(sign_checkpoint(head, SIGNER))
    with pytest.raises(VerificationError, match="log/"):
        verify(str(tmp_path), lambda _line: None, key=SIGNER.vkey)


@pytest.mark.parametrize("text", ['{"receipt": ' + "[" * 100_000, '{"receipt": "\\ud800"}', '{"receipt": 1}'])
def test_a_hostile_receipt_is_refused_not_a_fault(text: str) -> None:
    with pytest.raises(NoteError):
        note_of_file(text.encode())
