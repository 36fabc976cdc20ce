"""The single list of voters in the small published election: its changesets, decisions about pairs, rules of precincts."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from tests.exchange.published_world import Log

EVE = "2026-10-24T09:00:00+05:00"
"""A time before election day."""
DUE, LATE = "2026-10-25T09:00:00+05:00", "2026-10-25T09:00:01+05:00"
"""When a request of that time is to be decided, and a second after it."""
NO_NOTICE: dict[str, Any] = {"notices": 0, "told": 0, "notice_until": None}


def counts(added: int = 0, removed: int = 0, moved: int = 0, changed: int = 0) -> dict[str, int]:
    return {"added": added, "removed": removed, "moved": moved, "changed": changed}


def hashed(number: int) -> str:
    """What is hashed of a changeset."""
    return sha256(f"changeset {number}".encode()).hexdigest()


def propose(
    log: Log, number: int, base: int, changes: dict[str, int], back: int | None = None, kind: str = ""
) -> None:
    """Changes of an extract, those that take another changeset back, or of another kind."""
    extract = {"extract": sha256(b"extract").hexdigest(), "as_of": EVE, "rows": 9, "kind": "delta"}
    taken = {"extract": None, "as_of": None, "rows": 0, "kind": "reversal"}
    log.act(
        f"propose {number}", "voters.propose_changeset", "cec", changeset=number, sha256=hashed(number), base=base,
        reverses=back, counts=changes, problems={}, alerts=0, at=EVE,
        **(taken | {"kind": kind} if kind else extract if back is None else taken),
    )  # fmt: skip


def apply(
    log: Log, number: int, base: int, changes: dict[str, int], voters: int, back: int | None = None, kind: str = ""
) -> None:  # fmt: skip
    """Proposed, approved, applied; where an approval is forged to give notice, somebody is told, and told again."""
    propose(log, number, base, changes, back, kind)
    same: dict[str, Any] = {"changeset": number, "sha256": hashed(number), "at": EVE}
    log.act(
        f"approve {number}", "voters.approve_changeset", "cec", **same, decision=f"12/{number}", **NO_NOTICE
    )
    if log.values[-1].get("notices"):
        for label, telling in ((f"tell {number}", number + 100), (f"tell {number} again", number + 200)):
            said = {"changeset": number, "telling": hashed(telling), "at": f"{EVE[:10]}T00:00:00+05:00"}
            log.act(label, "voters.tell_removal", "pec", **said)
    rest = {"base": base, "reverses": back, "counts": changes, "kept": 0, "voters": voters}
    log.act(f"apply {number}", "voters.apply_changeset", "system", **same, **rest)


def decide(log: Log, label: str, step: str, pair: int, verdict: str) -> None:
    log.act(label, f"voters.{step}_pair_decision", "dec-1", pair=pair, verdict=verdict)


def rules(log: Log, label: str, precincts: int, rows: int, ended: int, mahallas: int) -> None:
    said = {"precincts": precincts, "rules": rows, "ended": ended, "mahallas": mahallas}
    log.act(label, "voters.set_rules", "dec-1", decision="3", **said, table="0" * 64)


def ask(log: Log) -> None:
    """Three requests: granted in time, refused late, withdrawn."""
    for number in (1, 2, 3):
        said = {"number": f"R-2222-2{' ABC'[number]}", "kind": "home", "due": DUE, "at": EVE}
        log.act(f"request {number}", "voters.receive_request", "system", **said)
    granted = {"number": "R-2222-2A", "verdict": "granted", "reason": None, "late": False, "at": DUE}
    log.act("request 1 decided", "voters.decide_request", "commission", **granted)
    refused = {"number": "R-2222-2B", "verdict": "refused", "reason": "not-proven", "late": True, "at": LATE}
    log.act("request 2 decided", "voters.decide_request", "commission", **refused)
    log.act("request 3 withdrawn", "voters.withdraw_request", "system", number="R-2222-2C", at=EVE)


def list_voters(log: Log) -> None:
    """Appends the entries before lists are frozen. Labels are the act's verb and a number."""
    rules(log, "rules 1", 2, 3, 0, 2)
    apply(log, 1, 0, counts(added=5), 5)
    objection = {"number": "R-2222-2K", "kind": "objection", "due": DUE, "at": EVE}
    log.act("objection", "voters.receive_request", "system", **objection)
    apply(log, 2, 1, counts(2, 1, 3, 1), 6)
    propose(log, 3, 2, counts(removed=6))
    given = {"changeset": 3, "sha256": hashed(3), "at": EVE}
    log.act("approve 3", "voters.approve_changeset", "cec", **given, decision="12/3", **NO_NOTICE)
    for number in (3, 4):  # the fourth was never proposed
        given_up = {"changeset": number, "sha256": hashed(number)}
        log.act(f"discard {number}", "voters.discard_changeset", "cec", **given_up)
    apply(log, 6, 2, counts(1, 2, 3, 1), 5, back=2)
    apply(log, 7, 6, counts(2, 1, 3, 1), 6, back=6)  # what was taken back comes in again
    decide(log, "pair 1", "propose", 1, "same")
    decide(log, "pair 1 again", "propose", 1, "different")
    decide(log, "pair 1 approved", "approve", 1, "different")
    decide(log, "pair 2", "propose", 2, "unclear")
    decide(log, "pair 2 approved", "approve", 2, "unclear")
    decide(log, "pair 2 again", "propose", 2, "same")
    decide(log, "pair 2 again approved", "approve", 2, "same")
    rules(log, "rules 2", 1, 1, 2, 1)
    ask(log)


def list_late(log: Log) -> None:
    """Appends an entry for a precinct whose list is not frozen."""
    apply(log, 8, 7, counts(added=2, changed=1), 8)
    apply(log, 9, 8, counts(moved=2), 8)
    rules(log, "rules 3", 10, 10, 2, 4)
    for name, asked in (("one", "correction"), ("two", "home")):
        grant(log, name, asked)
    apply(log, 10, 9, counts(changed=1), 8, kind="request")
    apply(log, 11, 10, counts(added=1, moved=1), 9, kind="special")
    apply(log, 12, 11, counts(removed=1), 8, kind="linkage")
    apply(log, 13, 12, counts(changed=1), 8, back=10)
    apply(log, 14, 13, counts(changed=1), 8, kind="request")  # what was taken back is carried out again


def grant(log: Log, number: str, kind: str) -> None:
    """A request that is received and granted."""
    said = {"number": {"one": "R-2222-3A", "two": "R-2222-3B"}[number], "at": EVE}
    log.act(f"asked {number}", "voters.receive_request", "system", **said, kind=kind, due=DUE)
    granted = {**said, "verdict": "granted", "reason": None, "late": False}
    log.act(f"granted {number}", "voters.decide_request", "commission", **granted)
