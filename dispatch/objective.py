"""The cost of a plan: one integer in cents, the sum of named terms.

Each term is one function of the problem and the routes; `TERMS` is the registry, in the order of importance
that the default weights give.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from dispatch.plan import Route, Visit
from dispatch.problem import Problem
from dispatch.technicians import Shift
from dispatch.tickets import Ticket


def per_hour(seconds: int, cents: int) -> int:
    """Cents for `seconds` at `cents` an hour, rounded half up."""
    return (seconds * cents + 1800) // 3600


def per_minute(seconds: int, cents: int) -> int:
    """Cents for `seconds` at `cents` a minute, rounded half up."""
    return (seconds * cents + 30) // 60


def per_km(metres: int, cents: int) -> int:
    """Cents for `metres` at `cents` a kilometre, rounded half up."""
    return (metres * cents + 500) // 1000


def is_deferrable(problem: Problem, ticket: Ticket) -> bool:
    """Whether the ticket can still be in time after the horizon: no deadline and no last window ends in it."""
    if ticket.start_windows and ticket.start_windows[-1].end_s <= problem.end_s:
        return False
    return all(deadline.due_s > problem.end_s for deadline in problem.deadlines[ticket.id])


def unserved_cents(problem: Problem, ticket: Ticket) -> int:
    """Cost of leaving a ticket out.

    A deferrable one costs little. Another one costs a fixed amount, and what its targets would cost if it were
    served just after the horizon: so leaving out is never cheaper than being late.
    """
    if ticket.unserved_cents is not None:
        return ticket.unserved_cents
    weights, weight = problem.weights, problem.tier_of(ticket).weight
    if is_deferrable(problem, ticket):
        return weights.deferred_cents * weight
    missed = [
        problem.end_s - deadline.due_s for deadline in problem.deadlines[ticket.id] if deadline.due_s <= problem.end_s
    ]
    late = sum(
        weights.breach_cents * weight + per_minute(late_s, weights.lateness_cents_per_min * weight) for late_s in missed
    )
    return weights.unserved_cents * weight + late


def served_ids(routes: Sequence[Route]) -> set[str]:
    """Tickets with a visit."""
    return {visit.ticket_id for route in routes for visit in route.visits}


def _unserved(problem: Problem, routes: Sequence[Route]) -> int:
    served = served_ids(routes)
    return sum(unserved_cents(problem, ticket) for ticket in problem.tickets if ticket.id not in served)


def last_visits(routes: Sequence[Route]) -> Collection[Visit]:
    """One visit for each ticket, the one that counts for targets: of a crew the member who finishes last."""
    last: dict[str, Visit] = {}
    for route in routes:
        for visit in route.visits:
            if visit.ticket_id not in last or visit.finish_s > last[visit.ticket_id].finish_s:
                last[visit.ticket_id] = visit
    return last.values()


def _breach(problem: Problem, routes: Sequence[Route]) -> int:
    return sum(
        problem.weights.breach_cents * problem.tier_of(problem.ticket_by_id[visit.ticket_id]).weight * len(visit.late)
        for visit in last_visits(routes)
    )


def _lateness(problem: Problem, routes: Sequence[Route]) -> int:
    rate = problem.weights.lateness_cents_per_min
    return sum(
        per_minute(missed.late_s, rate * problem.tier_of(problem.ticket_by_id[visit.ticket_id]).weight)
        for visit in last_visits(routes)
        for missed in visit.late
    )


def overtime_s(problem: Problem, route: Route) -> int:
    """Work after the regular end of the shift."""
    return max(0, route.return_s - max(problem.shift_by_id[route.shift_id].regular_end_s, route.departure_s))


def _overtime(problem: Problem, routes: Sequence[Route]) -> int:
    return sum(per_hour(overtime_s(problem, route), problem.weights.overtime_cents_per_h) for route in routes)


def _work_time(problem: Problem, routes: Sequence[Route]) -> int:
    return sum(per_hour(route.work_s, problem.weights.work_time_cents_per_h) for route in routes)


def _travel_time(problem: Problem, routes: Sequence[Route]) -> int:
    return sum(per_hour(route.travel_s, problem.weights.travel_time_cents_per_h) for route in routes)


def _travel_distance(problem: Problem, routes: Sequence[Route]) -> int:
    return sum(per_km(route.distance_m, problem.weights.travel_distance_cents_per_km) for route in routes)


def _waiting(problem: Problem, routes: Sequence[Route]) -> int:
    return sum(per_hour(route.waiting_s, problem.weights.waiting_cents_per_h) for route in routes)


def visit_cents(problem: Problem, ticket: Ticket, role: int, technician_id: str) -> tuple[int, int]:
    """Costs (preference, overqualified) of this technician in this role; they depend on nothing else."""
    wished = not ticket.preferred or technician_id in ticket.preferred
    have, need = problem.technician_by_id[technician_id].skills, ticket.role_skills(role)
    above = sum(max(0, have.get(skill, 0) - level) for skill, level in need.items())
    return 0 if wished else problem.weights.preference_cents, above * problem.weights.overqualified_cents


def _preference(problem: Problem, routes: Sequence[Route]) -> int:
    return sum(
        visit_cents(problem, problem.ticket_by_id[v.ticket_id], v.role, r.technician_id)[0]
        for r in routes
        for v in r.visits
    )


def _overqualified(problem: Problem, routes: Sequence[Route]) -> int:
    return sum(
        visit_cents(problem, problem.ticket_by_id[v.ticket_id], v.role, r.technician_id)[1]
        for r in routes
        for v in r.visits
    )


def fair_share_s(shift: Shift, demand_s: int, regular_s: int) -> int:
    """Driving and service time that this shift carries before the term `imbalance` counts.

    The service time of all tickets is spread over all shifts in proportion to their regular length. It depends
    on the problem alone, so each route's cost is independent of the others; being monotone, it never rewards
    longer routes (Matl, Hartl & Vidal 2018, doi:10.1287/trsc.2017.0744). `demand_s` and `regular_s` come from
    :func:`demand_and_capacity_s`.
    """
    length_s = shift.regular_end_s - shift.start_s
    return length_s if regular_s == 0 else min(length_s, length_s * demand_s // regular_s)


def demand_and_capacity_s(problem: Problem) -> tuple[int, int]:
    """Service time of all tickets (every crew member counted), and regular time of all shifts."""
    return problem.demand_s, problem.regular_s


def _imbalance(problem: Problem, routes: Sequence[Route]) -> int:
    rate = problem.weights.imbalance_cents_per_h
    if rate == 0:
        return 0
    demand_s, regular_s = demand_and_capacity_s(problem)
    total = 0
    for route in routes:
        fair_s = fair_share_s(problem.shift_by_id[route.shift_id], demand_s, regular_s)
        total += per_hour(max(0, route.travel_s + route.service_s - fair_s), rate)
    return total


def _change(problem: Problem, routes: Sequence[Route]) -> int:
    if not problem.baseline:
        return 0
    moved = 0
    for route in routes:
        for visit in route.visits:
            for old in problem.promises.get((visit.ticket_id, visit.role), ()):
                late_s = abs(visit.start_s - old.start_s)
                moved += route.technician_id != old.technician_id or late_s > problem.weights.change_tolerance_s
    return moved * problem.weights.change_cents


TERMS: dict[str, Callable[[Problem, Sequence[Route]], int]] = {
    "unserved": _unserved,
    "breach": _breach,
    "lateness": _lateness,
    "overtime": _overtime,
    "work_time": _work_time,
    "travel_time": _travel_time,
    "travel_distance": _travel_distance,
    "waiting": _waiting,
    "preference": _preference,
    "overqualified": _overqualified,
    "imbalance": _imbalance,
    "change": _change,
}


def cost_terms(problem: Problem, routes: Sequence[Route]) -> dict[str, int]:
    """Every term of the objective in cents; the cost of the plan is their sum."""
    return {name: term(problem, routes) for name, term in TERMS.items()}
