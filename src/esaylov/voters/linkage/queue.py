"""The queue of pairs: written by a search, read by commissions, each for its own territory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

import orjson
from django.db import connection
from django.db.models import Q, QuerySet

from esaylov.acts.powers import Actor, Target
from esaylov.registry.models import Territory
from esaylov.voters.linkage.found import Pair as Found
from esaylov.voters.linkage.models import Pair, Search
from esaylov.voters.models import Voter

BATCH = 10_000
State = Pair.State

# A pair that is decided stays decided; one that is proposed is not touched: somebody has looked at what it says. One that is
# gone after something was said of it comes under a new number.
_TAKE = """
INSERT INTO voters_pair (search_id, first, second, first_district, second_district, weight, exact, levels, state, verdict)
SELECT %(search)s, p.first, p.second, one.district, other.district, p.weight, p.exact, p.levels::jsonb, 'open', ''
FROM unnest(%(first)s::bigint[], %(second)s::bigint[], %(weight)s::float8[], %(exact)s::text[], %(levels)s::text[])
    AS p (first, second, weight, exact, levels)
JOIN voters_voter one ON one.id = p.first JOIN voters_voter other ON other.id = p.second
ON CONFLICT (first, second) WHERE state <> 'gone' OR verdict = ''
DO UPDATE SET search_id = excluded.search_id, weight = excluded.weight, exact = excluded.exact,
    levels = excluded.levels, first_district = excluded.first_district, second_district = excluded.second_district,
    state = 'open', verdict = '', removes = NULL, changeset = NULL
WHERE voters_pair.state IN ('open', 'gone')
"""


def store(search: Search, pairs: Iterable[Found]) -> int:
    """Puts the pairs of a search into the queue; those that wait and were not found again are gone. Gives how many were found.

    Each batch is a transaction of its own (call it outside of one): one that writes for long holds back the log. A search
    that breaks off in between leaves both old and new pairs waiting, and the next one puts them right.
    """
    stored, remaining = 0, iter(pairs)
    while batch := list(islice(remaining, BATCH)):
        with connection.cursor() as cursor:
            cursor.execute(_TAKE, _columns(batch) | {"search": search.id})
        stored += len(batch)
    old = Pair.objects.filter(state=State.OPEN).exclude(search=search)
    while gone := list(old.values_list("id", flat=True)[:BATCH]):
        old.filter(id__in=gone).update(state=State.GONE)
    return stored


def _columns(batch: Sequence[Found]) -> dict[str, Any]:
    return {
        "first": [pair.first for pair in batch],
        "second": [pair.second for pair in batch],
        "weight": [pair.weight for pair in batch],
        "exact": [pair.exact for pair in batch],
        "levels": [
            orjson.dumps([[one.field, one.level, round(one.bits, 2)] for one in pair.verdicts]).decode()
            for pair in batch
        ],
    }


def standing(pair: Pair) -> bool:
    """Whether both entries are still in the list."""
    return Voter.objects.filter(id__in=[pair.first, pair.second]).count() == 2


def target_of(election: str, pair: Pair) -> Target:
    """Whose matter a pair is: of the territories that both entries lie in."""
    first, second = (
        _lineages(election, district) for district in (pair.first_district, pair.second_district)
    )
    return Target(territories=first & second)


def _lineages(election: str, district: int) -> frozenset[int]:
    rows = Territory.objects.filter(election=election, soato=str(district)).values_list("lineage", flat=True)
    return frozenset(number for lineage in rows for number in lineage)


def districts_of(election: str, actor: Actor) -> dict[int, dict[str, str]] | None:
    """The districts (SOATO) that the actor looks after, with their names; for the Central Commission all."""
    rows = Territory.objects.filter(election=election, soato__regex=r"^[0-9]{7}$")
    if actor.area is not None:
        rows = rows.filter(lineage__contains=[actor.area])
    return {int(soato): names for soato, names in rows.order_by("position").values_list("soato", "names")}


def pairs_for(election: str, actor: Actor) -> QuerySet[Pair]:
    """The pairs that are the actor's matter: for a territorial commission both entries lie in its territory."""
    if actor.area is None:
        return Pair.objects.all()
    own = list(districts_of(election, actor) or {})
    return Pair.objects.filter(first_district__in=own, second_district__in=own)


def in_district(pairs: QuerySet[Pair], district: int) -> QuerySet[Pair]:
    """Those with an entry in a district."""
    return pairs.filter(Q(first_district=district) | Q(second_district=district))
