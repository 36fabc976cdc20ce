"""Members of many commissions by one act: a decision that carries a file (Art. 19-23, 25)."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import polars as pl
from pydantic import BaseModel, ConfigDict

from esaylov.acts import vault
from esaylov.acts.bulk import binary, copy_binary, insert_rows
from esaylov.acts.catalogue import Listed, register
from esaylov.acts.door import Act, Case, Submission
from esaylov.acts.powers import Power, Target
from esaylov.exchange.members import MembersFile
from esaylov.formation import findings
from esaylov.formation.examining import Examined, examine, may_enter
from esaylov.formation.knowing import with_known
from esaylov.formation.models import Import
from esaylov.law.findings import Finding
from esaylov.registry.acts import Number, lock_compositions, roster
from esaylov.registry.queries import CommissionRow, commissions_by_code

KEPT = (
    "role", "pinfl", "surname", "given_name", "patronymic", "birth_date", "education", "employer", "employer_tin",
    "position", "proposed_by", "proposer", "phone", "email", "language", "party_member", "candidate_relative",
    "grounds", "consent_date", "decision",
)  # fmt: skip
NAMES = {"proposed_by": "proposer", "proposer": "proposer_name"}
"""Columns of a file whose names in the vault are others: those of the act that forms a single commission."""
FILED = ("journal", "commission_id", "decision")
MANDATE = ("person_id", "commission_id", "election", "role", "proposer", "commitment", "journal")
# Lengths that stand before fields of COPY's binary format.
UUID_SIZE, HASH_SIZE, INTEGER = b"\0\0\0\x10", b"\0\0\0\x20", b"\0\0\0\x04"


@dataclass(slots=True, kw_only=True)
class ImportCase(Case):
    """A file on its way through the door."""

    commissions: dict[str, CommissionRow]
    examined: Examined | None = None
    persons: list[bytes] = field(default_factory=list)
    commitments: list[bytes] = field(default_factory=list)


class ImportMembers(Act[ImportCase]):
    """Members of many commissions are entered from one file, as decided by the commissions that form them (Art. 19-23, 25).

    Rows that are wrong and commissions whose composition breaks the law are left out; the others do not wait for them.
    Whoever stands in the commission already is not entered again. The same content under the same decision number gives
    the stored act.
    """

    code = "registry.import_members"
    power = Power.IMPORT_MEMBERS

    class Payload(BaseModel):
        """`file`: what `exchange.members.read_members` made of the file."""

        model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)
        decision: Number
        file: MembersFile

    def place(self, payload: Any) -> str:
        return "one after another"

    def prepare(self, submissions: Sequence[Submission]) -> list[ImportCase]:
        lock_compositions(self.context.id)
        return [self._case(submission) for submission in submissions]

    def _case(self, submission: Submission) -> ImportCase:
        payload, actor = submission.payload, submission.actor
        file: MembersFile = payload.file
        codes = file.table["commission"].unique(maintain_order=True).to_list()
        found = commissions_by_code(self.context.id, codes)
        case = ImportCase(submission=submission, commissions=found)
        reached = next((row for row in found.values() if may_enter(actor, row) is None), None)
        # A file that reaches nothing of the actor's is judged by its first commission, or by the actor's own place.
        first = reached or next(iter(found.values()), None)
        own = frozenset({actor.territory} if actor.territory is not None else ())
        case.target = first.target() if first else Target(territories=own)
        stored = Import.objects.filter(
            election=self.context.id,
            body=actor.code,
            decision=payload.decision,
            sha256=bytes.fromhex(file.sha256),
        ).first()
        if stored is not None:
            case.repeats = stored.journal
        return case

    def check(self, case: ImportCase) -> Sequence[Finding]:
        file: MembersFile = case.submission.payload.file
        if file.refused:
            return [findings.unreadable()]
        invented = file.invented
        if self.context.simulated and invented < file.table.height:
            return [findings.real_people()]
        if not self.context.simulated and invented:
            return [findings.invented_people()]
        examined = case.examined = examine(
            self.context, case.submission.actor, file, case.at, case.commissions
        )
        if examined.fresh.height:
            return ()
        if examined.standing and not examined.left_out:
            return [findings.nothing_new()]
        return [findings.nothing_taken(len(examined.left_out))]

    def record(self, case: ImportCase) -> dict[str, Any]:
        examined, file = case.examined, case.submission.payload.file
        assert examined is not None
        table = examined.fresh
        case.persons = persons(examined.persons)
        fresh = [
            examined.digests[pinfl] if known is None else None
            for pinfl, known in zip(table["pinfl"].to_list(), examined.persons, strict=True)
        ]
        said = records(table)
        for i, known in enumerate(examined.persons):
            if known is not None:
                said[i] = with_known(said[i], examined.kept.get(known, {}))
        # Encrypted and written in one go: the database writes what is there while the rest is encrypted.
        case.commitments = vault.store_many(case.journal, case.persons, said, {"pinfl": fresh})
        taken = table["commission"].unique().to_list()
        return {
            "file": file.sha256,
            "decision": case.submission.payload.decision,
            "rows": file.rows_total,
            "taken": table.height,
            "standing": examined.standing,
            "refused": file.rows_total - table.height - examined.standing,
            "commissions": len(taken),
            "left_out": len(examined.left_out),
            "tiers": _counted(case.commissions[code].tier for code in taken),
            "roles": _counted(table["role"].to_list()),
            "proposers": _counted(one for one in table["proposed_by"].to_list() if one),
            "problems": dict(file.counts),
            "findings": examined.counts,
            "roster": roster(case.commitments),
        }

    def apply(self, cases: Sequence[ImportCase]) -> None:
        for case in cases:
            self._write(case)

    def _write(self, case: ImportCase) -> None:
        payload, examined = case.submission.payload, case.examined
        assert examined is not None
        end = binary(case.journal)
        people = zip(case.persons, examined.persons, strict=True)
        fresh = (UUID_SIZE + person + end for person, known in people if known is None)
        copy_binary("registry_person", ("id", "journal"), fresh)
        copy_binary("registry_mandate", MANDATE, self._mandates(case, examined, end))
        if (examined.fresh["decision"] != "").any():
            copy_binary("formation_filedecision", FILED, self._decisions(case, examined, end))
        insert_rows(
            "formation_import",
            ("journal", "election", "body", "decision", "sha256", "rows", "taken"),
            [(case.journal, self.context.id, case.submission.actor.code, payload.decision,
              bytes.fromhex(payload.file.sha256), payload.file.rows_total, examined.fresh.height)],
        )  # fmt: skip

    def _decisions(self, case: ImportCase, examined: Examined, end: bytes) -> Iterator[bytes]:
        """Rows that say by which decision each commission was formed, where the file says so."""
        said = (
            examined.fresh.filter(pl.col("decision") != "")
            .select("commission", "decision")
            .unique(maintain_order=True)
        )
        return (
            end + INTEGER + case.commissions[commission].id.to_bytes(4, "big") + binary(decision)
            for commission, decision in said.iter_rows()
        )  # fmt: skip

    def _mandates(self, case: ImportCase, examined: Examined, end: bytes) -> Iterator[bytes]:
        """Rows of mandates in the order of MANDATE; what repeats is written out once."""
        election, table = binary(self.context.id), examined.fresh
        commissions = {
            code: INTEGER + row.id.to_bytes(4, "big") + election for code, row in case.commissions.items()
        }
        words = {
            word: binary(word) for name in ("role", "proposed_by") for word in table[name].unique().to_list()
        }
        columns = table.select("commission", "role", "proposed_by").iter_rows()
        return (
            UUID_SIZE + person + commissions[commission] + words[role] + words[proposer] + HASH_SIZE + commitment + end
            for person, (commission, role, proposer), commitment
            in zip(case.persons, columns, case.commitments, strict=True)
        )  # fmt: skip


def records(table: pl.DataFrame) -> list[str]:
    """What the vault keeps of each row, as JSON: named as by the act that forms a single commission."""
    filled = [name for name in KEPT if _is_filled(table[name])]
    kept = table.select(
        pl.when(pl.col(name) != "").then(pl.col(name)).alias(NAMES.get(name, name))
        if table.schema[name] == pl.String
        else pl.col(name)
        for name in filled
    )
    return kept.select(pl.struct(pl.all()).struct.json_encode()).to_series().to_list()


def _is_filled(column: pl.Series) -> bool:
    """Whether any row says something there."""
    return bool((column != "").any()) if column.dtype == pl.String else column.null_count() < len(column)


def persons(known: Sequence[UUID | None]) -> list[bytes]:
    """The persons' ids; of those who are not known new random ones (UUID version 4), which ascend so that indexes grow at
    their ends.
    """
    block = bytearray(os.urandom(16 * len(known)))
    block[6::16] = bytes(one & 0x0F | 0x40 for one in block[6::16])
    block[8::16] = bytes(one & 0x3F | 0x80 for one in block[8::16])
    made = sorted(bytes(block[at : at + 16]) for at in range(0, len(block), 16))
    return [one.bytes if one is not None else fresh for one, fresh in zip(known, made, strict=True)]


def _counted(values: Any) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))


class FileOnly(BaseModel):
    """A file is no order of a decision: it is handed in on a page of its own, with the decision's number."""


register(
    Listed(
        act=ImportMembers,
        path=None,
        body=FileOnly,
        publishes=(
            "file", "decision", "rows", "taken", "standing", "refused", "commissions", "left_out", "tiers", "roles",
            "proposers", "problems", "findings", "roster",
        ),
    )
)  # fmt: skip
