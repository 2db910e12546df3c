"""Transactions on either database.

SQLite has one writer at a time: a writing transaction takes its turn at the beginning (``BEGIN IMMEDIATE``), not in the
middle, where it could only fail. PostgreSQL locks the rows that are touched. Both keep what was committed when the
process is killed the next moment.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, InterfaceError, OperationalError, SQLAlchemyError, TimeoutError
from sqlmodel import Session, create_engine, text

from dispatch.errors import UnavailableError, UsageError

BUSY_S = 30
"""How long a writer waits for its turn on SQLite."""
WRITES = "callout_writes"
TROUBLE = (OperationalError, InterfaceError, TimeoutError)
"""What a request can do nothing about: the database is away, full, or has no connection left."""
_DISK_FULL = "53100"
"""SQLSTATE (PostgreSQL 15, appendix A)."""


class Store:
    """A database and its transactions.

    Parameters
    ----------
    url : str
        ``sqlite:///FILE`` or ``postgresql+psycopg://USER@HOST/NAME``.

    Raises
    ------
    UsageError
        ``database.url`` when the address is of another kind.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)
        self._writing = self.engine.execution_options(**{WRITES: True})

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a SQLite file."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that sees one state of the database."""
        with Session(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that is kept when the block ends, and undone when it raises."""
        with Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    def ping(self) -> None:
        """Ask the database for a sign of life.

        Raises
        ------
        UnavailableError
            ``database.unreachable``.
        """
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except OperationalError as error:
            raise unavailable(error) from error

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def unavailable(error: SQLAlchemyError) -> UnavailableError:
    """What a client is told: ``database.full`` when there is no space left, else ``database.unreachable``."""
    cause = getattr(error, "orig", None)
    primary = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    if primary == sqlite3.SQLITE_FULL or getattr(cause, "sqlstate", None) == _DISK_FULL:
        return UnavailableError("database.full", "the database has no space left; nothing of this was kept")
    return UnavailableError("database.unreachable", "the database does not answer")


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise UsageError(
            "database.url", "the address of the database must begin with sqlite:/// or postgresql+psycopg://"
        )
    if parsed.get_backend_name() == "postgresql":
        return create_engine(
            parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True, pool_size=20, max_overflow=20
        )
    engine = create_engine(parsed, connect_args={"check_same_thread": False, "timeout": BUSY_S})
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: Any, _: Any) -> None:
    """Let SQLAlchemy's `begin` open transactions, and turn on what SQLite leaves off."""
    connection.isolation_level = None
    cursor = connection.cursor()
    _turn_on_wal(cursor)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _turn_on_wal(cursor: Any) -> None:
    """Switch a new file to write-ahead logging; SQLite does not wait for its turn there when two switch at once."""
    until_s = time.monotonic() + BUSY_S
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > until_s:
                raise
            time.sleep(0.02)


def _on_begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get(WRITES) else "BEGIN")
