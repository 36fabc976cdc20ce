"""kill -9 of web worker, web server, sequencer and database during intake: no receipt is broken, nothing comes twice."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.db import InterfaceError, OperationalError, connection

from esaylov.acts.identity import identity
from esaylov.acts.models import Checkpoint
from esaylov.exchange.verification import verify
from esaylov.operations.reconcile import reconcile
from esaylov.publication.publisher import publish_to
from esaylov.tlog.checkpoint import open_checkpoint
from esaylov.tlog.notes import parse_vkey
from esaylov.tlog.receipt import open_receipt
from esaylov.tlog.tree import Frontier, leaf_hash
from tests.acts.election import count, form
from tests.faults.site import Commissions, Faulty, all_places, faulty_site, until
from tests.results.rules import replay

VICTIMS = ("postmaster", "sequencer", "worker", "postmaster", "web")


def rounds(folder: Path, number: int, each: int, seed: int) -> None:
    """Kills one process after another while all protocols of an election come in, then checks everything."""
    chance = random.Random(seed)
    with faulty_site(folder, each=each) as site:
        commissions = Commissions(site, all_places(each))
        share = -(-len(commissions.places) // number)
        places = commissions.places
        for turn in range(number):
            victim = VICTIMS[turn % len(VICTIMS)] if number <= len(VICTIMS) else chance.choice(VICTIMS)
            commissions.places = places[turn * share : (turn + 1) * share]
            killer = threading.Timer(chance.uniform(0.0, 0.4), site.kill, [victim])
            killer.start()
            commissions.submit_all()
            killer.join()
        assert commissions.lost + commissions.away > 0, "no request noticed any of it: nothing was tested"
        check(site, commissions, folder)


def check(site: Faulty, commissions: Commissions, folder: Path) -> None:
    wait_for_the_log(site, len(commissions.receipts))
    known = identity()
    assert known is not None
    verifier = parse_vkey(known.verifier_key)
    entries = log_entries()
    leaves = [leaf_hash(entry) for entry in entries]
    for (precinct, contest), answer in commissions.receipts.items():
        receipt = open_receipt(answer["receipt"].encode(), verifier)
        assert leaves.count(receipt.leaf) == 1
        entry = orjson.loads(entries[leaves.index(receipt.leaf)])
        assert (entry["precinct"], entry["contest"], entry["state"]) == (precinct, contest, "received")
    assert count("results_protocol") == len(commissions.receipts)
    assert set(replay(map(orjson.loads, entries))) == set(commissions.receipts)
    roots_follow_from_the_entries(leaves, verifier)
    site.left_alone.set()
    site.supervisor.stop()
    no_remains(site)
    assert [str(row) for row in reconcile() if "results_" not in row.table] == []
    publish_to(folder / "published")
    lines: list[str] = []
    verified = verify(str(folder / "published"), lines.append, key=known.verifier_key)
    assert verified.proven
    assert verified.entries >= len(entries)


def wait_for_the_log(site: Faulty, protocols: int) -> None:
    """The sequencer goes on after whatever happened: all is in the log, and a checkpoint covers it."""

    def covered() -> bool:
        try:
            return all_in_the_log()
        except (InterfaceError, OperationalError):  # our own connection died with the database
            connection.close()
            return False

    def all_in_the_log() -> bool:
        last = Checkpoint.objects.order_by("-size").first()
        return (
            last is not None
            and count("acts_journal") == count("acts_entry")
            and last.size == count("acts_entry", "index IS NOT NULL")
            and count("acts_journal", "code = 'results.submit_protocol'") == protocols
        )

    until(covered)
    until(
        lambda: (site.world.data / "log" / "checkpoint").read_text() == Checkpoint.objects.latest("size").note
    )


def no_remains(site: Faulty) -> None:
    assert not list((site.world.data / "log").rglob(".*")), "remains of files that were never finished"


def log_entries() -> list[bytes]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT j.record FROM acts_entry e JOIN acts_journal j ON j.id = e.journal_id"
            " WHERE e.index IS NOT NULL ORDER BY e.index"
        )
        return [bytes(record) for (record,) in cursor.fetchall()]


def roots_follow_from_the_entries(leaves: list[bytes], verifier: Any) -> None:
    """Every checkpoint that was ever signed is one of this one tree: no fork."""
    frontier = Frontier()
    for row in Checkpoint.objects.order_by("size"):
        head, _ = open_checkpoint(row.note.encode(), verifier)
        frontier.extend(leaves[frontier.size : head.size])
        assert (frontier.size, frontier.root()) == (head.size, head.root)


def test_five_kills(tmp_path: Path) -> None:
    rounds(tmp_path, 5, each=20, seed=int(time.time()) // 86_400)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_fifty_kills(tmp_path: Path, seed: int) -> None:
    rounds(tmp_path, 10, each=60, seed=seed)


def test_database_away_and_back(tmp_path: Path) -> None:
    """Without its database the site answers 503 and says when to come again; with it, it goes on by itself."""
    first, body = form("n1-1"), form("n2-1")
    with faulty_site(tmp_path, each=1) as site:
        assert site.post("protocols", first, "pec:n1-1", "k1")[0] == 201
        site.left_alone.set()
        site.kill("postmaster")
        until(lambda: not site.embedded.running())
        for _ in range(3):
            status, answer, headers = site.post("protocols", body, "pec:n2-1", "k2")
            assert (status, answer["error"]) == (503, "unavailable")
            assert int(headers["Retry-After"]) > 0
            assert "Traceback" not in str(answer)
        site.embedded.start()
        status, answer, _ = site.post("protocols", body, "pec:n2-1", "k2")
        assert status == 201
        assert site.post("protocols", body, "pec:n2-1", "k2")[:2] == (201, answer)
        site.left_alone.clear()
        wait_for_the_log(site, 2)


def test_database_killed_again_while_it_recovers(tmp_path: Path) -> None:
    """Each start that is killed is followed by another; the site outlives all of them."""
    with faulty_site(tmp_path, each=1) as site:
        seen = set()
        for turn in range(8):
            until(lambda: site.victim("postmaster") not in {None, *seen})
            time.sleep(0.03 * turn)
            seen.add(site.victim("postmaster"))
            site.kill("postmaster")
        until(lambda: site.post("turnout", {"precinct": "n1-1", "voters": 3}, "pec:n1-1", "k")[0] == 201)
        wait_for_the_log(site, 0)
