"""Prepares lists for their freeze, precinct by precinct: orders and hashes them, and keeps the leaves.

Names are opened here to order by, so it is a command's work, not a page's. Some precincts make a transaction of their own, short
enough for the log; a process that was killed goes on where it stood. What is prepared counts for nothing until the act
(`freezing.acts`) says so.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import polars as pl
from django.db import connection, transaction
from django.db.models import Q

from esaylov.custody.sealer import Sealer
from esaylov.exchange import frozen
from esaylov.exchange.residents.normal import order_name
from esaylov.registry.models import Precinct
from esaylov.tlog.tree import root_hash
from esaylov.voters import applying
from esaylov.voters.freezing.models import FrozenList
from esaylov.voters.keys import keyring
from esaylov.voters.locks import lock_list
from esaylov.voters.places.models import Placing, RuleSet

TABLE = b"voters_frozen"
"""Under which the secret of a list is sealed, with the precinct's id."""
BATCH = 20_000
"""Voters in a transaction, about: a second's work."""
NAMES = ("surname", "given_name", "patronymic")
Progress = Callable[[int, int], object]


class NotReady(RuntimeError):
    """Lists cannot be prepared now; the text says why."""


@dataclass(frozen=True, slots=True)
class State:
    """What a prepared list follows from: the last changeset in the list, and the last act that set rules. (Placing voters anew
    takes prepared lists away: `placing.MOVE`.)
    """

    base: int
    rules: int


def state(election: str) -> State:
    """The list as it stands now."""
    last = RuleSet.objects.filter(election=election).order_by("-journal").values_list("journal", flat=True)
    return State(applying.head(), int(last.first() or 0))


def waiting(election: str) -> int:
    """In how many mahallas voters wait to be placed anew."""
    return Placing.objects.filter(election=election).count()


def prepare(election: str, precincts: Sequence[str] | None = None, progress: Progress | None = None) -> int:
    """Prepares the lists of an election, or of some of its precincts (codes), that are not frozen or prepared yet as the list
    stands; returns how many it made. Raises NotReady, KeyringError.
    """
    if rest := waiting(election):
        raise NotReady(f"the voters of {rest} mahallas wait to be placed in precincts: run that first")
    now = state(election)
    due = _due(election, precincts, now)
    sealer = Sealer(keyring(), b"voters_voter")
    vault = Sealer(keyring(), TABLE)
    done = 0
    for batch in _batches(due):
        _keep(election, _made(election, batch, sealer, vault, now), now)
        done += len(batch)
        if progress is not None:
            progress(done, len(due))
    return done


def _keep(election: str, rows: list[FrozenList], now: State) -> None:
    """Writes prepared lists; not those that somebody else prepared or froze meanwhile. Raises NotReady where voters came or went
    since they were read.
    """
    with transaction.atomic():
        lock_list()
        made = {row.precinct_id: row.voters for row in rows}
        if waiting(election) or state(election) != now or _listed(made) != _sets(made):
            raise NotReady("the voter list changed while lists were prepared from it: run it again")
        there = FrozenList.objects.filter(precinct_id__in=made)
        good = there.filter(Q(journal__isnull=False) | Q(base=now.base, rules=now.rules))
        done = set(good.values_list("precinct_id", flat=True))
        there.filter(journal__isnull=True).exclude(precinct_id__in=done).delete()
        FrozenList.objects.bulk_create([row for row in rows if row.precinct_id not in done])


