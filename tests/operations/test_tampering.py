"""A published folder that somebody changed: both verifiers refuse it and name what does not hold."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from esaylov.acts.receipts import receipt_text
from esaylov.exchange.canonical import dumps, loads_strict
from esaylov.exchange.verification import VerificationError, verify
from esaylov.polling.acts import ReportTurnout
from esaylov.tlog.checkpoint import Checkpoint, sign_checkpoint
from esaylov.tlog.notes import Signer
from esaylov.tlog.tiles import build, bundles_for, decode_bundle
from esaylov.tlog.tree import leaf_hash, root_hash
from tests.operations.draft import Draft, at, count_all, country
from tests.operations.site import (
    Site,
    accepted,
    contents,
    key_of,
    ours,
    refused,
    rows_of,
    run_standalone,
    theirs,
)

POSITIONS = 5


@dataclass(frozen=True)
class Honest:
    """A folder as it was published: its key, the log's seed, an older checkpoint, a receipt of p2's protocol."""

    folder: Path
    seed: bytes
    older: Path
    receipt: Path
    draft: Draft

    @property
    def key(self) -> str:
        return key_of(self.folder)

    @property
    def origin(self) -> str:
        return self.key.split("+")[0]


def draft() -> Draft:
    """Enough entries for full and partial tiles on two levels."""
    made = count_all(country())
    for hour in range(8, 20):
        for minute in range(0, 60, 10):
            made.turnout += [
                (f"p{n}", at(f"{hour:02}:{minute:02}"), 6 * hour + minute // 10) for n in range(1, 5)
            ]
    made.decide("annulment", "1", "p5", "list")
    made.decide("certification", "2", contest="d1")
    return made


@pytest.fixture(scope="module")
def honest(
    module_site: Callable[[], AbstractContextManager[Site]], tmp_path_factory: pytest.TempPathFactory
) -> Honest:
    """Published once for the module by the code itself."""
    base = tmp_path_factory.mktemp("honest")
    made = draft()
    with module_site() as site:
        site.load(made.write(base / "package"))
        site.publish(base / "folder")
        older = base / "older"
        shutil.copy(base / "folder" / "log" / "checkpoint", older)
        site.accept(ReportTurnout, "draft", "pec:p6", at("22:00"), precinct="p6", voters=0)
        ((leaf, recorded),) = site.ask(
            "SELECT f.leaf, j.recorded_at FROM results_protocol f JOIN acts_journal j ON j.id = f.journal_id"
            " JOIN registry_precinct p ON p.id = f.precinct_id JOIN elections_contest c ON c.id = f.contest_id"
            " WHERE p.code = 'p2' AND c.code = 'q'"
        )
        (base / "receipt").write_text(receipt_text(bytes(leaf), recorded))
        site.sequence(head_every=0.0)
        site.publish(base / "folder")
        seed = bytes.fromhex((site.data / "keys" / "log.seed").read_text())
    return Honest(base / "folder", seed, older, base / "receipt", made)


@pytest.fixture
def folder(honest: Honest, tmp_path: Path) -> Path:
    """A copy to change."""
    return Path(shutil.copytree(honest.folder, tmp_path / "folder", symlinks=True))


def test_untouched(honest: Honest) -> None:
    _, text = accepted(honest.folder, since=honest.older, receipt=honest.receipt)
    assert "SIMULATED" in text
    assert "ORIGIN NOT PROVEN" not in text
    names = contents(honest.folder)
    assert {"log/tile/0/000", "log/tile/1/000.p/1", "log/tile/entries/000"} <= names.keys()
    assert any(".parquet" in name for name in names)


def flips() -> Iterator[tuple[int, int]]:
    """Sampled places: (thousandths of the file, bit)."""
    generator = random.Random(7)
    yield 0, 0
    yield 1000, 7
    for _ in range(POSITIONS - 2):
        yield generator.randrange(1001), generator.randrange(8)


@pytest.mark.parametrize(("thousandth", "bit"), list(flips()))
def test_one_flipped_bit(honest: Honest, folder: Path, thousandth: int, bit: int) -> None:
    """In every file of the folder, at one place each time."""
    for name, data in contents(honest.folder).items():
        changed = bytearray(data)
        changed[(len(data) - 1) * thousandth // 1000] ^= 1 << bit
        (folder / name).write_bytes(changed)
        said = refused(folder, key=honest.key)
        assert all(said), name
        if not name.startswith("log/") and name != "manifest.json":
            assert name in said[0], (name, said)
            assert "data" in said[1] or "verify.py" in said[1], (name, said)
        (folder / name).write_bytes(data)
    accepted(folder)


@pytest.mark.slow
def test_flipped_bits_everywhere(honest: Honest, folder: Path) -> None:
    generator = random.Random(11)
    for name, data in contents(honest.folder).items():
        for _ in range(60):
            changed = bytearray(data)
            changed[generator.randrange(len(data))] ^= 1 << generator.randrange(8)
            (folder / name).write_bytes(changed)
            refused(folder, key=honest.key)
        (folder / name).write_bytes(data)


def test_a_file_cut_short_or_longer(honest: Honest, folder: Path) -> None:
    for name, data in contents(honest.folder).items():
        for changed in (data[:-1], data + b"\n", b""):
            (folder / name).write_bytes(changed)
            refused(folder, key=honest.key)
        (folder / name).write_bytes(data)


def test_a_missing_file(honest: Honest, folder: Path) -> None:
    for name, data in contents(honest.folder).items():
        (folder / name).unlink()
        said = refused(folder, key=honest.key)
        assert name in said[0], (name, said)
        assert name in said[1], (name, said)
        (folder / name).write_bytes(data)


@pytest.mark.parametrize(
    "name",
    [
        "readme.txt", "data/note.csv", "data/draft/note.csv", "data/draft/nist-cdf/n.json.bak", ".hidden",
        "log/tile/0/001", "log/tile/0/000.p/7", "log/checkpoint.old", "log/tile/entries/000.p/3", "data/other/a.csv",
        "data/draft/.note",
    ],
)  # fmt: skip
def test_an_extra_file(honest: Honest, folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(b"x")
    said = refused(folder, key=honest.key)
    assert name in said[0], said
    assert name in said[1], said


def test_an_extra_link(honest: Honest, folder: Path, tmp_path: Path) -> None:
    for target in (folder / "manifest.json", folder / "data", tmp_path / "nowhere"):
        link = folder / "data" / "draft" / "link"
        link.symlink_to(target)
        said = refused(folder, key=honest.key)
        assert "link" in said[0]
        assert "link" in said[1]
        link.unlink()


def test_a_file_that_became_a_link(honest: Honest, folder: Path, tmp_path: Path) -> None:
    """Its content may change after it was verified: both say the same about it."""
    path = folder / "data" / "draft" / "totals.csv"
    elsewhere = tmp_path / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    status, _ = run_standalone(folder, key=honest.key)
    try:
        verify(str(folder), lambda _: None, key=honest.key)
        accepted_here = True
    except VerificationError:
        accepted_here = False
    assert accepted_here == (status == 0)


def test_a_folder_in_the_place_of_a_file(honest: Honest, folder: Path) -> None:
    path = folder / "data" / "draft" / "totals.csv"
    path.unlink()
    path.mkdir()
    refused(folder, key=honest.key)


# --- somebody who can sign ---


def entries_of(folder: Path) -> list[bytes]:
    size = int((folder / "log" / "checkpoint").read_text().splitlines()[1])
    return [
        entry
        for bundle in bundles_for(size)
        for entry in decode_bundle(bundle, (folder / "log" / bundle.path).read_bytes())
    ]


def write_log(folder: Path, entries: list[bytes], signer: Signer) -> None:
    """A log of these entries in the place of the one that is there."""
    shutil.rmtree(folder / "log")
    for tile, data in build(entries).items():
        path = folder / "log" / tile.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    head = Checkpoint(signer.name, len(entries), root_hash([leaf_hash(entry) for entry in entries]))
    (folder / "log" / "checkpoint").write_bytes(sign_checkpoint(head, signer))
    (folder / "log" / "key").write_text(signer.vkey + "\n")


def forge(honest: Honest, folder: Path, drop: Callable[[dict[str, Any]], bool]) -> None:
    """Leave entries out, name the data that lie there in a new manifest, and sign all of it with the log's key."""
    kept = []
    for entry in entries_of(folder):
        record = loads_strict(entry)
        if not drop(record) and record["act"] not in ("publication.publish", "log.journal_head"):
            kept.append(entry)
    manifest = loads_strict((folder / "manifest.json").read_bytes())
    manifest["size"] = len(kept)
    for name, facts in manifest["files"].items():
        data = (folder / name).read_bytes()
        facts.update(bytes=len(data), sha256=sha256(data).hexdigest())
    data = dumps(manifest)
    (folder / "manifest.json").write_bytes(data)
    publication = {
        "v": 1, "act": "publication.publish", "at": "2026-10-26T12:00:00+00:00", "body": "system", "simulated": True,
        "manifest": sha256(data).hexdigest(), "size": len(kept),
    }  # fmt: skip
    write_log(folder, [*kept, dumps(publication)], Signer(honest.origin, honest.seed))


