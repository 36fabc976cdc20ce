"""`esaylov verify`: an election recomputed from its published files alone (docs/formats.md).

Nothing in here reads a database or a clock. The one-file `verify.py` does the same and shares no code with
it.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from polars.exceptions import PanicException

from esaylov.exchange.verification import figures
from esaylov.exchange.verification.compositions import compare_compositions
from esaylov.exchange.verification.deliberating import check_law
from esaylov.exchange.verification.entries import read_entries
from esaylov.exchange.verification.houses import compare_rules
from esaylov.exchange.verification.lists import FrozenLists, check_voter, compare_lists
from esaylov.exchange.verification.log import (
    CHECKPOINT,
    Progress,
    VerifiedLog,
    check_receipt,
    check_since,
    expected_files,
    find_key,
    read_checkpoint,
    read_log,
)
from esaylov.exchange.verification.manifest import COPIES, NAMES, PATH, Manifest, read_files, read_manifest
from esaylov.exchange.verification.parquet import compare_parquet
from esaylov.exchange.verification.replay import Log, Places
from esaylov.exchange.verification.said import ElectionEntries, Entries
from esaylov.exchange.verification.sittings import compare_sittings
from esaylov.exchange.verification.store import MissingFile, Store, VerificationError, open_store
from esaylov.exchange.verification.strictest import Removing, check_strictest
from esaylov.exchange.verification.tables import Election, Files, check_datapackage, load_election
from esaylov.law.editions import Commissions
from esaylov.law.voters import voter_rules

__all__ = ["MissingFile", "VerificationError", "VerifiedElection", "VerifiedPublication", "verify"]

Report = Callable[[str], None]

NOT_PROVEN = "ORIGIN NOT PROVEN: the key was read from the folder itself"
ATTEMPTS = 3
_SHOWN = 5
_REASON = 300


@dataclass(frozen=True)
class VerifiedElection:
    """What was found of one election: number of places, and those without a protocol (contest id, precinct
    id).
    """

    id: str
    places: int
    missing: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class VerifiedPublication:
    """What was verified. `size` is the published size, `entries` the checkpoint's."""

    origin: str
    proven: bool
    size: int
    entries: int
    simulated: bool
    replay: bool
    elections: tuple[VerifiedElection, ...]


def verify(
    source: str,
    report: Report,
    *,
    key: str | None = None,
    since: Path | None = None,
    receipt: Path | None = None,
    voter: Path | None = None,
    witnesses: Sequence[str] = (),
    quorum: int | None = None,
    progress: Progress | None = None,
) -> VerifiedPublication:
    """Verify a published folder or site, everything that docs/formats.md allows to check.

    source: folder, or address beginning with http:// or https://. report: gets one line for each check. key:
    the log's verifier key, known from elsewhere; without it the origin is not proven. since: file with an
    older checkpoint of the same log. receipt: file with a receipt. voter: file with a voter's proof. progress:
    gets what is read, how many are done, of how many. Raises VerificationError with the first thing that does
    not hold. `witnesses` and `quorum` are reserved.
    """
    if witnesses or quorum is not None:
        raise VerificationError(
            "--witness and --quorum are reserved: this version does not check cosignatures"
        )
    with _refusals():
        store = open_store(source)
        notes = tuple(_read_note(path) for path in (since, receipt))
    for attempt in range(1, ATTEMPTS + 1):
        with _refusals():
            before = _moving_files(store)
        try:
            with _refusals(), _without_collector():
                return _Verification(store, report, progress or _silent).run(key, *notes, voter=voter)
        except VerificationError:
            with _refusals():
                moved = before != _moving_files(store)
            if attempt == ATTEMPTS or not moved:
                raise
            report("the publication changed while it was read: once more from the beginning")
    raise AssertionError("unreachable")


@contextmanager
def _refusals() -> Iterator[None]:
    """Whatever a hostile publication brings about is a refusal: no accident may pass for anything else."""
    try:
        yield
    except VerificationError:
        raise
    except (Exception, PanicException) as error:
        reason = " ".join(str(error).split())[:_REASON]
        raise VerificationError(f"it cannot be verified: {type(error).__name__}: {reason}") from error


