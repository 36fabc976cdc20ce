"""The disk is full under the sequencer: what is published stays whole, and it goes on when there is room again."""

from __future__ import annotations

import contextlib
import errno
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from esaylov.acts.identity import identity
from esaylov.acts.logstore import LogStore
from esaylov.acts.models import Checkpoint
from esaylov.acts.sequencer import Sequencer
from esaylov.tlog.checkpoint import open_checkpoint
from esaylov.tlog.notes import parse_vkey
from tests.acts.election import World, count, precinct_ids, world


@pytest.fixture
def door(db_clone: object, tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


@contextlib.contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file of this process may grow beyond `size` bytes: the kernel stops a write in the middle, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def published(world: World) -> int:
    """Size of the published checkpoint, whose files must all be there and give its root."""
    known = identity()
    assert known is not None
    folder = world.data / "log"
    head, _ = open_checkpoint((folder / "checkpoint").read_bytes(), parse_vkey(known.verifier_key))
    assert LogStore(folder).holds(head.size, head.root)
    assert (folder / "key").read_text() == known.verifier_key + "\n"
    return head.size


@pytest.mark.parametrize("room", [0, 16, 40, 200, 1500])
@pytest.mark.parametrize("restart", [True, False], ids=["restarted", "same process"])
def test_sequencer_without_room(door: World, room: int, restart: bool) -> None:
    sequencer = Sequencer()
    door.submit("n1-1")
    sequencer.run_once()
    before = published(door)
    for precinct in precinct_ids()[1:]:
        door.submit(precinct)
    with room_for(room), pytest.raises(OSError) as failed:
        sequencer.run_once()
    assert failed.value.errno in (errno.EFBIG, errno.ENOSPC)
    assert published(door) == before
    for _ in range(2):
        with room_for(room), pytest.raises(OSError):
            (Sequencer() if restart else sequencer).run_once()
        assert published(door) == before
    (Sequencer() if restart else sequencer).run_once()
    after = published(door)
    assert after == count("acts_entry", "index IS NOT NULL") >= before + 7
    assert Checkpoint.objects.latest("size").size == after
    left = [path.name for path in (door.data / "log").rglob(".*")]
    assert left == [], "remains of files that were never finished"


def test_remains_of_a_killed_writer_go(door: World) -> None:
    Sequencer().run_once()
    remains = [door.data / "log" / name for name in (".checkpoint.1", "tile/.x.2", "tile/entries/.000.3")]
    for path in remains:
        path.write_bytes(b"half")
    Sequencer().run_once()
    assert not any(path.exists() for path in remains)
    published(door)
