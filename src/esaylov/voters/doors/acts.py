"""The act by which a day's visits of a precinct become one entry of the log, when the day is over (docs/decisions/0115)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import takewhile
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from esaylov.acts.bulk import insert_rows
from esaylov.acts.catalogue import Listed, register
from esaylov.acts.door import Act, Case, Submission
from esaylov.acts.powers import Power, Target
from esaylov.exchange.canonical import dumps
from esaylov.law.findings import Finding
from esaylov.registry.acts import Code
from esaylov.registry.models import Precinct
from esaylov.voters.doors import findings
from esaylov.voters.doors.reading import rows_of
from esaylov.voters.freezing.findings import unknown_precinct
from esaylov.voters.freezing.supplements import zone_of
from esaylov.voters.locks import lock_precinct

TABLE = "voters_doorround"
PREFIX = b"esaylov round v1\0"
COLUMNS = (
    "journal", "election", "precinct_id", "number", "day", "last", "visits", "checked", "noted",
)  # fmt: skip
# Visits of before, each an entry of its own (with a journal number), lie before all others.
OPEN = """SELECT p.id, coalesce(r.number, 0), h.number, h.day, h.checked, h.noted FROM unnest(%(precincts)s::int[]) AS p(id)
    LEFT JOIN LATERAL (SELECT number, last FROM voters_doorround WHERE precinct_id = p.id ORDER BY number DESC LIMIT 1) r ON true
    JOIN voters_housecheck h ON h.precinct_id = p.id AND h.number > coalesce(r.last, 0) AND h.journal IS NULL
    ORDER BY p.id, h.number"""


class Open(NamedTuple):
    """A visit that no round has yet. `rounds`: so many rounds its precinct has."""

    precinct: int
    rounds: int
    number: int
    day: date
    checked: int
    noted: bytes


@dataclass(slots=True, kw_only=True)
class RoundCase(Case):
    """The round of a precinct on its way: the visits of the first day that has no round."""

    precinct: Precinct | None = None
    visits: Sequence[Open] = ()
    noted: bytes = b""


class RecordRound(Act[RoundCase]):
    """The visits of a precinct commission's members from door to door on one day become one entry (Art. 28)."""

    code = "voters.record_round"
    power = Power.SYSTEM

    class Payload(BaseModel):
        """Of the first day on which the precinct has visits that no round has."""

        model_config = ConfigDict(extra="forbid")
        precinct: Code

    def place(self, payload: Any) -> str:
        return str(payload.precinct)

    def prepare(self, submissions: Sequence[Submission]) -> list[RoundCase]:
        codes = [submission.payload.precinct for submission in submissions]
        rows = Precinct.objects.filter(election=self.context.id, code__in=codes)
        known: Mapping[str, Precinct] = {row.code: row for row in rows}
        waiting = waiting_of(row.id for row in known.values())
        return [self._case(submission, known, waiting) for submission in submissions]

    def _case(
        self, submission: Submission, known: Mapping[str, Precinct], waiting: Mapping[int, Sequence[Open]]
    ) -> RoundCase:
        case = RoundCase(submission=submission, precinct=known.get(submission.payload.precinct))
        if case.precinct is not None:
            case.target = Target(precinct=case.precinct.id)
            case.abroad, case.zone = zone_of(self.context, case.precinct)
            case.visits = first_day(waiting.get(case.precinct.id, ()))
        return case

    def check(self, case: RoundCase) -> Sequence[Finding]:
        if case.precinct is None:
            return [unknown_precinct(case.submission.payload.precinct)]
        today = case.at.astimezone(case.zone or self.context.timezone).date()
        if not case.visits or case.visits[0].day >= today:
            return [findings.no_day_is_over()]
        case.noted = pinned(self.context.id, case.precinct.code, case.visits)
        return ()

    def record(self, case: RoundCase) -> dict[str, Any]:
        return {
            "precinct": case.submission.payload.precinct, "number": case.visits[0].rounds + 1, "visits": len(case.visits),
            "noted": case.noted.hex(),
        }  # fmt: skip

    def apply(self, cases: Sequence[RoundCase]) -> None:
        insert_rows(TABLE, COLUMNS, [self._row(case) for case in cases])

    def _row(self, case: RoundCase) -> tuple[Any, ...]:
        first, last = case.visits[0], case.visits[-1]
        return (
            case.journal, self.context.id, first.precinct, first.rounds + 1, first.day, last.number, len(case.visits),
            last.checked, case.noted,
        )  # fmt: skip


def waiting_of(precincts: Iterable[int]) -> dict[int, list[Open]]:
    """The visits that no round has, by precinct, of some precincts: locked until the end of the transaction."""
    wanted = sorted(precincts)
    for precinct in wanted:
        lock_precinct(precinct)
    found: dict[int, list[Open]] = {}
    for row in map(Open._make, rows_of(OPEN, precincts=wanted)):
        found.setdefault(row.precinct, []).append(row)
    return found


def first_day(waiting: Sequence[Open]) -> list[Open]:
    """The first of the visits and those of the same day that follow upon it."""
    return list(takewhile(lambda one: one.day == waiting[0].day, waiting))


def pinned(election: str, precinct: str, visits: Sequence[Open]) -> bytes:
    """What the log says of a round: the hash of its visits' hashes, each of which has a salt in it."""
    said = {
        "day": visits[0].day.isoformat(), "election": election, "number": visits[0].rounds + 1, "precinct": precinct,
        "visits": [bytes(one.noted).hex() for one in visits],
    }  # fmt: skip
    return sha256(PREFIX + dumps(said)).digest()


register(Listed(act=RecordRound, path=None, publishes=("precinct", "number", "visits", "noted")))
