"""Publishes: writes open data at a size of the log, puts the manifest's hash into the log, and hands out the folder.

The same tree gives the same bytes and no new entry: what is published follows from the entries alone, and entries of the
log itself (journal heads, publications) change no figure.
"""

import logging
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from django.db import DatabaseError, connection, transaction

from esaylov.acts.identity import IdentityError, data_folder, identity
from esaylov.acts.models import Checkpoint, Entry
from esaylov.acts.sequencer import HEAD, Busy, Sequencer, append_log_entry, log_members, write_log
from esaylov.elections.models import Election
from esaylov.elections.queries import elections
from esaylov.exchange.published import PublishedElection, StandingProtocol
from esaylov.exchange.writer import MANIFEST, manifest, replace_folder, write_election
from esaylov.publication.collect import published_election
from esaylov.publication.models import Publication
from esaylov.publication.search.index import index_missing

logger = logging.getLogger(__name__)

CODE = "publication.publish"
EVERY = 30.0
PAUSE = 1.0
GLANCE = 0.1
"""How often a waiting publisher looks whether it is to end."""
WAIT = 30.0
LEFT_BEHIND = 3600.0
ROWS = 2_000
"""Protocols between two looks."""


Stop = Callable[[], bool]


class Stopped(RuntimeError):
    """The publisher was asked to end in the middle of its work: what was published before stands as it was."""


class PublishError(RuntimeError):
    """Nothing was published; the text says why."""


@dataclass(frozen=True, slots=True)
class Published:
    """A publication: the size its figures hold for, the index of its entry, the checkpoint that first holds it."""

    size: int
    index: int
    checkpoint: int
    manifest: str
    new: bool


def content_size() -> int:
    """The size of the log up to the last entry that can change a figure."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.index FROM acts_entry e JOIN acts_journal j ON j.id = e.journal_id"
            " WHERE e.index IS NOT NULL AND j.code <> ALL(%s) ORDER BY e.index DESC LIMIT 1",
            [[HEAD, CODE]],
        )
        row = cursor.fetchone()
    return int(row[0]) + 1 if row else 0


def public_folder() -> Path:
    """Where the live site's publications lie; `current` leads to the latest."""
    return data_folder() / "public"


def publish_to(folder: Path) -> Published:
    """Writes the published folder, whole, in the place of `folder`: an earlier publication, an empty folder, or nothing.

    Raises PublishError when there is nothing to publish or `folder` holds something else.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / MANIFEST).is_file():
        raise PublishError(f"{folder} holds something that is not a publication; nothing was written")
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        fresh.chmod(0o755)
        done = _publish(fresh)
        _write_log(fresh, done.checkpoint)
        replace_folder(folder, fresh)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return done


def publish_site(stop: Stop = lambda: False) -> Published:
    """Publishes to the live site's folder: a folder for each publication, then one switch. Earlier ones but the last go.

    Raises PublishError, and Stopped soon after `stop()` has become true, between two pieces of the work.
    """
    base = public_folder()
    base.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".new.", dir=base))
    try:
        fresh.chmod(0o755)
        done = _publish(fresh, stop)
        place = base / f"{done.size}-{done.manifest[:16]}"
        if not place.exists():
            fresh.rename(place)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    link = base / f".current.{done.index}"
    link.unlink(missing_ok=True)
    link.symlink_to(place.name)
    link.replace(base / "current")
    _remove_old(base, keep=place)
    return done


def _remove_old(base: Path, keep: Path) -> None:
    """Removes all but the publication at hand and the one before (readers may be in the middle of it), and what a
    killed publisher left; another one may be at work on a fresh folder now."""
    folders = [path for path in base.iterdir() if path.is_dir() and not path.is_symlink() and path != keep]
    old = sorted(
        (path for path in folders if not path.name.startswith(".")), key=lambda path: path.stat().st_mtime
    )
    left = [
        path
        for path in folders
        if path.name.startswith(".") and path.stat().st_mtime < time.time() - LEFT_BEHIND
    ]
    for path in (*old[:-1], *left):
        shutil.rmtree(path, ignore_errors=True)


def _publish(folder: Path, stop: Stop = lambda: False) -> Published:
    """Fills the folder but for the log, and makes sure that the log holds the manifest's hash."""

    def between() -> None:
        if stop():
            raise Stopped

    _sequence(between)
    known = identity()
    size = content_size()
    if known is None or not size:
        raise PublishError("no election has been loaded and sequenced yet: there is nothing to publish")
    rows = _called(size)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for row in rows:
            between()
            election = _watched(published_election(row, size), between)
            write_election(folder / "data" / row.id, election, between)
    source = files("esaylov.exchange") / "standalone" / "verify.py"
    (folder / "verify.py").write_bytes(source.read_bytes())
    data = manifest(folder, [row.id for row in rows], known.origin, size)
    (folder / MANIFEST).write_bytes(data)
    between()
    return _in_log(sha256(data).digest(), size, between)


