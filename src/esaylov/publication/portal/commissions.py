"""Commissions of an election: how many are formed, how many sit on them, and what kinds of bodies proposed them. No names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext, ngettext, pgettext

from esaylov.design.words import in_language
from esaylov.formation.queries import Composition, DiscussionRow, composition, discussions, regions
from esaylov.formation.words import proposer_text
from esaylov.publication.pages.common import Frame, Link, frame, territory_url
from esaylov.publication.portal.bars import whole
from esaylov.results.queries import Snapshot


@dataclass(frozen=True, slots=True)
class Tier:
    """One kind of commissions; `proposers`: kind of body and members that it proposed."""

    title: str
    commissions: int
    formed: int
    members: int
    proposers: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Region:
    """A region with all commissions in it. `url`: of its page, empty for what lies in no region."""

    name: str
    url: str
    commissions: int
    formed: int
    members: int


@dataclass(frozen=True, slots=True)
class CommissionsPage:
    """The page. `kinds`: kinds of proposers that occur, in the order of the columns."""

    frame: Frame
    lead: str
    tiers: tuple[Tier, ...]
    regions: tuple[Region, ...]
    total: Region
    discussions: tuple[tuple[str, DiscussionRow], ...]


def commissions_page(at: Snapshot) -> CommissionsPage:
    """All commissions of an election as they are now."""
    found = composition(at.election.id)
    tiers = tuple(
        Tier(
            tier_name(one.tier), one.commissions, one.formed, one.members,
            tuple((proposer_text(kind), number) for kind, number in one.proposers.items()),
        )
        for one in found
    )  # fmt: skip
    total = Region(
        gettext("Total"), "",
        sum(one.commissions for one in found), sum(one.formed for one in found), sum(one.members for one in found),
    )  # fmt: skip
    return CommissionsPage(
        frame=frame(at, Link(gettext("Commissions"))),
        lead=_lead(total.formed, total.members),
        tiers=tiers,
        regions=tuple(_rows(at, found, total)),
        total=total,
        discussions=tuple((in_language(one.names, ""), one) for one in discussions(at.election.id)),
    )  # fmt: skip


def _rows(at: Snapshot, found: Sequence[Composition], total: Region) -> Iterator[Region]:
    """The regions, then what lies in none of them: abroad, constituencies, and the Central Commission."""
    known = regions(at.election.id)
    if not known:
        return
    for one in known:
        name = in_language(one.names, one.code)
        yield Region(name, territory_url(at, one.code), one.commissions, one.formed, one.members)
    central = [one for one in found if one.tier == "cec"]
    counts = ("commissions", "formed", "members")
    own = [sum(getattr(one, name) for one in central) for name in counts]
    rest = [
        getattr(total, name) - sum(getattr(one, name) for one in known) - number
        for name, number in zip(counts, own, strict=True)
    ]
    if any(rest):
        yield Region(gettext("In no region: abroad, constituencies"), "", *rest)
    if central:
        yield Region(tier_name("cec"), "", *own)


def _lead(formed: int, members: int) -> str:
    if not formed:
        return gettext("No commission of this election has been formed here yet.")
    return ngettext(
        "%(members)s people sit on one commission.",
        "%(members)s people sit on %(formed)s commissions.",
        formed,
    ) % {"members": whole(members), "formed": whole(formed)}


def tier_name(tier: str) -> str:
    """A kind of commissions."""
    names = {
        "cec": pgettext("tier", "Central Election Commission"),
        "territorial": pgettext("tier", "territorial commission"),
        "district": pgettext("tier", "district or city commission"),
        "okrug": pgettext("tier", "constituency (okrug) commission"),
        "precinct": pgettext("tier", "precinct commission"),
    }
    return names.get(tier, tier)
