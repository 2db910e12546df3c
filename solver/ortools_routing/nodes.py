"""The layout of a problem as nodes and vehicles: one vehicle per shift, one node per crew role and restock stop."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from dispatch.places import Place
from dispatch.plan import RestockStep, RouteSteps
from dispatch.problem import Problem
from dispatch.technicians import ServiceCentre, Shift, Technician
from dispatch.tickets import Ticket, Window
from dispatch.travel import TravelMatrix
from solver.ortools_routing.eligibility import fits_shift, may_serve, open_windows
from solver.ortools_routing.stock import restock_centres, stock_can_do


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitNode:
    """Role `role` of `ticket`; only the vehicles `allowed` may come."""

    ticket: Ticket
    role: int
    windows: tuple[Window, ...]
    allowed: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RestockNode:
    """An optional stop of one vehicle at a centre."""

    centre: ServiceCentre
    vehicle: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Nodes ``0 .. len(visits) - 1`` are visits, then restocks, then the distinct start places, then the end places.

    `starts` and `ends` hold the node of each vehicle; `places` the place of each node, None where a route
    starts or ends nowhere.
    """

    problem: Problem
    travel: TravelMatrix
    shifts: tuple[Shift, ...]
    technicians: tuple[Technician, ...]
    visits: tuple[VisitNode, ...]
    restocks: tuple[RestockNode, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    places: tuple[Place | None, ...]
    tied: bool

    @property
    def stops(self) -> int:
        """Number of nodes that are not ends of routes."""
        return len(self.visits) + len(self.restocks)

    @property
    def first_end(self) -> int:
        """First node that is an end place."""
        return min(self.ends)


def lay_out(problem: Problem, travel: TravelMatrix, *, seed: int, warm_start: Sequence[RouteSteps] = ()) -> Layout:
    """Choose the nodes. Tickets that nobody may serve get none; `seed` shuffles the order of the visits."""
    shifts = problem.shifts
    technicians = tuple(problem.technician_of(shift) for shift in shifts)
    kept: list[VisitNode] = []
    for ticket in problem.tickets:
        kept.extend(_roles(problem, travel, ticket))
    kept = _without_orphans(kept)
    random.Random(seed).shuffle(kept)
    restocks = _restocks(problem, travel, kept, warm_start)
    places: list[Place | None] = [node.ticket.place for node in kept]
    places += [node.centre.place for node in restocks]
    starts = _ends([shift.start_place for shift in shifts], places)
    ends = _ends([shift.end_place for shift in shifts], places)
    tied = any(node.ticket.crew or node.ticket.after for node in kept)
    return Layout(
        problem=problem,
        travel=travel,
        shifts=shifts,
        technicians=technicians,
        visits=tuple(kept),
        restocks=tuple(restocks),
        starts=starts,
        ends=ends,
        places=tuple(places),
        tied=tied,
    )


def _roles(problem: Problem, travel: TravelMatrix, ticket: Ticket) -> list[VisitNode]:
    """One node for each role, or none at all when a role has no candidate."""
    windows = open_windows(problem, ticket)
    nodes = []
    for role in range(ticket.crew_size):
        may = {t.id for t in problem.technicians if may_serve(problem, travel, t, ticket, role)}
        allowed = []
        for vehicle, shift in enumerate(problem.shifts):
            technician = problem.technician_of(shift)
            if (
                technician.id in may
                and fits_shift(shift, technician, ticket, role, windows)
                and (role > 0 or stock_can_do(problem, technician, ticket))
            ):
                allowed.append(vehicle)
        if not allowed:
            return []
        nodes.append(VisitNode(ticket=ticket, role=role, windows=windows, allowed=tuple(allowed)))
    return nodes


def _without_orphans(nodes: list[VisitNode]) -> list[VisitNode]:
    """Leave out tickets that come after one that nobody may serve."""
    while True:
        ids = {node.ticket.id for node in nodes}
        left = [node for node in nodes if all(after.ticket_id in ids for after in node.ticket.after)]
        if len(left) == len(nodes):
            return left
        nodes = left


def _restocks(
    problem: Problem, travel: TravelMatrix, visits: Sequence[VisitNode], warm_start: Sequence[RouteSteps]
) -> list[RestockNode]:
    """Restock stops worth offering, and those of the warm start."""
    number = {shift.id: vehicle for vehicle, shift in enumerate(problem.shifts)}
    wanted = {
        (number[route.shift_id], step.centre_id): None
        for route in warm_start
        for step in route.steps
        if isinstance(step, RestockStep)
    }
    for vehicle, shift in enumerate(problem.shifts):
        own = [node.ticket for node in visits if node.role == 0 and vehicle in node.allowed]
        for centre in restock_centres(problem, travel, shift, own):
            wanted[vehicle, centre.id] = None
    return [
        RestockNode(centre=problem.centre_by_id[centre_id], vehicle=vehicle) for vehicle, centre_id in sorted(wanted)
    ]


def _ends(ends: Sequence[Place | None], places: list[Place | None]) -> tuple[int, ...]:
    """Append the distinct places to `places` and return the node of each vehicle."""
    nodes: dict[str | None, int] = {}
    for place in ends:
        key = None if place is None else place.id
        if key not in nodes:
            nodes[key] = len(places)
            places.append(place)
    return tuple(nodes[None if place is None else place.id] for place in ends)
