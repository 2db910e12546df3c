"""The processes: API with embedded workers, and workers alone; both stop when they are asked to."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer
import uvicorn
from pydantic import SecretStr, ValidationError

from api.service import logs
from api.service.demo import fill
from api.service.http.app import create_app
from api.service.jobs.worker import Worker
from api.service.listening import Server, address_of, leave, listen, on_signals
from api.service.security.roles import Role
from api.service.security.users import new_user
from api.service.settings import Settings
from api.service.store.audits import Author
from api.service.store.backup import backup, restore
from api.service.store.database import Store
from api.service.store.opening import opened
from dispatch.errors import UsageError
from geo.registry import travel_source

STOP_S = 10
"""How long requests under way may take when the process is asked to stop."""


def _now() -> datetime:
    return datetime.now(UTC)


def _clock_from(begin: datetime) -> Callable[[], datetime]:
    """A clock that says `begin` now and goes on from there."""
    ahead = begin.astimezone(UTC) - _now()
    return lambda: _now() + ahead


def read_settings(**given: Any) -> Settings:
    """Settings from the environment, except those given.

    Raises
    ------
    UsageError
        ``serve.settings`` with what is wrong.
    """
    try:
        return Settings(**given)
    except ValidationError as error:
        wrong = "; ".join(
            f"CALLOUT_{str(one['loc'][0]).upper()}: {one['msg'].removeprefix('Value error, ')}"
            for one in error.errors()
        )
        raise UsageError("serve.settings", wrong) from error


def serve(host: str, port: int, *, workers: int, demo: Path | None) -> None:
    """Serve until a signal asks to stop.

    Raises
    ------
    CalloutError
        When a setting, the input, the database or the address is not usable; nothing is served then.
    """
    on_signals(leave)
    with contextlib.ExitStack() as stack:
        settings = read_settings() if demo is None else _demo_settings(stack)
        key = settings.signing_key
        travel_source(settings.travel)  # found out now, not by the first plan
        sockets = listen(host, port)
        for one in sockets:
            stack.callback(one.close)
        store = stack.enter_context(opened(settings.database_url))
        logs.install(settings.log_level)
        now = _now
        if demo is not None:
            made = fill(store, demo, now=_now())
            for login, password in made.logins.items():
                typer.echo(f"login {login} password {password}", err=True)
            now = _clock_from(made.morning)
            typer.echo(f"its clock says {made.morning.isoformat()}, the morning of the demo day", err=True)
        app = create_app(settings, store, key=key, now=now)
        config = uvicorn.Config(app, log_config=None, server_header=False, timeout_graceful_shutdown=STOP_S)
        server = Server(config, app.state.service.stream)
        on_signals(server.stop)  # before the first worker: whatever happens from here on, jobs are given back
        stack.enter_context(working(store, settings, workers, now))
        typer.echo(f"{address_of(sockets)}/v1/openapi.json", err=True)
        server.run(sockets)


@contextlib.contextmanager
def _database() -> Iterator[Store]:
    """The database of the settings, brought to the present tables."""
    with opened(read_settings().database_url) as store:
        yield store


def make_user(login: str, password: str, role: str) -> None:
    """Make a user from the command line.

    Raises
    ------
    UsageError
        ``user.role``.
    """
    if role not in (Role.ADMIN, Role.DISPATCHER, Role.PLANNER):
        raise UsageError("user.role", "the role must be admin, dispatcher or planner")
    with _database() as store, store.writing() as session:
        new_user(session, login, password, Role(role), Author(user_id="", at=_now()), technician_id=None, centres=())


def back_up(path: Path) -> dict[str, int]:
    """Write the database to a file; see :func:`api.service.store.backup.backup`."""
    with _database() as store:
        return backup(store, path)


def put_back(path: Path) -> dict[str, int]:
    """Fill the empty database from a file; see :func:`api.service.store.backup.restore`."""
    with _database() as store:
        return restore(store, path)


def work(threads: int | None) -> None:
    """Take jobs until a signal asks to stop; the job under way is given back."""
    on_signals(leave)
    settings = read_settings()
    travel_source(settings.travel)
    with opened(settings.database_url, migrate=False) as store:
        logs.install(settings.log_level)
        worker = Worker(store, settings, _now, threads=threads or os.cpu_count() or 1)
        on_signals(lambda *_: worker.stopped.set())
        worker.run()


@contextlib.contextmanager
def working(store: Store, settings: Settings, count: int, now: Callable[[], datetime] = _now) -> Iterator[None]:
    """Workers in threads of this process; each job has a process of its own anyway."""
    share = max(1, (os.cpu_count() or 1) // max(1, count))
    made = [Worker(store, settings, now, threads=share) for _ in range(count)]
    threads = [threading.Thread(target=one.run, name=f"worker-{k}") for k, one in enumerate(made)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for one in made:
            one.stopped.set()
        for thread in threads:
            thread.join()


def _demo_settings(stack: contextlib.ExitStack) -> Settings:
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="callout-demo-"))
    return read_settings(
        database_url=f"sqlite:///{folder}/callout.sqlite",
        secret=SecretStr(secrets.token_urlsafe(48)),
    )
