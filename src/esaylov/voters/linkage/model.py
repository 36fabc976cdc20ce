"""Who stands in the list twice: exact duplicates first, then probable ones, each pair explained field by field.

Splink (Fellegi and Sunter's model) on DuckDB scores the candidates. What comes out are numbers of entries, levels and weights:
no name and no number of a person. Nobody is removed by it: it fills a queue that two persons decide on.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import duckdb
import polars as pl
from splink import DuckDBAPI, Linker

from esaylov.voters.linkage import people
from esaylov.voters.linkage.blocking import EXACT, PROBABLE, Progress, pairs
from esaylov.voters.linkage.chances import measure
from esaylov.voters.linkage.comparisons import FAMILY, FIELDS, Parameters, settings, trained
from esaylov.voters.linkage.engine import DEFAULT_MEMORY_GIB, count, engine, number
from esaylov.voters.linkage.found import Found

#: Pairs that are scored at a time: their entries are copied meanwhile.
SLICE = 3_000_000
#: Pairs below this weight (bits: log2 of the odds) are not worth a person's time.
THRESHOLD = 5.0


def silent(step: str, done: int, total: int) -> None:
    """The progress that nobody looks at."""


def find_duplicates(
    batches: Iterable[pl.DataFrame],
    *,
    memory_gib: float = DEFAULT_MEMORY_GIB,
    threads: int | None = None,
    known: Parameters | None = None,
    threshold: float = THRESHOLD,
    progress: Progress = silent,
) -> Found:
    """Pairs of entries that may be one person.

    In: batches of records (`people.COLUMNS`), each entry once; how much memory may be used. Raises LinkageError when that is
    too little: nothing is ever written to a disk.
    """
    with engine(memory_gib, threads) as connection:
        people.create(connection)
        for batch in batches:
            people.add(connection, batch)
            progress("entries", count(connection, people.TABLE), 0)
        candidates = pairs(connection, EXACT + PROBABLE, progress)
        weigh(connection, known or trained(), threshold, progress)
        return Found(count(connection, people.TABLE), candidates, weighed(connection))


def weigh(
    connection: duckdb.DuckDBPyConnection, known: Parameters, threshold: float, progress: Progress
) -> None:
    """Weighs the candidates, slice after slice, into the table `scored`."""
    total = count(connection, "candidates")
    interface = DuckDBAPI(connection)
    told = settings(known, measure(connection))
    linker = Linker(interface.register(people.TABLE), told, log_level=None, validate_settings=False)
    connection.execute(f"CREATE TABLE scored ({_SCORED})")
    # (The pairs of an exact rule come first: see `pairs`.)
    exact = number(connection, f"SELECT count(*) FROM candidates WHERE match_key::INTEGER < {len(EXACT)}")
    for start, end in (
        *pairwise((*range(0, exact, SLICE), exact)),
        *pairwise((*range(exact, total, SLICE), total)),
    ):
        progress("weighing", start, total)
        connection.execute(
            f"CREATE OR REPLACE TABLE slice AS SELECT * FROM candidates WHERE rowid >= {start} AND rowid < {end}"
        )
        linker.table_management.register_blocked_pairs_for_predict(interface.register("slice"))
        # Pairs with an identifier in common are shown whatever they weigh.
        least = None if end <= exact else threshold
        scored = linker.inference.predict(threshold_match_weight=least, warning_mode="never")
        connection.execute(f"INSERT INTO scored BY NAME SELECT {_COLUMNS} FROM {scored.physical_name}")
        scored.drop_table_from_database_and_remove_from_cache()
    progress("weighing", total, total)


_SCORED = ", ".join(
    (
        "first BIGINT, second BIGINT, weight DOUBLE, exact VARCHAR",
        *(f"{field.code}_level VARCHAR, {field.code}_bits DOUBLE" for field in (*FIELDS, FAMILY)),
    )
)


def _level(code: str, codes: tuple[str, ...]) -> str:
    whens = " ".join(f"WHEN {len(codes) - 1 - at} THEN '{level}'" for at, level in enumerate(codes))
    return f"CASE gamma_{code} {whens} ELSE 'missing' END AS {code}_level"


def _bits(code: str, frequency: bool) -> str:
    return f"mw_{code}{f' + mw_tf_adj_{code}' if frequency else ''} AS {code}_bits"


_COLUMNS = ", ".join(
    (
        "id_l AS first, id_r AS second, match_weight AS weight",
        "CASE match_key::INTEGER "
        + " ".join(f"WHEN {at} THEN '{rule.name}'" for at, rule in enumerate(EXACT))
        + " ELSE '' END AS exact",
        *(_level(field.code, field.codes) for field in (*FIELDS, FAMILY)),
        *(_bits(field.code, any(level.frequency for level in field.levels)) for field in (*FIELDS, FAMILY)),
    )
)


def weighed(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """The weighed pairs, heaviest first."""
    found = connection.sql("SELECT * FROM scored ORDER BY weight DESC, first, second").to_arrow_table()
    return pl.DataFrame(pl.from_arrow(found))
