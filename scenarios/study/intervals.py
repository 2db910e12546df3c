"""Confidence intervals over simulated days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geo.extras import need

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A mean and where the true one lies with 95 % confidence; `low` and `high` are None of fewer than two days.

    Parameters
    ----------
    mean : float
    low, high : float or None
    days : int
        Days that it rests on.
    """

    mean: float
    low: float | None
    high: float | None
    days: int

    @property
    def is_clear(self) -> bool:
        """Whether zero lies outside: for a difference, that there is one."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def interval(values: Sequence[float]) -> Interval | None:
    """Mean with Student's t interval; None of no value.

    Days are independent draws, so the interval of their mean is the textbook one (Law, Simulation Modeling and
    Analysis, 5th ed., 2015, section 9.4.1). Differences of two scenarios on the same days are given as values: the
    paired-t interval of section 10.2.1.
    """
    if not values:
        return None
    sample = np.asarray(values, dtype=float)
    mean = float(sample.mean())
    if len(sample) < 2:
        return Interval(mean=mean, low=None, high=None, days=len(sample))
    quantile = float(need("scipy.stats").t.ppf((1 + CONFIDENCE) / 2, len(sample) - 1))
    half = quantile * float(sample.std(ddof=1)) / len(sample) ** 0.5
    return Interval(mean=mean, low=mean - half, high=mean + half, days=len(sample))


def rank_correlation(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Spearman's rank correlation; None of fewer than three pairs, or where one side is all alike."""
    if len(first) < 3 or len(set(first)) < 2 or len(set(second)) < 2:
        return None
    return float(need("scipy.stats").spearmanr(first, second).statistic)