def test_forging_without_a_change_is_accepted(honest: Honest, folder: Path) -> None:
    """The tools of the next tests do nothing but what they say. (Leaves by index move when heads go.)"""
    forge(honest, folder, lambda _: False)
    accepted(folder)


def of_place(precinct: str, contest: str) -> Callable[[dict[str, Any]], bool]:
    return lambda record: (record.get("precinct"), record.get("contest")) == (precinct, contest)


def test_a_leaf_left_out(honest: Honest, folder: Path) -> None:
    """The figures name it: they no longer follow from the log."""
    forge(honest, folder, of_place("p2", "q"))
    said = refused(folder, key=honest.key)
    assert all("protocols" in text for text in said), said


def test_a_leaf_left_out_that_figures_were_certified_with(honest: Honest, folder: Path) -> None:
    forge(honest, folder, of_place("p2", "d1"))
    refused(folder, key=honest.key)


def test_an_old_promise_against_a_log_without_the_leaf(honest: Honest, folder: Path) -> None:
    forge(honest, folder, of_place("p2", "q"))
    said = refused(folder, key=honest.key, since=honest.older)
    assert all(said)


def test_an_annulment_left_out(honest: Honest, folder: Path) -> None:
    forge(honest, folder, lambda record: record["act"] == "results.annul_precinct")
    refused(folder, key=honest.key)


