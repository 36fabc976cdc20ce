"""Looks for a known voter in whatever somebody could steal: bytes of a dump, of files, of backups.

What is looked for: PINFL, document, and the name as its parts stand beside each other (a surname alone is also a
candidate's); each as UTF-8, UTF-16, escaped, in hexadecimal, numbers in Base64 too; letters of any case. Nothing here knows keys
or a database.
"""

from __future__ import annotations

import gzip
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

CHUNK = 1 << 22
GAP = 24
"""Bytes that may stand between two parts of a name, such as `","given_name":"`; more in encodings that are longer."""
OVERLAP = 2_048
GZIP = b"\x1f\x8b"
PACKED = (b"PGDMP", b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ", b"BZh", b"%PDF")
"""How files begin whose text is packed, so that nothing would be found in them."""

Parts = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """`what`: a word for people. `ways`: each a sequence of bytes that stand beside each other, up to `gap` bytes apart."""

    what: str
    ways: tuple[tuple[int, Parts], ...]


@dataclass(slots=True)
class Searched:
    """What a search saw: bytes and files, where something was `found` first ("PINFL: path, byte 12"), which files are packed
    (`unread`) and so tell nothing.
    """

    size: int = 0
    files: int = 0
    found: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def wanted(record: Mapping[str, str]) -> tuple[Wanted, ...]:
    """What of a voter's record must stand nowhere in clear."""
    names = [record[part] for part in ("surname", "given_name", "patronymic") if record.get(part)]
    turned = [*names[1:], names[0]]
    return (
        Wanted("PINFL", _ways([record["pinfl"]])),
        Wanted("document", _ways([record["document"]])),
        Wanted("name", tuple({*_ways(names), *_ways(turned)})),
    )


def text(value: str, what: str = "control") -> Wanted:
    """Something that stands in clear, by which a search shows that it finds what is there."""
    return Wanted(what, _ways([value]))


def _ways(texts: Sequence[str]) -> tuple[tuple[int, Parts], ...]:
    """(Bytes are compared in small letters, which helps Latin ones alone.)"""
    found: dict[Parts, int] = {}
    for said in (texts, [one.lower() for one in texts], [one.upper() for one in texts]):
        found |= {tuple(part.lower() for part in parts): gap for gap, parts in _written(said)}
    return tuple((gap, parts) for parts, gap in found.items())


def _written(texts: Sequence[str]) -> Iterator[tuple[int, Parts]]:
    yield GAP, tuple(one.encode() for one in texts)
    yield GAP, tuple(one.encode("ascii", "backslashreplace") for one in texts)
    yield 2 * GAP, tuple(one.encode("utf-16-le") for one in texts)
    yield 2 * GAP, tuple(one.encode().hex().encode() for one in texts)
    if len(texts) == 1:
        yield from ((0, (packed,)) for packed in _base64(texts[0].encode()))


def _base64(value: bytes) -> Iterator[bytes]:
    """As it stands within a longer text, whose beginning shifts it by none, one or two bytes; what both ends share is cut."""
    for shift in range(3):
        shown = b64encode(bytes(shift) + value)
        whole = (shift + len(value)) // 3 * 4
        yield shown[(0, 2, 3)[shift] : whole]


def search(stream: Iterable[bytes], things: Sequence[Wanted]) -> tuple[int, dict[str, int]]:
    """How many bytes there were, and at which byte each thing stands first (not those that stand nowhere)."""
    size, tail, found = 0, b"", dict[str, int]()
    for piece in stream:
        window = tail + piece.lower()
        begin = size - len(tail)
        for thing in things:
            if thing.what not in found and (at := _first(window, thing)) >= 0:
                found[thing.what] = begin + at
        size += len(piece)
        tail = window[-OVERLAP:]
    return size, found


def _first(window: bytes, thing: Wanted) -> int:
    places = (_stands(window, gap, parts) for gap, parts in thing.ways)
    return min((at for at in places if at >= 0), default=-1)


def _stands(window: bytes, gap: int, parts: Parts) -> int:
    """Where the parts stand one after another; -1 where they do not."""
    at = window.find(parts[0])
    while at >= 0:
        end = at + len(parts[0])
        for part in parts[1:]:
            next_one = window.find(part, end, end + gap + len(part))
            if next_one < 0:
                break
            end = next_one + len(part)
        else:
            return at
        at = window.find(parts[0], at + 1)
    return -1


def search_files(paths: Iterable[Path], things: Sequence[Wanted], *, plain: bool = False) -> Searched:
    """Files and all that lies in folders. `plain`: of a database, whose files are never packed. Links are not followed."""
    seen = Searched()
    for path in _files(paths):
        try:
            stream = _pieces(path, plain=plain)
            if stream is None:
                seen.unread.append(str(path))
                continue
            size, found = search(stream, things)
        except FileNotFoundError:  # (a server removes files of its own meanwhile)
            continue
        except (OSError, EOFError) as error:
            seen.unread.append(f"{path} ({type(error).__name__})")
            continue
        seen.size += size
        seen.files += 1
        seen.found += [f"{what}: {path}, byte {at:,}" for what, at in found.items()]
    return seen


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (one for one in inside if one.is_file() and not one.is_symlink())


def _pieces(path: Path, *, plain: bool) -> Iterator[bytes] | None:
    """The bytes of a file, unpacked where that is gzip; None where they are packed otherwise."""
    with path.open("rb") as file:
        head = b"" if plain else file.read(8)
    if head.startswith(PACKED):
        return None
    return _read(path, unpack=head.startswith(GZIP))


def _read(path: Path, *, unpack: bool) -> Iterator[bytes]:
    with gzip.open(path) if unpack else path.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece
