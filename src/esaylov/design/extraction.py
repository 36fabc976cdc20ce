"""Finds the texts of Django's templates for Babel (`babel.cfg` names this extractor)."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any, BinaryIO

from babel.messages.extract import extract_python
from django.utils.translation.template import templatize


def extract_django(
    file: BinaryIO, keywords: Any, comment_tags: Any, options: Any
) -> Iterator[tuple[Any, ...]]:
    """(line, function, texts, comments) of every `trans` and `blocktrans` in a template.

    Django turns a template into something that looks like Python; its lines stand on their own here, because
    their indentation means nothing.
    """
    looks_like_python = templatize(file.read().decode("utf-8"))
    lines = "\n".join(line.strip() for line in looks_like_python.splitlines())
    yield from extract_python(BytesIO(lines.encode("utf-8")), keywords, comment_tags, options)
