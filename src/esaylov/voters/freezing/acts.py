"""The act by which lists are frozen: last and small, after everything was prepared (`freezing.preparing`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, NamedTuple

from django.db import connection
from pydantic import BaseModel, ConfigDict, Field

from esaylov.acts.bulk import insert_rows
from esaylov.acts.catalogue import Listed, register
from esaylov.acts.door import Act, Case, Submission
from esaylov.acts.powers import Power
from esaylov.exchange.tables import frozen_pin
from esaylov.law.findings import Finding
from esaylov.registry.acts import Code
from esaylov.registry.models import Precinct
from esaylov.voters import applying, locks
from esaylov.voters.freezing import findings
from esaylov.voters.freezing.models import FrozenList
from esaylov.voters.freezing.preparing import State, state, voters_by_precinct, waiting
from esaylov.voters.notices.findings import approved_and_waiting


class ListRow(NamedTuple):
    """A list that may be frozen now."""

    precinct: int
    code: str
    size: int
    root: bytes


@dataclass(slots=True, kw_only=True)
class FreezeCase(Case):
    """The lists that an act freezes, by the codes of their precincts."""

    lists: list[ListRow] = field(default_factory=list)
    pin: str = ""


class FreezeLists(Act[FreezeCase]):
    """The Central Commission freezes the voter lists when changes stop: numbers and roots are published (Art. 29)."""

    code = "voters.freeze_lists"
    power = Power.FREEZE_LISTS
    step = "list-freeze"

    class Payload(BaseModel):
        """`precincts`: None for all that are not frozen yet, or the codes of some (special precincts have later lists)."""

        model_config = ConfigDict(extra="forbid")
        precincts: Annotated[list[Code], Field(min_length=1, max_length=20_000)] | None = None

    def place(self, payload: Any) -> str:
        return "one after another"

    def prepare(self, submissions: Sequence[Submission]) -> list[FreezeCase]:
        # In this order: rules that are being set are in force, or wait, before the list is looked at.
        locks.lock_rules()
        locks.lock_list()
        return [FreezeCase(submission=submission) for submission in submissions]

    def check(self, case: FreezeCase) -> Sequence[Finding]:
        if rest := waiting(self.context.id):
            return [findings.still_placing(rest)]
        known = dict(
            Precinct.objects.filter(election=self.context.id).order_by("position").values_list("code", "id")
        )
        done = set(self._rows(frozen=True).values_list("precinct_id", flat=True))
        asked = case.submission.payload.precincts
        if asked is None:
            wanted = {code: precinct for code, precinct in known.items() if precinct not in done}
        elif strange := set(asked) - known.keys():
            return [findings.unknown_precinct(min(strange))]
        else:
            wanted = {code: known[code] for code in sorted(asked)}
        if again := [code for code, precinct in wanted.items() if precinct in done]:
            return [findings.frozen_already(again[0])]
        if not wanted:
            return [findings.nothing_prepared()]
        if (changeset := applying.approved_for(list(wanted.values()))) is not None:
            return [approved_and_waiting(changeset)]
        return self._take(case, wanted)

    def _take(self, case: FreezeCase, wanted: dict[str, int]) -> Sequence[Finding]:
        """Takes the lists that were prepared from the list as it stands now; why not all of them."""
        now: State = state(self.context.id)
        good = self._rows(frozen=False).filter(
            base=now.base, rules=now.rules, precinct_id__in=wanted.values()
        )
        made = {row[0]: row[1:] for row in good.values_list("precinct_id", "size", "root")}
        if not made:
            return [findings.nothing_prepared()]
        counts = voters_by_precinct(list(wanted.values()))
        missing = [
            code for code, one in wanted.items() if one not in made or made[one][0] != counts.get(one, 0)
        ]
        if missing:
            return [findings.not_prepared(len(missing), missing[0])]
        case.lists = [
            ListRow(one, code, made[one][0], bytes(made[one][1])) for code, one in sorted(wanted.items())
        ]
        case.pin = frozen_pin([(row.code, row.size, row.root.hex()) for row in case.lists])
        return ()

    def _rows(self, *, frozen: bool) -> Any:
        return FrozenList.objects.filter(election=self.context.id, journal__isnull=not frozen)

    def record(self, case: FreezeCase) -> dict[str, Any]:
        return {
            "lists": len(case.lists),
            "voters": sum(row.size for row in case.lists),
            "unplaced": _unplaced(),
            "table": case.pin,
        }

    def apply(self, cases: Sequence[FreezeCase]) -> None:
        for case in cases:
            said = case.record
            insert_rows(
                "voters_freeze", ("journal", "election", "lists", "voters", "unplaced", "sha256", "at"),
                [(case.journal, self.context.id, said["lists"], said["voters"], said["unplaced"],
                  bytes.fromhex(said["table"]), case.at)],
            )  # fmt: skip
            _pin(case)


def _pin(case: FreezeCase) -> None:
    """The lists whose roots stand in the record are frozen, and no others."""
    lists = [row.precinct for row in case.lists], [row.root for row in case.lists]
    with connection.cursor() as cursor:
        cursor.execute(PIN, [case.journal, *lists])
        if cursor.rowcount != len(case.lists):
            raise RuntimeError("prepared lists changed while they were frozen: nothing is frozen")


PIN = """UPDATE voters_frozen f SET journal = %s FROM unnest(%s::integer[], %s::bytea[]) AS t(precinct, root)
WHERE f.precinct_id = t.precinct AND f.root = t.root AND f.journal IS NULL"""


def _unplaced() -> int:
    """How many entries of the list no precinct has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM voters_voter WHERE precinct IS NULL")
        return int(cursor.fetchone()[0])


register(Listed(act=FreezeLists, path=None, publishes=("lists", "voters", "unplaced", "table")))
