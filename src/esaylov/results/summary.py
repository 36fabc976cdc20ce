"""Results of an election in short: what a replay prints and writes."""

import json
from typing import Any

from django.db import connection

from esaylov.elections.queries import ElectionTables


def finding_counts(tables: ElectionTables) -> dict[str, int]:
    """Number of standing protocols with each finding, by code."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code, count(*) FROM results_standing s JOIN results_protocol f ON f.journal_id = s.protocol_id,"
            " unnest(f.findings) AS code WHERE s.contest_id = ANY(%s) GROUP BY 1 ORDER BY 1",
            [list(tables.contests_by_id)],
        )
        return dict(cursor.fetchall())


def outside(tables: ElectionTables) -> list[dict[str, Any]]:
    """Places whose protocol stands outside the totals, with the codes of its findings."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.code, s.contest_id, s.state, COALESCE(f.findings, '{}') FROM results_standing s"
            " JOIN registry_precinct p ON p.id = s.precinct_id LEFT JOIN results_protocol f ON f.journal_id = s.protocol_id"
            " WHERE s.contest_id = ANY(%s) AND NOT s.counts ORDER BY s.contest_id, p.position",
            [list(tables.contests_by_id)],
        )
        return [
            {
                "precinct": precinct,
                "contest": tables.contests_by_id[contest].code,
                "state": state,
                "codes": codes,
            }
            for precinct, contest, state, codes in cursor.fetchall()
        ]


def contest_results(tables: ElectionTables) -> list[dict[str, Any]]:
    """Every contest with its totals by option, seats and determination, as projected now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.contest_id, t.votes, o.determination FROM results_total t JOIN elections_contest c"
            " ON c.id = t.contest_id AND c.territory_id = t.territory_id"
            " JOIN results_outcome o ON o.contest_id = t.contest_id WHERE t.contest_id = ANY(%s) ORDER BY c.position",
            [list(tables.contests_by_id)],
        )
        rows = cursor.fetchall()
    return [
        {
            "id": tables.contests_by_id[contest].code,
            "totals": dict(zip(tables.contests_by_id[contest].option_codes, votes, strict=True)),
            "seats": determination["seats"],
            "determination": determination,
        }
        for contest, votes, determination in ((row[0], row[1], json.loads(row[2])) for row in rows)
    ]
