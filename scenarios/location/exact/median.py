"""The p-median problem, to proved optimality: search, Lagrangian bound, fixing, and HiGHS for the sites left over."""

from __future__ import annotations

import math

import numpy as np

from scenarios.location.exact.kick import kicked
from scenarios.location.exact.median_dual import ascend
from scenarios.location.exact.median_milp import solve_rest
from scenarios.location.exact.median_search import descend, greedy
from scenarios.location.exact.median_tree import MedianTree, fix_sites
from scenarios.location.exact.outcome import Budget, Flags, Floats, Outcome

ROUNDS, STEPS, PATIENCE = 12, 250, 20
"""Rounds of climbing and fixing, subgradient steps of each, and steps without progress until they halve."""

KICKS = 20
"""Restarts of the local search in each round but the first."""

SHRINKS = 0.9
"""A round that keeps more than this share of the free sites is the last."""

NODES, ALL_NODES, FEW = 300, 10**9, 12
"""Nodes of the tree before HiGHS takes over; it does not for up to `FEW` free sites, where the tree is faster."""


def solve_median(
    cost: Floats, *, count: int, pinned: Flags, banned: Flags, budget: Budget, whole: bool = False, seed: int = 1
) -> Outcome:
    """Open `count` sites so that the sum of each point's cheapest cost is least.

    Parameters
    ----------
    cost : array, shape (sites, points)
        Finite; a point that a site can't serve has a very large cost.
    count : int
        How many sites are open, pinned ones included.
    pinned, banned : arrays of bool, shape (sites,)
        Sites that are open, and that are closed, whatever it costs.
    whole : bool
        Whether all costs are whole numbers, so that a bound may be rounded up.
    """
    rng = np.random.default_rng(seed)
    cost = np.ascontiguousarray(cost, dtype=np.float64)
    chosen = greedy(cost, count, pinned, banned)
    upper = descend(cost, chosen, pinned, banned)
    sites = np.concatenate([np.flatnonzero(pinned), np.flatnonzero(~pinned & ~banned)])
    fixed = int(pinned.sum())
    served = cost[chosen].min(axis=0)
    price = np.minimum(np.sort(cost[chosen], axis=0)[min(1, count - 1)], 4 * served + np.median(served))
    bound, scale, step = -math.inf, 1.0, (1.0 - 1e-4 if whole else 1e-9 * max(1.0, abs(upper)))

    def rounded(value: float) -> float:
        return math.ceil(value - 1e-4) if whole and math.isfinite(value) else value

    for turn in range(ROUNDS):
        found, price, picked, reduced = ascend(cost, sites, fixed, count, price, upper, STEPS, PATIENCE, scale)
        scale = 0.5
        bound = max(bound, rounded(found))
        shut = banned.copy()
        shut[np.setdiff1d(np.arange(cost.shape[0]), sites)] = True
        for kick in range(1 + (KICKS if turn else 0)):
            if bound > upper - step or budget.left_s() == 0.0:
                break
            trial = kicked(chosen, sites, fixed, rng) if kick else sites[picked]
            value = descend(cost, trial, pinned, shut)
            if value < upper:
                upper, chosen = value, trial
        if bound > upper - step or budget.left_s() == 0.0:
            break
        before = sites.shape[0] - fixed
        sites, fixed = fix_sites(sites, fixed, count, reduced, found, upper - step)
        if turn and sites.shape[0] - fixed > SHRINKS * before:
            break
    method = "bound"
    if bound <= upper - step and budget.left_s() > 0.0:
        method = "tree"
        tree = MedianTree(cost, sites, fixed=fixed, count=count, price=price, must_beat=upper - step, step=step)
        tree.search(NODES if count - fixed > FEW else ALL_NODES, budget)
        if tree.best is not None:
            chosen, upper = tree.best, float(cost[tree.best].min(axis=0).sum())
        if tree.done:
            bound = upper
        elif budget.left_s() > 0.0:
            method = "milp"
            better, rest = solve_rest(cost, sites, fixed, count, upper - step, budget)
            if better is not None:
                chosen, upper = better, float(cost[better].min(axis=0).sum())
            bound = max(bound, min(upper, rounded(rest)))
    if bound > upper - step:
        bound = upper
    return Outcome(chosen=tuple(sorted(chosen.tolist())), objective=upper, bound=bound, method=method)
