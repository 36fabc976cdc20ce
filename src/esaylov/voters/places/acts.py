"""Precincts and their borders (Art. 10): which houses belong to a precinct, by decision of the commission that forms it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from pydantic import BaseModel, ConfigDict

from esaylov.acts.bulk import insert_rows
from esaylov.acts.catalogue import Listed, register
from esaylov.acts.door import Act, Case, Submission
from esaylov.acts.numbers import Number
from esaylov.acts.powers import Power, Target
from esaylov.law.findings import Finding
from esaylov.voters.locks import lock_rules
from esaylov.voters.places import findings
from esaylov.voters.places.examining import Examined, Found, examine
from esaylov.voters.places.given import Given
from esaylov.voters.places.houses import ruled_elsewhere
from esaylov.voters.places.models import RuleSet
from esaylov.voters.places.precincts import precincts_by_code
from esaylov.voters.places.waiting import wait_for

SHOWN = 20
"""Findings that a refusal names; of more it names the codes."""
COLUMNS = (
    "election", "precinct_id", "mahalla_id", "street", "street_key", "first", "last", "parity", "journal",
)  # fmt: skip
SETS = ("journal", "election", "body", "decision", "sha256", "precincts", "rows", "at")
ENDED = "UPDATE voters_rule SET ended = %s WHERE election = %s AND precinct_id = ANY(%s) AND ended IS NULL"


@dataclass(slots=True, kw_only=True)
class RulesCase(Case):
    """Rules on their way through the door."""

    examined: Examined | None = None


class SetRules(Act[RulesCase]):
    """The houses that belong to precincts are set by rules of streets, numbers and sides (Art. 10).

    The rules of whole precincts are replaced; those of others stay. Rules by which two precincts would have the same house are
    refused, whosever precinct the other one is. Voters follow afterwards (`voters.placing`). The same rules under the same
    decision number give the stored act.
    """

    code = "voters.set_rules"
    power = Power.SET_RULES
    due = ("precincts",)

    class Payload(BaseModel):
        """`given`: the rules, as `places.given` reads them."""

        model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)
        decision: Number
        given: Given

    def place(self, payload: Any) -> str:
        return "one after another"

    def prepare(self, submissions: Sequence[Submission]) -> list[RulesCase]:
        lock_rules()
        return [self._case(submission) for submission in submissions]

    def _case(self, submission: Submission) -> RulesCase:
        payload, actor = submission.payload, submission.actor
        case = RulesCase(submission=submission, due="precincts")
        places = precincts_by_code(self.context.id, payload.given.precincts)
        # What reaches nothing of the actor's is judged by its first precinct, or by the actor's own place.
        reached = next((one for one in places.values() if one.is_in(actor)), None)
        first = reached or next(iter(places.values()), None)
        own = frozenset({actor.territory} if actor.territory is not None else ())
        case.target = Target(territories=first.territories if first else own)
        stored = RuleSet.objects.filter(
            election=self.context.id, body=actor.code, decision=payload.decision,
            sha256=bytes.fromhex(payload.given.sha256),
        ).first()  # fmt: skip
        if stored is not None and not payload.given.problems:
            case.repeats = stored.journal
        return case

    def check(self, case: RulesCase) -> Sequence[Finding]:
        if other := ruled_elsewhere(self.context.id, self.context.now().date()):
            return [findings.another_election(other)]
        examined = case.examined = examine(self.context, case.submission.actor, case.submission.payload.given)
        case.findings = (*case.findings, *(one.finding for one in examined.warnings))
        return refusals(examined.errors)

    def record(self, case: RulesCase) -> dict[str, Any]:
        examined, given = case.examined, case.submission.payload.given
        assert examined is not None
        return {
            "decision": case.submission.payload.decision,
            "precincts": len(given.precincts),
            "rules": given.rows,
            "ended": len(examined.standing),
            "mahallas": len(examined.touched),
            "table": given.sha256,
        }

    def apply(self, cases: Sequence[RulesCase]) -> None:
        for case in cases:
            self._write(case)

    def _write(self, case: RulesCase) -> None:
        payload, examined = case.submission.payload, case.examined
        assert examined is not None
        given: Given = payload.given
        own = [place.id for place in examined.places.values()]
        with connection.cursor() as cursor:
            cursor.execute(ENDED, [case.journal, self.context.id, own])
        rows = {
            (
                self.context.id, examined.places[one.precinct].id, examined.mahallas[one.mahalla].id, one.street,
                one.street_key, one.first, one.last, one.parity, case.journal,
            ): None
            for one in given.rules
        }  # fmt: skip
        insert_rows("voters_rule", COLUMNS, list(rows))
        insert_rows(
            "voters_ruleset", SETS,
            [(case.journal, self.context.id, case.submission.actor.code, payload.decision,
              bytes.fromhex(given.sha256), len(given.precincts), given.rows, case.recorded_at)],
        )  # fmt: skip
        wait_for(examined.touched, [self.context.id], case.journal)


def refusals(errors: Sequence[Found]) -> list[Finding]:
    """What a refusal says of very many errors."""
    found = list(dict.fromkeys(one.finding for one in errors))
    if len(found) <= SHOWN:
        return found
    codes = sorted({one.code for one in found})
    return [*found[:SHOWN], findings.many(len(errors), codes)]


register(
    Listed(
        act=SetRules,
        path=None,
        publishes=("decision", "precincts", "rules", "ended", "mahallas", "table"),
        sometimes=("findings",),
    )
)
