"""Entity tags of public pages, made of the build and of the sizes of the log that they are computed from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path

from esaylov import __version__
from esaylov.publication.geography.boundaries import boundaries_mark
from esaylov.publication.installation import installation

PACKAGE = Path(__file__).resolve().parent.parent
SOURCES = frozenset({".py", ".html", ".json", ".po", ".toml"})
FEW = 4


@cache
def build() -> str:
    """What the pages are made by: the version and a hash over code, templates, catalogues, what the operator says
    of the installation, and the manifest of the built front end, whose file names are hashes of their content.
    """
    digest = sha256(f"{__version__} {installation()}".encode())
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix in SOURCES and path.is_file():
            digest.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0")
            digest.update(sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def _made_by() -> str:
    """The build, and the boundaries that its maps are drawn with where an operator has loaded some."""
    return f"{build()}{boundaries_mark()}"


def election_tag(size: int) -> str:
    """Tag of the pages of one election at a size. Weak: the compressed form has other bytes."""
    return f'W/"{_made_by()}-{size}"'


def site_tag(sizes: Mapping[str, int]) -> str:
    """Tag of the pages that show all elections, from the size of each."""
    text = ".".join(str(sizes[election]) for election in sorted(sizes))
    if len(sizes) > FEW:
        text = sha256(text.encode()).hexdigest()[:16]
    return f'W/"{_made_by()}-all-{text or 0}"'


def dated_tag(tag: str, minutes: Mapping[str, datetime]) -> str:
    """The tag of a page that also shows what time it is: with the minute of each election's clock that it looks at."""
    text = ".".join(sorted({f"{minute:%Y%m%d%H%M}" for minute in minutes.values()}))
    if len(minutes) > 1:
        # Which election shows which minute counts, not only which minutes there are.
        named = " ".join(f"{election} {minutes[election]:%Y%m%d%H%M}" for election in sorted(minutes))
        text = sha256(named.encode()).hexdigest()[:16]
    return f'{tag[:-1]}-at-{text or 0}"'
