"""`esaylov voters leaks`: whether a stolen copy of anything here would name a voter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from esaylov.commands.voters import voter_refusals
from esaylov.console import refuse

if TYPE_CHECKING:
    from esaylov.server.embedded import Embedded
    from esaylov.voters.leaks import Searched, Wanted

app = typer.Typer()
Places = Annotated[
    list[Path] | None,
    typer.Argument(metavar="PATH", exists=True, help="more files or folders: backups, temporary files"),
]


@app.command("leaks")
def leaks(
    places: Places = None,
    voter: Annotated[
        int | None, typer.Option(help="number of the entry in the voter list (else one by chance)")
    ] = None,
) -> None:
    """Search a dump, the database's files, the data folder and other places for PINFL, document and name of a listed voter.

    Shows that it would find them by something that stands in clear. Ends with 1 where anything was found. Recorded as looked at.
    """
    from esaylov.server.database import platform
    from esaylov.server.dumping import DumpError

    with platform() as own, voter_refusals():
        things, clear = _known(voter)
        try:
            found = [_said(name, one) for name, one in _searched(own, things, clear, places or [])]
        except DumpError as error:
            raise refuse(str(error)) from error
    if any(found):
        raise refuse("a voter stands in clear there: whoever gets it needs no key")
    print("nobody can be named from any of it without the keys")


def _known(voter: int | None) -> tuple[Sequence[Wanted], Wanted]:
    """What is looked for, and what stands in clear (the code of the voter's mahalla)."""
    import random

    import orjson
    from django.db.models import Max

    from esaylov.custody.sealer import Sealer
    from esaylov.voters import access
    from esaylov.voters import leaks as looking
    from esaylov.voters.keys import keyring
    from esaylov.voters.models import Mahalla, Voter

    rows = Voter.objects.order_by("id")
    last = rows.aggregate(last=Max("id"))["last"] or 0
    chosen = random.randint(1, max(1, last))
    row = rows.filter(id=voter).first() if voter else rows.filter(id__gte=chosen).first()
    if row is None:
        raise refuse("there is no such entry in the voter list")
    record = orjson.loads(Sealer(keyring()).open([row.id], [bytes(row.sealed)])[0])
    access.record([row.id], body="", person=None, purpose="inspection")
    print(f"looking for PINFL, document and name of entry {row.id}")
    return looking.wanted(record), looking.text(Mahalla.objects.get(id=row.mahalla).code)


def _searched(
    own: Embedded | None, things: Sequence[Wanted], clear: Wanted, places: Sequence[Path]
) -> Iterator[tuple[str, Searched]]:
    """Place by place; the database's with what stands in clear. Raises DumpError, typer.Exit where that was not found."""
    import psycopg

    from esaylov.server.dumping import dump
    from esaylov.server.folders import data_folder
    from esaylov.voters.leaks import Searched, search, search_files

    size, found = search(dump(), [*things, clear])
    shown = [f"{what}: byte {at:,}" for what, at in found.items()]
    yield "pg_dump", _controlled(Searched(size, 0, shown), clear)
    files = [data_folder()]
    if own is not None:
        with psycopg.connect(own.urls.superuser, autocommit=True) as server:
            server.execute("CHECKPOINT")
        yield (
            "files of the database",
            _controlled(search_files([own.cluster, own.log], [*things, clear], plain=True), clear),
        )
        files = [one for one in data_folder().iterdir() if one != own.data]
    yield f"data folder {data_folder()}", search_files(files, things)
    for place in places:
        yield str(place), search_files([place], things)


def _controlled(seen: Searched, clear: Wanted) -> Searched:
    """Without what stands in clear, which must have been found."""
    others = [one for one in seen.found if not one.startswith(clear.what)]
    if len(others) == len(seen.found):
        raise refuse("what stands in clear there was not found either: this search shows nothing")
    seen.found = others
    return seen


def _said(name: str, seen: Searched) -> bool:
    """Tells what was looked through; whether anything was found."""
    files = f" in {seen.files:,} files" if seen.files else ""
    print(f"{name}: {seen.size / 1e6:,.1f} MB{files}: {'FOUND' if seen.found else 'not found'}")
    for one in seen.found:
        print(f"  {one}")
    if seen.unread:
        print(
            f"  {len(seen.unread):,} packed or unreadable files were not looked into, such as {seen.unread[0]}"
        )
    return bool(seen.found)
