"""The site's processes, each a program of its own: ``python -m esaylov.server.processes web|loop|custodian …``."""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

import django
from django.db import DatabaseError, connections

from esaylov.custody.keyring import KeyringError
from esaylov.custody.place import data_folder, keys_file
from esaylov.server.guard import guard_service
from esaylov.server.pool import THREADS

STATIC = Path(__file__).resolve().parent.parent / "design" / "static"


def web(host: str, port: int, workers: int) -> None:
    """Serve the site until SIGTERM or SIGINT."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        "esaylov.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        # A thread that ends takes its database connection with it: keep them.
        blocking_threads_idle_timeout=600,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=5,
        # Fonts are compressed in themselves; style sheet and scripts go through files.static, which compresses.
        static_path_route=["/static/assets/fonts"],
        static_path_mount=[STATIC / "assets" / "fonts"],
        static_path_expires=31_536_000,
    ).serve()


def loop(module: str) -> None:
    """Run the `run_forever(stop)` of a module until SIGTERM or SIGINT; `stop()` says whether to end."""
    asked = []

    def ask(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
    django.setup()
    try:
        importlib.import_module(module).run_forever(lambda: bool(asked))
    except DatabaseError as error:
        # The supervisor starts this loop again, and the database before it.
        logging.getLogger("esaylov.server.processes").warning("%s: the database is gone: %s", module, error)
        sys.exit(1)


def custodian() -> None:
    """Compare the voters' keys with what the database knows them by (at the very first start make them), then become the
    custodian: a program that has neither Django nor a database in it.
    """
    django.setup()
    from esaylov.voters.keys import keyring

    try:
        keyring()
    except (KeyringError, DatabaseError) as error:
        logging.getLogger("esaylov.server.processes").error("the custodian cannot start: %s", error)
        sys.exit(1)
    connections.close_all()
    program = [sys.executable, "-m", "esaylov.custody.custodian", "--keys", str(keys_file(data_folder()))]
    os.execv(sys.executable, program)  # noqa: S606 (its arguments are ours)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m esaylov.server.processes")
    commands = parser.add_subparsers(dest="command", required=True)
    server = commands.add_parser("web")
    server.add_argument("host")
    server.add_argument("port", type=int)
    server.add_argument("workers", type=int)
    commands.add_parser("loop").add_argument("module")
    commands.add_parser("custodian")
    chosen = parser.parse_args(arguments)
    guard_service()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "esaylov.settings")
    if chosen.command == "web":
        web(chosen.host, chosen.port, chosen.workers)
    elif chosen.command == "custodian":
        custodian()
    else:
        loop(chosen.module)


if __name__ == "__main__":
    main()
