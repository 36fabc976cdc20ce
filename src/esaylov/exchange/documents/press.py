"""The press: a document's texts and a template in, a PDF out. Typst sets it.

Texts reach the templates as data (JSON), never as Typst source: `#read(...)`, `*` or `$` in somebody's text are letters
like any other. Typst reads no file outside the folder of the templates, and these load no package.
"""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from textwrap import shorten
from typing import Any, Literal

import segno
import typst

from esaylov.exchange.documents.letters import clean
from esaylov.exchange.documents.parts import Content, Document, Sheet
from esaylov.exchange.documents.words import Words, labels

TEMPLATES = Path(__file__).parent / "templates"
STANDARDS: list[Any] = ["ua-1", "a-2a"]
"""Typst 0.15 writes PDF/UA-1 together with PDF/A-2 or 3 (PDF 1.7); PDF/A-4 stands on PDF 2.0, which PDF/UA-1 excludes,
and PDF/UA-2 is not there yet. 2a is the accessible level of the archive format."""

TYPST_LANGUAGES = {"uz-cyrl": ("uz", "cyrl")}
LONGEST = 400_000
"""Letters of all texts of one document together: some 80 pages, set in half a second."""
LONG = 50_000
"""Letters after which a document is set alone, and forgotten before the next one of its kind is set."""
AGE = 11
LONGEST_TITLE = 200
"""A title that a screen reader says whenever the file is chosen."""


_one_long = threading.Lock()


class PrintError(RuntimeError):
    """Typst refused a document: a fault of a template, since texts are cleaned before."""


def pdf(document: Document) -> bytes:
    """The document as a PDF that is PDF/UA-1 and PDF/A-2a, dated by `document.sheet.made`.

    The same document gives the same bytes. ValueError: its texts are longer than `LONGEST` together.
    """
    return _set(document, "pdf", pdf_standards=STANDARDS)[0]


def pictures(document: Document, dots: float = 96) -> list[bytes]:
    """The document's pages as PNG, `dots` to the inch: for a preview, never instead of the PDF."""
    return _set(document, "png", ppi=dots)


def _set(document: Document, form: Literal["pdf", "png"], **options: Any) -> list[bytes]:
    sheet = document.sheet
    data = json.dumps(_data(sheet, document.content(Words(sheet.language))), ensure_ascii=False)
    options |= {"format": form, "timestamp": int(sheet.made.timestamp())}
    if len(data) <= LONG:
        return _compiled(document.template, data, options)
    _one_long.acquire()
    try:
        return _compiled(document.template, data, options)
    finally:
        threading.Thread(target=_forget, name="press forgets", daemon=True).start()


def _compiled(template: str, data: str, options: dict[str, Any]) -> list[bytes]:
    try:
        made: bytes | list[bytes] = typst.compile(
            TEMPLATES / f"{template}.typ",
            root=TEMPLATES,
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"data": data},
            **options,
        )
    except typst.TypstError as error:
        raise PrintError(f"{template}: {error}") from error
    return made if isinstance(made, list) else [made]


def _forget() -> None:
    """Typst remembers what its last ten documents used: of precincts' lists 1.8 GB, among which it finds ever more slowly."""
    try:
        for _ in range(AGE):
            typst.compile(b"", font_paths=_fonts(), ignore_system_fonts=True)
    finally:
        _one_long.release()


def _data(sheet: Sheet, content: Content) -> Content:
    mode = "" if sheet.mode == "official" else sheet.mode
    words = Words(sheet.language)
    language, script = TYPST_LANGUAGES.get(sheet.language, (sheet.language, ""))
    whole: Content = _cleaned(
        content
        | {
            "title": shorten(content["title"], LONGEST_TITLE, placeholder=" …"),
            "language": language,
            "script": script,
            "said": TYPST_LANGUAGES.get(sheet.said, (sheet.said,))[0] or language,
            "issuer": sheet.issuer,
            "mark": words(f"mark_{mode}") if mode else "",
            "notice": words(f"notice_{mode}") if mode else "",
            "words": {label: texts[sheet.language] for label, texts in labels().items()},
        }
    )
    if sum(map(len, _texts(whole))) > LONGEST:
        raise ValueError(f"a document has at most {LONGEST} letters")
    if whole.get("record"):
        whole["record"]["qr"] = _qr(whole["record"]["page"])
    for letter in whole.get("letters", ()):
        letter["qr"] = _qr(letter["address"])
    return whole


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {key: _cleaned(one) for key, one in value.items()}
    return [_cleaned(one) for one in value] if isinstance(value, list) else value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)


def _qr(address: str) -> str:
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", border=4, xmldecl=False)
    return drawn.getvalue().decode()


@cache
def _fonts() -> typst.Fonts:
    """Only the fonts inside Typst, so that every machine prints alike."""
    return typst.Fonts(include_system_fonts=False)
