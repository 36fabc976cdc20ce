"""`esaylov keys …`: the keys under which persons' data lie."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from esaylov.console import progress_bar, refusals, refuse

app = typer.Typer(help="The keys under which persons' data lie.", no_args_is_help=True)
COPY = "Copy the folder of the keys now: a copy of before opens nothing that is written from now on."


@app.callback()
def keys() -> None:
    """The keys under which persons' data lie (docs/keys.md)."""


@contextmanager
def rotation_refusals() -> Iterator[None]:
    """Turns what stands against a change of keys into its reason and exit status 1; Django must be set up."""
    from esaylov.acts.vaultkeys import VaultError
    from esaylov.acts.vaultrotation import VaultRotationError
    from esaylov.custody.keyring import KeyringError
    from esaylov.voters.rotation import RotationError

    try:
        yield
    except (KeyringError, RotationError, VaultError, VaultRotationError) as error:
        raise refuse(str(error)) from error


@app.command()
def rotate(
    voters: Annotated[bool, typer.Option("--voters", help="only those of the voter list")] = False,
    vault: Annotated[
        bool, typer.Option("--vault", help="only that of the vault: members, applications, letters")
    ] = False,
) -> None:
    """Make new keys and take everything over to them, beside a running site; after an interruption, go on."""
    from esaylov.server.database import platform

    with refusals(), platform(), rotation_refusals(), progress_bar() as progress:
        from esaylov.acts import vaultrotation
        from esaylov.formation import uploads
        from esaylov.voters import rotation

        if voters or not vault:
            for table, rows in rotation.rotate(progress).items():
                print(f"{table}: {rows:,} rows")
        if vault or not voters:
            print(f"acts_vault: {vaultrotation.rotate(progress, files=uploads.reseal):,} rows")
    print(COPY)
