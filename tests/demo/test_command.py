"""`esaylov demo` names the folder of its data, which other commands need."""

from __future__ import annotations

from pathlib import Path

import pytest

from esaylov.demo import run


def test_demo_names_its_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    home = tmp_path / "a home"
    monkeypatch.setenv("ESAYLOV_DATA", str(home))
    monkeypatch.setattr(run, "serve", lambda *_, **__: None)
    said: list[str] = []
    run.run_demo("127.0.0.1", 8000, None, said.append)
    data = f"Its data: {home}/demo (for other commands: ESAYLOV_DATA='{home}/demo')"
    assert said == [data, run.ALL_AT_ONCE]
    assert "HOLD=yes" in run.ALL_AT_ONCE
    monkeypatch.setenv("ESAYLOV_DATA", str(home))
    said.clear()
    run.run_demo("127.0.0.1", 8000, 120, said.append)
    assert said == [data], "at a watchable pace there is time to work"
    monkeypatch.setenv("ESAYLOV_DATA", str(home))
    said.clear()
    run.run_demo("127.0.0.1", 8000, None, said.append, hold=True)
    assert said == [data], "the night waits for people"
