"""A small published folder, built from docs/formats.md alone and by the plainest code that does it.

Both verifiers are tested on it. Two regions, three districts, a mahalla and two constituencies; a list
contest and two single-member contests; twelve precincts, the last of them abroad (national ballot only). The
log holds every act that a precinct's protocol can meet: sealed and opened, inconsistent and corrected,
returned, accepted, conflicting, annulled with and without a protocol, certified, and acts that came after the
published size.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from esaylov.tlog.checkpoint import Checkpoint, sign_checkpoint
from esaylov.tlog.notes import Signer
from esaylov.tlog.tiles import build as build_tiles
from esaylov.tlog.tree import leaf_hash, root_hash
from tests.exchange.published_case import (
    CONTESTS,
    EDITION_TOML,
    ELECTION,
    OPTIONS,
    ORIGIN,
    PRECINCT_TERRITORIES,
    PRECINCTS,
    RELEASE,
    SEED,
    TERRITORIES,
    Place,
    canonical,
    csv_bytes,
    failed,
    figures,
    roster,
)
from tests.exchange.published_commissions import COMMISSIONS_TOML, deliberate, sittings
from tests.exchange.published_compositions import composed
from tests.exchange.published_lists import freeze, table
from tests.exchange.published_voters import list_late, list_voters
from tests.exchange.published_world import Entry, Log, World, datapackage, parquet

__all__ = ["ELECTION", "ORIGIN", "SEED", "Entry", "Log", "World", "build"]


def protocol(
    log: Log,
    place: Place,
    version: int = 1,
    code: str = "results.submit_protocol",
    error: int = 0,
    **more: Any,
) -> Entry:
    """A protocol's entry as an object; `error` is added to the line `invalid`, so that R03 fails."""
    precinct, contest = place
    lines, votes = figures(*place)
    lines[6] += error
    codes = failed(lines, votes)
    state = "inconsistent" if {"R01", "R03", "R04"} & set(codes) else "received"
    members: dict[str, Any] = {
        "lines": lines,
        "votes": votes,
        "findings": codes,
        "state": state,
        "version": version,
    }
    members.update(more)
    return log.value(code, f"pec-{precinct}", precinct=precinct, contest=contest, **members)


def pin(data: bytes) -> Entry:
    """How the calling entry names a table."""
    return {"rows": data.count(b"\n") - 1, "sha256": sha256(data).hexdigest()}


def base_tables(edition_toml: bytes) -> dict[str, bytes]:
    """The tables that are fixed before the election."""
    return {
        "edition.toml": edition_toml,
        "territories.csv": csv_bytes(("id", "parent", "kind", "name_en"), TERRITORIES),
        "contests.csv": csv_bytes(("id", "kind", "territory", "seats", "edition", "title_en"), CONTESTS),
        "options.csv": csv_bytes(("id", "contest", "kind", "name_en", "ballot_order"), OPTIONS),
        "precincts.csv": csv_bytes(("id", "territory", "constituency", "number", "voters"), PRECINCTS),
        "precinct_territories.csv": csv_bytes(("precinct", "territory"), PRECINCT_TERRITORIES),
        "roster.csv": csv_bytes(("precinct", "contest"), roster()),
    }


def call(log: Log, tables: Mapping[str, bytes]) -> None:
    """The acts before election day."""
    arrived = {"datapackage.json": sha256(b"the package as it arrived").hexdigest()}
    log.act("load", "elections.load_package", "system", files=arrived)
    names = ("territories", "contests", "options", "precincts", "precinct_territories")
    pins: dict[str, Any] = {name: pin(tables[f"{name}.csv"]) for name in names}
    pins["edition"] = {"sha256": sha256(tables["edition.toml"]).hexdigest()}
    zone = {"date": "2026-10-25", "timezone": "Asia/Tashkent", "clock": "set", "release": RELEASE}
    log.act("call", "elections.call_election", "cec", **zone, tables=pins)
    log.act("roster", "results.publish_roster", "cec", **pin(tables["roster.csv"]))


