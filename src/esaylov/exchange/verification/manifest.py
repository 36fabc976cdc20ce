"""manifest.json and the files that it names."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from esaylov.exchange.canonical import CanonicalError, loads_strict
from esaylov.exchange.verification.log import Progress
from esaylov.exchange.verification.store import MAX_FILE, Store, VerificationError

PATH = "manifest.json"
FORMAT = "esaylov publication 1"
VERIFIER = "verify.py"
_MEMBERS = {"elections", "files", "format", "origin", "size"}
_HEX = re.compile("[0-9a-f]{64}")
_PART = re.compile(r"[^/?#%\s\x00-\x1f\x7f\\]+")
_LIMIT = 256 << 20
COPIES = ("protocols", "votes", "totals", "totals_votes")
NAMES = frozenset(
    (
        *("datapackage.json", "edition.toml", "determinations.json", "protocols.csv.gz", "votes.csv.gz"),
        *(f"{name}.csv" for name in ("territories", "contests", "options", "precincts", "roster")),
        *(f"{name}.csv" for name in ("precinct_territories", "turnout", "decisions")),
        *(f"{name}.csv" for name in ("totals", "totals_votes", "commissions", "entered", "frozen")),
        *(f"{name}.parquet" for name in COPIES),
        "sittings.json",
        "rules.csv",
        "mahallas.csv",
    )
)
"""The files of an election that docs/formats.md, section 6, knows; beside them those of `nist-cdf/`."""
_NIST = re.compile("nist-cdf/[^/]+[.]json")
RULES = re.compile("rules/(0|[1-9][0-9]{0,14})[.]csv")
"""The table of an act that set rules of precincts, by its entry."""


@dataclass(frozen=True)
class Manifest:
    """manifest.json: its own hash (hex), elections, files (path -> bytes, SHA-256 hex), origin and size."""

    digest: str
    elections: tuple[str, ...]
    files: Mapping[str, tuple[int, str]]
    origin: str
    size: int


def read_manifest(store: Store) -> Manifest:
    """Read manifest.json strictly (docs/formats.md, section 6). Raises VerificationError."""
    data = store.read(PATH, _LIMIT)
    try:
        decoded = loads_strict(data)
    except CanonicalError as error:
        raise VerificationError(f"{PATH}: {error}") from error
    if not isinstance(decoded, dict) or decoded.keys() != _MEMBERS or decoded["format"] != FORMAT:
        raise VerificationError(f"{PATH}: not a manifest of the form {FORMAT!r}")
    elections, size, origin = decoded["elections"], decoded["size"], decoded["origin"]
    if type(size) is not int or size < 0 or not isinstance(origin, str):
        raise VerificationError(f"{PATH}: origin or size is malformed")
    if not _is_sorted_names(elections):
        raise VerificationError(f"{PATH}: elections are not a sorted array of ids")
    files = _files(decoded["files"], set(elections))
    if VERIFIER not in files:
        raise VerificationError(f"{PATH}: it does not name {VERIFIER}")
    return Manifest(sha256(data).hexdigest(), tuple(elections), files, origin, size)


def _is_sorted_names(names: object) -> bool:
    if not isinstance(names, list) or not all(
        isinstance(name, str) and _PART.fullmatch(name) for name in names
    ):
        return False
    return names == sorted(set(names)) and not {".", ".."} & set(names)


def _files(files: object, elections: set[str]) -> dict[str, tuple[int, str]]:
    if not isinstance(files, dict):
        raise VerificationError(f"{PATH}: files is not an object")
    found: dict[str, tuple[int, str]] = {}
    for path, facts in files.items():
        if not _is_place(path, elections):
            raise VerificationError(f"{PATH}: {path!r} is not a place for a file")
        found[path] = _facts(path, facts)
    return found


def _is_place(path: str, elections: set[str]) -> bool:
    parts = path.split("/")
    if any(not _PART.fullmatch(part) or part in (".", "..") for part in parts):
        return False
    if path == VERIFIER or len(parts) < 3 or parts[0] != "data" or parts[1] not in elections:
        return path == VERIFIER
    name = "/".join(parts[2:])
    return name in NAMES or bool(_NIST.fullmatch(name) or RULES.fullmatch(name))


def _facts(path: str, facts: Any) -> tuple[int, str]:
    if not isinstance(facts, dict) or facts.keys() != {"bytes", "sha256"}:
        raise VerificationError(f"{PATH}: what it says of {path} is malformed")
    size, digest = facts["bytes"], facts["sha256"]
    if type(size) is not int or size < 0 or not isinstance(digest, str) or not _HEX.fullmatch(digest):
        raise VerificationError(f"{PATH}: what it says of {path} is malformed")
    if size > MAX_FILE:
        raise VerificationError(f"{PATH}: it gives {path} {size} bytes, more than the {MAX_FILE} allowed")
    return size, digest


def read_files(
    store: Store, manifest: Manifest, keep: Collection[str], progress: Progress
) -> dict[str, bytes]:
    """Compare every named file with the manifest; the bytes of those whose name (without folders) is in
    `keep`.

    Raises VerificationError naming the first file that is missing or differs.
    """
    kept: dict[str, bytes] = {}
    for done, (path, (size, digest)) in enumerate(manifest.files.items()):
        progress("files", done, len(manifest.files))
        data = store.read(path, size)
        if len(data) != size or sha256(data).hexdigest() != digest:
            raise VerificationError(f"{path}: differs from what the manifest says")
        if path.count("/") == 2 and path.rpartition("/")[2] in keep:
            kept[path] = data
    return kept
