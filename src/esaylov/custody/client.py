"""Asks the custodian: digests, opened and sealed records, and whether somebody may try the public look-up.

The functions of this module ask the custodian of this installation (`find_at` says where it is); `Custody` is one of a place.
All are for several threads: each keeps a connection of its own. A connection that was lost is made once more, then
`CustodianDown` is raised. Questions that come too fast raise `Throttled`; `wait` says how many seconds to try again for.

While keys are being changed there are two digests of each value: look up with `digests`, and write with `digest`.

`body`: for which commission somebody asks (`election/body`). Purposes of officials have a measure for each body beside that
of all together (limits.py), so that nobody spends another's; whoever names none counts as one body with all who name none.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import blake2b
from ipaddress import ip_address, ip_network
from pathlib import Path
from struct import unpack
from typing import Any

import orjson

from esaylov.custody.keyring import KeyringError
from esaylov.custody.place import PlaceError, data_folder, socket_of
from esaylov.custody.protocol import (
    ADMIT,
    DIGEST,
    LARGEST,
    LENGTH,
    MOST_ROWS,
    NOBODY,
    OK,
    OPEN,
    SEAL,
    STATUS,
    THROTTLED,
    Answer,
    ProtocolError,
    Request,
    read_answer,
    write_request,
)

TABLE = "voters_voter"
PATIENCE = 10.0
"""Seconds for an answer: a custodian that lives answers within a millisecond."""
MOST_BYTES = LARGEST // 2
TRIES = 3
RECEIVED = 1 << 16
IPV6_NETWORK = 64


class CustodianDown(RuntimeError):
    """Nobody answers at the custodian's place."""


class Throttled(RuntimeError):
    """Too many questions; `retry_after`: seconds after which the next may be answered."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"too many questions: again in {retry_after:.1f} s")
        self.retry_after = retry_after


class Custody:
    """A custodian at a place, which is asked for at each connection."""

    def __init__(self, place: Callable[[], Path]) -> None:
        self._place = place
        self._mine = threading.local()

    def digest(
        self, field: str, values: Sequence[str], *, purpose: str, wait: float = 0.0, body: str = ""
    ) -> list[bytes]:
        """The digest (16 bytes) of each value under the current keys: what new rows are written with.

        `field`: pinfl, document, content or house. Raises CustodianDown, Throttled.
        """
        return self.digests(field, values, purpose=purpose, wait=wait, body=body)[0]

    def digests(
        self, field: str, values: Sequence[str], *, purpose: str, wait: float = 0.0, body: str = ""
    ) -> list[list[bytes]]:
        """The digests of all values under each generation of keys, the current one first: what rows are looked up by."""
        encoded = [value.encode() for value in values]
        for _ in range(TRIES):
            asked = [
                Request(DIGEST, purpose, field, (), encoded[piece], _short(body))
                for piece in _pieces(encoded)
            ]
            parts = [self._digests(one, wait) for one in asked]
            if len({generations for generations, _ in parts}) <= 1:
                columns = zip(*(made for _, made in parts), strict=True)
                return [[one for part in column for one in part] for column in columns] or [[]]
        raise CustodianDown("the custodian's keys change again and again")

    def _digests(self, request: Request, wait: float) -> tuple[bytes, list[Sequence[bytes]]]:
        """Under which generations, and the digests of the values under each."""
        generations, *made = self._ask(request, wait)
        values = len(request.items)
        return generations, [made[at : at + values] for at in range(0, len(made), values)]

    def open_rows(
        self, rows: Sequence[tuple[int, bytes]], *, purpose: str, table: str = TABLE, wait: float = 0.0, body: str = ""
    ) -> list[dict[str, str]]:  # fmt: skip
        """The records of rows, given as id and sealed record. Raises KeyringError that names a row that does not open."""
        plain = self.open_plain(rows, purpose=purpose, table=table, wait=wait, body=body)
        return [orjson.loads(record) for record in plain]

    def open_plain(
        self, rows: Sequence[tuple[int, bytes]], *, purpose: str, table: str = TABLE, wait: float = 0.0, body: str = ""
    ) -> list[bytes]:  # fmt: skip
        """The same records as they were sealed, not read yet."""
        opened: list[bytes] = []
        sealed = [bytes(value) for _, value in rows]
        for piece in _pieces(sealed):
            request = Request(
                OPEN, purpose, "", [row for row, _ in rows[piece]], [table.encode(), *sealed[piece]], _short(body)
            )  # fmt: skip
            opened += self._ask(request, wait)
        return opened

    def seal_rows(self, rows: Sequence[tuple[int, Mapping[str, str]]], *, table: str = TABLE) -> list[bytes]:
        """Records sealed for the rows with these ids, under the current keys."""
        plain = [orjson.dumps(record) for _, record in rows]
        sealed: list[bytes] = []
        for piece in _pieces(plain):
            request = Request(
                SEAL, NOBODY, "", [row for row, _ in rows[piece]], [table.encode(), *plain[piece]]
            )
            sealed += self._ask(request, 0.0)
        return sealed

    def admit(self, client: str, challenge: str, *, purpose: str) -> bool:
        """Whether a try of the public look-up counts: False where its challenge was spent before.

        `client`: an internet address (of IPv6 the first 64 bits count), "" for none; `challenge`: "" for none. Raises
        Throttled where this client, or all together, came too often.
        """
        request = Request(ADMIT, purpose, "", (), [network_of(client).encode(), challenge.encode()])
        return self._ask(request, 0.0)[0] == b"\1"

    def admit_for(
        self, client: str, challenge: str, field: str, value: str, *, purpose: str
    ) -> list[bytes] | None:
        """The digests of a value under each generation of keys, the current one first, for a try that counts; None where
        its challenge was spent before. Parameters and errors are those of `admit` and `digests`; Throttled also where
        the value was looked for too often, from wherever.
        """
        items = [network_of(client).encode(), challenge.encode(), value.encode()]
        admitted, *found = self._ask(Request(ADMIT, purpose, field, (), items), 0.0)
        return list(found[1:]) if admitted == b"\1" else None

    def status(self) -> dict[str, Any]:
        """What the custodian says of itself: counters by purpose, generations of keys with check values, `fault`."""
        state: dict[str, Any] = orjson.loads(self._ask(Request(STATUS), 0.0)[0])
        return state

    def checks(self) -> dict[int, bytes]:
        """The check value of each generation of keys that the custodian works with."""
        return {int(number): bytes.fromhex(value) for number, value in self.status()["checks"].items()}

    def close(self) -> None:
        """Closes this thread's connection."""
        if (held := self._held()) is not None:
            held.close()
        self._mine.held = None

    def _ask(self, request: Request, wait: float) -> Sequence[bytes]:
        frame = write_request(request)
        limit = time.monotonic() + wait
        while True:
            status, items = self._exchange(frame)
            if status == OK:
                return items
            if status != THROTTLED:
                raise KeyringError(items[0].decode())
            (pause,) = unpack(">d", items[0])
            if time.monotonic() + pause > limit:
                raise Throttled(pause)
            time.sleep(pause)

    def _exchange(self, frame: bytes) -> Answer:
        held = self._held()
        try:
            if held is not None:
                try:
                    return _spoken(held, frame)
                except ConnectionError:  # the custodian was started again, or had too many connections
                    held.close()
            return _spoken(self._connect(), frame)
        except (OSError, ProtocolError, PlaceError) as error:
            self.close()
            raise CustodianDown(f"the custodian of the voters' keys does not answer: {error}") from error

    def _held(self) -> socket.socket | None:
        """This thread's connection; a process that was forked makes its own."""
        process, held = getattr(self._mine, "held", None) or (0, None)
        return held if process == os.getpid() else None

    def _connect(self) -> socket.socket:
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        made.settimeout(PATIENCE)
        self._mine.held = (os.getpid(), made)
        made.connect(os.fsencode(self._place()))
        return made


