"""A precinct's list on paper: one at a request, all of a territory by a command with progress."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from glob import escape
from pathlib import Path

import orjson
import psutil
from django.db import transaction

from esaylov.acts.context import ElectionContext, get_context
from esaylov.custody.sealer import Sealer
from esaylov.elections.models import Election
from esaylov.exchange.documents import Sheet, VoterLine, VoterList, pdf
from esaylov.exchange.frozen_file import write_private
from esaylov.law.voters import voter_rules
from esaylov.proceedings.papers import mode_of
from esaylov.registry.models import Precinct, Territory
from esaylov.voters import access
from esaylov.voters.keys import keyring
from esaylov.voters.precinct_list.reading import PURPOSE, PrecinctList, Record

STATE = 8
"""Characters of a list's state in the name of its file."""
FORMS = ("signed", "large", "inspection")
Progress = Callable[[int, int], object]


class PrintingError(RuntimeError):
    """Nothing can be printed; the text says why."""


def document(
    found: PrecinctList, context: ElectionContext, form: str, language: str, issuer: str
) -> VoterList:
    """The list of a precinct as a document; `form`: one of FORMS. It opens every record of the list."""
    election = Election.objects.get(id=context.id)
    entries = found.entries(0, len(found.voters))
    lines = tuple(line_of(one.number, one.record, one.marks) for one in entries)
    mode = mode_of(simulated=context.simulated, pilot=election.pilot, replay=context.replay)
    title = election.titles.get(language) or next(iter(election.titles.values()), election.id)
    now = context.now()
    return VoterList(
        sheet=Sheet(language, mode, issuer, now, title),
        precinct=precinct_name(found.precinct),
        as_of=now.date(),
        voters=lines,
        root=bytes(found.frozen.root).hex() if found.frozen else "",
        large=form == "large",
        inspection=voter_rules(context.edition).inspection if form == "inspection" else None,
    )


def precinct_name(precinct: Precinct) -> str:
    """How papers call a precinct: its number and its code."""
    return f"№ {precinct.number} ({precinct.code})" if precinct.number else precinct.code


def line_of(number: int, record: Record, marks: tuple[str, ...]) -> VoterLine:
    """A line of the list."""
    given = {
        name: record.get(name, "")
        for name in ("surname", "given_name", "patronymic", "street", "house", "flat")
    }
    return VoterLine(number=number, born=record.get("birth_date", ""), marks=marks, **given)


def print_territory(
    election: str,
    territory: str,
    folder: Path,
    *,
    form: str = "signed",
    language: str = "uz",
    progress: Progress | None = None,
) -> int:
    """Writes the lists of all precincts of a territory into a folder that its owner alone may enter; how many it wrote.

    Those that are there already as the list stands now are left alone, so that a run that was stopped goes on; what was printed
    from an earlier list goes. Every record is recorded as looked at.
    Raises PrintingError, KeyringError, UnknownElection.
    """
    printing = _Printing(get_context(election), folder, form, language)
    due = _precincts(election, territory)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = 0
    for done, one in enumerate(_set_ahead(map(printing.sheet, due)), 1):
        written += printing.keep(one)
        if progress is not None:
            progress(done, len(due))
    return written


@dataclass(slots=True)
class _Paper:
    """A precinct's list on its way to paper. `content`: None where the file is there already. `made`: the PDF."""

    found: PrecinctList
    name: str
    file: Path
    content: VoterList | None = None
    made: Future[bytes] | None = None


class _Printing:
    """The lists of a territory's precincts in one form and one language."""

    def __init__(self, context: ElectionContext, folder: Path, form: str, language: str) -> None:
        self.context, self.folder, self.form, self.language = context, folder, form, language
        self.sealer = Sealer(keyring())

    def sheet(self, precinct: Precinct) -> _Paper:
        """A precinct's list as a document, where its paper is not there as the list stands now."""
        found = PrecinctList(precinct, lambda rows: _opened(self.sealer, rows))
        name = f"{self.context.id}-{precinct.code}-{self.form}-{self.language}"
        paper = _Paper(found, name, self.folder / f"{name}-{found.state[:STATE]}.pdf")
        if not paper.file.exists():
            paper.content = document(found, self.context, self.form, self.language, precinct_name(precinct))
        return paper

    def keep(self, paper: _Paper) -> bool:
        """Writes what is set; papers of an earlier list, and what a killed run left, go. Whether there was something to write."""
        if paper.made is not None:
            made = paper.made.result()
            with transaction.atomic():
                access.record(paper.found.voters, body="", person=None, purpose=PURPOSE)
            fresh = paper.file.with_name(f".{paper.file.name}.{os.getpid()}")
            write_private(fresh, made)
            fresh.replace(paper.file)
        for older in self.folder.glob(f"{escape(paper.name)}-{'?' * STATE}.pdf"):
            if older != paper.file:
                older.unlink()
        for half in self.folder.glob(f".{escape(paper.name)}-{'?' * STATE}.pdf.*"):
            if not psutil.pid_exists(int(half.suffix[1:])):
                half.unlink()
        return paper.made is not None


def _set_ahead(papers: Iterator[_Paper]) -> Iterator[_Paper]:
    """The papers in their order, each being set while the next one is read: Typst works outside Python's lock."""
    waiting: deque[_Paper] = deque()
    with ThreadPoolExecutor(1) as press:
        for paper in papers:
            if paper.content is not None:
                paper.made, paper.content = press.submit(pdf, paper.content), None
            waiting.append(paper)
            if len(waiting) > 1:
                yield waiting.popleft()
        yield from waiting


def _opened(sealer: Sealer, rows: Sequence[tuple[int, bytes]]) -> list[Record]:
    opened = sealer.open([row for row, _ in rows], [sealed for _, sealed in rows])
    return [orjson.loads(record) for record in opened]


def _precincts(election: str, territory: str) -> list[Precinct]:
    place = Territory.objects.filter(election=election, code=territory).first()
    if place is None:
        raise PrintingError(f"the election {election!r} has no territory {territory!r}")
    return list(_below(election, place))


def _below(election: str, place: Territory) -> Iterator[Precinct]:
    rows = Precinct.objects.filter(election=election).select_related("territory").order_by("position")
    return (row for row in rows if place.id in row.territory.lineage or place.id == row.constituency_id)
