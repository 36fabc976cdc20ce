"""The command line: each command is a few lines around a function of its room, imported when it runs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from esaylov.commands.keys import app as keys_app
from esaylov.commands.leaks import app as leaks_app
from esaylov.commands.lists import app as lists_app
from esaylov.commands.registers import app as registers_app
from esaylov.commands.voters import app as voters_app
from esaylov.console import (
    REFUSED,
    account_refusals,
    announce_demo,
    boundary_refusals,
    operation_refusals,
    parse_speed,
    parse_time,
    print_boundaries,
    print_replay,
    progress_bar,
    publish_folder,
    refusals,
    refuse,
    temporary_folder,
)
from esaylov.synth import synth_app

app = typer.Typer(
    name="esaylov",
    help="Open election management: every step checked against the law, recorded, and published so that "
    "anybody can recompute the election.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
package_app = typer.Typer(help="Election packages.", no_args_is_help=True)
app.add_typer(package_app, name="package")
app.add_typer(synth_app, name="synth")
tokens_app = typer.Typer(help="Bearer tokens of commissions' machines.", no_args_is_help=True)
app.add_typer(tokens_app, name="tokens")
voters_app.add_typer(lists_app)
voters_app.add_typer(leaks_app)
voters_app.add_typer(registers_app)
app.add_typer(voters_app, name="voters")
app.add_typer(keys_app, name="keys")

Folder = Annotated[Path, typer.Argument(metavar="DIR", exists=True, file_okay=False)]
Host = Annotated[str, typer.Option(help="address to listen at; 0.0.0.0 for every one of this machine")]
Port = Annotated[int, typer.Option(min=1, max=65535)]
DEFAULT_WORKERS = min(4, os.cpu_count() or 1)


@app.command()
def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[int, typer.Option(min=1, help="processes of the web server")] = DEFAULT_WORKERS,
) -> None:
    """Serve the whole site: database, web server, sequencer, tabulator, publisher. Ctrl-C stops it."""
    from esaylov.server.supervisor import serve as serve_site

    with refusals():
        serve_site(host, port, workers, announce=lambda url: print(f"esaylov is at {url}", flush=True))


@app.command()
def setup(
    another: Annotated[
        bool, typer.Option("--another", help="one more administrator although there is one; it is recorded")
    ] = False,
) -> None:
    """Print a one-time link (good for 24 hours) by which the first administrator of accounts is made."""
    from esaylov.server.database import platform

    with refusals(), platform():
        from esaylov.registry.accounts.terminal import administrator_link

        with account_refusals():
            print(administrator_link(another=another))


@app.command()
def enrol(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="members, CSV or XLSX")
    ] = None,
    decision: Annotated[
        str, typer.Option(help="number of the resolution that formed or changed the commission")
    ] = "",
    simulated: Annotated[
        bool, typer.Option("--simulated", help="this installation is for simulated elections only")
    ] = False,
    change: Annotated[
        bool, typer.Option("--change", help="the commission is there: those in FILE come in")
    ] = False,
    leaving: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV", exists=True, dir_okay=False, help="with --change: who leaves (pinfl, ground)"
        ),
    ] = None,
) -> None:
    """Enter the Central Election Commission (the members that a file names for the commission `cec`), or change it."""
    from esaylov.server.database import platform

    if bool(file) != bool(decision) or not (file or leaving) or (leaving and not change):
        raise refuse(
            "enrol takes FILE and --decision; or --change with FILE and --decision, with --leaving, or both"
        )
    with refusals(), platform():
        from esaylov.acts.identity import IdentityError
        from esaylov.formation.enrolling import EnrolError, change_central, end_central, enrol_central

        try:
            if file is None:
                assert leaving is not None
                print(f"Mandates that have ended: {len(end_central(leaving))}")
                return
            done = (
                change_central(file, leaving, decision)
                if change
                else enrol_central(file, decision, simulated=simulated)
            )
        except (EnrolError, IdentityError) as error:
            raise refuse(str(error)) from error
        said = "is changed" if change else "is entered"
        print(f"The Central Election Commission {said}: {done.record['members']} members")


@package_app.command("check")
def check(directory: Folder) -> None:
    """Check an election package: problems with file, line and reason; exit status 1 if one is an error."""
    from esaylov.exchange.check import check_package

    with progress_bar() as progress:
        counts = check_package(directory, on_problem=print, progress=progress)
    found = ", ".join(f"{code} {count:,}" for code, count in {**counts.codes, **counts.findings}.items())
    print(f"{counts.errors:,} errors, {counts.warnings:,} warnings{f': {found}' if found else ''}")
    if counts.errors:
        raise typer.Exit(REFUSED)


@app.command()
def seats(
    case: Annotated[Path, typer.Argument(metavar="CASE.json")],
    as_json: Annotated[bool, typer.Option("--json", help="print the result as JSON")] = False,
) -> None:
    """Allocate seats and show each step; exit status 3 when a lot must be drawn, 4 when the rules give no
    answer.
    """
    from esaylov.law.seats_cli import run_seats

    raise typer.Exit(run_seats(case, as_json))


@app.command()
def load(directory: Folder) -> None:
    """Load an election package with its protocols through the door. An election that is there already is
    refused.
    """
    from esaylov.server.database import platform

    with refusals(), platform():
        from esaylov.exchange.package import read_package
        from esaylov.operations.loading import load as load_package

        with operation_refusals(), progress_bar() as progress:
            loaded, tokens = load_package(read_package(directory, progress), progress)
    for code, count in loaded.accepted.items():
        print(f"{code}: {count:,}")
    for event, findings in loaded.refused:
        print(f"refused: {event.act.code} by {event.body}: {', '.join(finding.code for finding in findings)}")
    print(f"bearer tokens of the commissions: {tokens}")
    if loaded.refused:
        raise typer.Exit(REFUSED)


OfElection = Annotated[str, typer.Argument(metavar="ELECTION")]


@tokens_app.command("list")
def list_tokens(election: OfElection) -> None:
    """Every token of an election: number, commission, until when it holds, what it holds besides; ended ones say so. Whose
    machines will have none on election day is counted at the end.
    """
    from esaylov.server.database import platform

    with refusals(), platform():
        from esaylov.registry.tokens import lacking, tokens_of

        for row in tokens_of(election):
            state = (
                f"taken back {row.ended_at:%Y-%m-%d}" if row.ended_at else f"until {row.expires_at:%Y-%m-%d}"
            )
            print(row.id, row.commission, state, *row.powers)
        if short := lacking(election):
            told = f"{len(short)} commissions have no token that works until the end of election day"
            typer.echo(f"{told}: esaylov tokens make {election} --all", err=True)


@tokens_app.command("make")
def make_token(
    election: OfElection,
    commission: Annotated[str, typer.Argument(metavar="COMMISSION")] = "",
    every: Annotated[
        bool,
        typer.Option("--all", help="one for each commission that has none until the end of election day"),
    ] = False,
    power: Annotated[
        list[str] | None,
        typer.Option(help="certify, annul_precinct, move_step …: held only where named here"),
    ] = None,
    days: Annotated[int | None, typer.Option(min=1, max=3650, help="instead of ESAYLOV_TOKEN_DAYS")] = None,
) -> None:
    """Make a token for a commission's machine and print it, this once; with --all, lines of commission and token."""
    from esaylov.server.database import platform

    if bool(commission) == every:
        raise refuse("name a COMMISSION, or --all")
    with refusals(), platform():
        from esaylov.registry.tokens import TokenError, make_tokens, powers_named

        try:
            made = make_tokens(election, commission, powers=powers_named(power or ()), days=days)
        except TokenError as error:
            raise refuse(str(error)) from error
    for code, token in made:
        print(f"{code},{token}" if every else token)


