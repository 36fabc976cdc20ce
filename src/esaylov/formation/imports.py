"""Members of many commissions by one act: a decision that carries a file (Art. 19-23, 25)."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import compress, repeat
from struct import iter_unpack
from typing import Any
from uuid import UUID

import polars as pl
from pydantic import BaseModel, ConfigDict

from esaylov.acts import vault
from esaylov.acts.bulk import binary, copy_binary, insert_rows
from esaylov.acts.catalogue import Listed, register
from esaylov.acts.door import Act, Case, Submission
from esaylov.acts.numbers import Number
from esaylov.acts.powers import Power, Target
from esaylov.exchange.compositions import PROPOSERS, ROLES
from esaylov.exchange.members import MembersFile
from esaylov.exchange.tables import ENTERED_OF_ONE, csv_row, quoted
from esaylov.formation import findings
from esaylov.formation.examining import Examined, examine, may_enter
from esaylov.formation.knowing import with_known
from esaylov.formation.models import Import
from esaylov.law.findings import Finding
from esaylov.registry.acts import lock_compositions
from esaylov.registry.queries import CommissionRow, commissions_by_code
from esaylov.tlog.tree import leaf_hash, root_hash

KEPT = (
    "role", "pinfl", "surname", "given_name", "patronymic", "birth_date", "education", "employer", "employer_tin",
    "position", "proposed_by", "proposer", "phone", "email", "language", "party_member", "candidate_relative",
    "grounds", "consent_date", "decision",
)  # fmt: skip
NAMES = {"proposed_by": "proposer", "proposer": "proposer_name"}
"""Columns of a file whose names in the vault are others: those of the act that forms a single commission."""
FILED = ("journal", "commission_id", "decision")
MANDATE = ("person_id", "commission_id", "election", "role", "proposer", "commitment", "journal")
SLICE, SUBTREE = 4096, 256
"""Rows that become JSON at once, and leaves whose subtree is worked out at once: steps of a few milliseconds."""
VERSION = bytes(one & 0x0F | 0x40 for one in range(256))
VARIANT = bytes(one & 0x3F | 0x80 for one in range(256))
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
        reached = next((row for row in found.values() if may_enter(self.context, actor, row) is None), None)
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
        root = self._write_people(case, examined)
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
            "roles": _values(table["role"]),
            "proposers": _values(table["proposed_by"]),
            "problems": dict(file.counts),
            "findings": examined.counts,
            "counts": counts_pin(table),
            "roster": root,
        }

    def apply(self, cases: Sequence[ImportCase]) -> None:
        for case in cases:
            self._write(case)

    def _write(self, case: ImportCase) -> None:
        payload, examined = case.submission.payload, case.examined
        assert examined is not None
        if (examined.fresh["decision"] != "").any():
            copy_binary("formation_filedecision", FILED, self._decisions(case, examined))
        insert_rows(
            "formation_import",
            ("journal", "election", "body", "decision", "sha256", "rows", "taken"),
            [(case.journal, self.context.id, case.submission.actor.code, payload.decision,
              bytes.fromhex(payload.file.sha256), payload.file.rows_total, examined.fresh.height)],
        )  # fmt: skip

    def _decisions(self, case: ImportCase, examined: Examined) -> Iterator[bytes]:
        """Rows that say by which decision each commission was formed, where the file says so."""
        end = binary(case.journal)
        said = (
            examined.fresh.filter(pl.col("decision") != "")
            .select("commission", "decision")
            .unique(maintain_order=True)
        )
        return (
            end + INTEGER + case.commissions[commission].id.to_bytes(4, "big") + binary(decision)
            for commission, decision in said.iter_rows()
        )  # fmt: skip

    def _write_people(self, case: ImportCase, examined: Examined) -> str:
        """Writes persons, records and mandates; gives the roster. Records are encrypted while the database writes persons and
        digests, and the roster is worked out while it writes mandates: the two halves of the work take about as long.
        """
        table, end = examined.fresh, binary(case.journal)
        sealing = vault.Sealing(case.journal, case.persons, _said(examined))
        ahead = sealing.ahead()
        new = [known is None for known in examined.persons]
        fresh = list(compress(case.persons, new))
        copy_binary(
            "registry_person", ("id", "journal"), repeat(UUID_SIZE), fresh, repeat(end), meanwhile=ahead
        )
        digests = map(examined.digests.__getitem__, compress(table["pinfl"].to_list(), new))
        vault.store_digests("pinfl", digests, fresh, ahead)
        sealing.write()
        case.commitments = sealing.commitments
        roster = Roster(case.commitments)
        rows = self._mandates(case, examined)
        written = copy_binary("registry_mandate", MANDATE, *rows, repeat(end), meanwhile=roster.steps())
        if not written == table.height == len(case.commitments):
            raise RuntimeError(
                f"{written} mandates and {len(case.commitments)} records of {table.height} rows"
            )
        return roster.root()

    def _mandates(self, case: ImportCase, examined: Examined) -> list[Iterable[bytes]]:
        """Rows of mandates in the order of MANDATE, but for the journal's number; what repeats is written out once."""
        election, table = binary(self.context.id), examined.fresh
        commissions = {
            code: INTEGER + row.id.to_bytes(4, "big") + election for code, row in case.commissions.items()
        }
        words = {
            word: binary(word) for name in ("role", "proposed_by") for word in table[name].unique().to_list()
        }
        return [
            repeat(UUID_SIZE),
            case.persons,
            map(commissions.__getitem__, table["commission"].to_list()),
            map(words.__getitem__, table["role"].to_list()),
            map(words.__getitem__, table["proposed_by"].to_list()),
            repeat(HASH_SIZE),
            case.commitments,
        ]


