"""Secrets of factors and of sessions, encrypted in the database with a key of the site's own, which stands outside of it."""

from __future__ import annotations

import base64
import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE = 12
PURPOSE = b"esaylov accounts factors"


def _key(secret: str | bytes, purpose: bytes) -> AESGCM:
    raw = secret.encode() if isinstance(secret, str) else secret
    return AESGCM(hashlib.sha256(purpose + b"\0" + raw).digest())


def encrypt(text: str, purpose: bytes = PURPOSE) -> str:
    """AES-256-GCM under a fresh nonce and the key of a purpose, in base64."""
    nonce = os.urandom(NONCE)
    sealed = _key(settings.SECRET_KEY, purpose).encrypt(nonce, text.encode(), purpose)
    return base64.b64encode(nonce + sealed).decode()


def decrypt(encrypted: str, purpose: bytes = PURPOSE) -> str:
    """The text again; keys of before (`SECRET_KEY_FALLBACKS`) are tried too. Raises ValueError."""
    raw = base64.b64decode(encrypted)
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return _key(secret, purpose).decrypt(raw[:NONCE], raw[NONCE:], purpose).decode()
        except InvalidTag:
            continue
    raise ValueError("no key of this site opens the secret")
