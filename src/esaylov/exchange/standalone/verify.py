#!/usr/bin/env python3
"""Check a published election from its files alone:  python verify.py DIR_OR_URL --key VKEY

One file, Python 3.11, standard library only. It shares no code with the platform: it was written from the public
specification (docs/formats.md, docs/edition.md, C2SP tlog-tiles, tlog-checkpoint, signed-note, RFC 6962, 8032, 8785).

WHAT IT PROVES when it ends with exit status 0:
  * the holder of the key signed the log, and every byte of every file here follows from what was signed;
  * every entry of the log is well formed, and every sealed entry that was opened holds what was sealed;
  * which protocol of each precinct counts, every sum from precinct to country, turnout, winners, seats and certified
    figures follow from the signed protocols and decisions by the law's edition; no place that must report is left out;
  * what commissions wrote follows, entry by entry and by that edition: sessions, quorum, votes, majority, numbers of
    decisions, the acts that they order, compositions, states of applications; an election's agendas, questions,
    decisions and published dissents have the hashes in the log, and none is left out;
  * how many sit on each commission, in which office, proposed by what kind of body, entered by which entries;
  * how many voters each frozen list has, under which root; entries of supplements come after, numbered one by one, for
    a reason that the edition knows; the list of voters changes by what was proposed, approved, applied, and adds up;
  * with --since: an older checkpoint's log is the beginning of this one; with --receipt: its entry is here;
  * with --voter-proof: the voter of the proof stands in the frozen list of the precinct, under that number.
WHAT IT DOES NOT PROVE:
  * that a protocol says what the ballots said: an election is verified from the signed protocol upward;
  * who sat on a commission, who voted how, what minutes and letters say, that decisions on paper were taken;
  * rows of entered.csv that an entry written before the log pinned them does not: the report counts their commissions;
  * without --key: who signed. Take the key from a place that the giver of this folder cannot change;
  * that everybody is shown the same log: keep its checkpoint, compare with others, use --since;
  * what Parquet and NIST files say (only their bytes are checked), that times are true, that private rows of the
    journal are sound, that a site holds no file which nobody names.
Exit status: 0 and one line a check; 1 and the first thing that does not hold; 2 if the command is wrong.
"""
from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import io
import json
import os
import re
import sys
import tomllib
import urllib.parse
import urllib.request
import zlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LIMIT = 2**53 - 1  # the largest number of canonical JSON
MEGABYTE = 1 << 20
Json = dict[str, Any]
Key = tuple[str, bytes, bytes]  # name (the log's origin), id, public key
Area = tuple[str, ...]  # the territories of a precinct, each with all its parents

class Refused(Exception):
    """Something does not hold."""

def need(holds: object, why: str) -> None:
    if not holds:
        raise Refused(why)

@contextmanager
def place(name: str) -> Iterator[None]:
    """Whatever goes wrong inside is refused at this place: no accident in a hostile file ends as an "ok"."""
    try:
        yield
    except Exception as error:
        why = str(error) if isinstance(error, Refused) else f"{type(error).__name__}: {show(str(error))}"
        raise Refused(f"{name}: {why}") from error

def show(value: object) -> str:
    """A value from a file, safe to print: quoted, escaped, cut."""
    text = repr(value)
    return text if len(text) <= 160 else text[:157] + "..."

def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

# --- Ed25519 (RFC 8032, 5.1), strictly: canonical encodings only, s < L, no key of small order ---
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
BASE = (15112221349535400772501151409588531511454012693041857206046113283949847762202, 4 * pow(5, -1, P) % P)
Point = tuple[int, int]

def add(p: Point, q: Point) -> Point:
    t = D * p[0] * q[0] * p[1] * q[1] % P
    x = (p[0] * q[1] + p[1] * q[0]) * pow(1 + t, -1, P)
    return x % P, (p[1] * q[1] + p[0] * q[0]) * pow(1 - t, -1, P) % P

def multiply(k: int, p: Point) -> Point:
    result = (0, 1)
    while k:
        result = add(result, p) if k & 1 else result
        p, k = add(p, p), k >> 1
    return result

def decode_point(data: bytes) -> Point | None:
    """The point of a canonical encoding; None for any other bytes."""
    y, sign = int.from_bytes(data, "little") & (1 << 255) - 1, data[-1] >> 7
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P != u:
        x = x * pow(2, (P - 1) // 4, P) % P
    if len(data) != 32 or y >= P or v * x * x % P != u or (x == 0 and sign):
        return None
    return (P - x if x & 1 != sign else x), y

def ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    """Does the signature hold? R is computed and compared as bytes, so its other encodings are refused."""
    point, s = decode_point(public), int.from_bytes(signature[32:], "little")
    if not point or len(signature) != 64 or s >= L or multiply(8, point) == (0, 1):
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    x, y = add(multiply(s, BASE), multiply(k, (P - point[0], point[1])))
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]

# --- Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint) ---
def unbase64(text: str) -> bytes:
    """Strict base64: what was decoded must encode to the same text."""
    data = base64.b64decode(text, validate=True)
    need(data and base64.b64encode(data).decode() == text, f"not strict base64: {show(text)}")
    return data

def is_key_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(c.isspace() or c < " " for c in name)

def parse_key(vkey: str) -> Key:
    name, key_id, encoded = vkey.split("+", 2)
    material = unbase64(encoded)
    digest = hashlib.sha256(name.encode() + b"\n" + material).digest()[:4]
    right = is_key_name(name) and len(material) == 33 and material[0] == 1 and key_id == digest.hex()
    need(right, "not an Ed25519 verifier key, or its id is another key's")
    return name, digest, material[1:]

def open_note(data: bytes, key: Key) -> list[str]:
    """The lines of a signed note that the key signed; further signatures may stand beside."""
    note, signed = data.decode(), False
    text, blank, tail = note.rpartition("\n\n")
    need(blank and tail.endswith("\n") and not re.search(r"[\x00-\x09\x0b-\x1f]", note), "not a signed note")
    for signature in tail[:-1].split("\n"):
        dash, name, encoded = signature.split(" ", 2)
        value = unbase64(encoded)
        need(dash == "—" and is_key_name(name) and len(value) > 4, f"not a signature: {show(signature)}")
        if (name, value[:4]) == key[:2]:
            signed = ed25519(key[2], f"{text}\n".encode(), value[4:])
            need(signed, f"the signature by {show(name)} does not hold")
    need(signed, f"not signed by the key {show(key[0])}, {key[1].hex()}")
    return text.split("\n")

def parse_checkpoint(data: bytes, key: Key) -> tuple[int, bytes]:
    """Size and root of a checkpoint of the log."""
    lines = open_note(data, key)
    need(len(lines) == 3 and re.fullmatch("0|[1-9][0-9]{0,14}", lines[1]), "not a checkpoint of three lines")
    root = unbase64(lines[2])
    need(lines[0] == key[0] and len(root) == 32, "the origin is not the key's name, or the root is no hash")
    return int(lines[1]), root

# --- Where the files come from ---
class Folder:
    """A folder on disk, listed first. Only listed files are opened: no path or link leads out of it."""
    def __init__(self, root: str) -> None:
        self.root, pending = root, [""]
        self.listing: set[str] | None = set()
        for inside in pending:  # it grows: folders are found on the way
            for item in os.scandir(os.path.join(root, inside)):
                path, folder = inside + item.name, item.is_dir(follow_symlinks=False)
                need(folder or item.is_file(follow_symlinks=False), f"{show(path)}: neither a file nor a folder")
                if folder:
                    pending.append(path + "/")
                else:
                    self.listing.add(path)

    def chunks(self, path: str) -> Iterator[bytes]:
        need(path in (self.listing or ()), "missing")
        flags = sum(getattr(os, name, 0) for name in ("O_RDONLY", "O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
        with open(os.open(os.path.join(self.root, *path.split("/")), flags), "rb") as file:
            while chunk := file.read(MEGABYTE):
                yield chunk

class Site:
    """A web site that serves the same paths."""
    listing: set[str] | None = None

    def __init__(self, root: str) -> None:
        self.root = root.rstrip("/") + "/"

    def chunks(self, path: str) -> Iterator[bytes]:
        headers = {"Accept-Encoding": "identity", "User-Agent": "esaylov-verify"}
        request = urllib.request.Request(self.root + urllib.parse.quote(path), headers=headers)  # noqa: S310
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            need(answer.geturl().startswith(("http://", "https://")), "the site leads elsewhere")
            unpack = zlib.decompressobj(31) if answer.headers.get("Content-Encoding") == "gzip" else None
            while chunk := answer.read(MEGABYTE):
                yield unpack.decompress(chunk, 64 * MEGABYTE) if unpack else chunk

def read(source: Folder | Site, path: str, limit: int = MEGABYTE) -> bytes:
    """All bytes of a file that may have `limit` bytes at most."""
    data = bytearray()
    with place(path if path.isprintable() else show(path)):
        for chunk in source.chunks(path):
            data += chunk
            need(len(data) <= limit, f"longer than {limit} bytes")
    return bytes(data)

# --- Canonical JSON (section 2) ---
def no_fraction(text: str) -> NoReturn:
    raise ValueError(f"{text[:20]} is not an integer")

def no_repeats(pairs: list[tuple[str, Any]]) -> Json:
    need(len({name for name, _ in pairs}) == len(pairs), "a member stands twice")
    return dict(pairs)

DECODER = json.JSONDecoder(parse_float=no_fraction, parse_constant=no_fraction, object_pairs_hook=no_repeats)
ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
UNSORTED = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))

def utf16_order(value: Any) -> Any:
    """The same value with its members in the order of RFC 8785: by UTF-16 code units."""
    if type(value) is dict:
        return {name: utf16_order(value[name]) for name in sorted(value, key=lambda n: n.encode("utf-16-be"))}
    return [utf16_order(item) for item in value] if type(value) is list else value

def canonical(value: Any) -> bytes:
    text = ENCODER.encode(value)
    return text.encode() if text.isascii() else UNSORTED.encode(utf16_order(value)).encode()

def parse(data: bytes) -> Json:
    """A JSON object in canonical form: encoding it again gives the same bytes."""
    value = DECODER.decode(data.decode())
    need(type(value) is dict and canonical(value) == data, "not a JSON object in canonical form")
    return value  # type: ignore[no-any-return]

# --- The Merkle tree and its tiles (RFC 6962, C2SP tlog-tiles) ---
def tree(leaves: list[bytes]) -> tuple[bytes, list[list[bytes]]]:
    """The root and, for each level of tiles, its hashes: those of full subtrees of 256^level leaves."""
    row, complete, levels, digest = leaves, len(leaves), [], hashlib.sha256
    while complete or len(row) > 1:
        if complete:
            levels.append(row[:complete])
        for _ in range(8):
            odd = row[-1:] if len(row) % 2 else []
            row = [digest(b"\1" + a + b).digest() for a, b in zip(row[::2], row[1::2], strict=False)] + odd
        complete >>= 8
    return row[0] if row else digest(b"").digest(), levels

def tiles(kind: str, count: int) -> Iterator[tuple[str, int, int]]:
    """Path, first hash and width of each tile of a level (or of `entries`) that has `count` hashes."""
    for first in range(0, count, 256):
        number, width = first // 256, min(256, count - first)
        name = f"{number % 1000:03d}"
        while number := number // 1000:
            name = f"x{number % 1000:03d}/{name}"
        yield f"log/tile/{kind}/{name}" + (f".p/{width}" if width < 256 else ""), first, width

def split_bundle(data: bytes, width: int) -> list[bytes]:
    entries, end = [], 0
    for _ in range(width):
        start = end + 2
        end = start + int.from_bytes(data[end:start], "big")
        entries.append(data[start:end])
    need(end == len(data), f"not {width} entries, or bytes after the last")
    return entries

def read_log(source: Folder | Site, size: int, signed_root: bytes) -> tuple[list[bytes], list[bytes]]:
    """All entries and leaf hashes; every tile must be what the entries give, and their root the signed one."""
    named, entries, leaves = {"log/checkpoint", "log/key"}, list[bytes](), list[bytes]()
    for path, first, width in tiles("entries", size):
        tile = path.replace("/entries/", "/0/")
        published, data = read(source, tile, 8192), read(source, path, 256 * 65537)
        with place(path):
            entries += split_bundle(data, width)
            leaves += [hashlib.sha256(b"\0" + entry).digest() for entry in entries[first:]]
            need(published == b"".join(leaves[first:]), f"the entries do not have the leaf hashes in {tile}")
        named |= {path, tile}
    root, levels = tree(leaves)
    need(root == signed_root, "log/checkpoint: the signed root is not the root of the entries under log/tile")
    for level, row in enumerate(levels[1:], start=1):
        for path, first, width in tiles(str(level), len(row)):
            need(read(source, path, 8192) == b"".join(row[first : first + width]), f"{path}: not the tree's hashes")
            named.add(path)
    stray = sorted(path for path in (source.listing or named) - named if path.startswith("log/"))
    need(not stray, f"{show(stray[:1])}: a file that does not belong to the log at this checkpoint")
    return entries, leaves