@tokens_app.command("end")
def end_token(
    election: OfElection,
    commission: Annotated[str, typer.Option(help="all tokens of this commission")] = "",
    number: Annotated[int, typer.Option(min=1, help="one token, by the number that `list` shows")] = 0,
    every: Annotated[bool, typer.Option("--all", help="all tokens of the election")] = False,
) -> None:
    """Take tokens back: no request with them is taken from now on."""
    from esaylov.server.database import platform

    if (bool(commission) or bool(number)) == every:
        raise refuse("name --commission or --number, or --all")
    with refusals(), platform():
        from esaylov.registry.tokens import end_tokens

        print(f"taken back: {end_tokens(election, commission, number)}")


@app.command()
def replay(  # noqa: PLR0917 (its options are the interface)
    directory: Folder,
    speed: Annotated[str, typer.Option(metavar="max|N", help="N times real time")] = "max",
    until: Annotated[str | None, typer.Option(metavar="TIME", help="leave out what happened later")] = None,
    data: Annotated[
        Path | None, typer.Option(metavar="DIR", help="keep the database and the log here")
    ] = None,
    here: Annotated[bool, typer.Option("--here", help="use the site's own database")] = False,
    publish_to: Annotated[
        Path | None, typer.Option("--publish", metavar="DIR", help="write the public data at the end")
    ] = None,
    json: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="write the report")] = None,
) -> None:
    """Replay an election package through the same door as live acts, in a database of its own."""
    from esaylov.server.database import platform
    from esaylov.server.embedded import Embedded

    pace, end = parse_speed(speed), parse_time(until)
    if here and data is not None:
        raise refuse("--here and --data exclude each other")
    own = None
    if not here:
        folder = data or temporary_folder()
        # The whole data folder is the replay's own: its database, its keys, its log.
        os.environ["ESAYLOV_DATA"] = os.path.abspath(folder)
        own = Embedded(folder, durable=False, temporary=data is None)
    with refusals(), platform(own):
        from esaylov.exchange.package import read_package
        from esaylov.operations.replay import replay as replay_package

        with operation_refusals(), progress_bar() as progress:
            package = read_package(directory, progress)
            report = replay_package(
                package,
                speed=pace,
                until=end,
                progress=lambda done, total: progress("acts", done, total),
            )
        if publish_to is not None:
            publish_folder(publish_to)
    print_replay(report.to_json())
    if json is not None:
        report.write(json)


