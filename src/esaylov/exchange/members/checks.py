"""Every rule for single rows, a column at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from esaylov.exchange.members.grid import MAX_TEXT, Grid
from esaylov.exchange.members.problems import Problems, is_error
from esaylov.exchange.members.texts import APOSTROPHES, columns, folded, value_names
from esaylov.exchange.pinfl import CENTURIES, INVENTED, LENGTH, WEIGHTS
from esaylov.exchange.values import is_id
from esaylov.law.numbers import DECISION_NUMBER

NAMES = ("surname", "given_name", "patronymic")
CODED = {"role": "role", "education": "education", "proposed_by": "proposed_by", "language": "language",
         "party_member": "flag", "candidate_relative": "flag"}  # fmt: skip
DATES = ("birth_date", "consent_date")
TEXTS = ("employer", "position", "proposer", "remark")
FLAGS = ("party_member", "candidate_relative")
GROUNDS = (
    "deputy", "senator", "party-member", "party-representative", "hokim", "deputy-hokim", "prosecutor",
    "court-official", "candidate", "close-relative-of-candidate", "proxy", "subordinate-of-candidate",
    "unspent-serious-conviction",
)  # fmt: skip
"""Grounds that may be declared (Electoral Code, Art. 25); which of them keep a person out is the edition's business."""

MAX_NAME = 100
_NONE = "-–—"
FIRST_YEAR, LAST_YEAR = 1900, 2100

_TIERS = ("pec:", "dcec:", "dec:", "tec:")
_LOOKALIKES = str.maketrans("авеёкмнорстухіАВЕКМНОРСТУХІ", "abeekmhopctyxiABEKMHOPCTYXI")
_WRITTEN = [letter + sign for letter in "OoGg" for sign in APOSTROPHES] + list(APOSTROPHES)
_MEANT = [letter + "ʻ" for letter in "OoGg" for _ in APOSTROPHES] + ["ʼ"] * len(APOSTROPHES)
_NAME = r"^\p{L}[\p{L}\p{M}\-. ()" + re.escape(APOSTROPHES) + "]*$"
_MIXED = r"[A-Za-z]\p{Cyrillic}|\p{Cyrillic}[A-Za-z]"
_INVISIBLE = "[\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad]"
_CONTROLS = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
_ROUNDED = r"^[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]+$"
_PHONE_SIGNS = r"[\s().-]"
_EMAIL = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+$"


@dataclass(slots=True)
class _Checking:
    """One grid being checked; `bad` gathers the places of rows with an error."""

    grid: Grid
    problems: Problems
    frame: pl.DataFrame
    lines: pl.Series
    bad: list[pl.Series] = field(default_factory=list)

    def say(
        self, code: str, column: str | None, wrong: pl.Series, values: Callable[[int], Mapping[str, object]] | None = None
    ) -> None:  # fmt: skip
        """Record a problem for each row where `wrong` is true (null: it is not)."""
        places = wrong.arg_true()
        if not len(places):
            return
        if is_error(code):
            self.bad.append(places)
        room = places.head(self.problems.room)
        for place, line in zip(room, self.lines.gather(room), strict=True):
            self.problems.add(
                code, line, column, sheet=self.grid.sheet, values=values(place) if values else None
            )
        self.problems.count(code, len(places) - len(room))