# --- Entries of the log (section 3) ---
Check = Callable[[Any], bool]
MEMBERS = {  # of each act, beside the common ones; CHECKS has a check for each
    (LOAD := "elections.load_package"): "files",
    (CALL := "elections.call_election"): "date timezone clock release tables",
    (MOVE := "elections.move_step"): "step opens closes decision",
    (ROSTER := "results.publish_roster"): "rows sha256",
    (TURNOUT := "polling.report_turnout"): "precinct voters",
    (SUBMIT := "results.submit_protocol"): "precinct contest version lines votes findings state",
    (CORRECT := "results.correct_protocol"): "precinct contest version lines votes findings state replaces",
    (ACCEPT := "results.accept_protocol"): "precinct contest protocol decision",
    (RETURN := "results.return_protocol"): "precinct contest protocol decision",
    (ANNUL := "results.annul_precinct"): "precinct contest decision",
    (LOT := "results.record_lot"): "contest decision drawn",
    (SUPPLY := "results.supply_determination"): "contest decision outcome",
    (CERTIFY := "results.certify"): "contest decision counted lines votes seats",
    (SEALED := "log.sealed"): "sealed",
    (OPEN := "log.open"): "index salt value",
    (HEAD := "log.journal_head"): "rows chain",
    (PUBLISH := "publication.publish"): "manifest size",
}
COMPOSITION = ("commission:id decision:text place:text? added:count removed:count members:count roles:counts "
               "proposers:counts findings:codes roster:hash")
STEP = "number:text kind:id state:text until:time? words:hash?"
PLAIN: dict[str, str] = {  # acts that touch no figure: members, kinds (section 3); `name?`: or none, `kind?`: or null
    "registry.enrol_central_commission": COMPOSITION,
    "registry.form_commission": COMPOSITION,
    "registry.change_composition": COMPOSITION,
    "registry.import_members": "file:hash decision:text rows:count taken:count standing:count refused:count"
    " commissions:count left_out:count tiers:counts roles:counts proposers:counts problems:counts findings:counts"
    " counts?:hash roster:hash",
    "registry.register_organisation": "organisation:id kind:text",
    "registry.grant_mandate": "organisation:id role:text until:time? holder:hash",
    "registry.end_mandate": "of:id role:text ground:text decision:text? holder:hash",
    "formation.leave_by_law": "of:id role:text ground:text decision:text? holder:hash",
    "formation.record_discussion": "territory:id minutes:text day:text proposed:count supported:count",
    "formation.name_kengash": "territory:id organisation:id",
    "formation.discuss_proposals": "territory:id minutes:text day:text present:count proposed:count supported:count"
    " opinions:counts",
    "proceedings.open_session": "session:count year:count items:count agenda:hash place?:hash members:count"
    " present:count needed:count",
    "proceedings.record_attendance": "session:count year:count members:count present:count needed:count",
    "proceedings.adopt_decision": "session:count year:count item:count number:text? adopted:flag members:count"
    " present:count votes:counts casting:flag text:hash articles:codes orders:counts carried:hashes",
    "proceedings.state_dissent": "session:count year:count item:count number:text? text:hash public:flag",
    "proceedings.close_session": "session:count year:count decisions:count rejected:count minutes:hash",
    "proceedings.submit_application": "number:text kind:id to:id until:time holder:hash",
    "proceedings.check_application": STEP,
    "proceedings.return_application": STEP,
    "proceedings.repair_application": STEP,
    "proceedings.decide_application": STEP + " decision:text? reason:text? article:text?",
    "proceedings.forward_application": STEP + " to:id",
    "proceedings.note_appeal": STEP + " court:text",
    "proceedings.send_letter": "number:count year:count circular:flag recipients:count to:hash words:hash until:time?",
    "voters.propose_changeset": "changeset:count sha256:hash kind:text base:count reverses:count? extract:hash?"
    " as_of:time? rows:count counts:counts problems:counts alerts:count",
    (APPROVE := "voters.approve_changeset"): "changeset:count sha256:hash decision:text notices:count told:count"
    " notice_until:time?",
    (APPLY := "voters.apply_changeset"): "changeset:count sha256:hash base:count reverses:count? counts:counts kept:count"
    " voters:count",
    (DISCARD := "voters.discard_changeset"): "changeset:count sha256:hash",
    "voters.propose_pair_decision": "pair:count verdict:text",
    "voters.approve_pair_decision": "pair:count verdict:text",
    (RULE := "voters.set_rules"): "decision:text precincts:count rules:count ended:count mahallas:count table:hash",
    (FREEZE := "voters.freeze_lists"): "lists:count voters:count unplaced:count table:hash",
    (SUPPLEMENT := "voters.add_supplement"): "precinct:id number:count reason:text members:count",
    (MARK := "voters.mark_voter"): "mark?:hash precinct?:id kind?:text number?:count",
    (VISIT := "voters.check_household"): "precinct:id number:count noted:hash",
    (ROUND := "voters.record_round"): "precinct:id number:count visits:count noted:hash",
    "voters.receive_request": "number:id kind:text due:time",
    "voters.decide_request": "number:id verdict:text reason:text? late:flag",
    "voters.withdraw_request": "number:id",
    "voters.tell_removal": "changeset:count telling:hash",
}

SESSIONS = {  # acts of a session, and in which array of sittings.json each stands; its end is its `closing`
    "proceedings.open_session": "", "proceedings.record_attendance": "attendance", "proceedings.close_session": "closing",
    "proceedings.adopt_decision": "questions", "proceedings.state_dissent": "dissents",
}

def matching(pattern: str) -> Check:
    compiled = re.compile(pattern)
    return lambda value: type(value) is str and compiled.fullmatch(value) is not None

def is_counts(value: Any, least: int = 0) -> bool:
    right = type(value) is list and {*map(type, value)} <= {int}
    return right and min(value, default=least) >= least and max(value, default=0) <= LIMIT

def is_count(value: Any) -> bool:
    return is_counts([value])

def is_ids(value: Any) -> bool:
    return type(value) is list and all(map(is_id, value)) and len({*value}) == len(value)

def is_pins(value: Any) -> bool:
    """`tables` of the calling entry."""
    due = {"territories", "contests", "options", "precincts", "edition"}
    pins = [{"rows": 0, **pin} if name == "edition" else pin for name, pin in value.items()]
    right = all(pin.keys() == {"rows", "sha256"} and is_count(pin["rows"]) and is_hash(pin["sha256"]) for pin in pins)
    return right and due <= value.keys() <= due | {"precinct_territories"} and "rows" not in value["edition"]

def is_days(value: Any) -> bool:
    """`events` of the calling entry."""
    named = type(value) is dict and all(map(matching("[a-z][a-z0-9-]{0,59}"), value))
    return named and 1 <= len(value) <= 50 and all(map(CHECKS["date"], value.values()))

@lru_cache(4096)
def moment(text: Any) -> datetime:
    need(is_time(text), f"not a time: {show(text)}")
    return datetime.fromisoformat(text)

def in_zone(at: str, name: str) -> bool:
    """Whether a time is written as the clocks of a zone show it (true where this computer does not know the zone)."""
    try:
        return moment(at).astimezone(ZoneInfo(name)).utcoffset() == moment(at).utcoffset()
    except (ZoneInfoNotFoundError, ValueError):
        return True

is_id = matching(r"[^\s\x00-\x1f\x7f-\x9f/?#%]{1,100}")
is_text = matching(r"[^\x00-\x1f\x7f-\x9f]{1,100}")
is_hash = matching("[0-9a-f]{64}")
is_number = matching("R-[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{2}")
is_time = matching("[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[+-][0-9]{2}:[0-9]{2}")
CHECKS: dict[str, Check] = {
    **dict.fromkeys(("precinct", "contest", "body", "election", "edition", "step"), is_id),
    **dict.fromkeys(("sha256", "replaces", "protocol", "sealed", "salt", "chain", "manifest"), is_hash),
    **dict.fromkeys(("rows", "voters", "counted", "index", "size"), is_count),
    **dict.fromkeys(("lines", "votes"), is_counts),
    **dict.fromkeys(("drawn", "outcome"), is_ids),
    **dict.fromkeys(("decision", "timezone", "act"), is_text),
    **dict.fromkeys(("simulated", "replay", "pilot"), lambda value: value is True),
    "v": lambda value: type(value) is int and value == 1,
    "at": lambda value: bool(moment(value)),
    "date": lambda value: bool(moment(f"{value}T00:00:00+00:00")),
    **dict.fromkeys(("release", "opens", "closes"), lambda value: value is None or bool(moment(value))),
    "version": lambda value: is_counts([value], least=1),
    "findings": lambda value: type(value) is list and all(map(is_text, value)),
    "files": lambda value: type(value) is dict and all(map(is_hash, value.values())),
    "seats": lambda value: type(value) is dict and is_ids([*value]) and is_counts([*value.values()], least=1),
    "value": lambda value: type(value) is dict,
    **{"tables": is_pins, "events": is_days, "clock": matching("real|set")},
    "state": matching("received|inconsistent|conflicting"),
    ANNUL + " contest": lambda value: value is None or is_id(value),
    CORRECT + " state": matching("received|inconsistent"),
}
SHAPES: dict[str, Check] = {
    **{"id": is_id, "ids": is_ids, "text": is_text, "hash": is_hash, "count": is_count},
    "codes": lambda value: type(value) is list and all(map(is_text, value)),
    "hashes": lambda value: type(value) is list and all(map(is_hash, value)),
    "counts": lambda value: type(value) is dict and all(map(is_id, value)) and is_counts([*value.values()]),
    "flag": lambda value: type(value) is bool,
    "time": lambda value: bool(moment(value)),
}

def of_kind(kind: str) -> Check:
    holds = SHAPES[kind.rstrip("?")]
    return (lambda value: value is None or holds(value)) if kind[-1] == "?" else holds

class Event(NamedTuple):
    """An act on results. `place`: its index; `known`: where it became known (the entry that opened it)."""
    place: int
    known: int
    code: str
    precinct: str  # "" when it concerns a whole contest
    contest: str  # "" when it concerns a whole precinct
    entry: Json

def event(entry: Json, index: int, known: int) -> Event:
    """What is kept of an entry: little, because there may be many."""
    kept = {sys.intern(k): sys.intern(v) if type(v) is str else v for k, v in entry.items()}
    kept |= {name: array("q", kept[name]) for name in ("lines", "votes") if name in kept}
    return Event(index, known, kept["act"], kept.get("precinct", ""), kept.get("contest") or "", kept)

class Election:
    """What the log says about one election."""
    def __init__(self, id: str, edition: str) -> None:
        self.id, self.edition, self.sealed = id, edition, dict[int, str]()
        self.once: dict[str, tuple[int, Json]] = {}  # its calling entry and its roster, with their indexes
        self.events, self.turnout = list[Event](), list[tuple[int, Json]]()
        self.moves = list[tuple[int, Json]]()  # steps of the calendar that were moved
        self.sessions = list[tuple[int, Json]]()  # what commissions did at their sessions
        self.lists = list[tuple[int, Json]]()  # frozen lists of voters, supplements, marks that are told, first visits and rounds
        self.marks = array("q")  # indexes of hidden marks
        self.answers, self.refused = dict[timedelta, int](), dict[str, int]()  # times and reasons, and the first entry of each

    def keep(self, index: int, entry: Json, act: str) -> None:
        """An act on the list of voters, as far as it is needed later."""
        if act == MARK and "mark" in entry:
            self.marks.append(index)
        elif act == "voters.receive_request":
            self.answers.setdefault(moment(entry["due"]) - moment(entry["at"]), index)
        elif act == "voters.decide_request" and entry["reason"] is not None:
            self.refused.setdefault(entry["reason"], index)
        elif act in (FREEZE, SUPPLEMENT, MARK, APPROVE, APPLY, DISCARD, RULE) or (act in (VISIT, ROUND) and entry["number"] == 1):
            self.lists.append((index, entry))

