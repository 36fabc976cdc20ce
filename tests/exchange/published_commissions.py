"""What commissions of the small published election write: they are formed, sit, decide, answer applications."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from tests.exchange.published_case import canonical
from tests.exchange.published_compositions import PINNED
from tests.exchange.published_world import Log

COMMISSIONS_TOML = b"""
[commissions]
quorum = "2/3"
majority_of = "members"
casting_vote = true
"""
HASH = "0" * 64
NINE = {"chair": 1, "deputy": 1, "member": 6, "secretary": 1}
SIX = {"chair": 1, "deputy": 1, "member": 3, "secretary": 1}
FIVE = {**SIX, "member": 2}


DISSENT = "I would not: “the lamp” shines.\nYes."
PARTS = {"record_attendance": "attendance", "adopt_decision": "questions", "state_dissent": "dissents"}


PLACE = "Navoi street 1"


def agenda(items: int) -> list[str]:
    """What is hashed of a session when it opens."""
    return [f"Item {n}" for n in range(1, items + 1)]


def words(item: int) -> dict[str, Any]:
    """Title and text of the question on an item."""
    return {"title": f"On item {item}", "text": f"First.\n\nSecond, {item}.\n"}


def hashed(said: Mapping[str, Any] | list[str]) -> str:
    """SHA-256 of the canonical form."""
    return sha256(canonical(said)).hexdigest()


def sittings(log: Log, size: int) -> list[dict[str, Any]]:
    """What sittings.json has to say; acts of sessions that a mutation made unknown are passed by."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    skipped = {"v", "act", "edition", "election", "simulated", "replay"}
    for index, entry in enumerate(log.values[:size]):
        act = entry["act"].removeprefix("proceedings.")
        said = {name: value for name, value in entry.items() if name not in skipped} | {"entry": index}
        key = tuple(said.pop(name) for name in ("body", "session", "year")) if "session" in entry else ()
        if act == "open_session":
            of = dict(zip(("body", "session", "year"), key, strict=True))
            parts: dict[str, Any] = {"attendance": [], "questions": [], "dissents": [], "closing": None}
            found[key] = {
                **of,
                **said,
                "agenda": agenda(said["items"]),
                "place": PLACE if "place" in said else None,
                **parts,
            }
        elif key not in found:
            continue
        elif act == "close_session":
            found[key]["closing"] = said
        elif act in PARTS:
            own = words(said["item"]) if act == "adopt_decision" else {}
            own = {"text": DISSENT if said["public"] else None} if act == "state_dissent" else own
            found[key][PARTS[act]].append({**said, **own})
    return list(found.values())


def deliberate(log: Log) -> None:
    """Appends the entries; labels are the first words of the calls below."""
    nine = {"added": 9, "removed": 0, "members": 9, "roles": NINE}
    compose(log, "enrol", "enrol_central_commission", "cec", "cec", **nine, decision="0", election=None)
    log.act("import", "registry.import_members", "cec", **imported())
    ten = {"added": 1, "removed": 0, "members": 10, "roles": {"chair": 1, "member": 9}}
    compose(log, "change imported", "change_composition", "cec", "pec:p02", **ten, decision="8")
    there = {"place": sha256(PLACE.encode()).hexdigest(), "members": 9, "present": 9, "needed": 6}
    sit(log, "open", "open_session", items=3, agenda=hashed(agenda(3)), **there)
    sit(log, "attend", "record_attendance", members=9, present=8, needed=6)
    six = {"added": 6, "removed": 0, "members": 6, "roles": SIX}
    formed = compose(log, "form", "form_commission", "cec", "tec:r1", **six, decision="1")
    orders = {"registry.form_commission": 1}
    decide(log, "adopt", 1, "1", (5, 2, 1), members=9, present=8, orders=orders, carried=[log.leaf(formed)])
    decide(log, "adopt again", 2, "2", (5, 0, 0), members=9, present=8)
    decide(log, "reject", 3, None, (4, 4, 0), members=9, present=8)
    opinion = sha256(DISSENT.encode()).hexdigest()
    dissent: dict[str, Any] = {"item": 1, "number": "1"}
    for number in (1, 2, 3):
        text = {"text": HASH if number == 2 else opinion, "public": number != 2}
        sit(log, f"dissent {number}", "state_dissent", **dissent, **text)
    sit(log, "close", "close_session", decisions=2, rejected=1, minutes=HASH)
    first, second = hashed(agenda(1)), hashed(agenda(2))
    sit(log, "open next", "open_session", 2, members=9, present=6, needed=6, items=1, agenda=first)
    sit(
        log,
        "open below",
        "open_session",
        body="tec:r1",
        members=6,
        present=6,
        needed=4,
        items=2,
        agenda=second,
    )
    even = {"members": 6, "present": 6, "casting": True, "body": "tec:r1"}
    decide(log, "casting", 1, "1", (3, 3, 0), **even)
    decide(log, "cast against", 2, None, (3, 3, 0), **even)
    ended = {
        "of": "tec:r1",
        "role": "member",
        "ground": "resigned",
        "decision": None,
        "holder": HASH,
        "findings": ["R17"],
    }
    log.act("end", "registry.end_mandate", "cec", **ended)
    five = {"added": 1, "removed": 1, "members": 5, "roles": FIVE}
    compose(log, "change", "change_composition", "cec", "tec:r1", **five, decision="2", findings=["A04"])
    apply(log)


