"""Local search of maximal covering: swap an open site for a closed one as long as more demand is covered.

`first`, `points` and `first_of_point`, `sites` are the rows of a sparse matrix of 0 and 1 and of its transpose.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from scenarios.location.exact.outcome import Flags, Floats, Ints


@njit(cache=True, nogil=True)
def covered(first: Ints, points: Ints, weight: Floats, chosen: Ints) -> float:
    """Weight of the points that the chosen sites cover."""
    seen = np.zeros(weight.shape[0], np.bool_)
    total = 0.0
    for number in range(chosen.shape[0]):
        for entry in range(first[chosen[number]], first[chosen[number] + 1]):
            point = points[entry]
            if not seen[point]:
                seen[point] = True
                total += weight[point]
    return total


@njit(cache=True, nogil=True)
def greedy_cover(first: Ints, points: Ints, weight: Floats, count: int, pinned: Flags, banned: Flags) -> Ints:
    """Open, one by one, the site that adds most; pinned ones first."""
    sites = first.shape[0] - 1
    seen = np.zeros(weight.shape[0], np.bool_)
    is_open = np.zeros(sites, np.bool_)
    chosen = np.empty(count, np.int64)
    done = 0
    for _ in range(count):
        top, most = -1, -1.0
        for site in range(sites):
            if is_open[site] or banned[site]:
                continue
            gain = 1e300 if pinned[site] else 0.0
            if gain == 0.0:
                for entry in range(first[site], first[site + 1]):
                    if not seen[points[entry]]:
                        gain += weight[points[entry]]
            if gain > most:
                top, most = site, gain
                if gain >= 1e300:
                    break
        chosen[done] = top
        is_open[top] = True
        done += 1
        for entry in range(first[top], first[top + 1]):
            seen[points[entry]] = True
    return chosen


@njit(cache=True, nogil=True)
def climb(first: Ints, points: Ints, weight: Floats, chosen: Ints, pinned: Flags, banned: Flags) -> float:
    """Swap until no swap pays; changes `chosen` and returns the weight that it covers."""
    sites, count = first.shape[0] - 1, chosen.shape[0]
    place = np.full(sites, -1, np.int64)  # of an open site in `chosen`
    times = np.zeros(weight.shape[0], np.int64)
    owners = np.zeros(weight.shape[0], np.int64)  # sum of the places that cover it: the owner, where that is one
    total = 0.0
    for number in range(count):
        site = chosen[number]
        place[site] = number
        for entry in range(first[site], first[site + 1]):
            point = points[entry]
            if times[point] == 0:
                total += weight[point]
            times[point] += 1
            owners[point] += number
    loss = np.zeros(count)
    for point in range(weight.shape[0]):
        if times[point] == 1:
            loss[owners[point]] += weight[point]
    shared = np.zeros(count)
    waited, site = 0, 0
    while waited < sites:
        if place[site] < 0 and not banned[site]:
            gain = 0.0
            for entry in range(first[site], first[site + 1]):
                point = points[entry]
                if times[point] == 0:
                    gain += weight[point]
                elif times[point] == 1:
                    shared[owners[point]] += weight[point]
            out = -1
            for number in range(count):
                if not pinned[chosen[number]] and (out < 0 or loss[number] - shared[number] < loss[out] - shared[out]):
                    out = number
            better = gain - loss[out] + shared[out] if out >= 0 else 0.0
            shared[:] = 0.0
            if better > 1e-9 * (1.0 + total):
                gone = chosen[out]
                for entry in range(first[gone], first[gone + 1]):
                    point = points[entry]
                    times[point] -= 1
                    owners[point] -= out
                    if times[point] == 1:
                        loss[owners[point]] += weight[point]
                loss[out] = 0.0
                for entry in range(first[site], first[site + 1]):
                    point = points[entry]
                    if times[point] == 1:
                        loss[owners[point]] -= weight[point]
                    times[point] += 1
                    owners[point] += out
                    if times[point] == 1:
                        loss[out] += weight[point]
                place[gone], place[site] = -1, out
                chosen[out] = site
                total += better
                waited = 0
        site = site + 1 if site + 1 < sites else 0
        waited += 1
    return total
