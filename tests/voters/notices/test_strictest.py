"""Both verifiers know that nobody leaves the one list by rules that ask for less than another election's (Y117)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from esaylov.acts.context import get_context
from esaylov.acts.door import Submission, perform
from esaylov.acts.identity import identity
from esaylov.acts.powers import SYSTEM, Actor
from esaylov.exchange import verification
from esaylov.exchange.standalone import verify
from esaylov.law.voters import voter_rules
from esaylov.publication.publisher import publish_to
from esaylov.voters.changesets import ApplyChangeset, ApproveChangeset, ProposeChangeset
from esaylov.voters.models import Changeset
from esaylov.voters.notices import preparing
from esaylov.voters.staging import Aim, compare
from tests.acts.election import EDITION, World, world
from tests.exchange.test_verification_lists import both_refuse
from tests.registry.people import accepted
from tests.voters.changing import carried, central, compared, nowhere, said
from tests.voters.conftest import VOTERS
from tests.voters.extracts import extract, resident
from tests.voters.notices.noticed import LATER, NOTICE, PEOPLE, START, listed, noticed_world

OTHER = "other"
NEXT = "2024-09-03T00:00:00+05:00"


def leaves_under(folder: Path, people: dict[str, Actor], as_of: str = LATER) -> Changeset:
    """Somebody who died leaves the list by a changeset of the other election: nobody needs notice of it."""
    rows = [resident(number) for number in range(1, PEOPLE + 1)]
    rows[-1] |= {"status": "died"}
    context = get_context(OTHER)
    aim = Aim(
        OTHER, date(2026, 10, 25), voter_rules(context.edition), simulated=True, place=nowhere, now=context.now()
    )  # fmt: skip
    made = compare(extract(folder, rows, as_of=as_of), aim)
    accepted(
        perform(ProposeChangeset, OTHER, Submission(_payload(ProposeChangeset, made), people["secretary"]))
    )
    approval = ApproveChangeset.Payload(**said(made), decision="7")
    accepted(perform(ApproveChangeset, OTHER, Submission(approval, people["chair"])))
    accepted(perform(ApplyChangeset, OTHER, Submission(_payload(ApplyChangeset, made), SYSTEM)))
    return made


def _payload(act: type[ProposeChangeset] | type[ApplyChangeset], made: Changeset) -> ProposeChangeset.Payload:
    return act.Payload(**said(made))


def written(folder: Path, rules: str, *, later: bool = True) -> tuple[World, Path, str]:
    """A log in which somebody left under the other election's rules; `later`: the first one's list changes once more then."""
    with noticed_world(folder) as door:
        people = central()
        listed(folder, people)
        with world(folder, name=OTHER, edition=EDITION + VOTERS + rules, start=START):
            leaves_under(folder / "dead", people)
        if later:
            grown = [resident(40, event="adult")]
            carried(compared(folder / "grown", grown, kind="delta", as_of=NEXT), people)
        door.sequence()
        publish_to(folder / "published")
        known = identity()
        assert known is not None
        return door, folder / "published", known.verifier_key


def both_take(folder: Path, key: str) -> None:
    verification.verify(str(folder), lambda *_: None, key=key)
    assert verify.main([str(folder), "--key", key]) == 0


def test_both_take_removals_by_rules_that_ask_for_as_much(db_clone: object, tmp_path: Path) -> None:
    _, folder, key = written(tmp_path, NOTICE)
    both_take(folder, key)


@pytest.mark.parametrize(
    "rules",
    [
        "",
        NOTICE.replace("24", "23"),
        NOTICE.replace('"duplicate"', '"duplicate", "left"'),
        NOTICE.replace("0.5", "0.6"),
    ],
    ids=["silent", "shorter", "more without notice", "higher level"],
)
def test_both_refuse_removals_by_rules_that_ask_for_less(
    db_clone: object,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    rules: str,
) -> None:
    """Whoever runs the site took the check out, and signs what came of it."""
    monkeypatch.setattr(preparing, "stricter", lambda *_: None)
    _, folder, key = written(tmp_path, rules)
    capsys.readouterr()
    both_refuse(folder, key, capsys, "which was not over")


def test_that_it_was_not_over_shows_in_what_it_writes_later(
    db_clone: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A set clock stands in no entry of another election: the freeze at the latest shows it."""
    monkeypatch.setattr(preparing, "stricter", lambda *_: None)
    _, folder, key = written(tmp_path, "", later=False)
    both_take(folder, key)
