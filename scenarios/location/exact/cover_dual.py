"""Lagrangian bound of maximal covering: each point has a price, a site is worth the prices of what it covers.

Relaxing "a point is covered only by an open site" leaves a choice of the sites that are worth most: Galvao & ReVelle
1996, https://doi.org/10.1016/0377-2217(94)00239-0.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from scenarios.location.exact.outcome import Floats, Ints


@njit(cache=True, nogil=True)
def worths(first: Ints, points: Ints, price: Floats, sites: Ints, worth: Floats) -> None:
    """Sum of the prices of the points that each of `sites` covers."""
    for number in range(sites.shape[0]):
        total = 0.0
        for entry in range(first[sites[number]], first[sites[number] + 1]):
            total += price[points[entry]]
        worth[number] = total


@njit(cache=True, nogil=True)
def press(
    first: Ints,
    points: Ints,
    weight: Floats,
    sites: Ints,
    pinned_first: int,
    count: int,
    price: Floats,
    lower: float,
    steps: int,
    patience: int,
    scale: float,
) -> tuple[float, Floats, Ints, Floats]:
    """Lower the bound from `price`; parameters and result are those of the p-median's ascent, for most covered weight.

    Prices stay between 0 and the weight of their point.
    """
    size = price.shape[0]
    worth, best_worth = np.empty(sites.shape[0]), np.empty(sites.shape[0])
    now, best_price = price.copy(), price.copy()
    best, best_chosen = 1e300, np.empty(0, np.int64)
    times = np.empty(size, np.int64)
    direction = np.zeros(size)
    stalled = 0
    for _ in range(steps):
        worths(first, points, now, sites, worth)
        order = np.argsort(-worth[pinned_first:])[: count - pinned_first] + pinned_first
        chosen = np.empty(count, np.int64)
        chosen[:pinned_first] = np.arange(pinned_first)
        chosen[pinned_first:] = order
        bound = 0.0
        for point in range(size):
            bound += weight[point] - now[point]
        for number in range(count):
            bound += worth[chosen[number]]
        if bound < best - 1e-9 * (1.0 + abs(best)):
            if bound < best - 1e-5 * (1.0 + abs(best)):
                stalled = 0
            best, best_chosen = bound, chosen
            best_price[:] = now
            best_worth[:] = worth
            if best <= lower + 1e-9 * (1.0 + abs(lower)):
                break
        stalled += 1
        if stalled >= patience:
            scale *= 0.5
            stalled = 0
            now[:] = best_price
            direction[:] = 0.0
            if scale < 1e-4:
                break
            continue
        times[:] = 0
        for number in range(count):
            site = sites[chosen[number]]
            for entry in range(first[site], first[site + 1]):
                times[points[entry]] += 1
        norm = 0.0
        for point in range(size):
            direction[point] = times[point] - 1.0 + 0.3 * direction[point]
            # A price at its end that wants beyond it does not count.
            if (direction[point] > 0.0 and now[point] <= 0.0) or (
                direction[point] < 0.0 and now[point] >= weight[point]
            ):
                direction[point] = 0.0
            norm += direction[point] * direction[point]
        if norm == 0.0:
            break
        length = scale * max(bound - lower, 1e-6 * abs(lower)) / norm
        for point in range(size):
            now[point] = min(weight[point], max(0.0, now[point] - length * direction[point]))
    return best, best_price, best_chosen, best_worth