def test_a_whole_election_without_the_protocol(
    honest: Honest, another: Callable[[], AbstractContextManager[Site]], tmp_path: Path
) -> None:
    """Whoever holds the key publishes all of it anew without one protocol: its place is named as missing, its receipt
    and the older checkpoint do not hold.
    """
    made = draft()
    place = ("p2", "q")
    made.protocols = [row for row in made.protocols if (row[0], row[1]) != place]
    made.votes = [row for row in made.votes if (row[0], row[1]) != place]
    with another() as site:
        (site.data / "keys").mkdir()
        (site.data / "keys" / "log.seed").write_text(honest.seed.hex())
        site.load(made.write(tmp_path / "package"))
        site.publish(tmp_path / "forged")
    forged = tmp_path / "forged"
    found, text = accepted(forged, key=honest.key)
    assert found.elections[0].missing == (("q", "p2"),)
    assert "p2 (q)" in text
    said = refused(forged, key=honest.key, receipt=honest.receipt)
    assert all("receipt" in one for one in said), said
    said = refused(forged, key=honest.key, since=honest.older)
    assert all("since" in one or "older" in one or "begin" in one for one in said), said
    accepted(forged, key=honest.key)


def test_a_place_left_off_the_roster(honest: Honest, folder: Path) -> None:
    """The roster is pinned, and it follows from precincts and contests: pinning another one does not help."""
    path = folder / "data" / "draft" / "roster.csv"
    path.write_bytes(path.read_bytes().replace(b"p2,q\n", b""))
    forge(honest, folder, of_place("p2", "q"))
    assert all("roster" in text for text in refused(folder, key=honest.key))
    pinned = sha256(path.read_bytes()).hexdigest()
    kept = []
    for entry in entries_of(folder):
        record = loads_strict(entry)
        if record["act"] == "results.publish_roster":
            record |= {"sha256": pinned, "rows": len(rows_of(path))}
        kept.append(dumps(record))
    write_log(folder, kept, Signer(honest.origin, honest.seed))
    assert all("roster" in text for text in refused(folder, key=honest.key))


