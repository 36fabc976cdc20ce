"""What the check in the reader's browser needs besides the page."""

from __future__ import annotations

from django import template

from esaylov.design import numbers, words
from esaylov.publication.codes.codes import code_of
from esaylov.publication.reads import log_identity

register = template.Library()


@register.simple_tag
def log_key() -> str:
    """The verifier key of this installation's log, as this site gives it."""
    known = log_identity()
    return known.verifier_key if known else ""


@register.simple_tag
def mark_of_thousands() -> str:
    """The mark between thousands in the page's language."""
    return numbers.marks(words.language())[0]


@register.simple_tag
def entry_code(index: int, leaf: str) -> str:
    """The short code of an entry, from its index and its leaf hash in hexadecimal."""
    return code_of(index, bytes.fromhex(leaf))
