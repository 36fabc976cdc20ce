"""Frozen lists of voters in the small published election: entries, the table, and a proof, by the plainest code."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from esaylov.tlog.tree import leaf_hash, node_hash
from tests.exchange.published_case import ELECTION, Row, canonical, csv_bytes
from tests.exchange.published_world import Log

RECORDS = ["11" * 32, "22" * 32, "33" * 32]
SALT = "44" * 32
OWN = {"surname": "Sinovov", "pinfl": "70000000000000"}


def leaf(number: int) -> bytes:
    """The leaf of a voter of the list of p01."""
    said = {
        "v": 1,
        "election": ELECTION,
        "precinct": "p01",
        "number": number,
        "record": records()[number - 1],
    }
    return leaf_hash(canonical(said))


def records() -> list[str]:
    """What the leaves say; the second voter's own data are known."""
    own = sha256(b"esaylov voter v1\0" + bytes.fromhex(SALT) + canonical(OWN)).hexdigest()
    return [RECORDS[0], own, RECORDS[2]]


def root() -> str:
    return node_hash(node_hash(leaf(1), leaf(2)), leaf(3)).hex()


def rows() -> list[Row]:
    return [("p01", 3, root()), ("p02", 0, sha256(b"").hexdigest())]


def freeze(log: Log) -> None:
    """Appends the entries: two lists are frozen, then a third; two voters come into a supplement; marks are made, as
    earlier entries tell them and as they are hidden now; two houses are visited,
    as earlier entries tell it, and two days' rounds are recorded, as now.
    """
    log.act("mark early", "voters.mark_voter", "pec:p03", precinct="p03", kind="early", number=1)
    table = sha256(csv_bytes(("precinct", "voters", "root"), rows())).hexdigest()
    log.act("freeze", "voters.freeze_lists", "cec", lists=2, voters=3, unplaced=1, table=table)
    add = {"precinct": "p01", "reason": "missing", "members": 2}
    log.act("supplement 1", "voters.add_supplement", "pec:p01", **add, number=1)
    log.act("supplement 2", "voters.add_supplement", "pec:p01", **add, number=2)
    log.act("mark home", "voters.mark_voter", "pec:p01", precinct="p01", kind="home", number=1)
    log.act("mark home again", "voters.mark_voter", "pec:p01", precinct="p01", kind="home", number=2)
    hidden = {"at": "2026-10-25T00:00:00+05:00"}
    log.act("mark hidden", "voters.mark_voter", "pec", **hidden, mark="55" * 32)
    log.act("mark hidden again", "voters.mark_voter", "pec", **hidden, mark="66" * 32)
    for number in (1, 2):
        visit = {"precinct": "p01", "number": number, "noted": f"7{number}" * 32}
        log.act(f"visit {number}", "voters.check_household", "pec:p01", **visit)
    for number in (1, 2):
        told = {"precinct": "p01", "number": number, "visits": 40, "noted": f"8{number}" * 32}
        log.act(f"round {number}", "voters.record_round", "system", **told)


def table(log: Log) -> dict[str, bytes]:
    """frozen.csv of the log."""
    places = [index for index, entry in enumerate(log.values) if entry["act"] == "voters.freeze_lists"]
    if not places:
        return {}
    return {
        "frozen.csv": csv_bytes(
            ("entry", "precinct", "voters", "root"), [(places[0], *row) for row in rows()]
        )
    }


def proof(log_index: int) -> dict[str, Any]:
    """The proof of the second voter of p01, with the own data."""
    return {
        "format": "esaylov voter proof 1", "election": ELECTION, "entry": log_index, "precinct": "p01", "voters": 3,
        "root": root(), "number": 2, "record": records()[1], "path": [leaf(1).hex(), leaf(3).hex()],
        "own": OWN, "salt": SALT,
    }  # fmt: skip
