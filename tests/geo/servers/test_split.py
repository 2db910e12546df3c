"""A table in blocks."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo.servers.split import blocks


@given(st.integers(0, 60), st.integers(1, 25))
def test_every_leg_is_in_one_block(places: int, side: int) -> None:
    times = np.zeros((places, places), np.int64)

    for block in blocks(places, side):
        times[block.rows, block.columns] += 1
        assert 1 <= block.end_row - block.first_row <= side
        assert 1 <= block.end_column - block.first_column <= side

    assert (times == 1).all()


def test_blocks_are_few_and_of_one_size() -> None:
    sizes = [block.end_row - block.first_row for block in blocks(110, 50)]

    assert len(sizes) == 9
    assert set(sizes) == {36, 37}
