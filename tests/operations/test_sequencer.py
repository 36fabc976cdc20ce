"""The sequencer: killed anywhere it goes on; nothing is lost, nothing stands twice, no size has two roots."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections, transaction

from esaylov.acts import sequencer as module
from esaylov.acts.bulk import journal_ids
from esaylov.acts.door import insert_journal
from esaylov.acts.logstore import LogStore
from esaylov.acts.models import Checkpoint
from esaylov.acts.sequencer import LOCK, Busy, Sequencer, row_digest
from esaylov.exchange.canonical import dumps, loads_strict
from esaylov.exchange.verification.log import read_checkpoint, read_log
from esaylov.exchange.verification.store import Folder
from esaylov.polling.acts import ReportTurnout
from esaylov.tlog.notes import parse_vkey
from esaylov.tlog.tiles import files_for
from esaylov.tlog.tree import leaf_hash, root_hash
from tests.operations.draft import at, count_all, country
from tests.operations.site import Site, accepted, contents


class Killed(BaseException):
    """What kill -9 is to a process."""


@pytest.fixture
def called(site: Site, tmp_path: Path) -> Site:
    """An election with its protocols in the journal, not sequenced."""
    site.load(count_all(country()).write(tmp_path / "package"))
    return site


@pytest.fixture
def signed(monkeypatch: pytest.MonkeyPatch) -> dict[int, bytes]:
    """The root of every size that was ever signed; a second root for one size fails at once."""
    roots: dict[int, bytes] = {}
    sign = module.checkpoints.sign_checkpoint

    def watched(head: Any, *more: Any) -> bytes:
        assert roots.setdefault(head.size, head.root) == head.root, f"two roots for the size {head.size}"
        return sign(head, *more)

    monkeypatch.setattr(module.checkpoints, "sign_checkpoint", watched)
    return roots


def turnout(site: Site, count: int = 1) -> None:
    """So many more acts, each in a transaction of its own."""
    for _ in range(count):
        reported = site.ask("SELECT count(*) FROM polling_turnout")[0][0]
        time = f"{8 + reported // 60:02}:{reported % 60:02}"
        site.accept(ReportTurnout, "draft", "pec:p1", at(time), precinct="p1", voters=reported)


def log_of(site: Site) -> list[bytes]:
    """The entries of the log's folder, after checking every file of it and that it is all that the journal holds."""
    store = Folder(site.data)
    verifier = parse_vkey((site.log / "key").read_text().strip())
    checkpoint = read_checkpoint(store, verifier)
    log = read_log(store, verifier, checkpoint, lambda *_: None)
    last = Checkpoint.objects.order_by("-size")[0]
    assert (last.size, bytes(last.root)) == (checkpoint.size, checkpoint.root)
    for row in Checkpoint.objects.all():
        assert root_hash(log.leaves[: row.size]) == bytes(row.root)
    ordered = site.ask(
        "SELECT j.record, e.index, e.leaf_hash FROM acts_entry e JOIN acts_journal j ON j.id = e.journal_id"
        " WHERE e.index IS NOT NULL ORDER BY e.position"
    )
    assert [bytes(row[0]) for row in ordered] == log.entries
    assert [row[1] for row in ordered] == list(range(len(ordered)))
    assert [bytes(row[2]) for row in ordered] == [leaf_hash(entry) for entry in log.entries]
    assert site.ask("SELECT count(*) FROM acts_journal") == site.ask("SELECT count(*) FROM acts_entry")
    return log.entries


# --- killed at each step ---


def once(function: Callable[..., Any], calls: int, *, after: bool = False) -> Callable[..., Any]:
    """The function, which kills the sequencer at its n-th call (before or after its work)."""
    left = [calls]

    def dying(*arguments: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] == 0 and not after:
            raise Killed
        done = function(*arguments, **named)
        if left[0] == 0:
            raise Killed
        return done

    return dying


STEPS: dict[str, tuple[Any, str, bool]] = {
    "before places are given": (module, "insert_rows", False),
    "places are given, not committed": (module, "insert_rows", True),
    "before tiles are written": (LogStore, "append", False),
    "tiles are written": (LogStore, "append", True),
    "before the checkpoint is stored": (Checkpoint.objects, "create", False),
    "the checkpoint is stored": (Checkpoint.objects, "create", True),
    "the checkpoint is published": (LogStore, "write_checkpoint", True),
    "opening": (module, "open_due", True),
    "places are committed": (Sequencer, "_publish", False),
}


