"""Tables of an election (territories, contests, options, precincts, edition) against the hashes that its calling entry pins."""

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson

from esaylov.acts.models import Journal
from esaylov.elections.acts import CallElection
from esaylov.elections.models import Election
from esaylov.elections.records import election_records
from esaylov.registry.models import Cell, Precinct, Territory


def table_differences(election: str) -> Iterator[tuple[str, str, str]]:
    """(table, row, reason) for every table that does not give the bytes that were pinned."""
    row = Election.objects.get(pk=election)
    record = _calling(row)
    if record is None:
        yield "elections_election.journal", election, "no act in the journal calls it"
        return
    pins = record["tables"]
    fresh = {name: pin["sha256"] for name, pin in election_records(row).pins().items()}
    fresh["edition"] = sha256(row.edition_toml.encode()).hexdigest()
    for name in sorted(pins.keys() | fresh.keys()):
        if pins.get(name, {}).get("sha256") != fresh.get(name):
            yield TABLES[name], election, "is not the table that the election was called with"
    yield from _members(row, record)
    yield from _places(election)


def _calling(row: Election) -> dict[str, Any] | None:
    """The entry that calls an election."""
    entry = Journal.objects.filter(pk=row.journal, code=CallElection.code, election=row.id).first()
    try:
        record = orjson.loads(bytes(entry.record)) if entry is not None else None
    except ValueError:
        return None
    return record if isinstance(record, dict) and isinstance(record.get("tables"), dict) else None


TABLES = {
    "territories": "registry_territory",
    "contests": "elections_contest",
    "options": "elections_option",
    "precincts": "registry_precinct",
    "precinct_territories": "registry_precinct.links",
    "edition": "elections_election.edition_toml",
}


def _members(row: Election, record: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What the calling entry says of the election itself."""
    release = datetime.fromisoformat(record["release"]) if record["release"] else None
    pairs = {
        "date": (row.date.isoformat(), record["date"]),
        "timezone": (row.timezone, record["timezone"]),
        "release": (row.release, release),
        "clock_is_set": (row.clock_is_set, record["clock"] == "set"),
        "edition_id": (row.edition_id, record["edition"]),
        "simulated": (row.simulated, record.get("simulated", False)),
        "replay": (row.replay, record.get("replay", False)),
    }
    for name, (stored, said) in pairs.items():
        if stored != said:
            yield f"elections_election.{name}", row.id, f"is {stored}, the entry that calls it says {said}"


def _places(election: str) -> Iterator[tuple[str, str, str]]:
    """Lineages of territories and cells of precincts, which follow from the tables."""
    territories = {t.id: t for t in Territory.objects.filter(election=election)}
    chains: dict[int, list[int]] = {}
    for t in territories.values():
        chain, step = [t.id], t.parent_id
        while step in territories and step not in chain:
            chain.append(step)
            step = territories[step].parent_id
        chains[t.id] = chain
        if t.lineage != chain:
            yield "registry_territory.lineage", t.code, "is not the way from it to the top"
    cells = {cell.id: set(cell.territories) for cell in Cell.objects.filter(election=election)}
    for p in Precinct.objects.filter(election=election):
        direct = [place for place in (p.territory_id, p.constituency_id, *p.links) if place is not None]
        within = {step for place in direct for step in chains.get(place, ())}
        if cells.get(p.cell_id) != within:
            yield "registry_cell", f"{p.cell_id} of {p.code}", "does not hold the territories of the precinct"
