"""Centres, technicians, shifts and tickets, one at a time: the same routes for each list of the input."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Query, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlmodel import Session, col, select

from api.service.days.importing import KINDS
from api.service.days.objects import put, remove
from api.service.http.context import Live, Reader, Writer
from api.service.http.errors import ForbiddenError, MissingError
from api.service.http.once import Answer, OnceOnly
from api.service.http.readable import ObjectId
from api.service.http.versions import Version, check_replaced, check_version, etag, matches
from api.service.resources.samples import OBJECTS
from api.service.security.tokens import Caller
from api.service.store.audits import Author
from api.service.store.tables import Centre, Shift, Technician, Ticket
from dispatch.errors import reject

Fields = Annotated[dict[str, Any], Body(description="as the input document has it (docs/input.md), without the id")]
WRITTEN: dict[int | str, dict[str, Any]] = {status: {"model": dict[str, Any]} for status in (200, 201)}
MOST = 1000


class Page(BaseModel):
    """Some objects in the order of their ids; `next` is the last id when there are more."""

    items: list[dict[str, Any]]
    next: str | None


def objects(kind: str) -> APIRouter:
    """Routes of one list."""
    router, table = APIRouter(prefix=f"/{kind}", tags=[kind]), KINDS[kind].table
    body = {"content": {"application/json": {"example": OBJECTS[kind]}}}

    @router.get("", name=f"list {kind}")
    def pages(
        live: Live,
        caller: Reader,
        after: Annotated[str, Query(max_length=200, description="only ids behind this one")] = "",
        limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
        state: Annotated[str | None, Query(max_length=20, description="of tickets")] = None,
        tier: Annotated[str | None, Query(max_length=100, description="of tickets")] = None,
        technician: Annotated[str | None, Query(max_length=200, description="of shifts")] = None,
        centre: Annotated[str | None, Query(max_length=200, description="of technicians")] = None,
    ) -> Page:
        """Objects in the order of their ids."""
        question = _within(kind, select(table), caller).where(col(table.id) > after)
        asked = {"state": state, "tier": tier, "technician": technician, "centre": centre}
        for name, value in asked.items():
            if value is not None:
                question = question.where(_column(kind, name) == value)
        question = question.order_by(col(table.id)).limit(limit + 1)
        with live.store.reading() as session:
            found = session.exec(question).all()
        items = [{"id": one.id, "version": one.version, **one.fields} for one in found[:limit]]
        return Page(items=items, next=items[-1]["id"] if len(found) > limit else None)

    @router.get("/{object_id}", name=f"read {kind}")
    def read(
        object_id: str, live: Live, caller: Reader, if_none_match: Annotated[str | None, Header()] = None
    ) -> Response:
        """One object."""
        with live.store.reading() as session:
            found = _found(session, table, object_id)
            _allow(session, kind, found, caller)
            tag = etag(found.version)
            if matches(if_none_match, tag):
                return Response(status_code=304, headers={"ETag": tag})
            return JSONResponse({"id": found.id, **found.fields}, headers={"ETag": tag})

    @router.put(
        "/{object_id}",
        name=f"write {kind}",
        responses=WRITTEN,
        openapi_extra={"requestBody": body},
    )
    def write(
        object_id: ObjectId,
        fields: Fields,
        live: Live,
        caller: Writer,
        once: OnceOnly,
        if_match: Annotated[str | None, Header(description="version that is replaced; none: it must be new")] = None,
    ) -> Response:
        """Make an object, or replace the version that `If-Match` names."""

        def work(session: Session, author: Author) -> Answer:
            before = session.get(table, object_id, with_for_update=True)
            check_replaced(if_match, None if before is None else before.version)
            if before is not None:
                _allow(session, kind, before, caller)
            put(session, kind, {**fields, "id": object_id}, author)
            session.expire_all()
            made: Any = session.get(table, object_id)
            _allow(session, kind, made, caller)
            body = {"id": object_id, **made.fields}
            return Answer(status=201 if before is None else 200, body=body, headers={"ETag": etag(made.version)})

        return once.write(live, caller, work)

    @router.delete("/{object_id}", name=f"delete {kind}", status_code=204)
    def delete(object_id: str, live: Live, caller: Writer, once: OnceOnly, version: Version) -> Response:
        """Delete an object that nothing needs any more."""

        def work(session: Session, author: Author) -> Answer:
            held = _found(session, table, object_id, lock=True)
            _allow(session, kind, held, caller)
            check_version(version, etag(held.version))
            remove(session, kind, object_id, author)
            return Answer(status=204)

        return once.write(live, caller, work)

    return router


FILTERS: dict[str, dict[str, Any]] = {
    "tickets": {"state": Ticket.state, "tier": Ticket.tier},
    "shifts": {"technician": Shift.technician_id},
    "technicians": {"centre": Technician.centre_id},
}
"""What each list can be asked for, by column."""


def _column(kind: str, name: str) -> Any:
    known = FILTERS.get(kind, {})
    if name not in known:
        raise reject("filter.unknown", f"{kind} are not asked for by {name}", field=name)
    return known[name]


def _within(kind: str, question: Any, caller: Caller) -> Any:
    """Only technicians of the caller's centres, and their shifts; tickets are nobody's before they are planned."""
    if caller.centres is None or kind == "tickets":
        return question
    own = sorted(caller.centres)
    if kind == "centres":
        return question.where(col(Centre.id).in_(own))
    if kind == "technicians":
        return question.where(col(Technician.centre_id).in_(own))
    return question.join(Technician, col(Technician.id) == col(Shift.technician_id)).where(
        col(Technician.centre_id).in_(own)
    )


def _allow(session: Session, kind: str, one: Any, caller: Caller) -> None:
    """Refuse an object of other centres."""
    if caller.centres is None or kind == "tickets":
        return
    owner = session.get(Technician, one.technician_id) if kind == "shifts" else one
    centre = one.id if kind == "centres" else owner.centre_id if owner is not None else None
    if centre not in caller.centres:
        raise ForbiddenError("auth.centre", "it belongs to another centre", facts={"centres": sorted(caller.centres)})


def _found(session: Session, table: type[Any], object_id: str, *, lock: bool = False) -> Any:
    found = session.get(table, object_id, with_for_update=lock or None)
    if found is None:
        raise MissingError("object.unknown", "there is no such object")
    return found


ROUTERS: tuple[APIRouter, ...] = tuple(objects(kind) for kind in KINDS)
