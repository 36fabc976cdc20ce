"""Rules by which addresses belong to precincts: streets, ranges of houses, odd or even sides; read, held against each other and
against the addresses (Art. 10: borders of precincts).

A rule is a line of `rules.csv`: precinct, mahalla, street (`*`: all of the mahalla), first and last house (both empty: all),
parity (all, odd, even). The number of a house is what it begins with: 12, 12A and 12/1 are all 12. Houses without a number
belong to rules without a range and a parity only.

Two rules of different precincts for one house are a conflict, and the house has no precinct. Where the election says so
(`specific`), the narrower rule wins instead: a street before the mahalla, a range before the street, one side before both.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import polars as pl

from esaylov.exchange.residents.normal import fold_street
from esaylov.exchange.residents.problems import ExtractError, ExtractProblem, problem

COLUMNS = ("precinct", "mahalla", "street", "first", "last", "parity")
PARITIES = ("all", "odd", "even")
EVERY = "*"
MAX_HOUSE = 99_999
MAX_RULES = 500_000
FILE = "rules.csv"

Parity = Literal["all", "odd", "even"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `street` as it is written ("*": all streets); `first` and `last` None: all houses. `line` in its file."""

    line: int
    precinct: str
    mahalla: str
    street: str
    street_key: str
    first: int | None
    last: int | None
    parity: Parity

    @property
    def rank(self) -> int:
        """How narrow the rule is: a street before the mahalla, then a range, then one side."""
        return 4 * (self.street != EVERY) + 2 * (self.first is not None) + (self.parity != "all")


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two rules that give the same houses to different precincts; `first`, `last`, `parity` are those houses (None: all)."""

    one: Rule
    other: Rule
    first: int | None
    last: int | None
    parity: Parity

    def problem(self, file: str = FILE) -> ExtractProblem:
        """The conflict as a problem of the later rule."""
        return problem(
            "B10", file, self.other.line, "street",
            precinct=self.other.precinct, second=self.one.precinct, other=self.one.line,
        )  # fmt: skip


@dataclass(slots=True)
class Coverage:
    """How rules and addresses fit. `places`: the addresses with `precinct` (null: none) and `conflict`. `mahallas`: for each
    mahalla the number of addresses, of those with a precinct, without one, in conflict. `precincts`: addresses of each precinct.
    `unused`: rules under which no address falls.
    """

    places: pl.DataFrame
    mahallas: pl.DataFrame
    precincts: pl.DataFrame
    unused: list[Rule]

    @property
    def without(self) -> pl.DataFrame:
        """Addresses that no rule names."""
        return self.places.filter(pl.col("precinct").is_null() & ~pl.col("conflict"))

    @property
    def conflicting(self) -> pl.DataFrame:
        """Addresses that rules give to several precincts."""
        return self.places.filter("conflict")


class Rules:
    """All rules of an election or of one territory. specific: the narrower rule wins; else rules that overlap are a conflict."""

    def __init__(self, rules: Collection[Rule], specific: bool = False) -> None:
        self.rules = tuple(rules)
        self.specific = specific

    @classmethod
    def parse(
        cls, content: str | bytes, *, specific: bool = False, file: str = FILE,
        precincts: Collection[str] | None = None, mahallas: Collection[str] | None = None,
    ) -> Rules:  # fmt: skip
        """Reads a file of rules. precincts, mahallas: the known codes (None: any). Raises ExtractError with every problem."""
        return cls(list(_parsed(_lines(content, file), file, precincts, mahallas)), specific)

    def to_csv(self) -> str:
        """The rules as a file."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        for rule in self.rules:
            houses = ("" if house is None else house for house in (rule.first, rule.last))
            writer.writerow((rule.precinct, rule.mahalla, rule.street, *houses, rule.parity))
        return out.getvalue()

    def match(self, table: pl.DataFrame) -> pl.Series:
        """The precinct of each row of a table with mahalla, street_key, house (normal forms); null: none, or a conflict."""
        return self.matched(table)["precinct"]

    def matched(self, table: pl.DataFrame) -> pl.DataFrame:
        """For each row `precinct`, `conflict`, and `rule`: the place of the rule that decided (null where none did)."""
        rows = _numbered(table)
        found = self._found(rows)
        if self.specific:
            found = found.filter(pl.col("rank") == pl.col("rank").max().over("row"))
        judged = found.group_by("row").agg(
            precinct=pl.col("precinct").min(),
            conflict=pl.col("precinct").n_unique() > 1,
            rule=pl.col("rule").min(),
        )
        clear = pl.when(~pl.col("conflict"))
        joined = rows.select("row").join(judged, on="row", how="left", maintain_order="left")
        return joined.select(
            clear.then("precinct").alias("precinct"),
            pl.col("conflict").fill_null(False),
            clear.then("rule").alias("rule"),
        )

    def conflicts(self) -> list[Conflict]:
        """Every two rules that give the same houses to different precincts, and neither wins."""
        pairs = pl.concat([self._pairs(self._streets, self._streets), self._across()])
        return [self._conflict(one, other) for one, other in pairs.sort("other", "one").iter_rows()]

    def coverage(self, addresses: pl.DataFrame) -> Coverage:
        """Holds the rules against a table of addresses (mahalla, street_key, house; other columns are kept)."""
        judged = self.matched(addresses)
        places = addresses.with_columns(judged["precinct"], judged["conflict"])
        mahallas = places.group_by("mahalla").agg(
            addresses=pl.len(),
            covered=pl.col("precinct").is_not_null().sum(),
            without=(pl.col("precinct").is_null() & ~pl.col("conflict")).sum(),
            conflicting=pl.col("conflict").sum(),
        )
        precincts = places.drop_nulls("precinct").group_by("precinct").agg(addresses=pl.len())
        used = set(self._found(_numbered(addresses))["rule"].unique())
        unused = [rule for place, rule in enumerate(self.rules) if place not in used]
        return Coverage(places, mahallas.sort("mahalla"), precincts.sort("precinct"), unused)

    def _found(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Each row with each rule that it falls under: row, rule, precinct, rank."""
        streets = rows.join(self._streets, on=("mahalla", "street_key"))
        whole = rows.join(self._whole, on="mahalla")
        wanted = ("row", "rule", "precinct", "rank")
        return pl.concat([table.filter(_FALLS).select(wanted) for table in (streets, whole)])

    @cached_property
    def _table(self) -> pl.DataFrame:
        schema = {
            "rule": pl.UInt32, "precinct": pl.String, "mahalla": pl.String, "street_key": pl.String,
            "first": pl.Int64, "last": pl.Int64, "parity": pl.Int8, "rank": pl.Int8,
        }  # fmt: skip
        rows = [
            (place, rule.precinct, rule.mahalla, rule.street_key if rule.street != EVERY else None,
             rule.first, rule.last, PARITIES.index(rule.parity), rule.rank)
            for place, rule in enumerate(self.rules)
        ]  # fmt: skip
        return pl.DataFrame(rows, schema=schema, orient="row")

    @cached_property
    def _streets(self) -> pl.DataFrame:
        return self._table.drop_nulls("street_key")

    @cached_property
    def _whole(self) -> pl.DataFrame:
        return self._table.filter(pl.col("street_key").is_null()).drop("street_key")

    def _across(self) -> pl.DataFrame:
        """Conflicts with rules for all streets of a mahalla."""
        whole = self._pairs(self._whole, self._whole, ("mahalla",))
        if self.specific:
            return whole
        mixed = self._pairs(self._whole, self._streets.drop("street_key"), ("mahalla",), every=True)
        ordered = mixed.select(one=pl.min_horizontal("one", "other"), other=pl.max_horizontal("one", "other"))
        return pl.concat([whole, ordered])

    def _pairs(
        self, left: pl.DataFrame, right: pl.DataFrame, on: tuple[str, ...] = ("mahalla", "street_key"), every: bool = False
    ) -> pl.DataFrame:  # fmt: skip
        """Places of two rules (one, other) that share a house and name different precincts."""
        pairs = left.join(right, on=on, suffix="_other").filter(
            pl.col("precinct") != pl.col("precinct_other")
        )
        if not every:
            pairs = pairs.filter(pl.col("rule") < pl.col("rule_other"))
        if self.specific:
            pairs = pairs.filter(pl.col("rank") == pl.col("rank_other"))
        return pairs.filter(_SHARE).select(one="rule", other="rule_other")

    def _conflict(self, one: int, other: int) -> Conflict:
        left, right = self.rules[one], self.rules[other]
        firsts = [rule.first for rule in (left, right) if rule.first is not None]
        lasts = [rule.last for rule in (left, right) if rule.last is not None]
        parity = left.parity if left.parity != "all" else right.parity
        return Conflict(left, right, max(firsts, default=None), min(lasts, default=None), parity)


def moves(before: Rules, after: Rules, addresses: pl.DataFrame) -> pl.DataFrame:
    """Whom new rules move: the addresses whose precinct changes, with `before` and `after` (null: none)."""
    table = addresses.with_columns(
        before.match(addresses).alias("before"), after.match(addresses).alias("after")
    )
    return table.filter(pl.col("before").ne_missing(pl.col("after")))


class Readable(NamedTuple):
    """A rule as people say it, in two parts."""

    street: str
    houses: str

    def __str__(self) -> str:
        return f"{self.street}: {self.houses}"


def readable(rule: Rule | Conflict, language: str = "en") -> Readable:
    """A rule in words: `Navoiy koʻchasi`, `odd houses 1–99`. Of a conflict: the houses in question."""
    words = _WORDS.get(language, _WORDS["en"])
    streets = [one.street for one in ((rule.one, rule.other) if isinstance(rule, Conflict) else (rule,))]
    street = next((one for one in streets if one != EVERY), EVERY)
    kind = "side" if rule.first is None else "houses" if rule.first != rule.last else "house"
    parity = rule.parity if kind != "house" else "all"
    text = words[f"{kind} {parity}"]
    return Readable(
        words[EVERY] if street == EVERY else street, text.format(first=rule.first, last=rule.last)
    )


_WORDS = {
    "en": {
        "*": "all streets", "side all": "all houses", "side odd": "all odd houses", "side even": "all even houses",
        "houses all": "houses {first}–{last}", "houses odd": "odd houses {first}–{last}",
        "houses even": "even houses {first}–{last}", "house all": "house {first}",
    },
    "ru": {
        "*": "все улицы", "side all": "все дома", "side odd": "все нечётные дома", "side even": "все чётные дома",
        "houses all": "дома {first}–{last}", "houses odd": "нечётные дома {first}–{last}",
        "houses even": "чётные дома {first}–{last}", "house all": "дом {first}",
    },
    "uz": {
        "*": "barcha koʻchalar", "side all": "barcha uylar", "side odd": "barcha toq uylar", "side even": "barcha juft uylar",
        "houses all": "{first}–{last}-uylar", "houses odd": "{first}–{last}-uylar, toq",
        "houses even": "{first}–{last}-uylar, juft", "house all": "{first}-uy",
    },
    "uz-cyrl": {
        "*": "барча кўчалар", "side all": "барча уйлар", "side odd": "барча тоқ уйлар", "side even": "барча жуфт уйлар",
        "houses all": "{first}–{last}-уйлар", "houses odd": "{first}–{last}-уйлар, тоқ",
        "houses even": "{first}–{last}-уйлар, жуфт", "house all": "{first}-уй",
    },
    "kaa": {
        "*": "barlıq kósheler", "side all": "barlıq úyler", "side odd": "barlıq taq úyler", "side even": "barlıq jup úyler",
        "houses all": "{first}–{last}-úyler", "houses odd": "{first}–{last}-úyler, taq",
        "houses even": "{first}–{last}-úyler, jup", "house all": "{first}-úy",
    },
}  # fmt: skip

_HOUSE = pl.col("number")
_FALLS = (pl.col("first").is_null() | _HOUSE.is_between("first", "last").fill_null(False)) & (
    (pl.col("parity") == 0) | (pl.col("parity") % 2 == _HOUSE % 2).fill_null(False)
)
# Both sides of the street or the same side, and a number of that side within both ranges.
_LOW = pl.max_horizontal(pl.col("first").fill_null(1), pl.col("first_other").fill_null(1))
_HIGH = pl.min_horizontal(pl.col("last").fill_null(MAX_HOUSE), pl.col("last_other").fill_null(MAX_HOUSE))
_SIDE = pl.max_horizontal("parity", "parity_other")
_STEP = pl.when((_SIDE > 0) & (_LOW % 2 != _SIDE % 2)).then(1).otherwise(0)
_SHARE = (
    (pl.col("parity") == 0) | (pl.col("parity_other") == 0) | (pl.col("parity") == pl.col("parity_other"))
) & (_LOW + _STEP <= _HIGH)


def _numbered(table: pl.DataFrame) -> pl.DataFrame:
    """The keys of addresses with their row and the number that the house begins with."""
    number = pl.col("house").str.extract(r"^([0-9]{1,9})").cast(pl.Int64, strict=False)
    return table.select("mahalla", "street_key", number.alias("number")).with_row_index("row")


def _lines(content: str | bytes, file: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a file of rules with their lines. Raises ExtractError."""
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1 if isinstance(content, bytes) else None
        raise ExtractError([problem("B01", file, line, reason="UTF-8")]) from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        head = [cell.strip() for cell in next(reader, [])]
        _check_head(head, file)
        for place, cells in enumerate(reader):
            if place >= MAX_RULES:
                raise ExtractError([problem("B01", file, reader.line_num, reason=f"> {MAX_RULES:,}")])
            if not cells:
                continue
            if len(cells) != len(head):
                raise ExtractError([problem("X20", file, reader.line_num)])
            yield reader.line_num, {name: cell.strip() for name, cell in zip(head, cells, strict=True)}
    except csv.Error as error:
        raise ExtractError([problem("B01", file, reader.line_num, reason=str(error))]) from None


def _check_head(head: list[str], file: str) -> None:
    problems = [problem("X12", file, 1, name, value=name) for name in COLUMNS if name not in head]
    problems += [problem("X13", file, 1, value=name) for name in head if name not in COLUMNS]
    problems += [problem("X14", file, 1, name, value=name) for name in COLUMNS if head.count(name) > 1]
    if problems:
        raise ExtractError(problems)


def _parsed(
    lines: Iterator[tuple[int, dict[str, str]]], file: str,
    precincts: Collection[str] | None, mahallas: Collection[str] | None,
) -> Iterator[Rule]:  # fmt: skip
    rows = list(lines)
    keys = fold_street(pl.Series([cells["street"] for _, cells in rows], dtype=pl.String))
    problems: list[ExtractProblem] = []
    known: dict[tuple[object, ...], int] = {}
    for (line, cells), key in zip(rows, keys, strict=True):
        wrong = list(_wrong(cells, key, precincts, mahallas))
        problems += [problem(code, file, line, column, limit=MAX_HOUSE) for code, column in wrong]
        if wrong:
            continue
        rule = _rule(line, cells, key)
        same = (rule.precinct, rule.mahalla, rule.street_key, rule.first, rule.last, rule.parity)
        if same in known:
            problems.append(problem("B09", file, line, other=known[same]))
        known.setdefault(same, line)
        yield rule
    if problems:
        raise ExtractError(problems)


def _wrong(
    cells: dict[str, str], key: str, precincts: Collection[str] | None, mahallas: Collection[str] | None
) -> Iterator[tuple[str, str]]:
    """Codes and columns of what is wrong with a rule."""
    if not cells["precinct"] or (precincts is not None and cells["precinct"] not in precincts):
        yield "B02", "precinct"
    if not cells["mahalla"] or (mahallas is not None and cells["mahalla"] not in mahallas):
        yield "B03", "mahalla"
    if cells["street"] != EVERY and not key:
        yield "B04", "street"
    if cells["parity"] not in PARITIES:
        yield "B07", "parity"
    first, last = cells["first"], cells["last"]
    given = [house for house in (first, last) if house]
    if len(given) == 1 or any(not _is_house(house) for house in given):
        yield "B05", "first"
    elif cells["street"] == EVERY and (given or cells["parity"] in ("odd", "even")):
        yield "B08", "first"
    elif given and not _holds(int(first), int(last), cells["parity"]):
        yield "B06", "last"


def _is_house(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 5 and int(text) >= 1


def _holds(first: int, last: int, parity: str) -> bool:
    side = PARITIES.index(parity) % 2 if parity in ("odd", "even") else first % 2
    return first + (first % 2 != side) <= last


def _rule(line: int, cells: dict[str, str], key: str) -> Rule:
    first, last = (int(cells[name]) if cells[name] else None for name in ("first", "last"))
    parity: Parity = "odd" if cells["parity"] == "odd" else "even" if cells["parity"] == "even" else "all"
    every = cells["street"] == EVERY
    return Rule(
        line,
        cells["precinct"],
        cells["mahalla"],
        cells["street"],
        EVERY if every else key,
        first,
        last,
        parity,
    )
