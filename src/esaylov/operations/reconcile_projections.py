"""Projections computed anew from the facts, against the rows that are stored."""

import json
from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from esaylov.acts.models import Entry
from esaylov.elections.queries import ElectionTables
from esaylov.results.models import Standing, Tabulation
from esaylov.results.outcomes import decisions, outcome
from esaylov.results.standings import standings
from esaylov.results.sums import Sums, cell_sums, expected_places, fold

STANDINGS = """WITH RECURSIVE {standings}, fresh AS (
    SELECT s.contest_id, s.precinct_id, p.cell_id, s.protocol_id, s.state, s.state IN ('received', 'accepted') AS counts,
           s.index, s.conflicts FROM standing s JOIN registry_precinct p ON p.id = s.precinct_id
), stored AS (
    SELECT contest_id, precinct_id, cell_id, protocol_id, state, counts, index, conflicts FROM results_standing
    WHERE contest_id = ANY(%(contests)s)
), wrong AS ((TABLE fresh EXCEPT TABLE stored) UNION (TABLE stored EXCEPT TABLE fresh))
SELECT DISTINCT COALESCE(c.code, w.contest_id::text), COALESCE(p.code, 'number ' || w.precinct_id) FROM wrong w
LEFT JOIN elections_contest c ON c.id = w.contest_id LEFT JOIN registry_precinct p ON p.id = w.precinct_id ORDER BY 1, 2"""


def projection_differences(tables: ElectionTables) -> Iterator[tuple[str, str, str]]:
    """(table, row, reason) for every stored row of the election's projections that is not what the facts give."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield from list(_differences(tables))


def _differences(tables: ElectionTables) -> Iterator[tuple[str, str, str]]:
    tabulated = Tabulation.objects.filter(pk=tables.election.id).first()
    if tabulated is None:
        if Standing.objects.filter(contest__in=tables.contests_by_id).exists():
            yield "results_tabulation", tables.election.id, "is missing, although there are projections"
        return
    size = tabulated.size
    if size > 0 and not Entry.objects.filter(index=size - 1).exists():
        yield "results_tabulation", tables.election.id, f"the log has no size {size}"
    yield from _standings(tables, size)
    totals = fold(tables, cell_sums(tables, size), expected_places(tables))
    yield from _totals(tables, totals)
    yield from _outcomes(tables, totals, size)


def stray_projections() -> Iterator[tuple[str, str, str]]:
    """Rows of projections that belong to no contest of any election."""
    with connection.cursor() as cursor:
        for table in ("results_standing", "results_total", "results_outcome"):
            cursor.execute(
                f"SELECT DISTINCT t.contest_id FROM {table} t LEFT JOIN elections_contest c ON c.id = t.contest_id"
                " WHERE c.id IS NULL ORDER BY 1"
            )
            for (contest,) in cursor.fetchall():
                yield table, f"contest number {contest}", "there is no such contest"


def _standings(tables: ElectionTables, size: int) -> Iterator[tuple[str, str, str]]:
    source = standings(some_places=False, sealed=tables.election.release is not None)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(STANDINGS).format(standings=source),
            {"contests": list(tables.contests_by_id), "size": size, "precincts": None},
        )
        for contest, precinct in cursor.fetchall():
            yield "results_standing", f"{precinct}/{contest}", "is not what the protocols and decisions give"


def _totals(tables: ElectionTables, totals: dict[tuple[int, int], Sums]) -> Iterator[tuple[str, str, str]]:
    stored: dict[tuple[int, int], Sums] = {}
    names: dict[int, str] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.contest_id, t.territory_id, COALESCE(g.code, 'number ' || t.territory_id), expected, received, counted,"
            " inconsistent, returned, annulled, voters_annulled, lines, votes FROM results_total t"
            " LEFT JOIN registry_territory g ON g.id = t.territory_id WHERE contest_id = ANY(%s)",
            [list(tables.contests_by_id)],
        )
        for contest, territory, code, *figures in cursor.fetchall():
            names[territory] = code
            stored[contest, territory] = Sums(*figures)
    for key in sorted(stored.keys() | totals.keys()):
        if stored.get(key) != totals.get(key):
            contest = tables.contests_by_id[key[0]].code
            yield "results_total", f"{contest}/{names.get(key[1], key[1])}", "is not the sum of its protocols"


def _outcomes(tables: ElectionTables, totals: Any, size: int) -> Iterator[tuple[str, str, str]]:
    decided = decisions(tables, size)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT contest_id, final, determination FROM results_outcome WHERE contest_id = ANY(%s)",
            [list(tables.contests_by_id)],
        )
        stored = {contest: (final, json.loads(found)) for contest, final, found in cursor.fetchall()}
    for contest in tables.contests_by_id:
        fresh = decided[contest].final, outcome(tables, contest, totals, decided)
        if stored.get(contest) != fresh:
            yield "results_outcome", tables.contests_by_id[contest].code, "is not what the totals give"
