"""frozen.csv: which lists of voters are frozen, with how many and under which root; what came into them afterwards.

docs/formats.md, sections 3, 6 and 9.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from esaylov.exchange.frozen import Frozen, check_proof
from esaylov.exchange.verification.said import ElectionEntries
from esaylov.exchange.verification.store import VerificationError
from esaylov.exchange.verification.tables import Election, Files, csv_text, read_csv
from esaylov.law.voters import VoterRules, voter_rules
from esaylov.tlog.proofs import ProofError

FREEZE, SUPPLEMENT, MARK = "voters.freeze_lists", "voters.add_supplement", "voters.mark_voter"
ROUND = "voters.record_round"
APPROVE, APPLY = "voters.approve_changeset", "voters.apply_changeset"
DISCARD = "voters.discard_changeset"
HOLDS = 7
"""An earlier notice counts for so many times the length of a notice."""
NAME = "frozen.csv"
OF_ONE = ("precinct", "voters", "root")
_COUNT = re.compile("0|[1-9][0-9]{0,8}")
_HASH = re.compile("[0-9a-f]{64}")
_LARGEST = 1 << 20

Entry = dict[str, Any]


class FrozenLists(NamedTuple):
    """What was found: rows of frozen.csv by precinct, entries of supplements, marks."""

    rows: Mapping[str, Frozen]
    supplements: int
    marks: int


def compare_lists(files: Files, election: Election, entries: ElectionEntries, size: int) -> FrozenLists:
    """Compares frozen.csv with the entries below a size, and follows supplements and marks. Raises VerificationError."""
    mine = [(index, d) for index, d in entries.lists if index < size]
    freezes = {str(index): d for index, d in mine if d["act"] == FREEZE}
    rows: dict[str, Frozen] = {}
    if freezes or NAME in files:
        rows = _rows(files, election, freezes)
    counted: Counter[tuple[str, str, str]] = Counter()
    law = voter_rules(election.edition)
    notices = _Notices(timedelta(hours=law.notice_hours))
    for index, d in mine:
        if d["act"] in (APPROVE, APPLY, DISCARD):
            reason = notices.wrong(d)
        else:
            reason = None if d["act"] == FREEZE else _follow(counted, election, rows, index, d)
        if d["act"] == SUPPLEMENT and reason is None:
            reason = _wrong_by_law(d, law)
        if reason:
            raise VerificationError(f"entry {index}: {reason}")
    _compare_answers(entries, law, size)
    acted = Counter(d["act"] for _, d in mine)
    hidden = sum(index < size for index in entries.marks)
    return FrozenLists(rows, acted[SUPPLEMENT], acted[MARK] + hidden)


def _rows(files: Files, election: Election, freezes: Mapping[str, Entry]) -> dict[str, Frozen]:
    path = files.path(NAME)
    head, rows = read_csv(path, files.take(NAME))
    order = [(row[0].rjust(20), row[1]) for row in rows]
    if tuple(head) != ("entry", *OF_ONE) or order != sorted(set(order)):
        raise VerificationError(f"{path}: unknown columns, or rows that do not stand in their order")
    if not freezes or {row[0] for row in rows} != freezes.keys():
        raise VerificationError(f"{path}: not the entries that freeze lists")
    if len({row[1] for row in rows}) != len(rows):
        raise VerificationError(f"{path}: a precinct stands twice")
    for _, precinct, voters, root in rows:
        if precinct not in election.group_of or not _COUNT.fullmatch(voters) or not _HASH.fullmatch(root):
            raise VerificationError(
                f"{path}: {precinct[:100]!r} is no precinct here, or its row is malformed"
            )
    for entry, d in freezes.items():
        _check_pin(path, entry, d, [row[1:] for row in rows if row[0] == entry])
    return {row[1]: Frozen(int(row[0]), row[1], int(row[2]), row[3]) for row in rows}


def _check_pin(path: str, entry: str, d: Entry, rows: Sequence[Sequence[str]]) -> None:
    if sha256(csv_text(OF_ONE, rows).encode()).hexdigest() != d["table"]:
        raise VerificationError(f"{path}: not the rows that entry {entry} pins")
    if (len(rows), sum(int(row[1]) for row in rows)) != (d["lists"], d["voters"]):
        raise VerificationError(f"{path}: other sums than entry {entry} says")


def _follow(
    counted: Counter[tuple[str, str, str]],
    election: Election,
    rows: Mapping[str, Frozen],
    index: int,
    d: Entry,
) -> str | None:
    """The next entry of a supplement, the next mark, the first visit or round; what is wrong with it."""
    precinct = d["precinct"]
    if precinct not in election.group_of or (d["body"] != f"pec:{precinct}" and d["act"] != ROUND):
        return f"{d['body']!r} is not the commission of {precinct!r}"
    one = (d["act"], precinct, d.get("kind", ""))
    counted[one] += 1
    if d["number"] != counted[one]:
        return f"number {d['number']}, due is {counted[one]}"
    if d["act"] == SUPPLEMENT and (precinct not in rows or rows[precinct].entry > index):
        return f"the list of {precinct!r} is not frozen"
    return None


def _compare_answers(entries: ElectionEntries, law: VoterRules, size: int) -> None:
    """Requests are due when the edition says, and refused for its reasons."""
    wrong = [
        (index, f"due {time} after it came, by the edition {law.answer_hours} hours")
        for time, index in entries.answers.items() if time != timedelta(hours=law.answer_hours)
    ]  # fmt: skip
    wrong += [
        (index, f"the edition has no reason {reason!r}")
        for reason, index in entries.reasons.items() if reason not in law.request_reasons
    ]  # fmt: skip
    index, reason = min(wrong, default=(size, ""))
    if index < size:
        raise VerificationError(f"entry {index}: {reason}")


def _wrong_by_law(d: Entry, law: VoterRules) -> str | None:
    if d["reason"] not in law.supplement_reasons:
        return f"the edition has no reason {d['reason']!r}"
    if d["members"] < law.supplement_members:
        return f"{d['members']} members agreed, the edition asks for {law.supplement_members}"
    return None


class _Notices:
    """The notices of removals that approvals began, of changesets that did not go into the list, entry by entry. Each notice
    lasts for a time (`length`), less the time for which an earlier one of the same removals stood.
    """

    def __init__(self, length: timedelta) -> None:
        self._length = length
        self._begun: dict[int, datetime] = {}
        self._stood: dict[int, timedelta] = {}

    def wrong(self, d: Entry) -> str | None:
        """Takes the next approval, application or discarding; what is wrong with an approval."""
        number, at = d["changeset"], datetime.fromisoformat(d["at"])
        if d["act"] == APPROVE:
            reason = self._wrong(d, at)
            if d["notices"]:
                self._begun[number] = at
            return reason
        begun = self._begun.get(number)
        if d["act"] == APPLY:
            self._begun.pop(number, None)
        elif begun is not None:
            self._stood[number] = at - begun
        return None

    def _wrong(self, d: Entry, at: datetime) -> str | None:
        if not d["notices"]:
            return None
        if not self._length:
            return "the edition knows no notice of removals"
        left = {self._length} if d["told"] else self._left(at)
        if datetime.fromisoformat(d["notice_until"]) - at not in left:
            due = f"{self._length} after the approval, less the time that an earlier one stood"
            return f"the notice ends at {d['notice_until']}, not {due}"
        return None

    def _left(self, at: datetime) -> set[timedelta]:
        """What can be left of a notice where everybody was told by an earlier one."""
        first = at - HOLDS * self._length
        stood = [
            self._stood.get(number, at - begun) for number, begun in self._begun.items() if begun >= first
        ]
        return {max(self._length - time, timedelta()) for time in stood}


def check_voter(path: Path, lists: Mapping[str, FrozenLists]) -> str:
    """Checks a proof that a voter stands in a frozen list; `lists`: what was found, by election. Says what it shows."""
    try:
        with path.open("rb") as file:
            shown = orjson.loads(file.read(_LARGEST))
        election = shown["election"]
        found = lists[election]
        row = check_proof(shown, found.rows, election)
    except OSError as error:
        raise VerificationError(f"{path}: {error.strerror}") from error
    except ProofError as error:
        raise VerificationError(f"{path}: {error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise VerificationError(
            f"{path}: not a proof of a voter in an election that is published here"
        ) from error
    own = ", with the data shown" if "own" in shown else ""
    return f"number {shown['number']} of {row.voters} in the frozen list of {row.precinct!r}{own}"
