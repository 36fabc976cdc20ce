"""Files that are handed in: as large as allowed they stay in memory, larger ones are not read."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.http import HttpRequest
from django.test import RequestFactory

from esaylov.formation.uploads import ALLOWED


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which Django would put temporary files."""
    monkeypatch.setattr("django.conf.settings.FILE_UPLOAD_TEMP_DIR", str(tmp_path), raising=False)
    return tmp_path


def handed_in(size: int) -> HttpRequest:
    file = BytesIO(bytes(size))
    file.name = "list.csv"
    return RequestFactory().post("/cabinet/special/", {"file": file})


def test_a_large_file_is_on_no_disk(temporary: Path) -> None:
    file = handed_in(8 << 20).FILES["file"]
    assert isinstance(file, InMemoryUploadedFile)
    assert file.size == 8 << 20
    assert not list(temporary.iterdir())


def test_a_larger_one_is_refused_unread(temporary: Path) -> None:
    request = handed_in(1)
    request.META["CONTENT_LENGTH"] = str(ALLOWED + 1)
    with pytest.raises(RequestDataTooBig):
        _ = request.FILES


def test_whatever_is_allowed_stays_in_memory() -> None:
    from esaylov import settings

    assert settings.FILE_UPLOAD_MAX_MEMORY_SIZE >= ALLOWED
    assert not any("Temporary" in handler for handler in settings.FILE_UPLOAD_HANDLERS)
