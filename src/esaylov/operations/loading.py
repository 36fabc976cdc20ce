"""Loads an election package through the door: the tables by the acts that load and call the election, then what
happened in it (turnout, protocols, decisions) by the same acts that a commission takes."""

import csv
import os
import time as clock
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from esaylov.acts.door import Act, Refused, Result, Submission, perform_batch
from esaylov.acts.identity import data_folder
from esaylov.acts.powers import Actor, Power
from esaylov.elections.calendar import MoveStep
from esaylov.elections.calling import CallRefused, call
from esaylov.elections.queries import context, forget, set_clock
from esaylov.exchange.package import iter_protocols
from esaylov.exchange.records import CALENDAR, OPEN_END, Decision, Package, PackageProtocol
from esaylov.law.calendar import release_time
from esaylov.law.findings import Finding
from esaylov.polling.acts import ReportTurnout
from esaylov.publication.search.index import index
from esaylov.registry.queries import actors
from esaylov.registry.tokens import make_tokens
from esaylov.results.acts import (
    AcceptProtocol,
    AnnulPrecinct,
    ReturnProtocol,
    SubmitProtocol,
)
from esaylov.results.decisions import Certify, RecordLot, SupplyDetermination

BATCH = 2_000
CLOSING = time(20, 0)
CONTEST_ACTS = (Certify, RecordLot, SupplyDetermination)
OPENING_SECONDS = 60.0

Progress = Callable[[str, int, int], None]


class LoadError(RuntimeError):
    """The package was not loaded, or an act in it was refused; `findings` say why."""

    def __init__(self, text: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(text)
        self.findings = tuple(findings)


@dataclass(frozen=True, slots=True)
class Event:
    """One act that a package (or a rehearsal) says happened: its class, payload, body and time."""

    at: datetime
    act: type[Act[Any]]
    payload: Any
    body: str


@dataclass(slots=True)
class Loaded:
    """What came of it: acts accepted by code, acts refused with their findings."""

    accepted: dict[str, int] = field(default_factory=dict)
    refused: list[tuple[Event, tuple[Finding, ...]]] = field(default_factory=list)

    def add(self, event: Event, result: Result) -> None:
        """Counts one result."""
        if isinstance(result, Refused):
            self.refused.append((event, result.findings))
        else:
            self.accepted[event.act.code] = self.accepted.get(event.act.code, 0) + 1


def call_election(package: Package, *, replay: bool, start: datetime | None) -> None:
    """Loads the tables and calls the election; `start` is the time of its own clock (None: the real clock).

    Raises LoadError when the election exists, IdentityError when this log cannot take it. Nothing is half-loaded.
    """
    central = Actor(code="cec", tier="system", election=package.id)
    try:
        call(package, central, decision=None, replay=replay, start=start)
    except CallRefused as refused:
        raise LoadError(str(refused), refused.findings) from refused


def write_tokens(election: str, powers: Collection[Power] = ()) -> Path:
    """Makes bearer tokens for all commissions and writes them to a file that only the operator can read; its path. `powers`:
    of those that settle a result, what the tokens hold as well (`registry.tokens`).

    In a transaction it is there after the commit.
    """
    path, fresh = _tokens_files(election)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = make_tokens(election, powers=powers)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("commission", "token"), *made])
    transaction.on_commit(lambda: fresh.replace(path))
    return path


def _tokens_files(election: str) -> tuple[Path, Path]:
    """Where the tokens lie, and where they lie until the transaction that makes them is committed."""
    path = data_folder() / "tokens" / f"{election}.csv"
    return path, path.with_name(f".{path.name}.{os.getpid()}")


def closing_time(package: Package) -> datetime:
    """The time given to protocols that say none: 20:00 on election day in the election's zone, or the release if later."""
    zone = ZoneInfo(package.timezone)
    closing = datetime.combine(package.date, CLOSING, zone)
    release = release_time(package.edition, package.date, package.timezone)
    return max(closing, release) if release else closing


def events(package: Package) -> Iterator[Event]:
    """Turnout and protocols in the order of their times, then the decisions: they concern the versions that stand. Each
    decision on the calendar comes before what happened after it.
    """
    moves = [_move(decision) for decision in package.decisions if decision.kind == CALENDAR]
    return _in_time(moves, _happened(package)) if moves else _happened(package)


