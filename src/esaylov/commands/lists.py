"""`esaylov voters freeze`, `proof`, `export`, `root`, `print`, `marks`, `rounds`: a few lines each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from esaylov.commands.voters import Election, voter_refusals

app = typer.Typer()
File = Annotated[Path, typer.Option("--out", metavar="FILE", dir_okay=False)]


@contextmanager
def list_refusals() -> Iterator[None]:
    """The same for what lists refuse."""
    from esaylov.console import refuse
    from esaylov.voters.freezing.exporting import ExportError
    from esaylov.voters.freezing.preparing import NotReady

    with voter_refusals():
        try:
            yield
        except (ExportError, NotReady) as error:
            raise refuse(str(error)) from error


@app.command("freeze")
def freeze(
    election: Election,
    precinct: Annotated[list[str] | None, typer.Option(help="only these precincts (again and again)")] = None,
) -> None:
    """Order and hash the lists of precincts, so that the Central Commission can freeze them; goes on where it was stopped."""
    from esaylov.console import progress_bar
    from esaylov.server.database import platform

    with platform(), list_refusals():
        from esaylov.voters.freezing.preparing import prepare

        with progress_bar() as progress:
            made = prepare(election, precinct, lambda done, of: progress("precincts", done, of))
    print(f"{made:,} lists are prepared; an officer of the Central Commission freezes them in the cabinet")


@app.command("proof")
def proof(
    election: Election,
    voter: Annotated[int, typer.Option(help="number of the entry in the voter list")],
    out: File,
    own: Annotated[
        bool, typer.Option("--own", help="with the data of the voter, for the voter alone")
    ] = False,
) -> None:
    """Write the proof that a voter stands in a frozen list."""
    from esaylov.server.database import platform

    with platform(), list_refusals():
        from esaylov.exchange.canonical import dumps
        from esaylov.exchange.frozen_file import write_private
        from esaylov.voters.freezing.exporting import own_proof
        from esaylov.voters.freezing.queries import proof_of

        shown = own_proof(election, voter) if own else proof_of(election, voter)
        if shown is None:
            print("this voter stands in no frozen list of the election, or its entry is not in the log yet")
            raise typer.Exit(1)
        write_private(out, dumps(shown))
    print(f"number {shown['number']} of {shown['voters']:,} in precinct {shown['precinct']}")


@app.command("export")
def export(election: Election, precinct: Annotated[str, typer.Option(help="code")], out: File) -> None:
    """Write a frozen list with names and salts, for its owner alone: its root follows from the file. Recorded as looked at."""
    from esaylov.server.database import platform

    with platform(), list_refusals():
        from esaylov.voters.freezing.exporting import export_list

        voters = export_list(election, precinct, out)
    print(f"{voters:,} voters in {out}: keep it as you keep the list itself")


@app.command("root")
def root(file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False)]) -> None:
    """Compute the root of an exported list: the one that frozen.csv and the log name, if nothing was changed."""
    from esaylov.console import refuse
    from esaylov.exchange.frozen_file import FrozenFileError, root_of

    try:
        found = root_of(file)
    except FrozenFileError as error:
        raise refuse(str(error)) from error
    print(f"{found.election} {found.precinct}: {found.voters:,} voters, root {found.root}")


@app.command("print")
def print_lists(
    election: Election,
    territory: Annotated[str, typer.Option(help="code of a territory: all precincts below it")],
    out: Annotated[Path, typer.Option(metavar="DIR", file_okay=False)],
    form: Annotated[str, typer.Option(help="signed, large or inspection")] = "signed",
    language: str = "uz",
) -> None:
    """Print the lists of all precincts of a territory as PDF; goes on where it was stopped. Recorded as looked at."""
    from esaylov.console import progress_bar, refuse
    from esaylov.server.database import platform

    with platform(), list_refusals():
        from esaylov.voters.precinct_list.printing import FORMS, PrintingError, print_territory

        if form not in FORMS:
            raise refuse(f"--form is one of {', '.join(FORMS)}")
        try:
            with progress_bar() as progress:
                written = print_territory(
                    election, territory, out, form=form, language=language,
                    progress=lambda done, of: progress("precincts", done, of),
                )  # fmt: skip
        except PrintingError as error:
            raise refuse(str(error)) from error
    print(f"{written:,} lists in {out}")


@app.command("marks")
def marks(election: Election, precinct: Annotated[str, typer.Option(help="code")]) -> None:
    """Open the log's entries of a precinct's marks, and of whom it told of a removal, for a court: how many, by salt and hash;
    not whose.
    """
    from esaylov.server.database import platform

    with platform(), list_refusals():
        from esaylov.voters.freezing.marks import openings
        from esaylov.voters.notices import telling

        for one in openings(election, precinct):
            print(f"{one.kind} {one.number} salt {one.salt} mark {one.mark}{_sought(one.logged)}")
        for told in telling.openings(election, precinct):
            print(
                f"telling {told.number} changeset {told.changeset} voters {told.voters} salt {told.salt} telling {told.telling}"
                f"{_sought(told.logged)}"
            )


@app.command("rounds")
def rounds(election: Election, precinct: Annotated[str, typer.Option(help="code")]) -> None:
    """Open a precinct's rounds from door to door for a court: the log's hash of each, made anew from its visits; not what they
    found. Exit status 1: something does not agree.
    """
    from esaylov.server.database import platform

    with platform(), list_refusals():
        from esaylov.console import refuse
        from esaylov.voters.doors.opening import openings, waiting
        from esaylov.voters.freezing.supplements import own_precinct

        if own_precinct(election, precinct) is None:
            raise refuse(f"{election} has no precinct {precinct}")
        found = openings(election, precinct)
        for one in found:
            said = (
                "agrees with the log"
                if one.agrees
                else f"DOES NOT AGREE WITH THE LOG: {one.logged or 'no entry'}"
            )
            print(
                f"round {one.number} day {one.day or '-'} visits {len(one.visits)} noted {one.noted or '-'} {said}"
            )
            for number, noted in one.visits:
                print(f"  visit {number} noted {noted}")
        print(f"{len(found)} rounds; {waiting(election, precinct)} visits that no round has yet")
    if not all(one.agrees for one in found):
        raise typer.Exit(1)


def _sought(logged: bool) -> str:
    return "" if logged else " NOT IN THE LOG (the secret key of its time is missing?)"
