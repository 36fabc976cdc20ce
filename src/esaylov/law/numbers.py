"""How the number of a decision is written: letters, digits, №, point, slash and hyphen, one digit at least.

The public log shows such a number for ever: without blanks no sentence and no name fits in.
"""

from __future__ import annotations

import re

DECISION_NUMBER = r"^[\w№/.\-]{0,28}[0-9][\w№/.\-]{0,28}$"
"""As a regular expression that Python, Rust and JSON Schema read alike."""
_NUMBER = re.compile(DECISION_NUMBER)


def is_decision_number(text: str) -> bool:
    """Whether a text can be the number of a decision."""
    return _NUMBER.fullmatch(text) is not None
