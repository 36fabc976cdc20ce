"""Open data: the files of the latest publication with their sizes, read from its manifest."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from esaylov.design.words import in_language
from esaylov.elections.models import Election
from esaylov.elections.queries import day_of, elections
from esaylov.publication.files import published_folder
from esaylov.publication.installation import Installation, installation
from esaylov.publication.reads import log_identity

CDF = "nist-cdf/"
RULES = "rules/"


@dataclass(frozen=True, slots=True)
class File:
    """A published file: its name, address, bytes, SHA-256 (hex), what it holds."""

    name: str
    url: str
    bytes: int
    sha256: str
    text: str


@dataclass(frozen=True, slots=True)
class Files:
    """Files of one format with all their bytes."""

    title: str
    text: str
    files: tuple[File, ...]

    @property
    def bytes(self) -> int:
        """All bytes together."""
        return sum(file.bytes for file in self.files)


@dataclass(frozen=True, slots=True)
class ElectionData:
    """The published files of an election."""

    id: str
    title: str
    date: datetime
    groups: tuple[Files, ...]


@dataclass(frozen=True, slots=True)
class OpenDataPage:
    """Everything on the page of open data; `size` is that of the latest publication (None: nothing is published)."""

    elections: tuple[ElectionData, ...]
    installation: Installation
    origin: str
    size: int | None
    simulated: bool
    replay: bool

    @property
    def lead(self) -> str:
        """The page in a sentence."""
        return gettext("Everything on these pages is there as files too, down to the single protocol.")


def open_data_page(sizes: dict[str, int]) -> OpenDataPage:
    """The page of open data."""
    manifest = read_manifest()
    identity = log_identity()
    known = [row for row in elections() if row.id in sizes]
    files = manifest.get("files", {})
    return OpenDataPage(
        elections=tuple(_election(row, files) for row in known),
        installation=installation(),
        origin=identity.origin if identity else "",
        size=manifest.get("size"),
        simulated=bool(identity and identity.simulated),
        replay=bool(identity and identity.replay),
    )


def read_manifest() -> dict[str, Any]:
    """The latest publication's manifest; empty before the first publication."""
    try:
        return dict(json.loads((published_folder() / "manifest.json").read_bytes()))
    except (OSError, ValueError):
        return {}


def _election(row: Election, files: dict[str, dict[str, Any]]) -> ElectionData:
    prefix = f"data/{row.id}/"
    own = {path.removeprefix(prefix): about for path, about in files.items() if path.startswith(prefix)}
    found = [
        File(name, f"/{prefix}{name}", about["bytes"], about["sha256"], _holds(name, about["sha256"]))
        for name, about in own.items()
    ]
    return ElectionData(
        id=row.id,
        title=in_language(row.titles, row.id),
        date=day_of(row),
        groups=tuple(group for group in _groups(found) if group.files),
    )


def _groups(files: list[File]) -> list[Files]:
    cdf = [file for file in files if file.name.startswith(CDF)]
    parquet = [file for file in files if file.name.endswith(".parquet")]
    houses = [file for file in files if file.name in HOUSES or file.name.startswith(RULES)]
    package = [file for file in files if file not in (*cdf, *parquet, *houses)]
    return [
        Files(
            gettext("Election package (CSV)"),
            gettext(
                "Every protocol line by line, with all that is needed to compute the result again. Complete."
            ),
            tuple(sorted(package, key=_by_meaning)),
        ),
        Files(
            gettext("Houses of precincts (CSV)"),
            gettext(
                "Which streets and house numbers belong to which precinct, as commissions decided. Each decision's table has the "
                "SHA-256 that its entry in the log names."
            ),
            tuple(sorted(houses, key=_by_entry)),
        ),
        Files(
            gettext("Parquet"),
            gettext("Protocols, votes and totals once more, for statistics programs."),
            tuple(parquet),
        ),
        Files(
            gettext("NIST Common Data Format"),
            gettext(
                "Results in the international format SP 1500-100, one file for each region and a summary."
            ),
            tuple(cdf),
        ),
    ]


ORDER = (
    "totals",
    "determinations",
    "protocols",
    "votes",
    "decisions",
    "sittings",
    "commissions",
    "entered",
    "turnout",
    "contests",
    "options",
)


HOUSES = ("rules.csv", "mahallas.csv")


def _by_entry(file: File) -> tuple[int, str]:
    """What is in force first, then what each entry set, the latest first."""
    stem = file.name.removeprefix(RULES).partition(".")[0]
    return (-int(stem) if stem.isdecimal() else -(1 << 62) + HOUSES.index(file.name)), file.name


def _by_meaning(file: File) -> tuple[int, str]:
    stem = file.name.partition(".")[0]
    return (ORDER.index(stem) if stem in ORDER else len(ORDER)), file.name


def _holds(name: str, sha256: str = "") -> str:
    entry = name.removeprefix(RULES).removesuffix(".csv")
    if name.startswith(RULES) and entry.isdecimal():
        said = {"entry": entry, "sha256": sha256}
        return gettext("rules as entry %(entry)s of the log set them; SHA-256 %(sha256)s") % said
    texts = {
        "totals.csv": gettext("sums by contest and territory"),
        "totals_votes.csv": gettext("votes by contest, territory and option"),
        "determinations.json": gettext("who wins each contest, with every step"),
        "protocols.csv.gz": gettext("the lines of each protocol that stands"),
        "votes.csv.gz": gettext("the votes of each protocol that stands"),
        "decisions.csv": gettext(
            "acts on results and dates, with the number of the decision that each cites"
        ),
        "sittings.json": gettext("sessions: agendas, votes, decisions in their words"),
        "turnout.csv": gettext("turnout as precincts reported it"),
        "contests.csv": gettext("contests"),
        "options.csv": gettext("candidates, lists, answers"),
        "precincts.csv": gettext("precincts with their voters"),
        "precinct_territories.csv": gettext("further territories of precincts"),
        "territories.csv": gettext("territories"),
        "commissions.csv": gettext(
            "every commission in numbers: offices, proposers of everybody who ever joined, who formed or entered it, "
            "its entries in the log"
        ),
        "entered.csv": gettext("how many members each file brought into each commission"),
        "rules.csv": gettext("houses of each precinct: the rules that are in force"),
        "mahallas.csv": gettext("names of the mahallas that the rules speak of"),
        "roster.csv": gettext("which precinct must report for which contest"),
        "edition.toml": gettext("the law as data"),
        "datapackage.json": gettext("description of the tables"),
    }
    return texts.get(name, "")
