"""Documents of the room as PDF: decisions, receipts. (Layout: `exchange.documents`.)"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from esaylov.exchange import documents
from esaylov.exchange.documents.parts import Mode
from esaylov.proceedings.models import Decision


def mode_of(*, simulated: bool, pilot: bool, replay: bool) -> Mode:
    """What papers of an election say of themselves; a past election that is shown again is no official process either."""
    if simulated:
        return "simulated"
    if pilot:
        return "pilot"
    return "rehearsal" if replay else "official"


def decision_document(
    row: Decision,
    *,
    language: str,
    issuer: str,
    zone: ZoneInfo,
    mode: Mode,
    election: str,
    orders: Sequence[documents.Order],
    dissents: int,
    opinions: Sequence[str],
    record: documents.Record | None,
) -> documents.Decision:
    """A decision as a document, in a language for what is ours in it; its own words stay as they were adopted."""
    at = row.at.astimezone(zone)
    return documents.Decision(
        sheet=documents.Sheet(language, mode, issuer, at, election),
        number=row.number or "",
        day=at.date(),
        place=row.session.place,
        subject=row.title,
        text=row.text,
        attendance=documents.Attendance(row.members, row.present, row.quorum),
        vote=documents.Vote(
            row.votes_for, row.against, row.abstained, row.needed, row.number is not None, row.not_voting,
            row.casting,
        ),
        presiding="",
        secretary="",
        articles=tuple(row.articles),
        orders=tuple(orders),
        dissents=dissents,
        opinions=tuple(opinions),
        session=f"{row.session.number} / {row.session.year}",
        record=record,
    )  # fmt: skip


def receipt_document(
    *,
    language: str,
    issuer: str,
    mode: Mode,
    election: str,
    number: str,
    received: datetime,
    subject: str,
    secret: str,
    page: str,
    step: str,
    until: datetime | None,
    article: str,
) -> documents.Receipt:
    """The receipt of an application: the code that it carries is shown this once."""
    last = (until - timedelta(seconds=1)).date() if until else None
    return documents.Receipt(
        sheet=documents.Sheet(language, mode, issuer, received, election),
        number=number,
        received=received,
        subject=subject,
        secret=secret,
        page=page,
        steps=(documents.NextStep(step, last, article),),
    )
