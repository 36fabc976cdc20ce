"""Cuts the web fonts out of the npm packages of Source Sans 3 and Source Serif 4: python frontend/fonts.py

The packages' files hold hundreds of letters that no page of ours uses, and lack the narrow space that stands between
thousands in most of our languages. Here each is cut to the letters of our languages and the weights of our pages; the
narrow space gets the glyph of the space (a fifth of an em in both), and the serif its Karakalpak Ǵ. The licence
(SIL Open Font Licence 1.1) reserves the name "Source" for the originals, so these have a name of their own.

Out: build/fonts/*.woff2 and build/fonts/_faces.scss, which declares them with their ranges and with fallbacks of the
same measures, so that nothing moves when a font arrives.
"""

from __future__ import annotations

from pathlib import Path

from fontTools.misc.transform import Offset
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

HERE = Path(__file__).resolve().parent
PACKAGES = HERE / "node_modules" / "@fontsource-variable"
OUT = HERE / "build" / "fonts"

LATIN = (
    "".join(map(chr, range(0x20, 0x7F)))
    + "".join(map(chr, range(0xA0, 0x100)))
    + "ıʻʼ‘’‚“”„†•…‹›–—⁄€−×÷←↑→↓№"
)
MORE_LATIN = "ĞğİŃńŞşǴǵŌōŪūĀāŠšŽžČč"
CYRILLIC = "".join(map(chr, range(0x400, 0x460))) + "№"
MORE_CYRILLIC = "ҒғҚқҢңӨөҮүҲҳӘәҖҗҰұҺһ"
CUTS = {
    "latin": ("latin", LATIN),
    "latin-more": ("latin-ext", MORE_LATIN),
    "cyrillic": ("cyrillic", CYRILLIC),
    "cyrillic-more": ("cyrillic-ext", MORE_CYRILLIC),
}
FAMILIES = {
    "sans": ("source-sans-3", "esaylov Sans", (400, 700)),
    "serif": ("source-serif-4", "esaylov Serif", (600, 600)),
}
NARROW_SPACES = (0x2009, 0x202F)

# Fallbacks: what the systems have; and the mean width of its Latin and of its Cyrillic letters, in thousandths of an em,
# by the frequencies below. The scripts are not equally wide beside ours, so each has a face of its own.
FALLBACKS = {
    ("sans", 400): {
        "Arial": ("Arial|Liberation Sans|Helvetica", (441, 546)),
        "Roboto": ("Roboto", (439, 543)),
        "DejaVu": ("DejaVu Sans", (507, 628)),
    },
    ("sans", 600): {
        "Arial": ("Arial Bold|Liberation Sans Bold|Helvetica Bold", (477, 594)),
        "Roboto": ("Roboto Bold", (455, 563)),
        "DejaVu": ("DejaVu Sans Bold", (572, 688)),
    },
    ("serif", 600): {
        "Georgia": ("Georgia Bold", (502, 635)),
        "Times": ("Times New Roman Bold|Liberation Serif Bold", (425, 533)),
        "DejaVu": ("DejaVu Serif Bold", (566, 697)),
    },
}
FREQUENCIES = (
    {
        " ": 180, "e": 102, "t": 75, "a": 65, "o": 62, "n": 57, "i": 57, "s": 53, "r": 50, "h": 50, "l": 33, "d": 33,
        "u": 23, "c": 22, "m": 20, "f": 18, "w": 17, "g": 16, "p": 15, "y": 14, "b": 13, "v": 8, "k": 6, "0": 4, "1": 4,
    },
    {
        "о": 91, "е": 70, "а": 66, "и": 61, "н": 56, "т": 52, "с": 45, "р": 39, "в": 38, "л": 36, "к": 29, "м": 26,
        "д": 25, "п": 23, "у": 22, "я": 17, "ы": 16, "ь": 14, "г": 14, "з": 14, "б": 13, "ч": 12, "й": 10, "х": 8,
        "ж": 8, "ш": 6, "ю": 5, "ц": 4,
    },
)  # fmt: skip


def main() -> None:
    """Writes all fonts and their declarations."""
    OUT.mkdir(parents=True, exist_ok=True)
    rules = [rule for key in FAMILIES for rule in _family(key)]
    (OUT / "_faces.scss").write_text("\n".join(rules), encoding="utf-8")


def _family(key: str) -> list[str]:
    package, family, weights = FAMILIES[key]
    rules, fonts = [], {}
    for cut, (subset, letters) in CUTS.items():
        font = _cut(PACKAGES / package / "files" / f"{package}-{subset}-wght-normal.woff2", letters, weights)
        if key == "serif" and cut == "latin":
            _add_gacute(font)
        _rename(font, family)
        path = OUT / f"{key}-{cut}.woff2"
        font.flavor = "woff2"
        font.save(path)
        fonts[cut] = font
        rules.append(_face(family, path.name, weights, sorted(font.getBestCmap())))
    for (name, weight), systems in FALLBACKS.items():
        if name == key:
            rules += _fallbacks(family, weight, systems, (fonts["latin"], fonts["cyrillic"]))
    return rules


