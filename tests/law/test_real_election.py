"""A whole real election: 96,871 protocols through the relations, their sums to the published seats."""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from esaylov.law.determination import ContestInput, OptionInput, Totals, determine
from esaylov.law.editions import parse_edition
from esaylov.law.protocol import compile_relations
from esaylov.law.seats_cli import run_seats
from tests.law.places import SHARED
from tests.law.test_seats import converted, real_cases

FOLDER = SHARED / "data" / "duma-2016"


def rows(name: str) -> list[list[str]]:
    opened: Any = gzip.open if name.endswith(".gz") else open
    with opened(FOLDER / name, "rt", encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


@pytest.mark.shared
def test_the_federal_lists_of_2016() -> None:
    edition = parse_edition((FOLDER / "edition.toml").read_bytes())
    options = tuple(OptionInput(row[0], row[2], int(row[5])) for row in rows("options.csv"))
    place = {option.id: number for number, option in enumerate(options)}
    votes: dict[str, list[int]] = {}
    for precinct, _, option, count in rows("votes.csv.gz"):
        votes.setdefault(precinct, [0] * len(options))[place[option]] = int(count)

    failed = compile_relations(edition)
    found: Counter[str] = Counter()
    sums, all_votes = [0] * len(edition.lines), [0] * len(options)
    protocols = rows("protocols.csv.gz")
    for row in protocols:
        lines = [int(figure) for figure in row[2 : 2 + len(sums)]]
        found.update(failed(lines, votes[row[0]]))
        sums = [a + b for a, b in zip(sums, lines, strict=True)]
        all_votes = [a + b for a, b in zip(all_votes, votes[row[0]], strict=True)]

    assert len(protocols) == 96_871
    assert found == {"R05": 4, "R06": 5}
    contest = ContestInput("list", "list", 225, options)
    result = determine(edition, contest, Totals(sums, all_votes))
    assert result.status == "determined"
    assert sorted(result.seats.values(), reverse=True) == [140, 35, 34, 16]
    assert result.turnout.required is None


@pytest.mark.shared
@pytest.mark.parametrize("real", real_cases(), ids=lambda real: real["id"])
def test_the_command_gives_the_official_seats(
    real: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "case.json"
    path.write_text(json.dumps(converted(real)), encoding="utf-8")
    assert run_seats(path, as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["seats"] == real["official_seats"]
