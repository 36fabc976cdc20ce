"""Logs of this house before programs that nobody here wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from esaylov.tlog.checkpoint import Checkpoint, sign_checkpoint
from esaylov.tlog.notes import Signer, encode_base64
from esaylov.tlog.proofs import hash_reader, inclusion_proof
from esaylov.tlog.tiles import build
from esaylov.tlog.tree import leaf_hash, root_hash
from tests.judges import Judge

SIGNER = Signer("log.example.invalid", bytes(range(1, 33)))
COSIGNER = Signer("witness.example", bytes(range(2, 34)))


def publish(folder: Path, size: int) -> list[bytes]:
    """Write a log (checkpoint with a foreign signature line, tiles, key) and return its entries."""
    entries = [f'{{"n":{i}}}'.encode() for i in range(size)]
    for tile, data in build(entries).items():
        path = folder / tile.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    root = root_hash([leaf_hash(entry) for entry in entries])
    checkpoint = sign_checkpoint(Checkpoint(SIGNER.name, size, root), SIGNER, [COSIGNER.sign("x\n")])
    (folder / "checkpoint").write_bytes(checkpoint)
    return entries


@pytest.mark.parametrize("size", [1, 255, 256, 257, 600, 65_537 + 256])
def test_aics_tlog_accepts_the_checkpoint_and_entries(tmp_path: Path, aics: Judge, size: int) -> None:
    log = tmp_path / "log"
    entries = publish(log, size)
    (tmp_path / "key").write_text(SIGNER.vkey + "\n")
    answer = aics("verify-checkpoint", "--tiles", log, "--vkey-file", tmp_path / "key")
    assert answer.returncode == 0, answer
    leaf = tmp_path / "leaf"
    index = size * 2 // 3
    leaf.write_bytes(entries[index])
    arguments = ("--tiles", log, "--vkey-file", tmp_path / "key", "--index", str(index), "--leaf", leaf)
    answer = aics("verify-inclusion", *arguments)
    assert answer.returncode == 0, answer
    leaf.write_bytes(entries[index] + b" ")
    assert aics("verify-inclusion", *arguments).returncode != 0


def test_aics_tlog_accepts_growth(tmp_path: Path, aics: Judge) -> None:
    publish(tmp_path / "old", 300)
    publish(tmp_path / "new", 800)
    (tmp_path / "key").write_text(SIGNER.vkey + "\n")
    answer = aics(
        "verify-consistency",
        "--tiles",
        tmp_path / "new",
        "--vkey-file",
        tmp_path / "key",
        "--old-checkpoint",
        tmp_path / "old" / "checkpoint",
    )
    assert answer.returncode == 0, answer


@pytest.mark.parametrize("size", [1, 256, 257, 600])
def test_tlog_scales_finds_and_proves_entries(tmp_path: Path, scales: Judge, size: int) -> None:
    entries = publish(tmp_path, size)
    index = size - 1
    answer = scales("get-leaf", "--check", tmp_path, str(index))
    assert answer.returncode == 0, answer
    assert entries[index] in answer.stdout
    proof = scales("gen-proof", tmp_path, str(index))
    assert proof.returncode == 0, proof
    leaves = [leaf_hash(entry) for entry in entries]
    for node in inclusion_proof(index, size, hash_reader(leaves)):
        assert encode_base64(node).encode() in proof.stdout
