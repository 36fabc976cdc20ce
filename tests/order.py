"""Which modules begin first where several processes share them: the longest, so that none of them is left over at the end.

`tests/longest.txt` holds their seconds as they were measured. Measured anew, with what pytest has told in a file:

    python -m pytest tests -n 2 --dist loadfile --no-loadscope-reorder --junitxml=times.xml
    python -m tests.order times.xml [more files, as that of the slow tests]
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
LIST = ROOT / "tests" / "longest.txt"
LEAST = 10
"""Seconds of a module that stands in the list: shorter ones follow as they come."""


def longest() -> dict[str, int]:
    """Seconds of the modules in the list."""
    pairs = (line.split() for line in LIST.read_text().splitlines())
    return {module: int(seconds) for seconds, module in pairs}


def measured(reports: Iterable[Path]) -> dict[str, int]:
    """Seconds of each long module, the longest first, by pytest's reports."""
    seconds: Counter[str] = Counter()
    for report in reports:
        for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 (written by pytest just now)
            seconds[_module(case.get("classname", ""))] += float(case.get("time", 0))  # type: ignore[assignment]
    return {module: round(took) for module, took in seconds.most_common() if took >= LEAST}


def _module(name: str) -> str:
    """The file of a module or of a class in it."""
    parts = name.split(".")
    while parts and not (ROOT / (found := "/".join(parts) + ".py")).is_file():
        parts.pop()
    return found if parts else name


def main(arguments: Sequence[str]) -> int:
    """Writes the list anew."""
    if not arguments:
        print(__doc__)
        return 2
    found = measured(map(Path, arguments))
    LIST.write_text("".join(f"{seconds:5} {module}\n" for module, seconds in found.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
