"""What a file is by its bytes, whatever its name says."""

from __future__ import annotations

_BEGINNINGS = (
    (b"PK\x05\x06", "ZIP"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "XLS, DOC, password"),
    (b"MZ", "EXE"),
    (b"\x7fELF", "ELF"),
    (b"%PDF", "PDF"),
    (b"{\\rtf", "RTF"),
    (b"\x1f\x8b", "GZIP"),
    (b"7z\xbc\xaf\x27\x1c", "7Z"),
    (b"Rar!", "RAR"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"SQLite format 3", "SQLite"),
    (b"\xca\xfe\xba\xbe", "Mach-O, Java"),
)
_MARKS = ((b"<?xml", "XML"), (b"<", "HTML"), (b"{", "JSON"), (b"#!", "script"))
ZIP = b"PK\x03\x04"
BOM = b"\xef\xbb\xbf"
UTF16 = (b"\xff\xfe", b"\xfe\xff")


def foreign(data: bytes) -> str | None:
    """The kind of a file that is neither a ZIP archive nor a table of text, None when nothing speaks against it."""
    for beginning, kind in _BEGINNINGS:
        if data.startswith(beginning):
            return kind
    head = data[:512].removeprefix(BOM).lstrip()
    for mark, kind in _MARKS:
        if head.startswith(mark):
            return kind
    return None


def is_zip(data: bytes) -> bool:
    """Whether the file begins as ZIP archives do (XLSX is one)."""
    return data.startswith(ZIP)
