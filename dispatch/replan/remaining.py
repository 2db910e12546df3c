"""The rest of the day as a problem of its own: shifts begin where and when their technicians are free.

Every second keeps its meaning: the horizon, the deadlines and the baseline are those of the whole day. What the rest
of the day can't say exactly is said on the safe side: parts that were used are missing in all later shifts of that
technician, although vans are topped up between shifts.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dispatch.places import Place
from dispatch.plan import Rest, Restock, RestockStep, Route, RouteSteps, Step, Visit, VisitStep
from dispatch.problem import Assignment, Problem
from dispatch.replan.reports import Report, State
from dispatch.technicians import Shift, Technician
from dispatch.tickets import Ticket, Window
from dispatch.tiers import Point

_FAR_S = 2**31 - 1


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
    places = {ticket.id: ticket.place for ticket in problem.tickets}
    last: dict[str, Report] = {}
    for report in told.values():
        if report.shift_id not in last or report.finish_s > last[report.shift_id].finish_s:
            last[report.shift_id] = report
    routes = {route.shift_id: route for route in in_force}
    shifts = [
        left
        for shift in problem.shifts
        if (left := _rest_of(shift, last.get(shift.id), routes.get(shift.id), places, now_s)) is not None
    ]
    working = {shift.technician_id for shift in shifts}
    open_ones = [ticket for ticket in problem.tickets if ticket.id not in over]
    known = {ticket.id for ticket in open_ones}
    untouched = known - {report.ticket_id for report in told.values() if not report.again}
    used = _used(problem, told.values(), routes, now_s)
    rest = problem.replace(
        tickets=tuple(_rest_of_ticket(ticket, told, known, working, now_s) for ticket in open_ones),
        technicians=tuple(_with_stock(technician, used.get(technician.id)) for technician in problem.technicians),
        shifts=tuple(shifts),
        baseline=tuple(_promises(problem, in_force, untouched)),
    )
    names = {shift.id for shift in shifts}
    steps = [_steps_left(problem, route, untouched, now_s) for route in in_force if route.shift_id in names]
    return Remaining(
        problem=rest, steps=tuple(own for own in steps if any(isinstance(step, VisitStep) for step in own.steps))
    )


def _rest_of(
    shift: Shift, last: Report | None, route: Route | None, places: Mapping[str, Place], now_s: int
) -> Shift | None:
    """The shift from when its technician is free; None when nothing is left of it."""
    free_s = max(shift.start_s, now_s, last.finish_s if last is not None else now_s)
    if free_s >= shift.end_s:
        return None
    rested = {stop.index for stop in route.stops if isinstance(stop, Rest) and stop.start_s < now_s} if route else set()
    breaks = [item for number, item in enumerate(shift.breaks) if number not in rested and item.latest_s >= free_s]
    start = shift.start_place if last is None else places.get(last.ticket_id, shift.start_place)
    return dataclasses.replace(
        shift,
        start_s=free_s,
        regular_end_s=max(shift.regular_end_s, free_s),
        start_place=start,
        breaks=tuple(breaks),
    )


def _rest_of_ticket(
    ticket: Ticket,
    told: Mapping[tuple[str, int], Report],
    known: set[str],
    working: set[str],
    now_s: int,
) -> Ticket:
    """The ticket without ties to what is over, and without a pin that nobody can keep any more."""
    windows, after = list(ticket.windows), []
    for tie in ticket.after:
        if tie.ticket_id in known:
            after.append(tie)
            continue
        first = [report for (ticket_id, _), report in told.items() if ticket_id == tie.ticket_id]
        if first:
            mark_s = max(report.start_s if tie.point is Point.START else report.finish_s for report in first)
            latest_s = _FAR_S if tie.max_gap_s is None else mark_s + tie.max_gap_s
            windows = both(windows, mark_s + tie.min_gap_s, latest_s)
    pin = ticket.pin
    if pin is not None and not set(pin.technician_ids) <= working:
        pin = None
    elif pin is not None and pin.start_s is not None and pin.start_s < now_s:
        pin = dataclasses.replace(pin, start_s=None)
    if tuple(windows) == ticket.windows and tuple(after) == ticket.after and pin == ticket.pin:
        return ticket
    return dataclasses.replace(ticket, windows=tuple(windows), after=tuple(after), pin=pin)


def both(windows: Sequence[Window], first_s: int, last_s: int) -> list[Window]:
    """Windows cut to ``first_s .. last_s``; when nothing is left of any, the span itself, so that it stays a bound."""
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


def _used(
    problem: Problem, reports: Iterable[Report], routes: Mapping[str, Route], now_s: int
) -> dict[str, Counter[str]]:
    """Parts that each technician has taken from the van since the shift began, or since the last restock."""
    used: dict[str, Counter[str]] = {}
    for report in reports:
        ticket, shift = problem.ticket_by_id.get(report.ticket_id), problem.shift_by_id.get(report.shift_id)
        if ticket is None or shift is None or report.role or report.state is State.FAILED:
            continue
        route = routes.get(shift.id)
        if route is None or not _refilled(route, ticket.id, now_s):
            used.setdefault(shift.technician_id, Counter()).update(ticket.parts)
    return used


def _refilled(route: Route, ticket_id: str, now_s: int) -> bool:
    """Whether the route in force has been at a centre since this visit."""
    seen = False
    for stop in route.stops:
        seen = seen or (isinstance(stop, Visit) and stop.ticket_id == ticket_id)
        if seen and isinstance(stop, Restock) and stop.finish_s <= now_s:
            return True
    return False


def _with_stock(technician: Technician, used: Counter[str] | None) -> Technician:
    if not used:
        return technician
    stock = {part: max(0, count - used[part]) for part, count in technician.stock.items()}
    return dataclasses.replace(technician, stock=stock)


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


def _steps_left(problem: Problem, route: Route, untouched: set[str], now_s: int) -> RouteSteps:
    """Steps that are still to come, breaks left out."""
    steps: list[Step] = []
    for stop in route.stops:
        if isinstance(stop, Visit):
            if stop.ticket_id in untouched:
                steps.append(VisitStep(ticket_id=stop.ticket_id, role=stop.role))
        elif isinstance(stop, Restock) and stop.start_s >= now_s and stop.centre_id in problem.centre_by_id:
            steps.append(RestockStep(centre_id=stop.centre_id))
    return RouteSteps(shift_id=route.shift_id, steps=tuple(steps))
