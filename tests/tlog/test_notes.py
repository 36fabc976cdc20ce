from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esaylov.tlog.checkpoint import (
    Checkpoint,
    CheckpointError,
    open_checkpoint,
    parse_checkpoint,
    sign_checkpoint,
)
from esaylov.tlog.notes import (
    NoteError,
    Signer,
    decode_base64,
    format_note,
    key_id,
    open_note,
    parse_note,
    parse_vkey,
    sign_note,
)
from esaylov.tlog.receipt import ReceiptError, note_of_file, open_receipt, parse_receipt, sign_receipt
from esaylov.tlog.tree import EMPTY_ROOT, leaf_hash

VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE = (
    "This is an example message.\n\n— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
).encode()
COSIGNED = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 "
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
).encode()
ALICE = Signer("example.org/alice", bytes(range(32)))
BOB = Signer("example.org/bob", bytes(32))


def test_the_example_of_the_specification_opens() -> None:
    note = open_note(NOTE, [parse_vkey(VKEY)])
    assert note.text == "This is an example message.\n"
    assert note.encode() == NOTE
    assert parse_vkey(VKEY).vkey == VKEY


def test_every_flipped_bit_of_a_note_is_refused() -> None:
    verifier = parse_vkey(VKEY)
    for at in range(len(NOTE) * 8):
        changed = bytearray(NOTE)
        changed[at // 8] ^= 1 << at % 8
        with pytest.raises(NoteError):
            open_note(bytes(changed), [verifier])


def test_every_flipped_bit_of_a_key_is_refused_or_is_another_key() -> None:
    data = VKEY.encode()
    for at in range(len(data) * 8):
        changed = bytearray(data)
        changed[at // 8] ^= 1 << at % 8
        with pytest.raises(NoteError):
            parse_vkey(changed.decode("latin-1"))


def test_the_cosigned_example_is_read_and_written_again() -> None:
    text, signatures = parse_note(COSIGNED)
    checkpoint = parse_checkpoint(text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20_852_163)
    assert [signature.name for signature in signatures] == [
        "example.com/behind-the-sofa",
        "witness.example.com/w1",
    ]
    assert format_note(checkpoint.text(), signatures) == COSIGNED


def test_several_verifiers_and_unknown_signatures() -> None:
    carol = Signer("example.org/carol", bytes([7]) * 32)
    data = sign_note("text\n\nwith an empty line\n", [ALICE, BOB, carol])
    note = open_note(data, [BOB.verifier, ALICE.verifier])
    assert [signature.name for signature in note.verified] == [ALICE.name, BOB.name]
    assert [signature.name for signature in note.unknown] == [carol.name]
    assert note.encode() == data
    assert open_note(data, [carol.verifier]).text == "text\n\nwith an empty line\n"


def test_a_known_key_that_does_not_verify_spoils_the_note() -> None:
    good = ALICE.sign("text\n")
    bad = BOB.sign("other\n")
    data = format_note("text\n", [good, bad])
    assert open_note(data, [ALICE.verifier]).unknown == (bad,)
    with pytest.raises(NoteError, match=r"example\.org/bob does not hold"):
        open_note(data, [ALICE.verifier, BOB.verifier])


def test_a_note_by_strangers_only_is_refused() -> None:
    namesake = Signer(ALICE.name, bytes([9]) * 32)
    with pytest.raises(NoteError, match="no trusted key"):
        open_note(sign_note("text\n", [namesake, BOB]), [ALICE.verifier])


def test_sixteen_signatures_are_accepted() -> None:
    signers = [Signer(f"example.org/{i}", bytes([i]) * 32) for i in range(16)]
    assert len(open_note(sign_note("text\n", signers), [s.verifier for s in signers]).verified) == 16


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text\n",
        b"text\n\n",
        NOTE[:-1],
        NOTE + b"\n",
        NOTE.replace(b"\n\n", b"\n"),
        NOTE.replace(b"\xe2\x80\x94", b"-"),
        NOTE.replace(b"aQM=", b"aQM"),
        NOTE.replace(b"aQM=", b"aQN="),
        NOTE.replace(b"Uw2Q", b"Uw2 Q"),
        NOTE.replace(b"Uw2Q", b"Uw2\tQ"),
        NOTE.replace(b"message", b"mess\x00age"),
        NOTE.replace(b"message", b"mess\rage"),
        NOTE.replace(b"message", b"mess\xffage"),
        NOTE.replace(b"example.com/foo", b"example.com/f+o"),
        NOTE.replace(b"example.com/foo", "example.com/f\u00a0o".encode()),
        "text\n\n— name UwPQOg==\n".encode(),
        "text\n\n—  UwPQOkn8\n".encode(),
        NOTE + b"x" * 1_000_001,
        b"text\n\n" + "— name UwPQOkn8\n".encode() * 101,
    ],
)
def test_notes_that_are_not_exact_are_refused(data: bytes) -> None:
    with pytest.raises(NoteError):
        open_note(data, [parse_vkey(VKEY)])


@pytest.mark.parametrize("text", ["no newline", "", "tab\t\n", "nul\0\n"])
def test_texts_that_no_note_can_hold_are_refused(text: str) -> None:
    with pytest.raises(NoteError):
        sign_note(text, [ALICE])


