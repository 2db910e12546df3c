"""Local search of the p-median problem: swap one open site for a closed one as long as that pays.

The gains of all swaps of a closed site are found in one pass over the points: Resende & Werneck 2007, "A fast
swap-based local search procedure for location problems", https://doi.org/10.1007/s10479-006-0154-0, in the form of
Whitaker 1983, https://doi.org/10.1080/03155986.1983.11731889.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from scenarios.location.exact.outcome import Flags, Floats, Ints

FAR = 1e300


@njit(cache=True, nogil=True)
def nearest_two(cost: Floats, chosen: Ints, near: Ints, best: Floats, second: Floats, point: int) -> None:
    """Set the nearest open site of a point, its cost, and the cost of the second nearest."""
    first, other, at = FAR, FAR, -1
    for number in range(chosen.shape[0]):
        value = cost[chosen[number], point]
        if value < first:
            other, first, at = first, value, number
        elif value < other:
            other = value
    near[point], best[point], second[point] = at, first, other


@njit(cache=True, nogil=True)
def descend(cost: Floats, chosen: Ints, pinned: Flags, banned: Flags) -> float:
    """Swap until no swap pays; changes `chosen` and returns its cost.

    Parameters
    ----------
    cost : array, shape (sites, points)
        Of serving a point from a site.
    chosen : array of int, shape (p,)
        Open sites.
    pinned, banned : arrays of bool, shape (sites,)
        Sites that must stay open, and that must stay closed.
    """
    sites, points = cost.shape
    count = chosen.shape[0]
    near, best, second = np.empty(points, np.int64), np.empty(points), np.empty(points)
    is_open = np.zeros(sites, np.bool_)
    for number in range(count):
        is_open[chosen[number]] = True
    for point in range(points):
        nearest_two(cost, chosen, near, best, second, point)
    loss = np.empty(count)
    waited, site = 0, 0
    while waited < sites:  # a whole round without a swap is the end
        if not is_open[site] and not banned[site]:
            loss[:] = 0.0
            gain = 0.0
            row = cost[site]
            for point in range(points):
                value = row[point]
                if value < best[point]:
                    gain += best[point] - value
                else:
                    loss[near[point]] += min(value, second[point]) - best[point]
            out = -1
            for number in range(count):
                if not pinned[chosen[number]] and (out < 0 or loss[number] < loss[out]):
                    out = number
            if out >= 0 and gain - loss[out] > 1e-7 * (1.0 + abs(gain)):
                gone = chosen[out]
                chosen[out] = site
                is_open[gone], is_open[site] = False, True
                old = cost[gone]
                for point in range(points):
                    if row[point] <= second[point] or old[point] <= second[point]:
                        nearest_two(cost, chosen, near, best, second, point)
                waited = 0
        site = site + 1 if site + 1 < sites else 0
        waited += 1
    total = 0.0
    for point in range(points):
        total += best[point]
    return total


@njit(cache=True, nogil=True)
def greedy(cost: Floats, count: int, pinned: Flags, banned: Flags) -> Ints:
    """Open, one by one, the site that saves most; pinned ones first."""
    sites, points = cost.shape
    chosen = np.empty(count, np.int64)
    best = np.full(points, 1e15)
    is_open = np.zeros(sites, np.bool_)
    done = 0
    for site in range(sites):
        if pinned[site]:
            chosen[done] = site
            is_open[site] = True
            done += 1
            for point in range(points):
                best[point] = min(best[point], cost[site, point])
    while done < count:
        top, most = -1, -1.0
        for site in range(sites):
            if is_open[site] or banned[site]:
                continue
            gain = 0.0
            for point in range(points):
                gain += max(0.0, best[point] - cost[site, point])
            if gain > most:
                top, most = site, gain
        chosen[done] = top
        is_open[top] = True
        done += 1
        for point in range(points):
            best[point] = min(best[point], cost[top, point])
    return chosen
