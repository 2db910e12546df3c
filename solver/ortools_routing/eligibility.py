"""Which shifts may serve a ticket at all: everything that depends on ticket, role and technician alone."""

from __future__ import annotations

from dispatch.problem import Problem
from dispatch.technicians import Shift, Technician
from dispatch.tickets import Ticket, Window
from dispatch.travel import Travel


def open_windows(problem: Problem, ticket: Ticket) -> tuple[Window, ...]:
    """Start windows of `ticket` cut to the horizon, merged where they touch; the whole horizon when it has none."""
    cut: list[Window] = []
    for window in ticket.start_windows or (Window(start_s=0, end_s=problem.end_s),):
        start_s, end_s = max(window.start_s, 0), min(window.end_s, problem.end_s)
        if start_s > end_s:
            continue
        if cut and start_s <= cut[-1].end_s + 1:
            start_s, end_s = cut[-1].start_s, max(cut[-1].end_s, end_s)
            cut.pop()
        cut.append(Window(start_s=start_s, end_s=end_s))
    return tuple(cut)


def within_reach(problem: Problem, travel: Travel, technician: Technician, ticket: Ticket) -> bool:
    """Whether `ticket` lies within the technician's reach from base and within the centre's coverage."""
    limits = [(technician.base, technician.max_drive_s, technician.max_distance_m)]
    if technician.centre_id is not None:
        centre = problem.centre_by_id[technician.centre_id]
        limits.append((centre.place, centre.coverage_s, centre.coverage_m))
    for origin, limit_s, limit_m in limits:
        if limit_s is None and limit_m is None:
            continue
        travel_s, distance_m = travel.leg(technician.profile, origin, ticket.place)
        if limit_s is not None and not 0 <= travel_s <= limit_s:
            return False
        if limit_m is not None and not 0 <= distance_m <= limit_m:
            return False
    return True


def may_serve(problem: Problem, travel: Travel, technician: Technician, ticket: Ticket, role: int) -> bool:
    """Skills, technician sets, pin and reach; parts and tools are left to :mod:`solver.ortools_routing.stock`."""
    if not technician.has_skills(ticket.role_skills(role)) or technician.id in ticket.excluded:
        return False
    if role == 0 and ticket.required and technician.id not in ticket.required:
        return False
    if ticket.pin is not None and technician.id != ticket.pin.technician_ids[role]:
        return False
    return within_reach(problem, travel, technician, ticket)


def fits_shift(shift: Shift, technician: Technician, ticket: Ticket, role: int, windows: tuple[Window, ...]) -> bool:
    """Whether some window lets the service start and end within the shift, travel left aside."""
    latest_s = shift.end_s - technician.service_s(ticket, role)
    return any(max(window.start_s, shift.start_s) <= min(window.end_s, latest_s) for window in windows)
