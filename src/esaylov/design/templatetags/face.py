"""How numbers, times, bars and the components look on every page. `{% load face %}` gives all of it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from esaylov.design import assets, numbers, words

register = template.Library()
NOTHING = "–"
FONT_CUTS = {
    "ru": ("latin", "cyrillic"),
    "uz-cyrl": ("latin", "cyrillic", "cyrillic-more"),
    "kaa": ("latin", "latin-more"),
}
"""Cuts of the fonts (frontend/fonts.py) by language; elsewhere Latin. Figures are in the Latin cut."""
BAR = (
    '<svg class="bar{}" aria-hidden="true" focusable="false" preserveAspectRatio="none" viewBox="0 0 10000 10">'
    '<rect class="bar-track" width="10000" height="10"/>'
    '<rect class="bar-fill" width="{}" height="10"/></svg>'
)
ICON = (
    '<svg class="icon" width="16" height="16" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>'
)
NAMED_ICON = '<svg class="icon" width="16" height="16" role="img" aria-label="{}"><use href="{}#{}"/></svg>'
STATE_ICONS = {
    "preliminary": "hourglass-split",
    "final": "check-circle-fill",
    "accepted": "check-circle",
    "received": "inbox",
    "awaited": "hourglass",
    "inconsistent": "exclamation-triangle-fill",
    "returned": "arrow-return-left",
    "conflicting": "exclamation-octagon-fill",
    "annulled": "x-octagon-fill",
    "corrected": "pencil-square",
    "replaced": "archive",
    "simulated": "stars",
    "replay": "arrow-counterclockwise",
}
STEP_ICONS = {
    "done": "check-circle-fill",
    "past": "archive",
    "now": "record-circle",
    "next": "circle",
    "overdue": "exclamation-triangle-fill",
    "undone": "exclamation-triangle-fill",
}
NOTICE_ICONS = {
    "info": "info-circle-fill",
    "warning": "exclamation-triangle-fill",
    "error": "exclamation-octagon-fill",
    "simulated": "stars",
}


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the site in the navigation."""

    url: str
    text: str
    current: bool


# --- numbers and times ---


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


@register.simple_tag
def when(value: datetime | str | None) -> str | SafeString:
    """A time of a timeline: a moment in words, or words as they are."""
    return moment(value) if isinstance(value, datetime) else value or ""


@register.simple_tag
def part(counted: int | None, expected: int | None) -> str:
    """`counted` of `expected` in per cent, rounded down: complete only when it is."""
    share = numbers.ratio_down(counted or 0, expected or 0)
    return "" if share is None else f"({numbers.percent(share, words.language())})"