def compose(log: Log, label: str, act: str, body: str, commission: str, **members: Any) -> int:
    """An entry of a composition."""
    rest: dict[str, Any] = {
        "commission": commission,
        "place": None,
        "proposers": {},
        "findings": [],
        "roster": HASH,
    }
    return log.act(label, f"registry.{act}", body, **{**rest, **members})


def imported() -> dict[str, Any]:
    """A file of which 90 rows are new, in ten commissions."""
    counts = {"rows": 100, "taken": 90, "standing": 6, "refused": 4, "commissions": 10, "left_out": 1}
    by = {"tiers": {"precinct": 10}, "roles": {"chair": 10, "member": 80}, "proposers": {"mahalla": 90}}
    return {
        "file": HASH,
        "decision": "0",
        "counts": PINNED,
        "roster": HASH,
        "problems": {},
        "findings": {},
        **counts,
        **by,
    }


def sit(log: Log, label: str, act: str, session: int = 1, body: str = "cec", **members: Any) -> int:
    """An act of a session of the year."""
    return log.act(label, f"proceedings.{act}", body, session=session, year=2026, **members)


def decide(
    log: Log, label: str, item: int, number: str | None, votes: tuple[int, int, int], **members: Any
) -> None:
    """A vote: for, against, abstentions."""
    counted = dict(zip(("for", "against", "abstain"), votes, strict=True))
    said = {
        "item": item,
        "number": number,
        "adopted": label != "reject" and number is not None,
        "votes": counted,
    }
    text = hashed({**words(item), "articles": ["16"]})
    rest = {"casting": False, "text": text, "articles": ["16"], "orders": {}, "carried": []}
    sit(log, label, "adopt_decision", **{**said, **rest, **members})


def apply(log: Log) -> None:
    """An application goes its way, to its appeal."""
    named = {"number": "2026-000001", "kind": "general"}
    until = "2026-10-30T00:00:00+05:00"
    new = {**named, "to": "cec", "until": until, "holder": HASH}
    log.act("submit", "proceedings.submit_application", "person", **new)

    def step(verb: str, state: str, body: str, **more: Any) -> None:
        members = {**named, "state": state, "until": until, "words": None, **more}
        log.act(verb, f"proceedings.{verb}", body, **members)

    step("return_application", "defects", "cec")
    step("repair_application", "repaired", "person")
    step("forward_application", "forwarded", "cec", to="tec:r1")
    step("check_application", "checked", "tec:r1")
    step("decide_application", "granted", "tec:r1", decision=None, reason=None, article=None)
    step("note_appeal", "appealed", "tec:r1", court="supreme-court")
