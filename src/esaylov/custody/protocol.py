"""What is said to the custodian and what it answers: frames of a length and so many bytes, read strictly.

A request is: version, operation, purpose, field and the length of the body's name (a byte each), how many ids and how many
items; then the body's name, the ids (8 bytes each), the sizes of the items (4 bytes each), and the items. An answer is: status,
how many items, their sizes, the items. All numbers are big endian. Nothing may be left over.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct, error, pack, unpack_from
from typing import NamedTuple

from esaylov.custody.keyring import INDEXES

VERSION = 2
DIGEST, OPEN, SEAL, ADMIT, STATUS = range(1, 6)
OPERATIONS = {DIGEST: "digest", OPEN: "open", SEAL: "seal", ADMIT: "admit", STATUS: "status"}
OK, THROTTLED, REFUSED = range(3)

NOBODY = ""
PURPOSES = (
    "look-up", "precinct list", "request", "inspection", "linkage", "freeze", "pair review", "own entry", "special list",
    "gathering",
)  # fmt: skip
"""Why somebody asks. Sealing and the custodian's state need no reason (NOBODY): they tell nothing of anybody."""
WHY = (NOBODY, *PURPOSES)
FIELDS = ("", *INDEXES)

MOST_ROWS = 500
LARGEST = 1 << 18
"""Bytes of a frame: what lies in memory of a client that sends and never reads stays small."""

LENGTH = Struct(">I")
REQUEST = Struct(">BBBBBHH")
ANSWER = Struct(">BH")
SIZE = 4
ID = 8
LONGEST_BODY = 200
"""Bytes of a body's name."""


class ProtocolError(ValueError):
    """Bytes that are no frame of this protocol."""


class Request(NamedTuple):
    """An operation for a purpose: `ids` of rows, and `items` (values, sealed or plain records) in their order. `body`: for
    which commission ("": for none), which has its own measure of the purpose.
    """

    operation: int
    purpose: str = NOBODY
    field: str = ""
    ids: Sequence[int] = ()
    items: Sequence[bytes] = ()
    body: str = ""


class Answer(NamedTuple):
    status: int
    items: Sequence[bytes] = ()


def write_request(request: Request) -> bytes:
    """A frame. Raises ProtocolError where one cannot hold it, ValueError for an unknown purpose or field."""
    operation, purpose, field, ids, items, body = request
    name = body.encode()
    if len(name) > LONGEST_BODY:
        raise ProtocolError(f"a body's name of more than {LONGEST_BODY} bytes")
    head = REQUEST.pack(
        VERSION, operation, WHY.index(purpose), FIELDS.index(field), len(name), len(ids), len(items)
    )  # fmt: skip
    return _frame(head + name, _packed("q", ids), items)


def write_answer(answer: Answer) -> bytes:
    """A frame. Raises ProtocolError where one cannot hold it."""
    return _frame(ANSWER.pack(answer.status, len(answer.items)), b"", answer.items)


def read_request(body: bytes) -> Request:
    """What stands in a frame (without its length). Raises ProtocolError."""
    try:
        version, operation, purpose, field, name, ids, items = REQUEST.unpack_from(body)
        if version != VERSION or operation not in OPERATIONS or purpose >= len(WHY) or field >= len(FIELDS):
            raise ProtocolError("unknown version, operation, purpose or field")
        if max(ids, items - 1) > MOST_ROWS:
            raise ProtocolError(f"more than {MOST_ROWS} rows")
        start = REQUEST.size + name
        rows = unpack_from(f">{ids}q", body, start)
        found = _items(body, start + ID * ids, items)
        whose = body[REQUEST.size : start].decode()
    except (error, UnicodeDecodeError):
        raise ProtocolError("cut short") from None
    if name > LONGEST_BODY:
        raise ProtocolError("a body's name that is too long")
    request = Request(operation, WHY[purpose], FIELDS[field], rows, found, whose)
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
    operation, purpose, field, ids, items, body = request
    good = {
        DIGEST: bool(purpose and field) and not ids,
        OPEN: bool(purpose) and not field and len(items) == len(ids) + 1,
        SEAL: not purpose and not field and len(items) == len(ids) + 1,
        ADMIT: bool(purpose) and not ids and len(items) == (3 if field else 2),
        STATUS: not (purpose or field or ids or items),
    }
    if not good[operation] or (body and operation not in (DIGEST, OPEN)):
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
