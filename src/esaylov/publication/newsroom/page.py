"""The page for newsrooms: every embed with its line to copy, pictures, addresses of data, the feed, how to cite."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from esaylov.design.headers import CONTENT_SECURITY_POLICY
from esaylov.publication.installation import Licence, installation
from esaylov.publication.newsroom.embeds import Embed, map_embed, seats_embed
from esaylov.publication.newsroom.serving import with_request
from esaylov.publication.newsroom.source import cite
from esaylov.publication.origin import absolute
from esaylov.publication.pages.common import Frame, Link, frame, name_of
from esaylov.publication.pages.national import headline
from esaylov.publication.reads import Place, places
from esaylov.results.queries import Snapshot

SHOWS_FRAMES = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"


@dataclass(frozen=True, slots=True)
class Offer:
    """An embed to copy: with the script, which fits its height, and without."""

    title: str
    url: str
    height: int
    line: str
    plain: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in its formats."""

    title: str
    files: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Address:
    """A stable address of data in both formats, and the schema of the first."""

    title: str
    json: str
    csv: str
    schema: str


@dataclass(frozen=True, slots=True)
class NewsroomPage:
    """Everything on the page for newsrooms."""

    frame: Frame
    lead: str
    offers: tuple[Offer, ...]
    more: tuple[Link, ...]
    pictures: tuple[Picture, ...]
    addresses: tuple[Address, ...]
    feed: str
    cite: str
    licence: Licence | None


@with_request
def newsroom(request: HttpRequest, at: Snapshot) -> HttpResponse:
    """The page for newsrooms."""
    response = render(request, "publication/newsroom/newsroom.html", {"page": newsroom_page(request, at)})
    response.headers["Content-Security-Policy"] = SHOWS_FRAMES
    return response


def newsroom_page(request: HttpRequest, at: Snapshot) -> NewsroomPage:
    """What the page shows."""
    head, known = headline(at), places(at.tables)
    country = known.by_id[at.tables.country]
    drawn = [one for one in (seats_embed(at, head), map_embed(at, head)) if one is not None]
    return NewsroomPage(
        frame=frame(at, Link(gettext("For newsrooms"))),
        lead=gettext(
            "Use everything here freely: embeds, pictures, data. Say where it comes from, how much is counted, and"
            " whether it is final."
        ),
        offers=(*_drawn(request, at, drawn), _territory(request, at, country)),
        more=tuple(
            Link(name_of(one), _embed_url(at, "territory", one.code)) for one in known.below(country.id)
        ),
        pictures=tuple(_pictures(at, drawn)),
        addresses=_addresses(request, at, country),
        feed=absolute(request, reverse("feed", args=[at.election.id])),
        cite=cite(request, at),
        licence=installation().licence,
    )


def _embed_url(at: Snapshot, name: str, *ids: str) -> str:
    return reverse(f"embed-{name}", args=[at.election.id, *ids])


def _drawn(request: HttpRequest, at: Snapshot, embeds: list[Embed]) -> list[Offer]:
    names = {"seats": "seats", "districts-winner": "map"}
    return [
        _offer(request, one.title, _embed_url(at, names[one.chart.name]), 640) for one in embeds if one.chart
    ]


def _territory(request: HttpRequest, at: Snapshot, place: Place) -> Offer:
    title = gettext("Table of a territory: %(name)s") % {"name": name_of(place)}
    return _offer(request, title, _embed_url(at, "territory", place.code), 520)


def _offer(request: HttpRequest, title: str, url: str, height: int) -> Offer:
    script, page = absolute(request, reverse("embed-script")), absolute(request, url)
    return Offer(
        title=title,
        url=url,
        height=height,
        line=f'<script async src="{script}" data-embed="{url}" data-title="{escape(title)}"></script>',
        plain=f'<iframe src="{page}" title="{escape(title)}" width="100%" height="{height}" loading="lazy"'
        ' style="border:0"></iframe>',
    )


def _pictures(at: Snapshot, drawn: list[Embed]) -> list[Picture]:
    found = [
        Picture(one.title, tuple(Link(kind.upper(), one.chart.urls[kind]) for kind in ("png", "svg")))
        for one in drawn
        if one.chart is not None
    ]
    card = reverse("card", args=[f"elections/{at.election.id}/"])
    return [*found, Picture(gettext("Card for social networks"), (Link("PNG", card),))]


def _addresses(request: HttpRequest, at: Snapshot, country: Place) -> tuple[Address, ...]:
    contest = next(iter(at.tables.contests), "")
    rows: list[tuple[str, str, tuple[str, ...]]] = [
        (gettext("Results of all contests"), "results", ()),
        (gettext("Turnout by time and territory"), "turnout", ()),
        (gettext("A territory, all its contests"), "territory", (country.code,)),
    ]
    if contest:
        rows.insert(1, (gettext("A contest by territory"), "contest", (contest,)))
    return tuple(_address(request, at, *row) for row in rows)


def _address(request: HttpRequest, at: Snapshot, title: str, name: str, ids: tuple[str, ...]) -> Address:
    found = {kind: reverse(f"open-{name}-{kind}", args=[at.election.id, *ids]) for kind in ("json", "csv")}
    schema = reverse("open-schema", args=[name])
    return Address(
        title, absolute(request, found["json"]), absolute(request, found["csv"]), absolute(request, schema)
    )
