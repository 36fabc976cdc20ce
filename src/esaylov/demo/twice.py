"""The search for people who stand twice in the demonstration's list, once, beside the night: two persons then decide.

`esaylov voters duplicates` is the same at a terminal.
"""

from __future__ import annotations

import logging
import os

MOST = 2_500_000
"""Entries that are looked at; more than that is for the terminal, and for the memory that it asks for."""
MEMORY = 2.0
logger = logging.getLogger(__name__)


def search_once() -> int:
    """Searches, unless that was done; how many pairs were found."""
    from esaylov.voters.linkage.models import Search
    from esaylov.voters.linkage.searching import search
    from esaylov.voters.models import Voter

    if Search.objects.exists() or not Voter.objects.exists():
        return 0
    return search(limit=MOST, memory_gib=MEMORY).pairs


def main() -> None:
    """The process of the search."""
    import django

    from esaylov.custody.keyring import KeyringError
    from esaylov.server.guard import guard_service
    from esaylov.voters.linkage.found import LinkageError

    guard_service()
    os.nice(10)
    django.setup()
    try:
        search_once()
    except (KeyringError, LinkageError) as error:
        logger.warning("nobody was looked for who stands twice: %s", error)


if __name__ == "__main__":
    main()
