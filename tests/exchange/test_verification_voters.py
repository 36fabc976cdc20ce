"""The list of voters, entry by entry: both verifiers take the honest log, and refuse each forged entry, which they name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from esaylov.exchange import verification
from esaylov.exchange.standalone import verify
from tests.exchange.published_case import EDITION_TOML
from tests.exchange.published_fixture import Entry, build
from tests.exchange.published_voters import EVE, LATE, counts, hashed
from tests.exchange.test_verification_lists import both_refuse

OUT: dict[str, Any] = {"left": "out"}
"""The entry is left out."""
OTHER = "7" * 64


class Forger:
    """Changes entries by their labels, and knows the index that each one has."""

    def __init__(self, **forged: dict[str, Any]) -> None:
        self.forged = {label.replace("_", " "): members for label, members in forged.items()}
        self.index: dict[str, int] = {}

    def __call__(self, label: str, entry: Entry) -> Entry | None:
        members = self.forged.get(label, {})
        if members is OUT:
            return None
        if not label.startswith("value of "):
            self.index[label] = len(self.index)
        return {**entry, **members}


def forge(tmp_path: Path, capsys: pytest.CaptureFixture[str], at: str, **forged: dict[str, Any]) -> None:
    """Both refuse the log with forged entries at the entry of a label."""
    forger = Forger(**forged)
    key = build(tmp_path / "wrong", freezing=True, listing=True, entry=forger)
    both_refuse(tmp_path / "wrong", key, capsys, f"entry {forger.index[at]}:")


def both_take(folder: Path, key: str) -> None:
    verification.verify(str(folder), lambda *_: None, key=key)
    assert verify.main([str(folder), "--key", key]) == 0


def test_both_take_a_list_that_changes(tmp_path: Path) -> None:
    both_take(tmp_path / "right", build(tmp_path / "right", freezing=True, listing=True))


NONE: dict[str, Any] = {"election": None}
FORGED: list[tuple[str, dict[str, Any]]] = [
    ("propose 1", {"body": "dec-1"}),
    ("propose 1", {"body": "system"}),
    ("propose 1", {"base": 1}),
    ("propose 1", {"counts": {"added": 5}}),
    ("propose 1", {"counts": counts(5) | {"forgotten": 1}}),
    ("propose 1", {"counts": counts()}),
    ("propose 1", {"changeset": 0}),
    ("propose 1", {"extract": None}),
    ("propose 1", {"as_of": None}),
    ("propose 1", {"kind": "reversal"}),
    ("propose 1", {"reverses": 1, "kind": "reversal"}),
    ("propose 1", NONE),
    ("propose 2", {"base": 0}),
    ("propose 2", {"base": 7}),
    ("propose 2", {"changeset": 1}),
    ("propose 6", {"changeset": 3, "sha256": hashed(3)}),
    ("propose 6", {"changeset": 4, "sha256": hashed(4)}),
    ("propose 6", {"reverses": 3}),
    ("propose 6", {"reverses": 5}),
    ("propose 6", {"reverses": 6}),
    ("propose 6", {"reverses": None}),
    ("propose 6", {"kind": "delta"}),
    ("propose 6", {"counts": counts(2, 1, 3, 1)}),
    ("propose 7", {"reverses": 2}),
    ("approve 1", {"body": "dec-1"}),
    ("approve 1", {"sha256": OTHER}),
    ("approve 1", {"changeset": 2, "sha256": hashed(2)}),
    ("approve 2", {"changeset": 1, "sha256": hashed(1)}),
    ("approve 6", {"changeset": 3, "sha256": hashed(3)}),
    ("apply 1", {"body": "cec"}),
    ("apply 1", {"sha256": OTHER}),
    ("apply 1", {"counts": counts(6), "voters": 6}),
    ("apply 1", {"voters": 6}),
    ("apply 1", NONE),
    ("apply 2", {"base": 0}),
    ("apply 2", {"reverses": 1}),
    ("apply 2", {"voters": 7}),
    ("apply 2", {"changeset": 1, "sha256": hashed(1), "base": 0, "counts": counts(5)}),
    ("apply 6", {"changeset": 3, "sha256": hashed(3), "counts": counts(removed=6), "reverses": None, "voters": 0}),
    ("apply 6", {"reverses": None}),
    ("propose 1", {"alerts": 1}),
    ("approve 2", {"notices": 1}),
    ("approve 2", {"told": 1}),
    ("approve 2", {"notice_until": EVE}),
    ("approve 1", {"notices": 1, "told": 1, "notice_until": EVE}),
    ("approve 2", {"notices": 1, "told": 0, "notice_until": EVE}),
    ("apply 2", {"kept": 1, "counts": counts(2, 0, 3, 1), "voters": 7}),
    ("propose 1", {"kind": "special"}),
    ("propose 1", {"kind": "anything"}),
    ("propose 10", {"kind": "delta"}),
    ("propose 10", {"counts": counts(changed=2)}),
    ("propose 10", {"rows": 1}),
    ("propose 11", {"kind": "request"}),
    ("propose 11", {"kind": "linkage"}),
    ("apply 10", {"counts": counts(added=1), "voters": 9}),
    ("propose 12", {"counts": counts(removed=1, changed=1)}),
    ("propose 12", {"counts": counts(removed=1, moved=2)}),
    ("propose 14", {"counts": counts(changed=2)}),
    ("discard 3", {"body": "system"}),
    ("discard 3", {"sha256": OTHER}),
    ("discard 3", {"changeset": 2, "sha256": hashed(2)}),
    ("discard 4", {"changeset": 3, "sha256": hashed(3)}),
    ("pair 1", {"verdict": "perhaps"}),
    ("pair 1", {"body": "pec:p01"}),
    ("pair 1", {"body": "system"}),
    ("pair 1", NONE),
    ("pair 1 approved", {"verdict": "same"}),
    ("pair 1 approved", {"pair": 3}),
    ("pair 1 approved", {"body": "pec:p01"}),
    ("pair 2 approved", {"verdict": "different"}),
    ("pair 2 again", {"pair": 1}),
    ("pair 2 again approved", {"pair": 1, "verdict": "different"}),
    ("request 1", {"body": "pec:p01"}),
    ("request 1", {"kind": "a favour"}),
    ("request 1", {"due": LATE}),
    ("request 3", {"number": "KARIMOV-AA1234567-1990"}),
    ("request 1 decided", {"at": "2026-10-24T08:59:59+05:00"}),
    ("request 2 decided", {"reason": "no-reason"}),
    ("request 3 withdrawn", {"at": "2026-10-24T08:59:59+05:00"}),
    ("propose 1", {"rows": 4}),
    ("propose 1", {"as_of": LATE}),
    ("approve 1", {"at": "2026-10-24T08:59:59+05:00"}),
    ("apply 1", {"at": "2026-10-24T08:59:59+05:00"}),
    ("discard 3", {"at": "2026-10-24T08:59:59+05:00"}),
    ("propose 10", {"counts": counts(added=1)}),
    ("propose 10", {"counts": counts(removed=1)}),
    ("propose 11", {"counts": counts(added=1, changed=1)}),
    ("request 1", {"due": EVE}),
    ("request 1", {"due": "soon"}),
    ("request 1", NONE),
    ("request 2", {"number": "R-2222-2A"}),
    ("request 1 decided", {"number": "R-2222-2J"}),
    ("request 1 decided", {"body": "pec:p01"}),
    ("request 1 decided", {"body": "system"}),
    ("request 3 withdrawn", {"body": "cec"}),
    ("request 3 withdrawn", {"number": "R-2222-2A"}),
    ("request 3 withdrawn", {"number": "R-2222-2J"}),
    ("request 1 decided", {"verdict": "perhaps"}),
    ("request 1 decided", {"reason": "not-proven"}),
    ("request 1 decided", {"late": True}),
    ("request 1 decided", {"at": LATE}),
    ("request 2 decided", {"reason": None}),
    ("request 2 decided", {"late": False}),
    ("request 2 decided", {"number": "R-2222-2A"}),
    ("rules 1", {"precincts": 0}),
    ("rules 1", {"precincts": 13, "rules": 13}),
    ("rules 1", {"precincts": 4}),
    ("rules 1", {"mahallas": 4}),
    ("rules 1", {"mahallas": 0}),
    ("rules 1", {"ended": 1}),
    ("rules 1", NONE),
    ("rules 2", {"ended": 4}),
    ("rules 3", {"precincts": 11, "rules": 11}),
    ("freeze", {"body": "dec-1"}),
    ("freeze", {"lists": 0}),
    ("freeze", {"lists": 13}),
    ("freeze", NONE),
    ("mark home", {"kind": "bribed"}),
    ("supplement 1", NONE),
    ("supplement 1", {"reason": "nonsense"}),
    ("supplement 2", {"members": 0}),
]  # fmt: skip


BACK: dict[str, Any] = {"kind": "reversal", "extract": None, "as_of": None, "rows": 0}
AGAIN: list[tuple[str, dict[str, Any]]] = [
    ("propose 7", {"counts": counts(1, 2, 3, 1)}),
    ("propose 7", {"counts": counts(2, 1, 3, 2)}),
    ("propose 7", {"counts": counts(2, 1, 4, 1)}),
    ("propose 7", {"reverses": 1}),
    ("propose 7", {"reverses": 3}),
    ("propose 7", {"reverses": 7}),
    ("propose 7", {"reverses": 99}),
    ("propose 7", {"reverses": None}),
    ("propose 7", {"base": 2}),
    ("approve 7", {"sha256": OTHER}),
    ("approve 7", {"changeset": 6, "sha256": hashed(6)}),
    ("apply 7", {"sha256": OTHER}),
    ("apply 7", {"reverses": 2}),
    ("apply 7", {"reverses": None}),
    ("apply 7", {"base": 2}),
    ("apply 7", {"counts": counts(1, 2, 3, 1), "voters": 4}),
    ("apply 7", {"counts": counts(2, 0, 3, 1), "voters": 7}),
    ("apply 7", {"voters": 5}),
    ("propose 8", {**BACK, "reverses": 6, "counts": counts(2, 1, 3, 1)}),
    ("propose 8", {**BACK, "reverses": 2, "counts": counts(1, 2, 3, 1)}),
    ("propose 14", {**BACK, "reverses": 13, "counts": counts(changed=2)}),
    ("propose 14", {**BACK, "reverses": 10, "counts": counts(changed=1)}),
]  # fmt: skip
"""The seventh takes the sixth back, which took the second back; the thirteenth took requests back."""


@pytest.mark.parametrize(("label", "members"), AGAIN)
def test_both_refuse_a_forged_reversal_of_a_reversal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], label: str, members: dict[str, Any]
) -> None:
    forge(tmp_path, capsys, label, **{label.replace(" ", "_"): members})


def test_both_take_requests_that_come_in_again_by_a_reversal_of_a_reversal(tmp_path: Path) -> None:
    forger = Forger(propose_14={**BACK, "reverses": 13}, apply_14={"reverses": 13})
    both_take(tmp_path / "right", build(tmp_path / "right", freezing=True, listing=True, entry=forger))


@pytest.mark.parametrize(("label", "members"), FORGED)
def test_both_refuse_a_forged_entry(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], label: str, members: dict[str, Any]
) -> None:
    forge(tmp_path, capsys, label, **{label.replace(" ", "_"): members})


@pytest.mark.parametrize(
    ("left_out", "at"),
    [
        ("propose 1", "approve 1"),
        ("approve 1", "apply 1"),
        ("apply 1", "propose 2"),
        ("approve 6", "apply 6"),
        ("apply 7", "propose 8"),
        ("pair 1 again", "pair 1 approved"),
        ("pair 2 again", "pair 2 again approved"),
        ("rules 2", "rules 3"),
    ],
)
def test_both_refuse_what_comes_after_an_entry_that_is_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], left_out: str, at: str
) -> None:
    more = {"rules_3": {"ended": 4}} if at == "rules 3" else {}
    forge(tmp_path, capsys, at, **{left_out.replace(" ", "_"): OUT}, **more)


@pytest.mark.parametrize(
    ("label", "members"),
    [
        ("granted one", {"verdict": "refused", "reason": "not-proven"}),
        ("asked one", {"kind": "early"}),
        ("granted one", OUT),
    ],
)
def test_both_refuse_a_change_that_nobody_asked_for_and_got(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], label: str, members: dict[str, Any]
) -> None:
    """The second request asks for a visit: no change of the list."""
    forge(tmp_path, capsys, "propose 10", **{label.replace(" ", "_"): members})


def test_both_refuse_an_approval_of_what_was_compared_with_an_older_list(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The third was proposed before another one went into the list."""
    third = {"changeset": 3, "sha256": hashed(3)}
    forge(tmp_path, capsys, "approve 8", discard_3=OUT, approve_8=third)


