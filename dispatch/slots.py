"""Appointment offers: when a new ticket could be served, by whom, and what each time would cost."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from dispatch.errors import reject
from dispatch.explain.obstacles import restock_centres
from dispatch.improve import TRIALS, may_serve
from dispatch.insertion import Trial, prefetch_detours, step_lists, try_steps
from dispatch.plan import Rest, Route
from dispatch.problem import Problem
from dispatch.screen import Flags, Screen
from dispatch.tickets import Ticket, Window
from dispatch.travel import Travel


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One offer.

    Parameters
    ----------
    window : Window
        What the customer would be promised: the service starts in it.
    technician_id, shift_id, start_s : str, str, int
        Who would come, and when by the plan as it is now.
    cost_cents : int
        What the plan would cost more, lateness of others included.
    late : tuple of str
        Targets of the ticket's own tier that this time misses.
    position : int or None
        Steps without breaks before it on the route; None: it also needs a restock.
    moved : int
        Other visits that would start at another time, by more than the tolerance.
    """

    window: Window
    technician_id: str
    shift_id: str
    start_s: int
    cost_cents: int
    late: tuple[str, ...]
    position: int | None
    moved: int


def windows_of(first_s: int, last_s: int, *, length_s: int, step_s: int | None = None) -> tuple[Window, ...]:
    """Windows of one length between two seconds, one after another or every `step_s`."""
    if length_s <= 0 or (step_s is not None and step_s <= 0):
        raise reject("slots.length", "slots and steps need a positive length", field="length", value=length_s)
    stride = step_s or length_s
    return tuple(
        Window(start_s=begin_s, end_s=begin_s + length_s) for begin_s in range(first_s, last_s - length_s + 1, stride)
    )


def slots(
    problem: Problem, travel: Travel, routes: Sequence[Route], ticket_id: str, windows: Iterable[Window]
) -> tuple[Slot, ...]:
    """Offers for a ticket without a visit, cheapest first; a window that nobody can keep makes no offer.

    Parameters
    ----------
    problem, travel
        With the new ticket among the others.
    routes : sequence of Route
        The plan, which stays as it is: the ticket is put between its visits.
    ticket_id : str
        A ticket for one technician, without ``after``.
    windows : iterable of Window
        What may be offered; its own windows, and a start that it is pinned to, don't matter.

    Raises
    ------
    InputError
        ``slots.ticket`` when the ticket is not there, is served already, or needs several routes at once.
    """
    ticket = problem.ticket_by_id.get(ticket_id)
    if ticket is None or any(visit.ticket_id == ticket_id for route in routes for visit in route.visits):
        raise reject("slots.ticket", "an open ticket without a visit is needed", field="ticket", value=ticket_id)
    if ticket.crew or ticket.after:
        raise reject("slots.ticket", "crews and ordered tickets have no offers", field="ticket", value=ticket_id)
    able = np.array([may_serve(problem, ticket, shift) for shift in problem.shifts], dtype=np.bool_)
    screen = Screen(problem, travel, {route.shift_id: route for route in routes}, shifts=able)
    found = (_best(problem, travel, routes, ticket, window, screen, able) for window in windows)
    return tuple(sorted((slot for slot in found if slot is not None), key=lambda one: (one.cost_cents, one.window)))


def _best(
    problem: Problem,
    travel: Travel,
    routes: Sequence[Route],
    ticket: Ticket,
    window: Window,
    screen: Screen,
    able: Flags,
) -> Slot | None:
    """Cheapest exact trial of those with the shortest detours."""
    lock = None if ticket.pin is None else dataclasses.replace(ticket.pin, start_s=None)
    asked = dataclasses.replace(ticket, windows=(window,), pin=lock)  # a pinned start would stand in place of the offer
    fits = [fit for fit, _ in screen.nearest(screen.look(ticket, able, windows=asked.windows), TRIALS)]
    prefetch_detours(problem, travel, ticket, fits)
    by_shift = {route.shift_id: route for route in routes}
    best: tuple[Trial, Route | None] | None = None
    for fit in fits:
        old = by_shift.get(fit.shift.id)
        for steps in step_lists(asked, old, fit.gap.position, restock_centres(problem, asked, fit.shift)):
            trial = try_steps(problem, travel, routes, fit.shift, steps, changed=lambda world: world.with_ticket(asked))
            if isinstance(trial, Trial) and (best is None or trial.cost_cents < best[0].cost_cents):
                best = trial, old
    if best is None:
        return None
    route, before = best[0].route, best[1]
    starts = {visit.ticket_id: visit.start_s for visit in before.visits} if before else {}
    slack_s = problem.weights.change_tolerance_s
    own = next(visit for visit in route.visits if visit.ticket_id == ticket.id)
    stops = [stop for stop in route.stops if not isinstance(stop, Rest)]
    were = 0 if before is None else sum(not isinstance(stop, Rest) for stop in before.stops)
    return Slot(
        window=window,
        technician_id=route.technician_id,
        shift_id=route.shift_id,
        start_s=own.start_s,
        cost_cents=best[0].cost_cents,
        late=tuple(missed.target for missed in own.late),
        position=stops.index(own) if len(stops) == were + 1 else None,
        moved=sum(
            abs(visit.start_s - starts[visit.ticket_id]) > slack_s
            for visit in route.visits
            if visit.ticket_id in starts
        ),
    )
