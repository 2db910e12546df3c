"""Iterated local search of maximal covering for thousands of sites: kick a neighbourhood, mend it, keep or undo.

A neighbourhood is what a random walk between sites over the points that they share meets: it needs no coordinates, and
a kick costs the same in a large city as in a small one (iterated local search: Lourenco, Martin & Stutzle 2003,
https://doi.org/10.1007/0-306-48056-5_11).
"""

# ruff: noqa: NPY002
# Compiled code has one generator a thread, and it is seeded on entry: the answer depends on `seed` alone.
from __future__ import annotations

import numpy as np
from numba import njit

from scenarios.location.exact.outcome import Flags, Floats, Ints

POOL, WALK = 120, 6
"""Most sites of a neighbourhood, and steps of the walk for each."""

MOST_OUT = 5
"""Most sites that a kick moves."""


HEAT = 6e-4
"""Share of the covered weight that a kick may lose in the beginning, in the mean; it cools down to nothing."""


@njit(cache=True, nogil=True)
def _add(
    first: Ints, points: Ints, weight: Floats, times: Ints, owners: Ints, loss: Floats, site: int, place: int
) -> float:
    """Open a site at a place of the choice; returns the weight that it adds."""
    gain = 0.0
    for entry in range(first[site], first[site + 1]):
        point = points[entry]
        if times[point] == 0:
            gain += weight[point]
            loss[place] += weight[point]
        elif times[point] == 1:
            loss[owners[point]] -= weight[point]
        times[point] += 1
        owners[point] += place
    return gain


@njit(cache=True, nogil=True)
def _drop(
    first: Ints, points: Ints, weight: Floats, times: Ints, owners: Ints, loss: Floats, site: int, place: int
) -> float:
    """Close the site at a place; returns the weight that is lost."""
    lost = 0.0
    for entry in range(first[site], first[site + 1]):
        point = points[entry]
        times[point] -= 1
        owners[point] -= place
        if times[point] == 0:
            lost += weight[point]
            loss[place] -= weight[point]
        elif times[point] == 1:
            loss[owners[point]] += weight[point]
    return lost


@njit(cache=True, nogil=True)
def polish(
    first: Ints,
    points: Ints,
    first_of_point: Ints,
    sites_of_point: Ints,
    weight: Floats,
    chosen: Ints,
    pinned: Flags,
    banned: Flags,
    kicks: int,
    seed: int,
) -> float:
    """Improve `chosen` by `kicks` kicks, and return the weight that it covers then."""
    np.random.seed(seed)
    sites, count = first.shape[0] - 1, chosen.shape[0]
    place = np.full(sites, -1, np.int64)
    times, owners = np.zeros(weight.shape[0], np.int64), np.zeros(weight.shape[0], np.int64)
    loss, shared, touched = np.zeros(count), np.zeros(count), np.empty(weight.shape[0], np.int64)
    total = 0.0
    for number in range(count):
        place[chosen[number]] = number
        total += _add(first, points, weight, times, owners, loss, chosen[number], number)
    best, best_chosen = total, chosen.copy()
    mark = np.full(sites, -1, np.int64)
    pool = np.empty(POOL, np.int64)
    old_chosen, old_times, old_owners, old_loss = chosen.copy(), times.copy(), owners.copy(), loss.copy()
    for kick in range(kicks):
        # The neighbourhood of one of the open sites.
        start = chosen[np.random.randint(count)]
        if pinned[start] or first[start] == first[start + 1]:
            continue
        pool[0], size = start, 1
        mark[start] = kick
        for _ in range(WALK * POOL):
            if size == POOL:
                break
            site = pool[np.random.randint(size)]
            if first[site] == first[site + 1]:
                continue
            point = points[np.random.randint(first[site], first[site + 1])]
            site = sites_of_point[np.random.randint(first_of_point[point], first_of_point[point + 1])]
            if mark[site] != kick and not banned[site]:
                mark[site] = kick
                pool[size] = site
                size += 1
        old_chosen[:], old_times[:], old_owners[:], old_loss[:] = chosen, times, owners, loss
        before = total
        # The kick.
        wanted = np.random.randint(1, MOST_OUT + 1)
        for number in range(size):
            site = pool[number]
            if wanted == 0 or place[site] < 0 or pinned[site]:
                continue
            other = pool[np.random.randint(size)]
            if place[other] >= 0:
                continue
            at = place[site]
            total -= _drop(first, points, weight, times, owners, loss, site, at)
            total += _add(first, points, weight, times, owners, loss, other, at)
            place[site], place[other] = -1, at
            chosen[at] = other
            wanted -= 1
        # Mend it.
        waited, turn, cheap = 0, 0, -1
        while waited < size:
            site = pool[turn]
            turn = turn + 1 if turn + 1 < size else 0
            waited += 1
            if place[site] >= 0:
                continue
            gain, owned = 0.0, 0
            for entry in range(first[site], first[site + 1]):
                point = points[entry]
                if times[point] == 0:
                    gain += weight[point]
                elif times[point] == 1:
                    owner = owners[point]
                    if shared[owner] == 0.0:
                        touched[owned] = owner
                        owned += 1
                    shared[owner] += weight[point]
            if cheap < 0:
                for number in range(count):
                    if not pinned[chosen[number]] and (cheap < 0 or loss[number] < loss[cheap]):
                        cheap = number
            # Either the site that is missed least, or one whose points the new one covers too.
            out, least = cheap, loss[cheap] - shared[cheap]
            for number in range(owned):
                owner = touched[number]
                if not pinned[chosen[owner]] and loss[owner] - shared[owner] < least:
                    out, least = owner, loss[owner] - shared[owner]
            better = gain - least
            for number in range(owned):
                shared[touched[number]] = 0.0
            if better > 1e-9 * (1.0 + total):
                gone = chosen[out]
                total -= _drop(first, points, weight, times, owners, loss, gone, out)
                total += _add(first, points, weight, times, owners, loss, site, out)
                place[gone], place[site] = -1, out
                chosen[out] = site
                waited, cheap = 0, -1
        if total > best:
            best = total
            best_chosen[:] = chosen
        heat = HEAT * best * (1.0 - kick / kicks)
        if total < before + heat * np.log(np.random.random() + 1e-12):
            for number in range(count):
                place[chosen[number]] = -1
            chosen[:], times[:], owners[:], loss[:] = old_chosen, old_times, old_owners, old_loss
            for number in range(count):
                place[chosen[number]] = number
            total = before
    chosen[:] = best_chosen
    return best
