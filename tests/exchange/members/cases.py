"""Files of members made in tests. Nobody in them exists: every PINFL begins with 7 or 8."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

import xlsxwriter

from esaylov.exchange.members import members_csv
from esaylov.exchange.members.texts import columns
from esaylov.exchange.pinfl import make_pinfl

BORN = date(1990, 2, 3)


def number(serial: int, born: date = BORN) -> str:
    return make_pinfl(born, "female", 900, serial)


def member(serial: int = 1, **changes: str) -> list[str]:
    """The cells of a row in which nothing is wrong, but for what is changed."""
    row = dict.fromkeys(columns(), "")
    row |= {
        "commission": "pec:17", "role": "member", "pinfl": number(serial), "surname": "Gʻofurova",
        "given_name": "Maʼrufa", "patronymic": "Olim qizi", "birth_date": BORN.isoformat(), "education": "higher",
        "employer": "12-maktab", "employer_tin": "000123456", "position": "oʻqituvchi", "proposed_by": "mahalla",
        "proposer": "Bogʻ MFY", "phone": "+998001234567", "email": "a@saylov.example", "language": "uz",
        "party_member": "no", "candidate_relative": "no", "consent_date": "2024-09-01",
    }  # fmt: skip
    assert set(changes) <= set(row)
    return list((row | changes).values())


def csv_file(*rows: Sequence[str]) -> bytes:
    return members_csv(rows)


def workbook(
    *rows: Sequence[Any], fill: Callable[[Any, Any], None] | None = None, sheet: str = "members"
) -> bytes:
    """A workbook with a head row and these rows, as types of cells follow from the values; `fill` adds what it likes."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        page = book.add_worksheet(sheet)
        page.write_row(0, 0, list(columns()))
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        for place, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    page.write_datetime(place, column, value, day)
                else:
                    page.write(place, column, value)
        if fill is not None:
            fill(book, page)
    return content.getvalue()


def repacked(data: bytes, changes: dict[str, bytes | None], extra: Iterable[tuple[str, bytes]] = ()) -> bytes:
    """The archive with some parts replaced (None: left out) and others added."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            part = changes.get(info.filename, old.read(info.filename))
            if part is not None:
                new.writestr(info.filename, part)
        for name, part in extra:
            new.writestr(name, part)
    return content.getvalue()


def part(data: bytes, name: str = "xl/worksheets/sheet1.xml") -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)
