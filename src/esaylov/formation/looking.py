"""Who looked at somebody's data, for that person: by day and body, with the reasons in the page's language.

The list of reads keeps its reasons as the code says them, in English; here each has its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy

from esaylov.acts.context import STANDING_ZONE
from esaylov.acts.vault import Look
from esaylov.design.words import articles_text
from esaylov.formation.words import field_text
from esaylov.proceedings.pages.common import body_names

ARTICLES = re.compile(r"^(.*?)(?: \(Art\. ([^)]*)\))?$")
REASONS: Mapping[str, Any] = {
    "composition of the commission": gettext_lazy("What the law finds about its composition"),
    "the forming commission looks at the members": gettext_lazy("Members"),
    "what another body has entered stays": gettext_lazy("Members"),
    "the forming commission chooses among those proposed": gettext_lazy("Who was proposed"),
    "the Kengash discusses those proposed": gettext_lazy("Discussion of proposals"),
    "a file overwrites nothing of somebody who is known": gettext_lazy("Import members"),
    "whose personal number it is": gettext_lazy("Personal number (PINFL)"),
    "who acts for the organisation": gettext_lazy("Who acts for the organisation"),
    "members of a session": gettext_lazy("Sessions"),
    "minutes of a session": gettext_lazy("Minutes"),
    "orders of a motion before the session": gettext_lazy("Draft decisions"),
    "deciding an application": gettext_lazy("Applications"),
    "the applicant's own application": gettext_lazy("Applications"),
    "letters of one's own body": gettext_lazy("Letters"),
    "members who agree to an entry of the supplement": gettext_lazy("Supplement to the list"),
    "members who tell voters of a removal": gettext_lazy("Voters to be told"),
}
"""What a page of the cabinet is called from which somebody was looked at, by the reason that the list keeps."""


@dataclass(slots=True)
class Seen:
    """What a body saw of a person on one day: how often, which fields, why; without repetition, in the order of the looks."""

    day: date
    body: str
    times: int = 0
    fields: dict[str, None] = field(default_factory=dict)
    reasons: dict[str, None] = field(default_factory=dict)


def by_day(looks: Sequence[Look], elections: Iterable[str]) -> list[Seen]:
    """Looks, the latest first, together by day and body. `elections`: in which the bodies' names are looked for, in order."""
    names = _names({one.body for one in looks}, elections)
    found: dict[tuple[date, str], Seen] = {}
    for one in looks:
        day = one.at.astimezone(STANDING_ZONE).date()
        seen = found.setdefault((day, one.body), Seen(day, names[one.body]))
        seen.times += 1
        seen.fields |= dict.fromkeys(map(field_text, one.fields))
        seen.reasons |= {reason_text(one.purpose): None}
    return list(found.values())


def reason_text(purpose: str) -> str:
    """A reason in the page's language, with its articles; one that has no words as it was kept."""
    said = ARTICLES.match(purpose)
    assert said is not None
    words, articles = said.groups()
    return f"{REASONS.get(words, words)}{f' ({articles_text(articles)})' if articles else ''}"


def _names(codes: set[str], elections: Iterable[str]) -> dict[str, str]:
    """Bodies in words, from the first election that has each; its code where none has."""
    found = {code: code for code in codes}
    for election in dict.fromkeys(elections):
        unknown = [code for code, name in found.items() if name == code]
        if unknown:
            found |= body_names(election, unknown)
    return found
