"""Embeds: small whole pages for the frames of other sites, and the script that puts them there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext

from esaylov.design.headers import embeddable
from esaylov.publication.charts import Chart
from esaylov.publication.codes.codes import check_url
from esaylov.publication.newsroom.documents import territory_figures
from esaylov.publication.newsroom.serving import for_everybody
from esaylov.publication.pages.common import (
    Frame,
    State,
    election_url,
    frame,
    name_of,
    preliminary,
    territory_url,
)
from esaylov.publication.pages.contests import Counted, Figures, answer_here
from esaylov.publication.pages.contests import answer as answer_of
from esaylov.publication.pages.districts import districts
from esaylov.publication.pages.national import Headline, headline
from esaylov.publication.pages.pictures import map_chart, seats_chart, source
from esaylov.publication.reads import Place, places
from esaylov.publication.views import ElectionView, election_view
from esaylov.results.queries import Snapshot

SCRIPT = Path(__file__).parent / "embed.js"
Found = TypeVar("Found")
CACHING = "public, max-age=86400, must-revalidate"


@dataclass(frozen=True, slots=True)
class Embed:
    """What an embed shows. `url` is the page that it leads back to."""

    frame: Frame
    title: str
    answer: str
    state: State
    counted: Counted
    url: str
    chart: Chart | None = None
    contests: tuple[Figures, ...] = ()

    @property
    def code(self) -> str:
        """The short code of the tree size."""
        return self.frame.code

    @property
    def check_url(self) -> str:
        """Where the code leads."""
        return check_url(self.code)


def framed(view: ElectionView) -> Callable[..., HttpResponse]:
    """A view of an election for the frames of others."""
    found = embeddable(election_view(view))

    def answer(request: HttpRequest, election: str, **codes: str) -> HttpResponse:
        return for_everybody(found(request, election=election, **codes))

    return answer


def _of_election(at: Snapshot, head: Headline, title: str) -> Embed:
    return Embed(
        frame=frame(at),
        title=title,
        answer=head.answer,
        state=head.state,
        counted=head.counted,
        url=election_url(at),
    )


@framed
def seats(at: Snapshot) -> tuple[str, object]:
    """The half circle of seats. 404 for an election that gives no seats by list."""
    return "newsroom/embed_picture", there(seats_embed(at, headline(at)))


@framed
def map_of_districts(at: Snapshot) -> tuple[str, object]:
    """The map of districts. 404 for an election with fewer than two."""
    return "newsroom/embed_picture", there(map_embed(at, headline(at)))


@framed
def territory(at: Snapshot, territory: str) -> tuple[str, object]:
    """The table of a territory."""
    return "newsroom/embed_territory", territory_embed(at, there(places(at.tables).by_code.get(territory)))


def there(found: Found | None) -> Found:
    """What was found; 404 where nothing was."""
    if found is None:
        raise Http404
    return found


def seats_embed(at: Snapshot, head: Headline) -> Embed | None:
    """The embed of seats, where there are any."""
    embed = _of_election(at, head, gettext("Seats"))
    chart = seats_chart(source(embed.frame, embed.url), head.table).get("seats")
    return replace(embed, chart=chart) if chart is not None else None


def map_embed(at: Snapshot, head: Headline) -> Embed | None:
    """The embed of districts, where there are several."""
    embed = _of_election(at, head, gettext("Districts"))
    found = districts(at, head.all).all
    chart = map_chart(source(embed.frame, embed.url), found, head.main.rows if head.main else ()).get("map")
    return replace(embed, chart=chart) if chart is not None else None


def territory_embed(at: Snapshot, place: Place) -> Embed:
    """The embed of a territory: the contests that are voted on in the whole of it."""
    known = places(at.tables).by_id
    whole = [one for one in territory_figures(at, place) if one.contest.territory in known[place.id].lineage]
    found = [one.figures for one in whole]
    first = found[0] if found else None
    says = answer_of if whole and whole[0].own else answer_here
    return Embed(
        frame=frame(at),
        title=name_of(place),
        answer=says(first) if first else "",
        state=first.state if first else preliminary(final=False),
        counted=first.counted if first else Counted(0, 0),
        url=territory_url(at, place.code),
        contests=tuple(found),
    )


def script(request: HttpRequest) -> HttpResponse:
    """`/embed.js`: the same for years, asked for again once a day."""
    body = SCRIPT.read_bytes()
    tag = f'"{sha256(body).hexdigest()[:16]}"'
    response = get_conditional_response(request, etag=tag)
    if response is None:
        response = HttpResponse(body, content_type="text/javascript; charset=utf-8")
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = CACHING
    return for_everybody(response)
