"""From an extract to a changeset: read, checked, compared with the list, sealed, written aside.

Rows that say what the list says are neither sealed nor written. Nothing reaches the database in clear, and each batch is a
transaction of its own: one that takes minutes would hold back the log, which waits for every transaction that began before.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from django.db import connection, transaction

from esaylov.acts.bulk import copy_blocks, insert_rows
from esaylov.custody.sealer import Sealer
from esaylov.exchange.residents.checks import REMOVING, Checked, Checker, Parameters
from esaylov.exchange.residents.extracts import Head, normal, pieces, read_head
from esaylov.exchange.residents.sealing import RECORD
from esaylov.law.findings import Finding
from esaylov.law.voters import VoterRules
from esaylov.voters import findings, locks
from esaylov.voters.applying import compared, drop_stage, head, in_force, open_stage
from esaylov.voters.assignments.queries import Standing
from esaylov.voters.blocks import COLUMNS, Kind, rows_of
from esaylov.voters.keys import sealer
from esaylov.voters.known import Digests, Integers, Known, packed
from esaylov.voters.models import Changeset, Extract, Mahalla, Problem
from esaylov.voters.notices.periods import refused_since
from esaylov.voters.notices.preparing import forget
from esaylov.voters.readahead import ahead

logger = logging.getLogger(__name__)
State = Changeset.State

BATCH = 65_536
"""As many as numbers of entries are taken at once."""
KEPT_PROBLEMS = 20_000
"""Problems that are kept with their lines; the rest is counted."""
CLOCKS_DIFFER = timedelta(hours=1)
"""By so much a register's clock may be fast."""
REMOVED = ("kind", "voter", "district", "mahalla", "reason")
GONE = "gone"
"""The reason of those whom a full extract no longer names."""
LEAVING = frozenset({"died", "left"})
"""Events of a delta by which somebody goes."""

Place = Callable[[pl.DataFrame], pl.Series]
Progress = Callable[[int], None]


class StagingError(RuntimeError):
    """An extract that is not compared; `findings` say why."""

    def __init__(self, found: list[Finding]) -> None:
        super().__init__("; ".join(f"{one.code}: {one.text['en']}" for one in found))
        self.findings = found


@dataclass(frozen=True, slots=True)
class Aim:
    """What an extract is held against: the election that the list is prepared for ("": none), its day, the law's rules, what
    leads an address to a precinct (database ids, null where none is known), the time on its clock, and the rules and
    addresses by which that is known (`places.waiting.known`).
    """

    election: str
    day: date
    rules: VoterRules
    simulated: bool
    place: Place
    now: datetime
    known: tuple[int, int] = (0, 0)


def compare(folder: Path, aim: Aim, progress: Progress = lambda _rows: None) -> Changeset:
    """Compares the extract in a folder with the list and leaves the differences as a changeset; returns it, `compared`.

    `progress` is told how many rows were read. Raises exchange.residents.problems.ExtractError, StagingError, KeyringError;
    then the changeset is `failed` or was not begun, and none of its changes is kept.
    """
    given = read_head(folder)
    with alone():
        _accepted(given, aim)
        return _compare(folder, given, aim, progress)


@contextmanager
def alone() -> Iterator[None]:
    """One comparison at a time, and none beside a change of keys; what a process that is gone had begun is given up. Raises
    StagingError where another one runs.
    """
    with locks.kept(locks.COMPARISON) as taken:
        if not taken:
            raise StagingError([findings.another_import()])
        for left in Changeset.objects.filter(state=State.COMPARING):
            failed(left)
        yield


def _compare(folder: Path, given: Head, aim: Aim, progress: Progress) -> Changeset:
    seal = sealer()
    changeset = _begun(given, aim)
    try:
        stage = _Stage(changeset.id, seal, aim, given)
        for read, checked in ahead(stage.checked(folder)):
            stage.take(read, checked)
            progress(stage.read)
        stage.finish()
        return compared(changeset, stage.counts)
    except BaseException:
        failed(changeset)
        raise


def _accepted(given: Head, aim: Aim) -> None:
    if given.register != "residence":
        raise StagingError([findings.another_register(given.register)])
    if given.simulated != aim.simulated:
        raise StagingError([findings.real_and_simulated()])
    now = max(datetime.now(UTC), aim.now)
    if given.as_of > now + CLOCKS_DIFFER:
        raise StagingError([findings.extract_of_the_future(given.as_of, now)])
    applied = Extract.objects.filter(changeset__in=in_force(), register=given.register)
    if applied.filter(sha256=bytes.fromhex(given.sha256)).exists():
        raise StagingError([findings.same_extract()])
    last = applied.order_by("-as_of").first()
    if last is not None and given.as_of < last.as_of:
        raise StagingError([findings.older_extract(given.as_of, last.as_of)])
    if last is None and given.kind == "delta":
        raise StagingError([findings.delta_without_list()])
    if last is not None and given.after is not None and given.after > last.as_of:
        raise StagingError([findings.delta_after_a_missing_one(given.after, last.as_of)])


