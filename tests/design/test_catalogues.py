"""The catalogues hold every text of the interface, translated, with the same placeholders, in the right letters."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

import esaylov

PACKAGE = Path(esaylov.__file__).parent
ROOT = PACKAGE.parent.parent
KEYWORDS = {
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
TRANSLATED = ("uz", "ru")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%%")
Key = tuple[str | None, str]


@cache
def wanted() -> dict[Key, bool]:
    """Every text of code and templates, and whether it has a plural."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found: dict[Key, bool] = {}
    for _file, _line, message, _comments, context in extract_from_dir(PACKAGE, methods, options, KEYWORDS):
        plural = isinstance(message, tuple)
        found[context, message[0] if plural else message] = plural
    return found


def catalogue(language: str) -> dict[Key, Message]:
    path = PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        read: Catalog = read_po(file, locale=language, abort_invalid=True)
    return {(m.context, m.id[0] if isinstance(m.id, tuple) else m.id): m for m in read if m.id}


def texts(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, tuple | list) else [message.string]


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
def test_catalogue_holds_exactly_the_texts_of_the_interface(language: str) -> None:
    known = catalogue(language)
    assert len(wanted()) > 200
    assert sorted(map(str, set(wanted()) - set(known))) == [], "texts that nobody translated: pybabel update"
    assert sorted(map(str, set(known) - set(wanted()))) == [], "translations of texts that are gone"


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated_and_none_is_fuzzy(language: str) -> None:
    for key, message in catalogue(language).items():
        assert all(texts(message)), key
        assert not message.fuzzy, key


@pytest.mark.parametrize("language", TRANSLATED)
def test_placeholders_are_those_of_the_original(language: str) -> None:
    for key, message in catalogue(language).items():
        original = set(PLACEHOLDER.findall(message.id[-1] if isinstance(message.id, tuple) else message.id))
        for text in texts(message):
            assert set(PLACEHOLDER.findall(text)) == original, key
            assert "%" not in PLACEHOLDER.sub("", text), key


def test_uzbek_writes_its_letters_with_its_own_signs() -> None:
    """U+02BB in oʻ and gʻ, U+02BC elsewhere; no apostrophes or quotation marks in their place."""
    for key, message in catalogue("uz").items():
        for text in texts(message):
            bare = PLACEHOLDER.sub("", text)
            assert not re.search(r"\w['’‘`´]", bare), key
            assert all(match in "oOgG" for match in re.findall(r"(.)\u02bb", bare)), key


def test_russian_is_not_left_in_english() -> None:
    for key, message in catalogue("ru").items():
        for text in texts(message):
            letters = re.findall(r"[^\W\d_]", PLACEHOLDER.sub("", text))
            assert not letters or any("а" <= letter.lower() <= "я" for letter in letters), key
