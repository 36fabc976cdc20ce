"""The rules of docs/formats.md, section 4, once more: what the entries of a log say of every place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from esaylov.exchange.canonical import dumps

RULED = {"results.accept_protocol": "accepted", "results.return_protocol": "returned"}


@dataclass
class Place:
    """What stands for a place: leaf hash and version of the standing protocol, its state and figures."""

    leaf: str | None = None
    version: int = 0
    state: str = "none"
    lines: list[int] = field(default_factory=list)
    votes: list[int] = field(default_factory=list)
    conflicts: int = 0
    annulled: bool = False

    @property
    def counts(self) -> bool:
        return self.state in ("received", "accepted") and not self.annulled


def replay(entries: Iterable[dict[str, Any]]) -> dict[tuple[str, str], Place]:
    """Places by (precinct, contest). Raises AssertionError where the log is wrong."""
    places: dict[tuple[str, str], Place] = {}
    annulled: set[tuple[str, str | None]] = set()
    certified: set[str] = set()
    for entry in entries:
        act, contest = entry["act"], entry.get("contest")
        if act == "results.certify":
            certified.add(contest)
            counted = [p for (_, c), p in places.items() if c == contest and p.counts]
            assert entry["counted"] == len(counted)
            assert entry["votes"] == [sum(column) for column in zip(*(p.votes for p in counted), strict=True)]
            assert entry["lines"] == [sum(column) for column in zip(*(p.lines for p in counted), strict=True)]
        if not act.startswith("results.") or "precinct" not in entry:
            continue
        assert contest not in certified, f"{act} after the contest was certified"
        if act == "results.annul_precinct":
            annulled.add((entry["precinct"], contest))
            for (precinct, at), place in places.items():
                place.annulled |= precinct == entry["precinct"] and contest in (None, at)
            continue
        place = places.setdefault((entry["precinct"], contest), Place())
        place.annulled = bool(annulled & {(entry["precinct"], contest), (entry["precinct"], None)})
        _step(place, entry, sha256(b"\0" + dumps(entry)).hexdigest())
    return places


def _step(place: Place, entry: dict[str, Any], leaf: str) -> None:
    match entry["act"]:
        case "results.submit_protocol" if entry["state"] == "conflicting":
            assert place.leaf is not None, "a conflict with nothing"
            assert "P01" in entry["findings"]
            place.conflicts += 1
        case "results.submit_protocol":
            assert place.leaf is None, "two protocols for one place"
            _stand(place, entry, leaf)
        case "results.correct_protocol":
            assert entry["replaces"] == place.leaf, "a correction of what does not stand"
            assert entry["version"] > place.version
            assert place.state in ("inconsistent", "returned")
            _stand(place, entry, leaf)
        case act:
            assert entry["protocol"] == place.leaf, "a ruling on what does not stand"
            place.state = RULED[act]


def _stand(place: Place, entry: dict[str, Any], leaf: str) -> None:
    place.leaf, place.version, place.state = leaf, entry["version"], entry["state"]
    place.lines, place.votes = entry["lines"], entry["votes"]
    assert (place.state == "inconsistent") is ("T01" in entry["findings"])
    assert "P01" not in entry["findings"]
