"""One place, whatever its commissions do in whatever order: the answers, the log and the totals agree with the rules."""

from __future__ import annotations

from itertools import count as counter
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from esaylov.acts.models import Checkpoint
from esaylov.elections.queries import tables
from esaylov.results.models import Standing, Total
from esaylov.results.sums import cell_sums, expected_places, fold
from esaylov.results.tabulation import Tabulator
from tests.acts.election import World, figures, form, world
from tests.results.rules import Place, replay

PLACE, OTHER, CONTEST = "n1-1", "n2-1", "d1"
numbers = counter()
seeds = st.integers(0, 3)


class PlaceMachine(RuleBasedStateMachine):
    """A contest of two precincts; the other one is annulled from the start, so that this one decides alone."""

    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.name = f"machine-{next(numbers)}"
        self.made = world(self.folder, name=self.name, each=1)
        self.world: World = self.made.__enter__()
        self.post("annulments", {"precinct": OTHER, "contest": CONTEST, "decision": "0"}, "cec", 201)
        self.state: str | None = None
        self.version = 0
        self.annulled = self.annulled_whole = self.certified = False
        self.known: dict[tuple[int, bool], str] = {}
        self.standing: tuple[int, bool] = (0, False)
        self.leaf = ""
        self.tabulator = Tabulator(self.name)

    def teardown(self) -> None:
        self.look()
        self.made.__exit__(None, None, None)

    def post(self, path: str, body: Any, by: str, status: int) -> Any:
        response = self.world.post(path, body, by)
        assert response.status_code == status, (path, body, response.content)
        return response

    def form(self, seed: int, broken: bool, **more: Any) -> dict[str, Any]:
        return form(PLACE, CONTEST, seed=seed, broken=broken, **more)

    @rule(seed=seeds, broken=st.booleans())
    def submit(self, seed: int, broken: bool) -> None:
        key = (seed, broken)
        if key in self.known:  # the very figures once more: the answer of then, even when all is closed
            response = self.world.post("protocols", self.form(*key), f"pec:{PLACE}")
            assert response.json()["leaf_hash"] == self.known[key]
            return
        if self.certified:
            self.post("protocols", self.form(*key), f"pec:{PLACE}", 409)
            return
        body = self.post("protocols", self.form(*key), f"pec:{PLACE}", 409 if self.state else 201).json()
        self.known[key] = body["leaf_hash"]
        if self.state is None:
            self.state, self.version, self.standing = "inconsistent" if broken else "received", 1, key
            self.leaf = body["leaf_hash"]
            assert body["state"] == self.state
        else:
            assert body["state"] == "conflicting"

    @rule(seed=seeds, broken=st.booleans(), version=st.integers(1, 4))
    def correct(self, seed: int, broken: bool, version: int) -> None:
        key = (seed, broken)
        body = self.form(*key, version=version)
        if self.state not in (None, "returned") and key == self.standing:
            response = self.world.post("corrections", body, f"pec:{PLACE}")
            assert response.json()["leaf_hash"] == self.leaf
        elif self.certified or self.state not in ("inconsistent", "returned"):
            self.post("corrections", body, f"pec:{PLACE}", 409)
        else:
            answer = self.post("corrections", body, f"pec:{PLACE}", 201).json()
            self.version = max(self.version + 1, version)
            self.state, self.standing = "inconsistent" if broken else "received", key
            self.leaf = answer["leaf_hash"]
            self.known.setdefault(key, self.leaf)
            assert (answer["version"], answer["state"]) == (self.version, self.state)

    @rule(by=st.sampled_from(["cec", "tec:n", "dcec:n1", "dec:c1"]), accept=st.booleans())
    def decide(self, by: str, accept: bool) -> None:
        path, done = ("acceptances", "accepted") if accept else ("returns", "returned")
        body = {"precinct": PLACE, "contest": CONTEST, "decision": "1"}
        closed = self.certified or self.annulled or self.state in (None, done)
        self.post(path, body, by, 409 if closed else 201)
        if not closed:
            self.state = done

    @rule(stale=st.just("0" * 64))
    def rule_on_a_version_that_does_not_stand(self, stale: str) -> None:
        body = {"precinct": PLACE, "contest": CONTEST, "decision": "1", "protocol": stale}
        self.post("acceptances", body, "cec", 409)

    @rule(everything=st.booleans())
    def annul(self, everything: bool) -> None:
        body: dict[str, Any] = {"precinct": PLACE, "decision": "2"}
        closed = self.certified or self.annulled_whole or (self.annulled and not everything)
        self.post(
            "annulments", body if everything else body | {"contest": CONTEST}, "cec", 409 if closed else 201
        )
        self.annulled = self.annulled or not closed
        self.annulled_whole = self.annulled_whole or (everything and not closed)

    @precondition(lambda self: self.state is not None)
    @rule()
    def certify(self) -> None:
        """Certified once every place is settled and somebody has won (nobody has where all is annulled)."""
        ready = self.counts and not self.certified
        self.post("certifications", {"contest": CONTEST, "decision": "3"}, "cec", 201 if ready else 409)
        self.certified = self.certified or ready

    @rule()
    def look(self) -> None:
        """Sequence, tabulate, and compare what stands with the model and with the log alone."""
        self.world.sequence()
        size = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first()
        self.tabulator.advance(size)
        told = replay(entries(self.name)).get((PLACE, CONTEST), Place())
        assert (told.leaf is None) is (self.state is None)
        assert told.counts is self.counts
        if self.state is not None:
            assert (told.state, told.version) == (self.state, self.version)
            lines, votes = figures(CONTEST, seed=self.standing[0], broken=self.standing[1])
            assert (told.lines, told.votes) == (lines, votes)
        self.compare(told)

    @property
    def counts(self) -> bool:
        return not self.annulled and self.state in ("received", "accepted")

    def compare(self, told: Place) -> None:
        at_hand = tables(self.name)
        contest = at_hand.contests[CONTEST]
        found = Standing.objects.filter(contest_id=contest.id, precinct__code=PLACE).first()
        if found is None:
            assert self.state is None
            assert not self.annulled
        else:
            assert (found.state, found.counts) == ("annulled" if self.annulled else self.state, self.counts)
            assert found.conflicts == told.conflicts
        total = Total.objects.get(contest_id=contest.id, territory_id=contest.territory)
        assert total.counted == int(self.counts)
        assert total.votes == (told.votes if self.counts else [0, 0])
        fresh = fold(at_hand, cell_sums(at_hand, None), expected_places(at_hand))
        assert fresh[contest.id, contest.territory].votes == total.votes

    @invariant()
    def at_most_one_stands(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*), count(DISTINCT version) FROM results_protocol f JOIN elections_contest c"
                " ON c.id = f.contest_id WHERE c.election_id = %s AND state <> 'conflicting'",
                [self.name],
            )
            rows, versions = cursor.fetchone()
            assert rows == versions


def entries(election: str) -> list[dict[str, Any]]:
    """An election's entries in the log, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT j.record FROM acts_entry e JOIN acts_journal j ON j.id = e.journal_id WHERE j.election = %s"
            " ORDER BY e.index",
            [election],
        )
        return [orjson.loads(bytes(record)) for (record,) in cursor.fetchall()]


def run(folder: Path, examples: int) -> None:
    PlaceMachine.folder = folder
    run_state_machine_as_test(
        PlaceMachine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            phases=[Phase.generate],
        ),
    )


def test_one_place(db_clone: object, tmp_path: Path) -> None:
    run(tmp_path, 30)


@pytest.mark.slow
def test_one_place_at_length(db_clone: object, tmp_path: Path) -> None:
    run(tmp_path, 600)
