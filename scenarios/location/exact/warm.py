"""Compiles everything once, so that no user waits for it."""

from __future__ import annotations

import numpy as np

from scenarios.location.exact.cover import solve_cover
from scenarios.location.exact.cover_polish import polish
from scenarios.location.exact.cover_pool import search_pool
from scenarios.location.exact.median import solve_median
from scenarios.location.exact.outcome import Budget
from scenarios.location.exact.reach import Reach
from scenarios.location.exact.warehouse import Warehouses, solve_warehouses


def warm() -> None:
    """Run each compiled function on next to nothing."""
    generator = np.random.default_rng(1)
    cost = generator.integers(1, 90, (12, 20)).astype(np.float64)
    no = np.zeros(12, dtype=np.bool_)
    reach, weight, start = Reach.of(cost <= 30), np.ones(20), np.arange(4)
    solve_median(cost, count=4, pinned=no, banned=no, budget=Budget(seconds=10), whole=True)
    solve_cover(reach, weight, count=4, pinned=no, banned=no, budget=Budget(seconds=10), whole=True)
    polish(reach.first, reach.points, *reach.transposed(), weight, start.copy(), no, no, 5, 1)
    search_pool(
        reach, weight, start, pinned=no, shut=no, merge=lambda *_: None, budget=Budget(seconds=30), enough=21.0, seed=1,
        moves=1,
    )  # fmt: skip
    nine = np.full(12, 9.0)
    given = Warehouses(cost=cost, charge=nine, capacity=nine, demand=np.ones(20), pinned=no, banned=no)
    solve_warehouses(given, budget=Budget(seconds=10))
