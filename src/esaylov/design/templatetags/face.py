"""How numbers, times and bars look on every page."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Any

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString

from esaylov.design import numbers, words
from esaylov.design.styles import STYLESHEET

register = template.Library()
NOTHING = "–"
BAR = (
    '<svg class="bar" aria-hidden="true" focusable="false" preserveAspectRatio="none" viewBox="0 0 10000 10">'
    '<rect class="bar-track" width="10000" height="10"/>'
    '<rect class="bar-fill" width="{}" height="10"/></svg>'
)


@register.filter
def number(value: int | str | None) -> str:
    """A whole number with marks between thousands; a dash for none (Django's templates say "" for what is
    not there).
    """
    return NOTHING if not isinstance(value, int) else numbers.whole(value, words.language())


@register.filter
def percent(value: int | str | None) -> str:
    """Hundredths of a per cent with two places and the sign; a dash for none."""
    return NOTHING if not isinstance(value, int) else numbers.percent(value, words.language())


@register.filter
def decimal(value: Fraction) -> str:
    """An exact number as a decimal with as many places as it takes."""
    return numbers.decimal(value, words.language())


@register.filter
def moment(value: datetime | None) -> str | SafeString:
    """A time with date and zone, exact in the machine-readable attribute."""
    return NOTHING if value is None else _time(value, words.time_text(value))


@register.filter
def moment_exact(value: datetime | None) -> str | SafeString:
    """The same, to the second."""
    return NOTHING if value is None else _time(value, words.time_text(value, seconds=True))


@register.filter
def day(value: datetime) -> str:
    """A date in words."""
    return words.date_text(value)


@register.filter
def clock(value: datetime) -> SafeString:
    """Hours and minutes."""
    return _time(value, f"{value:%H:%M}")


def _time(value: datetime, text: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', value.isoformat(timespec="seconds"), text)


@register.simple_tag
def bar(part: int | None, base: int | None) -> SafeString:
    """A bar from zero that shows `part` of `base`; the figure stands beside it in words, so readers of the
    screen skip it.
    """
    width = numbers.ratio_down(min(part or 0, base or 0), base or 0) or 0
    return format_html(BAR, width)


@register.simple_tag(takes_context=True)
def in_other_language(context: Any, code: str) -> str:
    """The address of this page in another language."""
    request = getattr(context, "request", None)
    path = request.path if request is not None else "/"
    first, _, rest = path.lstrip("/").partition("/")
    known = first == words.language()
    return f"/{code}/{rest}" if known else f"/{code}/"


@register.simple_tag
def site_languages() -> list[tuple[str, str]]:
    """Codes of the site's languages, and each one's own name for itself."""
    return list(settings.LANGUAGES)


@register.simple_tag
def stylesheet() -> str:
    """The address of the style sheet; it changes with its content."""
    return STYLESHEET
