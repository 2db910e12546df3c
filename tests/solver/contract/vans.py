"""What vans carry: parts, tools, restocks."""

from __future__ import annotations

from typing import Any

from dispatch.plan import RestockStep, Route
from dispatch.ports import Feature
from dispatch.technicians import ServiceCentre
from tests.solver.contract.case import Case, case


@case(Feature.PARTS)
def parts_in_the_van(road: Any) -> Case:
    # Two fuses in the van, two tickets that take one and two.
    tickets = [road.ticket("t", 10, parts={"fuse": 1}), road.ticket("u", 10, parts={"fuse": 2}, unserved_cents=300_000)]
    problem = road.problem(tickets, [road.technician("a", stock={"fuse": 2})])
    return problem, lambda routes: road.who(routes) == {"u": ("a",)}, None


@case(Feature.PARTS)
def tool_in_the_van(road: Any) -> Case:
    shifts = [road.shift("near", start=10, end=10), road.shift("far", start=30, end=30)]
    problem = road.problem(
        [road.ticket("t", 10, tools=frozenset({"crane"}))],
        [road.technician("near"), road.technician("far", tools=frozenset({"crane"}))],
        shifts,
    )
    return problem, lambda routes: road.who(routes) == {"t": ("far",)}, None


@case(Feature.RESTOCK)
def restock_on_the_way(road: Any) -> Case:
    centre = ServiceCentre(id="c", place=road.at(20), parts=frozenset({"fuse"}), tools=frozenset({"crane"}))
    tickets = [
        road.ticket("t", 10, parts={"fuse": 2}),
        road.ticket("u", 30, parts={"fuse": 5}, tools=frozenset({"crane"})),
    ]
    problem = road.problem(tickets, [road.technician("a", stock={"fuse": 2})], centres=(centre,))

    def check(routes: tuple[Route, ...]) -> bool:
        stops = [step for route in routes for step in route.steps.steps]
        return road.who(routes).keys() == {"t", "u"} and RestockStep(centre_id="c") in stops

    return problem, check, None


@case(Feature.RESTOCK)
def centre_without_the_part(road: Any) -> Case:
    centre = ServiceCentre(id="c", place=road.at(20), parts=frozenset({"lamp"}))
    tickets = [road.ticket("t", 10, parts={"fuse": 1}), road.ticket("u", 30, parts={"lamp": 1})]
    problem = road.problem(tickets, [road.technician("a")], centres=(centre,))
    return problem, lambda routes: road.who(routes) == {"u": ("a",)}, None
