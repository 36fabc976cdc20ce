"""datapackage.json of an election package: its facts and which file holds which table."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from esaylov.exchange.problems import Fault, Report, shown
from esaylov.exchange.rows import Source
from esaylov.exchange.values import is_event, is_id, parse_day, parse_text
from esaylov.law.calendar import Days

FILE = "datapackage.json"
LIMIT = 4 << 20
EVENTS = 50
"""So many days of events at most: the entry that calls an election holds them."""
REQUIRED = ("territories", "contests", "options", "precincts", "protocols", "votes")
OPTIONAL = ("precinct_territories", "turnout", "decisions")
DERIVED = ("roster", "totals", "totals_votes", "commissions", "entered")
"""Tables that follow from the others or from the log: published packages list them, reading passes them by."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class Descriptor:
    """The facts of datapackage.json; `tables` maps a table's name to its file relative to the folder."""

    id: str
    title: str
    titles: Mapping[str, str]
    date: date
    timezone: str
    country: str | None
    edition: str
    simulated: bool
    pilot: bool
    replay: bool
    tables: Mapping[str, str]
    fields: Mapping[str, tuple[str, ...]]
    sha256: str
    events: Days


def read_descriptor(folder: Path, report: Report) -> Descriptor | None:
    """Read and check datapackage.json of a folder; None when an error was reported."""
    before = report.errors
    try:
        path = inside(folder, FILE)
        source = Source(path, LIMIT)
        document = _decoded(source.whole())
    except Fault as fault:
        report.fault(FILE, fault)
        return None
    reader = _Reader(document, report)
    descriptor = reader.descriptor(source.sha256)
    return descriptor if report.errors == before else None


def inside(folder: Path, name: object) -> Path:
    """The regular file that a relative name means. Raises Fault (K03 when it leaves the folder, K04 when
    it is not there).
    """
    if not isinstance(name, str) or not name:
        raise Fault("K02", "a path must be text", field="path")
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or re.search(r"[\\:\x00-\x1f]", name):
        raise Fault("K03", f"the path {shown(name)} leads out of the folder or is not relative", field="path")
    path = folder / name
    try:
        real = path.resolve(strict=True)
    except (OSError, RuntimeError):
        raise Fault("K04", "the file is missing") from None
    if not real.is_relative_to(folder.resolve()):
        raise Fault("K03", f"the path {shown(name)} leads out of the folder through a link", field="path")
    if not real.is_file():
        raise Fault("K04", "this is not a regular file")
    return path


def _decoded(data: bytes) -> dict[str, Any]:
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Fault("K06", f"not UTF-8: {error.reason}", line) from error
    except json.JSONDecodeError as error:
        raise Fault("K01", f"not JSON: {error.msg}", error.lineno) from error
    except (RecursionError, ValueError) as error:
        raise Fault("K01", f"not JSON that can be read: {shown(str(error))}") from error
    if not isinstance(document, dict):
        raise Fault("K01", "the document must be a JSON object")
    return document


