"""The transportation problem: the same sum of costs as SciPy's matching of tickets with single rooms."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from geo.coverage.transport import cheapest
from geo.coverage.warm import warm


@settings(max_examples=60, deadline=None)
@given(centres=st.integers(1, 6), tickets=st.integers(0, 40), spare=st.integers(0, 8), seed=st.integers(0, 10_000))
def test_equals_the_matching_of_slots(centres: int, tickets: int, spare: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    cost = rng.integers(0, 30, (centres, tickets))
    room = np.bincount(rng.integers(0, centres, tickets + spare), minlength=centres)

    owner = cheapest(cost, room)

    assert (np.bincount(owner, minlength=centres) <= room).all()
    slots = np.repeat(np.arange(centres), room)
    ticket, slot = linear_sum_assignment(cost[slots].T)
    assert cost[owner, np.arange(tickets)].sum() == cost[slots[slot], ticket].sum()


def test_same_question_same_answer() -> None:
    cost = np.ones((3, 9), dtype=np.int64)
    warm()

    assert (cheapest(cost, np.array([3, 3, 3])) == cheapest(cost.copy(), np.array([3, 3, 3]))).all()