def check_rows(
    grid: Grid, commissions: Collection[str] | None, problems: Problems
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of a grid that hold anything: as they stand there, and in their final form with a column `good`.

    `commissions`: the codes that this election has; None: any that has the right form.
    """
    frame, lines = _tidy(grid)
    checking = _Checking(grid, problems, frame, lines)
    _check_needed(checking)
    made = [
        _commission(checking, commissions),
        *_coded(checking),
        *_persons(checking),
        *_texts(checking),
        _grounds(checking),
    ]
    good = pl.repeat(True, frame.height, dtype=pl.Boolean, eager=True)
    for places in checking.bad:
        good = good.scatter(places, False)
    place = (pl.lit(grid.sheet, dtype=pl.String).alias("sheet"), lines.alias("line"))
    table = pl.DataFrame([*made, good.alias("good")])
    return frame.select(*place, *columns()), table.select(*place, *columns(), "good")


def _tidy(grid: Grid) -> tuple[pl.DataFrame, pl.Series]:
    """All columns, white space around values gone, rows without any value left out."""
    every = pl.col(grid.frame.columns)
    cleaned = every if grid.plain else every.str.replace_all(_INVISIBLE, "")
    frame = grid.frame if grid.trimmed else grid.frame.select(cleaned.str.strip_chars())
    filled = frame.select(pl.any_horizontal(pl.all() != "").alias("filled"))["filled"]
    lines = grid.lines
    if not filled.all():
        frame, lines = frame.filter(filled), lines.filter(filled)
    absent = [name for name in columns() if name not in frame.columns]
    frame = frame.with_columns(pl.lit("").alias(name) for name in absent)
    return frame.with_columns(pl.col("patronymic").replace(list(_NONE), "")), lines


def _check_needed(checking: _Checking) -> None:
    for name, column in columns().items():
        if column.needed:
            checking.say("F20", name, checking.frame[name] == "")


def _mapped(series: pl.Series, known: Callable[[str], str | None]) -> pl.Series:
    """Each value through a function that is called once for each different value; None where it gives None."""
    different = series.unique()
    found = pl.Series([known(text) for text in different], dtype=pl.String)
    return series.replace_strict(different, found, return_dtype=pl.String)


def _coded(checking: _Checking) -> Iterator[pl.Series]:
    """Columns that hold one of a few words."""
    for name, kind in CODED.items():
        given = checking.frame[name]
        words = value_names(kind)
        found = _mapped(given, lambda text, words=words: words.get(folded(text)) if text else "")  # type: ignore[misc]
        code = "F24" if name == "role" else "F34"
        checking.say(code, name, found.is_null(), lambda place, given=given: {"value": given[place]})  # type: ignore[misc]
        if name in FLAGS:
            found = found.replace_strict(["yes", "no"], [True, False], default=None, return_dtype=pl.Boolean)
        yield found.alias(name)


def _commission(checking: _Checking, commissions: Collection[str] | None) -> pl.Series:
    """Codes of commissions."""
    given = checking.frame["commission"]
    verdicts: dict[str, str] = {}

    def known(text: str) -> str | None:
        verdict = _verdict(text, commissions)
        if verdict:
            verdicts[text] = verdict
        return None if verdict else text

    found = _mapped(given, known)
    for code in sorted(set(verdicts.values())):
        texts = [text for text, verdict in verdicts.items() if verdict == code]
        checking.say(code, "commission", given.is_in(texts), lambda place: {"value": given[place]})
    return found


def _verdict(text: str, commissions: Collection[str] | None) -> str:
    """The problem of a code, empty when there is none."""
    if not text or (commissions is not None and text in commissions):
        return ""
    whole = _is_code(text)
    if commissions is None and whole and text.isascii():
        return ""
    latin = text.translate(_LOOKALIKES)
    if latin != text and latin.isascii() and _is_code(latin):
        return "F22"
    if not whole:
        return "F21"
    return "F23" if commissions is not None else ""


def _is_code(text: str) -> bool:
    return text == "cec" or (text.startswith(_TIERS) and is_id(text.partition(":")[2]))


def _persons(checking: _Checking) -> Iterator[pl.Series]:
    """Names, dates, PINFL, numbers: what is computed column by column, names at once."""
    frame = checking.frame
    facts = frame.select(**_name_facts(checking.grid.plain))
    for name in NAMES:
        wrong = ~facts[f"right {name}"] & (frame[name] != "")
        checking.say("F32", name, wrong)
        checking.say("F33", name, facts[f"mixed {name}"] & ~wrong)
        yield facts[f"text {name}"].alias(name)
    days = {name: _day(frame[name]) for name in DATES}
    for name, found in days.items():
        checking.say("F30", name, found.is_null() & (frame[name] != ""))
        yield found
    yield _pinfl(checking, days["birth_date"])
    tin = frame["employer_tin"]
    checking.say("F39", "employer_tin", ~tin.str.contains("^[0-9]{9}$") & (tin != ""))
    yield tin
    phone = _phone(frame["phone"])
    wrong = ~phone.str.contains(r"^\+[1-9][0-9]{6,14}$") & (phone != "")
    checking.say("F40", "phone", wrong)
    yield _without(phone, wrong)
    email = frame["email"]
    wrong = ~email.str.contains(_EMAIL) & (email != "")
    checking.say("F41", "email", wrong)
    yield _without(email, wrong)
    yield _decision(checking)


def _decision(checking: _Checking) -> pl.Series:
    """Numbers of the decisions that formed the commissions, without white space."""
    given = checking.frame["decision"]
    if not (given != "").any():
        return given
    found = given.str.replace_all(r"\s+", "")
    checking.say("F42", "decision", ~found.str.contains(DECISION_NUMBER) & (given != ""))
    return found


def _name_facts(plain: bool) -> dict[str, pl.Expr]:
    """Names with their apostrophes as they should be; which are none; which have a word that mixes alphabets."""
    facts: dict[str, pl.Expr] = {}
    for name in NAMES:
        given = pl.col(name) if plain else pl.col(name).str.replace_all(r"\s+", " ")
        facts |= {
            f"text {name}": given.str.replace_many(_WRITTEN, _MEANT, leftmost=True),
            f"right {name}": given.str.contains(_NAME) & (given.str.len_chars() <= MAX_NAME),
            f"mixed {name}": given.str.contains(_MIXED),
        }
    return facts


def _day(given: pl.Series) -> pl.Series:
    """Days as YYYY-MM-DD or DD.MM.YYYY, null for what is none; a midnight behind them is what spreadsheets add."""
    found = given.str.to_date("%Y-%m-%d", strict=False)
    length = given.str.len_bytes()
    if found.null_count():
        text = given.str.strip_suffix("T00:00:00").str.strip_suffix(" 00:00:00")
        length = text.str.len_bytes()
        found = text.str.to_date("%Y-%m-%d", strict=False)
        dotted = text.str.to_date("%d.%m.%Y", strict=False)
        found = found.zip_with(found.is_not_null(), dotted)
    sound = (length == 10) & found.dt.year().is_between(FIRST_YEAR, LAST_YEAR)
    return found if sound.all() else found.scatter((~sound.fill_null(False)).arg_true(), None)


def _phone(given: pl.Series) -> pl.Series:
    """Telephone numbers with the sign + and digits only, as far as they are any."""
    if given.str.contains(_PHONE_SIGNS).any():
        given = given.str.replace_all(_PHONE_SIGNS, "")
    home = given.str.len_bytes().is_in([9, 12]) & (given.str.slice(0, 1) != "+")
    return given.str.replace(r"^(?:998)?([0-9]{9})$", "+998${1}") if home.any() else given


def _pinfl(checking: _Checking, born: pl.Series) -> pl.Series:
    """The same rules as `exchange.pinfl.parse_pinfl`, a column at a time, and the day of birth."""
    # A number that a spreadsheet wrote out whole lost nothing.
    number = checking.frame["pinfl"].str.replace(r"^([0-9]{14})[.,]0+$", "${1}")
    parts = pl.DataFrame([number, born]).select("pinfl", "birth_date", **_PINFL_PARTS)
    found = parts.with_columns(**_PINFL_FACTS).select(**_PINFL_WRONG)
    for name, code in {"rounded": "F26", "shape": "F25", "check": "F27", "disagrees": "F29"}.items():
        checking.say(code, "pinfl", found[name])
    checking.say("F28", "pinfl", found["strange"], lambda _: {"what": "0…, 9…"})
    checking.say("F28", "pinfl", found["no_day"], lambda _: {"what": "DDMMYY"})
    return number


_TEXT = pl.col("pinfl").str
_NUMBER = pl.col("number")
_CENTURIES = CENTURIES | dict.fromkeys(INVENTED, 2000)
_PINFL_PARTS = {
    "number": pl.col("pinfl").cast(pl.Int64, strict=False),
    "rounded": _TEXT.contains(_ROUNDED),
    "whole": _TEXT.contains(rf"^[0-9]{{{LENGTH}}}$"),
    "invented": _TEXT.slice(0, 1).is_in(list(INVENTED)),
    "century": _TEXT.slice(0, 1).replace_strict(_CENTURIES, default=None, return_dtype=pl.Int64),
    "year": _TEXT.slice(5, 2).cast(pl.Int64, strict=False),
    "digits": _TEXT.slice(1, 6),
    "born": pl.col("birth_date").dt.to_string("%d%m%y"),
}
_PINFL_FACTS = {
    "check": pl.sum_horizontal(
        _NUMBER // 10 ** (LENGTH - 1 - n) % 10 * weight for n, weight in enumerate(WEIGHTS)
    )
    % 10
    == _NUMBER % 10,
    "day": (
        pl.col("digits").str.slice(0, 4) + (pl.col("century") + pl.col("year")).cast(pl.String)
    ).str.to_date("%d%m%Y", strict=False),
    "strange": pl.col("century").is_null(),
}
# The number of an invented person tells the year, not the century.
_AGREES = (
    pl.when("invented")
    .then(pl.col("born") == pl.col("digits"))
    .otherwise(pl.col("birth_date") == pl.col("day"))
)
_SOUND = pl.col("whole") & ~pl.col("strange") & pl.col("check")
_PINFL_WRONG = {
    "rounded": pl.col("rounded"),
    "shape": ~pl.col("whole") & ~pl.col("rounded") & (pl.col("pinfl") != ""),
    "strange": pl.col("whole") & pl.col("strange"),
    "check": pl.col("whole") & ~pl.col("strange") & ~pl.col("check"),
    "no_day": _SOUND & pl.col("day").is_null(),
    "disagrees": _SOUND & pl.col("day").is_not_null() & ~_AGREES,
}


def _without(series: pl.Series, wrong: pl.Series) -> pl.Series:
    return series.scatter(wrong.arg_true(), "") if wrong.any() else series


def _texts(checking: _Checking) -> Iterator[pl.Series]:
    for name in TEXTS:
        text = _one_space(checking, name)
        wrong = text.str.len_bytes() > MAX_TEXT
        if wrong.any():
            wrong = text.str.len_chars() > MAX_TEXT
        if not checking.grid.plain:
            wrong |= text.str.contains(_CONTROLS)
        checking.say("F35", name, wrong, lambda _: {"limit": MAX_TEXT})
        yield text


def _one_space(checking: _Checking, name: str) -> pl.Series:
    text = checking.frame[name]
    return text if checking.grid.plain else text.str.replace_all(r"\s+", " ")


def _grounds(checking: _Checking) -> pl.Series:
    """Declared grounds, sorted, with one space between them."""
    given = checking.frame["grounds"]
    found = _mapped(given, _known_grounds)
    checking.say("F34", "grounds", found.is_null(), lambda place: {"value": given[place]})
    return found.alias("grounds")


def _known_grounds(text: str) -> str | None:
    words = {word.casefold() for word in re.split(r"[\s,;]+", text) if word}
    return " ".join(sorted(words)) if words <= set(GROUNDS) else None
