"""How long it takes from an accepted protocol to the totals and to the page, while 200 arrive every second.

Results may be seen (the release has passed), the whole site runs. For each protocol: the time of its answer, and the
first time at which the stored totals, and the national page that a reader gets, are those of a size of the log beyond
its entry.
"""

import contextlib
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from esaylov.bench.client import Connection, http_request, quantile
from esaylov.bench.election import NAME, protocols
from esaylov.bench.intake import intake_requests
from esaylov.bench.report import Report
from esaylov.bench.site import Site, site

RATE = 200.0
SECONDS = 20
CONNECTIONS = 8
LOOK_EVERY = 0.02
PATIENCE = 30.0
GOAL = 2.0
TAG = re.compile(rb'etag: W/"[0-9a-f]+-(\d+)"', re.IGNORECASE)
PAGE = http_request("GET", f"/en/elections/{NAME}/", {})

Seen = list[tuple[float, int]]


def run(seconds: int = SECONDS) -> Report:
    """Measures; see the module's text. The ratio is the 99th hundredth in terms of a second."""
    number = int(RATE * seconds)
    with site(-(-number // 2), workers=2, loops=("sequencer", "tabulator")) as at:
        requests = intake_requests(at.tokens, islice(protocols(-(-number // 2)), number))
        with _watched(at) as watched:
            driven = at.drive(requests, CONNECTIONS, RATE)
            if set(driven["answers"]) != {"201"}:
                raise RuntimeError(f"not every request was accepted: {driven['answers']}")
            indexes = _indexes([leaf for leaf, _ in driven["accepted"]])
            _wait(lambda: all(_last(seen) > max(indexes.values()) for seen in watched.values()))
    waits = {
        what: sorted(_first(seen, indexes[leaf]) - at_ for leaf, at_ in driven["accepted"])
        for what, seen in watched.items()
    }
    return Report(
        "visible",
        "seconds from a protocol's receipt until the national page shows it, p99, against one second",
        quantile(waits["page"], 0.99),
        GOAL,
        False,
        (
            *((f"seen in the {what}", _spread(wait)) for what, wait in waits.items()),
            (
                "arriving",
                f"{number / driven['seconds']:.0f}/s for {driven['seconds']:.0f} s (asked for {RATE:.0f}/s)",
            ),
            ("an answer takes", f"p50 {1000 * driven['p50']:.0f} ms, p99 {1000 * driven['p99']:.0f} ms"),
            ("served meanwhile", f"the page {len(watched['page'])} times"),
        ),
    )


@contextlib.contextmanager
def _watched(at: Site) -> Iterator[dict[str, Seen]]:
    """Looks at page and totals all the time: what was seen is a list of (time, size of the log)."""
    done = threading.Event()
    watched: dict[str, Seen] = {"totals": [], "page": []}
    link = Connection(at.port)
    looks = {"totals": _totals_size, "page": _page_size(link)}
    threads = [
        threading.Thread(target=_look, args=(looks[what], seen, done)) for what, seen in watched.items()
    ]
    for thread in threads:
        thread.start()
    try:
        yield watched
    finally:
        done.set()
        for thread in threads:
            thread.join()
        link.close()


def _look(size: Callable[[], int], seen: Seen, done: threading.Event) -> None:
    from django.db import connection

    while not done.wait(LOOK_EVERY):
        found = size()
        seen.append((time.monotonic(), found))
    connection.close()


def _page_size(link: Connection) -> Callable[[], int]:
    def size() -> int:
        head, _ = link.exchange(PAGE)
        found = TAG.search(head)
        return int(found[1]) if found else 0

    return size


def _totals_size() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT size FROM results_tabulation WHERE election_id = %s", [NAME])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _indexes(leaves: Sequence[str]) -> dict[str, int]:
    """Indexes of entries by leaf hash, once all of them are in the log."""
    from django.db import connection

    found: dict[str, int] = {}

    def all_there() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT encode(leaf_hash, 'hex'), index FROM acts_entry WHERE leaf_hash = ANY(%s)",
                [[bytes.fromhex(leaf) for leaf in leaves]],
            )
            found.update(cursor.fetchall())
        return len(found) == len(leaves)

    _wait(all_there)
    return found


def _wait(condition: Callable[[], Any]) -> None:
    limit = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > limit:
            raise RuntimeError("what was accepted never became visible")
        time.sleep(0.1)


def _last(seen: Seen) -> int:
    return seen[-1][1] if seen else 0


def _first(seen: Seen, index: int) -> float:
    """The first time at which a size beyond the index was seen."""
    low, high = 0, len(seen) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if seen[middle][1] > index else (middle + 1, high)
    return seen[low][0]


def _spread(waits: Sequence[float]) -> str:
    return f"p50 {quantile(waits, 0.5):.2f} s, p99 {quantile(waits, 0.99):.2f} s, at most {waits[-1]:.2f} s"
