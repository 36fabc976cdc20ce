"""From a specification to pictures: SVG for pages, SVG and PNG as files.

vl-convert draws (20 to 40 ms, once a figure: the last ones are kept). The lines of text stand where our own code puts
them, whatever they say; they are put in afterwards, so that a figure that did not change is not drawn again because
the tree size under it did. What was drawn is then cleaned: colours of the page, ids of the picture's own, names for
readers of the screen, addresses of ours.
"""

from __future__ import annotations

import json
import re
import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape as xml_escape

import vl_convert
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from esaylov import design
from esaylov.publication.charts import inks

SVG = "http://www.w3.org/2000/svg"
XLINK = "{http://www.w3.org/1999/xlink}href"
FOREIGN = "https://vega.github.io/vega-datasets/"
FONTS = Path(design.__file__).resolve().parent / "static" / "assets" / "pictures"
FAMILY = "esaylov Picture, Liberation Sans, Arial, sans-serif"
KEEP = 128
LABELS = "labels_marks"
PNG_SCALE = 2.5
MARGIN = 20
HEAD = 62
NOT_DRAWN = ("usermeta", "description")
# Characters for private use, and only where they are the whole text of an element: within somebody's name, in a text or in
# an attribute, they are part of the name.
BEFORE, AFTER = "\ue000", "\ue001"
WORD = re.compile(f"(?<=>){BEFORE}([0-9]{{1,4}}){AFTER}(?=<)")
UNWANTED = ("role", "aria-roledescription", "aria-label", "aria-hidden", "class", "style", "font-family")

ElementTree.register_namespace("", SVG)


class _Drawn:
    """The last drawings by digest of their figure; one is made at a time, as vl-convert does."""

    def __init__(self, keep: int) -> None:
        self._keep = keep
        self._lock = threading.Lock()
        self._drawings: OrderedDict[bytes, str] = OrderedDict()

    def get(self, spec: dict[str, Any]) -> str:
        """The drawing of a specification."""
        figure, words = _apart(spec)
        return _said(self._figure(figure), words)

    def _figure(self, spec: dict[str, Any]) -> str:
        key = sha256(json.dumps(spec, sort_keys=True).encode()).digest()
        with self._lock:
            found = self._drawings.pop(key, None) or vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
            self._drawings[key] = found
            if len(self._drawings) > self._keep:
                self._drawings.popitem(last=False)
            return found


