"""Sitemaps (sitemaps.org) with every page in every language that the site has, each with its alternates.

A file holds at most 5,000 addresses: with the longest ids that a package may have, and five languages, that stays
below the 50 MB (and the 50,000 addresses) that search engines take.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from math import ceil
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.utils.translation import override

from esaylov.design.words import bcp47
from esaylov.elections.queries import ElectionTables, tables
from esaylov.publication.gate import gated
from esaylov.publication.newsroom.cards import WITHOUT
from esaylov.publication.newsroom.languages import codes
from esaylov.publication.newsroom.serving import with_request
from esaylov.publication.origin import origin
from esaylov.publication.reads import places
from esaylov.publication.views import site_view
from esaylov.registry.models import Precinct
from esaylov.results.queries import Snapshot

ADDRESSES = 5_000
CONTENT_TYPE = "application/xml; charset=utf-8"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"


@gated
def index(request: HttpRequest) -> HttpResponse:
    """`/sitemap.xml`: all sitemaps."""

    @site_view
    def listed(known: dict[str, int]) -> HttpResponse:
        paths = [reverse("sitemap-site", args=[code]) for code in codes()]
        for election in sorted(known):
            count = _files(tables(election))
            paths += [
                reverse("sitemap", args=[election, code, number])
                for code in codes()
                for number in range(1, count + 1)
            ]
        rows = "".join(f"<sitemap><loc>{escape(origin(request) + path)}</loc></sitemap>\n" for path in paths)
        return _xml(f'<sitemapindex xmlns="{SITEMAP}">\n{rows}</sitemapindex>\n')

    return _kept(listed(request))


def site(request: HttpRequest, code: str) -> HttpResponse:
    """The pages that belong to no election, in one language."""
    if code not in codes():
        raise Http404
    with override(code):
        paths = [_bare(reverse(name), code) for name in _named(frozenset())]
    return _xml(_urlset(origin(request), code, paths))


@gated
def sitemap(request: HttpRequest, election: str, code: str, number: int) -> HttpResponse:
    """One file of an election's pages in one language."""
    return _kept(_sitemap(request, election=election, code=code, number=number))


@with_request
def _sitemap(request: HttpRequest, at: Snapshot, code: str, number: int) -> HttpResponse:
    if code not in codes() or not 1 <= number <= _files(at.tables):
        raise Http404
    with override(code):
        paths = [_bare(path, code) for path in _paths(at.tables, number)]
    return _xml(_urlset(origin(request), code, paths))


# --- which pages there are ---


@cache
def _named(arguments: frozenset[str]) -> tuple[str, ...]:
    """Names of all pages whose addresses take exactly these arguments."""
    from esaylov.publication.urls import pages

    return tuple(
        pattern.name
        for pattern in pages
        if isinstance(pattern, URLPattern)
        and pattern.name
        and frozenset(pattern.pattern.converters) == arguments
        and (str(pattern.pattern) or "/").endswith("/")
        and not any(part in str(pattern.pattern) for part in WITHOUT)
    )


def _general(known: ElectionTables) -> list[str]:
    """Everything but precincts and protocols."""
    election = known.election.id
    found = [reverse(name, args=[election]) for name in _named(frozenset({"election"}))]
    found += [reverse("contest", args=[election, code]) for code in known.contests]
    found += [reverse("territory", args=[election, code]) for code in places(known).by_code]
    return found


def _at_once(known: ElectionTables) -> int:
    """Precincts in one file, each with a page of its own and one for each of its protocols."""
    most = max((_contests(known, cell) for cell in known.cells), key=len, default=[])
    return ADDRESSES // (1 + len(most))


def _contests(known: ElectionTables, cell: int) -> list[str]:
    return [one.code for one in known.contests.values() if known.concerns(one, cell)]


def _general_count(known: ElectionTables) -> int:
    own = len(_named(frozenset({"election"})))
    return own + len(known.contests) + len(places(known).by_code)


def _files(known: ElectionTables) -> int:
    precincts = places(known).precincts[known.country]
    return ceil(_general_count(known) / ADDRESSES) + ceil(precincts / _at_once(known))


def _paths(known: ElectionTables, number: int) -> Iterable[str]:
    general = ceil(_general_count(known) / ADDRESSES)
    if number <= general:
        return _general(known)[(number - 1) * ADDRESSES : number * ADDRESSES]
    return _places(known, number - general)


def _places(known: ElectionTables, number: int) -> Iterator[str]:
    election, size = known.election.id, _at_once(known)
    rows = Precinct.objects.filter(election=election).order_by("position").values_list("code", "cell")
    contests = {cell: _contests(known, cell) for cell in known.cells}
    for code, cell in rows[(number - 1) * size : number * size]:
        yield reverse("precinct", args=[election, code])
        for contest in contests[cell]:
            yield reverse("protocol", args=[election, code, contest])


# --- as XML ---


def _bare(path: str, code: str) -> str:
    return path.removeprefix(f"/{code}/")


def _urlset(base: str, code: str, paths: Iterable[str]) -> str:
    """The addresses of one language, each with its alternates; all but the page's path is written once for all."""
    site = _escaped(base)
    before = f"<url><loc>{site}/{code}/"
    others = [_link(bcp47(other), f"{site}/{other}/") for other in codes()]
    default = _link("x-default", f"{site}/{settings.LANGUAGE_CODE}/")
    rows = []
    for path in map(_escaped, paths):
        # Those for whom the site has no language begin at its very front.
        last = f"{default}{path}" if path else _link("x-default", f"{site}/")
        links = "".join(f'{other}{path}"/>\n' for other in others)
        rows.append(f'{before}{path}</loc>\n{links}{last}"/>\n</url>\n')
    return f'<urlset xmlns="{SITEMAP}" xmlns:xhtml="{XHTML}">\n{"".join(rows)}</urlset>\n'


def _link(language: str, address: str) -> str:
    """An alternate up to where its address goes on."""
    return f'<xhtml:link rel="alternate" hreflang="{language}" href="{address}'


def _escaped(text: str) -> str:
    return escape(text, {'"': "&quot;"})


def _xml(body: str) -> HttpResponse:
    return _kept(HttpResponse(HEAD + body, content_type=CONTENT_TYPE))


def _kept(response: HttpResponse) -> HttpResponse:
    """Which pages there are changes seldom: caches may keep the list for an hour."""
    if response.status_code in (200, 304):
        response.headers["Cache-Control"] = "public, max-age=3600"
    return response
