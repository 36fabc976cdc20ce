"""What all pictures have in common: a width, texts that are set by our own code, the mark, the foot."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import altair as alt
from django.utils.translation import gettext

from esaylov.design import numbers
from esaylov.design.words import language, time_text
from esaylov.publication.charts import inks
from esaylov.publication.charts.model import Source

WIDTH = 400
TEXT, SMALL, TINY = 13.0, 11.5, 10.5
BAND = 22
BOLDER = 1.06
"""How much wider the bold weight is."""

Row = dict[str, Any]
Datasets = dict[str, list[Row]]
Layers = Callable[[], Sequence[Any]]


@dataclass
class Sheet:
    """A picture that is being made, from the top downward: `y` is how far it is filled."""

    texts: list[Row]
    blocks: list[Row]
    rules: list[Row]
    y: float = 0.0

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = TEXT,
        align: str = "left",
        weight: int = 400,
        fill: str = inks.INK,
    ) -> None:
        """A line of text; `y` is its base line."""
        self.texts.append(
            {"x": x, "y": y, "text": text, "size": size, "align": align, "weight": weight, "fill": fill}
        )

    def block(
        self, corner: tuple[float, float], size: tuple[float, float], fill: str, stroke: str = inks.NONE
    ) -> None:
        """A rectangle from its upper left corner."""
        (x, y), (width, height) = corner, size
        self.blocks.append(
            {"x": x, "y": y, "x2": x + width, "y2": y + height, "fill": fill, "stroke": stroke}
        )

    def rule(
        self, x: float, y: float, x2: float, y2: float, *, colour: str = inks.RULE, thickness: float = 1.0
    ) -> None:
        """A line."""
        self.rules.append({"x": x, "y": y, "x2": x2, "y2": y2, "stroke": colour, "thickness": thickness})

    def paragraph(self, text: str, *, size: float = SMALL, fill: str = inks.SOFT, x: float = 0.0) -> None:
        """Text in as many lines as it takes, below what is there."""
        for line in wrapped(text, WIDTH - x, size):
            self.y += size * 1.3
            self.text(x, self.y, line, size=size, fill=fill)


def sheet(source: Source) -> Sheet:
    """An empty picture, marked where its figures are not those of a real election night."""
    new = Sheet([], [], [])
    words = mark_words(source)
    if words:
        new.block((0, 0), (WIDTH, BAND), inks.MARK)
        new.text(8, 15.5, words, size=fitting(words, WIDTH - 16, 12), weight=700, fill=inks.MARK_TEXT)
        new.y = BAND + 8.0
    return new


def mark_words(source: Source) -> str:
    """What the mark says; empty for a real election."""
    if source.simulated:
        return gettext("SIMULATED: all figures are invented")
    if source.pilot:
        return gettext("PILOT: a trial without legal force")
    return gettext("REPLAY of past figures") if source.replay else ""


def foot(at: Sheet, source: Source) -> None:
    """Tree size, time and code, below everything."""
    at.y += 8
    at.rule(0, at.y, WIDTH, at.y)
    parts = [gettext("Tree size %(size)s") % {"size": numbers.whole(source.size, language())}]
    if source.at is not None:
        parts.append(time_text(source.at, seconds=True))
    if source.code:
        parts.append(gettext("check: %(code)s") % {"code": source.code})
    at.y += 2
    parts.append("esaylov")
    at.paragraph(" · ".join(parts), size=TINY)
    at.y += 4


# --- specifications ---


def specification(
    layers: Layers, at: Sheet, data: Datasets, *, name: str, sentence: str, source: Source
) -> dict[str, Any]:
    """The Vega-Lite specification: Altair's structure of this kind of picture, filled with its data."""
    foot(at, source)
    return {
        **_structure(layers),
        "height": round(at.y),
        "description": sentence,
        "datasets": {**data, "texts": at.texts, "blocks": at.blocks, "rules": at.rules},
        "usermeta": {
            "election": source.election,
            "chart": name,
            "size": source.size,
            "simulated": source.simulated,
            "replay": source.replay,
        },
    }


