"""Rows of a CSV file, plain or gzip, in bounded memory whatever the file holds.

A file is read in blocks and cut at line ends. A line that does not end within LINE_LIMIT characters, bytes
that are not UTF-8, a broken gzip stream or one that grows beyond all measure end the reading with a
`Fault`.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import IO

from esaylov.exchange.problems import WARNINGS, Fault, Report, shown

BLOCK = 1 << 17
LINE_LIMIT = 1 << 16
FILE_LIMIT = 8 << 30
GZIP_FREE = 64 << 20
GZIP_RATIO = 250
ERROR_LIMIT = 100_000
"""Errors after which a file is not read on: nobody needs to know how many more there are."""

BOM = b"\xef\xbb\xbf"

_FIELD = r'(?:"[^"]*(?:""[^"]*)*"|[^",\r\n]*)'
_RECORD = re.compile(rf"{_FIELD}(?:,{_FIELD})*\r?")


class _Hashed:
    """A file that hashes and counts what is read from it."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self.digest = hashlib.sha256()
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        data = self._raw.read(size)
        self.digest.update(data)
        self.count += len(data)
        return data

    def close(self) -> None:
        self._raw.close()


class Source:
    """One file of a package; `blocks` reads it once, `sha256` is then that of its bytes as they lie on disk.

    `on_read` is called after each block with the bytes of the file read so far and the bytes it has.
    """

    def __init__(self, path: Path, limit: int = FILE_LIMIT) -> None:
        self._path = path
        self._limit = limit
        self._packed = path.name.endswith(".gz")
        self._hashed: _Hashed | None = None
        self.on_read: Callable[[int, int], None] | None = None

    @property
    def sha256(self) -> str:
        """Hex digest of the file; whole once `blocks` has come to its end."""
        return self._hashed.digest.hexdigest() if self._hashed else ""

    def blocks(self) -> Iterator[bytes]:
        """Blocks of the uncompressed content. Raises Fault (K04, K07, K08)."""
        try:
            with closing(_Hashed(self._path.open("rb"))) as hashed:
                self._hashed = hashed
                yield from self._read(hashed)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise Fault("K07", f"the gzip data are broken: {error}") from error
        except OSError as error:
            raise Fault("K04", f"the file cannot be read: {error.strerror}") from error

    def _read(self, hashed: _Hashed) -> Iterator[bytes]:
        stream: _Hashed | gzip.GzipFile = hashed
        if self._packed:
            stream = gzip.GzipFile(fileobj=hashed, mode="rb")  # type: ignore[call-overload]  # read() is all it needs
        size = self._path.stat().st_size
        total = 0
        while block := stream.read(BLOCK):
            total += len(block)
            if total > self._limit:
                raise Fault("K08", f"the file holds more than {self._limit:,} bytes")
            if self._packed and total > max(GZIP_FREE, GZIP_RATIO * hashed.count):
                raise Fault("K08", f"the gzip data grow more than {GZIP_RATIO}-fold")
            if self.on_read is not None:
                self.on_read(hashed.count, size)
            yield block

    def whole(self) -> bytes:
        """The whole content, for files whose limit is small. Raises Fault like `blocks`."""
        return b"".join(self.blocks())


