"""Reads about territories, precincts and commissions that other rooms may use."""

from collections.abc import Sequence
from hashlib import sha256

from django.db import connection

from esaylov.acts.powers import Actor
from esaylov.acts.statements import fetch

ACTOR_COLUMNS = "c.code, c.tier, c.election, c.territory_id, c.precinct_id"
ACTOR_BY_DIGEST = """SELECT c.code, c.tier, c.election, c.territory_id, c.precinct_id FROM registry_commissiontoken t
JOIN registry_commission c ON c.id = t.commission_id WHERE t.digest = %s"""


def actor_by_token(token: str) -> Actor | None:
    """The commission whose bearer token this is, None when it is nobody's."""
    rows = fetch(ACTOR_BY_DIGEST, [sha256(token.encode()).digest()])
    return Actor(*rows[0]) if rows else None


def actors(election: str, codes: Sequence[str] | None = None) -> dict[str, Actor]:
    """Commissions of an election by code, all or those named."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {ACTOR_COLUMNS} FROM registry_commission c WHERE c.election = %s"
            " AND (%s::text[] IS NULL OR c.code = ANY(%s))",
            [election, list(codes) if codes is not None else None, list(codes or ())],
        )
        return {row[0]: Actor(*row) for row in cursor.fetchall()}


def precinct_cell(election: str, precinct: str) -> int | None:
    """The cell of a precinct (database id), None when the election has no such precinct."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT cell_id FROM registry_precinct WHERE election = %s AND code = %s", [election, precinct]
        )
        row = cursor.fetchone()
    return int(row[0]) if row else None
