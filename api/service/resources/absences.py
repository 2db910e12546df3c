"""Absences: when a technician does not work, whatever the shifts say. Why is nobody's business here."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from pydantic import BaseModel, Field, model_validator
from sqlmodel import Session, col, select

from api.service.http.context import Live, Reader, Writer
from api.service.http.described import sample
from api.service.http.errors import MissingError
from api.service.http.once import Answer, OnceOnly
from api.service.http.readable import Instant, ObjectId
from api.service.http.versions import Version, check_replaced, check_version, etag
from api.service.store.audits import Author, record
from api.service.store.tables import Absence, Technician

router = APIRouter(prefix="/absences", tags=["absences"])


class AbsenceBody(BaseModel):
    """A technician's time off."""

    model_config = sample(technician="GZ-T01", start="2026-03-02T12:00:00+08:00", end="2026-03-02T18:00:00+08:00")

    technician: Annotated[str, Field(max_length=200, examples=["GZ-T01"])]
    start: Instant
    end: Instant

    @model_validator(mode="after")
    def _order(self) -> AbsenceBody:
        if self.end <= self.start:
            raise ValueError("an absence must end after it starts")
        return self


class AbsenceItem(BaseModel):
    """An absence as it is kept."""

    id: str
    version: int
    technician: str
    start: datetime
    end: datetime


class AbsencePage(BaseModel):
    """Some absences in the order of their ids; `next` is the last id when there are more."""

    items: list[AbsenceItem]
    next: str | None


@router.get("")
def pages(
    live: Live,
    _: Reader,
    technician: Annotated[str | None, Query(max_length=200)] = None,
    after: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> AbsencePage:
    """Absences, of one technician or of all."""
    question = select(Absence).where(col(Absence.id) > after).order_by(col(Absence.id)).limit(limit + 1)
    if technician is not None:
        question = question.where(Absence.technician_id == technician)
    with live.store.reading() as session:
        found = [_item(one) for one in session.exec(question).all()]
    return AbsencePage(items=found[:limit], next=found[limit - 1].id if len(found) > limit else None)


@router.put("/{absence_id}", responses={200: {"model": AbsenceItem}, 201: {"model": AbsenceItem}})
def write(
    absence_id: ObjectId,
    body: AbsenceBody,
    live: Live,
    caller: Writer,
    once: OnceOnly,
    if_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Make an absence, or replace the version that `If-Match` names. Plans in force stay until they are made again."""

    def work(session: Session, author: Author) -> Answer:
        held = session.get(Absence, absence_id, with_for_update=True)
        check_replaced(if_match, None if held is None else held.version)
        if session.get(Technician, body.technician) is None:
            raise MissingError("technician.unknown", "there is no such technician")
        before = None if held is None else _plain(held)
        made = held or Absence(id=absence_id, version=0, technician_id="", starts_at=body.start, ends_at=body.end)
        made.technician_id, made.starts_at, made.ends_at = body.technician, body.start, body.end
        made.version += 1
        session.add(made)
        session.flush()
        record(session, author, "change" if held else "add", Absence, absence_id, before=before, after=_plain(made))
        item = _item(made).model_dump(mode="json")
        return Answer(status=200 if held else 201, body=item, headers={"ETag": etag(made.version)})

    return once.write(live, caller, work)


@router.delete("/{absence_id}", status_code=204)
def delete(absence_id: str, live: Live, caller: Writer, once: OnceOnly, version: Version) -> Response:
    """The technician works after all."""

    def work(session: Session, author: Author) -> Answer:
        held = session.get(Absence, absence_id, with_for_update=True)
        if held is None:
            raise MissingError("object.unknown", "there is no such object")
        check_version(version, etag(held.version))
        record(session, author, "delete", Absence, absence_id, before=_plain(held), after=None)
        session.delete(held)
        return Answer(status=204)

    return once.write(live, caller, work)


def _item(one: Absence) -> AbsenceItem:
    return AbsenceItem(
        id=one.id, version=one.version, technician=one.technician_id, start=one.starts_at, end=one.ends_at
    )


def _plain(one: Absence) -> dict[str, str]:
    return {"technician": one.technician_id, "start": one.starts_at.isoformat(), "end": one.ends_at.isoformat()}
