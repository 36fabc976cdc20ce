"""A package is loaded, sequenced, published and verified; what was published is loaded elsewhere and gives the
same results again.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from esaylov.exchange.package import read_package
from esaylov.operations.loading import Performer, call_election, events
from esaylov.polling.acts import ReportTurnout
from esaylov.results.acts import (
    AcceptProtocol,
    AnnulPrecinct,
    CorrectProtocol,
    ReturnProtocol,
    SubmitProtocol,
)
from esaylov.results.decisions import Certify, RecordLot, SupplyDetermination
from tests.operations.draft import DAY, EDITION, LATER, RELEASE, Draft, at, count_all, country, lines
from tests.operations.site import Site, accepted, contents, rows_of

Another = Callable[[], AbstractContextManager[Site]]

SAME = (
    "edition.toml", "territories.csv", "contests.csv", "options.csv", "precincts.csv", "precinct_territories.csv",
    "roster.csv", "votes.csv.gz", "turnout.csv", "totals.csv", "totals_votes.csv", "determinations.json",
    "totals.parquet", "totals_votes.parquet", "votes.parquet",
)  # fmt: skip


def publish(site: Site, folder: Path, election: str) -> Path:
    """Publish, have it verified and reconciled; the election's open data."""
    site.publish(folder)
    accepted(folder)
    site.tabulate(election)
    assert site.differences() == []
    return folder / "data" / election


def round_trip(site: Site, another: Another, election: str, folder: Path) -> tuple[Path, Path]:
    """Publish here, load it elsewhere, publish there: both folders, which must show the same results."""
    first = publish(site, folder / "first", election)
    with another() as other:
        loaded = other.load(first)
        assert not loaded.refused, loaded.refused
        second = publish(other, folder / "second", election)
    assert_same(first, second)
    return first, second


def assert_same(first: Path, second: Path) -> None:
    for name in SAME:
        here, there = first / name, second / name
        assert here.exists() == there.exists(), name
        if here.exists():
            assert here.read_bytes() == there.read_bytes(), name
    without_leaf = [
        [
            {key: value for key, value in row.items() if key != "leaf"}
            for row in rows_of(data / "protocols.csv.gz")
        ]
        for data in (first, second)
    ]
    assert without_leaf[0] == without_leaf[1]


