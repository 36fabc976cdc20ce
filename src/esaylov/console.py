"""How the command line talks: progress, refusals, and the options that have a form of their own."""

from __future__ import annotations

import contextlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from esaylov.publication.geography.boundaries import Taken

REFUSED = 1
MOST_PROBLEMS = 20
LINE_EVERY = 5.0
"""Seconds between two lines of progress where there is no terminal."""


def refuse(text: str) -> typer.Exit:
    """Say on the error output why a command cannot be done; the result is to be raised."""
    print(text, file=sys.stderr)
    return typer.Exit(REFUSED)


@contextlib.contextmanager
def refusals() -> Iterator[None]:
    """Turn what the house refuses with a reason into that reason and exit status 1; anything else is a
    fault of ours.
    """
    from esaylov.server.database import DatabaseError
    from esaylov.server.embedded import EmbeddedError
    from esaylov.server.places import PlaceError
    from esaylov.server.pool import PoolError
    from esaylov.server.supervisor import ServeError

    try:
        yield
    except (DatabaseError, EmbeddedError, PlaceError, PoolError, ServeError) as error:
        raise refuse(str(error)) from error


@contextlib.contextmanager
def operation_refusals() -> Iterator[None]:
    """The same for what loads and replays elections; Django must be set up."""
    from esaylov.acts.identity import IdentityError
    from esaylov.exchange.package import PackageError
    from esaylov.operations.loading import LoadError
    from esaylov.operations.replay import ReplayError
    from esaylov.publication.publisher import PublishError

    try:
        yield
    except PackageError as error:
        raise refuse("\n".join(map(str, error.problems))) from error
    except (IdentityError, LoadError, PublishError, ReplayError) as error:
        raise refuse(str(error)) from error


@contextlib.contextmanager
def synthetic_refusals() -> Iterator[None]:
    """The same for what makes simulated data."""
    from esaylov.exchange.problems import PackageError

    try:
        yield
    except PackageError as error:
        raise refuse("\n".join(map(str, error.problems[:MOST_PROBLEMS]))) from error
    except (OSError, ValueError) as error:
        raise refuse(str(error)) from error


@contextlib.contextmanager
def boundary_refusals(election: str) -> Iterator[None]:
    """The same for boundaries, twenty problems at most; Django must be set up."""
    from esaylov.acts.context import UnknownElection
    from esaylov.publication.geography.geojson import GeographyError

    try:
        yield
    except UnknownElection:
        raise refuse(f"there is no election “{election}”") from None
    except OSError as error:
        raise refuse(str(error)) from error
    except GeographyError as error:
        more = len(error.problems) - MOST_PROBLEMS
        lines = [*error.problems[:MOST_PROBLEMS], *([f"and {more:,} more"] if more > 0 else [])]
        raise refuse("\n".join(lines)) from error


@contextlib.contextmanager
def account_refusals() -> Iterator[None]:
    """The same for accounts; Django must be set up."""
    from esaylov.registry.accounts.links import LinkError

    try:
        yield
    except LinkError as error:
        raise refuse(str(error)) from error


def print_boundaries(taken: Taken) -> None:
    """Say what was stored, and which territories are left without a boundary."""
    for one in taken.kinds:
        print(f"{one.kind}: {one.count:,} boundaries")
        if one.missing:
            named = ", ".join(one.missing[:MOST_PROBLEMS])
            print(f"{one.kind}: {len(one.missing):,} without a boundary stand in the table only: {named}")
    print(f"{taken.page_bytes:,} bytes at most on a page, simplified to {taken.tolerance:.4f} degrees")


def publish_folder(folder: Path | None) -> None:
    """Publish to a folder, or to the live site's, and say what was published; Django must be set up."""
    from esaylov.publication.publisher import publish_site, publish_to

    with operation_refusals():
        done = publish_site() if folder is None else publish_to(folder)
    what = "published" if done.new else "published before, the same bytes"
    print(f"{what}: size {done.size:,}, manifest {done.manifest}, entry {done.index:,}")


Progressing = Callable[[str, int, int], None]
"""What is done, how much of it, and of how much."""


@contextlib.contextmanager
def progress_bar() -> Iterator[Progressing]:
    """Progress on the error output: on a terminal one line for each thing that is done, renewed in place; elsewhere, as
    in a log, a line every few seconds.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        yield progress_lines()
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    # What a command prints goes above the bar on a terminal, and to its own place when it is sent elsewhere.
    with Progress(*columns, console=console, redirect_stdout=sys.stdout.isatty()) as bar:
        tasks = {}

        def show(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total)

        yield show


def progress_lines(every: float = LINE_EVERY, now: Callable[[], float] = time.monotonic) -> Progressing:
    """Progress as lines of text on the error output, none before the first few seconds are over."""
    next_line = now() + every

    def show(what: str, done: int, total: int) -> None:
        nonlocal next_line
        if now() >= next_line:
            next_line = now() + every
            share = f" ({100 * done // total} %)" if total else ""
            print(f"{what}: {done:,} of {total:,}{share}", file=sys.stderr, flush=True)

    return show


def temporary_folder() -> Path:
    """Make a folder for throw-away data, which the database's system user may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="esaylov-"))
    folder.chmod(0o711)
    return folder


def parse_speed(text: str) -> float | None:
    """Read `max` (None) or how many times real time. Raises `typer.BadParameter`."""
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        raise typer.BadParameter("must be max or a number above 0")
    return speed


def parse_time(text: str | None) -> datetime | None:
    """Read an ISO 8601 time with its offset. Raises `typer.BadParameter`."""
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"is not an ISO 8601 time: {text}") from error
    if time.tzinfo is None:
        raise typer.BadParameter("needs an offset from UTC, as in 2024-10-27T22:00:00+05:00")
    return time


def print_replay(report: Mapping[str, Any]) -> None:
    """Print a replay's report (the content of its JSON file): figures, findings, and a line for each contest with
    its totals and seats.
    """
    pace = f"{report['protocols_per_second']:,.0f}/s"
    print(f"{report['protocols']:,} protocols in {report['seconds']:,.1f} s: {pace}")
    found = ", ".join(f"{code} {count:,}" for code, count in report["findings"].items())
    print(f"findings: {found or 'none'}")
    print(f"left outside the totals: {len(report['left_outside']):,}")
    print("votes by contest, seats in brackets:")
    for contest in report["contests"]:
        print(f"  {contest['id']}: {contest_line(contest['totals'], contest['seats'])}")


def contest_line(totals: Mapping[str, int], seats: Mapping[str, int]) -> str:
    """Options with their votes, most votes first, and with their seats where they have any."""
    ordered = sorted(totals.items(), key=lambda option: -option[1])
    return ", ".join(
        f"{option} {votes:,}{f' [{seats[option]:,}]' if seats.get(option) else ''}"
        for option, votes in ordered
    )


def announce_demo(text: str) -> None:
    """Say what the demonstration is doing; an address gets its sentence."""
    print(
        f"The demonstration is at {text} (everything in it is simulated)"
        if text.startswith("http")
        else text,
        flush=True,
    )
