"""Finding by the words that somebody typed: in every script, each word may be the beginning of one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection

from esaylov.design.scripts import words
from esaylov.publication.search.documents import KINDS

LONGEST = 200
MOST_WORDS = 8
ALL = 50
OF_EACH_KIND = 10
TIMEOUT_MS = 2_000
SHORTEST = 2
MOST_BROWSED = 1_000

_PRECINCT = frozenset(
    words(
        "uchastka uchastkasi участкаси участка участок участке УИК precinct station uchastok uchastkası участкасы"
    )
)
_NUMBER = frozenset(words("son сон сонли no number raqam рақам номер nomer"))


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody typed: the text, its folded words, and whether it names precincts. `cut`: part of it was left out."""

    text: str
    words: tuple[str, ...]
    precincts: bool = False
    cut: bool = False

    @property
    def too_short(self) -> bool:
        """Whether there is text, but nothing in it that could be looked for."""
        return bool(self.text) and not any(len(word) >= SHORTEST or word.isdigit() for word in self.words)

    @property
    def numbers(self) -> list[str]:
        """Words that are numbers."""
        return [word for word in self.words if word.isdigit()]


def parse(text: str) -> Query:
    """The query of a text: 200 characters and 8 words at most. In `precinct No. 12` the words that are only there for
    people (`precinct`, `No.`) say what is looked for and are not looked for themselves.
    """
    shown = "".join(letter for letter in text[:LONGEST] if letter.isprintable()).strip()
    # A last c is half of ch: folded alone it would be another letter.
    found = words(shown[:-1] if len(shown) > SHORTEST and shown[-1] in "cC" else shown)
    named = [word for word in found if word not in _PRECINCT]
    with_number = any(word.isdigit() for word in named)
    kept = [word for word in named if not (with_number and word in _NUMBER)] or found
    return Query(
        text=shown,
        words=tuple(kept[:MOST_WORDS]),
        precincts=len(named) < len(found) and bool(named),
        cut=len(text) > LONGEST or len(kept) > MOST_WORDS,
    )


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found. `own`: its own name has all the words; `exact`: as whole words,
    or its number is among them.
    """

    election: str
    kind: str
    within: str
    code: str
    titles: dict[str, str]
    territory: int | None
    number: str
    address: str
    own: bool
    exact: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one kind: the best hits, and how many there are in all."""

    kind: str
    hits: tuple[Hit, ...]
    total: int


SEARCH = """WITH matching AS (
    SELECT d.*, d.own @@ %(query)s::tsquery AS owned,
        d.own @@ %(exact)s::tsquery AS whole, d.number = ANY(%(numbers)s) AS numbered
    FROM publication_searchdocument d
    WHERE d.words @@ %(query)s::tsquery AND d.election = ANY(%(elections)s) AND d.kind = ANY(%(kinds)s)
    AND (%(place)s::int IS NULL OR d.territory IN (SELECT t.id FROM registry_territory t WHERE %(place)s = ANY(t.lineage)))
), ordered AS (
    SELECT m.*, count(*) OVER (PARTITION BY kind) AS total, row_number() OVER (
        PARTITION BY kind ORDER BY numbered DESC, whole DESC, owned DESC,
        array_position(%(elections)s, election), position) AS rank
    FROM matching m
)
SELECT kind, total, election, within, code, titles, territory, number, address, owned, whole OR numbered
FROM ordered WHERE rank <= %(limit)s ORDER BY kind, rank"""


def search(
    query: Query,
    elections: Sequence[str],
    *,
    kinds: Iterable[str] = KINDS,
    place: int | None = None,
    limit: int,
) -> list[Found]:
    """What has all words of the query in its names or around it, by kind: kinds with a precinct of exactly that number or
    with a thing of exactly that name first. `place`: only inside a territory.

    Raises OperationalError when it takes longer than the statement's limit, which `bounded` sets.
    """
    parameters = {
        "query": " & ".join(f"'{word}':*" for word in query.words),
        "exact": " & ".join(f"'{word}'" for word in query.words),
        "numbers": query.numbers,
        "elections": list(elections),
        "kinds": ["precinct"] if query.precincts else list(kinds),
        "place": place,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(SEARCH, parameters)
        rows = cursor.fetchall()
    groups: dict[str, list[Hit]] = {}
    totals: dict[str, int] = {}
    for kind, total, election, within, code, titles, *rest in rows:
        totals[kind] = total
        groups.setdefault(kind, []).append(Hit(election, kind, within, code, json.loads(titles), *rest))
    found = [Found(kind, tuple(hits), totals[kind]) for kind, hits in groups.items()]
    return sorted(found, key=lambda one: _order(one, query))


def _order(found: Found, query: Query) -> tuple[bool, bool, bool, int]:
    """Exact precincts of a number first, then kinds with something exact, then with something of that name."""
    best = found.hits[0]
    numbered = found.kind == "precinct" and best.exact and bool(query.numbers)
    return not numbered, not best.exact, not best.own, KINDS.index(found.kind)


def bounded() -> None:
    """Lets no statement of the transaction at hand take longer than two seconds: nobody can hold the database."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = {TIMEOUT_MS}")


DIRECTLY = """SELECT code, number, CASE WHEN place_public IS NOT FALSE THEN address ELSE '' END FROM registry_precinct
WHERE election = %(election)s
AND (territory_id = %(place)s OR constituency_id = %(place)s OR %(place)s = ANY(links)) ORDER BY position LIMIT %(most)s"""


def precincts_in(election: str, place: int) -> list[tuple[str, str, str]]:
    """Code, number and public address of the precincts directly in a territory, 1,000 at most."""
    with connection.cursor() as cursor:
        cursor.execute(DIRECTLY, {"election": election, "place": place, "most": MOST_BROWSED})
        rows: list[tuple[str, str, str]] = cursor.fetchall()
    return rows
