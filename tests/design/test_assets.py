"""The built front end: its manifest, what is in it, and what the site says where it is missing."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from esaylov.design import assets
from esaylov.design.styleguide import LETTERS

ROOT = Path(__file__).resolve().parents[2]
FRONTEND = ROOT / "frontend"
FIRST_VISIT_CSS = 60_000


def built(name: str) -> Path:
    return assets.ASSETS / assets.manifest()[name]


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in place of the built front end."""
    monkeypatch.setattr(assets, "ASSETS", tmp_path)
    monkeypatch.setattr(assets, "MANIFEST", tmp_path / "manifest.json")
    assets.forget()
    return tmp_path


@pytest.fixture(autouse=True)
def _forget() -> object:
    yield
    assets.forget()


def test_every_name_of_the_manifest_leads_to_a_file_that_is_named_by_its_content() -> None:
    assert assets.missing() == ""
    for name, file in assets.manifest().items():
        assert (assets.ASSETS / file).is_file(), name
        assert re.fullmatch(r"(fonts/)?[\w-]+-[\w-]{8}\.\w+", file), file
        assert assets.url(name) == f"/static/assets/{file}"


def test_compressed_files_hold_the_same() -> None:
    for name, file in assets.manifest().items():
        if name.endswith((".css", ".js", ".svg")):
            packed = (assets.ASSETS / f"{file}.gz").read_bytes()
            assert gzip.decompress(packed) == (assets.ASSETS / file).read_bytes(), name


def test_site_without_a_front_end_says_what_to_do(elsewhere: Path) -> None:
    assert "make install" in assets.missing()
    with pytest.raises(assets.AssetsMissing, match="make install"):
        assets.url("main.css")


def test_site_with_half_a_front_end_says_what_lacks(elsewhere: Path) -> None:
    (elsewhere / "manifest.json").write_text(json.dumps({"main.css": "main-12345678.css"}))
    assert "main-12345678.css" in assets.missing()
    with pytest.raises(assets.AssetsMissing, match=r"main\.js"):
        assets.url("main.js")
    (elsewhere / "manifest.json").write_text("{")
    assert assets.missing() != ""


def test_server_does_not_start_without_a_front_end(elsewhere: Path) -> None:
    from esaylov.server.supervisor import ServeError, serve

    with pytest.raises(ServeError, match="make install"):
        serve("127.0.0.1", 1, 1)


def test_style_sheet_is_small_and_asks_nobody_else() -> None:
    css = built("main.css").read_text()
    assert len(css) < FIRST_VISIT_CSS
    for address in re.findall(r"url\(([^)]*)\)", css):
        assert address.strip("\"'").startswith(("fonts/", "./fonts/", "data:image/svg+xml")), address[:80]
    for form in (
        "prefers-color-scheme:dark",
        "prefers-contrast:more",
        "forced-colors:active",
        "@media print",
    ):
        assert form in css, form


def test_script_runs_under_the_policy() -> None:
    script = built("main.js").read_text()
    assert not re.search(r"\beval\(|new Function\(|https?://", script)


def test_fonts_hold_the_letters_of_every_language() -> None:
    from fontTools.ttLib import TTFont

    needed = {letter for _, _, text in LETTERS for letter in text}
    for family in ("sans", "serif"):
        files = [
            name for name in assets.manifest() if name.startswith(f"{family}-") and name.endswith(".woff2")
        ]
        fonts = [TTFont(built(name)) for name in files]
        found = {chr(code) for font in fonts for code in font.getBestCmap()}
        assert sorted(needed - found) == [], family
        digits = {
            font["hmtx"][font.getBestCmap()[ord(d)]][0]
            for font in fonts
            if 0x30 in font.getBestCmap()
            for d in "0123456789"
        }
        assert len(digits) == 1, "figures are as wide as each other"


def test_every_icon_that_pages_name_is_in_the_sprite_and_every_one_of_the_sprite_exists() -> None:
    from esaylov.design.templatetags import face

    sprite = set(re.findall(r'<symbol id="([\w-]+)"', built("icons.svg").read_text()))
    assert sprite == set(json.loads((FRONTEND / "icons.json").read_text()))
    named = {*face.STATE_ICONS.values(), *face.STEP_ICONS.values(), *face.NOTICE_ICONS.values(), "circle"}
    for template in (ROOT / "src").rglob("*.html"):
        named |= set(re.findall(r'{% icon "([\w-]+)"', template.read_text("utf-8")))
    assert named - sprite == set()


def test_locked_packages_name_no_host() -> None:
    lock = json.loads((FRONTEND / "package-lock.json").read_text())
    for path, package in lock["packages"].items():
        assert "resolved" not in package, path
        assert not path or package.get("link") or package["integrity"].startswith("sha512-"), path
    for version in json.loads((FRONTEND / "package.json").read_text())["devDependencies"].values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), "versions are exact"
