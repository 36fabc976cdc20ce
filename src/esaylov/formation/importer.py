"""The loop that works on files of members: reads what was handed in, enters what was confirmed. Nothing of it is lost when the
process is killed: how far a file is stands in the database, and what was begun is begun again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import polars as pl
from django.db import DatabaseError, connection, transaction

from esaylov.acts.context import ElectionContext, get_context
from esaylov.acts.door import Refused, Submission, perform
from esaylov.acts.powers import Actor
from esaylov.exchange.members import MembersFile, problems_xlsx, read_members
from esaylov.formation import findings, uploads
from esaylov.formation.examining import Examined, examine
from esaylov.formation.imports import ImportMembers
from esaylov.formation.models import FoundProblem, Upload
from esaylov.law.findings import Finding
from esaylov.registry.queries import actor_of_mandate

logger = logging.getLogger(__name__)

TICK = 0.5
TIDY_EVERY = 60.0
LOCK = 0x6D65_6D62
ATTEMPTS = 3
"""So often a file is begun: what kills the process each time does not stop the others."""
State = Upload.State
BEGUN = {State.WAITING: State.READING, State.CONFIRMED: State.ENTERING}


def run_forever(stop: Callable[[], bool]) -> None:
    """Works on one file after another until `stop()`; one such process for a database. Raises DatabaseError when the
    connection is lost: the supervisor starts it again.
    """
    locked, tidied = False, 0.0
    while not stop():
        try:
            if not locked and (locked := _lock()):
                resume()
            if locked and time.monotonic() - tidied > TIDY_EVERY:
                uploads.tidy()
                tidied = time.monotonic()
            if not locked or not run_once():
                time.sleep(TICK)
        except DatabaseError:
            connection.close()
            raise


def _lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def resume() -> None:
    """What a process that is gone had begun waits again."""
    for before, begun in BEGUN.items():
        Upload.objects.filter(state=begun).update(state=before, stage="")


def run_once() -> bool:
    """Does the next piece of work; returns whether there was any."""
    row = Upload.objects.defer("sealed", "returned").filter(state__in=list(BEGUN)).order_by("at").first()
    if row is None:
        return False
    work = _read if row.state == State.WAITING else _enter
    if row.attempts >= ATTEMPTS:
        _end(row, State.FAILED, {})
        return True
    _mark(row, state=BEGUN[State(row.state)], attempts=row.attempts + 1)
    try:
        work(row)
    except DatabaseError:
        raise
    except Exception as error:
        logger.error("a file of members could not be worked on: %s", type(error).__name__)
        _end(row, State.FAILED, {})
    return True


def _read(row: Upload) -> None:
    """Reads a file, holds it against the election, and keeps what was found."""
    found = _opened(row)
    if found is None:
        return
    context, actor, file = found
    _mark(row, stage="law", result={"rows": file.rows_total})
    examined = examine(context, actor, file, context.now())
    _mark(row, stage="problems")
    if file.rejected.height:
        uploads.give_back(row.id, problems_xlsx(file, row.language))
    with transaction.atomic():
        row.problems.all().delete()
        FoundProblem.objects.bulk_create(_problems(row, file, examined), batch_size=2_000)
        _mark(row, state=State.READ, stage="", result=_counted(file, examined), attempts=0)


def _enter(row: Upload) -> None:
    """Enters a file that was confirmed. The key is the file's own: whoever is killed in between enters nobody twice."""
    found = _opened(row)
    if found is None:
        return
    context, actor, file = found
    _mark(row, stage="entering")
    payload = ImportMembers.Payload(decision=row.decision, file=file)
    asked = sha256(f"{file.sha256} {row.decision}".encode()).digest()
    said = perform(
        ImportMembers, context.id, Submission(payload, actor, key=f"import {row.id}", request=asked)
    )
    if isinstance(said, Refused):
        _end(row, State.REFUSED, row.result | {"refused_by": [_finding(one) for one in said.findings]})
        return
    counts = {name: said.record[name] for name in ("taken", "standing", "refused", "commissions", "left_out")}
    _end(row, State.ENTERED, row.result | counts | {"index": said.journal})


