"""Projections: step by step they are what a rebuild gives, and what the slow reading of the log's entries gives."""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connections, transaction

from esaylov.acts.door import Accepted
from esaylov.acts.models import Checkpoint
from esaylov.elections.queries import tables
from esaylov.exchange.canonical import loads_strict
from esaylov.law.determination import Decisions, Totals, determine
from esaylov.results.acts import (
    AcceptProtocol,
    AnnulPrecinct,
    CorrectProtocol,
    ReturnProtocol,
    SubmitProtocol,
)
from esaylov.results.decisions import Certify, RecordLot, SupplyDetermination
from esaylov.results.tabulation import Tabulator
from esaylov.results.tabulator import Tabulators
from tests.operations.draft import Draft, count_all, country, lines
from tests.operations.site import Site

Row = tuple[Any, ...]
STANDING = """SELECT c.code, p.code, s.cell_id, s.protocol_id, s.state, s.counts, s.index, s.conflicts FROM results_standing s
JOIN elections_contest c ON c.id = s.contest_id JOIN registry_precinct p ON p.id = s.precinct_id ORDER BY 1, 2"""
TOTAL = """SELECT c.code, t.code, expected, received, counted, inconsistent, returned, annulled, voters_annulled, lines, votes
FROM results_total r JOIN elections_contest c ON c.id = r.contest_id JOIN registry_territory t ON t.id = r.territory_id
ORDER BY 1, 2"""
OUTCOME = "SELECT c.code, final, determination::text FROM results_outcome JOIN elections_contest c ON c.id = contest_id ORDER BY 1"


def projections(site: Site) -> list[list[Row]]:
    return [site.ask(statement) for statement in (STANDING, TOTAL, OUTCOME)]


def latest() -> int:
    return int(Checkpoint.objects.order_by("-size").values_list("size", flat=True)[0])


# --- a night of random acts ---


class Night:
    """Takes random acts, sensible and not, whatever the door says to them."""

    def __init__(self, site: Site, draft: Draft, seed: int) -> None:
        self.site = site
        self.draft = draft
        self.chance = random.Random(seed)
        self.number = 0
        self.taken: Counter[str] = Counter()
        parents = {row[0]: row[1] for row in draft.territories}
        self.places = [
            (row[0], contest[0])
            for row in draft.precincts
            for contest in draft.contests
            if contest[2] in _above(parents, row, draft.further)
        ]

    def step(self) -> None:
        """One act; `taken` counts those that the door took."""
        self.number += 1
        precinct, contest = self.chance.choice(self.places)
        act = self.chance.choices(
            [SubmitProtocol, CorrectProtocol, AcceptProtocol, ReturnProtocol, AnnulPrecinct, RecordLot, SupplyDetermination, Certify],
            [40, 18, 10, 12, 3, 4, 2, 3],
        )[0]  # fmt: skip
        if act in (SubmitProtocol, CorrectProtocol):
            options = len(self.draft.option_ids(contest))
            votes = [self.chance.choice((0, 10, 10, 20, 35)) for _ in range(options)]
            error = self.chance.choice((0, 0, 0, 1))
            voters = self.chance.choice((1000, 1000, 3))
            form = {"lines": lines(votes, voters=voters, error=error), "votes": votes}
            self._take(act, f"pec:{precinct}", precinct=precinct, contest=contest, **form)
        decision = str(self.number)
        if act in (AcceptProtocol, ReturnProtocol):
            self._take(act, "cec", precinct=precinct, contest=contest, decision=decision)
        elif act is AnnulPrecinct:
            one = self.chance.choice((contest, None))
            self._take(act, "cec", precinct=precinct, contest=one, decision=decision)
        elif act is Certify:
            self._take(act, "cec", contest=contest, decision=decision)
        elif act in (RecordLot, SupplyDetermination):
            named = self.chance.sample(self.draft.option_ids(contest), 1)
            member = "drawn" if act is RecordLot else "outcome"
            self._take(act, "cec", contest=contest, decision=decision, **{member: named})

    def _take(self, act: Any, body: str, **payload: Any) -> None:
        result = self.site.act(act, "draft", body, **payload)
        self.taken[act.code] += isinstance(result, Accepted)

    def settle(self) -> None:
        """Protocols for all places that have none, so that contests can be decided."""
        for precinct, contest in self.places:
            if self.chance.random() < 0.98:
                votes = [self.chance.choice((10, 20)) for _ in self.draft.option_ids(contest)]
                form = {"lines": lines(votes), "votes": votes}
                self._take(SubmitProtocol, f"pec:{precinct}", precinct=precinct, contest=contest, **form)

    def clear_up(self) -> None:
        """Accepts what stands outside, draws the lots that are asked for, and certifies half of the contests."""
        for precinct, contest in self.places:
            self._take(AcceptProtocol, "cec", precinct=precinct, contest=contest, decision="all")
        for contest in (row[0] for row in self.draft.contests):
            for option in self.draft.option_ids(contest):
                self._take(RecordLot, "cec", contest=contest, decision=f"lot {option}", drawn=[option])
            if self.chance.random() < 0.5:
                self._take(Certify, "cec", contest=contest, decision="certified")


