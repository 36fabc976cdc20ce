"""`esaylov voters fetch`, `registers`, `register-stand-in`: a few lines each around functions of `voters.registers`."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from esaylov.commands.voters import _progress, _say, voter_refusals

app = typer.Typer()
Which = Annotated[str, typer.Option("--register", help="residence or address; without it both")]
WRONG = 3
"""Exit status where a register handed nothing over: another try later may help."""


@app.command("fetch")
def fetch(
    election: Annotated[str, typer.Option(help="id of the election that the list is prepared for")],
    register: Which = "",
    tries: Annotated[int, typer.Option(min=1, max=100, help="how often a silent register is asked")] = 5,
    every: Annotated[float, typer.Option(min=0, help="go on, and ask again after so many minutes")] = 0,
) -> None:
    """Bring what the registers have anew and compare it with the list. What differs waits for the person who proposes it.

    Where extracts come from: ESAYLOV_REGISTER_RESIDENCE and ESAYLOV_REGISTER_ADDRESS (docs/extracts.md).
    """
    from esaylov.server.database import platform

    with platform(), voter_refusals():
        from esaylov.acts.context import get_context

        get_context(election)  # before anything is brought
        while True:
            failed = _round(election, register, tries)
            if not every:
                break
            time.sleep(60 * every)
    if failed:
        raise typer.Exit(WRONG)


def _round(election: str, register: str, tries: int) -> bool:
    """Asks each register once; whether one of them handed nothing over."""
    from esaylov.voters.registers.contract import ADDRESS, REGISTERS, RegisterError
    from esaylov.voters.registers.settings import configured

    asked, failed = 0, False
    # (Addresses first: by them the voters of an extract are led to precincts.)
    for name in [register] if register else sorted(REGISTERS, key=lambda one: one != ADDRESS):
        try:
            if (found := configured(name)) is None:
                continue
            asked += 1
            _fetch(found, election, tries)
        except RegisterError as error:
            print(f"{name} register: {error}", file=sys.stderr)
            failed = True
        except typer.Exit:
            failed = True
    if not asked and not failed:
        print("no register is set up: ESAYLOV_REGISTER_RESIDENCE, ESAYLOV_REGISTER_ADDRESS", file=sys.stderr)
        failed = True
    return failed


def _fetch(found: object, election: str, tries: int) -> None:
    from esaylov.voters.registers import fetching, state
    from esaylov.voters.registers.settings import Configured

    assert isinstance(found, Configured)
    name = found.adapter.register
    while True:
        brought = fetching.bring_next(found, fetching.Trying(tries))
        if isinstance(brought, fetching.Nothing):
            waits = f"; changeset {brought.waits_for} waits to be decided first" if brought.waits_for else ""
            print(f"{name} register: nothing new{waits}")
            return
        print(
            f"{name} register: {brought.offer.kind} extract {brought.offer.name} of {brought.offer.as_of.isoformat()}"
        )
        try:
            with voter_refusals():
                _take(brought.folder, name, election)
        except BaseException:
            state.not_taken(name)
            raise
        finally:
            brought.remove()


def _take(folder: Path, register: str, election: str) -> None:
    """Compares an extract with the list, or loads addresses."""
    from esaylov.voters.registers.contract import ADDRESS

    if register == ADDRESS:
        from esaylov.commands.voters import address_load

        address_load(folder)
        return
    from esaylov.exchange.residents.extracts import read_head
    from esaylov.voters import importing

    rows = read_head(folder).rows
    _say(importing.import_extract(folder, election, lambda read: _progress(read, rows)))


@app.command("registers")
def registers() -> None:
    """Say how it stands with the registers: the age of their data, when each answered last, what is wrong."""
    from esaylov.server.database import platform

    with platform():
        from esaylov.voters.registers.state import standings

        rows = standings()
    for one in rows:
        state = "silent" if one.silent else "does not answer" if one.down_since else "answers"
        print(f"{one.register}: {state if one.fetched else 'imported by hand'}")
        for label, at in (
            ("data of", one.as_of), ("last answer", one.answered_at), ("asked", one.asked_at), ("down since", one.down_since),
        ):  # fmt: skip
            if at is not None:
                print(f"  {label} {at.isoformat(timespec='seconds')}")
        if one.error:
            print(f"  {one.error}")
    if not rows:
        print("nothing came from any register yet")


@app.command("register-stand-in")
def stand_in(
    folder: Annotated[Path, typer.Argument(metavar="DIR", exists=True, file_okay=False)],
    register: Annotated[str, typer.Option(help="residence or address")] = "residence",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 0,
    token: Annotated[str, typer.Option(envvar="ESAYLOV_STAND_IN_TOKEN", help="that it asks for")] = "",
) -> None:
    """Serve the extracts of invented people in a folder as a register's server would, for tests and demonstrations."""
    from esaylov.voters.registers.standin import StandIn, StandInError

    try:
        server = StandIn(register, folder, port=port, token=token)
    except (StandInError, OSError) as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from error
    print(server.address, flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