@app.command()
def publish(
    to: Annotated[Path | None, typer.Option(metavar="DIR", help="instead of the live site's folder")] = None,
) -> None:
    """Write the public data of every election: open data, log, verifier."""
    from esaylov.server.database import platform

    with refusals(), platform():
        publish_folder(to)


@app.command()
def verify(  # noqa: PLR0917 (its options are the interface)
    source: Annotated[str, typer.Argument(metavar="DIR_OR_URL")],
    key: Annotated[str | None, typer.Option(metavar="VKEY", help="the log's verifier key")] = None,
    witness: Annotated[list[str] | None, typer.Option(metavar="VKEY", help="reserved")] = None,
    quorum: Annotated[int | None, typer.Option(help="reserved")] = None,
    since: Annotated[Path | None, typer.Option(metavar="CHECKPOINT", help="an older checkpoint")] = None,
    receipt: Annotated[Path | None, typer.Option(metavar="FILE", help="a receipt to check")] = None,
    voter: Annotated[
        Path | None, typer.Option("--voter-proof", metavar="FILE", help="a proof that a voter is listed")
    ] = None,
) -> None:
    """Recompute everything from published files alone: a line for each check, or the first thing that does
    not hold.
    """
    from esaylov.exchange.verification import VerificationError
    from esaylov.exchange.verification import verify as verify_published

    try:
        with progress_bar() as progress:
            verify_published(
                source,
                lambda line: print(line, flush=True),
                key=key,
                since=since,
                receipt=receipt,
                voter=voter,
                witnesses=witness or (),
                quorum=quorum,
                progress=progress,
            )
    except VerificationError as error:
        raise refuse(f"FAILED: {error}") from error


