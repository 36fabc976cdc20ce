"""Ed25519, base64 and signed notes of the one-file verifier: vectors, the other implementation, malleability."""

from __future__ import annotations

import base64

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from esaylov.exchange.standalone import verify
from tests.standalone.book import Signer

# RFC 8032, section 7.1: public key, message, signature
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
        "454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e030"
        "3dca179c138ac17ad9bef1177331a704",
    ),
]
SMALL_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
]
SIGNER = Signer("log.example", b"k" * 32)


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_the_vectors_of_the_rfc(public: str, message: str, signature: str) -> None:
    key, text, value = map(bytes.fromhex, (public, message, signature))
    assert verify.ed25519(key, text, value)
    assert not verify.ed25519(key, text + b"x", value)
    for bit in range(0, 512, 31):
        changed = bytearray(value)
        changed[bit // 8] ^= 1 << bit % 8
        assert not verify.ed25519(key, text, bytes(changed))


@settings(max_examples=30, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=99), st.integers(0, 95 * 8 - 1), st.booleans())
def test_agrees_with_cryptography(seed: bytes, message: bytes, bit: int, change: bool) -> None:
    secret = Ed25519PrivateKey.from_private_bytes(seed)
    parts = bytearray(secret.public_key().public_bytes_raw() + secret.sign(message))
    if change:
        parts[bit // 8] ^= 1 << bit % 8
    public, signature = bytes(parts[:32]), bytes(parts[32:])
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        right = True
    except InvalidSignature:
        right = False
    assert verify.ed25519(public, message, signature) is right


def test_a_signature_has_one_form() -> None:
    public, message, signature = map(bytes.fromhex, VECTORS[1])
    s = int.from_bytes(signature[32:], "little")
    assert not verify.ed25519(public, message, signature[:32] + (s + verify.L).to_bytes(32, "little"))
    assert not verify.ed25519(public, message, signature + b"\0")
    assert not verify.ed25519(public, message, signature[:-1])


@pytest.mark.parametrize("public", SMALL_ORDER)
def test_keys_that_any_message_suits_are_refused(public: str) -> None:
    """With a key of small order and s = 0 many messages have the signature R = identity."""
    for number in range(16):
        signature = bytes.fromhex(SMALL_ORDER[0]) + bytes(32)
        assert not verify.ed25519(bytes.fromhex(public), bytes([number]), signature)


def test_points_have_one_encoding() -> None:
    for y in (verify.P, verify.P + 1, 2**255 - 1):
        assert verify.decode_point(y.to_bytes(32, "little")) is None
    assert verify.decode_point((1 | 1 << 255).to_bytes(32, "little")) is None  # x = 0 has no sign
    assert verify.decode_point((2).to_bytes(32, "little")) is None  # no point has this y
    encoded = (4 * pow(5, -1, verify.P) % verify.P).to_bytes(32, "little")
    assert verify.decode_point(encoded) == verify.BASE


@pytest.mark.parametrize("text", ["QQ=", "QQ", "QR==", "Q Q==", "QQ==\n", "QQ==QQ==", "-_8=", "é", ""])
def test_base64_has_one_form(text: str) -> None:
    with pytest.raises((verify.Refused, ValueError)):
        verify.unbase64(text)
    assert verify.unbase64("QQ==") == b"A"


def test_notes_and_keys() -> None:
    # the example of C2SP signed-note
    vkey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    note = (
        "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Zt"
        "g1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
    )
    key = verify.parse_key(vkey)
    assert verify.open_note(note.encode(), key) == ["This is an example message."]
    stranger = SIGNER.note("This is an example message.\n").decode().split("\n")[-2]
    assert verify.open_note(f"{note}{stranger}\n".encode(), key)
    for wrong in (
        note.replace("example m", "Example m"),
        note.replace("\n\n", "\n"),
        note[:-1],
        note + "\n",
        note.replace("— ", "- "),
        note.replace("foo ", "bar "),
        note.replace(" Uw2", "  Uw2"),
        note.replace("\n\n", "\r\n\n"),
        f"{note}{note.splitlines()[-1][:-8]}AAAAAAA=\n",  # one right and one wrong signature by the key
        stranger,
    ):
        with pytest.raises((verify.Refused, ValueError)):
            verify.open_note(wrong.encode(), key)
    for wrong in (
        vkey.replace("530d903a", "530D903A"),
        vkey.replace("foo", "fop"),
        vkey.replace("+Aek", "+Bek"),
    ):
        with pytest.raises((verify.Refused, ValueError)):
            verify.parse_key(wrong)


def test_checkpoints() -> None:
    key, root = verify.parse_key(SIGNER.vkey), base64.b64encode(bytes(32)).decode()
    assert verify.parse_checkpoint(SIGNER.note(f"log.example\n7\n{root}\n"), key) == (7, bytes(32))
    for text in (
        f"log.other\n7\n{root}\n",
        f"log.example\n07\n{root}\n",
        f"log.example\n-7\n{root}\n",
        f"log.example\n٧\n{root}\n",
        f"log.example\n{10**16}\n{root}\n",
        f"log.example\n7\n{root[4:]}\n",
        f"log.example\n7\n{root}\nextension\n",
        "log.example\n7\n",
    ):
        with pytest.raises((verify.Refused, ValueError)):
            verify.parse_checkpoint(SIGNER.note(text), key)
