"""What `pg_dump` writes of the platform's database, as a stream that touches no disk."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from esaylov.server.places import INSTALLATION, installed_wheel

PIECE = 1 << 22


class DumpError(RuntimeError):
    """The database could not be dumped; the text holds what pg_dump said."""


def dump() -> Iterator[bytes]:
    """The whole database in SQL, as its owner (`DATABASE_ADMIN_URL`) sees it. Raises DumpError."""
    parts = {name: str(part) for name, part in conninfo_to_dict(os.environ["DATABASE_ADMIN_URL"]).items()}
    secret = {"PGPASSWORD": parts.pop("password")} if "password" in parts else {}
    program = installed_wheel() / INSTALLATION / "bin" / "pg_dump"
    command = [str(program), "--dbname", make_conninfo(**parts)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | secret
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        while piece := running.stdout.read(PIECE):
            yield piece
        said = running.stderr.read().decode(errors="replace").strip()
    if running.returncode:
        raise DumpError(said or f"pg_dump ended with {running.returncode}")
