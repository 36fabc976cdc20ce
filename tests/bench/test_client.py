"""The tools of the measurements measure what they say."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from esaylov.bench.client import Connection, drive, frame, http_request, quantile, unframe
from esaylov.bench.election import NAME, protocols, write_package
from esaylov.bench.visible import TAG, _first
from esaylov.exchange.package import Package, open_package
from esaylov.law.protocol import evaluate


class Echo(http.server.BaseHTTPRequestHandler):
    """Answers every POST with its body, in two parts; `/no` with 409."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(409 if self.path == "/no" else 201)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:5])
        self.wfile.flush()
        self.wfile.write(body[5:])

    def log_message(self, *_arguments: object) -> None:
        """Quiet."""


@pytest.fixture
def port() -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def test_frames() -> None:
    requests = [http_request("POST", "/x", {"A": "b"}, body) for body in (b"", b"one", b"\0" * 70_000)]
    assert unframe(frame(requests)) == requests


def test_one_connection(port: int) -> None:
    link = Connection(port)
    for size in (0, 3, 100_000):
        assert link.send(http_request("POST", "/x", {}, b"x" * size)) == (201, b"x" * size)
    assert link.send(http_request("POST", "/no", {}, b"y")) == (409, b"y")
    link.close()


def test_driving_counts_every_answer(port: int) -> None:
    leaf = json.dumps({"leaf_hash": "ab" * 32}, separators=(",", ":")).encode()
    requests = [http_request("POST", "/no" if i % 5 == 0 else "/x", {}, leaf) for i in range(50)]
    driven = drive(port, 3, requests)
    assert driven["answers"] == {"201": 40, "409": 10}
    assert driven["accepted"] == []
    paced = drive(port, 3, requests[:20], rate=100.0)
    assert 0.15 < paced["seconds"] < 5
    assert [name for name, _ in paced["accepted"]] == ["ab" * 32] * 20


def test_quantile() -> None:
    values = sorted(range(1, 101))
    assert (quantile(values, 0.5), quantile(values, 0.99), quantile(values, 1.0)) == (51, 100, 100)
    assert quantile([], 0.5) == 0


def test_first_time_beyond_an_index() -> None:
    seen = [(1.0, 5), (2.0, 5), (3.0, 9), (4.0, 12)]
    assert [_first(seen, index) for index in (4, 5, 8, 9, 11)] == [1.0, 3.0, 3.0, 4.0, 4.0]
    assert TAG.search(b'HTTP/1.1 200 OK\r\nETag: W/"0123abc-417"\r\n')[1] == b"417"  # type: ignore[index]


def test_made_up_election_is_whole(tmp_path: Path) -> None:
    package = open_package(write_package(tmp_path / "package", 300))
    assert isinstance(package, Package)
    assert package.id == NAME
    for protocol in protocols(300):
        lines = [protocol["lines"][name] for name in package.edition.lines]
        assert evaluate(package.edition, lines, list(protocol["votes"].values())) == ()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["intake", "person", "visible"])
def test_benchmark_runs(name: str) -> None:
    """In a process of its own, as the command starts it; what it finds is reported, not judged."""
    import subprocess
    import sys

    small = {"intake": "run(slices=1)", "person": "run(slices=1)", "visible": "run(seconds=3)"}[name]
    code = f"from esaylov.bench.{name} import run; report = {small}; print(report.ratio > 0, *report.lines())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("True "), done.stderr