class Table(AbstractContextManager["Table"]):
    """A CSV table being read: `header` is its first row, `reader` the rows after it, `line` that of the last.

    Use it as a context manager around the loop over `reader`: what ends the reading there becomes a problem
    of the report.
    """

    def __init__(self, source: Source, name: str, report: Report) -> None:
        self.name = name
        self.source = source
        self.report = report
        self._shift = 0
        self._errors = 0
        self._seen = 0
        self.reader = csv.reader(self._records(), strict=True)
        self.header = self._header()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if isinstance(error, csv.Error):
            error = Fault("K10", f"not a CSV row: {error}", self.line)
        if isinstance(error, Fault):
            self.report.fault(self.name, error)
            return True
        return False

    @property
    def line(self) -> int:
        """Line of the file, from 1, on which the last row began."""
        return int(self.reader.line_num) + self._shift

    @property
    def rows(self) -> int:
        """Rows read so far, without the head."""
        return max(0, int(self.reader.line_num) - 1)

    def problem(self, code: str, reason: str, field: str | None = None) -> None:
        """Report a problem of the last row. Raises Fault (K15) when the file has too many errors."""
        self.report.add(code, self.name, reason, self.line, field)
        if code not in WARNINGS:
            self._errors += 1
            if self._errors >= ERROR_LIMIT:
                raise Fault(
                    "K15", f"reading stopped here after {ERROR_LIMIT:,} errors in this file", self.line
                )

    def picker(self, columns: tuple[str, ...]) -> Callable[[list[str]], tuple[str, ...]]:
        """A function from a row to the values of these columns (all of them in the header)."""
        places = [self.header.index(column) for column in columns]
        if len(places) == 1:
            only = places[0]
            return lambda row: (row[only],)
        return itemgetter(*places)

    def fits(self, row: list[str]) -> bool:
        """True if a row has as many fields as the head; otherwise the problem is reported."""
        if len(row) == len(self.header):
            return True
        found = "an empty line" if not row else f"{len(row)} fields"
        self.problem("K10", f"{found} where the head has {len(self.header)} fields")
        return False

    def _header(self) -> list[str]:
        try:
            return next(self.reader)
        except StopIteration:
            raise Fault("K11", "the file is empty: it needs a head row") from None
        except csv.Error as error:
            raise Fault("K10", f"not a CSV row: {error}", 1) from error

    def _records(self) -> Iterator[str]:
        """Records without their line ends; a record over several lines comes as one."""
        parts: list[str] = []
        length = 0
        for lines, quoted in self._lines():
            if not quoted and not parts:
                yield from lines
                continue
            for line in lines:
                length += len(line) + 1
                if length > LINE_LIMIT:
                    raise self._fault("K08", f"a row is longer than {LINE_LIMIT:,} characters")
                # a quoted field is open exactly as long as the quotes so far are odd in number
                odd = line.count('"') % 2 == 1
                parts.append(line)
                if odd is (len(parts) == 1):
                    continue
                record = "\n".join(parts)
                if not _RECORD.fullmatch(record):
                    raise self._fault("K10", f"quotes stand in the wrong place: {shown(record)}")
                yield record
                self._shift += len(parts) - 1
                parts, length = [], 0
        if parts:
            raise self._fault("K10", "a quote that opens here is never closed")

    def _fault(self, code: str, reason: str) -> Fault:
        return Fault(code, reason, self.line + 1)

    def _lines(self) -> Iterator[tuple[list[str], bool]]:
        """Lists of whole lines, and whether a quote stands in one of them."""
        rest = b""
        first = True
        for block in self.source.blocks():
            data = rest + block
            if first and len(data) >= len(BOM):
                first = False
                data = self._without_mark(data)
            cut = data.rfind(b"\n") + 1
            rest = data[cut:]
            if cut:
                yield self._decoded(data[: cut - 1])
            if len(rest) > 4 * LINE_LIMIT:
                raise self._endless(self._seen + 1)
        if rest:
            yield self._decoded(rest)

    def _without_mark(self, data: bytes) -> bytes:
        if not data.startswith(BOM):
            return data
        self.report.add("K09", self.name, "the file begins with a byte order mark, which is ignored", 1)
        return data[len(BOM) :]

    def _decoded(self, data: bytes) -> tuple[list[str], bool]:
        nul = data.find(b"\0")
        if nul >= 0:
            line = self._seen + data.count(b"\n", 0, nul) + 1
            raise Fault("K06", "a zero byte stands in the text", line)
        try:
            lines = data.decode("utf-8").split("\n")
        except UnicodeDecodeError as error:
            line = self._seen + data.count(b"\n", 0, error.start) + 1
            raise Fault("K06", f"not UTF-8: {error.reason} (byte 0x{data[error.start]:02x})", line) from error
        if max(map(len, lines)) > LINE_LIMIT:
            long = next(n for n, line in enumerate(lines, self._seen + 1) if len(line) > LINE_LIMIT)
            raise self._endless(long)
        self._seen += len(lines)
        return lines, b'"' in data

    def _endless(self, line: int) -> Fault:
        return Fault("K08", f"a line is longer than {LINE_LIMIT:,} characters", line)
