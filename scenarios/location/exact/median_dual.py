"""Lagrangian bound of the p-median problem: each point pays a price for being served, sites collect what pays them.

Relaxing "every point is served once" leaves a choice of the p sites with the least reduced cost: Cornuejols, Fisher &
Nemhauser 1977, https://doi.org/10.1287/mnsc.23.8.789. The prices climb by subgradient steps (Held, Wolfe & Crowder
1974, https://doi.org/10.1007/BF01580223).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from scenarios.location.exact.outcome import Floats, Ints


@njit(cache=True, nogil=True)
def reduced_costs(cost: Floats, price: Floats, sites: Ints, reduced: Floats) -> None:
    """Sum of min(0, cost - price) over the points, for each of `sites`."""
    for number in range(sites.shape[0]):
        row = cost[sites[number]]
        total = 0.0
        for point in range(price.shape[0]):
            total += min(0.0, row[point] - price[point])
        reduced[number] = total


@njit(cache=True, nogil=True)
def ascend(
    cost: Floats,
    sites: Ints,
    pinned_first: int,
    count: int,
    price: Floats,
    upper: float,
    steps: int,
    patience: int,
    scale: float,
) -> tuple[float, Floats, Ints, Floats]:
    """Climb from `price`.

    Parameters
    ----------
    cost : array, shape (sites, points)
    sites : array of int
        Sites that may be open; the first `pinned_first` of them must be.
    count : int
        How many are open.
    price : array, shape (points,)
        Where to start.
    upper : float
        Cost of a known choice.
    steps, patience, scale
        Most steps, steps without a better bound until they halve, and the first length.

    Returns
    -------
    tuple
        Best bound, its prices, its chosen sites (numbers in `sites`), its reduced costs.
    """
    points = price.shape[0]
    reduced = np.empty(sites.shape[0])
    best_reduced = np.empty(sites.shape[0])
    now, best_price = price.copy(), price.copy()
    best, best_chosen = -1e300, np.empty(0, np.int64)
    served = np.empty(points, np.int64)
    direction = np.zeros(points)
    stalled = 0
    for step in range(steps):
        reduced_costs(cost, now, sites, reduced)
        order = np.argsort(reduced[pinned_first:])[: count - pinned_first] + pinned_first
        chosen = np.empty(count, np.int64)
        chosen[:pinned_first] = np.arange(pinned_first)
        chosen[pinned_first:] = order
        bound = 0.0
        for point in range(points):
            bound += now[point]
        for number in range(count):
            bound += reduced[chosen[number]]
        if bound > best + 1e-9 * (1.0 + abs(best)):
            if bound > best + 1e-5 * (1.0 + abs(best)):
                stalled = 0
            best, best_chosen = bound, chosen
            best_price[:] = now
            best_reduced[:] = reduced
            if best >= upper - 1e-9 * (1.0 + abs(upper)):
                break
        stalled += 1
        if stalled >= patience:
            scale *= 0.5
            stalled = 0
            now[:] = best_price
            if scale < 1e-4:
                break
            if step > 0:
                direction[:] = 0.0
                continue
        served[:] = 0
        for number in range(count):
            row = cost[sites[chosen[number]]]
            for point in range(points):
                if row[point] < now[point]:
                    served[point] += 1
        norm = 0.0
        for point in range(points):
            direction[point] = 1.0 - served[point] + 0.3 * direction[point]  # a little memory against zigzag
            norm += direction[point] * direction[point]
        if norm == 0.0:
            break
        length = scale * max(upper - bound, 1e-6 * abs(upper)) / norm
        for point in range(points):
            now[point] += length * direction[point]
    return best, best_price, best_chosen, best_reduced
