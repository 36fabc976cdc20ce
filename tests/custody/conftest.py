"""A custodian, started for real on a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from esaylov.custody.client import CustodianDown, Custody
from esaylov.custody.keyring import Keyring
from esaylov.custody.place import socket_of


@dataclass
class Running:
    """A custodian's process, its data folder, and a client."""

    process: subprocess.Popen[str]
    data: Path
    custody: Custody

    @property
    def keys(self) -> Path:
        return self.data / "keys" / "voters.json"

    @property
    def socket(self) -> Path:
        return socket_of(self.data)


def start(data: Path, settings: Mapping[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "esaylov.custody.custodian"]
    environment = {**os.environ, "ESAYLOV_DATA": str(data), **settings}
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)


def wait_for(custody: Custody, process: subprocess.Popen[str]) -> None:
    limit = time.monotonic() + 30
    while True:
        try:
            custody.status()
        except CustodianDown:
            assert process.poll() is None, process.stderr and process.stderr.read()
            assert time.monotonic() < limit
            time.sleep(0.02)
        else:
            return


@contextmanager
def working(data: Path, **settings: str) -> Iterator[Running]:
    """A custodian with settings (names without their ESAYLOV_CUSTODY_)."""
    Keyring.read_or_make(data / "keys" / "voters.json", {})
    process = start(data, {f"ESAYLOV_CUSTODY_{name}": value for name, value in settings.items()})
    try:
        custody = Custody(lambda: socket_of(data))
        wait_for(custody, process)
        yield Running(process, data, custody)
    finally:
        process.terminate()
        process.wait(10)
        assert process.stderr is not None
        process.stderr.close()


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with tempfile.TemporaryDirectory(prefix="esaylov-") as folder, working(Path(folder)) as one:
        yield one