def test_signed_again_with_another_key(honest: Honest, folder: Path) -> None:
    other = Signer(honest.origin, bytes(range(32)))
    write_log(folder, entries_of(folder), other)
    said = refused(folder, key=honest.key)
    assert all("key" in text for text in said), said
    lines: list[str] = []
    verify(str(folder), lines.append)
    status, output = run_standalone(folder)
    assert status == 0
    assert any("ORIGIN NOT PROVEN" in line for line in lines)
    assert "ORIGIN NOT PROVEN" in output


def test_the_right_key_with_another_signature(honest: Honest, folder: Path) -> None:
    write_log(folder, entries_of(folder), Signer(honest.origin, bytes(range(32))))
    (folder / "log" / "key").write_text(honest.key + "\n")
    refused(folder, key=honest.key)


def test_another_log_of_the_same_key(honest: Honest, folder: Path) -> None:
    """A log of the same length whose last act differs: the older checkpoint is not its beginning."""
    later = honest.folder / "log" / "checkpoint"
    entries = entries_of(folder)
    record = loads_strict(entries[5])
    forked = [*entries[:5], dumps(record | {"voters": record["voters"] + 1}), *entries[6:]]
    write_log(folder, forked, Signer(honest.origin, honest.seed))
    for since in (honest.older, later):
        said = (ours(folder, key=honest.key, since=since), theirs(folder, key=honest.key, since=since))
        assert all(said)
    accepted(honest.folder, since=honest.older)


def test_an_older_checkpoint_that_is_younger(honest: Honest, folder: Path, tmp_path: Path) -> None:
    """Going back: a folder of an earlier time shown to somebody who saw more."""
    shutil.copy(folder / "log" / "checkpoint", tmp_path / "seen")
    entries = entries_of(folder)
    write_log(folder, entries[:-1], Signer(honest.origin, honest.seed))
    refused(folder, key=honest.key, since=tmp_path / "seen")


def test_a_receipt_of_another_log(honest: Honest, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "receipt"
    other.write_text(honest.receipt.read_text().replace("included within 60", "included within 61"))
    assert all("receipt" in text for text in refused(folder, key=honest.key, receipt=other))
    assert all(refused(folder, key=honest.key, receipt=tmp_path / "none"))


def test_a_figure_changed_and_signed(honest: Honest, folder: Path) -> None:
    """Totals that do not follow from the protocols, with everything around them made to fit."""
    path = folder / "data" / "draft" / "totals_votes.csv"
    lines = path.read_text().splitlines(keepends=True)
    name, votes = lines[1].rsplit(",", 1)
    lines[1] = f"{name},{int(votes) + 1}\n"
    path.write_text("".join(lines))
    forge(honest, folder, lambda _: False)
    assert all("totals_votes" in text for text in refused(folder, key=honest.key))


def test_a_winner_changed_and_signed(honest: Honest, folder: Path) -> None:
    path = folder / "data" / "draft" / "determinations.json"
    path.write_bytes(path.read_bytes().replace(b'"elected":["bob"]', b'"elected":["ada"]', 1))
    assert path.read_bytes() != (honest.folder / "data" / "draft" / "determinations.json").read_bytes()
    forge(honest, folder, lambda _: False)
    assert all("determinations" in text for text in refused(folder, key=honest.key))
