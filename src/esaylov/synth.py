"""The commands `esaylov synth …`, which make simulated data; each imports what it needs when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from esaylov.console import progress_bar, refuse, synthetic_refusals

synth_app = typer.Typer(
    help="Simulated data: everything in them is invented and says so.", no_args_is_help=True
)


@synth_app.command("members")
def synth_members(
    package: Annotated[
        Path, typer.Option(metavar="DIR", exists=True, file_okay=False, help="an election package")
    ],
    seed: Annotated[int, typer.Option(help="the same seed gives the same bytes")],
    out: Annotated[Path, typer.Option(metavar="FILE")],
    form: Annotated[str, typer.Option("--format", metavar="csv|xlsx")] = "csv",
    errors: Annotated[int, typer.Option(min=0, help="known errors to put in; FILE.truth.csv says where")] = 0,
) -> None:
    """Members for every commission of a package, as a file that can be imported."""
    from esaylov.demo.members import write_members
    from esaylov.exchange.problems import PackageError

    if form not in ("csv", "xlsx"):
        raise refuse(f"a file of members is csv or xlsx, not {form}")
    try:
        summary = write_members(package, seed, out, form, errors)
    except PackageError as error:
        raise refuse("\n".join(map(str, error.problems))) from error
    except (OSError, ValueError) as error:
        raise refuse(str(error)) from error
    print(
        f"{summary.rows:,} members of {summary.commissions:,} commissions, {len(summary.truth):,} problems: {out}"
    )


@synth_app.command("voters")
def synth_voters(  # noqa: PLR0917 (its options are the interface)
    count: Annotated[int, typer.Option(min=1, help="rows of the residence register")],
    seed: Annotated[int, typer.Option(help="the same seed gives the same bytes")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="absent or empty")],
    form: Annotated[str, typer.Option("--format", metavar="csv|parquet")] = "csv",
    mahallas: Annotated[
        Path | None, typer.Option(metavar="CSV", exists=True, dir_okay=False, help="real mahallas")
    ] = None,
    package: Annotated[
        Path | None,
        typer.Option(metavar="DIR", exists=True, file_okay=False, help="an election package: its precincts"),
    ] = None,
    day: Annotated[str, typer.Option(metavar="DATE", help="election day, if no package says it")] = "",
    duplicates: Annotated[float, typer.Option(help="share of rows that are somebody's second")] = 0.005,
    errors: Annotated[float, typer.Option(help="share of rows with an error of the register")] = 0.002,
    lookalikes: Annotated[float, typer.Option(help="share of pairs that look alike, and are two")] = 0.002,
) -> None:
    """Extracts of the residence and address registers with invented voters, rules of precincts, and the truth beside them."""
    from esaylov.synthetic.voters import Wishes, parse_day, write_voters

    with synthetic_refusals(), progress_bar() as progress:
        wishes = Wishes(
            count, seed, out, form, mahallas, package, parse_day(day), duplicates, errors, lookalikes
        )
        summary = write_voters(wishes, progress)
    print(f"simulated: {summary['rows']:,} residents, {summary['addresses']:,} addresses: {out}")


@synth_app.command("voters-delta")
def synth_voters_delta(  # noqa: PLR0917 (its options are the interface)
    source: Annotated[
        Path,
        typer.Option("--from", metavar="DIR", exists=True, file_okay=False, help="made by `synth voters`"),
    ],
    seed: Annotated[int, typer.Option(help="the same seed gives the same bytes")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="absent or empty")],
    share: Annotated[float, typer.Option(help="share of rows that change")] = 0.01,
    kind: Annotated[str, typer.Option(metavar="full|delta", help="everybody, or the changes alone")] = "full",
    form: Annotated[str, typer.Option("--format", metavar="csv|parquet")] = "",
) -> None:
    """A later extract of the residence register: people moved, died, got documents, turned 18, were spelt anew."""
    from esaylov.synthetic.later import Later, write_later

    with synthetic_refusals():
        counts = write_later(Later(source, seed, out, share, kind, form))
    print(f"simulated: {', '.join(f'{name} {count:,}' for name, count in counts.items())}: {out}")
