"""Pieces of pages that are rendered once and filled in quickly, always with the same work.

A page is one of Django's templates in which places stand where values will come (`Places`). What is common to all answers of a
language is so rendered once; an answer is put together from strings. Values are escaped when they are filled in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

FIRST, LAST = "\ue000", "\ue001"
"""Of Unicode's private use: they stand in no text of ours."""
MARK = re.compile(f"{FIRST}([a-z_]+){LAST}")


class Places:
    """For templates: `{{ at.address }}` is the place where the address will come."""

    def __getitem__(self, name: str) -> SafeString:
        return mark_safe(f"{FIRST}{name}{LAST}")  # noqa: S308 (no letter of it is HTML)


class Fragment:
    """A rendered template with places in it."""

    def __init__(self, text: str) -> None:
        self._parts = MARK.split(text.strip())

    @classmethod
    def of(cls, template: str, values: Mapping[str, object], request: object = None) -> Fragment:
        """A template, rendered with values and with places (`at`)."""
        return cls(render_to_string(template, {**values, "at": Places()}, request=request))  # type: ignore[arg-type]

    def filled(self, values: Mapping[str, str]) -> str:
        """With a value in each place: texts escaped, finished pieces (SafeString) as they are. Raises KeyError."""
        parts = self._parts
        return "".join(part if at % 2 == 0 else _shown(values[part]) for at, part in enumerate(parts))


def _shown(value: str) -> str:
    return value if isinstance(value, SafeString) else escape(value)


def finished(*pieces: str) -> SafeString:
    """Filled fragments, put together: a piece to fill into another."""
    return mark_safe("\n".join(pieces))  # noqa: S308 (each was escaped when it was filled)
