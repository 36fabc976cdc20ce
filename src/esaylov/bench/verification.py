"""Verifying a published national election, by `esaylov verify` and by the one-file verifier, against hashing, json.loads and
csv.reader over the same bytes."""

import csv
import gzip
import io
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from esaylov.bench.replay import package_folder, scratch
from esaylov.bench.report import Report


def run() -> list[Report]:
    """Replays and publishes the package, then measures both verifiers."""
    with scratch(), tempfile.TemporaryDirectory(prefix="esaylov-bench-") as base:
        from esaylov.exchange.package import read_package
        from esaylov.operations.replay import replay
        from esaylov.publication.publisher import publish_to

        replay(read_package(package_folder()))
        folder = Path(base) / "published"
        publish_to(folder)
        return reports(folder)


def reports(folder: Path) -> list[Report]:
    """Both verifiers on a published folder; each the best of two runs, like the yardstick."""
    plain = _best(lambda: _read_all(folder))
    house = _best(lambda: _program([sys.executable, "-m", "esaylov.cli", "verify", str(folder)]))
    single = _best(lambda: _program([sys.executable, str(folder / "verify.py"), str(folder)]))
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20
    details = (
        ("published folder", f"{size:,.0f} MiB"),
        ("hashlib, json.loads, csv.reader", f"{plain:.2f} s"),
    )
    return [
        Report("verify", "esaylov verify against reading the same bytes", house / plain, 3.0, False,
               (*details, ("esaylov verify", f"{house:.2f} s"))),
        Report("verify.py", "the one-file verifier against reading the same bytes", single / plain, 6.0, False,
               (*details, ("verify.py", f"{single:.2f} s"))),
    ]  # fmt: skip


def _best(work: Callable[[], None]) -> float:
    seconds = []
    for _ in range(2):
        begin = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begin)
    return min(seconds)


def _program(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed: {done.stdout[-500:]}{done.stderr[-500:]}")


def _read_all(folder: Path) -> None:
    """The yardstick: every file hashed, every entry and JSON file parsed, every CSV row read."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        data = path.read_bytes()
        sha256(data).digest()
        if "/tile/entries/" in path.as_posix():
            at = 0
            while at < len(data):
                end = at + 2 + int.from_bytes(data[at : at + 2], "big")
                json.loads(data[at + 2 : end])
                at = end
        elif path.suffix == ".json":
            json.loads(data)
        elif path.name.endswith((".csv", ".csv.gz")):
            text = gzip.decompress(data) if path.suffix == ".gz" else data
            for _row in csv.reader(io.StringIO(text.decode())):
                pass
