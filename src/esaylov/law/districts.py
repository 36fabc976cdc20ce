"""Constituencies and precincts: sizes, numbers, borders (Electoral Code, Art. 9 and 10), as findings with both figures.

Pure functions on plain rows; one pass each, so that they may run while somebody draws 5,770 constituencies and 11,028
precincts. Limits are values of the edition (`values.constituency`, `values.precinct`); what is absent is not checked.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

from esaylov.law.editions import Edition
from esaylov.law.exact import to_fraction
from esaylov.law.findings import Finding, Severity


@dataclass(frozen=True, slots=True)
class Constituency:
    """One constituency. `body`: whom it elects (the Chamber, one council): constituencies of one body are compared with one
    another and numbered together. `level` of a council. `voters` or `number` None: not known yet.
    """

    id: str
    body: str
    voters: int | None = None
    number: int | None = None
    level: str | None = None


@dataclass(frozen=True, slots=True)
class Precinct:
    """One precinct. `territory`: within which its number runs on. `place`: its kind where it is a special one
    (`military-unit`, `abroad`, `hospital`, `remote`, `detention`). `constituencies`: all in which its area lies.
    """

    id: str
    territory: str
    voters: int | None = None
    number: int | None = None
    place: str | None = None
    constituencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Deviation:
    """How far a constituency is from the mean of its body: `share` is (voters - mean) / mean. `least` and `most` are the whole
    numbers of voters within the limit (None: the edition has none); exactly at the limit is inside."""

    constituency: str
    voters: int
    mean: Fraction
    share: Fraction
    least: int | None
    most: int | None

    @property
    def beyond(self) -> bool:
        """Whether it lies beyond the limit."""
        below = self.least is not None and self.voters < self.least
        return below or (self.most is not None and self.voters > self.most)


def deviations(edition: Edition, constituencies: Iterable[Constituency]) -> tuple[Deviation, ...]:
    """The deviation of every constituency whose voters are known, in the order given; a body without voters has none."""
    rows = [one for one in constituencies if one.voters is not None]
    totals: dict[str, int] = defaultdict(int)
    for one in rows:
        totals[one.body] += one.voters or 0
    counts = Counter(one.body for one in rows)
    limit = _limit(edition)
    means = {body: Fraction(total, counts[body]) for body, total in totals.items() if total}
    bounds = {
        body: (None, None) if limit is None else (ceil(mean * (1 - limit)), floor(mean * (1 + limit)))
        for body, mean in means.items()
    }
    return tuple(
        Deviation(one.id, one.voters, means[one.body], one.voters / means[one.body] - 1, *bounds[one.body])
        for one in rows
        if one.voters is not None and one.body in means
    )


def constituency_findings(
    edition: Edition, constituencies: Sequence[Constituency], *, partial: bool = False
) -> tuple[Finding, ...]:
    """What is wrong with a division into constituencies.

    G01 beyond the limit (`left` voters, `right` the nearest number within it); G02 more constituencies than the council may
    have (`left`, `right`); G03 a number twice (`left` the number); G04 numbers do not run on from 1 (`left` the first that is
    missing). `fields`: ids of constituencies, or the body. `partial`: only some of each body are given (a by-election), so
    nothing is said about the whole: only G03.
    """
    numbers = [(one.body, one.number, one.id) for one in constituencies]
    found = tuple(_numbers(numbers, ("G03", "G04"), _article(edition, "constituency")))
    if partial:
        return tuple(one for one in found if one.code == "G03")
    return (*_beyond(edition, constituencies), *_too_many(edition, constituencies), *found)


def precinct_findings(
    edition: Edition,
    precincts: Sequence[Precinct],
    constituencies: Sequence[Constituency],
    *,
    partial: bool = False,
) -> tuple[Finding, ...]:
    """What is wrong with a division into precincts.

    G05 too few, G06 too many voters (`left` voters, `right` the limit), special places excepted; G07 a number twice within a
    territory, G08 numbers that do not run on there; G09 a precinct crosses a border between constituencies of one body; G10
    fewer precincts than constituencies of a body (`left`, `right`); G11 a constituency that is not there; G12 a constituency
    without a precinct. `fields`: the precinct, then constituencies; or the territory; or the body. `partial`: only some of each
    territory are given (a by-election), so G08 is not looked for.
    """
    numbers = [(one.territory, one.number, one.id) for one in precincts]
    found = tuple(_numbers(numbers, ("G07", "G08"), _article(edition, "precinct")))
    if partial:
        found = tuple(one for one in found if one.code != "G08")
    return (*_sizes(edition, precincts), *found, *_borders(edition, precincts, constituencies))


def _limit(edition: Edition) -> Fraction | None:
    value = edition.values.get("constituency", {}).get("deviation")
    return None if value is None else to_fraction(value)


def _article(edition: Edition, group: str) -> str | None:
    """The article of a group's first value: Art. 9 speaks of constituencies, Art. 10 of precincts."""
    sources: Mapping[str, Any] = edition.values.get(group, {}).get("sources", {})
    return next((source["article"] for source in sources.values() if "article" in source), None)


