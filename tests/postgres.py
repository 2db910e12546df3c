"""A PostgreSQL server that tests own: made in a folder, started, killed, started again."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy


class Postgres:
    """One server on this machine; skips the test where its programs are missing."""

    def __init__(self, folder: Path) -> None:
        programs = [
            Path(shutil.which("initdb") or "initdb").resolve().parent,
            *Path("/usr/lib/postgresql").glob("*/bin"),
        ]
        here = next((one for one in programs if (one / "pg_ctl").exists()), None)
        if here is None:
            pytest.skip("PostgreSQL is not installed")
        self._here, self._folder = here, folder
        self._owner: list[str] = []
        if os.geteuid() == 0:  # the server refuses to run as root
            self._owner = ["runuser", "-u", "postgres", "--"]
            shutil.chown(folder, "postgres")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self._run("initdb", "-A", "trust", "-U", "callout", "-E", "UTF8", "--no-sync")
        self.url = f"postgresql+psycopg://callout@127.0.0.1:{self._port}/"

    def start(self) -> None:
        options = (
            f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
            " -c max_connections=200 -c fsync=off"
        )
        self._run("pg_ctl", "-w", "-l", str(self._folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """At once, as if the machine had lost its power: what was committed comes back from the log."""
        self._run("pg_ctl", "-m", "immediate", "stop")

    def _run(self, program: str, *words: str) -> None:
        subprocess.run(
            [*self._owner, str(self._here / program), "-D", str(self._folder / "data"), *words],
            check=True,
            capture_output=True,
            cwd=self._folder,
            timeout=120,
        )


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Postgres]:
    """A server that runs while the block does."""
    server = Postgres(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def database(server: str, template: str = "template0") -> Iterator[str]:
    """Address of a new database on the server."""
    name = f"t{uuid4().hex}"
    admin = sqlalchemy.create_engine(server + "postgres", isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.NullPool)
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield server + name
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    admin.dispose()
