"""The acts on protocols and contests (Art. 58, 94-97)."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from esaylov.acts.bulk import insert_rows, int_array
from esaylov.acts.door import Act, Ahead, Submission
from esaylov.acts.powers import Power
from esaylov.acts.statements import ask
from esaylov.elections.queries import ElectionTables
from esaylov.law.findings import Finding
from esaylov.law.protocol import evaluate
from esaylov.results import findings
from esaylov.results.ahead import lock_ahead
from esaylov.results.cases import PlaceCase, certified_contests, lock_contests, place_cases

Count = Annotated[int, Field(ge=0, le=2_147_483_647, strict=True)]
Code = Annotated[str, Field(min_length=1, max_length=100)]
Number = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^\S(.*\S)?$")]

PROTOCOL_COLUMNS = (
    "journal_id", "contest_id", "precinct_id", "version", "state", "findings", "lines", "votes", "at", "leaf",
    "replaces", "sealed",
)  # fmt: skip


class _PlaceAct(Act[PlaceCase]):
    """An act about one place. `alone`: it rules on the version that stands, or replaces it."""

    brief = True
    alone: ClassVar[bool] = False

    def __init__(self, context: Any) -> None:
        super().__init__(context)
        self.tables: ElectionTables = context.tables

    @classmethod
    def ahead(cls) -> Ahead | None:
        return lock_ahead

    def place(self, payload: Any) -> tuple[str, str | None]:
        return payload.precinct, payload.contest

    def prepare(self, submissions: Sequence[Submission]) -> list[PlaceCase]:
        return place_cases(self.context.id, self.tables, submissions, alone=self.alone)


class _ProtocolAct(_PlaceAct):
    """Submitting a protocol or its corrected version: shape, control relations, journal, fact."""

    power = Power.SUBMIT_PROTOCOL
    step = "counting"
    sealable = True

    class Payload(BaseModel):
        """`lines` follow the edition's form, `votes` the options by ballot order; `version` counts from 1."""

        model_config = ConfigDict(extra="forbid")
        precinct: Code
        contest: Code
        lines: list[Count]
        votes: list[Count]
        version: Annotated[int, Field(ge=1, le=10_000)] = 1

    def prepare(self, submissions: Sequence[Submission]) -> list[PlaceCase]:
        cases = super().prepare(submissions)
        known = [case for case in cases if case.on_roster and self._shape_holds(case)]
        for case in known:
            self._evaluate(case)
        self._find_repeats([case for case in known if case.standing is not None])
        return cases

    def _find_repeats(self, cases: Sequence[PlaceCase]) -> None:
        """Marks submissions whose very figures this place's commission sent before: one act, one receipt."""
        if not cases:
            return
        by_place = {(case.precinct, case.contest.id): case for case in cases if case.contest is not None}
        asked = ask(EARLIER, [[place[0] for place in by_place], [place[1] for place in by_place]])
        for precinct, contest, lines, votes, journal, body in asked.rows():
            case = by_place[precinct, contest]
            payload = case.submission.payload
            same = body == case.submission.actor.code and lines == payload.lines and votes == payload.votes
            if same and case.repeats is None and self.repeats(case, journal):
                case.repeats = journal

    def repeats(self, case: PlaceCase, journal: int) -> bool:
        """Whether the same figures again are the act that stands in this journal row, and not a new one."""
        return True

    def check(self, case: PlaceCase) -> Sequence[Finding]:
        payload = case.submission.payload
        if not case.on_roster:
            return [findings.unknown_place(payload.precinct, payload.contest)]
        if case.closed:
            return [findings.certified()]
        if not self._shape_holds(case):
            assert case.contest is not None
            return [findings.wrong_shape(len(self.context.edition.lines), len(case.contest.options))]
        return ()

    def _shape_holds(self, case: PlaceCase) -> bool:
        payload, contest = case.submission.payload, case.contest
        return (
            contest is not None
            and len(payload.lines) == len(self.context.edition.lines)
            and len(payload.votes) == len(contest.options)
        )

    def _evaluate(self, case: PlaceCase) -> None:
        payload = case.submission.payload
        failed = self.tables.failed_relations(payload.lines, payload.votes)
        if failed:
            case.findings = tuple(evaluate(self.context.edition, payload.lines, payload.votes))
            case.errors = not self.tables.error_codes.isdisjoint(failed)

    def state(self, case: PlaceCase) -> str:
        """State of the protocol as it is recorded."""
        return "inconsistent" if case.errors else "received"

    def version(self, case: PlaceCase) -> int:
        """Number of the version as it is recorded."""
        version: int = case.submission.payload.version
        return version

    def record(self, case: PlaceCase) -> dict[str, Any]:
        payload = case.submission.payload
        return {
            "precinct": payload.precinct,
            "contest": payload.contest,
            "version": self.version(case),
            "lines": payload.lines,
            "votes": payload.votes,
            "findings": sorted({finding.code for finding in case.findings}),
            "state": self.state(case),
        }

    def apply(self, cases: Sequence[PlaceCase]) -> None:
        sealed = self.sealed
        rows = []
        for case in cases:
            record, contest = case.record, case.contest
            assert contest is not None
            replaces = record.get("replaces")
            rows.append(
                (case.journal, contest.id, case.precinct, record["version"], record["state"],
                 "{" + ",".join(record["findings"]) + "}", int_array(record["lines"]), int_array(record["votes"]),
                 case.at, case.leaf, bytes.fromhex(replaces) if replaces else None, sealed)
            )  # fmt: skip
        insert_rows("results_protocol", PROTOCOL_COLUMNS, rows)