def _cut(path: Path, letters: str, weights: tuple[int, int]) -> TTFont:
    font = TTFont(path, recalcTimestamp=False)
    lowest, highest = weights
    limit = lowest if lowest == highest else (lowest, highest)
    options = Options()
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl", "tnum", "lnum"]
    options.hinting = False
    options.name_IDs = [0, 1, 2, 13, 14]
    cutter = Subsetter(options)
    cutter.populate(text=letters)
    cutter.subset(font)
    font = instantiateVariableFont(font, {"wght": limit}, inplace=True)
    for table in font["cmap"].tables:
        if table.isUnicode() and 0x20 in table.cmap:
            table.cmap |= dict.fromkeys(NARROW_SPACES, table.cmap[0x20])
    return font


def _add_gacute(font: TTFont) -> None:
    """Ǵ and ǵ out of G, g and the acute; the accent sits as high as on Á and á, in the middle."""
    letters, glyphs, names = font.getBestCmap(), font["glyf"], font["hmtx"]
    acute = letters[0xB4]
    shape = glyphs[acute]
    for base, model, code, name in (("G", "Á", 0x1F4, "Gacute"), ("g", "á", 0x1F5, "gacute")):
        under, width = letters[ord(base)], names[letters[ord(base)]][0]
        rise = glyphs[letters[ord(model)]].yMax - shape.yMax
        recording = DecomposingRecordingPen(font.getGlyphSet())
        font.getGlyphSet()[under].draw(recording)
        middle = (glyphs[under].xMin + glyphs[under].xMax) / 2
        aside = round(middle - (shape.xMin + shape.xMax) / 2)
        font.getGlyphSet()[acute].draw(TransformPen(recording, Offset(aside, rise)))
        pen = TTGlyphPen(None)
        recording.replay(pen)
        font.setGlyphOrder([*font.getGlyphOrder(), name])
        glyphs[name] = pen.glyph()
        glyphs[name].recalcBounds(glyphs)
        names[name] = (width, glyphs[name].xMin)
        for table in font["cmap"].tables:
            if table.isUnicode():
                table.cmap[code] = name


def _rename(font: TTFont, family: str) -> None:
    for record in font["name"].names:
        if record.nameID == 1:
            record.string = family
    if "CFF " in font:
        raise SystemExit("expected fonts with TrueType outlines")


def _face(family: str, file: str, weights: tuple[int, int], codes: list[int]) -> str:
    # `optional`, not `swap`: however well the stand-in is measured, some line breaks elsewhere when the font comes late,
    # and a page of figures must not move under the reader.
    lowest, highest = weights
    weight = f"{lowest}" if lowest == highest else f"{lowest} {highest}"
    return (
        f'@font-face {{ font-family: "{family}"; font-style: normal; font-display: optional; font-weight: {weight}; '
        f'src: url("../../build/fonts/{file}") format("woff2"); unicode-range: {_ranges(codes)}; }}'
    )


def _ranges(codes: list[int]) -> str:
    found: list[list[int]] = []
    for code in codes:
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return ", ".join(f"U+{a:X}" if a == b else f"U+{a:X}-{b:X}" for a, b in found)


def _fallbacks(
    family: str, weight: int, systems: dict[str, tuple[str, tuple[int, int]]], fonts: tuple[TTFont, TTFont]
) -> list[str]:
    """Fonts of the systems in one weight, stretched to our measures."""
    rules = []
    for script, font in enumerate(fonts):
        mean = _mean_width(font, weight, FREQUENCIES[script])
        line, size = font["hhea"], font["head"].unitsPerEm
        for name, (sources, means) in systems.items():
            adjust = 1000 * mean / means[script]
            local = ", ".join(f'local("{one}")' for one in sources.split("|"))
            above, below = (f"{100 * value / size / adjust:.2f}%" for value in (line.ascent, -line.descent))
            rules.append(
                f'@font-face {{ font-family: "{family} {name}"; font-weight: {weight}; src: {local}; '
                f"{'unicode-range: U+400-52F; ' if script else ''}size-adjust: {100 * adjust:.2f}%; "
                f"ascent-override: {above}; descent-override: {below}; line-gap-override: 0%; }}"
            )
    return rules


def _mean_width(font: TTFont, weight: int, often: dict[str, int]) -> float:
    """The mean width of a letter at a weight, in ems."""
    if "fvar" in font:
        font = instantiateVariableFont(font, {"wght": weight}, inplace=False)
    letters, widths = font.getBestCmap(), font["hmtx"]
    total = sum(widths[letters[ord(one)]][0] * times for one, times in often.items())
    return total / sum(often.values()) / font["head"].unitsPerEm


if __name__ == "__main__":
    main()
