"""How Alembic runs here: on the connection that :mod:`api.service.store.migrate` hands over."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from sqlmodel.sql.sqltypes import AutoString

from api.service.store.columns import Utc
from api.service.store.tables import metadata


def _written(kind: str, thing: Any, autogenerate: Any) -> str | Literal[False]:
    """How a type stands in the file of a step."""
    if kind == "type" and isinstance(thing, AutoString):
        return f"sa.String({thing.length})" if thing.length else "sa.String()"
    name = "Utc()" if isinstance(thing, Utc) else "Json" if isinstance(thing, sa.JSON) else ""
    if kind != "type" or not name:
        return False
    autogenerate.imports.add("from api.service.store.columns import Json, Utc")
    return name


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_item=_written,
    render_as_batch=True,  # SQLite can't alter a column in place
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