def _apart(spec: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """A specification with numbered marks in place of its lines of text, and without what says where it comes from; and
    those lines.
    """
    datasets = spec.get("datasets", {})
    rows = datasets.get("texts", [])
    marked = [{**row, "text": f"{BEFORE}{number}{AFTER}"} for number, row in enumerate(rows)]
    figure = {name: value for name, value in spec.items() if name not in NOT_DRAWN}
    return {**figure, "datasets": {**datasets, "texts": marked}}, [row["text"] for row in rows]


def _said(drawing: str, words: Sequence[str]) -> str:
    """A drawing with its lines of text in the place of their marks."""

    def line(mark: re.Match[str]) -> str:
        number = int(mark[1])
        return xml_escape(words[number]) if number < len(words) else mark[0]

    return WORD.sub(line, drawing)


drawn = _Drawn(KEEP)


def inline(
    spec: dict[str, Any], name: str, title: str, linked: bool = False, classes: Sequence[str] = ()
) -> SafeString:
    """The picture for a page: one image with a name, or with `linked` a group of links, each with its name;
    `classes` go to the links' shapes in their order. `<name>-text` is the id of the text that describes it.
    """
    root = ElementTree.fromstring(drawn.get(spec))  # noqa: S314  our own drawing
    _clean(root, linked, classes)
    root.attrib = {
        "viewBox": root.attrib["viewBox"],
        "class": "chart-svg",
        "role": "group" if linked else "img",
        "aria-label": title,
        "aria-describedby": f"{name}-text",
    }
    text = _written(root)
    return mark_safe(  # noqa: S308  our own drawing, texts escaped by ElementTree
        inks.with_fallbacks(_with_definitions(text, name))
    )


def document(spec: dict[str, Any], name: str, title: str, over: str) -> str:
    """The picture as a file: white, in the light theme's colours, with its title over it."""
    root = ElementTree.fromstring(drawn.get(spec))  # noqa: S314  our own drawing
    _clean(root, False, (), links=False)
    width, height = (float(one) for one in root.attrib["viewBox"].split()[2:])
    inner = "".join(_written(one) for one in root)
    size = f"{width + 2 * MARGIN:g}", f"{height + HEAD + MARGIN:g}"
    text = (
        f'<svg xmlns="{SVG}" width="{size[0]}" height="{size[1]}" viewBox="0 0 {size[0]} {size[1]}"'
        f' font-family="{FAMILY}" role="img"><title>{escape(title)}</title>'
        f'<rect width="{size[0]}" height="{size[1]}" fill="#ffffff"/>{_head(title, over, width)}'
        f'<g transform="translate({MARGIN},{HEAD})">{inner}</g></svg>'
    )
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + inks.literal(_with_definitions(text, name))


def _head(title: str, over: str, width: float) -> str:
    """Title and election, made narrower where they would not fit."""
    lines = ((over, 24, 11.5, "400", "#4a4f59"), (title, 45, 17, "700", "#16181d"))
    return "".join(
        f'<text x="{MARGIN}" y="{y}" font-size="{min(size, width / max(1, len(text)) / 0.56):.4g}"'
        f' font-weight="{weight}" fill="{colour}">{escape(text)}</text>'
        for text, y, size, weight, colour in lines
    )


def png(picture: str, scale: float = PNG_SCALE) -> bytes:
    """An SVG file as PNG."""
    register_fonts()
    return vl_convert.svg_to_png(picture, scale=scale)


@cache
def register_fonts() -> bool:
    """Gives vl-convert the site's font, once a process; its own, which has all our letters too, serves where
    the front end was not built.
    """
    if not any(FONTS.glob("*.ttf")):
        return False
    vl_convert.register_font_directory(str(FONTS))
    return True


def public_spec(spec: dict[str, Any], title: str, over: str) -> dict[str, Any]:
    """The specification for everybody: title, literal colours, nothing that needs our pages."""
    text = inks.literal(inks.without_patterns(json.dumps(spec, ensure_ascii=False)))
    found: dict[str, Any] = json.loads(text)
    heading = {"text": title, "subtitle": over, "anchor": "start"}
    return {**found, "title": heading, "background": "#ffffff", "padding": MARGIN}


def _with_definitions(text: str, name: str) -> str:
    """The picture with the patterns that it uses, at its beginning."""
    used = inks.used_patterns(text)
    if not used:
        return text
    head, mark, rest = text.partition(">")
    return f"{head}{mark}<defs>{inks.definitions(name, used)}</defs>{rest}"


def _written(root: ElementTree.Element) -> str:
    return ElementTree.tostring(root, encoding="unicode")


def _clean(root: ElementTree.Element, linked: bool, classes: Sequence[str], *, links: bool = True) -> None:
    """Takes out what only Vega needs, names the links, gives classes to them and to their labels."""
    for ground in root.findall(f"{{{SVG}}}rect"):  # pages and files have their own
        root.remove(ground)
    styles: dict[ElementTree.Element, str] = {}
    if links:
        styles = dict(zip(root.iter(f"{{{SVG}}}a"), classes, strict=False))
        labels = [group for group in root.iter(f"{{{SVG}}}g") if LABELS in group.get("class", "")]
        styles |= {text: style for group in labels for text, style in zip(group, classes, strict=False)}
    for parent in list(root.iter()):
        for place, child in enumerate(list(parent)):
            if child.tag == f"{{{SVG}}}path" and child.get("class") in ("background", "foreground"):
                parent.remove(child)
            elif child.tag == f"{{{SVG}}}a":
                parent[place] = _link(child) if links and linked else child[0]
    for element in root.iter():
        if element.tag != f"{{{SVG}}}a":
            for attribute in UNWANTED:
                element.attrib.pop(attribute, None)
    for element, style in styles.items():
        if style:
            (element[0] if element.tag == f"{{{SVG}}}a" else element).set("class", style)
    if linked and links:
        _silence_texts(root)


def _link(link: ElementTree.Element) -> ElementTree.Element:
    """A link with an address of ours and its name, which readers of the screen hear and the pointer shows."""
    shape = link[0]
    label = shape.get("aria-label", "")
    link.attrib = {"href": link.attrib[XLINK].removeprefix(FOREIGN), "aria-label": label}
    ElementTree.SubElement(shape, f"{{{SVG}}}title").text = label
    return link


def _silence_texts(root: ElementTree.Element) -> None:
    """Texts around links repeat what the links say."""
    for element in root.iter(f"{{{SVG}}}g"):
        if len(element) and all(child.tag == f"{{{SVG}}}text" for child in element):
            element.set("aria-hidden", "true")
