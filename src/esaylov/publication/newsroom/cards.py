"""Social cards: a picture of 1200 by 630 beside every page, with what the page says first.

The card is drawn from the finished page, by its own address and its own entity tag: it never says anything else, nor
another tree size.
"""

from __future__ import annotations

from html import escape
from typing import Any

import vl_convert
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils.translation import get_language, gettext

from esaylov.acts.context import UnknownElection
from esaylov.design import numbers
from esaylov.design.words import in_language, language
from esaylov.elections.queries import tables
from esaylov.publication.charts.drawing import measure, shortened, wrapped
from esaylov.publication.charts.render import FAMILY, register_fonts
from esaylov.publication.codes.codes import code_of
from esaylov.publication.gate import gated
from esaylov.publication.newsroom.facts import SIMULATED, Facts, facts_of
from esaylov.publication.origin import origin

WIDTH, HEIGHT, EDGE = 1200, 630, 64
INNER = WIDTH - 2 * EDGE
PAPER, INK, SOFT, RULE, FILL, TRACK = "#fdfcf8", "#1b1a17", "#4b4943", "#d9d5ca", "#34506f", "#e9e5d9"
MARK, STRIPE, MARK_INK = "#fff0b8", "#f3d774", "#3a2c00"
TAGS = {"final": "#0a4f2f", "accepted": "#0a4f2f", "preliminary": "#6a4000", "corrected": "#6a4000"}
BAD = "#8f1610"
WITHOUT = ("search/", "check/", "embed/", "styleguide/")
"""Pages that answer a question, and parts of others' pages: without a card of their own, and in no sitemap."""


@gated
def card(request: HttpRequest, page: str = "") -> HttpResponse:
    """`<page>card.png`: the card of a page of this language."""
    path = f"/{get_language()}/{page}"
    if has_none(page):
        raise Http404
    try:
        found = resolve(path)
    except Resolver404:
        raise Http404 from None
    answer = found.func(request, *found.args, **found.kwargs)
    if answer.status_code != 200 or "html" not in answer.headers.get("Content-Type", ""):
        return _as_it_is(answer)
    election, facts = found.kwargs.get("election"), facts_of(answer.content.decode())
    picture = draw(facts, _over(election), facts.code or _code(facts.size), origin(request))
    response = HttpResponse(picture, content_type="image/png")
    for name in ("ETag", "Cache-Control"):
        if name in answer.headers:
            response.headers[name] = answer.headers[name]
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def has_none(page: str) -> bool:
    """Whether a page (its path behind the language) has no card of its own."""
    rest = page.split("/", 2)[-1] if page.startswith("elections/") else page
    return rest.startswith(WITHOUT) or page.endswith((".png", ".atom", ".ics", ".svg", ".json"))


def _as_it_is(answer: HttpResponse) -> HttpResponse:
    if answer.status_code == 200:
        raise Http404
    return answer


def _over(election: str | None) -> str:
    if election is None:
        return "esaylov"
    try:
        known = tables(election).election
    except UnknownElection:
        raise Http404 from None
    return in_language(known.titles, known.id)


def _code(size: int | None) -> str:
    """The short code of a tree size (the last entry below it never changes); empty without one."""
    if not size:
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT leaf_hash FROM acts_entry WHERE index = %s", [size - 1])
        row = cursor.fetchone()
    return code_of(size - 1, bytes(row[0])) if row else ""


def draw(facts: Facts, over: str, code: str, site: str) -> bytes:
    """The card as PNG."""
    return _png(svg(facts, over, code, site))


def _png(picture: str) -> bytes:
    register_fonts()
    found: bytes = vl_convert.svg_to_png(picture, scale=1.0)
    return found


def svg(facts: Facts, over: str, code: str, site: str) -> str:
    """The card as SVG."""
    sheet = _Sheet()
    simulated = [word for kind, word in facts.tags if kind in SIMULATED]
    sheet.band(simulated[0] if simulated else "")
    sheet.line(over if over != facts.title else facts.over or over, 27, fill=SOFT)
    sheet.title(facts.title or over)
    sheet.tags([tag for tag in facts.tags if tag[0] not in SIMULATED])
    sheet.paragraph(facts.answer)
    sheet.foot(facts, code, site)
    return sheet.text()