@pytest.mark.parametrize("again", [False, True], ids=["a new process", "the same one"])
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_step(
    called: Site, signed: dict[int, bytes], monkeypatch: pytest.MonkeyPatch, step: str, again: bool
) -> None:
    where, name, after = STEPS[step]
    sequencer = Sequencer(head_every=0.0)
    sequencer.run_once()
    turnout(called, 3)
    with monkeypatch.context() as patch:
        patch.setattr(where, name, once(getattr(where, name), 1, after=after))
        with pytest.raises(Killed):
            sequencer.run_once()
    turnout(called, 2)
    if not again:
        sequencer = Sequencer()
    sequencer.run_once()
    log_of(called)
    turnout(called, 1)
    sequencer.run_once()
    assert len(log_of(called)) == called.ask("SELECT count(*) FROM acts_journal")[0][0]
    assert called.differences() == []


@pytest.mark.parametrize("write", range(1, 8))
def test_killed_at_a_file(
    called: Site, signed: dict[int, bytes], monkeypatch: pytest.MonkeyPatch, write: int
) -> None:
    """Beyond 256 entries, where partial files become full ones and the partial ones go."""
    Sequencer().run_once()
    fill(called, 256 - Checkpoint.objects.order_by("-size")[0].size - 2)
    Sequencer().run_once()
    fill(called, 5)
    with monkeypatch.context() as patch:
        patch.setattr(LogStore, "_write", staticmethod(once(LogStore._write, write)))
        with pytest.raises(Killed):
            Sequencer().run_once()
    fill(called, 1)
    Sequencer().run_once()
    assert len(log_of(called)) > 256


def fill(site: Site, count: int) -> None:
    """Journal rows that a sequencer takes for public acts; in one transaction."""
    now = datetime.now(UTC)
    with transaction.atomic():
        insert_journal(
            [
                (
                    number,
                    "draft",
                    "polling.report_turnout",
                    "pec:p1",
                    now,
                    now,
                    True,
                    b'{"n":%d}' % number,
                    None,
                    None,
                )
                for number in journal_ids.take(count)
            ]
        )


# --- files that suffered ---


def files_now() -> list[str]:
    """The files of the log's folder at its present size, the partial ones last."""
    size = Checkpoint.objects.order_by("-size")[0].size
    tiles = sorted(files_for(size), key=lambda tile: (not tile.is_full, tile))
    return ["checkpoint", "key", *(tile.path for tile in tiles)]


def test_each_file_deleted(called: Site, signed: dict[int, bytes]) -> None:
    fill(called, 300)
    Sequencer().run_once()
    for number in range(len(files_now())):
        (called.log / files_now()[number]).unlink()
        turnout(called)
        Sequencer().run_once()
        log_of(called)


@pytest.mark.parametrize("keep", [0.0, 0.5, 0.99])
def test_each_last_file_truncated(called: Site, signed: dict[int, bytes], keep: float) -> None:
    """The files that the log grows from; a damaged full one is what `reconcile` looks for."""
    fill(called, 300)
    Sequencer().run_once()
    numbers = [number for number, name in enumerate(files_now()) if number < 2 or ".p/" in name]
    assert len(numbers) == 5
    for number in numbers:
        path = called.log / files_now()[number]
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * keep)])
        turnout(called)
        Sequencer().run_once()
        log_of(called)


def test_the_whole_folder_lost(called: Site, signed: dict[int, bytes]) -> None:
    fill(called, 600)
    sequencer = Sequencer()
    sequencer.run_once()
    before = contents(called.log)
    LogStore(called.log).clear()
    (called.log / "checkpoint").unlink()
    Sequencer().run_once()
    assert contents(called.log) == before


