"""What is said to the custodian and what it answers: frames of a length and so many bytes, read strictly.

A request is: version, operation, purpose, field (a byte each), how many ids and how many items; then the ids (8 bytes each),
the sizes of the items (4 bytes each), and the items. An answer is: status, how many items, their sizes, the items. All numbers
are big endian. Nothing may be left over.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct, error, pack, unpack_from
from typing import NamedTuple

from esaylov.custody.keyring import INDEXES

VERSION = 1
DIGEST, OPEN, SEAL, ADMIT, STATUS = range(1, 6)
OPERATIONS = {DIGEST: "digest", OPEN: "open", SEAL: "seal", ADMIT: "admit", STATUS: "status"}
OK, THROTTLED, REFUSED = range(3)

NOBODY = ""
PURPOSES = ("look-up", "precinct list", "request", "inspection", "linkage", "freeze", "pair review")
"""Why somebody asks. Sealing and the custodian's state need no reason (NOBODY): they tell nothing of anybody."""
WHY = (NOBODY, *PURPOSES)
FIELDS = ("", *INDEXES)

MOST_ROWS = 500
LARGEST = 1 << 18
"""Bytes of a frame: what lies in memory of a client that sends and never reads stays small."""

LENGTH = Struct(">I")
REQUEST = Struct(">BBBBHH")
ANSWER = Struct(">BH")
SIZE = 4
ID = 8


class ProtocolError(ValueError):
    """Bytes that are no frame of this protocol."""


class Request(NamedTuple):
    """An operation for a purpose: `ids` of rows, and `items` (values, sealed or plain records) in their order."""

    operation: int
    purpose: str = NOBODY
    field: str = ""
    ids: Sequence[int] = ()
    items: Sequence[bytes] = ()


class Answer(NamedTuple):
    status: int
    items: Sequence[bytes] = ()


def write_request(request: Request) -> bytes:
    """A frame. Raises ProtocolError where one cannot hold it, ValueError for an unknown purpose or field."""
    operation, purpose, field, ids, items = request
    head = REQUEST.pack(
        VERSION, operation, WHY.index(purpose), FIELDS.index(field), len(ids), len(items)
    )  # fmt: skip
    return _frame(head, _packed("q", ids), items)


def write_answer(answer: Answer) -> bytes:
    """A frame. Raises ProtocolError where one cannot hold it."""
    return _frame(ANSWER.pack(answer.status, len(answer.items)), b"", answer.items)


def read_request(body: bytes) -> Request:
    """What stands in a frame (without its length). Raises ProtocolError."""
    try:
        version, operation, purpose, field, ids, items = REQUEST.unpack_from(body)
        if version != VERSION or operation not in OPERATIONS or purpose >= len(WHY) or field >= len(FIELDS):
            raise ProtocolError("unknown version, operation, purpose or field")
        if max(ids, items - 1) > MOST_ROWS:
            raise ProtocolError(f"more than {MOST_ROWS} rows")
        rows = unpack_from(f">{ids}q", body, REQUEST.size)
        found = _items(body, REQUEST.size + ID * ids, items)
    except error:
        raise ProtocolError("cut short") from None
    request = Request(operation, WHY[purpose], FIELDS[field], rows, found)
    _check_shape(request)
    return request


def read_answer(body: bytes) -> Answer:
    """The same of an answer. Raises ProtocolError."""
    try:
        status, items = ANSWER.unpack_from(body)
        return Answer(status, _items(body, ANSWER.size, items))
    except error:
        raise ProtocolError("cut short") from None


def _check_shape(request: Request) -> None:
    operation, purpose, field, ids, items = request
    good = {
        DIGEST: bool(purpose and field) and not ids,
        OPEN: bool(purpose) and not field and len(items) == len(ids) + 1,
        SEAL: not purpose and not field and len(items) == len(ids) + 1,
        ADMIT: bool(purpose) and not field and not ids and len(items) == 2,
        STATUS: not (purpose or field or ids or items),
    }
    if not good[operation]:
        raise ProtocolError(f"not the parts of an operation {OPERATIONS[operation]}")


def _items(body: bytes, at: int, count: int) -> list[bytes]:
    sizes = unpack_from(f">{count}I", body, at)
    start = at + SIZE * count
    if start + sum(sizes) != len(body):
        raise ProtocolError("sizes that do not add up")
    found = []
    for size in sizes:
        found.append(body[start : start + size])
        start += size
    return found


def _frame(head: bytes, ids: bytes, items: Sequence[bytes]) -> bytes:
    body = b"".join((head, ids, _packed("I", [len(item) for item in items]), *items))
    if len(body) > LARGEST:
        raise ProtocolError(f"a frame of more than {LARGEST} bytes")
    return LENGTH.pack(len(body)) + body


def _packed(code: str, numbers: Sequence[int]) -> bytes:
    return pack(f">{len(numbers)}{code}", *numbers)