class Commissions:
    """What commissions wrote, entry by entry (section 3): sessions, votes, orders, compositions, applications."""
    def __init__(self) -> None:
        self.sessions: dict[tuple[str, str], Json] = {}  # those that are open
        self.counted, self.decisions, self.dissents = Counter[Any](), set[Any](), Counter[Any]()
        self.cited: dict[str, Json] = {}  # leaf hash: an act that names a decision
        self.roles: dict[tuple[str, str], Counter[str]] = {}
        self.imported, self.applications = set[str](), dict[str, list[str]]()
        self.votes = list[tuple[int, Json]]()  # what the edition's quorum and majority will judge
        self.composed = list[tuple[int, Json]]()  # by which somebody came into a commission, or left it

    def take(self, e: Json, index: int, leaf: bytes, apart: bool) -> None:
        """`apart`: numbers of this election are a series of their own."""
        act, home = e["act"].split(".")[1], e["election"] or ""
        self.composed += [(index, e)] if act == "import_members" or "roles" in e or {"of", "holder"} <= e.keys() else []
        if act in ("open_session", "record_attendance", "adopt_decision"):
            self.votes.append((index, e))
        if act in ("open_session", "record_attendance", "adopt_decision", "close_session", "state_dissent"):
            self.sit(act, e, (home if apart or e["body"] != "cec" else "", e["body"]), (home, e["body"]))
        elif "roster" in e and "commission" in e:
            self.compose(e, ("" if e["commission"] == "cec" else home, e["commission"]), home in self.imported)
        elif "holder" in e and "of" in e:
            roles = self.roles.get(("" if e["of"] == "cec" else home, e["of"]), Counter({e["role"]: 1}))
            need(roles[e["role"]], f"nobody is left there as {e['role']}")
            roles[e["role"]] -= 1
        elif act == "import_members":
            need(e["taken"] + e["standing"] + e["refused"] == e["rows"], "rows are not taken, standing and refused")
            right = sum(e["roles"].values()) == e["taken"] >= max(sum(e["proposers"].values()), e["commissions"])
            need(right and sum(e["tiers"].values()) == e["commissions"], "its counts do not agree")
            self.imported.add(home)
            self.roles = {key: roles for key, roles in self.roles.items() if key[0] != home or not home}
        elif act.endswith("_application") or act == "note_appeal":
            self.apply(act.split("_")[0], e)
        if e.get("decision"):
            self.cited[leaf.hex()] = e

    def sit(self, act: str, e: Json, series: tuple[str, str], body: tuple[str, str]) -> None:
        opened, here = self.sessions.get(body), (e["year"], e["session"])
        question = (*series, *here, e.get("item"), e.get("number"))
        if act == "state_dissent":
            self.dissents[question] -= 1
            return need(self.dissents[question] >= 0, "nobody voted so as to dissent here")
        if act == "open_session":
            self.counted[*series, e["year"]] += 1
            right = not opened and e["session"] == self.counted[*series, e["year"]]
            need(right, "a session is still open, or this is not the next of its year")
            opened = self.sessions[body] = {**e, "done": Counter()}
        need(opened and here == (opened["year"], opened["session"]), "no such session is open")
        assert opened is not None
        early = moment(opened["at"]).timestamp() - moment(e["at"]).timestamp()
        need(early <= 86400, f"its session opened only at {opened['at']}")
        if act == "adopt_decision":
            return self.vote(e, opened, (*series, e["at"][:4], e["number"]), question)
        if act == "close_session":
            done = self.sessions.pop(body)["done"]
            return need((e["decisions"], e["rejected"]) == (done[True], done[False]), f"the session had {show(done)}")
        opened["present"] = e["present"]
        return need(0 < e["needed"] <= e["present"] <= e["members"], "no quorum, or more present than members")

    def vote(self, e: Json, session: Json, number: tuple[Any, ...], question: tuple[Any, ...]) -> None:
        votes, adopted, carried = e["votes"], e["adopted"], [self.cited.pop(leaf, {}) for leaf in e["carried"]]
        need(0 < e["item"] <= session["items"] and {*votes} == {"for", "against", "abstain"}, "item or votes are wrong")
        right = sum(votes.values()) <= e["present"] <= min(session["present"], e["members"])
        need(right, f"votes {show(votes)}, present {e['present']} of {e['members']}")
        need(adopted == (e["number"] is not None), "a number without a decision, or a decision without one")
        need(not adopted or number not in self.decisions, f"decision {show(e['number'])} stands twice")
        mine = all([a.get(n) for n in ("body", "election", "decision")] == [e["body"], e["election"], e["number"]]
                   for a in carried)
        mine = mine and not any({"A04", "A07"} & {*a.get("findings", [])} for a in carried)  # these say that nothing did
        need(mine and Counter(a["act"] for a in carried) == Counter(e["orders"]), "carried are not its orders' entries")
        self.decisions |= {number} if adopted else set()
        self.dissents[question] += votes["abstain"] + votes["against" if adopted else "for"]
        session["done"][adopted] += 1

    def compose(self, e: Json, key: tuple[str, str], imported: bool) -> None:
        roles, total = Counter[str](e["roles"]), e["members"]
        need(roles.total() == total and sum(e["proposers"].values()) <= e["added"], "members are not the sum of roles")
        forms = not e["act"].endswith("change_composition")
        if key in self.roles or forms or not (imported and key[0]):
            before = self.roles.get(key, Counter[str]()).total()
            right = forms == (before == 0) and total == before + e["added"] - e["removed"]
            need(right, f"{total} members, before it {before}")
        self.roles[key] = roles

    def apply(self, act: str, e: Json) -> None:
        if act == "submit":
            need(e["number"] not in self.applications, "submitted twice")
            self.applications[e["number"]] = ["submitted", e["kind"], e["to"]]
            return
        was, kind, holder = self.applications.get(e["number"], ["unknown", "", ""])
        ways = {"check": "checked", "return": "defects", "repair": "repaired", "forward": "forwarded",
                "note": "appealed", "decide": "granted refused" if was != "defects" else "refused"}
        after = {"repair": "defects", "note": "granted refused appealed", "check": "submitted repaired forwarded",
                 "decide": "submitted repaired forwarded checked defects"}
        known = was in after.get(act, "submitted repaired forwarded checked").split() and kind == e["kind"]
        need(known and e["state"] in ways[act].split(), f"an application that was {was} is now {show(e['state'])}")
        need(act == "repair" or holder == e["body"], f"it lies before {show(holder)}")
        self.applications[e["number"]] = [e["state"], kind, e.get("to", holder)]

    def check_law(self, rules: dict[str, Json]) -> str:
        """Quorum and majority by the editions that are here."""
        judged = [(index, e, rules[e["edition"]]) for index, e in self.votes if e["edition"] in rules]
        for index, e, rule in judged:
            quorum = max(1, -int(-Fraction(rule["quorum"]) * e["members"] // 1))
            right = e["present"] >= quorum == e.get("needed", quorum)
            need(right, f"entry {index}: {e['present']} present of {e['members']}, quorum {quorum}")
            if "votes" in e:
                yes, no = e["votes"]["for"], e["votes"]["against"]
                base = {"present": e["present"], "voting": yes + no}.get(rule.get("majority_of", ""), e["members"])
                half = rule.get("casting_vote") and 2 * yes == base and (yes if e["adopted"] else no)
                right = half if e["casting"] else e["adopted"] == (2 * yes > base)
                need(right, f"entry {index}: adopted {e['adopted']} by {yes} of {base}, casting {e['casting']}")
        return f"{len(judged)} acts of sessions by quorum and majority, {len(self.decisions)} decisions"

class Voters:
    """The single list of voters, entry by entry (section 3): changesets, decisions about pairs, rules, freezes."""
    def __init__(self) -> None:
        self.total, self.head, self.ready = 0, 0, set[str]()  # entries, last changeset applied, elections that made any
        self.changesets: dict[int, tuple[str, Json]] = {}  # number: state, and the entry that proposed it
        self.approvals: dict[int, Json] = {}  # number: the entry that approved it
        self.done: dict[int, Json] = {}  # number: counts of what went into the list
        self.told = Counter[int]()  # number: how often precincts told somebody that it removes them
        self.tellings = set[str]()  # hashes of these entries
        self.visits = Counter[tuple[str, str, str]]()  # by act, election and precinct: visits of earlier entries, rounds
        self.objections = Counter[str]()  # by election
        self.pairs: dict[int, tuple[str, str]] = {}  # number: last step and verdict
        self.marks = set[str]()  # hashes of marks
        self.rules, self.frozen, self.unplaced = Counter[str](), Counter[str](), Counter[str]()  # by election
        self.asked: dict[tuple[str, str], tuple[str, ...]] = {}  # election, number: when it came, is due, kind; () once decided
        self.granted, self.adding = Counter[str](), Counter[str]()  # requests that are granted and not in the list, by election
        self.spent: dict[int, tuple[int, int]] = {}  # changeset: what it took of these two

    def take(self, e: Json, call: Json | None) -> None:
        act = e["act"].removeprefix("voters.")
        if act == e["act"]:
            return
        need(call, "an act on the list of voters outside of an election")
        assert call is not None
        home, precincts = e["election"], call["tables"]["precincts"]["rows"]
        need(in_zone(e["at"], call["timezone"]), f"{e['at']} is not a time of the election's zone")
        by = "system" if act == "apply_changeset" else "cec"
        ours = act.endswith("_changeset") or act == "freeze_lists"
        need(e["body"] == by or not ours, f"by {show(e['body'])}, not by {show(by)}")
        if act.endswith("_changeset"):
            self.change(act.split("_")[0], e, call["date"], precincts)
        elif act.endswith("_pair_decision"):
            self.pair(act.split("_")[0], e)
        elif act == "set_rules":
            right = 0 < e["precincts"] <= min(e["rules"], precincts - self.frozen[home])
            need(right, f"rules of {e['precincts']} precincts, {precincts - self.frozen[home]} lists are not frozen")
            need(0 < e["mahallas"] <= e["rules"] + e["ended"], "mahallas do not agree with rules and ended")
            need(e["ended"] <= self.rules[home], f"{e['ended']} rules ended, there were {self.rules[home]} at most")
            self.rules[home] += e["rules"] - e["ended"]
            self.ready.add(home)
        elif act == "freeze_lists":
            self.frozen[home] += e["lists"]
            need(e["lists"] > 0 and self.frozen[home] <= precincts, f"{self.frozen[home]} lists of {precincts} precincts")
            need(not self.head or e["unplaced"] <= self.total, f"{e['unplaced']} entries without a precinct, of {self.total}")
            self.unplaced[home] = e["unplaced"]
        elif act == "tell_removal":
            self.tell(e)
        elif act == "mark_voter":
            self.mark(e)
        elif act in ("check_household", "record_round"):
            self.visits[act, home, e["precinct"]] += 1
            due = self.visits[act, home, e["precinct"]]
            by = "system" if act == "record_round" else f"pec:{e['precinct']}"
            need((e["number"], e["body"]) == (due, by), f"visit or round {e['number']}, due is {due} of its precinct")
            need(e.get("visits", 1) >= 1, "a round without a visit")
        elif act == "receive_request":
            self.receive(home, e)
        elif act in ("decide_request", "withdraw_request"):
            asked = self.asked.get((home, e["number"]), ())
            need(asked, f"request {show(e['number'])} was not received, or is decided")
            need(moment(e["at"]) >= moment(asked[0]), f"it came at {asked[0]}")
            self.asked[home, e["number"]] = ()
            need(e["body"] == ("commission" if act == "decide_request" else "system"), f"by {show(e['body'])}")
            self.objections[home] -= asked[2] == "objection" and e.get("verdict") != "granted"
            if act == "decide_request":
                self.decide(home, e, asked[1], asked[2])

    def pair(self, act: str, e: Json) -> None:
        step, verdict = self.pairs.get(e["pair"], ("", "unclear"))
        need(e["body"] != "system" and e["body"][:4] != "pec:", "not by a commission that decides about pairs")
        need(e["verdict"] in ("same", "different", "unclear"), f"no verdict: {show(e['verdict'])}")
        right = step == "propose" or verdict == "unclear" if act == "propose" else (step, verdict) == ("propose", e["verdict"])
        need(right, f"of this pair the last step is {show(step)}: {show(verdict)}")
        self.pairs[e["pair"]] = act, e["verdict"]

    def tell(self, e: Json) -> None:
        n = e["changeset"]
        state, proposed = self.changesets.get(n, ("new", e))
        need((e["body"], e["at"][11:19]) == ("pec", "00:00:00"), "a telling that says where or when")
        need(e["telling"] not in self.tellings, "a telling that was there before")
        self.tellings.add(e["telling"])
        right = (state, e["election"]) == ("approve", proposed["election"])
        need(right, f"nobody is told of a changeset whose last step is {show(state)}")
        need(e["at"][:10] >= self.approvals[n]["at"][:10], "told before it was approved")
        self.told[n] += 1
        need(self.told[n] <= self.approvals[n]["notices"], f"told {self.told[n]} times, there are fewer notices")

    def mark(self, e: Json) -> None:
        told = {"precinct", "kind", "number"} & {*e}  # in earlier entries; now they stand behind a hash
        if "mark" in e:
            need((e["body"], e["at"][11:19], told) == ("pec", "00:00:00", set()), "a mark that tells where, how or when")
            need(e["mark"] not in self.marks, "a mark that was there before")
            self.marks.add(e["mark"])
        else:
            need(len(told) == 3, "a mark without a hash, and not told either")
            known = e["kind"] in ("early", "home-asked", "home", "elsewhere", "replaced")
            need(known, f"no kind of marks: {show(e['kind'])}")

    def receive(self, home: str, e: Json) -> None:
        known = e["kind"] in ("correction", "inclusion", "abroad", "precinct", "objection", "early", "home")
        need(known and e["body"] == "system", f"no kind of requests: {show(e['kind'])}, or not by the platform")
        new = (home, e["number"]) not in self.asked and moment(e["due"]) > moment(e["at"])
        need(new, f"request {show(e['number'])} is known, or due before it came")
        need(is_number(e["number"]), f"no number of a request: {show(e['number'])}")
        self.asked[home, e["number"]] = e["at"], e["due"], e["kind"]
        self.objections[home] += e["kind"] == "objection"

    def decide(self, home: str, e: Json, due_at: str, kind: str) -> None:
        right = e["verdict"] in ("granted", "refused") and (e["verdict"] == "refused") == (e["reason"] is not None)
        need(right, f"verdict and reason do not go together: {show(e['verdict'])}")
        need(e["late"] == (moment(e["at"]) > moment(due_at)), f"it was due at {due_at}")
        self.granted[home] += e["verdict"] == "granted" and kind not in ("early", "home")
        self.adding[home] += e["verdict"] == "granted" and kind in ("inclusion", "abroad", "objection")

    def change(self, step: str, e: Json, day: str, precincts: int) -> None:
        n, home = e["changeset"], e["election"]
        state, proposed = self.changesets.get(n, ("new", e))
        before = {"propose": "new", "approve": "propose", "apply": "approve", "discard": "new propose approve"}[step]
        need(state in before.split(), f"{step} of a changeset whose last step is {show(state)}")
        need((home, e["sha256"]) == (proposed["election"], proposed["sha256"]), "not the changeset that was proposed")
        self.changesets[n] = step, proposed
        last = self.approvals.get(n, proposed)
        need(moment(e["at"]) >= moment(last["at"]), f"it was at the step before at {last['at']}")
        if step == "discard":
            return
        counts, base, back = proposed["counts"], proposed["base"], proposed["reverses"]
        need(base == self.head < n, f"base {base}, last applied {self.head}")
        if step == "propose":
            need({*counts} == {"added", "removed", "moved", "changed"} and any(counts.values()), "counts are wrong")
            paired = (e["extract"] is None) == (e["as_of"] is None) and (e["kind"] == "reversal") == (back is not None)
            need(paired, "extract and as_of, or kind and reverses, do not go together")
            need(e["alerts"] <= counts["removed"], "alerts without removals")
            self.of_kind(e, counts)
            self.ready.add(home)
        elif step == "approve":
            self.notify(n, e, counts["removed"])
        if back is not None:
            was, gone = self.changesets.get(back, ("new", {"election": home}))
            need((was, gone["election"]) == ("apply", home), f"changeset {back} cannot be taken back: {show(was)}")
            made = self.done[back]
            due = {**made, "added": made["removed"], "removed": made["added"]}
            need(counts == due, f"changeset {back} made {show(made)}")
        if 0 < precincts == self.frozen[home] and e["at"][:10] < day and self.ready == {home}:  # all lists are frozen
            rest, touched = self.unplaced[home], sum(counts.values()) - counts["added"]
            need(touched <= rest, f"it touches {touched} voters, outside of frozen lists are {rest}")
        if step == "apply":
            said, counts = self.approvals[n], {**counts, "removed": counts["removed"] - e["kept"]}
            need((e["base"], e["reverses"], e["counts"]) == (base, back, counts), "not as it was proposed")
            most = min(said["notices"], self.objections[home])
            need(e["kept"] <= most, f"{e['kept']} were kept, {most} at most were told and objected")
            until = said["notice_until"]
            need(until is None or moment(e["at"]) >= moment(until), f"applied before the notice ended, {show(until)}")
            grown, self.done[n] = counts["added"] - counts["removed"], counts
            self.total, self.head = self.total + grown, n
            need(e["voters"] == self.total, f"{e['voters']} voters, by the changesets {self.total}")
            self.unplaced.update(dict.fromkeys(self.unplaced, grown))
            if back is not None:
                self.changesets[back] = "reverse", gone
            whole, added = self.spent.get(back, (0, 0)) if back is not None else (0, 0)
            takes = proposed["kind"] == "request"
            self.spent[n] = (sum(counts.values()), counts["added"]) if takes else (-whole, -added)
            self.granted[home], self.adding[home] = self.granted[home] - self.spent[n][0], self.adding[home] - self.spent[n][1]
            need(self.granted[home] >= 0 <= self.adding[home], "it carries out more requests than were granted")

    def of_kind(self, e: Json, counts: Json) -> None:
        """Where changes come from: an extract, a list or requests that were granted, second entries, a changeset taken back."""
        kind, changed = e["kind"], sum(counts.values())
        need(kind in ("full", "delta", "reversal", "linkage", "special", "request"), f"no kind of changesets: {show(kind)}")
        read = e["extract"] is not None
        need(read == (kind in ("full", "delta")) and (read or e["rows"] == 0), "kind, extract and rows do not go together")
        linked = counts["moved"] <= counts["removed"] == changed - counts["moved"]
        need(kind != "linkage" or linked, "second entries leave, at most as many others move")
        made = changed - counts["removed"]
        past = not read or moment(e["as_of"]) <= moment(e["at"])
        need(past and (not read or made <= e["rows"]), f"{e['rows']} rows make {made} changes, or they are of the future")
        need(kind != "special" or not counts["changed"], "a list of a place changes data")
        granted, adding = self.granted[e["election"]], self.adding[e["election"]]
        right = changed <= granted and counts["added"] <= adding and not counts["removed"]
        need(kind != "request" or right, f"it carries out {changed} requests, {granted} are granted")

    def notify(self, n: int, e: Json, removed: int) -> None:
        """Whom it removes is told by this approval, or was by that of a changeset which never went into the list."""
        notices, told, until, home = e["notices"], e["told"], e["notice_until"], e["election"]
        need(told <= notices <= removed and (notices == 0) == (until is None), "notices, told, notice_until do not agree")
        old = [one for m, one in self.approvals.items() if one["election"] == home and m not in self.done]
        before = sum(one["told"] for one in old)
        need(notices <= told + before, f"{notices} notices, {told} told now and {before} before")
        need(until is None or moment(until) >= moment(e["at"]), f"the notice ended at {show(until)}, before the approval")
        self.approvals[n] = e

class Log:
    """Every entry, strictly checked by itself and put where the later checks find it."""
    def __init__(self, entries: list[bytes], leaves: list[bytes]) -> None:
        first, self.commissions, self.voters = parse(entries[0]) if entries else {}, Commissions(), Voters()
        self.flags = [flag for flag in ("simulated", "replay") if flag in first]
        self.leaves, self.acts, self.rows, self.head = leaves, Counter[str](), 0, 0
        self.elections, self.publications = dict[str, Election](), list[tuple[int, Json]]()
        self.shapes, self.optional = dict[str, list[tuple[str, Check]]](), dict[str, list[tuple[str, Check]]]()
        for act, own in MEMBERS.items():
            names = ["v", "act", *self.flags, *own.split(), *([] if act == SEALED else ["at", "body"])]
            names += [] if act in (HEAD, PUBLISH) else ["election", "edition"]
            self.shapes[act] = [(name, CHECKS.get(f"{act} {name}", CHECKS[name])) for name in names]
        for act, own in PLAIN.items():
            common = ["v", "act", *self.flags, "at", "body", "edition"]
            self.shapes[act] = [(name, CHECKS[name]) for name in common] + [("election", of_kind("id?"))]
            pairs = [(name, of_kind(kind)) for name, kind in (pair.split(":") for pair in own.split())]
            self.shapes[act] += [pair for pair in pairs if pair[0][-1] != "?"]
            self.optional[act] = [(name[:-1], holds) for name, holds in pairs if name[-1] == "?"]
        for index, data in enumerate(entries):
            with place(f"entry {index}"):
                entry = parse(data)
                act = self.check(entry)
                self.take(entry, index, act)
                if act in PLAIN or "decision" in entry:
                    calling = self.elections[entry["election"]].once.get(CALL) if entry["election"] else None
                    apart = bool(self.flags or (calling and "pilot" in calling[1]))
                    self.commissions.take(entry, index, leaves[index], apart)
                    self.voters.take(entry, calling and calling[1])

    def check(self, entry: Json) -> str:
        """Exactly the members of the act, each of the right form; gives the act."""
        act = str(entry.get("act"))
        need(act in self.shapes, f"unknown act {show(act)}")
        of_call = ("pilot", "decision", "events") if act == CALL else ()
        more = [(str(name), CHECKS[name]) for name in of_call if name in entry]
        more += [pair for pair in self.optional.get(act, []) if pair[0] in entry]
        said = (act == CALL or "decision" in entry) and "findings" in entry
        if said and "findings" not in (name for name, _ in self.shapes[act]):  # what was said of an act by decision
            more += [("findings", lambda value: SHAPES["codes"](value) and value == sorted({*value}) != [])]
        shape = self.shapes[act] + more
        for name, holds in shape:
            if name not in entry or not holds(entry[name]):
                raise Refused(f"{act}: member {name} is missing or wrong: {show(entry.get(name))}")
        if len(entry) != len(shape):
            raise Refused(f"{act}: unknown members among {show(sorted(entry))}")
        self.acts[act] += 1
        return act

    def take(self, entry: Json, index: int, act: str) -> None:
        """Put an entry where it belongs; the order of acts is checked here."""
        need(act not in (PUBLISH, HEAD) or entry["at"].endswith("+00:00"), "its time is not UTC")
        if act == PUBLISH:
            need(entry["size"] <= index, "it publishes figures of entries that come after it")
            return self.publications.append((index, entry))
        if act == HEAD:  # every entry is a journal row: the journal grows as fast as the log, or faster
            need(entry["rows"] - self.rows >= index - self.head, "journal rows are too few for the log")
            self.rows, self.head = entry["rows"], index
            return None
        if act in PLAIN and entry["election"] is None:
            return None
        election = self.elections.setdefault(entry["election"], Election(entry["election"], entry["edition"]))
        need(entry["edition"] == election.edition, "an election has one edition")
        need(CALL in election.once or act in (LOAD, CALL), f"{act} before the election was called")
        if act in PLAIN:
            election.sessions += [(index, entry)] if act in SESSIONS else []
            election.keep(index, entry, act)
            return None
        need(ROSTER in election.once or act in (LOAD, CALL, ROSTER, TURNOUT, MOVE), f"{act} before the roster")
        if act in (CALL, ROSTER):
            need(act not in election.once, f"{act} stands twice")
            election.once[act] = index, entry
        elif act == TURNOUT:
            election.turnout.append((index, entry))
        elif act == MOVE:
            ends = [moment(entry[end]) for end in ("opens", "closes") if entry[end]]
            need(ends == sorted({*ends}), "the step would end before it begins")
            election.moves.append((index, entry))
        elif act == SEALED:
            election.sealed[index] = entry["sealed"]
        elif act != LOAD:
            known = self.unseal(election, entry, index) if act == OPEN else event(entry, index, index)
            election.events.append(known)
        return None

    def unseal(self, election: Election, entry: Json, index: int) -> Event:
        sealed, value, release = entry["index"], entry["value"], election.once[CALL][1]["release"]
        need(sealed in election.sealed, f"entry {sealed} is not sealed in this election, or is open already")
        secret = b"esaylov sealed v1\0" + bytes.fromhex(entry["salt"]) + canonical(value)
        need(sha256(secret) == election.sealed.pop(sealed), f"this is not what entry {sealed} sealed")
        right = self.check(value) in (SUBMIT, CORRECT) and value["election"] == election.id
        need(right and value["edition"] == election.edition, "not a protocol of this election")
        need(not release or moment(entry["at"]) >= moment(release), "opened before the release")
        return event(value, sealed, index)

# --- CSV tables (section 6) ---
def quote(value: object) -> str:
    text = str(value)
    return '"' + text.replace('"', '""') + '"' if re.search('[,"\n\r]', text) else text

def line(*values: object) -> str:
    return ",".join(map(quote, values)) + "\n"

def parse_table(data: bytes) -> list[dict[str, str]]:
    """The rows of a canonical CSV table."""
    text = data.decode()
    plain, quoted = '"' not in text and "\r" not in text, io.StringIO(text, newline="")
    rows = [r.split(",") for r in text[:-1].split("\n")] if plain else list(csv.reader(quoted, strict=True))
    right = text.endswith("\n") and (plain or "".join(line(*row) for row in rows) == text)
    need(right and len({*rows[0]}) == len(rows[0]), "not CSV in its canonical form, or a column stands twice")
    need({*map(len, rows)} == {len(rows[0])}, "a row has more or fewer fields than the head")
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]

def count(text: str) -> int:
    need(re.fullmatch("0|[1-9][0-9]{0,14}", text), f"not a count: {show(text)}")
    return int(text)

def gunzip(data: bytes, limit: int) -> bytes:
    """The content of a gzip file of one member without name and time; not more than `limit` bytes of it."""
    unpack = zlib.decompressobj(31)
    content = unpack.decompress(data, limit)
    whole = len(content) == limit or (unpack.eof and not unpack.unused_data)
    need(whole and data[:8] == b"\x1f\x8b\x08\0\0\0\0\0", "not one whole gzip member without name and time")
    return content

def compare(published: bytes, expected: bytes) -> None:
    """Published text must be the recomputed one; the first line that differs is named."""
    if published != expected:
        theirs, ours = published.decode("utf-8", "replace").split("\n"), expected.decode().split("\n")
        n = next((n for n, pair in enumerate(zip(theirs, ours, strict=False)) if pair[0] != pair[1]), -1)
        raise Refused(f"line {n + 1}: published {show(theirs[n])}, recomputed {show(ours[n])}")

# --- The edition of the law, and who wins by it (docs/edition.md) ---
RULES = """annulled_voters list_length majority majority_base majority_op method minimum_parties quota_rounding run_off
seats none_of_the_above sources threshold threshold_base ties turnout turnout_op two_candidates women_run women_share"""
LISTS = ("hare-largest-remainder", "droop-largest-remainder", "hagenbach-bischoff", "dhondt", "sainte-lague")
RELATION = "article code left note op right right_factor severity status text unless"

def exact(text: str) -> Fraction:
    """A decimal as a fraction; the limits keep a hostile exponent from filling the memory."""
    _, digits, exponent = Decimal(text).as_tuple()
    limited = isinstance(exponent, int) and abs(exponent) <= 30 and len(digits) <= 40
    need(limited, f"not a decimal that an edition may hold: {show(text)}")
    return Fraction(Decimal(text))

def ratio(number: Fraction | None) -> str | None:
    return None if number is None else f"{number.numerator}/{number.denominator}"

class Edition:
    """The law as data: lines of the protocol, control relations, rules of contests."""
    def __init__(self, data: bytes) -> None:
        raw = tomllib.loads(data.decode(), parse_float=exact)
        protocol, self.id, self.rules = raw["protocol"], raw["id"], raw["contests"]
        self.lines, self.relations = protocol["lines"], protocol.get("relations", [])
        self.commissions, self.routes = raw.get("commissions"), raw.get("routes", [])
        self.voters = raw.get("values", {}).get("voters", {})
        self.steps = {step["code"] for step in raw.get("calendar", {}).get("steps", ())}
        places = {name: number for number, name in enumerate([*self.lines, "votes"])}
        self.common = {name: [places[item] for item in items] for name, items in protocol["common"].items()}
        self.errors = {r["code"] for r in self.relations if r["severity"] == "error"}
        self.silent = {r["code"]: {*r.get("unless", ())} for r in self.relations}
        self.sides = [[[places[name] for name in r[s]] for s in ("left", "right")] for r in self.relations]
        strange = {key for rule in self.rules.values() for key in rule} - {*RULES.split()}
        strange |= {key for relation in self.relations for key in relation} - {*RELATION.split()}
        need(not strange and len(places) > len(self.lines), f"unknown keys {show(strange)}, or lines twice")
        earlier: set[str] = set()
        for r in self.relations:
            silencers = earlier & self.errors if r["code"] in self.errors else earlier
            right = r["op"] in ("=", "<=") and r["severity"] in ("error", "warning") and r["code"] not in earlier
            right = right and self.silent[r["code"]] <= silencers
            need(right and re.fullmatch("(?!P[0-9])[A-Z]{1,4}[0-9]{1,4}", r["code"]), f"relation {show(r)} is none")
            earlier.add(r["code"])

    def figure(self, name: str, lines: Sequence[int]) -> int:
        """A figure that every protocol has, from this form's lines."""
        return sum(lines[number] for number in self.common[name])

    def failed(self, batch: list[Event]) -> list[list[str]]:
        """For each protocol the sorted codes of the relations that fail. Column by column, to be quick."""
        columns = [*zip(*(act.entry["lines"] for act in batch), strict=True)]
        columns.append(tuple(sum(act.entry["votes"]) for act in batch))
        broken: list[set[str]] = [set() for _ in batch]
        for relation, sides in zip(self.relations, self.sides, strict=True):
            factor = Fraction(relation.get("right_factor", 1))
            lefts, rights = (map(sum, zip(*(columns[n] for n in side), strict=True)) for side in sides)
            for codes, left, right in zip(broken, lefts, rights, strict=True):
                more = left * factor.denominator - right * factor.numerator
                if more > 0 or (more and relation["op"] == "="):
                    codes.add(relation["code"])
        return [sorted(code for code in codes if not self.silent[code] & codes) for codes in broken]

class Contest(NamedTuple):
    id: str
    kind: str
    territory: str
    seats: int
    options: list[tuple[str, str]]  # id and kind, in the order of options.csv: that of the ballot

def reaches(number: int, bar: Fraction, how: str) -> bool:
    return number > bar if how == ">" else number >= bar

class Winners:
    """One contest determined from the sums of its territory, the recorded lots and a supplied outcome."""
    def __init__(self, edition: Edition, contest: Contest, tally: Tally, lots: list[str], named: Any) -> None:
        rule = self.rule = edition.rules[contest.kind]
        self.contest, self.row, self.supplied = contest, lots, named or ()
        options = [*zip(contest.options, tally.votes, strict=True)]
        self.votes = {id: number for (id, kind), number in options if kind != "none-of-the-above"}
        valid = sum(self.votes.values() if rule.get("none_of_the_above") == "out" else tally.votes)
        names = ("ballots_in_boxes", "invalid", "voters_on_list")
        participants, invalid, voters = (edition.figure(name, tally.lines) for name in names)
        voters += tally.counts["voters_annulled"] if rule.get("annulled_voters") == "stay" else 0
        self.bases = {"participants": participants, "valid": valid, "cast": valid + invalid}
        self.seats, self.adopted, self.status = Counter[str](), set[str](), "determined"
        self.quota: Fraction | None = None
        self.lots: Json | None = None
        by_lists = rule["method"] in LISTS
        need(by_lists or rule["method"] in ("plurality", "majority", "question"), "unknown method")
        self.passing: list[str] | None = [] if by_lists else None
        turnout = Fraction(rule["turnout"]) if "turnout" in rule else None
        bar, how = Fraction(turnout or 0) * voters, rule.get("turnout_op", ">=")
        reached = turnout is None or reaches(participants, bar, how)
        self.turnout = {"participants": participants, "voters": voters, "required": ratio(turnout), "reached": reached}
        if not reached:
            self.status = "not-valid"
        elif by_lists:
            self.share_lists()
        else:
            self.elect()

    def json(self) -> Json:
        elected = [id for id in self.votes if self.seats[id] or id in self.adopted]
        seats, status = {id: n for id, n in self.seats.items() if n}, "needs-decision" if self.lots else self.status
        result = {"status": status, "turnout": self.turnout, "elected": elected, "seats": seats, "lots": self.lots}
        return {**result, "quota": ratio(self.quota), "passing": self.passing}

    def best(self, scores: dict[str, Any], places: int, more_votes: bool = False) -> list[str]:
        """The highest scores; equals at the last place by votes where the law says so, then by lot."""
        sure: list[str] = []
        for score in sorted({*scores.values()}, reverse=True):
            equals, rest = [id for id in self.votes if scores.get(id) == score], places - len(sure)
            if len(equals) <= rest:
                sure += equals
            elif rest and more_votes:
                return sure + self.best({id: self.votes[id] for id in equals}, rest)
            elif rest:
                drawn = [id for id in dict.fromkeys(self.row) if id in equals][:rest]
                self.row = [id for id in self.row if id not in drawn]
                others = [id for id in equals if id not in drawn]
                self.lots = {"between": others, "for": rest - len(drawn)} if len(drawn) < rest else None
                return sure + drawn
        return sure

    def share_lists(self) -> None:
        """Which lists pass and share the seats."""
        bar = self.rule.get("threshold", 0) * self.bases[self.rule.get("threshold_base", "valid")]
        share = [id for id, number in self.votes.items() if 0 < number >= bar]
        wanting = self.rule.get("minimum_parties", 1) - len(share)
        if share and wanting > 0:
            share += self.best({id: n for id, n in self.votes.items() if n and id not in share}, wanting)
        share = share or [id for id in self.votes if id in self.supplied]
        self.passing = [id for id in self.votes if id in share]
        if (pending := self.lots) is None:
            self.allocate(share)
        else:  # of the seats only those that hold whoever is drawn
            self.row, self.lots = [], None
            self.allocate(share + pending["between"][: pending["for"]])
            self.seats = Counter({id: n for id, n in self.seats.items() if id not in pending["between"]})
            self.lots, self.quota = pending, None

    def allocate(self, share: list[str]) -> None:
        """The seats of the lists that share, by quota and then remainders or averages."""
        seats, method, ties = self.contest.seats, self.rule["method"], self.rule.get("ties") == "more-votes"
        votes = {id: number for id, number in self.votes.items() if number and id in share}
        given, quota, total = Counter[str](), Fraction(1), sum(votes.values())
        by_quota, by_remainder = method not in ("dhondt", "sainte-lague"), method.endswith("largest-remainder")
        if method == "hare-largest-remainder":
            rounding, p, q = self.rule.get("quota_rounding", "exact"), total, seats
            whole = {"floor": p // q, "nearest": (2 * p + q) // (2 * q), "ceiling": -(-p // q)}
            quota = Fraction(p, q) if rounding == "exact" else Fraction(whole[rounding])
        elif by_quota:
            quota = Fraction(total // (seats + 1) + 1)
        if by_quota and quota:
            given = Counter({id: int(number // quota) for id, number in votes.items()})
        left = seats - given.total()
        if not votes or not quota or left < 0 or (by_remainder and left > len(votes)):
            self.status = "undetermined"
            return
        self.seats, self.quota = given, quota if by_quota else None
        if by_remainder:
            given.update(self.best({id: number - given[id] * quota for id, number in votes.items()}, left, ties))
            return
        step = 2 if method == "sainte-lague" else 1
        while left and not self.lots:
            scores = {id: Fraction(number, step * given[id] + 1) for id, number in votes.items()}
            highest = {id: score for id, score in scores.items() if score == max(scores.values())}
            chosen = self.best(highest, left, ties)
            given.update(chosen)
            left -= len(chosen)

    def wins(self, number: int) -> bool:
        base = self.bases[self.rule.get("majority_base", "participants")]
        return reaches(number, Fraction(self.rule["majority"]) * base, self.rule.get("majority_op", ">"))

    def elect(self) -> None:
        """Candidates and questions."""
        method, run_off = self.rule["method"], self.rule.get("run_off", {}).get("candidates", LIMIT)
        yes, top = {id for id, kind in self.contest.options if kind == "yes"}, max([0, *self.votes.values()])
        supplied = [id for id in self.supplied if id in self.votes and not top]
        if not top and not supplied:
            self.status = "undetermined"
        elif method == "question":
            won = supplied if supplied else yes if self.wins(sum(self.votes[id] for id in yes)) else ()
            self.adopted = yes.intersection(won)
        elif supplied:
            self.seats.update(supplied[: self.contest.seats])
        elif method == "plurality":
            self.seats.update(self.best({id: n for id, n in self.votes.items() if n}, self.contest.seats))
        elif self.wins(top) or (len(self.votes) == 2 and self.rule.get("two_candidates") == "plurality"):
            self.seats.update(self.best({id: n for id, n in self.votes.items() if n == top}, 1))
        elif len(self.votes) > run_off:
            going = self.best(self.votes, run_off)
            self.passing, self.status = [id for id in self.votes if id in going], "run-off"

# --- The tables of an election (section 6) ---
class Publication:
    """The manifest and the files that it names; all reading goes through here, so every hash is checked."""
    def __init__(self, source: Folder | Site, data: bytes) -> None:
        manifest = parse(data)
        need(manifest.keys() == {"elections", "files", "format", "origin", "size"}, "unknown members")
        need(manifest["format"] == "esaylov publication 1", f"format {show(manifest['format'])}")
        self.source, self.digest, self.origin = source, sha256(data), manifest["origin"]
        self.files, self.elections, self.size = manifest["files"], manifest["elections"], manifest["size"]
        right = is_ids(self.elections) and self.elections == sorted(self.elections) and is_count(self.size)
        need(right and "verify.py" in self.files, "elections, files or size are wrong, or verify.py is not named")
        for path, pin in self.files.items():
            parts = path.split("/")
            home = len(parts) > 2 and parts[0] == "data" and parts[1] in self.elections
            right = all(map(is_id, parts)) and not {".", ".."} & {*parts} and "\\" not in path
            right = right and (home or path == "verify.py") and pin.keys() == {"bytes", "sha256"}
            need(right and is_count(pin["bytes"]) and is_hash(pin["sha256"]), f"{show(path)}, {show(pin)}")
        self.unread = {*self.files}
        if source.listing is not None:
            here = {path for path in source.listing if not path.startswith("log/")} - {"manifest.json"}
            strange = sorted(self.unread ^ here)[:1]
            need(not strange, f"{show(strange)}: a file that is missing, or one that it does not name")

    def content(self, path: str, keep: bool = True) -> bytes:
        need(path in self.files, "the manifest does not name it")
        data, digest, length = bytearray(), hashlib.sha256(), 0
        for chunk in self.source.chunks(path):
            digest.update(chunk)
            length += len(chunk)
            need(length <= self.files[path]["bytes"], "longer than the manifest says")
            data += chunk if keep else b""
        self.unread.discard(path)
        pin = {"bytes": length, "sha256": digest.hexdigest()}
        need(pin == self.files[path], f"not the bytes that the manifest names, but {show(pin)}")
        return bytes(data)

class Tables:
    """The tables that the calling entry pins, and what follows: areas of precincts, and the roster."""
    def __init__(self, publication: Publication, election: Election) -> None:
        self.publication, self.election, self.folder = publication, election, f"data/{election.id}/"
        self.call = election.once[CALL][1]
        self.pins, self.known = self.call["tables"], {"edition.toml"}  # files that were looked into
        self.edition = Edition(self.pinned("edition", "toml"))
        need(self.edition.id == election.edition, f"edition.toml: another edition, {show(self.edition.id)}")
        self.above: dict[str, Area] = {"": ()}
        for row in self.rows("territories"):
            self.above[row["id"]] = (row["id"], *self.above[row["parent"]])
        del self.above[""]
        self.contests: dict[str, Contest] = {}
        for row in self.rows("contests"):
            seats, territory = count(row["seats"] or "0"), self.above[row["territory"]][0]
            self.contests[row["id"]] = Contest(row["id"], row["kind"], territory, seats, [])
        order, last = {contest: number for number, contest in enumerate(self.contests)}, (0, -1, "")
        for row in self.rows("options"):
            now = order[row["contest"]], count(row["ballot_order"]), row["id"]
            need(now > last, f"options.csv: {show(row['id'])} is out of order")
            self.contests[row["contest"]].options.append((row["id"], row["kind"]))
            last = now
        further: dict[str, list[str]] = defaultdict(list)
        for row in self.rows("precinct_territories") if "precinct_territories" in self.pins else ():
            further[row["precinct"]].append(row["territory"])
        self.areas: dict[str, Area] = {}
        self.concerned: dict[Area, list[str]] = {(): []}  # the contests of each area
        areas: dict[Area, Area] = {}
        for row in self.rows("precincts"):
            constituency = [row["constituency"]] if row.get("constituency") else []
            names = (row["territory"], *constituency, *further.pop(row["id"], ()))
            if names not in areas:
                area = areas[names] = tuple(dict.fromkeys(t for name in names for t in self.above[name]))
                self.concerned[area] = [c.id for c in self.contests.values() if c.territory in area]
            self.areas[row["id"]] = areas[names]
        need(not further, f"precinct_territories.csv: unknown precinct {show([*further][:1])}")

    def pinned(self, name: str, ending: str) -> bytes:
        data = self.publication.content(f"{self.folder}{name}.{ending}")
        need(sha256(data) == self.pins[name]["sha256"], f"{name}.{ending}: not what the calling entry pins")
        return data

    def rows(self, name: str) -> list[dict[str, str]]:
        """The rows of a pinned table; its `id` must be one, and stand once (of options: in its contest)."""
        with place(f"{name}.csv"):
            rows, seen = parse_table(self.pinned(name, "csv")), set[tuple[str, str]]()
            need(len(rows) == self.pins[name]["rows"], f"{len(rows)} rows, the calling entry says otherwise")
            for row in rows if name != "precinct_territories" else ():
                now = row["id"], row["contest"] if name == "options" else ""
                if now in seen or not is_id(row["id"]):
                    raise Refused(f"id {show(row['id'])} stands twice, or is none")
                seen.add(now)
            self.known.add(f"{name}.csv")
        return rows

# --- Which protocols count, their sums, and what is published (sections 4 and 6) ---
COUNTS = ("expected", "received", "counted", "inconsistent", "returned", "annulled", "voters_annulled")
KINDS = {ACCEPT: "acceptance", RETURN: "return", ANNUL: "annulment", LOT: "lot", SUPPLY: "determination"}
KINDS[CERTIFY] = "certification"
ROLES = ("chair", "deputy", "secretary", "member")
PROPOSED = tuple(f"proposed_{kind}" for kind in ("mahalla", "ngo", "employer", "kengash", "commission", "self"))
ENTERED = ("commission", "decision", *ROLES, *PROPOSED)  # columns of entered.csv behind the entry's index
REMOVALS = ("notice_hours", 0), ("removal_alert", 1)  # what an edition is silent about
SUPPLEMENTS = (("supplement_reasons", ["missing"]), ("supplement_members", 1))  # and what an edition means that is silent
FROZEN = ("precinct", "voters", "root")  # columns of frozen.csv behind the entry's index
PROOF = {"election", "entry", "format", "number", "path", "precinct", "record", "root", "voters"}
Standing = dict[str, tuple[Event | None, str]]  # precinct -> protocol that stands, state of the place

class Tally:
    """Sums of one contest over some precincts."""
    def __init__(self, lines: int, votes: int) -> None:
        self.counts, self.lines, self.votes = Counter[str](), [0] * lines, [0] * votes

    def add(self, other: Tally) -> None:
        self.counts.update(other.counts)
        self.lines = [a + b for a, b in zip(self.lines, other.lines, strict=True)]
        self.votes = [a + b for a, b in zip(self.votes, other.votes, strict=True)]

def hashed_words(entry: Json, said: Json) -> Json:
    """The words behind the hash of an act of a session, as sittings.json has them, if they are those."""
    part = SESSIONS[entry["act"]]
    if part == "questions":
        words, digest = {"articles": entry["articles"], "text": said.get("text"), "title": said.get("title")}, entry["text"]
    elif not part:
        items: Any = said.get("agenda")
        where = said.get("place")
        need(type(items) is list and len(items) == entry["items"], "other items")
        need(all(type(one) is str for one in [*items, *([] if where is None else [where])]), "words are not texts")
        hashes = [sha256(canonical(items)), *([] if where is None else [sha256(where.encode())])]
        need(hashes == [entry[name] for name in ("agenda", "place") if name in entry], "other hashes")
        return {"agenda": items, "place": where}
    elif part == "dissents":
        text = said.get("text") if entry["public"] else None
        right = not entry["public"] or (type(text) is str and sha256(text.encode()) == entry["text"])
        need(right, "not the text of this dissent")
        return {"text": text}
    else:
        return {}
    need(all(type(w) is str for v in words.values() for w in (v if type(v) is list else [v])), "words are not texts")
    need(sha256(canonical(words)) == digest, "not the words that it hashes")
    return words

class Results(Tables):
    """Everything published about one election, recomputed at the manifest's size and compared."""
    def __init__(self, publication: Publication, log: Log, election: Election) -> None:
        with place(f"data/{election.id}"):
            super().__init__(publication, election)
        self.log, self.size, acts = log, publication.size, election.events
        self.frozen: dict[str, dict[str, str]] = {}  # rows of frozen.csv by precinct
        self.opened = dict.fromkeys(election.sealed, LIMIT)  # each sealed entry -> the one that opened it
        self.opened |= {act.place: act.known for act in acts if act.known > act.place}
        self.events = {contest: list[Event]() for contest in self.contests}  # by contest, in order
        for act in sorted(acts):
            concerned = self.concerned[self.areas.get(act.precinct, ())] if act.precinct else [*self.contests]
            contests = [act.contest] if act.contest else concerned
            if not contests or contests[0] not in concerned:
                raise Refused(f"entry {act.place}: {show(act[3:5])} is not on the roster")
            if act.code in (SUBMIT, CORRECT, CERTIFY):
                due = len(self.edition.lines), len(self.contests[act.contest].options)
                if (len(act.entry["lines"]), len(act.entry["votes"])) != due:
                    raise Refused(f"entry {act.place}: not {due[0]} lines and {due[1]} votes")
            for contest in contests:
                self.events[contest].append(act)
        for contest in self.contests:
            self.stand(contest, len(log.leaves))
        self.standing = {contest: self.stand(contest, self.size) for contest in self.contests}
        self.totals = {contest: self.sums(contest, self.standing[contest]) for contest in self.contests}

    def stand(self, contest: str, size: int) -> Standing:
        """The state of each place by the entries below `size`; a log that breaks the rules is refused."""
        stands: dict[str, tuple[Event, str]] = {}
        annulled, certified = set[str](), LIMIT
        sealed = [index for index, known in self.opened.items() if index < size <= known]
        unknown = {self.log.leaves[index].hex() for index in sealed}
        for act in self.events[contest]:
            if act.known >= size or act.code in (LOT, SUPPLY):
                continue
            now, entry, why = stands.get(act.precinct), act.entry, ""
            names, state = entry.get("replaces") or entry.get("protocol"), entry.get("state")
            if act.code == CERTIFY:
                certified = min(certified, act.place)
            elif act.known > certified:
                why = f"entry {certified} certified the contest before"
            elif act.code == ANNUL:
                annulled.add(act.precinct)
            elif act.code == SUBMIT and state == "conflicting":
                why = "" if now or min(sealed, default=LIMIT) < act.place else "nothing stands that it conflicts with"
            elif act.code == SUBMIT:
                why = f"entry {now[0].place} stands for this place already" if now else ""
                stands[act.precinct] = act, str(state)
            elif names in unknown:  # it follows a sealed protocol that is not known at this size
                unknown |= {self.log.leaves[act.place].hex()} if act.code == CORRECT else set()
            elif not now or self.log.leaves[now[0].place].hex() != names:
                why = "it does not name the protocol that stands for this place"
            elif act.code == CORRECT:
                right = entry["version"] > now[0].entry["version"] and now[1] in ("inconsistent", "returned")
                why = "" if right else f"it may not replace version {now[0].entry['version']}, {now[1]}"
                stands[act.precinct] = act, str(state)
            else:
                stands[act.precinct] = now[0], "accepted" if act.code == ACCEPT else "returned"
            if why:
                raise Refused(f"entry {act.place}: {why}")
        return {**stands, **{id: (stands[id][0] if id in stands else None, "annulled") for id in annulled}}

    def sums(self, contest: str, standing: Standing) -> dict[str, Tally]:
        """For every territory with places on the roster: first the sums of each area, then up the tree."""
        size = len(self.edition.lines), len(self.contests[contest].options)
        areas: dict[Area, tuple[Tally, list[Json]]] = defaultdict(lambda: (Tally(*size), []))
        for precinct, area in self.areas.items():
            if contest in self.concerned[area]:
                tally, counted = areas[area]
                act, state = standing.get(precinct, (None, ""))
                counts = state in ("received", "accepted")
                tally.counts.update(("expected", "counted" if counts else state, *(["received"] if act else [])))
                if act and counts:
                    counted.append(act.entry)
                elif act and state == "annulled":
                    tally.counts["voters_annulled"] += self.edition.figure("voters_on_list", act.entry["lines"])
        result: dict[str, Tally] = defaultdict(lambda: Tally(*size))
        for area, (tally, counted) in areas.items():
            if counted:
                tally.lines = [*map(sum, zip(*(entry["lines"] for entry in counted), strict=True))]
                tally.votes = [*map(sum, zip(*(entry["votes"] for entry in counted), strict=True))]
            for territory in area:
                result[territory].add(tally)
        return result

    def check(self) -> Iterator[str]:
        """Compare every file and every claim of the log; gives a line for each check that held."""
        tables = self.expected()
        roster, protocols = tables["roster.csv"], len(tables["protocols.csv.gz"]) - 1
        pin = {"rows": len(roster) - 1, "sha256": sha256("".join(roster).encode())}
        _, claim = self.election.once.get(ROSTER, (0, pin))  # called, and no roster yet: it follows from the tables
        need(pin.items() <= claim.items(), "the roster of the log is not every place that must report")
        absent = [f"{precinct}/{contest}" for precinct, area in self.areas.items() for contest in self.concerned[area]
                  if (self.standing[contest].get(precinct) or (None,))[0] is None]
        missing = f"{len(absent)} have none: {', '.join(map(show, absent[:5]))}" if absent else "none is missing"
        yield f"roster: {len(roster) - 1} places; a protocol stands for {protocols}; {missing}"
        yield f"commissions: {self.check_commissions()}"
        yield f"lists of voters: {self.check_lists()}"
        yield f"findings and states are those of the control relations: {self.check_findings()}"
        for name, table in tables.items():  # one without rows may be left out
            path, text = self.folder + name, "".join(table).encode()
            if path in self.publication.files or len(table) > 1:
                with place(path):
                    data = self.publication.content(path)
                    compare(gunzip(data, len(text) + 1) if name.endswith(".gz") else data, text)
                    self.known.add(name)
        yield f"tables: every row follows from the log; {sum(map(len, self.totals.values()))} sums up the tree"
        with place(f"{self.folder}sittings.json"):
            yield f"sessions: {self.check_sittings()}"
        for name, check in (("determinations", self.check_determinations), ("datapackage", self.check_package)):
            path = f"{self.folder}{name}.json"
            self.known.add(f"{name}.json")
            with place(path):
                yield f"{name}: {check(DECODER.decode(self.publication.content(path).decode()))}"
        yield f"certified: {self.check_certified()} contests, as counted at that moment"

    def expected(self) -> dict[str, list[str]]:
        """The rows of each table as they follow from log and pinned tables."""
        simulated, lines = ["simulated"] if "simulated" in self.log.flags else [], self.edition.lines
        tail, place, votes = ",true\n" if simulated else "\n", ("precinct", "contest"), ("option", "votes")
        heads = {
            "roster.csv": [*place],
            "protocols.csv.gz": [*place, *lines, "submitted_at", "state", "version", "leaf", *simulated],
            "votes.csv.gz": [*place, *votes], "totals.csv": ["contest", "territory", *COUNTS, *lines],
            "totals_votes.csv": ["contest", "territory", *votes], "turnout.csv": ["precinct", "at", "voters"],
            "decisions.csv": ["kind", "number", "at", *place, "outcome"],
        }
        tables = {name: [line(*head)] for name, head in heads.items()}
        options = {c.id: [quote(option) + "," for option, _ in c.options] for c in self.contests.values()}
        for precinct, area in self.areas.items():
            for contest in self.concerned[area]:
                where = f"{quote(precinct)},{quote(contest)}"
                tables["roster.csv"].append(where + "\n")
                act, state = self.standing[contest].get(precinct, (None, ""))
                if act:
                    entry, where, numbers = act.entry, where + ",", ",".join(map(str, act.entry["lines"]))
                    row = f"{where}{numbers},{entry['at']},{state},{entry['version']},{act.place}{tail}"
                    tables["protocols.csv.gz"].append(row)
                    pairs = zip(options[contest], entry["votes"], strict=True)
                    tables["votes.csv.gz"] += [f"{where}{option}{number}\n" for option, number in pairs]
        for contest in self.contests:
            for territory in filter(self.totals[contest].__contains__, self.above):
                tally, where = self.totals[contest][territory], line(contest, territory)[:-1] + ","
                tables["totals.csv"].append(where + line(*(tally.counts[name] for name in COUNTS), *tally.lines))
                pairs = zip(options[contest], tally.votes, strict=True)
                tables["totals_votes.csv"] += [f"{where}{option}{number}\n" for option, number in pairs]
        for index, entry in self.election.turnout:
            need(entry["precinct"] in self.areas, f"entry {index}: unknown precinct")
            if index < self.size:
                tables["turnout.csv"].append(line(entry["precinct"], entry["at"], entry["voters"]))
        decided: dict[int, str] = {}
        for act in self.election.events:
            if act.code in KINDS:
                entry, outcome = act.entry, " ".join(act.entry.get("drawn") or act.entry.get("outcome") or ())
                row = line(KINDS[act.code], entry["decision"], entry["at"], act.precinct, act.contest, outcome)
                decided[act.place] = row
        for index, entry in self.election.moves:
            need(entry["step"] in self.edition.steps, f"entry {index}: no step of the calendar: {show(entry['step'])}")
            outcome = f"{entry['step']} {entry['opens'] or '-'} {entry['closes'] or '-'}"
            decided[index] = line("calendar", entry["decision"], entry["at"], "", "", outcome)
        tables["decisions.csv"] += [decided[index] for index in sorted(decided) if index < self.size]
        return tables

    def check_sittings(self) -> str:
        """Sessions: each text has the hash in its entry; what the log says of them stands there, and nothing else."""
        path, due = f"{self.folder}sittings.json", [(i, e) for i, e in self.election.sessions if i < self.size]
        if not due and path not in self.publication.files:
            return "none"
        self.known.add("sittings.json")
        data, expected = self.publication.content(path), dict[Any, Json]()
        sessions, parts = DECODER.decode(data.decode()), ("attendance", "questions", "dissents")
        need(type(sessions) is list, "not an array of sessions")
        for s in sessions:
            right = type(s) is dict and "closing" in s and all(type(s.get(part)) is list for part in parts)
            need(right, f"a member is missing, or of another kind, in the session {show(s)}")
        shown = [o for s in sessions
                 for o in (s, *s["attendance"], *s["questions"], *s["dissents"], *([s["closing"]] if s["closing"] else []))]
        need(all(type(o) is dict and type(o.get("entry")) is int for o in shown), "something there names no entry")
        said = {o["entry"]: o for o in shown}
        for index, entry in due:
            need(index in said, f"entry {index} is missing")
            key, part = (entry["body"], entry["year"], entry["session"]), SESSIONS[entry["act"]]
            common = "v act edition election simulated replay" + (" body session year" if part else "")
            told = {name: value for name, value in entry.items() if name not in common.split()}
            with place(f"entry {index}"):
                told |= {"entry": index, **hashed_words(entry, said[index])}
            if not part:
                expected[key] = {**told, "attendance": [], "questions": [], "dissents": [], "closing": None}
            elif part == "closing":
                expected[key]["closing"] = told
            else:
                expected[key][part].append(told)
        need(canonical([*expected.values()]) == data, "it says something else than the entries, or more")
        votes = Counter(question["adopted"] for session in expected.values() for question in session["questions"])
        return f"{len(expected)}, {votes[True]} decisions and {votes[False]} questions not carried, each in its words"

    def check_findings(self) -> str:
        """Recompute the findings of every protocol, also of those that no longer stand."""
        seen, errors = Counter[str](), self.edition.errors
        protocols = [act for act in self.election.events if act.code in (SUBMIT, CORRECT)]
        for first in range(0, len(protocols), 4096):
            batch = protocols[first : first + 4096]
            for act, failed in zip(batch, self.edition.failed(batch), strict=True):
                state, shown = act.entry["state"], act.entry["findings"]
                right = state == "conflicting" or (state == "inconsistent") != errors.isdisjoint(failed)
                codes = sorted([*failed, "P01"]) if state == "conflicting" else failed
                if shown != codes or not right:
                    raise Refused(f"entry {act.place}: {state}, findings {show(shown)}, recomputed {show(codes)}")
                seen.update(codes)
        return ", ".join(f"{code} {number}" for code, number in sorted(seen.items())) or "none"

    def determined(self, contest: Contest, totals: dict[str, Tally], size: int) -> Json:
        """Who wins by the entries below `size`."""
        acts = [act for act in self.events[contest.id] if act.known < size]
        lots = [id for act in acts if act.code == LOT for id in act.entry["drawn"]]
        supplied = [None, *(act.entry["outcome"] for act in acts if act.code == SUPPLY)][-1]
        strange = {*lots, *(supplied or ())} - {id for id, _ in contest.options}
        need(not strange, f"decisions name unknown options {show(strange)}")
        result = Winners(self.edition, contest, totals[contest.territory], lots, supplied).json()
        final = any(act.code == CERTIFY for act in acts)
        return {**result, "contest": contest.id, "kind": contest.kind, "final": final}

    def check_determinations(self, published: list[Json]) -> str:
        states = Counter[str]()
        for contest, shown in zip(self.contests.values(), published, strict=True):
            with place(f"contest {show(contest.id)}"):
                right = self.determined(contest, self.totals[contest.id], self.size)
                need(shown.keys() == right.keys() | {"steps"}, f"members {show(sorted(shown))}")
                for name, value in right.items():
                    same = canonical(shown[name]) == canonical(value)
                    need(same, f"{name} is {show(shown[name])}, recomputed {show(value)}")
                states[right["status"]] += 1
        return ", ".join(f"{number} {status}" for status, number in sorted(states.items()))

    def check_certified(self) -> int:
        """Certified figures are those at the size that is the certifying entry's own index."""
        certified = [act for act in self.election.events if act.code == CERTIFY]
        for index, _, _, _, contest, entry in certified:
            totals, rules = self.sums(contest, self.stand(contest, index)), self.contests[contest]
            tally, seats = totals[rules.territory], self.determined(rules, totals, index)["seats"]
            right = {"counted": tally.counts["counted"], "lines": tally.lines, "votes": tally.votes, "seats": seats}
            for name, value in right.items():
                shown = [*entry[name]] if type(value) is list else entry[name]
                need(shown == value, f"entry {index}: certified {name} {show(shown)}, recomputed {show(value)}")
        return len(certified)

    def bodies(self) -> dict[str, Json]:
        """The commissions of the election: one for each place that has one by the edition's routes, and for each precinct."""
        places = {row["id"]: row for row in self.rows("territories")}
        tiers, prefix = {"country": "cec", "region": "territorial", "constituency": "okrug"}, {"cec": "cec", "okrug": "dec"}
        prefix |= {"territorial": "tec", "district": "dcec"}
        through: dict[str, bool] = {}  # of each territory with contests: whether one goes through an okrug commission
        for contest in self.contests.values():
            kinds = [places[place]["kind"] for place in self.above[contest.territory]]
            kind = [*(kind for kind in kinds if kind != "constituency"), ""][0]
            level = {"region": "region", "district": "district", "city": "district"}.get(kind)
            ways = [way for way in self.edition.routes if way["contest"] == contest.kind]
            ways = [way for way in ways if way.get("level", way.get("territory")) in (None, level)]
            okrug = not ways or "okrug" in ways[0]["chain"] or ways[0].get("registers") == "okrug"
            through[contest.territory] = okrug or through.get(contest.territory, False)
        found, roots = dict[str, Json](), 0
        for id, row in places.items():
            tier, code = tiers.get(row["kind"], "district"), ""
            if not row["parent"]:
                tier, code, roots = "cec", f"cec:{id}" if roots else "cec", roots + 1
            above = [id] if id in through else self.above[id]
            if tier != "okrug" or any(through.get(place) for place in above):
                found[code or f"{prefix[tier]}:{id}"] = {"tier": tier, "territory": id, "precinct": ""}
        for row in self.rows("precincts"):
            found[f"pec:{row['id']}"] = {"tier": "precinct", "territory": row["territory"], "precinct": row["id"]}
        return found

    def check_commissions(self) -> str:
        """Every commission in numbers: what files brought in is what their entries pin, all else follows from entries."""
        home, tables = self.election.id, ("commissions.csv", "entered.csv")
        near = [(n, e) for n, e in self.log.commissions.composed if n < self.size and e["election"] in (None, home)]
        bodies = self.bodies() if near else {}
        due = [(n, e, e.get("of") or e.get("commission") or "") for n, e in near]
        due = [(n, e, code) for n, e, code in due if (code in bodies or "of" not in e) and (e["election"] or code == "cec")]
        here = {name for name in tables if self.folder + name in self.publication.files}
        if all(code == "cec" for _, _, code in due):
            need(not here, f"{show([*here])}: but no entry is on a commission")
            return "none has members"
        imports = {str(n): e for n, e, code in due if not code}
        rows, mine = list[dict[str, str]](), defaultdict[str, list[dict[str, str]]](list)
        if imports or "entered.csv" in here:
            with place(f"{self.folder}entered.csv"):
                data = self.publication.content(self.folder + "entered.csv")
                need(data.startswith(line("entry", *ENTERED).encode()), "unknown columns")
                rows = parse_table(data)
                self.known.add("entered.csv")
                order = [(count(row["entry"]), row["commission"]) for row in rows]
                need(order == sorted({*order}), "rows are out of order")
                for row in rows:
                    need(row["entry"] in imports and row["commission"] in bodies, f"{show(row)}: no such import, or body")
                    mine[row["entry"]].append(row)
                for index, entry in imports.items():
                    self.check_import(index, entry, mine[index], bodies)
        for code, body in bodies.items():
            body.update({"code": code, "roles": Counter(), "kinds": Counter(), "formed": [""] * 4, "entries": []})
            body.update(dict.fromkeys(("changes", "ended", "added", "removed"), 0))
        for n, entry, code in due:
            for row in [entry] if code else mine[str(n)]:
                need((code or row["commission"]) in bodies, f"entry {n}: unknown commission {show(code)}")
                self.compose(n, entry, row, bodies[code or row["commission"]])
        head = ["commission", "tier", "territory", "precinct", "members", *ROLES, "formed_by", "decision", "formed_at"]
        head += ["formed_entry", "changes", "ended", "added", "removed", *PROPOSED, "entries"]
        text = line(*head) + "".join(
            line(b["code"], b["tier"], b["territory"], b["precinct"], b["roles"].total(), *(b["roles"][r] for r in ROLES),
                 *b["formed"], b["changes"], b["ended"], b["added"], b["removed"], *(b["kinds"][k] for k in PROPOSED),
                 " ".join(map(str, b["entries"]))) for b in bodies.values())
        self.known.add("commissions.csv")
        with place(f"{self.folder}commissions.csv"):
            compare(self.publication.content(self.folder + "commissions.csv"), text.encode())
        loose = {row["commission"] for i, e in imports.items() if e.get("counts") is None for row in mine[i]}
        unpinned = f"; of {len(loose)} the log does not pin the rows in entered.csv" if loose else ""
        formed = sum(b["roles"].total() > 0 for b in bodies.values())
        return f"{formed} of {len(bodies)} are formed, each in numbers{unpinned}"

    def check_import(self, index: str, entry: Json, rows: list[dict[str, str]], bodies: dict[str, Json]) -> None:
        """Rows of entered.csv are those that the entry of the import pins, and their sums are what it says."""
        text = line(*ENTERED) + "".join(line(*(row[name] for name in ENTERED)) for row in rows)
        need(entry.get("counts") in (None, sha256(text.encode())), f"not the rows that entry {index} pins")
        sums = {name: sum(count(row[name]) for row in rows) for name in ENTERED[2:]}
        shown = {**entry["roles"], **{f"proposed_{kind}": number for kind, number in entry["proposers"].items()}}
        right = shown == {name: number for name, number in sums.items() if number}
        right = right and Counter(bodies[row["commission"]]["tier"] for row in rows) == Counter(entry["tiers"])
        need(right, f"other sums than entry {index} says")

    def compose(self, n: int, entry: Json, row: Json, body: Json) -> None:
        """What an entry (of an import: one row of its table) does to a commission."""
        roles, body["entries"] = body["roles"], [*body["entries"], n]
        if "of" in entry:
            need(roles[entry["role"]], f"entry {n}: nobody is left there as {show(entry['role'])}")
            roles[entry["role"]] -= 1
            body["ended"], body["removed"] = body["ended"] + 1, body["removed"] + 1
            return
        before, imported = roles.total(), entry is not row
        if before:
            body["changes"] += 1
        else:
            decision = row["decision"] or entry["decision"]
            body["formed"] = [entry["body"], decision, entry["at"], n]
        came = {name: count(row[name]) for name in (*ROLES, *PROPOSED)} if imported else {}
        kinds = came if imported else {f"proposed_{kind}": number for kind, number in entry["proposers"].items()}
        added = sum(came[role] for role in ROLES) if imported else entry["added"]
        removed, after = (0, roles + Counter({r: came[r] for r in ROLES})) if imported else (entry["removed"], None)
        body["roles"] = after = Counter(entry["roles"]) if after is None else after
        right = imported or (entry["act"].endswith("change_composition") == (before > 0) and removed <= before)
        right = right and after.total() == before + added - removed and {*after} <= {*ROLES}
        need(right and (imported or {*kinds} <= {*PROPOSED}), f"entry {n}: {after.total()} members, before it {before}")
        body["kinds"].update({name: kinds[name] for name in PROPOSED if name in kinds})
        body["added"], body["removed"] = body["added"] + added, body["removed"] + removed

    def check_rules(self, tables: dict[str, str]) -> None:
        """Which houses precincts have: each decision's table is the one that its entry pins (publications of before had none)."""
        names, files = {"rules.csv", "mahallas.csv", *tables}, self.publication.files
        mine = {path.removeprefix(self.folder): files[path]["sha256"] for path in files if path.startswith(self.folder)}
        if any(name.startswith("rules") for name in mine):
            need(tables.items() <= mine.items(), "a table of rules is missing, or is not the one that its entry pins")
            need(tables and names <= {*mine}, "rules.csv or mahallas.csv is missing, or nobody set rules")
            self.known |= names

    def check_lists(self) -> str:
        """Frozen lists are those that entries pin, each once; supplements and marks are numbered one by one."""
        due = [(n, e) for n, e in self.election.lists if n < self.size]
        self.check_rules({f"rules/{n}.csv": e["table"] for n, e in due if e["act"] == RULE})
        due = [(n, e) for n, e in due if e["act"] != RULE]
        freezes, path = {str(n): e for n, e in due if e["act"] == FREEZE}, self.folder + "frozen.csv"
        if freezes or path in self.publication.files:
            with place(path):
                data = self.publication.content(path)
                need(data.startswith(line("entry", *FROZEN).encode()), "unknown columns")
                rows = parse_table(data)
                self.known.add("frozen.csv")
                self.frozen = {row["precinct"]: row for row in rows}
                order = [(count(row["entry"]), row["precinct"]) for row in rows]
                need(order == sorted(order) and len(self.frozen) == len(rows), "rows are out of order, or a precinct twice")
                need(rows and {row["entry"] for row in rows} == {*freezes}, "not the entries that freeze lists")
                right = all(row["precinct"] in self.areas and is_hash(row["root"]) for row in rows)
                need(right, "a precinct that the election does not have, or a root that is no hash")
                for index, entry in freezes.items():
                    mine = [row for row in rows if row["entry"] == index]
                    text = line(*FROZEN) + "".join(line(*(row[name] for name in FROZEN)) for row in mine)
                    need(sha256(text.encode()) == entry["table"], f"not the rows that entry {index} pins")
                    sums = {"lists": len(mine), "voters": sum(count(row["voters"]) for row in mine)}
                    need(sums.items() <= entry.items(), f"other sums than entry {index} says")
        numbers, law = Counter[tuple[str, str, str]](), self.edition.voters
        self.check_notices(due, timedelta(hours=law.get("notice_hours", 0)))
        hours, known = timedelta(hours=law.get("answer_hours", 24)), law.get("request_reasons", ["not-proven"])
        wrong = [(n, f"due {time} after it came") for time, n in self.election.answers.items() if time != hours]
        wrong += [(n, f"refused: {show(one)}") for one, n in self.election.refused.items() if one not in known]
        first, reason = min(wrong, default=(self.size, ""))
        need(first >= self.size, f"entry {first}: not by the edition: {reason}")
        for n, e in due:
            if e["act"] in (FREEZE, APPROVE, APPLY, DISCARD):
                continue
            one = e["act"], e["precinct"], e.get("kind", "")
            numbers[one] += 1
            right = e["precinct"] in self.areas and (e["act"] == ROUND or e["body"] == f"pec:{e['precinct']}")
            need(right, f"entry {n}: not by the commission of one of the precincts")
            need(e["number"] == numbers[one], f"entry {n}: number {e['number']}, due is {numbers[one]}")
            frozen = self.frozen.get(e["precinct"])
            right = e["act"] in (MARK, VISIT, ROUND) or bool(frozen and int(frozen["entry"]) < n)
            need(right, f"entry {n}: the list of {show(e['precinct'])} is not frozen")
            if e["act"] == SUPPLEMENT:
                reasons, least = (law.get(name, default) for name, default in SUPPLEMENTS)
                right = e["reason"] in reasons and e["members"] >= least
                need(right, f"entry {n}: {show(e['reason'])}, {e['members']} agreed; by law {least}, {show(reasons)}")
        sums = Counter({act: sum(k for (a, _, _), k in numbers.items() if a == act) for act in (SUPPLEMENT, MARK)})
        sums[MARK] += sum(n < self.size for n in self.election.marks)
        voters = sum(int(row["voters"]) for row in self.frozen.values())
        return f"{len(self.frozen)} frozen, {voters} voters; supplements have {sums[SUPPLEMENT]}; {sums[MARK]} marks"

    def check_notices(self, acts: list[tuple[int, Json]], length: timedelta) -> None:
        """A notice of removals lasts as long as the law says, less the time for which an earlier one of the same stood."""
        begun, stood = dict[int, datetime](), dict[int, timedelta]()
        for n, e in acts:
            if e["act"] == APPROVE and e["notices"]:
                need(length, f"entry {n}: the edition knows no notice")
                at = moment(e["at"])
                old = [stood.get(number, at - first) for number, first in begun.items() if at - first <= 7 * length]
                left = [length] if e["told"] else [max(length - time, timedelta()) for time in old]
                right = moment(e["notice_until"]) - at in left
                need(right, f"entry {n}: the notice ends at {e['notice_until']}, by law {length} less what another stood")
                begun[e["changeset"]] = at
            elif e["act"] == APPLY:
                begun.pop(e["changeset"], None)
            elif e["act"] == DISCARD and e["changeset"] in begun:
                stood[e["changeset"]] = moment(e["at"]) - begun[e["changeset"]]

    def check_voter(self, proof: Json) -> str:
        """The voter of a proof stands in the frozen list: the path leads from the leaf to its root."""
        row, number, path = self.frozen[proof["precinct"]], proof["number"], proof["path"]
        voters = count(row["voters"])
        shown = {"entry": count(row["entry"]), "voters": voters, "root": row["root"]}
        need(shown.items() <= proof.items(), f"the published list is {show(shown)}")
        need(is_count(number) and 1 <= number <= voters, f"the list has no number {show(number)}")
        need(is_hash(proof["record"]) and type(path) is list and all(map(is_hash, path)), "record or path is no hash")
        leaf = {name: proof[name] for name in ("election", "number", "precinct", "record")}
        node, at, last = hashlib.sha256(b"\0" + canonical({"v": 1, **leaf})).digest(), number - 1, voters - 1
        for sibling in map(bytes.fromhex, path):  # RFC 9162, 2.1.3.2
            need(last, "the path is too long")
            right = at & 1 or at == last
            node = hashlib.sha256(b"\1" + (sibling + node if right else node + sibling)).digest()
            while right and not at & 1 and at:
                at, last = at >> 1, last >> 1
            at, last = at >> 1, last >> 1
        need(not last and node.hex() == row["root"], "the path does not lead to the root")
        if "own" in proof:
            secret = b"esaylov voter v1\0" + bytes.fromhex(proof["salt"]) + canonical(proof["own"])
            need(is_hash(proof["salt"]) and sha256(secret) == proof["record"], "frozen with other data")
        own = ", with the data shown" if "own" in proof else ""
        return f"voter: number {number} of {voters} in the frozen list of {show(proof['precinct'])}{own}"

    def check_package(self, package: Json) -> str:
        """The description is of this election and its tables; and no file stands here that is not specified."""
        wanted = {"edition": "edition.toml", **{name: self.call[name] for name in ("date", "timezone")}}
        wanted |= {flag: flag in self.log.flags or None for flag in ("simulated", "replay")}
        wanted |= {"pilot": "pilot" in self.call or None, "events": self.call.get("events")}
        shown = {name: package["election"].get(name) for name in wanted}
        need(package["name"] == self.election.id and shown == wanted, f"not this election: {show(shown)}")
        strange = [table["path"] for table in package["resources"] if table["path"] not in self.known]
        need(not strange, f"{show(strange)} are no tables here")
        readers = "(protocols|votes|totals|totals_votes)[.]parquet|nist-cdf/[^/]+[.]json"
        for path in filter(lambda path: path.startswith(self.folder), self.publication.files):
            name = path.removeprefix(self.folder)
            need(name in self.known or re.fullmatch(readers, name), f"{show(path)}: the specification does not know it")
        return f"describes {len(package['resources'])} tables that are here"

# --- The whole ---
def say(text: str) -> None:
    """Print a line; a name from a hostile file cannot break or disguise it."""
    print("".join(c if c.isprintable() else ascii(c)[1:-1] for c in text), flush=True)

def check_receipt(data: bytes, key: Key, leaves: list[bytes]) -> str:
    lines = open_note(DECODER.decode(data.decode())["receipt"].encode() if data[:1] == b"{" else data, key)
    right = len(lines) == 5 and lines[:2] == ["esaylov receipt v1", key[0]] and is_hash(lines[2])
    right = right and lines[3][-1:] == "Z" and bool(moment(lines[3][:-1] + "+00:00"))
    need(right and lines[4] == "included within 60 seconds", "not a receipt of this log")
    leaf = bytes.fromhex(lines[2])
    need(leaf in leaves, f"the entry promised at {lines[3]} is not in the log")
    return f"receipt: entry {leaves.index(leaf)}, promised at {lines[3]}, is in the log"

def check_since(data: bytes, key: Key, leaves: list[bytes]) -> str:
    size, root = parse_checkpoint(data, key)
    need(size <= len(leaves), f"it is newer: {size} entries")
    need(tree(leaves[:size])[0] == root, "its log is not the beginning of this one")
    return f"since: the log of {size} entries is the beginning of this one"

def check_strictest(elections: dict[str, Results], size: int) -> int:
    """The list of voters is one: no removal under an election while another that was not over asked for more (section 3)."""
    removals = list[tuple[int, str]]()
    for id, one in elections.items():
        done = [(n, e) for n, e in one.election.lists if e["act"] == APPLY and n < size]
        removals += [(n, id) for n, e in done if e["counts"]["removed"] + e["kept"] > 0]
    for n, id in sorted(removals):
        own = elections[id].edition.voters
        for id_2, two in elections.items():
            acts = [(m, e) for m, e in two.election.lists if e["act"] in (APPROVE, APPLY, DISCARD, FREEZE, SUPPLEMENT)]
            law = two.edition.voters
            started = any(e["act"] == APPLY and m < n for m, e in acts)
            if id_2 == id or not started or not any(m > n and e["at"][:10] < two.call["date"] for m, e in acts):
                continue
            hours, alert = ([said.get(name, default) for said in (law, own)] for name, default in REMOVALS)
            quiet = {*own.get("notice_none", [])} - {*law.get("notice_none", [])}
            level, least = (exact(one) if isinstance(one, str) else one for one in alert)
            right = hours[0] <= hours[1] and level >= least and not (hours[0] and quiet)
            need(right, f"entry {n}: somebody leaves, the rules of {show(id_2)}, which was not over, ask for more")
    return len(removals)

def verify(source: Folder | Site, wanted: argparse.Namespace, manifest: bytes) -> None:
    """Every check, in order; raises Refused at the first that fails."""
    published_key, data = read(source, "log/key"), read(source, "log/checkpoint")
    with place("--key" if wanted.key else "log/key"):
        vkey = wanted.key or published_key.decode().removesuffix("\n")
        key = parse_key(vkey)
    with place("log/checkpoint"):
        count, root = parse_checkpoint(data, key)
    need(published_key == f"{vkey}\n".encode(), "log/key: not the log's verifier key in one line")
    say(f"ok   checkpoint: {show(key[0])}, {count} entries, signed by {key[1].hex()}")
    entries, leaves = read_log(source, count, root)
    say(f"ok   tree: {count} entries and all tiles give the signed root")
    with place("manifest.json"):
        publication = Publication(source, manifest)
    log, size = Log(entries, leaves), publication.size
    del entries
    need(not log.flags or key[0].endswith(".invalid"), "log/checkpoint: simulated or a replay, but not its origin")
    say("ok   entries: " + ", ".join(f"{act} {number}" for act, number in sorted(log.acts.items())))
    named = [n for n, e in log.publications if (e["manifest"], e["size"]) == (publication.digest, size)]
    need(named and publication.origin == key[0], "manifest.json: no entry of this log names it and its size")
    known = {id: [act for act, (n, _) in e.once.items() if n < size] for id, e in log.elections.items()}
    called, due = ({id for id, acts in known.items() if act in acts} for act in (CALL, ROSTER))
    shown = publication.elections
    need(due <= {*shown} <= called, f"manifest.json: elections {show(shown)}, by the log {show(sorted(called))}")
    say(f"ok   manifest: named by entry {named[-1]}; figures by the entries below {size}")
    rules, all_results = dict[str, Json](), dict[str, Results]()
    for id in shown:
        all_results[id] = results = Results(publication, log, log.elections[id])
        rules |= {results.edition.id: results.edition.commissions} if results.edition.commissions else {}
        for held in results.check():
            say(f"ok   {id}: {held}")
    say(f"ok   commissions: {log.commissions.check_law(rules)}")
    say(f"ok   removals: {check_strictest(all_results, size)} changesets, by the strictest rules of elections not over")
    rest = sorted(publication.unread)
    for path in rest:
        with place(path):
            publication.content(path, keep=False)
    say(f"ok   files: {len(publication.files)}, of these {len(rest)} by their bytes alone")
    for path, check in ((wanted.since, check_since), (wanted.receipt, check_receipt)):
        if path:
            with place(path), open(path, "rb") as file:
                say("ok   " + check(file.read(MEGABYTE), key, leaves))
    if wanted.voter_proof:
        with place(wanted.voter_proof), open(wanted.voter_proof, "rb") as file:
            proof = DECODER.decode(file.read(MEGABYTE).decode())
            right = type(proof) is dict and {*proof} in (PROOF, PROOF | {"own", "salt"})
            need(right and proof["format"] == "esaylov voter proof 1", "not a proof of a voter")
            need(proof["election"] in all_results, f"the election {show(proof['election'])} is not published here")
            say("ok   " + all_results[proof["election"]].check_voter(proof))
    notes = {"simulated": "SIMULATED: the figures are invented", "replay": "REPLAY: a past election, loaded again"}
    unproven = [] if wanted.key else ["ORIGIN NOT PROVEN: the key was read from the folder itself"]
    for text in (*(notes[flag] for flag in log.flags), *unproven, "Verified from the signed protocols upward."):
        say(text)

def attempts(where: str, wanted: argparse.Namespace) -> None:
    """A folder is read once; a site up to three times, when its publication changes in between."""
    source = Site(where) if where.startswith(("http://", "https://")) else Folder(where)
    for attempt in range(3):
        before = read(source, "manifest.json", 64 * MEGABYTE), read(source, "log/checkpoint")
        try:
            return verify(source, wanted, before[0])
        except Refused:
            after = read(source, "manifest.json", 64 * MEGABYTE), read(source, "log/checkpoint")
            if attempt == 2 or before == after:
                raise
            say("     The publication changed in between: once more.")
    return None

def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Check a published election from its files alone.")
    parser.add_argument("place", metavar="DIR_OR_URL")
    parser.add_argument("--key", metavar="VKEY", help="the log's verifier key, from a place that you trust")
    parser.add_argument("--since", metavar="CHECKPOINT", help="file: an older checkpoint of the same log")
    parser.add_argument("--receipt", metavar="FILE", help="file: a receipt whose entry must be in the log")
    parser.add_argument("--voter-proof", metavar="FILE", help="file: a proof that a voter stands in a frozen list")
    parser.add_argument("--witness", metavar="VKEY", action="append", help="reserved")
    parser.add_argument("--quorum", metavar="N", help="reserved")
    wanted = parser.parse_args(arguments)
    if wanted.witness or wanted.quorum is not None:
        parser.error("--witness and --quorum are reserved: this version does not check cosignatures")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        with place("FAILED"):
            attempts(wanted.place, wanted)
    except Refused as error:
        say(str(error))
        return 1
    return 0

if __name__ == "__main__":
    sys.exit(main())
