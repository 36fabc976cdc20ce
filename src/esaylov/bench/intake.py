"""HTTP intake of one protocol, all checks, journal and receipt, against a bare insert behind the same server.

Both are measured in turns, a slice of each, so that what else the machine does falls on both.
"""

import json
import os
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from esaylov.bench.client import http_request
from esaylov.bench.election import NAME, protocols
from esaylov.bench.report import Report
from esaylov.bench.site import Site, site

SLICES = 8
SLICE = 500
WARM_UP = 400
CONNECTIONS = 4


Tokens = Mapping[str, str]
"""Tokens by the code of the commission that acts by them."""


def run(slices: int = SLICES, workers: int | None = None) -> Report:
    """Measures commissions with their own tokens; see the module's text. `workers`: processes of the web server (default:
    two, or one on one core).
    """
    what = "protocols per second over HTTP (all checks, journal, receipt) against one autocommit insert"
    return measure("intake", what, lambda at: at.tokens, slices, workers)


def measure(
    name: str,
    what: str,
    tokens_of: Callable[[Site], Tokens],
    slices: int = SLICES,
    workers: int | None = None,
) -> Report:
    """Measures whoever holds the tokens that `tokens_of` makes once the site runs."""
    workers = workers or min(2, os.cpu_count() or 1)
    places = WARM_UP + slices * SLICE
    with site(-(-places // 2), workers=workers, loops=("sequencer",)) as at:
        tokens = tokens_of(at)
        bodies = list(protocols(-(-places // 2)))
        at.drive(yardstick_requests(bodies[:WARM_UP]), CONNECTIONS)
        at.drive(intake_requests(tokens, bodies[:WARM_UP]), CONNECTIONS)
        plain, whole = [], []
        for number in range(slices):
            chosen = bodies[WARM_UP + number * SLICE : WARM_UP + (number + 1) * SLICE]
            plain.append(_measured(at, yardstick_requests(chosen)))
            whole.append(_measured(at, intake_requests(tokens, chosen)))
    return Report(
        name,
        what,
        _rate(whole) / _rate(plain),
        0.4,
        True,
        (
            (name, f"{_rate(whole):.0f}/s, p50 {_p(whole, 'p50')}, p99 {_p(whole, 'p99')}"),
            ("bare insert", f"{_rate(plain):.0f}/s, p50 {_p(plain, 'p50')}, p99 {_p(plain, 'p99')}"),
            ("server", f"{workers} workers, {CONNECTIONS} connections, sequencer running, commits on disk"),
            ("requests", f"{slices * SLICE} of each, in {slices} slices by turns"),
        ),
    )


def yardstick_requests(bodies: Iterable[dict[str, Any]]) -> list[bytes]:
    """Requests to the bare insert."""
    headers = {"Content-Type": "application/json"}
    return [
        http_request("POST", "/yardstick/protocols", headers, json.dumps(body).encode()) for body in bodies
    ]


def intake_requests(tokens: Tokens, bodies: Iterable[dict[str, Any]]) -> list[bytes]:
    """Requests to the door, each for its precinct's own commission under a key of its own."""
    return [
        http_request(
            "POST",
            f"/api/elections/{NAME}/protocols",
            {
                "Content-Type": "application/json",
                "Authorization": f"Bearer {tokens['pec:' + body['precinct']]}",
                "Idempotency-Key": uuid.uuid4().hex,
            },
            json.dumps(body).encode(),
        )
        for body in bodies
    ]


def _measured(at: Site, requests: Sequence[bytes]) -> dict[str, Any]:
    answer = at.drive(requests, CONNECTIONS)
    if set(answer["answers"]) != {"201"}:
        raise RuntimeError(f"not every request was accepted: {answer['answers']}")
    return answer


def _rate(slices: Sequence[dict[str, Any]]) -> float:
    return float(len(slices) * SLICE / sum(part["seconds"] for part in slices))


def _p(slices: Sequence[dict[str, Any]], name: str) -> str:
    middle = sorted(part[name] for part in slices)[len(slices) // 2]
    return f"{1000 * middle:.1f} ms"
