"""Preparing an election: a draft with its tables, judged by the law before anything is called.

A draft holds the CSV tables of an election package. They come from an earlier election (its territories and precincts) or
from files; what is called in the end is the package that they make, read by the same strict reader as any other.
"""

import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

import orjson
from django.db import connection, transaction

from esaylov.elections.models import Draft, DraftTable, Election
from esaylov.elections.records import ElectionRecords, election_records
from esaylov.exchange.package import open_package
from esaylov.exchange.problems import Problem
from esaylov.exchange.records import Package, Territory
from esaylov.exchange.tables import called_sheets
from esaylov.law import districts
from esaylov.law.calling import (
    CALL,
    PlannedStep,
    edition_for,
    election_findings,
    kinds_of,
    plan,
    plan_findings,
)
from esaylov.law.edition_writing import written
from esaylov.law.editions import Edition, uz_edition
from esaylov.law.findings import Finding

TABLES = ("territories", "contests", "options", "precincts", "precinct_territories")
REQUIRED = ("territories", "contests", "options", "precincts")
_NUMBER = re.compile(r"\s*(?:№|No\.?)?\s*(\d{1,4})(?!\d)")
MODES = ("official", "pilot", "rehearsal")


@dataclass(frozen=True, slots=True)
class Judged:
    """What can be said of a draft. `problems` are those of its files; without errors there is a `package`."""

    package: Package | None
    problems: tuple[Problem, ...]
    findings: tuple[Finding, ...]
    steps: tuple[PlannedStep, ...]
    deviations: tuple[districts.Deviation, ...]

    @property
    def ready(self) -> bool:
        """Whether nothing stands against calling it."""
        return self.package is not None and all(f.severity != "error" for f in self.findings)


def edition_of(draft: Draft) -> Edition:
    """The edition by which the election is held: that of its form. Raises FileNotFoundError, UnknownFormError."""
    return edition_for(uz_edition(draft.edition), draft.form)


def take_tables(draft: Draft, basis: Election, contests: Iterable[str]) -> None:
    """Fills a draft from an earlier election: the contests named (codes), the precincts that vote in them, and the
    territories that these lie in. Options are left out: candidates and lists are new ones.
    """
    found = restricted(election_records(basis), frozenset(contests), edition_of(draft).id)
    sheets = called_sheets(found.territories, found.contests, (), found.precincts, found.precinct_territories)
    with transaction.atomic():
        draft.tables.all().delete()
        for name, sheet in sheets.items():
            put_table(draft, name, b"".join(sheet.blocks()))


def restricted(found: ElectionRecords, contests: frozenset[str], edition: str) -> ElectionRecords:
    """The part of an election that some of its contests need, for another edition (its id)."""
    parents = {place.id: place.parent for place in found.territories}
    kept = tuple(replace(contest, edition=edition) for contest in found.contests if contest.id in contests)
    targets = {contest.territory for contest in kept}
    links: dict[str, list[str]] = {}
    for precinct, territory in found.precinct_territories:
        links.setdefault(precinct, []).append(territory)

    def above(place: str | None) -> set[str]:
        way: set[str] = set()
        while place is not None:
            way.add(place)
            place = parents[place]
        return way

    precincts, places = [], set().union(*map(above, targets))
    for one in found.precincts:
        within = set().union(*map(above, [one.territory, one.constituency, *links.get(one.id, ())]))
        if within & targets:
            precincts.append(one)
            places |= within
    ids = {one.id for one in precincts}
    return ElectionRecords(
        territories=tuple(place for place in found.territories if place.id in places),
        contests=kept,
        options=(),
        precincts=tuple(precincts),
        precinct_territories=tuple(pair for pair in found.precinct_territories if pair[0] in ids),
    )


def put_table(draft: Draft, name: str, content: bytes) -> None:
    """Sets a table of a draft; an empty one is taken away. Raises ValueError for a name that no package has."""
    if name not in TABLES:
        raise ValueError(f"a draft has no table {name}")
    if content.strip():
        DraftTable.objects.update_or_create(draft=draft, name=name, defaults={"content": content})
    else:
        DraftTable.objects.filter(draft=draft, name=name).delete()


