"""Which time a phone asks about."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from pydantic import TypeAdapter, ValidationError

from api.service.http.readable import Instant
from api.service.http.versions import etag

AHEAD = timedelta(hours=18)
BEHIND = timedelta(hours=6)
"""What "today" is when the phone doesn't say: around now."""
Span = tuple[datetime, datetime]
_INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)


def span_of(start: datetime | None, end: datetime | None, now: datetime) -> Span:
    """The time asked about; what the phone doesn't say is around now."""
    begins = start or (now - BEHIND).replace(minute=0, second=0, microsecond=0)
    return begins, end or begins + BEHIND + AHEAD


def span_asked(query: bytes, now: datetime) -> Span | None:
    """The same out of a query string; None when it is not one that everybody reads alike."""
    try:
        asked = parse_qsl(query.decode("ascii"), keep_blank_values=True, strict_parsing=bool(query))
        given = {name: _INSTANT.validate_python(value) for name, value in asked}
    except (ValueError, ValidationError):
        return None
    if not given.keys() <= {"start", "end"} or len(given) < len(asked):
        return None
    return span_of(given.get("start"), given.get("end"), now)


def tag_of(span: Span, number: int) -> str:
    """ETag of a route over this time that holds all changes up to this one."""
    return etag("route", *(int(moment.timestamp()) for moment in span), number)
