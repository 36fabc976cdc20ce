"""Sites for the tests of whole elections. (Django's rooms are imported late: they need it set up.)"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import Clone
from tests.judges import Judge, judge

if TYPE_CHECKING:
    from esaylov.server.embedded import Embedded
    from tests.operations.site import Site


@pytest.fixture
def site(db_clone: Clone, tmp_path: Path) -> Iterator[Site]:
    """An installation without an election: a database and a data folder of its own."""
    from tests.operations.site import site_at

    with site_at(db_clone, tmp_path / "site") as made:
        yield made


@pytest.fixture
def another(template: Embedded, tmp_path: Path) -> Callable[[], AbstractContextManager[Site]]:
    """Makes further installations; each is the one at hand as long as its context lasts."""
    from tests.operations.site import fresh_site

    numbers = iter(range(100))
    return lambda: fresh_site(template, tmp_path / f"another-{next(numbers)}")


@pytest.fixture(scope="module")
def module_site(
    module_db_clone: Clone, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], AbstractContextManager[Site]]]:
    """Leads to one installation that the tests of a module share."""
    from tests.operations.site import site_at

    folder = tmp_path_factory.mktemp("module") / "site"
    with ExitStack():
        yield lambda: site_at(module_db_clone, folder)


@pytest.fixture
def aics() -> Judge:
    """The judge `aics-tlog`."""
    return judge("aics-tlog")


@pytest.fixture
def scales() -> Judge:
    """The judge `tlog-tiles` of tlog-scales."""
    return judge("tlog-tiles")