@cache
def _structure(layers: Layers) -> dict[str, Any]:
    """The same for all pictures of a kind: making it takes Altair longer than drawing does."""
    chart = (
        alt.layer(_blocks(), *layers(), _rules(), _texts())
        .resolve_scale(x="independent", y="independent")
        .properties(width=WIDTH, height=0)
        .configure(
            autosize=alt.AutoSizeParams(type="none"), padding=0, background="transparent", font="sans-serif"
        )
        .configure_view(stroke=None)
    )
    found: dict[str, Any] = chart.to_dict()
    return found


def pixel_x(field: str = "x") -> alt.X:
    """A place in the picture, from the left."""
    return alt.X(f"{field}:Q", scale=None, axis=None)


def pixel_y(field: str = "y") -> alt.Y:
    """A place in the picture, from the top."""
    return alt.Y(f"{field}:Q", scale=None, axis=None)


def literally(channel: type[Any], field: str) -> Any:
    """A colour or a measure that is itself in the data."""
    kind = "Q" if channel in (alt.Size, alt.StrokeWidth) else "N"
    return channel(f"{field}:{kind}", scale=None, legend=None)


def _texts() -> Any:
    return (
        alt.Chart(alt.NamedData(name="texts"))
        .mark_text(
            align=alt.ExprRef("datum.align"),
            fontWeight=alt.ExprRef("datum.weight"),
            baseline="alphabetic",
            aria=False,
        )
        .encode(
            x=pixel_x(), y=pixel_y(), text="text:N", size=literally(alt.Size, "size"),
            fill=literally(alt.Fill, "fill"),
        )
    )  # fmt: skip


def _blocks() -> Any:
    return (
        alt.Chart(alt.NamedData(name="blocks"))
        .mark_rect(aria=False, opacity=1)
        .encode(
            x=pixel_x(), y=pixel_y(), x2="x2", y2="y2", fill=literally(alt.Fill, "fill"),
            stroke=literally(alt.Stroke, "stroke"),
        )
    )  # fmt: skip


def _rules() -> Any:
    return (
        alt.Chart(alt.NamedData(name="rules"))
        .mark_rule(aria=False, strokeCap="round")
        .encode(
            x=pixel_x(), y=pixel_y(), x2="x2", y2="y2", stroke=literally(alt.Stroke, "stroke"),
            strokeWidth=literally(alt.StrokeWidth, "thickness"),
        )
    )  # fmt: skip


# --- setting text ---


@cache
def _widths() -> dict[str, int]:
    """Widths of letters in thousandths of an em, from the font that pictures are set in."""
    found: dict[str, int] = json.loads((Path(__file__).with_name("widths.json")).read_text("utf-8"))
    return found


def measure(text: str, size: float) -> float:
    """How wide a text is in the regular weight; a letter that the font lacks counts as a wide one."""
    widths = _widths()
    return sum(widths.get(letter, 700) for letter in text) * size / 1000


def fitting(text: str, width: float, size: float) -> float:
    """The size at which a text fits, at most `size`."""
    return round(min(size, size * width / max(1.0, measure(text, size))), 2)


def wrapped(text: str, width: float, size: float, most: int = 0) -> list[str]:
    """A text in lines; words that are longer than a line are broken; beyond `most` lines it ends with …"""
    lines: list[str] = []
    for word in _words(text, width, size):
        if lines and measure(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    if most and len(lines) > most:
        lines = lines[:most]
        lines[-1] = shortened(lines[-1] + " " + "…", width, size)
    return lines or [""]


def _words(text: str, width: float, size: float) -> Iterable[str]:
    for word in text.split():
        part = ""
        for letter in word:
            if part and measure(part + letter, size) > width:
                yield part
                part = ""
            part += letter
        yield part


def shortened(text: str, width: float, size: float) -> str:
    """A text that fits into a line, with … where it had to be cut."""
    if measure(text, size) <= width:
        return text
    while text and measure(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip(" …") + "…"
