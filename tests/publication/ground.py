"""A small election in a test's database: loaded through the door, sequenced, tabulated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from esaylov.acts.door import Act, Submission, perform_batch
from esaylov.acts.models import Checkpoint
from esaylov.acts.sequencer import Sequencer
from esaylov.elections import queries as election_queries
from esaylov.elections.queries import set_clock
from esaylov.exchange.package import read_package
from esaylov.operations.loading import load
from esaylov.registry.queries import actors
from esaylov.results.tabulation import Tabulator

from tests.exchange.packages import build_package


@contextmanager
def data_folder(path: Path) -> Iterator[Path]:
    """Leads the platform to a data folder of the test's own, with what a process remembers forgotten."""
    from django.test import override_settings

    with override_settings(ESAYLOV_DATA=path):
        forget()
        yield path
        forget()


def forget() -> None:
    """Empties what a process remembers of a database."""
    from esaylov.acts.bulk import journal_ids

    election_queries.forget()
    journal_ids.forget()


class Site:
    """An election in the database, moved on by hand."""

    def __init__(self, folder: Path, **changes: Any) -> None:
        self.package = read_package(build_package(folder / "package", **changes))
        self.election = self.package.id
        self.sequencer = Sequencer(head_every=3600)
        self.tabulator: Tabulator | None = None
        load(self.package)
        self.move_on()

    def act(self, act: type[Act[Any]], body: str, at: datetime, **payload: Any) -> Any:
        """Performs one act; the set clock moves to its time."""
        set_clock(self.election, at)
        actor = actors(self.election)[body]
        return perform_batch(act, self.election, [Submission(act.Payload(**payload), actor, at)])[0]

    def move_on(self) -> int:
        """Sequences and tabulates what there is; the log's size."""
        self.sequencer.run_once()
        size = Checkpoint.objects.order_by("-size").values_list("size", flat=True)[0]
        if self.tabulator is None:
            self.tabulator = Tabulator(self.election)
        self.tabulator.advance(size)
        return int(size)
