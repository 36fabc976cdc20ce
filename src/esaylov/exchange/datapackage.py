"""datapackage.json: the description of a published election's tables (Tabular Data Package).

Constraints that other programs check cheaply are named: types, lower bounds, keys, and the references
between the small tables. Those of protocols and votes are left to `esaylov package check`: they cost other
programs minutes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from esaylov.exchange.compositions import PROPOSERS, ROLES
from esaylov.exchange.published import PublishedElection
from esaylov.exchange.records import days_text
from esaylov.exchange.tables import Sheet

PACKED = frozenset({"protocols", "votes"})
"""Tables that are written as .csv.gz."""

_KEYS: dict[str, tuple[str, ...]] = {
    "territories": ("id",),
    "contests": ("id",),
    "options": ("contest", "id"),
    "precincts": ("id",),
    "precinct_territories": ("precinct", "territory"),
    "roster": ("precinct", "contest"),
    "protocols": ("precinct", "contest"),
    "votes": ("precinct", "contest", "option"),
    "turnout": ("precinct", "at"),
    "totals": ("contest", "territory"),
    "totals_votes": ("contest", "territory", "option"),
    "commissions": ("commission",),
    "entered": ("entry", "commission"),
    "frozen": ("precinct",),
}
_REFERENCES: dict[str, tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...]] = {
    "territories": ((("parent",), "", ("id",)),),
    "contests": ((("territory",), "territories", ("id",)),),
    "options": ((("contest",), "contests", ("id",)),),
    "precincts": ((("territory",), "territories", ("id",)), (("constituency",), "territories", ("id",))),
    "precinct_territories": ((("territory",), "territories", ("id",)),),
    "totals": ((("contest",), "contests", ("id",)), (("territory",), "territories", ("id",))),
    "commissions": ((("territory",), "territories", ("id",)),),
}
_INTEGERS = frozenset({"seats", "ballot_order", "voters", "version", "leaf", "votes"})
_COUNTED = frozenset(
    {
        "entry",
        "members",
        *ROLES,
        *(f"proposed_{kind}" for kind in PROPOSERS),
        "changes",
        "ended",
        "added",
        "removed",
    }
)
"""Counts of the tables on commissions."""
_TYPES = {
    "latitude": "number",
    "longitude": "number",
    "public": "boolean",
    "simulated": "boolean",
    "birth_date": "date",
    "submitted_at": "datetime",
    "at": "datetime",
}
_EMPTY = frozenset({"parent", "constituency", "number", "soato", "timezone", "outcome"})
_NAMES = re.compile(r"(?:name|title)_.+")
_MAYBE_EMPTY = frozenset({"precinct", "formed_by", "decision", "formed_at", "formed_entry", "entries"})
_DECISION_REFERENCES = frozenset({"precinct", "contest"})


def file_name(table: str) -> str:
    """The file of a table in the published folder."""
    return f"{table}.csv.gz" if table in PACKED else f"{table}.csv"


def integer_columns(table: str, columns: Sequence[str], lines: Sequence[str]) -> frozenset[str]:
    """Those of a table's columns that hold counts or other whole numbers from 0."""
    if table == "totals":
        return frozenset(columns) - {"contest", "territory"}
    if table in ("commissions", "entered"):
        return frozenset(columns) & _COUNTED
    if table == "frozen":
        return frozenset(columns) & {"entry", "voters"}
    return frozenset(columns) & (_INTEGERS | (set(lines) if table == "protocols" else set()))


def describe(election: PublishedElection, sheets: Mapping[str, Sheet]) -> bytes:
    """datapackage.json of these tables: UTF-8, indented, a newline at the end."""
    document: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": election.id,
        "title": election.title,
        "election": _election(election),
        "resources": [_resource(sheet, election.edition.lines) for sheet in sheets.values()],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _election(election: PublishedElection) -> dict[str, Any]:
    members: dict[str, Any] = {
        "date": election.date.isoformat(),
        "timezone": election.timezone,
        "edition": "edition.toml",
    }
    if election.country:
        members["country"] = election.country
    if election.titles:
        members["title"] = dict(sorted(election.titles.items()))
    for flag in ("simulated", "pilot", "replay"):
        if getattr(election, flag):
            members[flag] = True
    if election.events:
        members["events"] = days_text(election.events)
    return members


def _resource(sheet: Sheet, lines: Sequence[str]) -> dict[str, Any]:
    members: dict[str, Any] = {
        "name": sheet.name,
        "path": file_name(sheet.name),
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
    }
    if sheet.name in PACKED:
        members["compression"] = "gz"
    schema: dict[str, Any] = {"fields": [_field(sheet.name, column, lines) for column in sheet.head]}
    if sheet.name in _KEYS:
        schema["primaryKey"] = list(_KEYS[sheet.name])
    references = [r for r in _REFERENCES.get(sheet.name, ()) if set(r[0]) <= set(sheet.head)]
    if references:
        schema["foreignKeys"] = [
            {"fields": list(fields), "reference": {"resource": resource, "fields": list(target)}}
            for fields, resource, target in references
        ]
    members["schema"] = schema
    return members


def _field(table: str, column: str, lines: Sequence[str]) -> dict[str, Any]:
    if column in integer_columns(table, (column,), lines):
        return {"name": column, "type": "integer", "constraints": {"required": True, "minimum": 0}}
    if column in _TYPES:
        return {"name": column, "type": _TYPES[column]}
    optional = (
        column in _EMPTY
        or _NAMES.fullmatch(column)
        or column in ("organisation", "gender", "address")
        or (table == "decisions" and column in _DECISION_REFERENCES)
        or (table in ("commissions", "entered") and column in _MAYBE_EMPTY)
    )
    if optional:
        return {"name": column, "type": "string"}
    return {"name": column, "type": "string", "constraints": {"required": True}}
