"""What the API says of elections themselves, and the acts that call one (they go over the command line).

All of it is public: the tables that the calling entry pins.
"""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router
from pydantic import BaseModel

from esaylov.acts import answers
from esaylov.acts.api import PROBLEMS, election_context
from esaylov.acts.catalogue import Listed, register
from esaylov.acts.context import ElectionContext
from esaylov.acts.receipts import find_inclusion
from esaylov.elections.acts import CallElection, LoadPackage, PublishRoster
from esaylov.elections.calendar import MoveStep, unknown_step
from esaylov.elections.models import Election
from esaylov.elections.queries import ContestRow, ElectionTables, elections
from esaylov.law.findings import Finding


def _no_such_step(context: ElectionContext, payload: MoveStep.Payload) -> list[Finding]:
    """C02 when the calendar has no such step, whoever asks."""
    calendar = context.edition.calendar
    return [] if calendar and payload.step in calendar.steps else [unknown_step(payload.step)]


register(
    Listed(act=LoadPackage, path=None, publishes=("files",)),
    Listed(
        act=CallElection,
        path=None,
        publishes=("date", "timezone", "clock", "release", "tables"),
        sometimes=("pilot", "events", "decision", "findings"),
    ),
    Listed(act=PublishRoster, path=None, publishes=("rows", "sha256")),
    Listed(
        act=MoveStep,
        path="moves",
        publishes=("step", "opens", "closes", "decision"),
        sometimes=("findings",),
        unknown=_no_such_step,
        orderable=True,
    ),
)

LeafHash = Annotated[
    str, Path(pattern=r"^[0-9a-f]{64}$", description="Leaf hash of the entry, as the receipt names it")
]
READ_PROBLEMS = {code: PROBLEMS[code] for code in (404, 422, 500, 503)}


class ElectionAnswer(BaseModel):
    """An election: `clock` is `real` or `set`; `release` the time before which no result is public (null:
    at once).
    """

    id: str
    titles: dict[str, str]
    date: str
    timezone: str
    edition: str
    simulated: bool
    pilot: bool
    replay: bool
    clock: str
    release: str | None


class ElectionList(BaseModel):
    """All elections of this installation, the latest day first."""

    elections: list[ElectionAnswer]


class OptionAnswer(BaseModel):
    """What can be voted for."""

    id: str
    kind: str
    names: dict[str, str]
    ballot_order: int


class ContestAnswer(BaseModel):
    """A contest with its options in the order of every array of votes."""

    id: str
    kind: str
    titles: dict[str, str]
    seats: int
    options: list[OptionAnswer]


class ElectionFacts(ElectionAnswer):
    """An election with the names that its protocols use: `lines` of the form in their order, contests and
    options.
    """

    lines: list[str]
    line_titles: dict[str, dict[str, str]]
    contests: list[ContestAnswer]


class InclusionAnswer(BaseModel):
    """Where an entry stands in the log: index, and the audit path (RFC 6962) to the root of the signed
    checkpoint.
    """

    leaf_hash: str
    index: int
    size: int
    checkpoint: str
    proof: list[str]


def _election(row: Election) -> dict[str, Any]:
    return {
        "id": row.id,
        "titles": row.titles,
        "date": row.date.isoformat(),
        "timezone": row.timezone,
        "edition": row.edition_id,
        "simulated": row.simulated,
        "pilot": row.pilot,
        "replay": row.replay,
        "clock": "set" if row.clock_is_set else "real",
        "release": row.release.isoformat() if row.release else None,
    }


def _contest(row: ContestRow) -> dict[str, Any]:
    options = [
        {"id": option.code, "kind": option.kind, "names": option.names, "ballot_order": option.ballot_order}
        for option in row.options
    ]
    return {"id": row.code, "kind": row.kind, "titles": row.titles, "seats": row.seats, "options": options}


def add_routes(router: Router) -> None:
    """The public reads: elections, one election, the proof for a receipt."""
    router.get(
        "/elections",
        response={200: ElectionList, **{code: PROBLEMS[code] for code in (500, 503)}},
        operation_id="elections_list",
        tags=["elections"],
        summary="All elections",
    )(list_elections)
    router.get(
        "/elections/{election}",
        response={200: ElectionFacts, **READ_PROBLEMS},
        operation_id="elections_facts",
        tags=["elections"],
        summary="One election: its form, contests and options",
    )(election_facts)
    router.get(
        "/elections/{election}/receipts/{leaf_hash}",
        response={200: InclusionAnswer, **READ_PROBLEMS},
        operation_id="log_inclusion",
        tags=["log"],
        summary="The proof that an act's entry stands in the log",
    )(inclusion)


def list_elections(request: HttpRequest) -> HttpResponse:
    """The latest day first."""
    return answers.reply(200, {"elections": [_election(row) for row in elections()]})


def election_facts(request: HttpRequest, election: str) -> HttpResponse:
    """What a protocol's form needs: lines, contests, options."""
    context = election_context(election)
    tables: ElectionTables = context.tables
    edition = context.edition
    facts = _election(tables.election) | {
        "lines": list(edition.lines),
        "line_titles": {line: dict(edition.titles.get(line, {})) for line in edition.lines},
        "contests": [_contest(row) for row in tables.contests.values()],
    }
    return answers.reply(200, facts)


def inclusion(request: HttpRequest, election: str, leaf_hash: LeafHash) -> HttpResponse:
    """Index, audit path and checkpoint once the entry is in the log (404 before); nothing of what it says."""
    found = find_inclusion(election_context(election).id, bytes.fromhex(leaf_hash))
    if found is None:
        return answers.not_in_log()
    return answers.reply(200, {"leaf_hash": leaf_hash, **found.to_json()})
