"""Addresses that lead nowhere, known before anything is asked or rendered.

There are as many of them as somebody cares to invent, and none of them stays in the page cache. What places an election
has never changes once it is called: their codes are read once a process, and an address with another one is refused
without the database.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Mapping

from django.db import connection

from esaylov.elections.queries import tables
from esaylov.publication.reads import places
from esaylov.results.queries import fetched

logger = logging.getLogger(__name__)

ELECTIONS = "elections"
ENDINGS = (".json", ".csv")
"""What follows a code in the addresses of open data."""

BESIDE = ("", "card.png", "list")
"""What stands in the place of a code in the addresses of a list and of its social card."""

Codes = Mapping[str, Collection[str]]


class Absent:
    """Which addresses of elections lead nowhere. `read` gives the codes of an election by the word before them in an
    address; errors of the database go no further: then the site answers as it can.
    """

    def __init__(self, read: Callable[[str], Codes] | None = None) -> None:
        self._read = read or codes_of
        self._known: dict[str, Codes] = {}
        self._lock = threading.Lock()

    def __call__(self, path: str, elections: Collection[str]) -> bool:
        """Whether nothing can stand at a path (as WSGI gives it), for these elections."""
        parts = path.encode("latin-1").decode("utf-8", "replace").split("/")
        if len(parts) < 5 or parts[2] != ELECTIONS:
            return False
        election = parts[3]
        if election not in elections:
            return True
        if len(parts) < 6 or parts[5] in BESIDE:
            return False
        known = self._codes(election).get(parts[4])
        return known is not None and parts[5] not in known and _code(parts[5]) not in known

    def _codes(self, election: str) -> Codes:
        found = self._known.get(election)
        if found is None:
            try:
                with self._lock:
                    found = self._known.get(election) or self._read(election)
            except Exception as error:  # whatever it is, the page itself will say so
                logger.warning("codes of %s cannot be read: %s", election, error)
                return {}
            self._known[election] = found
        return found


def _code(part: str) -> str:
    for ending in ENDINGS:
        part = part.removesuffix(ending)
    return part


def codes_of(election: str) -> Codes:
    """The codes of an election's contests, territories, precincts, commissions. Raises UnknownElection and Django's errors, and
    then leaves no connection behind: what asks here stands outside of Django's requests, which would look after it.
    """
    try:
        at_hand = tables(election)
        rows = fetched("SELECT code FROM registry_precinct WHERE election = %s", [election])
        bodies = fetched("SELECT code FROM registry_commission WHERE election = %s", [election])
        territories = frozenset(places(at_hand).by_code)
    except Exception:
        connection.close()
        raise
    precincts = frozenset(code for (code,) in rows)
    return {
        "contests": frozenset(at_hand.contests),
        "territories": territories,
        "precincts": precincts,
        "protocols": precincts,
        "commissions": frozenset(code for (code,) in bodies),
    }
