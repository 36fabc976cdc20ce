"""An installation for tests: a database, a data folder, and what one does with an election in them."""

from __future__ import annotations

import contextlib
import csv
import gzip
import importlib.util
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg
from django.db import connection, connections
from django.test import override_settings

from esaylov.acts.bulk import journal_ids
from esaylov.acts.door import Accepted, Act, Refused, Result, Submission, perform
from esaylov.acts.models import Checkpoint
from esaylov.acts.sequencer import Sequencer
from esaylov.elections.queries import forget
from esaylov.exchange.package import read_package
from esaylov.exchange.verification import VerificationError, VerifiedPublication, verify
from esaylov.operations.loading import Loaded, load
from esaylov.operations.reconcile import reconcile
from esaylov.publication.publisher import Published, publish_to
from esaylov.registry.queries import actors
from esaylov.results.tabulation import Tabulator
from esaylov.server.embedded import Embedded
from tests.conftest import Clone, _clone


@dataclass(frozen=True)
class Site:
    """The installation that Django's connections lead to now."""

    clone: Clone
    data: Path

    @property
    def log(self) -> Path:
        return self.data / "log"

    def load(self, package: Path) -> Loaded:
        """Load a package through the door."""
        return load(read_package(package))[0]

    def sequence(self, **options: Any) -> Sequencer:
        """Put all that is committed into the log."""
        sequencer = Sequencer(**options)
        sequencer.acquire()
        try:
            sequencer.run_once()
        finally:
            sequencer.release()
        return sequencer

    def tabulate(self, election: str, size: int | None = None) -> None:
        """Bring the projections to a size of the log, or to that of the latest checkpoint."""
        if size is None:
            size = Checkpoint.objects.order_by("-size").values_list("size", flat=True)[0]
        Tabulator(election).advance(size)

    def publish(self, folder: Path) -> Published:
        """Sequence and publish."""
        self.sequence()
        return publish_to(folder)

    def act(
        self, act: type[Act[Any]], election: str, body: str, at: str | None = None, **payload: Any
    ) -> Result:
        """One act through the door; `at`: a time with offset."""
        actor = actors(election, [body])[body]
        time = datetime.fromisoformat(at) if at else None
        return perform(act, election, Submission(act.Payload(**payload), actor, time))

    def accept(
        self, act: type[Act[Any]], election: str, body: str, at: str | None = None, **payload: Any
    ) -> Accepted:
        """The same, which must be accepted."""
        result = self.act(act, election, body, at, **payload)
        assert isinstance(result, Accepted), [finding.text["en"] for finding in result.findings]
        return result

    def refuse(
        self, act: type[Act[Any]], election: str, body: str, at: str | None = None, **payload: Any
    ) -> list[str]:
        """The same, which must be refused; the codes of the findings."""
        result = self.act(act, election, body, at, **payload)
        assert isinstance(result, Refused), result
        return [finding.code for finding in result.findings]

    def differences(self) -> list[str]:
        """What `esaylov reconcile` prints, in a process that remembers nothing."""
        forget()
        return [str(difference) for difference in reconcile()]

    def ask(self, statement: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        """Rows of a statement, as the application's role."""
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return list(cursor.fetchall()) if cursor.description else []

    @contextlib.contextmanager
    def superuser(self) -> Iterator[psycopg.Connection[Any]]:
        """A connection that no trigger and no missing right stops; committed at the end."""
        with psycopg.connect(self.clone.urls.superuser) as raw:
            raw.execute("SET session_replication_role = replica")
            yield raw
        forget()


@contextlib.contextmanager
def site_at(clone: Clone, folder: Path) -> Iterator[Site]:
    """Lead everything in this process to a clone of the database and a data folder; then forget both."""
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    _forget()
    with override_settings(ESAYLOV_DATA=data):
        try:
            yield Site(clone, data)
        finally:
            _forget()


@contextlib.contextmanager
def fresh_site(template: Embedded, folder: Path) -> Iterator[Site]:
    """A further installation; afterwards the one before is at hand again."""
    with _clone(template) as clone, site_at(clone, folder) as made:
        yield made
    _forget()


@contextlib.contextmanager
def copy_of(template: Embedded, site: Site) -> Iterator[Site]:
    """A copy of an installation's database beside the same data folder, to be spoilt; afterwards the original is at hand again."""
    _forget()
    with _clone(template, site.clone.name) as clone, override_settings(ESAYLOV_DATA=site.data):
        try:
            yield Site(clone, site.data)
        finally:
            _forget()


def _forget() -> None:
    forget()
    journal_ids.forget()
    for alias in connections:
        connections[alias].close()


# --- both verifiers ---


@lru_cache(maxsize=1)
def standalone() -> ModuleType:
    """The one-file verifier as it is published, as a module."""
    path = files("esaylov.exchange") / "standalone" / "verify.py"
    spec = importlib.util.spec_from_file_location("standalone_verify", str(path))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run_standalone(folder: Path, **options: Any) -> tuple[int, str]:
    """Exit status and output of verify.py."""
    arguments = [str(folder)]
    for name, value in options.items():
        arguments += [f"--{name}", str(value)]
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        status: int = standalone().main(arguments)
    return status, output.getvalue()


def key_of(folder: Path) -> str:
    """The verifier key beside a published log."""
    return (folder / "log" / "key").read_text().strip()


def accepted(folder: Path, **options: Any) -> tuple[VerifiedPublication, str]:
    """Both verifiers accept a folder under its pinned key; what `esaylov verify` found, and its lines."""
    options = {"key": key_of(folder), **options}
    lines: list[str] = []
    found = verify(str(folder), lines.append, **options)
    status, output = run_standalone(folder, **options)
    assert status == 0, output
    text = "\n".join(lines)
    for mark in ("SIMULATED", "REPLAY", "ORIGIN NOT PROVEN"):
        assert (mark in text) == (mark in output), (mark, text, output)
    return found, text


def refused(folder: Path, **options: Any) -> tuple[str, str]:
    """Both verifiers refuse a folder; what each says."""
    return ours(folder, **options), theirs(folder, **options)


def ours(folder: Path, **options: Any) -> str:
    """`esaylov verify` refuses a folder; what it says."""
    try:
        verify(str(folder), lambda _: None, **options)
    except VerificationError as error:
        return str(error)
    raise AssertionError(f"esaylov verify accepted {folder}")


def theirs(folder: Path, **options: Any) -> str:
    """verify.py refuses a folder; what it says."""
    status, output = run_standalone(folder, **options)
    assert status == 1, output
    return output.strip().splitlines()[-1]


# --- published files ---


def rows_of(path: Path) -> list[dict[str, str]]:
    """Rows of a published table, plain or packed; none when the file is missing."""
    if not path.exists():
        return []
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
