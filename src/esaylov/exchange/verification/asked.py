"""What the acts on voters' requests say together: each number is received once and decided at most once, late or in time.

docs/formats.md, section 3, "What follows from entry to entry". Who asked the log does not hold, nor of which precinct.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from esaylov.exchange.verification.deliberating import Unsound

Entry = dict[str, Any]

RECEIVE, DECIDE, WITHDRAW = "voters.receive_request", "voters.decide_request", "voters.withdraw_request"
SYSTEM, COMMISSION = "system", "commission"
KINDS = frozenset({"correction", "inclusion", "abroad", "precinct", "objection", "early", "home"})
VERDICTS = frozenset({"granted", "refused"})
_NUMBER = re.compile("R-[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{2}")


def _require(holds: object, reason: str) -> None:
    if not holds:
        raise Unsound(reason)


@dataclass(slots=True)
class Requests:
    """Requests by election and number: when each came and is due, None once it is decided."""

    waiting: dict[tuple[str, str], tuple[str, str] | None] = field(default_factory=dict)

    def take(self, d: Entry) -> None:
        """The next entry. Raises Unsound."""
        step = {RECEIVE: self._received, DECIDE: self._decided, WITHDRAW: self._withdrawn}.get(d["act"])
        if step is not None:
            _require(d["election"] is not None, "a voter's request names its election")
            step(d)

    def _received(self, d: Entry) -> None:
        _require(d["body"] == SYSTEM, f"{d['body']!r} is not {SYSTEM!r}")
        _require(d["kind"] in KINDS, f"{d['kind']!r} is no kind of requests")
        _require(_NUMBER.fullmatch(d["number"]), f"{d['number']!r} is no number of a request")
        known = (d["election"], d["number"]) in self.waiting
        _require(not known, f"request {d['number']} was received before")
        _require(_after(d["due"], d["at"]), "it is due before it came")
        self.waiting[d["election"], d["number"]] = d["at"], d["due"]

    def _decided(self, d: Entry) -> None:
        due = self._open(d)
        _require(d["body"] == COMMISSION, f"{d['body']!r} tells which commission decided")
        _require(d["verdict"] in VERDICTS, f"{d['verdict']!r} is no verdict")
        refused = d["verdict"] == "refused"
        _require(refused == (d["reason"] is not None), "a refusal, and no other, has a reason")
        _require(d["late"] == _after(d["at"], due), f"it was due at {due}")
        self.waiting[d["election"], d["number"]] = None

    def _withdrawn(self, d: Entry) -> None:
        self._open(d)
        _require(d["body"] == SYSTEM, f"{d['body']!r} is not {SYSTEM!r}")
        self.waiting[d["election"], d["number"]] = None

    def _open(self, d: Entry) -> str:
        """When the request of an entry is due; it waits to be decided."""
        found = self.waiting.get((d["election"], d["number"]))
        if found is None:
            raise Unsound(f"request {d['number']} was not received, or is decided")
        came, due = found
        _require(not _after(came, d["at"]), f"it came at {came}")
        return due


def _after(one: str, other: str) -> bool:
    return datetime.fromisoformat(one) > datetime.fromisoformat(other)
