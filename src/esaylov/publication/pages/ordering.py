"""What is said while a heap of protocols waits for its place in the log, as after `esaylov load`, and nothing is counted.

The one sentence of a page that does not follow from the tree size: it counts what stands above that size. Where it is
shown the size moves on within seconds, and the page with it.
"""

from __future__ import annotations

from django.utils.translation import ngettext

from esaylov.design import numbers
from esaylov.design.words import language
from esaylov.results.queries import Snapshot, fetched

MANY = 1_000
"""A handful is put in order within a second: nobody needs to be told."""

# Rows are sequenced in the order of their transaction numbers: nothing below the last one is waiting.
BEHIND = """SELECT (SELECT count(*) FROM (SELECT 1 FROM acts_entry WHERE index >= %(size)s LIMIT %(many)s) a)
  + (SELECT count(*) FROM (SELECT 1 FROM acts_journal j WHERE j.xid >= COALESCE(
        (SELECT l.xid FROM acts_entry e JOIN acts_journal l ON l.id = e.journal_id ORDER BY e.position DESC LIMIT 1),
        '0'::xid8) AND NOT EXISTS (SELECT 1 FROM acts_entry e WHERE e.journal_id = j.id) LIMIT %(many)s) b)"""

# A sealed protocol waits for nothing but its release; one that was opened waits until the log says so.
RECEIVED = """SELECT count(*), count(*) FILTER (WHERE e.index < %(size)s
    AND (NOT f.sealed OR s.opened_by IS NULL OR o.index < %(size)s))
FROM results_protocol f
    LEFT JOIN acts_entry e ON e.journal_id = f.journal_id
    LEFT JOIN acts_sealed s ON s.journal_id = f.journal_id
    LEFT JOIN acts_entry o ON o.journal_id = s.opened_by
WHERE f.contest_id = ANY(%(contests)s)"""


def so_far(at: Snapshot, counted: int, text: str) -> str:
    """The answer of a page; while nothing is counted because protocols wait in a heap, that."""
    return text if counted else being_ordered(at) or text


def being_ordered(at: Snapshot) -> str:
    """How many protocols the site has received and how many of them stand in the log at this size, in one sentence;
    empty where only a few are waiting.
    """
    ((behind,),) = fetched(BEHIND, {"size": at.size, "many": MANY})
    if behind < MANY:
        return ""
    contests = list(at.tables.contests_by_id)
    ((received, ordered),) = fetched(RECEIVED, {"size": at.size, "contests": contests})
    if ordered == received:
        return ""
    values = {"ordered": numbers.whole(ordered, language()), "received": numbers.whole(received, language())}
    text = ngettext(
        "Nothing has been counted yet: %(received)s protocol has been received and is being put into the log.",
        "Nothing has been counted yet: %(received)s protocols have been received and are being put into the log,"
        " %(ordered)s of them so far.",
        received,
    )
    return text % values