def _time(value: datetime, text: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', value.isoformat(timespec="seconds"), text)


# --- bars, swatches, icons ---


@register.simple_tag
def bar(part: int | None, base: int | None, tone: int = 0) -> SafeString:
    """A bar from zero that shows `part` of `base`; the figure stands beside it in words, so readers of the
    screen skip it.
    """
    return share_bar(numbers.ratio_down(min(part or 0, base or 0), base or 0), tone)


@register.simple_tag
def share_bar(share: int | None, tone: int | str | None = 0) -> SafeString:
    """The same from a share in hundredths of a per cent."""
    return format_html(BAR, f" tone-{tone}" if tone else "", max(0, min(10_000, share or 0)))


@register.simple_tag
def demonstration() -> bool:
    """Whether the site was started as the demonstration (`esaylov demo`), whose people anybody may sign in as."""
    return os.environ.get("ESAYLOV_DEMO") == "1"


@register.simple_tag
def swatch(tone: int) -> SafeString:
    """A small square in a party's colour and pattern; its name stands beside it."""
    return format_html('<span class="swatch tone-{}" aria-hidden="true"></span>', tone)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A picture of the sprite (frontend/icons.json names all). Without a label, words stand beside it."""
    sprite = assets.url("icons.svg")
    return format_html(NAMED_ICON, label, sprite, name) if label else format_html(ICON, sprite, name)


@register.simple_tag
def state_icon(code: str) -> SafeString | str:
    """The shape that goes with a state."""
    return icon(STATE_ICONS[code]) if code in STATE_ICONS else ""


@register.simple_tag
def step_icon(status: str, done: bool = False) -> SafeString:
    """The shape that goes with a step's status. Only what is known as done gets the tick; what is over need not be."""
    return icon(STEP_ICONS.get("done" if done and status == "past" else status, "circle"))


# --- components that wrap content ---


@register.simple_block_tag
def datatable(
    content: SafeString,
    label: str,
    *,
    caption: str = "",
    export: str = "",
    sortable: bool = False,
    sticky: bool = True,
    css: str = "",
) -> SafeString:
    """A table in a region of its own that scrolls and can have the focus. Inside: thead, tbody, tfoot.

    `label` names the region; `export` is the address of the same numbers as CSV; `sortable` lets the reader sort by
    column where scripts run; `sticky` holds the head and the first column.
    """
    values = {
        "label": label,
        "caption": caption,
        "export": export,
        "sortable": sortable,
        "sticky": sticky,
        "css": css,
    }
    return render_to_string("design/components/datatable.html", values | {"content": content})


@register.simple_block_tag
def notice(content: SafeString, kind: str = "info", title: str = "") -> SafeString:
    """A notice: info, warning, error or simulated; the kind is said in words and shown by a shape."""
    known = {
        "info": gettext("Note"),
        "warning": gettext("Warning"),
        "error": gettext("Error"),
        "simulated": gettext("Simulated"),
    }
    kind = kind if kind in known else "info"
    values = {
        "kind": kind,
        "title": title,
        "word": known[kind],
        "symbol": NOTICE_ICONS[kind],
        "content": content,
    }
    return render_to_string("design/components/notice.html", values)


@register.simple_tag
def chart(chart: Any, heading: bool = True) -> SafeString:
    """A chart with its sentence, its numbers as a table, and its files (publication.charts.Chart)."""
    template = getattr(chart, "template", "design/components/chart.html")
    return render_to_string(template, {"chart": chart, "heading": heading})


# --- the page ---


@register.simple_tag(takes_context=True)
def in_other_language(context: Any, code: str) -> str:
    """The address of this page in another language."""
    request = getattr(context, "request", None)
    path = request.get_full_path() if request is not None else "/"
    first, _, rest = path.lstrip("/").partition("/")
    known = first == words.language()
    return f"/{code}/{rest}" if known else f"/{code}/"


@register.simple_tag
def site_languages() -> list[tuple[str, str]]:
    """Codes of the site's languages, and each one's own name for itself."""
    return list(settings.LANGUAGES)


@register.simple_tag
def asset(name: str) -> str:
    """The address of a built file; it changes with its content."""
    return assets.url(name)


@register.simple_tag
def font_files() -> list[str]:
    """The fonts that a page in this language needs at once."""
    cuts = FONT_CUTS.get(words.language(), ("latin",))
    return [assets.url(f"{family}-{cut}.woff2") for cut in cuts for family in ("sans", "serif")]


@register.simple_tag(takes_context=True)
def sections(context: Any) -> list[Section]:
    """The primary navigation; the section in which the page stands is marked."""
    request = getattr(context, "request", None)
    code, path = words.language(), request.path if request is not None else ""
    found = (
        ("", gettext("Elections"), ("elections/",)),
        ("how-the-count-works/", gettext("How the count works"), ("how-the-count-works/", "glossary/")),
        ("open-data/", gettext("Open data"), ("open-data/",)),
        ("check/", gettext("Check a record"), ("check/", "verify/")),
    )
    rest = path.removeprefix(f"/{code}/")
    return [
        Section(f"/{code}/{start}", text, rest.startswith(below) or (not start and rest == ""))
        for start, text, below in found
    ]
