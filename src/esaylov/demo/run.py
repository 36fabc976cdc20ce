"""`esaylov demo`: the site on a simulated election, with its night replayed through the door while one watches."""

from __future__ import annotations

import logging
import os
import shlex
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from esaylov.server.folders import data_folder
from esaylov.server.supervisor import Service, serve

if TYPE_CHECKING:
    from esaylov.operations.loading import Event

logger = logging.getLogger(__name__)

SEED = 20241027
# Changes with what the simulation writes: a folder of an older making is left alone.
MAKING = 2
# Times of the simulated election, in its own clock: what comes before is there at once, longer pauses are cut.
CURTAIN = "19:55"
LONGEST_GAP = timedelta(minutes=4)
TICK = 0.5
WINDOW = timedelta(minutes=5)
ALL_AT_ONCE = (
    "At full speed the night is over within minutes, and no protocol is left to submit in a cabinet; to work as a precinct's"
    " secretary, start with an empty folder and SPEED=1 (esaylov demo --speed 1)."
)
# Within a window of time acts of one kind go together, in the order in which one needs the other.
RANK = (
    "polling.report_turnout",
    "results.submit_protocol",
    "results.return_protocol",
    "results.correct_protocol",
    "results.accept_protocol",
    "results.annul_precinct",
    "results.certify",
)


def run_demo(host: str, port: int, speed: float | None, announce: Callable[[str], None] = print) -> None:
    """Serves the demonstration until a signal asks to end. `speed`: times real time, None: as fast as it goes.

    Its data lie in a folder of their own beside the site's; a second start goes on where the first one stopped.
    """
    folder = data_folder() / "demo"
    os.environ["ESAYLOV_DATA"] = str(folder)
    pace = "max" if speed is None else str(speed)

    def prepare() -> Sequence[Service]:
        package = package_folder(announce)
        call(package, announce)
        announce(f"Who may sign in, and how: {participants(package, announce)}")
        return [
            Service("night", [sys.executable, "-m", "esaylov.demo.run", str(package), pace], restart=False)
        ]

    announce(f"Its data: {folder} (for other commands: ESAYLOV_DATA={shlex.quote(str(folder))})")
    if speed is None:
        announce(ALL_AT_ONCE)
    serve(host, port, min(2, os.cpu_count() or 1), prepare=prepare, announce=announce)


def package_folder(announce: Callable[[str], None]) -> Path:
    """The simulated package, written at the first start."""
    from esaylov.demo.simulation import write_package

    folder = data_folder() / f"package-{SEED}-{MAKING}"
    if not folder.is_dir():
        announce("simulating an election …")
        fresh = folder.with_name(f".{folder.name}.new")
        write_package(fresh, SEED)
        fresh.rename(folder)
    return folder


def call(folder: Path, announce: Callable[[str], None]) -> None:
    """Calls the simulated election if it is not there yet, on a clock of its own."""
    from esaylov.demo.history import CALLED
    from esaylov.elections.queries import elections
    from esaylov.exchange.package import read_package
    from esaylov.operations.loading import call_election, write_tokens

    if elections():
        return
    announce("calling the election …")
    package = read_package(folder)
    call_election(package, replay=False, start=CALLED)
    write_tokens(package.id)


def participants(folder: Path, announce: Callable[[str], None]) -> Path:
    """Fills the commissions, tells what they did before election day and makes accounts, at the first start; the file that
    says how to sign in.
    """
    from esaylov.demo.participants import people
    from esaylov.demo.simulation import ELECTION

    return people(ELECTION, folder, SEED, announce)


class Night:
    """Performs the night's acts in the order of time; remembers in a file how far it came."""

    def __init__(self, folder: Path, speed: float | None) -> None:
        from esaylov.demo.simulation import ELECTION
        from esaylov.demo.stage import acts
        from esaylov.operations.loading import Performer

        self.speed = speed
        self.events = list(acts(folder, SEED))
        self.performer = Performer(ELECTION)
        self.mark = data_folder() / "night-done"
        self.done = int(self.mark.read_text()) if self.mark.is_file() else 0
        self.ended = False

    def run(self) -> None:
        """Performs what is left, at the night's pace."""
        for upto in self._stops():
            self._perform(upto)
            if self.ended:
                return

    def end(self) -> None:
        """Asks the night to stop after the acts at hand."""
        self.ended = True

    def _stops(self) -> Iterator[int]:
        """Numbers of events up to which is due, waiting in between."""
        curtain = self.events[0].at.replace(hour=int(CURTAIN[:2]), minute=int(CURTAIN[3:]))
        due = sum(1 for event in self.events if event.at < curtain)
        if due > self.done:
            yield from self._windows(due)
        if self.speed is None:
            yield from self._windows(len(self.events))
            return
        clock = max(curtain, self.events[min(self.done, len(self.events) - 1)].at)
        while self.done < len(self.events) and not self.ended:
            time.sleep(TICK)
            clock = min(clock + timedelta(seconds=TICK * self.speed), self.events[-1].at)
            clock = max(clock, self.events[self.done].at - LONGEST_GAP)
            upto = self.done
            while upto < len(self.events) and self.events[upto].at <= clock:
                upto += 1
            if upto > self.done:
                yield upto

    def _windows(self, end: int) -> Iterator[int]:
        while self.done < end and not self.ended:
            limit = self.events[self.done].at + WINDOW
            upto = self.done
            while upto < end and self.events[upto].at < limit:
                upto += 1
            yield upto

    def _perform(self, upto: int) -> None:
        from esaylov.demo.rulings import part

        plain, ruled = part(self.events[self.done : upto])
        for ruling in ruled:
            at = ruling[0].at
            self._act([event for event in plain if event.at <= at])
            plain = [event for event in plain if event.at > at]
            self._rule(ruling)
        self._act(plain)
        for event, findings in self.performer.loaded.refused:
            logger.error("refused: %s by %s: %s", event.act.code, event.body, [one.code for one in findings])
        self.performer.loaded.refused.clear()
        self.done = upto
        temporary = self.mark.with_suffix(".new")
        temporary.write_text(str(upto))
        temporary.replace(self.mark)

    def _act(self, events: Sequence[Event]) -> None:
        """Performs events kind by kind, each in the name of its body's machine."""
        window = sorted(events, key=lambda event: RANK.index(event.act.code))
        for _, group in groupby(window, key=lambda event: event.act):
            self.performer.perform(list(group))

    def _rule(self, events: Sequence[Event]) -> None:
        """Performs what a decision orders in the session that takes it; without one where that cannot be held."""
        from esaylov.demo.rulings import rule

        if not rule(self.performer.election, events):
            self._act(events)


def main(folder: str, pace: str) -> None:
    """The process of the night."""
    import django

    from esaylov.server.guard import guard_service

    guard_service()
    django.setup()
    night = Night(Path(folder), None if pace == "max" else float(pace))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: night.end())
    night.run()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
