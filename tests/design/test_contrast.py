"""Contrast of every pair of colours that meets on a page, computed after WCAG 2.2 from the built style sheet."""

from __future__ import annotations

import re

import pytest

from esaylov.design import assets
from esaylov.design.palette import NEUTRAL, palette

TEXT, LARGE_OR_SHAPE = 7.0, 3.0
PAIRS = [
    *(
        (ink, paper, TEXT)
        for ink in ("ink", "soft", "accent", "good", "bad", "warn")
        for paper in ("paper", "faint")
    ),
    ("mark-ink", "mark", TEXT),
    ("mark-ink", "mark-stripe", 4.5),
    ("on-accent", "accent", TEXT),
    ("paper", "ink", TEXT),
    ("strong-rule", "paper", LARGE_OR_SHAPE),
    ("fill", "paper", LARGE_OR_SHAPE),
    ("fill", "faint", LARGE_OR_SHAPE),
]


def luminance(colour: str) -> float:
    """Relative luminance of `#rgb` or `#rrggbb`."""
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def schemes() -> dict[str, dict[str, str]]:
    """Custom properties of the light and the dark scheme, as they were built."""
    css = (assets.ASSETS / assets.manifest()["main.css"]).read_text()
    blocks = re.findall(r":root\{([^}]*--paper:[^}]*)\}", css)
    found = [dict(re.findall(r"--([\w-]+):(#[0-9a-f]{3,8})(?=[;}]|$)", block)) for block in blocks]
    light = found[0]
    dark = next(one for one in found if luminance(one["paper"]) < 0.1)
    return {"light": light, "dark": light | dark}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "paper", "least"), PAIRS)
def test_colours_can_be_told_apart(scheme: str, ink: str, paper: str, least: float) -> None:
    colours = schemes()[scheme]
    found = contrast(colours[ink], colours[paper])
    assert found >= least, f"{ink} {colours[ink]} on {paper} {colours[paper]}: {found:.2f}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_tones_are_those_of_the_palette_and_carry_their_text(scheme: str) -> None:
    colours = schemes()[scheme]
    for tone in (*palette(), NEUTRAL):
        surface, text = (getattr(tone, name) for name in (scheme, f"text_{scheme}"))
        built = colours[f"tone-{tone.tone}"], colours[f"tone-{tone.tone}-text"]
        assert contrast(*built) == pytest.approx(contrast(surface, text)), tone.name
        assert contrast(*built) >= 4.5, tone.name
        assert contrast(built[0], colours["paper"]) >= 1.8, f"{tone.name} is seen on the page"


def test_luminance_is_that_of_the_standard() -> None:
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
