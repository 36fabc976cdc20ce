"""What the tests of verification share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from esaylov.exchange.verification import VerificationError, VerifiedPublication, verify
from esaylov.tlog.notes import Signer
from tests.exchange.published_case import ELECTION, ORIGIN, SEED

SIGNER = Signer(ORIGIN, SEED)
OTHER = Signer(ORIGIN, bytes([5]) * 32)
DATA = f"data/{ELECTION}/"


def check(folder: Path, **more: Any) -> tuple[list[str], VerifiedPublication]:
    """Verify with the pinned key; the lines of the report and the result."""
    lines: list[str] = []
    return lines, verify(str(folder), lines.append, **{"key": SIGNER.vkey, **more})


def refused(folder: Path, match: str, **more: Any) -> None:
    with pytest.raises(VerificationError, match=match):
        check(folder, **more)
