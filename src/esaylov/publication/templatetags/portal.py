"""What templates of the portal ask for besides their page."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext, ngettext

from esaylov.design import numbers, words
from esaylov.publication.origin import origin

register = template.Library()

THOUSAND = 1_000


@register.simple_tag(takes_context=True)
def site_address(context: Any) -> str:
    """The site's own address without a slash at the end, for commands that a reader copies."""
    request = getattr(context, "request", None)
    return origin(request) if request is not None else ""


@register.filter
def size(value: int) -> str:
    """A file's size in a unit of thousands that fits, to one place where it is below ten."""
    language = words.language()
    if value < THOUSAND:
        return ngettext("%(n)s byte", "%(n)s bytes", value) % {"n": numbers.whole(value, language)}
    unit, text = (
        (THOUSAND**2, gettext("%(n)s MB")) if value >= THOUSAND**2 else (THOUSAND, gettext("%(n)s kB"))
    )
    tenths = (20 * value + unit) // (2 * unit)
    if tenths >= 100:  # ten and more: whole numbers
        return text % {"n": numbers.whole((tenths + 5) // 10, language)}
    return text % {"n": f"{tenths // 10}{numbers.marks(language)[1]}{tenths % 10}"}