def _begun(given: Head, aim: Aim) -> Changeset:
    now = datetime.now(UTC)
    with transaction.atomic():
        extract = Extract.objects.create(
            register=given.register, kind=given.kind, as_of=given.as_of, rows=given.rows,
            sha256=bytes.fromhex(given.sha256), simulated=given.simulated, received_at=now,
        )  # fmt: skip
        changeset = Changeset.objects.create(
            election=aim.election,
            kind=given.kind,
            extract=extract,
            base=head(),
            made_at=aim.now,
            rules=aim.known[0],
            addresses=aim.known[1],
        )
        open_stage(changeset.id)
    return changeset


def failed(changeset: Changeset) -> None:
    """Gives a changeset up that is being compared: nothing of it is kept."""
    Changeset.objects.filter(id=changeset.id).update(state=State.FAILED)
    drop_stage(changeset.id)
    forget(changeset.id)


class _Stage:
    """Batches on their way into the table of a changeset."""

    def __init__(self, changeset: int, seal: Sealer, aim: Aim, given: Head) -> None:
        self.changeset = changeset
        self.table = f"voters_change_{changeset}"
        self.seal = seal
        self.aim = aim
        self.given = given
        self.known = Known.read()
        self.standing = Standing.read(aim.now.date(), aim.election)
        self.mahallas = pl.DataFrame(
            list(Mahalla.objects.values_list("code", "id")),
            schema={"mahalla": pl.String, "mahalla_id": pl.Int64},
            orient="row",
        )
        self.checker = Checker(self._parameters(), given.rows)
        self.read = 0
        self.taken = 0
        self.unregistered = 0
        self.problems: Counter[str] = Counter()
        self.numbers = _numbers()

    def _parameters(self) -> Parameters:
        rules, zone = self.aim.rules, self.aim.now.tzinfo
        return Parameters(
            election_day=self.aim.day, as_of=self.given.as_of.astimezone(zone).date(), simulated=self.aim.simulated,
            mahallas=set(self.mahallas["mahalla"].to_list()), age=rules.age,
            removing={end: REMOVING.get(end, "27") for end in rules.ends},
            citizenship=rules.citizenship,
        )  # fmt: skip

    @property
    def counts(self) -> dict[str, object]:
        """What was read, what the checks found, and how many stay whom the register does not have."""
        return {
            "rows": self.read,
            "taken": self.taken,
            "unregistered": self.unregistered,
            "problems": dict(sorted(self.problems.items())),
        }

    def checked(self, folder: Path) -> Iterator[tuple[int, Checked]]:
        """How many lines each batch stands for, and what the checks say of it. Without the database: it runs ahead."""
        familiar = self._familiar if self.given.kind == "full" and len(self.known) else None
        for piece in ahead(pieces(folder, self.given, BATCH)):
            batch = normal(piece, familiar)
            yield batch.read, self.checker.check(batch)

    def _familiar(self, rows: pl.DataFrame) -> pl.Series:
        """The places of entries that say what rows say as they are written; null where a row is to be looked at.

        What the list has was taken, so it is in normal form, and one digest is all that such a row costs.
        """
        content = self._digests("content", _content(_records(rows), rows))
        places = pl.Series(self.known.with_content(content))
        return places.set((places < 0) | ~self.checker.still_right(rows), None)

    def take(self, read: int, checked: Checked) -> None:
        """Compares a batch and writes what differs."""
        self.read += read
        with transaction.atomic():
            self._note(checked.problems)
            table = self._without_leaving(checked)
            self.taken += table.height + len(checked.familiar)
            self.known.seen[checked.familiar.to_numpy()] = True
            if table.height:
                self._compare(table)
            self._keep(checked.refused["pinfl"])

    def finish(self) -> None:
        """Whom a full extract does not name leaves the list, but for those who are on it by a list of a place or by request.

        Those come again whom an earlier delta removed and who stayed only until their objection was refused: it says so once.
        """
        if self.given.kind == "delta":
            voters, reasons = refused_since(self.aim.election)
            places = self.known.with_ids(voters)
            again = [at for at, place in enumerate(places) if place >= 0 and not self.known.seen[place]]
            self._remove(places[again], [reasons[at] for at in again])
        if self.given.kind == "full":
            unseen = self.known.unseen()
            stays = self.standing.stays(self.known.ids(unseen))
            self.unregistered = int(stays.sum())
            self._remove(unseen[~stays], [GONE] * len(unseen[~stays]))

    def _without_leaving(self, checked: Checked) -> pl.DataFrame:
        """The rows that stay; those whose status or event ends their right are removed, where the list has them."""
        out = checked.left_out
        ended = out.filter(pl.col("code") == "V12").select("pinfl", pl.col("status").alias("reason"))
        citizens = out.filter(pl.col("code") == "V13").select("pinfl", pl.lit("citizenship").alias("reason"))
        leaving = [ended, citizens]
        table = checked.table
        if "event" in table.columns:
            going = pl.col("event").is_in(list(LEAVING))
            leaving.append(table.filter(going).select("pinfl", pl.col("event").alias("reason")))
            table = table.filter(~going)
        gone = pl.concat(leaving)
        if gone.height:
            places = self.known.find(self._digests("pinfl", gone["pinfl"]))
            there = places >= 0
            self._remove(places[there], gone["reason"].filter(pl.Series(there)).to_list())
        return table

    def _keep(self, pinfl: pl.Series) -> None:
        """Nobody leaves the list because the register's row is faulty."""
        named = pinfl.filter(pinfl != "")
        if len(named):
            places = self.known.find(self._digests("pinfl", named))
            self.known.seen[places[places >= 0]] = True

    def _compare(self, table: pl.DataFrame) -> None:
        records = _records(table)
        pinfl = self._digests("pinfl", table["pinfl"])
        content = self._digests("content", _content(records, table))
        places = self.known.find(pinfl)
        old = places >= 0
        self.known.seen[places[old]] = True
        different = ~old
        different[old] = self.known.differs(places[old], content[old])
        if different.any():
            rows = table.with_columns(records).filter(pl.Series(different))
            self._write(rows, pinfl[different], content[different], places[different])

    def _write(self, table: pl.DataFrame, pinfl: Digests, content: Digests, places: Integers) -> None:
        rows = table.join(self.mahallas, on="mahalla", how="left", maintain_order="left")
        ids, house = self._ids(places), self._houses(rows)
        mahalla = rows["mahalla_id"].to_numpy()
        columns = {
            "kind": self._kinds(places, house, mahalla),
            "voter": ids,
            "pinfl": pinfl,
            "document": self._digests("document", rows["document"]),
            "content": content,
            "house": house,
            "district": rows["district"].cast(pl.Int64).to_numpy(),
            "mahalla": mahalla,
            "precinct": self.standing.placed(
                ids, self.aim.place(rows).cast(pl.Int64).fill_null(-1).to_numpy()
            ),
        }
        plain = [record.encode() for record in rows["record"].to_list()]
        copy_blocks(self.table, COLUMNS, rows_of(columns, self.seal.seal(ids.tolist(), plain)))

    def _ids(self, places: Integers) -> Integers:
        ids = np.empty(len(places), dtype=np.int64)
        old = places >= 0
        ids[old] = self.known.ids(places[old])
        new = int((~old).sum())
        ids[~old] = np.fromiter((next(self.numbers) for _ in range(new)), dtype=np.int64, count=new)
        return ids

    def _kinds(self, places: Integers, house: Integers, mahalla: Integers) -> Integers:
        kinds = np.full(len(places), Kind.ADDED, dtype=np.int64)
        old = places >= 0
        moved = self.known.moved(places[old], house[old], mahalla[old])
        kinds[old] = np.where(moved, int(Kind.MOVED), int(Kind.CHANGED))
        return kinds

    def _houses(self, rows: pl.DataFrame) -> Integers:
        """The digests of addresses, made once for each house: households share theirs."""
        keys = rows.select(
            pl.concat_str("mahalla", "street_key", "house", separator="|").alias("key")
        ).to_series()
        different = keys.unique()
        made = [int.from_bytes(one[:8], signed=True) for one in self.seal.digests("house", _bytes(different))]
        return keys.replace_strict(different, made, return_dtype=pl.Int64).to_numpy()

    def _remove(self, places: Integers, reasons: list[str]) -> None:
        if not len(places):
            return
        self.known.seen[places] = True
        ids, districts, mahallas = (
            column.tolist()
            for column in (self.known.ids(places), self.known.districts(places), self.known.mahallas(places))
        )
        rows = [(int(Kind.REMOVED), *row) for row in zip(ids, districts, mahallas, reasons, strict=True)]
        insert_rows(self.table, REMOVED, rows)

    def _digests(self, field: str, values: pl.Series) -> Digests:
        return packed(self.seal.digests(field, _bytes(values)))

    def _note(self, problems: pl.DataFrame) -> None:
        kept = max(0, KEPT_PROBLEMS - sum(self.problems.values()))
        for code, count in problems["code"].value_counts().iter_rows():
            self.problems[code] += count
        rows = [
            (self.changeset, *row)
            for row in problems.head(kept)
            .select("file", "line", "code", pl.col("field").fill_null(""), "severity")
            .iter_rows()
        ]
        insert_rows(
            Problem._meta.db_table, ("changeset_id", "file", "line", "code", "field", "severity"), rows
        )


def _records(table: pl.DataFrame) -> pl.Series:
    """What is sealed of each row."""
    return table.select(pl.struct(RECORD).struct.json_encode().alias("record")).to_series()


def _content(records: pl.Series, table: pl.DataFrame) -> pl.Series:
    """What is compared: the record, and where its person is listed."""
    return pl.select(
        pl.concat_str(records, table["district"], table["mahalla"], separator="|").alias("c")
    ).to_series()


def _bytes(values: pl.Series) -> list[bytes]:
    found: list[bytes] = values.cast(pl.Binary).to_list()
    return found


def _numbers() -> Iterator[int]:
    """Fresh numbers of entries, ascending."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('voters_voter_ids')")
            first = int(cursor.fetchone()[0])
        yield from range(first, first + BATCH)