def _above(parents: dict[str, str], precinct: Row, further: list[tuple[str, str]]) -> set[str]:
    found: set[str] = set()
    for start in (precinct[1], precinct[2], *(t for p, t in further if p == precinct[0])):
        step = start
        while step:
            found.add(step)
            step = parents[step]
    return found


@pytest.mark.parametrize("seed", range(4))
def test_step_by_step(site: Site, tmp_path: Path, seed: int) -> None:
    """At random checkpoints, by a tabulator that lives on and one that comes anew, against both readings."""
    draft = country()
    site.load(draft.write(tmp_path / "package"))
    night = Night(site, draft, seed)
    site.sequence()
    tabulator = Tabulator("draft")
    for turn in range(10):
        if turn == 5:
            night.settle()
            night.clear_up()
        for _ in range(night.chance.randrange(1, 25)):
            night.step()
        site.sequence(head_every=night.chance.choice((0.0, 60.0)))
        tabulator.advance(latest())
        found = projections(site)
        assert found[1:] == slowly(site, draft, latest())
        _rebuild(site)
        assert projections(site) == found
        tabulator = night.chance.choice((tabulator, Tabulator("draft")))
    assert sum(count > 0 for count in night.taken.values()) >= 5, night.taken
    assert site.differences() == []


def _rebuild(site: Site) -> None:
    with site.superuser() as raw:
        for table in ("standing", "total", "outcome", "tabulation"):
            raw.execute(f"DELETE FROM results_{table}")
    Tabulator("draft").advance(latest())


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 130))
def test_many_nights(site: Site, tmp_path: Path, seed: int) -> None:
    test_step_by_step(site, tmp_path, seed)


def test_any_size_may_be_asked_for(site: Site, tmp_path: Path) -> None:
    """Forward by random steps, back, and the same again."""
    draft = country()
    site.load(draft.write(tmp_path / "package"))
    night = Night(site, draft, 9)
    for _ in range(60):
        night.step()
    site.sequence()
    tabulator = Tabulator("draft")
    for size in (0, 3, 4, 11, 12, 30, 7, latest(), 20, latest()):
        assert tabulator.advance(size)
        assert not tabulator.advance(size)
        assert projections(site)[1:] == slowly(site, draft, size)


# --- the slow reading: docs/formats.md, section 4, over the log's entries ---


def slowly(site: Site, draft: Draft, size: int) -> list[list[Row]]:
    """Totals and outcomes at a size of the log, as `projections` gives them."""
    rows = site.ask(
        "SELECT e.index, j.record FROM acts_entry e JOIN acts_journal j ON j.id = e.journal_id"
        " WHERE e.index < %s ORDER BY e.index",
        [size],
    )
    states: dict[tuple[str, str], str] = {}
    standing: dict[tuple[str, str], dict[str, Any]] = {}
    annulled: set[tuple[str, str]] = set()
    decided: dict[str, dict[str, Any]] = {
        row[0]: {"lots": [], "outcome": None, "final": False} for row in draft.contests
    }
    territories = _territories(draft)
    areas = {row[0]: territories(row) for row in draft.precincts}
    for _, data in rows:
        entry = loads_strict(bytes(data))
        act = entry["act"].split(".")[1]
        place = (entry.get("precinct"), entry.get("contest"))
        if act in ("submit_protocol", "correct_protocol") and entry["state"] != "conflicting":
            standing[place], states[place] = entry, entry["state"]
        elif act in ("accept_protocol", "return_protocol"):
            states[place] = {"accept_protocol": "accepted", "return_protocol": "returned"}[act]
        elif act == "annul_precinct":
            annulled |= {
                (place[0], contest[0])
                for contest in draft.contests
                if entry["contest"] in (None, contest[0]) and contest[2] in areas[place[0]]
            }
        elif act == "record_lot":
            decided[entry["contest"]]["lots"].append(tuple(entry["drawn"]))
        elif act == "supply_determination":
            decided[entry["contest"]]["outcome"] = tuple(entry["outcome"])
        elif act == "certify":
            decided[entry["contest"]]["final"] = True
    totals = list(_totals(draft, areas, standing, states, annulled))
    return [sorted(totals), sorted(_outcomes(draft, totals, decided))]


def _territories(draft: Draft) -> Any:
    parents = {row[0]: row[1] for row in draft.territories}
    return lambda row: _above(parents, row, draft.further)


