"""Correction statements: what a protocol claimed, and what holds now. Only what was corrected or declared invalid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from esaylov.design import numbers
from esaylov.design.words import language
from esaylov.publication.pages.protocol import ProtocolPage

KINDS = ("corrected", "annulled")


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim that no longer holds: the figures of a version of a protocol, who made it, what holds instead."""

    url: str
    claimed: str
    holds: str
    rating: str
    author: str
    published: datetime | None
    reviewed: datetime


def of_protocol(page: Any, path: str) -> list[Claim]:
    """The claims on a protocol's page: versions that were replaced, and the standing one when it was annulled."""
    if not isinstance(page, ProtocolPage) or page.stands is None:
        return []
    where = f"{page.precinct}, {page.contest}"
    stands = _figures((line.name, line.votes) for line in page.stands.votes)
    replaced = [version for version in page.versions if version.state.code == "replaced"]
    found = [
        Claim(
            url=path,
            claimed=f"{where}: {_figures((line.name, line.votes) for line in version.votes)}",
            holds=gettext("The protocol was corrected. It says: %(figures)s.") % {"figures": stands},
            rating=gettext("Corrected"),
            author=page.precinct,
            published=version.at,
            reviewed=page.stands.at,
        )
        for version in replaced
    ]
    if page.state.code == "annulled":
        reviewed = page.rulings[-1].at if page.rulings else page.stands.at
        found.append(_annulled(path, f"{where}: {stands}", page.precinct, page.stands.at, reviewed))
    return found


def _annulled(path: str, claimed: str, author: str, published: datetime | None, reviewed: datetime) -> Claim:
    return Claim(
        url=path,
        claimed=claimed,
        holds=gettext("A commission declared these results invalid. They are outside the totals."),
        rating=gettext("Declared invalid"),
        author=author,
        published=published,
        reviewed=reviewed,
    )


def of_corrections(page: Any) -> list[Claim]:
    """The claims on a page of corrections (`rows` with `changes`, as portal.corrections makes them)."""
    return list(_of_rows(getattr(page, "rows", ())))


def _of_rows(rows: Iterable[Any]) -> Iterator[Claim]:
    for row in rows:
        code = getattr(getattr(row, "state", None), "code", "")
        changes = [one for one in getattr(row, "changes", ()) if one.before is not None]
        if code not in KINDS or not changes:
            continue
        where = f"{row.precinct}, {row.contest}"
        claimed = f"{where}: {_figures((one.label, one.before) for one in changes)}"
        if code == "annulled":
            yield _annulled(row.link.url, claimed, row.precinct, None, row.at)
            continue
        now = _figures((one.label, one.after) for one in changes if one.after is not None)
        holds = gettext("The protocol was corrected. It says: %(figures)s.") % {"figures": now}
        yield Claim(row.link.url, claimed, holds, gettext("Corrected"), row.precinct, None, row.at)


def _figures(parts: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{name} {numbers.whole(number, language())}" for name, number in parts)
