"""What somebody who steals the database finds: neither the name nor a number of a voter, in no table, file, log or dump."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, connection

from esaylov.custody.keyring import Keyring, KeyringError
from esaylov.custody.place import keys_file
from esaylov.server.embedded import Embedded
from esaylov.server.places import INSTALLATION, installed_wheel
from esaylov.voters.importing import take_back
from esaylov.voters.models import Voter
from tests.acts.election import World
from tests.conftest import Clone
from tests.voters.changing import ELECTION, carried, central, compared
from tests.voters.extracts import resident

LATER = "2024-09-02T00:00:00+05:00"
SURNAME, STREET = "Qidirilmasov", "Topilmas koʻchasi"


def known() -> list[bytes]:
    """What must be found nowhere, as it is written and as it could be written by accident."""
    row = resident(1, surname=SURNAME, street=STREET)
    texts = [row["pinfl"], row["document"], SURNAME, "Topilmas", SURNAME.lower()]
    return [
        form
        for text in texts
        for form in (text.encode(), text.encode("utf-16-le"), text.encode().hex().encode())
    ]


def dump(clone: Clone) -> bytes:
    program = installed_wheel() / INSTALLATION / "bin" / "pg_dump"
    made = subprocess.run([str(program), clone.urls.admin], capture_output=True, check=True)
    assert b"voters_voter" in made.stdout
    return made.stdout


def files(*folders: Path) -> Iterator[tuple[Path, bytes]]:
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink():
                try:
                    yield path, path.read_bytes()
                except FileNotFoundError:  # the server removes files of its own meanwhile
                    continue


def search(clone: Clone, embedded: Embedded, data: Path, words: Sequence[bytes] = ()) -> list[str]:
    """Where any of it stands: in a dump, in the server's own files (its log, its WAL, temporary ones), in the data folder."""
    with psycopg.connect(clone.urls.superuser, autocommit=True) as server:
        server.execute("CHECKPOINT")
    places = [
        ("pg_dump", dump(clone)),
        *((str(path), content) for path, content in files(embedded.data, data)),
    ]
    return [
        f"{name}: {wanted!r}" for name, content in places for wanted in words or known() if wanted in content
    ]


def test_a_stolen_database_names_nobody(
    door: World, db_clone: Clone, embedded: Embedded, tmp_path: Path
) -> None:
    people = central()
    first = [resident(1, surname=SURNAME, street=STREET), *(resident(n) for n in range(2, 50))]
    staged = compared(tmp_path / "extract" / "one", first)
    assert search(db_clone, embedded, door.data) == [], "waiting to be approved"
    carried(staged, people)
    moved = [resident(1, surname=SURNAME, street=STREET, house="91"), *(resident(n) for n in range(2, 48))]
    second = compared(tmp_path / "extract" / "two", moved, as_of=LATER)
    carried(second, people)
    carried(take_back(second.id, ELECTION), people)
    assert Voter.objects.count() == 49
    assert search(db_clone, embedded, door.data) == [], "in the list, as it was before, and taken back"


def test_the_search_would_find_it(door: World, db_clone: Clone, embedded: Embedded) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO voters_mahalla (code, district, names) VALUES (%s, 1, '{}')", ["Yashirinov"]
        )
    found = search(db_clone, embedded, door.data, [b"Yashirinov"])
    assert any(place.startswith("pg_dump") for place in found)
    assert any("base" in place for place in found)


def test_an_error_of_the_database_tells_no_name(
    door: World, db_clone: Clone, embedded: Embedded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("esaylov.voters.staging.COLUMNS", ("kind", "voter"))
    with pytest.raises(DatabaseError) as caught:
        compared(tmp_path / "extract", [resident(1, surname=SURNAME, street=STREET)])
    assert SURNAME not in str(caught.value)
    assert search(db_clone, embedded, door.data) == []


def test_without_its_keys_nothing_is_imported(door: World, tmp_path: Path) -> None:
    people = central()
    carried(compared(tmp_path / "one", [resident(1)]), people)
    keys = keys_file(door.data)
    kept = keys.read_bytes()
    keys.unlink()
    with pytest.raises(KeyringError, match="missing"):
        compared(tmp_path / "two", [resident(1), resident(2)], as_of=LATER)
    Keyring.make(keys)
    with pytest.raises(KeyringError, match="other keys"):
        compared(tmp_path / "two", [resident(1), resident(2)], as_of=LATER)
    keys.write_bytes(kept)
    assert compared(tmp_path / "two", [resident(1), resident(2)], as_of=LATER).counts["added"] == 1
