"""Maximal covering, to proved optimality: search, Lagrangian bound, fixing, and HiGHS for what is left."""

from __future__ import annotations

import math

import numpy as np
from ortools.math_opt.python import mathopt

from scenarios.location.exact import milp
from scenarios.location.exact.cover_anneal import MOST_PLACES
from scenarios.location.exact.cover_dual import press
from scenarios.location.exact.cover_polish import polish
from scenarios.location.exact.cover_pool import THREADS, search_pool
from scenarios.location.exact.cover_search import climb, covered, greedy_cover
from scenarios.location.exact.dominance import dominated
from scenarios.location.exact.median_tree import fix_sites
from scenarios.location.exact.outcome import Budget, Flags, Floats, Ints, Outcome
from scenarios.location.exact.reach import Reach

ROUNDS, STEPS, PATIENCE = 12, 300, 20
"""Rounds of lowering the bound and fixing, steps of each, and steps without progress until they halve."""

KICKS, MANY, MANY_KICKS = 2_000, 600, 20_000
"""Kicks of the local search in a round, and how many where at least `MANY` sites are free: their proof takes longer."""

LARGE = 1_200
"""From so many free sites on, choices are annealed and merged in place of more kicks."""

REST = 1_500
"""Most free sites that HiGHS is given."""

SHRINKS = 0.9
"""A round that keeps more than this share of the free sites is the last."""

STALE = 4
"""Searches in a row that find nothing better, after which a proof is tried."""

SEARCH_SHARE, LARGE_SHARE, POOL_SHARE = 0.75, 0.97, 0.97
"""Part of the time after which HiGHS takes over, whatever the rounds could still do; the same where that is hopeless;
and the part of what is left then for choices that are annealed and merged."""


def solve_cover(
    reach: Reach,
    weight: Floats,
    *,
    count: int,
    pinned: Flags,
    banned: Flags,
    budget: Budget,
    whole: bool = False,
    seed: int = 1,
    moves: int | None = None,
) -> Outcome:
    """Open `count` sites so that the points within reach of one of them weigh most.

    Parameters
    ----------
    reach : Reach
        Which site covers which point.
    weight : array, shape (points,)
        At least 0.
    count, pinned, banned, whole
        As in :func:`scenarios.location.exact.median.solve_median`.
    moves : int or None
        Length of each anneal of a large instance; None: as the time allows.
    """
    first, points = reach.first, reach.points
    weight = np.ascontiguousarray(weight, dtype=np.float64)
    banned = banned | _needless(reach, count=count, pinned=pinned, banned=banned)
    chosen = greedy_cover(first, points, weight, count, pinned, banned)
    lower = climb(first, points, weight, chosen, pinned, banned)
    sites = np.concatenate([np.flatnonzero(pinned), np.flatnonzero(~pinned & ~banned)])
    fixed = int(pinned.sum())
    times = reach.times(chosen)
    price = np.where(times <= 1, weight, 0.0)
    step = 1.0 - 1e-4 if whole else 1e-9 * max(1.0, lower)
    within = reach.times(np.flatnonzero(~banned)) > 0
    bound, scale, searching = float(weight[within].sum()), 1.0, budget.share(SEARCH_SHARE)
    if sites.shape[0] - fixed >= LARGE:
        searching = budget.share(LARGE_SHARE)

    def rounded(value: float) -> float:
        return math.floor(value + 1e-4) if whole and math.isfinite(value) else value

    transposed, tries, pooled = reach.transposed(), 0, False
    for turn in range(ROUNDS):
        found, price, picked, worth = press(
            first, points, weight, sites, fixed, count, price, lower, STEPS, PATIENCE, scale
        )
        scale = 0.5
        bound = min(bound, rounded(found))
        shut = banned.copy()
        shut[np.setdiff1d(np.arange(first.shape[0] - 1), sites)] = True
        trial = sites[picked]
        value = climb(first, points, weight, trial, pinned, shut)
        if value > lower:
            lower, chosen = value, trial
        if bound < lower + step or searching.left_s() == 0.0:
            break
        before = sites.shape[0] - fixed
        large = turn > 0 and before >= LARGE and count <= MOST_PLACES
        kicks = KICKS if turn == 0 or large or before < MANY else MANY_KICKS
        lower = polish(first, points, *transposed, weight, chosen, pinned, shut, kicks, seed + turn)
        stale = 0
        while kicks == MANY_KICKS and stale < STALE and searching.left_s() > 0.0 and bound >= lower + step:
            trial, tries = chosen.copy(), tries + 1
            value = polish(first, points, *transposed, weight, trial, pinned, shut, kicks, seed + ROUNDS + tries)
            stale = 0 if value > lower else stale + 1
            if value > lower:
                lower, chosen = value, trial
        if large and not pooled:
            pooled = True
            chosen = search_pool(
                reach, weight, chosen, pinned=pinned, shut=shut, budget=searching.share(POOL_SHARE), moves=moves,
                merge=lambda best, some, limit: among(reach, weight, best, some, pinned, step, Budget(seconds=limit)),
                enough=bound - step + 1e-9, seed=seed,
            )  # fmt: skip
            lower = covered(first, points, weight, chosen)
        if bound < lower + step or searching.left_s() == 0.0:
            break
        sites, fixed = fix_sites(sites, fixed, count, -worth, -found, -(lower + step))
        if turn > 1 and sites.shape[0] - fixed > SHRINKS * before:
            break
    lower = covered(first, points, weight, chosen)
    method = "bound"
    if bound >= lower + step and budget.left_s() > 0.0 and sites.shape[0] - fixed <= REST:
        method = "milp"
        better, rest = _rest(reach, weight, sites, fixed, count, lower + step, budget)
        if better is not None:
            chosen, lower = better, covered(first, points, weight, better)
        bound = min(bound, max(lower, rounded(rest)))
    if bound < lower + step:
        bound = lower
    return Outcome(
        chosen=tuple(sorted(chosen.tolist())),
        objective=lower,
        bound=bound,
        method=method,
        threads=THREADS if pooled else 1,
    )