@pytest.mark.parametrize("text", ["QQ=", "QQ", "QR==", "Q Q=", "QQ==\n", "Q_8=", "ä", " QQ=="])
def test_base64_in_another_spelling_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        decode_base64(text)


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name",
        "name+530d903a",
        VKEY.upper(),
        VKEY.replace("530d903a", "530D903A"),
        VKEY.replace("530d903a", "530d903b"),
        VKEY.replace("example", "exampel"),
        VKEY + "\n",
        VKEY[:-4],
        "name+" + f"{key_id('name', bytes(32), 4):08x}" + "+BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ],
)
def test_malformed_keys_are_refused(vkey: str) -> None:
    with pytest.raises(NoteError):
        parse_vkey(vkey)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u2003b", "a\x7f\x01"])
def test_names_that_no_key_may_have(name: str) -> None:
    with pytest.raises(NoteError, match="not a key name"):
        Signer(name, bytes(32))
    with pytest.raises(NoteError, match="32 bytes"):
        Signer("name", bytes(31))


TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"]))).map(
    lambda lines: "\n".join(lines) + "\n"
)


@given(TEXTS)
def test_any_text_comes_back(text: str) -> None:
    assert open_note(sign_note(text, [ALICE]), [ALICE.verifier]).text == text


@given(st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32))
def test_checkpoints_come_back(size: int, root: bytes) -> None:
    checkpoint = Checkpoint(ALICE.name, size, root)
    data = sign_checkpoint(checkpoint, ALICE, carried=[BOB.sign("whatever\n")])
    read, unknown = open_checkpoint(data, ALICE.verifier)
    assert (read, [signature.name for signature in unknown]) == (checkpoint, [BOB.name])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n7\n", "\n07\n"),
        ("\n7\n", "\n+7\n"),
        ("\n7\n", "\n٧\n"),
        ("\n7\n", "\n-7\n"),
        ("\n7\n", "\n9223372036854775808\n"),
        ("\n7\n", "\n\n"),
        ("\n7\n", "\n7 \n"),
        ("log", ""),
        ("uFU=\n", "uFU=\n\n"),
        ("uFU=\n", "uFU\n"),
        ("uFU=\n", "uFV=\n"),
        ("uFU=\n", ""),
        ("uFU=\n", "uFU="),
        ("47DEQpj8HBSa", "47DE"),
    ],
)
def test_checkpoints_that_are_not_exact_are_refused(old: str, new: str) -> None:
    text = Checkpoint("log", 7, EMPTY_ROOT).text()
    assert parse_checkpoint(text).size == 7
    assert old in text
    with pytest.raises(NoteError):
        parse_checkpoint(text.replace(old, new, 1))


def test_a_log_signs_only_its_own_checkpoints() -> None:
    with pytest.raises(CheckpointError):
        sign_checkpoint(Checkpoint("other", 0, EMPTY_ROOT), ALICE)
    data = sign_note(Checkpoint("other", 0, EMPTY_ROOT).text(), [ALICE])
    with pytest.raises(CheckpointError, match="a checkpoint of other"):
        open_checkpoint(data, ALICE.verifier)


RECORDED = datetime(2026, 10, 25, 20, 5, 9, tzinfo=timezone(timedelta(hours=5)))


def test_a_receipt_has_the_published_form_and_comes_back() -> None:
    leaf = leaf_hash(b"entry")
    data = sign_receipt(leaf, RECORDED, ALICE)
    assert data.decode().split("\n")[:6] == [
        "esaylov receipt v1",
        "example.org/alice",
        leaf.hex(),
        "2026-10-25T15:05:09Z",
        "included within 60 seconds",
        "",
    ]
    receipt = open_receipt(data, ALICE.verifier)
    assert (receipt.leaf, receipt.recorded) == (leaf, RECORDED.astimezone(UTC))
    with pytest.raises(NoteError):
        open_receipt(data, BOB.verifier)


def test_a_receipt_file_is_the_note_or_an_answer_that_holds_it() -> None:
    data = sign_receipt(leaf_hash(b"entry"), RECORDED, ALICE)
    assert note_of_file(data) == data
    assert note_of_file(b'{"receipt": ' + _json(data) + b', "leaf": "x"}') == data
    for wrong in (b"{", b'{"leaf": 1}', b'{"receipt": 1}'):
        with pytest.raises(ReceiptError):
            note_of_file(wrong)


def _json(note: bytes) -> bytes:
    return b'"' + note.replace(b"\n", b"\\n") + b'"'


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("v1", "v2"),
        ("\nexample.org/alice\n", "\n\n"),
        ("Z\n", "+00:00\n"),
        ("2026-10-25", "2026-10-5"),
        ("2026-10-25", "2026-13-25"),
        ("60", "61"),
        ("seconds\n", "seconds\n\n"),
        ("ab", "AB"),
        ("ab", "a b"),
    ],
)
def test_receipts_that_are_not_exact_are_refused(old: str, new: str) -> None:
    text = sign_receipt(b"\xab" * 32, RECORDED, ALICE).decode().partition("\n\n")[0] + "\n"
    assert parse_receipt(text).leaf == b"\xab" * 32
    assert old in text
    with pytest.raises(ReceiptError):
        parse_receipt(text.replace(old, new, 1))


def test_a_receipt_for_another_log_is_refused() -> None:
    text = parse_note(sign_receipt(bytes(32), RECORDED, BOB))[0]
    with pytest.raises(ReceiptError, match=r"a receipt of example\.org/bob"):
        open_receipt(sign_note(text, [ALICE]), ALICE.verifier)
