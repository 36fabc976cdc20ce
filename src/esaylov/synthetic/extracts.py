"""Writing an extract as a register hands it over: parts of CSV or Parquet, and `extract.json` last of all."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO

import polars as pl

FORMATS = ("csv", "parquet")
ROWS_OF_A_PART = 500_000


@dataclass(slots=True)
class ExtractWriter:
    """Takes frames, writes parts of about half a million rows, and says at the end what was written."""

    folder: Path
    stem: str
    form: str
    register: str
    as_of: datetime
    kind: str = "full"
    after: datetime | None = None
    rows: int = 0
    _waiting: list[pl.DataFrame] = field(default_factory=list)
    _waiting_rows: int = 0
    _files: list[dict[str, object]] = field(default_factory=list)
    _beside: list[dict[str, object]] = field(default_factory=list)

    def add(self, frame: pl.DataFrame) -> None:
        """The next rows. Their order is kept."""
        self._waiting.append(frame)
        self._waiting_rows += frame.height
        self.rows += frame.height
        if self._waiting_rows >= ROWS_OF_A_PART:
            self._write()

    def beside(self, path: Path, rows: int) -> None:
        """A file that lies in the folder already and belongs to the extract; its rows are not those of the register."""
        self._beside.append({"name": path.name, "rows": rows, "sha256": file_hash(path)})

    def close(self) -> None:
        """Writes what is left, then `extract.json`: a folder without it is half-written."""
        if self._waiting_rows or not self._files:
            self._write()
        head: dict[str, object] = {
            "register": self.register,
            "kind": self.kind,
            "as_of": self.as_of.isoformat(),
            "rows": self.rows,
            "files": self._files + self._beside,
            "simulated": True,
            "version": 1,
        }
        if self.after is not None:
            head["after"] = self.after.isoformat()
        write_whole(self.folder / "extract.json", json.dumps(head, indent=1).encode() + b"\n")

    def _write(self) -> None:
        frame = pl.concat(self._waiting)
        self._waiting, self._waiting_rows = [], 0
        path = self.folder / f"{self.stem}-{len(self._files) + 1:04}.{self.form}"
        if self.form == "csv":
            frame.write_csv(path, quote_style="never")  # (No text of ours has a comma or a quotation mark.)
        else:
            frame.write_parquet(path, compression="zstd", compression_level=3)
        self._files.append({"name": path.name, "rows": frame.height, "sha256": file_hash(path)})


def file_hash(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_whole(path: Path, content: bytes) -> None:
    """A file that is there whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.replace(path)


def empty_folder(path: Path) -> None:
    """Makes the folder. Raises FileExistsError when there is something in it."""
    path.mkdir(parents=True, exist_ok=True)
    if any(path.iterdir()):
        raise FileExistsError(f"{path} is not empty: nothing is written over")


@dataclass(slots=True)
class Table:
    """A CSV file written row by row."""

    path: Path
    columns: tuple[str, ...]
    rows: int = 0
    _file: IO[str] = field(init=False)

    def __post_init__(self) -> None:
        self._file = self.path.open("w", encoding="utf-8", newline="")
        csv.writer(self._file, lineterminator="\n").writerow(self.columns)

    def add(self, rows: Iterable[Iterable[object]]) -> None:
        """More rows."""
        writer = csv.writer(self._file, lineterminator="\n")
        for row in rows:
            writer.writerow(row)
            self.rows += 1

    def close(self) -> None:
        """The file is whole."""
        self._file.close()
