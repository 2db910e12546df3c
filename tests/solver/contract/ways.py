"""Where routes go: their ends, travel profiles, places that no way leads to."""

from __future__ import annotations

from typing import Any

from dispatch.ports import Feature
from dispatch.travel import Legs, TravelMatrix
from tests.solver.contract.case import Case, case


@case(Feature.PLACES)
def end_elsewhere(road: Any) -> Case:
    # From 0 to 100: t before u in driving order, though u is nearer to the start of the list.
    problem = road.problem(
        [road.ticket("u", 70), road.ticket("t", 30)], [road.technician("a")], [road.shift("a", end=100)]
    )
    return problem, lambda routes: routes[0].travel_s == 6000, None


@case(Feature.PLACES)
def nowhere_to_start_or_end(road: Any) -> Case:
    problem = road.problem(
        [road.ticket("u", 70), road.ticket("t", 30)],
        [road.technician("a")],
        [road.shift("a", 480, 580, start=None, end=None)],
    )
    return problem, lambda routes: (routes[0].travel_s, len(routes[0].visits)) == (2400, 2), None


@case()
def no_way(road: Any) -> Case:
    # From t no way leads to u, so u comes first although the route is longer.
    problem = road.problem(
        [road.ticket("t", 10), road.ticket("u", 20), road.ticket("v", 30)],
        [road.technician("a")],
        [road.shift("a", end=40)],
    )
    travel = road.travel(problem, no_way=[("m10", "m20"), ("m10", "m30"), ("m0", "m30")])
    return problem, lambda routes: road.who(routes).keys() == {"t", "u", "v"}, travel


@case()
def island(road: Any) -> Case:
    problem = road.problem([road.ticket("t", 10), road.ticket("u", 20)], [road.technician("a")])
    travel = road.travel(problem, no_way=[("m0", "m10"), ("m20", "m10")])
    return problem, lambda routes: road.who(routes) == {"u": ("a",)}, travel


@case(Feature.PROFILES)
def travel_profiles(road: Any) -> Case:
    # The truck is nearer, but takes three times as long and would be late.
    shifts = [road.shift("truck", 480, 560, start=10, end=10), road.shift("car", 480, 560, start=0, end=0)]
    problem = road.problem(
        [road.ticket("t", 25)], [road.technician("truck", profile="truck"), road.technician("car")], shifts
    )
    plain = road.travel(problem).legs("car")
    slow = Legs(travel_s=plain.travel_s * 3, distance_m=plain.distance_m)
    travel = TravelMatrix(places=problem.places, profiles={"car": plain, "truck": slow}, source="road")
    return problem, lambda routes: road.who(routes) == {"t": ("car",)}, travel
