"""The built front end: style sheet, scripts, fonts and icons, under names that change with their content.

`make install` builds them out of `frontend/` (Vite); an installed package carries them. Each answer names the files by
the manifest that Vite wrote, so a page and its assets always belong together.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
ASSETS = STATIC / "assets"
MANIFEST = ASSETS / "manifest.json"
URL = "/static/assets/"


class AssetsMissing(RuntimeError):
    """The front end is not built, or lacks a file that a page asks for."""


def manifest() -> dict[str, str]:
    """File by name (`main.css`, `main.js`, `icons.svg`), read again when it was built again. Raises AssetsMissing
    where the front end is not built.
    """
    try:
        return _read(MANIFEST, MANIFEST.stat().st_mtime_ns)
    except FileNotFoundError:
        raise AssetsMissing(
            f"The style sheet and scripts are not built: {MANIFEST} is missing. Run `make install` in a checkout; "
            "an installed package should carry them."
        ) from None


@lru_cache(maxsize=1)
def _read(path: Path, _time: int) -> dict[str, str]:
    return {name: str(file) for name, file in json.loads(path.read_bytes()).items()}


def forget() -> None:
    """Forgets what was read: for tests."""
    _read.cache_clear()


def url(name: str) -> str:
    """The address of a built file. Raises AssetsMissing for one that is not there."""
    files = manifest()
    if name not in files:
        raise AssetsMissing(f"The built front end has no {name}: run `make install`.")
    return URL + files[name]


def missing() -> str:
    """Why pages cannot be shown with what is built; empty where they can."""
    try:
        absent = [file for file in manifest().values() if not (ASSETS / file).is_file()]
    except (AssetsMissing, ValueError) as error:
        return str(error)
    return f"{ASSETS} lacks {', '.join(absent)}: run `make install`." if absent else ""
