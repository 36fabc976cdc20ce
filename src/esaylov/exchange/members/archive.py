"""The guard before a workbook is read: is it an XLSX, and does it stay small when it is unpacked?

An XLSX is a ZIP archive of XML. Every part is unpacked here once, in pieces, counting what comes out: what the archive
says of itself is not believed. Then cells must stand where a table of members can have them, since the reader makes room
for every cell between the first and the last, so two cells can ask for all the memory there is.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from esaylov.exchange.members.grid import MAX_COLUMNS, MAX_ROWS
from esaylov.exchange.members.problems import Problems, Refused

MAX_PARTS = 500
MAX_UNPACKED = 400 << 20
FREE_RATIO_BYTES = 8 << 20
MAX_RATIO = 150
MAX_CELLS = 10_000_000
MAX_STRING = 8_000
MAX_CELL_BYTES = 2 << 30
PIECE = 1 << 20
TAG_LIMIT = 1 << 17

_END = b"PK\x05\x06"
_MACROS = re.compile(
    r"vbaproject|macrosheet|xlsm|activex|\.exe$|\.dll$|oleobject|embeddings/|externallinks?/", re.I
)
_NEEDED = ("[Content_Types].xml", "xl/workbook.xml")
_MACRO_TYPES = (b"macroEnabled", b"vbaProject", b"macrosheet")
# Elements of a sheet may have a prefix. To look for one everywhere takes long, so it is asked once whether there is any.
_PREFIXED = re.compile(rb"<\w{1,20}:[cf][\s/>]")


class _Elements:
    """Cells and formulas of a sheet, behind this prefix (a pattern)."""

    def __init__(self, prefix: bytes) -> None:
        self.cell = re.compile(rb"<%bc " % prefix)
        self.formula = re.compile(rb"<%bf[\s/>]" % prefix)
        # A cell as every spreadsheet program writes it names its place first.
        self.odd_cell = re.compile(rb'<%bc(?=[\s/>])(?! r="[A-Z]{1,3}[1-9]\d{0,6}"[\s/>])' % prefix)


_BARE, _ANY = _Elements(b""), _Elements(rb"(?:\w{1,20}:)?")
_FAR_CELL = re.compile(rb' r="(?:[B-Z][A-Z]|[A-Z]{3,}|[A-Z]{1,2}(?:\d{7,}|[3-9]\d{5}))')
_PLACE = re.compile(rb' r="([A-Z]{1,3}\d{1,7})"')
_LONG = re.compile(rb">[^<]{%d}" % MAX_STRING)
_TARGET = re.compile(rb'Target="(?:/xl/)?([^"]*)"')


def check_archive(data: bytes, problems: Problems) -> None:
    """Records what is wrong with a workbook. Raises Refused when it must not be read."""
    archive = _opened(data, problems)
    names = [info.filename for info in archive.infolist()]
    _check_names(names, problems)
    packed = unpacked = 0
    cells = longest = 0
    for info in archive.infolist():
        part = _Part(info.filename, problems)
        for piece in _pieces(data, info, problems):
            unpacked += len(piece)
            if unpacked > MAX_UNPACKED:
                _refuse(problems, "F10", f"> {MAX_UNPACKED:,}")
            part.look(piece)
        part.done()
        packed += info.compress_size
        if unpacked > max(FREE_RATIO_BYTES, MAX_RATIO * packed):
            _refuse(problems, "F10", f"{info.filename}: > {MAX_RATIO} : 1")
        cells += part.cells
        longest = max(longest, part.longest)
    if cells > MAX_CELLS:
        problems.add("F08", values={"what": "cells", "limit": MAX_CELLS})
        raise Refused
    if cells * longest > MAX_CELL_BYTES:
        _refuse(problems, "F10", f"{cells:,} × {longest:,}")


def _refuse(problems: Problems, code: str, what: str) -> None:
    problems.add(code, values={"what": what})
    raise Refused


def _opened(data: bytes, problems: Problems) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, OverflowError, EOFError) as error:
        problems.add("F09", values={"what": f"ZIP: {error}"})
        raise Refused from None
    if data[-22:-18] != _END:
        # Two readers may find two different lists of contents where something follows the list.
        _refuse(problems, "F09", "ZIP: end of central directory")
    return archive


def _check_names(names: list[str], problems: Problems) -> None:
    if len(names) > MAX_PARTS:
        problems.add("F08", values={"what": "parts", "limit": MAX_PARTS})
        raise Refused
    folded = [name.casefold() for name in names]
    if len(set(folded)) != len(folded):
        _refuse(problems, "F09", "ZIP: two parts of one name")
    for needed in _NEEDED:
        if needed not in names:
            _refuse(problems, "F09", needed)
    for name in names:
        if _MACROS.search(name):
            _refuse(problems, "F11", name)


def _pieces(data: bytes, info: zipfile.ZipInfo, problems: Problems) -> Iterator[bytes]:
    """The unpacked content of a part. Raises Refused when the archive is broken, encrypted, or lies about a size."""
    if info.flag_bits & 0x1:
        _refuse(problems, "F09", f"{info.filename}: encrypted")
    start = info.header_offset
    if data[start : start + 4] != b"PK\x03\x04" or info.compress_type not in (0, 8):
        _refuse(problems, "F09", f"{info.filename}: ZIP")
    begin = start + 30 + sum(int.from_bytes(data[start + n : start + n + 2], "little") for n in (26, 28))
    packed = data[begin : begin + info.compress_size]
    total = 0
    try:
        for piece in _inflated(packed) if info.compress_type == 8 else _sliced(packed):
            total += len(piece)
            yield piece
    except zlib.error as error:
        _refuse(problems, "F09", f"{info.filename}: {error}")
    if total != info.file_size:
        _refuse(problems, "F09", f"{info.filename}: {total:,} ≠ {info.file_size:,}")


def _inflated(packed: bytes) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(-15)
    rest = packed
    while rest and not unpacker.eof:
        yield unpacker.decompress(rest, PIECE)
        rest = unpacker.unconsumed_tail
    while not unpacker.eof and (piece := unpacker.flush(PIECE)):
        yield piece


def _sliced(packed: bytes) -> Iterator[bytes]:
    return (packed[at : at + PIECE] for at in range(0, len(packed), PIECE))


class _Part:
    """One part of the archive, looked at piece by piece; a piece is cut before a tag that it does not hold whole."""

    def __init__(self, name: str, problems: Problems) -> None:
        self.name = name
        self.cells = 0
        self.longest = 0
        self._problems = problems
        self._rest = b""
        self._xml = name.casefold().endswith((".xml", ".rels"))
        self._first = True
        self._place = b""
        self._open = 0

    def look(self, piece: bytes) -> None:
        """Look at the next piece. Raises Refused."""
        if not self._xml:
            return
        data = self._rest + piece
        if self._first and len(data) < 64:
            self._rest = data
            return
        cut = max(data.rfind(b"<"), 0)
        if len(data) - cut > TAG_LIMIT:
            _refuse(self._problems, "F10", f"{self.name}: > {TAG_LIMIT:,}")
        self._rest = data[cut:]
        self._check(data[:cut])

    def done(self) -> None:
        """Look at what is left. Raises Refused."""
        if self._xml:
            self._check(self._rest)

    def _check(self, data: bytes) -> None:
        problems, name = self._problems, self.name
        if self._first and data:
            self._first = False
            self._check_beginning(data)
        if b"\0" in data or b"<!" in data:
            _refuse(problems, "F13", f"{name}: <!")
        if name == "[Content_Types].xml" and any(kind in data for kind in _MACRO_TYPES):
            _refuse(problems, "F11", name)
        if name == "xl/_rels/workbook.xml.rels":
            self._check_targets(data)
        elements = _ANY if _PREFIXED.search(data) else _BARE
        if formula := elements.formula.search(data):
            places = _PLACE.findall(data, 0, formula.start())
            _refuse(problems, "F12", f"{name} {(places[-1] if places else self._place).decode()}")
        if odd := elements.odd_cell.search(data):
            _refuse(
                problems, "F13", f"{name}: {data[odd.start() : odd.start() + 30].decode('ascii', 'replace')}"
            )
        if far := _FAR_CELL.search(data):
            self._too_far(data[far.start() + 4 : far.start() + 14])
        if places := _PLACE.findall(data[-TAG_LIMIT:]):
            self._place = places[-1]
        self.cells += len(elements.cell.findall(data))
        self._measure(data)

    def _check_beginning(self, data: bytes) -> None:
        head = data[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
        named = re.search(rb'encoding=["\']([^"\']*)', head.split(b">")[0])
        if not head.startswith(b"<") or (named and named[1].lower() not in (b"utf-8", b"us-ascii")):
            _refuse(self._problems, "F13", f"{self.name}: encoding")

    def _check_targets(self, data: bytes) -> None:
        """What the workbook is made of lies in parts that were looked at."""
        targets = _TARGET.findall(data)
        if len(targets) != len(re.findall(rb"target", data, re.I)) - data.lower().count(b"targetmode"):
            _refuse(self._problems, "F13", self.name)
        for target in targets:
            if not target.endswith(b".xml"):
                _refuse(self._problems, "F11", target.decode("ascii", "replace"))

    def _too_far(self, place: bytes) -> None:
        letters = re.match(rb"[A-Z]*", place)
        columns = letters is not None and (
            len(letters[0]) > 2 or (len(letters[0]) == 2 and letters[0] >= b"BA")
        )
        what = {"what": "columns", "limit": MAX_COLUMNS} if columns else {"what": "rows", "limit": MAX_ROWS}
        self._problems.add("F08", values=what)
        raise Refused

    def _measure(self, data: bytes) -> None:
        """The longest text that one cell may be given."""
        if _LONG.search(data):
            self._problems.add("F08", values={"what": "characters", "limit": MAX_STRING})
            raise Refused
        # From one shared text to the next, over the pieces: a text may be put together from many runs.
        first, *texts = data.split(b"<si")
        self._open += len(first) if texts or self._open else 0
        self.longest = max(self.longest, self._open, *map(len, texts))
        if texts:
            self._open = len(texts[-1])
        if self.longest > 8 * MAX_STRING:
            _refuse(self._problems, "F10", f"{self.name}: {self.longest:,}")