@app.command()
def reconcile() -> None:
    """Rebuild every projection from journal and vault and name each row that differs; exit status 1 if
    any.
    """
    from esaylov.server.database import platform

    differences = 0
    with refusals(), platform():
        from esaylov.operations.reconcile import reconcile as differing

        for difference in differing():
            differences += 1
            print(difference)
    print(f"{differences:,} differences")
    if differences:
        raise typer.Exit(REFUSED)


@app.command()
def boundaries(  # noqa: PLR0917 (its options are the interface)
    election: Annotated[str, typer.Argument(metavar="ELECTION")],
    file: Annotated[Path | None, typer.Argument(metavar="FILE.geojson", exists=True, dir_okay=False)] = None,
    key: Annotated[
        str | None,
        typer.Option(metavar="PROPERTY", help="the property that holds the territory's SOATO or code"),
    ] = None,
    source: Annotated[str, typer.Option(help="where they are from; stands under the map")] = "",
    licence: Annotated[str, typer.Option(help="under which licence they may be shown")] = "",
    remove: Annotated[
        bool, typer.Option("--remove", help="draw the election's maps without boundaries")
    ] = False,
) -> None:
    """Load boundaries (GeoJSON) so that an election's maps become geographic. They are no official fact: no figure depends
    on them.
    """
    from esaylov.server.database import platform

    if remove == (file is not None):
        raise refuse("name a GeoJSON file, or --remove")
    with refusals(), platform():
        from esaylov.publication.geography.boundaries import drop_boundaries, take_boundaries

        with boundary_refusals(election):
            if file is None:
                print(f"removed: boundaries of {drop_boundaries(election)} kinds of territories")
            else:
                print_boundaries(take_boundaries(election, file, key, source=source, licence=licence))
    print("Restart the site to draw its maps anew.")


@app.command()
def demo(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    speed: Annotated[str, typer.Option(metavar="max|N", help="N times real time")] = "120",
    hold: Annotated[bool, typer.Option(help="Leave the protocols of precinct 1735-0001 to people")] = False,
    voters: Annotated[
        int | None,
        typer.Option(min=1, help="Voters of the whole country, at the first start; else one district's"),
    ] = None,
) -> None:
    """Serve a simulated election and replay its night. Everything in it is invented. Ctrl-C stops it."""
    from esaylov.demo.run import run_demo

    pace = parse_speed(speed)
    with refusals():
        run_demo(host, port, pace, announce=announce_demo, hold=hold, voters=voters)


@app.command()
def bench(
    name: Annotated[
        str | None, typer.Argument(help="replay, intake, person, visible, verify, pages …; none: all")
    ] = None,
    voters: Annotated[
        int | None, typer.Option(min=1, help="how many stand on the list (lookup); else 200,000")
    ] = None,
) -> None:
    """Measure: each figure is a ratio against a yardstick of the same run. A goal that is missed is said, not an error."""
    import subprocess
    import sys

    from esaylov.bench.__main__ import BENCHMARKS

    if name is not None and name not in BENCHMARKS:
        raise refuse(f"there is no benchmark {name}: {', '.join(BENCHMARKS)}")
    if voters is not None:
        os.environ["ESAYLOV_BENCH_LISTED"] = str(voters)
    failed = [
        one
        for one in ([name] if name else BENCHMARKS)
        if subprocess.run([sys.executable, "-m", "esaylov.bench", one], check=False).returncode
    ]
    if failed:
        raise refuse(f"could not be measured: {', '.join(failed)}")


def main() -> None:
    """The program `esaylov`."""
    app()


if __name__ == "__main__":
    main()
