"""First routes: regret insertion by the greedy engine, then the tickets that are tied to others.

OR-Tools' own constructions insert one node at a time and know no ties between routes: a ticket with the restock
stop that it needs, or a whole crew, must come in together. For 1,000 tickets and 40 shifts they also took 50 s,
for routes that cost more.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from heapq import nsmallest
from itertools import product

from dispatch.feasibility import check_routes
from dispatch.objective import cost_terms
from dispatch.plan import BreakStep, RouteSteps, VisitStep
from dispatch.ports import EngineRequest, Limits
from dispatch.problem import Problem
from dispatch.schedule import place_breaks, schedule_plan
from dispatch.tickets import Ticket
from dispatch.travel import Travel
from solver.greedy import GreedyEngine
from solver.ortools_routing.nodes import Layout, VisitNode

_PLACES_PER_ROLE = 6
"""Places tried for each crew member: with two or three roles some hundred trials for a ticket."""


def first_routes(request: EngineRequest, layout: Layout) -> tuple[RouteSteps, ...]:
    """Routes to start from; their time counts, iterations do not."""
    problem = request.problem
    tied = [ticket for ticket in problem.tickets if ticket.crew or ticket.after]
    left_out = {ticket.id for ticket in tied}
    apart = problem.replace(
        tickets=tuple(ticket for ticket in problem.tickets if ticket.id not in left_out),
        baseline=tuple(item for item in problem.baseline if item.ticket_id not in left_out),
    )
    alone = dataclasses.replace(
        request,
        problem=apart,
        limits=Limits(seconds=request.limits.seconds),
        warm_start=(),
        on_progress=lambda seen: request.on_progress(dataclasses.replace(seen, iterations=0)),
    )
    routes = GreedyEngine().solve(alone).routes
    for ticket in _in_order(tied):
        if request.should_stop():
            break
        nodes = sorted((node for node in layout.visits if node.ticket.id == ticket.id), key=lambda node: node.role)
        if nodes:
            routes = insert_tied(problem, request.travel, routes, nodes)
    return routes


def _in_order(tickets: Sequence[Ticket]) -> list[Ticket]:
    """Each ticket behind those that it comes after."""
    left = {ticket.id: ticket for ticket in tickets}
    done: list[Ticket] = []
    while left:
        ready = [ticket for ticket in left.values() if all(after.ticket_id not in left for after in ticket.after)]
        done += ready
        for ticket in ready:
            del left[ticket.id]
    return done


def insert_tied(
    problem: Problem, travel: Travel, routes: tuple[RouteSteps, ...], nodes: Sequence[VisitNode]
) -> tuple[RouteSteps, ...]:
    """Put all roles of one ticket where they cost least together; the same routes when nothing fits or pays.

    Parameters
    ----------
    problem, travel
        What is planned.
    routes : tuple of RouteSteps
        Keep every rule.
    nodes : sequence of VisitNode
        Every role of the ticket.
    """
    best, best_cents = routes, _cost_cents(problem, travel, routes)
    assert best_cents is not None
    by_shift = {route.shift_id: route for route in routes}
    options = [
        nsmallest(_PLACES_PER_ROLE, _single(problem, travel, by_shift, node), key=lambda one: one[0]) for node in nodes
    ]
    for chosen in product(*options):
        if len({problem.shift_by_id[route.shift_id].technician_id for _, route in chosen}) < len(chosen):
            continue
        trial = tuple((by_shift | {route.shift_id: route for _, route in chosen}).values())
        cents = _cost_cents(problem, travel, trial)
        if cents is not None and cents < best_cents:
            best, best_cents = trial, cents
    return best


def _single(
    problem: Problem, travel: Travel, by_shift: dict[str, RouteSteps], node: VisitNode
) -> Iterator[tuple[int, RouteSteps]]:
    """Every route with this role in it, and its return as a first idea of what it costs."""
    step = VisitStep(ticket_id=node.ticket.id, role=node.role)
    for vehicle in node.allowed:
        shift = problem.shifts[vehicle]
        old = by_shift.get(shift.id, RouteSteps(shift_id=shift.id, steps=()))
        stops = [one for one in old.steps if not isinstance(one, BreakStep)]
        for position in range(len(stops) + 1):
            steps = (*stops[:position], step, *stops[position:])
            route = place_breaks(problem, travel, RouteSteps(shift_id=shift.id, steps=steps))
            timed = schedule_plan(problem, travel, [route])
            if all(one.code in ("crew_incomplete", "after_unserved") for one in check_routes(problem, travel, timed)):
                yield sum(cost_terms(problem, timed).values()), route


def _cost_cents(problem: Problem, travel: Travel, routes: Sequence[RouteSteps]) -> int | None:
    """True cost, None when a rule is broken."""
    timed = schedule_plan(problem, travel, routes)
    return None if check_routes(problem, travel, timed) else sum(cost_terms(problem, timed).values())
