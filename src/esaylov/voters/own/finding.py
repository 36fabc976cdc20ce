"""The own entry, found by the digests of a PINFL: listed, removed, or not there. No record is opened for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext
from psycopg.errors import LockNotAvailable

from esaylov.voters import access
from esaylov.voters.access import LOOK_UP
from esaylov.voters.lookup.answers import purpose_text
from esaylov.voters.lookup.finding import NOTHING, Found, Locked, found_in
from esaylov.voters.own.showing import PURPOSE

MOST_LOOKS = 200
# As `voters_find` answers a document: the entry, else the last one that was removed; with the notice of a removal ahead.
ENTRY = """SELECT t.source, t.id, NULL, coalesce(w.reason, t.reason), coalesce(w.ends, t.ended), NULL,
    p.election, p.code, p.number, p.address, p.latitude, p.longitude, p.place_public
FROM (
    (SELECT 1 AS source, v.id, '' AS reason, NULL::timestamptz AS ended, v.precinct FROM voters_voter v WHERE v.pinfl = ANY (%s)
        ORDER BY v.id LIMIT 1)
    UNION ALL
    (SELECT 2, f.voter, f.reason, f.at, NULL::integer FROM voters_former f WHERE f.pinfl = ANY (%s) AND f.reason <> ''
        ORDER BY f.id DESC LIMIT 1)
    LIMIT 1
) t LEFT JOIN registry_precinct p ON p.id = t.precinct
LEFT JOIN LATERAL (SELECT n.reason, np.ends FROM voters_notice n JOIN voters_noticeperiod np ON np.changeset = n.changeset
    JOIN voters_changeset c ON c.id = n.changeset AND c.state = 'approved'
    WHERE n.voter = t.id AND t.source = 1 ORDER BY np.ends LIMIT 1) w ON true"""


@dataclass(frozen=True, slots=True)
class Line:
    """Looks within an hour, in words."""

    at: datetime
    who: str
    why: str
    times: int


def entry(digests: Sequence[UUID]) -> Found:
    """The entry of a PINFL with these digests; one without `voter` where there is none. Raises Locked, django.db's errors."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '1s'")
            cursor.execute(ENTRY, [list(digests), list(digests)])
            row = cursor.fetchone()
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise Locked from error
        raise
    return found_in(row) if row is not None else NOTHING


def looks(voter: int) -> list[Line]:
    """Who looked at the entry, the latest first."""
    return [
        Line(one.at, who_text(one.body, one.purpose), purpose_text(one.purpose), one.times)
        for one in access.looks(voter, MOST_LOOKS)
    ]


def who_text(body: str, purpose: str) -> str:
    """Who looked, in words: a body, never a person."""
    if not body:
        alone = {
            LOOK_UP: gettext("somebody with your document number and birth date"),
            PURPOSE: gettext("you, after OneID or your account had said who you are"),
        }
        return alone.get(purpose, gettext("the owner of the list, at the terminal"))
    tier, _, code = body.partition(":")
    tiers = {
        "cec": gettext("Central Election Commission"),
        "tec": gettext("territorial commission"),
        "dec": gettext("constituency (okrug) commission"),
        "dcec": gettext("district or city commission"),
        "pec": gettext("precinct commission"),
    }
    return " ".join(part for part in (tiers.get(tier, tier), code) if part)
