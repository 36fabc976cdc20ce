"""How fast the custodian answers: rows by purpose, by purpose and body, and tries by client of the public look-up.

Whoever may ask for the digest of any PINFL could ask for all of them, there are so few. What stands against that is the speed
at which questions are answered. Numbers may be set in the environment (docs/keys.md); a rate of 0 refuses a purpose.
"""

from __future__ import annotations

import os
import secrets
from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from ipaddress import IPv6Network
from math import ceil, inf
from typing import Generic, TypeVar

from esaylov.custody.protocol import PURPOSES

Clock = Callable[[], float]

PREFIX = "ESAYLOV_CUSTODY_"
DAY = 86_400.0
TRIES = "TRIES"
ALL_TRIES = "ALL_TRIES"
DOCUMENT_TRIES = "DOCUMENT_TRIES"
BULK = frozenset({"linkage", "freeze"})
"""What goes over the whole list: only for the custodian's own user, and those named for it."""
CHALLENGE_SECONDS = 660.0
"""How long a spent challenge is remembered: challenges must not hold longer (`ESAYLOV_CUSTODY_CHALLENGE_SECONDS`)."""
MOST_REMEMBERED = 300_000
"""Clients and challenges, at least: where all together may come more often than that fills, so many more."""
MOST_BODIES = 60_000
"""Measures of bodies: some 11,000 precincts and 300 commissions above them, by purpose."""


class LimitError(ValueError):
    """A limit in the environment cannot be read; the text says how it should look."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many in a second, `burst` at once after a pause, and no more than `day` in 24 hours (inf: no matter)."""

    per_second: float
    burst: float
    day: float = inf


RATES: Mapping[str, Rate] = {
    "look-up": Rate(2_000, 6_000, 12_000_000),
    "precinct list": Rate(4_000, 20_000, 5_000_000),
    "request": Rate(100, 500, 500_000),
    "inspection": Rate(1_000, 8_000, 3_000_000),
    "linkage": Rate(200_000, 400_000),
    "freeze": Rate(200_000, 400_000),
    "pair review": Rate(50, 500, 50_000),
    "own entry": Rate(200, 1_000, 1_000_000),
    "special list": Rate(500, 20_000, 200_000),
    "gathering": Rate(500, 5_000, 600_000),
}
"""Rows opened and digests made, by purpose."""
BODY_RATES: Mapping[str, Rate] = {
    "precinct list": Rate(100, 8_000, 120_000),
    "request": Rate(20, 200, 20_000),
    "inspection": Rate(50, 2_000, 20_000),
    "pair review": Rate(10, 100, 10_000),
    "special list": Rate(50, 20_000, 40_000),
}
"""The same for one body: what an officer can spend is its commission's measure, not the country's. (A precinct has up to 3,000
voters: twenty times its whole list at once, and twenty times in the course of a day.)"""
UNNAMED = frozenset({"request"})
"""Purposes that the public has too: who names no body there counts among all only."""
CLIENT_RATE = Rate(10 / 600, 10)
"""Tries of one client: ten at once, and one more each minute."""
ALL_RATE = Rate(500, 2_000)
"""Tries of all clients together."""
DOCUMENT_RATE = Rate(1 / 180, 20)
"""Tries of one document, from wherever: twenty at once, and one more in three minutes."""
WIDE_BITS, WIDE = 48, 100
"""Whoever has an IPv6 network of so many bits, as anybody can, has 65,536 addresses that count as clients: together so many times
what one of them has."""
PLACES = 1 << 20
"""Places in which tries of values are counted: 8 MiB."""


def name_of(purpose: str, *, body: bool = False) -> str:
    """The variable that sets a purpose's limit: ESAYLOV_CUSTODY_LOOK_UP="2000,6000,12000000" (rows in a second, at once, in a
    day; without the third the day's stays as it is); `body`: that of one body, such as ESAYLOV_CUSTODY_REQUEST_BODY."""
    return PREFIX + purpose.upper().replace(" ", "_").replace("-", "_") + ("_BODY" if body else "")


@dataclass(frozen=True, slots=True)
class Limits:
    """Every limit of a custodian."""

    rates: Mapping[str, Rate]
    client: Rate
    everybody: Rate
    challenge_seconds: float = CHALLENGE_SECONDS
    remembered: int = MOST_REMEMBERED
    bodies: Mapping[str, Rate] = field(default_factory=lambda: BODY_RATES)
    document: Rate = DOCUMENT_RATE

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Limits:
        """The limits that the environment sets, the others as they are by default. Raises LimitError."""
        rates = {name: _rate(environment, name_of(name), RATES[name]) for name in PURPOSES}
        seconds = _number(environment, PREFIX + "CHALLENGE_SECONDS", CHALLENGE_SECONDS)
        client = _rate(environment, PREFIX + TRIES, CLIENT_RATE)
        bodies = {
            name: _rate(environment, name_of(name, body=True), rate) for name, rate in BODY_RATES.items()
        }
        everybody = _rate(environment, PREFIX + ALL_TRIES, ALL_RATE)
        document = _rate(environment, PREFIX + DOCUMENT_TRIES, DOCUMENT_RATE)
        # Memory that fills before the measure of all is used up would shut everybody out.
        longest = max(seconds, _recovery(client))
        remembered = max(MOST_REMEMBERED, ceil(everybody.per_second * longest + everybody.burst))
        return cls(rates, client, everybody, seconds, remembered, bodies, document)


