"""Prices as integers of one unit.

The unit is 1/18,000 cent: rates per hour (3,600 s), per minute (60 s) and per kilometre (1,000 m) are whole
numbers of it for each second and metre.
"""

from __future__ import annotations

from dispatch.errors import InputError
from dispatch.objective import unserved_cents
from dispatch.problem import Problem
from dispatch.tickets import Ticket

UNITS_PER_CENT = 18_000
PER_S_OF_HOUR = UNITS_PER_CENT // 3600
PER_S_OF_MINUTE = UNITS_PER_CENT // 60
PER_M_OF_KM = UNITS_PER_CENT // 1000

PINNED_FACTOR = 1000
"""A dispatcher's decision outweighs every other ticket of its tier; dropping it stays possible, so that a pin
that can't be kept never makes the whole day infeasible."""

BREACH_SPREAD_S = 3600
"""The routing model has linear costs of lateness only: the fixed cost of a breach is spread over its first hour.
An answer is chosen by its true cost, so this shapes the search and not the result."""

_LIMIT = 2**62


def drop_units(problem: Problem, ticket: Ticket) -> int:
    """Penalty of leaving `ticket` out.

    It is raised by what the slope of lateness exaggerates at the end of the horizon: leaving a ticket out never
    looks cheaper than being late only because the fixed cost of a breach was spread.
    """
    factor = PINNED_FACTOR if ticket.pin is not None else 1
    late_s = sum(max(0, problem.end_s - deadline.due_s) for deadline in problem.deadlines[ticket.id])
    exaggerated = late_s * _spread_units_per_s(problem) * problem.tier_of(ticket).weight
    return (unserved_cents(problem, ticket) * UNITS_PER_CENT + exaggerated) * factor


def _spread_units_per_s(problem: Problem) -> int:
    """Fixed cost of a breach for each second of the time that it is spread over, at weight 1."""
    return problem.weights.breach_cents * UNITS_PER_CENT // BREACH_SPREAD_S


def lateness_units_per_s(problem: Problem, ticket: Ticket) -> int:
    """Slope that stands for the fixed and the growing cost of one missed target."""
    weights, weight = problem.weights, problem.tier_of(ticket).weight
    return weight * (weights.lateness_cents_per_min * PER_S_OF_MINUTE + _spread_units_per_s(problem))


def check_range(problem: Problem, longest_m: int) -> None:
    """Refuse prices whose sum could leave 63 bits.

    Raises
    ------
    InputError
        ``cost.overflow``.
    """
    weights = problem.weights
    hourly = (
        weights.overtime_cents_per_h
        + weights.work_time_cents_per_h
        + weights.travel_time_cents_per_h
        + weights.waiting_cents_per_h
        + weights.imbalance_cents_per_h
    )
    stops = 2 * sum(ticket.crew_size for ticket in problem.tickets) + 2 * len(problem.shifts)
    total = hourly * PER_S_OF_HOUR * problem.end_s * len(problem.shifts)
    total += weights.travel_distance_cents_per_km * PER_M_OF_KM * longest_m * stops
    for ticket in problem.tickets:
        late_s = sum(max(0, problem.end_s - deadline.due_s) for deadline in problem.deadlines[ticket.id])
        total += drop_units(problem, ticket) + lateness_units_per_s(problem, ticket) * late_s
        total += (
            (weights.preference_cents + 5 * len(ticket.skills) * weights.overqualified_cents + weights.change_cents)
            * ticket.crew_size
            * UNITS_PER_CENT
        )
    if total >= _LIMIT:
        raise InputError("cost.overflow", "the weights are too large for this engine: their sum could leave 63 bits")
