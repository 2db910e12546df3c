"""The lists of neighbours: which shifts are tried first, and that blocks don't show."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from solver.search import near
from solver.search.arrays import build


def _rows_one_by_one(instance, node):
    """Shifts that may serve a ticket and from whose start (else end) a way leads there, nearest first."""
    found = []
    for row, klass in enumerate(instance.class_of):
        origin = instance.start_place[row] if instance.start_place[row] >= 0 else instance.end_place[row]
        leg_s = instance.legs[0, origin, instance.place_of[node], 0] if origin >= 0 else 0
        if leg_s >= 0 and instance.allowed[klass, node]:
            found.append((int(leg_s), row))
    return [row for _, row in sorted(found)]


@pytest.mark.parametrize("most", [2, near.ROWS])
def test_near_rows_are_the_nearest_shifts_that_may_serve(most, days, monkeypatch):
    monkeypatch.setattr(near, "ROWS", most)

    @settings(max_examples=40, suppress_health_check=list(HealthCheck))
    @given(drawn=days(False))
    def run(drawn):
        instance = build(*drawn)
        lists = near.build(instance)
        for node, rows in enumerate(lists.near_rows.tolist()):
            expected = _rows_one_by_one(instance, node)[:most]
            assert rows == expected + [-1] * (min(most, len(instance.class_of)) - len(expected))

    run()


def test_the_size_of_a_block_changes_nothing(road, monkeypatch):
    opens = [480 + 37 * k % 400 for k in range(90)]
    tickets = [road.ticket(f"t{k}", 7 * k % 83, 10, windows=(road.window(at, at + 60),)) for k, at in enumerate(opens)]
    problem = road.problem(tickets, [road.technician("a"), road.technician("b")])
    instance = build(problem, road.travel(problem))
    lists = {}
    for size in (7, 64, 1000):
        monkeypatch.setattr(near, "BLOCK", size)
        lists[size] = near.build(instance)
    for size in (7, 1000):
        for name, one, other in zip(lists[64]._fields, lists[64], lists[size], strict=True):
            assert np.array_equal(one, other), name


def test_nobody_is_near_himself(road):
    problem = road.problem([road.ticket(f"t{k}", 0) for k in range(70)], [road.technician("a")])
    lists = near.build(build(problem, road.travel(problem)))
    own = np.arange(70)[:, None]
    assert not (lists.near == own).any()
    assert not (lists.around == own).any()
