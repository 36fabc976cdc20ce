"""`esaylov demo` names the folder of its data, which other commands need."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.template.loader import render_to_string

from esaylov.demo import run


def test_demo_names_its_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    home = tmp_path / "a home"
    monkeypatch.setenv("ESAYLOV_DATA", str(home))
    monkeypatch.setenv("ESAYLOV_DEMO", "")
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


def test_the_folder_of_the_demonstration_is_not_nested(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whoever exported the folder that the README names, and starts the demonstration again, gets the same one."""
    monkeypatch.setenv("ESAYLOV_DATA", str(tmp_path))
    monkeypatch.setenv("ESAYLOV_DEMO", "")
    monkeypatch.setattr(run, "serve", lambda *_, **__: None)
    (tmp_path / "people.txt").write_text("somebody")
    said: list[str] = []
    run.run_demo("127.0.0.1", 8000, 120, said.append)
    assert said == [f"Its data: {tmp_path} (for other commands: ESAYLOV_DATA={tmp_path})"]


def test_the_mark_says_how_to_sign_in_to_the_demonstration_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for value, shown in (("1", True), ("", False)):
        monkeypatch.setenv("ESAYLOV_DEMO", value)
        band = render_to_string("design/marks.html", {"simulated": True, "LANGUAGE_CODE": "en"})
        assert ('href="/en/cabinet/"' in band) is shown
