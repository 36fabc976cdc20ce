"""`esaylov voters …`: each command is a few lines around a function of this room, imported when it runs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(help="The single electronic voter list.", no_args_is_help=True)
Folder = Annotated[Path, typer.Argument(metavar="DIR", exists=True, file_okay=False)]
Election = Annotated[str, typer.Option(help="id of the election that the list is prepared for")]
MOST_SHOWN = 20


@contextmanager
def voter_refusals() -> Iterator[None]:
    """Turns what this room refuses with a reason into that reason and exit status 1; Django must be set up."""
    from esaylov.acts.context import UnknownElection
    from esaylov.custody.keyring import KeyringError
    from esaylov.exchange.residents.problems import ExtractError
    from esaylov.voters.linkage.found import LinkageError
    from esaylov.voters.staging import StagingError

    try:
        yield
    except ExtractError as error:
        text = "\n".join(map(str, error.problems[:MOST_SHOWN]))
    except UnknownElection as error:
        text = f"there is no election {error}"
    except (KeyringError, LinkageError, StagingError) as error:
        text = str(error)
    else:
        return
    print(text, file=sys.stderr)
    raise typer.Exit(1)


@app.command("import")
def import_extract(folder: Folder, election: Election) -> None:
    """Compare an extract of the residence register with the list; two persons then propose and approve what differs."""
    from esaylov.server.database import platform

    with platform(), voter_refusals():
        from esaylov.exchange.residents.extracts import read_head
        from esaylov.voters import importing

        rows = read_head(folder).rows
        _say(importing.import_extract(folder, election, lambda read: _progress(read, rows)))


@app.command("special")
def special_list(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False)], election: Election
) -> None:
    """Compare the list of one precinct abroad, in a military unit, hospital, place of detention or remote place with the list."""
    from esaylov.server.database import platform

    with platform(), voter_refusals():
        from esaylov.acts.context import get_context
        from esaylov.voters.entering import OwnKeys
        from esaylov.voters.keys import sealer
        from esaylov.voters.special.comparing import hand_in

        keys = OwnKeys(sealer())
        made = hand_in(get_context(election), file.read_bytes(), custodian=keys, file=file.name)
        if made is None:
            print("the list of voters says the same already: there is nothing to propose")
        else:
            _say(made)


@app.command("reverse")
def reverse(changeset: Annotated[int, typer.Argument(min=1)], election: Election) -> None:
    """Prepare the changeset that takes an applied one back as a whole; two persons then propose and approve it."""
    from esaylov.server.database import platform

    with platform(), voter_refusals():
        from esaylov.voters import importing

        _say(importing.take_back(changeset, election))


@app.command("addresses")
def load_addresses(folder: Folder) -> None:
    """Load an extract of the address register: the houses that rules lead to precincts. Voters follow in the background."""
    from esaylov.server.database import platform

    with platform(), voter_refusals():
        address_load(folder)


def address_load(folder: Path) -> None:
    """Loads addresses and says what came of it."""
    from esaylov.voters.keys import sealer
    from esaylov.voters.places.addresses import AddressError, load

    try:
        done = load(folder, sealer(), _progress)
    except AddressError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from error
    print(f"houses: {done.new:,} new, {done.changed:,} changed, {done.gone:,} gone; {done.rows:,} rows")
    print(f"mahallas: {done.mahallas:,} in the extract, {done.new_mahallas:,} new")
    if done.problems:
        print("left out: " + ", ".join(f"{code} {count:,}" for code, count in sorted(done.problems.items())))


@app.command("place")
def place_voters() -> None:
    """Place the voters who wait for it at the precincts of their houses now (a site that runs does it by itself)."""
    from esaylov.server.database import platform

    with platform(), voter_refusals():
        from esaylov.voters.placing import place_waiting

        moved = 0
        while (some := place_waiting()) is not None:
            moved += some
    print(f"{moved:,} voters are at another precinct now")


@app.command("duplicates")
def find_duplicates(
    limit: Annotated[int | None, typer.Option(min=2, help="look at so many entries only")] = None,
    memory: Annotated[float, typer.Option(min=0.1, help="GiB that DuckDB may use; it writes nothing")] = 14.0,
) -> None:
    """Search the list for people who stand in it twice. The pairs go into the queue, where two persons decide about each."""
    from esaylov.server.database import platform

    with platform(), voter_refusals():
        from esaylov.voters.linkage.searching import search

        found = search(limit=limit, memory_gib=memory, progress=_step)
    print(
        f"{found.pairs:,} pairs in {found.entries:,} entries, {found.exact:,} of them with the same PINFL or document"
    )
    if found.left_out:
        print(
            f"{found.left_out:,} times an entry shared a key with too many others: these pairs were not looked at"
        )
    print(f"{found.seconds:,.0f} s")


def _step(step: str, done: int, total: int) -> None:
    if sys.stderr.isatty():
        of = f" of {total:,}" if total else ""
        print(f"\r\033[K{step}: {done:,}{of}", end="", file=sys.stderr, flush=True)


def _progress(read: int, rows: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{read:,} of {rows:,} rows", end="", file=sys.stderr, flush=True)


def _say(changeset: Any) -> None:
    counts = ", ".join(
        f"{changeset.counts[kind]:,} {kind}" for kind in ("added", "removed", "moved", "changed")
    )
    print(f"changeset {changeset.id}: {counts}; SHA-256 {bytes(changeset.sha256).hex()}")
    problems = changeset.counts.get("problems", {})
    if problems:
        print("problems: " + ", ".join(f"{code} {count:,}" for code, count in problems.items()))
