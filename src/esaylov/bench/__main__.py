"""One benchmark in a process of its own: ``python -m esaylov.bench NAME``."""

import importlib
import sys

from esaylov.bench.report import Report

BENCHMARKS = {
    "replay": "esaylov.bench.replay",
    "intake": "esaylov.bench.intake",
    "person": "esaylov.bench.person",
    "visible": "esaylov.bench.visible",
    "verify": "esaylov.bench.verification",
    "pages": "esaylov.bench.pages",
    "visit": "esaylov.bench.visit",
    "members": "esaylov.bench.members",
    "signin": "esaylov.bench.signin",
    "voters": "esaylov.bench.voters",
    "duplicates": "esaylov.bench.duplicates",
    "lookup": "esaylov.bench.lookup",
    "paper": "esaylov.bench.paper",
}


def main(name: str) -> None:
    """Runs a benchmark and prints its reports."""
    found = importlib.import_module(BENCHMARKS[name]).run()
    for report in [found] if isinstance(found, Report) else found:
        print("\n".join(report.lines()), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
