"""A draft's tables are read when they change, not each time that somebody looks at its page."""

from __future__ import annotations

import pytest

from esaylov.elections import drafts
from tests.cabinet.people import Bench
from tests.elections.test_calling import prepared


def test_a_second_look_reads_nothing_anew(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = prepared(bench.clients["cec chair"])
    read = []
    once = drafts.open_package

    def counted(*given: object) -> object:
        read.append(given)
        return once(*given)  # type: ignore[arg-type]

    drafts._kept.clear()
    monkeypatch.setattr(drafts, "open_package", counted)
    first = drafts.judge(draft)
    assert drafts.judge(draft) == first
    assert bench.clients["cec chair"].get(f"/en/cabinet/drafts/{draft.pk}/").status_code == 200
    assert len(read) == 1
    options = drafts.table(draft, "options")
    assert options is not None
    drafts.put_table(draft, "options", options.replace(b"1", b"x"))
    spoiled = drafts.judge(draft)
    assert len(read) == 2
    assert spoiled.package is None
    assert spoiled.problems
    # What the package says besides its tables counts as well.
    drafts.put_table(draft, "options", options)
    draft.titles = {"en": "Another title"}
    found = drafts.judge(draft).package
    assert found is not None
    assert found.titles == {"en": "Another title"}
    assert len(read) == 3
    assert drafts.judge(draft).package is found


def test_only_the_last_drafts_are_kept(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = prepared(bench.clients["cec chair"])
    monkeypatch.setattr(drafts, "KEPT", 2)
    drafts._kept.clear()
    for number in range(4):
        draft.titles = {"en": f"Title {number}"}
        drafts.judge(draft)
    assert len(drafts._kept) == 2
