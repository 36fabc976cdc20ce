"""Writes the open data of an election: data/<election>/ of the published folder (docs/formats.md, section
6).
"""

from __future__ import annotations

import glob
import shutil
import tempfile
from collections.abc import Iterable
from hashlib import file_digest
from pathlib import Path

from esaylov.exchange.canonical import dumps
from esaylov.exchange.datapackage import describe, file_name
from esaylov.exchange.nist import write_nist
from esaylov.exchange.parquet import write_parquet
from esaylov.exchange.published import PrecinctRules, PublishedElection
from esaylov.exchange.tables import Between, nothing, sheets_of

FORMAT = "esaylov publication 1"
MANIFEST = "manifest.json"
NIST_FOLDER = "nist-cdf"
RULES_FOLDER = "rules"


def write_election(folder: Path, election: PublishedElection, between: Between = nothing) -> None:
    """Write the open data of one election as `folder` (its name is the election's id), whole or not at all.
    `between` is called again and again: what it raises ends the writing.

    A folder that stands there already is replaced in the end: whoever reads meanwhile sees the old files
    or, for the moment between two renamings, none. The same election gives the same bytes. Raises KeyError
    or ValueError when the records do not fit together, and what `between` raises, and then leaves everything
    as it was.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    for left in folder.parent.glob(f".{glob.escape(folder.name)}.*"):
        shutil.rmtree(left, ignore_errors=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        fresh.chmod(0o755)
        _fill(fresh, election, between)
        between()
        replace_folder(folder, fresh)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _fill(folder: Path, election: PublishedElection, between: Between) -> None:
    sheets = sheets_of(election)
    for sheet in sheets.values():
        sheet.write(folder / file_name(sheet.name), between)
    (folder / "edition.toml").write_bytes(election.edition_text)
    (folder / "determinations.json").write_bytes(dumps(list(election.determinations)))
    if election.sittings:
        (folder / "sittings.json").write_bytes(dumps(list(election.sittings)))
    if election.rules is not None:
        _write_rules(folder, election.rules)
    (folder / "datapackage.json").write_bytes(describe(election, sheets))
    write_parquet(folder, sheets, election.edition.lines, between)
    nist = folder / NIST_FOLDER
    nist.mkdir()
    write_nist(nist, election, between)


def _write_rules(folder: Path, rules: PrecinctRules) -> None:
    (folder / "rules.csv").write_bytes(rules.in_force)
    (folder / "mahallas.csv").write_bytes(rules.mahallas)
    own = folder / RULES_FOLDER
    own.mkdir()
    for entry, table in rules.acts.items():
        (own / f"{entry}.csv").write_bytes(table)


def replace_folder(folder: Path, fresh: Path) -> None:
    """Put a whole new folder in the place of an old one, which is removed."""
    if not folder.exists():
        fresh.rename(folder)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        folder.rename(old / "old")
        fresh.rename(folder)
    finally:
        shutil.rmtree(old, ignore_errors=True)


def manifest(folder: Path, elections: Iterable[str], origin: str, size: int) -> bytes:
    """manifest.json of a published folder: SHA-256 and bytes of every file but itself and those under log/.

    elections: ids of the elections in it; origin: that of the log; size: the size for which the figures
    hold. Files whose path has a part that begins with a dot are passed by: they are being written.
    """
    files = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        hidden = any(part.startswith(".") for part in name.split("/"))
        if path.is_file() and name != MANIFEST and not name.startswith("log/") and not hidden:
            with path.open("rb") as file:
                digest = file_digest(file, "sha256").hexdigest()
            files[name] = {"bytes": path.stat().st_size, "sha256": digest}
    return dumps(
        {"elections": sorted(elections), "files": files, "format": FORMAT, "origin": origin, "size": size}
    )
