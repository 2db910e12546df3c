"""Figures of what really happened, and complaints."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal
from uuid import uuid4
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field
from sqlmodel import Session

from api.service.days.figures import By, figures, planned_cents
from api.service.http.context import Live, Reader, Writer
from api.service.http.described import sample
from api.service.http.errors import MissingError
from api.service.http.once import Answer, OnceOnly
from api.service.http.readable import Instant
from api.service.store.audits import Author, record
from api.service.store.tables import Complaint, Ticket
from dispatch.errors import reject

router = APIRouter(tags=["figures"])
LONGEST = timedelta(days=366)


class Figures(BaseModel):
    """Figures by group (docs/service.md says how each is made), and what the plans of the time cost."""

    groups: list[dict[str, Any]]
    plans: list[dict[str, Any]]


class ComplaintBody(BaseModel):
    """What a customer was not content with; what was said stays with whoever took the call."""

    model_config = sample(kind="late")

    kind: Literal["late", "quality", "conduct", "price", "other"]
    at: Annotated[Instant | None, Field(description="none: now")] = None


@router.get("/kpis")
def show(
    live: Live,
    caller: Reader,
    start: Instant,
    end: Instant,
    by: By = "day",
    zone: Annotated[str, Query(max_length=64, description="where a day begins and ends")] = "UTC",
) -> Figures:
    """Response speed, time to solve, deadlines kept, first-time fix, complaints, satisfaction, balance."""
    if not timedelta() < end - start <= LONGEST:
        raise reject("time.span", "ask for more than nothing and at most 366 days", field="end", value=end)
    try:
        where = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise reject("time.zone", "there is no such time zone", field="zone", value=zone) from None
    with live.store.reading() as session:
        return Figures(
            groups=figures(session, start, end, by, zone=where, centres=caller.centres),
            plans=planned_cents(session, start, end, caller.centres),
        )


@router.post("/tickets/{ticket_id}/complaints", status_code=201)
def complain(ticket_id: str, body: ComplaintBody, live: Live, caller: Writer, once: OnceOnly) -> Response:
    """Note a complaint about a ticket."""

    def work(session: Session, author: Author) -> Answer:
        if session.get(Ticket, ticket_id) is None:
            raise MissingError("object.unknown", "there is no such object")
        made = Complaint(id=uuid4().hex, ticket_id=ticket_id, kind=body.kind, at=body.at or author.at)
        session.add(made)
        record(session, author, "add", Complaint, made.id, before=None, after={"ticket": ticket_id, "kind": made.kind})
        return Answer(status=201, body={"id": made.id, "ticket": ticket_id, "kind": made.kind})

    return once.write(live, caller, work)
