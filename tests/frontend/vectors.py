"""Vectors for the scripts of the pages, made by the platform's own log: trees, notes, sealed entries, spoils."""

from __future__ import annotations

import json
import random
from base64 import b64encode
from datetime import datetime
from hashlib import sha256
from typing import Any

from esaylov.exchange.canonical import dumps
from esaylov.tlog.checkpoint import Checkpoint, sign_checkpoint
from esaylov.tlog.notes import Signer
from esaylov.tlog.proofs import hash_reader, inclusion_proof
from esaylov.tlog.tiles import ENTRIES, WIDTH, Tile, build, tiles_for
from esaylov.tlog.tree import leaf_hash, root_hash

SMALL = 600
LARGE = 66_000
SIGNER = Signer("vectors.esaylov.invalid", bytes(range(32)))
OTHER = Signer("witness.example", bytes(reversed(range(32))))
TAG = b"esaylov sealed v1\x00"
AT = datetime.fromisoformat("2026-10-25T21:00:00+05:00").isoformat()


def text(data: bytes) -> str:
    """Bytes as they stand in a vector."""
    return b64encode(data).decode()


def entries(count: int, seed: int) -> list[bytes]:
    """Entries of random lengths."""
    chance = random.Random(seed)
    return [chance.randbytes(chance.choice((0, 1, 20, 300))) for _ in range(count)]


