"""A stand-in for a register's server: hands over the extracts in a folder as `web.py` says. For tests and demonstrations.

It knows a token, gives parts of files, and speaks HTTP on the loopback only: nobody's real data belong behind it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from esaylov.exchange.residents.head import HEAD, parse_head
from esaylov.exchange.residents.problems import ExtractError
from esaylov.voters.registers.contract import NAME
from esaylov.voters.registers.dropped import DropFolder
from esaylov.voters.registers.web import LISTING, LOOPBACK

PIECE = 1 << 16
_FROM = re.compile(r"bytes=(\d{1,19})-")


class StandInError(RuntimeError):
    """The stand-in cannot work; the text says why."""


class StandIn(ThreadingHTTPServer):
    """Serves the extracts of a register that lie in a folder; `address` is what an adapter is given."""

    daemon_threads = True

    def __init__(self, register: str, folder: Path, *, port: int = 0, token: str = "") -> None:
        self.register, self.folder, self.token = register, folder, token
        real = [
            offer.name
            for offer in DropFolder(register, folder).offers()
            if not _simulated(folder / offer.name)
        ]
        if real:
            raise StandInError(
                f"{real[0]} is no extract of invented people: a stand-in hands over nothing else"
            )
        super().__init__((LOOPBACK[0], port), Handler)

    @property
    def address(self) -> str:
        return f"http://{LOOPBACK[0]}:{self.server_port}"

    def listing(self) -> bytes:
        """What it has."""
        offers = DropFolder(self.register, self.folder).offers()
        extracts = [
            {"name": one.name, "kind": one.kind, "as_of": one.as_of.isoformat(), "sha256": one.sha256}
            for one in offers
            if _simulated(self.folder / one.name)
        ]
        return json.dumps({"version": 1, "register": self.register, "extracts": extracts}).encode()


class Handler(BaseHTTPRequestHandler):
    """One question. Nothing of it is logged."""

    server: StandIn
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.server.token and self.headers.get("Authorization") != f"Bearer {self.server.token}":
            self.refuse(401)
        elif self.path == f"/{LISTING}":
            self.give(self.server.listing())
        elif (path := self._file()) is None:
            self.refuse(404)
        else:
            self.give_file(path)

    def _file(self) -> Path | None:
        parts: Sequence[str] = self.path.removeprefix("/").split("/")
        if len(parts) != 2 or not all(NAME.fullmatch(part) for part in parts):
            return None
        path = self.server.folder.joinpath(*parts)
        return path if path.is_file() and not path.is_symlink() else None

    def give_file(self, path: Path) -> None:
        """The file, or the part of it that is asked for."""
        size = path.stat().st_size
        asked = _FROM.fullmatch(self.headers.get("Range", ""))
        start = int(asked[1]) if asked else 0
        if asked and start >= size:
            self.refuse(416)
            return
        self.send_response(206 if asked else 200)
        if asked:
            self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        self.send_header("Content-Length", str(size - start))
        self.end_headers()
        with path.open("rb") as file:
            file.seek(start)
            while piece := file.read(PIECE):
                self.wfile.write(piece)

    def give(self, content: bytes) -> None:
        """A whole answer."""
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def refuse(self, status: int) -> None:
        """An answer without anything in it."""
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""


def _simulated(folder: Path) -> bool:
    try:
        return parse_head((folder / HEAD).read_bytes()).simulated
    except (OSError, ExtractError):
        return False
