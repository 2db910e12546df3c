"""The numbers by which compiled code finds an array in a header."""

from __future__ import annotations

import pytest

from solver.search import fields
from solver.search.arrays import Instance
from solver.search.near import Near
from solver.search.state import State


@pytest.mark.parametrize(("prefix", "arrays"), [("I_", Instance), ("S_", State), ("N_", Near)])
def test_field_numbers_are_the_order_of_the_tuple(prefix, arrays):
    numbers = {name: number for name, number in vars(fields).items() if name.startswith(prefix)}
    assert numbers == {prefix + name.upper(): number for number, name in enumerate(arrays._fields)}
