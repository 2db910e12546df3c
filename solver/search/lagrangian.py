"""Prices of tickets and shifts for set partitioning, by subgradient steps on the Lagrangian dual.

Caprara, Fischetti & Toth 1999, "A Heuristic Method for the Set Covering Problem", doi:10.1287/opre.47.5.730, sections
2 and 3, with equality for tickets and capacity for kinds of shifts. A pool of 30,000 routes takes a millisecond an
iteration, where the linear programme takes seconds; the prices only choose routes, so near ones do.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from solver.search.arrays import I64

F64 = npt.NDArray[np.float64]

SMOOTHING = 0.5
"""Share of the last direction in the next one (Crowder 1976): damps the zigzag."""
PATIENCE = 15
"""Iterations without gain after which the step is halved, from the best prices on; measured on pools of VRPTW."""
LEAST_STEP = 1e-3
WORTHWHILE = 1e-5
"""Stop below this step factor; a relative gain of the bound below this is none."""


@njit(cache=True, nogil=True)
def subgradient(
    first: I64,
    tickets: I64,
    kinds: I64,
    costs: F64,
    drops: F64,
    rooms: F64,
    prices: F64,
    target: float,
    iterations: int,
) -> tuple[float, F64, F64]:
    """Return (lower bound, price of each ticket, price <= 0 of each kind of shift).

    Parameters
    ----------
    first, tickets : I64
        Route k visits `tickets[first[k]:first[k + 1]]`.
    kinds, costs
        Kind of shift and cost of each route.
    drops : F64
        Cost of leaving a ticket out, infinite when it must be served.
    rooms : F64
        Number of shifts of each kind.
    prices : F64
        Prices of tickets to start from.
    target : float
        Cost of a known selection.
    """
    routes, n, groups = costs.shape[0], drops.shape[0], rooms.shape[0]
    y = np.minimum(prices, drops)
    u = np.zeros(groups)
    best, best_y, best_u = -np.inf, y.copy(), u.copy()
    way_y, way_u = np.zeros(n), np.zeros(groups)
    factor, stale = 1.0, 0
    for _ in range(iterations):
        # Bound: every route of negative reduced cost is driven; the gradient is what remains uncovered.
        slack_y, slack_u = np.ones(n), rooms.copy()
        bound = y.sum() + (u * rooms).sum()
        for k in range(routes):
            reduced = costs[k] - u[kinds[k]]
            for e in range(first[k], first[k + 1]):
                reduced -= y[tickets[e]]
            if reduced < 0:
                bound += reduced
                slack_u[kinds[k]] -= 1.0
                for e in range(first[k], first[k + 1]):
                    slack_y[tickets[e]] -= 1.0
        stale = 0 if bound > best + WORTHWHILE * abs(best) else stale + 1
        if bound > best:
            best, best_y[:], best_u[:] = bound, y, u
        if stale >= PATIENCE:
            factor, stale = factor / 2, 0
            y[:], u[:], way_y[:], way_u[:] = best_y, best_u, 0.0, 0.0
            if factor < LEAST_STEP:
                break
            continue
        # Step of Polyak: towards the known cost.
        square = 0.0
        for i in range(n):
            way_y[i] = slack_y[i] + SMOOTHING * way_y[i]
            if y[i] < drops[i] or way_y[i] < 0:
                square += way_y[i] ** 2
        for g in range(groups):
            way_u[g] = slack_u[g] + SMOOTHING * way_u[g]
            if u[g] < 0 or way_u[g] < 0:
                square += way_u[g] ** 2
        if square < 1e-9:
            break
        size = factor * max(target - bound, 1e-4 * abs(target)) / square
        for i in range(n):
            y[i] = min(drops[i], y[i] + size * way_y[i])
        for g in range(groups):
            u[g] = min(0.0, u[g] + size * way_u[g])
    return best, best_y, best_u


@njit(cache=True, nogil=True)
def reduced_costs(first: I64, tickets: I64, kinds: I64, costs: F64, y: F64, u: F64) -> F64:
    """Cost of each route less the prices of what it uses."""
    reduced = np.empty(costs.shape[0])
    for k in range(costs.shape[0]):
        reduced[k] = costs[k] - u[kinds[k]]
        for e in range(first[k], first[k + 1]):
            reduced[k] -= y[tickets[e]]
    return reduced
