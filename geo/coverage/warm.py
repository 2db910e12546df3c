"""Compiles everything once, so that no user waits for it."""

from __future__ import annotations

import numpy as np

from geo.coverage.stretches import Stretches, points_along
from geo.coverage.transport import cheapest


def warm() -> None:
    """Run each compiled function on next to nothing."""
    one = Stretches(piece=np.zeros(1, np.int32), begin=np.zeros(1), end=np.ones(1))
    points_along(one, np.array([0, 2], dtype=np.int64), np.array([0.0, 1.0]), np.zeros(2), step_m=1.0)
    cheapest(np.zeros((1, 1), dtype=np.int64), np.ones(1, dtype=np.int64))
