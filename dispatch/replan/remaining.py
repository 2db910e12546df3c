"""The rest of the day as a problem of its own: shifts begin where and when their technicians are free.

Every second keeps its meaning: the horizon, the deadlines and the baseline are those of the whole day. What the rest
of the day can't say exactly is said on the safe side: parts that were used are missing in all later shifts of that
technician, although vans are topped up between shifts.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dispatch.plan import Restock, RestockStep, Route, RouteSteps, Step, Visit, VisitStep
from dispatch.problem import MAX_HORIZON_S, Assignment, Problem
from dispatch.replan.behind import Behind, behind, loaded
from dispatch.replan.reports import Report, State
from dispatch.technicians import Shift
from dispatch.tickets import Pin, Ticket, Window
from dispatch.tiers import Point

_FAR_S = 2 * MAX_HORIZON_S
"""The latest second that a window may have: no bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remaining:
    """What is left to plan.

    Parameters
    ----------
    problem : Problem
        Open tickets, the rest of each shift, and what the plan in force promises as the baseline.
    steps : tuple of RouteSteps
        What is left of the routes in force, breaks left out; a route may be too late for what it still holds.
    """

    problem: Problem
    steps: tuple[RouteSteps, ...]


def remaining(problem: Problem, in_force: Sequence[Route], reports: Iterable[Report], *, now_s: int) -> Remaining:
    """What is left of a day.

    Parameters
    ----------
    problem : Problem
        The day as it is known now: new tickets in it, cancelled ones and absent technicians' shifts taken out.
    in_force : sequence of Route
        The plan that technicians drive. It may name shifts and tickets that the problem no longer has.
    reports : iterable of Report
        At most one for each ticket and role. A shift that the problem does not have may be named too.
    now_s : int
        Nothing that is planned begins before.

    Returns
    -------
    Remaining
        A crew ticket of which one member is under way or done is out of it, for all members.
    """
    told = {(report.ticket_id, report.role): report for report in reports}
    over = {report.ticket_id for report in told.values() if report.state is not State.FAILED}
    of_shift: dict[str, list[Report]] = {}
    for report in told.values():
        of_shift.setdefault(report.shift_id, []).append(report)
    routes = {route.shift_id: route for route in in_force}
    how = {
        shift.id: behind(problem, shift, routes.get(shift.id), of_shift.get(shift.id, ()), now_s=now_s)
        for shift in problem.shifts
    }
    shifts = [left for shift in problem.shifts if (left := _rest_of(shift, how[shift.id])) is not None]
    working: dict[str, list[Shift]] = {}
    for shift in shifts:
        working.setdefault(shift.technician_id, []).append(shift)
    open_ones = [ticket for ticket in problem.tickets if ticket.id not in over]
    known = {ticket.id for ticket in open_ones}
    untouched = known - {report.ticket_id for report in told.values() if not report.again}
    technicians = []
    for technician in problem.technicians:
        own = problem.shifts_by_technician[technician.id]
        seen = [(routes.get(shift.id), how[shift.id], of_shift.get(shift.id, ())) for shift in own]
        technicians.append(loaded(problem, technician, seen))
    rest = problem.replace(
        tickets=tuple(_rest_of_ticket(problem, ticket, told, known, working) for ticket in open_ones),
        technicians=tuple(technicians),
        shifts=tuple(shifts),
        baseline=tuple(_promises(problem, in_force, untouched)),
    )
    names = {shift.id for shift in shifts}
    steps = [
        _steps_left(problem, route, untouched, how[route.shift_id].restocks)
        for route in in_force
        if route.shift_id in names
    ]
    return Remaining(
        problem=rest, steps=tuple(own for own in steps if any(isinstance(step, VisitStep) for step in own.steps))
    )


def _rest_of(shift: Shift, how: Behind) -> Shift | None:
    """The shift from when its technician is free; None when nothing is left of it."""
    if how.free_s >= shift.end_s:
        return None
    return dataclasses.replace(
        shift,
        start_s=how.free_s,
        regular_end_s=max(shift.regular_end_s, how.free_s),
        start_place=how.place,
        breaks=how.breaks,
    )


