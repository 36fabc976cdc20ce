"""Notices: told to many people at once, read by each in their own language, in the cabinet and by e-mail."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, gettext_lazy

from esaylov.acts.door import Accepted
from esaylov.cabinet.models import Notice
from esaylov.design.words import in_language

TELL = """INSERT INTO cabinet_notice (person, code, params, url, created_at)
SELECT DISTINCT ON (p) p, %s, %s::jsonb, %s, %s FROM unnest(%s::uuid[]) AS p {} RETURNING id"""
UNTOLD = """WHERE NOT EXISTS (SELECT FROM cabinet_notice n
    WHERE n.person = p AND n.code = %s AND n.params @> jsonb_build_object('act', %s::bigint))"""
MAIL = """INSERT INTO cabinet_mail (notice_id, state, due_at, attempts, changed_at, error)
SELECT n, 'waiting', %s, 0, %s, '' FROM unnest(%s::bigint[]) AS n"""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a code: `title` with parameters for the page, `subject` without any for the e-mail."""

    title: Any
    subject: Any


_words: dict[str, Words] = {}


def register(code: str, title: Any, subject: Any = None) -> None:
    """Names the texts of a code, lazy ones: `title` may name parameters (`%(contest)s`), `subject` names none, since it goes
    out by e-mail; left out, the e-mail says that there is news.
    """
    _words[code] = Words(title, subject or gettext_lazy("There is news in your cabinet"))


ACT = "act"
"""Parameter with the journal number of the act that a notice tells of."""
ACT_AT = "act_at"
"""Parameter with the time of that act, on its election's clock."""
MODE = "mode"
"""Parameter of a notice about an election that is not official; it stands in the e-mail too."""


def tell(
    persons: Iterable[UUID],
    code: str,
    params: Mapping[str, Any] | None = None,
    url: str = "",
    *,
    mode: str = "official",
    of: Accepted | None = None,
) -> int:
    """Tells persons something, all at the same moment: two statements, whatever their number. Returns how many were told.

    A parameter that is an object of texts by language is read in the reader's. `url` is an address of this site without
    its language (`/cabinet/…`). `mode`: that of the election that it is about. `of`: the act that it tells of. An act stands
    before anybody is told; where that did not come about, the same form sent again tells those who were not told.
    Raises KeyError for a code without words, ValueError for an address elsewhere.
    """
    if code not in _words:
        raise KeyError(code)
    if url and not (url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)):
        raise ValueError(f"not an address of this site: {url}")
    now = datetime.now(UTC)
    said = {**(params or {}), **({MODE: mode} if mode != "official" else {})}
    if of is not None:
        said[ACT], said[ACT_AT] = of.journal, of.record["at"]
    again: list[Any] = [code, of.journal] if of is not None and of.repeated else []
    mailed = bool(os.environ.get("ESAYLOV_EMAIL_URL"))  # without a server nothing waits for one
    with transaction.atomic() if mailed else nullcontext(), connection.cursor() as cursor:
        statement = TELL.format(UNTOLD if again else "")
        cursor.execute(statement, [code, json.dumps(said), without_language(url), now, list(persons), *again])
        told = [number for (number,) in cursor.fetchall()]
        if told and mailed:
            cursor.execute(MAIL, [now, now, told])
    return len(told)


def without_language(url: str) -> str:
    """An address without its language: notices are read in the reader's own."""
    first, _, rest = url.lstrip("/").partition("/")
    return f"/{rest}" if first in dict(settings.LANGUAGES) else url


def title_of(notice: Notice) -> str:
    """A notice in the language at hand."""
    words = _words.get(notice.code)
    if words is None:
        return gettext("There is news in your cabinet")
    values = {name: _value(value) for name, value in notice.params.items()}
    try:
        said = str(words.title) % values
    except (KeyError, ValueError, TypeError):
        said = str(words.subject)
    mark = mark_of(notice)
    return gettext("%(notice)s (%(mark)s)") % {"notice": said, "mark": mark} if mark else said


def time_of(notice: Notice) -> datetime:
    """When what a notice tells of happened: on the election's clock where it tells of an act, else when it was written."""
    said = notice.params.get(ACT_AT)
    return datetime.fromisoformat(said) if said else notice.created_at


def mark_of(notice: Notice) -> str:
    """What a notice about an election that is not official says of it, in the language at hand; else empty."""
    marks = {
        "pilot": gettext("pilot, without legal force"),
        "rehearsal": gettext("rehearsal, without legal force"),
        "simulated": gettext("simulated, without legal force"),
    }
    return marks.get(str(notice.params.get(MODE, "")), "")


def subject_of(code: str) -> str:
    """What an e-mail says of a code, in the language at hand: no parameter, no name."""
    words = _words.get(code)
    return str(words.subject) if words else gettext("There is news in your cabinet")


def _value(value: Any) -> Any:
    return in_language(value) if isinstance(value, dict) else value


def unread(person: UUID | None) -> int:
    """How many notices a person has not read."""
    if person is None:
        return 0
    return Notice.objects.filter(person=person, read_at=None).count()


def mark_read(person: UUID, number: int | None = None) -> None:
    """Marks one notice of a person as read, or all."""
    mine = Notice.objects.filter(person=person, read_at=None)
    (mine if number is None else mine.filter(pk=number)).update(read_at=datetime.now(UTC))
