"""A last look at an engine's routes: what is left out although it fits and pays is put in.

So an unserved ticket is never unserved by oversight, and the reasons given for it are true.
"""

from __future__ import annotations

from collections.abc import Sequence

from dispatch.explain.obstacles import restock_centres
from dispatch.insertion import Trial, best_trial, gaps
from dispatch.objective import served_ids, unserved_cents
from dispatch.plan import Route
from dispatch.problem import Problem
from dispatch.travel import TravelMatrix


def insert_unserved(problem: Problem, travel: TravelMatrix, routes: Sequence[Route]) -> tuple[Route, ...]:
    """Insert each unserved ticket where it costs least, if that costs less than leaving it; the dearest to leave first.

    Crews and tickets in an order are left to the engine.
    """
    tied = {after.ticket_id for ticket in problem.tickets for after in ticket.after}
    served = served_ids(routes)
    left = [t for t in problem.tickets if t.id not in served and not t.crew and not t.after and t.id not in tied]
    left.sort(key=lambda ticket: -unserved_cents(problem, ticket))
    current = {route.shift_id: route for route in routes}
    for ticket in left:
        best: Trial | None = None
        for shift in problem.shifts:
            technician = problem.technician_of(shift)
            if not technician.has_skills(ticket.skills) or technician.id in ticket.excluded:
                continue
            own = gaps(problem, travel, shift, current.get(shift.id))
            trial = best_trial(
                problem,
                travel,
                list(current.values()),
                ticket,
                shift,
                own,
                restock=restock_centres(problem, ticket, shift),
            )
            if trial is not None and (best is None or trial.cost_cents < best.cost_cents):
                best = trial
        if best is not None and best.cost_cents < unserved_cents(problem, ticket):
            current[best.route.shift_id] = best.route
    order = {shift.id: number for number, shift in enumerate(problem.shifts)}
    return tuple(sorted(current.values(), key=lambda route: order[route.shift_id]))
