"""The head of an extract, `extract.json`: what a register says it handed over. Read strictly: an unknown key is an error."""

from __future__ import annotations

import hashlib
import json
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from esaylov.exchange.residents.problems import ExtractError, ExtractProblem, problem

HEAD = "extract.json"
MAHALLAS = "mahallas.csv"
VERSION = 1
EVENTS = ("moved", "died", "document", "adult", "left", "entered", "corrected")
COLUMNS = {
    "residence": (
        "pinfl", "document", "surname", "given_name", "patronymic", "birth_date", "sex", "citizenship", "region", "district",
        "mahalla", "street", "house", "flat", "status",
    ),
    "address": ("mahalla", "street", "house", "latitude", "longitude"),
}  # fmt: skip
MAHALLA_COLUMNS = ("mahalla", "district", "name_uz", "name_uz_cyrl", "name_ru", "name_en")

MAX_HEAD = 4 << 20
MAX_FILES = 10_000
MAX_ROWS = 1_000_000_000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.(?:csv|parquet)")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Part:
    """One file of an extract."""

    name: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Head:
    """What `extract.json` says. `sha256` is the digest of its bytes and, since they name the digests of all files, of the
    whole extract. `rows` and `files` are those of the register itself; the table of mahallas stands apart. `warnings`: files
    that lie there and are not named; of those only the table of mahallas is read. `after`: of a delta, the `as_of` of the
    extract that it follows (None: it does not say).
    """

    register: Literal["residence", "address"]
    kind: Literal["full", "delta"]
    as_of: datetime
    rows: int
    files: tuple[Part, ...]
    mahallas: Part | None
    simulated: bool
    version: int
    sha256: str
    after: datetime | None = None
    warnings: tuple[ExtractProblem, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that its files must have."""
        columns = COLUMNS[self.register]
        return (*columns, "event") if self.kind == "delta" and self.register == "residence" else columns


def read_head(folder: Path) -> Head:
    """Reads the head of the extract in a folder and looks whether its files are there. Raises ExtractError."""
    head, problems = parse_head(_content(folder)), list[ExtractProblem]()
    every = (*head.files, head.mahallas) if head.mahallas else head.files
    problems += [problem("X06", part.name) for part in every if not _plain(folder / part.name)]
    if problems:
        raise ExtractError(problems)
    names = {part.name for part in every}
    strange = sorted(path.name for path in folder.iterdir() if path.suffix in (".csv", ".parquet"))
    loose = head.register == "address" and head.mahallas is None and _plain(folder / MAHALLAS)
    warnings = [
        problem("X24" if loose and name == MAHALLAS else "X07", name) for name in strange if name not in names
    ]
    mahallas = _described(folder / MAHALLAS) if loose else head.mahallas
    return replace(head, mahallas=mahallas, warnings=tuple(warnings))


def parse_head(content: bytes) -> Head:
    """The head that `extract.json` with this content is; whether its files are there is not asked. Raises ExtractError."""
    problems: list[ExtractProblem] = []
    head = _Reading(_object(content), problems).head(hashlib.sha256(content).hexdigest())
    if head is None or problems:
        raise ExtractError(problems)
    return head


def _described(path: Path) -> Part:
    """A table of mahallas that the head does not name, as it lies there."""
    content = path.read_bytes()
    lines = content.count(b"\n") + (not content.endswith(b"\n"))
    return Part(path.name, lines - 1, hashlib.sha256(content).hexdigest())


def _content(folder: Path) -> bytes:
    try:
        with (folder / HEAD).open("rb") as file:
            content = file.read(MAX_HEAD + 1)
    except OSError as error:
        raise ExtractError([problem("X01", HEAD, reason=error.strerror or "?")]) from None
    if len(content) > MAX_HEAD:
        raise ExtractError([problem("X01", HEAD, reason=f"> {MAX_HEAD:,}")])
    return content


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content.decode("utf-8"), object_pairs_hook=_pairs)
    except json.JSONDecodeError as error:
        raise ExtractError([problem("X02", HEAD, error.lineno, reason=error.msg)]) from None
    except (ValueError, RecursionError) as error:
        raise ExtractError([problem("X02", HEAD, reason=str(error) or "depth")]) from None
    if not isinstance(found, dict):
        raise ExtractError([problem("X02", HEAD, reason="{…}")])
    return found


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


def _plain(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


class _Reading:
    """Takes values out of the object, with a problem for each that is missing, unknown or not allowed."""

    def __init__(self, found: Mapping[str, Any], problems: list[ExtractProblem]) -> None:
        self.found = found
        self.problems = problems

    def head(self, digest: str) -> Head | None:
        """The head, None where it cannot be made."""
        self._known(
            self.found,
            ("register", "kind", "as_of", "rows", "files", "simulated", "version"),
            "",
            optional=("after",),
        )
        register = self._value("register", lambda value: value in COLUMNS, '"residence", "address"')
        kind = self._value("kind", lambda value: value in ("full", "delta"), '"full", "delta"')
        as_of = self._moment("as_of")
        after = self._after(kind, as_of)
        rows = self._value("rows", _is_count, f"0 … {MAX_ROWS:,}")
        simulated = self._value("simulated", lambda value: isinstance(value, bool), "true, false")
        version = self._value("version", lambda value: type(value) is int and value == VERSION, str(VERSION))
        parts = list(self._parts())
        if self.problems or as_of is None:
            return None
        files = tuple(part for part in parts if register != "address" or part.name != MAHALLAS)
        mahallas = next((part for part in parts if part not in files), None)
        stated = sum(part.rows for part in files)
        if stated != rows:
            self.problems.append(problem("X19", HEAD, None, "rows", found=stated, stated=rows))
            return None
        return Head(register, kind, as_of, rows, files, mahallas, simulated, version, digest, after)

    def _after(self, kind: object, as_of: datetime | None) -> datetime | None:
        """Of which moment the extract is that a delta follows."""
        if "after" not in self.found:
            return None
        after = self._moment("after")
        if self.problems or after is None or as_of is None:  # (what is no moment has no zone)
            return after
        if kind == "full" or after >= as_of:
            self.problems.append(problem("X05", HEAD, None, "after", expected="kind = delta; after < as_of"))
        return after

    def _known(
        self,
        found: Mapping[str, Any],
        keys: tuple[str, ...],
        path: str,
        optional: tuple[str, ...] = (),
    ) -> None:
        self.problems += [
            problem("X03", HEAD, None, path + key, value=path + key) for key in keys if key not in found
        ]
        self.problems += [
            problem("X04", HEAD, None, path[:-1] or None, value=path + key)
            for key in found
            if key not in (*keys, *optional)
        ]

    def _value(self, key: str, allowed: Callable[[Any], bool], expected: str) -> Any:
        value = self.found.get(key)
        if key in self.found and not (isinstance(value, str | int) and allowed(value)):
            self.problems.append(problem("X05", HEAD, None, key, expected=expected))
        return value

    def _moment(self, key: str) -> datetime | None:
        text = self._value(
            key,
            lambda value: isinstance(value, str) and _MOMENT.fullmatch(value) is not None,
            "2026-11-23T06:00:00+05:00",
        )
        try:
            return datetime.fromisoformat(text)
        except (TypeError, ValueError):
            if not any(one.field == key for one in self.problems):
                self.problems.append(problem("X05", HEAD, None, key, expected="2026-11-23T06:00:00+05:00"))
            return None

    def _parts(self) -> Iterator[Part]:
        files = self.found.get("files")
        if "files" not in self.found:
            return
        if not isinstance(files, list) or not 1 <= len(files) <= MAX_FILES:
            self.problems.append(problem("X05", HEAD, None, "files", expected=f"[…], 1 … {MAX_FILES:,}"))
            return
        names: set[str] = set()
        for place, file in enumerate(files):
            path = f"files[{place}]"
            if not isinstance(file, dict):
                self.problems.append(problem("X05", HEAD, None, path, expected='{"name", "rows", "sha256"}'))
                continue
            self._known(file, ("name", "rows", "sha256"), f"{path}.")
            name, rows, digest = file.get("name"), file.get("rows"), file.get("sha256")
            if not (isinstance(name, str) and _NAME.fullmatch(name)) or name.casefold() in names:
                self.problems.append(
                    problem("X05", HEAD, None, f"{path}.name", expected="….csv, ….parquet, once")
                )
            elif not isinstance(rows, int) or not _is_count(rows):
                self.problems.append(problem("X05", HEAD, None, f"{path}.rows", expected=f"0 … {MAX_ROWS:,}"))
            elif not (isinstance(digest, str) and _DIGEST.fullmatch(digest)):
                self.problems.append(problem("X05", HEAD, None, f"{path}.sha256", expected="64 × 0-9a-f"))
            else:
                names.add(name.casefold())
                yield Part(name, rows, digest)


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value <= MAX_ROWS
