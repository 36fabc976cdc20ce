"""Texts in every language of the site at once, as its pages show them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.conf import settings
from django.utils.translation import override

from esaylov.design.words import as_given


def codes() -> tuple[str, ...]:
    """The site's languages as they stand in its addresses."""
    return tuple(code for code, _ in settings.LANGUAGES)


def in_all(say: Callable[[], str]) -> dict[str, str]:
    """What `say` says, by language."""
    found = {}
    for code in codes():
        with override(code):
            found[code] = say()
    return found


def names(texts: Mapping[str, str], otherwise: str) -> dict[str, str]:
    """A name by language, each in the nearest language that it is known in and in the spelling of the data."""
    return in_all(lambda: as_given(texts, otherwise))


def column(prefix: str, code: str) -> str:
    """The column of a text in a language: `name_uz_cyrl`."""
    return f"{prefix}_{code.replace('-', '_')}"


def columns(prefix: str, texts: Mapping[str, str]) -> dict[str, str]:
    """A text by language as cells by column."""
    return {column(prefix, code): texts[code] for code in codes()}
