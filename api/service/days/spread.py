"""How much real services differ from planned ones, fitted from what phones have reported."""

from __future__ import annotations

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from api.service.store.tables import Event, Visit
from dispatch.risk import Spread, fitted

LATEST = 1_000
"""Visits looked at: some weeks of a team."""


def spread_of(session: Session) -> Spread:
    """Spread of services by the latest reports; the default where there are too few. Drives keep the default."""
    begun, ended = aliased(Event), aliased(Event)
    question = (
        select(Visit.starts_at, Visit.finishes_at, begun.happened_at, ended.happened_at)
        .join(begun, (col(begun.visit_id) == col(Visit.id)) & (col(begun.kind) == "started"))
        .join(ended, (col(ended.visit_id) == col(Visit.id)) & (col(ended.kind) == "finished"))
        .where(Visit.state == "done")
        .order_by(col(Visit.starts_at).desc(), col(Visit.id))
        .limit(LATEST)
    )
    rows = session.exec(question).all()
    service = fitted(
        [int((finish - start).total_seconds()) for start, finish, _, _ in rows],
        [int((finished - started).total_seconds()) for _, _, started, finished in rows],
    )
    return Spread() if service is None else Spread(service=service)
