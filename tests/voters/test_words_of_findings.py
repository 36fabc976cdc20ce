"""What findings say of a mark, a verdict and a state: words of each language, none missing."""

from __future__ import annotations

from typing import get_args

import pytest

from esaylov.voters import findings
from esaylov.voters.freezing import findings as marks
from esaylov.voters.freezing.marks import Kind
from esaylov.voters.models import Changeset
from esaylov.voters.requests import findings as requests


@pytest.mark.parametrize("kind", get_args(Kind))
def test_each_mark_has_words(kind: str) -> None:
    for finding in (marks.not_open(kind), marks.voted_here(kind, "2024-10-20")):
        assert {"en", "ru", "uz"} <= set(finding.text)
        assert marks.MARKS[kind][1] in finding.text["ru"]
        assert marks.MARKS[kind][2] in finding.text["uz"]


@pytest.mark.parametrize("state", Changeset.State.values)
def test_each_state_has_words(state: str) -> None:
    said = findings.wrong_state(state).text
    assert findings.STATES[state][2] in said["uz"]
    assert f"“{state}”" not in said["uz"], "the code of the state is nobody's word"


def test_each_verdict_has_words() -> None:
    for verdict, (_, ru, uz) in requests.VERDICTS.items():
        said = requests.decided_already(verdict).text
        assert (ru in said["ru"], uz in said["uz"]) == (True, True)
