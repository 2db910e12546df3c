"""The lines that are driven between the stops of a plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dispatch.places import Place
from dispatch.plan import Plan, Restock, Route, Visit
from dispatch.ports import DrivenWays
from dispatch.problem import Problem
from geo.extras import need

Line = list[list[float]]
"""Positions ``[lon, lat]``."""

DECIMALS = 6
"""11 cm, as RFC 7946 section 11.2 advises."""


SIMPLER_M = 2.0
"""What a line may lose on a page: at the scale where it would show, a street is as wide as the line."""

METRES_PER_DEGREE = 111_195.0  # mean Earth radius 6371.0088 km


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One drive of a route.

    Parameters
    ----------
    origin, target : Place
        Where it begins and ends.
    travel_s, distance_m : int
        As the plan has them.
    """

    origin: Place
    target: Place
    travel_s: int
    distance_m: int


DrivenLines = Mapping[str, Sequence[Line | None]]
"""Of each shift's route the line of each of its legs; None where no way is known."""


def route_legs(problem: Problem, route: Route) -> list[Leg]:
    """Drives of a route in order; one at a side without a place (start, end) is none."""
    shift = problem.shift_by_id[route.shift_id]
    here, legs = shift.start_place, []
    for stop in route.stops:
        match stop:
            case Visit():
                target = problem.ticket_by_id[stop.ticket_id].place
            case Restock():
                target = problem.centre_by_id[stop.centre_id].place
            case _:
                continue
        if here is not None:
            legs.append(Leg(origin=here, target=target, travel_s=stop.travel_s, distance_m=stop.distance_m))
        here = target
    if here is not None and shift.end_place is not None:
        back_s = route.travel_s - sum(leg.travel_s for leg in legs)
        back_m = route.distance_m - sum(leg.distance_m for leg in legs)
        legs.append(Leg(origin=here, target=shift.end_place, travel_s=back_s, distance_m=back_m))
    return legs


def driven_lines(
    problem: Problem, plan: Plan, source: DrivenWays, *, on_progress: Callable[[int, int], None] = lambda done, of: None
) -> DrivenLines:
    """Ask a source for the line of every leg of a plan that was made with it.

    Parameters
    ----------
    problem, plan
        What was planned, and the answer.
    source : DrivenWays
        Source of the plan's travel times.
    on_progress : callable
        Called with the routes done and the number of all.

    Returns
    -------
    mapping of str to sequence of Line or None
        By shift; one line for each leg of :func:`route_legs`, from road to road.
    """
    lines: dict[str, list[Line | None]] = {}
    for number, route in enumerate(plan.routes):
        on_progress(number, len(plan.routes))
        profile = problem.technician_of(problem.shift_by_id[route.shift_id]).profile
        lines[route.shift_id] = [_line(source, leg, profile) for leg in route_legs(problem, route)]
    return lines


def _line(source: DrivenWays, leg: Leg, profile: str) -> Line | None:
    way = source.way(leg.origin, leg.target, profile)
    if way is None:
        return None
    line: Line = np.round(np.column_stack((way.lon, way.lat)), DECIMALS).tolist()
    return line


def position(place: Place | None) -> list[float] | None:
    """``[lon, lat]``, or None where it isn't known."""
    if place is None or place.lat is None or place.lon is None:
        return None
    return [place.lon, place.lat]


def route_line(legs: Sequence[Leg], lines: Sequence[Line | None]) -> Line:
    """The whole line of a route: through every place, along the driven lines between them.

    From a place to its road it goes straight, and straight all the way where a leg has no line.
    """
    whole: Line = []
    for leg, line in zip(legs, lines, strict=True):
        for spot in (position(leg.origin), *(line or ()), position(leg.target)):
            if spot is not None and whole[-1:] != [spot]:
                whole.append(spot)
    return whole


def simplified(line: Line, *, tolerance_m: float = SIMPLER_M) -> Line:
    """The line with fewer points: no point of the old one is farther than about `tolerance_m` from the new one."""
    if len(line) < 3:
        return line
    shapely = need("shapely")
    points = np.array(line)
    metres = np.array([METRES_PER_DEGREE * np.cos(np.radians(points[:, 1].mean())), METRES_PER_DEGREE])
    simple = shapely.simplify(shapely.linestrings(points * metres), tolerance_m, preserve_topology=False)
    kept: Line = (shapely.get_coordinates(simple) / metres).tolist()
    return kept
