"""`esaylov synth voters` and `voters-delta` as somebody types them."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from esaylov.cli import app
from esaylov.exchange.residents.head import read_head
from esaylov.exchange.residents.problems import ExtractError
from esaylov.synthetic import voters
from esaylov.synthetic.voters import Wishes, write_voters
from tests.synthetic.conftest import residents

run = CliRunner().invoke


def test_a_country_and_a_later_extract(tmp_path: Path) -> None:
    out, later = tmp_path / "country", tmp_path / "later"
    made = run(app, ["synth", "voters", "--count", "500", "--seed", "1", "--out", str(out)])
    assert made.exit_code == 0, made.output
    assert "simulated: 500 residents" in made.output
    assert len(residents(out)) == 500
    given = ["--from", str(out), "--seed", "1", "--share", "0.1", "--kind", "delta", "--out", str(later)]
    changed = run(app, ["synth", "voters-delta", *given])
    assert changed.exit_code == 0, changed.output
    assert "simulated: moved" in changed.output
    assert len(residents(later)) == 50


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--format", "xlsx"], "csv or parquet"),
        (["--day", "yesterday"], "not a date"),
        (["--errors", "3"], "share of errors"),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path: Path, options: list[str], told: str) -> None:
    out = tmp_path / "country"
    done = run(app, ["synth", "voters", "--count", "10", "--seed", "1", "--out", str(out), *options])
    assert done.exit_code == 1
    assert told in done.stderr
    assert not out.exists()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x")
    done = run(app, ["synth", "voters", "--count", "10", "--seed", "1", "--out", str(tmp_path)])
    assert done.exit_code == 1
    assert "is not empty" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_half_written_country_does_not_look_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(voters, "write_whole", full_disk)
    with pytest.raises(OSError, match="no space left"):
        write_voters(Wishes(1_000, 1, tmp_path / "out"))
    for folder in ("residence", "addresses"):
        with pytest.raises(ExtractError):
            read_head(tmp_path / "out" / folder)