def test_both_know_that_nothing_changes_in_frozen_lists(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """When all lists are frozen, one entry lay in none; two came, one of the three is changed; then two of them move."""
    everything = {"lists": 12}
    forge(tmp_path / "one", capsys, "rules 3", freeze=everything)
    forge(tmp_path / "two", capsys, "propose 8", freeze={**everything, "unplaced": 0})
    three = counts(added=2, changed=2)
    forge(tmp_path / "three", capsys, "propose 8", freeze=everything, propose_8={"counts": three})
    four = {"counts": counts(moved=4)}
    forge(tmp_path / "four", capsys, "propose 9", freeze=everything, propose_9=four)


LAW = EDITION_TOML + b'\n[values.voters]\nsupplement_reasons = ["missing", "moved"]\nsupplement_members = 2\n'


def test_reasons_and_members_are_those_of_the_edition(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forger = Forger(supplement_1={"reason": "moved"})
    key = build(tmp_path / "right", freezing=True, edition_toml=LAW, entry=forger)
    both_take(tmp_path / "right", key)
    capsys.readouterr()
    for name, said in {"few": {"members": 1}, "other": {"reason": "adult"}}.items():
        forger = Forger(supplement_2=said)
        key = build(tmp_path / name, freezing=True, edition_toml=LAW, entry=forger)
        both_refuse(tmp_path / name, key, capsys, f"entry {forger.index['supplement 2']}:")


NOTICED = LAW + b"notice_hours = 24\n"
NEXT_DAY = "2026-10-25T09:00:00+05:00"
TELLING: dict[str, dict[str, Any]] = {
    "approve_2": {"notices": 1, "told": 1, "notice_until": NEXT_DAY},
    "apply_2": {"at": NEXT_DAY},
}
"""The second changeset removes one voter, who is told."""


def telling(tmp_path: Path, **forged: dict[str, Any]) -> tuple[str, Forger]:
    """Publishes the list with a notice; `forged`: further members of entries."""
    changed = TELLING | {"tell_2_again": OUT} | forged
    merged = {label: TELLING[label] | changed[label] for label in TELLING if changed[label] is not OUT}
    forger = Forger(**changed | merged)
    return build(tmp_path, freezing=True, listing=True, edition_toml=NOTICED, entry=forger), forger


KEPT: dict[str, dict[str, Any]] = {
    "apply_2": {"at": NEXT_DAY, "kept": 1, "counts": counts(2, 0, 3, 1), "voters": 7},
    "propose_6": {"counts": counts(0, 2, 3, 1)},
    "apply_6": {"counts": counts(0, 2, 3, 1)},
    "propose_7": {"counts": counts(2, 0, 3, 1)},
    "apply_7": {"counts": counts(2, 0, 3, 1), "voters": 7},
    **{
        f"apply_{number}": {"voters": voters}
        for number, voters in ((8, 9), (9, 9), (10, 9), (11, 10), (12, 9), (13, 9), (14, 9))
    },
}
"""That one stays because of an objection; what is taken back afterwards is what went into the list."""


def test_both_take_a_notice_and_who_stays_by_objecting(tmp_path: Path) -> None:
    for name, forged in {"told": {}, "kept": KEPT}.items():
        key, _ = telling(tmp_path / name, **forged)
        both_take(tmp_path / name, key)


def test_nobody_stays_by_an_objection_that_was_not_received(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key, forger = telling(tmp_path / "wrong", **KEPT, objection={"kind": "home"})
    both_refuse(tmp_path / "wrong", key, capsys, f"entry {forger.index['apply 2']}:")


@pytest.mark.parametrize(
    ("at", "members"),
    [
        ("apply 2", {"at": "2026-10-25T08:59:59+05:00"}),
        ("approve 2", {"notice_until": "2026-10-25T08:59:59+05:00"}),
        ("approve 2", {"told": 0}),
        ("approve 2", {"told": 2}),
        ("approve 2", {"notices": 2, "told": 2}),
        ("apply 2", {"kept": 2, "counts": counts(2, 0, 3, 1), "voters": 7}),
        ("apply 2", {"kept": 1}),
        ("apply 2", {"kept": 1, "counts": counts(2, 0, 3, 1)}),
    ],
)
def test_both_refuse_a_forged_notice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], at: str, members: dict[str, Any]
) -> None:
    key, forger = telling(tmp_path / "wrong", **{at.replace(" ", "_"): members})
    both_refuse(tmp_path / "wrong", key, capsys, f"entry {forger.index[at]}:")


GIVEN_UP: dict[str, dict[str, Any]] = {
    "approve_3": {"notices": 2, "told": 2, "notice_until": NEXT_DAY},
    "discard_3": {"at": "2026-10-24T10:00:00+05:00"},
    "approve_6": {
        "notices": 1, "told": 0, "at": "2026-10-24T20:00:00+05:00", "notice_until": "2026-10-25T19:00:00+05:00",
    },
    "tell_6": {"at": "2026-10-31T00:00:00+05:00"},
    "tell_6_again": OUT,
    "apply_6": {"at": "2026-11-01T19:00:00+05:00"},
}  # fmt: skip
"""The notice of the third stood for an hour: of that of the sixth, which tells nobody else, 23 hours are left."""


def test_a_notice_counts_for_as_long_as_it_stood(tmp_path: Path) -> None:
    key, _ = telling(tmp_path / "right", **GIVEN_UP)
    both_take(tmp_path / "right", key)


@pytest.mark.parametrize(
    ("at", "members"),
    [
        ("approve 6", {"notice_until": "2026-10-25T18:59:59+05:00"}),
        ("approve 6", {"notice_until": NEXT_DAY}),
        ("approve 6", {"notice_until": "2026-10-24T20:00:00+05:00"}),
        ("approve 6", {"told": 1}),
        ("approve 6", {"at": "2026-10-31T10:00:00+05:00", "notice_until": "2026-11-01T09:00:00+05:00"}),
        ("apply 6", {"at": "2026-10-25T18:59:59+05:00"}),
    ],
)
def test_both_refuse_a_notice_that_counts_for_longer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], at: str, members: dict[str, Any]
) -> None:
    label = at.replace(" ", "_")
    key, forger = telling(tmp_path / "wrong", **GIVEN_UP | {label: GIVEN_UP[label] | members})
    both_refuse(tmp_path / "wrong", key, capsys, f"entry {forger.index[at]}:")


@pytest.mark.parametrize(
    "members",
    [
        {"body": "pec:p01"},
        {"at": EVE},
        {"at": "2026-10-23T00:00:00+05:00"},
        {"changeset": 1},
        {"changeset": 99},
        {"telling": 7},
        {"voters": 1},
        {"precinct": "p01"},
    ],
)
def test_both_refuse_a_telling_that_says_too_much_or_of_no_notice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], members: dict[str, Any]
) -> None:
    key, forger = telling(tmp_path / "wrong", tell_2=members)
    both_refuse(tmp_path / "wrong", key, capsys, f"entry {forger.index['tell 2']}:")


@pytest.mark.parametrize("members", [{}, {"telling": hashed(102)}])
def test_nobody_is_told_more_often_than_there_are_notices(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], members: dict[str, Any]
) -> None:
    key, forger = telling(tmp_path / "wrong", tell_2_again=members)
    both_refuse(tmp_path / "wrong", key, capsys, f"entry {forger.index['tell 2 again']}:")


def test_both_refuse_a_notice_that_the_edition_does_not_know(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forge(tmp_path, capsys, "approve 2", **TELLING, tell_2_again=OUT)
