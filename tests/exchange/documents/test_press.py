"""Long documents are set one at a time, and forgotten; whatever happens to one, the next one is set."""

from __future__ import annotations

import threading

import pytest

from esaylov.exchange.documents import pdf, press
from tests.exchange.documents.samples import sample


def settled() -> bool:
    """Whether the press has forgotten the last long document."""
    for thread in threading.enumerate():
        if thread.name == "press forgets":
            thread.join()
    return not press._one_long.locked()


def test_a_long_document_is_forgotten_before_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    document = sample("voters")
    plain = pdf(document)
    monkeypatch.setattr(press, "LONG", 10)
    assert [pdf(document), pdf(document)] == [plain, plain]
    assert settled()
    monkeypatch.setattr(press, "STANDARDS", ["none that is known"])
    with pytest.raises(ValueError, match="none that is known"):
        pdf(document)
    assert settled()
