"""The smallest change of each kind that gives a question with capacities an answer."""

from __future__ import annotations

import numpy as np
from ortools.math_opt.python import mathopt

from scenarios.location.answer import Relief
from scenarios.location.exact import milp
from scenarios.location.exact.warehouse import Warehouses
from scenarios.location.problem import LocationProblem


def reliefs_of(problem: LocationProblem, given: Warehouses, *, constant: float, seconds: float) -> tuple[Relief, ...]:
    """More capacity, more sites, or more money: each alone, where it alone helps.

    Parameters
    ----------
    constant : float
        What is paid whatever is open: added to the budget that would do.
    """
    found = []
    extra = _least(given, "capacity", seconds)
    if extra is not None:
        short, by_site = extra
        where = ", ".join(f"{problem.sites[site].id} with {value / 3600:+.1f} h" for site, value in by_site.items())
        text = f"capacity is short by {short / 3600:.1f} h: {where} would do"
        found.append(Relief(code="location.capacity", message=text, facts={"short_s": round(short)}))
    if given.count is not None:
        more = _least(given, "count", seconds)
        if more is not None:
            text = f"p = {given.count} is too few for the demand: p = {round(more[0])} would do"
            found.append(Relief(code="location.count", message=text, facts={"p": round(more[0])}))
    if given.spend is not None:
        money = _least(given, "money", seconds)
        if money is not None:
            cents = round(money[0] + constant)
            text = f"a budget of {(given.limit + constant) / 100:,.2f} is too small: {cents / 100:,.2f} would do"
            found.append(Relief(code="location.budget", message=text, facts={"budget_cents": cents}))
    return tuple(found)


def _least(given: Warehouses, kind: str, seconds: float) -> tuple[float, dict[int, float]] | None:
    """Least capacity to add, sites to open, or money to spend; None when that alone doesn't help."""
    model = mathopt.Model()
    sites = np.flatnonzero(~given.banned).tolist()
    is_open = {site: model.add_binary_variable() for site in sites}
    added = {site: model.add_variable(lb=0.0) for site in sites} if kind == "capacity" else {}
    total = float(given.demand.sum())
    for point in range(given.demand.size):
        able = [site for site in sites if np.isfinite(given.cost[site, point])]
        if not able:
            return None
    by_point: list[list[mathopt.Variable]] = [[] for _ in range(given.demand.size)]
    for site in sites:
        if given.pinned[site]:
            is_open[site].lower_bound = 1.0
        row = []
        for point in np.flatnonzero(np.isfinite(given.cost[site])).tolist():
            part = model.add_variable(lb=0.0, ub=1.0)
            by_point[point].append(part)
            row.append(float(given.demand[point]) * part)
        room = float(given.capacity[site]) * is_open[site]
        model.add_linear_constraint(mathopt.fast_sum(row) <= (room + added[site] if added else room))
        if added:
            model.add_linear_constraint(added[site] <= total * is_open[site])
    for members in by_point:
        model.add_linear_constraint(mathopt.fast_sum(members) == 1)
    opened = mathopt.fast_sum(is_open.values())
    spent = None
    if given.spend is not None:
        spent = mathopt.fast_sum(float(given.spend[site]) * variable for site, variable in is_open.items())
    if given.count is not None and kind != "count":
        model.add_linear_constraint(opened == given.count)
    if spent is not None and kind != "money":
        model.add_linear_constraint(spent <= given.limit)
    if kind == "capacity":
        model.minimize(mathopt.fast_sum(added.values()))
    elif kind == "count":
        model.minimize(opened)
    elif spent is not None:
        model.minimize(spent)
    solved = milp.solve(model, seconds=seconds)
    if solved.values is None:
        return None
    values = solved.values
    return solved.objective, {site: values[one] for site, one in added.items() if values[one] > 0.5}