def small_trees() -> dict[str, Any]:
    """Every tree of 1 to 600 entries: all files that any of them has (a path names its content), and the roots."""
    known = entries(SMALL, 1)
    leaves = [leaf_hash(entry) for entry in known]
    files: dict[str, bytes] = {}
    for size in range(1, SMALL + 1):
        first = (size - 1) // WIDTH * WIDTH
        last = build(known[first:size])
        shift = first // WIDTH
        files |= {
            Tile(tile.level, tile.number + shift, tile.width).path: data
            for tile, data in last.items()
            if tile.level in (0, ENTRIES)
        }
    whole = build(known)
    for size in range(1, SMALL + 1):
        for tile in tiles_for(size):
            if tile.level == 1:
                files[tile.path] = whole[Tile(1, 0, SMALL // WIDTH)][: tile.width * 32]
    return {
        "files": {path: text(data) for path, data in files.items()},
        "roots": [root_hash(leaves[:size]).hex() for size in range(1, SMALL + 1)],
        "leaves": [leaf.hex() for leaf in leaves],
    }


def large_tree() -> dict[str, Any]:
    """A tree with three levels of tiles, and proofs of some of its entries."""
    known = [b"%d" % number for number in range(LARGE)]
    leaves = [leaf_hash(entry) for entry in known]
    read = hash_reader(leaves)
    files = {tile.path: text(data) for tile, data in build(known).items()}
    indexes = [0, 255, 256, 65_535, 65_536, LARGE - 1, 40_000]
    proofs = {str(i): [one.hex() for one in inclusion_proof(i, LARGE, read)] for i in indexes}
    return {"size": LARGE, "files": files, "root": root_hash(leaves).hex(), "proofs": proofs}


def protocol_entry(**changes: Any) -> dict[str, Any]:
    """A protocol's entry."""
    entry = {
        "v": 1, "act": "results.submit_protocol", "at": AT, "body": "pec:p1", "election": "tiny", "edition": "ed",
        "simulated": True, "precinct": "p1", "contest": "list", "version": 1, "lines": [100, 60, 2],
        "votes": [40, 18], "findings": [], "state": "received",
    }  # fmt: skip
    return entry | changes


def place_log() -> dict[str, Any]:
    """A log of 300 entries with a protocol in the open, one that was sealed and opened, and places with further acts."""
    salt = sha256(b"salt").digest()
    value = protocol_entry(precinct="p2", lines=[50, 40, 1], votes=[20, 19])
    common = {"v": 1, "election": "tiny", "edition": "ed", "simulated": True}
    sealed = common | {"act": "log.sealed", "sealed": sha256(TAG + salt + dumps(value)).hexdigest()}
    opening = common | {
        "act": "log.open", "at": AT, "body": "system", "index": 20, "salt": salt.hex(), "value": value,
    }  # fmt: skip
    log = [
        dumps(
            common
            | {"act": "polling.report_turnout", "at": AT, "body": "pec:x", "precinct": "x", "voters": i}
        )
        for i in range(300)
    ]
    log[10] = dumps(protocol_entry())
    log[20] = dumps(sealed)
    log[280] = dumps(opening)
    accept = {"precinct": "p1", "contest": "list", "decision": "7", "protocol": leaf_hash(log[10]).hex()}
    log[290] = dumps(common | {"act": "results.accept_protocol", "at": AT, "body": "cec"} | accept)
    for index, entry in further_acts(common).items():
        log[index] = dumps(entry)
    leaves = [leaf_hash(entry) for entry in log]
    note = sign_checkpoint(Checkpoint(SIGNER.name, len(log), root_hash(leaves)), SIGNER)
    shorter = sign_checkpoint(Checkpoint(SIGNER.name, 290, root_hash(leaves[:290])), SIGNER)
    read = hash_reader(leaves)
    files = {tile.path: text(data) for tile, data in build(log).items()}
    return {
        "key": SIGNER.vkey, "files": {**files, "checkpoint": text(note)}, "shorter": text(shorter),
        "open": {"index": 10, "opened": None, "leaf": leaves[10].hex(), "entry": protocol_entry()},
        "sealed": {"index": 20, "opened": 280, "leaf": leaves[20].hex(), "entry": value},
        "acts": {str(index): json.loads(log[index]) | {"leaf": leaves[index].hex()} for index in range(30, 43)},
        "annulled": {
            "format": "esaylov protocol proof 1", "election": "tiny", "precinct": "p3", "contest": "list",
            **saved(log, 31, note, read), "others": [saved(log, one, note, read) for one in (30, 32)],
        },
        "saved": {
            "format": "esaylov protocol proof 1", "election": "tiny", "precinct": "p2", "contest": "list",
            **saved(log, 20, note, read), "opening": saved(log, 280, note, read),
        },
    }  # fmt: skip


def further_acts(common: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """What came after the protocols of some places: corrected and then declared invalid (30 to 32), contested by another one
    (35, 36), returned (40, 41), that of another contest declared invalid (42).
    """
    first = protocol_entry(precinct="p3", state="inconsistent", findings=["R01"])
    stood = protocol_entry(precinct="p4")
    back = protocol_entry(precinct="p5")
    ruling = common | {"at": AT, "body": "cec", "decision": "8", "contest": "list"}
    return {
        30: first,
        31: protocol_entry(
            act="results.correct_protocol", precinct="p3", version=2, replaces=leaf_hash(dumps(first)).hex()
        ),
        32: ruling | {"act": "results.annul_precinct", "precinct": "p3", "contest": None},
        35: stood,
        36: protocol_entry(precinct="p4", lines=[100, 61, 2], state="conflicting", findings=["P01"]),
        40: back,
        41: ruling
        | {"act": "results.return_protocol", "precinct": "p5", "protocol": leaf_hash(dumps(back)).hex()},
        42: ruling | {"act": "results.annul_precinct", "precinct": "p5", "contest": "d1"},
    }


def saved(log: list[bytes], index: int, note: bytes, read: Any) -> dict[str, str]:
    """An entry and its proof as they stand in a proof file."""
    hashes = "".join(f"{text(one)}\n" for one in inclusion_proof(index, len(log), read))
    return {
        "entry": text(log[index]),
        "proof": f"c2sp.org/tlog-proof@v1\nindex {index}\n{hashes}\n{note.decode()}",
    }


def notes() -> dict[str, Any]:
    """A checkpoint alone and with a further signature, and one whose root another key signed."""
    checkpoint = Checkpoint(SIGNER.name, 7, sha256(b"root").digest())
    alone = sign_checkpoint(checkpoint, SIGNER)
    beside = sign_checkpoint(checkpoint, SIGNER, [OTHER.sign(checkpoint.text())])
    foreign = Signer(SIGNER.name, bytes(32))
    return {
        "key": SIGNER.vkey, "other_key": OTHER.vkey, "alone": text(alone), "beside": text(beside),
        "foreign": text(sign_checkpoint(checkpoint, foreign)),
    }  # fmt: skip


def vectors() -> dict[str, Any]:
    """All of them."""
    return {"small": small_trees(), "large": large_tree(), "place": place_log(), "notes": notes()}
