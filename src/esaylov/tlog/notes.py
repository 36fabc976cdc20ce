"""Signed notes with Ed25519 (C2SP signed-note), read strictly: whatever decodes must encode to the same bytes
again.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = 0x01
MAX_NOTE = 1_000_000
MAX_SIGNATURES = 100
_KEY_SIZE = 32
_ID_SIZE = 4
_DASH = "— "


class NoteError(ValueError):
    """A note or a key that is malformed, or a note that no trusted key signed."""


def encode_base64(data: bytes) -> str:
    """Standard base64 with padding (RFC 4648, section 4)."""
    return b64encode(data).decode("ascii")


def decode_base64(text: str) -> bytes:
    """Decode standard base64. Raises NoteError for any spelling but the one that encoding gives back."""
    try:
        data = b64decode(text.encode("ascii"), validate=True)
    except ValueError as error:  # binascii.Error and UnicodeEncodeError are ValueErrors
        raise NoteError(f"not base64: {text!r}") from error
    if encode_base64(data) != text:
        raise NoteError(f"base64 in a spelling of its own: {text!r}")
    return data


def key_id(name: str, public_key: bytes, kind: int = ED25519) -> int:
    """Key id: the first four bytes of SHA-256(name, newline, type, key) as a number (signed-note,
    "Signatures").
    """
    digest = sha256(name.encode() + b"\n" + bytes([kind]) + public_key).digest()
    return int.from_bytes(digest[:_ID_SIZE], "big")


def check_key_name(name: str) -> str:
    """The name itself; NoteError when it is empty or holds a space, a plus or a control character."""
    if not name or "+" in name or any(char.isspace() or char < " " for char in name):
        raise NoteError(f"not a key name: {name!r}")
    return name


@dataclass(frozen=True)
class Signature:
    """One signature line: the key's name and id, and the bytes behind the id (64 for Ed25519)."""

    name: str
    key_id: int
    value: bytes

    def line(self) -> str:
        """The signature line, with its newline."""
        data = self.key_id.to_bytes(_ID_SIZE, "big") + self.value
        return f"{_DASH}{self.name} {encode_base64(data)}\n"


class Verifier:
    """A public key by which notes are checked."""

    def __init__(self, name: str, public_key: bytes) -> None:
        """name: key name; public_key: 32 bytes (RFC 8032). Raises NoteError when either is malformed."""
        if len(public_key) != _KEY_SIZE:
            raise NoteError(f"an Ed25519 key has {_KEY_SIZE} bytes, not {len(public_key)}")
        self.name = check_key_name(name)
        self.public_key = public_key
        self.key_id = key_id(name, public_key)
        self._key = Ed25519PublicKey.from_public_bytes(public_key)

    @property
    def vkey(self) -> str:
        """The key as text: `name+id+base64` (signed-note, "Verifier keys"), without a newline."""
        return f"{self.name}+{self.key_id:08x}+{encode_base64(bytes([ED25519]) + self.public_key)}"

    def matches(self, signature: Signature) -> bool:
        """True when the line claims to be by this key: name and id are equal."""
        return (signature.name, signature.key_id) == (self.name, self.key_id)

    def verify(self, text: str, signature: Signature) -> bool:
        """True when the signature is this key's over the note text."""
        try:
            self._key.verify(signature.value, text.encode())
        except InvalidSignature:
            return False
        return True


def parse_vkey(vkey: str) -> Verifier:
    """Read a verifier key `name+id+base64`. Raises NoteError when it is malformed, inconsistent or not
    Ed25519.
    """
    parts = vkey.split("+", 2)
    if len(parts) != 3:
        raise NoteError("a verifier key has three parts, with a plus between them")
    material = decode_base64(parts[2])
    if material[:1] != bytes([ED25519]):
        raise NoteError("the verifier key is not an Ed25519 key")
    verifier = Verifier(parts[0], material[1:])
    if verifier.vkey != vkey:
        raise NoteError("the id of the verifier key does not belong to its name and key")
    return verifier


