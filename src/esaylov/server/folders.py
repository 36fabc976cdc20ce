"""The data folder of an installation, and the secret key in it."""

import contextlib
import os
import secrets
from pathlib import Path

from esaylov.custody.place import data_folder

__all__ = ("SECRET_KEY_FILE", "data_folder", "make_data_folder", "read_secret_key")

SECRET_KEY_FILE = "secret-key"  # noqa: S105 (a file's name)


def make_data_folder() -> Path:
    """Make the data folder and its secret key when they are missing, and return the folder."""
    data = data_folder()
    # Others may pass through (the database's user must), not look inside; each secret file has its own mode.
    data.mkdir(parents=True, exist_ok=True, mode=0o711)
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(data / SECRET_KEY_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return data


def read_secret_key(data: Path) -> str:
    """Return the key of the data folder; where none was made yet, one that holds for this process only."""
    with contextlib.suppress(FileNotFoundError):
        if key := (data / SECRET_KEY_FILE).read_text():
            return key
    return secrets.token_urlsafe(50)