def _watched(election: PublishedElection, between: Callable[[], None]) -> PublishedElection:
    """The same election, whose protocols are read from the database no further than `between` lets."""

    def rows(protocols: Iterable[StandingProtocol]) -> Iterator[StandingProtocol]:
        for number, protocol in enumerate(protocols):
            if number % ROWS == 0:
                between()
            yield protocol

    return replace(election, protocols=rows(election.protocols))


def _called(size: int) -> list[Election]:
    """The elections whose calling entry stands below a size: one that is being loaded now comes with the next."""
    rows = elections()
    logged = Entry.objects.filter(journal_id__in=[row.journal for row in rows], index__lt=size)
    known = set(logged.values_list("journal_id", flat=True))
    return [row for row in rows if row.journal in known]


def _in_log(digest: bytes, size: int, between: Callable[[], None]) -> Published:
    """The publication with this manifest: the one that the log holds, or a new one."""
    known = Publication.objects.filter(size=size, manifest=digest).order_by("-journal_id").first()
    journal = known.journal_id if known is not None else _append(digest, size)
    index, checkpoint = _wait_for_checkpoint(journal, between)
    return Published(size, index, checkpoint, digest.hex(), known is None)


def _append(digest: bytes, size: int) -> int:
    with transaction.atomic():
        journal = append_log_entry(CODE, log_members(CODE) | {"manifest": digest.hex(), "size": size})
        Publication.objects.create(journal_id=journal, manifest=digest, size=size)
    return journal


def _sequence(between: Callable[[], None]) -> bool:
    """Puts into the log what is committed; False when another sequencer is at it."""
    sequencer = Sequencer()
    try:
        sequencer.acquire()
    except Busy:
        return False
    try:
        while sequencer.run_once():
            between()
    finally:
        sequencer.release()
    return True


def _wait_for_checkpoint(journal: int, between: Callable[[], None]) -> tuple[int, int]:
    """(index of the entry, size of the first checkpoint that holds it); sequences itself when nobody else does."""
    deadline = time.monotonic() + WAIT
    while time.monotonic() < deadline:
        index = Entry.objects.filter(journal_id=journal).values_list("index", flat=True).first()
        if index is not None:
            covering = Checkpoint.objects.filter(size__gt=index).order_by("size").first()
            if covering is not None:
                return int(index), int(covering.size)
        between()
        if not _sequence(between):
            time.sleep(GLANCE)
    raise PublishError(f"the sequencer did not log the publication within {WAIT:.0f} seconds")


def _write_log(folder: Path, size: int) -> None:
    known = identity()
    assert known is not None
    write_log(folder / "log", size)
    (folder / "log" / "key").write_text(known.verifier_key + "\n")
    (folder / "log" / "checkpoint").write_text(Checkpoint.objects.get(size=size).note)


def run_forever(stop: Stop) -> None:
    """Publishes to the live site whenever there is something new, at most every half minute, until `stop()` is true."""
    last_size = 0
    last_time = float("-inf")
    while not stop():
        try:
            size = content_size()
            if size != last_size and time.monotonic() - last_time >= EVERY:
                last_time = time.monotonic()
                done = publish_site(stop)
                last_size = done.size
                logger.info("published %d entries in %.1f s", done.size, time.monotonic() - last_time)
                for election in index_missing():  # one that was called since
                    logger.info("%s can be searched now", election)
        except DatabaseError:
            connection.close()
            raise
        except Stopped:
            return
        except (PublishError, IdentityError) as error:
            logger.warning("%s", error)
        _pause(stop)


def _pause(stop: Stop) -> None:
    until = time.monotonic() + PAUSE
    while not stop() and time.monotonic() < until:
        time.sleep(GLANCE)
