"""Compiles the message catalogues: ``python -m esaylov.server.messages``.

The sources (``locale/<language>/LC_MESSAGES/django.po``, anywhere in the package) are in the repository,
the compiled files are made on the spot, with Babel: no system gettext is needed.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).resolve().parent.parent


def compile_catalogues(package: Path = PACKAGE) -> list[Path]:
    """Compile every catalogue that is newer than its compiled file; return the files written.

    Raises `babel.messages.pofile.PoFileError` for a catalogue that cannot be read, `ValueError` for one
    whose translations do not fit their originals (a placeholder is missing or strange).
    """
    written = []
    for source in sorted(package.glob("**/locale/*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            _compile(source, compiled)
            written.append(compiled)
    return written


def _compile(source: Path, compiled: Path) -> None:
    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parent.parent.name, abort_invalid=True)
    wrong = [
        f"{source}:{message.lineno}: {error}" for message, errors in catalogue.check() for error in errors
    ]
    if wrong:
        raise ValueError("\n".join(wrong))
    # Several processes may compile at once: each writes its own file and puts it in place whole.
    descriptor, fresh = tempfile.mkstemp(dir=compiled.parent, prefix=".compiled-")
    with os.fdopen(descriptor, "wb") as file:
        write_mo(file, catalogue)
    os.chmod(fresh, 0o644)
    os.replace(fresh, compiled)


def main() -> None:
    for path in compile_catalogues():
        print(f"compiled {path.relative_to(PACKAGE)}", file=sys.stderr)


if __name__ == "__main__":
    main()
