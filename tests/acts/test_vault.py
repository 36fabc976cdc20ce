"""The vault: encrypted at rest, found by keyed digests, every read recorded, erasable, bound to its row."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from esaylov.acts import vault, vaultkeys
from esaylov.acts.bulk import binary, copy_binary
from esaylov.acts.powers import Actor
from tests.acts.election import count

# Names of fields: PostgreSQL has no NUL in texts, and JSON no lone surrogates.
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)
CLERK = Actor("cec", "cec", person=uuid4(), role="secretary")
PERSON = {"surname": "Sinov", "given_name": "Test", "pinfl": "70101800000019"}


@pytest.fixture
def keys(db_clone: object, tmp_path: Path) -> object:
    with override_settings(ESAYLOV_DATA=str(tmp_path)):
        yield tmp_path


def stored(keys: object, record: dict[str, object] | None = None) -> object:
    subject = uuid4()
    vault.prepare([(subject, record or PERSON)]).write(1)
    return subject


def test_read_back_and_who_read(keys: Path) -> None:
    subject = stored(keys)
    found = vault.read([subject, uuid4()], ("surname", "phone"), by=CLERK, purpose="a list")
    assert found == {subject: {"surname": "Sinov", "phone": None}}
    (look,) = vault.looks(subject)
    assert (look.body, look.person, look.fields, look.purpose) == (
        "cec",
        CLERK.person,
        ("surname", "phone"),
        "a list",
    )


def test_the_latest_record_holds(keys: Path) -> None:
    subject = stored(keys)
    vault.prepare([(subject, PERSON | {"surname": "Yangi"})], known=frozenset({subject})).write(2)
    assert vault.read([subject], ("surname",), by=CLERK, purpose="x")[subject]["surname"] == "Yangi"


def test_who_reads_about_themselves_leaves_no_trace(keys: Path) -> None:
    subject = stored(keys)
    own = Actor("pec:1", "precinct", person=subject, role="member")
    vault.read([subject], ("surname",), by=own, purpose="own")
    assert vault.looks(subject) == []


def test_a_read_stays_recorded_when_what_it_was_for_is_taken_back(keys: Path) -> None:
    subject = stored(keys)

    def look(purpose: str) -> None:
        vault.read([subject], ("surname",), by=CLERK, purpose=purpose)

    def fail(purpose: str) -> None:
        with vault.reads_survive(), transaction.atomic():
            look(purpose)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail("refused")
    with vault.reads_survive(taken_back=True), transaction.atomic():
        with pytest.raises(ZeroDivisionError):
            fail("tried, refused")
        look("tried")
        transaction.set_rollback(True)
    with vault.reads_survive(), transaction.atomic():
        look("done")
    assert [one.purpose for one in vault.looks(subject)] == ["done", "tried", "tried, refused", "refused"]


def test_found_by_digest_only(keys: Path) -> None:
    subject = stored(keys)
    assert vault.find("pinfl", [PERSON["pinfl"], "70101800000020"]) == {PERSON["pinfl"]: subject}
    assert vault.find("pinfl", []) == {}
    with pytest.raises(IntegrityError):
        vault.prepare([(uuid4(), PERSON)]).write(2)


def test_very_many_records_at_once(keys: Path) -> None:
    """Some are encrypted while others are written; each has its own subject, commitment and digest."""
    subjects = sorted(uuid4() for _ in range(3 * vault.PIECE + 1))
    numbers = [f"{place:014}" for place in range(len(subjects))]
    written = [one.bytes for one in subjects]
    sealing = vault.Sealing(7, written, (b'{"pinfl":"%b"}' % number.encode() for number in numbers))
    ahead = sealing.ahead()
    next(ahead)
    vault.store_digests("pinfl", vault.digests("pinfl", numbers), written, ahead)
    sealing.write()
    found = vault.read(subjects, vault.ALL, by=CLERK, purpose="x")
    assert [found[subject]["pinfl"] for subject in subjects] == numbers
    assert len({found[subject]["salt"] for subject in subjects}) == len(subjects)
    assert vault.find("pinfl", [numbers[5], numbers[-1], "no"]) == {
        numbers[5]: subjects[5],
        numbers[-1]: subjects[-1],
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject, key, sealed FROM acts_vault WHERE journal = 7 ORDER BY id")
        rows = [(subject, bytes(key), bytes(sealed)) for subject, key, sealed in cursor.fetchall()]
    assert [subject for subject, _, _ in rows] == subjects
    assert vault.commitments(rows) == sealing.commitments
    with pytest.raises(IntegrityError):
        vault.store_digests("pinfl", vault.digests("pinfl", numbers), written)


def test_work_goes_on_while_the_database_is_busy(keys: Path) -> None:
    """Every row is written once, whether the work beside it is short or long; rows that fail leave nothing."""
    rows = [binary(place.to_bytes(16, "big")) + binary(1) for place in range(20_000)]
    for meanwhile in (None, iter(range(3)), iter(range(10**9))):
        with transaction.atomic():
            assert copy_binary("registry_person", ("id", "journal"), rows, meanwhile=meanwhile) == len(rows)
            assert count("registry_person") == len(rows)
            transaction.set_rollback(True)
    broken = (rows[place] if place < 5_000 else str(1 // 0).encode() for place in range(20_000))
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        copy_binary("registry_person", ("id", "journal"), broken)
    assert count("registry_person") == 0


def test_nothing_in_clear(keys: Path) -> None:
    stored(keys)
    with connection.cursor() as cursor:
        for table in ("acts_vault", "acts_vaultdigest"):
            cursor.execute(f"SELECT t::text, encode(decode(md5(t::text), 'hex'), 'hex') FROM {table} t")
            assert all("Sinov" not in text and PERSON["pinfl"] not in text for text, _ in cursor.fetchall())
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE '%{b'Sinov'.hex()}%'")
            assert cursor.fetchone() == (0,)


def test_erased_is_gone_though_commitments_stay(keys: Path) -> None:
    subject = stored(keys)
    vault.erase(subject)
    assert vault.read([subject], ("surname",), by=CLERK, purpose="x") == {}
    assert vault.find("pinfl", [PERSON["pinfl"]]) == {}
    assert count("acts_access") == 1  # that somebody asked stays


def test_a_row_moved_to_another_person_does_not_open(keys: Path) -> None:
    first, second = stored(keys), stored(keys, {"surname": "Boshqa"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, sealed FROM acts_vault WHERE subject = %s", [first])
        key, sealed = cursor.fetchone()
        cursor.execute("DELETE FROM acts_vault WHERE subject = %s", [second])
        cursor.execute(
            "INSERT INTO acts_vault (subject, key, sealed, journal) VALUES (%s, %s, %s, 1)",
            [second, key, sealed],
        )
    with pytest.raises(vault.VaultError, match="does not open"):
        vault.read([second], ("surname",), by=CLERK, purpose="x")


def test_a_missing_or_wrong_key(keys: Path) -> None:
    """Without its key the vault neither reads nor writes; it never makes a new key beside old records."""
    subject = stored(keys)
    path = keys / vaultkeys.KEY_FILE
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    kept = path.read_text()
    path.unlink()
    vaultkeys._held.clear()
    with pytest.raises(vault.VaultError, match="put the key back"):
        vault.prepare([(uuid4(), {"surname": "A"})])
    path.write_text(os.urandom(32).hex())
    with pytest.raises(vault.VaultError, match="does not open"):
        vault.read([subject], ("surname",), by=CLERK, purpose="x")
    path.write_text(kept)
    vaultkeys._held.clear()
    assert vault.read([subject], ("surname",), by=CLERK, purpose="x")


@pytest.fixture(scope="module")
def many(module_db_clone: object, tmp_path_factory: pytest.TempPathFactory) -> object:
    with override_settings(ESAYLOV_DATA=str(tmp_path_factory.mktemp("vault"))):
        yield


@given(
    st.dictionaries(
        TEXT.filter(lambda name: name not in ("salt", "pinfl")),
        st.text(st.characters(exclude_categories=["Cs"])),
    )
)
def test_any_record_comes_back(many: object, record: dict[str, str]) -> None:
    subject = uuid4()
    prepared = vault.prepare([(subject, record)])
    prepared.write(1)
    assert len(prepared.commitments[0]) == 32
    found = vault.read([subject], tuple(record), by=CLERK, purpose="x")
    assert found == {subject: record}
    assert vault.prepare([(subject, record)]).commitments != prepared.commitments
