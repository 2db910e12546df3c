"""What is left of a p-median problem, as a mixed-integer model for HiGHS."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from ortools.math_opt.python import mathopt

from scenarios.location.exact import milp
from scenarios.location.exact.outcome import Budget, Floats, Ints


def solve_rest(
    cost: Floats, sites: Ints, fixed: int, count: int, must_beat: float, budget: Budget
) -> tuple[Ints | None, float]:
    """Solve what is left with HiGHS: a better choice or None, and a bound (infinite: there is no better one).

    The radius formulation has a variable for each distinct cost of a point, not for each pair: Garcia, Labbe & Marin
    2011, https://doi.org/10.1287/ijoc.1100.0418.
    """
    model = mathopt.Model()
    free = sites[fixed:].tolist()
    is_open = {site: model.add_binary_variable() for site in free}
    model.add_linear_constraint(mathopt.fast_sum(is_open.values()) == count - fixed)
    # Never farther than the nearest site that is open anyway.
    cap = cost[sites[:fixed]].min(axis=0) if fixed else np.full(cost.shape[1], math.inf)
    constant, terms = 0.0, []
    weights: dict[tuple[int, ...], float] = {}
    for point in range(cost.shape[1]):
        column = cost[free, point]
        order = np.argsort(column, kind="stable")
        values = column[order]
        near = order[values < cap[point]]
        steps = [*np.unique(column[near]).tolist(), *([cap[point]] if math.isfinite(cap[point]) else [])]
        constant += steps[0]
        for low, high in pairwise(steps):
            inside = tuple(sorted(free[number] for number in near if column[number] <= low))
            weights[inside] = weights.get(inside, 0.0) + high - low
    for inside, weight in weights.items():
        late = model.add_variable(lb=0.0, ub=1.0)
        model.add_linear_constraint(mathopt.fast_sum(is_open[site] for site in inside) + late >= 1)
        terms.append(weight * late)
    model.minimize(mathopt.fast_sum(terms) + constant)
    solved = milp.solve(model, seconds=budget.left_s(), cutoff=must_beat)
    chosen = None
    if solved.values is not None:
        values_of = solved.values
        extra = [site for site in free if values_of[is_open[site]] > 0.5]
        chosen = np.array([*sites[:fixed].tolist(), *extra], dtype=np.int64)
    return chosen, math.inf if solved.infeasible else solved.bound