class _Sheet:
    """A card that is being drawn from the top downward."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._y = 0.0

    def text(self) -> str:
        """The finished picture."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"'
            f' viewBox="0 0 {WIDTH} {HEIGHT}" font-family="{FAMILY}"><defs><pattern id="stripes" width="20"'
            f' height="20" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="20" height="20"'
            f' fill="{MARK}"/><rect width="10" height="20" fill="{STRIPE}"/></pattern></defs>'
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>{"".join(self._parts)}</svg>'
        )

    def _rect(self, x: float, y: float, width: float, height: float, *, fill: str, more: str = "") -> None:
        self._parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}"{more}/>'
        )

    def _say(self, x: float, y: float, text: str, size: float, **more: Any) -> None:
        attributes = {"fill": INK, "font_weight": 400, **more}
        said = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
        self._parts.append(f'<text x="{x:g}" y="{y:g}" font-size="{size:g}"{said}>{escape(text)}</text>')

    def band(self, word: str) -> None:
        """The black line of the site's pages; under it, hatched, what kind of election this is."""
        self._rect(0, 0, WIDTH, 14, fill=INK)
        self._y = 14
        if word:
            self._rect(0, 14, WIDTH, 62, fill="url(#stripes)")
            self._rect(0, 22, WIDTH, 46, fill=MARK)
            words = gettext("%(word)s: not results of a real election") % {
                "word": word[:1].upper() + word[1:]
            }
            self._say(EDGE, 55, words, 29, fill=MARK_INK, font_weight=700)
            self._y = 76

    def line(self, text: str, size: float, **more: Any) -> None:
        """One line, cut where it would not fit."""
        self._y += size + 31
        self._say(EDGE, self._y, wrapped(text, INNER, size, most=1)[0], size, **more)

    def title(self, text: str) -> None:
        """The title in one or two lines."""
        size = 60.0 if measure(text, 60) <= INNER else 48.0
        for line in wrapped(text, INNER, size, most=2):
            self._y += size * 1.2
            self._say(EDGE, self._y, line, size, font_weight=700)
        self._y += 12

    def tags(self, tags: list[tuple[str, str]]) -> None:
        """Status tags: a word in a frame."""
        x = float(EDGE)
        for kind, word in ((kind, shortened(word, 300, 25)) for kind, word in tags[:3]):
            colour = TAGS.get(
                kind, BAD if kind in ("annulled", "returned", "conflicting", "inconsistent") else SOFT
            )
            width = measure(word, 25) + 28
            dashed = ' stroke-dasharray="7 5"' if kind == "preliminary" else ""
            self._rect(
                x, self._y + 10, width, 42, fill=PAPER, more=f' stroke="{colour}" stroke-width="2.5"{dashed}'
            )
            self._say(
                x + width / 2, self._y + 40, word, 25, fill=colour, font_weight=700, text_anchor="middle"
            )
            x += width + 16
        self._y += 58 if tags else 0

    def paragraph(self, text: str) -> None:
        """The answer, in as many lines as there is room for."""
        size = 34.0
        room = max(1, int((HEIGHT - 150 - self._y) / (size * 1.32)))
        for line in wrapped(text, INNER, size, most=room):
            self._y += size * 1.32
            self._say(EDGE, self._y, line, size)

    def foot(self, facts: Facts, code: str, site: str) -> None:
        """How much is counted, which tree, and where to check it."""
        y = HEIGHT - 96
        self._rect(EDGE, y, INNER, 1.5, fill=RULE)
        if facts.share is not None:
            self._rect(EDGE, y - 14, INNER, 14, fill=TRACK)
            self._rect(EDGE, y - 14, INNER * min(facts.share, 10_000) / 10_000, 14, fill=FILL)
        self._say(WIDTH - EDGE, HEIGHT - 40, "esaylov", 34, font_weight=700, text_anchor="end")
        if facts.size is None:
            self._say(EDGE, HEIGHT - 40, site.partition("://")[2], 25, fill=SOFT)
            return
        tree = gettext("Tree size %(size)s") % {"size": numbers.whole(facts.size, language())}
        self._say(EDGE, HEIGHT - 60, tree, 23, fill=SOFT)
        if code:
            words = gettext("Check this card: %(address)s") % {
                "address": f"{site.partition('://')[2]}/check/{code}"
            }
            self._say(
                EDGE, HEIGHT - 30, wrapped(words, INNER - 160, 23, most=1)[0], 23, fill=INK, font_weight=700
            )
