"""A search over the list: from sealed entries to the queue, in which no name stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.acts.election import World


def people(number: int, person: Callable[[int], dict[str, str]]) -> dict[str, str]:
    """The records of the tests; 41 is 1 again in Cyrillic, 42 has the document of 2."""

    def written(one: int) -> dict[str, str]:
        return person(one) | {
            "given_name": NAMES[one % len(NAMES)],
            "patronymic": f"{NAMES[one * 7 % 11]} oʻgʻli",
        }

    if number == 41:
        return written(1) | {
            "surname": "Содиқхонов",
            "pinfl": person(41)["pinfl"],
            "document": "AD0000041",
        }
    if number == 42:
        return written(42) | {"document": "AD0000002"}
    return written(number) | ({"surname": "Sodiqxonov"} if number == 1 else {})


NAMES = (
    "Anvar",
    "Bobur",
    "Dilshod",
    "Eldor",
    "Farrux",
    "Jasur",
    "Kamol",
    "Laziz",
    "Murod",
    "Nodir",
    "Otabek",
    "Sardor",
    "Temur",
)


@pytest.fixture
def listed(door: World, monkeypatch: pytest.MonkeyPatch) -> World:
    from tests.voters.listed import enter_voters, person

    monkeypatch.setattr("tests.voters.listed.person", lambda number: people(number, person))
    enter_voters(42)
    return door


def test_queue_is_filled_and_kept(listed: World) -> None:
    from django.db import connection

    from esaylov.voters.linkage.models import Pair, Search
    from esaylov.voters.linkage.searching import search
    from esaylov.voters.models import Voter

    summary = search(memory_gib=1.0, threshold=-20.0)
    rows = {(row.first, row.second): row for row in Pair.objects.all()}
    assert summary.entries == 42
    assert summary.pairs == len(rows)
    assert rows[2, 42].exact == "document"
    assert {field: level for field, level, _ in rows[1, 41].levels}["given_name"] == "same"
    with connection.cursor() as cursor:
        cursor.execute("SELECT p::text FROM voters_pair p UNION ALL SELECT s::text FROM voters_search s")
        assert not any(
            name.lower() in text.lower() for (text,) in cursor.fetchall() for name in (*NAMES, "sodi")
        )
    Pair.objects.filter(first=2, second=42).update(state="decided", verdict="different")
    Voter.objects.filter(id=41).delete()
    search(memory_gib=1.0, threshold=-20.0)
    assert Pair.objects.get(first=1, second=41).state == "gone"
    assert Pair.objects.get(first=2, second=42).verdict == "different"
    assert Search.objects.count() == 2


def test_pairs_are_stored_batch_by_batch(listed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is stored stands when the next batch begins: one transaction over all would hold back the log."""
    from collections.abc import Iterator
    from datetime import UTC, datetime

    import psycopg
    from django.db import connection

    from esaylov.voters.linkage import queue
    from esaylov.voters.linkage.found import Pair as Found
    from esaylov.voters.linkage.models import Pair, Search
    from tests.voters.linkage.acting import pair_of

    for number in range(2, 9):
        pair_of(1, number)
    search = Search.objects.create(at=datetime.now(UTC), seconds=1, entries=9, pairs=5, model=b"model")
    place = connection.settings_dict
    told = {"host": place["HOST"], "port": place["PORT"], "dbname": place["NAME"], "user": place["USER"]}
    seen = []

    def found() -> Iterator[Found]:
        with psycopg.connect(**told, password=place["PASSWORD"] or None, autocommit=True) as other:
            for number in range(10, 15):
                row = other.execute("SELECT count(*) FROM voters_pair WHERE first = 9").fetchone()
                seen.append(row and row[0])
                yield Found(9, number, 10.0, "", ())

    monkeypatch.setattr(queue, "BATCH", 2)
    assert queue.store(search, found()) == 5
    assert seen == [0, 0, 2, 2, 4]
    assert set(Pair.objects.filter(first=1).values_list("state", flat=True)) == {"gone"}
    assert Pair.objects.filter(state="open").count() == 5


def test_limit(listed: World) -> None:
    from esaylov.voters.linkage.searching import search, size

    assert search(limit=10, memory_gib=1.0).entries == size(10) == 10
    assert size() == 42


def test_keys_that_are_others_open_nothing(listed: World) -> None:
    from esaylov.acts.identity import data_folder
    from esaylov.custody.keyring import KeyringError
    from esaylov.voters.linkage.models import Search
    from esaylov.voters.linkage.searching import search

    (data_folder() / "keys" / "voters.json").unlink()
    with pytest.raises(KeyringError):
        search(memory_gib=1.0)
    assert not Search.objects.exists()


def test_command(listed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import nullcontext

    from typer.testing import CliRunner

    from esaylov.acts.identity import data_folder
    from esaylov.cli import app

    monkeypatch.setattr("esaylov.server.database.platform", nullcontext)
    done = CliRunner().invoke(app, ["voters", "duplicates", "--memory", "1"])
    assert done.exit_code == 0, done.output
    assert "in 42 entries, 1 of them with the same PINFL or document" in done.output
    short = CliRunner().invoke(app, ["voters", "duplicates", "--memory", "0.1", "--limit", "2"])
    assert "in 2 entries" in short.output
    (data_folder() / "keys" / "voters.json").unlink()
    refused = CliRunner().invoke(app, ["voters", "duplicates"])
    assert refused.exit_code == 1
    assert "voters.json" in refused.output
