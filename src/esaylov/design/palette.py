"""Tones of parties: twelve fills that stay apart under colour blindness and in print, each with a pattern,
and the text colours that can be read on them. Style sheets know them as `--tone-1` … `--tone-12` and
`--tone-1-text` …; tone 0 (`--tone-0`) is for options of no list.

Colours were chosen from the hues of Okabe and Ito's set by a search that maximises the smallest distance in
Oklab between any two of them, as seen with full colour vision and as simulated after Machado, Oliveira and
Fernandes (2009) for the three kinds of dichromacy; the first five, which most elections need, weigh most.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).resolve().parent / "palette.json"
NO_LIST = 0
PATTERNS = ("solid", "diagonal", "dots", "horizontal", "backslash", "vertical", "cross", "grid")


@dataclass(frozen=True, slots=True)
class Tone:
    """A fill on light and on dark paper, the text colour on each, and the pattern drawn in it."""

    tone: int
    name: str
    light: str
    dark: str
    text_light: str
    text_dark: str
    pattern: str


NEUTRAL = Tone(NO_LIST, "neutral", "#5d6470", "#9aa2ae", "#ffffff", "#000000", "solid")
"""For options that belong to no list."""


@cache
def palette() -> tuple[Tone, ...]:
    """The tones 1 to 12 in their order."""
    return tuple(Tone(**row) for row in json.loads(SOURCE.read_text("utf-8")))


def tone(number: int) -> Tone:
    """The tone of a number; NEUTRAL for 0 and for what the palette does not have."""
    tones = palette()
    return tones[number - 1] if 1 <= number <= len(tones) else NEUTRAL


def assign(lists: Iterable[str]) -> dict[str, int]:
    """Tones of an election's lists, given in ballot order: the first twelve have one each, further ones 0.

    Every page and picture of an election must give it the same lists, or a party would change its colour.
    """
    most = len(palette())
    unique = dict.fromkeys(code for code in lists if code)
    return {code: place if place <= most else NO_LIST for place, code in enumerate(unique, start=1)}
