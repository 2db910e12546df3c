"""What happens to a ticket besides being planned: it is cancelled, or opened again.

One that is done stays done: a phone that reported so by mistake reports the later end, and work that comes back is a
new ticket, or response times and first-time fixes would be those of nobody.
"""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel
from sqlmodel import Session, col, select

from api.service.http.context import Live, Writer
from api.service.http.described import sample
from api.service.http.errors import ConflictError, MissingError
from api.service.http.once import Answer, OnceOnly
from api.service.phone.intake import CALLED_OFF
from api.service.store.audits import Author, record
from api.service.store.changes import tell
from api.service.store.tables import Ticket, Visit

router = APIRouter(prefix="/tickets", tags=["tickets"])


class StateBody(BaseModel):
    """What becomes of a ticket."""

    model_config = sample(state="cancelled")

    state: Literal["open", "cancelled"]


@router.put("/{ticket_id}/state")
def settle(ticket_id: str, body: StateBody, live: Live, caller: Writer, once: OnceOnly) -> Response:
    """Cancel a ticket, which takes its visits off the phones, or open a cancelled one again for the next plan."""

    def work(session: Session, author: Author) -> Answer:
        question = select(Visit).where(Visit.ticket_id == ticket_id).order_by(col(Visit.id)).with_for_update()
        visits = session.exec(question).all()  # before the ticket, as everywhere: so nobody waits in a circle
        ticket = session.get(Ticket, ticket_id, with_for_update=True)
        if ticket is None:
            raise MissingError("object.unknown", "there is no such object")
        if ticket.state == "done" and body.state == "open":
            raise ConflictError("ticket.done", "it is done: make a new ticket of work that comes back")
        if body.state == "cancelled" and any(visit.state in ("started", "done") for visit in visits):
            raise ConflictError("visit.fixed", "the visit is under way or done")
        if ticket.state != body.state:
            before, ticket.state, ticket.version = ticket.state, body.state, ticket.version + 1
            record(
                session, author, body.state, Ticket, ticket_id, before={"state": before}, after={"state": body.state}
            )
        for visit in visits:
            if body.state == "cancelled" and visit.state in CALLED_OFF:
                visit.state, visit.version = "removed", visit.version + 1
                tell(session, visit.technician_id, "removed", "cancelled", author.at, {"visit": visit.id})
        return Answer(status=200, body={"id": ticket_id, "state": ticket.state})

    return once.write(live, caller, work)
