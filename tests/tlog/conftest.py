from __future__ import annotations

import pytest

from tests.judges import Judge, judge


@pytest.fixture
def aics() -> Judge:
    """The judge `aics-tlog`."""
    return judge("aics-tlog")


@pytest.fixture
def scales() -> Judge:
    """The judge `tlog-tiles` of tlog-scales."""
    return judge("tlog-tiles")
