"""How far the forming of commissions is: asked on a public page while the tables fill, so its cost may hang on no statistics."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection

from esaylov.formation.duties import FORMED
from tests.acts.election import World


def below(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A step of a plan with all below it."""
    yield plan
    for step in plan.get("Plans", ()):
        yield from below(step)


def test_mandates_are_grouped_once_even_where_nothing_was_ever_analysed(door: World) -> None:
    """Tables that seem small let the database group all mandates anew for each of 11,000 commissions: the page never came."""
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) " + FORMED, ["door", ["precinct"], "door", None, None])
        plan = cursor.fetchone()[0][0]["Plan"]
    repeated = [
        step["Node Type"]
        for loop in below(plan)
        if loop["Node Type"] == "Nested Loop"
        for step in below(loop["Plans"][1])
    ]
    assert "Aggregate" not in repeated
    assert any(step["Node Type"] == "Aggregate" for step in below(plan))