def before_release(log: Log, more_turnout: int) -> dict[str, tuple[int, str, Entry]]:
    """Turnout, and protocols that are sealed."""
    for hour, share in ((10, 5), (13, 3)):
        log.minute = hour * 60
        for number in (1, 7):
            voters = PRECINCTS[number - 1][4] // share
            body, name = f"pec-p{number:02}", f"p{number:02}"
            log.act(f"turnout {name} {hour}", "polling.report_turnout", body, precinct=name, voters=voters)
    for n in range(more_turnout):
        log.act(f"more turnout {n}", "polling.report_turnout", "pec-p02", precinct="p02", voters=n // 10)
    log.head("head 1")
    log.minute = 19 * 60
    sealed = {}
    for precinct in ("p01", "p02", "p09", "p10"):
        error = 3 if precinct == "p09" else 0
        label = f"{precinct} list"
        sealed[label] = log.seal(label, protocol(log, (precinct, "list"), error=error))
    sealed["p01 sm-1"] = log.seal("p01 sm-1", protocol(log, ("p01", "sm-1"), error=2))
    sealed["p08 sm-2"] = log.seal("p08 sm-2", protocol(log, ("p08", "sm-2")))
    again = protocol(
        log, ("p09", "list"), 2, "results.correct_protocol", replaces=log.leaf(sealed["p09 list"][0])
    )
    sealed["p09 list again"] = log.seal("p09 list again", again)
    return sealed


def after_release(
    log: Log, sealed: Mapping[str, tuple[int, str, Entry]], lot: str | None, moved: bool
) -> None:
    """Openings in another order than the sealing, then everything that can happen to a protocol."""
    log.minute = 20 * 60
    for label in ("p09 list again", "p02 list", "p01 sm-1", "p01 list", "p09 list"):
        log.open(label, sealed[label])
    first = sealed["p01 sm-1"][0]
    log.append(
        "correct p01 sm-1",
        protocol(log, ("p01", "sm-1"), 2, "results.correct_protocol", replaces=log.leaf(first)),
    )
    stands: dict[Place, int] = {}
    silent = {
        ("p08", "sm-2"),
        ("p11", "sm-2"),
        ("p12", "list"),
        ("p10", "list"),
        ("p01", "list"),
        ("p01", "sm-1"),
    }
    for place in roster():
        if place in silent or place in {("p02", "list"), ("p09", "list")}:
            continue
        error = 4 if place == ("p05", "list") else 0
        entry = protocol(log, place, error=error)
        if place == ("p04", "sm-1"):
            entry["lines"][5] += 1
            entry["lines"][6] += 1
            entry["findings"] = ["R02"]
        stands[place] = log.append(f"submit {place[0]} {place[1]}", entry)
    other = protocol(log, ("p02", "list"), state="conflicting")
    other["lines"][6] += 1
    other["findings"] = ["P01", "R03"]
    log.append("conflict p02 list", other)
    # the value is not known yet at the published size, so that this decision has no effect there
    stands["p10", "list"] = sealed["p10 list"][0]
    decide(log, stands, lot, moved)


def decide(log: Log, stands: Mapping[Place, int], lot: str | None, moved: bool) -> None:
    """What higher commissions decide."""

    def ruling(verb: str, place: Place, index: int, number: str) -> None:
        members = {"precinct": place[0], "contest": place[1], "protocol": log.leaf(index), "decision": number}
        log.act(f"{verb} {place[0]} {place[1]}", f"results.{verb}_protocol", "dec-1", **members)

    ruling("return", ("p02", "sm-1"), stands["p02", "sm-1"], "1/1")
    replaced = log.leaf(stands["p02", "sm-1"])
    index = log.append(
        "correct p02 sm-1",
        protocol(log, ("p02", "sm-1"), 3, "results.correct_protocol", replaces=replaced),
    )
    ruling("accept", ("p02", "sm-1"), index, "1/2")
    ruling("return", ("p05", "sm-1"), stands["p05", "sm-1"], "1/3")
    ruling("accept", ("p07", "list"), stands["p07", "list"], "2/1")
    ruling("return", ("p10", "list"), stands["p10", "list"], "2/2")
    annul = "results.annul_precinct"
    log.act("annul p03", annul, "cec", precinct="p03", contest=None, decision="7")
    log.act("annul p04 list", annul, "cec", precinct="p04", contest="list", decision="8")
    log.act("annul p11 sm-2", annul, "cec", precinct="p11", contest="sm-2", decision="9, second part")
    log.append("submit p11 sm-2", protocol(log, ("p11", "sm-2")))
    log.act("annul p08 sm-2", annul, "cec", precinct="p08", contest="sm-2", decision="10")
    if lot:
        log.act("lot sm-2", "results.record_lot", "cec", contest="sm-2", decision="11", drawn=[lot])
    if moved:
        dates = {"opens": None, "closes": "2026-11-07T00:00:00+05:00"}
        log.act("move appeals", "elections.move_step", "cec", step="appeals", **dates, decision="12, third")
    world = World(log, len(log.entries))
    sums = world.total("sm-1", "c1")
    certified = {"counted": sums.counted, "lines": sums.lines, "votes": sums.votes, "seats": {"ann": 1}}
    log.act("certify sm-1", "results.certify", "dec-1", contest="sm-1", decision="77", **certified)


def _tied(value: Entry) -> Entry:
    """Give both candidates of sm-2 the same number of votes; an odd one goes to none of them."""
    if value.get("contest") != "sm-2" or "votes" not in value:
        return value
    eve, dan, none = value["votes"]
    half, odd = divmod(eve + dan, 2)
    return {**value, "votes": [half, half, none + odd]}


def _unchanged(label: str, entry: Entry) -> Entry:
    return entry


def build(
    path: Path,
    *,
    entry: Callable[[str, Entry], Entry | None] = _unchanged,
    tables: Callable[[dict[str, bytes]], None] | None = None,
    manifest: Callable[[dict[str, Any]], None] | None = None,
    edition_toml: bytes = EDITION_TOML,
    origin: str = ORIGIN,
    seed: bytes = SEED,
    simulated: bool = True,
    replay: bool = False,
    more_turnout: int = 0,
    tie: bool = False,
    lot: str | None = None,
    moved: bool = False,
    deliberating: bool = False,
    freezing: bool = False,
    listing: bool = False,
    until_release: bool = False,
) -> str:
    """Build the folder at `path` (which must not exist) and return the log's verifier key.

    Mutations, each followed by everything that comes after it, so that nothing else is wrong: `entry(label,
    entry)` changes an entry before it is hashed, or leaves it out (None; `{"raw": bytes, **entry}` gives its
    bytes literally); `tables(files)` changes the files below data/<election>/ before the manifest is made;
    `manifest` changes it before its hash enters the log; the others replace what their name says.
    `more_turnout` (300 at most) adds entries, so that the log has full tiles (more than 200) and a second
    level; `tie` lets both candidates of sm-2 have the same votes, `lot` is the one drawn;
    with `moved` a decision moves a step of the calendar; with `deliberating` commissions sit and decide; with
    `freezing` lists of voters are frozen, with `listing` they change before and after it; with `until_release` it all ends before the release. Labels are those in this file, such as "submit p04 sm-1",
    "seal p01 list", "value of p01 list", "open p01 list", "annul p03", "publish".
    """
    flags = {name: True for name, on in (("simulated", simulated), ("replay", replay)) if on}
    log = Log((lambda label, value: entry(label, _tied(value))) if tie else entry, flags)
    files = base_tables(edition_toml + COMMISSIONS_TOML if deliberating else edition_toml)
    call(log, files)
    if deliberating:
        deliberate(log)
    if listing:
        list_voters(log)
    if freezing:
        freeze(log)
    if listing:
        list_late(log)
    sealed = before_release(log, more_turnout)
    if not until_release:
        after_release(log, sealed, lot, moved)
    log.head("head 2")
    log.own("publish earlier", "publication.publish", manifest=sha256(b"earlier").hexdigest(), size=10)
    size = len(log.entries)
    files |= World(log, size).tables(simulated) | composed(log.values[:size]) | table(log)
    files |= {
        f"{n}.parquet": parquet(_plain(files, n)) for n in ("protocols", "votes", "totals", "totals_votes")
    }
    files["datapackage.json"] = datapackage(flags, files)
    files["nist-cdf/summary.json"] = b"{}"
    if deliberating:
        files["sittings.json"] = canonical(sittings(log, size))
    if tables:
        tables(files)
    whole = {f"data/{ELECTION}/{name}": data for name, data in files.items()}
    whole["verify.py"] = b"# the verifier\n"
    names: dict[str, Any] = {
        "elections": [ELECTION],
        "files": {n: {"bytes": len(data), "sha256": sha256(data).hexdigest()} for n, data in whole.items()},
        "format": "esaylov publication 1",
        "origin": origin,
        "size": size,
    }
    if manifest:
        manifest(names)
    whole["manifest.json"] = canonical(names)
    log.head("head 3")
    log.own(
        "publish",
        "publication.publish",
        manifest=sha256(whole["manifest.json"]).hexdigest(),
        size=names["size"],
    )
    if not until_release:
        log.append("submit p12 list", protocol(log, ("p12", "list")))
        log.open("p10 list", sealed["p10 list"])
    log.head("head 4")
    return _write(path, whole, log, Signer(origin, seed))


def _plain(files: Mapping[str, bytes], name: str) -> bytes:
    packed = files.get(f"{name}.csv.gz")
    return gzip.decompress(packed) if packed else files[f"{name}.csv"]


def _write(path: Path, files: Mapping[str, bytes], log: Log, signer: Signer) -> str:
    whole = dict(files)
    whole |= {f"log/{tile.path}": data for tile, data in build_tiles(log.entries).items()}
    root = root_hash([leaf_hash(entry) for entry in log.entries])
    whole["log/checkpoint"] = sign_checkpoint(Checkpoint(signer.name, len(log.entries), root), signer)
    whole["log/key"] = f"{signer.vkey}\n".encode()
    for name, data in whole.items():
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return signer.vkey