def table(draft: Draft, name: str) -> bytes | None:
    """A table's bytes, None where the draft has none."""
    content = DraftTable.objects.filter(draft=draft, name=name).values_list("content", flat=True).first()
    return None if content is None else bytes(content)


@contextmanager
def folder_of(draft: Draft, given: Mapping[str, bytes]) -> Iterator[Path]:
    """The draft with these tables as a package folder, for as long as the context lasts."""
    edition = edition_of(draft)
    with TemporaryDirectory(prefix="esaylov-draft-") as name:
        folder = Path(name)
        lines = ",".join(edition.lines)
        tables = dict(given) | {
            "protocols": f"precinct,contest,{lines}\n".encode(), "votes": b"precinct,contest,option,votes\n"
        }  # fmt: skip
        for table_name, content in tables.items():
            (folder / f"{table_name}.csv").write_bytes(content)
        (folder / "edition.toml").write_bytes(written(edition.raw))
        (folder / "datapackage.json").write_bytes(_description(draft, sorted(tables)))
        yield folder


def _description(draft: Draft, tables: Sequence[str]) -> bytes:
    election: dict[str, Any] = {
        "date": draft.date.isoformat(),
        "timezone": draft.timezone,
        "edition": "edition.toml",
        "title": draft.titles,
    }
    if draft.mode != "official":
        election["simulated" if draft.mode == "rehearsal" else "pilot"] = True
    if draft.events:
        election["events"] = draft.events
    resources = [{"name": name, "path": f"{name}.csv"} for name in tables]
    title = draft.titles.get("en") or next(iter(draft.titles.values()), draft.id)
    return orjson.dumps({"name": draft.id, "title": title, "election": election, "resources": resources})


def judge(draft: Draft, called_on: date | None = None) -> Judged:
    """Reads the draft as a package and holds it against the law. `called_on`: the day of the decision, if known."""
    events = days(draft) | ({CALL: called_on} if called_on else {})
    kinds = [(kind, None) for kind in draft.kinds]
    steps = plan(uz_edition(draft.edition), kinds, draft.form, draft.date, events, timezone=draft.timezone)
    findings = [
        *election_findings(uz_edition(draft.edition), draft.form, kinds, draft.date, events),
        *plan_findings(steps),
    ]
    held = _held(draft)
    findings += held.findings
    return Judged(held.package, held.problems, tuple(dict.fromkeys(findings)), steps, held.deviations)


@dataclass(frozen=True, slots=True)
class Held:
    """What follows from a draft's files alone, whatever the day."""

    package: Package | None
    problems: tuple[Problem, ...]
    findings: tuple[Finding, ...]
    deviations: tuple[districts.Deviation, ...]


KEPT = 4
"""So many drafts are kept as they were read last: a page of a draft is looked at again and again, and a country's tables
take seconds."""
_kept: OrderedDict[bytes, Held] = OrderedDict()
_keeping = Lock()


def _held(draft: Draft) -> Held:
    """As read last, where not a byte has changed since; else read anew. The database says what the tables hash to."""
    name = _digest(draft, dict(_hashes(draft)))
    with _keeping:
        if name in _kept:
            _kept.move_to_end(name)
            return _kept[name]
    tables = {row.name: bytes(row.content) for row in draft.tables.all()}
    found = _read(draft, tables)
    # What was read may be newer than what was asked about: it is kept under its own name.
    name = _digest(draft, {table: sha256(content).digest() for table, content in tables.items()})
    with _keeping:
        _kept[name] = found
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


def _hashes(draft: Draft) -> Iterator[tuple[str, bytes]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, sha256(content) FROM elections_drafttable WHERE draft_id = %s", [draft.pk]
        )
        yield from ((name, bytes(found)) for name, found in cursor.fetchall())


