"""Who wins each contest, from totals and decisions at a size of the log."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from esaylov.elections.queries import ContestRow, ElectionTables
from esaylov.law.determination import Decisions, Determination, Totals, determine
from esaylov.results.sums import Sums, empty

DECIDED = """SELECT d.contest_id, d.kind, d.outcome FROM results_contestdecision d
LEFT JOIN acts_entry e ON e.journal_id = d.journal_id
WHERE d.contest_id = ANY(%s) AND (%s::bigint IS NULL OR e.index < %s) ORDER BY e.index, d.journal_id"""


@dataclass(slots=True)
class Decided:
    """The decisions on one contest, in order: lots drawn, an outcome supplied, whether certified."""

    lots: list[tuple[str, ...]] = field(default_factory=list)
    outcome: tuple[str, ...] | None = None
    final: bool = False

    def law(self) -> Decisions:
        """As `law.determination` takes them."""
        return Decisions(lots=tuple(self.lots), outcome=self.outcome)


def decisions(tables: ElectionTables, size: int | None) -> dict[int, Decided]:
    """The decisions on every contest at a size (None: all committed), by contest id."""
    found = {contest: Decided() for contest in tables.contests_by_id}
    with connection.cursor() as cursor:
        cursor.execute(DECIDED, [list(found), size, size])
        for contest, kind, drawn in cursor.fetchall():
            decided = found[contest]
            if kind == "lot":
                decided.lots.append(tuple(drawn))
            elif kind == "determination":
                decided.outcome = tuple(drawn)
            else:
                decided.final = True
    return found


def contests_decided(tables: ElectionTables, old: int, new: int) -> set[int]:
    """Ids of the contests with a decision among the entries from index `old` to below `new`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT d.contest_id FROM results_contestdecision d JOIN acts_entry e ON e.journal_id = d.journal_id"
            " WHERE e.index >= %s AND e.index < %s AND d.contest_id = ANY(%s)",
            [old, new, list(tables.contests_by_id)],
        )
        return {row[0] for row in cursor.fetchall()}


def law_totals(sums: Sums) -> Totals:
    """Sums of a contest's own territory as `law.determination` takes them."""
    return Totals(lines=tuple(sums.lines), votes=tuple(sums.votes), voters_annulled=sums.voters_annulled)


def determination(tables: ElectionTables, contest: ContestRow, sums: Sums, decided: Decided) -> Determination:
    """Who wins, from the sums of the contest's own territory."""
    return determine(
        tables.edition, contest.law_input(), law_totals(sums), decided.law(), final=decided.final
    )


def outcome(
    tables: ElectionTables,
    contest_id: int,
    totals: Mapping[tuple[int, int], Sums],
    decided: Mapping[int, Decided],
) -> dict[str, Any]:
    """The contest's member of `determinations.json`."""
    contest = tables.contests_by_id[contest_id]
    sums = totals.get((contest_id, contest.territory)) or empty(tables, contest)
    return determination(tables, contest, sums, decided[contest_id]).to_json()