class _Reader:
    """Takes the members of the document one by one and reports what is wrong with them under their key
    paths.
    """

    def __init__(self, document: dict[str, Any], report: Report) -> None:
        self._document = document
        self._report = report
        election = document.get("election")
        if not isinstance(election, dict):
            self._wrong("election", "the object that describes the election is missing")
            election = {}
        self._election: dict[str, Any] = election

    def descriptor(self, sha256: str) -> Descriptor:
        tables, fields = self._tables()
        return Descriptor(
            id=self._id(),
            title=self._text(self._document, "title", ""),
            titles=self._titles(),
            date=self._date(),
            timezone=self._timezone(),
            country=self._text(self._election, "country", "election.") or None,
            edition=self._text(self._election, "edition", "election.") or "edition.toml",
            simulated=self._flag("simulated"),
            pilot=self._flag("pilot"),
            replay=self._flag("replay"),
            tables=tables,
            fields=fields,
            sha256=sha256,
            events=self._events(),
        )

    def _wrong(self, field: str, reason: str, code: str = "K02") -> None:
        self._report.add(code, FILE, reason, field=field)

    def _id(self) -> str:
        name = self._document.get("name")
        if isinstance(name, str) and is_id(name) and not name.startswith("."):
            return name
        self._wrong("name", f"{shown(name)} cannot be the id of an election")
        return ""

    def _text(self, members: dict[str, Any], key: str, prefix: str) -> str:
        value = members.get(key, "")
        try:
            if not isinstance(value, str):
                raise ValueError("this must be text")
            return parse_text(value)
        except ValueError as error:
            self._wrong(prefix + key, str(error))
            return ""

    def _titles(self) -> dict[str, str]:
        titles = self._election.get("title", {})
        if not isinstance(titles, dict):
            self._wrong("election.title", "this must be an object of language and text")
            return {}
        for language in titles:
            if not _LANGUAGE.fullmatch(language):
                self._wrong("election.title", f"{shown(language)} is not a language")
        return {language: self._text(titles, language, "election.title.") for language in titles}

    def _date(self) -> date:
        try:
            return parse_day(str(self._election.get("date", "")))
        except ValueError as error:
            self._wrong("election.date", str(error))
            return date.min

    def _timezone(self) -> str:
        name = self._election.get("timezone")
        try:
            ZoneInfo(name if isinstance(name, str) else "")
        except (KeyError, ValueError, OSError):
            self._wrong("election.timezone", f"{shown(name)} is not the name of a time zone")
            return ""
        return str(name)

    def _flag(self, key: str) -> bool:
        value = self._election.get(key, False)
        if not isinstance(value, bool):
            self._wrong(f"election.{key}", "this must be true or false")
        return value is True

    def _events(self) -> dict[str, date]:
        given = self._election.get("events", {})
        if not isinstance(given, dict) or len(given) > EVENTS:
            self._wrong("election.events", f"this must be an object of event and day, {EVENTS} at most")
            return {}
        found = {}
        for name, day in given.items():
            try:
                if not is_event(name):
                    raise ValueError(f"{shown(name)} is not the name of an event")
                found[name] = parse_day(day if isinstance(day, str) else "")
            except ValueError as error:
                self._wrong("election.events", str(error))
        return dict(sorted(found.items()))

    def _tables(self) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
        resources = self._document.get("resources")
        if not isinstance(resources, list):
            self._wrong("resources", "the list of tables is missing")
            return {}, {}
        tables: dict[str, str] = {}
        fields: dict[str, tuple[str, ...]] = {}
        for number, resource in enumerate(resources):
            where = f"resources[{number}]"
            name = self._resource(where, resource)
            if name in tables:
                self._wrong(f"{where}.name", f"the table {shown(name)} is listed twice")
            elif name:
                tables[name] = str(resource["path"])
                fields[name] = _fields(resource)
        for name in REQUIRED:
            if name not in tables:
                self._wrong("resources", f"the table {name} is missing", "K04")
        return tables, fields

    def _resource(self, where: str, resource: object) -> str | None:
        """The name of a table to be read, None for whatever else is listed."""
        if not isinstance(resource, dict) or not isinstance(resource.get("name"), str):
            self._wrong(where, "a table needs a name")
            return None
        name: str = resource["name"]
        if name in DERIVED:
            return None
        if name not in REQUIRED and name not in OPTIONAL:
            self._wrong(where, f"the table {shown(name)} is unknown and was not read", "K14")
            return None
        path = resource.get("path")
        if not isinstance(path, str) or not path.endswith((".csv", ".csv.gz")):
            self._wrong(f"{where}.path", f"{shown(path)} is not the name of a .csv or .csv.gz file")
            return None
        self._dialect(where, resource)
        return name

    def _dialect(self, where: str, resource: dict[str, Any]) -> None:
        encoding = resource.get("encoding", "utf-8")
        if not isinstance(encoding, str) or encoding.lower() not in ("utf-8", "utf8", "utf-8-sig"):
            self._wrong(f"{where}.encoding", f"{shown(encoding)} is not UTF-8")
        dialect = resource.get("dialect", {})
        expected = {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "header": True}
        for key, value in expected.items():
            if isinstance(dialect, dict) and dialect.get(key, value) != value:
                self._wrong(f"{where}.dialect.{key}", f"only {shown(value)} is read")


def _fields(resource: dict[str, Any]) -> tuple[str, ...]:
    schema = resource.get("schema")
    fields = schema.get("fields") if isinstance(schema, dict) else None
    if not isinstance(fields, list):
        return ()
    return tuple(str(field.get("name", "")) for field in fields if isinstance(field, dict))
