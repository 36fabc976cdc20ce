"""Times, counts and limits of signing in. Each can be set by `ESAYLOV_SIGN_IN_<NAME>` in the environment (whole numbers).

Times are seconds unless the name says otherwise.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, fields

MINUTE, HOUR, DAY = 60, 3600, 86400


@dataclass(frozen=True, slots=True)
class Parameters:
    """The table. docs/decisions/0071 says why the values are what they are."""

    anonymous_session: int = 15 * MINUTE  # password accepted, second factor awaited
    idle_administrator: int = 15 * MINUTE
    idle_officer: int = 30 * MINUTE  # who must show a second factor
    idle_other: int = 60 * MINUTE
    longest_session: int = 12 * HOUR
    device_session: int = 60 * HOUR  # opened the day before, lasts through the night of the count
    device_session_before_days: int = 1  # how many days before election day such sessions may be opened
    seen_every: int = MINUTE  # how often the time a session was last seen is written
    # Throttling: so many failures at once, then one in so many seconds.
    pair_burst: int = 5  # one network, one account
    pair_every: int = 30
    network_burst: int = 200
    network_every: int = 1
    device_burst: int = 10  # a device known to the account: apart from everybody else's attempts
    device_every: int = 15
    code_burst: int = 10  # codes of the second factor from unknown devices, whatever their network
    code_every: int = 10 * MINUTE
    link_burst: int = 5  # attempts to prove who one is with one one-time link
    link_every: int = HOUR
    mail_burst: int = 3  # e-mails to one address
    mail_every: int = 5 * MINUTE
    known_device_days: int = 400
    invitation: int = 14 * DAY
    first_administrator: int = DAY
    recovery_wait: int = 12 * HOUR
    recovery_ends: int = 7 * DAY  # what is not approved and used by then has ended
    recovery_link: int = DAY
    card_codes: int = 12
    program_days: int = 90  # how long the token of a program holds at most
    program_tokens: int = 10  # of one account at a time
    program_burst: int = 10  # tokens made by one account
    program_every: int = 10 * MINUTE


def _read() -> Parameters:
    """The table, with what the environment says instead. Raises ValueError for what is no whole number."""
    given = {one.name: os.environ.get(f"ESAYLOV_SIGN_IN_{one.name.upper()}") for one in fields(Parameters)}
    return Parameters(**{name: int(value) for name, value in given.items() if value})


PARAMETERS = _read()
