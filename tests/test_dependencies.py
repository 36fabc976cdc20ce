"""What a wheel asks for is what the checkout installs."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Needed for the editable install alone.
BUILD = {"editables", "hatchling"}


def test_wheel_asks_for_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert (
        set(project["dependencies"]) == set((ROOT / "requirements" / "base.in").read_text().split()) - BUILD
    )
