"""Tables of an election (territories, contests, options, precincts, edition) against the hashes that its calling entry pins."""

from collections.abc import Iterator
from hashlib import sha256

import orjson

from esaylov.acts.models import Journal
from esaylov.elections.models import Election
from esaylov.publication.source import election_records


def table_differences(election: str) -> Iterator[tuple[str, str, str]]:
    """(table, row, reason) for every table that does not give the bytes that were pinned."""
    row = Election.objects.get(pk=election)
    entry = Journal.objects.filter(pk=row.journal).first()
    if entry is None:
        yield "elections_election", election, "no act in the journal calls it"
        return
    record = orjson.loads(bytes(entry.record))
    pins = record["tables"]
    fresh = {name: pin["sha256"] for name, pin in election_records(row).pins().items()}
    fresh["edition"] = sha256(row.edition_toml.encode()).hexdigest()
    for name in sorted(pins.keys() | fresh.keys()):
        if pins.get(name, {}).get("sha256") != fresh.get(name):
            yield name, election, "is not the table that the election was called with"