def _digest(draft: Draft, hashes: Mapping[str, bytes]) -> bytes:
    """SHA-256 of all that the package of a draft follows from."""
    tables = [[name, found.hex()] for name, found in sorted(hashes.items())]
    said = [draft.edition, draft.form, _description(draft, sorted(hashes)).decode(), tables]
    return sha256(orjson.dumps(said)).digest()


def _read(draft: Draft, tables: Mapping[str, bytes]) -> Held:
    problems: list[Problem] = []
    with folder_of(draft, tables) as folder:
        package = open_package(folder, problems.append)
    if not isinstance(package, Package):
        return Held(None, tuple(problems), (), ())
    edition, partial = edition_of(draft), draft.form != "regular"
    constituencies = constituencies_of(package)
    findings = (
        *districts.constituency_findings(edition, constituencies, partial=partial),
        *districts.precinct_findings(edition, precincts_of(package), constituencies, partial=partial),
    )
    return Held(package, tuple(problems), findings, districts.deviations(edition, constituencies))


def with_call(package: Package, called_on: date) -> Package:
    """The package with the day of the decision that calls it among its events: steps may hang on it."""
    return replace(package, events={**package.events, CALL: called_on})


def days(draft: Draft) -> dict[str, date]:
    """The days of the draft's events."""
    return {name: date.fromisoformat(day) for name, day in draft.events.items()}


# --- constituencies and precincts as the law's rules take them ---


def constituencies_of(package: Package) -> list[districts.Constituency]:
    """The constituencies of a package: the territories of single-seat contests, with the voters of their precincts."""
    within = _within(package)
    voters: dict[str, int] = {}
    for precinct in package.precincts:
        for place in within[precinct.id]:
            voters[place] = voters.get(place, 0) + precinct.voters
    kinds = {place.id: place for place in package.territories}
    return [
        districts.Constituency(
            id=contest.territory,
            body=_body(contest.kind, kinds[contest.territory]),
            voters=voters.get(contest.territory, 0),
            number=number_of(kinds[contest.territory].names),
        )
        for contest in package.contests
        if kinds[contest.territory].kind == "constituency"
    ]


def number_of(names: Mapping[str, str]) -> int | None:
    """The number that a constituency's name begins with (“58-Jozmon”); None where it has none."""
    found = (_NUMBER.match(name) for name in names.values())
    return next((int(one[1]) for one in found if one), None)


def _body(kind: str, place: Territory) -> str:
    """Whom a constituency elects: the Chamber, or the council of the territory above it."""
    return kind if kind != "council" else f"council:{place.parent}"


def precincts_of(package: Package) -> list[districts.Precinct]:
    """The precincts of a package, with the constituencies that they lie in."""
    within = _within(package)
    wanted = {one.id for one in constituencies_of(package)}
    abroad = {place.id for place in package.territories if place.kind == "abroad"}
    return [
        districts.Precinct(
            id=one.id,
            territory=one.territory,
            voters=one.voters,
            number=int(one.number) if one.number.isdecimal() else None,
            place="abroad" if within[one.id] & abroad else None,
            constituencies=tuple(sorted(within[one.id] & wanted)),
        )
        for one in package.precincts
    ]


def _within(package: Package) -> Mapping[str, frozenset[str]]:
    """The territories that each precinct lies in, all levels."""
    parents = {place.id: place.parent for place in package.territories}
    lineages: dict[str, frozenset[str]] = {}
    for place in parents:
        way, at = [], place
        while at is not None:
            way.append(at)
            at = parents[at]  # type: ignore[assignment]
        lineages[place] = frozenset(way)
    direct: dict[str, list[str]] = {}
    for precinct, territory in package.precinct_territories:
        direct.setdefault(precinct, []).append(territory)
    return {
        one.id: frozenset().union(
            *(
                lineages[place]
                for place in (one.territory, one.constituency, *direct.get(one.id, ()))
                if place
            )
        )
        for one in package.precincts
    }


def possible(edition: str, form: str) -> tuple[str, ...]:
    """The kinds of contests that an election of a form can have under an edition."""
    return kinds_of(uz_edition(edition), form)