def test_entries_without_a_checkpoint(
    called: Site, signed: dict[int, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH", 5)
    with monkeypatch.context() as patch:
        patch.setattr(Sequencer, "_publish", lambda *_: None)
        Sequencer().run_once()
    assert not Checkpoint.objects.exists()
    assert called.ask("SELECT count(*) FROM acts_entry") == called.ask("SELECT count(*) FROM acts_journal")
    Sequencer().run_once()
    log_of(called)


def test_a_journal_that_is_not_what_was_signed(called: Site) -> None:
    """The sequencer signs nothing over entries that somebody changed: it stops and says so."""
    Sequencer().run_once()
    with called.superuser() as raw:
        raw.execute("UPDATE acts_journal SET record = '{}' WHERE id = (SELECT min(id) FROM acts_journal)")
    LogStore(called.log).clear()
    turnout(called)
    signed_before = Checkpoint.objects.count()
    with pytest.raises(RuntimeError, match="does not give the signed checkpoint"):
        Sequencer().run_once()
    assert Checkpoint.objects.count() == signed_before


# --- order ---


@contextmanager
def application(site: Site) -> Iterator[psycopg.Connection[Any]]:
    """A further connection of the application, whose transaction goes on until it is committed."""
    with closing(psycopg.connect(site.clone.urls.app)) as raw:
        yield raw


INSERT = """INSERT INTO acts_journal (id, election, code, body, at, recorded_at, public, record)
VALUES (%s, 'draft', 'polling.report_turnout', 'pec:p1', now(), now(), true, %s)"""


def test_a_transaction_that_commits_late(called: Site, signed: dict[int, bytes]) -> None:
    sequencer = Sequencer()
    sequencer.run_once()
    with application(called) as slow, application(called) as slower:
        slow.execute(INSERT, [9_000_001, b'{"late":1}'])
        turnout(called)
        slower.execute(INSERT, [9_000_000, b'{"late":2}'])
        sequencer.run_once()
        assert b'{"late":1}' not in log_of_so_far(called)
        slow.commit()
        sequencer.run_once()
        assert b'{"late":1}' in log_of_so_far(called)
        turnout(called)
        sequencer.run_once()
        slower.commit()
        sequencer.run_once()
    entries = log_of(called)
    assert entries.index(b'{"late":1}') < entries.index(b'{"late":2}')
    assert called.ask("SELECT count(*) FROM acts_entry") == called.ask("SELECT count(*) FROM acts_journal")


def log_of_so_far(site: Site) -> list[bytes]:
    rows = site.ask("SELECT j.record FROM acts_entry e JOIN acts_journal j ON j.id = e.journal_id")
    return [bytes(row[0]) for row in rows]


def test_a_transaction_that_is_rolled_back(called: Site, signed: dict[int, bytes]) -> None:
    sequencer = Sequencer(head_every=0.0)
    with application(called) as slow:
        slow.execute(INSERT, [9_000_001, b'{"late":1}'])
        sequencer.run_once()
        turnout(called)
        sequencer.run_once()
        slow.rollback()
    sequencer.run_once()
    assert b'{"late":1}' not in log_of(called)


def test_a_head_while_a_transaction_is_open(called: Site, signed: dict[int, bytes]) -> None:
    """The head takes its place before a row whose transaction began earlier."""
    sequencer = Sequencer(head_every=0.0)
    with application(called) as slow:
        sequencer.run_once()
        turnout(called)
        slow.execute(INSERT, [9_000_001, b'{"late":1}'])
        sequencer.run_once()
        slow.commit()
    sequencer.run_once()
    sequencer.run_once()
    log_of(called)
    assert_heads(called, at_least=2)


@pytest.mark.parametrize("batch", [1, 2, 7])
def test_more_than_one_batch(
    called: Site, signed: dict[int, bytes], monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    """Fifty rows of one transaction do not fit into one batch either."""
    monkeypatch.setattr(module, "BATCH", batch)
    fill(called, 50)
    turnout(called, 2)
    sequencer = Sequencer()
    assert sequencer.run_once()
    assert not sequencer.run_once()
    turnout(called)
    fill(called, 3)
    assert sequencer.run_once()
    entries = log_of(called)
    assert len(set(entries)) == len(entries)


def test_two_at_once(called: Site) -> None:
    first = Sequencer()
    first.acquire()
    found: list[BaseException] = []

    def second() -> None:
        try:
            Sequencer().acquire()
        except BaseException as error:
            found.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=second)
    thread.start()
    thread.join()
    assert [type(error) for error in found] == [Busy]
    first.release()
    with application(called) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        with pytest.raises(Busy):
            Sequencer().acquire()
        other.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    second_at_last = Sequencer()
    second_at_last.acquire()
    second_at_last.release()


def test_one_at_a_time_in_service(called: Site, signed: dict[int, bytes]) -> None:
    """Three services, one of which works; when its connection ends, another takes over."""
    stop = threading.Event()
    failures: list[BaseException] = []

    def serve() -> None:
        try:
            module.run_forever(stop.is_set)
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=serve) for _ in range(3)]
    for thread in threads:
        thread.start()
    holders = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND granted"
    waiting = threading.Event()
    for turn in range(2):
        turnout(called, 2)
        sequenced = "SELECT (SELECT count(*) FROM acts_journal) - (SELECT count(*) FROM acts_entry)"
        for _ in range(200):
            if called.ask(sequenced) == [(0,)] and called.ask(holders, [LOCK]):
                break
            waiting.wait(0.05)
        ((holder,),) = called.ask(holders, [LOCK])
        if turn == 0:
            with psycopg.connect(called.clone.urls.superuser, autocommit=True) as raw:
                raw.execute("SELECT pg_terminate_backend(%s)", [holder])
    stop.set()
    for thread in threads:
        thread.join()
    assert len(failures) == 1, "the one whose connection was ended"
    Sequencer().run_once()
    log_of(called)


