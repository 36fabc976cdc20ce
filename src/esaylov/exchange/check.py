"""`esaylov package check`: everything that can be said about a package without loading it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from esaylov.exchange.package import iter_protocols, read_into
from esaylov.exchange.problems import Problem, Report, shown
from esaylov.exchange.reading import Progress
from esaylov.exchange.records import Package
from esaylov.law.protocol import compile_relations


@dataclass(frozen=True, slots=True)
class Counts:
    """What a check found: problems by code, failed control relations by code, and rows of each table.

    `rows` is empty when the package was refused; `places` is the number of places that must report.
    """

    errors: int
    warnings: int
    codes: Mapping[str, int]
    findings: Mapping[str, int]
    places: int = 0
    rows: Mapping[str, int] = field(default_factory=dict)


def check_package(
    folder: Path | str,
    on_problem: Callable[[Problem], None] | None = None,
    progress: Progress | None = None,
) -> Counts:
    """Check a package whole. on_problem gets at most 1,000 problems, Counts has all; progress as in
    open_package.
    """
    report = Report(on_problem)
    package = read_into(report, Path(folder), progress)
    if package is not None:
        _check_relations(package, report)
    return Counts(
        report.errors,
        report.warnings,
        dict(sorted(report.counts.items())),
        dict(sorted(report.findings.items())),
        package.places.count if package else 0,
        _rows(package) if package else {},
    )


def _rows(package: Package) -> dict[str, int]:
    return {
        "territories": len(package.territories),
        "contests": len(package.contests),
        "options": len(package.options),
        "precincts": len(package.precincts),
        "precinct_territories": len(package.precinct_territories),
        "protocols": len(package.protocols),
        "turnout": len(package.turnout),
        "decisions": len(package.decisions),
    }


def _check_relations(package: Package, report: Report) -> None:
    """Failed control relations are warnings: a signed protocol is recorded as it is (never a reason to
    refuse).
    """
    failed = compile_relations(package.edition)
    texts = {relation.code: relation.text for relation in package.edition.relations}
    file = package.tables["protocols"]
    for protocol in iter_protocols(package):
        for code in failed(protocol.lines, protocol.votes):
            report.findings[code] += 1
            text = texts[code].get("en") or next(iter(texts[code].values()), "")
            reason = f"{code} does not hold in the precinct {shown(protocol.precinct_id)}: {text}"
            report.add("K50", file, reason, protocol.line_no, code)
