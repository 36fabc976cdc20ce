"""Title, description, address and social card of a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from esaylov.design.words import language
from esaylov.publication.newsroom.cards import has_none
from esaylov.publication.origin import absolute

MOST = 300


@dataclass(frozen=True, slots=True)
class Meta:
    """What others show of a page when it is passed on. Addresses are whole; `default` is the page in the language
    of those for whom the site has none, `feed` empty where there is none.
    """

    title: str
    description: str
    url: str
    default: str
    card: str
    card_text: str
    locale: str
    feed: str


def meta_of(request: HttpRequest, page: Any, title: str) -> Meta:
    """The meta data of a page: `page` is what its template shows (its `lead` or `answer` describes it)."""
    path = request.path
    said = description(page)
    frame = getattr(page, "frame", None)
    simulation = getattr(frame, "simulation", None)
    if simulation is not None:
        title, said = f"{title} ({simulation.text})", f"{simulation.meaning} {said}"
    return Meta(
        title=title or "esaylov",
        description=said,
        url=absolute(request, path),
        default=absolute(request, _default(path)),
        card=absolute(request, card_path(path)),
        card_text=f"{title}. {said}" if title else said,
        locale=language().replace("-", "_"),
        feed=reverse("feed", args=[frame.election]) if frame is not None else "",
    )


def description(page: Any) -> str:
    """The page's answer in one sentence or two; for pages without one, what the site is."""
    found = next((text for name in ("lead", "answer") if (text := getattr(page, name, ""))), "")
    if not found:
        found = gettext(
            "Results of elections from the protocol of every precinct upward: exact, with their state, and so published"
            " that anybody can recompute them."
        )
    text = " ".join(str(found).split())
    return text if len(text) <= MOST else text[: MOST - 1].rsplit(" ", 1)[0] + "…"


def card_path(path: str) -> str:
    """The path of a page's card; a page without one shows that of the front page."""
    code, _, rest = path.lstrip("/").partition("/")
    return f"/{code}/card.png" if has_none(rest) or not path.endswith("/") else f"{path}card.png"


def _default(path: str) -> str:
    _, _, rest = path.lstrip("/").partition("/")
    return f"/{settings.LANGUAGE_CODE}/{rest}" if rest else "/"
