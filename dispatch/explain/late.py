"""What made a visit late."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from dispatch.explain.obstacles import alone_legs, static_obstacle
from dispatch.insertion import first_start
from dispatch.objective import last_visits
from dispatch.places import Place
from dispatch.plan import LateReason, Reason, Rest, Route, Visit
from dispatch.problem import Problem
from dispatch.technicians import Shift
from dispatch.tickets import Ticket
from dispatch.tiers import Deadline, Point
from dispatch.travel import Travel

_NEVER_S = 2**40


def explain_late(problem: Problem, travel: Travel, routes: Sequence[Route]) -> tuple[LateReason, ...]:
    """One reason for each missed target, in the order of routes and visits.

    Of a crew only the member who finishes last is asked; its reasons stand for the ticket.
    """
    counted = {(visit.ticket_id, visit.role) for visit in last_visits(routes)}
    late = [
        (route, visit)
        for route in routes
        for visit in route.visits
        if visit.late and (visit.ticket_id, visit.role) in counted
    ]
    _prefetch(problem, travel, late)
    starts = _Starts(problem, travel)
    return tuple(reason for route, visit in late for reason in _explain(problem, travel, route, visit, starts))


def _prefetch(problem: Problem, travel: Travel, late: Sequence[tuple[Route, Visit]]) -> None:
    """Ask together for the legs between late tickets and the ends of their own shifts."""
    legs: dict[str, list[tuple[Place | None, Place | None]]] = {}
    for route, visit in late:
        own = legs.setdefault(problem.technician_by_id[route.technician_id].profile, [])
        own += alone_legs(problem, problem.ticket_by_id[visit.ticket_id], problem.shift_by_id[route.shift_id])
    for profile, pairs in legs.items():
        travel.prefetch(profile, pairs)


def _explain(problem: Problem, travel: Travel, route: Route, visit: Visit, starts: _Starts) -> list[LateReason]:
    deadlines = {deadline.target: deadline for deadline in problem.deadlines[visit.ticket_id]}
    ticket = problem.ticket_by_id[visit.ticket_id]
    first = functools.cache(lambda: starts.first(ticket))  # often not needed, else for each target
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
    travel: Travel,
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


class _Starts:
    """Who could start a ticket first, had nobody anything else to do?"""

    def __init__(self, problem: Problem, travel: Travel) -> None:
        self.problem, self.travel = problem, travel
        profiles: dict[str, list[int]] = {}
        for number, shift in enumerate(problem.shifts):
            profiles.setdefault(problem.technician_of(shift).profile, []).append(number)
        self.profiles = {name: np.array(own, dtype=np.int64) for name, own in profiles.items()}
        self.places = np.array(
            [-1 if shift.start_place is None else travel.index[shift.start_place.id] for shift in problem.shifts],
            dtype=np.int64,
        )
        self.start_s = np.array([shift.start_s for shift in problem.shifts], dtype=np.int64)
        ranks = {name: rank for rank, name in enumerate(sorted(problem.technician_by_id))}
        self.ranks = np.array([ranks[shift.technician_id] for shift in problem.shifts], dtype=np.int64)

    def first(self, ticket: Ticket) -> tuple[int, str] | None:
        """Earliest start by anybody who may serve the ticket, with the technician."""
        ready_s = self._ready_s(ticket)
        best: tuple[int, str] | None = None
        for number in np.lexsort((self.ranks, ready_s)).tolist():
            if ready_s[number] == _NEVER_S or (best is not None and ready_s[number] >= best[0]):
                break  # nobody behind can start earlier
            shift = self.problem.shifts[number]
            technician = self.problem.technician_of(shift)
            if technician.has_skills(ticket.skills):
                self.travel.prefetch(technician.profile, alone_legs(self.problem, ticket, shift))
                start = _alone(self.problem, self.travel, ticket, shift)
                best = start if best is None or (start is not None and start < best) else best
        return best

    def _ready_s(self, ticket: Ticket) -> npt.NDArray[np.int64]:
        """When each shift could be at the ticket."""
        here = np.array([self.travel.index[ticket.place.id]], dtype=np.int64)
        ready_s = self.start_s.copy()
        for profile, own in self.profiles.items():
            away = own[self.places[own] >= 0]
            travel_s = self.travel.block(profile, self.places[away], here).travel_s[:, 0]
            ready_s[away] = np.where(travel_s >= 0, ready_s[away] + travel_s, _NEVER_S)
        return ready_s


def _too_late_from_the_start(first: tuple[int, str] | None, latest_s: int) -> Reason:
    """The technician could not have been in time in any order: could somebody else?"""
    facts: dict[str, int | str] = {"latest_start_s": latest_s}
    if first is None:
        return Reason(code="nobody_in_time", facts=facts)
    start_s, technician_id = first
    if start_s > latest_s:
        return Reason(code="nobody_in_time", facts={**facts, "earliest_start_s": start_s, "technician": technician_id})
    return Reason(code="technician_too_far", facts={**facts, "other": technician_id, "other_start_s": start_s})


def _alone(problem: Problem, travel: Travel, ticket: Ticket, shift: Shift) -> tuple[int, str] | None:
    """Earliest start if this shift did nothing else, with its technician; None when it may not serve the ticket."""
    if static_obstacle(problem, travel, ticket, shift) is not None:
        return None
    technician = problem.technician_of(shift)
    travel_s, _ = travel.leg(technician.profile, shift.start_place, ticket.place)
    start_s = first_start(shift.start_s + travel_s, ticket.start_windows)
    return None if start_s is None else (start_s, technician.id)
