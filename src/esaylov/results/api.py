"""The acts of the results as JSON, and the check of an unsigned draft.

Over HTTP a protocol's figures stand by name: `lines` by the lines of the edition's form, `votes` by the
options' ids. A figure that is missing, unknown, negative, fractional or too large is refused, and its name
is in the finding.
"""

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field

from esaylov.acts import answers, shape
from esaylov.acts.api import PROBLEMS, Token, election_context, outsider
from esaylov.acts.catalogue import Listed, Unfit, register
from esaylov.acts.context import ElectionContext
from esaylov.acts.powers import Actor, Power
from esaylov.elections.queries import ContestRow, ElectionTables
from esaylov.law.findings import Finding
from esaylov.law.protocol import evaluate
from esaylov.registry.queries import precinct_cell
from esaylov.results import findings
from esaylov.results.acts import (
    AcceptProtocol,
    AnnulPrecinct,
    Code,
    CorrectProtocol,
    Count,
    ReturnProtocol,
    SubmitProtocol,
)
from esaylov.results.decisions import Certify, RecordLot, SupplyDetermination

EXAMPLE: Any = {
    "precinct": "1726-001",
    "contest": "list",
    "lines": {"voters_on_list": 1840, "ballots_received": 1840},
    "votes": {"green": 610, "blue": 580},
}
NAMES_LIMIT = 2_000


class ProtocolForm(BaseModel):
    """A protocol as a commission sends it. `lines`: one figure for each line of the edition's form, by its
    name; `votes`: one for each option of the contest, by its id; both are listed at
    `/api/elections/{election}`.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})
    precinct: Code
    contest: Code
    lines: Annotated[dict[str, Count], Field(max_length=NAMES_LIMIT)]
    votes: Annotated[dict[str, Count], Field(max_length=NAMES_LIMIT)]
    version: Annotated[int, Field(ge=1, le=10_000, strict=True)] = 1


class DraftForm(BaseModel):
    """The figures of an unsigned draft, as in a protocol."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})
    precinct: Code
    contest: Code
    lines: Annotated[dict[str, Count], Field(max_length=NAMES_LIMIT)]
    votes: Annotated[dict[str, Count], Field(max_length=NAMES_LIMIT)]


class Checked(BaseModel):
    """What a signed protocol with these figures would be: its state and its findings."""

    state: Literal["received", "inconsistent"]
    findings: list[answers.FindingAnswer]


def figures(context: ElectionContext, form: ProtocolForm | DraftForm) -> tuple[list[int], list[int]]:
    """The arrays of lines and votes of a form. Raises Unfit, naming every member that is missing or
    unknown.
    """
    tables: ElectionTables = context.tables
    contest = tables.contests.get(form.contest)
    if contest is None:
        raise Unfit([findings.unknown_contest(form.contest)])
    lines, wrong_lines = shape.by_name(context.edition.lines, form.lines, "lines")
    votes, wrong_votes = shape.by_name(contest.option_codes, form.votes, "votes")
    if wrong_lines or wrong_votes:
        raise Unfit([*wrong_lines, *wrong_votes])
    return lines, votes


def to_payload(context: ElectionContext, form: ProtocolForm) -> SubmitProtocol.Payload:
    """The act's payload of a form. Raises Unfit."""
    lines, votes = figures(context, form)
    return SubmitProtocol.Payload.model_construct(
        precinct=form.precinct, contest=form.contest, lines=lines, votes=votes, version=form.version
    )


def to_form(context: ElectionContext, contest: ContestRow, record: dict[str, Any]) -> dict[str, Any]:
    """The public JSON form of a protocol's entry: its figures by name."""
    return {
        **{name: record[name] for name in ("precinct", "contest", "version", "state", "findings")},
        "lines": dict(zip(context.edition.lines, record["lines"], strict=True)),
        "votes": dict(zip(contest.option_codes, record["votes"], strict=True)),
    }


def recall(context: ElectionContext, record: dict[str, Any]) -> tuple[Finding, ...]:
    """The findings with which a protocol was recorded, from its record."""
    found = evaluate(context.edition, record["lines"], record["votes"])
    return (*found, findings.conflicting()) if record["state"] == "conflicting" else found


def unknown_place(context: ElectionContext, payload: Any) -> list[Finding]:
    """P02 when the election has no such place, whoever asks."""
    tables: ElectionTables = context.tables
    cell = precinct_cell(context.id, payload.precinct)
    contest = tables.contests.get(payload.contest) if payload.contest is not None else None
    if cell is not None and (
        payload.contest is None or (contest is not None and tables.concerns(contest, cell))
    ):
        return []
    return [findings.unknown_place(payload.precinct, payload.contest)]


def unknown_contest(context: ElectionContext, payload: Any) -> list[Finding]:
    """P08 when the election has no such contest, whoever asks."""
    tables: ElectionTables = context.tables
    return [] if payload.contest in tables.contests else [findings.unknown_contest(payload.contest)]


PROTOCOL = ("precinct", "contest", "version", "lines", "votes", "findings", "state")
RULING = ("precinct", "contest", "protocol", "decision")
DOUBTS = ("findings",)

register(
    Listed(act=SubmitProtocol, path="protocols", publishes=PROTOCOL, body=ProtocolForm, convert=to_payload,
           recall=recall, unknown=unknown_place),
    Listed(act=CorrectProtocol, path="corrections", publishes=(*PROTOCOL, "replaces"), body=ProtocolForm,
           convert=to_payload, recall=recall, unknown=unknown_place),
    Listed(act=AcceptProtocol, path="acceptances", publishes=RULING, done="accepted", unknown=unknown_place,
           sometimes=DOUBTS, orderable=True),
    Listed(act=ReturnProtocol, path="returns", publishes=RULING, done="returned", unknown=unknown_place,
           sometimes=DOUBTS, orderable=True),
    Listed(act=AnnulPrecinct, path="annulments", publishes=("precinct", "contest", "decision"), done="annulled",
           unknown=unknown_place, sometimes=DOUBTS, orderable=True),
    Listed(act=RecordLot, path="lots", publishes=("contest", "decision", "drawn"),
           unknown=unknown_contest, sometimes=DOUBTS, orderable=True),
    Listed(act=SupplyDetermination, path="determinations", publishes=("contest", "decision", "outcome"),
           unknown=unknown_contest, sometimes=DOUBTS, orderable=True),
    Listed(act=Certify, path="certifications", done="certified", unknown=unknown_contest,
           publishes=("contest", "decision", "counted", "lines", "votes", "seats"), sometimes=DOUBTS, orderable=True),
)  # fmt: skip


def add_routes(router: Router, token: Token) -> None:
    """The operation that checks a draft; it records nothing."""

    @router.post(
        "/elections/{election}/protocols/check",
        auth=token,
        response={200: Checked, **PROBLEMS},
        operation_id="results_check_draft",
        tags=["results"],
        summary="What the control relations find in an unsigned draft",
    )
    def check_draft(request: HttpRequest, election: str, payload: DraftForm) -> HttpResponse:
        """The findings that a signed protocol with these figures would have. Nothing is recorded."""
        context = election_context(election)
        actor: Actor = request.auth  # type: ignore[attr-defined]
        if (refused := outsider(actor, context, Power.SUBMIT_PROTOCOL)) is not None:
            return answers.refused(refused)
        lines, votes = figures(context, payload)
        if missing := unknown_place(context, payload):
            raise Unfit(missing)
        found = evaluate(context.edition, lines, votes)
        state = "inconsistent" if any(finding.is_error for finding in found) else "received"
        return answers.reply(200, {"state": state, "findings": [finding.to_json() for finding in found]})
