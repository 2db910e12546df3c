"""Commands, and what every one of them does with errors.

Exit codes: 0 done, 1 differences, 2 usage, 3 invalid input, 4 something needed is out of reach, 5 internal.
Messages go to stderr, results to files or stdout.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import Annotated

import typer

from api.cli import bench, check, geo, plan, scenario, serve, validate, warm
from dispatch.errors import CalloutError, InputError

FAULTS_SHOWN = 50
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""Errors of a full disk that no file of ours has told: of what stdout leads to."""

app = typer.Typer(
    name="callout",
    help="Plan the working day of field technicians.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("plan")(plan.plan)
app.command("check")(check.check)
app.command("validate")(validate.validate)
app.command("warm")(warm.warm)
app.command("bench")(bench.bench)
app.command("serve")(serve.serve)
app.command("worker")(serve.worker)
app.add_typer(serve.group, name="service")
app.add_typer(geo.app, name="geo")
app.add_typer(scenario.app, name="scenario")


def _version(wanted: bool) -> None:  # noqa: FBT001  (typer passes the value alone)
    if wanted:
        from dispatch.version import VERSION

        typer.echo(VERSION)
        raise typer.Exit


@app.callback()
def _root(
    *,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_version, help="Show the version and exit.")
    ] = False,
) -> None:
    """Plan the working day of field technicians."""


def main() -> None:
    """Run the command line; ends the process with one of the exit codes above."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a name that this terminal can't show is no failure
    try:
        app(prog_name="callout")
    except CalloutError as error:
        report(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in FULL:
            typer.echo(f"error [output.unwritable] can't write: {error.strerror}", err=True)
            sys.exit(4)
        if os.environ.get("CALLOUT_DEBUG"):
            raise
        typer.echo(f"error [internal.unexpected] {type(error).__name__}: {error}", err=True)
        typer.echo("This is a fault of Callout. CALLOUT_DEBUG=1 shows where it happened; please report it.", err=True)
        sys.exit(5)


def report(error: CalloutError) -> None:
    """Write an error and its faults to stderr."""
    faults = error.faults if isinstance(error, InputError) else ()
    if not faults:
        typer.echo(f"error {error}", err=True)
        return
    what = f"{len(faults)} fault(s)" if error.code == "input.invalid" else error.message
    typer.echo(f"error [{error.code}] {what}:", err=True)
    for fault in faults[:FAULTS_SHOWN]:
        typer.echo(f"  {fault}", err=True)
    if len(faults) > FAULTS_SHOWN:
        typer.echo(f"  ... and {len(faults) - FAULTS_SHOWN} more; `callout validate` lists all", err=True)
