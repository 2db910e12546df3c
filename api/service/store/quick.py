"""Three small questions that every poll of every phone asks, without the cost of a session.

One connection of its own, which sees what is committed at the moment of the question. When the database is away the
answer is None, and the caller goes the usual way, which says so.
"""

from __future__ import annotations

import sqlite3
import time
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

RETRY_S = 5.0
"""How long nothing is asked after the database did not answer: the event loop must not wait for it."""
_WAIT_S = 1


class Quick:
    """Questions to a database by the thread that made it.

    Parameters
    ----------
    url : str
        As of :class:`api.service.store.database.Store`.
    """

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._sqlite = self._url.get_backend_name() == "sqlite"
        self._connection: Any = None
        self._not_before_s = 0.0

    def last_change(self, technician_id: str) -> int | None:
        """Number of the newest entry of a technician's feed, 0 = none."""
        row = self._ask("SELECT max(id) FROM change WHERE technician_id = ?", technician_id)
        return None if row is None else row[0] or 0

    def device_user(self, digest: str) -> tuple[str, str | None] | None:
        """Role and technician of the user of a device that is not revoked."""
        row = self._ask(
            "SELECT account.role, account.technician_id FROM device JOIN account ON account.id = device.user_id "
            "WHERE device.digest = ? AND device.revoked_at IS NULL AND account.active",
            digest,
        )
        return None if row is None else (row[0], row[1])

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self, question: str, value: str) -> Any:
        if time.monotonic() < self._not_before_s:
            return None
        try:
            if self._connection is None:
                self._connection = self._open()
            if self._sqlite:
                return self._connection.execute(question, (value,)).fetchone()
            return self._connection.execute(question.replace("?", "%s"), (value,)).fetchone()
        except (sqlite3.Error, psycopg.Error):
            self.close()
            self._not_before_s = time.monotonic() + RETRY_S
            return None

    def _open(self) -> Any:
        if self._sqlite:
            path = self._url.database or ""
            made = sqlite3.connect(path, timeout=_WAIT_S, isolation_level=None, check_same_thread=False)
            made.execute("PRAGMA query_only=ON")
            return made
        plain = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(
            plain, autocommit=True, connect_timeout=_WAIT_S, options=f"-c statement_timeout={1000 * _WAIT_S}"
        )
