"""A small election in a test's database: called, moved on act by act, sequenced, tabulated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.test import override_settings

from esaylov.acts.bulk import journal_ids
from esaylov.acts.door import Accepted, Act, Refused, Submission, perform
from esaylov.acts.models import Checkpoint
from esaylov.acts.sequencer import Sequencer
from esaylov.elections import queries as election_queries
from esaylov.elections.queries import set_clock
from esaylov.exchange.package import read_package
from esaylov.operations.loading import call_election, load
from esaylov.registry.queries import actors
from esaylov.results.acts import AcceptProtocol, CorrectProtocol, ReturnProtocol, SubmitProtocol
from esaylov.results.tabulation import Tabulator
from tests.exchange.packages import VOTES, build_package, lines_of

EVENING = datetime.fromisoformat("2026-10-25T22:00:00+05:00")


@contextmanager
def data_folder(path: Path) -> Iterator[Path]:
    """Leads the platform to a data folder of the test's own, with what a process remembers forgotten."""
    with override_settings(ESAYLOV_DATA=path):
        forget()
        yield path
        forget()


def forget() -> None:
    """Empties what a process remembers of a database."""
    election_queries.forget()
    journal_ids.forget()


class Site:
    """The tiny election of the exchange tests, in the database.

    With `start` it is only called, on a clock that stands there; else its protocols are loaded too.
    """

    def __init__(self, folder: Path, *, start: datetime | None = None, **changes: Any) -> None:
        self.package = read_package(build_package(folder / "package", **changes))
        self.election = self.package.id
        self.tabulator: Tabulator | None = None
        if start is None:
            load(self.package)
        else:
            call_election(self.package, replay=False, start=start)
        self.move_on()

    def act(self, act: type[Act[Any]], body: str, at: datetime = EVENING, **payload: Any) -> Accepted:
        """Performs one act, which must be accepted; the set clock moves to its time."""
        set_clock(self.election, at)
        submission = Submission(act.Payload(**payload), actors(self.election)[body], at)
        result = perform(act, self.election, submission)
        assert not isinstance(result, Refused), result.findings
        return result

    def submit(
        self, precinct: str, contest: str, lines: Sequence[int], votes: Sequence[int], **more: Any
    ) -> Accepted:
        """A precinct commission submits a protocol."""
        return self._send(SubmitProtocol, precinct, contest, lines, votes, **more)

    def correct(
        self, precinct: str, contest: str, lines: Sequence[int], votes: Sequence[int], **more: Any
    ) -> Accepted:
        """A precinct commission sends a corrected version."""
        return self._send(CorrectProtocol, precinct, contest, lines, votes, **more)

    def _send(
        self,
        act: type[Act[Any]],
        precinct: str,
        contest: str,
        lines: Sequence[int],
        votes: Sequence[int],
        **more: Any,
    ) -> Accepted:
        place = {"precinct": precinct, "contest": contest, "lines": list(lines), "votes": list(votes)}
        return self.act(act, f"pec:{precinct}", **place, **more)

    def rule(
        self, act: type[AcceptProtocol] | type[ReturnProtocol], precinct: str, contest: str, number: str
    ) -> Accepted:
        """The central commission decides on the standing protocol."""
        return self.act(act, "cec", precinct=precinct, contest=contest, decision=number)

    def sequence(self) -> None:
        """Carries what is committed into the log, as a sequencer that was just started does."""
        Sequencer(head_every=3600).run_once()

    def move_on(self) -> int:
        """Sequences and tabulates what there is; the log's size."""
        self.sequence()
        size = Checkpoint.objects.order_by("-size").values_list("size", flat=True)[0]
        if self.tabulator is None:
            self.tabulator = Tabulator(self.election)
        self.tabulator.advance(size)
        return int(size)


def in_every_state(folder: Path) -> Site:
    """The tiny election in the evening, with a protocol in every state."""
    site = Site(folder, start=EVENING)
    for precinct in ("p1", "p2", "p3", "p4"):
        lines, votes = lines_of(precinct, "list"), VOTES[precinct]["list"]
        site.submit(precinct, "list", (*lines[:-1], 99) if precinct in ("p2", "p3") else lines, votes)
    site.correct("p3", "list", lines_of("p3", "list"), VOTES["p3"]["list"])
    site.submit("p4", "list", lines_of("p4", "list"), (90, 100))
    for precinct in ("p3", "p4"):
        site.submit(precinct, "d2", lines_of(precinct, "d2"), VOTES[precinct]["d2"])
    site.move_on()
    return site
