"""Members of commissions who do not exist: a file as a territorial commission would hand it in, with known errors.

Every row says that it is simulated. PINFLs begin with 7 or 8, telephones with +99800, taxpayer numbers with 000, and addresses
of e-mail end in .example: none of them can be anybody's.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from esaylov.demo.chance import Chance
from esaylov.demo.people import anybody
from esaylov.exchange.commissions import bodies_of
from esaylov.exchange.descriptor import Descriptor, inside, read_descriptor
from esaylov.exchange.members import members_csv, members_xlsx
from esaylov.exchange.members.texts import columns
from esaylov.exchange.pinfl import check_digit, make_pinfl
from esaylov.exchange.problems import PackageError, Report
from esaylov.exchange.reading import Folder, read_contests, read_precincts, read_territories
from esaylov.law.editions import parse_edition

MARK = "SIMULYATSIYA"
SIZES = {"cec": (9, 9), "tec": (13, 17), "dcec": (11, 17), "dec": (9, 11), "pec": (7, 14)}
"""Fewest and most members of a simulated commission; the mean of precincts gives about 120,000 members in all."""

OFFICES = ("chair", "deputy", "secretary")
_EMPLOYERS = ("maktab", "bogʻcha", "poliklinika", "kutubxona", "MFY", "kollej", "fermer xoʻjaligi", "pochta")
_POSITIONS = (
    "oʻqituvchi",
    "shifokor",
    "hisobchi",
    "muhandis",
    "kutubxonachi",
    "uslubchi",
    "mutaxassis",
    "boshliq",
)
_PROPOSERS = (("mahalla", 45), ("employer", 40), ("ngo", 15))

Cells = dict[str, str]


@dataclass(frozen=True, slots=True)
class Commission:
    """A commission to be filled; `region` is the id of the region it lies in, empty at the top and abroad."""

    code: str
    region: str

    @property
    def tier(self) -> str:
        return self.code.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Summary:
    """What was written: commissions, rows, and (line, column, code) of every error that was put in."""

    commissions: int
    rows: int
    truth: tuple[tuple[int, str, str], ...]


@dataclass(slots=True)
class _Made:
    """Rows commission by commission, and the errors put into them."""

    blocks: dict[str, list[Cells]] = field(default_factory=dict)
    truth: list[tuple[Cells, str, str]] = field(default_factory=list)


def write_members(package: Path, seed: int, out: Path, form: str = "csv", errors: int = 0) -> Summary:
    """Write members for every commission of a package (`form`: `csv` or `xlsx`), and `<out>.truth.csv` when there are errors.

    The same package and seed give the same bytes. Raises PackageError when the package cannot be read, ValueError when there
    are too few precinct commissions for the errors, OSError when the files cannot be written.
    """
    descriptor, commissions = read_commissions(package)
    made = _members(commissions, descriptor.date, seed)
    _spoil(made, errors, seed)
    rows = [row for block in made.blocks.values() for row in block]
    cells = [[row[name] for name in columns()] for row in rows]
    out.write_bytes(members_csv(cells) if form == "csv" else members_xlsx(cells, MARK))
    lines = {id(row): line for line, row in enumerate(rows, start=2)}
    truth = sorted((lines[id(row)], column, code) for row, column, code in made.truth)
    if errors:
        _write_truth(out.with_name(f"{out.name}.truth.csv"), truth)
    return Summary(len(commissions), len(rows), tuple(truth))


def read_commissions(package: Path) -> tuple[Descriptor, list[Commission]]:
    """The commissions that loading a package makes, upper ones first.

    Raises PackageError; EditionError for a package with an edition that cannot be read.
    """
    report = Report()
    descriptor = read_descriptor(package, report)
    if descriptor is None:
        raise PackageError(report.kept)
    folder = Folder(package, descriptor, report)
    edition = parse_edition(inside(package, descriptor.edition).read_bytes())
    territories = read_territories(folder)
    contests = read_contests(folder, edition, territories)
    precincts = read_precincts(folder, territories)
    if report.errors:
        raise PackageError([problem for problem in report.kept if problem.severity == "error"])
    regions: dict[str, str] = {}
    for one in territories:
        regions[one.id] = one.id if one.kind == "region" else regions.get(one.parent or "", "")
    bodies = bodies_of(edition, territories, contests, precincts)
    return descriptor, [Commission(one.code, regions[one.territory]) for one in bodies]


@dataclass(slots=True)
class _Crowd:
    """People who are made one after the other; `taken` are the PINFLs that somebody has."""

    chance: Chance
    day: date
    taken: set[str] = field(default_factory=set)

    def member(self, one: Commission, order: int, place: int) -> Cells:
        """The row of a commission's member; the first three hold its offices."""
        chance = self.chance
        female = chance.below(100) < 55
        surname, given, patronymic = anybody(chance, one.region, female)
        born, pinfl = self._pinfl(female, place)
        # Employers go round, so that no half of a commission comes from one of them.
        employer = f"{chance.below(90) + 1}-{_EMPLOYERS[order % len(_EMPLOYERS)]} ({MARK})"
        proposed_by = _proposed_by(chance, one)
        officer = order < len(OFFICES)
        return dict.fromkeys(columns(), "") | {
            "commission": one.code, "role": OFFICES[order] if officer else "member", "pinfl": pinfl,
            "surname": surname, "given_name": given, "patronymic": patronymic, "birth_date": born.isoformat(),
            "education": "higher" if officer or chance.below(100) < 70 else "secondary",
            "employer": employer, "employer_tin": f"000{chance.below(1_000_000):06}",
            "position": chance.pick(_POSITIONS), "proposed_by": proposed_by,
            "proposer": employer if proposed_by == "employer" else f"{chance.below(90) + 1}-son ({MARK})",
            "phone": f"+99800{chance.below(10_000_000):07}",
            "email": f"member-{len(self.taken)}@saylov.example" if officer else "",
            "language": "kaa" if one.region == "1735" else chance.pick(("uz", "uz", "uz", "uz-cyrl", "ru")),
            "party_member": "no", "candidate_relative": "no",
            "consent_date": (self.day - timedelta(days=chance.between(45, 60))).isoformat(), "remark": MARK,
        }  # fmt: skip

    def _pinfl(self, female: bool, place: int) -> tuple[date, str]:
        """A day of birth 22 to 66 years before election day, and a number that nobody else in the file has."""
        while True:
            born = self.day - timedelta(days=self.chance.between(22 * 366, 66 * 365))
            pinfl = make_pinfl(born, "female" if female else "male", place, self.chance.below(1_000))
            if pinfl not in self.taken:
                self.taken.add(pinfl)
                return born, pinfl


