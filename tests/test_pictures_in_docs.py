"""Pictures of the documentation: every link leads to a picture, every picture is linked, none is heavy."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "screenshots"
LINK = re.compile(r"\(([^()\s]*screenshots/[^()\s]+)\)")
LARGEST = 500_000


def linked() -> set[Path]:
    """The pictures that the texts link."""
    texts = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return {(text.parent / found).resolve() for text in texts for found in LINK.findall(text.read_text())}


def test_links_and_pictures_are_the_same() -> None:
    assert linked() == set(FOLDER.iterdir())


def test_pictures_are_light() -> None:
    assert [one.name for one in FOLDER.iterdir() if one.stat().st_size > LARGEST] == []