def _source_article(edition: Edition, group: str, key: str) -> str | None:
    article: str | None = edition.values.get(group, {}).get("sources", {}).get(key, {}).get("article")
    return article


def _found(
    code: str, severity: Severity, fields: Sequence[str], article: str | None, *,
    left: int | None = None, right: int | None = None,
) -> Finding:  # fmt: skip
    return Finding(code, severity, tuple(fields), article, TEXTS[code], left, right)


def _beyond(edition: Edition, constituencies: Sequence[Constituency]) -> Iterator[Finding]:
    article = _source_article(edition, "constituency", "deviation")
    for one in deviations(edition, constituencies):
        if one.beyond:
            right = one.least if one.least is not None and one.voters < one.least else one.most
            yield _found("G01", "warning", (one.constituency,), article, left=one.voters, right=right)


def _too_many(edition: Edition, constituencies: Sequence[Constituency]) -> Iterator[Finding]:
    counts = Counter((one.body, one.level) for one in constituencies if one.level is not None)
    for (body, level), count in counts.items():
        most = edition.values.get("constituency", {}).get(f"most_{level}")
        if most is not None and count > most:
            article = _source_article(edition, "constituency", f"most_{level}")
            yield _found("G02", "error", (body,), article, left=count, right=most)


def _numbers(
    rows: Sequence[tuple[str, int | None, str]], codes: tuple[str, str], article: str | None
) -> Iterator[Finding]:
    """Rows of (within what, number, id). A number not known is no gap: numbers run on from 1 as far as they are given."""
    twice, gap = codes
    within: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for where, number, one in rows:
        if number is not None:
            within[where][number].append(one)
    for where, numbers in within.items():
        for number, ids in numbers.items():
            if len(ids) > 1:
                yield _found(twice, "error", ids, article, left=number)
        missing = next(number for number in range(1, len(numbers) + 2) if number not in numbers)
        if missing <= len(numbers):
            yield _found(gap, "warning", (where,), article, left=missing)


def _sizes(edition: Edition, precincts: Sequence[Precinct]) -> Iterator[Finding]:
    values = edition.values.get("precinct", {})
    least, most, excepted = (
        values.get("voters_min"),
        values.get("voters_max"),
        set(values.get("except_places", ())),
    )
    for one in precincts:
        if one.voters is None or one.place in excepted:
            continue
        if least is not None and one.voters < least:
            article = _source_article(edition, "precinct", "voters_min")
            yield _found("G05", "warning", (one.id,), article, left=one.voters, right=least)
        elif most is not None and one.voters > most:
            article = _source_article(edition, "precinct", "voters_max")
            yield _found("G06", "warning", (one.id,), article, left=one.voters, right=most)


def _borders(
    edition: Edition, precincts: Sequence[Precinct], constituencies: Sequence[Constituency]
) -> Iterator[Finding]:
    article = _article(edition, "precinct")
    body_of = {one.id: one.body for one in constituencies}
    inside: Counter[str] = Counter()  # precincts by body
    seen: set[str] = set()
    for one in precincts:
        lies: dict[str, list[str]] = defaultdict(list)
        for constituency in dict.fromkeys(one.constituencies):
            body = body_of.get(constituency)
            if body is None:
                yield _found("G11", "error", (one.id, constituency), article)
            else:
                lies[body].append(constituency)
                seen.add(constituency)
        inside.update(lies.keys())
        for crossed in lies.values():
            if len(crossed) > 1:
                yield _found("G09", "error", (one.id, *crossed), article)
    for body, count in Counter(body_of.values()).items():
        if inside[body] < count:
            yield _found("G10", "error", (body,), article, left=inside[body], right=count)
    for one_id in body_of:
        if one_id not in seen:
            yield _found("G12", "error", (one_id,), article)


