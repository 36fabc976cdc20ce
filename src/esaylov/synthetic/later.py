"""`esaylov synth voters-delta`: what the residence register says later, as a second full extract or as the changes alone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from esaylov.synthetic import render
from esaylov.synthetic.doubles import typo
from esaylov.synthetic.draws import Draws, Flags, Ints
from esaylov.synthetic.extracts import FORMATS, ExtractWriter, Table, empty_folder, write_whole
from esaylov.synthetic.people import EPOCH, LATER, documents, numbered

KINDS = ("moved", "died", "document", "adult", "corrected")
MOVED, DIED, DOCUMENT, ADULT, CORRECTED = range(len(KINDS))
_SHARES = (40, 15, 20, 15, 10)
DELTA, FULL = "delta", "full"
DAYS = {DELTA: 1, FULL: 30}
"""How much later the extract is."""
MOST_LATER = 100_000
"""So many PINFLs are kept for people who come later."""


@dataclass(frozen=True, slots=True)
class Later:
    """What was asked for; `form` empty is that of the source."""

    source: Path
    seed: int
    out: Path
    share: float = 0.01
    kind: str = FULL
    form: str = ""

    def check(self) -> None:
        """Raises ValueError when it cannot be done."""
        if not 0 <= self.share <= 0.5:
            raise ValueError("the share of changes lies between 0 and 0.5")
        if self.kind not in DAYS:
            raise ValueError(f"an extract is full or delta, not {self.kind}")
        if self.form not in ("", *FORMATS):
            raise ValueError(f"an extract is csv or parquet, not {self.form}")


def write_later(wishes: Later) -> dict[str, int]:
    """Writes `residence/` and `truth/` and gives the number of changes by kind.

    Only rows that are entries of voters change: none that is in a truth file of the source, has a status or another
    citizenship, so that the counts are those that a comparison must find. Raises ValueError for wishes that cannot be
    fulfilled or a source that is no synthetic extract, OSError when files cannot be read or written.
    """
    wishes.check()
    head = _json(wishes.source / "residence" / "extract.json")
    summary = _json(wishes.source / "truth" / "summary.json")
    if head.get("simulated") is not True or head.get("kind") != FULL:
        raise ValueError(f"{wishes.source} holds no full simulated extract")
    empty_folder(wishes.out)
    changing = _Changing(wishes, head, summary)
    for number, rows in enumerate(_parts(wishes.source / "residence", head)):
        changing.part(number, rows)
    return changing.close()


def _json(path: Path) -> dict[str, object]:
    found = json.loads(path.read_bytes())
    if not isinstance(found, dict):
        raise ValueError(f"{path} holds no object")
    return found


def _parts(folder: Path, head: dict[str, object]) -> Iterator[pl.DataFrame]:
    files = head["files"]
    assert isinstance(files, list)
    for file in files:
        yield read_part(folder / file["name"])


def read_part(path: Path) -> pl.DataFrame:
    """A part of an extract: all columns text, nothing null."""
    if path.suffix == ".parquet":
        return pl.read_parquet(path)
    return pl.read_csv(path, infer_schema=False).fill_null("")


class _Changing:
    """An extract that is being written from another."""

    def __init__(self, wishes: Later, head: dict[str, object], summary: dict[str, object]) -> None:
        self.wishes, self.summary = wishes, summary
        for folder in ("residence", "truth"):
            (wishes.out / folder).mkdir()
        files = head["files"]
        assert isinstance(files, list)
        form = wishes.form or Path(files[0]["name"]).suffix[1:]
        after = datetime.fromisoformat(str(head["as_of"]))
        as_of = after + timedelta(days=DAYS[wishes.kind])
        self.day = date.fromisoformat(str(summary["day"]))
        self.writer = ExtractWriter(
            wishes.out / "residence", "residents", form, "residence", as_of, wishes.kind,
            after if wishes.kind == DELTA else None,
        )  # fmt: skip
        self.changed = Table(wishes.out / "truth" / "changed.csv", ("kind", "pinfl"))
        self.known = _rows_in_truth(wishes.source / "truth")
        self.counts: Counter[str] = Counter()
        self.rows = 0
        self.papers = int(str(summary["next_document"]))
        self.adults = int(str(summary.get("next_later", 0)))

    def part(self, number: int, rows: pl.DataFrame) -> None:
        """The next rows of the source."""
        draws = Draws(self.wishes.seed, f"later/{number}")
        possible = self._possible(rows)
        places = _some(draws, possible, round(rows.height * self.wishes.share))
        kinds = draws.pick("kinds", _SHARES, len(places))
        self.rows += rows.height
        if not len(places):
            self._add(rows if self.wishes.kind == FULL else rows.clear(), [])
            return
        homes = possible[draws.below("new homes", len(possible), len(places))]
        after, kinds = self._after(
            draws, rows[places.tolist()], rows.select(render.ADDRESS)[homes.tolist()], kinds
        )
        grown = self._adults(draws, rows, places[kinds == ADULT])
        events = [KINDS[kind] for kind in kinds.tolist() if kind != ADULT]
        after = after.filter(pl.Series(kinds != ADULT))
        self._count(after, grown, events)
        if self.wishes.kind == FULL:
            kept = np.ones(rows.height, dtype=np.bool_)
            kept[places[kinds != ADULT]] = False
            alive = after.filter(pl.Series([event != "died" for event in events], dtype=pl.Boolean))
            self._add(pl.concat([rows.filter(pl.Series(kept)), alive, grown]), [])
        else:
            self._add(pl.concat([after, grown]), events + ["adult"] * grown.height)

    def _add(self, rows: pl.DataFrame, events: list[str]) -> None:
        if self.wishes.kind == DELTA:
            rows = rows.with_columns(pl.Series("event", events, dtype=pl.String))
        self.writer.add(rows)

    def _possible(self, rows: pl.DataFrame) -> Ints:
        """The rows that may change: entries of voters of which no truth file tells anything."""
        possible = ((rows["citizenship"] == "UZB") & (rows["status"] == "")).to_numpy().copy()
        known = self.known[(self.known > self.rows) & (self.known <= self.rows + rows.height)]
        possible[known - self.rows - 1] = False
        return np.flatnonzero(possible)

    def _after(
        self, draws: Draws, after: pl.DataFrame, there: pl.DataFrame, kinds: Ints
    ) -> tuple[pl.DataFrame, Ints]:
        """The rows as they are now (`there` are addresses to move to); a move into the same house becomes a new document."""
        count = after.height
        same = (there["mahalla"] == after["mahalla"]) & (there["house"] == after["house"])
        kinds = np.where((kinds == MOVED) & same.to_numpy(), DOCUMENT, kinds)
        papers = self._documents(count)
        spelt = pl.Series(
            [
                typo(name, int(how), int(where))
                for name, how, where in zip(
                    after["given_name"],
                    draws.bits("how", count),
                    draws.bits("where", count),
                    strict=True,
                )
            ],
            dtype=pl.String,
        )
        columns = [_where(kinds == MOVED, there[name], after[name]) for name in render.ADDRESS]
        columns.append(_where(kinds == DOCUMENT, papers.alias("document"), after["document"]))
        columns.append(_where(kinds == CORRECTED, spelt.alias("given_name"), after["given_name"]))
        dead = pl.Series("status", ["died"] * count)
        columns.append(_where(kinds == DIED, dead, after["status"]))
        return after.with_columns(columns), kinds

    def _adults(self, draws: Draws, rows: pl.DataFrame, places: Ints) -> pl.DataFrame:
        """New rows of those who have turned 18: family and address of somebody, given name of somebody of the same sex."""
        count = len(places)
        if self.adults + count > MOST_LATER:
            raise ValueError("too many people have turned 18: there are no PINFLs left for them")
        family = rows[places.tolist()]
        women = (family["sex"] == "f").to_numpy()
        given = [_somebody(draws, rows, sex, count) for sex in ("m", "f")]
        try:
            birthday = date(self.day.year - 18, self.day.month, self.day.day)
        except ValueError:
            birthday = date(self.day.year - 18, 2, 28)
        born = (birthday - EPOCH).days - draws.below("adults", 60, count)
        order = np.arange(self.adults, self.adults + count)
        self.adults += count
        numbers = numbered(women.astype(np.int64), born, LATER + order // 1000, order % 1000)
        papers = self._documents(count)
        grown: pl.DataFrame = family.with_columns(
            pl.Series("pinfl", numbers).cast(pl.String),
            papers.alias("document"),
            _where(women, given[1], given[0]),
            render.day_texts(born).alias("birth_date"),
        )
        return grown

    def _documents(self, count: int) -> pl.Series:
        """Documents that nobody has had yet."""
        first, self.papers = self.papers, self.papers + count
        return render.document_texts(documents(first, count, int(str(self.summary["seed"]))))

    def _count(self, after: pl.DataFrame, grown: pl.DataFrame, events: list[str]) -> None:
        self.counts.update(events)
        self.counts["adult"] += grown.height
        self.changed.add(zip(events, after["pinfl"], strict=True))
        self.changed.add(("adult", pinfl) for pinfl in grown["pinfl"])

    def close(self) -> dict[str, int]:
        """Everything is whole."""
        self.changed.close()
        counts = {kind: self.counts[kind] for kind in KINDS}
        table = Table(self.wishes.out / "truth" / "changes.csv", ("kind", "count"))
        table.add(counts.items())
        table.close()
        summary = {
            "simulated": True,
            "seed": self.summary["seed"],
            "day": self.summary["day"],
            "kind": self.wishes.kind,
            "rows": self.writer.rows,
            "next_document": self.papers,
            "next_later": self.adults,
            "counts": counts,
        }
        write_whole(
            self.wishes.out / "truth" / "summary.json", json.dumps(summary, indent=1).encode() + b"\n"
        )
        self.writer.close()
        return counts


def _some(draws: Draws, places: Ints, count: int) -> Ints:
    order = np.argsort(draws.bits("changes", len(places)), kind="stable")
    return np.sort(places[order[:count]])


def _where(mask: Flags, yes: pl.Series, no: pl.Series) -> pl.Series:
    return no.zip_with(~pl.Series(mask), yes.alias(no.name))


def _somebody(draws: Draws, rows: pl.DataFrame, sex: str, count: int) -> pl.Series:
    """Given names of the sex, as they occur."""
    own = rows.filter((pl.col("sex") == sex) & (pl.col("given_name") != ""))["given_name"]
    if not len(own):
        own = rows["given_name"]
    return own.gather(draws.below(f"given names {sex}", len(own), count).tolist())


def _rows_in_truth(folder: Path) -> Ints:
    """Rows that stand in a truth file: they stay as they are."""
    found: list[int] = []
    for name, columns in (
        ("errors", ("row",)),
        ("duplicates", ("row_a", "row_b")),
        ("lookalikes", ("row_a", "row_b")),
    ):
        path = folder / f"{name}.csv"
        if path.exists():
            table = pl.read_csv(path, infer_schema=False)
            for column in columns:
                found.extend(table[column].cast(pl.Int64))
    return np.unique(np.asarray(found, dtype=np.int64))
