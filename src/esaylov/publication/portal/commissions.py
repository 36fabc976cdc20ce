"""Commissions of an election: how many are formed, how many sit on them, and what kinds of bodies proposed them. No names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext, ngettext, pgettext

from esaylov.design.words import in_language
from esaylov.formation.compositions import imported
from esaylov.formation.queries import Composition, DiscussionRow, composition, discussions, regions
from esaylov.formation.words import proposer_text
from esaylov.publication.cited import Cited, register_of
from esaylov.publication.codes.codes import code_of
from esaylov.publication.pages.common import Frame, Link, frame
from esaylov.publication.portal.bars import whole
from esaylov.publication.portal.bodies import body_names
from esaylov.results.queries import Snapshot


@dataclass(frozen=True, slots=True)
class Tier:
    """One kind of commissions; `url`: of their list; `proposers`: kind of body and members that it proposed."""

    title: str
    url: str
    commissions: int
    formed: int
    members: int
    proposers: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Region:
    """A region with all commissions in it. `url`: of their list, empty for what lies in no region."""

    name: str
    url: str
    commissions: int
    formed: int
    members: int


@dataclass(frozen=True, slots=True)
class File:
    """A file of members that was entered. `said`: what its entry says; `findings`: how often a rule found something, by code."""

    body: str
    cited: Cited | None
    at: datetime
    said: Mapping[str, Any]
    findings: str
    code: str


@dataclass(frozen=True, slots=True)
class CommissionsPage:
    """The page."""

    frame: Frame
    lead: str
    tiers: tuple[Tier, ...]
    regions: tuple[Region, ...]
    total: Region
    files: tuple[File, ...]
    csv: str
    discussions: tuple[tuple[str, DiscussionRow], ...]


def commissions_page(at: Snapshot) -> CommissionsPage:
    """All commissions of an election as they are now."""
    found = composition(at.election.id)
    tiers = tuple(
        Tier(
            tier_name(one.tier), _url(at, one.tier), one.commissions, one.formed, one.members,
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
        files=tuple(_files(at)),
        csv=reverse("open-commissions", args=[at.election.id]),
        discussions=tuple((in_language(one.names, ""), one) for one in discussions(at.election.id)),
    )  # fmt: skip


def _rows(at: Snapshot, found: Sequence[Composition], total: Region) -> Iterator[Region]:
    """The regions, then what lies in none of them: abroad, constituencies, and the Central Commission."""
    known = regions(at.election.id)
    if not known:
        return
    for one in known:
        name = in_language(one.names, one.code)
        url = f"{reverse('commissions-list', args=[at.election.id])}?{urlencode({'region': one.code})}"
        yield Region(name, url, one.commissions, one.formed, one.members)
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
        yield Region(tier_name("cec"), _url(at, "cec"), *own)


def _url(at: Snapshot, tier: str) -> str:
    """The list of the commissions of a tier; of the Central one its page."""
    if tier == "cec":
        return reverse("commission", args=[at.election.id, tier])
    return f"{reverse('commissions-list', args=[at.election.id])}?{urlencode({'tier': tier})}"


def _files(at: Snapshot) -> Iterator[File]:
    """Files of members, the latest first."""
    rows = imported(at.election.id, at.size)
    names = body_names(at, {row.said["body"] for row in rows})
    cited = register_of(at.size, at.election.id, {row.entry: row.said["decision"] for row in rows})
    for row in rows:
        found = Counter(row.said["problems"]) + Counter(row.said["findings"])
        yield File(
            names(row.said["body"]), cited.get(row.entry), datetime.fromisoformat(row.said["at"]).astimezone(at.zone),
            row.said, ", ".join(f"{code}: {whole(number)}" for code, number in sorted(found.items())),
            code_of(row.entry, row.leaf),
        )  # fmt: skip


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
