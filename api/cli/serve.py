"""``callout serve`` and ``callout worker``: the running service."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Annotated

import typer

PACKAGE = "fastapi"
EXTRA = "service"


def _require() -> None:
    """Refuse with the extra's name when its packages are missing."""
    from dispatch.errors import UnavailableError

    if importlib.util.find_spec(PACKAGE) is None or importlib.util.find_spec("sqlmodel") is None:
        raise UnavailableError("package.missing", f"serving needs more packages: pip install callout[{EXTRA}]")


def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option("--workers", min=0, help="Plan jobs at a time in this process.")] = 1,
    demo: Annotated[
        Path | None, typer.Option("--demo", metavar="INPUT", help="Serve this input from a folder that is deleted.")
    ] = None,
) -> None:
    """Serve the API; with SQLite this one process does everything."""
    _require()
    from api.service.running import serve as run

    run(host, port, workers=workers, demo=demo)


def worker(
    threads: Annotated[
        int | None, typer.Option("--threads", min=1, help="Threads of a search. Default: all cores.")
    ] = None,
) -> None:
    """Make plans for a service on PostgreSQL, until stopped."""
    _require()
    from api.service.running import work

    work(threads)


group = typer.Typer(help="Look after a service: users, backup, restore.", no_args_is_help=True)


@group.command("user")
def user(
    login: Annotated[str, typer.Argument(metavar="LOGIN", help="Name to sign in with.")],
    role: Annotated[str, typer.Option("--role", help="admin, dispatcher or planner.")] = "admin",
) -> None:
    """Make a user, the first admin for one; the password is asked for, or read from a pipe."""
    _require()
    from api.service.running import make_user

    if sys.stdin.isatty():
        password = typer.prompt("password", hide_input=True, confirmation_prompt=True, err=True)
    else:
        password = sys.stdin.readline().rstrip("\n")
    make_user(login, password, role)
    typer.echo(f"{role} {login}", err=True)


@group.command("backup")
def backup(out: Annotated[Path, typer.Argument(metavar="FILE.zip", help="Written anew.")]) -> None:
    """Write the whole database to a file, while the service runs."""
    _require()
    from api.service.running import back_up

    _counted(back_up(out))


@group.command("restore")
def restore(file: Annotated[Path, typer.Argument(metavar="FILE.zip", help="A backup, of either database.")]) -> None:
    """Fill an empty database with a backup."""
    _require()
    from api.service.running import put_back

    _counted(put_back(file))


def _counted(counts: dict[str, int]) -> None:
    typer.echo(", ".join(f"{name} {count}" for name, count in counts.items() if count) or "nothing", err=True)
