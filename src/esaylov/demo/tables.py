"""The simulated election as the tables of an election package (docs/formats.md, section 6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from esaylov.demo import land, official
from esaylov.demo.people import Candidate
from esaylov.demo.protocols import LINES, LIST, Decision, Filed, closing
from esaylov.demo.voting import HOURS, Station

EDITION = "uz-lc-2024"

_LIST_TITLES = {
    "uz": "Partiya roʻyxatlari boʻyicha ovoz berish (yagona saylov okrugi)",
    "uz_cyrl": "Партия рўйхатлари бўйича овоз бериш (ягона сайлов округи)",
    "kaa": "Partiya dizimleri boyınsha dawıs beriw (birden-bir saylaw okrugi)",
    "ru": "Голосование по партийным спискам (единый избирательный округ)",
    "en": "Party lists (one nationwide district)",
}
_DIRECT_TITLES = {
    "uz": "{} bir mandatli saylov okrugi",
    "uz_cyrl": "{} бир мандатли сайлов округи",
    "kaa": "{} bir mandatlı saylaw okrugi",
    "ru": "Одномандатный избирательный округ {}",
    "en": "Single-member district {}",
}

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """Everything that the simulation made; `candidates` by contest in ballot order."""

    stations: list[Station]
    candidates: Mapping[str, list[Candidate]]
    protocols: list[Filed]
    decisions: list[Decision]


def _in_languages(prefix: str) -> dict[str, str]:
    return {f"{prefix}_{language}": "string" for language in land.LANGUAGES}


FIELDS: dict[str, dict[str, str]] = {
    "territories": {
        "id": "string",
        "parent": "string",
        "kind": "string",
        **_in_languages("name"),
        "soato": "string",
    },
    "contests": {
        "id": "string",
        "kind": "string",
        "territory": "string",
        "seats": "integer",
        "edition": "string",
        **_in_languages("title"),
    },
    "options": {
        "id": "string",
        "contest": "string",
        "kind": "string",
        **_in_languages("name"),
        "ballot_order": "integer",
        "organisation": "string",
        "gender": "string",
        "birth_date": "date",
    },
    "precincts": {
        "id": "string",
        "territory": "string",
        "constituency": "string",
        "number": "integer",
        "voters": "integer",
        "address": "string",
        "latitude": "number",
        "longitude": "number",
        "public": "boolean",
    },
    "protocols": {
        "precinct": "string",
        "contest": "string",
        **dict.fromkeys(LINES, "integer"),
        "submitted_at": "datetime",
        "state": "string",
        "version": "integer",
        "simulated": "boolean",
    },
    "votes": {"precinct": "string", "contest": "string", "option": "string", "votes": "integer"},
    "turnout": {"precinct": "string", "at": "datetime", "voters": "integer"},
    "decisions": {
        "kind": "string",
        "number": "string",
        "at": "datetime",
        "precinct": "string",
        "contest": "string",
        "outcome": "string",
    },
}
"""Columns of every table with their types."""

KEYS: dict[str, tuple[str, ...]] = {
    "territories": ("id",),
    "contests": ("id",),
    "options": ("contest", "id"),
    "precincts": ("id",),
    "protocols": ("precinct", "contest"),
    "votes": ("precinct", "contest", "option"),
    "turnout": ("precinct", "at"),
}
"""Primary keys."""


def _territories(_made: Made) -> Iterator[Row]:
    for place in land.places():
        yield (place.id, place.parent, place.kind, *_by_language(place.names), place.soato)


def _by_language(names: Mapping[str, str]) -> Iterator[str]:
    return (names[language] for language in land.LANGUAGES)


def _contests(_made: Made) -> Iterator[Row]:
    yield (LIST, "list", land.COUNTRY, official.LIST_SEATS, EDITION, *_by_language(_LIST_TITLES))
    for one in land.constituencies():
        titles = (_DIRECT_TITLES[code].format(one.title(code)) for code in land.LANGUAGES)
        yield (one.contest, "single-member", one.id, 1, EDITION, *titles)


def _options(made: Made) -> Iterator[Row]:
    for party in sorted(official.PARTIES, key=lambda party: party.ballot_order):
        yield (party.id, LIST, "party-list", *_by_language(party.names), party.ballot_order, party.id, "", "")
    for contest, people in made.candidates.items():
        for order, person in enumerate(people, start=1):
            yield (
                person.id,
                contest,
                "candidate",
                *_by_language(person.names),
                order,
                official.PARTIES[person.party].id,
                "female" if person.female else "male",
                person.birth_date.isoformat(),
            )


def _precincts(made: Made) -> Iterator[Row]:
    for one in made.stations:
        constituency = one.constituency.id if one.constituency else ""
        address = one.mission.address if one.mission else land.school(one.number)
        public = "false" if one.closed else "true"
        yield (
            one.id,
            one.district,
            constituency,
            one.number,
            one.voters,
            address,
            *land.pin(one.id, one.district),
            public,
        )


def _protocols(made: Made) -> Iterator[Row]:
    for one in made.protocols:
        state = "annulled" if one.station.annulled else "accepted"
        when = one.submitted_at.isoformat()
        yield (one.station.id, one.contest, *one.lines, when, state, one.version, "true")


def _votes(made: Made) -> Iterator[Row]:
    ballot = sorted(range(len(official.PARTIES)), key=lambda place: official.PARTIES[place].ballot_order)
    lists = [(official.PARTIES[place].id, place) for place in ballot]
    ballots = {
        contest: [(person.id, person.party) for person in people]
        for contest, people in made.candidates.items()
    }
    for one in made.protocols:
        for option, party in ballots.get(one.contest, lists):
            yield (one.station.id, one.contest, option, one.votes[party])


def _turnout(made: Made) -> Iterator[Row]:
    """Reports of every hour by all precincts inside the country, and at closing by all; those abroad report
    only then."""
    for hour in HOURS:
        at = f"{official.DAY.isoformat()}T{hour}:00+05:00"
        for one in made.stations:
            if one.by_hour:
                yield (one.id, at, one.by_hour[hour])
    last = sorted(((closing(one).isoformat(), one) for one in made.stations), key=lambda pair: pair[0])
    for at, one in last:
        yield (one.id, at, one.took_part)


def _decisions(made: Made) -> Iterator[Row]:
    for one in made.decisions:
        yield (one.kind, one.number, one.at.isoformat(), one.precinct, one.contest, "")


ROWS: dict[str, Callable[[Made], Iterator[Row]]] = {
    "territories": _territories,
    "contests": _contests,
    "options": _options,
    "precincts": _precincts,
    "protocols": _protocols,
    "votes": _votes,
    "turnout": _turnout,
    "decisions": _decisions,
}
"""Rows of every table in the order of its columns."""


def resource(name: str) -> dict[str, Any]:
    """The description of a table in datapackage.json."""
    fields = [_field(field, kind, field in KEYS.get(name, ())) for field, kind in FIELDS[name].items()]
    schema: dict[str, Any] = {"fields": fields}
    if name in KEYS:
        schema["primaryKey"] = list(KEYS[name])
    return {
        "name": name,
        "profile": "tabular-data-resource",
        "path": f"{name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def _field(name: str, kind: str, key: bool) -> dict[str, Any]:
    field: dict[str, Any] = {"name": name, "type": kind}
    if kind == "datetime":
        field["format"] = "%Y-%m-%dT%H:%M:%S%z"
    rules: dict[str, Any] = {"required": True} if key else {}
    if kind == "integer":
        rules["minimum"] = 0
    if rules:
        field["constraints"] = rules
    return field