class Signer:
    """A private key that signs notes. Signatures are deterministic (RFC 8032): the same text, the same bytes."""

    def __init__(self, name: str, seed: bytes) -> None:
        """name: key name; seed: the 32 bytes of the private key. Raises NoteError when either is malformed."""
        if len(seed) != _KEY_SIZE:
            raise NoteError(f"the seed of an Ed25519 key has {_KEY_SIZE} bytes, not {len(seed)}")
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier = Verifier(name, self._key.public_key().public_bytes_raw())

    @property
    def name(self) -> str:
        """The key's name."""
        return self.verifier.name

    @property
    def vkey(self) -> str:
        """The public half as text."""
        return self.verifier.vkey

    def sign(self, text: str) -> Signature:
        """Sign a note text (with its final newline)."""
        return Signature(self.name, self.verifier.key_id, self._key.sign(text.encode()))


@dataclass(frozen=True)
class Note:
    """A note: its text with the final newline; after `open_note` the signatures by known keys, and the
    others.
    """

    text: str
    verified: tuple[Signature, ...]
    unknown: tuple[Signature, ...]

    def encode(self) -> bytes:
        """The note with every signature line, those by known keys first."""
        return format_note(self.text, (*self.verified, *self.unknown))


def _check_text(text: str) -> None:
    if not text.endswith("\n"):
        raise NoteError("the text of a note ends in a newline")
    if any(char < " " and char != "\n" for char in text):
        raise NoteError("a note holds no control character but newline")


def format_note(text: str, signatures: Sequence[Signature]) -> bytes:
    """The note as bytes: text, blank line, signature lines. Raises NoteError when the text is not allowed in
    a note.
    """
    _check_text(text)
    if not signatures:
        raise NoteError("a note has at least one signature")
    return (text + "\n" + "".join(signature.line() for signature in signatures)).encode()


def sign_note(text: str, signers: Sequence[Signer], carried: Sequence[Signature] = ()) -> bytes:
    """Sign a text (ending in newline) with every signer; `carried`: further lines, such as cosignatures."""
    _check_text(text)
    return format_note(text, [*(signer.sign(text) for signer in signers), *carried])


def parse_note(data: bytes) -> tuple[str, tuple[Signature, ...]]:
    """Text and signature lines of a note, nothing verified. Raises NoteError when the form is not exact."""
    if len(data) > MAX_NOTE:
        raise NoteError(f"a note of more than {MAX_NOTE} bytes")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NoteError("a note is UTF-8") from error
    head, blank, tail = whole.rpartition("\n\n")
    if not blank or not tail.endswith("\n"):
        raise NoteError("a note has a blank line before its signatures, and ends in a newline")
    text = head + "\n"
    _check_text(text)
    lines = tail[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise NoteError(f"a note with more than {MAX_SIGNATURES} signatures")
    return text, tuple(_parse_signature(line) for line in lines)


def _parse_signature(line: str) -> Signature:
    parts = line.removeprefix(_DASH).split(" ")
    if not line.startswith(_DASH) or len(parts) != 2:
        raise NoteError(f"not a signature line: {line!r}")
    data = decode_base64(parts[1])
    if len(data) <= _ID_SIZE:
        raise NoteError(f"a signature without content: {line!r}")
    return Signature(check_key_name(parts[0]), int.from_bytes(data[:_ID_SIZE], "big"), data[_ID_SIZE:])


def open_note(data: bytes, verifiers: Sequence[Verifier]) -> Note:
    """Read a note and verify it: signatures by unknown keys are ignored and carried through (signed-note).

    Raises NoteError when the form is not exact, when a signature under the name and id of a known key does
    not verify, or when no known key signed.
    """
    text, signatures = parse_note(data)
    verified: list[Signature] = []
    unknown: list[Signature] = []
    for signature in signatures:
        known = [verifier for verifier in verifiers if verifier.matches(signature)]
        if known and not any(verifier.verify(text, signature) for verifier in known):
            raise NoteError(f"the signature of {signature.name} does not hold")
        (verified if known else unknown).append(signature)
    if not verified:
        raise NoteError("no trusted key signed this note")
    return Note(text, tuple(verified), tuple(unknown))
