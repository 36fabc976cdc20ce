"""What others read in a PDF: its text, its structure, its metadata (pypdf, pikepdf), and what judges find."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import outloud
import pdfua
import pikepdf
import pypdf


def text_of(made: bytes) -> str:
    """All text, blanks as one space."""
    pages = pypdf.PdfReader(io.BytesIO(made)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def pages_of(made: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages]


def metadata_of(made: bytes) -> dict[str, Any]:
    with pikepdf.open(io.BytesIO(made)) as file, file.open_metadata() as said:
        return {name.rpartition("}")[2]: value for name, value in said.items()} | {
            "pdfa": said.get("pdfaid:part", "") + said.get("pdfaid:conformance", ""),
            "pdfua": said.get("pdfuaid:part", ""),
        }


def tags_of(made: bytes) -> list[str]:
    """The tags of the structure tree, in the order in which a screen reader goes."""
    with pikepdf.open(io.BytesIO(made)) as file:
        return list(_tags(file.Root.StructTreeRoot))


def header_scopes(made: bytes) -> list[str]:
    """The scope of each header cell, empty where it has none."""
    with pikepdf.open(io.BytesIO(made)) as file:
        cells = [node for node in _nodes(file.Root.StructTreeRoot) if str(node.S) == "/TH"]
        return [
            next((str(one.Scope) for one in _list(cell.get("/A")) if "/Scope" in one), "") for cell in cells
        ]


def languages_of(made: bytes) -> set[str]:
    """The language of the file and those that parts of it say."""
    with pikepdf.open(io.BytesIO(made)) as file:
        parts = {str(node.Lang) for node in _nodes(file.Root.StructTreeRoot) if "/Lang" in node}
        return parts | {str(file.Root.Lang)}


def alternatives_of(made: bytes) -> list[str]:
    """What stands for each picture."""
    with pikepdf.open(io.BytesIO(made)) as file:
        return [
            str(node.get("/Alt")) for node in _nodes(file.Root.StructTreeRoot) if str(node.S) == "/Figure"
        ]


def objections(made: bytes, folder: Path, leave: tuple[str, ...] = ()) -> list[str]:
    """What two judges find: pdfua, and outloud (which was measured against veraPDF)."""
    path = folder / "judged.pdf"
    path.write_bytes(made)
    first = [f"pdfua {one.rule_id}: {one.message}" for one in pdfua.validate(path).findings]
    second = [
        f"outloud {one.rule}: {one.message} {one.evidence}"
        for one in outloud.check(path).sorted_findings()
        if one.rule not in leave
    ]
    return first + second


def _tags(node: Any) -> Iterator[str]:
    for one in _nodes(node):
        yield str(one.S).removeprefix("/")


def _nodes(node: Any) -> Iterator[Any]:
    if "/S" in node:
        yield node
    for child in _list(node.get("/K")):
        if isinstance(child, pikepdf.Dictionary):
            yield from _nodes(child)


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, pikepdf.Array) else [value]