def _rest_of_ticket(
    problem: Problem,
    ticket: Ticket,
    told: Mapping[tuple[str, int], Report],
    known: set[str],
    working: Mapping[str, Sequence[Shift]],
) -> Ticket:
    """The ticket without ties to what is over, and without a pin that nobody can keep any more."""
    windows, after, spans = list(ticket.windows), [], []
    for tie in ticket.after:
        if tie.ticket_id in known:
            after.append(tie)
            continue
        first = [report for (ticket_id, _), report in told.items() if ticket_id == tie.ticket_id]
        if first:
            mark_s = max(report.start_s if tie.point is Point.START else report.finish_s for report in first)
            latest_s = _FAR_S if tie.max_gap_s is None else mark_s + tie.max_gap_s
            spans.append((mark_s + tie.min_gap_s, latest_s))
            windows = both(windows, *spans[-1])
    pin = ticket.pin
    if pin is not None and not working.keys() >= set(pin.technician_ids):
        pin = None
    elif pin is not None and pin.start_s is not None and not _holds(problem, ticket, pin, spans, working):
        pin = dataclasses.replace(pin, start_s=None)
    if tuple(windows) == ticket.windows and tuple(after) == ticket.after and pin == ticket.pin:
        return ticket
    return dataclasses.replace(ticket, windows=tuple(windows), after=tuple(after), pin=pin)


def _holds(
    problem: Problem,
    ticket: Ticket,
    pin: Pin,
    spans: Sequence[tuple[int, int]],
    working: Mapping[str, Sequence[Shift]],
) -> bool:
    """Whether a pinned start lies behind what the ticket comes after, and in what is left of each one's shifts."""
    start_s = pin.start_s or 0
    if not all(first_s <= start_s <= last_s for first_s, last_s in spans):
        return False
    for role, one in enumerate(pin.technician_ids):
        finish_s = start_s + problem.technician_by_id[one].service_s(ticket, role)
        if not any(shift.start_s <= start_s and finish_s <= shift.end_s for shift in working[one]):
            return False
    return True


def both(windows: Sequence[Window], first_s: int, last_s: int) -> list[Window]:
    """Windows cut to ``first_s .. last_s``; when nothing is left of any, one that has passed, so that it stays a bound.

    No windows are no bound: then it is the span.
    """
    span = Window(start_s=first_s, end_s=max(first_s, last_s))
    if not windows:
        return [span]
    cut = [
        Window(start_s=max(window.start_s, span.start_s), end_s=min(window.end_s, span.end_s))
        for window in windows
        if window.start_s <= span.end_s and span.start_s <= window.end_s
    ]
    return cut or [Window(start_s=_PAST_S, end_s=_PAST_S)]


_PAST_S = -1
"""A window that has passed whatever the time is: the ticket can't be served, and the reason says so."""


def _promises(problem: Problem, in_force: Iterable[Route], untouched: set[str]) -> Iterator[Assignment]:
    for route in in_force:
        if route.technician_id not in problem.technician_by_id:
            continue
        for visit in route.visits:
            if visit.ticket_id in untouched:
                yield Assignment(
                    ticket_id=visit.ticket_id,
                    role=visit.role,
                    technician_id=route.technician_id,
                    start_s=visit.start_s,
                )


def _steps_left(problem: Problem, route: Route, untouched: set[str], restocked: Collection[int]) -> RouteSteps:
    """Steps that are still to come, breaks left out."""
    steps: list[Step] = []
    for number, stop in enumerate(route.stops):
        if isinstance(stop, Visit):
            if stop.ticket_id in untouched:
                steps.append(VisitStep(ticket_id=stop.ticket_id, role=stop.role))
        elif isinstance(stop, Restock) and number not in restocked and stop.centre_id in problem.centre_by_id:
            steps.append(RestockStep(centre_id=stop.centre_id))
    return RouteSteps(shift_id=route.shift_id, steps=tuple(steps))
