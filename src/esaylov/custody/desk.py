"""Answers requests: the keys, the limits and the counters, without the sockets around them."""

from __future__ import annotations

import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from struct import pack
from typing import Any

import orjson

from esaylov.custody.keyring import Keyring, KeyringError
from esaylov.custody.limits import BULK, Bucket, Clock, Limits, Measures, Tries, Values, name_of
from esaylov.custody.protocol import (
    ADMIT,
    DIGEST,
    OK,
    OPEN,
    PURPOSES,
    REFUSED,
    SEAL,
    STATUS,
    THROTTLED,
    Answer,
    ProtocolError,
    Request,
    read_request,
    write_answer,
)
from esaylov.custody.sealer import Sealer

logger = logging.getLogger("esaylov.custody")

TABLE = re.compile(rb"voters_[a-z]{1,40}")
NEVER = 3600.0
"""Seconds told to whom will never be answered."""


class Refused(Exception):
    """A request that is not done; the text goes to who asked."""


class Slow(Exception):
    """A request that is too early; `wait`: after how many seconds to ask again."""

    def __init__(self, wait: float) -> None:
        super().__init__(wait)
        self.wait = min(wait, NEVER)


class Desk:
    """What a custodian answers. One thread at a time."""

    def __init__(self, ring: Keyring, limits: Limits, clock: Clock = time.monotonic) -> None:
        self._buckets = {purpose: Bucket(rate, clock) for purpose, rate in limits.rates.items()}
        self._measures = Measures(limits.bodies, clock)
        self._tries = Tries(limits, clock)
        self._sought = Values(limits.document, clock)
        self._clock, self._since = clock, clock()
        self._counts: dict[str, Counter[str]] = {purpose: Counter() for purpose in PURPOSES}
        self._others: Counter[str] = Counter()
        self.fault = ""
        self.use(ring)

    def use(self, ring: Keyring) -> None:
        """Works with these keys from now on."""
        self._ring = ring
        self._sealers: dict[bytes, Sealer] = {}
        self._indexes = Sealer(ring)

    def answer(self, body: bytes, *, bulk: bool) -> bytes:
        """The frame that answers a request's body. `bulk`: who asks may ask for the whole list.

        Raises ProtocolError for what is no request. No value comes into a text or a log.
        """
        try:
            request = read_request(body)
        except ProtocolError:
            self._others["garbage"] += 1
            raise
        counts = self._counts.get(request.purpose, self._others)
        try:
            answer = Answer(OK, self._done(request, bulk))
            counts["answered"] += 1
            counts["rows"] += len(request.ids) or len(request.items)
        except Slow as slow:
            counts["throttled"] += 1
            answer = Answer(THROTTLED, [pack(">d", slow.wait)])
        except (Refused, KeyringError) as refused:
            counts["refused"] += 1
            answer = Answer(REFUSED, [str(refused).encode()])
        except Exception as error:
            counts["failed"] += 1
            logger.error("an operation failed with %s", type(error).__name__)
            answer = Answer(REFUSED, [b"the custodian failed"])
        return write_answer(answer)

    def _done(self, request: Request, bulk: bool) -> list[bytes]:
        if request.purpose in BULK and not bulk:
            raise Refused(f"this system user may not ask for the purpose “{request.purpose}”")
        return DONE[request.operation](self, request)

    def _pay(self, request: Request, rows: int) -> None:
        """Takes rows from the body's measure, then from that of all: who has spent the own one spends nothing of the others'."""
        purpose = request.purpose
        own = self._measures.of(purpose, request.body)
        if own is not None and (wait := own.take(rows)):
            self._counts[purpose]["throttled by body"] += 1
            raise _too_early(wait, purpose, body=True)
        if wait := self._buckets[purpose].take(rows):
            if own is not None:
                own.give_back(rows)
            raise _too_early(wait, purpose)

    def _digests(self, request: Request) -> list[bytes]:
        return self._digest(request, request.items)

    def _digest(self, request: Request, values: Sequence[bytes]) -> list[bytes]:
        """(Which generations these are, then all values under the current one, then all under the next.)"""
        self._pay(request, len(values))
        generations = self._generations()
        made = [pack(f">{len(generations)}H", *generations)]
        for generation in generations:
            made += self._indexes.digests(request.field, values, generation)
        return made

    def _open(self, request: Request) -> list[bytes]:
        self._pay(request, len(request.ids))
        return self._sealer(request.items[0]).open(request.ids, request.items[1:])

    def _seal(self, request: Request) -> list[bytes]:
        return self._sealer(request.items[0]).seal(request.ids, request.items[1:])

    def _admit(self, request: Request) -> list[bytes]:
        """(What a try that counts looks for is digested with the same question: a public page asks once less.)"""
        admitted, wait = self._tries.admit(*request.items[:2])
        if wait:
            raise Slow(wait)
        if not admitted:
            return [b"\0"]
        if not request.field:
            return [b"\1"]
        if wait := self._sought.take(request.items[2]):
            raise Slow(wait)
        return [b"\1", *self._digest(request, request.items[2:])]

    def _status(self, _request: Request) -> list[bytes]:
        return [orjson.dumps(self.status())]

    def status(self) -> dict[str, Any]:
        """The custodian's state: counters by purpose, the generations of its keys with their check values."""
        return {
            "seconds": round(self._clock() - self._since),
            "current": self._ring.current,
            "checks": {str(number): value.hex() for number, value in sorted(self._ring.check().items())},
            "fault": self.fault,
            "purposes": {purpose: dict(counts) for purpose, counts in self._counts.items()},
            "others": dict(self._others),
            "remembered": self._tries.remembered() | {"bodies": len(self._measures)},
        }

    def _generations(self) -> list[int]:
        current = self._ring.current
        return [current, *(number for number in self._indexes.generations if number != current)]

    def _sealer(self, table: bytes) -> Sealer:
        if (found := self._sealers.get(table)) is None:
            if not TABLE.fullmatch(table) or len(self._sealers) >= 100:
                raise Refused("no table of the voter list")
            found = self._sealers[table] = Sealer(self._ring, table)
        return found


def _too_early(wait: float, purpose: str, *, body: bool = False) -> Exception:
    if wait == float("inf"):
        return Refused(f"the purpose “{purpose}” is closed ({name_of(purpose, body=body)})")
    return Slow(wait)


DONE: dict[int, Callable[[Desk, Request], list[bytes]]] = {
    DIGEST: Desk._digests,
    OPEN: Desk._open,
    SEAL: Desk._seal,
    ADMIT: Desk._admit,
    STATUS: Desk._status,
}
