"""The order of the journal, the signed checkpoints and the log's files, against what the journal gives."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.db import connection

from esaylov.acts.identity import log_folder
from esaylov.acts.models import Checkpoint, LogIdentity
from esaylov.acts.sequencer import HEAD, write_log
from esaylov.tlog.checkpoint import open_checkpoint
from esaylov.tlog.notes import NoteError, Verifier, parse_vkey
from esaylov.tlog.tiles import ENTRIES, Tile, TileError, decode_bundle, encode_bundle
from esaylov.tlog.tree import HASH_SIZE

Found = tuple[str, str, str]
ATTEMPTS = 5

# Rows are ordered by transaction; one with a lower number than a row that has its place can only have come by the back
# door. (Heads take a place within the sequencer's own transaction.)
UNORDERED = """SELECT j.id FROM acts_journal j WHERE NOT EXISTS (SELECT 1 FROM acts_entry e WHERE e.journal_id = j.id)
AND j.xid < (SELECT p.xid FROM acts_entry e JOIN acts_journal p ON p.id = e.journal_id
             WHERE p.code <> %s ORDER BY e.position DESC LIMIT 1) ORDER BY j.id"""
GONE = """SELECT e.position FROM acts_entry e LEFT JOIN acts_journal j ON j.id = e.journal_id WHERE j.id IS NULL ORDER BY 1"""


def unordered_rows() -> Iterator[Found]:
    """Rows of the journal that the order passed over, and places in the order without a row."""
    with connection.cursor() as cursor:
        cursor.execute(UNORDERED, [HEAD])
        for (number,) in cursor.fetchall():
            yield "acts_journal", str(number), "has no place in the order, although later rows have one"
        cursor.execute(GONE)
        for (position,) in cursor.fetchall():
            yield "acts_entry", str(position), "its row of the journal is gone"


def checkpoint_differences() -> Iterator[Found]:
    """Checkpoints whose note is not signed by the log's key, or signs something else than the row says."""
    known = LogIdentity.objects.filter(pk=1).first()
    if known is None:
        return
    try:
        verifier = parse_vkey(known.verifier_key)
    except NoteError as error:
        yield "acts_logidentity", "1", f"its key is none: {error}"
        return
    if verifier.name != known.origin:
        yield "acts_logidentity", "1", f"its key is that of {verifier.name}"
    for row in Checkpoint.objects.order_by("size").iterator():
        if (reason := _wrong_note(row, verifier)) is not None:
            yield "acts_checkpoint", str(row.size), reason


def _wrong_note(row: Checkpoint, verifier: Verifier) -> str | None:
    try:
        signed, _ = open_checkpoint(row.note.encode(), verifier)
    except NoteError as error:
        return f"its note does not hold: {error}"
    holds = (signed.size, signed.root) == (row.size, bytes(row.root))
    return None if holds else "its note signs another size or root"


def file_differences() -> Iterator[Found]:
    """Files of the log that are not what the journal gives. While the log grows they are looked at again."""
    found: list[Found] = []
    for _ in range(ATTEMPTS):
        last = Checkpoint.objects.order_by("-size").first()
        if last is None:
            return
        found = list(_differing_files(last))
        if not found or Checkpoint.objects.filter(size__gt=last.size).first() is None:
            break
    yield from found


def _differing_files(last: Checkpoint) -> Iterator[Found]:
    folder = log_folder()
    with tempfile.TemporaryDirectory(prefix="esaylov-log-") as temporary:
        fresh = Path(temporary)
        write_log(fresh, last.size)
        known = LogIdentity.objects.get(pk=1)
        (fresh / "key").write_text(known.verifier_key + "\n")
        (fresh / "checkpoint").write_text(last.note)
        wanted = {path.relative_to(fresh).as_posix() for path in fresh.rglob("*") if path.is_file()}
        for name in sorted(wanted):
            path = folder / name
            if not path.is_file():
                yield "log", name, "is missing"
            elif path.read_bytes() != (fresh / name).read_bytes():
                yield "log", name, "is not what the journal gives"
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            stray = path.is_file() and name not in wanted and not path.name.startswith(".")
            if stray and path.read_bytes() != _older_partial(fresh, name):
                yield "log", name, "is no file of this log"


def _older_partial(fresh: Path, name: str) -> bytes | None:
    """A partial file of a smaller size of the log as it must be: the beginning of the one of today."""
    place, _, width = name.partition(".p/")
    if not width.isdigit():
        return None
    if (fresh / place).is_file():
        now, data = 256, (fresh / place).read_bytes()
    else:
        there = sorted((fresh / f"{place}.p").glob("*"))
        if len(there) != 1 or int(there[0].name) < int(width):
            return None
        now, data = int(there[0].name), there[0].read_bytes()
    if not place.startswith("tile/entries/"):
        return data[: int(width) * HASH_SIZE]
    try:
        return encode_bundle(decode_bundle(Tile(ENTRIES, 0, now), data)[: int(width)])
    except TileError:
        return None
