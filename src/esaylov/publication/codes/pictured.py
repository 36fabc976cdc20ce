"""What a picture or a card with a code should say: the figures of each election where none has changed since that entry."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from esaylov.elections.queries import elections
from esaylov.publication.pages.common import Frame, frame
from esaylov.publication.pages.national import Headline, headline
from esaylov.results.queries import current, sizes

CHANGED = """SELECT j.election FROM acts_entry e JOIN acts_journal j ON j.id = e.journal_id
WHERE e.index > %s AND j.election = %s AND e.index < %s
AND (j.code LIKE 'results.%%' AND j.code <> 'results.publish_roster' OR j.code LIKE 'polling.%%'
    OR j.code = 'log.open') LIMIT 1"""
"""An act that touches figures and stands behind an entry: sessions, compositions or applications change none."""


@dataclass(frozen=True, slots=True)
class Pictured:
    """An election as a picture of that tree size shows it; `headline` is None where its figures have changed since."""

    frame: Frame
    headline: Headline | None


def pictured(index: int) -> tuple[Pictured, ...]:
    """Every election that had figures when the entry `index` was the last one. To be called inside `reading`; costs some
    reads for each election.
    """
    known = sizes()
    found = []
    for election in elections():
        size = known.get(election.id)
        if size is None or not _called(election.journal, index):
            continue
        at = current(election.id)
        found.append(Pictured(frame(at), None if _changed(election.id, index, size) else headline(at)))
    return tuple(found)


def _called(journal: int, index: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT index FROM acts_entry WHERE journal_id = %s", [journal])
        row = cursor.fetchone()
    return row is not None and row[0] is not None and row[0] <= index


def _changed(election: str, index: int, size: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(CHANGED, [index, election, size])
        return cursor.fetchone() is not None
