"""Duplicates of a tiny invented country: found, explained, and nothing of anybody on a disk."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from esaylov.exchange.residents.normal import fold_name
from esaylov.voters.linkage import comparisons, people
from esaylov.voters.linkage.blocking import EXACT, LARGEST, PROBABLE, Rule, pairs
from esaylov.voters.linkage.chances import measure
from esaylov.voters.linkage.engine import engine
from esaylov.voters.linkage.found import COMPARED, Found, LinkageError
from esaylov.voters.linkage.model import find_duplicates, silent
from tests.voters.linkage.country import Country, country

KNOWN = "Zzyzxovbekov"


@pytest.fixture(scope="module")
def land() -> Country:
    return country(8_000, 240)


@pytest.fixture(scope="module")
def found(land: Country) -> Found:
    return find_duplicates([land.table[:3_000], land.table[3_000:]], memory_gib=1.0)


def test_candidates_hold_every_second_entry(land: Country) -> None:
    with engine(1.0) as connection:
        people.create(connection)
        people.add(connection, land.table)
        counted = pairs(connection, EXACT + PROBABLE, silent)
        met = connection.sql("SELECT join_key_l, join_key_r FROM candidates").fetchall()
    assert land.same <= set(met)
    assert len(met) == len(set(met)) == sum(counted.values()) - counted["left out"]
    assert all(left < right for left, right in met)


def test_found_and_explained(land: Country, found: Found) -> None:
    weighed = {(pair.first, pair.second): pair for pair in found.pairs()}
    hits = land.same & set(weighed)
    # (Fifteen given names and seventeen stems: namesakes abound here. How good it is stands in the bench.)
    assert len(hits) / len(land.same) >= 0.8
    assert found.entries == len(land.records)
    for number in hits:
        pair = weighed[number]
        assert [one.field for one in pair.verdicts] == list(COMPARED)
        assert 0 <= pair.probability <= 1
        prior = comparisons.trained().prior(found.entries)
        summed = sum(one.bits for one in pair.verdicts)
        assert pair.weight == pytest.approx(summed + math.log2(prior / (1 - prior)), abs=0.01)


def test_same_number_is_shown_whatever_it_weighs() -> None:
    rows = country(60, 0).records
    rows[1]["pinfl"] = rows[0]["pinfl"]
    rows[3]["document"] = rows[2]["document"]
    shown = {(pair.first, pair.second): pair.exact for pair in find_duplicates([pl.DataFrame(rows)]).pairs()}
    assert shown[1, 2] == "pinfl"
    assert shown[3, 4] == "document"


def test_scripts_and_spellings_are_one(found: Found) -> None:
    rows = country(400, 0).records
    one = dict(rows[0]) | {"surname": "Shoʻxratov", "given_name": "Gʻayrat", "patronymic": "Jo'ra o'g'li"}
    other = one | {"surname": "Шўхратов", "given_name": "Ғайрат", "patronymic": "Жўраевич", "id": 401}
    other |= {"pinfl": "", "document": "", "house": "77"}
    rows[0] = one
    best = next(find_duplicates([pl.DataFrame([*rows, other])]).pairs())
    levels = {verdict.field: verdict.level for verdict in best.verdicts}
    assert (best.first, best.second) == (1, 401)
    assert levels["surname"] == levels["given_name"] == "same"
    assert levels["pinfl"] == levels["document"] == "missing"


def test_twins_are_two() -> None:
    rows = country(2_000, 0).records
    one = dict(rows[0]) | {"given_name": "Hasan", "patronymic": "Karim oʻgʻli", "surname": "Toʻrayev"}
    two = one | {"given_name": "Zuhriddin", "id": 2_001, "pinfl": "", "document": ""}
    rows[0] = one
    heavy = {(pair.first, pair.second) for pair in find_duplicates([pl.DataFrame([*rows, two])]).pairs()}
    assert (1, 2_001) not in heavy


def test_key_of_too_many_is_left_out_and_counted() -> None:
    rows = [dict(country(1, 0).records[0]) | {"id": number} for number in range(LARGEST + 2)]
    with engine(1.0) as connection:
        people.create(connection)
        people.add(connection, pl.DataFrame(rows))
        counted = pairs(connection, (Rule("all", "hash(birth_date)"),), silent)
    assert counted == {"left out": LARGEST + 2, "all": 0}


def test_empty_and_odd_values_hurt_nobody() -> None:
    rows = country(50, 0).records
    for number, name in enumerate(
        ("pinfl", "document", "surname", "given_name", "patronymic", "birth_date", "street", "house")
    ):
        rows[number][name] = ""
    rows[9]["pinfl"] = "not a number"
    rows[10]["birth_date"] = "1980-02-31"
    assert find_duplicates([pl.DataFrame(rows)]).entries == len(rows)
    assert find_duplicates([]).table.height == 0


def test_chances_are_counted(land: Country) -> None:
    with engine(1.0) as connection:
        people.create(connection)
        people.add(connection, land.table)
        chances = measure(connection)
    assert 0 < chances.house < chances.mahalla < 1
    assert all(0 < factor <= 1 for factor in chances.family().values())
    assert chances.family()["twins"] < chances.family()["siblings"] < chances.family()["relatives"]


def test_model_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="fields and levels"):
        comparisons.parameters({"share": 0.005, "fields": {"surname": {"same": {"m": 1, "u": 1}}}})


def test_too_little_memory_is_said_and_nothing_is_written(
    land: Country, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(LinkageError, match="too little") as refused:
        find_duplicates([land.table] * 40, memory_gib=0.012)
    assert not list(tmp_path.iterdir())
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


def test_duckdb_reads_and_writes_no_file(tmp_path: Path) -> None:
    for statement in (
        f"COPY (SELECT 1) TO '{tmp_path}/out.csv'",
        "SELECT * FROM read_csv('/etc/passwd')",
        f"ATTACH '{tmp_path}/x.db'",
        f"SET temp_directory='{tmp_path}'",
        "INSTALL httpfs",
    ):
        with pytest.raises(LinkageError), engine(0.5) as connection:
            connection.execute(statement)
    assert not list(tmp_path.iterdir())


def test_messages_quote_nobody() -> None:
    with pytest.raises(LinkageError) as refused, engine(0.5) as connection:
        connection.execute(f"SELECT '{KNOWN}'::INTEGER")
    assert KNOWN not in str(refused.value)


def test_no_name_is_in_any_file_meanwhile(
    land: Country, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it runs: all files that the process holds open, deleted ones too, and all below the working and temporary folders."""
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    rows = [{**record, "surname": KNOWN} for record in land.records]
    seen, stop = set[str](), threading.Event()
    watcher = threading.Thread(target=watch, args=(tmp_path, seen, stop))
    watcher.start()
    steps: list[str] = []

    def progress(step: str, _done: int, _total: int) -> None:
        steps.append(step)
        look(tmp_path, seen)

    find_duplicates([pl.DataFrame(rows)], memory_gib=1.0, progress=progress)
    stop.set()
    watcher.join()
    assert {"entries", "weighing"} <= set(steps)
    assert not seen
    # The watcher finds what is there to be found.
    (tmp_path / "leak").write_text(fold_name(KNOWN))
    look(tmp_path, seen)
    assert seen == {str(tmp_path / "leak")}


