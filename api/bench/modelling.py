"""What all suites share when they become a problem of the domain: the scale of integers, rounding, prices."""

from __future__ import annotations

import dataclasses
import re
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from dispatch.problem import MAX_HORIZON_S
from dispatch.tiers import Tier
from dispatch.weights import Weights

START = datetime(2026, 1, 1, tzinfo=UTC)
"""Second 0 of every instance; instances have no date of their own."""

NO_PROMISE = Tier(name="none", level=1, weight=1)
"""Tier of every request: instances have windows, and no soft targets."""

FINEST = 10_000
"""Finest scale: the road matrices of the technician instances have four decimals."""

FREE = Weights(**{item.name: 0 for item in dataclasses.fields(Weights)})
"""Nothing costs anything; a suite sets what its objective counts."""

PER_SECOND = 3600
"""Cents an hour that make one cent a second."""

PER_METRE = 1000
"""Cents a kilometre that make one cent a metre."""

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


def scale_for(horizon: float) -> int:
    """Seconds of the domain for one unit of time: the largest power of ten up to `FINEST` with a legal horizon."""
    scale = FINEST
    while scale > 1 and horizon * scale > MAX_HORIZON_S:
        scale //= 10
    return scale


def rounded_up(values: FloatArray, scale: int) -> IntArray:
    """Scaled legs, rounded up: a plan in time with these is in time with the doubles.

    Sums of rounded-up legs keep the triangle inequality. A millionth of a scaled unit is taken off first, so that
    the noise of the product doesn't lift a value that is whole already.
    """
    return np.ceil(values * scale - 1e-6).astype(np.int64)


def euclidean(xy: FloatArray) -> FloatArray:
    """Distances between all points of `xy` (n, 2), shape (n, n)."""
    steps = xy[:, None, :] - xy[None, :, :]
    return np.asarray(np.sqrt((steps**2).sum(axis=-1)), dtype=np.float64)


def solomon_class(name: str) -> str:
    """Solomon's class of an instance by its name (``RC204`` is of ``RC2``); ``other`` when the name says none."""
    match = re.match(r"(RC|R|C)([12])(?=\d|_)", name, flags=re.IGNORECASE)
    return match[0].upper() if match else "other"