def _recovery(rate: Rate) -> float:
    """Seconds after which a measure that was used up is whole again."""
    return rate.burst / rate.per_second if rate.per_second else 1.0


def _rate(environment: Mapping[str, str], name: str, default: Rate) -> Rate:
    if not (text := environment.get(name, "").strip()):
        return default
    try:
        numbers = [float(part) for part in text.split(",")]
        if numbers == [0]:
            return Rate(0, 0)
        per_second, burst, day = numbers if len(numbers) == 3 else (*numbers, default.day)
        if not (0 < per_second < 1e9 and 1 <= burst < 1e9 and day >= 1):
            raise ValueError(text)
    except ValueError:
        raise LimitError(
            f"{name} is {text!r}: per second, at once and, if you like, in a day are needed, such as 100,500,20000; or 0"
        ) from None
    return Rate(per_second, burst, day)


def _number(environment: Mapping[str, str], name: str, default: float) -> float:
    text = environment.get(name, "").strip()
    try:
        number = float(text) if text else default
    except ValueError:
        number = 0
    if not 1 <= number < 1e6:
        raise LimitError(f"{name} is {text!r}: a number of seconds is needed")
    return number


class Bucket:
    """Tokens that come at a rate up to a burst. More than a burst at once is granted from a full bucket, and owed.

    (The limit of a day is a second bucket: half of it is there at once, half comes within a day, so that no 24 hours see more.)
    """

    __slots__ = ("_at", "_clock", "_day", "_tokens", "rate")

    def __init__(self, rate: Rate, clock: Clock) -> None:
        self.rate, self._clock = rate, clock
        self._tokens, self._at = rate.burst, clock()
        self._day = Bucket(Rate(rate.day / 2 / DAY, rate.day / 2), clock) if rate.day < inf else None

    def take(self, count: float) -> float:
        """Takes tokens and returns 0; or takes none and returns after how many seconds to ask again (inf: never)."""
        if not self.rate.per_second:
            return inf
        now = self._clock()
        self._tokens = min(self.rate.burst, self._tokens + (now - self._at) * self.rate.per_second)
        self._at = now
        missing = min(count, self.rate.burst) - self._tokens
        if missing > 1e-9:
            return missing / self.rate.per_second
        if self._day is not None and (wait := self._day.take(count)):
            return wait
        self._tokens -= count
        return 0.0

    def give_back(self, count: float) -> None:
        """Puts tokens back that were taken for nothing."""
        self._tokens = min(self.rate.burst, self._tokens + count)
        if self._day is not None:
            self._day.give_back(count)


Kept = TypeVar("Kept")


class Memory(Generic[Kept]):
    """Values by key, kept for `seconds` at least and twice as long at most; `most` entries are young at a time."""

    def __init__(self, seconds: float, most: int, clock: Clock) -> None:
        self._seconds, self._most, self._clock = seconds, most, clock
        self._young: dict[int, Kept] = {}
        self._old: dict[int, Kept] = {}
        self._since = clock()

    def get(self, key: int) -> Kept | None:
        """The value last put under a key, None when there is none or it was long ago."""
        self._age()
        return self._young.get(key, self._old.get(key))

    def full(self) -> bool:
        """Whether nothing can be added for now."""
        self._age()
        return len(self._young) >= self._most

    def put(self, key: int, value: Kept) -> None:
        """Remembers a value; to be asked before: `full`."""
        self._young[key] = value

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def _age(self) -> None:
        passed = self._clock() - self._since
        if passed >= self._seconds:
            self._old = self._young if passed < 2 * self._seconds else {}
            self._young, self._since = {}, self._clock()


class Measures:
    """What each body has of each purpose. Names of bodies are remembered as digests; when the memory is full, bodies that come
    then share one measure.
    """

    def __init__(self, rates: Mapping[str, Rate], clock: Clock, most: int = MOST_BODIES) -> None:
        self._rates, self._clock, self._key = rates, clock, secrets.token_bytes(32)
        # A bucket that was not asked for a day is as full as a new one.
        self._buckets: Memory[Bucket] = Memory(DAY, most, clock)
        self._shared = {purpose: Bucket(rate, clock) for purpose, rate in rates.items()}

    def of(self, purpose: str, body: str) -> Bucket | None:
        """The bucket of a body; None where the purpose has no measure by body, or not for who names none."""
        if (rate := self._rates.get(purpose)) is None or (not body and purpose in UNNAMED):
            return None
        if not body:
            return self._shared[purpose]
        name = f"{purpose}|{body}".encode()
        key = int.from_bytes(blake2b(name, digest_size=8, key=self._key).digest())
        if (found := self._buckets.get(key)) is None:
            if self._buckets.full():
                return self._shared[purpose]
            found = Bucket(rate, self._clock)
        elif self._buckets.full():
            return found
        self._buckets.put(key, found)
        return found

    def __len__(self) -> int:
        return len(self._buckets)


