"""The whole night through the door: no act is refused, and the end is the official result."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from esaylov.exchange.package import read_package

SEATS = {"ufq": 26, "chinor": 14, "koprik": 13, "karvon": 12, "turna": 10}


@pytest.mark.usefixtures("db_clone")
def test_the_night_passes_the_door(package: Path) -> None:
    from esaylov.acts.models import Checkpoint
    from esaylov.acts.sequencer import Sequencer
    from esaylov.demo.stage import acts
    from esaylov.operations.loading import Performer, batches, call_election
    from esaylov.results.summary import contest_results
    from esaylov.results.tabulation import Tabulator

    election = read_package(package)
    stream = acts(package)
    first = next(stream)
    call_election(election, replay=False, start=first.at)
    performer, sequencer = Performer(election.id), Sequencer()
    performer.perform([first])
    sequencer.acquire()
    for group in batches(stream):
        performer.perform(group)
        sequencer.run_once()
    while sequencer.run_once():
        pass
    assert performer.loaded.refused == []
    assert performer.loaded.accepted["results.submit_protocol"] == 22_002

    tabulator = Tabulator(election.id)
    tabulator.advance(Checkpoint.objects.order_by("-size").values_list("size", flat=True)[0])
    results = {result["id"]: result for result in contest_results(tabulator.tables)}
    listed = results["list"]["determination"]
    assert (listed["status"], listed["final"], listed["quota"]) == ("determined", True, "14946187/75")
    assert listed["seats"] == SEATS
    assert listed["turnout"]["participants"] == 15_027_529
    assert listed["turnout"]["voters"] == 20_110_490
    party = {option.id: option.organisation for option in election.options}
    elected = [option for name, result in results.items() if name != "list" for option in result["seats"]]
    assert Counter(party[option] for option in elected) == {
        "ufq": 38,
        "chinor": 15,
        "koprik": 7,
        "karvon": 9,
        "turna": 6,
    }


def test_what_is_decided_in_session(package: Path) -> None:
    """Every decision of the Central Commission, and those of the district whose member may sign in; each at one time."""
    from esaylov.demo.rulings import part, question
    from esaylov.demo.sittings import Question
    from esaylov.demo.stage import acts

    events = list(acts(package))
    plain, ruled = part(events)
    assert len(plain) + sum(map(len, ruled)) == len(events)
    bodies = Counter(group[0].body for group in ruled)
    assert bodies == {"cec": 5, "dcec:1735204": 3}
    assert not [event for event in plain if event.body == "cec"]
    questions: list[Question] = [question(group[0].payload.decision, group) for group in ruled]
    assert all(len({event.at for event in group}) == 1 for group in ruled)
    assert [one.dissents[0][1] for one in questions if one.dissents] == [True, False]
    assert all("decision" not in said for one in questions for _, said in one.orders)
    assert max(len(one.orders) for one in questions) <= 500