class SubmitProtocol(_ProtocolAct):
    """A precinct commission submits the protocol of one contest (Art. 58, 94).

    A signed protocol is always recorded: with failed control relations its state is `inconsistent`; where another one already
    stands, `conflicting`.
    """

    code = "results.submit_protocol"

    def _evaluate(self, case: PlaceCase) -> None:
        super()._evaluate(case)
        if case.standing is not None:
            case.findings = (*case.findings, findings.conflicting())

    def state(self, case: PlaceCase) -> str:
        return "conflicting" if case.standing is not None else super().state(case)


class CorrectProtocol(_ProtocolAct):
    """A precinct commission corrects its protocol at a sitting, after its sums did not hold or the higher
    commission returned it (Art. 95)."""

    code = "results.correct_protocol"
    alone = True

    def check(self, case: PlaceCase) -> Sequence[Finding]:
        refused = super().check(case)
        if refused:
            return refused
        if case.standing is None:
            return [findings.nothing_stands(case.submission.payload.precinct)]
        if case.standing.state not in ("inconsistent", "returned"):
            return [findings.not_correctable(case.standing.state)]
        return ()

    def repeats(self, case: PlaceCase, journal: int) -> bool:
        """Only the version that stands can be repeated: a commission may come back to the figures of an earlier one, or
        confirm after a return what it sent before."""
        standing = case.standing
        return standing is not None and standing.journal == journal and standing.state != "returned"

    def version(self, case: PlaceCase) -> int:
        assert case.standing is not None
        version: int = case.submission.payload.version
        return max(case.standing.version + 1, version)

    def record(self, case: PlaceCase) -> dict[str, Any]:
        assert case.standing is not None
        return {**super().record(case), "replaces": case.standing.leaf.hex()}


# Two halves, so that each can use its partial index.
EARLIER = """WITH q AS MATERIALIZED (SELECT * FROM unnest(%s::int[], %s::int[]) AS q(p, c)), f AS (
    SELECT g.* FROM q JOIN results_protocol g ON g.precinct_id = q.p AND g.contest_id = q.c AND g.state <> 'conflicting'
    UNION ALL
    SELECT g.* FROM q JOIN results_protocol g ON g.precinct_id = q.p AND g.contest_id = q.c AND g.state = 'conflicting'
)
SELECT f.precinct_id, f.contest_id, f.lines, f.votes, f.journal_id, j.body FROM f
JOIN acts_journal j ON j.id = f.journal_id ORDER BY f.journal_id"""


