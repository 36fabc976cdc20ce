"""Every structural fault refuses a package and is named with file, line, code and field."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esaylov.exchange.check import check_package
from esaylov.exchange.package import open_package
from esaylov.exchange.problems import KEPT, WARNINGS, Problem
from tests.exchange import packages
from tests.exchange.packages import build_package

DESCRIPTION = "datapackage.json"
Found = list[tuple[str, int | None, str, str | None]]


def found(folder: Path) -> Found:
    """(file, line, code, field) of every problem; also that refusal and severity go together."""
    problems: list[Problem] = []
    counts = check_package(folder, problems.append)
    assert min(KEPT, counts.errors + counts.warnings) == len(problems)
    assert all((p.severity == "warning") is (p.code in WARNINGS) for p in problems)
    assert isinstance(open_package(folder), list) is (counts.errors > 0)
    return [(p.file, p.line, p.code, p.field) for p in problems]


def edited(name: str, old: str, new: str) -> dict[str, Any]:
    """The text of one table with one thing changed."""
    text = packages.tables().get(name) or {"turnout": packages.TURNOUT, "decisions": packages.DECISIONS}[name]
    assert old in text
    return {name: text.replace(old, new, 1)}


def appended(name: str, row: str) -> dict[str, Any]:
    text = packages.tables().get(name) or {"turnout": packages.TURNOUT, "decisions": packages.DECISIONS}[name]
    return {name: f"{text}{row}\n"}


def test_valid_package_has_no_problem(tmp_path: Path) -> None:
    folder = build_package(tmp_path / "p", turnout=packages.TURNOUT, decisions=packages.DECISIONS)
    assert found(folder) == []


FAULTS: list[tuple[dict[str, Any], Found]] = [
    # a table or a column is missing
    ({"precincts": None}, [("precincts.csv", None, "K04", None)]),
    ({"votes": None}, [("votes.csv.gz", None, "K04", None)]),
    (edited("precincts", "voters", "electors"), [
        ("precincts.csv", 1, "K12", "electors"),
        ("precincts.csv", 1, "K11", "voters"),
    ]),
    (edited("protocols", "spoiled", "ruined"), [
        ("protocols.csv", 1, "K12", "unused_and_ruined"),
        ("protocols.csv", 1, "K11", "unused_and_spoiled"),
    ]),
    (edited("votes", "option", "choice"), [
        ("votes.csv.gz", 1, "K12", "choice"),
        ("votes.csv.gz", 1, "K11", "option"),
    ]),
    (edited("territories", "name_uz,name_en", "nom,nomi"), [
        ("territories.csv", 1, "K12", "nom"),
        ("territories.csv", 1, "K12", "nomi"),
        ("territories.csv", 1, "K11", "name_…"),
    ]),
    (edited("contests", "title_en", "kind"), [("contests.csv", 1, "K13", "kind")]),
    ({"turnout": ""}, [("turnout.csv", None, "K11", None)]),
    # unknown ids
    (edited("territories", "s,uz,", "s,zu,"), [("territories.csv", 4, "K21", "parent")]),
    (edited("contests", ",c2,", ",c3,"), [("contests.csv", 4, "K21", "territory")]),
    (edited("options", "cyd,d2", "cyd,d9"), [("options.csv", 7, "K21", "contest")]),
    (edited("precincts", "p4,s,c2", "p4,x,c2"), [("precincts.csv", 5, "K21", "territory")]),
    (edited("precincts", "p4,s,c2", "p4,s,x"), [("precincts.csv", 5, "K21", "constituency")]),
    (appended("protocols", "p9,list,1,1,1,1,1,1,1,,,"), [("protocols.csv", 16, "K21", "precinct")]),
    (edited("protocols", "p1,list", "p1,lisp"), [("protocols.csv", 2, "K21", "contest")]),
    (appended("votes", "p9,list,green,1"), [("votes.csv.gz", 30, "K21", "precinct")]),
    (appended("votes", "p1,lisp,green,1"), [("votes.csv.gz", 30, "K21", "contest")]),
    (appended("votes", "p1,list,grey,1"), [("votes.csv.gz", 30, "K21", "option")]),
    (edited("turnout", "p2", "p9"), [("turnout.csv", 4, "K21", "precinct")]),
    (edited("decisions", "p3,d2", "p9,d2"), [("decisions.csv", 2, "K21", "precinct")]),
    (edited("decisions", "bob", "cyd"), [("decisions.csv", 3, "K21", "outcome")]),
    ({"precinct_territories": "precinct,territory\np9,c1\np1,c9\n"}, [
        ("precinct_territories.csv", 2, "K21", "precinct"),
        ("precinct_territories.csv", 3, "K21", "territory"),
    ]),
    # counts
    (edited("protocols", "p1,list,100", "p1,list,-3"), [("protocols.csv", 2, "K25", "voters_on_list")]),
    (edited("protocols", "p1,list,100", "p1,list,1.5"), [("protocols.csv", 2, "K25", "voters_on_list")]),
    (edited("protocols", "p1,list,100", "p1,list,"), [("protocols.csv", 2, "K25", "voters_on_list")]),
    (edited("protocols", "p1,list,100", "p1,list,١٠"), [("protocols.csv", 2, "K25", "voters_on_list")]),
    (edited("protocols", "p1,list,100", "p1,list,1_0"), [("protocols.csv", 2, "K25", "voters_on_list")]),
    (edited("protocols", "p1,list,100", "p1,list,1e2"), [("protocols.csv", 2, "K25", "voters_on_list")]),
    (edited("protocols", "p1,list,100", "p1,list,9999999999"), [
        ("protocols.csv", 2, "K25", "voters_on_list"),
    ]),
    (edited("votes", "green,8", "green,-8"), [("votes.csv.gz", 3, "K25", "votes")]),
    (edited("votes", "green,8", "green,8.0"), [("votes.csv.gz", 3, "K25", "votes")]),
    (edited("votes", "green,8", "green,eight"), [("votes.csv.gz", 3, "K25", "votes")]),
    (edited("votes", "green,8", "green, 8"), [("votes.csv.gz", 3, "K25", "votes")]),
    (edited("precincts", ",200,", ",-200,"), [("precincts.csv", 3, "K25", "voters")]),
    (edited("contests", "uz,3,", "uz,0,"), [("contests.csv", 2, "K25", "seats")]),
    (edited("options", "Green,2", "Green,two"), [("options.csv", 2, "K25", "ballot_order")]),
    (edited("turnout", ",20\n", ",-20\n"), [("turnout.csv", 2, "K25", "voters")]),
    # double keys
    (appended("territories", "n,uz,region,x,x"), [("territories.csv", 7, "K22", None)]),
    (appended("contests", "q,referendum,uz,,tiny-1,Q"), [("contests.csv", 6, "K22", None)]),
    (appended("options", "no,q,no,No,3,,"), [("options.csv", 10, "K22", None)]),
    (appended("precincts", "p1,n,c1,9,100,,,,"), [("precincts.csv", 7, "K22", None)]),
    (appended("protocols", "p1,list,1,1,1,1,1,1,1,,,"), [("protocols.csv", 16, "K32", None)]),
    (appended("votes", "p1,list,green,40"), [("votes.csv.gz", 30, "K35", None)]),
    (appended("turnout", "p1,2026-10-25T10:00:00+05:00,20"), [("turnout.csv", None, "K22", None)]),
    (appended("turnout", "p1,2026-10-25T05:00:00Z,20"), [("turnout.csv", None, "K22", None)]),
    # the tree
    (edited("territories", "n,uz,", "n,n,"), [
        ("territories.csv", 3, "K23", "parent"),
    ]),
    # places
    (edited("protocols", "p5,q", "p5,d1"), [("protocols.csv", 15, "K31", None)]),
    (appended("votes", "p5,d1,ada,1"), [("votes.csv.gz", 30, "K31", None)]),
    (edited("votes", "p5,list,green,8\n", ""), [("protocols.csv", 14, "K34", None)]),
    (edited("protocols", packages.protocols_text().splitlines(keepends=True)[-1], ""), [
        ("votes.csv.gz", None, "K33", None),
    ]),
    # other values
    (edited("protocols", "21:31:00+05:00", "21:31:00"), [("protocols.csv", 2, "K26", "submitted_at")]),
    (edited("protocols", "2026-10-25T21:31", "2026-13-25T21:31"), [
        ("protocols.csv", 2, "K26", "submitted_at"),
    ]),
    (edited("turnout", "10:00:00+05:00", "10:00:00"), [("turnout.csv", 2, "K26", "at")]),
    (edited("decisions", "+05:00", ""), [("decisions.csv", 2, "K26", "at")]),
    (edited("decisions", "annulment", "removal"), [("decisions.csv", 2, "K24", "kind")]),
    (edited("decisions", ",12,", ",,"), [("decisions.csv", 2, "K24", "number")]),
    (edited("decisions", ",bob", ","), [("decisions.csv", 3, "K24", "outcome")]),
    (edited("protocols", "00,received", "00,lost"), [("protocols.csv", 2, "K24", "state")]),
    (edited("protocols", "received,1", "received,0"), [("protocols.csv", 2, "K24", "version")]),
    (edited("protocols", "received,1", "received,1.1"), [("protocols.csv", 2, "K24", "version")]),
    (edited("contests", "list,list", "list,lottery"), [
        ("contests.csv", 2, "K24", "kind"),
    ]),
    (edited("contests", "list,list", "list,council"), [
        ("contests.csv", 2, "K30", "kind"),
    ]),
    (edited("options", "1980-02-29", "1981-02-29"), [("options.csv", 4, "K24", "birth_date")]),
    (edited("options", "bob,d1,candidate", "bob,d1,person"), [("options.csv", 5, "K24", "kind")]),
    (edited("options", "no,q,no", "no,q,yes"), [("options.csv", None, "K30", None)]),
    (appended("contests", "d3,single-member,c2,1,tiny-1,Empty"), [("options.csv", None, "K30", None)]),
    (edited("precincts", "41.30", "91.30"), [("precincts.csv", 2, "K24", "latitude")]),
    (edited("precincts", "false", "no"), [("precincts.csv", 4, "K24", "public")]),
    (edited("precincts", "p4,", "p/4,"), [("precincts.csv", 5, "K20", "id")]),
    (edited("precincts", "p4,", "p 4,"), [("precincts.csv", 5, "K20", "id")]),
    (edited("precincts", "p4,", ","), [("precincts.csv", 5, "K20", "id")]),
    (edited("precincts", "p4,", "..,"), [("precincts.csv", 5, "K20", "id")]),
    (edited("precincts", "p4,", "p" * 101 + ","), [("precincts.csv", 5, "K20", "id")]),
    (edited("precincts", "p4,", "ў" * 99 + "字,"), [("precincts.csv", 5, "K20", "id")]),
    (appended("territories", "summary,uz,region,x,x"), [("territories.csv", 7, "K20", "id")]),
    (edited("precincts", "Embassy", "Emb\x07assy"), [("precincts.csv", 6, "K27", "address")]),
    (edited("precincts", "Embassy", "E" * 2_001), [("precincts.csv", 6, "K27", "address")]),
    # the text itself
    (edited("precincts", "p2,n", '"p2",n"'), [("precincts.csv", 3, "K10", None)]),
    (edited("precincts", "p2,n,", "p2,n\r,"), [("precincts.csv", 3, "K10", None)]),
    (edited("precincts", '""5""', '""5"'), [("precincts.csv", 2, "K10", None)]),
    (edited("precincts", "p2,n,c1,", '"p2,n,c1,'), [("precincts.csv", 3, "K10", None)]),
    (edited("precincts", "p2,n,c1,", "p2,n,c1,,"), [("precincts.csv", 3, "K10", None)]),
    (edited("precincts", "p2,n,c1,", "\np2,n,c1,"), [("precincts.csv", 3, "K10", None)]),
    (edited("votes", "green,8", "green,8,9"), [("votes.csv.gz", 3, "K10", None)]),
    (edited("votes", "green,8", "green"), [("votes.csv.gz", 3, "K10", None)]),
    (edited("precincts", "Embassy", "\0"), [("precincts.csv", 6, "K06", None)]),
    ({"precincts": packages.PRECINCTS.encode().replace(b"Embassy", b"\xff")}, [
        ("precincts.csv", 6, "K06", None),
    ]),
    ({"protocols": packages.protocols_text().encode() + b"\xc3"}, [("protocols.csv", 16, "K06", None)]),
    ({"votes": b"not gzip"}, [("votes.csv.gz", None, "K07", None)]),
    ({"votes": gzip.compress(packages.votes_text().encode())[:-20]}, [("votes.csv.gz", None, "K07", None)]),
    ({"votes": gzip.compress(packages.votes_text().encode())[:-8] + b"12345678"}, [
        ("votes.csv.gz", None, "K07", None),
    ]),
    # the edition
    ({"edition": None}, [("edition.toml", None, "K04", None)]),
    ({"edition": "id = "}, [("edition.toml", None, "K05", None)]),
    ({"edition": b"\xff"}, [("edition.toml", None, "K05", None)]),
    ({"edition": packages.EDITION.replace('right = ["votes", "invalid"]', 'right = ["votes", "void"]')}, [
        ("edition.toml", None, "K05", "protocol.relations[0].right"),
    ]),
    ({"edition": packages.EDITION.replace("tiny-1", "tiny-2")}, [
        ("contests.csv", line, "K30", "edition") for line in (2, 3, 4, 5)
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "problems"), FAULTS)
def test_fault_is_named(tmp_path: Path, changes: dict[str, Any], problems: Found) -> None:
    assert found(build_package(tmp_path / "p", **changes)) == problems


DESCRIPTIONS: list[tuple[Callable[[dict[str, Any]], object], Found]] = [
    (lambda d: d.pop("name"), [(DESCRIPTION, None, "K02", "name")]),
    (lambda d: d.update(name=".hidden"), [(DESCRIPTION, None, "K02", "name")]),
    (lambda d: d.update(name="../up"), [(DESCRIPTION, None, "K02", "name")]),
    (lambda d: d.update(title=7), [(DESCRIPTION, None, "K02", "title")]),
    (lambda d: d["election"].pop("date"), [(DESCRIPTION, None, "K02", "election.date")]),
    (lambda d: d["election"].update(date="25.10.2026"), [(DESCRIPTION, None, "K02", "election.date")]),
    (lambda d: d["election"].update(events=[]), [(DESCRIPTION, None, "K02", "election.events")]),
    (lambda d: d["election"].update(events={"Term End": "2026-12-20"}), [(DESCRIPTION, None, "K02", "election.events")]),
    (lambda d: d["election"].update(events={"term-end": 5}), [(DESCRIPTION, None, "K02", "election.events")]),
    (lambda d: d["election"].update(timezone="Asia/Atlantis"), [
        (DESCRIPTION, None, "K02", "election.timezone"),
    ]),
    (lambda d: d["election"].update(timezone="../../etc/passwd"), [
        (DESCRIPTION, None, "K02", "election.timezone"),
    ]),
    (lambda d: d["election"].update(simulated="yes"), [(DESCRIPTION, None, "K02", "election.simulated")]),
    (lambda d: d["election"].update(title=["x"]), [(DESCRIPTION, None, "K02", "election.title")]),
    (lambda d: d["resources"].pop(), [(DESCRIPTION, None, "K04", "resources")]),
    (lambda d: d["resources"].append(d["resources"][0]), [(DESCRIPTION, None, "K02", "resources[6].name")]),
    (lambda d: d["resources"].append({"name": "weather", "path": "weather.csv"}), [
        (DESCRIPTION, None, "K14", "resources[6]"),
    ]),
    (lambda d: d["resources"][0].update(encoding="cp1251"), [
        (DESCRIPTION, None, "K02", "resources[0].encoding"),
    ]),
    (lambda d: d["resources"][0].update(dialect={"delimiter": ";"}), [
        (DESCRIPTION, None, "K02", "resources[0].dialect.delimiter"),
    ]),
    (lambda d: d["resources"][0].update(path=["a.csv", "b.csv"]), [
        (DESCRIPTION, None, "K02", "resources[0].path"),
        (DESCRIPTION, None, "K04", "resources"),
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("describe", "problems"), DESCRIPTIONS)
def test_fault_of_the_description_is_named(
    tmp_path: Path, describe: Callable[[dict[str, Any]], object], problems: Found
) -> None:
    assert found(build_package(tmp_path / "p", describe=describe)) == problems


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b"[" * 100_000, b'{"name": 1' + b"0" * 10_000 + b"}"])
def test_description_that_is_no_object_is_refused(tmp_path: Path, text: bytes) -> None:
    folder = build_package(tmp_path / "p")
    (folder / "datapackage.json").write_bytes(text)
    problems = found(folder)
    assert problems
    assert problems[0][2] in {"K01", "K02"}


def test_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    assert found(tmp_path / "nowhere") == [(DESCRIPTION, None, "K04", None)]


PATHS = [
    "../outside.csv",
    "/etc/passwd.csv",
    "a/../../outside.csv",
    "http://x/y.csv",
    "..\\x.csv",
    "link.csv",
    "up/x.csv",
]


@pytest.mark.parametrize("path", PATHS)
def test_path_never_leaves_the_folder(tmp_path: Path, path: str) -> None:
    (tmp_path / "outside.csv").write_text(packages.TERRITORIES)
    (tmp_path / "x.csv").write_text(packages.TERRITORIES)

    def describe(document: dict[str, Any]) -> None:
        document["resources"][0]["path"] = path

    folder = build_package(tmp_path / "p", describe=describe)
    (folder / "link.csv").symlink_to(tmp_path / "outside.csv")
    (folder / "up").symlink_to(tmp_path)
    assert (path, None, "K03", "path") in found(folder)


def test_edition_never_leaves_the_folder(tmp_path: Path) -> None:
    (tmp_path / "edition.toml").write_text(packages.EDITION)
    folder = build_package(tmp_path / "p", describe=lambda d: d["election"].update(edition="../edition.toml"))
    assert found(folder) == [("../edition.toml", None, "K03", "path")]


def test_link_within_the_folder_is_read(tmp_path: Path) -> None:
    folder = build_package(tmp_path / "p")
    (folder / "territories.csv").rename(folder / "real.csv")
    (folder / "territories.csv").symlink_to("real.csv")
    assert found(folder) == []


def test_pipe_does_not_hang_the_check(tmp_path: Path) -> None:
    folder = build_package(tmp_path / "p", territories=None)
    os.mkfifo(folder / "territories.csv")
    assert ("territories.csv", None, "K04", None) in found(folder)


WARNED: list[tuple[dict[str, Any], Found]] = [
    ({"territories": "\ufeff" + packages.TERRITORIES}, [("territories.csv", 1, "K09", None)]),
    (edited("territories", "name_en", "colour"), [("territories.csv", 1, "K12", "colour")]),
    (edited("precincts", ",100,", ",19,"), [("precincts.csv", 2, "K40", "voters")]),
    (edited("precincts", ",100,", ",3001,"), [("precincts.csv", 2, "K40", "voters")]),
    (edited("turnout", ",40\n", ",19\n"), [("turnout.csv", None, "K41", None)]),
    (edited("options", "Green", ""), [("options.csv", 2, "K42", "name_…")]),
    (edited("votes", "green,8", "green,9"), [("protocols.csv", 14, "K50", "T01")]),
    (edited("protocols", "p1,list,100", "p1,list,71"), [("protocols.csv", 2, "K50", "T02")]),
]


@pytest.mark.parametrize(("changes", "problems"), WARNED)
def test_warning_does_not_refuse(tmp_path: Path, changes: dict[str, Any], problems: Found) -> None:
    assert found(build_package(tmp_path / "p", **changes)) == problems


def test_schema_that_differs_from_the_head_is_a_warning(tmp_path: Path) -> None:
    def describe(document: dict[str, Any]) -> None:
        document["resources"][0]["schema"] = {"fields": [{"name": "id"}, {"name": "parent"}]}

    assert found(build_package(tmp_path / "p", describe=describe)) == [("territories.csv", 1, "K43", None)]


def test_windows_line_ends_are_read(tmp_path: Path) -> None:
    texts: dict[str, Any] = {name: text.replace("\n", "\r\n") for name, text in packages.tables().items()}
    folder = build_package(tmp_path / "p", **texts)
    assert found(folder) == []


def test_problems_are_handed_over_up_to_a_thousand(tmp_path: Path) -> None:
    rows = "".join(f"x{n},list,green,1\n" for n in range(5_000))
    folder = build_package(tmp_path / "p", votes=packages.votes_text() + rows)
    problems: list[Problem] = []
    counts = check_package(folder, problems.append)
    assert len(problems) == KEPT == 1_000
    assert counts.errors == counts.codes["K21"] == 5_000


def test_warnings_leave_room_for_errors(tmp_path: Path) -> None:
    rows = "".join(f"x{n},s,,,0,,,,\n" for n in range(3_000))
    changes = edited("votes", "green,8", "green,-8")
    folder = build_package(tmp_path / "p", precincts=packages.PRECINCTS + rows, **changes)
    problems: list[Problem] = []
    counts = check_package(folder, problems.append)
    assert counts.warnings == 3_000
    assert [p.code for p in problems if p.severity == "error"] == ["K25"]


def test_long_values_are_clipped_and_escaped_in_reasons(tmp_path: Path) -> None:
    folder = build_package(tmp_path / "p", **appended("votes", f"\x1b[31m{'x' * 30_000},list,green,1"))
    problems: list[Problem] = []
    check_package(folder, problems.append)
    assert len(problems) == 1
    assert len(problems[0].reason) < 200
    assert problems[0].reason.isprintable()


def test_deep_tree_is_refused(tmp_path: Path) -> None:
    rows = "".join(f"t{n},{f't{n - 1}' if n else 'uz'},mahalla,x,x\n" for n in range(5_000))
    folder = build_package(tmp_path / "p", territories=packages.TERRITORIES + rows)
    assert {code for _, _, code, _ in found(folder)} == {"K23"}


def test_cycle_is_refused_wherever_it_is_entered(tmp_path: Path) -> None:
    rows = "a,c,region,x,x\nb,a,region,x,x\nc,b,region,x,x\nd,a,district,x,x\n"
    folder = build_package(tmp_path / "p", territories=packages.TERRITORIES + rows)
    assert {(code, field) for _, _, code, field in found(folder)} == {("K23", "parent")}


def test_problem_prints_on_a_terminal(tmp_path: Path) -> None:
    folder = build_package(tmp_path / "p", edition='"\\u001b[2J" = 1\n' + packages.EDITION)
    problems: list[Problem] = []
    check_package(folder, problems.append)
    assert [p.code for p in problems] == ["K05"]
    assert str(problems[0]).isprintable()


def test_package_without_a_protocol_yet_is_valid(tmp_path: Path) -> None:
    head = packages.protocols_text().splitlines(keepends=True)[0]
    assert found(build_package(tmp_path / "p", protocols=head, votes="precinct,contest,option,votes\n")) == []


def test_precinct_of_nobody_with_an_all_zero_protocol_is_valid(tmp_path: Path) -> None:
    folder = build_package(
        tmp_path / "p",
        precincts=packages.PRECINCTS + "p6,s,,6,0,,,,\n",
        protocols=packages.protocols_text() + "p6,list,0,0,0,0,0,0,0,,,\np6,q,0,0,0,0,0,0,0,,,\n",
        votes=packages.votes_text() + "p6,list,green,0\np6,list,amber,0\np6,q,yes,0\np6,q,no,0\n",
    )
    assert found(folder) == [("precincts.csv", 7, "K40", "voters")]


FUZZED = ("datapackage.json", "edition.toml", "territories.csv", "contests.csv", "options.csv", "precincts.csv",
          "protocols.csv", "votes.csv.gz", "turnout.csv", "decisions.csv")  # fmt: skip


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(name=st.sampled_from(FUZZED), data=st.data())
def test_nothing_is_raised_whatever_a_file_holds(
    tmp_path_factory: Any, name: str, data: st.DataObject
) -> None:
    """Bytes of one file changed at random: a package or problems, never an exception, and never half of
    each.
    """
    folder = tmp_path_factory.mktemp("fuzz") / "p"
    build_package(folder, turnout=packages.TURNOUT, decisions=packages.DECISIONS)
    content = bytearray((folder / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(content) - 1))
        cut = data.draw(st.integers(0, 8))
        content[at : at + cut] = data.draw(st.one_of(st.binary(max_size=8), st.sampled_from(TRICKY)))
    (folder / name).write_bytes(bytes(content))
    problems = found(folder)
    assert all(line is None or line >= 1 for _, line, _, _ in problems)
    assert all(file for file, _, _, _ in problems)


TRICKY = [b'"', b'""', b",", b"\n", b"\r", b"\r\n", b"\xef\xbb\xbf", b"\xff", b"\0", b"-1", b"1e9", b"p1", b"{}", b"[]",
          b"null", b"99999999999999999999", "\u202e".encode(), "\u2028".encode(), b"../x", b"=", b"[["]  # fmt: skip
