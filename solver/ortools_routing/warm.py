"""What a warm start is worth: nothing of it is dropped without a word."""

from __future__ import annotations

from collections.abc import Sequence

from dispatch.feasibility import check_routes
from dispatch.plan import BreakStep, Reason, RestockStep, RouteSteps, Step, VisitStep
from dispatch.ports import EngineRequest
from dispatch.problem import Problem
from dispatch.schedule import schedule_plan


def readable(problem: Problem, routes: Sequence[RouteSteps]) -> tuple[tuple[RouteSteps, ...], list[Reason]]:
    """The steps that name things of this problem, each once, and a warning when others were left out."""
    kept: dict[str, RouteSteps] = {}
    seen: set[Step] = set()
    lost = 0
    for route in routes:
        if route.shift_id not in problem.shift_by_id or route.shift_id in kept:
            lost += len(route.steps)
            continue
        steps = [step for step in route.steps if _known(problem, route.shift_id, step) and step not in seen]
        seen.update(step for step in steps if isinstance(step, VisitStep))
        lost += len(route.steps) - len(steps)
        kept[route.shift_id] = RouteSteps(shift_id=route.shift_id, steps=tuple(steps))
    return tuple(kept.values()), [Reason(code="warm_start_unknown", facts={"steps": lost})] if lost else []


def _known(problem: Problem, shift_id: str, step: Step) -> bool:
    match step:
        case VisitStep():
            ticket = problem.ticket_by_id.get(step.ticket_id)
            return ticket is not None and 0 <= step.role < ticket.crew_size
        case RestockStep():
            return step.centre_id in problem.centre_by_id
        case BreakStep():
            return 0 <= step.index < len(problem.shift_by_id[shift_id].breaks)


def broken_rules(request: EngineRequest, routes: Sequence[RouteSteps]) -> list[Reason]:
    """A warning when the routes, replayed as they are, break hard constraints."""
    found = check_routes(request.problem, request.travel, schedule_plan(request.problem, request.travel, routes))
    if not found:
        return []
    return [Reason(code="warm_start_infeasible", facts={"violations": len(found), "first": found[0].code})]
