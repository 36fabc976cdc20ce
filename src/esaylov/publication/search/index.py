"""The table of what can be found: written when an election is called, compared by `reconcile`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from esaylov.acts.bulk import insert_rows
from esaylov.elections.queries import ElectionTables, elections, tables
from esaylov.publication.search.documents import Document, documents
from esaylov.publication.search.models import SearchDocument

TABLE = "publication_searchdocument"
COLUMNS = (
    "election", "kind", "within", "code", "titles", "territory", "number", "address", "position", "own", "words",
)  # fmt: skip
LOCK = 2026


def index(election: str) -> int:
    """Writes the table anew for an election; returns how many things can be found. Raises UnknownElection."""
    known = tables(election)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, election])
        SearchDocument.objects.filter(election=election).delete()
        rows = [_row(election, document) for document in documents(known)]
        insert_rows(TABLE, COLUMNS, rows)
    return len(rows)


def index_missing() -> list[str]:
    """Writes the table for elections that are not in it yet, or were written by software that folded names otherwise; their
    ids.
    """
    missing = [row.id for row in elections() if _outdated(tables(row.id))]
    for election in missing:
        index(election)
    return missing


def _outdated(known: ElectionTables) -> bool:
    """Whether the first things of an election, its territories, are not in the table as they would be written now."""
    with connection.cursor() as cursor:
        cursor.execute(f"{STORED} AND kind = 'territory'", [known.election.id])
        stored = {row[:3]: _plain(row) for row in cursor.fetchall()}
    return any(
        stored.get(document.key) != _expected(document)
        for document in islice(documents(known), len(stored) or 1)
    )


def _row(election: str, document: Document) -> tuple[object, ...]:
    return (
        election, document.kind, document.within, document.code, Jsonb(dict(document.titles)), document.territory,
        document.number, document.address, document.position, vector(document.own),
        vector(document.own | document.around),
    )  # fmt: skip


def vector(words: Iterable[str]) -> str:
    """Folded words as PostgreSQL writes a `tsvector`. They hold letters and digits only: nothing in them needs escaping."""
    return " ".join(f"'{word}'" for word in sorted(words))


STORED = f"""SELECT kind, within, code, titles, territory, number, address, position, tsvector_to_array(own),
    tsvector_to_array(words) FROM {TABLE} WHERE election = %s"""


def search_differences(known: ElectionTables) -> Iterator[tuple[str, str, str]]:
    """(table, row, reason) for every row that is not what the election's tables give. An election that is not in the table
    at all was not indexed yet.
    """
    with connection.cursor() as cursor:
        cursor.execute(STORED, [known.election.id])
        stored = {row[:3]: _plain(row) for row in cursor.fetchall()}
    if not stored:
        return
    for document in documents(known):
        if stored.pop(document.key, None) != _expected(document):
            yield TABLE, _name(document.key), "is not what the election's tables give"
    for key in stored:
        yield TABLE, _name(key), "there is no such thing in the election's tables"


def stray_documents() -> Iterator[tuple[str, str, str]]:
    """Rows of elections that are not there."""
    known = [row.id for row in elections()]
    strays = SearchDocument.objects.exclude(election__in=known).values_list("election", flat=True)
    for election in strays.distinct().order_by("election"):
        yield TABLE, f"election {election}", "there is no such election"


def _plain(row: Sequence[Any]) -> tuple[object, ...]:
    return (json.loads(row[3]), *row[4:8], frozenset(row[8]), frozenset(row[9]))


def _expected(document: Document) -> tuple[object, ...]:
    return (
        dict(document.titles), document.territory, document.number, document.address, document.position,
        document.own, document.own | document.around,
    )  # fmt: skip


def _name(key: tuple[str, ...]) -> str:
    return "/".join(part for part in key if part)