def _members(commissions: Sequence[Commission], day: date, seed: int) -> _Made:
    crowd = _Crowd(Chance(seed, "members"), day)
    regions = sorted({one.region for one in commissions})
    made = _Made()
    for one in commissions:
        place = 900 + regions.index(one.region) % 100
        made.blocks[one.code] = [
            crowd.member(one, order, place) for order in range(crowd.chance.between(*SIZES[one.tier]))
        ]
    return made


def _proposed_by(chance: Chance, one: Commission) -> str:
    if one.tier != "pec":
        return "kengash"
    draw = chance.below(100)
    for kind, share in _PROPOSERS:
        draw -= share
        if draw < 0:
            return kind
    return "mahalla"


Blocks = Mapping[str, list[Cells]]
Spoiler = Callable[[list[Cells], list[Cells]], Iterator[tuple[Cells, str, str]]]
"""Spoils one block (the second block is another, unspoiled commission) and says which rows have which problem."""


def _set(column: str, code: str, change: Callable[[str], str]) -> Spoiler:
    def spoil(block: list[Cells], _other: list[Cells]) -> Iterator[tuple[Cells, str, str]]:
        row = block[-1]
        row[column] = change(row[column])
        yield row, column, code

    return spoil


def _wrong_digit(pinfl: str) -> str:
    return pinfl[:-1] + str((int(pinfl[-1]) + 1) % 10)


def _other_day(pinfl: str) -> str:
    """The number of somebody born on the 28th, or the 27th: still a number that can be."""
    digits = f"{pinfl[0]}{'27' if pinfl[1:3] == '28' else '28'}{pinfl[3:13]}"
    return f"{digits}{check_digit(digits)}"


def _two_chairs(block: list[Cells], _other: list[Cells]) -> Iterator[tuple[Cells, str, str]]:
    block[-1]["role"] = "chair"
    yield block[0], "role", "F38"
    yield block[-1], "role", "F38"


def _twice(block: list[Cells], _other: list[Cells]) -> Iterator[tuple[Cells, str, str]]:
    block.append(dict(block[-1]))
    yield block[-1], "pinfl", "F36"


def _elsewhere(block: list[Cells], other: list[Cells]) -> Iterator[tuple[Cells, str, str]]:
    copy = {**block[-1], "commission": other[0]["commission"]}
    other.append(copy)
    yield block[-1], "pinfl", "F37"
    yield copy, "pinfl", "F37"


SPOILERS: tuple[Spoiler, ...] = (
    _set("pinfl", "F27", _wrong_digit),
    _set("pinfl", "F29", _other_day),
    _set("pinfl", "F26", lambda text: f"{text[0]}.{text[1:6]}E+13"),
    _set("pinfl", "F25", lambda text: text[:-1]),
    _set("commission", "F22", lambda text: text.replace("p", "р", 1)),
    _set("role", "F24", lambda _: "usher"),
    _set("surname", "F20", lambda _: ""),
    _set("given_name", "F32", lambda text: text + "7"),
    _set("birth_date", "F30", lambda text: "31" + text[4:]),
    _set("education", "F34", lambda _: "PhD?"),
    _set("employer_tin", "F39", lambda text: text[1:]),
    _set("phone", "F40", lambda _: "12-34"),
    _two_chairs,
    _twice,
    _elsewhere,
)
"""The kinds of errors, put in one after the other."""


def _spoil(made: _Made, errors: int, seed: int) -> None:
    """Put errors into precinct commissions, each into one of its own. Raises ValueError when there are too few."""
    chance = Chance(seed, "errors")
    blocks = chance.shuffled([block for code, block in made.blocks.items() if code.startswith("pec:")])
    if 2 * errors > len(blocks):
        raise ValueError(
            f"{errors:,} errors need {2 * errors:,} precinct commissions; there are {len(blocks):,}"
        )
    for number in range(errors):
        spoiler = SPOILERS[number % len(SPOILERS)]
        made.truth.extend(spoiler(blocks[2 * number], blocks[2 * number + 1]))


def _write_truth(path: Path, truth: Sequence[tuple[int, str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("line", "column", "code"))
        writer.writerows(truth)
