"""Questions in plain SQL: what every poll of every phone asks has no time for mapped objects.

A question has ``?`` where a value goes. Both databases answer with columns as their drivers give them; :func:`bound`,
:func:`instant` and :func:`fields` turn values and columns into what the rest of the program speaks of.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlmodel import Session

Rows = Sequence[Sequence[Any]]


class Asker(Protocol):
    """Answers questions."""

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a SQLite file."""

    def rows(self, question: str, *values: object) -> Rows:
        """Rows of an answer."""


class OfSession:
    """Asks within the transaction of a session."""

    def __init__(self, session: Session) -> None:
        self._connection = session.connection()
        self.is_sqlite = self._connection.dialect.name == "sqlite"

    def rows(self, question: str, *values: object) -> Rows:
        """Rows of an answer."""
        return self._connection.exec_driver_sql(written(question, is_sqlite=self.is_sqlite), tuple(values)).all()


def written(question: str, *, is_sqlite: bool) -> str:
    """The question with the driver's own sign for a value."""
    return question if is_sqlite else question.replace("?", "%s")


def bound(asker: Asker, moment: datetime) -> datetime | str:
    """An aware instant as a value to compare a column of :class:`api.service.store.columns.Utc` with."""
    if not asker.is_sqlite:
        return moment
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")  # as SQLAlchemy writes it there


def instant(value: datetime | str) -> datetime:
    """An instant out of such a column, in UTC."""
    if isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return value.astimezone(UTC)


def fields(value: dict[str, Any] | str | None) -> dict[str, Any]:
    """Plain data out of a column of kind :data:`api.service.store.columns.Json`; empty where there is no row."""
    found: dict[str, Any] = json.loads(value) if isinstance(value, str) else value or {}
    return found
