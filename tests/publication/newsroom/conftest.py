"""An election in which something happened: corrections, returns, annulments, decisions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.publication.ground import Site


def happen(site: Site) -> None:
    """A corrected protocol, a returned one, an annulled precinct, an inconsistent one, and one that is whole."""
    from esaylov.results.acts import AnnulPrecinct, ReturnProtocol
    from tests.exchange.packages import VOTES, lines_of

    lines, votes = lines_of("p1", "list"), VOTES["p1"]["list"]
    site.submit("p1", "list", (*lines[:-1], 99), votes)
    site.correct("p1", "list", lines, (40, 30), version=2)
    for precinct in ("p2", "p3", "p4"):
        site.submit(precinct, "list", lines_of(precinct, "list"), VOTES[precinct]["list"])
    site.sequence()
    site.rule(ReturnProtocol, "p2", "list", "7")
    site.act(AnnulPrecinct, "cec", precinct="p3", contest=None, decision="8")
    site.move_on()


@pytest.fixture(scope="module")
def eventful(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The tiny election with events, shared by tests that only read."""
    from tests.publication.ground import EVENING, Site, data_folder

    folder: Path = tmp_path_factory.mktemp("eventful")
    with data_folder(folder):
        site = Site(folder, start=EVENING)
        happen(site)
        yield site


Make = Callable[..., "Site"]