@contextmanager
def _without_collector() -> Iterator[None]:
    """Millions of small objects without cycles: looking for cycles would cost a sixth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _silent(what: str, done: int, of: int) -> None:
    pass


def _read_note(path: Path | None) -> bytes | None:
    try:
        return path.read_bytes() if path else None
    except OSError as error:
        raise VerificationError(f"{path}: {error.strerror}") from error


def _moving_files(store: Store) -> tuple[bytes, bytes] | None:
    """The two files that a live site replaces; None where nothing moves."""
    return (store.read(PATH), store.read(CHECKPOINT)) if store.live else None


class _Verification:
    def __init__(self, store: Store, report: Report, progress: Progress) -> None:
        self.store = store
        self.report = report
        self.progress = progress
        self.rules: dict[str, Commissions | None] = {}
        self.lists: dict[str, FrozenLists] = {}
        self.removing: dict[str, Removing] = {}

    def run(
        self, key: str | None, since: bytes | None, receipt: bytes | None, *, voter: Path | None
    ) -> VerifiedPublication:
        # the manifest first: a live site's checkpoint, read after it, covers it
        manifest = read_manifest(self.store)
        log = self._log(key)
        if since is not None:
            older = check_since(log, since)
            self.report(f"since: the log begins with the {older.size} entries of the older checkpoint")
        if receipt is not None:
            self.report(f"receipt: kept, it is entry {check_receipt(log, receipt)}")
        entries = self._entries(log, manifest)
        kept = self._files(manifest, log)
        elections = tuple(self._election(name, log, entries, manifest, kept) for name in manifest.elections)
        removals = check_strictest(self.removing, manifest.size)
        self.report(f"removals: {removals} changesets, each by the strictest rules of the elections not over")
        if voter is not None:
            self.report(f"voter: {check_voter(voter, self.lists)}")
        judged = check_law(entries.deliberations.sittings, self.rules)
        self.report(
            f"commissions: acts follow each other; quorum and majority of {judged} acts of sessions hold"
        )
        marks = [mark for mark, on in (("SIMULATED", entries.simulated), ("REPLAY", entries.replay)) if on]
        holds = f"everything holds at size {manifest.size}"
        self.report(f"{' '.join(marks)}: {holds}" if marks else holds)
        return VerifiedPublication(
            log.checkpoint.origin,
            key is not None,
            manifest.size,
            log.checkpoint.size,
            entries.simulated,
            entries.replay,
            elections,
        )

    def _log(self, key: str | None) -> VerifiedLog:
        verifier = find_key(self.store, key)
        self.report(NOT_PROVEN if key is None else f"key: {verifier.name}, as pinned")
        checkpoint = read_checkpoint(self.store, verifier)
        self.report(
            f"checkpoint: {checkpoint.size} entries, root {checkpoint.root.hex()}, signed by {verifier.name}"
        )
        log = read_log(self.store, verifier, checkpoint, self.progress)
        self.report(f"log: {len(expected_files(checkpoint.size))} files, every byte in the signed tree")
        return log

    def _entries(self, log: VerifiedLog, manifest: Manifest) -> Entries:
        entries = read_entries(log.entries)
        if (entries.simulated or entries.replay) and not log.checkpoint.origin.endswith(".invalid"):
            raise VerificationError(
                f"{CHECKPOINT}: the origin of a simulated log or a replay must end in .invalid"
            )
        self.report(f"entries: {len(log.entries)}, each canonical and of a known form")
        if entries.simulated:
            self.report("SIMULATED: this election was not held, its figures are invented")
        if entries.replay:
            self.report("REPLAY: an election played again from data that others published")
        self._find_manifest(log, entries, manifest)
        return entries

    def _find_manifest(self, log: VerifiedLog, entries: Entries, manifest: Manifest) -> None:
        if manifest.origin != log.checkpoint.origin:
            raise VerificationError(
                f"{PATH}: its origin is {manifest.origin!r}, the log's {log.checkpoint.origin!r}"
            )
        named = (manifest.digest, manifest.size)
        index = next((i for i, published in entries.published.items() if published == named), None)
        if index is None:
            raise VerificationError(f"{PATH}: no entry of the log names its hash and size")
        _check_elections(entries, manifest)
        self.report(f"manifest: entry {index} names it; figures at size {manifest.size}")

    def _files(self, manifest: Manifest, log: VerifiedLog) -> dict[str, bytes]:
        names = self.store.names()
        known = {PATH, *manifest.files, *expected_files(log.checkpoint.size)}
        if names is not None and names - known:
            name = min(names - known).encode("utf-8", "backslashreplace").decode()
            raise VerificationError(f"{name}: neither the manifest nor the log names this file")
        kept = read_files(self.store, manifest, NAMES, self.progress)
        nothing_else = "" if names is None else ", and there are no others"
        self.report(f"files: {len(manifest.files)}, each as the manifest says{nothing_else}")
        return kept

    def _election(
        self, name: str, log: VerifiedLog, entries: Entries, manifest: Manifest, kept: dict[str, bytes]
    ) -> VerifiedElection:
        files = Files(kept, name)
        mine = entries.elections[name]
        check_datapackage(
            files,
            mine,
            {
                "simulated": entries.simulated,
                "replay": entries.replay,
                "pilot": mine.called is not None and mine.called.pilot,
            },
        )
        election = load_election(files, mine)
        self.rules[mine.edition] = election.edition.commissions
        self.removing[name] = Removing(mine, voter_rules(election.edition))
        self.report(
            f"{name}: tables, edition and roster are those that the log names; {len(election.places)} places"
        )
        places = self._places(election, mine, log, entries, manifest.size)
        published = figures.compute(election, mine, places, manifest.size, entries.simulated)
        _compare_tables(files, mine, published, manifest.size)
        self.report(f"{name}: protocols, votes, turnout, decisions and totals follow from the log")
        sessions, questions = compare_sittings(files, mine.sittings, manifest.size)
        self.report(
            f"{name}: {sessions} sessions, {questions} questions put to the vote: each with its words"
        )
        formed, unpinned = compare_compositions(
            files, election, entries.deliberations.compositions, manifest.size
        )
        more = f"; of {unpinned} the log does not pin the rows in entered.csv" if unpinned else ""
        self.report(f"{name}: {formed} commissions are formed, in numbers that follow from the log{more}")
        found = self.lists[name] = compare_lists(files, election, mine, manifest.size)
        if ruled := compare_rules(manifest, name, mine.rules):
            self.report(f"{name}: {ruled} tables of precincts' houses are those that the log names")
        voters = sum(row.voters for row in found.rows.values())
        self.report(
            f"{name}: {len(found.rows)} lists of voters are frozen, {voters} voters; {found.supplements} came into supplements"
        )
        self._parquet(name, files, published)
        self._missing(name, published)
        return VerifiedElection(name, len(election.places), tuple(published.missing))

    def _places(
        self, election: Election, mine: ElectionEntries, log: VerifiedLog, entries: Entries, size: int
    ) -> Places:
        sealed = [index for index, (name, _) in entries.sealed.items() if name == election.id]
        figures.check_decisions(election, mine)
        places = Places(election, mine, Log(log.leaves, sealed, entries.opened))
        places.check_protocols()
        places.check_order(log.checkpoint.size)
        places.check_certified(mine.certified)
        count = sum(len(events) for events in mine.events.values())
        unopened = sum(1 for index in sealed if entries.opened.get(index, size) >= size)
        more = f"; {unopened} sealed entries are not open yet" if unopened else ""
        self.report(
            f"{election.id}: {count} acts on protocols follow each other rightly, findings hold{more}"
        )
        figures.check_certified(election, mine, places)
        for entry in mine.certified:
            self.report(
                f"{election.id}: contest {entry.contest} is certified with the log's figures and seats"
            )
        return places

    def _parquet(self, name: str, files: Files, published: figures.Published) -> None:
        copies = {
            "protocols": published.protocols,
            "votes": published.votes,
            "totals": published.totals,
            "totals_votes": published.totals_votes,
        }
        there = [copy for copy in COPIES if f"{copy}.parquet" in files]
        for copy in there:
            compare_parquet(files.path(f"{copy}.parquet"), files.take(f"{copy}.parquet"), copies[copy])
        self.report(f"{name}: {len(there)} Parquet copies hold the same rows")

    def _missing(self, name: str, published: figures.Published) -> None:
        missing = published.missing
        if not missing:
            self.report(f"{name}: every place has a protocol")
            return
        first = ", ".join(f"{precinct} ({contest})" for contest, precinct in missing[:_SHOWN])
        more = ", …" if len(missing) > _SHOWN else ""
        self.report(f"{name}: {len(missing)} places without a protocol: {first}{more}")


def _check_elections(entries: Entries, manifest: Manifest) -> None:
    """The manifest names every election whose roster stands below its size; one that is only called there may
    stand in it too.
    """
    named, size, log = set(manifest.elections), manifest.size, entries.elections.values()
    due = {election.id for election in log if election.roster and election.roster[0] < size}
    called = {election.id for election in log if election.called and election.called.index < size}
    wrong = (due - named) | (named - called)
    if wrong:
        raise VerificationError(
            f"{PATH}: the election {min(wrong)!r} stands in it or in the log, but not in both"
        )


def _compare_tables(files: Files, mine: ElectionEntries, published: figures.Published, size: int) -> None:
    figures.compare(files, "protocols.csv.gz", published.protocols)
    figures.compare(files, "votes.csv.gz", published.votes)
    figures.compare(files, "turnout.csv", figures.turnout_text(mine, size), optional=True)
    figures.compare(files, "decisions.csv", figures.decisions_text(mine, size), optional=True)
    figures.compare(files, "totals.csv", published.totals)
    figures.compare(files, "totals_votes.csv", published.totals_votes)
    figures.compare_determinations(files, published.determinations)
