"""A command opens its database: what can be wrong with it is one sentence, which never holds a password."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from alembic.util import CommandError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from api.service.store.database import Store
from api.service.store.migrate import upgrade
from dispatch.errors import UnavailableError


@contextlib.contextmanager
def opened(url: str, *, migrate: bool = True) -> Iterator[Store]:
    """The database at this address, closed at the end.

    Parameters
    ----------
    url : str
        As of :class:`Store`.
    migrate : bool
        Whether it is brought to the present tables.

    Raises
    ------
    UsageError
        ``database.url``.
    UnavailableError
        ``database.unreachable``; ``database.unreadable`` when the file is no database; ``database.unusable`` when its
        tables can't be made; ``database.newer`` when a newer Callout has made them.
    """
    store = Store(url)
    try:
        _prepare(store, url, migrate=migrate)
        yield store
    finally:
        store.close()


def _prepare(store: Store, url: str, *, migrate: bool) -> None:
    try:
        store.ping()
        if migrate:
            upgrade(store)
    except UnavailableError as error:
        raise UnavailableError(error.code, f"{error.message}: {_reason(error.__cause__, url)}") from error
    except DBAPIError as error:
        raise UnavailableError(
            "database.unusable", f"the tables can't be made in the database: {_reason(error, url)}"
        ) from error
    except CommandError as error:
        raise UnavailableError(
            "database.newer", f"the tables of {_place(url)} were made by a newer Callout than this one"
        ) from error


def _place(url: str) -> str:
    """Where the database is, without user and password."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return f"the file {parsed.database}"
    port = f":{parsed.port}" if parsed.port is not None else ""
    return f"{parsed.host or 'localhost'}{port}/{parsed.database or ''}"


def _reason(error: BaseException | None, url: str) -> str:
    """Place and first line of what the database's library says."""
    told = str(error.orig if isinstance(error, DBAPIError) else error).strip().partition("\n")[0]
    secret = make_url(url).password
    return f"{_place(url)}: {told.replace(str(secret), '***') if secret else told}"
