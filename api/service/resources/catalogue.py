"""The catalogue: skills and kinds of parts that exist, and what is in a technician's van now."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response
from pydantic import BaseModel, Field
from sqlmodel import Session, col, delete, select

from api.service.http.context import Live, Reader, Writer
from api.service.http.described import sample
from api.service.http.errors import MissingError
from api.service.http.once import Answer, OnceOnly
from api.service.http.readable import ObjectId
from api.service.http.versions import Version, check_replaced, check_version, etag
from api.service.store.audits import Author, record
from api.service.store.tables import Part, Skill, Technician, VanStock

KINDS: dict[str, type[Any]] = {"skills": Skill, "parts": Part}
Count = Annotated[int, Field(ge=-1_000_000, le=1_000_000)]


class EntryBody(BaseModel):
    """What people call it."""

    model_config = sample(name="Lift, hydraulic")

    name: Annotated[str, Field(max_length=200)] = ""


class Entry(EntryBody):
    """An entry as it is kept."""

    id: str
    version: int


class EntryPage(BaseModel):
    """Some entries in the order of their ids; `next` is the last id when there are more."""

    items: list[Entry]
    next: str | None


class Stock(BaseModel):
    """Parts in a van, by name; below zero: more were used than anybody had noted."""

    model_config = sample(parts={"fuse": 4})

    parts: Annotated[dict[Annotated[str, Field(max_length=200)], Count], Field(max_length=10_000)]


def entries(kind: str) -> APIRouter:
    """Routes of one list."""
    router, table = APIRouter(prefix=f"/{kind}", tags=["catalogue"]), KINDS[kind]

    @router.get("", name=f"list {kind}")
    def pages(
        live: Live,
        _: Reader,
        after: Annotated[str, Query(max_length=200)] = "",
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> EntryPage:
        """Entries in the order of their ids."""
        question = select(table).where(col(table.id) > after).order_by(col(table.id)).limit(limit + 1)
        with live.store.reading() as session:
            found = [_entry(one) for one in session.exec(question).all()]
        return EntryPage(items=found[:limit], next=found[limit - 1].id if len(found) > limit else None)

    @router.put("/{entry_id}", name=f"write {kind}", responses={200: {"model": Entry}, 201: {"model": Entry}})
    def write(
        entry_id: ObjectId,
        body: EntryBody,
        live: Live,
        caller: Writer,
        once: OnceOnly,
        if_match: Annotated[str | None, Header()] = None,
    ) -> Response:
        """Make an entry, or replace the version that `If-Match` names."""

        def work(session: Session, author: Author) -> Answer:
            held = session.get(table, entry_id, with_for_update=True)
            check_replaced(if_match, None if held is None else held.version)
            before = None if held is None else dict(held.fields)
            made = held or table(id=entry_id, version=0)
            made.fields, made.version = body.model_dump(), made.version + 1
            session.add(made)
            session.flush()
            record(session, author, "change" if held else "add", table, entry_id, before=before, after=made.fields)
            item = _entry(made).model_dump()
            return Answer(status=200 if held else 201, body=item, headers={"ETag": etag(made.version)})

        return once.write(live, caller, work)

    @router.delete("/{entry_id}", name=f"delete {kind}", status_code=204)
    def remove(entry_id: str, live: Live, caller: Writer, once: OnceOnly, version: Version) -> Response:
        """Take an entry out; tickets and technicians that name it stay as they are."""

        def work(session: Session, author: Author) -> Answer:
            held = session.get(table, entry_id, with_for_update=True)
            if held is None:
                raise MissingError("object.unknown", "there is no such object")
            check_version(version, etag(held.version))
            record(session, author, "delete", table, entry_id, before=dict(held.fields), after=None)
            session.delete(held)
            return Answer(status=204)

        return once.write(live, caller, work)

    return router


stock = APIRouter(prefix="/technicians/{technician_id}/stock", tags=["catalogue"])


@stock.get("")
def look(technician_id: str, live: Live, _: Reader) -> Stock:
    """Parts in a technician's van now: as counted last, less what phones have reported since."""
    with live.store.reading() as session:
        _require(session, technician_id)
        rows = session.exec(
            select(VanStock).where(VanStock.technician_id == technician_id).order_by(col(VanStock.part))
        ).all()
        return Stock(parts={one.part: one.count for one in rows})


@stock.put("")
def count(technician_id: str, body: Stock, live: Live, caller: Writer, once: OnceOnly) -> Response:
    """Say what is in the van now; parts that are not named are none."""

    def work(session: Session, author: Author) -> Answer:
        _require(session, technician_id)
        question = select(VanStock).where(VanStock.technician_id == technician_id).with_for_update()
        before = {one.part: one.count for one in session.exec(question).all()}
        session.exec(delete(VanStock).where(col(VanStock.technician_id) == technician_id))
        for part, number in sorted(body.parts.items()):
            session.add(VanStock(technician_id=technician_id, part=part, count=number))
        session.flush()
        record(session, author, "count", VanStock, technician_id, before=before, after=body.parts)
        return Answer(status=200, body=body.model_dump())

    return once.write(live, caller, work)


def _require(session: Session, technician_id: str) -> None:
    if session.get(Technician, technician_id) is None:
        raise MissingError("technician.unknown", "there is no such technician")


def _entry(one: Any) -> Entry:
    return Entry(id=one.id, version=one.version, name=one.fields.get("name", ""))


ROUTERS: tuple[APIRouter, ...] = (*(entries(kind) for kind in KINDS), stock)
