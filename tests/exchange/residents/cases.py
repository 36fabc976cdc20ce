"""Extracts for tests: invented people in one mahalla or several, written as a register writes them."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from esaylov.exchange.residents.head import COLUMNS
from esaylov.exchange.residents.normal import check_digit_of

ELECTION_DAY = date(2027, 10, 24)
AS_OF = "2027-06-01T06:00:00+05:00"
MAHALLAS = ("1726-001", "1726-002", "1703-001")
SURNAMES = ("Karimov", "Toʻxtayev", "Юсупов", "Öktamov", "Allambergenov")
GIVEN = ("Jasur", "Gʻayrat", "Шуҳрат", "Şerzod", "Ayjamal")
FATHERS = ("Olim oʻgʻli", "Oʻktam qizi", "Каримович", "Ğofur qizi", "")


def people(count: int, seed: int = 1, simulated: bool = True) -> pl.DataFrame:
    """Rows of a residence register that are in order: adults, each PINFL and each document once."""
    random = np.random.default_rng(seed)
    place = np.arange(count)
    male = place % 2 == 0
    born = np.datetime64("1950-01-01") + random.integers(0, 20_000, count)
    table = pl.DataFrame({"born": born.astype("datetime64[D]"), "place": place, "male": male})
    day = pl.col("born").dt
    first = pl.when("male").then(7 if simulated else 3).otherwise(8 if simulated else 4).cast(pl.Int64)
    digits = ((first * 100 + day.day()) * 100 + day.month()) * 100 + day.year() % 100
    table = table.with_columns(digits=digits * 10**6 + (pl.col("place") % 10**6))
    number = pl.col("digits") * 10 + check_digit_of(pl.col("digits"))
    pick = {"surname": SURNAMES, "given_name": GIVEN, "patronymic": FATHERS, "mahalla": MAHALLAS}
    texts = {
        name: pl.Series(np.array(words)[random.integers(0, len(words), count)])
        for name, words in pick.items()
    }
    table = table.with_columns(**texts)
    return table.select(
        pinfl=number.cast(pl.String),
        document=pl.lit("AB") + pl.col("place").cast(pl.String).str.zfill(7),
        surname="surname",
        given_name="given_name",
        patronymic="patronymic",
        birth_date=day.to_string("%Y-%m-%d"),
        sex=pl.when("male").then(pl.lit("m")).otherwise(pl.lit("f")),
        citizenship=pl.lit("UZB"),
        region=pl.col("mahalla").str.slice(0, 4),
        district=pl.col("mahalla").str.slice(0, 4) + "201",
        mahalla="mahalla",
        street=pl.lit("Navoiy koʻchasi"),
        house=(pl.col("place") % 120 + 1).cast(pl.String),
        flat=(pl.col("place") % 40).cast(pl.String),
        status=pl.lit(""),
    ).select(COLUMNS["residence"])


def write(
    folder: Path,
    tables: dict[str, pl.DataFrame],
    *,
    register: str = "residence",
    kind: str = "full",
    simulated: bool = True,
    **changed: object,
) -> Path:
    """Write an extract; what its head says can be changed."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        if name.endswith(".parquet"):
            table.write_parquet(folder / name, row_group_size=50_000)
        else:
            table.write_csv(folder / name)
    describe(
        folder,
        {name: table.height for name, table in tables.items()},
        register=register,
        kind=kind,
        simulated=simulated,
        **changed,
    )
    return folder


def describe(folder: Path, files: dict[str, int], **head: object) -> None:
    """Write extract.json for the files that lie there."""
    parts = [
        {"name": name, "rows": rows, "sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest()}
        for name, rows in files.items()
    ]
    rows = sum(rows for name, rows in files.items() if name != "mahallas.csv")
    whole = {
        "register": "residence", "kind": "full", "as_of": AS_OF, "rows": rows, "files": parts, "simulated": True, "version": 1,
    }  # fmt: skip
    (folder / "extract.json").write_text(json.dumps(whole | head, ensure_ascii=False), encoding="utf-8")