class Roster:
    """The Merkle root over members' commitments (`registry.acts.roster`), worked out step by step."""

    def __init__(self, commitments: Sequence[bytes]) -> None:
        self._commitments = commitments
        self._subtrees: list[bytes] = []
        self._steps = self._work()

    def steps(self) -> Iterator[None]:
        """The work; `root` does what is left of it."""
        return self._steps

    def root(self) -> str:
        """The root (hex)."""
        for _ in self._steps:
            pass
        return root_hash(self._subtrees).hex()

    def _work(self) -> Iterator[None]:
        # Subtrees of a power of two stand side by side in the tree, whatever its size (RFC 6962, 2.1).
        leaves = sorted(self._commitments)
        yield
        for at in range(0, len(leaves), SUBTREE):
            self._subtrees.append(root_hash([leaf_hash(one) for one in leaves[at : at + SUBTREE]]))
            yield


def records(table: pl.DataFrame) -> Iterator[bytes]:
    """What the vault keeps of each row, as JSON: named as by the act that forms a single commission."""
    filled = [name for name in KEPT if _is_filled(table[name])]
    kept = [
        pl.when(pl.col(name) != "").then(pl.col(name)).alias(NAMES.get(name, name))
        if table.schema[name] == pl.String
        else pl.col(name)
        for name in filled
    ]
    for part in table.iter_slices(SLICE):
        yield from part.select(pl.struct(kept).struct.json_encode().cast(pl.Binary)).to_series().to_list()


def _said(examined: Examined) -> Iterator[bytes]:
    """The records of those who come in: of somebody who is known already, as the vault goes on saying it."""
    for known, record in zip(examined.persons, records(examined.fresh), strict=True):
        yield record if known is None else with_known(record, examined.kept.get(known, {}))


def _is_filled(column: pl.Series) -> bool:
    """Whether any row says something there."""
    return bool((column != "").any()) if column.dtype == pl.String else column.null_count() < len(column)


def persons(known: Sequence[UUID | None]) -> list[bytes]:
    """The persons' ids; of those who are not known new random ones (UUID version 4), which ascend so that indexes grow at
    their ends.
    """
    block = bytearray(os.urandom(16 * len(known)))
    block[6::16] = block[6::16].translate(VERSION)
    block[8::16] = block[8::16].translate(VARIANT)
    made = sorted(one for (one,) in iter_unpack("16s", block))
    return [one.bytes if one is not None else fresh for one, fresh in zip(known, made, strict=True)]


def counts_pin(table: pl.DataFrame) -> str:
    """SHA-256 of the rows of `entered.csv` that an import brings, without its entry's index (docs/formats.md, section 6)."""
    sums = _sums(table)
    names = (
        f"{quoted(code)},{quoted(decision)}"
        for code, decision in sums.select("commission", "decision").iter_rows()
    )
    numbers = sums.select(pl.concat_str(pl.exclude("commission", "decision"), separator=",")).to_series()
    rows = (f"{name},{counts}\n" for name, counts in zip(names, numbers.to_list(), strict=True))
    return sha256(f"{csv_row(ENTERED_OF_ONE)}{''.join(rows)}".encode()).hexdigest()


def _sums(table: pl.DataFrame) -> pl.DataFrame:
    """A row for each commission, by its code: how many of each office, of each kind of proposer."""
    counted = table.group_by("commission").agg(
        pl.col("decision").max(),
        *((pl.col("role") == role).sum().alias(f"role {role}") for role in ROLES),
        *((pl.col("proposed_by") == kind).sum().alias(f"proposer {kind}") for kind in PROPOSERS),
    )
    return counted.sort("commission")


def _counted(values: Any) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))


def _values(column: pl.Series) -> dict[str, int]:
    """How often each value stands in a column, the empty one left out."""
    return {value: count for value, count in column.value_counts().sort(column.name).iter_rows() if value}


register(
    Listed(
        act=ImportMembers,
        path=None,
        publishes=(
            "file", "decision", "rows", "taken", "standing", "refused", "commissions", "left_out", "tiers", "roles",
            "proposers", "problems", "findings", "counts", "roster",
        ),
    )
)  # fmt: skip
