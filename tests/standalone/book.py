"""A second builder of published folders, written for the tests of the one-file verifier from docs/formats.md alone.

It shares nothing with the platform and nothing with the other builder of the tests (tests/exchange). The caller
writes the log entry by entry and says which protocol stands where; tables, tiles, manifest and signature follow.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Iterable, Sequence
from gzip import GzipFile
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Entry = dict[str, Any]
Rows = Sequence[Sequence[object]]
COUNTS = ["expected", "received", "counted", "inconsistent", "returned", "annulled", "voters_annulled"]


def hexhash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def in_order(value: Any) -> Any:
    """Members by UTF-16 code units (RFC 8785)."""
    if isinstance(value, dict):
        return {
            name: in_order(value[name]) for name in sorted(value, key=lambda name: name.encode("utf-16-be"))
        }
    return [in_order(item) for item in value] if isinstance(value, list) else value


def canonical(value: Any) -> bytes:
    return json.dumps(in_order(value), ensure_ascii=False, separators=(",", ":")).encode()


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\0" + entry).digest()


def root_hash(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, word for word."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + root_hash(leaves[:k]) + root_hash(leaves[k:])).digest()


def tile_name(number: int) -> str:
    text = f"{number:03}"
    text = text.zfill(-(-len(text) // 3) * 3)
    groups = [text[i : i + 3] for i in range(0, len(text), 3)]
    return "/".join([*("x" + group for group in groups[:-1]), groups[-1]])


def log_files(entries: Sequence[bytes]) -> dict[str, bytes]:
    """Tiles and bundles of C2SP tlog-tiles, straight from its definition."""
    leaves, files = [leaf_hash(entry) for entry in entries], {}
    bundled = [len(entry).to_bytes(2, "big") + entry for entry in entries]
    rows: list[tuple[str, Sequence[bytes]]] = [("entries", bundled)]
    for level in range(8):
        span = 256**level
        full = len(leaves) // span
        rows.append((str(level), [root_hash(leaves[i * span : (i + 1) * span]) for i in range(full)]))
    for kind, items in rows:
        for first in range(0, len(items), 256):
            part = items[first : first + 256]
            tail = "" if len(part) == 256 else f".p/{len(part)}"
            files[f"log/tile/{kind}/{tile_name(first // 256)}{tail}"] = b"".join(part)
    return files


class Signer:
    def __init__(self, name: str, seed: bytes) -> None:
        self.name, self.secret = name, Ed25519PrivateKey.from_private_bytes(seed)
        material = b"\1" + self.secret.public_key().public_bytes_raw()
        self.id = hashlib.sha256(name.encode() + b"\n" + material).digest()[:4]
        self.vkey = f"{name}+{self.id.hex()}+{base64.b64encode(material).decode()}"

    def note(self, text: str) -> bytes:
        signature = base64.b64encode(self.id + self.secret.sign(text.encode())).decode()
        return f"{text}\n— {self.name} {signature}\n".encode()

    def checkpoint(self, entries: Sequence[bytes]) -> bytes:
        root = base64.b64encode(root_hash([leaf_hash(entry) for entry in entries])).decode()
        return self.note(f"{self.name}\n{len(entries)}\n{root}\n")

    def receipt(self, entry: bytes) -> bytes:
        when = "2030-05-05T18:00:00Z"
        return self.note(
            f"esaylov receipt v1\n{self.name}\n{leaf_hash(entry).hex()}\n{when}\nincluded within 60 seconds\n"
        )


def csv_text(rows: Iterable[Sequence[object]]) -> bytes:
    def cell(value: object) -> str:
        text = "" if value is None else str(value)
        return '"' + text.replace('"', '""') + '"' if set(text) & set(',"\n\r') else text

    return "".join(",".join(map(cell, row)) + "\n" for row in rows).encode()


def pack(data: bytes) -> bytes:
    target = io.BytesIO()
    with GzipFile(fileobj=target, mode="wb", mtime=0, filename="") as file:
        file.write(data)
    return target.getvalue()


class Book:
    """A log in the making, of one election."""

    def __init__(
        self, election: str, edition: str, tables: dict[str, Rows], toml: bytes, **flags: bool
    ) -> None:
        self.election, self.edition, self.flags, self.toml = election, edition, flags, toml
        self.tables = tables
        self.entries: list[bytes] = []
        self.at = "2030-05-05T21:00:00+05:00"
        self.standing: dict[tuple[str, str], tuple[int, Entry, str]] = {}
        self.annulled: set[tuple[str, str]] = set()
        self.turnout: list[Sequence[object]] = []
        self.decisions: list[Sequence[object]] = []
        self.options = {
            row[0]: [o[0] for o in tables["options"][1:] if o[1] == row[0]] for row in tables["contests"][1:]
        }
        parents = {row[0]: row[1] for row in tables["territories"][1:]}
        self.areas: dict[str, set[str]] = {}
        for row in tables["precincts"][1:]:
            named = dict(zip(tables["precincts"][0], row, strict=True))
            area, pending = set(), [named["territory"], named.get("constituency")]
            pending += [r[1] for r in tables.get("precinct_territories", ()) if r[0] == row[0]]
            while pending:
                if territory := pending.pop():
                    area.add(territory)
                    pending.append(parents[territory])
            self.areas[str(row[0])] = area
        contests = tables["contests"][1:]
        self.roster = [(p, c[0]) for p in self.areas for c in contests if c[2] in self.areas[p]]

    def leaf(self, index: int) -> str:
        return leaf_hash(self.entries[index]).hex()

    def add(self, act: str, **members: Any) -> int:
        common = {"v": 1, "act": act, "at": self.at, "body": "system", **self.flags}
        if act not in ("log.journal_head", "publication.publish"):
            common |= {"election": self.election, "edition": self.edition}
        else:
            common["at"] = "2030-05-05T16:00:00+00:00"
        entry = {name: value for name, value in {**common, **members}.items() if value is not ...}
        self.entries.append(canonical(entry))
        return len(self.entries) - 1

    def open_election(self, **members: Any) -> None:
        files = {name: csv_text(rows) for name, rows in self.tables.items()}
        pins: dict[str, Any] = {
            name: {"rows": len(self.tables[name]) - 1, "sha256": hexhash(d)} for name, d in files.items()
        }
        pins["edition"] = {"sha256": hexhash(self.toml)}
        day = {"date": "2030-05-05", "timezone": "Asia/Tashkent", "clock": "real", "release": None}
        self.add("elections.call_election", **{**day, **members}, tables=pins)
        roster = csv_text([("precinct", "contest"), *self.roster])
        self.add("results.publish_roster", rows=len(self.roster), sha256=hexhash(roster))

    def protocol(self, place: tuple[str, str], lines: list[int], votes: list[int], state: str = "received",
                 findings: Sequence[str] = (), **more: Any) -> int:  # fmt: skip
        act = "results.correct_protocol" if "replaces" in more else "results.submit_protocol"
        figures = {"lines": lines, "votes": votes, "findings": list(findings), "state": state}
        figures |= {"precinct": place[0], "contest": place[1], "version": 1, **more}
        index = self.add(act, **figures)
        if state != "conflicting":
            self.standing[place] = index, {"at": self.at, **figures}, state
        return index

    def files(self, simulated: bool, determinations: list[Entry]) -> dict[str, bytes]:
        """The tables that follow, by brute force."""
        lines = next(line for line in self.toml.decode().splitlines() if line.startswith("lines"))
        names = json.loads(lines.partition("=")[2])
        extra = ["simulated"] if simulated else []
        protocols: list[Sequence[object]] = [
            ("precinct", "contest", *names, "submitted_at", "state", "version", "leaf", *extra)
        ]
        votes: list[Sequence[object]] = [("precinct", "contest", "option", "votes")]
        for place in self.roster:
            if place in self.standing:
                index, entry, state = self.standing[place]
                state = "annulled" if place in self.annulled else state
                row = (*place, *entry["lines"], entry["at"], state, entry["version"], index)
                protocols.append((*row, *(["true"] if simulated else [])))
                options = self.options[place[1]]
                votes += [
                    (*place, option, number) for option, number in zip(options, entry["votes"], strict=True)
                ]
        totals, totals_votes = self.totals(names)
        result = {f"{name}.csv": csv_text(rows) for name, rows in self.tables.items()}
        result |= {
            "edition.toml": self.toml,
            "roster.csv": csv_text([("precinct", "contest"), *self.roster]),
            "protocols.csv.gz": pack(csv_text(protocols)),
            "votes.csv.gz": pack(csv_text(votes)),
            "totals.csv": csv_text([("contest", "territory", *COUNTS, *names), *totals]),
            "totals_votes.csv": csv_text([("contest", "territory", "option", "votes"), *totals_votes]),
            "determinations.json": canonical(determinations),
        }
        if self.turnout:
            result["turnout.csv"] = csv_text([("precinct", "at", "voters"), *self.turnout])
        if self.decisions:
            head = ("kind", "number", "at", "precinct", "contest", "outcome")
            result["decisions.csv"] = csv_text([head, *self.decisions])
        return result

    def totals(self, names: Sequence[str]) -> tuple[list[Sequence[object]], list[Sequence[object]]]:
        totals: list[Sequence[object]] = []
        votes: list[Sequence[object]] = []
        for contest, options in self.options.items():
            for territory in (row[0] for row in self.tables["territories"][1:]):
                counts, sums = dict.fromkeys(COUNTS, 0), [0] * (len(names) + len(options))
                for place in self.roster:
                    if place[1] != contest or territory not in self.areas[place[0]]:
                        continue
                    counts["expected"] += 1
                    _, entry, state = self.standing.get(place, (0, {}, ""))
                    counts["received"] += bool(entry)
                    if place in self.annulled:
                        counts["annulled"] += 1
                        counts["voters_annulled"] += entry["lines"][0] if entry else 0
                    elif state in ("received", "accepted"):
                        counts["counted"] += 1
                        sums = [a + b for a, b in zip(sums, entry["lines"] + entry["votes"], strict=True)]
                    elif state:
                        counts[state] += 1
                if counts["expected"]:
                    totals.append((contest, territory, *counts.values(), *sums[: len(names)]))
                    numbers = zip(options, sums[len(names) :], strict=True)
                    votes += [(contest, territory, option, number) for option, number in numbers]
        return totals, votes

    def publish(self, path: Path, signer: Signer, files: dict[str, bytes]) -> None:
        """Write the folder: manifest, the entry that names it, log, checkpoint."""
        size = len(self.entries)
        election = {
            "date": "2030-05-05",
            "timezone": "Asia/Tashkent",
            "edition": "edition.toml",
            **self.flags,
        }
        tables = [{"name": name.split(".")[0], "path": name} for name in files if ".csv" in name]
        package = {"name": self.election, "election": election, "resources": tables}
        files = {"datapackage.json": json.dumps(package, indent=1).encode(), **files}
        whole = {f"data/{self.election}/{name}": data for name, data in files.items()} | {
            "verify.py": b"pass\n"
        }
        pins = {name: {"bytes": len(data), "sha256": hexhash(data)} for name, data in whole.items()}
        manifest = {"elections": [self.election], "files": pins, "format": "esaylov publication 1"}
        whole["manifest.json"] = canonical({**manifest, "origin": signer.name, "size": size})
        self.add("publication.publish", manifest=hexhash(whole["manifest.json"]), size=size)
        whole |= log_files(self.entries)
        whole |= {"log/checkpoint": signer.checkpoint(self.entries), "log/key": f"{signer.vkey}\n".encode()}
        for name, data in whole.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(data)
