"""Lagrangian bound of location with capacities and charges: points pay prices, sites fill up with what pays best.

Relaxing "all demand is served" leaves a continuous knapsack for each site, and one over the sites that must hold
all demand: Christofides & Beasley 1983, https://doi.org/10.1016/0377-2217(83)90198-3; Beasley 1988,
https://doi.org/10.1016/0377-2217(88)90175-0.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from scenarios.location.exact.outcome import Flags, Floats


@njit(cache=True, nogil=True)
def site_values(
    cost: Floats, charge: Floats, capacity: Floats, demand: Floats, price: Floats, values: Floats, served: Floats
) -> None:
    """Least cost of each open site with what it serves at these prices, and the parts of demand that it serves."""
    sites, points = cost.shape
    at, ratio = np.empty(points, np.int64), np.empty(points)
    for site in range(sites):
        size = 0
        for point in range(points):
            served[site, point] = 0.0
            if cost[site, point] < price[point]:
                at[size] = point
                ratio[size] = (cost[site, point] - price[point]) / max(demand[point], 1e-12)
                size += 1
        total, room = charge[site], capacity[site]
        order = np.argsort(ratio[:size])
        for number in range(size):
            point = at[order[number]]
            part = 1.0 if demand[point] <= room else room / demand[point]
            total += part * (cost[site, point] - price[point])
            served[site, point] = part
            room -= part * demand[point]
            if room <= 0.0:
                break
        values[site] = total


@njit(cache=True, nogil=True)
def choose(
    values: Floats, capacity: Floats, needed: float, pinned: Flags, shut: Flags, parts: Floats
) -> tuple[float, float]:
    """Cheapest parts of sites that hold all demand: their value, and the price of a unit of capacity."""
    total, room, unit = 0.0, 0.0, 0.0
    ratio = np.empty(values.shape[0])
    for site in range(values.shape[0]):
        parts[site] = 0.0
        ratio[site] = np.inf
        if pinned[site] or (values[site] < 0.0 and not shut[site]):
            parts[site] = 1.0
            total += values[site]
            room += capacity[site]
        elif not shut[site] and capacity[site] > 0.0:
            ratio[site] = values[site] / capacity[site]
    order = np.argsort(ratio)
    for number in range(order.shape[0]):
        site = order[number]
        if room >= needed or ratio[site] == np.inf:
            break
        parts[site] = min(1.0, (needed - room) / capacity[site])
        total += parts[site] * values[site]
        room += parts[site] * capacity[site]
        unit = ratio[site]
    return total, unit


@njit(cache=True, nogil=True)
def lift(
    cost: Floats,
    charge: Floats,
    capacity: Floats,
    demand: Floats,
    pinned: Flags,
    shut: Flags,
    price: Floats,
    upper: float,
    steps: int,
    patience: int,
    scale: float,
) -> tuple[float, Floats, Floats, Floats, float]:
    """Climb from `price`: best bound, its prices, the parts of sites that it opens, their values, price of capacity."""
    sites, points = cost.shape
    needed = demand.sum()
    values, parts, served = np.empty(sites), np.empty(sites), np.empty((sites, points))
    now, best_price = price.copy(), price.copy()
    best, best_parts, best_values, best_unit = -1e300, parts.copy(), values.copy(), 0.0
    stalled = 0
    direction = np.zeros(points)
    for _ in range(steps):
        site_values(cost, charge, capacity, demand, now, values, served)
        total, unit = choose(values, capacity, needed, pinned, shut, parts)
        bound = now.sum() + total
        if bound > best + 1e-9 * (1.0 + abs(best)):
            if bound > best + 1e-6 * (1.0 + abs(best)):
                stalled = 0
            best, best_unit = bound, unit
            best_price[:], best_parts[:], best_values[:] = now, parts, values
        stalled += 1
        if stalled >= patience:
            scale *= 0.5
            stalled = 0
            now[:] = best_price
            direction[:] = 0.0
            if scale < 1e-4:
                break
            continue
        norm = 0.0
        for point in range(points):
            taken = 0.0
            for site in range(sites):
                taken += parts[site] * served[site, point]
            direction[point] = 1.0 - taken + 0.3 * direction[point]
            norm += direction[point] * direction[point]
        if norm == 0.0:
            break
        length = scale * max(upper - bound, 1e-6 * abs(upper)) / norm
        now += length * direction
    return best, best_price, best_parts, best_values, best_unit