class Tries:
    """Who may try the public look-up: few times by client, so many times in all, and each challenge once.

    Neither an address nor a challenge is kept: what is remembered are digests under a key that this process drew for itself
    and forgets with its end. When the memory is full, nobody more is let in until the oldest may be forgotten.
    """

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self._clock, self._rate, self._key = clock, limits.client, secrets.token_bytes(32)
        self._everybody = Bucket(limits.everybody, clock)
        self.recovery = _recovery(limits.client)
        # A client that was away for so long may try as often as a new one: it can be forgotten.
        self._clients: Memory[float] = Memory(self.recovery, limits.remembered, clock)
        self._spent: Memory[bool] = Memory(limits.challenge_seconds, limits.remembered, clock)

    def admit(self, client: bytes, challenge: bytes) -> tuple[bool, float]:
        """Whether a try counts, and after how many seconds to come again where it does not (0: the challenge was spent
        before). An empty client or challenge is not looked at.
        """
        named = self._named(client)
        if wait := max((self._wait_of(key, every) for key, every in named), default=0.0):
            return False, wait
        if wait := self._everybody.take(1):
            return False, wait
        for key, every in named:
            self._note(key, every)
        return self._spend(challenge)

    def remembered(self) -> dict[str, int]:
        """How much is in memory."""
        return {"clients": len(self._clients), "challenges": len(self._spent)}

    def _spend(self, challenge: bytes) -> tuple[bool, float]:
        if not challenge:
            return True, 0.0
        key = self._digest(b"challenge", challenge)
        if self._spent.get(key):
            return False, 0.0
        if self._spent.full():
            return False, 60.0
        self._spent.put(key, True)
        return True, 0.0

    def _named(self, client: bytes) -> list[tuple[int, float]]:
        """What a client is remembered as, and in how many seconds one more try comes: it, and of IPv6 the network around it."""
        if not client:
            return []
        every = 1 / self._rate.per_second if self._rate.per_second else inf
        named = [(self._digest(b"client", client), every)]
        if (around := _around(client)) is not None:
            named.append((self._digest(b"around", around), every / WIDE))
        return named

    def _wait_of(self, key: int, every: float) -> float:
        """(Kept is the time at which a client's bucket will be full again: all that its filling needs.)"""
        if every == inf:
            return inf
        if (full_at := self._clients.get(key)) is None:
            return 60.0 if self._clients.full() else 0.0
        wait = full_at + every - self.recovery - self._clock()
        return wait if wait > 1e-6 else 0.0

    def _note(self, key: int, every: float) -> None:
        now = self._clock()
        self._clients.put(key, max(self._clients.get(key) or now, now) + every)

    def _digest(self, kind: bytes, value: bytes) -> int:
        return int.from_bytes(blake2b(value, digest_size=8, key=self._key, person=kind).digest())


def _around(client: bytes) -> bytes | None:
    """The wide network in which a client's network of IPv6 lies; None for anything else."""
    if not client.endswith(b"/64"):
        return None
    try:
        wide = IPv6Network(client.decode()).supernet(new_prefix=WIDE_BITS)
    except ValueError:
        return None
    return wide.network_address.packed


class Values:
    """How often a value may be looked for, from wherever and through whichever page: what is known of somebody is not to be
    completed by trying.

    Counted in so many places, whatever comes: nothing is ever full, and nothing forgotten early. Values that share a place, by a
    digest under a key that this process drew for itself, share its measure.
    """

    def __init__(self, rate: Rate, clock: Clock, places: int = PLACES) -> None:
        self._rate, self._clock, self._key = rate, clock, secrets.token_bytes(32)
        self._full_at = array("d", bytes(8 * places))

    def take(self, value: bytes) -> float:
        """Counts a try and returns 0; or counts none and returns after how many seconds to come again (inf: never)."""
        if not self._rate.per_second:
            return inf
        every, now = 1 / self._rate.per_second, self._clock()
        drawn = int.from_bytes(blake2b(value, digest_size=8, key=self._key).digest())
        place = drawn % len(self._full_at)
        full_at = max(self._full_at[place], now) + every
        wait = full_at - self._rate.burst * every - now
        if wait > 1e-6:
            return wait
        self._full_at[place] = full_at
        return 0.0
