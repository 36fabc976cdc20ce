"""How good the search is on an invented country whose truth is known (issue 5: precision 0.99 at recall 0.95)."""

from __future__ import annotations

from pathlib import Path

import pytest

from esaylov.bench.duplicates import batches, judge, truth
from esaylov.synthetic.voters import Wishes, write_voters
from esaylov.voters.linkage.model import THRESHOLD, find_duplicates


@pytest.mark.parametrize(
    ("count", "share"), [(20_000, 0.02), pytest.param(200_000, 0.005, marks=pytest.mark.slow)]
)
def test_precision_and_recall(tmp_path: Path, count: int, share: float) -> None:
    write_voters(Wishes(count, 31, tmp_path / "country", "parquet", duplicates=share))
    told = truth(tmp_path / "country")
    judged = judge(find_duplicates(batches(tmp_path / "country")), told, THRESHOLD)
    assert told.height >= count * share * 0.9
    assert judged.precision >= 0.99, judged
    assert judged.recall >= 0.95, judged
