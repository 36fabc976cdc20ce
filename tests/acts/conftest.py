"""Elections for the tests of the door. (Django's rooms are imported late: they need it set up.)"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.acts.election import World
    from tests.acts.programs import Programs


@pytest.fixture
def door(db_clone: object, tmp_path: Path) -> Iterator[World]:
    """A called election on the real clock, without release and with a calendar that binds no act of these tests: everything
    is open.
    """
    from tests.acts.election import EDITION, REPORTS, world

    with world(tmp_path, edition=EDITION + REPORTS) as made:
        yield made


@pytest.fixture(scope="module")
def shared_door(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The same for a module whose tests leave no trace in it."""
    from tests.acts.election import EDITION, REPORTS, world

    with world(tmp_path_factory.mktemp("door"), edition=EDITION + REPORTS) as made:
        yield made


@pytest.fixture
def programs(db_clone: object, tmp_path: Path) -> Iterator[Programs]:
    """People of each role whose programs hold tokens."""
    from tests.acts.programs import people_with_programs

    with people_with_programs(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def shared_programs(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Programs]:
    """The same for a module whose tests leave no trace that another one of it would mind."""
    from tests.acts.programs import people_with_programs

    with people_with_programs(tmp_path_factory.mktemp("programs")) as made:
        yield made