def determination(data: Path, contest: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = json.loads((data / "determinations.json").read_text())
    return next(one for one in found if one["contest"] == contest)


def total(data: Path, contest: str, territory: str = "uz") -> dict[str, str]:
    rows = rows_of(data / "totals.csv")
    return next(row for row in rows if (row["contest"], row["territory"]) == (contest, territory))


def test_a_plain_election(site: Site, another: Another, tmp_path: Path) -> None:
    draft = count_all(country())
    draft.turnout += [("p1", at("10:00"), 100), ("p2", at("10:00"), 0), ("p1", at("12:00"), 300)]
    loaded = site.load(draft.write(tmp_path / "package"))
    assert not loaded.refused
    first, _ = round_trip(site, another, "draft", tmp_path)
    assert total(first, "list")["counted"] == "6"
    assert len(rows_of(first / "turnout.csv")) == 3
    votes = {
        row["option"]: row["votes"]
        for row in rows_of(first / "totals_votes.csv")
        if row["territory"] == "uz" and row["contest"] == "list"
    }
    expected = {
        o: str(sum(row[3] for row in draft.votes if row[1:3] == ("list", o)))
        for o in draft.option_ids("list")
    }
    assert votes == expected


def test_decisions_of_a_package(site: Site, another: Another, tmp_path: Path) -> None:
    """Inconsistent and accepted, returned, annulled in one contest, whole, and without a protocol; certified."""
    draft = country()
    draft.protocol("p1", "list", (100, 50, 30), error=4)
    draft.protocol("p2", "list", (90, 60, 10), error=-1)
    draft.protocol("p3", "q", (30, 40))
    draft.protocol("p3", "list", (10, 20, 30), voters=3)
    for place in ("d1", "head", "k"):
        draft.protocol("p3", place, (5, 6, 7)[: len(draft.option_ids(place))])
    draft.protocol("p4", "d2", (50, 40))
    draft.protocol("p5", "d2", (3, 99))
    draft.protocol("p6", "list", (0, 0, 0), invalid=0)
    draft.decide("acceptance", "1/a", "p1", "list")
    draft.decide("return", "2", "p3", "q")
    draft.decide("annulment", "№ 3", "p5", "d2")
    draft.decide("annulment", "4, second", "p3")
    draft.decide("annulment", '5 "whole"', "p4", "list")
    draft.decide("annulment", "6", "p5", "head")
    draft.decide("certification", "7", contest="d2")
    loaded = site.load(draft.write(tmp_path / "package"))
    assert not loaded.refused
    first, second = round_trip(site, another, "draft", tmp_path)
    national = total(first, "list")
    assert (national["expected"], national["received"], national["counted"]) == ("6", "4", "2")
    assert (national["inconsistent"], national["annulled"], national["voters_annulled"]) == ("1", "2", "3")
    assert total(first, "q")["annulled"] == "1"
    assert total(first, "q")["returned"] == "0"
    assert determination(first, "d2")["final"] is True
    assert determination(first, "d2")["elected"] == ["ada"]
    assert (first / "decisions.csv").read_bytes() == (second / "decisions.csv").read_bytes()
    assert [row["kind"] for row in rows_of(first / "decisions.csv")] == [row[0] for row in draft.decisions]


def test_acts_after_the_load(site: Site, another: Another, tmp_path: Path) -> None:
    """Corrections, returns, a second protocol, turnout, all as commissions take them one by one."""
    draft = country()
    draft.protocol("p1", "list", (100, 50, 30), error=4)
    draft.protocol("p2", "list", (90, 60, 10))
    draft.protocol("p4", "d2", (50, 40))
    site.load(draft.write(tmp_path / "package"))
    figures = {"lines": lines((100, 50, 34)), "votes": [100, 50, 34]}
    site.accept(CorrectProtocol, "draft", "pec:p1", at("22:00"), precinct="p1", contest="list", **figures)
    site.accept(
        ReturnProtocol, "draft", "cec", at("08:00", LATER), precinct="p2", contest="list", decision="8"
    )
    site.accept(
        ReturnProtocol, "draft", "cec", at("08:01", LATER), precinct="p1", contest="list", decision="9"
    )
    figures = {"lines": lines((1, 2, 3)), "votes": [1, 2, 3]}
    site.accept(
        CorrectProtocol, "draft", "pec:p2", at("08:30", LATER), precinct="p2", contest="list", **figures
    )
    site.accept(
        SubmitProtocol,
        "draft",
        "pec:p2",
        at("08:40", LATER),
        precinct="p2",
        contest="list",
        lines=lines((7, 7, 7)),
        votes=[7, 7, 7],
    )
    site.accept(
        AcceptProtocol, "draft", "cec", at("09:00", LATER), precinct="p2", contest="list", decision="10"
    )
    site.accept(AnnulPrecinct, "draft", "cec", at("09:01", LATER), precinct="p4", decision="11")
    site.accept(AnnulPrecinct, "draft", "cec", at("09:02", LATER), precinct="p5", contest="q", decision="12")
    site.accept(ReportTurnout, "draft", "pec:p1", at("10:00"), precinct="p1", voters=40)
    first, second = round_trip(site, another, "draft", tmp_path)
    states = {
        (row["precinct"], row["contest"]): (row["state"], row["version"])
        for row in rows_of(first / "protocols.csv.gz")
    }
    assert states == {
        ("p1", "list"): ("returned", "2"), ("p2", "list"): ("accepted", "2"), ("p4", "d2"): ("annulled", "1"),
    }  # fmt: skip
    kinds = [(row["kind"], row["number"]) for row in rows_of(second / "decisions.csv")]
    assert kinds == [("return", "9"), ("acceptance", "10"), ("annulment", "11"), ("annulment", "12")]


def test_acts_of_one_second(site: Site, another: Another, tmp_path: Path) -> None:
    """On a clock that stands still a return and the correction after it have one time; so have reports of turnout."""
    draft = country()
    draft.protocol("p1", "list", (100, 50, 30))
    draft.protocol("p2", "list", (100, 50, 30))
    draft.protocol("p3", "list", (100, 50, 30))
    site.load(draft.write(tmp_path / "package"))
    for number, precinct in enumerate(("p1", "p2", "p3")):
        place = {"precinct": precinct, "contest": "list"}
        site.accept(ReturnProtocol, "draft", "cec", **place, decision=f"{number}")
        figures = {"lines": lines((number, 2, 3)), "votes": [number, 2, 3]}
        site.accept(CorrectProtocol, "draft", f"pec:{precinct}", **place, **figures)
    site.accept(ReturnProtocol, "draft", "cec", precinct="p2", contest="list", decision="7")
    site.accept(AcceptProtocol, "draft", "cec", precinct="p3", contest="list", decision="8")
    site.accept(ReportTurnout, "draft", "pec:p1", precinct="p1", voters=40)
    assert site.accept(ReportTurnout, "draft", "pec:p1", precinct="p1", voters=40).repeated
    assert site.refuse(ReportTurnout, "draft", "pec:p1", precinct="p1", voters=50) == ["V03"]
    site.accept(ReportTurnout, "draft", "pec:p1", at("20:00", LATER), precinct="p1", voters=60)
    first, _ = round_trip(site, another, "draft", tmp_path)
    states = {row["precinct"]: row["state"] for row in rows_of(first / "protocols.csv.gz")}
    assert states == {"p1": "received", "p2": "returned", "p3": "accepted"}
    reports = [(row["at"], row["voters"]) for row in rows_of(first / "turnout.csv")]
    assert len({time for time, _ in reports}) == len(reports)


def test_turnout_that_came_late(site: Site, another: Another, tmp_path: Path) -> None:
    """A report of an earlier hour that came after that of a later one, with more voters."""
    site.load(country().write(tmp_path / "package"))
    site.accept(ReportTurnout, "draft", "pec:p1", at("12:00"), precinct="p1", voters=40)
    assert site.refuse(ReportTurnout, "draft", "pec:p1", at("10:00"), precinct="p1", voters=50) == ["V04"]
    assert site.refuse(ReportTurnout, "draft", "pec:p1", at("13:00"), precinct="p1", voters=39) == ["V02"]
    site.accept(ReportTurnout, "draft", "pec:p1", at("09:00"), precinct="p1", voters=5)
    site.accept(ReportTurnout, "draft", "pec:p1", at("14:00"), precinct="p1", voters=60)
    first = publish(site, tmp_path / "first", "draft")
    with another() as other:
        assert not other.load(first).refused


def tied() -> Draft:
    """The single-member contest d1, the last seat of the list and that of the council end in a tie."""
    draft = country()
    for precinct in ("p1", "p2", "p3"):
        draft.protocol(precinct, "d1", (20, 20))
    for precinct in ("p1", "p3"):
        draft.protocol(precinct, "k", (10, 5))
    for precinct in ("p1", "p2", "p3", "p4", "p5"):
        draft.protocol(precinct, "list", (300, 200, 200))
    draft.protocol("p6", "list", (0, 0, 0), invalid=0)
    return draft


def test_lots(site: Site, another: Another, tmp_path: Path) -> None:
    draft = tied()
    site.load(draft.write(tmp_path / "package"))
    before = publish(site, tmp_path / "before", "draft")
    assert determination(before, "d1")["lots"] == {"between": ["ada", "bob"], "for": 1}
    tie = determination(before, "list")["lots"]
    assert tie is not None, determination(before, "list")
    assert site.refuse(RecordLot, "draft", "cec", contest="d1", decision="1", drawn=["ada", "bob"]) == ["P12"]
    site.accept(RecordLot, "draft", "cec", contest="d1", decision="1", drawn=["bob"])
    site.accept(RecordLot, "draft", "cec", contest="list", decision="2", drawn=tie["between"][-tie["for"] :])
    site.accept(RecordLot, "draft", "cec", contest="k", decision="2-k", drawn=["west"])
    for contest in ("d1", "list", "k"):
        site.accept(Certify, "draft", "cec", contest=contest, decision=f"3-{contest}")
    assert site.refuse(Certify, "draft", "cec", contest="d1", decision="4") == ["P11"]
    first, _ = round_trip(site, another, "draft", tmp_path)
    assert determination(first, "d1")["elected"] == ["bob"]
    assert determination(first, "d1")["final"] is True
    seats = determination(first, "list")["seats"]
    assert sum(seats.values()) == 5
    assert determination(first, "k")["seats"] == {"east": 1, "west": 1}
    assert [row["outcome"] for row in rows_of(first / "decisions.csv")][:2] == [
        "bob",
        " ".join(tie["between"][-tie["for"] :]),
    ]


def test_lots_of_a_package(site: Site, another: Another, tmp_path: Path) -> None:
    draft = tied()
    draft.decide("lot", "1", contest="d1", outcome="bob")
    draft.decide("certification", "2", contest="d1")
    assert not site.load(draft.write(tmp_path / "package")).refused
    first, _ = round_trip(site, another, "draft", tmp_path)
    assert determination(first, "d1")["elected"] == ["bob"]


def test_an_outcome_supplied(site: Site, another: Another, tmp_path: Path) -> None:
    """Twenty lists of equal strength: none reaches the threshold of 7 percent."""
    draft = Draft()
    draft.territory("uz", kind="country")
    draft.contest("list", "list", "uz", 3, [f"l{n}" for n in range(20)])
    draft.precinct("p1", "uz")
    draft.protocol("p1", "list", [10 + n % 2 for n in range(20)])
    site.load(draft.write(tmp_path / "package"))
    assert determination(publish(site, tmp_path / "before", "draft"), "list")["status"] == "undetermined"
    assert site.refuse(Certify, "draft", "cec", contest="list", decision="1") == ["P10"]
    site.accept(SupplyDetermination, "draft", "cec", contest="list", decision="1", outcome=["l3", "l4"])
    site.accept(Certify, "draft", "cec", contest="list", decision="2")
    first, _ = round_trip(site, another, "draft", tmp_path)
    assert determination(first, "list")["seats"] == {"l3": 2, "l4": 1}
    assert determination(first, "list")["final"] is True


def test_a_run_off_and_a_question(site: Site, another: Another, tmp_path: Path) -> None:
    draft = country()
    for precinct in ("p1", "p2", "p3", "p4", "p5"):
        draft.protocol(precinct, "head", (50, 40, 30))
        draft.protocol(precinct, "q", (70, 10))
    draft.protocol("p6", "head", (0, 0, 0), invalid=0)
    draft.protocol("p6", "q", (0, 0), invalid=0)
    draft.decide("certification", "1", contest="head")
    draft.decide("certification", "2", contest="q")
    assert not site.load(draft.write(tmp_path / "package")).refused
    first, _ = round_trip(site, another, "draft", tmp_path)
    assert determination(first, "head")["status"] == "run-off"
    assert determination(first, "head")["passing"] == ["x", "y"]
    assert determination(first, "q")["elected"] == ["yes"]


ODD_IDS = (
    'n"1', "s,2", "r'x", "<b>&amp;", "Ўзб-ё", "ー", "{x}", "*", "$HOME", "~", "-rf", "a:b", "NULL", "null", "(1)",
    "=1+1", "@", "_", "a;b", "[0]", "|", "`x`", "x" * 90, "é" * 90, "\u200b",
)  # fmt: skip
ODDER_IDS = ("~N", "~.", "a~b", "x..")
"""These do for everything that gives no file its name."""


def odd() -> Draft:
    """Ids with every legal character that might hurt, names with quotes, commas and line ends."""
    draft = Draft(name='el,"1"', titles={"en": 'A "quoted",\ntitle', "uz": "Gʻalati  nom "})
    draft.territory("{uz}", kind="country", name=" spaces around ")
    for id in ODD_IDS:
        draft.territory(id, "{uz}", "region", name=f'"{id}", the\r\nregion\tof {id}')
    for id in ODDER_IDS:
        draft.territory(id, "-rf", "district")
    for id in (*ODD_IDS, *ODDER_IDS):
        draft.precinct(id, id)
    draft.contest('c,"1"', "list", "{uz}", 7, (*ODD_IDS[:12], *ODDER_IDS))
    draft.contest("NULL", "referendum", "~N", 0, ("yes", "no"))
    draft.contest("a~b", "single-member", "-rf", 1, ("NULL", "~N", '"', ","))
    return draft


def test_odd_ids_and_names(site: Site, another: Another, tmp_path: Path) -> None:
    draft = count_all(odd())
    draft.turnout += [(id, at("10:00"), number) for number, id in enumerate((*ODD_IDS, *ODDER_IDS))]
    draft.decide("annulment", '1,"a"', "~N", 'c,"1"')
    draft.decide("annulment", "2", "NULL")
    draft.decide("acceptance", "№ 3", "-rf", "a~b")
    assert not site.load(draft.write(tmp_path / "package")).refused
    first, _ = round_trip(site, another, 'el,"1"', tmp_path)
    territories = {row["id"]: row["name_en"] for row in rows_of(first / "territories.csv")}
    assert territories["NULL"] == '"NULL", the\r\nregion\tof NULL'
    assert total(first, 'c,"1"', "{uz}")["counted"] == str(len(draft.precincts) - 2)


def test_a_single_precinct(site: Site, another: Another, tmp_path: Path) -> None:
    draft = Draft(titles={}, simulated=False, date="2024-10-27")
    draft.territory("only", kind="country")
    draft.contest("m", "single-member", "only", 1, ["one"])
    draft.precinct("1", "only")
    draft.protocol("1", "m", [5])
    assert not site.load(draft.write(tmp_path / "package")).refused
    first, _ = round_trip(site, another, "draft", tmp_path)
    assert determination(first, "m")["elected"] == ["one"]


def test_nobody_voted(site: Site, another: Another, tmp_path: Path) -> None:
    """A precinct without voters whose protocol holds nothing but zeros."""
    draft = Draft()
    draft.territory("only", kind="country")
    draft.contest("l", "list", "only", 2, ["a", "b"])
    draft.contest("m", "single-member", "only", 1, ["a", "b"])
    draft.precinct("1", "only", voters=0)
    draft.protocol("1", "l", [0, 0], invalid=0)
    draft.protocol("1", "m", [0, 0], invalid=0)
    assert not site.load(draft.write(tmp_path / "package")).refused
    first, _ = round_trip(site, another, "draft", tmp_path)
    assert determination(first, "l")["status"] == "undetermined"
    assert total(first, "m", "only")["counted"] == "1"


def test_before_the_vote(site: Site, another: Another, tmp_path: Path) -> None:
    """An election without a single protocol; a contest in which nobody votes; a territory without precincts."""
    draft = country(simulated=False, date="2024-10-27")
    draft.territory("nowhere", "uz", "constituency")
    draft.contest("empty", "single-member", "nowhere", 1, ["a"])
    assert not site.load(draft.write(tmp_path / "package")).refused
    first, _ = round_trip(site, another, "draft", tmp_path)
    assert total(first, "list")["received"] == "0"
    assert rows_of(first / "protocols.csv.gz") == []
    assert not (first / "turnout.csv").exists()
    assert [row["contest"] for row in rows_of(first / "totals.csv") if row["contest"] == "empty"] == []


def test_two_elections_of_one_log(site: Site, another: Another, tmp_path: Path) -> None:
    for name in ("one", "two"):
        site.load(count_all(country(name=name)).write(tmp_path / name))
    site.accept(AnnulPrecinct, "two", "cec", precinct="p1", decision="1")
    site.publish(tmp_path / "first")
    found, _ = accepted(tmp_path / "first")
    assert [election.id for election in found.elections] == ["one", "two"]
    one, two = (tmp_path / "first" / "data" / name for name in ("one", "two"))
    assert total(one, "list")["annulled"] == "0"
    assert total(two, "list")["annulled"] == "1"
    with another() as other:
        assert not other.load(two).refused
        assert_same(two, publish(other, tmp_path / "second", "two"))


def test_released_later(site: Site, another: Another, tmp_path: Path) -> None:
    """Protocols before the release are sealed; after it both the opened and the plain ones are published."""
    draft = count_all(country(edition=EDITION + RELEASE))
    early = {("p1", "list"), ("p2", "list"), ("p2", "d1")}
    package = read_package(draft.write(tmp_path / "package"))
    call_election(package, replay=False, start=datetime.fromisoformat(at("18:00")))
    performer = Performer("draft")
    moved = [replace(event, at=datetime.fromisoformat(at("19:00"))) for event in events(package)]
    performer.perform([event for event in moved if (event.payload.precinct, event.payload.contest) in early])
    figures = {"lines": lines((1, 2, 3)), "votes": [1, 2, 3]}
    site.accept(ReturnProtocol, "draft", "cec", at("19:10"), precinct="p1", contest="list", decision="1")
    site.accept(CorrectProtocol, "draft", "pec:p1", at("19:20"), precinct="p1", contest="list", **figures)
    site.accept(SubmitProtocol, "draft", "pec:p2", at("19:30"), precinct="p2", contest="list", **figures)
    before = publish(site, tmp_path / "before", "draft")
    assert rows_of(before / "protocols.csv.gz") == []
    assert total(before, "list")["received"] == "0"
    late = [
        event for event in events(package) if (event.payload.precinct, event.payload.contest) not in early
    ]
    performer.perform(late)
    assert not performer.loaded.refused
    assert site.ask("SELECT count(*) FROM acts_sealed") == [(5,)]
    first, _ = round_trip(site, another, "draft", tmp_path)
    assert total(first, "list")["counted"] == "6"
    assert site.ask("SELECT count(*) FROM acts_sealed WHERE opened_by IS NULL") == [(0,)]


def test_the_same_tree_gives_the_same_bytes(site: Site, tmp_path: Path) -> None:
    site.load(count_all(country()).write(tmp_path / "package"))
    done = site.publish(tmp_path / "first")
    assert done.new
    size = site.sequence()._frontier.size
    first = contents(tmp_path / "first")
    again = site.publish(tmp_path / "again")
    assert not again.new
    assert contents(tmp_path / "again") == first
    site.publish(tmp_path / "first")
    assert contents(tmp_path / "first") == first
    assert site.ask("SELECT max(size) FROM acts_checkpoint") == [(size,)]


def test_a_journal_head_changes_no_figure(site: Site, tmp_path: Path) -> None:
    site.load(count_all(country()).write(tmp_path / "package"))
    done = site.publish(tmp_path / "first")
    assert site.ask("SELECT count(*) FROM acts_journal WHERE code = 'log.journal_head'") == [(0,)]
    site.sequence(head_every=0.0)
    assert site.ask("SELECT count(*) FROM acts_journal WHERE code = 'log.journal_head'") == [(1,)]
    again = site.publish(tmp_path / "again")
    assert (again.new, again.size, again.manifest) == (False, done.size, done.manifest)
    accepted(tmp_path / "again")
    assert contents(tmp_path / "again") == contents(tmp_path / "first")


def test_a_further_act_is_a_further_publication(site: Site, tmp_path: Path) -> None:
    site.load(count_all(country()).write(tmp_path / "package"))
    done = site.publish(tmp_path / "folder")
    checkpoint = tmp_path / "older"
    checkpoint.write_bytes((tmp_path / "folder" / "log" / "checkpoint").read_bytes())
    site.accept(AnnulPrecinct, "draft", "cec", precinct="p1", decision="1")
    again = site.publish(tmp_path / "folder")
    assert again.new
    assert again.size > done.size
    _, text = accepted(tmp_path / "folder", since=checkpoint)
    assert "since: the log begins with" in text


def test_publishing_overwrites_nothing_else(site: Site, tmp_path: Path) -> None:
    from esaylov.publication.publisher import PublishError

    site.load(country().write(tmp_path / "package"))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("keep me")
    with pytest.raises(PublishError, match="not a publication"):
        site.publish(tmp_path / "mine")
    assert contents(tmp_path / "mine") == {"letter.txt": b"keep me"}
    assert DAY in (tmp_path / "package" / "datapackage.json").read_text()