def _in_time(moves: Sequence[Event], stream: Iterator[Event]) -> Iterator[Event]:
    """The stream, with every event of `moves` before the first that is not earlier."""
    waiting = deque(moves)
    for event in stream:
        while waiting and waiting[0].at <= event.at:
            yield waiting.popleft()
        yield event
    yield from waiting


def _happened(package: Package) -> Iterator[Event]:
    default = closing_time(package)
    yield from _turnout_events(package)
    order = _protocol_order(package)
    protocols = iter_protocols(package)
    if order is None:
        for protocol in protocols:
            yield protocol_event(protocol, default)
    else:
        rows = list(protocols)
        for row in order:
            yield protocol_event(rows[row], default)
    yield from _decision_events(package, default)


def _protocol_order(package: Package) -> list[int] | None:
    times = [package.protocols.times.seconds(row) for row in range(len(package.protocols))]
    if all(a <= b for a, b in zip(times, islice(times, 1, None), strict=False)):
        return None
    return sorted(range(len(times)), key=times.__getitem__)


def _turnout_events(package: Package) -> Iterator[Event]:
    rows = sorted(package.turnout, key=lambda row: datetime.fromisoformat(row.at))
    for row in rows:
        yield Event(
            datetime.fromisoformat(row.at),
            ReportTurnout,
            ReportTurnout.Payload(precinct=row.precinct, voters=row.voters),
            f"pec:{row.precinct}",
        )


def protocol_event(protocol: PackageProtocol, default: datetime) -> Event:
    """A package's protocol as the act that submits it."""
    at = datetime.fromisoformat(protocol.submitted_at) if protocol.submitted_at else default
    payload = SubmitProtocol.Payload(
        precinct=protocol.precinct_id,
        contest=protocol.contest_id,
        lines=list(protocol.lines),
        votes=list(protocol.votes),
        version=protocol.version,
    )
    return Event(at, SubmitProtocol, payload, f"pec:{protocol.precinct_id}")


def _decision_events(package: Package, default: datetime) -> Iterator[Event]:
    past = _rulings_of_earlier_versions(package, default) if package.decisions else set()
    for row, decision in enumerate(package.decisions):
        if row not in past and decision.kind != CALENDAR:
            act, payload = decision_act(decision)
            yield Event(datetime.fromisoformat(decision.at), act, payload, "cec")


def _rulings_of_earlier_versions(package: Package, default: datetime) -> set[int]:
    """Rows of acceptances and returns that were about versions which the package does not hold."""
    rulings: dict[tuple[str | None, str | None], list[int]] = {}
    for row, decision in enumerate(package.decisions):
        if decision.kind in ("acceptance", "return"):
            rulings.setdefault((decision.precinct, decision.contest), []).append(row)
    past: set[int] = set()
    for p in iter_protocols(package):
        rows = rulings.get((p.precinct_id, p.contest_id))
        if rows is not None:
            at = datetime.fromisoformat(p.submitted_at) if p.submitted_at else default
            past.update(rows[: len(rows) - _of_this_version(package, rows, at, p.state)])
    return past


def _of_this_version(package: Package, rows: Sequence[int], at: datetime, state: str) -> int:
    """How many of a place's rulings, the last ones, are about the version that stands: taken at `at`, now in `state`.

    None if it is as it came. Else those from its time on; where times are equal, as on a clock that stands still, a
    second return without an acceptance in between tells that a correction came after the first.
    """
    if state in ("received", "inconsistent"):
        return 0
    count = 0
    later = ""
    for row in reversed(rows):
        decision = package.decisions[row]
        if datetime.fromisoformat(decision.at) < at or decision.kind == later == "return":
            break
        later = decision.kind
        count += 1
    return count


