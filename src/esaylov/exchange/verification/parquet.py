"""The Parquet copies: the same rows as the CSV tables, column by column."""

from __future__ import annotations

import io

import polars as pl

from esaylov.exchange.verification.store import VerificationError

_PLAIN = (pl.String, pl.Boolean)


def compare_parquet(path: str, data: bytes, table: str) -> None:
    """Raise VerificationError unless a Parquet file holds exactly the rows of a CSV table.

    Columns may be texts, categories, whole numbers or booleans; a missing value is an empty field.
    """
    try:
        found = pl.read_parquet(io.BytesIO(data))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError) as error:
        raise VerificationError(f"{path}: not a Parquet file: {error}") from error
    head = table[: table.index("\n")].split(",")
    if found.columns != head:
        raise VerificationError(f"{path}: its columns are {found.columns}, should be {head}")
    for name, kind in found.schema.items():
        if not (kind.is_integer() or kind in _PLAIN or isinstance(kind, pl.Categorical | pl.Enum)):
            raise VerificationError(f"{path}: column {name!r} is a {kind}")
    texts = [name for name, kind in found.schema.items() if not (kind.is_integer() or kind == pl.Boolean)]
    found = found.with_columns(pl.col(texts).cast(pl.String).fill_null(""))
    try:
        wanted = pl.read_csv(io.BytesIO(table.encode()), schema=found.schema, empty_string_is_null=False)
    except pl.exceptions.PolarsError as error:
        raise VerificationError(f"{path}: its columns cannot hold the table: {error}") from error
    if found.height != wanted.height:
        raise VerificationError(f"{path}: {found.height} rows instead of {wanted.height}")
    for name in head:
        differs = found[name].ne_missing(wanted[name])
        if differs.any():
            row = differs.arg_max()
            raise VerificationError(f"{path}: column {name!r} differs in row {(row or 0) + 1}")
