"""The acts of loading and calling an election, and of publishing its roster."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb
from pydantic import BaseModel, InstanceOf

from esaylov.acts.bulk import insert_rows
from esaylov.acts.door import Act, Case, Submission
from esaylov.acts.numbers import Number
from esaylov.acts.powers import Power
from esaylov.acts.refusals import simple
from esaylov.elections.models import Election
from esaylov.exchange.records import Package, days_text
from esaylov.law.findings import Finding
from esaylov.registry.places import first_ids, write_commissions, write_places


@dataclass(frozen=True, slots=True)
class Pin:
    """SHA-256 (hex) and number of rows of a published table."""

    rows: int
    sha256: str

    def to_json(self) -> dict[str, Any]:
        """As entries write it."""
        return {"rows": self.rows, "sha256": self.sha256}


@dataclass(slots=True, kw_only=True)
class PackageCase(Case):
    """A submission with a whole package."""

    package: Package


class _PackageAct(Act[PackageCase]):
    power = Power.CALL_ELECTION

    class Payload(BaseModel):
        """The package, read and checked."""

        package: InstanceOf[Package]

    def prepare(self, submissions: Sequence[Submission]) -> list[PackageCase]:
        return [
            PackageCase(submission=s, package=s.payload.package, due=next(iter(self.due), None))
            for s in submissions
        ]


class LoadPackage(_PackageAct):
    """An election package arrives; the hashes of its files are recorded."""

    code = "elections.load_package"

    def check(self, case: PackageCase) -> Sequence[Finding]:
        return (
            [election_exists(case.package.id)] if Election.objects.filter(pk=case.package.id).exists() else ()
        )

    def record(self, case: PackageCase) -> dict[str, Any]:
        return {"files": dict(case.package.files)}

    def apply(self, cases: Sequence[PackageCase]) -> None:
        """The package's facts are written by the act that calls the election."""


class CallElection(_PackageAct):
    """The Central Election Commission calls an election (Art. 36); its tables are pinned by their hashes."""

    code = "elections.call_election"
    due = ("announcement",)

    class Payload(_PackageAct.Payload):
        """`tables`: pins of the published tables; `edition_sha256` of edition.toml; `release` (None: at once);
        `clock_is_set`: the election has a clock of its own, at `set_time`; `decision`: number of the decision that calls it."""

        tables: dict[str, Pin]
        edition_sha256: str
        release: datetime | None
        clock_is_set: bool
        set_time: datetime | None
        decision: Number | None = None

    def record(self, case: PackageCase) -> dict[str, Any]:
        payload, package = case.submission.payload, case.package
        pins: dict[str, Any] = {name: pin.to_json() for name, pin in payload.tables.items()}
        record: dict[str, Any] = {
            "date": package.date.isoformat(),
            "timezone": package.timezone,
            "clock": "set" if payload.clock_is_set else "real",
            "release": self.context.local(payload.release) if payload.release else None,
            "tables": pins | {"edition": {"sha256": payload.edition_sha256}},
        }
        if package.pilot:
            record["pilot"] = True
        if package.events:
            record["events"] = days_text(package.events)
        if payload.decision is not None:
            record["decision"] = payload.decision
        return record

    def apply(self, cases: Sequence[PackageCase]) -> None:
        for case in cases:
            payload, package = case.submission.payload, case.package
            Election.objects.create(
                id=package.id,
                titles=dict(package.titles) or {"en": package.title},
                date=package.date,
                timezone=package.timezone,
                edition_id=package.edition.id,
                edition_toml=package.edition_text.decode(),
                simulated=package.simulated,
                pilot=package.pilot,
                replay=self.context.replay,
                clock_is_set=payload.clock_is_set,
                set_time=payload.set_time,
                release=payload.release,
                package={"title": package.title, "country": package.country},
                events=days_text(package.events),
                journal=case.journal,
            )
            places = write_places(package)
            _write_contests(package, places.territories)
            write_commissions(package, places)


class PublishRoster(Act[Case]):
    """Which precinct must report for which contest, pinned before the count so that nobody can leave one out unseen."""

    code = "results.publish_roster"
    power = Power.SYSTEM

    class Payload(BaseModel):
        """Rows and SHA-256 of roster.csv."""

        rows: int
        sha256: str

    def prepare(self, submissions: Sequence[Submission]) -> list[Case]:
        return [Case(submission=s) for s in submissions]

    def record(self, case: Case) -> dict[str, Any]:
        return {"rows": case.submission.payload.rows, "sha256": case.submission.payload.sha256}

    def apply(self, cases: Sequence[Case]) -> None:
        """The roster follows from the tables; nothing is stored besides the entry."""


def election_exists(election: str) -> Finding:
    """E01: an election with this id is already here."""
    return simple(
        "E01",
        en=f"An election with the id “{election}” exists already; nothing was loaded",
        ru=f"Выборы с идентификатором «{election}» уже есть; ничего не загружено",
        uz=f"“{election}” identifikatorli saylov mavjud; hech narsa yuklanmadi",
        fields=("name",),
    )


@dataclass(slots=True)
class _Rows:
    contests: list[tuple[Any, ...]] = field(default_factory=list)
    options: list[tuple[Any, ...]] = field(default_factory=list)


def _write_contests(package: Package, territories: Any) -> None:
    first_contest, first_option = first_ids("elections_contest", "elections_option")
    rows = _Rows()
    by_contest: dict[str, int] = {}
    for position, contest in enumerate(package.contests):
        by_contest[contest.id] = first_contest + position
        rows.contests.append(
            (first_contest + position, package.id, contest.id, contest.kind, territories[contest.territory],
             contest.seats, Jsonb(dict(contest.titles)), position)
        )  # fmt: skip
    places: dict[str, int] = {}
    for number, option in enumerate(package.options):
        position = places[option.contest] = places.get(option.contest, -1) + 1
        birth = option.birth_date.isoformat() if option.birth_date else ""
        rows.options.append(
            (first_option + number, by_contest[option.contest], option.id, option.kind, Jsonb(dict(option.names)),
             option.ballot_order, option.organisation or "", option.gender or "", birth, position)
        )  # fmt: skip
    insert_rows(
        "elections_contest",
        ("id", "election_id", "code", "kind", "territory_id", "seats", "titles", "position"),
        rows.contests,
    )
    insert_rows(
        "elections_option",
        ("id", "contest_id", "code", "kind", "names", "ballot_order", "organisation", "gender", "birth_date",
         "position"),
        rows.options,
    )  # fmt: skip
