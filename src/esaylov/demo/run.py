"""`esaylov demo`: the site on a simulated election, with its night replayed through the door while one watches."""

from __future__ import annotations

import logging
import os
import secrets
import shlex
import signal
import socket
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
MAKING = 3
# Times of the simulated election, in its own clock: what comes before is there at once, longer pauses are cut.
CURTAIN = "19:55"
LONGEST_GAP = timedelta(minutes=4)
TICK = 0.5
WINDOW = timedelta(minutes=5)
ALL_AT_ONCE = (
    "At full speed the night is over within minutes. To submit the protocols of precinct 1735-0001 yourself, start with"
    " HOLD=yes (esaylov demo --hold): the night leaves them to its secretary, and no result is certified before."
)
WAITS = (
    "The night waits: the secretary of precinct 1735-0001 submits its protocols, the chair of the territorial commission accepts"
    " them, then the results are certified. (Started again without HOLD, it goes on by itself.)"
)
OVER = "The night is over: every result is certified. The site goes on; Ctrl-C stops it."
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


def run_demo(
    host: str,
    port: int,
    speed: float | None,
    announce: Callable[[str], None] = print,
    *,
    hold: bool = False,
    voters: int | None = None,
) -> None:
    """Serves the demonstration until a signal asks to end. `speed`: times real time, None: as fast as it goes. `hold`: the
    protocols of one precinct are left to its secretary. `voters`: how many the country has (None: those of one district alone).

    Its data lie in a folder of their own beside the site's; a second start goes on where the first one stopped.
    """
    home = data_folder()
    # Whoever named the demonstration's own folder for other commands means it here too.
    folder = home if (home / "people.txt").is_file() else home / "demo"
    os.environ["ESAYLOV_DATA"] = str(folder)
    os.environ["ESAYLOV_DEMO"] = "1"
    pace = "max" if speed is None else str(speed)

    def prepare() -> Sequence[Service]:
        package = package_folder(announce)
        call(package, announce)
        announce(f"Who may sign in, and how: {participants(package, announce, voters)}")
        command = [sys.executable, "-m", "esaylov.demo.run", str(package), pace, *(["hold"] if hold else [])]
        search = [sys.executable, "-m", "esaylov.demo.twice"]
        night = Service("night", command, restart=False)
        return [night, Service("search", search, restart=False), *_oneid(host, port)]

    announce(f"Its data: {folder} (for other commands: ESAYLOV_DATA={shlex.quote(str(folder))})")
    if speed is None and not hold:
        announce(ALL_AT_ONCE)
    serve(host, port, min(2, os.cpu_count() or 1), prepare=prepare, announce=announce)


def _oneid(host: str, port: int) -> Sequence[Service]:
    """The stand-in for OneID beside the site, which is told of it; none where it was told of another, or no port is free."""
    from esaylov.demo import standin
    from esaylov.demo.showing import KNOWN

    if os.environ.get(standin.URL):
        return []
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port + 1))
        except (OSError, OverflowError):
            probe.bind((host, 0))
        beside = probe.getsockname()[1]
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (what was asked for, not what is bound)
    os.environ[standin.URL] = f"http://{f'[{shown}]' if ':' in shown else shown}:{beside}{standin.PATH}"
    os.environ[standin.NAME], os.environ[standin.SECRET] = standin.CLIENT, secrets.token_urlsafe(32)
    command = [
        sys.executable, "-m", "esaylov.demo.standin", host, str(beside), str(port), str(data_folder() / KNOWN),
    ]  # fmt: skip
    return [Service("oneid", command)]


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
    """Calls the simulated election and the rehearsal if they are not there yet, each on a clock of its own."""
    from django.db import transaction

    from esaylov.demo import rehearsal
    from esaylov.demo.history import CALLED
    from esaylov.elections.queries import elections
    from esaylov.exchange.package import read_package
    from esaylov.operations.loading import call_election, write_tokens

    if not elections():
        announce("calling the election …")
        package = read_package(folder)
        with transaction.atomic():
            call_election(package, replay=False, start=CALLED)
            write_tokens(package.id)
            rehearsal.prepare(folder.parent, SEED)


def participants(folder: Path, announce: Callable[[str], None], voters: int | None = None) -> Path:
    """Fills the commissions, tells what they did before election day and makes accounts, at the first start; the file that
    says how to sign in.
    """
    from esaylov.demo.participants import people
    from esaylov.demo.simulation import ELECTION

    return people(ELECTION, folder, SEED, announce, voters)


class Night:
    """Performs the night's acts in the order of time; remembers in a file how far it came."""

    def __init__(self, folder: Path, speed: float | None, *, hold: bool = False) -> None:
        from esaylov.demo.held import Held
        from esaylov.demo.simulation import ELECTION
        from esaylov.demo.stage import acts
        from esaylov.operations.loading import Performer

        self.speed = speed
        self.events = list(acts(folder, SEED))
        self.performer = Performer(ELECTION)
        self.held = Held(ELECTION, self.events, kept=hold)
        codes = [event.act.code for event in self.events]
        self.certifying = codes.index(RANK[-1])
        self.mark = data_folder() / "night-done"
        self.done = int(self.mark.read_text()) if self.mark.is_file() else 0
        self.ended = False

    def run(self) -> None:
        """Performs what is left, at the night's pace."""
        for upto in self._stops():
            if self.done < self.certifying < upto:
                self._perform(self.certifying)
            if upto > self.certifying and not self._all_are_in():
                return
            self._perform(upto)
            if self.ended:
                return
        if self.done == len(self.events):
            say(OVER)

    def _all_are_in(self) -> bool:
        """Waits until the protocols that are left to people are accepted; False where the night was asked to stop before."""
        self.held.catch_up(self.performer)
        if self.held.open() and not self.ended:
            say(WAITS)
        while self.held.open() and not self.ended:
            time.sleep(TICK)
        return not self.ended

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
        window = sorted(self.held.without(events), key=lambda event: RANK.index(event.act.code))
        for _, group in groupby(window, key=lambda event: event.act):
            self.performer.perform(list(group))

    def _rule(self, events: Sequence[Event]) -> None:
        """Performs what a decision orders in the session that takes it; without one where that cannot be held."""
        from esaylov.demo.rulings import rule

        left = self.held.without(events)
        if left and not rule(self.performer.election, left):
            self._act(left)


def say(text: str) -> None:
    """A line on the terminal of whoever started the demonstration."""
    print(text, flush=True)


def _rehearsed() -> None:
    """The rehearsal's voter list and what voters ask. The night goes on without them where the custodian does not come."""
    from esaylov.custody.client import CustodianDown, Throttled
    from esaylov.custody.keyring import KeyringError
    from esaylov.demo.showing import show
    from esaylov.demo.sittings import Unheld

    try:
        show()
    except (CustodianDown, KeyringError, Throttled, Unheld) as error:
        logger.warning("the voter list of the rehearsal is not shown: %s", error or type(error).__name__)


def main(folder: str, pace: str, hold: str = "") -> None:
    """The process of the night."""
    import django

    from esaylov.server.guard import guard_service

    guard_service()
    django.setup()
    _rehearsed()
    night = Night(Path(folder), None if pace == "max" else float(pace), hold=bool(hold))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: night.end())
    night.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
