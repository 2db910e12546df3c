"""Backup and restore, alike for both databases: a zip file with the lines of each table, as of one moment.

A backup of SQLite can be restored into PostgreSQL and the other way round. It holds personal data and hashes of
secrets: keep it like the database itself.
"""

from __future__ import annotations

import base64
import io
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import DateTime, Integer, LargeBinary, Table, func, insert, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import StatementError
from sqlalchemy.types import TypeDecorator

from api.service.store.database import TROUBLE, Store
from api.service.store.migrate import script_config, upgrade
from api.service.store.tables import metadata
from dispatch.errors import InputError, UnavailableError
from dispatch.version import VERSION

FORMAT = "callout-backup/1"
_HEAD = "backup.json"
_AT_ONCE = 500
MOST_LINE_BYTES = 512 * 1024 * 1024
"""Longest line that is read: a plan of a large day has some megabytes."""


def backup(store: Store, path: Path) -> dict[str, int]:
    """Write all tables as they are at one moment; nobody has to stop working.

    Returns
    -------
    dict
        Rows by table.

    Raises
    ------
    UnavailableError
        ``backup.unwritable``; no half file is left behind.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    counts: dict[str, int] = {}
    try:
        with store.engine.connect() as connection, connection.begin():
            if not store.is_sqlite:
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            revision = MigrationContext.configure(connection).get_current_revision()
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as file:
                part.chmod(0o600)
                for table in metadata.sorted_tables:
                    counts[table.name] = _write(connection, table, file)
                head = {"format": FORMAT, "callout": VERSION, "revision": revision, "rows": counts}
                file.writestr(_HEAD, json.dumps(head))
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(path)
    except OSError as error:
        raise UnavailableError("backup.unwritable", f"can't write {path}: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)
    return counts


def restore(store: Store, path: Path) -> dict[str, int]:
    """Fill an empty database with a backup: all of it, or nothing.

    Raises
    ------
    InputError
        ``backup.unreadable``, ``backup.format``, ``backup.revision`` (of another version of the tables) or
        ``backup.not_empty`` when the database holds something.
    """
    upgrade(store)
    try:
        with zipfile.ZipFile(path) as file:
            head = json.loads(file.read(_HEAD))
            if not isinstance(head, dict) or head.get("format") != FORMAT:
                raise InputError("backup.format", f"{path} is no backup of Callout")
            newest = ScriptDirectory.from_config(script_config()).get_current_head()
            if head["revision"] != newest:
                raise InputError(
                    "backup.revision", f"the backup has the tables of step {head['revision']}, this is {newest}"
                )
            with store.writing() as session:
                return _fill(session.connection(), file, head["rows"])
    except (OSError, zipfile.BadZipFile, KeyError, TypeError, ValueError, EOFError) as error:
        raise InputError("backup.unreadable", f"can't read {path} as a backup: {error}") from error
    except StatementError as error:
        if isinstance(error, TROUBLE):  # the database is away or full: the backup may be right
            raise
        told = str(error.orig or error).partition("\n")[0]
        raise InputError("backup.unreadable", f"{path} holds rows that can't be kept: {told}") from error


def _fill(connection: Connection, file: zipfile.ZipFile, told: dict[str, int]) -> dict[str, int]:
    tables = [table for table in metadata.sorted_tables if table.name in told]
    for table in tables:
        if connection.execute(select(func.count()).select_from(table)).scalar_one():
            raise InputError("backup.not_empty", f"the database is not empty: {table.name} has rows")
    counts = {}
    for table in tables:
        rows: list[dict[str, Any]] = []
        counts[table.name] = 0
        for row in _read(file, table):
            rows.append(row)
            counts[table.name] += 1
            if len(rows) == _AT_ONCE:
                connection.execute(insert(table), rows)
                rows = []
        if rows:
            connection.execute(insert(table), rows)
        if counts[table.name] != told[table.name]:
            raise InputError("backup.unreadable", f"{table.name} has {counts[table.name]} of {told[table.name]} rows")
        _move_sequence(connection, table)
    return counts


def _write(connection: Connection, table: Table, file: zipfile.ZipFile) -> int:
    """One line of JSON a row, in the order of the key."""
    forms = {column.name: _form(column.type) for column in table.columns}
    count = 0
    with file.open(f"{table.name}.jsonl", "w", force_zip64=True) as raw:
        order = list(table.primary_key.columns)
        rows = connection.execution_options(stream_results=True).execute(select(table).order_by(*order))
        for row in rows.mappings():
            plain = {name: None if row[name] is None else forms[name][0](row[name]) for name in forms}
            raw.write(json.dumps(plain, ensure_ascii=False).encode() + b"\n")
            count += 1
    return count


def _read(file: zipfile.ZipFile, table: Table) -> Iterator[dict[str, Any]]:
    forms = {column.name: _form(column.type) for column in table.columns}
    with file.open(f"{table.name}.jsonl") as raw:
        for line in io.TextIOWrapper(raw, encoding="utf-8"):
            if len(line) > MOST_LINE_BYTES:
                raise InputError("backup.unreadable", f"a line of {table.name} is too long")
            plain = json.loads(line)
            yield {name: None if plain[name] is None else forms[name][1](plain[name]) for name in forms}


def _form(kind: Any) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """How a column's value becomes JSON, and back."""
    inner = kind.impl if isinstance(kind, TypeDecorator) else kind
    if isinstance(inner, DateTime):
        return datetime.isoformat, datetime.fromisoformat
    if isinstance(inner, LargeBinary):
        return lambda value: base64.b64encode(value).decode(), base64.b64decode
    return lambda value: value, lambda value: value


def _move_sequence(connection: Connection, table: Table) -> None:
    """Let PostgreSQL number new rows after the restored ones; SQLite does by itself."""
    (*_, column) = table.primary_key.columns
    if connection.dialect.name != "postgresql" or not isinstance(column.type, Integer) or len(table.primary_key) != 1:
        return
    question = text("SELECT pg_get_serial_sequence(:table, :column)")
    sequence = connection.execute(question, {"table": f'"{table.name}"', "column": column.name}).scalar()
    if sequence is not None:
        last = connection.execute(select(func.max(column))).scalar()
        connection.execute(
            text("SELECT setval(:name, :last, :called)"),
            {"name": sequence, "last": last or 1, "called": last is not None},
        )
