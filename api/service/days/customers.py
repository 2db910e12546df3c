"""Personal data of customers: kept apart from tickets, exported and erased as a whole.

Erasing keeps the rows that figures are made from and empties what leads to a person: name, telephone, address, notes,
signatures, photos, and the exact position of the closed tickets, also in the plans that hold them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlmodel import Session, col, select

from api.service.http.errors import ConflictError
from api.service.store.audits import Author, record
from api.service.store.tables import Complaint, Customer, Event, Photo, PhotoPiece, Plan, Ticket, Visit

Json = dict[str, Any]
FIELDS = ("name", "phone", "address")
PERSONAL_EVENTS = ("note", "signature", "rating")
COARSE_DIGITS = 2
"""Digits of a degree that an erased position keeps: about a kilometre, enough for demand by area."""


def put_customer(session: Session, customer_id: str, given: Mapping[str, str], author: Author) -> tuple[Customer, bool]:
    """Make or change a customer; the audit names the fields, not what stands in them."""
    held = session.get(Customer, customer_id, with_for_update=True)
    made = held or Customer(id=customer_id, version=0)
    changed = [name for name in FIELDS if getattr(made, name) != given.get(name, "")]
    if held is not None and not changed:
        return held, False
    for name in FIELDS:
        setattr(made, name, given.get(name, ""))
    made.version, made.erased_at = made.version + 1, None
    session.add(made)
    session.flush()
    record(
        session,
        author,
        "add" if held is None else "change",
        Customer,
        customer_id,
        before=None if held is None else {"fields": changed},
        after={"fields": changed},
    )
    return made, held is None


def exported(session: Session, customer: Customer) -> Json:
    """Everything that is kept of a customer."""
    tickets = session.exec(select(Ticket).where(Ticket.customer_id == customer.id).order_by(col(Ticket.id))).all()
    names = [ticket.id for ticket in tickets]
    visits = _of(session, Visit, Visit.ticket_id, names)
    visit_ids = [visit.id for visit in visits]
    return {
        "id": customer.id,
        **{name: getattr(customer, name) for name in FIELDS},
        "erased_at": customer.erased_at and customer.erased_at.isoformat(),
        "tickets": [{"id": one.id, "state": one.state, "tier": one.tier, **one.fields} for one in tickets],
        "visits": [
            {
                "id": one.id,
                "ticket": one.ticket_id,
                "start": one.starts_at.isoformat(),
                "finish": one.finishes_at.isoformat(),
                "state": one.state,
            }
            for one in visits
        ],
        "events": [
            {"visit": one.visit_id, "kind": one.kind, "at": one.happened_at.isoformat(), "payload": one.payload}
            for one in _of(session, Event, Event.visit_id, visit_ids)
        ],
        "photos": [
            {"id": one.id, "visit": one.visit_id, "size": one.size, "media_type": one.media_type}
            for one in _of(session, Photo, Photo.visit_id, visit_ids)
        ],
        "complaints": [
            {"id": one.id, "ticket": one.ticket_id, "kind": one.kind, "at": one.at.isoformat()}
            for one in _of(session, Complaint, Complaint.ticket_id, names)
        ],
    }


def erase(session: Session, customer: Customer, author: Author) -> None:
    """Empty what leads to a person.

    Raises
    ------
    ConflictError
        ``customer.open_tickets`` while somebody must still find the customer.
    """
    tickets = session.exec(select(Ticket).where(Ticket.customer_id == customer.id)).all()
    open_ones = sorted(ticket.id for ticket in tickets if ticket.state == "open")
    if open_ones:
        raise ConflictError("customer.open_tickets", "tickets are still open", facts={"tickets": open_ones[:100]})
    names = [ticket.id for ticket in tickets]
    for ticket in tickets:
        ticket.fields, ticket.version = _coarse(ticket.fields), ticket.version + 1
    if names:
        _coarsen_plans(session, set(names))
    visits = [visit.id for visit in _of(session, Visit, Visit.ticket_id, names)]
    for event in _of(session, Event, Event.visit_id, visits):
        if event.kind in PERSONAL_EVENTS:
            event.payload = {k: v for k, v in event.payload.items() if k == "stars"}
    photos = _of(session, Photo, Photo.visit_id, visits)
    for photo in photos:
        for piece in session.exec(select(PhotoPiece).where(PhotoPiece.photo_id == photo.id)).all():
            session.delete(piece)
    session.flush()
    for photo in photos:
        session.delete(photo)
    for name in FIELDS:
        setattr(customer, name, "")
    customer.erased_at, customer.version = author.at, customer.version + 1
    record(session, author, "erase", Customer, customer.id, before={"fields": list(FIELDS)}, after={"fields": []})
    session.flush()


def _coarse(fields: Mapping[str, Any]) -> Json:
    made = {name: value for name, value in fields.items() if name != "address"}
    for name in ("lat", "lon"):
        if isinstance(made.get(name), int | float):
            made[name] = round(made[name], COARSE_DIGITS)
    return made


def _coarsen_plans(session: Session, tickets: set[str]) -> None:
    """Plans that hold these tickets can be read afterwards, but no longer recomputed."""
    for plan in session.exec(select(Plan)).all():
        items = plan.problem.get("tickets", ())
        if any(item["id"] in tickets for item in items):
            kept = [_coarse(item) if item["id"] in tickets else item for item in items]
            plan.problem = {**plan.problem, "tickets": kept}


def _of(session: Session, table: Any, column: Any, names: Iterable[str]) -> list[Any]:
    """Rows whose column is one of these, in the order of their ids."""
    wanted = sorted(names)
    found: list[Any] = []
    for first in range(0, len(wanted), 500):
        some = select(table).where(col(column).in_(wanted[first : first + 500])).order_by(col(table.id))
        found += session.exec(some).all()
    return found
