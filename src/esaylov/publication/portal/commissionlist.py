"""The commissions of an election as a list with search and filters, and as a table to keep."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from esaylov.acts.context import UnknownElection
from esaylov.exchange.commissions import Body
from esaylov.exchange.compositions import compositions
from esaylov.exchange.tables import commissions_sheet
from esaylov.formation.compositions import bodies, last_step, steps
from esaylov.formation.queries import FormedRow, commissions
from esaylov.publication.gate import gated
from esaylov.publication.pages.common import Frame, Link, frame, name_of
from esaylov.publication.pages.paging import PER_PAGE, Pager, page_number, pager
from esaylov.publication.portal.commission import text_of
from esaylov.publication.portal.commissions import tier_name
from esaylov.publication.portal.recoveries import CSV, FOR_EVERYBODY
from esaylov.publication.reads import places
from esaylov.publication.views import election_view, unavailable
from esaylov.registry.matrix import COMMISSIONS
from esaylov.results.queries import Snapshot, snapshot

LONGEST = 100
TABLES_KEPT = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for: words, the code of a region, a tier; empty: everything."""

    search: str
    region: str
    tier: str

    def address(self, election: str, number: int) -> str:
        """The address of a page of this list."""
        named = {
            "q": self.search,
            "region": self.region,
            "tier": self.tier,
            "page": str(number) if number > 1 else "",
        }
        query = urlencode({name: value for name, value in named.items() if value})
        return reverse("commissions-list", args=[election]) + (f"?{query}" if query else "")

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out."""
        return bool(self.search or self.region or self.tier)


@dataclass(frozen=True, slots=True)
class Line:
    """A commission in the list."""

    title: str
    url: str
    members: int


@dataclass(frozen=True, slots=True)
class ListPage:
    """The page. `regions`, `tiers`: what can be chosen, code and words."""

    frame: Frame
    lead: str
    asked: Asked
    regions: tuple[tuple[str, str], ...]
    tiers: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]
    pages: Pager
    all: str
    csv: str


def list_page(at: Snapshot, asked: Asked, number: int) -> ListPage:
    """A part of the list. Http404 behind its end, and for a region that the election has not."""
    tree = places(at.tables)
    regions = [place for place in tree.by_id.values() if place.kind == "region"]
    place = tree.by_code.get(asked.region)
    if asked.region and place is None:
        raise Http404
    found, total = commissions(
        at.election.id, COMMISSIONS, place.id if place else None, tier=asked.tier, search=asked.search,
        limit=PER_PAGE, offset=(number - 1) * PER_PAGE,
    )  # fmt: skip
    way = pager(number, total, lambda of: asked.address(at.election.id, of))
    if way is None or (number > 1 and not found):
        raise Http404
    heading = gettext("All commissions")
    return ListPage(
        frame=frame(at, Link(gettext("Commissions"), reverse("commissions", args=[at.election.id])), Link(heading)),
        lead=gettext("Open a commission to see who formed it, by which decision, and how many sit on it."),
        asked=asked,
        regions=tuple((one.code, name_of(one)) for one in regions),
        tiers=tuple((tier, tier_name(tier)) for tier in COMMISSIONS if tier != "cec"),
        lines=tuple(_line(at, row) for row in found),
        pages=way,
        all=reverse("commissions-list", args=[at.election.id]),
        csv=reverse("open-commissions", args=[at.election.id]),
    )  # fmt: skip


def _line(at: Snapshot, row: FormedRow) -> Line:
    url = reverse("commission", args=[at.election.id, row.code])
    members = row.members
    if row.code == "cec":  # its members hold their mandates outside of elections
        body = Body(row.code, row.tier, "", None)
        (known,) = compositions([body], steps(at.election.id, at.size, row.code))
        members = known.members
    return Line(text_of(row), url, members)


@gated
def listed(request: HttpRequest, election: str) -> HttpResponse:
    """The list. No cache keeps it: there are as many addresses as words."""
    given = {
        name: " ".join(request.GET.get(name, "").replace("\0", "").split())[:LONGEST]
        for name in ("q", "region")
    }
    tier = request.GET.get("tier", "")
    number = page_number(request.GET.get("page", "1"))
    if number is None or "\0" in election:
        raise Http404
    try:
        with snapshot(election) as at:
            asked = Asked(given["q"], given["region"], tier if tier in COMMISSIONS else "")
            response = render(
                request, "publication/portal/commissionlist.html", {"page": list_page(at, asked, number)}
            )
    except UnknownElection:
        raise Http404 from None
    except (OperationalError, InterfaceError):
        return unavailable(request)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@election_view
def _table(at: Snapshot) -> HttpResponse:
    """The table of the published folder, as the log stands now."""
    table = _rows(at.election.id, *last_step(at.election.id, at.size, at.election.journal))
    response = HttpResponse(table, content_type=CSV)
    response.headers["Content-Disposition"] = f'inline; filename="{at.election.id}-commissions.csv"'
    for name, value in FOR_EVERYBODY.items():
        response.headers[name] = value
    return response


@lru_cache(maxsize=TABLES_KEPT)
def _rows(election: str, last: int, _leaf: bytes) -> bytes:
    """The table by the entries up to this one, the last that it follows from: thousands of rows, that a log which grows
    by protocols leaves as they are. The leaf hash tells logs apart.
    """
    found = compositions(bodies(election), steps(election, last + 1))
    return b"".join(commissions_sheet(found).blocks())


commissions_csv = gated(_table)
"""All commissions of an election, one row each; nobody by name."""
