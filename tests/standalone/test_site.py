"""The one-file verifier on a site: the same checks over HTTP, and a publication that changes while it reads."""

from __future__ import annotations

import gzip
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from esaylov.exchange.standalone import verify
from tests.exchange.published_fixture import build


class Site:
    """A folder served; `swap` puts another one in its place before the given request is answered."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.requests, self.swaps, self.packed = folder, 0, dict[int, Path](), False
        site = self

        class Handler(SimpleHTTPRequestHandler):
            def send_head(self):  # type: ignore[no-untyped-def]
                site.requests += 1
                if site.requests in site.swaps:
                    site.folder = site.swaps[site.requests]
                self.directory = str(site.folder)
                return super().send_head()

            def end_headers(self) -> None:
                if site.packed:
                    self.send_header("Content-Encoding", "gzip")
                super().end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    build(tmp_path / "a")
    site = Site(tmp_path / "a")
    yield site
    site.server.shutdown()
    site.server.server_close()


def test_a_site_is_verified(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify.main([site.address]) == 0
    assert verify.main([site.address + "/"]) == 0
    assert capsys.readouterr().out.count("ORIGIN NOT PROVEN") == 2


def test_a_flipped_bit_on_a_site(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    path = site.folder / "data" / "test-2026" / "totals.parquet"
    data = bytearray(path.read_bytes())
    data[99] ^= 4
    path.write_bytes(data)
    assert verify.main([site.address]) == 1
    out = capsys.readouterr().out
    assert out.splitlines()[-1].startswith("FAILED: data/test-2026/totals.parquet: ")
    assert "once more" not in out


def test_a_site_that_changes_while_it_is_read(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build(tmp_path / "b", more_turnout=5)
    site.swaps = {9: tmp_path / "b"}
    assert verify.main([site.address]) == 0
    assert capsys.readouterr().out.count("once more") == 1
    assert site.folder == tmp_path / "b"


def test_a_site_that_never_rests(site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build(tmp_path / "b", more_turnout=5)
    folders = (tmp_path / "a", tmp_path / "b")
    site.swaps = {number: folders[number // 9 % 2] for number in range(9, 999, 9)}
    assert verify.main([site.address]) == 1
    assert capsys.readouterr().out.count("once more") == 2


def test_a_site_that_packs_everything(site: Site, tmp_path: Path) -> None:
    shutil.copytree(tmp_path / "a", tmp_path / "packed")
    for path in (tmp_path / "packed").rglob("*"):
        if path.is_file():
            path.write_bytes(gzip.compress(path.read_bytes()))
    site.folder, site.packed = tmp_path / "packed", True
    assert verify.main([site.address]) == 0


def test_no_site(capsys: pytest.CaptureFixture[str]) -> None:
    assert verify.main(["http://127.0.0.1:9"]) == 1
    assert capsys.readouterr().out.startswith("FAILED: manifest.json: ")
