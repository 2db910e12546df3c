"""Leaving a local optimum."""

from __future__ import annotations

import numpy as np

from scenarios.location.exact.outcome import Ints


def kicked(chosen: Ints, sites: Ints, fixed: int, rng: np.random.Generator) -> Ints:
    """A copy of a choice with two or more of its sites exchanged by chance; the first `fixed` of `sites` stay.

    One would not do: the search that follows takes single exchanges back.
    """
    trial = chosen.copy()
    free = np.flatnonzero(~np.isin(trial, sites[:fixed]))
    closed = np.setdiff1d(sites, trial)
    size = min(int(rng.integers(2, max(3, free.shape[0] // 8) + 1)), closed.shape[0], free.shape[0])
    if size:
        trial[rng.choice(free, size, replace=False)] = rng.choice(closed, size, replace=False)
    return trial
