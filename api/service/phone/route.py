"""A technician's route, with what is needed at each door and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from api.service.phone.lines import Point
from api.service.phone.spans import Span
from api.service.store.plain import Asker, bound, fields, instant
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


Line = Callable[[Point | None, Point | None, str], str | None]
"""Gives the line driven between two points with a profile, as :class:`api.service.phone.lines.Lines` does."""


class PhoneRoute(BaseModel):
    """Visits in their order, and the number of the last change that they hold."""

    technician: str
    last_change: int
    stops: list[Stop]


_LAST = "SELECT max(id) FROM change WHERE technician_id = ?"
# Texts where a value stands in many rows and is read once: a driver would read it in each.
_STOPS = (
    "SELECT visit.id, visit.state, visit.arrives_at, visit.starts_at, visit.finishes_at, visit.shift_id, "
    "CAST(shift.fields AS TEXT), "
    "ticket.id, ticket.tier, ticket.fields, customer.id, customer.name, customer.phone, customer.address, "
    "CAST(technician.fields AS TEXT), CAST(centre.fields AS TEXT) "
    "FROM visit JOIN ticket ON ticket.id = visit.ticket_id JOIN technician ON technician.id = visit.technician_id "
    "LEFT JOIN centre ON centre.id = technician.centre_id "
    "LEFT JOIN customer ON customer.id = ticket.customer_id LEFT JOIN shift ON shift.id = visit.shift_id "
    "WHERE visit.technician_id = ? AND visit.starts_at >= ? AND visit.starts_at < ? AND visit.state <> 'removed' "
    "ORDER BY visit.starts_at, visit.id"
)


def last_change(asker: Asker, technician_id: str) -> int:
    """Number of the newest entry of a technician's feed, 0 = none: as long as it stays, so does the route."""
    newest: int | None = asker.rows(_LAST, technician_id)[0][0]
    return newest or 0


def route_of(asker: Asker, technician_id: str, span: Span, line: Line, *, number: int) -> PhoneRoute:
    """Visits of a technician that start in this time and still stand.

    `number` is that of the last change, read before: visits may be newer than it says, but never older, or a phone
    would take an old route for the newest as long as nothing else changes.
    """
    rows = asker.rows(_STOPS, technician_id, *(bound(asker, moment) for moment in span))
    owner, centre = (fields(rows[0][14]), fields(rows[0][15])) if rows else ({}, {})
    profile = owner.get("profile", DEFAULT_PROFILE)
    stops: list[Stop] = []
    here, shift = None, ""
    for row in rows:
        if row[5] != shift:
            here, shift = _begin(fields(row[6]), owner, centre), row[5]
        ticket = fields(row[9])
        there = _point(ticket, "lat", "lon")
        stops.append(_stop(row, ticket, there, line(here, there, profile)))
        here = there
    return PhoneRoute(technician=technician_id, last_change=number, stops=stops)


def _begin(shift: Mapping[str, Any], owner: Mapping[str, Any], centre: Mapping[str, Any]) -> Point | None:
    """Where a shift starts; None: at its first visit, or nobody knows."""
    home = _point(owner, "home_lat", "home_lon")
    where = shift.get("start_place") or ("home" if home else "centre")
    if where == "centre":
        return _point(centre, "lat", "lon")
    return home if where == "home" else _point(shift, "start_lat", "start_lon")


def _point(held: Mapping[str, Any], lat: str, lon: str) -> Point | None:
    one, other = held.get(lat), held.get(lon)
    return None if one is None or other is None else (float(one), float(other))


def _stop(row: Sequence[Any], ticket: Mapping[str, Any], there: Point | None, line: str | None) -> Stop:
    visit, state, arrives, starts, finishes, _, _, ticket_id, tier, _, customer, name, phone, address, *_ = row
    return Stop(
        visit=visit,
        ticket=ticket_id,
        state=state,
        arrives_at=instant(arrives),
        starts_at=instant(starts),
        finishes_at=instant(finishes),
        lat=ticket.get("lat"),
        lon=ticket.get("lon"),
        navigation=None if there is None else f"geo:{ticket['lat']},{ticket['lon']}",
        line=line,
        tier=tier,
        parts=ticket.get("parts", {}),
        tools=ticket.get("tools", []),
        customer=None if customer is None else Contact(name=name, phone=phone, address=address),
    )