TEXTS: Mapping[str, Mapping[str, str]] = {
    "G01": {
        "uz": "Okrugdagi saylovchilar soni oʻrtacha sondan yoʻl qoʻyilganidan koʻproq farq qiladi",
        "uz-cyrl": "Округдаги сайловчилар сони ўртача сондан йўл қўйилганидан кўпроқ фарқ қилади",
        "kaa": "Okrugtaǵı saylawshılar sanı ortasha sannan jol qoyılǵanınan kóbirek parıq qıladı",
        "ru": "Число избирателей округа отклоняется от среднего больше, чем допускается",
        "en": "The constituency's voters are further from the mean than the limit",
    },
    "G02": {
        "uz": "Kengashda okruglar qonunda belgilanganidan koʻp",
        "uz-cyrl": "Кенгашда округлар қонунда белгиланганидан кўп",
        "kaa": "Keńeste okruglar nızamda belgilengeninen kóp",
        "ru": "Округов у Кенгаша больше, чем допускает закон",
        "en": "The council has more constituencies than the law allows",
    },
    "G03": {
        "uz": "Bir raqamli okrug bittadan ortiq",
        "uz-cyrl": "Бир рақамли округ биттадан ортиқ",
        "kaa": "Bir nomerli okrug birewden artıq",
        "ru": "Один номер у нескольких округов",
        "en": "Several constituencies have one number",
    },
    "G04": {
        "uz": "Okruglarning raqamlari uzluksiz emas",
        "uz-cyrl": "Округларнинг рақамлари узлуксиз эмас",
        "kaa": "Okruglardıń nomerleri úzliksiz emes",
        "ru": "Номера округов идут с пропуском",
        "en": "A number of the constituencies is missing",
    },
    "G05": {
        "uz": "Uchastkada saylovchilar qonunda belgilanganidan kam",
        "uz-cyrl": "Участкада сайловчилар қонунда белгиланганидан кам",
        "kaa": "Uchastkada saylawshılar nızamda belgilengeninen az",
        "ru": "Избирателей на участке меньше, чем предусматривает закон",
        "en": "The precinct has fewer voters than the law provides for",
    },
    "G06": {
        "uz": "Uchastkada saylovchilar qonunda belgilanganidan koʻp",
        "uz-cyrl": "Участкада сайловчилар қонунда белгиланганидан кўп",
        "kaa": "Uchastkada saylawshılar nızamda belgilengeninen kóp",
        "ru": "Избирателей на участке больше, чем предусматривает закон",
        "en": "The precinct has more voters than the law provides for",
    },
    "G07": {
        "uz": "Bir raqamli uchastka bittadan ortiq",
        "uz-cyrl": "Бир рақамли участка биттадан ортиқ",
        "kaa": "Bir nomerli uchastka birewden artıq",
        "ru": "Один номер у нескольких участков",
        "en": "Several precincts have one number",
    },
    "G08": {
        "uz": "Hududdagi uchastkalarning raqamlari uzluksiz emas",
        "uz-cyrl": "Ҳудуддаги участкаларнинг рақамлари узлуксиз эмас",
        "kaa": "Aymaqtaǵı uchastkalardıń nomerleri úzliksiz emes",
        "ru": "Номера участков на территории идут с пропуском",
        "en": "A number of the territory's precincts is missing",
    },
    "G09": {
        "uz": "Uchastka okruglar chegarasini kesib oʻtadi",
        "uz-cyrl": "Участка округлар чегарасини кесиб ўтади",
        "kaa": "Uchastka okruglar shegarasın kesip ótedi",
        "ru": "Участок пересекает границу округов",
        "en": "The precinct crosses a border between constituencies",
    },
    "G10": {
        "uz": "Uchastkalar okruglardan kam",
        "uz-cyrl": "Участкалар округлардан кам",
        "kaa": "Uchastkalar okruglardan az",
        "ru": "Участков меньше, чем округов",
        "en": "There are fewer precincts than constituencies",
    },
    "G11": {
        "uz": "Uchastka koʻrsatilgan okrug yoʻq",
        "uz-cyrl": "Участка кўрсатилган округ йўқ",
        "kaa": "Uchastka kórsetilgen okrug joq",
        "ru": "Нет округа, к которому отнесён участок",
        "en": "There is no such constituency",
    },
    "G12": {
        "uz": "Okrugda birorta ham uchastka yoʻq",
        "uz-cyrl": "Округда бирорта ҳам участка йўқ",
        "kaa": "Okrugta birde-bir uchastka joq",
        "ru": "В округе нет ни одного участка",
        "en": "The constituency has no precinct",
    },
}
