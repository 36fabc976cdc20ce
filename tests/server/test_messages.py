"""Message catalogues are compiled, and wrong ones refused."""

import gettext
from pathlib import Path

import pytest

from esaylov.server.messages import compile_catalogues

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


def catalogue(package: Path, translation: str) -> Path:
    source = package / "room" / "locale" / "ru" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(
        f'{HEAD}#, python-format\nmsgid "%(count)s votes"\nmsgstr "{translation}"\n', encoding="utf-8"
    )
    return source


def test_a_catalogue_is_compiled_once(tmp_path: Path) -> None:
    source = catalogue(tmp_path, "голосов: %(count)s")
    compiled = source.with_suffix(".mo")
    assert compile_catalogues(tmp_path) == [compiled]
    with compiled.open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("%(count)s votes") == "голосов: %(count)s"
    assert compile_catalogues(tmp_path) == []
    assert list(compiled.parent.glob(".compiled-*")) == []


def test_a_lost_placeholder_is_refused(tmp_path: Path) -> None:
    source = catalogue(tmp_path, "голосов: %(kount)s")
    with pytest.raises(ValueError, match=r"django\.po:6: .*placeholder"):
        compile_catalogues(tmp_path)
    assert not source.with_suffix(".mo").exists()
