"""A built wheel carries the front end: whoever installs it needs no Node."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from esaylov.design import assets

ROOT = Path(__file__).resolve().parents[2]
PIP = ("-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        *PIP,
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(folder),
        str(ROOT),
    ]
    subprocess.run(command, check=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel; what it depends on comes from this one."""
    folder = tmp_path_factory.mktemp("venv")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    subprocess.run([python, *PIP, "install", "--no-deps", "--no-index", wheel], check=True)
    found = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
    )
    packages = Path(found.stdout.decode().strip())
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


@contextmanager
def served(python: Path, data: Path) -> Iterator[str]:
    """The web server of an installed package, without a database; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        "PATH": str(python.parent),
        "HOME": str(data),
        "ESAYLOV_DATA": str(data),
        "ESAYLOV_PARENT": str(os.getpid()),
    }
    command = [python, "-m", "esaylov.server.processes", "web", "127.0.0.1", str(port), "1"]
    process = subprocess.Popen(command, env=environment, cwd=data)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def fetch(address: str, patience: float = 0.0) -> tuple[bytes, dict[str, str]]:
    deadline = time.monotonic() + patience
    while True:
        try:
            with urllib.request.urlopen(address, timeout=20) as answer:
                return answer.read(), {key.lower(): value for key, value in answer.headers.items()}
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def test_wheel_holds_every_file_of_the_manifest_and_no_source_of_the_front_end(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for file in assets.manifest().values():
        assert f"esaylov/design/static/assets/{file}" in names
    assert not [name for name in names if "node_modules" in name or name.endswith(".scss")]
    assert any(name.endswith("ru/LC_MESSAGES/django.mo") for name in names)


def test_installed_package_serves_a_page_with_its_style_scripts_and_fonts(
    python: Path, tmp_path: Path
) -> None:
    with served(python, tmp_path) as address:
        page, _ = fetch(f"{address}/en/styleguide/", patience=60)
        files = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page.decode()))
        assert len(files) >= 6
        for file in files:
            content, headers = fetch(address + file)
            assert content, file
            assert "max-age=31536000" in headers["cache-control"], file
        css = next(file for file in files if "style-" in file)
        assert fetch(address + css)[1]["content-type"].startswith("text/css")
