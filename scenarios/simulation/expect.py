"""What a dispatcher expects of something that is under way."""

from __future__ import annotations

import math


def expected_s(planned_s: int, elapsed_s: int, spread: float) -> int:
    """Whole length of something that has lasted `elapsed_s` so far and is not over.

    The planned length until it has passed; then the mean of a lognormal length, of mean `planned_s` and relative
    standard deviation `spread`, given that it is longer than what has passed: ``m F(s - z) / F(-z)`` with
    ``z = (ln t - ln m + s²/2) / s`` and the standard normal distribution F
    (Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 1, 2nd ed., 1994, chapter 14).
    """
    if elapsed_s < planned_s or planned_s == 0 or spread == 0:
        return max(planned_s, elapsed_s)
    variance = math.log1p(spread * spread)
    deviation = math.sqrt(variance)
    z = (math.log(elapsed_s / planned_s) + variance / 2) / deviation
    longer = math.erfc(z / math.sqrt(2))
    if longer < 1e-12:  # so far out that the ratio has no digits left
        return elapsed_s
    mean_s = planned_s * math.erfc((z - deviation) / math.sqrt(2)) / longer
    return max(elapsed_s, round(mean_s))
