"""Receipts: the log's signed promise that an entry will be included (docs/formats.md, section 7)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from esaylov.tlog.notes import NoteError, Signer, Verifier, open_note, sign_note
from esaylov.tlog.tree import HASH_SIZE

HEADER = "esaylov receipt v1"
PROMISE = "included within 60 seconds"
_TIME = "%Y-%m-%dT%H:%M:%SZ"


class ReceiptError(NoteError):
    """A note whose text is not that of a receipt, or a file that holds no receipt."""


@dataclass(frozen=True)
class Receipt:
    """Origin of the log, leaf hash (32 bytes), time of recording (aware; written in UTC to the second)."""

    origin: str
    leaf: bytes
    recorded: datetime

    def text(self) -> str:
        """The note text."""
        time = self.recorded.astimezone(UTC).strftime(_TIME)
        return f"{HEADER}\n{self.origin}\n{self.leaf.hex()}\n{time}\n{PROMISE}\n"


def parse_receipt(text: str) -> Receipt:
    """Read the text of a receipt's note. Raises ReceiptError unless formatting it again gives the same text."""
    lines = text.split("\n")
    if len(lines) != 6 or not lines[1]:
        raise ReceiptError("not a receipt: five lines are expected")
    try:
        recorded = datetime.strptime(lines[3], _TIME).replace(tzinfo=UTC)
        receipt = Receipt(lines[1], bytes.fromhex(lines[2]), recorded)
    except ValueError as error:
        raise ReceiptError(f"not a receipt: {error}") from error
    if len(receipt.leaf) != HASH_SIZE or receipt.text() != text:
        raise ReceiptError("not a receipt: its text differs from the exact form")
    return receipt


def sign_receipt(leaf: bytes, recorded: datetime, signer: Signer) -> bytes:
    """Receipt for a leaf hash (32 bytes), as a signed note. recorded: aware time at which the act was
    recorded.
    """
    return sign_note(Receipt(signer.name, leaf, recorded).text(), [signer])


def open_receipt(data: bytes, verifier: Verifier) -> Receipt:
    """Read and verify a receipt note. Raises NoteError when it does not hold or is another log's."""
    receipt = parse_receipt(open_note(data, [verifier]).text)
    if receipt.origin != verifier.name:
        raise ReceiptError(f"a receipt of {receipt.origin}, not of {verifier.name}")
    return receipt


def note_of_file(data: bytes) -> bytes:
    """The note in a receipt file: the note itself, or a JSON object whose member `receipt` holds it."""
    if not data.lstrip().startswith(b"{"):
        return data
    try:
        answer = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ReceiptError("the receipt file is neither a note nor JSON") from error
    note = answer.get("receipt")
    if not isinstance(note, str):
        raise ReceiptError("the receipt file has no member `receipt`")
    try:
        return note.encode()
    except UnicodeEncodeError as error:
        raise ReceiptError("the receipt is not text") from error