def test_seventy_thousand_entries(called: Site, signed: dict[int, bytes]) -> None:
    fill(called, 70_000 - called.ask("SELECT count(*) FROM acts_journal")[0][0])
    Sequencer().run_once()
    assert len(log_of(called)) == 70_000
    there = {path.relative_to(called.log).as_posix() for path in called.log.rglob("*") if path.is_file()}
    wanted = {tile.path for tile in files_for(70_000)} | {"checkpoint", "key"}
    assert wanted <= there
    for name in ("tile/0/272", "tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"):
        assert name in wanted
    full = {name for name in there if ".p/" not in name}
    assert full == {name for name in wanted if ".p/" not in name}
    assert not {name for name in there if name.startswith("tile/0/000.p")}


# --- journal heads ---


def assert_heads(site: Site, at_least: int) -> None:
    """Every head says how many rows stand before it, and their chain."""
    rows = site.ask(
        "SELECT j.id, j.code, j.public, j.record, j.election, j.body, j.at, j.recorded_at, j.key, j.request"
        " FROM acts_entry e JOIN acts_journal j ON j.id = e.journal_id ORDER BY e.position"
    )
    chain, heads = bytes(32), 0
    for before, row in enumerate(rows):
        if row[1] == "log.journal_head":
            record = loads_strict(bytes(row[3]))
            assert (record["rows"], record["chain"]) == (before, chain.hex())
            heads += 1
        chain = sha256(chain + row_digest(row)).digest()
    assert heads >= at_least


def test_journal_heads(called: Site, signed: dict[int, bytes], tmp_path: Path) -> None:
    sequencer = Sequencer(head_every=0.0)
    sequencer.run_once()
    for count in (1, 3):
        turnout(called, count)
        sequencer.run_once()
    heads = "SELECT count(*) FROM acts_journal WHERE code = 'log.journal_head'"
    assert called.ask(heads) == [(3,)]
    for _ in range(3):
        sequencer.run_once()
        Sequencer(head_every=0.0).run_once()
    assert called.ask(heads) == [(3,)], "a head over nothing but a head"
    assert_heads(called, 3)
    log_of(called)
    called.publish(tmp_path / "folder")
    accepted(tmp_path / "folder")


def test_at_most_one_head_in_its_time(called: Site) -> None:
    sequencer = Sequencer(head_every=3600.0)
    for _ in range(3):
        turnout(called)
        sequencer.run_once()
    assert called.ask("SELECT count(*) FROM acts_journal WHERE code = 'log.journal_head'") == [(0,)]
    sequencer._last_head -= 3600.0
    turnout(called)
    sequencer.run_once()
    turnout(called)
    sequencer.run_once()
    assert called.ask("SELECT count(*) FROM acts_journal WHERE code = 'log.journal_head'") == [(1,)]
    assert_heads(called, 1)


def test_a_private_row_has_a_place_in_the_order_but_no_entry(called: Site, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with transaction.atomic():
        number = journal_ids.take(1)[0]
        commitment = dumps({"commitment": "00" * 32})
        insert_journal(
            [(number, "draft", "registry.private", "cec", now, now, False, commitment, None, None)]
        )
    sequencer = Sequencer(head_every=0.0)
    sequencer.run_once()
    ((position, index, leaf),) = called.ask(
        "SELECT position, index, leaf_hash FROM acts_entry WHERE journal_id = %s", [number]
    )
    assert position
    assert (index, leaf) == (None, None)
    assert_heads(called, 1)
    assert called.differences() == []
    called.publish(tmp_path / "folder")
    accepted(tmp_path / "folder")
    log = "".join(entry.decode("latin-1") for entry in contents(tmp_path / "folder").values())
    assert "registry.private" not in log
