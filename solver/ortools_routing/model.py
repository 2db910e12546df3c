"""The routing model: dimensions, soft targets, breaks and drop penalties over a :class:`Layout`.

Dimensions: ``time`` starts every vehicle at its shift's start and carries windows, breaks, overtime and each
ticket's first target; ``late 1`` .. mirror it for further targets (a dimension holds one soft bound per node);
``span`` has a free start and prices work and waiting; ``load`` prices imbalance. None combines a span cost
with soft bounds, so no linear program is solved for each neighbour.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
from ortools.constraint_solver import pywrapcp

from dispatch.objective import demand_and_capacity_s, fair_share_s
from dispatch.technicians import Shift
from dispatch.tiers import Point
from solver.ortools_routing.costs import PER_S_OF_HOUR, drop_units, lateness_units_per_s
from solver.ortools_routing.matrices import Matrix, arc_units, leg_matrices, service_s, transit_s, visit_units
from solver.ortools_routing.nodes import Layout
from solver.ortools_routing.stock import FREE_START, add_stock
from solver.ortools_routing.ties import add_ties

TIME = "time"
_OPTIONAL = False  # every break is taken: on the route, or before or after it


@dataclass(frozen=True, slots=True)
class Model:
    """A layout and its routing model, not yet closed; `breaks` holds the intervals of each vehicle.

    Stops come first among the nodes, so the variable index of a stop is its node number. The manager is kept
    alive for the routing model.
    """

    layout: Layout
    manager: pywrapcp.RoutingIndexManager
    routing: pywrapcp.RoutingModel
    breaks: tuple[tuple[pywrapcp.IntervalVar, ...], ...]


def build(layout: Layout) -> Model:
    """Make the routing model. The layout has at least one visit and one vehicle."""
    manager = pywrapcp.RoutingIndexManager(
        len(layout.places), len(layout.shifts), list(layout.starts), list(layout.ends)
    )
    routing = pywrapcp.RoutingModel(manager)
    evaluators = _arcs(layout, routing)
    _time(layout, routing, evaluators)
    _span(layout, routing, evaluators)
    _load(layout, routing, evaluators)
    breaks = _breaks(layout, routing)
    add_stock(layout, routing)
    if layout.tied:
        add_ties(layout, routing)
    _optional(layout, routing)
    return Model(layout, manager, routing, breaks)


def _arcs(layout: Layout, routing: pywrapcp.RoutingModel) -> list[int]:
    """Set the cost of every arc; return the evaluator of each vehicle's transit in seconds.

    Technicians whose numbers are all the same share a matrix: registering one is what takes time.
    """
    legs = {profile: leg_matrices(layout, profile) for profile in {one.profile for one in layout.technicians}}
    shared: dict[Hashable, int] = {}
    transits: dict[str, int] = {}
    costs: dict[str, int] = {}
    for one in layout.technicians:
        if one.id in transits:
            continue
        service, visits = service_s(layout, one), visit_units(layout, one)
        key: Hashable = ("s", one.profile, one.max_leg_s, one.max_leg_m, service.tobytes())
        if key not in shared:
            shared[key] = routing.RegisterTransitMatrix(transit_s(layout, one, legs[one.profile], service).tolist())
        transits[one.id] = shared[key]
        key = ("cost", one.profile, visits.tobytes())
        if key not in shared:
            shared[key] = routing.RegisterTransitMatrix(arc_units(layout, legs[one.profile], visits).tolist())
        costs[one.id] = shared[key]
    for vehicle, one in enumerate(layout.technicians):
        routing.SetArcCostEvaluatorOfVehicle(costs[one.id], vehicle)
    return [transits[one.id] for one in layout.technicians]


def _clock(
    layout: Layout, routing: pywrapcp.RoutingModel, evaluators: list[int], name: str, *, free_start: bool
) -> pywrapcp.RoutingDimension:
    """A dimension of time with shifts and windows as hard bounds."""
    horizon_s = layout.problem.end_s
    routing.AddDimensionWithVehicleTransits(evaluators, horizon_s, horizon_s, FREE_START, name)
    dimension = routing.GetDimensionOrDie(name)
    for vehicle, shift in enumerate(layout.shifts):
        latest_s = shift.end_s if free_start else _rested_s(shift)
        dimension.SetCumulVarRange(routing.Start(vehicle), shift.start_s, latest_s)
        dimension.SetCumulVarRange(routing.End(vehicle), shift.start_s, shift.end_s)
    for number, node in enumerate(layout.visits):
        variable = dimension.CumulVar(number)
        variable.SetRange(node.windows[0].start_s, node.windows[-1].end_s)
        for before, behind in zip(node.windows, node.windows[1:], strict=False):
            variable.RemoveInterval(before.end_s + 1, behind.start_s - 1)
    return dimension


def _rested_s(shift: Shift) -> int:
    """End of the last break that may begin before the shift: the route may start behind it, not inside it."""
    early = [item.latest_s + item.duration_s for item in shift.breaks if item.earliest_s < shift.start_s]
    return min(shift.end_s, max([shift.start_s, *early]))


def _time(layout: Layout, routing: pywrapcp.RoutingModel, evaluators: list[int]) -> None:
    problem = layout.problem
    dues = [_start_dues(layout, number) for number in range(len(layout.visits))]
    depth = max(1, *(len(own) for own in dues))
    for level in range(depth):
        dimension = _clock(layout, routing, evaluators, TIME if level == 0 else f"late {level}", free_start=False)
        if level == 0:
            _overtime(layout, routing, dimension)
        for number, own in enumerate(dues):
            if level < len(own):
                slope = lateness_units_per_s(problem, layout.visits[number].ticket)
                dimension.SetCumulVarSoftUpperBound(number, max(own[level], 0), slope)


def _start_dues(layout: Layout, number: int) -> list[int]:
    """Latest starts that keep each target of a visit, tightest first; those that can't be missed are left out.

    A finish is turned into a start with the shortest service of the allowed technicians: technicians who are
    slower are told apart by the true cost only.
    """
    node = layout.visits[number]
    if node.role > 0:
        return []
    quickest_s = min(layout.technicians[vehicle].service_s(node.ticket, node.role) for vehicle in node.allowed)
    latest_s = min(max(layout.shifts[vehicle].end_s for vehicle in node.allowed), node.windows[-1].end_s)
    dues = [
        due.due_s - (quickest_s if due.point is Point.FINISH else 0) for due in layout.problem.deadlines[node.ticket.id]
    ]
    return sorted(due_s for due_s in dues if due_s < latest_s)


def _overtime(layout: Layout, routing: pywrapcp.RoutingModel, time: pywrapcp.RoutingDimension) -> None:
    rate = layout.problem.weights.overtime_cents_per_h * PER_S_OF_HOUR
    for vehicle, shift in enumerate(layout.shifts):
        if rate and shift.regular_end_s < shift.end_s:
            time.SetCumulVarSoftUpperBound(routing.End(vehicle), shift.regular_end_s, rate)


def _span(layout: Layout, routing: pywrapcp.RoutingModel, evaluators: list[int]) -> None:
    """Work time and waiting: both grow with the span once the departure is free."""
    weights = layout.problem.weights
    rate = (weights.work_time_cents_per_h + weights.waiting_cents_per_h) * PER_S_OF_HOUR
    if rate:
        _clock(layout, routing, evaluators, "span", free_start=True).SetSpanCostCoefficientForAllVehicles(rate)


def _load(layout: Layout, routing: pywrapcp.RoutingModel, evaluators: list[int]) -> None:
    """Driving and service above a fair share."""
    rate = layout.problem.weights.imbalance_cents_per_h * PER_S_OF_HOUR
    if not rate:
        return
    routing.AddDimensionWithVehicleTransits(evaluators, 0, layout.problem.end_s, not FREE_START, "load")
    load = routing.GetDimensionOrDie("load")
    demand_s, regular_s = demand_and_capacity_s(layout.problem)
    for vehicle, shift in enumerate(layout.shifts):
        load.SetCumulVarSoftUpperBound(routing.End(vehicle), fair_share_s(shift, demand_s, regular_s), rate)


def _breaks(layout: Layout, routing: pywrapcp.RoutingModel) -> tuple[tuple[pywrapcp.IntervalVar, ...], ...]:
    """One interval for each break; it may lie before the departure or after the return, never in a service."""
    solver, time = routing.solver(), routing.GetDimensionOrDie(TIME)
    found = []
    for vehicle, shift in enumerate(layout.shifts):
        intervals = tuple(
            solver.FixedDurationIntervalVar(
                item.earliest_s, item.latest_s, item.duration_s, _OPTIONAL, f"break {vehicle} {number}"
            )
            for number, item in enumerate(shift.breaks)
        )
        found.append(intervals)
        if intervals:
            service = _by_index(layout, routing, service_s(layout, layout.technicians[vehicle]))
            time.SetBreakIntervalsOfVehicle(list(intervals), vehicle, service)
    return tuple(found)


def _by_index(layout: Layout, routing: pywrapcp.RoutingModel, values: Matrix) -> list[int]:
    """Values by variable index: stops come first and keep their order, ends of routes have none."""
    own = np.zeros(routing.Size() + len(layout.shifts), dtype=np.int64)
    own[: layout.stops] = values[: layout.stops]
    return [int(value) for value in own]


def _optional(layout: Layout, routing: pywrapcp.RoutingModel) -> None:
    """Who may come, and the price of staying away; a crew's price is on its lead."""
    for number, node in enumerate(layout.visits):
        routing.VehicleVar(number).SetValues([-1, *node.allowed])
        routing.AddDisjunction([number], drop_units(layout.problem, node.ticket) if node.role == 0 else 0)
    for number, stop in enumerate(layout.restocks, start=len(layout.visits)):
        routing.VehicleVar(number).SetValues([-1, stop.vehicle])
        routing.AddDisjunction([number], 0)
