"""What a technician does at each moment of a route: the pieces of the time bars."""

from __future__ import annotations

from typing import Literal, NamedTuple

from dispatch.plan import Rest, Route, Visit

Kind = Literal["drive", "wait", "break", "restock", "service"]


class Segment(NamedTuple):
    """One stretch of a route, ``start_s < finish_s``."""

    kind: Kind
    start_s: int
    finish_s: int


def segments(route: Route) -> list[Segment]:
    """Split a route into stretches without gap or overlap, from departure to return.

    A break may interrupt a drive: the drive runs up to the break as far as it gets, the rest of it follows.
    Stretches of no length are left out.
    """
    pieces: list[Segment] = []
    now_s = route.departure_s
    rests: list[Rest] = []

    def put(kind: Kind, until_s: int) -> None:
        nonlocal now_s
        if until_s > now_s:
            pieces.append(Segment(kind, now_s, until_s))
            now_s = until_s

    def leg(travel_s: int) -> None:
        left_s = travel_s
        for rest in rests:
            driven_s = min(left_s, rest.start_s - now_s)
            left_s -= driven_s
            put("drive", now_s + driven_s)
            put("wait", rest.start_s)
            put("break", rest.finish_s)
        rests.clear()
        put("drive", now_s + left_s)

    for stop in route.stops:
        if isinstance(stop, Rest):
            rests.append(stop)
            continue
        leg(stop.travel_s)
        put("wait", stop.start_s)
        put("service" if isinstance(stop, Visit) else "restock", stop.finish_s)
    leg(route.end_travel_s)
    put("wait", route.return_s)
    return pieces
