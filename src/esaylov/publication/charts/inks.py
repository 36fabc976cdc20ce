"""Colours of pictures by what they mean. A specification names them as the page's style sheet does
(`var(--tone-3)`, `url(#seats-tone-3)`), so that a picture follows the page into dark mode; files get the
literal colours of the light theme.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from esaylov.design.palette import palette, tone

INK = "currentColor"
SOFT, RULE, TRACK, PAPER = (
    "var(--chart-soft)",
    "var(--chart-rule)",
    "var(--chart-track)",
    "var(--chart-paper)",
)
MARK, MARK_TEXT = "var(--chart-mark)", "var(--chart-mark-text)"
NONE = "transparent"
RAMP = 5
RAMP_FILLS = ("#dde8f4", "#accae6", "#78aad6", "#33709f", "#123f6b")
RAMP_TEXTS = ("#000000", "#000000", "#000000", "#ffffff", "#ffffff")
TILE = 6
HATCH = "outstanding"
STROKES = {
    "diagonal": "M-1,1l2,-2M0,6l6,-6M5,7l2,-2",
    "backslash": "M-1,5l2,2M0,0l6,6M5,-1l2,2",
    "horizontal": "M0,3h6",
    "vertical": "M3,0v6",
    "cross": "M0,0l6,6M0,6l6,-6",
    "grid": "M0,3h6M3,0v6",
    "dots": "M3,2.1a0.9,0.9 0 1 0 0.01,0z",
}
# Colours are whole values of attributes and members; the same signs within somebody's name are only a name.
_VARIABLE = re.compile(r'(?<=")var\(--([a-z0-9-]+)\)(?=")')
_REFERENCE = re.compile(r'(?<=")url\(#[^)"]*?(tone-\d+|outstanding)\)(?=")')


def fill_of(name: str, number: int) -> str:
    """The patterned fill of a tone in the picture `name`."""
    return f"url(#{name}-tone-{number})"


def text_of(number: int) -> str:
    """The text colour on a tone."""
    return f"var(--tone-{number}-text)"


def hatched(name: str) -> str:
    """The fill of what is outstanding."""
    return f"url(#{name}-{HATCH})"


def ramp(step: int) -> tuple[str, str]:
    """Fill and text colour of a step, 1 to 5, from little to much."""
    return f"var(--chart-ramp-{step})", f"var(--chart-ramp-{step}-text)"


@cache
def literals() -> dict[str, str]:
    """The light theme's colour of every variable."""
    found = {
        "chart-soft": "#4a4f59",
        "chart-rule": "#c9ccd2",
        "chart-track": "#eceef2",
        "chart-paper": "#ffffff",
        "chart-mark": "#fff3c4",
        "chart-mark-text": "#3d2f00",
    }
    for step in range(1, RAMP + 1):
        found[f"chart-ramp-{step}"] = RAMP_FILLS[step - 1]
        found[f"chart-ramp-{step}-text"] = RAMP_TEXTS[step - 1]
    for number in range(len(palette()) + 1):
        found[f"tone-{number}"] = tone(number).light
        found[f"tone-{number}-text"] = tone(number).text_light
    return found


def literal(text: str, ink: str = "#16181d") -> str:
    """A picture with the light theme's colours in place of variables; patterns stay references."""
    plain = _VARIABLE.sub(lambda found: literals().get(found[1], found[0]), text)
    return plain.replace(f'"{INK}"', f'"{ink}"')


def with_fallbacks(text: str) -> str:
    """A picture whose variables name the light colour too, for pages without our style sheet."""
    known = literals()
    return _VARIABLE.sub(
        lambda found: f"var(--{found[1]},{known[found[1]]})" if found[1] in known else found[0], text
    )


def without_patterns(text: str) -> str:
    """Patterns replaced by their plain colour, for programs that draw the specification themselves."""

    def plain(found: re.Match[str]) -> str:
        return "#d5d9e0" if found[1] == HATCH else literals().get(found[1], found[0])

    return _REFERENCE.sub(plain, text)


def definitions(name: str, used: Iterable[str]) -> str:
    """The patterns that a picture uses (`tone-3`, `outstanding`), with ids that begin with its name."""
    return "".join(_pattern(name, one) for one in sorted(set(used)))


def used_patterns(text: str) -> list[str]:
    """The patterns that a picture refers to."""
    found = (reference[1] for reference in _REFERENCE.finditer(text))
    return [one for one in found if one == HATCH or one in literals()]


def _pattern(name: str, used: str) -> str:
    head = f'<pattern id="{name}-{used}" patternUnits="userSpaceOnUse" width="{TILE}" height="{TILE}">'
    if used == HATCH:
        lines = (
            f'<path d="{STROKES["diagonal"]}" stroke="var(--chart-soft)" stroke-opacity="0.4" fill="none"/>'
        )
        return f'{head}<rect width="{TILE}" height="{TILE}" fill="var(--chart-paper)"/>{lines}</pattern>'
    number = int(used.rpartition("-")[2])
    ground = f'<rect width="{TILE}" height="{TILE}" fill="var(--{used})"/>'
    return f"{head}{ground}{_strokes(tone(number).pattern, used)}</pattern>"


def _strokes(pattern: str, used: str) -> str:
    if pattern == "solid":
        return ""
    colour = f"var(--{used}-text)"
    if pattern == "dots":
        return f'<path d="{STROKES[pattern]}" fill="{colour}" fill-opacity="0.45"/>'
    return f'<path d="{STROKES[pattern]}" stroke="{colour}" stroke-opacity="0.3" fill="none"/>'
