"""A package is loaded whole or not at all, and its commissions' tokens with it."""

from __future__ import annotations

import csv
import stat
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from esaylov.acts.identity import IdentityError
from esaylov.acts.sequencer import LOCK
from esaylov.elections import calling
from esaylov.exchange.package import PackageError, read_package
from esaylov.operations import loading
from esaylov.operations.loading import LoadError, Performer, load
from esaylov.operations.replay import ReplayError, replay
from esaylov.registry.tokens import actor_by_token
from tests.operations.draft import DAY, EDITION, RELEASE, Draft, at, count_all, country
from tests.operations.site import Site, accepted, contents, rows_of

TABLES = (
    "acts_journal", "acts_entry", "acts_logidentity", "acts_sealed", "registry_territory", "registry_cell",
    "registry_precinct", "registry_commission", "registry_commissiontoken", "elections_election",
    "elections_contest", "elections_option", "results_protocol", "results_ruling", "results_contestdecision",
    "polling_turnout",
)  # fmt: skip


def counts(site: Site) -> dict[str, int]:
    return {table: site.ask(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}


def package(draft: Draft, folder: Path) -> Path:
    draft.turnout += [("p1", at("10:00"), 100)]
    draft.decide("annulment", "1", "p5", "list")
    draft.decide("certification", "2", contest="d1")
    return count_all(draft).write(folder)


def failing_at(call: int, original: Any) -> Any:
    left = [call]

    def fails(*arguments: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            raise RuntimeError("the power is gone")
        return original(*arguments, **named)

    return fails


@pytest.mark.parametrize(
    ("where", "name", "call"),
    [
        (Performer, "perform", 1), (Performer, "perform", 3), (calling, "perform", 2), (calling, "perform", 3),
        (loading, "make_tokens", 1), (loading.csv, "writer", 1), (loading, "write_tokens", 1),
    ],
)  # fmt: skip
def test_all_or_nothing(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: Any, name: str, call: int
) -> None:
    folder = package(country(), tmp_path / "package")
    before = counts(site)
    with monkeypatch.context() as patch:
        patch.setattr(where, name, failing_at(call, getattr(where, name)))
        with pytest.raises(RuntimeError, match="power"):
            site.load(folder)
    assert counts(site) == before
    assert [name for name in contents(site.data) if not name.startswith("keys/")] == []
    other = country()
    other.contests.pop()
    other.options = [row for row in other.options if row[1] != "q"]
    assert not site.load(package(other, tmp_path / "other")).refused, "another package under the same id"
    site.publish(tmp_path / "folder")
    accepted(tmp_path / "folder")


def test_a_failing_commit_leaves_no_tokens(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = package(country(), tmp_path / "package")
    original = loading.write_tokens

    def late(election: str) -> Path:
        original(election)
        raise RuntimeError("the power is gone")

    with monkeypatch.context() as patch:
        patch.setattr(loading, "write_tokens", late)
        with pytest.raises(RuntimeError):
            site.load(folder)
    assert [name for name in contents(site.data) if not name.startswith("keys/")] == []


def test_tokens(site: Site, tmp_path: Path) -> None:
    _, path = load(read_package(package(country(), tmp_path / "package")))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    with path.open(newline="") as file:
        tokens = {row["commission"]: row["token"] for row in csv.DictReader(file)}
    assert {"cec", "tec:n", "tec:s", "dcec:n1", "okrug:c1", "okrug:c2", "pec:p1", "pec:p6"} - tokens.keys() <= {
        "okrug:c1", "okrug:c2",
    }  # fmt: skip
    assert len(set(tokens.values())) == len(tokens)
    for commission, token in tokens.items():
        actor = actor_by_token(token)
        assert actor is not None
        assert (actor.code, actor.election) == (commission, "draft")
    stored = b"".join(bytes(row[0]) for row in site.ask("SELECT digest FROM registry_commissiontoken"))
    assert not any(token.encode() in stored for token in tokens.values())


def test_an_election_that_exists(site: Site, tmp_path: Path) -> None:
    folder = package(country(), tmp_path / "package")
    site.load(folder)
    before, files = counts(site), contents(site.data)
    with pytest.raises(LoadError, match="exists already"):
        site.load(folder)
    assert counts(site) == before
    assert contents(site.data) == files


def test_elections_of_another_kind(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log is simulated or it is not; a replay and a simulation need an origin that says what they are."""
    monkeypatch.setenv("ESAYLOV_LOG_ORIGIN", "results.example.org")
    real = country(name="real", simulated=False, date="2024-10-27").write(tmp_path / "real")
    simulated = country(name="simulated").write(tmp_path / "simulated")
    before = counts(site)
    with pytest.raises(IdentityError, match="does not end in"):
        site.load(simulated)
    with pytest.raises(IdentityError, match="does not end in"):
        replay(read_package(real))
    assert counts(site) == before
    site.load(real)
    with pytest.raises(IdentityError, match="another kind"):
        site.load(simulated)
    with pytest.raises(IdentityError):
        replay(
            read_package(country(name="again", simulated=False, date="2024-10-27").write(tmp_path / "again"))
        )
    assert site.ask("SELECT id FROM elections_election") == [("real",)]
    site.publish(tmp_path / "folder")
    _, text = accepted(tmp_path / "folder")
    assert "results.example.org" in text
    assert "SIMULATED" not in text


def test_an_election_of_today_runs_on_the_real_clock(site: Site, tmp_path: Path) -> None:
    """Its protocols are sealed until the release; what lies ahead of the clock is refused and told."""
    today = datetime.now(UTC).date() + timedelta(days=1)
    draft = country(simulated=False, date=today.isoformat(), edition=EDITION + RELEASE)
    draft.protocol("p1", "list", (10, 20, 30))
    loaded = site.load(draft.write(tmp_path / "package"))
    assert not loaded.refused
    assert site.ask("SELECT clock_is_set FROM elections_election") == [(False,)]
    assert site.ask("SELECT count(*) FROM acts_sealed") == [(1,)]
    site.publish(tmp_path / "folder")
    accepted(tmp_path / "folder")
    assert rows_of(tmp_path / "folder" / "data" / "draft" / "protocols.csv.gz") == []


def test_acts_that_the_door_refuses_are_told(site: Site, tmp_path: Path) -> None:
    draft = country()
    draft.protocol("p1", "list", (10, 20, 30))
    draft.decide("acceptance", "1", "p2", "list")
    draft.decide("certification", "2", contest="list")
    draft.decide("lot", "3", contest="d1", outcome="ada")
    loaded = site.load(draft.write(tmp_path / "package"))
    assert loaded.accepted["results.submit_protocol"] == 1
    assert [(event.act.code, [f.code for f in found]) for event, found in loaded.refused] == [
        ("results.accept_protocol", ["P04"]), ("results.certify", ["P10"]), ("results.record_lot", ["P10"]),
    ]  # fmt: skip


@pytest.mark.parametrize("table", ["protocols", "votes", "precincts"])
def test_a_bad_package_loads_nothing(site: Site, tmp_path: Path, table: str) -> None:
    folder = count_all(country()).write(tmp_path / "package")
    path = folder / f"{table}.csv"
    if not path.exists():
        (folder / "votes.csv.gz").unlink()
    else:
        path.write_text(path.read_text().replace("p3", "p9", 1))
    before = counts(site)
    with pytest.raises(PackageError):
        site.load(folder)
    assert counts(site) == before


# --- replays in this process ---


def early() -> Draft:
    """Protocols from 19:00 on, with a release at 20:00, decisions and a certified contest."""
    draft = count_all(country(edition=EDITION + RELEASE, simulated=False, date=DAY))
    draft.protocols = [
        (*row[:-2], at(f"{19 + number % 2}:{10 + number:02}"), row[-1])
        for number, row in enumerate(draft.protocols)
    ]
    draft.turnout += [("p1", at("10:00"), 100)]
    draft.decide("annulment", "1", "p5", "list")
    draft.decide("certification", "2", contest="d1")
    return draft


def test_a_replay_seals_before_the_release(site: Site, tmp_path: Path) -> None:
    draft = early()
    report = replay(read_package(draft.write(tmp_path / "package")))
    assert report.refused == []
    assert report.protocols == len(draft.protocols)
    before = sum(1 for row in draft.protocols if row[-2] < at("20:00"))
    assert site.ask("SELECT count(*) FROM acts_sealed WHERE opened_by IS NOT NULL") == [(before,)]
    site.publish(tmp_path / "folder")
    _, text = accepted(tmp_path / "folder")
    assert "REPLAY" in text
    totals = {row["id"]: row["totals"] for row in report.to_json()["contests"]}
    for row in rows_of(tmp_path / "folder" / "data" / "draft" / "totals_votes.csv"):
        where = next(contest[2] for contest in draft.contests if contest[0] == row["contest"])
        if row["territory"] == where:
            assert totals[row["contest"]][row["option"]] == int(row["votes"])


def test_a_replay_until_a_time(
    site: Site, another: Callable[[], AbstractContextManager[Site]], tmp_path: Path
) -> None:
    draft = early()
    folder = draft.write(tmp_path / "package")
    end = datetime.fromisoformat(at("20:20"))
    report = replay(read_package(folder), until=end)
    assert (
        report.protocols == sum(1 for row in draft.protocols if datetime.fromisoformat(row[-2]) <= end) < 24
    )
    assert not any(contest["determination"]["final"] for contest in report.contests)
    site.publish(tmp_path / "folder")
    accepted(tmp_path / "folder")
    with another() as other:
        report = replay(read_package(folder), until=datetime.fromisoformat(at("19:30")))
        assert all(set(contest["totals"].values()) == {0} for contest in report.contests), (
            "nothing before the release"
        )
        other.publish(tmp_path / "early")
        accepted(tmp_path / "early")
        assert rows_of(tmp_path / "early" / "data" / "draft" / "protocols.csv.gz") == []


def test_a_replay_at_a_speed(site: Site, tmp_path: Path) -> None:
    """Two hours and some in two seconds, in the order of the times; the decisions of the next day are not waited for."""
    draft = count_all(country())
    draft.protocols = [
        (*row[:-2], at(f"{21 + number % 2}:{number:02}"), row[-1])
        for number, row in enumerate(draft.protocols)
    ]
    times = sorted(datetime.fromisoformat(row[-2]) for row in draft.protocols)
    span = (times[-1] - times[0]).total_seconds()
    report = replay(read_package(draft.write(tmp_path / "package")), speed=span / 1.5)
    assert 1.4 <= report.seconds < 15
    ordered = site.ask(
        "SELECT j.at FROM acts_entry e JOIN acts_journal j ON j.id = e.journal_id"
        " WHERE j.code = 'results.submit_protocol' ORDER BY e.position"
    )
    assert [row[0] for row in ordered] == times
    assert site.differences() == []


def test_no_speed_without_times(site: Site, tmp_path: Path) -> None:
    draft = count_all(country())
    draft.protocols = [(*row[:-2], "", row[-1]) for row in draft.protocols]
    folder = draft.write(tmp_path / "package")
    before = counts(site)
    with pytest.raises(ReplayError, match="submitted_at"):
        replay(read_package(folder), speed=10)
    assert counts(site) == before
    report = replay(read_package(folder))
    assert report.protocols == len(draft.protocols)


def test_a_replay_beside_a_running_site_is_refused_before_it_writes(site: Site, tmp_path: Path) -> None:
    package = read_package(count_all(country()).write(tmp_path / "package"))
    with closing(psycopg.connect(site.clone.urls.app, autocommit=True)) as raw:
        raw.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        with pytest.raises(ReplayError, match="a site is running"):
            replay(package)
        # (The server lets go of it some time after a connection is closed.)
        raw.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    assert site.ask("SELECT count(*) FROM acts_journal") == [(0,)]
    assert replay(package).protocols == len(package.protocols)
