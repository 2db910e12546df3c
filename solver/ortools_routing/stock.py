"""Van stock, tools and restock stops.

A part is a dimension that counts what is missing from a full load, so that only its lower bound matters: visits
raise it, a restock brings it back to zero. With total demand D and own stock S the vehicle starts at D and may
rise to D + S; after a restock D + S are left, which is any quantity. A tool is the same with one unit: a vehicle
without it starts at 1, and a visit that needs it allows 0 only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ortools.constraint_solver import pywrapcp

from dispatch.problem import Problem
from dispatch.technicians import ServiceCentre, Shift, Technician
from dispatch.tickets import Ticket
from dispatch.travel import Travel

if TYPE_CHECKING:
    from solver.ortools_routing.nodes import Layout

FREE_START = False
"""Argument ``fix_start_cumul_to_zero`` of OR-Tools' dimensions: the start has a range of its own."""

MAX_CENTRES_PER_SHIFT = 2
"""Restock stops offered to one shift: each is a node more for every move to look at, and one refill of a
kind is never needed twice."""


def holds_part(centre: ServiceCentre, part: str) -> bool:
    """Whether the centre refills this part."""
    return centre.parts is None or part in centre.parts


def holds_tool(centre: ServiceCentre, tool: str) -> bool:
    """Whether the centre lends this tool."""
    return centre.tools is None or tool in centre.tools


def stock_can_do(problem: Problem, technician: Technician, ticket: Ticket) -> bool:
    """Whether each part and tool is in the van or at some centre."""
    parts = all(
        technician.stock.get(part, 0) >= quantity or any(holds_part(centre, part) for centre in problem.centres)
        for part, quantity in ticket.parts.items()
    )
    return parts and all(
        tool in technician.tools or any(holds_tool(centre, tool) for centre in problem.centres) for tool in ticket.tools
    )


def restock_centres(problem: Problem, travel: Travel, shift: Shift, tickets: Sequence[Ticket]) -> list[ServiceCentre]:
    """Centres at which this shift may restock: each adds kinds that the van may lack, the nearest first."""
    technician = problem.technician_of(shift)
    demand: dict[str, int] = {}
    for ticket in tickets:
        for part, quantity in ticket.parts.items():
            demand[part] = demand.get(part, 0) + quantity
    parts = {part for part, quantity in demand.items() if quantity > technician.stock.get(part, 0)}
    tools = {tool for ticket in tickets for tool in ticket.tools} - technician.tools
    origin = shift.start_place or technician.base
    away_s = {centre.id: travel.leg(technician.profile, origin, centre.place)[0] for centre in problem.centres}
    left = [centre for centre in problem.centres if away_s[centre.id] >= 0]
    chosen: list[ServiceCentre] = []
    while left and len(chosen) < MAX_CENTRES_PER_SHIFT:
        kinds = [sum(holds_part(c, p) for p in parts) + sum(holds_tool(c, t) for t in tools) for c in left]
        _, _, number = min((-held, away_s[c.id], k) for k, (held, c) in enumerate(zip(kinds, left, strict=True)))
        if kinds[number] == 0:
            break
        best = left.pop(number)
        chosen.append(best)
        parts = {part for part in parts if not holds_part(best, part)}
        tools = {tool for tool in tools if not holds_tool(best, tool)}
    return chosen


def add_stock(layout: Layout, routing: pywrapcp.RoutingModel) -> None:
    """Add a dimension for each part and tool that some vehicle might lack."""
    leads = [(number, node) for number, node in enumerate(layout.visits) if node.role == 0]
    for part in sorted({part for _, node in leads for part in node.ticket.parts}):
        demand = [0] * len(layout.places)
        for number, node in leads:
            demand[number] = node.ticket.parts.get(part, 0)
        total = sum(demand)
        stocks = [min(technician.stock.get(part, 0), total) for technician in layout.technicians]
        if total == 0 or min(stocks) == total:
            continue
        for number, stop in enumerate(layout.restocks, start=len(layout.visits)):
            demand[number] = -2 * total if holds_part(stop.centre, part) else 0
        name = f"part {part}"
        evaluator = routing.RegisterUnaryTransitVector(demand)
        routing.AddDimensionWithVehicleCapacity(
            evaluator, 2 * total, [total + stock for stock in stocks], FREE_START, name
        )
        dimension = routing.GetDimensionOrDie(name)
        for vehicle in range(len(layout.shifts)):
            dimension.SetCumulVarRange(routing.Start(vehicle), total, total)
    for tool in sorted({tool for _, node in leads for tool in node.ticket.tools}):
        lacking = [int(tool not in technician.tools) for technician in layout.technicians]
        if not any(lacking):
            continue
        change = [0] * len(layout.places)
        for number, stop in enumerate(layout.restocks, start=len(layout.visits)):
            change[number] = -int(holds_tool(stop.centre, tool))
        name = f"tool {tool}"
        routing.AddDimension(routing.RegisterUnaryTransitVector(change), 1, 1, FREE_START, name)
        dimension = routing.GetDimensionOrDie(name)
        for vehicle, lacks in enumerate(lacking):
            dimension.SetCumulVarRange(routing.Start(vehicle), lacks, lacks)
        for number, node in leads:
            if tool in node.ticket.tools:
                dimension.SetCumulVarRange(number, 0, 0)