def watch(folder: Path, seen: set[str], stop: threading.Event) -> None:
    while not stop.wait(0.02):
        look(folder, seen)


def look(folder: Path, seen: set[str]) -> None:
    for path in candidates(folder):
        try:
            if not path.is_file():
                continue
            content = path.read_bytes()
        except OSError:
            continue
        if KNOWN.encode() in content or fold_name(KNOWN).encode() in content:
            seen.add(str(path))


def candidates(folder: Path) -> Iterator[Path]:
    yield from (path for path in folder.rglob("*"))
    for held in Path("/proc/self/fd").iterdir():
        try:
            target = os.readlink(held)
        except OSError:
            continue
        if target.startswith("/") and not target.startswith(("/dev/", "/proc/")):
            yield held


def test_hasan_and_husan_are_two() -> None:
    rows = country(2_000, 0).records
    one = dict(rows[0]) | {"given_name": "Hasanboy", "patronymic": "Karim oʻgʻli", "surname": "Toʻrayev"}
    two = one | {"given_name": "Ҳусанбой", "id": 2_001, "pinfl": "", "document": ""}
    rows[0] = one
    pairs_found = find_duplicates([pl.DataFrame([*rows, two])], threshold=-60.0).pairs()
    pair = next(pair for pair in pairs_found if (pair.first, pair.second) == (1, 2_001))
    assert {verdict.field: verdict.level for verdict in pair.verdicts}["given_name"] == "different"
