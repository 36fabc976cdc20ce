"""Extracts of the residence register for tests: invented people, as the register would hand them over."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from esaylov.exchange.residents.head import COLUMNS
from esaylov.voters.models import Mahalla
from tests.voters.listed import person

DISTRICT = 1726266
AS_OF = "2024-09-01T00:00:00+05:00"


def mahalla(code: str = "t-1", district: int = DISTRICT) -> Mahalla:
    return Mahalla.objects.get_or_create(code=code, defaults={"district": district, "names": {"en": code}})[0]


def resident(number: int, **more: str) -> dict[str, str]:
    """A row of the register: an invented person (`tests.voters.listed.person`) at home in the mahalla t-1."""
    return {
        **person(number), "citizenship": "UZB", "region": "1726", "district": str(DISTRICT), "mahalla": "t-1",
        "status": "", **more,
    }  # fmt: skip


def extract(
    folder: Path,
    rows: Iterable[Mapping[str, str]],
    as_of: str = AS_OF,
    kind: str = "full",
    simulated: bool = True,
    **more: str,
) -> Path:
    """Writes an extract with one file into a folder; `more`: further keys of its head."""
    folder.mkdir(parents=True, exist_ok=True)
    columns = [*COLUMNS["residence"], *(["event"] if kind == "delta" else [])]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    given = list(rows)
    writer.writerows(given)
    data = text.getvalue().encode()
    (folder / "residents.csv").write_bytes(data)
    head = {
        "register": "residence", "kind": kind, "as_of": as_of, "rows": len(given), "simulated": simulated, "version": 1,
        "files": [{"name": "residents.csv", "rows": len(given), "sha256": hashlib.sha256(data).hexdigest()}],
    }  # fmt: skip
    (folder / "extract.json").write_text(json.dumps(head | more))
    return folder


def rewritten(folder: Path, old: bytes, new: bytes) -> Path:
    """The same extract as a register would hand it over that writes other bytes."""
    file, head = folder / "residents.csv", folder / "extract.json"
    data = file.read_bytes().replace(old, new)
    file.write_bytes(data)
    said = json.loads(head.read_text())
    said["files"][0]["sha256"] = hashlib.sha256(data).hexdigest()
    head.write_text(json.dumps(said))
    return folder
