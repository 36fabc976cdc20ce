"""NIST SP 1500-100 v2.0.3, Election Results Reporting: one file a region, and a summary of the country.

A region's file holds its precincts and every territory between; votes are those of protocols that count,
per precinct, and the published totals of the territories. The summary holds the totals of each contest's
own territory and of the regions. Ids are ours behind a letter for their class (`t/`, `p/`, `c/`, `o/`,
`s/`), since `/` occurs in none of ours.

Invalid ballots stand in BallotCounts (section on vote counts): they are of a ballot box, so a unit shows
those of its first contest; the standard has no place for them in a contest.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from esaylov.exchange.places import ancestors
from esaylov.exchange.published import COUNTED, PublishedElection, StandingProtocol, Total
from esaylov.exchange.records import Contest, Option, Precinct, Territory
from esaylov.exchange.tables import Between, nothing
from esaylov.law.editions import PROPORTIONAL
from esaylov.law.protocol import common_places

Json = dict[str, Any]
SUMMARY = "summary"
NO_LANGUAGE = "und"

_UNIT_TYPES = {"country": "country", "region": "state", "city": "city", "constituency": "congressional"}


def write_nist(folder: Path, election: PublishedElection, between: Between = nothing) -> list[str]:
    """Write `<region>.json` for every region that has precincts, and summary.json; the names of the files."""
    report = _Report(election)
    names = []
    for region in report.regions:
        between()
        name = f"{region}.json"
        (folder / name).write_bytes(orjson.dumps(report.region(region)))
        names.append(name)
    (folder / f"{SUMMARY}.json").write_bytes(orjson.dumps(report.summary()))
    return [*names, f"{SUMMARY}.json"]


@dataclass
class _Tally:
    """Votes by contest and option, and the units that they are of; all as members of the standard."""

    votes: dict[tuple[str, int], list[Json]] = field(default_factory=lambda: defaultdict(list))
    ballots: list[Json] = field(default_factory=list)

    def add(self, unit: str, contest: str, votes: Iterable[int]) -> None:
        for place, count in enumerate(votes):
            self.votes[contest, place].append(
                {"@type": "ElectionResults.VoteCounts", "Count": count, "GpUnitId": unit, "Type": "total"}
            )

    def add_ballots(self, unit: str, cast: int, invalid: int) -> None:
        self.ballots.append(
            {
                "@type": "ElectionResults.BallotCounts",
                "BallotsCast": cast,
                "BallotsRejected": invalid,
                "GpUnitId": unit,
                "Type": "total",
            }
        )


class _Report:
    """Makes the documents of one election."""

    def __init__(self, election: PublishedElection) -> None:
        self._election = election
        self._territories = {t.id: t for t in election.territories}
        self._chains = ancestors(election.territories)
        self._options: dict[str, list[Option]] = defaultdict(list)
        for option in election.options:
            self._options[option.contest].append(option)
        self._totals: dict[str, list[Total]] = defaultdict(list)
        for total in election.totals:
            self._totals[total.territory].append(total)
        edition = election.edition
        self._cast = common_places(edition, "ballots_in_boxes")
        self._invalid = common_places(edition, "invalid")
        self._voters = common_places(edition, "voters_on_list")
        self._further: dict[str, list[str]] = defaultdict(list)
        for precinct_id, territory in election.precinct_territories:
            self._further[precinct_id].append(territory)
        self.regions: dict[str, list[int]] = defaultdict(list)
        self._above: dict[str, dict[str, None]] = defaultdict(dict)
        for number, precinct in enumerate(election.precincts):
            region = region_of(self._chains[precinct.territory], self._territories)
            self.regions[region].append(number)
            for territory in self._own(precinct):
                self._above[region].update(dict.fromkeys(self._chains[territory]))
        self._spread = Counter(territory for above in self._above.values() for territory in above)

    def _own(self, precinct: Precinct) -> list[str]:
        constituency = [precinct.constituency] if precinct.constituency else []
        return list(dict.fromkeys((precinct.territory, *constituency, *self._further.get(precinct.id, ()))))

    def region(self, region: str) -> Json:
        """The document of one region, to the precinct; a territory that lies in other regions too shows no
        sums here.
        """
        tally = _Tally()
        units: list[Json] = []
        members: dict[str, list[str]] = defaultdict(list)
        concerned: set[str] = set()
        places = self._election.places
        for number in self.regions[region]:
            precinct = self._election.precincts[number]
            due = [self._election.contests[c].id for c in places.profiles[number].contests]
            units.append(self._precinct(precinct, due, list(self._election.standing.of(number)), tally))
            concerned.update(due)
            for territory in self._own(precinct):
                members[territory].append(f"p/{precinct.id}")
        inner = [t for t in self._election.territories if t.id in self._above[region]]
        for unit in inner:
            if unit.parent is not None:
                members[unit.parent].append(f"t/{unit.id}")
            if self._spread[unit.id] == 1:
                self._add_totals(unit.id, tally)
        described = [self._unit(unit, members[unit.id]) for unit in inner]
        contests = [c for c in self._election.contests if c.id in concerned]
        return self._document("precinct-level", region, [*described, *units], contests, tally)

    def summary(self) -> Json:
        """The document of the whole election: contests' own territories and regions."""
        tally = _Tally()
        shown = dict.fromkeys([c.territory for c in self._election.contests] + list(self.regions))
        for territory in shown:
            self._add_totals(territory, tally)
        units = [self._unit(t, []) for t in self._election.territories if t.id in shown]
        scope = self._election.territories[0].id
        if scope not in shown:
            units.insert(0, self._unit(self._territories[scope], []))
        return self._document("summary-contest", scope, units, list(self._election.contests), tally)

    def _document(
        self, detail: str, scope: str, units: list[Json], contests: Sequence[Contest], tally: _Tally
    ) -> Json:
        election = self._election
        day = election.date.isoformat()
        made = [self._contest(contest, tally) for contest in contests]
        candidates = [o for c in contests for o in self._options[c.id] if o.kind == "candidate"]
        parties = [o for c in contests for o in self._options[c.id] if o.kind == "party-list"]
        members: Json = {
            "@type": "ElectionResults.Election",
            "ElectionScopeId": f"t/{scope}",
            "StartDate": day,
            "EndDate": day,
            "Name": _text(election.titles, election.title or election.id),
            "Type": "general",
            "BallotCounts": tally.ballots,
            "Candidate": [self._candidate(option) for option in candidates],
            "Contest": made,
        }
        return {
            "@type": "ElectionResults.ElectionReport",
            "Format": detail,
            "GeneratedDate": election.as_of,
            "Issuer": election.issuer,
            "IssuerAbbreviation": election.issuer_abbreviation,
            "SequenceStart": 1,
            "SequenceEnd": 1,
            "Status": self._status(),
            "VendorApplicationId": "esaylov",
            **({"IsTest": True, "TestType": "simulated"} if election.simulated else {}),
            **({"IsTest": True, "TestType": "pilot"} if election.pilot else {}),
            **({"IsTest": True, "TestType": "replay"} if election.replay else {}),
            "GpUnit": units,
            "Party": [self._party(option) for option in parties],
            "Election": [members],
        }

    def _status(self) -> str:
        election = self._election
        finals = [d.get("final") is True for d in election.determinations]
        if finals and all(finals):
            return "certified"
        own = {(c.id, c.territory) for c in election.contests}
        sums = [t for t in election.totals if (t.contest, t.territory) in own]
        whole = bool(sums) and all(t.counted + t.annulled == t.expected for t in sums)
        return "unofficial-complete" if whole else "unofficial-partial"

    def _precinct(
        self, precinct: Precinct, due: list[str], protocols: list[StandingProtocol], tally: _Tally
    ) -> Json:
        unit = f"p/{precinct.id}"
        counted = [p for p in protocols if p.state in COUNTED]
        for protocol in counted:
            tally.add(unit, protocol.contest, protocol.votes)
        members: Json = {
            "@id": unit,
            "@type": "ElectionResults.ReportingUnit",
            "Type": "precinct",
            "Name": _text({}, precinct.number or precinct.id),
            "CountStatus": [_count_status(len(due), len(protocols), len(counted))],
            "VotersRegistered": precinct.voters,
        }
        if precinct.number:
            members["Number"] = precinct.number
        if counted:
            first = counted[0].lines
            members["VotersRegistered"] = _sum(first, self._voters)
            members["VotersParticipated"] = _sum(first, self._cast)
            tally.add_ballots(unit, _sum(first, self._cast), _sum(first, self._invalid))
        return members

    def _add_totals(self, territory: str, tally: _Tally) -> None:
        unit = f"t/{territory}"
        for place, total in enumerate(self._totals[territory]):
            tally.add(unit, total.contest, total.votes)
            if place == 0:
                tally.add_ballots(unit, _sum(total.lines, self._cast), _sum(total.lines, self._invalid))

    def _unit(self, territory: Territory, composing: Sequence[str]) -> Json:
        kind = _UNIT_TYPES.get(territory.kind, "other")
        members: Json = {
            "@id": f"t/{territory.id}",
            "@type": "ElectionResults.ReportingUnit",
            "Type": kind,
            "Name": _text(territory.names, territory.id),
        }
        if kind == "other":
            members["OtherType"] = territory.kind
        if composing:
            members["ComposingGpUnitIds"] = list(composing)
        totals = self._totals[territory.id]
        if totals:
            expected, received = sum(t.expected for t in totals), sum(t.received for t in totals)
            members["CountStatus"] = [_count_status(expected, received, sum(t.counted for t in totals))]
            members["TotalSubUnits"] = max(t.expected for t in totals)
            members["SubUnitsReported"] = min(t.counted for t in totals)
        return members

    def _contest(self, contest: Contest, tally: _Tally) -> Json:
        options = self._options[contest.id]
        kinds = {option.kind for option in options}
        members: Json = {
            "@id": f"c/{contest.id}",
            "ElectionDistrictId": f"t/{contest.territory}",
            "Name": _one(contest.titles, contest.id),
            "BallotTitle": _text(contest.titles, contest.id),
            "VoteVariation": self._variation(contest),
            "ContestSelection": list(self._selections(options, tally)),
        }
        if contest.kind == "referendum":
            return {"@type": "ElectionResults.BallotMeasureContest", "Type": "referendum", **members}
        if "party-list" in kinds:
            return {"@type": "ElectionResults.PartyContest", **members}
        seats = {"VotesAllowed": 1, "NumberElected": contest.seats}
        return {"@type": "ElectionResults.CandidateContest", **seats, **members}

    def _variation(self, contest: Contest) -> str:
        method = self._election.edition.contests[contest.kind].method
        if method in PROPORTIONAL:
            return "proportional"
        return "majority" if method in ("majority", "question") else "plurality"

    def _selections(self, options: Sequence[Option], tally: _Tally) -> Iterator[Json]:
        for place, option in enumerate(options):
            name = f"{option.contest}/{option.id}"
            members: Json = {
                "@id": f"s/{name}",
                "SequenceOrder": option.ballot_order,
                "VoteCounts": tally.votes.get((option.contest, place), []),
            }
            if option.kind == "party-list":
                yield {"@type": "ElectionResults.PartySelection", "PartyIds": [f"o/{name}"], **members}
            elif option.kind == "candidate":
                yield {
                    "@type": "ElectionResults.CandidateSelection",
                    "CandidateIds": [f"o/{name}"],
                    **members,
                }
            else:
                text = _text(option.names, option.kind)
                yield {"@type": "ElectionResults.BallotMeasureSelection", "Selection": text, **members}

    def _party(self, option: Option) -> Json:
        name = _text(option.names, option.id)
        return {"@id": f"o/{option.contest}/{option.id}", "@type": "ElectionResults.Party", "Name": name}

    def _candidate(self, option: Option) -> Json:
        name = _text(option.names, option.id)
        return {
            "@id": f"o/{option.contest}/{option.id}",
            "@type": "ElectionResults.Candidate",
            "BallotName": name,
        }


def region_of(chain: Sequence[str], territories: Mapping[str, Territory]) -> str:
    """The region among a territory and its parents (upward): the nearest of that kind, else the highest
    below the country.
    """
    for territory in chain:
        if territories[territory].kind == "region":
            return territory
    below = [t for t in chain if territories[t].kind != "country"]
    return below[-1] if below else chain[-1]


def _count_status(due: int, received: int, counted: int) -> Json:
    status = "completed" if counted == due else "in-process" if received else "not-processed"
    return {"@type": "ElectionResults.CountStatus", "Status": status, "Type": "total"}


def _sum(figures: Sequence[int], places: Sequence[int]) -> int:
    return sum(figures[place] for place in places)


def _one(texts: Mapping[str, str], otherwise: str) -> str:
    return texts.get("en") or next(iter(texts.values()), otherwise)


def _text(texts: Mapping[str, str], otherwise: str) -> Json:
    named = sorted(texts.items()) or [(NO_LANGUAGE, otherwise)]
    return {
        "@type": "ElectionResults.InternationalizedText",
        "Text": [
            {"@type": "ElectionResults.LanguageString", "Content": content, "Language": language}
            for language, content in named
        ],
    }
