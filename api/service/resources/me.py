"""What a technician's phone asks for, and what it reports."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field, TypeAdapter, model_validator

from api.service.http.context import Live, Phone
from api.service.http.described import problems, sample
from api.service.http.errors import ConflictError
from api.service.http.once import Answer, OnceOnly
from api.service.http.readable import MOST_SERIAL, Instant
from api.service.http.versions import matches
from api.service.phone.events import Kind, Report
from api.service.phone.intake import take
from api.service.phone.polls import Kept, Routes
from api.service.phone.route import PhoneRoute, last_change, route_of
from api.service.phone.spans import span_of, tag_of
from api.service.security.tokens import Caller
from api.service.store.plain import OfSession

router = APIRouter(prefix="/me", tags=["phone"])
MOST_EVENTS = 1_000
"""Events of one batch: some days offline."""
MOST_PARTS = 1_000_000
"""Of one kind in one event; a van holds some hundred."""
_PARTS: TypeAdapter[Any] = TypeAdapter(
    dict[Annotated[str, Field(min_length=1, max_length=200)], Annotated[int, Field(strict=True, ge=0, le=MOST_PARTS)]]
)
_STARS: TypeAdapter[Any] = TypeAdapter(Annotated[float, Field(strict=True, ge=0, le=5)])


class Reported(BaseModel):
    """One thing that happened, recorded by the phone."""

    id: Annotated[str, Field(min_length=8, max_length=64, examples=["7b0c9d1e-route-1-arrived"])]
    visit: Annotated[str, Field(max_length=40, examples=["2f6a..."])]
    kind: Kind
    at: Annotated[
        Instant, Field(description="when it happened, by the phone's clock", examples=["2026-03-02T09:05:00+08:00"])
    ]
    payload: Annotated[dict[str, Any], Field(default_factory=dict, description="`parts` used by name, `stars` 0 to 5")]

    @model_validator(mode="after")
    def _countable(self) -> Reported:
        if self.kind == "parts_used":
            _PARTS.validate_python(self.payload.get("parts", {}))
        if self.kind == "rating" and "stars" in self.payload:
            _STARS.validate_python(self.payload["stars"])
        return self


class Batch(BaseModel):
    """Events in any order."""

    model_config = sample(
        events=[{"id": "phone-1-0001", "visit": "2f6a", "kind": "en_route", "at": "2026-03-02T07:55:00+08:00"}]
    )

    events: Annotated[list[Reported], Field(max_length=MOST_EVENTS)]


class Outcomes(BaseModel):
    """What became of each event."""

    outcomes: dict[str, str]


def own_technician(caller: Caller) -> str:
    """Whose phone asks.

    Raises
    ------
    ConflictError
        ``me.no_technician``.
    """
    if caller.technician_id is None:
        raise ConflictError("me.no_technician", "this user is not bound to a technician")
    return caller.technician_id


@router.get("/route", responses={200: {"model": PhoneRoute}, 304: {"description": "unchanged"}} | problems(409))
def route(
    request: Request,
    live: Live,
    caller: Phone,
    start: Annotated[Instant | None, Query()] = None,
    end: Annotated[Instant | None, Query()] = None,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Today's visits in order."""
    technician, now = own_technician(caller), live.now()
    span = span_of(start, end, now)
    with live.store.reading() as session:
        asker = OfSession(session)
        number = last_change(asker, technician)
        tag = tag_of(span, number)
        if matches(if_none_match, tag):
            return Response(status_code=304, headers={"ETag": tag, "Cache-Control": "private, no-cache"})
        found = route_of(asker, technician, span, live.lines.line, number=number)
    kept = Kept.of(found, span)
    live.routes.keep(Routes.key(technician, request.scope.get("query_string", b""), now), kept)
    headers = {"ETag": kept.tag, "Cache-Control": "private, no-cache"}
    return Response(kept.body, media_type="application/json", headers=headers)


@router.get("/stream", responses={200: {"content": {"text/event-stream": {}}}} | problems(409))
async def stream(
    live: Live, caller: Phone, last_event_id: Annotated[int, Header(ge=0, le=MOST_SERIAL, description="last seen")] = 0
) -> StreamingResponse:
    """Changes of the own route as they happen, each with its reason; first those after the last seen one."""
    return StreamingResponse(live.stream.listen(own_technician(caller), last_event_id), media_type="text/event-stream")


@router.post("/events", responses={200: {"model": Outcomes}})
def events(batch: Batch, live: Live, caller: Phone, once: OnceOnly) -> Response:
    """Take up what the phone recorded; any order and any number of times, the same result."""
    technician = own_technician(caller)
    reports = [
        Report(id=one.id, visit_id=one.visit, kind=one.kind, happened_at=one.at, payload=one.payload)
        for one in batch.events
    ]
    return once.write(
        live,
        caller,
        lambda session, author: Answer(status=200, body={"outcomes": take(session, technician, reports, author)}),
    )
