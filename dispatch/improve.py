"""A last look at an engine's routes: what is left out although it fits and pays is put in.

So an unserved ticket is never unserved by oversight, and the reasons given for it are true.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np

from dispatch.explain.obstacles import restock_centres
from dispatch.insertion import Trial, prefetch_detours, step_lists, try_steps
from dispatch.objective import served_ids, unserved_cents
from dispatch.plan import Route
from dispatch.problem import Problem
from dispatch.screen import Screen
from dispatch.technicians import Shift
from dispatch.tickets import Ticket
from dispatch.travel import Travel

TRIALS = 8
"""Gaps tried exactly for each ticket, shortest detour first."""


def insert_unserved(
    problem: Problem,
    travel: Travel,
    routes: Sequence[Route],
    should_stop: Callable[[], bool] = lambda: False,
    *,
    accept: Callable[[Trial, Mapping[str, Route]], bool] = lambda trial, current: True,
    only: Collection[str] | None = None,
) -> tuple[Route, ...]:
    """Insert each unserved ticket where it costs least, if that costs less than leaving it; the dearest to leave first.

    `accept` may refuse a trial, given the routes of all shifts as they are without it. With `only` no other ticket is
    tried. Crews and tickets in an order are left to the engine. Ends early when `should_stop` says so.
    """
    tied = {after.ticket_id for ticket in problem.tickets for after in ticket.after}
    served = served_ids(routes)
    left = [t for t in problem.tickets if t.id not in served and not t.crew and not t.after and t.id not in tied]
    left = left if only is None else [ticket for ticket in left if ticket.id in only]
    left.sort(key=lambda ticket: -unserved_cents(problem, ticket))
    current = {route.shift_id: route for route in routes}
    screen = Screen(problem, travel, current) if left else None
    for ticket in left:
        if screen is None or should_stop():
            break
        best = _best(problem, travel, current, ticket, screen, accept)
        if best is not None and best.cost_cents < unserved_cents(problem, ticket):
            current[best.route.shift_id] = best.route
            screen.update(best.route)
    order = {shift.id: number for number, shift in enumerate(problem.shifts)}
    return tuple(sorted(current.values(), key=lambda route: order[route.shift_id]))


def _best(
    problem: Problem,
    travel: Travel,
    current: dict[str, Route],
    ticket: Ticket,
    screen: Screen,
    accept: Callable[[Trial, Mapping[str, Route]], bool],
) -> Trial | None:
    """Cheapest of the exact trials in the gaps with the shortest detours."""
    shifts = np.array([may_serve(problem, ticket, shift) for shift in problem.shifts], dtype=np.bool_)
    found = [fit for fit, _ in screen.nearest(screen.look(ticket, shifts), TRIALS)]
    prefetch_detours(problem, travel, ticket, found)
    best: Trial | None = None
    routes = list(current.values())
    for fit in found:
        old = current.get(fit.shift.id)
        restock = restock_centres(problem, ticket, fit.shift)
        for steps in step_lists(ticket, old, fit.gap.position, restock):
            trial = try_steps(problem, travel, routes, fit.shift, steps)
            if not isinstance(trial, Trial) or (best is not None and trial.cost_cents >= best.cost_cents):
                continue
            if accept(trial, current):
                best = trial
    return best


def may_serve(problem: Problem, ticket: Ticket, shift: Shift) -> bool:
    """Whether wishes, pin and skills let the technician of this shift lead this ticket."""
    technician = problem.technician_of(shift)
    if technician.id in ticket.excluded or (ticket.required and technician.id not in ticket.required):
        return False
    if ticket.pin is not None and ticket.pin.technician_ids[0] != technician.id:
        return False
    return technician.has_skills(ticket.skills)
