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
from api.service.store.changes import tell
from api.service.store.tables import Complaint, Customer, Event, Photo, PhotoPiece, Plan, Ticket, Visit
from dispatch.errors import Fault, InputError

Json = dict[str, Any]
FIELDS = ("name", "phone", "address")
MOST = (400, 100, 1000)
"""Characters of each."""
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


def import_customers(session: Session, given: Any, author: Author) -> dict[str, int]:
    """Take up the list ``customers`` of an import: ``id name phone address``, and ``tickets`` that are theirs.

    Raises
    ------
    InputError
        ``input.invalid`` with all faults at once.
    """
    items = given if isinstance(given, list) else [given]
    found = [fault for number, item in enumerate(items) for fault in _faults(session, number, item)]
    if found:
        raise InputError.from_faults(found)
    counts = {"added": 0, "changed": 0, "same": 0}
    for item in items:
        before = session.get(Customer, item["id"])
        version = before.version if before is not None else 0
        made, new = put_customer(session, item["id"], {k: item[k] for k in FIELDS if k in item}, author)
        counts["added" if new else "changed" if made.version != version else "same"] += 1
        for name in item.get("tickets", ()):
            ticket = session.get(Ticket, name)
            if ticket is not None:
                ticket.customer_id = item["id"]
    session.flush()
    return counts


def _faults(session: Session, number: int, item: Any) -> Iterable[Fault]:
    """What is wrong with one customer; what stands there is never repeated, as it is personal."""

    def wrong(field: str, message: str) -> Fault:
        return Fault(rule=f"customer.{field}", message=message, file="customers", row=number + 1, field=field)

    if not isinstance(item, dict):
        yield wrong("form", "a customer is an object")
        return
    if not isinstance(item.get("id"), str) or not 1 <= len(item["id"]) <= 200:
        yield wrong("id", "a customer needs an id of 1 to 200 characters")
    for name, most in zip(FIELDS, MOST, strict=True):
        value = item.get(name, "")
        if not isinstance(value, str) or len(value) > most or "\0" in value:
            yield wrong(name, f"must be a text of at most {most} characters")
    tickets = item.get("tickets", [])
    if not isinstance(tickets, list) or not all(isinstance(one, str) for one in tickets):
        yield wrong("tickets", "must be a list of ticket ids")
    elif any(session.get(Ticket, one) is None for one in tickets):
        yield wrong("tickets", "names a ticket that is not there")
    for name in sorted(item.keys() - {"id", *FIELDS, "tickets"}):
        yield wrong("unknown", f"has no field {name!r}")


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
    standing = _of(session, Visit, Visit.ticket_id, names)
    for visit in standing:  # phones, and answers kept for them, still show whom to ask for
        tell(session, visit.technician_id, "ticket", "erased", author.at, {"visit": visit.id})
    visits = [visit.id for visit in standing]
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
