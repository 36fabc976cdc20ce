"""The table that is searched for people who stand in it twice: folded names and the keys under which candidates meet.

Every batch of records goes through `prepared` and into DuckDB's memory at once, so that no more than one batch exists twice.
"""

from __future__ import annotations

import duckdb
import polars as pl

from esaylov.exchange.residents.normal import fold_name, fold_street

TABLE = "people"
#: What a batch must have: the identifier of the entry, its mahalla, and the members of its record (custody's) as text.
COLUMNS = (
    "id",
    "mahalla",
    "pinfl",
    "document",
    "surname",
    "given_name",
    "patronymic",
    "birth_date",
    "street",
    "house",
    "flat",
)

_ALIKE = (("jz", "z"), *((letter, letter) for letter in "bdfghklmnprstv"))
_CREATE = f"""
CREATE TABLE {TABLE} (
    id BIGINT, pinfl BIGINT, document VARCHAR, surname VARCHAR, given_name VARCHAR, patronymic VARCHAR,
    birth_date VARCHAR, mahalla INTEGER, street UBIGINT, house UBIGINT,
    stem UINTEGER, surname_key UINTEGER, given_key UINTEGER, patronymic_key UINTEGER
)
"""


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes the empty table."""
    connection.execute(_CREATE)


def add(connection: duckdb.DuckDBPyConnection, batch: pl.DataFrame) -> None:
    """Puts records into the table; see `COLUMNS`. What is empty is unknown. A PINFL that is no number is unknown too."""
    connection.register("batch", prepared(batch))
    connection.execute(f"INSERT INTO {TABLE} BY NAME SELECT * FROM batch")
    connection.unregister("batch")


def prepared(batch: pl.DataFrame) -> pl.DataFrame:
    """Folded names, addresses as hashes, and the keys of names: what sounds alike has the same key."""
    names = [_words(batch[name], name) for name in ("surname", "given_name", "patronymic")]
    table = pl.concat([batch.drop("surname", "given_name", "patronymic"), *names], how="horizontal")
    street = pl.concat_str(pl.col("mahalla").cast(pl.String), fold_street(batch["street"]), separator="|")
    return table.select(
        pl.col("id").cast(pl.Int64),
        pl.col("pinfl").cast(pl.Int64, strict=False),
        _known("document"),
        *(_known(name) for name in ("surname", "given_name", "patronymic")),
        _known("birth_date"),
        pl.col("mahalla").cast(pl.Int32),
        street.hash().alias("street"),
        pl.when(pl.col("house") != "")
        .then(pl.concat_str(street, "house", "flat", separator="|").hash())
        .alias("house"),
        _stem(pl.col("surname")).alias("stem"),
        "surname_key",
        "given_key",
        "patronymic_key",
    )


def _known(column: str) -> pl.Expr:
    return pl.when(pl.col(column) != "").then(pl.col(column)).alias(column)


def _words(names: pl.Series, name: str) -> pl.DataFrame:
    """The folded names and their keys; names repeat, so that each is folded once."""
    written = names.fill_null("").alias("written")
    distinct = written.unique()
    known = pl.DataFrame({"written": distinct, name: fold_name(distinct)}).with_columns(
        _sound(pl.col(name)).alias(f"{name.removesuffix('_name')}_key")
    )
    return written.to_frame().join(known, on="written", how="left", maintain_order="left").drop("written")


def _stem(surname: pl.Expr) -> pl.Expr:
    """A surname as brothers and sisters share it, as a number: Karimov and Karimova, Ilyinskiy and Ilyinskaya."""
    bare = surname.str.replace("(?:a|aia|i)$", "")
    return pl.when(bare != "").then(bare.hash() % 2**32).cast(pl.UInt32)


def _sound(folded: pl.Expr) -> pl.Expr:
    """The consonants of a folded name without repetitions, as a number; unknown where nothing is left."""
    consonants = folded.str.replace_all("[aeiou ]", "")
    # Vowels between the same letters are gone now, and letters that are written for each other are left.
    for letters, letter in _ALIKE:
        consonants = consonants.str.replace_all(f"[{letters}]+", letter)
    return pl.when(consonants != "").then(consonants.hash() % 2**32).cast(pl.UInt32)
