"""Sites with capacities: the capacitated p-median, and location with yearly charges and a budget.

Sridharan 1995, "The capacitated plant location problem", https://doi.org/10.1016/0377-2217(95)00042-O. A point's work
may be shared among sites, as real calls are.
"""

from __future__ import annotations

import math

import numpy as np

from scenarios.location.answer import Answer, Ask
from scenarios.location.exact.outcome import Budget, Floats
from scenarios.location.exact.warehouse import Warehouses, solve_warehouses
from scenarios.location.models.common import answer_of, site_count, travel_cost, unreached
from scenarios.location.models.reliefs import reliefs_of
from scenarios.location.problem import LocationProblem, Status


def capacitated_median(problem: LocationProblem, ask: Ask) -> Answer:
    """Open p sites, none beyond its capacity, with the least travel; the objective is in visit-seconds."""
    given = warehouses(problem, cost=travel_cost(problem), count=site_count(problem, ask))
    return _answer(problem, given, ask, model="capacitated-median", unit="visit_seconds", constant=0.0)


def fixed_charge(problem: LocationProblem, ask: Ask) -> Answer:
    """Serve all demand at the least cost of a year: rent, wages, tax, closing, contracts and travel, in cents.

    Travel counts the way there of each visit: the way on belongs to the next. The budget is for sites, not for travel.
    """
    hourly = np.array([site.price_cents_per_hour for site in problem.sites], dtype=np.float64)
    work_h = np.array([point.work_s for point in problem.points]) / 3600
    cost = travel_cost(problem) * (problem.travel_cents_per_hour / 3600) + hourly[:, None] * work_h
    closing = np.array([site.closing_cents if site.status is Status.EXISTING else 0 for site in problem.sites])
    yearly = np.array([site.yearly_cents for site in problem.sites], dtype=np.float64)
    spend = yearly - closing if ask.budget_cents is not None else None
    limit = math.inf if ask.budget_cents is None else ask.budget_cents - float(closing.sum())
    given = warehouses(problem, cost=cost, charge=yearly - closing, spend=spend, limit=limit, count=ask.count)
    return _answer(problem, given, ask, model="fixed-charge", unit="cents", constant=float(closing.sum()))


def warehouses(
    problem: LocationProblem,
    *,
    cost: Floats,
    charge: Floats | None = None,
    spend: Floats | None = None,
    limit: float = math.inf,
    count: int | None = None,
) -> Warehouses:
    """Arrays of a question; demand is in seconds of work, or in visits where no work is known."""
    work = np.array([point.work_s for point in problem.points], dtype=np.float64)
    demand = work if work.any() else problem.visits
    room = [math.inf if site.capacity_s is None else float(site.capacity_s) for site in problem.sites]
    return Warehouses(
        cost=np.where(problem.travel_s >= 0, cost, np.inf),
        charge=np.zeros(len(room)) if charge is None else charge,
        capacity=np.minimum(np.array(room), demand.sum()),
        demand=demand,
        pinned=problem.pinned,
        banned=problem.banned,
        count=count,
        spend=spend,
        limit=limit,
    )


def _answer(problem: LocationProblem, given: Warehouses, ask: Ask, *, model: str, unit: str, constant: float) -> Answer:
    lost = unreached(problem, problem.travel_s >= 0)
    if lost:
        return Answer(model=model, feasible=False, reliefs=tuple(lost))
    outcome = solve_warehouses(given, budget=Budget(seconds=ask.seconds))
    if not outcome.feasible:
        return Answer(
            model=model, feasible=False, reliefs=reliefs_of(problem, given, constant=constant, seconds=ask.seconds)
        )
    import dataclasses

    outcome = dataclasses.replace(outcome, objective=outcome.objective + constant, bound=outcome.bound + constant)
    shares = outcome.shares
    travel = np.where(problem.travel_s >= 0, problem.travel_s, 0) * problem.visits
    mean = float((travel * shares).sum() / max(1.0, problem.visits.sum())) if shares is not None else 0.0
    return answer_of(problem, model, outcome, unit=unit, shares=shares, figures={"mean_travel_s": mean})
