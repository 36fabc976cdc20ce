"""What an open page asks for every few seconds: the tree size that the election's figures hold for now. Tiny, and out of
the page cache.
"""

from __future__ import annotations

from django.db import connection
from django.http import HttpResponse, JsonResponse

from esaylov.publication.views import election_view
from esaylov.results.queries import Snapshot

OPEN_NIGHT, ALL_FINAL = 5, 60
"""Seconds between two questions of a page: while results come in, and once all of them are final."""
FINAL = "SELECT COALESCE(bool_and(final), false) FROM results_outcome WHERE contest_id = ANY(%s)"


@election_view
def live(at: Snapshot) -> HttpResponse:
    """`{"election", "every", "final", "replay", "signed_at", "simulated", "size"}`: with another `size` the page itself is
    worth reading again.
    """
    with connection.cursor() as cursor:
        cursor.execute(FINAL, [list(at.tables.contests_by_id)])
        final = bool(cursor.fetchone()[0])
    answer = {
        "election": at.election.id,
        "every": ALL_FINAL if final else OPEN_NIGHT,
        "final": final,
        "pilot": at.election.pilot,
        "replay": at.election.replay,
        "signed_at": at.head.signed_at.astimezone(at.zone).isoformat(timespec="seconds") if at.head else None,
        "simulated": at.election.simulated,
        "size": at.size,
    }
    response = JsonResponse(answer)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