class _RulingAct(_PlaceAct):
    """A higher commission's decision on the standing protocol of a place."""

    alone = True
    power = Power.ACCEPT_PROTOCOL
    step = "acceptance"
    kind: ClassVar[str]
    state: ClassVar[str]

    class Payload(BaseModel):
        """`protocol`: leaf hash (hex) of the version that the commission looked at; left out: the one that stands."""

        model_config = ConfigDict(extra="forbid")
        precinct: Code
        contest: Code
        decision: Number
        protocol: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None

    def check(self, case: PlaceCase) -> Sequence[Finding]:
        payload, standing = case.submission.payload, case.standing
        if not case.on_roster:
            return [findings.unknown_place(payload.precinct, payload.contest)]
        if case.closed:
            return [findings.certified()]
        if standing is None:
            return [findings.nothing_stands(payload.precinct)]
        if payload.protocol is not None and payload.protocol != standing.leaf.hex():
            return [findings.not_standing()]
        if case.annulled or standing.state == self.state:
            return [findings.already("annulled" if case.annulled else self.state)]
        return ()

    def record(self, case: PlaceCase) -> dict[str, Any]:
        assert case.standing is not None
        payload = case.submission.payload
        return {
            "precinct": payload.precinct,
            "contest": payload.contest,
            "protocol": case.standing.leaf.hex(),
            "decision": payload.decision,
        }

    def apply(self, cases: Sequence[PlaceCase]) -> None:
        rows = []
        for case in cases:
            assert case.standing is not None
            assert case.contest is not None
            rows.append(
                (case.journal, self.kind, case.precinct, case.contest.id, case.standing.journal,
                 case.submission.payload.decision, case.at)
            )  # fmt: skip
        insert_rows("results_ruling", RULING_COLUMNS, rows)


RULING_COLUMNS = ("journal_id", "kind", "precinct_id", "contest_id", "protocol_id", "number", "at")


class AcceptProtocol(_RulingAct):
    """The higher commission accepts a precinct's protocol at its sitting (Art. 95); one whose sums do not hold then counts."""

    code = "results.accept_protocol"
    kind = "accept"
    state = "accepted"


class ReturnProtocol(_RulingAct):
    """The higher commission returns a protocol so that the precinct commission removes its errors at a sitting (Art. 95)."""

    code = "results.return_protocol"
    kind = "return"
    state = "returned"


class AnnulPrecinct(_PlaceAct):
    """A commission declares the results of a precinct invalid, for one contest or for all (Art. 96)."""

    code = "results.annul_precinct"
    power = Power.ANNUL_PRECINCT
    step = "annulment"

    class Payload(BaseModel):
        """Without `contest`: every contest of the precinct."""

        model_config = ConfigDict(extra="forbid")
        precinct: Code
        contest: Code | None = None
        decision: Number

    def prepare(self, submissions: Sequence[Submission]) -> list[PlaceCase]:
        """The precinct as a whole is closed as soon as one of its contests is certified."""
        whole = any(submission.payload.contest is None for submission in submissions)
        if whole:
            lock_contests(self.tables.contests_by_id, shared=True)
        cases = super().prepare(submissions)
        if whole:
            certified = certified_contests(self.tables)
            for case in cases:
                if case.submission.payload.contest is None and case.precinct:
                    case.closed = any(self.tables.concerns(contest, case.cell) for contest in certified)
        return cases

    def check(self, case: PlaceCase) -> Sequence[Finding]:
        payload = case.submission.payload
        if not case.precinct or (payload.contest is not None and not case.on_roster):
            return [findings.unknown_place(payload.precinct, payload.contest)]
        if case.closed:
            return [findings.certified()]
        return [findings.already("annulled")] if case.annulled else ()

    def record(self, case: PlaceCase) -> dict[str, Any]:
        payload = case.submission.payload
        return {"precinct": payload.precinct, "contest": payload.contest, "decision": payload.decision}

    def apply(self, cases: Sequence[PlaceCase]) -> None:
        rows = [
            (case.journal, "annul", case.precinct, case.contest.id if case.contest else None, None,
             case.submission.payload.decision, case.at)
            for case in cases
        ]  # fmt: skip
        insert_rows("results_ruling", RULING_COLUMNS, rows)
