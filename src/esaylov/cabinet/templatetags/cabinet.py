"""The shell on every page of the cabinet, and how deadlines look there. `{% load cabinet %}`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from esaylov.cabinet import menu
from esaylov.cabinet.clock import Clock, time_left
from esaylov.cabinet.desk import Desk
from esaylov.cabinet.elections import ElectionLine, elections
from esaylov.cabinet.forbidden import role_name, tier_name
from esaylov.cabinet.forms import MARK, finding_text, mark_of
from esaylov.design.templatetags.face import NOTHING, moment, number
from esaylov.design.templatetags.languages import named
from esaylov.design.words import in_language
from esaylov.law.findings import Finding

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
    path: str


@register.simple_tag(takes_context=True)
def cabinet_shell(context: Any) -> Shell | None:
    """The shell of the request's desk, None for nobody."""
    request = getattr(context, "request", None)
    desk: Desk | None = getattr(request, "desk", None)
    if request is None or desk is None:
        return None
    lines = tuple(mandate_line(row, row is desk.mandate) for row in desk.mandates)
    standing = desk.mandate is not None and not desk.mandate.election
    known = tuple(elections()) if standing else ()
    return Shell(
        account=account_name(desk.account),
        mandate=next((line for line in lines if line.current), None),
        mandates=lines,
        elections=known,
        clock=desk.clock,
        menu=tuple(menu.entries(desk, request.path)),
        unread=0,
        path=request.get_full_path() if request.method == "GET" else request.path,
    )


def account_name(account: Any) -> str:
    """The account's code (never a name: names lie in the vault)."""
    return str(getattr(account, "code", "") or account)


def mandate_line(row: Any, current: bool) -> MandateLine:
    """A mandate in words."""
    name = getattr(row, "name", None) or getattr(row, "names", None) or getattr(row, "body_name", "")
    known = next((one for one in elections() if one.id == row.election), None)
    return MandateLine(
        id=str(row.id),
        body=in_language(name, row.body) if isinstance(name, dict) else str(name or row.body),
        role=role_name(row.role) if row.role else tier_name(row.tier),
        election=in_language(known.titles, known.id) if known else str(row.election or ""),
        current=current,
    )


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
def local(value: datetime | None) -> str | SafeString:
    """A deadline in words, or that there is none."""
    return gettext("no deadline") if value is None else moment(value)


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
