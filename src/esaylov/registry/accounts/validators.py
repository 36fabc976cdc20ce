"""Passwords that are long and guessed first all the same (NIST SP 800-63B, 5.1.1.2): known ones with a tail, one piece again
and again, rows of the keyboard. No rule asks for digits or signs: such rules make passwords worse.
"""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "йцукенгшщзхъ",
    "фывапролджэ",
    "ячсмитьбю",
)
FEWEST_LETTERS = 5
IN_A_ROW = 0.7
"""So large a part of neighbours of one row makes a password a walk over the keyboard."""


class EasilyGuessedValidator:
    """Refuses what is long only in appearance."""

    def __init__(self) -> None:
        self._common = CommonPasswordValidator().passwords

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError."""
        plain = password.casefold()
        core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)
        if (
            len(set(plain)) < FEWEST_LETTERS
            or plain in (plain + plain)[1:-1]
            or core in self._common
            or _walked(plain) >= IN_A_ROW
        ):
            raise ValidationError(
                _("This password is guessed early: it is a known one, one piece repeated, or a row of keys."),
                code="easily_guessed",
            )

    def get_help_text(self) -> str:
        """Said with the field."""
        return _("No known password with a tail, nothing repeated, no row of keys.")


def _walked(plain: str) -> float:
    pairs = [plain[place : place + 2] for place in range(len(plain) - 1)]
    rows = [*ROWS, *(row[::-1] for row in ROWS)]
    return sum(any(pair in row for row in rows) for pair in pairs) / max(1, len(pairs))
