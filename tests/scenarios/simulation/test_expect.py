"""What a dispatcher expects of a job that goes on and on."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.simulation.expect import expected_s


@pytest.mark.parametrize("elapsed_s", [3600, 4000, 6000, 9000])
def test_the_mean_of_what_is_longer_is_that_of_many_draws(elapsed_s):
    spread = 0.4
    variance = np.log1p(spread**2)
    draws = 3600 * np.exp(np.random.default_rng(1).normal(-variance / 2, np.sqrt(variance), 2_000_000))
    longer = draws[draws > elapsed_s]

    assert expected_s(3600, elapsed_s, spread) == pytest.approx(longer.mean(), rel=0.01)


@pytest.mark.parametrize(
    ("elapsed_s", "spread", "expected"), [(0, 0.4, 600), (599, 0.4, 600), (900, 0, 900), (10**9, 0.1, 10**9)]
)
def test_edges(elapsed_s, spread, expected):
    assert expected_s(600, elapsed_s, spread) == expected
