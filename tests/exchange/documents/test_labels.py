"""The words of documents: there in all five languages, with the same placeholders, Cyrillic by the rule of the site."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from esaylov.design.transliteration import transliterate_to_cyrillic
from esaylov.exchange.documents.letters import clean
from esaylov.exchange.documents.words import LABELS, LANGUAGES, labels

ROOM = LABELS.parent
PLACE = re.compile(r"\{(\w+)\}")


@pytest.mark.parametrize("name", sorted(labels()))
def test_a_label_is_there_in_every_language(name: str) -> None:
    texts = labels()[name]
    assert set(texts) == set(LANGUAGES)
    assert all(text.strip() == text and text for text in texts.values())
    assert len({frozenset(PLACE.findall(text)) for text in texts.values()}) == 1
    assert all(clean(text) == text for text in texts.values())


@pytest.mark.parametrize("name", sorted(labels()))
def test_uzbek_cyrillic_follows_the_latin(name: str) -> None:
    texts = labels()[name]
    assert texts["uz-cyrl"] == transliterate_to_cyrillic(texts["uz"])


def test_every_label_is_used_and_every_used_label_is_there() -> None:
    code = "\n".join(Path(path).read_text("utf-8") for path in sorted(ROOM.rglob("*.py")))
    sources = code + "\n".join(path.read_text("utf-8") for path in sorted(ROOM.rglob("*.typ")))
    used = set(re.findall(r"[\"'](\w+)[\"']", code)) | set(re.findall(r"words\.(\w+)", sources))
    made = {
        f"{first}_{second}" for first in ("mark", "notice") for second in ("pilot", "rehearsal", "simulated")
    }
    made |= {f"{first}_{second}" for first in ("check", "status") for second in ("title", "page", "how")}
    assert set(labels()) - made <= used
    assert made <= set(labels())


def test_no_text_mixes_the_scripts() -> None:
    for name, texts in labels().items():
        for language, text in texts.items():
            said = PLACE.sub("", text)
            for kept in ("QR", "SHA-256", "UTC"):
                said = said.replace(kept, "")
            wrong = "[А-Яа-яЁё]" if language in {"uz", "kaa", "en"} else "[A-Za-z]"
            assert not re.search(wrong, said), (name, language)
