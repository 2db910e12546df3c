"""The record of changes, written in the transaction of the change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, SQLModel

from api.service.store.tables import Audit


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who changes something, and when."""

    user_id: str
    at: datetime


def record(
    session: Session,
    author: Author,
    action: str,
    kind: type[SQLModel],
    object_id: str,
    *,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> None:
    """Write down one change."""
    session.add(
        Audit(
            at=author.at,
            user_id=author.user_id,
            action=action,
            kind=kind.__name__.lower(),
            object_id=object_id,
            before=before,
            after=after,
        )
    )
