"""Estimates the model's parameters from invented people and the truth about them.

u comes from pairs drawn at random (Splink's estimate), m from how often each level occurs among pairs known to be one person.
Expectation maximisation, which needs no truth, was tried and not taken: in this country a family shares a house, a surname and
patronymics, which is not what two independent classes look like, and it took namesakes of a family for one person.
On a register the same is done with pairs that a commission has decided.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from splink import DuckDBAPI, Linker

from esaylov.voters.linkage import people
from esaylov.voters.linkage.comparisons import FIELDS, Parameters, untrained
from esaylov.voters.linkage.engine import engine
from esaylov.voters.linkage.model import silent, weigh, weighed

MODEL = Path(__file__).with_name("model.json")
RANDOM_PAIRS = 5_000_000
SHARE = 0.005
RAREST = 1e-8
"""A level that no random pair shows is not impossible."""


def estimate(
    batches: Iterable[pl.DataFrame],
    same: pl.DataFrame,
    *,
    share: float = SHARE,
    seed: int = 1,
    memory_gib: float = 8.0,
) -> dict[str, Any]:
    """The document of a model (`comparisons.parameters`) from batches of records and the pairs (first, second) of one person.

    `share`: of entries that are somebody's second one in the lists that will be searched.
    """
    with engine(memory_gib) as connection:
        people.create(connection)
        for batch in batches:
            people.add(connection, batch)
        u = _by_chance(connection, seed)
        flat = {field: dict.fromkeys(known, 0.5) for field, known in u.items()}
        levels = _levels_of(connection, same, Parameters(share, flat, u))
        return {"share": _short(share), "fields": _fields(u, levels)}


def _by_chance(connection: duckdb.DuckDBPyConnection, seed: int) -> dict[str, dict[str, float]]:
    """How often each level occurs among random pairs."""
    interface = DuckDBAPI(connection)
    linker = Linker(interface.register(people.TABLE), untrained(), log_level=None, validate_settings=False)
    linker.training.estimate_u_using_random_sampling(
        max_pairs=RANDOM_PAIRS, seed=seed, min_count_per_level=None
    )
    return {
        comparison["output_column_name"]: {
            level["label_for_charts"]: max(RAREST, float(level.get("u_probability") or 0.0))
            for level in comparison["comparison_levels"]
            if not level.get("is_null_level")
        }
        for comparison in linker.misc.save_model_to_json()["comparisons"]
    }


def _levels_of(connection: duckdb.DuckDBPyConnection, same: pl.DataFrame, known: Parameters) -> pl.DataFrame:
    """The levels of pairs that are one person."""
    connection.register("same", same)
    connection.execute(
        """CREATE TABLE candidates AS SELECT '0' AS match_key, least(first, second) AS join_key_l,
           greatest(first, second) AS join_key_r FROM same"""
    )
    weigh(connection, known, -1e9, silent)
    return weighed(connection)


def _fields(u: dict[str, dict[str, float]], levels: pl.DataFrame) -> dict[str, dict[str, dict[str, float]]]:
    document = {}
    for field in FIELDS:
        seen = dict(levels[f"{field.code}_level"].value_counts().iter_rows())
        total = sum(seen.get(code, 0) for code in field.codes)
        # What was never seen may be seen once in twice as many.
        document[field.code] = {
            code: {"m": _short(max(seen.get(code, 0), 0.5) / max(total, 1)), "u": _short(u[field.code][code])}
            for code in field.codes
        }
    return document


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def write(document: dict[str, Any], said: str, path: Path = MODEL) -> None:
    """Writes a model; `said`: on which people it was estimated."""
    path.write_text(json.dumps({"estimated": said, **document}, indent=1) + "\n", encoding="utf-8")