def _opened(row: Upload) -> tuple[ElectionContext, Actor, MembersFile] | None:
    """What the work on a file begins with; None where its content or the mandate of who handed it in is gone."""
    _mark(row, stage="file")
    data = uploads.content(row.id)
    actor = actor_of_mandate(row.mandate, datetime.now(UTC))
    if data is None or actor is None or actor.person != row.person:
        gone = findings.file_gone() if data is None else findings.mandate_gone()
        _end(row, State.REFUSED, row.result | {"refused_by": [_finding(gone)]})
        return None
    return get_context(row.election), actor, read_members(data, row.name)


def _mark(row: Upload, **values: Any) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    Upload.objects.filter(id=row.id).update(changed_at=datetime.now(UTC), **values)


def _end(row: Upload, state: Upload.State, result: dict[str, Any]) -> None:
    """The last state of a file; its content goes."""
    _mark(row, state=state, stage="", result=result, sealed=None)


def _counted(file: MembersFile, examined: Examined) -> dict[str, Any]:
    """What the page of a file shows in figures."""
    decisions = examined.fresh["decision"]
    return {
        "rows": file.rows_total, "taken": examined.fresh.height, "standing": examined.standing,
        "refused": file.rows_total - examined.fresh.height - examined.standing,
        "commissions": examined.fresh["commission"].n_unique(), "left_out": len(examined.left_out),
        "unkept": sum(file.counts.values()) - len(file.problems), "returned": bool(file.rejected.height),
        "decisions": decisions.filter(decisions != "").n_unique(),
    }  # fmt: skip


def _problems(row: Upload, file: MembersFile, examined: Examined) -> Iterator[FoundProblem]:
    """Every problem: of the file and its rows, of commissions that are left out, then what was noted of those taken."""
    position = 0
    for position, one in enumerate(file.problems, start=1):
        yield FoundProblem(
            upload=row, position=position, place=one.place, column=one.column or "", code=one.code,
            article=one.article or "", is_error=one.is_error, commission="", said=dict(one.values),
        )  # fmt: skip
    rows = lines_of(file, {*examined.left_out, *examined.warned})
    for commissions in (examined.left_out, examined.warned):
        for code, found in commissions.items():
            for finding in found:
                position += 1
                lines = [name for name in finding.fields if name.rpartition("!")[2].isdigit()] or rows.get(
                    code
                )
                yield FoundProblem(
                    upload=row, position=position, place=f"{row.name}:{', '.join(lines)}" if lines else row.name,
                    column="", code=finding.code, article=finding.article or "",
                    is_error=commissions is examined.left_out, commission=code, said=dict(finding.text),
                )  # fmt: skip


def lines_of(file: MembersFile, commissions: Collection[str]) -> dict[str, list[str]]:
    """Where a file names commissions, by code: lines, those that follow one another together (`2-8`), with their sheet."""
    rows = file.table.filter(pl.col("commission").is_in(list(commissions)))
    found: dict[str, list[list[Any]]] = {}
    for code, sheet, line in rows.select("commission", "sheet", "line").sort("sheet", "line").iter_rows():
        runs = found.setdefault(code, [])
        if runs and runs[-1][0] == sheet and runs[-1][2] == line - 1:
            runs[-1][2] = line
        else:
            runs.append([sheet, line, line])
    return {code: [_run(*one) for one in runs] for code, runs in found.items()}


def _run(sheet: str | None, first: int, last: int) -> str:
    """Lines that follow one another."""
    lines = str(first) if first == last else f"{first}-{last}"
    return f"{sheet}!{lines}" if sheet else lines


def _finding(finding: Finding) -> dict[str, Any]:
    return {"code": finding.code, "text": dict(finding.text), "article": finding.article or ""}
