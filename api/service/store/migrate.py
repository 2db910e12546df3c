"""Bring a database to the present tables."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.engine import Connection

from api.service.store.database import Store
from api.service.store.tables import metadata

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 0x43A11007
"""Number of the advisory lock that several starting processes queue at."""


def script_config(connection: Connection | None = None) -> Config:
    """Settings of the steps' library."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    return config


def upgrade(store: Store) -> None:
    """Take all steps that are missing, in one transaction; several processes may start at once."""
    with store.writing() as session:
        connection = session.connection()
        if not store.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
        command.upgrade(script_config(connection), "head")


def is_current(store: Store) -> bool:
    """Whether the database has taken all steps."""
    with store.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_heads() == tuple(
            ScriptDirectory.from_config(script_config()).get_heads()
        )


def differences(store: Store) -> list[object]:
    """What the tables in the code have that the migrated database lacks, or the other way round."""
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))


def write_step(store: Store, message: str) -> None:
    """Write the file of a new step from what differs, for developers."""
    with store.engine.connect() as connection:
        command.revision(script_config(connection), message=message, autogenerate=True)
