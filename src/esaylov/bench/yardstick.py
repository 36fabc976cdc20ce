"""The yardsticks behind the same server: one insert that commits itself (HTTP intake: the same schema), and one row of the voter
list by its primary key.
"""

from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from ninja import NinjaAPI, Status
from psycopg.types.json import Jsonb

from esaylov.results.api import ProtocolForm
from esaylov.urls import urlpatterns as site_patterns

TABLE = """CREATE TABLE bench_intake (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, precinct text NOT NULL,
contest text NOT NULL, version int NOT NULL, lines jsonb NOT NULL, votes jsonb NOT NULL)"""
INSERT = "INSERT INTO bench_intake (precinct, contest, version, lines, votes) VALUES (%s, %s, %s, %s, %s)"
BY_KEY = "SELECT id, precinct, sealed FROM voters_voter WHERE id = %s"

api = NinjaAPI(urls_namespace="yardstick", docs_url=None, openapi_url=None)


@api.post("/protocols", response={201: dict[str, Any]})
def insert(request: HttpRequest, payload: ProtocolForm) -> Status[dict[str, str]]:
    """Stores a protocol as it came."""
    values: list[Any] = [
        payload.precinct,
        payload.contest,
        payload.version,
        Jsonb(payload.lines),
        Jsonb(payload.votes),
    ]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, values)
    return Status(201, {"state": "stored"})


def voter(_request: HttpRequest, number: int) -> HttpResponse:
    """A row of the voter list, as it lies there."""
    with connection.cursor() as cursor:
        cursor.execute(BY_KEY, [number])
        row = cursor.fetchone()
    return HttpResponse(f"{row[0]} {row[1]} {len(row[2])}\n", content_type="text/plain")


urlpatterns = [
    path("yardstick/voter/<int:number>", voter),
    path("yardstick/", api.urls),
    *site_patterns,
]
