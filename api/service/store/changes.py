"""The feed of changes: what a phone has to know, in an order that never runs backwards.

A reader asks for what came after the last number that it has seen. So a change must not appear with a smaller number
than one that is already visible: on PostgreSQL, where transactions commit in any order, those that write to the feed
take turns from their first entry to their end. SQLite has one writer anyway.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, select

from api.service.store.tables import Change

_TURN = 0x43A11008
"""Number of the advisory lock."""


def take_turn(session: Session, number: int) -> None:
    """Wait until no other transaction holds this turn, and hold it to the end of this one."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


def tell(session: Session, technician_id: str, kind: str, reason: str, at: datetime, facts: dict[str, Any]) -> None:
    """Add an entry to a technician's feed.

    Parameters
    ----------
    session : Session
        Of a writing transaction.
    technician_id : str
        Whose feed.
    kind, reason : str
        What changed (`added`, `removed`, `retimed`, `state`), and why.
    at : datetime
        When, aware.
    facts : dict
        Ids and times, no personal data.
    """
    take_turn(session, _TURN)
    session.add(Change(technician_id=technician_id, at=at, kind=kind, reason=reason, facts=facts))


def changes_after(session: Session, number: int, *, technician_id: str | None = None, most: int = 1000) -> list[Change]:
    """Entries with larger numbers, oldest first; of one technician or of all."""
    question = select(Change).where(col(Change.id) > number).order_by(col(Change.id)).limit(most)
    if technician_id is not None:
        question = question.where(Change.technician_id == technician_id)
    return list(session.exec(question).all())
