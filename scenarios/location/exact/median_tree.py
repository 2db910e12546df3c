"""Branch and bound of the p-median problem with Lagrangian bounds: the sites of a few centres are proved in seconds.

Each node climbs a little from its parent's prices and fixes sites by reduced costs; then the cheapest free site is open
in one child and closed in the other (Christofides & Beasley 1982, https://doi.org/10.1016/0377-2217(82)90212-1).
"""

from __future__ import annotations

import math

import numpy as np

from scenarios.location.exact.median_dual import ascend, reduced_costs
from scenarios.location.exact.outcome import Budget, Floats, Ints

STEPS, PATIENCE, SCALE = 60, 8, 0.3
"""Subgradient steps of a node, steps without progress until they halve, first length."""

SHRINKS = 0.8
"""A node that keeps at most this share of its free sites climbs again before it branches."""


class MedianTree:
    """The search for a choice that costs at most `must_beat`, in the sites left over.

    Parameters
    ----------
    cost : array, shape (sites, points)
    sites : array of int
        Sites that may be open; the first `fixed` of them are.
    price : array, shape (points,)
        Good prices of the root.
    must_beat : float
        Most that a better choice may cost.
    step : float
        By how much a choice must be cheaper than the last one.
    """

    def __init__(
        self, cost: Floats, sites: Ints, *, fixed: int, count: int, price: Floats, must_beat: float, step: float
    ) -> None:
        self.cost, self.count, self.must_beat, self.step = cost, count, must_beat, step
        self.best: Ints | None = None
        self._open: list[tuple[Ints, int, Floats]] = [(sites, fixed, price)]

    @property
    def done(self) -> bool:
        """Whether nothing is left to look at: then `best` is optimal, or no better choice exists."""
        return not self._open

    def search(self, nodes: int, budget: Budget) -> None:
        """Look at up to `nodes` nodes."""
        while self._open and nodes > 0 and budget.left_s() > 0.0:
            nodes -= 1
            self._node(*self._open.pop())

    def _node(self, sites: Ints, fixed: int, price: Floats) -> None:
        cost, count = self.cost, self.count
        while True:
            if sites.shape[0] < count or fixed > count:
                return
            if fixed == count or sites.shape[0] == count:
                self._keep(sites[:count])
                return
            found, price, picked, reduced = ascend(
                cost, sites, fixed, count, price, self.must_beat + self.step, STEPS, PATIENCE, SCALE
            )
            if found > self.must_beat:
                return
            self._keep(sites[picked])
            before = sites.shape[0] - fixed
            sites, fixed = fix_sites(sites, fixed, count, reduced, found, self.must_beat)
            if sites.shape[0] - fixed > SHRINKS * before:
                break
        if sites.shape[0] <= count or fixed >= count:
            self._open.append((sites, fixed, price))
            return
        left = np.empty(sites.shape[0])
        reduced_costs(cost, price, sites, left)
        at = fixed + int(np.argmin(left[fixed:]))
        others = np.delete(sites, at)
        self._open.append((np.insert(others, fixed, sites[at]), fixed + 1, price))
        self._open.append((others, fixed, price))

    def _keep(self, chosen: Ints) -> None:
        value = float(self.cost[chosen].min(axis=0).sum())
        if value <= self.must_beat:
            self.best, self.must_beat = chosen.copy(), value - self.step


def fix_sites(sites: Ints, fixed: int, count: int, reduced: Floats, found: float, must_beat: float) -> tuple[Ints, int]:
    """Leave out the sites that no better choice opens; move those that every better choice opens to the front.

    A choice that differs from the relaxation's in one site costs at least the difference of their reduced costs more.
    """
    free, order = count - fixed, np.argsort(reduced[fixed:], kind="stable") + fixed
    inside, outside = order[:free], order[free:]
    last = reduced[inside[-1]] if free else -math.inf
    following = reduced[outside[0]] if outside.shape[0] else math.inf
    must = inside[found - reduced[inside] + following > must_beat]
    may = outside[found + reduced[outside] - last <= must_beat] if free else outside[:0]
    rest = np.concatenate([np.setdiff1d(inside, must), may])
    return np.concatenate([sites[:fixed], sites[must], sites[rest]]), fixed + must.shape[0]
