"""Puts the built front end into wheels and source archives, so that whoever installs one needs no Node.

Hatchling calls this for every build. An editable install uses the checkout as it is and is left alone. What is not
built yet is built here, which needs the programs of requirements/frontend.txt: `make install` has brought them.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ASSETS = Path("src", "esaylov", "design", "static", "assets")


class FrontEnd(BuildHookInterface):
    """Adds the files that version control ignores: assets and compiled catalogues."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        if not (root / ASSETS / "manifest.json").is_file():
            _build(root)
        # Files that .gitignore names are left out unless they are called for here.
        build_data["artifacts"] += [f"/{ASSETS.as_posix()}/", "/src/esaylov/locale/**/*.mo"]


def _build(root: Path) -> None:
    script = root / "frontend" / "build.py"
    python = root / ".venv" / "bin" / "python"
    program = str(python) if python.is_file() else sys.executable
    if not script.is_file() or subprocess.run([program, script], check=False).returncode:
        raise SystemExit(
            "The front end (style sheet, scripts, fonts) is not built, and could not be built here. In a checkout, "
            "run `make install` first: it brings Node as a Python package and builds it."
        )
