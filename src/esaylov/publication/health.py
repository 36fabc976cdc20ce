"""`/healthz`: whether database, sequencer, publication, the custodian of the voters' keys and the registers are alive."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from esaylov.custody import client
from esaylov.voters.models import KeyCheck
from esaylov.voters.registers.state import standings

SEQUENCER_SECONDS = 10
PUBLICATION_SECONDS = 120
UNUSED = "unused"
"""The custodian's state where no voter list was ever kept: nobody misses it."""

# Rows are sequenced in the order of their transaction numbers: nothing below the last one is waiting.
WAITING = """SELECT EXISTS (SELECT 1 FROM acts_journal j WHERE j.xid >= COALESCE(
    (SELECT l.xid FROM acts_entry e JOIN acts_journal l ON l.id = e.journal_id ORDER BY e.position DESC LIMIT 1),
    '0'::xid8)
  AND j.recorded_at < statement_timestamp() - make_interval(secs => %s)
  AND NOT EXISTS (SELECT 1 FROM acts_entry e WHERE e.journal_id = j.id))"""

# Entries of the log itself are no news: each publication would ask for the next.
UNPUBLISHED = """SELECT EXISTS (SELECT 1 FROM acts_entry e JOIN acts_journal j ON j.id = e.journal_id
  WHERE e.index >= COALESCE((SELECT max(size) FROM publication_publication), 0)
  AND j.code NOT IN ('publication.publish', 'log.journal_head')
  AND j.recorded_at < statement_timestamp() - make_interval(secs => %s))"""


@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """200 when all is well, else 503; JSON with the state of each part."""
    checks = dict.fromkeys(("database", "sequencer", "publication", "custodian", "registers"), "unknown")
    try:
        checks["sequencer"] = "behind" if _asks(WAITING, SEQUENCER_SECONDS) else "ok"
        checks["publication"] = "behind" if _asks(UNPUBLISHED, PUBLICATION_SECONDS) else "ok"
        checks["custodian"] = _custodian()
        checks["registers"] = _registers()
        checks["database"] = "ok"
    except DatabaseError:
        checks["database"] = "unreachable"
    good = all(state in ("ok", UNUSED) or name == "registers" for name, state in checks.items())
    answer = JsonResponse(
        {"status": "ok" if good else "failing", "checks": checks}, status=200 if good else 503
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _custodian() -> str:
    """Whether the custodian answers, with the keys under which the list lies."""
    known = {row.generation: bytes(row.value) for row in KeyCheck.objects.all()}
    try:
        state = client.status()
    except client.CustodianDown:
        return "unreachable" if known else UNUSED
    held = {int(number): bytes.fromhex(value) for number, value in state["checks"].items()}
    if any(held.get(number) != value for number, value in known.items()):
        return "other keys"
    return "keys cannot be read" if state["fault"] else "ok"


def _registers() -> str:
    """Whether the registers that are fetched answer. (The site works without them: it is told, and is no failure of ours.)"""
    fetched = [one for one in standings() if one.fetched]
    silent = [one.register for one in fetched if one.silent]
    return f"silent: {', '.join(silent)}" if silent else "ok" if fetched else UNUSED


def _asks(statement: str, seconds: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, [seconds])
        return bool(cursor.fetchone()[0])
