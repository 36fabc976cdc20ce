"""The tones of parties: apart for every eye, with text that can be read on them."""

from __future__ import annotations

from itertools import combinations

import pytest

from esaylov.design.palette import NEUTRAL, PATTERNS, assign, palette, tone

# Machado, Oliveira and Fernandes (2009), severity 1.0, for linear RGB.
EYES = {
    "full": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
LMS = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
LAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
Triple = tuple[float, float, float]


def times(matrix: tuple[Triple, Triple, Triple], one: Triple) -> Triple:
    found = [sum(a * b for a, b in zip(row, one, strict=True)) for row in matrix]
    return found[0], found[1], found[2]


def linear(colour: str) -> Triple:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    found = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return found[0], found[1], found[2]


def seen(colour: str, eye: str) -> Triple:
    """A colour in Oklab as an eye sees it."""
    cones = times(LMS, tuple(min(1.0, max(0.0, part)) for part in times(EYES[eye], linear(colour))))  # type: ignore[arg-type]
    return times(LAB, tuple(part ** (1 / 3) for part in cones))  # type: ignore[arg-type]


def apart(one: str, other: str, eye: str) -> float:
    return sum((a - b) ** 2 for a, b in zip(seen(one, eye), seen(other, eye), strict=True)) ** 0.5


def contrast(one: str, other: str) -> float:
    """WCAG 2.2."""
    low, high = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (linear(one), linear(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_tones_differ_for_every_eye(scheme: str, eye: str) -> None:
    for one, other in combinations(palette(), 2):
        distance = apart(getattr(one, scheme), getattr(other, scheme), eye)
        assert distance > (0.11 if other.tone <= 5 else 0.055), (one.name, other.name)
        if one.pattern == other.pattern:
            assert distance > 0.075, "who shares a pattern differs more in colour"


def test_the_first_eight_have_patterns_of_their_own() -> None:
    assert len({one.pattern for one in palette()[:8]}) == 8
    assert {one.pattern for one in palette()} <= set(PATTERNS)


@pytest.mark.parametrize("one", [*palette(), NEUTRAL], ids=lambda one: one.name)
def test_text_can_be_read(one: object) -> None:
    for scheme, ground in (("light", "#ffffff"), ("dark", "#15171b")):
        fill, text = getattr(one, scheme), getattr(one, f"text_{scheme}")
        assert contrast(fill, text) >= 4.5
        assert contrast(fill, ground) >= 3, "a shape stands out from the page"


def test_print_without_colour_keeps_patterns() -> None:
    """In grey the first five still differ, by brightness or by pattern."""
    for one, other in combinations(palette()[:5], 2):
        assert one.pattern != other.pattern


def test_assignment() -> None:
    tones = assign(["a", "b", "", "a", "c"])
    assert tones == {"a": 1, "b": 2, "c": 3}
    many = assign(str(number) for number in range(40))
    assert list(many.values())[:12] == list(range(1, 13))
    assert set(list(many.values())[12:]) == {0}
    assert tone(0) == tone(13) == NEUTRAL
    assert tone(12).tone == 12
