"""The shell on every page of the cabinet, and how deadlines look there. `{% load cabinet %}`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from esaylov.cabinet import menu
from esaylov.cabinet.clock import Clock, time_left
from esaylov.cabinet.desk import Desk
from esaylov.cabinet.elections import ElectionLine, elections
from esaylov.cabinet.forbidden import role_name, tier_name
from esaylov.cabinet.forms import MARK, finding_text, mark_of
from esaylov.cabinet.notices import unread
from esaylov.design.templatetags.face import NOTHING, moment, number
from esaylov.design.templatetags.languages import named
from esaylov.design.words import date_text, in_language, zone_name
from esaylov.law.findings import Finding
from esaylov.registry.queries import MandateRow
from esaylov.registry.words import numbered_tier

register = template.Library()


@dataclass(frozen=True, slots=True)
class MandateLine:
    """A mandate in the switch."""

    id: str
    body: str
    role: str
    election: str
    current: bool

    @property
    def text(self) -> str:
        """All of it in a line."""
        return ", ".join(part for part in (self.body, self.role, self.election) if part)


@dataclass(frozen=True, slots=True)
class Shell:
    """What stands around every page of the cabinet."""

    account: str
    mandate: MandateLine | None
    mandates: tuple[MandateLine, ...]
    elections: tuple[ElectionLine, ...]
    clock: Clock | None
    menu: tuple[menu.Entry, ...]
    unread: int
    account_url: str
    sign_out_url: str
    messages: tuple[Any, ...]


@register.simple_tag(takes_context=True)
def cabinet_shell(context: Any) -> Shell | None:
    """The shell of the request's desk, made once a request; None for nobody."""
    request = getattr(context, "request", None)
    desk: Desk | None = getattr(request, "desk", None)
    if request is None or desk is None:
        return None
    if not hasattr(desk, "shell"):
        desk.shell = shell_of(request, desk)  # type: ignore[attr-defined]
    return desk.shell  # type: ignore[attr-defined, no-any-return]


def shell_of(request: HttpRequest, desk: Desk) -> Shell:
    """What stands around the pages of a desk."""
    known = tuple(elections())
    lines = tuple(mandate_line(row, row is desk.mandate, known) for row in desk.mandates)
    standing = desk.mandate is not None and not desk.mandate.election
    return Shell(
        account=account_name(desk.account),
        mandate=next((line for line in lines if line.current), None),
        mandates=lines,
        elections=known if standing else (),
        clock=desk.clock,
        menu=tuple(menu.entries(desk, request.path)),
        unread=unread(desk.person),
        account_url=reverse("accounts-home"),
        sign_out_url=reverse("account_logout"),
        messages=tuple(get_messages(request)),
    )


def account_name(account: Any) -> str:
    """The account's code (never a name: names lie in the vault)."""
    return str(getattr(account, "code", "") or account)


def mandate_line(row: MandateRow, current: bool, known: Sequence[ElectionLine]) -> MandateLine:
    """A mandate in words."""
    line = next((one for one in known if one.id == row.election), None)
    return MandateLine(
        id=str(row.id),
        body=body_text(row),
        role=role_name(row.role) if row.role else "",
        election=in_language(line.titles, line.id) if line else row.election,
        current=current,
    )


def body_text(row: MandateRow) -> str:
    """A body in words: its kind, the precinct's number, its place; an organisation by its name."""
    name = in_language(row.names, "")
    if row.tier == "organisation":
        return name or row.body
    if row.tier == "cec":
        return tier_name("cec")
    text = ", ".join(part for part in (numbered_tier(row.tier, row.number), name) if part)
    return text[:1].upper() + text[1:]


@register.filter
def election_title(line: ElectionLine) -> str:
    """An election's title in the page's language."""
    return in_language(line.titles, line.id)


@register.simple_tag(takes_context=True)
def left(context: Any, until: datetime | None) -> str:
    """How long it is until a deadline by the election's clock; empty for none."""
    if until is None:
        return ""
    desk: Desk | None = getattr(getattr(context, "request", None), "desk", None)
    clock = desk.clock if desk is not None else None
    now = clock.now if clock is not None else datetime.now(until.tzinfo)
    return time_left(until, now)


@register.filter
def deadline(value: datetime | None) -> str | SafeString:
    """An end in words: midnight ends the day before it; or that there is none."""
    if value is None:
        return gettext("no deadline")
    if (value.hour, value.minute) != (0, 0):
        return moment(value)
    last = value - timedelta(minutes=1)
    text = gettext("end of %(date)s (%(zone)s)") % {"date": date_text(last), "zone": zone_name(value)}
    return format_html('<time datetime="{}">{}</time>', value.isoformat(timespec="seconds"), text)


@register.simple_tag
def cell_text(value: Any) -> str | SafeString:
    """A value of a list's cell: numbers with marks, times in words, a dash for nothing."""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return number(value)
    if value is None or value == "":
        return NOTHING
    return named(str(value)) if not isinstance(value, str) else named(value)


@register.simple_tag(takes_context=True)
def account_mark(context: Any) -> SafeString | str:
    """The hidden field by which what is typed here finds back to its account when the session ends meanwhile."""
    request = getattr(context, "request", None)
    desk: Desk | None = getattr(request, "desk", None)
    if desk is None:
        return ""
    return format_html('<input type="hidden" name="{}" value="{}">', MARK, mark_of(desk.account))


@register.filter
def in_words(finding: Finding) -> str:
    """A finding in the page's language, with its article and code."""
    return finding_text(finding)
