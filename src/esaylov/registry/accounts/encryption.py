"""Secrets of factors, encrypted in the database with a key of the site's own, which stands outside of it."""

from __future__ import annotations

import base64
import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE = 12
PURPOSE = b"esaylov accounts factors"


def _key(secret: str | bytes) -> AESGCM:
    raw = secret.encode() if isinstance(secret, str) else secret
    return AESGCM(hashlib.sha256(PURPOSE + b"\0" + raw).digest())


def encrypt(text: str) -> str:
    """AES-256-GCM under a fresh nonce, in base64."""
    nonce = os.urandom(NONCE)
    return base64.b64encode(nonce + _key(settings.SECRET_KEY).encrypt(nonce, text.encode(), PURPOSE)).decode()


def decrypt(encrypted: str) -> str:
    """The text again; keys of before (`SECRET_KEY_FALLBACKS`) are tried too. Raises ValueError."""
    raw = base64.b64decode(encrypted)
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return _key(secret).decrypt(raw[:NONCE], raw[NONCE:], PURPOSE).decode()
        except InvalidTag:
            continue
    raise ValueError("no key of this site opens the secret")
