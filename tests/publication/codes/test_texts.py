"""What the check says: every reason that its scripts know has a text, and every translation its places to fill in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[3] / "frontend" / "src" / "check"
TEXT = re.compile(r'<span data-text="([a-z0-9-]+)">(.*?)</span>', re.DOTALL)
PLACES = re.compile(r"\{(\w+)\}")
REASON = re.compile(r'(?:Refused|CannotCheck)\("([a-z0-9-]+)"')
NEED = re.compile(r'\bneed\([^;]*?"([a-z0-9-]+)"(?:, (?:\{[^;]*\}|values))?\);', re.DOTALL)
STEPS = ("key", "checkpoint", "entry", "tree", "opening", "record", "figures", "stands", "place")


def texts(language: str, *, pinned: bool = False) -> dict[str, str]:
    """The texts of the check by name."""
    from django.template.loader import render_to_string
    from django.utils.translation import override

    with override(language):
        page = render_to_string("publication/codes/_texts.html", {"pinned": pinned})
    return {name: text.strip() for name, text in TEXT.findall(page)}


def reasons() -> set[str]:
    """Every reason that the scripts give."""
    found: set[str] = set()
    for path in SCRIPTS.glob("*.js"):
        source = path.read_text()
        found |= set(REASON.findall(source)) | set(NEED.findall(source))
    return found


def test_every_reason_has_a_text(db_clone: object) -> None:
    found = reasons()
    assert {"wrong-root", "bad-signature", "other-figure", "no-ed25519", "network", "file-form"} <= found
    missing = {reason for reason in found if f"reason-{reason}" not in texts("en")}
    assert missing == set()


def test_every_step_has_its_texts(db_clone: object) -> None:
    known = texts("en")
    for step in STEPS:
        assert known[f"title-{step}"]
        assert known[f"step-{step}"]


@pytest.mark.parametrize("pinned", [False, True])
@pytest.mark.parametrize("language", ["uz", "uz-cyrl", "kaa", "ru"])
def test_translations_keep_the_places(db_clone: object, language: str, pinned: bool) -> None:
    english, translated = texts("en", pinned=pinned), texts(language, pinned=pinned)
    assert english.keys() == translated.keys()
    for name, text in english.items():
        assert sorted(PLACES.findall(translated[name])) == sorted(PLACES.findall(text)), name
