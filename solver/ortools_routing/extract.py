"""Between solutions of the routing model and route steps."""

from __future__ import annotations

from collections.abc import Sequence

from dispatch.plan import BreakStep, RestockStep, RouteSteps, Step, VisitStep
from solver.ortools_routing.model import TIME, Model
from solver.ortools_routing.nodes import Layout


def current_routes(model: Model) -> list[RouteSteps]:
    """Routes of the solution that the search has just found, with the breaks that fall on them."""
    routes = []
    for vehicle, shift in enumerate(model.layout.shifts):
        steps = _steps(model, vehicle)
        if any(isinstance(step, VisitStep) for step in steps):
            routes.append(RouteSteps(shift_id=shift.id, steps=tuple(steps)))
    return routes


def _steps(model: Model, vehicle: int) -> list[Step]:
    layout, routing = model.layout, model.routing
    time = routing.GetDimensionOrDie(TIME)
    timed: list[tuple[int, int, Step]] = []  # start, then breaks before a stop of the same second
    node = routing.NextVar(routing.Start(vehicle)).Value()
    while not routing.IsEnd(node):
        step: Step
        if node < len(layout.visits):
            step = VisitStep(ticket_id=layout.visits[node].ticket.id, role=layout.visits[node].role)
        else:
            step = RestockStep(centre_id=layout.restocks[node - len(layout.visits)].centre.id)
        timed.append((time.CumulVar(node).Min(), 1, step))
        node = routing.NextVar(node).Value()
    return_s = time.CumulVar(routing.End(vehicle)).Min()
    for number, interval in enumerate(model.breaks[vehicle]):
        if interval.StartMin() < return_s:
            timed.append((interval.StartMin(), 0, BreakStep(index=number)))
    timed.sort(key=lambda item: item[:2])
    return [step for _, _, step in timed]


def node_routes(layout: Layout, routes: Sequence[RouteSteps]) -> list[list[int]] | None:
    """Nodes of each vehicle; None when a visit or restock has no node."""
    visit = {(node.ticket.id, node.role): number for number, node in enumerate(layout.visits)}
    restock = {
        (layout.shifts[stop.vehicle].id, stop.centre.id): number
        for number, stop in enumerate(layout.restocks, start=len(layout.visits))
    }
    by_shift = {route.shift_id: route for route in routes}
    found: list[list[int]] = []
    for shift in layout.shifts:
        own: dict[int, None] = {}  # a second stop at one centre refills nothing new
        for step in by_shift[shift.id].steps if shift.id in by_shift else ():
            if isinstance(step, VisitStep):
                if (step.ticket_id, step.role) not in visit:
                    return None
                own[visit[step.ticket_id, step.role]] = None
            elif isinstance(step, RestockStep):
                if (shift.id, step.centre_id) not in restock:
                    return None
                own[restock[shift.id, step.centre_id]] = None
        found.append(list(own))
    return found
