"""Sites of which another one covers all that they cover."""

from __future__ import annotations

import numpy as np
from numba import njit

from scenarios.location.exact.outcome import Flags, Ints
from scenarios.location.exact.reach import Reach


def dominated(reach: Reach, *, kept: Flags, banned: Flags) -> Flags:
    """Which sites need not be opened, because a site that may be opened covers the same points, and perhaps more.

    Parameters
    ----------
    reach : Reach
    kept : array of bool, shape (sites,)
        Sites that count as not dominated, whatever they cover.
    banned : array of bool, shape (sites,)
        Sites that dominate none.
    """
    found: Flags = _dominated(reach.first, reach.points, *reach.transposed(), kept, banned)
    return found


@njit(cache=True, nogil=True)
def _dominated(first: Ints, points: Ints, first_of_point: Ints, sites: Ints, kept: Flags, banned: Flags) -> Flags:
    count = first.shape[0] - 1
    gone = np.zeros(count, np.bool_)
    seen = np.full(first_of_point.shape[0] - 1, -1, np.int64)
    for site in range(count):
        if banned[site] or kept[site]:
            continue
        size = first[site + 1] - first[site]
        if size == 0:
            gone[site] = True
            continue
        rare = points[first[site]]
        for entry in range(first[site], first[site + 1]):
            point = points[entry]
            seen[point] = site
            if first_of_point[point + 1] - first_of_point[point] < first_of_point[rare + 1] - first_of_point[rare]:
                rare = point
        # Whoever covers all of its points covers the one that the fewest cover.
        for entry in range(first_of_point[rare], first_of_point[rare + 1]):
            other = sites[entry]
            larger = first[other + 1] - first[other]
            if other == site or banned[other] or gone[other] or larger < size:
                continue
            shared = 0
            for at in range(first[other], first[other + 1]):
                if seen[points[at]] == site:
                    shared += 1
            if shared == size:
                gone[site] = True
                break
    return gone
