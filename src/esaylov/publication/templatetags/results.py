"""What only pages of results need: a page's own whole address, and that address as a QR code."""

from __future__ import annotations

from typing import Any

import segno
from django import template
from django.utils.safestring import SafeString, mark_safe

from esaylov.publication.origin import absolute

register = template.Library()


@register.simple_tag(takes_context=True)
def whole_address(context: Any, path: str) -> str:
    """A path of this site as people type it elsewhere."""
    request = getattr(context, "request", None)
    return path if request is None else absolute(request, path)


@register.simple_tag
def qr_code(text: str, label: str) -> SafeString:
    """A text as a QR code: inline SVG without a style attribute, named for readers of the screen."""
    code = segno.make(text, error="m", micro=False)
    drawn = code.svg_inline(omitsize=True, border=2, svgclass="qr", lineclass="qr-dots", title=label)
    return mark_safe(drawn.replace("<svg ", '<svg role="img" ', 1))  # noqa: S308 (segno escapes the title)