def _needless(reach: Reach, *, count: int, pinned: Flags, banned: Flags) -> Flags:
    """Sites that another one dominates, but for as many as are needed to open `count`."""
    needless = dominated(reach, kept=pinned, banned=banned)
    missing = count - int((~needless & ~banned).sum())
    needless[np.flatnonzero(needless)[: max(0, missing)]] = False
    return needless


def among(
    reach: Reach, weight: Floats, best: Ints, some: Ints, pinned: Flags, step: float, budget: Budget
) -> Ints | None:
    """Better choice than `best` among some sites, by rounds of the bound and HiGHS, if there is one."""
    first, points, count = reach.first, reach.points, best.shape[0]
    lower = covered(first, points, weight, best)
    sites = np.concatenate([np.flatnonzero(pinned), some[~pinned[some]]])
    fixed, scale = int(pinned.sum()), 1.0
    shut = np.ones(first.shape[0] - 1, dtype=np.bool_)
    shut[some] = False
    price = np.where(reach.times(best) <= 1, weight, 0.0)
    chosen = None
    for _ in range(ROUNDS):
        found, price, picked, worth = press(
            first, points, weight, sites, fixed, count, price, lower, STEPS, PATIENCE, scale
        )
        trial, scale, before = sites[picked], 0.5, sites.shape[0] - fixed
        value = climb(first, points, weight, trial, pinned, shut)
        if value > lower:
            lower, chosen = value, trial
        if found < lower + step or budget.left_s() == 0.0:
            return chosen
        sites, fixed = fix_sites(sites, fixed, count, -worth, -found, -(lower + step))
        if sites.shape[0] - fixed > SHRINKS * before:
            break
    better, _ = _rest(reach, weight, sites, fixed, count, lower + step, budget)
    return chosen if better is None else better


def _rest(
    reach: Reach, weight: Floats, sites: Ints, fixed: int, count: int, must_reach: float, budget: Budget
) -> tuple[Ints | None, float]:
    """Solve what is left with HiGHS: a better choice or None, and a bound (minus infinite: there is no better one).

    Points that the same sites cover are one point.
    """
    done = reach.times(sites[:fixed]) > 0
    free = sites[fixed:].tolist()
    by_point: dict[int, list[int]] = {}
    for site in free:
        for point in reach.points[reach.first[site] : reach.first[site + 1]].tolist():
            if not done[point]:
                by_point.setdefault(point, []).append(site)
    groups: dict[tuple[int, ...], float] = {}
    for point, members in by_point.items():
        key = tuple(members)
        groups[key] = groups.get(key, 0.0) + float(weight[point])
    model = mathopt.Model()
    is_open = {site: model.add_binary_variable() for site in free}
    model.add_linear_constraint(mathopt.fast_sum(is_open.values()) == count - fixed)
    terms = []
    for key, value in groups.items():
        if len(key) == 1:
            terms.append(value * is_open[key[0]])
        elif value > 0:
            served = model.add_variable(lb=0.0, ub=1.0)
            model.add_linear_constraint(served <= mathopt.fast_sum(is_open[site] for site in key))
            terms.append(value * served)
    model.maximize(mathopt.fast_sum(terms) + float(weight[done].sum()))
    solved = milp.solve(model, seconds=budget.left_s(), cutoff=must_reach)
    chosen = None
    if solved.values is not None:
        extra = [site for site in free if solved.values[is_open[site]] > 0.5]
        chosen = np.array([*sites[:fixed].tolist(), *extra], dtype=np.int64)
    return chosen, -math.inf if solved.infeasible else solved.bound
