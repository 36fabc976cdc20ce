"""Extracts of invented people as registers hand them over, and servers that do it badly."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from esaylov.exchange.residents.head import COLUMNS
from esaylov.voters.registers.contract import Offer
from esaylov.voters.registers.standin import Handler, StandIn
from esaylov.voters.registers.web import Patience, WebRegister

FIRST, SECOND = "2024-09-01T00:00:00+05:00", "2024-09-02T00:00:00+05:00"
QUICK = Patience(connect=2, silence=2, window=0.3, bytes=1 << 14)


def write_extract(folder: Path, rows: int = 3, as_of: str = FIRST, **more: Any) -> Path:
    """An extract whose rows nobody reads: what matters here is how it comes."""
    text = io.StringIO()
    columns = [*COLUMNS["residence"], *(["event"] if more.get("kind") == "delta" else [])]
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([[str(row), *["x"] * (len(columns) - 1)] for row in range(rows)])
    data = text.getvalue().encode()
    folder.mkdir(parents=True)
    (folder / "residents.csv").write_bytes(data)
    files = [{"name": "residents.csv", "rows": rows, "sha256": hashlib.sha256(data).hexdigest()}]
    head = {
        "register": "residence", "kind": "full", "as_of": as_of, "rows": rows, "files": files, "simulated": True, "version": 1,
    }  # fmt: skip
    (folder / "extract.json").write_text(json.dumps(head | more))
    return folder


def offer_of(folder: Path) -> Offer:
    from datetime import datetime

    content = (folder / "extract.json").read_bytes()
    head = json.loads(content)
    as_of = datetime.fromisoformat(head["as_of"])
    return Offer(folder.name, head["kind"], as_of, hashlib.sha256(content).hexdigest())


@contextmanager
def serving(
    folder: Path, *, token: str = "", badly: Callable[[Handler], bool] | None = None
) -> Iterator[StandIn]:
    """A register's server over the extracts in a folder. `badly` answers a question in its own way, and says so."""

    class Bad(Handler):
        def do_GET(self) -> None:
            if badly is None or not badly(self):
                super().do_GET()

    server = StandIn("residence", folder, token=token)
    server.RequestHandlerClass = Bad
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def answer(handler: Handler, content: bytes, status: int = 200, **headers: str) -> bool:
    """Sends something else than the stand-in would."""
    handler.send_response(status)
    sent: Mapping[str, str] = {"Content_Length": str(len(content)), **headers}
    for name, value in sent.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(content)
    return True


def adapter(server: StandIn, **more: Any) -> WebRegister:
    return WebRegister("residence", server.address, patience=QUICK, **more)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What a register has: one full extract, one delta."""
    made = tmp_path / "register"
    write_extract(made / "2024-09-01", rows=2_000)
    write_extract(made / "2024-09-02", kind="delta", as_of=SECOND)
    return made


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Where an extract is brought."""
    made = tmp_path / "here"
    made.mkdir()
    return made
