"""`esaylov verify` of a site: the same checks over HTTP, while the site goes on."""

from __future__ import annotations

import gzip
import shutil
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from esaylov.exchange.verification import VerificationError, verify
from esaylov.tlog.notes import Signer
from tests.exchange.published_case import ORIGIN, SEED
from tests.exchange.published_fixture import build

KEY = Signer(ORIGIN, SEED).vkey


class Handler(SimpleHTTPRequestHandler):
    """Serves a folder; `before` is called with every path before it is answered."""

    def __init__(self, *arguments: Any, before: Callable[[str], None], packed: bool, **more: Any) -> None:
        self.before = before
        self.packed = packed
        super().__init__(*arguments, **more)

    def do_GET(self) -> None:
        self.before(self.path)
        path = Path(self.translate_path(self.path))
        if not self.packed or not path.is_file():
            super().do_GET()
            return
        data = gzip.compress(path.read_bytes())
        self.send_response(200)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


class Live:
    """A site in this process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[str] = []
        self.before: Callable[[str], None] = lambda path: None
        self.packed = False
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def _handler(self, *arguments: Any) -> Handler:
        def before(path: str) -> None:
            self.asked.append(path)
            self.before(path)

        return Handler(*arguments, before=before, packed=self.packed, directory=str(self.folder))

    def verify(self) -> list[str]:
        lines: list[str] = []
        verify(self.address, lines.append, key=KEY)
        return lines

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    build(tmp_path / "site", more_turnout=300)
    site = Live(tmp_path / "site")
    yield site
    site.close()


def test_a_site_holds(live: Live) -> None:
    lines = live.verify()
    assert lines[-1] == "SIMULATED: everything holds at size 351"
    assert not any("no others" in line for line in lines)
    assert live.asked.index("/manifest.json") < live.asked.index("/log/checkpoint")


def test_answers_packed_for_the_way_are_unpacked(live: Live) -> None:
    live.packed = True
    assert live.verify()[-1].startswith("SIMULATED: everything holds")


def test_a_changed_file_of_a_site_is_refused(live: Live) -> None:
    path = live.folder / "data/test-2026/totals.csv"
    path.write_bytes(path.read_bytes().replace(b"12", b"13", 1))
    with pytest.raises(VerificationError, match=r"totals\.csv: differs from what the manifest says"):
        live.verify()
    assert live.asked.count("/data/test-2026/totals.csv") == 1
    path.unlink()
    with pytest.raises(VerificationError, match=r"totals\.csv: the site answers 404"):
        live.verify()


def test_a_publication_that_changes_meanwhile_is_read_again(live: Live, tmp_path: Path) -> None:
    build(tmp_path / "next", more_turnout=280)

    def change(path: str) -> None:
        if path.endswith("totals.csv") and live.asked.count(path) == 1:
            shutil.rmtree(live.folder)
            shutil.copytree(tmp_path / "next", live.folder)

    live.before = change
    lines = live.verify()
    assert "the publication changed while it was read: once more from the beginning" in lines
    assert lines[-1] == "SIMULATED: everything holds at size 331"


def test_a_site_that_never_rests_is_given_up(live: Live, tmp_path: Path) -> None:
    def change(path: str) -> None:
        if path.endswith("totals.csv"):
            shutil.rmtree(live.folder)
            build(live.folder, more_turnout=300 - len(live.asked) // 10)

    live.before = change
    lines: list[str] = []
    with pytest.raises(VerificationError, match="differs from what the manifest says"):
        verify(live.address, lines.append, key=KEY)
    assert sum("once more" in line for line in lines) == 2


def test_a_partial_file_may_have_given_way_to_the_full_one(live: Live) -> None:
    for name, filler in (("tile/0/001", bytes(32)), ("tile/entries/001", b"\0\1x")):
        partial_file = live.folder / "log" / f"{name}.p" / "100"
        (live.folder / "log" / name).write_bytes(partial_file.read_bytes() + filler * 156)
        partial_file.unlink()
    assert live.verify()[-1].startswith("SIMULATED: everything holds")


def test_a_site_that_does_not_answer(tmp_path: Path) -> None:
    live = Live(tmp_path)
    live.close()
    with pytest.raises(VerificationError, match=r"manifest\.json"):
        live.verify()


def test_a_site_may_not_lead_to_files(live: Live, tmp_path: Path) -> None:
    def lead_away(handler: Handler) -> None:
        handler.send_response(302)
        handler.send_header("Location", f"file://{tmp_path}/site/manifest.json")
        handler.end_headers()

    class Away(Handler):
        do_GET = lead_away

    live.server.RequestHandlerClass = partial(Away, before=lambda path: None, packed=False)
    with pytest.raises(VerificationError, match=r"manifest\.json"):
        live.verify()
