"""A technician's route, with what is needed at each door and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field
from sqlmodel import Session, col, select

from api.service.phone.lines import Lines, Point
from api.service.store.changes import last_change
from api.service.store.tables import Centre, Customer, Shift, Technician, Ticket, Visit
from dispatch.technicians import DEFAULT_PROFILE


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
    line: str | None = Field(description="driven line from the stop before, encoded polyline with 5 digits")
    tier: str
    parts: dict[str, int]
    tools: list[str]
    customer: Contact | None


class PhoneRoute(BaseModel):
    """Visits in their order, and the number of the last change that they hold."""

    technician: str
    last_change: int
    stops: list[Stop]


def route_of(session: Session, technician_id: str, start: datetime, end: datetime, lines: Lines) -> PhoneRoute:
    """Visits of a technician that start in this time and still stand.

    The number is read first: visits may be newer than it says, but never older, or a phone would take an old route for
    the newest as long as nothing else changes.
    """
    number = last_change(session, technician_id)
    rows = session.exec(
        select(Visit, Ticket, Customer)
        .join(Ticket, col(Ticket.id) == col(Visit.ticket_id))
        .join(Customer, col(Customer.id) == col(Ticket.customer_id), isouter=True)
        .where(Visit.technician_id == technician_id, Visit.starts_at >= start, Visit.starts_at < end)
        .where(Visit.state != "removed")
        .order_by(col(Visit.starts_at), col(Visit.id))
    ).all()
    owner = session.get(Technician, technician_id)
    profile = owner.fields.get("profile", DEFAULT_PROFILE) if owner is not None else DEFAULT_PROFILE
    stops: list[Stop] = []
    here, shift = None, ""
    for visit, ticket, customer in rows:
        if visit.shift_id != shift:
            here, shift = _begin(session, visit.shift_id, owner), visit.shift_id
        there = _point(ticket.fields, "lat", "lon")
        stops.append(_stop(visit, ticket, customer, lines.line(here, there, profile)))
        here = there
    return PhoneRoute(technician=technician_id, last_change=number, stops=stops)


def _begin(session: Session, shift_id: str, owner: Technician | None) -> Point | None:
    """Where a shift starts; None: at its first visit, or nobody knows."""
    shift = session.get(Shift, shift_id)
    fields: dict[str, Any] = shift.fields if shift is not None else {}
    home = _point(owner.fields, "home_lat", "home_lon") if owner is not None else None
    where = fields.get("start_place") or ("home" if home else "centre")
    if where == "centre":
        centre = session.get(Centre, owner.centre_id) if owner is not None and owner.centre_id else None
        return _point(centre.fields, "lat", "lon") if centre is not None else None
    return home if where == "home" else _point(fields, "start_lat", "start_lon")


def _point(fields: Mapping[str, Any], lat: str, lon: str) -> Point | None:
    one, other = fields.get(lat), fields.get(lon)
    return None if one is None or other is None else (float(one), float(other))


def _stop(visit: Visit, ticket: Ticket, customer: Customer | None, line: str | None) -> Stop:
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
        line=line,
        tier=ticket.tier,
        parts=fields.get("parts", {}),
        tools=fields.get("tools", []),
        customer=None
        if customer is None
        else Contact(name=customer.name, phone=customer.phone, address=customer.address),
    )
