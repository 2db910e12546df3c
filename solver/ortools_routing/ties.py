"""Constraints between routes: crews start together, ``after`` keeps its gaps.

The local-search filters of OR-Tools look at one route at a time and do not see these constraints; the
propagation that follows does, so a neighbour that breaks one is refused there.
"""

from __future__ import annotations

from ortools.constraint_solver import pywrapcp

from dispatch.tiers import Point
from solver.ortools_routing.nodes import Layout


def add_ties(layout: Layout, routing: pywrapcp.RoutingModel) -> None:
    """Tie the ``time`` variables of crew members and of ordered tickets."""
    solver, time = routing.solver(), routing.GetDimensionOrDie("time")
    members: dict[str, list[int]] = {}
    for number, node in enumerate(layout.visits):
        members.setdefault(node.ticket.id, []).append(number)
    for ticket_id, numbers in members.items():
        ticket = layout.problem.ticket_by_id[ticket_id]
        indices = numbers
        active = routing.ActiveVar(indices[0])
        for other in indices[1:]:
            solver.Add(routing.ActiveVar(other) == active)
            solver.Add(time.CumulVar(other) == time.CumulVar(indices[0]))
        for position, one in enumerate(indices):
            for other in indices[position + 1 :]:
                _differ(layout, routing, one, other, active)
        for after in ticket.after:
            first = members[after.ticket_id]
            solver.Add(active <= routing.ActiveVar(first[0]))
            for number in first:
                mark = time.CumulVar(number) + _until_mark(layout, routing, number, after.point)
                gap = time.CumulVar(indices[0]) - mark
                slack = 3 * layout.problem.end_s * (1 - active)
                solver.Add(gap + slack >= after.min_gap_s)
        _max_gaps(layout, routing, numbers[0], members)


def _max_gaps(layout: Layout, routing: pywrapcp.RoutingModel, number: int, members: dict[str, list[int]]) -> None:
    """The gap runs from the last crew member's mark, so it is enough that one of them is near."""
    solver, time = routing.solver(), routing.GetDimensionOrDie("time")
    ticket, index = layout.visits[number].ticket, number
    for after in ticket.after:
        if after.max_gap_s is not None:
            marks = [
                time.CumulVar(one) + _until_mark(layout, routing, one, after.point) for one in members[after.ticket_id]
            ]
            last = solver.Max([mark.Var() for mark in marks]) if len(marks) > 1 else marks[0]
            slack = 3 * layout.problem.end_s * (1 - routing.ActiveVar(index))
            solver.Add(time.CumulVar(index) - last - slack <= after.max_gap_s)


def _until_mark(layout: Layout, routing: pywrapcp.RoutingModel, number: int, point: Point) -> pywrapcp.IntExpr | int:
    """Seconds from a visit's start to the point that a gap is measured from; the service depends on the vehicle."""
    if point is Point.START:
        return 0
    node = layout.visits[number]
    by_vehicle = [technician.service_s(node.ticket, node.role) for technician in layout.technicians]
    if len({by_vehicle[vehicle] for vehicle in node.allowed}) == 1:
        return by_vehicle[node.allowed[0]]
    # the vehicle variable is -1 for a visit that is left out
    return routing.solver().Element([0, *by_vehicle], routing.VehicleVar(number) + 1)


def _differ(layout: Layout, routing: pywrapcp.RoutingModel, one: int, other: int, active: pywrapcp.IntVar) -> None:
    """Two crew members are different technicians, unless both are left out."""
    solver = routing.solver()
    ids = {technician.id: number for number, technician in enumerate(layout.technicians)}
    if len(ids) == len(layout.technicians):
        solver.Add((routing.VehicleVar(one) != routing.VehicleVar(other)) + (1 - active) >= 1)
        return
    owner = [-1, *(ids[technician.id] for technician in layout.technicians)]
    same = solver.IsEqualVar(
        solver.Element(owner, routing.VehicleVar(one) + 1).Var(),
        solver.Element(owner, routing.VehicleVar(other) + 1).Var(),
    )
    solver.Add(same + active <= 1)