def _listed(precincts: Iterable[int]) -> dict[int, set[int]]:
    """The entries of the list in each precinct, those without any left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT precinct, array_agg(id) FROM voters_voter WHERE precinct = ANY(%s) GROUP BY precinct",
            [list(precincts)],
        )
        return {precinct: set(voters) for precinct, voters in cursor.fetchall()}


def _sets(voters: Mapping[int, Sequence[int]]) -> dict[int, set[int]]:
    return {precinct: set(those) for precinct, those in voters.items() if those}


def _due(election: str, precincts: Sequence[str] | None, now: State) -> dict[int, tuple[str, int]]:
    """Code and expected number of voters of each precinct (by id) whose list is to be made."""
    rows = Precinct.objects.filter(election=election).order_by("position")
    if precincts is not None:
        rows = rows.filter(code__in=precincts)
        if unknown := set(precincts) - set(rows.values_list("code", flat=True)):
            raise NotReady(f"the election has no precinct {min(unknown)!r}")
    made = FrozenList.objects.filter(election=election)
    good = set(made.filter(journal__isnull=False).values_list("precinct_id", flat=True))
    good |= set(made.filter(base=now.base, rules=now.rules).values_list("precinct_id", flat=True))
    counts = voters_by_precinct([row.id for row in rows if row.id not in good])
    return {row.id: (row.code, counts.get(row.id, 0)) for row in rows if row.id not in good}


def voters_by_precinct(precincts: Sequence[int]) -> dict[int, int]:
    """How many entries of the list each precinct has, those without any left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT precinct, count(*) FROM voters_voter WHERE precinct = ANY(%s) GROUP BY precinct",
            [list(precincts)],
        )
        return dict(cursor.fetchall())


def _batches(due: dict[int, tuple[str, int]]) -> Iterator[dict[int, str]]:
    batch: dict[int, str] = {}
    voters = 0
    for precinct, (code, count) in due.items():
        if batch and voters + count > BATCH:
            yield batch
            batch, voters = {}, 0
        batch[precinct] = code
        voters += count
    if batch:
        yield batch


def _made(
    election: str, batch: dict[int, str], sealer: Sealer, vault: Sealer, now: State
) -> list[FrozenList]:
    keys = {precinct: secrets.token_bytes(frozen.SECRET_SIZE) for precinct in batch}
    shut = vault.seal(
        list(keys), [orjson.dumps({"secret": key.hex()}) for key in keys.values()]
    )  # opened again by whoever may prove an entry
    found = _read(list(batch), sealer)
    rows = []
    for (precinct, code), sealed in zip(batch.items(), shut, strict=True):
        ids, records = found.get(precinct, ([], []))
        ids, records = ordered(ids, records)
        hashes = hashes_of(keys[precinct], records)
        leaves = frozen.leaves_of(election, code, hashes)
        rows.append(
            FrozenList(
                election=election, precinct_id=precinct, size=len(ids), root=root_hash(leaves), voters=ids,
                records=bytes.fromhex("".join(hashes)), secret=sealed, base=now.base, rules=now.rules,
            )
        )  # fmt: skip
    return rows


def hashes_of(secret: bytes, records: Sequence[dict[str, str]]) -> list[str]:
    """The salted hashes of records in the order of their numbers."""
    return [
        frozen.record_hash(frozen.salt_of(secret, number), canonical(record))
        for number, record in enumerate(records, 1)
    ]


def canonical(record: dict[str, str]) -> bytes:
    """A record in canonical JSON: its members are named in ASCII, its values are texts."""
    return orjson.dumps(record, option=orjson.OPT_SORT_KEYS)


def ordered(ids: Sequence[int], records: Sequence[Mapping[str, str]]) -> tuple[list[int], list[Any]]:
    """Entries in the order of a printed list: by surname, given name and patronymic, in whatever script they are written."""
    if not ids:
        return [], []
    columns = {
        name: order_name(pl.Series([record[name] for record in records], dtype=pl.String)) for name in NAMES
    }
    order = pl.DataFrame({**columns, "id": list(ids), "at": range(len(ids))}).sort([*NAMES, "id"])["at"]
    return [ids[at] for at in order], [records[at] for at in order]


READ = "SELECT precinct, id, sealed FROM voters_voter WHERE precinct = ANY(%s)"


def _read(precincts: list[int], sealer: Sealer) -> dict[int, tuple[list[int], list[dict[str, str]]]]:
    with connection.cursor() as cursor:
        cursor.execute(READ, [precincts])
        rows = cursor.fetchall()
    opened = sealer.open([row[1] for row in rows], [bytes(row[2]) for row in rows])
    found: dict[int, tuple[list[int], list[dict[str, str]]]] = {}
    for (precinct, voter, _), record in zip(rows, opened, strict=True):
        ids, records = found.setdefault(precinct, ([], []))
        ids.append(voter)
        records.append(orjson.loads(record))
    return found
