"""The rules and the cost of technician instances, in double precision and without the domain."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from api.bench.case import TOLERANCE, Routes, repeated
from api.bench.trsp_data import TrspInstance


def rows_of(case: TrspInstance, route: Sequence[int]) -> list[int]:
    """Rows of the travel matrix that a route passes: home, stops, home."""
    technician = route[0]
    stops = [number or case.depot_row(technician) for number in route[1:]]
    return [technician, *stops, case.end_row(technician)]


def starts(case: TrspInstance, route: Sequence[int]) -> tuple[list[float], float]:
    """Earliest start of each stop when leaving home as early as allowed, and the return."""
    time = case.nodes[route[0]].earliest
    begun = []
    legs = list(pairwise(rows_of(case, route)))
    for number, (i, j) in zip(route[1:], legs[:-1], strict=True):
        time = max(time + float(case.times[i, j]), case.nodes[number].earliest)
        begun.append(time)
        time += case.nodes[number].service
    return begun, time + float(case.times[legs[-1]])


def working_time(case: TrspInstance, route: Sequence[int]) -> float:
    """Return minus latest departure that keeps the return; 0 without a stop."""
    if len(route) < 2:
        return 0.0
    _, end = starts(case, route)
    latest = end
    legs = list(pairwise(rows_of(case, route)))
    for number, (i, j) in zip(reversed(route[1:]), reversed(legs[1:]), strict=True):
        latest = min(latest - float(case.times[i, j]) - case.nodes[number].service, case.nodes[number].latest)
    return end - (latest - float(case.times[legs[0]]))


def violations(case: TrspInstance, routes: Routes) -> list[str]:
    """Each rule that the routes break, in words."""
    owners = [route[0] for route in routes]
    stops = [number for route in routes for number in route[1:] if number]
    broken = [f"technician {one} has two routes" for one in repeated(owners)]
    broken += [f"request {one} is served twice" for one in repeated(stops)]
    broken += [f"there is no technician {one}" for one in owners if not 1 <= one <= case.crew]
    broken += [f"there is no request {one}" for one in stops if one not in case.requests]
    if not broken:
        for route in routes:
            broken += [f"technician {route[0]}: {what}" for what in [*_late(case, route), *_equipment(case, route)]]
    return broken


def _late(case: TrspInstance, route: Sequence[int]) -> list[str]:
    begun, end = starts(case, route)
    broken = [
        f"node {number} starts at {start}, latest {case.nodes[number].latest}"
        for number, start in zip(route[1:], begun, strict=True)
        if start > case.nodes[number].latest + TOLERANCE
    ]
    home = case.nodes[route[0]]
    return broken + ([f"back at {end}, latest {home.latest}"] if end > home.latest + TOLERANCE else [])


def _equipment(case: TrspInstance, route: Sequence[int]) -> list[str]:
    own = case.nodes[route[0]]
    left = list(own.parts)
    broken = []
    if route[1:].count(0) > 1:
        broken.append("more than one visit to the main depot")
    refilled = False
    for number in route[1:]:
        need = case.nodes[number]
        if number == 0:
            refilled = True
            continue
        if not need.skills <= own.skills:
            broken.append(f"request {number} needs skills {sorted(need.skills - own.skills)}")
        if refilled:
            continue
        if not need.tools <= own.tools:
            broken.append(f"request {number} needs tools {sorted(need.tools - own.tools)}")
        for part, quantity in enumerate(need.parts):
            left[part] -= quantity
            if left[part] < 0:
                broken.append(f"request {number} lacks {-left[part]} of part {part}")
    return broken