def _totals(
    draft: Draft, areas: dict[str, set[str]], standing: Any, states: Any, annulled: set[tuple[str, str]]
) -> Iterator[Row]:
    for contest in (row[0:3] for row in draft.contests):
        for territory in (row[0] for row in draft.territories):
            concerned = [p for p, area in areas.items() if territory in area and contest[2] in area]
            if not concerned:
                continue
            places = [(precinct, contest[0]) for precinct in concerned]
            state = {place: "annulled" if place in annulled else states.get(place) for place in places}
            counts = [standing[place] for place in places if state[place] in ("received", "accepted")]
            of = lambda wanted, state=state: sum(1 for one in state.values() if one == wanted)  # noqa: E731
            width = len(draft.option_ids(contest[0]))
            yield (
                contest[0], territory, len(places), sum(1 for place in places if place in standing), len(counts),
                of("inconsistent"), of("returned"), of("annulled"),
                sum(standing[p]["lines"][0] for p in places if state[p] == "annulled" and p in standing),
                [sum(one["lines"][i] for one in counts) for i in range(7)],
                [sum(one["votes"][i] for one in counts) for i in range(width)],
            )  # fmt: skip


def _outcomes(draft: Draft, totals: list[Row], decided: dict[str, dict[str, Any]]) -> Iterator[Row]:
    """Who wins is the law's own business: here the totals that it gets must be the right ones."""
    known = tables("draft")
    for contest, _, where, *_ in draft.contests:
        total = next(row for row in totals if row[:2] == (contest, where))
        figures = Totals(lines=tuple(total[9]), votes=tuple(total[10]), voters_annulled=total[8])
        of = decided[contest]
        found = determine(
            known.edition,
            known.contests[contest].law_input(),
            figures,
            Decisions(lots=tuple(of["lots"]), outcome=of["outcome"]),
            final=of["final"],
        )
        yield contest, of["final"], _as_stored(json.dumps(found.to_json()))


def _as_stored(text: str) -> str:
    """JSON as PostgreSQL writes it."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT %s::jsonb::text", [text])
        return str(cursor.fetchone()[0])


# --- several at once ---


def test_two_tabulators_at_once(site: Site, tmp_path: Path) -> None:
    """Each thinks that it is alone; whoever comes second begins anew."""
    draft = country()
    site.load(draft.write(tmp_path / "package"))
    night = Night(site, draft, 5)
    first, second = Tabulator("draft"), Tabulator("draft")
    for turn in range(6):
        for _ in range(15):
            night.step()
        site.sequence()
        (first if turn % 3 else second).advance(latest())
        assert projections(site)[1:] == slowly(site, draft, latest())


def test_a_tabulator_that_found_its_work_done(site: Site, tmp_path: Path) -> None:
    """Its memory is of an earlier size."""
    draft = country()
    site.load(draft.write(tmp_path / "package"))
    night = Night(site, draft, 12)
    first, second = Tabulator("draft"), Tabulator("draft")
    for turn in range(3):
        for _ in range(20):
            night.step()
        site.sequence()
        if turn:
            assert second.advance(latest())
            assert not first.advance(latest())
        else:
            assert first.advance(latest())
        for _ in range(20):
            night.step()
        site.sequence()
        assert first.advance(latest())
        assert projections(site)[1:] == slowly(site, draft, latest())


def test_many_threads(site: Site, tmp_path: Path) -> None:
    draft = country()
    site.load(draft.write(tmp_path / "package"))
    night = Night(site, draft, 6)
    stop = threading.Event()
    failures: list[BaseException] = []

    def work() -> None:
        tabulators = Tabulators()
        try:
            while not stop.is_set():
                tabulators.run_once()
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    site.sequence()
    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(12):
        for _ in range(8):
            night.step()
        site.sequence()
    stop.set()
    for thread in threads:
        thread.join()
    assert not failures, failures
    Tabulators().run_once()
    assert projections(site)[1:] == slowly(site, draft, latest())
    assert site.differences() == []


def test_a_failure_in_the_middle(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written is undone; the same tabulator goes on, although its memory is ahead."""
    draft = country()
    site.load(draft.write(tmp_path / "package"))
    night = Night(site, draft, 8)
    site.sequence()
    tabulator = Tabulator("draft")
    tabulator.advance(latest())
    for name in ("_restand", "_resum", "_write", "_outcomes"):
        before = projections(site)
        for _ in range(15):
            night.step()
        site.sequence()
        with monkeypatch.context() as patch:
            original = getattr(Tabulator, name)

            def failing(self: Tabulator, *arguments: Any, original: Any = original) -> Any:
                original(self, *arguments)
                raise DatabaseError("the connection is gone")

            patch.setattr(Tabulator, name, failing)
            with pytest.raises(DatabaseError):
                tabulator.advance(latest())
        assert projections(site) == before
        tabulator.advance(latest())
        assert projections(site)[1:] == slowly(site, draft, latest())


def test_a_reader_sees_one_size(site: Site, tmp_path: Path) -> None:
    """While the projections are written, others see the old ones whole."""
    site.load(count_all(country()).write(tmp_path / "package"))
    site.sequence()
    with closing(psycopg.connect(site.clone.urls.app, autocommit=True)) as other:
        with transaction.atomic():
            Tabulator("draft").advance(latest())
            assert other.execute("SELECT count(*) FROM results_total").fetchone() == (0,)
            assert other.execute("SELECT count(*) FROM results_tabulation").fetchone() == (0,)
        assert other.execute("SELECT count(*) > 0 FROM results_total").fetchone() == (True,)
