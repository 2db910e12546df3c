"""What of the plan in force can still be driven."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

from dispatch.feasibility import Violation, check_routes
from dispatch.plan import Route, RouteSteps, VisitStep
from dispatch.problem import Problem
from dispatch.schedule import place_breaks, schedule_plan
from dispatch.travel import Travel


def standing(problem: Problem, travel: Travel, steps: Iterable[RouteSteps]) -> tuple[Route, ...]:
    """Routes of these steps, without the visits that break a hard constraint by now.

    Of a route that is too long the last visits go; of one that reaches a window too late, that visit.
    """
    left = {own.shift_id: place_breaks(problem, travel, short) for own in steps if (short := _needed(own)).steps}
    while True:
        routes = schedule_plan(problem, travel, list(left.values()))
        broken = check_routes(problem, travel, routes)
        if not broken:
            return routes
        for shift_id, ticket_id in _to_drop(broken, left):
            own = left.pop(shift_id)
            kept = [s for s in own.steps if not isinstance(s, VisitStep) or s.ticket_id != ticket_id]
            shorter = _needed(dataclasses.replace(own, steps=tuple(kept)))
            if shorter.steps:
                left[shift_id] = place_breaks(problem, travel, shorter)


def _needed(own: RouteSteps) -> RouteSteps:
    """The steps up to the last visit: nobody restocks for nothing."""
    end = max((n + 1 for n, step in enumerate(own.steps) if isinstance(step, VisitStep)), default=0)
    return dataclasses.replace(own, steps=own.steps[:end])


def _visits(own: RouteSteps) -> list[str]:
    return [step.ticket_id for step in own.steps if isinstance(step, VisitStep)]


def _to_drop(broken: Sequence[Violation], left: dict[str, RouteSteps]) -> list[tuple[str, str]]:
    """One visit of each route that breaks something, as (shift, ticket): one that is named, else the last.

    Without a visit that is named the route may be short enough, so its last one is not asked to go at the same time.
    """
    found: dict[str, str] = {}
    for violation in broken:
        for shift_id, own in left.items():
            if violation.ticket_id in _visits(own):
                found.setdefault(shift_id, violation.ticket_id)
    for violation in broken:
        if violation.shift_id in left:
            found.setdefault(violation.shift_id, _visits(left[violation.shift_id])[-1])
    if not found:  # nothing is named: the emptiest route goes on being shortened, so that this ends
        shift_id = min(left, key=lambda one: len(left[one].steps))
        found[shift_id] = _visits(left[shift_id])[-1]
    return list(found.items())
