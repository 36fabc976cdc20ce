"""Codes that people read from paper and type: letters that are not mistaken for others, in any case, with any dashes."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from django.conf import settings

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0, 1, I, L, O: in print they look like each other."""

LENGTH = 8


def _letters() -> str:
    drawn = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    return f"{drawn[:4]}-{drawn[4:]}"


def new_sign_in_code() -> str:
    """A sign-in code such as `M-7KQ4-2XPC`: 31^8 of them, so that none is found by trying."""
    return f"M-{_letters()}"


def normal_code(typed: str) -> str:
    """A sign-in code as it is kept, from what was typed; empty if it cannot be one."""
    letters = "".join(letter for letter in typed.upper() if letter.isalnum())
    if len(letters) != LENGTH + 1 or letters[0] != "M" or set(letters[1:]) - set(LETTERS):
        return ""
    return f"M-{letters[1:5]}-{letters[5:]}"


def new_card_code() -> str:
    """One code of a card: `7KQ4-2XPC`."""
    return _letters()


def normal_card_code(typed: str) -> str:
    """A code of a card without dashes and blanks; empty if it cannot be one."""
    letters = "".join(letter for letter in typed.upper() if letter.isalnum())
    return letters if len(letters) == LENGTH and not set(letters) - set(LETTERS) else ""


def new_token() -> str:
    """The secret of a one-time link: 256 bits."""
    return secrets.token_urlsafe(32)


def keyed_hash(purpose: str, text: str) -> bytes:
    """HMAC-SHA-256 of a secret with the site's key: who reads the database alone cannot try short ones."""
    return _hashed(settings.SECRET_KEY, purpose, text)


def keyed_hashes(purpose: str, text: str) -> list[bytes]:
    """The same with the site's key and with those of before (`SECRET_KEY_FALLBACKS`): what is looked for among what is
    kept."""
    return [_hashed(key, purpose, text) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def _hashed(secret: str, purpose: str, text: str) -> bytes:
    key = hashlib.sha256(f"esaylov {purpose} {secret}".encode()).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