def _spoken(connection: socket.socket, frame: bytes) -> Answer:
    connection.sendall(frame)
    came = connection.recv(RECEIVED)
    while len(came) < LENGTH.size or len(came) < LENGTH.size + LENGTH.unpack_from(came)[0]:
        if not (more := connection.recv(RECEIVED)):
            raise ConnectionResetError("it closed the connection")
        came += more
    if len(came) != LENGTH.size + LENGTH.unpack_from(came)[0]:
        raise ProtocolError("more than an answer")
    return read_answer(came[LENGTH.size :])


def _pieces(values: Sequence[bytes]) -> Iterator[slice]:
    """Slices of as many values as a request takes. Raises ValueError for a value that none takes."""
    start = size = 0
    for at, value in enumerate(values):
        if len(value) > MOST_BYTES:
            raise ValueError(f"a value of {len(value)} bytes is too large for the custodian")
        if at - start == MOST_ROWS or size + len(value) > MOST_BYTES:
            yield slice(start, at)
            start, size = at, 0
        size += len(value)
    if start < len(values):
        yield slice(start, len(values))


def _short(body: str) -> str:
    """A body's name as it is sent: whatever it is made of, a frame has room for it."""
    return blake2b(body.encode(), digest_size=16).hexdigest() if body else ""


def network_of(client: str) -> str:
    """As which client an address counts: an IPv6 address as its network of 64 bits, anything else as it is."""
    try:
        address = ip_address(client)
    except ValueError:
        return client
    if address.version == 6:
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ip_network((int(address), IPV6_NETWORK), strict=False))
    return str(address)


_place: Callable[[], Path] = data_folder


def find_at(data: Callable[[], Path]) -> None:
    """Says which data folder's custodian this process asks; without that `ESAYLOV_DATA` says it."""
    global _place  # noqa: PLW0603 (one installation for a process; tests move it)
    _place = data


custody = Custody(lambda: socket_of(_place()))
digest = custody.digest
digests = custody.digests
open_rows = custody.open_rows
open_plain = custody.open_plain
seal_rows = custody.seal_rows
admit = custody.admit
admit_for = custody.admit_for
status = custody.status
checks = custody.checks
