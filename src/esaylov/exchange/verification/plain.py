"""Members of acts that touch no figure, each of a kind (docs/formats.md, section 3).

They are written as `name:kind`, parted by spaces; a kind that ends in `?` may be null.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

_ID = re.compile(r"[^\s\x00-\x1f\x7f-\x9f/?#%]{1,100}")
_TEXT = re.compile(r"[^\x00-\x1f\x7f-\x9f]{1,100}")
_HASH = re.compile("[0-9a-f]{64}")
_LIMIT = 2**53 - 1
_COMPOSITION = (
    "commission:id decision:text place:text? added:count removed:count members:count roles:counts"
    " proposers:counts findings:codes roster:hash"
)
_STEP = "number:text kind:id state:text until:time? words:hash?"
PLAIN: dict[str, str] = {
    "registry.enrol_central_commission": _COMPOSITION,
    "registry.form_commission": _COMPOSITION,
    "registry.change_composition": _COMPOSITION,
    "registry.import_members": (
        "file:hash decision:text rows:count taken:count standing:count refused:count commissions:count left_out:count"
        " tiers:counts roles:counts proposers:counts problems:counts findings:counts counts?:hash roster:hash"
    ),
    "registry.register_organisation": "organisation:id kind:text",
    "registry.grant_mandate": "organisation:id role:text until:time? holder:hash",
    "registry.end_mandate": "of:id role:text ground:text decision:text? holder:hash",
    "formation.leave_by_law": "of:id role:text ground:text decision:text? holder:hash",
    "formation.record_discussion": "territory:id minutes:text day:text proposed:count supported:count",
    "formation.name_kengash": "territory:id organisation:id",
    "formation.discuss_proposals": (
        "territory:id minutes:text day:text present:count proposed:count supported:count opinions:counts"
    ),
    "proceedings.open_session": "session:count year:count items:count agenda:hash place?:hash members:count"
    " present:count needed:count",
    "proceedings.record_attendance": "session:count year:count members:count present:count needed:count",
    "proceedings.adopt_decision": (
        "session:count year:count item:count number:text? adopted:flag members:count present:count"
        " votes:counts casting:flag text:hash articles:codes orders:counts carried:hashes"
    ),
    "proceedings.state_dissent": "session:count year:count item:count number:text? text:hash public:flag",
    "proceedings.close_session": "session:count year:count decisions:count rejected:count minutes:hash",
    "proceedings.submit_application": "number:text kind:id to:id until:time holder:hash",
    "proceedings.check_application": _STEP,
    "proceedings.return_application": _STEP,
    "proceedings.repair_application": _STEP,
    "proceedings.decide_application": _STEP + " decision:text? reason:text? article:text?",
    "proceedings.forward_application": _STEP + " to:id",
    "proceedings.note_appeal": _STEP + " court:text",
    "proceedings.send_letter": "number:count year:count circular:flag recipients:count to:hash words:hash until:time?",
    "voters.propose_changeset": (
        "changeset:count sha256:hash kind:text base:count reverses:count? extract:hash? as_of:time? rows:count counts:counts"
        " problems:counts alerts:count"
    ),
    "voters.approve_changeset": (
        "changeset:count sha256:hash decision:text notices:count told:count notice_until:time?"
    ),
    "voters.apply_changeset": (
        "changeset:count sha256:hash base:count reverses:count? counts:counts kept:count voters:count"
    ),
    "voters.discard_changeset": "changeset:count sha256:hash",
    "voters.propose_pair_decision": "pair:count verdict:text",
    "voters.approve_pair_decision": "pair:count verdict:text",
    "voters.set_rules": "decision:text precincts:count rules:count ended:count mahallas:count table:hash",
    "voters.freeze_lists": "lists:count voters:count unplaced:count table:hash",
    "voters.add_supplement": "precinct:id number:count reason:text members:count",
    "voters.mark_voter": "mark?:hash precinct?:id kind?:text number?:count",
    "voters.check_household": "precinct:id number:count noted:hash",
    "voters.record_round": "precinct:id number:count visits:count noted:hash",
    "voters.receive_request": "number:id kind:text due:time",
    "voters.decide_request": "number:id verdict:text reason:text? late:flag",
    "voters.withdraw_request": "number:id",
    "voters.tell_removal": "changeset:count telling:hash",
}
"""Acts that touch no figure: the further members of each with their kinds (docs/formats.md, section 3)."""


def members(said: str) -> tuple[str, ...]:
    """Names of the members that every entry has."""
    return tuple(name for name, _ in _read(said) if name[-1] != "?")


def optional(said: str) -> tuple[str, ...]:
    """Names of the members that entries may lack: earlier ones were written without them."""
    return tuple(name[:-1] for name, _ in _read(said) if name[-1] == "?")


def wrong(said: str, entry: dict[str, Any]) -> str | None:
    """The first member that is not of its kind, None when all are."""
    named = ((name.rstrip("?"), kind) for name, kind in _read(said) if name[-1] != "?" or name[:-1] in entry)
    return next((name for name, kind in named if not _holds(kind, entry[name])), None)


def is_time(value: Any) -> bool:
    """`YYYY-MM-DDThh:mm:ss±hh:mm`."""
    if type(value) is not str or len(value) != 25:
        return False
    try:
        return datetime.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


@lru_cache(maxsize=256)
def _read(said: str) -> tuple[tuple[str, str], ...]:
    pairs = (pair.split(":") for pair in said.split())
    return tuple((name, kind) for name, kind in pairs)


def _holds(kind: str, value: Any) -> bool:
    if kind.endswith("?"):
        return value is None or KINDS[kind[:-1]](value)
    return KINDS[kind](value)


def _matches(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: type(value) is str and pattern.fullmatch(value) is not None


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= _LIMIT


def _each(holds: Callable[[Any], bool], *, once: bool) -> Callable[[Any], bool]:
    return lambda value: (
        type(value) is list and all(map(holds, value)) and (not once or len(set(value)) == len(value))
    )


KINDS: dict[str, Callable[[Any], bool]] = {
    "id": _matches(_ID),
    "ids": _each(_matches(_ID), once=True),
    "text": _matches(_TEXT),
    "codes": _each(_matches(_TEXT), once=False),
    "hash": _matches(_HASH),
    "hashes": _each(_matches(_HASH), once=False),
    "count": _is_count,
    "counts": lambda value: (
        type(value) is dict and all(map(_matches(_ID), value)) and all(map(_is_count, value.values()))
    ),
    "flag": lambda value: type(value) is bool,
    "time": is_time,
}
