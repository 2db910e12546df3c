"""The small questions that every poll of every phone asks, without the cost of a session.

One connection of its own, which sees what is committed at the moment of the question. When the database is away the
caller goes the usual way, which says so.
"""

from __future__ import annotations

import sqlite3
import time
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from api.service.store.plain import Rows, written

RETRY_S = 5.0
"""How long nothing is asked after the database did not answer: the event loop must not wait for it."""
_WAIT_S = 1


class AwayError(Exception):
    """The database does not answer."""


class Quick:
    """Questions to a database by the thread that made it.

    Parameters
    ----------
    url : str
        As of :class:`api.service.store.database.Store`.
    """

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self.is_sqlite = self._url.get_backend_name() == "sqlite"
        self._connection: Any = None
        self._not_before_s = 0.0

    def rows(self, question: str, *values: object) -> Rows:
        """Rows of an answer.

        Raises
        ------
        AwayError
            When there is none, and for some seconds after.
        """
        if time.monotonic() < self._not_before_s:
            raise AwayError
        try:
            if self._connection is None:
                self._connection = self._open()
            found: Rows = self._connection.execute(written(question, is_sqlite=self.is_sqlite), values).fetchall()
        except (sqlite3.Error, psycopg.Error) as error:
            self.close()
            self._not_before_s = time.monotonic() + RETRY_S
            raise AwayError from error
        return found

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> Any:
        if self.is_sqlite:
            path = self._url.database or ""
            made = sqlite3.connect(path, timeout=_WAIT_S, isolation_level=None, check_same_thread=False)
            made.execute("PRAGMA query_only=ON")
            return made
        plain = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(
            plain, autocommit=True, connect_timeout=_WAIT_S, options=f"-c statement_timeout={1000 * _WAIT_S}"
        )