def decision_act(decision: Decision) -> tuple[type[Act[Any]], Any]:
    """The act of a row of the package's decisions."""
    place = {"precinct": decision.precinct, "contest": decision.contest, "decision": decision.number}
    whole = {"contest": decision.contest, "decision": decision.number}
    match decision.kind:
        case "acceptance":
            return AcceptProtocol, AcceptProtocol.Payload(**place)
        case "return":
            return ReturnProtocol, ReturnProtocol.Payload(**place)
        case "annulment":
            return AnnulPrecinct, AnnulPrecinct.Payload(**place)
        case "lot":
            return RecordLot, RecordLot.Payload(**whole, drawn=list(decision.outcome))
        case "determination":
            return SupplyDetermination, SupplyDetermination.Payload(**whole, outcome=list(decision.outcome))
        case "certification":
            return Certify, Certify.Payload(**whole)
    raise LoadError(f"unknown kind of decision: {decision.kind}")


def _move(decision: Decision) -> Event:
    """A decision that moved a step of the calendar."""
    step, *ends = decision.outcome
    opens, closes = (
        None if end == OPEN_END else datetime.fromisoformat(end.replace(",", ".")).replace(microsecond=0)
        for end in ends
    )
    payload = MoveStep.Payload(step=step, opens=opens, closes=closes, decision=decision.number)
    return Event(datetime.fromisoformat(decision.at), MoveStep, payload, "cec")


def belongs(event: Event, group: Sequence[Event], release: datetime | None) -> bool:
    """Whether an event may go through the door together with those of a group: the same act, and on the same side of
    the release, since a group is taken at one time of the clock."""
    first = group[0]
    return event.act is first.act and (release is None or (event.at < release) == (first.at < release))


def batches(
    stream: Iterator[Event], size: int = BATCH, release: datetime | None = None
) -> Iterator[list[Event]]:
    """Groups events that follow each other and belong together."""
    group: list[Event] = []
    for event in stream:
        if group and (len(group) == size or not belongs(event, group, release)):
            yield group
            group = []
        group.append(event)
    if group:
        yield group


class Performer:
    """Performs events of one election in batches, each in the name of its body."""

    def __init__(self, election: str) -> None:
        self.election = election
        self.actors = actors(election)
        self.loaded = Loaded()

    def perform(self, group: Sequence[Event], *, move_clock: bool = True) -> list[Result]:
        """Performs events of one act; a set clock is moved to the last of their times first."""
        if move_clock:
            set_clock(self.election, group[-1].at)
        if group[0].act in CONTEST_ACTS:
            wait_for_opening(self.election)
        submissions = [Submission(event.payload, self.actors[event.body], event.at) for event in group]
        results = perform_batch(group[0].act, self.election, submissions)
        for event, result in zip(group, results, strict=True):
            self.loaded.add(event, result)
        return results


SEALED = """SELECT EXISTS (SELECT 1 FROM acts_sealed s JOIN acts_journal j ON j.id = s.journal_id
WHERE s.opened_by IS NULL AND j.election = %s)"""


def wait_for_opening(election: str) -> None:
    """Waits until the sequencer has opened what the release allows: before, no contest can be decided."""
    known = context(election)
    if known.release is None or (known.clock_is_set and known.now() < known.release):
        return
    deadline = clock.monotonic() + OPENING_SECONDS
    while clock.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(SEALED, [election])
            if not cursor.fetchone()[0]:
                return
        clock.sleep(0.05)


def load(package: Package, progress: Progress = lambda _what, _done, _all: None) -> tuple[Loaded, Path]:
    """Loads a package whole. An election of the past gets a clock of its own, which stands at the end of what
    happened; one of today or later runs on the real clock. Returns what happened and the path of the tokens' file.

    Raises LoadError and IdentityError before anything is written.
    """
    try:
        with transaction.atomic():
            loaded = _load(package, progress)
            tokens = write_tokens(package.id)
    except BaseException:
        _tokens_files(package.id)[1].unlink(missing_ok=True)
        forget()
        raise
    return loaded, tokens


def _load(package: Package, progress: Progress) -> Loaded:
    today = datetime.now(UTC).astimezone(ZoneInfo(package.timezone)).date()
    past = package.date < today or package.simulated
    total, done = len(package.turnout) + len(package.protocols) + len(package.decisions), 0
    call_election(package, replay=False, start=closing_time(package) if past else None)
    performer = Performer(package.id)
    for group in batches(events(package)):
        performer.perform(group)
        done += len(group)
        progress("acts", done, total)
    index(package.id)
    return performer.loaded
