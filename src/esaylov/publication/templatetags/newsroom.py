"""What stands in the head of every page for those who pass it on: `{% include "publication/newsroom/_meta.html" %}`."""

from __future__ import annotations

from html import unescape
from typing import Any

from django import template
from django.http import HttpRequest
from django.template.context import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.safestring import SafeString

from esaylov.publication.newsroom import jsonld
from esaylov.publication.newsroom.claims import of_corrections, of_protocol
from esaylov.publication.newsroom.meta import Meta, meta_of

register = template.Library()


def _request(context: Context) -> HttpRequest | None:
    return getattr(context, "request", None) or context.get("request")


@register.simple_tag(takes_context=True)
def meta(context: Context) -> Meta | None:
    """Title, description, addresses of the page and of its card; None outside of a request."""
    request = _request(context)
    return (
        meta_of(request, context.get("page"), block_text(context, "title")) if request is not None else None
    )


def block_text(context: Context, name: str) -> str:
    """The text of a block of the page that is being rendered, wherever this stands in it."""
    frames = [frame for frame in context.render_context.dicts if BLOCK_CONTEXT_KEY in frame]
    if not frames:
        return ""
    blocks: Any = frames[-1][BLOCK_CONTEXT_KEY]
    block = blocks.get_block(name)
    if block is None:
        return ""
    with context.render_context.push({BLOCK_CONTEXT_KEY: blocks}):
        return " ".join(unescape(block.render(context)).split())


@register.simple_tag(takes_context=True)
def dataset(context: Context) -> SafeString | str:
    """schema.org Dataset of an election's own page."""
    request, page = _request(context), context.get("page")
    match = request.resolver_match if request is not None else None
    if request is None or match is None or match.url_name != "election" or page is None:
        return ""
    return jsonld.script(jsonld.dataset(request, page.frame))


@register.simple_tag(takes_context=True)
def claim_reviews(context: Context) -> SafeString | str:
    """schema.org ClaimReview of every corrected or annulled protocol on a page: a protocol's, or one of corrections."""
    request, page = _request(context), context.get("page")
    if request is None or page is None:
        return ""
    found = of_corrections(page) if hasattr(page, "rows") else of_protocol(page, request.path)
    return jsonld.script([jsonld.claim_review(request, one) for one in found]) if found else ""
