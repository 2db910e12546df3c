"""A technician's route, with what is needed at each door and nothing else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field
from sqlmodel import Session, col, select

from api.service.store.changes import last_change
from api.service.store.tables import Customer, Ticket, Visit


class Contact(BaseModel):
    """Whom to ask for."""

    name: str
    phone: str
    address: str


class Stop(BaseModel):
    """One visit."""

    visit: str
    ticket: str
    state: str
    arrives_at: datetime
    starts_at: datetime
    finishes_at: datetime
    lat: float | None
    lon: float | None
    navigation: str | None = Field(description="geo: address (RFC 5870) that opens the phone's navigation")
    tier: str
    parts: dict[str, int]
    tools: list[str]
    customer: Contact | None


class PhoneRoute(BaseModel):
    """Visits in their order, and the number of the last change that they hold."""

    technician: str
    last_change: int
    stops: list[Stop]


def route_of(session: Session, technician_id: str, start: datetime, end: datetime) -> PhoneRoute:
    """Visits of a technician that start in this time and still stand."""
    rows = session.exec(
        select(Visit, Ticket, Customer)
        .join(Ticket, col(Ticket.id) == col(Visit.ticket_id))
        .join(Customer, col(Customer.id) == col(Ticket.customer_id), isouter=True)
        .where(Visit.technician_id == technician_id, Visit.starts_at >= start, Visit.starts_at < end)
        .where(Visit.state != "removed")
        .order_by(col(Visit.starts_at), col(Visit.id))
    ).all()
    return PhoneRoute(
        technician=technician_id,
        last_change=last_change(session, technician_id),
        stops=[_stop(visit, ticket, customer) for visit, ticket, customer in rows],
    )


def _stop(visit: Visit, ticket: Ticket, customer: Customer | None) -> Stop:
    fields: dict[str, Any] = ticket.fields
    lat, lon = fields.get("lat"), fields.get("lon")
    return Stop(
        visit=visit.id,
        ticket=ticket.id,
        state=visit.state,
        arrives_at=visit.arrives_at,
        starts_at=visit.starts_at,
        finishes_at=visit.finishes_at,
        lat=lat,
        lon=lon,
        navigation=None if lat is None or lon is None else f"geo:{lat},{lon}",
        tier=ticket.tier,
        parts=fields.get("parts", {}),
        tools=fields.get("tools", []),
        customer=None
        if customer is None
        else Contact(name=customer.name, phone=customer.phone, address=customer.address),
    )
