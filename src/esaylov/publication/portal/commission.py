"""One commission in numbers: who formed it, how many sit there, who proposed them, and which entries of the log say so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from esaylov.elections.queries import context
from esaylov.exchange.commissions import Body
from esaylov.exchange.compositions import IMPORT, PROPOSERS, ROLES, Composition, Step, compositions
from esaylov.exchange.documents.parts import marked
from esaylov.formation.compositions import steps
from esaylov.formation.queries import FormedRow, formed_row
from esaylov.formation.words import commission_text, ground_text, proposer_text
from esaylov.proceedings.queries import register_of
from esaylov.publication.cited import Cited
from esaylov.publication.cited import register_of as cited_of
from esaylov.publication.codes.codes import code_of
from esaylov.publication.pages.common import (
    Frame,
    Link,
    frame,
    name_of,
    precinct_url,
    precinct_words,
    territory_url,
)
from esaylov.publication.portal.bars import whole
from esaylov.publication.portal.bodies import body_names
from esaylov.publication.portal.commissions import tier_name
from esaylov.publication.portal.entries import HEADLINES
from esaylov.publication.portal.scope import mode_of, scope_of
from esaylov.publication.reads import places
from esaylov.registry.forming import SYSTEM_TIER, former_of
from esaylov.registry.queries import CommissionRow, commission_by_code
from esaylov.registry.words import role_name
from esaylov.results.queries import Snapshot

ENTERING = frozenset({IMPORT, "registry.enrol_central_commission"})
"""Acts that enter members of a commission that others formed."""
LATEST = 20
"""So many of its decisions stand on a commission's page."""


@dataclass(frozen=True, slots=True)
class Event:
    """An entry of the log on the commission. `entered`: it entered members of a commission that others formed; `changes`: who
    came and who left, in numbers; `cited`: the decision that it names, None where it names none (`silent`: though it should);
    `named`: the one that a file of members names for the commission.
    """

    title: str
    entered: bool
    changes: str
    body: str
    at: datetime
    cited: Cited | None
    silent: bool
    named: str
    code: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision of the commission."""

    number: str
    title: str
    url: str
    at: datetime
    code: str


@dataclass(frozen=True, slots=True)
class CommissionPage:
    """The page. `former`: who forms it by law; `formed`: the event that formed it, None before. `offices`, `proposers`: what
    and how many; `left`: whether somebody who came has left.
    """

    frame: Frame
    code: str
    title: str
    lead: str
    places: tuple[Link, ...]
    precinct: Link | None
    members: int
    former: str
    formed: Event | None
    offices: tuple[tuple[str, int], ...]
    proposers: tuple[tuple[str, int], ...]
    left: bool
    events: tuple[Event, ...]
    decisions: tuple[Decision, ...]
    decisions_total: int
    csv: str


def commission_page(at: Snapshot, code: str) -> CommissionPage:
    """A commission's page. Http404 where the election has no such commission."""
    row = commission_by_code(at.election.id, code)
    if row is None:
        raise Http404
    shown, found = formed_row(row.id), steps(at.election.id, at.size, code)
    (known,) = compositions([Body(code, row.tier, "", None)], found)
    events = tuple(_events(at, found))
    title = text_of(shown)
    total, decisions = _decisions(at, code)
    return CommissionPage(
        frame=frame(
            at, Link(gettext("Commissions"), reverse("commissions", args=[at.election.id])), Link(title)
        ),
        code=code,
        title=title,
        lead=_lead(known),
        places=_places(at, row),
        precinct=_precinct(at, row, shown),
        members=known.members,
        former=_former(at, row.tier),
        formed=next((e for e, s in zip(events, found, strict=True) if s is known.formed), None),
        offices=tuple((role_name(role), known.roles[role]) for role in ROLES),
        proposers=tuple(_proposers(known)),
        left=bool(known.removed),
        events=events[::-1],
        decisions=decisions,
        decisions_total=total,
        csv=reverse("open-commissions", args=[at.election.id]),
    )


def _decisions(at: Snapshot, code: str) -> tuple[int, tuple[Decision, ...]]:
    """The latest decisions of the commission's sessions in this election, and how many there are."""
    scope = scope_of(at)
    total, rows = register_of(at.size, at.election.id, body=code, limit=LATEST)
    mode = mode_of(scope)
    return total, tuple(
        Decision(
            marked(row.number, mode), row.title, scope.url("decision", row.id), row.at.astimezone(at.zone),
            code_of(row.index, bytes(row.leaf)),
        )
        for row in rows
    )  # fmt: skip


def text_of(row: FormedRow) -> str:
    """What a commission is called."""
    return (
        tier_name("cec") if row.code == "cec" else commission_text(row.tier, row.names, row.number, row.code)
    )


def _lead(known: Composition) -> str:
    if known.formed is None:
        return gettext("This commission has not been formed here yet.")
    return ngettext(
        "%(members)s person sits on this commission.", "%(members)s people sit on this commission.", known.members
    ) % {"members": whole(known.members)}  # fmt: skip


def _places(at: Snapshot, row: CommissionRow) -> tuple[Link, ...]:
    """The territory and what lies above it, below the country."""
    tree = places(at.tables)
    place = tree.by_id.get(row.territory or 0)
    if place is None:
        return ()
    way = tree.way(place) or [place]
    return tuple(Link(name_of(one), territory_url(at, one.code)) for one in way)


def _precinct(at: Snapshot, row: CommissionRow, shown: FormedRow) -> Link | None:
    if row.precinct is None:
        return None
    code = row.code.partition(":")[2]
    return Link(precinct_words(shown.number or code), precinct_url(at, code))


def _former(at: Snapshot, tier: str) -> str:
    """Which commission forms those of a tier by law; empty for the Central one."""
    former = former_of(context(at.election.id), tier)
    return "" if former == SYSTEM_TIER else tier_name(former)


def _proposers(known: Composition) -> Iterator[tuple[str, int]]:
    for kind in PROPOSERS:
        if known.proposers[kind]:
            yield proposer_text(kind), known.proposers[kind]
    rest = known.added - known.proposers.total()
    if rest:
        yield proposer_text(""), rest


def _events(at: Snapshot, found: Sequence[Step]) -> Iterator[Event]:
    names = body_names(at, {step.body for step in found})
    cited = cited_of(at.size, at.election.id, {step.entry: step.decision for step in found if step.decision})
    for step in found:
        yield Event(
            title=str(HEADLINES[step.act]),
            entered=step.act in ENTERING,
            changes="; ".join(_changes(step)),
            body=names(step.body),
            at=datetime.fromisoformat(step.at).astimezone(at.zone),
            cited=cited.get(step.entry),
            silent=step.act == "registry.end_mandate" and not step.decision,
            named=step.named,
            code=code_of(step.entry, step.leaf),
        )


def _changes(step: Step) -> Iterator[str]:
    if step.came:
        yield f"{gettext('Members added')}: {whole(sum(step.came.values()))}"
    if step.left:
        ground = f" ({ground_text(step.ground)})" if step.ground else ""
        yield f"{gettext('Members removed')}: {whole(sum(step.left.values()))}{ground}"
