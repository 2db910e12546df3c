"""A plan as GeoJSON (RFC 7946, https://www.rfc-editor.org/rfc/rfc7946) for GIS."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.report.driven import DrivenLines, Leg, Line, position, route_legs, route_line
from dispatch.objective import overtime_s
from dispatch.places import Place
from dispatch.plan import Plan, Restock, Route, Visit
from dispatch.problem import Problem

Feature = dict[str, Any]


def geojson(problem: Problem, plan: Plan, *, driven: DrivenLines | None = None) -> dict[str, Any]:
    """Build a FeatureCollection: routes, visits, unserved tickets, centres, told apart by the property ``kind``.

    With `driven` lines (:func:`api.report.driven.driven_lines`) routes follow the roads, and there is a feature of
    kind ``leg`` for each drive, from road to road, with the plan's time and distance; otherwise routes go straight
    from stop to stop.

    Positions are ``[lon, lat]``, WGS-84. A place without coordinates can't be drawn: routes skip it, and visits,
    unserved tickets and centres there are left out. The member ``tickets_without_coordinates`` counts the
    tickets concerned (RFC 7946 forbids ``properties`` on a FeatureCollection). A route with less than two
    positions keeps its properties and has no geometry.
    """
    features = [_route(problem, route, driven) for route in plan.routes]
    if driven is not None:
        for route in plan.routes:
            features += _legs(route, route_legs(problem, route), driven[route.shift_id])
    for route in plan.routes:
        features += _visits(problem, route)
    for item in plan.unserved:
        ticket = problem.ticket_by_id[item.ticket_id]
        features += _point(
            ticket.place,
            {
                "kind": "unserved",
                "ticket": ticket.id,
                "tier": ticket.tier,
                "deferred": item.deferred,
                "reason": item.reason.code,
            },
        )
    for centre in problem.centres:
        features += _point(centre.place, {"kind": "centre", "centre": centre.id})
    missing = sum(ticket.place.lat is None for ticket in problem.tickets)
    return {"type": "FeatureCollection", "tickets_without_coordinates": missing, "features": features}


def route_places(problem: Problem, route: Route) -> list[Place]:
    """Places of a route in order: start, stops, end (those that there are)."""
    shift = problem.shift_by_id[route.shift_id]
    places = [shift.start_place]
    for stop in route.stops:
        if isinstance(stop, Visit):
            places.append(problem.ticket_by_id[stop.ticket_id].place)
        elif isinstance(stop, Restock):
            places.append(problem.centre_by_id[stop.centre_id].place)
    places.append(shift.end_place)
    return [place for place in places if place is not None]


def straight_line(problem: Problem, route: Route) -> Line:
    """Positions of a route's places, those without coordinates left out."""
    return [spot for spot in map(position, route_places(problem, route)) if spot is not None]


def _route(problem: Problem, route: Route, driven: DrivenLines | None) -> Feature:
    if driven is None:
        line = straight_line(problem, route)
    else:
        line = route_line(route_legs(problem, route), driven[route.shift_id])
    return _feature(
        "LineString",
        line if len(line) >= 2 else None,
        {
            "kind": "route",
            "technician": route.technician_id,
            "shift": route.shift_id,
            "visits": len(route.visits),
            "departure": _rfc3339(problem, route.departure_s),
            "return": _rfc3339(problem, route.return_s),
            "travel_s": route.travel_s,
            "distance_m": route.distance_m,
            "service_s": route.service_s,
            "waiting_s": route.waiting_s,
            "overtime_s": overtime_s(problem, route),
        },
    )


def _legs(route: Route, legs: Sequence[Leg], lines: Sequence[Line | None]) -> list[Feature]:
    return [
        _feature(
            "LineString",
            line,
            {
                "kind": "leg",
                "technician": route.technician_id,
                "shift": route.shift_id,
                "sequence": number,
                "from": leg.origin.id,
                "to": leg.target.id,
                "travel_s": leg.travel_s,
                "distance_m": leg.distance_m,
            },
        )
        for number, (leg, line) in enumerate(zip(legs, lines, strict=True), start=1)
    ]


def _visits(problem: Problem, route: Route) -> list[Feature]:
    features = []
    for number, visit in enumerate(route.visits, start=1):
        ticket = problem.ticket_by_id[visit.ticket_id]
        features += _point(
            ticket.place,
            {
                "kind": "visit",
                "ticket": ticket.id,
                "tier": ticket.tier,
                "technician": route.technician_id,
                "shift": route.shift_id,
                "sequence": number,
                "role": visit.role,
                "arrival": _rfc3339(problem, visit.arrival_s),
                "start": _rfc3339(problem, visit.start_s),
                "finish": _rfc3339(problem, visit.finish_s),
                "late": bool(visit.late),
                "late_s": max((missed.late_s for missed in visit.late), default=0),
            },
        )
    return features


def _point(place: Place, properties: dict[str, Any]) -> list[Feature]:
    spot = position(place)
    return [] if spot is None else [_feature("Point", spot, properties)]


def _feature(shape: str, coordinates: list[Any] | None, properties: dict[str, Any]) -> Feature:
    geometry = None if coordinates is None else {"type": shape, "coordinates": coordinates}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _rfc3339(problem: Problem, second: int) -> str:
    return problem.instant(second).isoformat(timespec="seconds")
