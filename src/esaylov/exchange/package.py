"""Reading an election package (docs/package.md): CSV tables in one folder, the edition, a description.

`open_package` reads it whole and refuses it when anything structural is wrong, so that whoever holds a
`Package` need not check again. Control relations are a matter of `check_package` and of the act that
submits a protocol.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from esaylov.exchange.descriptor import FILE as DESCRIPTOR_FILE
from esaylov.exchange.descriptor import Descriptor, inside, read_descriptor
from esaylov.exchange.figures import STATES, read_figures, read_turnout
from esaylov.exchange.places import Places
from esaylov.exchange.problems import Fault, PackageError, Problem, Report
from esaylov.exchange.reading import (
    Folder,
    Progress,
    read_contests,
    read_decisions,
    read_options,
    read_precinct_territories,
    read_precincts,
    read_territories,
)
from esaylov.exchange.records import (
    Contest,
    Decision,
    Option,
    Package,
    PackageProtocol,
    Precinct,
    ProtocolRows,
    Territory,
    Turnout,
    TurnoutRows,
)
from esaylov.exchange.rows import Source
from esaylov.law.editions import Edition, EditionError, parse_edition

__all__ = [
    "Contest",
    "Decision",
    "Option",
    "Package",
    "PackageError",
    "PackageProtocol",
    "Precinct",
    "Problem",
    "ProtocolRows",
    "Territory",
    "Turnout",
    "TurnoutRows",
    "iter_protocols",
    "open_package",
    "read_package",
    "roster",
]

EDITION_LIMIT = 1 << 20
_RESERVED = frozenset({"precinct", "contest", "submitted_at", "state", "version", "simulated", "leaf"})


def open_package(
    folder: Path | str,
    on_problem: Callable[[Problem], None] | None = None,
    progress: Progress | None = None,
) -> Package | list[Problem]:
    """Read a package whole: the package, or the problems (the first 1,000) when one of them is an error.

    on_problem is called with each problem as it is found, warnings too. progress is called with the name of
    a table, the bytes of its file read so far and its size. Nothing is raised for whatever the folder
    holds.
    """
    report = Report(on_problem)
    package = read_into(report, Path(folder), progress)
    return report.kept if package is None else package


def read_package(folder: Path | str, progress: Progress | None = None) -> Package:
    """Like open_package; raises PackageError instead of handing back problems."""
    package = open_package(folder, progress=progress)
    if isinstance(package, Package):
        return package
    raise PackageError(package)


def read_into(report: Report, path: Path, progress: Progress | None = None) -> Package | None:
    """Read a package, its problems into a report; None when one of them is an error."""
    descriptor = read_descriptor(path, report)
    if descriptor is None:
        return None
    folder = Folder(path, descriptor, report, progress=progress)
    folder.files[DESCRIPTOR_FILE] = descriptor.sha256
    edition = _edition(folder, descriptor)
    if edition is None:
        return None
    text, law = edition
    try:
        return _tables(folder, text, law)
    except Fault as fault:
        report.fault(folder.current, fault)
        return None


def _edition(folder: Folder, descriptor: Descriptor) -> tuple[bytes, Edition] | None:
    name = descriptor.edition
    try:
        source = Source(inside(folder.path, name), EDITION_LIMIT)
        text = source.whole()
        edition = parse_edition(text)
    except Fault as fault:
        folder.report.fault(name, fault)
        return None
    except EditionError as error:
        for problem in error.problems:
            folder.report.add("K05", name, problem.reason, field=problem.path or None)
        return None
    for line in _RESERVED.intersection(edition.lines):
        folder.report.add("K05", name, f"a line cannot have the name {line}", field="protocol.lines")
    folder.files[name] = source.sha256
    return text, edition


def _tables(folder: Folder, text: bytes, edition: Edition) -> Package | None:
    facts, report = folder.descriptor, folder.report
    territories = read_territories(folder)
    contests = read_contests(folder, edition, territories)
    options = read_options(folder, contests)
    precincts = read_precincts(folder, territories)
    precinct_territories = read_precinct_territories(folder, territories, precincts)
    steps = edition.calendar.steps if edition.calendar else {}
    decisions = read_decisions(folder, contests, options, precincts, steps)
    turnout = read_turnout(folder, precincts)
    if report.errors:
        return None
    folder.current = facts.tables["precincts"]
    places = Places(
        lines=len(edition.lines),
        territories=territories,
        contests=contests,
        options=options,
        precincts=precincts,
        precinct_territories=precinct_territories,
    )
    protocols = read_figures(folder, edition, places)
    if report.errors:
        return None
    return Package(
        folder=folder.path,
        id=facts.id,
        title=facts.title,
        titles=facts.titles,
        date=facts.date,
        timezone=facts.timezone,
        country=facts.country,
        simulated=facts.simulated,
        pilot=facts.pilot,
        replay=facts.replay,
        edition_text=text,
        edition=edition,
        territories=territories,
        contests=contests,
        options=options,
        precincts=precincts,
        precinct_territories=precinct_territories,
        turnout=turnout,
        decisions=decisions,
        places=places,
        protocols=protocols,
        tables=facts.tables,
        files=folder.files,
        events=facts.events,
    )


def iter_protocols(package: Package) -> Iterator[PackageProtocol]:
    """All protocols in the order of the file, each with its votes in canonical option order."""
    places, rows = package.places, package.protocols
    figures, lines = rows.figures, places.lines
    ids, contests, widths = places.ids, [contest.id for contest in package.contests], places.widths
    for row, cell in enumerate(rows.cells):
        contest = rows.contests[row]
        middle = cell + lines
        yield PackageProtocol(
            ids[rows.precincts[row]],
            contests[contest],
            tuple(figures[cell:middle]),
            tuple(figures[middle : cell + widths[contest]]),
            rows.times.text(row),
            STATES[rows.states[row]],
            rows.versions[row],
            rows.line_numbers[row],
        )


def roster(package: Package) -> Iterator[tuple[int, int]]:
    """(precinct index, contest index) of every place that must report, in the order of roster.csv."""
    return package.places.roster()
