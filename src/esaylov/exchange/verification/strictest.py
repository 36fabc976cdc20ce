"""Nobody leaves the one list of voters by the rules of whichever election asks for least (finding Y117).

docs/formats.md, section 3, "Notices of removals". Needs the editions of several elections, so it is judged when all were read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from esaylov.exchange.verification.lists import APPLY, APPROVE, DISCARD, FREEZE, SUPPLEMENT
from esaylov.exchange.verification.said import ElectionEntries
from esaylov.exchange.verification.store import VerificationError
from esaylov.law.voters import VoterRules

SHOW = frozenset((APPROVE, APPLY, DISCARD, FREEZE, SUPPLEMENT))
"""Acts by whose time an election shows that it is not over."""


class Removing(NamedTuple):
    """An election: its entries, and what its edition says of removals."""

    entries: ElectionEntries
    rules: VoterRules


class _Underway(NamedTuple):
    """Between which entries an election had changed the list and, by its own later entries, was not over (none: never)."""

    first: int
    last: int


def check_strictest(elections: Mapping[str, Removing], size: int) -> int:
    """Holds each removal that went into the list below a size against the other elections that were not over. Returns how many
    changesets removed somebody. Raises VerificationError at the first that another election's rules forbid.
    """
    underway = {name: _underway(one.entries) for name, one in elections.items()}
    removals = sorted(
        (index, name)
        for name, one in elections.items()
        for index, d in one.entries.lists
        if d["act"] == APPLY and index < size and d["counts"]["removed"] + d["kept"]
    )
    for index, name in removals:
        own = elections[name].rules
        for other, time in underway.items():
            open_ = other != name and time.first < index < time.last
            if open_ and _asks_more(elections[other].rules, own):
                raise VerificationError(
                    f"entry {index}: the rules of removals of {other!r}, which was not over, are stricter"
                )
    return len(removals)


def _underway(entries: ElectionEntries) -> _Underway:
    """(A clock, set or real, goes forward: what is dated before election day was written before it, whatever came earlier.)"""
    date = entries.called.date if entries.called else ""
    applied = [index for index, d in entries.lists if d["act"] == APPLY]
    before = [index for index, d in entries.lists if d["act"] in SHOW and d["at"][:10] < date]
    return _Underway(min(applied, default=0), max(before, default=0) if applied else 0)


def _asks_more(theirs: VoterRules, own: VoterRules) -> bool:
    """A longer notice, fewer reasons without one, or a lower level above which removals are looked at twice."""
    untold = theirs.notice_hours and set(own.notice_none) - set(theirs.notice_none)
    longer = theirs.notice_hours > own.notice_hours
    return bool(untold) or longer or theirs.removal_alert < own.removal_alert
