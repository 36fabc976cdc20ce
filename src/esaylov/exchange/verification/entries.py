"""Every entry of the log, read strictly: canonical, known act, exactly its members, each of its type.

What entries say together (which protocol stands, what follows from it) is judged by `replay` and `figures`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson

from esaylov.exchange.canonical import CanonicalError, loads_strict
from esaylov.exchange.canonical import dumps as dumps_canonical
from esaylov.exchange.verification import plain
from esaylov.exchange.verification.deliberating import Unsound
from esaylov.exchange.verification.plain import PLAIN
from esaylov.exchange.verification.said import (
    SESSION_ACTS,
    Called,
    Certified,
    Decided,
    ElectionEntries,
    Entries,
    Pin,
    Ruling,
    Version,
)
from esaylov.exchange.verification.store import VerificationError

SEAL_TAG = b"esaylov sealed v1\x00"

_OWN = ("act", "at", "body", "v")
_COMMON = (*_OWN, "edition", "election")
_PROTOCOL = ("contest", "findings", "lines", "precinct", "state", "version", "votes")
_RULING = ("contest", "decision", "precinct", "protocol")
MEMBERS: dict[str, tuple[str, ...]] = {
    "elections.load_package": (*_COMMON, "files"),
    "elections.call_election": (*_COMMON, "clock", "date", "release", "tables", "timezone"),
    "elections.move_step": (*_COMMON, "closes", "decision", "opens", "step"),
    "results.publish_roster": (*_COMMON, "rows", "sha256"),
    "polling.report_turnout": (*_COMMON, "precinct", "voters"),
    "results.submit_protocol": (*_COMMON, *_PROTOCOL),
    "results.correct_protocol": (*_COMMON, *_PROTOCOL, "replaces"),
    "results.accept_protocol": (*_COMMON, *_RULING),
    "results.return_protocol": (*_COMMON, *_RULING),
    "results.annul_precinct": (*_COMMON, "contest", "decision", "precinct"),
    "results.record_lot": (*_COMMON, "contest", "decision", "drawn"),
    "results.supply_determination": (*_COMMON, "contest", "decision", "outcome"),
    "results.certify": (*_COMMON, "contest", "counted", "decision", "lines", "seats", "votes"),
    "log.sealed": ("act", "edition", "election", "sealed", "v"),
    "log.open": (*_COMMON, "index", "salt", "value"),
    "log.journal_head": (*_OWN, "chain", "rows"),
    "publication.publish": (*_OWN, "manifest", "size"),
}
"""The whitelist of docs/formats.md, section 3, without `simulated` and `replay`."""
CALENDAR = "calendar"
"""Kind of the decisions that move a step of the calendar; their outcome is the step and its two ends (`-`: open)."""
CALL, FINDINGS = "elections.call_election", "findings"
OPTIONAL = ("decision", "events", FINDINGS, "pilot")
"""What the entry that calls an election may hold besides."""

PROTOCOL_ACTS = ("results.submit_protocol", "results.correct_protocol")
PINNED = ("territories", "contests", "options", "precincts")
OPTIONAL_PINNED = "precinct_territories"

_HEX = re.compile("[0-9a-f]{64}")
_EVENT = re.compile("[a-z][a-z0-9-]{0,59}")
EVENTS = 50
_ID = re.compile(r"[^\s\x00-\x1f\x7f-\x9f/?#%]{1,100}")
_SECONDS = frozenset(f"{n:02}" for n in range(60))


class _Wrong(Exception):
    """What is wrong with the entry at hand."""


def read_entries(entries: Sequence[bytes]) -> Entries:
    """Read all entries of a log, in order. Raises VerificationError naming the first that is not as
    specified.
    """
    return _Reader().read(entries)


def _require(holds: object, reason: str) -> None:
    if not holds:
        raise _Wrong(reason)


def _events(value: Any) -> dict[str, str]:
    _require(isinstance(value, dict) and 0 < len(value) <= EVENTS, "events is not an object of 1 to 50 days")
    for name, day in value.items():
        _require(_EVENT.fullmatch(name), f"{name!r} is not the name of an event")
        _require(_is_day(day), f"the day of {name} is not a day")
    return value  # type: ignore[no-any-return]


def _are_findings(value: Any) -> bool:
    return type(value) is list and all(map(plain.KINDS["text"], value)) and value == sorted(set(value)) != []


def _is_day(text: Any) -> bool:
    try:
        return isinstance(text, str) and datetime.fromisoformat(text).date().isoformat() == text
    except ValueError:
        return False


def _count(value: Any, name: str) -> int:
    if type(value) is not int or value < 0:
        raise _Wrong(f"{name} is not a number of 0 or more")
    return value


def _text(value: Any, name: str) -> str:
    if type(value) is not str or not value:
        raise _Wrong(f"{name} is not a text")
    return value


def _ident(value: Any, name: str) -> str:
    if type(value) is not str or not _ID.fullmatch(value):
        raise _Wrong(f"{name} is not an id")
    return value


def _hash(value: Any, name: str) -> str:
    if type(value) is not str or not _HEX.fullmatch(value):
        raise _Wrong(f"{name} is not a SHA-256 in lower-case hexadecimal")
    return value


def _counts(value: Any, name: str) -> list[int]:
    if type(value) is not list or (value and (set(map(type, value)) != {int} or min(value) < 0)):
        raise _Wrong(f"{name} is not an array of numbers of 0 or more")
    return value


def _idents(value: Any, name: str) -> tuple[str, ...]:
    if type(value) is not list or len({_ident(item, name) for item in value}) != len(value):
        raise _Wrong(f"{name} is not an array of different ids")
    return tuple(value)


class _Reader:
    def __init__(self) -> None:
        self.out = Entries()
        self.keys: dict[str, tuple[str, ...]] = {}
        self.more: dict[str, tuple[str, ...]] = {}
        self.flags: tuple[str, ...] = ()
        self.zones: dict[str, ZoneInfo] = {}
        self.times: dict[str, set[str]] = {}
        self.early: dict[str, str] = {}
        self.handlers: dict[str, Callable[[int, dict[str, Any]], None]] = {
            "elections.load_package": self.load,
            "elections.call_election": self.call,
            "elections.move_step": self.move,
            "results.publish_roster": self.roster,
            "polling.report_turnout": self.turnout,
            "results.submit_protocol": lambda i, d: self.protocol(i, i, d),
            "results.correct_protocol": lambda i, d: self.protocol(i, i, d),
            "results.accept_protocol": self.ruling,
            "results.return_protocol": self.ruling,
            "results.annul_precinct": self.annulment,
            "results.record_lot": self.lot,
            "results.supply_determination": self.supplied,
            "results.certify": self.certify,
            "log.sealed": self.seal,
            "log.open": self.open,
            "log.journal_head": self.head,
            "publication.publish": self.publish,
            **dict.fromkeys(PLAIN, self.plain),
        }

    def read(self, entries: Sequence[bytes]) -> Entries:
        loads, dumps, options = orjson.loads, orjson.dumps, orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER
        for index, raw in enumerate(entries):
            try:
                if not index:
                    self._take_flags(raw)
                decoded = loads(raw)
                act = decoded["act"]
                # orjson sorts by code point, which RFC 8785 does not: the same only for names in ASCII
                again = dumps(decoded, None, options) if raw.isascii() else dumps_canonical(decoded)
                if tuple(decoded) != self._keys(act, decoded) or again != raw:
                    raise _Wrong("not canonical")
                if type(decoded["v"]) is not int or decoded["v"] != 1:
                    raise _Wrong("its version is not 1")
                self.handlers[act](index, decoded)
                if FINDINGS in self.more.get(act, ()) and FINDINGS in decoded:
                    _require(_are_findings(decoded[FINDINGS]), "findings are not codes, sorted, each once")
                if act in PLAIN or "decision" in decoded:
                    self._deliberated(index, decoded, raw)
            except (_Wrong, Unsound) as wrong:
                raise VerificationError(f"entry {index}: {self._reason(raw) or wrong}") from wrong
            except (ValueError, KeyError, TypeError, LookupError, OverflowError) as error:
                raise VerificationError(f"entry {index}: {self._reason(raw) or 'malformed'}") from error
        return self.out

    def _take_flags(self, raw: bytes) -> None:
        """A log holds simulated elections or real ones, replays or none: the first entry says which."""
        first = loads_strict(raw)
        if not isinstance(first, dict):
            raise _Wrong("not an object")
        self.flags = tuple(flag for flag in ("simulated", "replay") if flag in first)
        self.out.simulated, self.out.replay = "simulated" in first, "replay" in first
        every = MEMBERS | {act: (*_COMMON, *plain.members(said)) for act, said in PLAIN.items()}
        self.keys = {act: tuple(sorted((*members, *self.flags))) for act, members in every.items()}
        self.more = {act: plain.optional(said) for act, said in PLAIN.items()} | {CALL: OPTIONAL}
        for act, own in every.items():
            if "decision" in own and FINDINGS not in own:
                self.more[act] = (*self.more.get(act, ()), FINDINGS)

    def _keys(self, act: str, decoded: dict[str, Any]) -> tuple[str, ...]:
        """The members of an entry, sorted; one that calls an election, or names a decision, may have more."""
        more = [name for name in self.more.get(act, ()) if name in decoded]
        return tuple(sorted((*self.keys[act], *more))) if more else self.keys[act]

    def _reason(self, raw: bytes) -> str | None:
        """Why the form of an entry is wrong; None when its form is right."""
        try:
            decoded = loads_strict(raw)
        except CanonicalError as error:
            return str(error)
        if not isinstance(decoded, dict) or not isinstance(decoded.get("act"), str):
            return "not an object with an act"
        return self._wrong_members(decoded)

    def _wrong_members(self, decoded: dict[str, Any]) -> str | None:
        if decoded["act"] not in self.keys:
            return f"unknown act {decoded['act']!r}"
        expected = self._keys(decoded["act"], decoded)
        for name in sorted(decoded.keys() - set(expected)):
            return f"unknown member {name!r} of {decoded['act']}"
        for name in sorted(set(expected) - decoded.keys()):
            return f"{decoded['act']} lacks the member {name!r}"
        return None

    def _common(self, index: int, d: dict[str, Any]) -> ElectionEntries:
        """The election of an entry, after checking the members that every act of an election has."""
        for flag in self.flags:
            _require(d[flag] is True, f"{flag} is not true")
        election = self.out.elections.get(d["election"])
        if election is None or election.called is None:
            raise _Wrong(f"the election {d['election']!r} has not been called")
        _require(d["edition"] == election.edition, f"the election's edition is {election.edition!r}")
        if "at" in d:
            _ident(d["body"], "body")
            self._time(election, d["at"])
        return election

    def _rostered(self, index: int, d: dict[str, Any]) -> ElectionEntries:
        """The election of an act that may not stand before the roster."""
        election = self._common(index, d)
        if election.roster is None:
            raise _Wrong(f"{d['act']} stands before the roster")
        return election

    def _time(self, election: ElectionEntries, at: Any) -> None:
        """Times repeat by the minute: remember the minutes that were found right."""
        known = self.times[election.id]
        minute = at[:17] + at[19:]
        if minute in known and at[17:19] in _SECONDS:
            return
        moment = datetime.fromisoformat(at)
        _require(moment.isoformat() == at and len(at) == 25, f"at: {at!r} is not a time")
        local = moment.astimezone(self.zones[election.id])
        _require(local.utcoffset() == moment.utcoffset(), f"at: {at!r} is not a time of the election's zone")
        known.add(minute)

    def _own(self, d: dict[str, Any]) -> None:
        """Check the members that an entry of the log itself has."""
        for flag in self.flags:
            _require(d[flag] is True, f"{flag} is not true")
        _ident(d["body"], "body")
        at = d["at"]
        moment = datetime.fromisoformat(at)
        _require(
            moment.isoformat() == at and at.endswith("+00:00") and len(at) == 25,
            f"at: {at!r} is not a UTC time",
        )

    def plain(self, index: int, d: dict[str, Any]) -> None:
        """An act that touches no figure, of an election or of none."""
        wrong = plain.wrong(PLAIN[d["act"]], d)
        _require(wrong is None, f"{wrong} is not as specified")
        if d["election"] is not None:
            self._common(index, d)
            return
        for flag in self.flags:
            _require(d[flag] is True, f"{flag} is not true")
        _ident(d["edition"], "edition")
        _ident(d["body"], "body")
        _require(plain.is_time(d["at"]), f"at: {d['at']!r} is not a time")

    def _deliberated(self, index: int, d: dict[str, Any], raw: bytes) -> None:
        """What follows from entry to entry between acts of commissions."""
        election = self.out.elections.get(d["election"])
        pilot = election is not None and election.called is not None and election.called.pilot
        leaf = sha256(b"\0" + raw).hexdigest()
        self.out.deliberations.take(index, d, leaf, apart=pilot or bool(self.flags))
        if election is not None and d["act"] in SESSION_ACTS:
            election.sittings.append((index, d))
        self.out.voters.take(d, election.called if election is not None else None)
        self.out.requests.take(d)
        if election is not None:
            election.of_lists(index, d)

    def load(self, index: int, d: dict[str, Any]) -> None:
        for flag in self.flags:
            _require(d[flag] is True, f"{flag} is not true")
        name = _ident(d["election"], "election")
        _require(name not in self.out.elections, f"the election {name!r} was loaded before")
        _ident(d["body"], "body")
        _require(isinstance(d["files"], dict), "files is not an object")
        for digest in d["files"].values():
            _hash(digest, "the hash of a file")
        self.out.elections[name] = ElectionEntries(name, _ident(d["edition"], "edition"))
        self.early[name] = _text(d["at"], "at")

    def call(self, index: int, d: dict[str, Any]) -> None:
        name = _ident(d["election"], "election")
        if name not in self.out.elections:
            self.out.elections[name] = ElectionEntries(name, _ident(d["edition"], "edition"))
        election = self.out.elections[name]
        _require(election.called is None, f"the election {name!r} was called before")
        _require(d["clock"] in ("real", "set"), "clock is neither real nor set")
        _require(d.get("pilot", True) is True, "pilot is not true")
        _text(d.get("decision", "none"), "decision")
        events = _events(d.get("events", {"none": d["date"]}))
        _require(datetime.fromisoformat(d["date"]).date().isoformat() == d["date"], "date is not a day")
        try:
            self.zones[election.id] = ZoneInfo(_text(d["timezone"], "timezone"))
        except (ZoneInfoNotFoundError, OSError) as error:
            raise _Wrong(f"unknown time zone {d['timezone']!r}") from error
        self.times[election.id] = set()
        release = None
        if d["release"] is not None:
            self._time(election, d["release"])
            release = datetime.fromisoformat(d["release"])
        pins = _pins(d["tables"])
        known = events if "events" in d else {}
        election.called = Called(index, d["date"], d["timezone"], release, pins, "pilot" in d, known)
        self._common(index, d)
        if name in self.early:
            self._time(election, self.early[name])

    def roster(self, index: int, d: dict[str, Any]) -> None:
        election = self._common(index, d)
        _require(election.roster is None, "a second roster")
        election.roster = (index, Pin(_count(d["rows"], "rows"), _hash(d["sha256"], "sha256")))

    def move(self, index: int, d: dict[str, Any]) -> None:
        election = self._common(index, d)
        step = _ident(d["step"], "step")
        for end in ("opens", "closes"):
            if d[end] is not None:
                self._time(election, d[end])
        times = [datetime.fromisoformat(d[end]) for end in ("opens", "closes") if d[end] is not None]
        _require(times == sorted(set(times)), f"the step {step!r} would end before it begins")
        self._decided(election, index, CALENDAR, d, (step, d["opens"] or "-", d["closes"] or "-"))

    def turnout(self, index: int, d: dict[str, Any]) -> None:
        election = self._common(index, d)
        precinct = _ident(d["precinct"], "precinct")
        election.turnout.append((index, precinct, d["at"], _count(d["voters"], "voters")))

    def protocol(self, index: int, known: int, d: dict[str, Any]) -> None:
        election = self._rostered(index, d)
        findings, state = d["findings"], d["state"]
        if type(findings) is not list or any(type(code) is not str for code in findings):
            raise _Wrong("findings is not an array of codes")
        replaces = _hash(d["replaces"], "replaces") if "replaces" in d else None
        _require(
            state in ("received", "inconsistent") or (state == "conflicting" and replaces is None),
            f"{d['act']} with state {state!r}",
        )
        version = d["version"]
        _require(type(version) is int and version >= 1, "version is not a number of 1 or more")
        place = (_ident(d["contest"], "contest"), _ident(d["precinct"], "precinct"))
        lines, votes = _counts(d["lines"], "lines"), _counts(d["votes"], "votes")
        event = Version(index, known, d["at"], version, lines, votes, findings, state, replaces)
        election.events.setdefault(place, []).append(event)

    def ruling(self, index: int, d: dict[str, Any]) -> None:
        election = self._rostered(index, d)
        accepted = d["act"] == "results.accept_protocol"
        place = (_ident(d["contest"], "contest"), _ident(d["precinct"], "precinct"))
        event = Ruling(index, index, "accepted" if accepted else "returned", _hash(d["protocol"], "protocol"))
        election.events.setdefault(place, []).append(event)
        self._decided(election, index, "acceptance" if accepted else "return", d)

    def annulment(self, index: int, d: dict[str, Any]) -> None:
        election = self._rostered(index, d)
        precinct = _ident(d["precinct"], "precinct")
        if d["contest"] is None:
            election.annulled_precincts.append((index, precinct))
        else:
            place = (_ident(d["contest"], "contest"), precinct)
            election.events.setdefault(place, []).append(Ruling(index, index, "annulled", None))
        self._decided(election, index, "annulment", d)

    def lot(self, index: int, d: dict[str, Any]) -> None:
        election = self._rostered(index, d)
        _ident(d["contest"], "contest")
        self._decided(election, index, "lot", d, _idents(d["drawn"], "drawn"))

    def supplied(self, index: int, d: dict[str, Any]) -> None:
        election = self._rostered(index, d)
        _ident(d["contest"], "contest")
        self._decided(election, index, "determination", d, _idents(d["outcome"], "outcome"))

    def certify(self, index: int, d: dict[str, Any]) -> None:
        election = self._rostered(index, d)
        contest, seats = _ident(d["contest"], "contest"), d["seats"]
        _require(
            isinstance(seats, dict) and all(_count(n, "seats") for n in seats.values()), "seats is malformed"
        )
        counted, lines, votes = (
            _count(d["counted"], "counted"),
            _counts(d["lines"], "lines"),
            _counts(d["votes"], "votes"),
        )
        election.certified.append(Certified(index, contest, counted, lines, votes, seats))
        self._decided(election, index, "certification", d)

    def _decided(
        self,
        election: ElectionEntries,
        index: int,
        kind: str,
        d: dict[str, Any],
        outcome: tuple[str, ...] = (),
    ) -> None:
        number = _text(d["decision"], "decision")
        election.decisions.append(
            Decided(index, kind, number, d["at"], d.get("precinct"), d.get("contest"), outcome)
        )

    def seal(self, index: int, d: dict[str, Any]) -> None:
        election = self._rostered(index, d)
        self.out.sealed[index] = (election.id, _hash(d["sealed"], "sealed"))

    def open(self, index: int, d: dict[str, Any]) -> None:
        election = self._rostered(index, d)
        target, value = d["index"], d["value"]
        if type(target) is not int or self.out.sealed.get(target, ("",))[0] != election.id:
            raise _Wrong(f"it opens {target!r}, which is no sealed entry of this election")
        _require(target not in self.out.opened, f"entry {target} was opened before")
        self.out.opened[target] = index
        _require(isinstance(value, dict) and value.get("act") in PROTOCOL_ACTS, "value is not a protocol")
        wrong = self._wrong_members(value)
        _require(
            wrong is None and type(value["v"]) is int and value["v"] == 1,
            f"value: {wrong or 'its version is not 1'}",
        )
        _require(value["election"] == election.id, "the value is of another election")
        salt = bytes.fromhex(_hash(d["salt"], "salt"))
        encoded = orjson.dumps(value, None, orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER)
        digest = sha256(SEAL_TAG + salt + encoded).hexdigest()
        _require(digest == self.out.sealed[target][1], f"it does not open the sealed entry {target}")
        _require(
            election.called is not None and _is_released(election.called, d["at"]),
            "opened before the release",
        )
        self.protocol(target, index, value)

    def head(self, index: int, d: dict[str, Any]) -> None:
        self._own(d)
        _hash(d["chain"], "chain")
        rows = _count(d["rows"], "rows")
        _require(rows > self.out.head_rows, f"the journal had {self.out.head_rows} rows before, {rows} now")
        _require(rows >= index, f"a journal of {rows} rows cannot have {index} entries before this one")
        self.out.head_rows = rows

    def publish(self, index: int, d: dict[str, Any]) -> None:
        self._own(d)
        size = _count(d["size"], "size")
        _require(size <= index, f"size {size} is above the entry's own index")
        self.out.published[index] = (_hash(d["manifest"], "manifest"), size)


def _is_released(called: Called, at: str) -> bool:
    return called.release is None or datetime.fromisoformat(at) >= called.release


def _pins(tables: Any) -> dict[str, Pin]:
    if not isinstance(tables, dict) or tables.keys() - {OPTIONAL_PINNED} != {*PINNED, "edition"}:
        raise _Wrong("tables does not name the tables of an election")
    pins: dict[str, Pin] = {}
    for name, facts in tables.items():
        rowless = name == "edition"
        if not isinstance(facts, dict) or facts.keys() != ({"sha256"} if rowless else {"rows", "sha256"}):
            raise _Wrong(f"what tables says of {name} is malformed")
        pins[name] = Pin(None if rowless else _count(facts["rows"], "rows"), _hash(facts["sha256"], "sha256"))
    return pins
