"""Bulk import and export: JSON, CSV files or a workbook; everything or nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query, Response
from fastapi.responses import JSONResponse
from sqlmodel import Session

from api.service.days.day import document_of
from api.service.days.importing import import_document
from api.service.days.tables import Kind, read_tables, written
from api.service.http.context import Live, Reader, Writer
from api.service.http.described import problems
from api.service.http.once import Answer, OnceOnly
from api.service.http.readable import Instant
from api.service.resources.samples import DOCUMENT, TABLE
from api.service.store.audits import Author
from dispatch.errors import reject

router = APIRouter(tags=["imports"])
LONGEST = timedelta(days=366)
MEDIA: dict[str, str] = {
    "zip": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Start = Annotated[Instant, Query(description="begin of the span that the shifts lie in")]
End = Annotated[Instant, Query(description="its end, at most 366 days later")]
Zone = Annotated[str, Query(max_length=64, description="zone of times that name none")]


@router.post("/imports", status_code=200)
def take(
    document: Annotated[dict[str, Any], Body(description="an input document, see docs/input.md", examples=[DOCUMENT])],
    live: Live,
    caller: Writer,
    once: OnceOnly,
) -> Response:
    """Take up tickets, technicians, shifts and centres; 422 lists all faults, and nothing is changed then."""

    def work(session: Session, author: Author) -> Answer:
        return Answer(status=200, body=import_document(session, document, author, centres=caller.centres))

    return once.write(live, caller, work)


@router.post("/imports/{kind}", status_code=200)
def take_tables(
    kind: Kind,
    data: Annotated[bytes, Body(media_type="application/octet-stream", examples=[TABLE])],
    start: Start,
    end: End,
    live: Live,
    caller: Writer,
    once: OnceOnly,
    zone: Zone = "UTC",
    table: Annotated[str | None, Query(max_length=40, description="which table a CSV file is")] = None,
) -> Response:
    """Take up a CSV table, a zip of them or a workbook; 422 lists all faults by file, row and field."""
    _check(start, end)

    def work(session: Session, author: Author) -> Answer:
        document = read_tables(session, kind, data, start, end, zone=zone, table=table, centres=caller.centres)
        return Answer(status=200, body=import_document(session, document, author, centres=caller.centres))

    return once.write(live, caller, work)


@router.get("/exports/{kind}", responses={200: {"content": {one: {} for one in MEDIA.values()}}} | problems(400))
def give(
    kind: Literal["json", "zip", "xlsx"], start: Start, end: End, live: Live, caller: Reader, zone: Zone = "UTC"
) -> Response:
    """Open tickets, technicians, centres, and the shifts of a span, as an input of ``callout plan``."""
    _check(start, end)
    with live.store.reading() as session:
        document = document_of(session, start, end, zone=zone, centres=caller.centres, to_plan=False)
    if kind == "json":
        return JSONResponse(document)
    headers = {"Content-Disposition": f'attachment; filename="callout.{kind}"'}
    return Response(written(document, kind), media_type=MEDIA[kind], headers=headers)


def _check(start: Instant, end: Instant) -> None:
    if not timedelta() < end - start <= LONGEST:
        raise reject("time.span", "give more than nothing and at most 366 days", field="end", value=end)
