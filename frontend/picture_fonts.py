"""Makes the fonts of pictures that are files: python frontend/picture_fonts.py, after fonts.py

vl-convert draws PNG with fonts that it finds as TrueType files and knows no variable ones. Here the cuts of the site's
own sans (fonts.py) are set to one weight each and joined: two files with all letters of our languages.

Out: build/assets/pictures/sans-400.ttf and sans-700.ttf, of the family "esaylov Picture", and the widths of all letters
in thousandths of an em as src/esaylov/publication/charts/widths.json, by which charts set their lines. That one stays in
the repository: pictures are laid out alike whether or not the front end was built.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from fontTools.merge import Merger
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

HERE = Path(__file__).resolve().parent
CUTS = HERE / "build" / "fonts"
OUT = HERE / "build" / "assets" / "pictures"
WIDTHS = HERE.parent / "src" / "esaylov" / "publication" / "charts" / "widths.json"
FAMILY = "esaylov Picture"
WEIGHTS = {400: "Regular", 700: "Bold"}


def main() -> None:
    """Writes both weights."""
    OUT.mkdir(parents=True, exist_ok=True)
    for weight, style in WEIGHTS.items():
        font = _joined(weight)
        _name(font, weight, style)
        path = OUT / f"sans-{weight}.ttf"
        font.save(path)
        if weight == 400:
            _measure(font)
        print(
            f"{path.name}: {path.stat().st_size:,} bytes, {len(font.getBestCmap())} letters", file=sys.stderr
        )


def _joined(weight: int) -> TTFont:
    with tempfile.TemporaryDirectory() as folder:
        parts = []
        for path in sorted(CUTS.glob("sans-*.woff2"), key=lambda path: path.name != "sans-latin.woff2"):
            font = instantiateVariableFont(TTFont(path), {"wght": weight}, inplace=True)
            font.flavor = None
            for table in ("GSUB", "GPOS", "GDEF", "STAT"):
                if table in font:
                    del font[table]
            parts.append(str(Path(folder) / f"{path.stem}.ttf"))
            font.save(parts[-1])
        font = Merger().merge(parts)
    font.recalcTimestamp = False
    return font


def _measure(font: TTFont) -> None:
    letters, widths, em = font.getBestCmap(), font["hmtx"], font["head"].unitsPerEm
    found = {chr(code): round(1000 * widths[name][0] / em) for code, name in sorted(letters.items())}
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":")) + "\n"
    if not WIDTHS.is_file() or WIDTHS.read_text("utf-8") != text:
        WIDTHS.write_text(text, "utf-8")


def _name(font: TTFont, weight: int, style: str) -> None:
    font["OS/2"].usWeightClass = weight
    font["OS/2"].fsSelection = 0x20 if weight == 700 else 0x40
    font["head"].macStyle = 1 if weight == 700 else 0
    table = font["name"]
    for number, text in (
        (1, FAMILY),
        (2, style),
        (4, f"{FAMILY} {style}"),
        (6, f"{FAMILY}-{style}".replace(" ", "")),
    ):
        table.setName(text, number, 3, 1, 0x409)
    for number in (16, 17, 21, 22):
        table.removeNames(nameID=number)


if __name__ == "__main__":
    main()
