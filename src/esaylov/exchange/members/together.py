"""What only shows when rows are seen together: one person twice, two chairs, two decisions about one commission."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from esaylov.exchange.members.problems import Problems

OFFICERS = ("chair", "deputy", "secretary")
SHOWN_LINES = 5


def check_together(table: pl.DataFrame, problems: Problems) -> pl.DataFrame:
    """The good rows of a table of all rows, less those that contradict each other.

    Nobody can tell which of two chairs, or of two commissions, was meant: none of the rows is taken. A row that stands there
    twice with nothing different but spelling is taken once.
    """
    numbered = table.with_row_index("at")
    good = numbered.filter("good")
    bad = _twice(numbered.filter((pl.col("pinfl") != "") & pl.col("commission").is_not_null()), problems)
    bad |= _officers(good, problems)
    decided = bool((good["decision"] != "").any())
    if decided:
        bad |= _decisions(good, problems)
    kept = good.filter(~pl.col("at").is_in(list(bad))).drop("at") if bad else good.drop("at")
    return kept.with_columns(_DECIDED) if decided else kept


def _twice(rows: pl.DataFrame, problems: Problems) -> set[int]:
    """Places of rows that name somebody a second time."""
    doubled = rows.filter(rows["pinfl"].is_duplicated())
    bad: set[int] = set()
    for group in doubled.partition_by("pinfl", maintain_order=True):
        if group["commission"].n_unique() > 1:
            _say(group, "F37", problems, lambda _: True)
            bad.update(group["at"])
            continue
        same = group.drop("at", "sheet", "line", "remark").is_duplicated().all()
        first = group["at"].to_list()[0] if same else -1
        _say(group, "F36", problems, lambda at, first=first: at != first)  # type: ignore[misc]
        bad.update(at for at in group["at"] if at != first)
    return bad


def _officers(rows: pl.DataFrame, problems: Problems) -> set[int]:
    """Places of rows that give one office of a commission to several persons."""
    held = rows.filter(pl.col("role").is_in(OFFICERS))
    doubled = held.filter(held.select("commission", "role").is_duplicated())
    # The same person twice was named already.
    bad: set[int] = set()
    for group in doubled.partition_by("commission", "role", maintain_order=True):
        if group["pinfl"].n_unique() > 1:
            _say(group, "F38", problems, lambda _: True, "role")
            bad.update(group["at"])
    return bad


# Who writes a commission's number once means it for all its rows.
_DECIDED = (
    pl.when(pl.col("decision") == "")
    .then(pl.col("decision").max().over("commission"))
    .otherwise(pl.col("decision"))
    .alias("decision")
)


def _decisions(rows: pl.DataFrame, problems: Problems) -> set[int]:
    """Places of rows whose commission would have been formed by several decisions."""
    said = rows.filter(pl.col("decision") != "").group_by("commission").agg(pl.col("decision").n_unique())
    several = said.filter(pl.col("decision") > 1)["commission"].to_list()
    bad: set[int] = set()
    for group in rows.filter(pl.col("commission").is_in(several)).partition_by(
        "commission", maintain_order=True
    ):
        _say(group, "F43", problems, lambda _: True, "decision")
        bad.update(group["at"])
    return bad


def _say(
    group: pl.DataFrame, code: str, problems: Problems, about: Callable[[int], bool], column: str = "pinfl"
) -> None:  # fmt: skip
    lines = _lines(list(zip(group["sheet"], group["line"], strict=True)))
    for at, sheet, line in group.select("at", "sheet", "line").iter_rows():
        if about(at):
            problems.add(code, line, column, sheet=sheet, values={"lines": lines})


def _lines(places: Sequence[tuple[str | None, int]]) -> str:
    several = len({sheet for sheet, _ in places}) > 1
    shown = [f"{sheet}!{line}" if several else str(line) for sheet, line in places[:SHOWN_LINES]]
    return ", ".join(shown) + (" …" if len(places) > SHOWN_LINES else "")
