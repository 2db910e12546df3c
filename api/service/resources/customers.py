"""Customers: whom to ask for at the door. Seen and changed by dispatchers; exported and erased by admins."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlmodel import Session, col, select

from api.service.days.customers import FIELDS, erase, exported, put_customer
from api.service.days.objects import tell_visitors
from api.service.http.context import Desk, Eraser, Live, Writer
from api.service.http.described import sample
from api.service.http.errors import MissingError
from api.service.http.once import Answer, OnceOnly
from api.service.http.readable import ObjectId
from api.service.http.versions import Version, check_replaced, check_version, etag
from api.service.store.audits import Author, record
from api.service.store.tables import Customer, Ticket

router = APIRouter(tags=["customers"])


class CustomerBody(BaseModel):
    """Whom to ask for."""

    model_config = sample(name="Chen Wei", phone="+86 20 0000 0000", address="1 Example Road")

    name: Annotated[str, Field(max_length=400, examples=["Chen Wei"])] = ""
    phone: Annotated[str, Field(max_length=100, examples=["+86 20 0000 0000"])] = ""
    address: Annotated[str, Field(max_length=1000, examples=["1 Example Road"])] = ""


class CustomerItem(CustomerBody):
    """A customer as it is kept."""

    id: str
    version: int


class Kept(BaseModel):
    """What a write answers: no personal data, as it is kept with the key."""

    id: str
    version: int


class CustomerPage(BaseModel):
    """Some customers in the order of their ids; `next` is the last id when there are more."""

    items: list[CustomerItem]
    next: str | None


class CustomerOf(BaseModel):
    """Whose ticket it is; none: nobody's."""

    model_config = sample(customer="K-001")

    customer: Annotated[str | None, Field(max_length=200)]


@router.get("/customers")
def pages(
    live: Live,
    _: Desk,
    after: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> CustomerPage:
    """Customers in the order of their ids."""
    question = select(Customer).where(col(Customer.id) > after).order_by(col(Customer.id)).limit(limit + 1)
    with live.store.reading() as session:
        found = [_item(one) for one in session.exec(question).all()]
    return CustomerPage(items=found[:limit], next=found[limit - 1].id if len(found) > limit else None)


@router.get("/customers/{customer_id}", responses={200: {"model": CustomerItem}})
def read(customer_id: str, live: Live, _: Desk) -> Response:
    """One customer."""
    with live.store.reading() as session:
        found = _found(session, customer_id)
        return JSONResponse(_item(found).model_dump(), headers={"ETag": etag(found.version)})


@router.put("/customers/{customer_id}", responses={200: {"model": Kept}, 201: {"model": Kept}})
def write(
    customer_id: ObjectId,
    body: CustomerBody,
    live: Live,
    caller: Desk,
    once: OnceOnly,
    if_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Make a customer, or replace the version that `If-Match` names."""

    def work(session: Session, author: Author) -> Answer:
        held = session.get(Customer, customer_id, with_for_update=True)
        check_replaced(if_match, None if held is None else held.version)
        made, new = put_customer(session, customer_id, body.model_dump(), author)
        for ticket in session.exec(select(Ticket.id).where(Ticket.customer_id == customer_id)).all():
            tell_visitors(session, ticket, author)
        told = {"id": made.id, "version": made.version}  # kept with the key: no personal data
        return Answer(status=201 if new else 200, body=told, headers={"ETag": etag(made.version)})

    return once.write(live, caller, work)


@router.put("/tickets/{ticket_id}/customer", status_code=200)
def link(ticket_id: str, body: CustomerOf, live: Live, caller: Writer, once: OnceOnly) -> Response:
    """Say whose ticket it is."""

    def work(session: Session, author: Author) -> Answer:
        ticket = session.get(Ticket, ticket_id, with_for_update=True)
        if ticket is None:
            raise MissingError("object.unknown", "there is no such object")
        if body.customer is not None and session.get(Customer, body.customer) is None:
            raise MissingError("customer.unknown", "there is no such customer")
        before = {"customer": ticket.customer_id}
        ticket.customer_id, ticket.version = body.customer, ticket.version + 1
        record(session, author, "link", Ticket, ticket_id, before=before, after={"customer": body.customer})
        tell_visitors(session, ticket_id, author)
        return Answer(status=200, body={"ticket": ticket_id, "customer": body.customer})

    return once.write(live, caller, work)


@router.get("/customers/{customer_id}/export")
def export(customer_id: str, live: Live, caller: Eraser) -> dict[str, Any]:
    """Everything that is kept of a customer, with tickets, visits, reports and photos."""
    with live.store.writing() as session:
        found = _found(session, customer_id)
        author = Author(user_id=caller.user_id, at=live.now())
        record(session, author, "export", Customer, customer_id, before=None, after={"fields": list(FIELDS)})
        return exported(session, found)


@router.post("/customers/{customer_id}/erase")
def forget(customer_id: str, live: Live, caller: Eraser, once: OnceOnly, version: Version) -> Response:
    """Empty what leads to the person; tickets and visits stay for the figures."""

    def work(session: Session, author: Author) -> Answer:
        held = _found(session, customer_id, lock=True)
        check_version(version, etag(held.version))
        erase(session, held, author)
        return Answer(status=200, body={"id": customer_id}, headers={"ETag": etag(held.version)})

    return once.write(live, caller, work)


def _found(session: Session, customer_id: str, *, lock: bool = False) -> Customer:
    found = session.get(Customer, customer_id, with_for_update=lock or None)
    if found is None:
        raise MissingError("customer.unknown", "there is no such customer")
    return found


def _item(one: Customer) -> CustomerItem:
    return CustomerItem(id=one.id, version=one.version, name=one.name, phone=one.phone, address=one.address)
