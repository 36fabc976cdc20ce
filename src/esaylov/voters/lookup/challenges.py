"""What keeps robots slow, without anybody else's service: a signed challenge for each form, and work or a question for it.

A challenge is the time at which it was issued, random bytes and a MAC of both under a key of this site: nothing is kept of it
until it is spent. Where scripts run, the device finds numbers whose hashes begin with zeros (SHA-256, in `PUZZLES` parts, so that
it takes about the same time each time); where they do not, a question in words follows from the challenge.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NoBase64
from functools import lru_cache
from itertools import count
from typing import Literal

from django.conf import settings

LIFE = 600
"""Seconds for which a challenge holds; the custodian remembers longer that it was spent."""
PUZZLES = 8
BITS = 14
"""Zero bits of each puzzle: 131,072 hashes on average for all of them, a third of a second of a phone."""
NONCE, MAC = 12, 12
TIME = 4
LONGEST = 160

Verdict = Literal["good", "old", "wrong"]


def bits() -> int:
    """Zero bits of a puzzle: `ESAYLOV_LOOKUP_WORK_BITS`, from 1 to 24. Raises ValueError."""
    found = int(os.environ.get("ESAYLOV_LOOKUP_WORK_BITS") or BITS)
    if not 1 <= found <= 24:
        raise ValueError("ESAYLOV_LOOKUP_WORK_BITS: a number from 1 to 24 is needed")
    return found


def issue(now: float | None = None) -> str:
    """A new challenge."""
    head = int(now or time.time()).to_bytes(TIME) + os.urandom(NONCE)
    return urlsafe_b64encode(head + _mac(b"challenge", head)).decode().rstrip("=")


def judge(challenge: str, now: float | None = None) -> Verdict:
    """Whether a challenge is one of ours (`wrong`: it is not) and still holds (`old`: it does not)."""
    try:
        raw = urlsafe_b64decode(challenge.encode() + b"=" * (-len(challenge) % 4))
    except (NoBase64, UnicodeEncodeError):
        return "wrong"
    head, mac = raw[: TIME + NONCE], raw[TIME + NONCE :]
    # (Written again it must be the same text: base64 has several for one value, and each is spent by itself.)
    same = urlsafe_b64encode(raw).decode().rstrip("=") == challenge
    if not (same and hmac.compare_digest(mac, _mac(b"challenge", head))):
        return "wrong"
    age = (now or time.time()) - int.from_bytes(head[:TIME])
    return "good" if -1 <= age <= LIFE else "old"


def solved(challenge: str, work: str) -> bool:
    """Whether somebody did the work: a number for each puzzle, parted by dots."""
    numbers = work.split(".")
    if len(work) > LONGEST or len(numbers) != PUZZLES or not all(one.isdigit() for one in numbers):
        return False
    limit = 1 << (32 - bits())
    return all(_hashed(challenge, place, number) < limit for place, number in enumerate(numbers))


def solve(challenge: str) -> str:
    """The work, done here: for tests and measurements."""
    limit = 1 << (32 - bits())
    return ".".join(
        next(text for text in map(str, count()) if _hashed(challenge, place, text) < limit)
        for place in range(PUZZLES)
    )


def drawn(challenge: str) -> bytes:
    """32 bytes that follow from a challenge, and that nobody else can tell from it."""
    return hmac.digest(_key(settings.SECRET_KEY), b"question" + challenge.encode(), "sha256")


def _hashed(challenge: str, place: int, number: str) -> int:
    """The first 32 bits of the hash. (The text fits into one block of SHA-256.)"""
    return int.from_bytes(hashlib.sha256(f"{challenge}.{place}.{number}".encode()).digest()[:4])


def _mac(purpose: bytes, text: bytes) -> bytes:
    return hmac.digest(_key(settings.SECRET_KEY), purpose + text, "sha256")[:MAC]


@lru_cache(maxsize=2)
def _key(secret: str) -> bytes:
    return hashlib.sha256(f"esaylov look-up of voters {secret}".encode()).digest()
