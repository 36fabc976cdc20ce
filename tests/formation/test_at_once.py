"""Two imports at the same time, and one that dies half way."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection

from esaylov.acts import vault
from esaylov.acts.door import Accepted, Result
from tests.acts.election import World, count
from tests.formation.people import enter, file_of, rows
from tests.registry.people import accepted, actors_of, codes, enrol

TABLES = (
    "registry_person",
    "registry_mandate",
    "acts_vault",
    "acts_vaultdigest",
    "acts_journal",
    "formation_import",
)


def counts() -> list[int]:
    return [count(table) for table in TABLES]


@pytest.mark.parametrize("numbers", [("5", "5"), ("5", "6")])
def test_the_same_file_twice_at_once(door: World, numbers: tuple[str, str]) -> None:
    """One act; the other is the same one (same number), or finds nothing new."""
    accepted(enrol())
    chair = actors_of("", "cec", datetime.now(UTC))["chair"]
    file = file_of(
        *(
            rows(f"pec:{d}-{n}", 20 * i)
            for i, (d, n) in enumerate((d, n) for d in ("n1", "n2", "s1", "s2") for n in (1, 2))
        )
    )
    start, results = threading.Barrier(2), dict[str, Result]()

    def run(name: str, decision: str) -> None:
        start.wait()
        results[name] = enter(file, chair, decision)
        connection.close()

    threads = [threading.Thread(target=run, args=(str(i), number)) for i, number in enumerate(numbers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count("registry_mandate") == 9 + 8 * 7
    assert count("formation_import") == 1
    first, second = sorted(results.values(), key=lambda one: not isinstance(one, Accepted) or one.repeated)
    accepted(first)
    if numbers[0] == numbers[1]:
        assert accepted(second).repeated
    else:
        assert codes(second) == ["N06"]


def test_an_import_that_dies_leaves_nothing(door: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The vault and the mandates are written, then the process fails: nothing of it stays, and the next time all of it comes in."""
    accepted(enrol())
    chair = actors_of("", "cec", datetime.now(UTC))["chair"]
    file = file_of(rows("pec:n1-1", 20))
    before = counts()

    def broken(*_: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("esaylov.formation.imports.Roster.root", broken)
        with pytest.raises(KeyboardInterrupt):
            enter(file, chair)
    assert counts() == before
    assert vault.find("pinfl", file.table["pinfl"].to_list()) == {}
    assert accepted(enter(file, chair)).record["taken"] == 7
