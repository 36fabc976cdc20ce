"""A protocol's page: the standing version line by line, what must hold between its lines, every version side by
side, decisions, proof.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import pgettext

from esaylov.elections.queries import ContestRow
from esaylov.publication.cited import Cited, register_of
from esaylov.publication.pages.common import (
    Frame,
    Link,
    State,
    contest_url,
    frame,
    precinct_url,
    protocol_url,
    state_words,
    way_down,
)
from esaylov.publication.pages.contests import title_of
from esaylov.publication.pages.precincts import address_of, precinct_name
from esaylov.publication.pages.versions import Comparison, Version, compare, line_title, version_of
from esaylov.publication.reads import Proof, places, proof_of
from esaylov.results.queries import PrecinctRow, Snapshot
from esaylov.results.released import RulingRow, VersionRow, rulings, versions


@dataclass(frozen=True, slots=True)
class Ruling:
    """A commission's decision in words."""

    text: str
    cited: Cited
    at: datetime
    index: int


@dataclass(frozen=True, slots=True)
class ProtocolPage:
    """Everything on a protocol's page. `stands` is None before a protocol of this place is public; `comparison`
    sets all versions side by side where there are several.
    """

    frame: Frame
    precinct: str
    precinct_code: str
    precinct_url: str
    where: str
    contest: str
    contest_code: str
    contest_url: str
    url: str
    lead: str
    address: str
    voters: int
    state: State
    counts: bool
    stands: Version | None
    versions: tuple[Version, ...]
    comparison: Comparison | None
    rulings: tuple[Ruling, ...]
    proof: Proof | None
    proof_hashes: tuple[str, ...]
    siblings: tuple[Link, ...]

    @property
    def broken(self) -> int:
        """How many control relations of the standing version do not hold."""
        return len(self.stands.failing) if self.stands else 0


def protocol_page(at: Snapshot, contest: ContestRow, row: PrecinctRow) -> ProtocolPage:
    """The page of a place: a contest in a precinct that votes in it."""
    found = versions(at, contest.id, row.id)
    standing = row.standing.get(contest.id)
    state = state_words(standing.state if standing else "awaited")
    stands = next((v for v in found if standing is not None and v.index == standing.index), None)
    shown = tuple(
        version_of(at, contest, v, state if v is stands else state_words(_other_state(v))) for v in found
    )
    proof = proof_of(stands.index, stands.leaf, at.head) if stands is not None else None
    way = way_down(at, places(at.tables).by_id[row.territory])
    precinct = Link(precinct_name(row), precinct_url(at, row.code))
    return ProtocolPage(
        frame=frame(at, *way, precinct, Link(title_of(contest))),
        precinct=precinct_name(row),
        precinct_code=row.code,
        precinct_url=precinct.url,
        where=", ".join(link.text for link in reversed(way)),
        contest=title_of(contest),
        contest_code=contest.code,
        contest_url=contest_url(at, contest.code),
        url=protocol_url(at, row.code, contest.code),
        lead=state.meaning,
        address=address_of(row),
        voters=row.voters,
        state=state,
        counts=standing is not None and standing.counts,
        stands=next((v for v in shown if stands is not None and v.index == stands.index), None),
        versions=shown,
        comparison=compare(shown),
        rulings=_rulings(at, contest, row),
        proof=proof,
        proof_hashes=tuple(one.hex() for one in proof.hashes) if proof else (),
        siblings=_siblings(at, contest, row),
    )


def _other_state(version: VersionRow) -> str:
    return "conflicting" if version.state == "conflicting" else "replaced"


def _siblings(at: Snapshot, contest: ContestRow, row: PrecinctRow) -> tuple[Link, ...]:
    """This precinct's protocols for the other contests."""
    return tuple(
        Link(title_of(other), protocol_url(at, row.code, other.code))
        for other in at.tables.contests.values()
        if other.id != contest.id and at.tables.concerns(other, row.cell)
    )


def _rulings(at: Snapshot, contest: ContestRow, row: PrecinctRow) -> tuple[Ruling, ...]:
    found = rulings(at, contest.id, row.id)
    cited = register_of(at.size, at.election.id, {one.index: one.number for one in found})
    return tuple(_ruling(at, one, cited[one.index]) for one in found)


def _ruling(at: Snapshot, row: RulingRow, cited: Cited) -> Ruling:
    texts = {
        "accept": pgettext("decision", "Accepted"),
        "return": pgettext("decision", "Returned for correction"),
        "annul": pgettext("decision", "Results of the precinct declared invalid"),
    }
    return Ruling(texts[row.kind], cited, row.at.astimezone(at.zone), row.index)


__all__ = ["ProtocolPage", "line_title", "protocol_page"]
