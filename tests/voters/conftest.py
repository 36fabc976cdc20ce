"""An election with rules about voters, for tests of the voter list."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.acts.election import World

VOTERS = """
[values.voters]
age = 18
citizenship = "UZB"
ends = ["died", "left", "incapable"]
supplement_members = 2
supplement_alert = 0.02
supplement_reasons = ["missing", "moved"]
inspection = ["surname", "initials", "street", "house"]
"""


@pytest.fixture
def door(db_clone: object, tmp_path: Path) -> Iterator[World]:
    """A simulated election in a database of the test's own."""
    from tests.acts.election import EDITION, world

    with world(tmp_path, edition=EDITION + VOTERS) as made:
        yield made
