"""Location with capacities and yearly charges, to proved optimality: bound, fixing of sites, and HiGHS for the rest."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from ortools.math_opt.python import mathopt

from scenarios.location.exact import milp
from scenarios.location.exact.outcome import Budget, Flags, Floats, Ints, Outcome
from scenarios.location.exact.warehouse_dual import lift

ROUNDS, STEPS, PATIENCE = 4, 400, 15
"""Rounds of climbing and fixing, steps of each, and steps without progress until they halve."""

SMALL = 5_000
"""Pairs of site and point up to which HiGHS needs no help."""

GAP = 1e-9
"""Relative gap at which HiGHS stops."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Warehouses:
    """The arrays of one problem.

    Parameters
    ----------
    cost : array, shape (sites, points)
        Of serving all demand of a point from a site; infinite where it can't.
    charge, capacity : arrays, shape (sites,)
        Cost of being open, and most demand that it serves.
    demand : array, shape (points,)
    pinned, banned : arrays of bool, shape (sites,)
    count : int or None
        Exactly so many sites are open, pinned ones included; None: as many as it takes.
    spend, limit : array, shape (sites,), and float
        Money that an open site takes, and most that all may take.
    single : bool
        Whether each point is served by one site alone.
    """

    cost: Floats
    charge: Floats
    capacity: Floats
    demand: Floats
    pinned: Flags
    banned: Flags
    count: int | None = None
    spend: Floats | None = None
    limit: float = math.inf
    single: bool = False


def solve_warehouses(given: Warehouses, *, budget: Budget) -> Outcome:
    """Open sites and share demand among them at the least sum of charges and costs."""
    usable = np.flatnonzero(~given.banned)
    plain = given.count is None and given.spend is None and not given.single and bool(np.isfinite(given.cost).all())
    if plain and usable.size * given.demand.size > SMALL:
        return _with_bounds(given, budget)
    return _solve(given, usable, given.pinned, budget)


def _with_bounds(given: Warehouses, budget: Budget) -> Outcome:
    shut, pinned = given.banned.copy(), given.pinned.copy()
    price = np.sort(given.cost[~shut], axis=0)[min(2, int((~shut).sum()) - 1)].copy()
    best: Outcome | None = None
    upper, scale = float(given.cost[~shut].max(axis=0).sum() + given.charge[~shut].sum()), 1.5
    found = -math.inf
    for _ in range(ROUNDS):
        if budget.left_s() == 0.0:
            break
        at = np.flatnonzero(~shut)
        value, price, parts, values, unit = lift(
            np.ascontiguousarray(given.cost[at]),
            given.charge[at],
            given.capacity[at],
            given.demand,
            pinned[at],
            np.zeros(at.size, dtype=np.bool_),
            price,
            upper,
            STEPS,
            PATIENCE,
            scale,
        )
        found, scale = max(found, value), 1.0
        for least in (0.5, 1e-6):
            tried = _transport(given, at[parts > least], budget)
            if tried is not None and tried.objective < upper:
                best, upper = tried, tried.objective
        slack = values - unit * given.capacity[at]
        better = upper * (1 - GAP)
        closes = at[(parts == 0.0) & (value + np.maximum(0.0, slack) > better) & ~pinned[at]]
        opens = at[(parts == 1.0) & (value + np.maximum(0.0, -slack) > better)]
        shut[closes], pinned[opens] = True, True
        if closes.size + opens.size == 0:
            break
    if best is not None and found >= upper * (1 - GAP):
        return best
    solved = _solve(given, np.flatnonzero(~shut), pinned, budget, cutoff=upper if best is not None else None)
    if solved.feasible and (best is None or solved.objective <= best.objective):
        return solved
    if best is None:
        return solved
    bound = max(found, min(best.objective, solved.bound))
    return Outcome(chosen=best.chosen, objective=best.objective, bound=bound, shares=best.shares, method="milp")


def _transport(given: Warehouses, chosen: Ints, budget: Budget) -> Outcome | None:
    """Serve all demand from the chosen sites alone; None when they can't, or in no time."""
    if chosen.size == 0 or given.capacity[chosen].sum() < given.demand.sum():
        return None
    pinned = given.pinned.copy()
    pinned[chosen] = True
    solved = _solve(given, chosen, pinned, budget)
    return solved if solved.feasible else None


def _solve(given: Warehouses, sites: Ints, pinned: Flags, budget: Budget, *, cutoff: float | None = None) -> Outcome:
    """Hand the sites that may be open to HiGHS, with a linking constraint for each pair."""
    model = mathopt.Model()
    count, points = given.cost.shape
    is_open = {int(site): model.add_binary_variable() for site in sites}
    for site, variable in is_open.items():
        if pinned[site]:
            variable.lower_bound = 1.0
    shares: dict[tuple[int, int], mathopt.Variable] = {}
    by_point: list[list[mathopt.Variable]] = [[] for _ in range(points)]
    for site, variable in is_open.items():
        row = []
        for point in np.flatnonzero(np.isfinite(given.cost[site])).tolist():
            part = shares[site, point] = model.add_variable(lb=0.0, ub=1.0, is_integer=given.single)
            by_point[point].append(part)
            if not pinned[site]:
                model.add_linear_constraint(part <= variable)
            row.append(float(given.demand[point]) * part)
        model.add_linear_constraint(mathopt.fast_sum(row) <= float(given.capacity[site]) * variable)
    for members in by_point:
        model.add_linear_constraint(mathopt.fast_sum(members) == 1)
    if given.count is not None:
        model.add_linear_constraint(mathopt.fast_sum(is_open.values()) == given.count)
    if given.spend is not None:
        model.add_linear_constraint(
            mathopt.fast_sum(float(given.spend[site]) * variable for site, variable in is_open.items()) <= given.limit
        )
    # Each point is served and no site beyond its capacity: this sum follows, and makes the relaxation tighter.
    model.add_linear_constraint(
        mathopt.fast_sum(float(given.capacity[site]) * variable for site, variable in is_open.items())
        >= float(given.demand.sum())
    )
    model.minimize(
        mathopt.fast_sum(float(given.charge[site]) * variable for site, variable in is_open.items())
        + mathopt.fast_sum(float(given.cost[pair]) * part for pair, part in shares.items())
    )
    solved = milp.solve(model, seconds=budget.left_s(), cutoff=cutoff, gap=GAP)
    if solved.values is None:
        bound = math.inf if solved.infeasible else solved.bound
        return Outcome(chosen=(), objective=math.inf, bound=bound, feasible=False, method="milp")
    parts = np.zeros((count, points))
    for pair, part in shares.items():
        parts[pair] = min(1.0, max(0.0, solved.values[part]))
    chosen = tuple(sorted(site for site, variable in is_open.items() if solved.values[variable] > 0.5))
    reached = parts > 0
    value = float(given.charge[list(chosen)].sum() + (given.cost[reached] * parts[reached]).sum())
    bound = value if solved.proved else min(value, solved.bound)
    return Outcome(chosen=chosen, objective=value, bound=bound, shares=parts, method="milp")
