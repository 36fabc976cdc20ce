"""Extracts of the address register for tests: invented streets."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

House = tuple[str, str, str]
MAHALLAS = (("t-1", "1726266", "Bir"), ("t-2", "1726266", "Ikki"), ("t-3", "1726269", "Uch"))
HEAD = "mahalla,district,name_uz,name_uz_cyrl,name_ru,name_en\n"


def write_extract(
    folder: Path,
    houses: Iterable[House],
    *,
    as_of: str = "2026-11-01T06:00:00+05:00",
    mahallas: Sequence[tuple[str, str, str]] = MAHALLAS,
    **head: object,
) -> Path:
    """An extract of the address register (mahalla, street, house)."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [f"{mahalla},{street},{house},41.3,69.2\n" for mahalla, street, house in houses]
    names = [f"{code},{district},{name},,,{name}\n" for code, district, name in mahallas]
    files = {
        "addresses.csv": ("mahalla,street,house,latitude,longitude\n" + "".join(rows), len(rows)),
        "mahallas.csv": (HEAD + "".join(names), len(names)),
    }
    for name, (text, _) in files.items():
        (folder / name).write_text(text)
    said = {
        "register": "address", "kind": "full", "as_of": as_of, "rows": len(rows), "simulated": True, "version": 1,
        "files": [
            {"name": name, "rows": count, "sha256": sha256(text.encode()).hexdigest()}
            for name, (text, count) in files.items()
        ],
    } | head  # fmt: skip
    (folder / "extract.json").write_text(json.dumps(said))
    return folder


def street(mahalla: str, name: str, numbers: Iterable[int | str]) -> list[House]:
    """The houses of a street."""
    return [(mahalla, name, str(number)) for number in numbers]
