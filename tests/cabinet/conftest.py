"""People who sit in the cabinet: members of three commissions of the tests' election, signed in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cabinet.people import Bench


@pytest.fixture
def bench(db_clone: object, tmp_path: Path) -> Iterator[Bench]:
    """An election on its evening, and people of its commissions."""
    from tests.cabinet.people import bench as made

    with made(tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def shared_bench(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """The same for a module whose tests leave no trace in it."""
    from tests.cabinet.people import bench as made

    with made(tmp_path_factory.mktemp("bench")) as found:
        yield found
