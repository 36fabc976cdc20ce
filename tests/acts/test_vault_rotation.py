"""The vault's key is changed: nothing is lost, nobody is entered twice, and a kill in the middle is no harm."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, connections
from django.test import override_settings

from esaylov.acts import vault, vaultkeys, vaultrotation
from esaylov.acts.powers import Actor
from tests.conftest import Clone

CLERK = Actor("cec", "cec", person=uuid4(), role="secretary")
MANY = 300


@pytest.fixture
def data(db_clone: Clone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(vaultrotation, "BATCH", 20)
    monkeypatch.setattr(vaultrotation, "ROWS", vaultrotation.ROWS.replace("2000", "20"))
    with override_settings(ESAYLOV_DATA=str(tmp_path)):
        yield tmp_path


def number(at: int) -> str:
    return f"7{at:013d}"


def filled(count: int = MANY) -> dict[str, UUID]:
    """Persons with a record each; every third has a second one."""
    people = {number(at): uuid4() for at in range(count)}
    vault.prepare(
        [(subject, {"pinfl": pinfl, "surname": f"S{pinfl}"}) for pinfl, subject in people.items()]
    ).write(1)
    again = list(people.items())[::3]
    vault.prepare(
        [(subject, {"pinfl": pinfl, "surname": f"S{pinfl}", "phone": "1"}) for pinfl, subject in again],
        known=frozenset(subject for _, subject in again),
    ).write(2)
    return people


def check(people: dict[str, UUID]) -> None:
    assert vault.find("pinfl", list(people)) == people
    found = vault.read(list(people.values()), ("surname",), by=CLERK, purpose="x")
    assert found == {subject: {"surname": f"S{pinfl}"} for pinfl, subject in people.items()}


def content() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject, key, sealed FROM acts_vault ORDER BY id")
        return [(subject, bytes(key), bytes(sealed)) for subject, key, sealed in cursor.fetchall()]


def test_everything_goes_over_and_the_old_key_opens_nothing(data: Path) -> None:
    people, path = filled(), data / vaultkeys.KEY_FILE
    before, old = content(), path.read_text()
    committed = vault.commitments(before)  # type: ignore[arg-type]
    upload, files = uuid4(), []
    waiting = [vault.seal_file(upload, b"members")]

    def take_files() -> int:
        files.append(vault.open_file(upload, waiting[0]))
        waiting[0] = vault.seal_file(upload, files[-1])
        return 1 if len(files) == 1 else 0

    assert vaultrotation.rotate(grace=0, files=take_files) == len(before) + 1
    after = content()
    assert [row[2] for row in after] == [row[2] for row in before], "records stay as they are"
    assert all(one[1] != other[1] for one, other in zip(after, before, strict=True))
    assert vault.commitments(after) == committed  # type: ignore[arg-type]
    assert path.read_text() != old
    assert len(path.read_text().split()) == 1
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    check(people)
    assert vault.open_file(upload, waiting[0]) == b"members"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM acts_vaultdigest")
        assert cursor.fetchone()[0] == len(people)
    path.write_text(old)
    with pytest.raises(vault.VaultError, match="does not open"):
        vault.read(list(people.values())[:1], ("surname",), by=CLERK, purpose="x")
    assert vault.find("pinfl", list(people)) == {}


def test_between_the_keys_everybody_is_found_once(data: Path) -> None:
    people = filled(50)
    keys = vaultkeys.keys()
    vaultkeys.write(vaultkeys.Keys(os.urandom(32), keys.all))
    check(people)
    with connections["admin"].cursor() as cursor:
        cursor.execute(vaultrotation.ROWS, [0])
        vaultrotation._write(vaultrotation._changes(cursor.fetchall()))
    check(people)  # twenty under the new key, thirty under the old one
    new = uuid4()
    vault.prepare([(new, {"pinfl": number(900), "surname": f"S{number(900)}"})]).write(3)
    people[number(900)] = new
    check(people)
    with pytest.raises(IntegrityError):
        vault.prepare([(uuid4(), {"pinfl": number(900)})]).write(3)
    vault.erase(people.pop(number(40)))
    vaultrotation.rotate(grace=0)
    assert len((data / vaultkeys.KEY_FILE).read_text().split()) == 1
    check(people)


def test_digests_of_before_beside_keys_of_after_are_taken_over(data: Path) -> None:
    """Who imports a file makes digests when it is examined, and wraps keys when it is taken."""
    subject = uuid4()
    digests = vault.digests("pinfl", [number(1)])
    vaultkeys.write(vaultkeys.Keys(os.urandom(32), vaultkeys.keys().all))
    vault.Sealing(7, [subject.bytes], [b'{"pinfl":"%b"}' % number(1).encode()]).write()
    vault.store_digests("pinfl", digests, [subject.bytes])
    assert vaultrotation.rotate(grace=0) == 1
    assert vault.find("pinfl", [number(1)]) == {number(1): subject}


def test_a_number_that_two_have_stops_it_with_both_keys_kept(data: Path) -> None:
    filled(3)
    vaultkeys.write(vaultkeys.Keys(os.urandom(32), vaultkeys.keys().all))
    vault.prepare([(uuid4(), {"pinfl": number(1)})]).write(
        3
    )  # past the act, which would have found the other
    with pytest.raises(vaultrotation.VaultRotationError, match="entered twice"):
        vaultrotation.rotate(grace=0)
    assert len((data / vaultkeys.KEY_FILE).read_text().split()) == 2


def test_one_at_a_time(data: Path) -> None:
    with vaultrotation._alone():
        import psycopg

        settings = connections["admin"].get_connection_params()
        with psycopg.connect(**{name: settings[name] for name in ("host", "dbname", "user")}) as other:
            taken = other.execute("SELECT pg_try_advisory_lock(%s)", [vaultrotation.LOCK]).fetchone()
    assert taken == (False,)


ROTATING = """
import django; django.setup()
from esaylov.acts import vaultrotation
vaultrotation.ROWS = vaultrotation.ROWS.replace("2000", "3")
vaultrotation.rotate(grace=0)
"""


@pytest.mark.parametrize("rows", [1, 60, 250])
def test_kill_9_in_the_middle(data: Path, db_clone: Clone, rows: int) -> None:
    """Killed again and again after some rows, it comes to its end, and at each time everybody is found."""
    people, before = filled(), content()
    environment = {**os.environ, **db_clone.environment, "ESAYLOV_DATA": str(data)}
    process = subprocess.Popen([sys.executable, "-c", ROTATING], env=environment)
    limit = time.monotonic() + 60
    while sum(one != other for one, other in zip(content(), before, strict=True)) < rows:
        assert time.monotonic() < limit
        assert process.poll() in (None, 0)
    process.send_signal(signal.SIGKILL)
    process.wait()
    check(people)
    while True:  # PostgreSQL frees the dead client's lock when it notices
        try:
            vaultrotation.rotate(grace=0)
            break
        except vaultrotation.VaultRotationError:
            assert time.monotonic() < limit
    check(people)
    assert len((data / vaultkeys.KEY_FILE).read_text().split()) == 1


@pytest.mark.parametrize("text", ["", "zz", "ab", "00" * 31, "00" * 32 + "\n" + "00" * 32])
def test_a_damaged_file_is_refused(data: Path, text: str) -> None:
    filled(1)
    (data / vaultkeys.KEY_FILE).write_text(text)
    with pytest.raises(vault.VaultError, match="does not hold a key"):
        vault.find("pinfl", [number(0)])
