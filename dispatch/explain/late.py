"""What made a visit late."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

from dispatch.explain.obstacles import Attempt, restock_centres, static_obstacle
from dispatch.insertion import first_start
from dispatch.objective import last_visits
from dispatch.plan import LateReason, Reason, Rest, Route, Visit
from dispatch.problem import Problem
from dispatch.technicians import Shift
from dispatch.tickets import Ticket
from dispatch.tiers import Deadline, Point
from dispatch.travel import TravelMatrix


def explain_late(problem: Problem, travel: TravelMatrix, routes: Sequence[Route]) -> tuple[LateReason, ...]:
    """One reason for each missed target, in the order of routes and visits.

    Of a crew only the member who finishes last is asked; its reasons stand for the ticket.
    """
    counted = {(visit.ticket_id, visit.role) for visit in last_visits(routes)}
    found = []
    for route in routes:
        for visit in route.visits:
            if (visit.ticket_id, visit.role) in counted:
                found.extend(_explain(problem, travel, route, visit))
    return tuple(found)


def _explain(problem: Problem, travel: TravelMatrix, route: Route, visit: Visit) -> list[LateReason]:
    deadlines = {deadline.target: deadline for deadline in problem.deadlines[visit.ticket_id]}
    ticket = problem.ticket_by_id[visit.ticket_id]
    first = functools.cache(lambda: _first_start(problem, travel, ticket))  # often not needed, else for each target
    return [
        LateReason(
            ticket_id=visit.ticket_id,
            target=missed.target,
            late_s=missed.late_s,
            reason=_reason(problem, travel, route, visit, deadlines[missed.target], first),
        )
        for missed in visit.late
    ]


def _reason(
    problem: Problem,
    travel: TravelMatrix,
    route: Route,
    visit: Visit,
    deadline: Deadline,
    first: Callable[[], tuple[int, str] | None],
) -> Reason:
    """First cause that holds, from what no plan can change to what this plan chose."""
    ticket = problem.ticket_by_id[visit.ticket_id]
    service_s = visit.finish_s - visit.start_s
    latest_s = deadline.due_s if deadline.point is Point.START else deadline.due_s - service_s
    if deadline.due_s < 0:
        return Reason(code="due_before_horizon", facts={"due_s": deadline.due_s})
    if ticket.pin is not None and ticket.pin.start_s is not None:
        return Reason(code="pinned_late", facts={"start_s": ticket.pin.start_s})
    if ticket.windows and ticket.windows[0].start_s > latest_s:
        return Reason(
            code="window_after_due", facts={"window_start_s": ticket.windows[0].start_s, "latest_start_s": latest_s}
        )
    own = _alone(problem, travel, ticket, problem.shift_by_id[route.shift_id])
    if own is None or own[0] > latest_s:
        return _too_late_from_the_start(first(), latest_s)
    before = [stop for stop in route.visits if stop.start_s < visit.start_s]
    rest_s = sum(
        stop.finish_s - stop.start_s for stop in route.stops if isinstance(stop, Rest) and stop.start_s < visit.start_s
    )
    if not before:
        return (
            Reason(code="tied", facts={"start_s": visit.start_s})
            if rest_s == 0
            else Reason(code="break_before", facts={"rest_s": rest_s})
        )
    return Reason(
        code="earlier_visits",
        facts={
            "visits": len(before),
            "last": before[-1].ticket_id,
            "rest_s": rest_s,
            "service_s": sum(stop.finish_s - stop.start_s for stop in before),
        },
    )


def _first_start(problem: Problem, travel: TravelMatrix, ticket: Ticket) -> tuple[int, str] | None:
    """Earliest start by anybody who may serve the ticket and has nothing else to do, with the technician."""
    ready = []
    for shift in problem.shifts:
        technician = problem.technician_of(shift)
        travel_s, _ = travel.leg(technician.profile, shift.start_place, ticket.place)
        if travel_s >= 0 and technician.has_skills(ticket.skills):
            ready.append((shift.start_s + travel_s, technician.id, shift))
    ready.sort(key=lambda item: item[:2])
    best: tuple[int, str] | None = None
    for ready_s, _, shift in ready:
        if best is not None and ready_s >= best[0]:
            break  # nobody behind can start earlier
        start = _alone(problem, travel, ticket, shift)
        best = start if best is None or (start is not None and start < best) else best
    return best


def _too_late_from_the_start(first: tuple[int, str] | None, latest_s: int) -> Reason:
    """The technician could not have been in time in any order: could somebody else?"""
    facts: dict[str, int | str] = {"latest_start_s": latest_s}
    if first is None:
        return Reason(code="nobody_in_time", facts=facts)
    start_s, technician_id = first
    if start_s > latest_s:
        return Reason(code="nobody_in_time", facts={**facts, "earliest_start_s": start_s, "technician": technician_id})
    return Reason(code="technician_too_far", facts={**facts, "other": technician_id, "other_start_s": start_s})


def _alone(problem: Problem, travel: TravelMatrix, ticket: Ticket, shift: Shift) -> tuple[int, str] | None:
    """Earliest start if this shift did nothing else, with its technician; None when it may not serve the ticket."""
    attempt = Attempt(
        problem=problem, travel=travel, routes=(), ticket=ticket, shift=shift, gaps=(),
        restock=restock_centres(problem, ticket, shift),
    )  # fmt: skip
    if static_obstacle(attempt) is not None:
        return None
    technician = problem.technician_of(shift)
    travel_s, _ = travel.leg(technician.profile, shift.start_place, ticket.place)
    start_s = first_start(shift.start_s + travel_s, ticket.start_windows)
    return None if start_s is None else (start_s, technician.id)
