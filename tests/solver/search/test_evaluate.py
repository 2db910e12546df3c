"""Compiled pricing of a route against the domain: same cost to the cent, same verdict."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch.plan import Visit

ELSEWHERE = {
    "skill_level", "technician_excluded", "technician_not_required", "pin_technician", "base_drive", "base_distance",
    "outside_coverage", "part_short", "tool_missing",
}  # fmt: skip
"""Violations that the kernel looks for in `Instance.allowed` and in `carries`, not in `evaluate`."""
LACKS = {"part_short", "tool_missing"}


def _random_days(examples):
    return settings(max_examples=examples, suppress_health_check=list(HealthCheck))


def test_cost_and_feasibility_are_those_of_the_domain(days, make_day):
    seen: Counter[str] = Counter()

    @_random_days(150)
    @given(drawn=days(False), seed=st.integers(0, 2**20))
    def run(drawn, seed):
        day = make_day(*drawn)
        for row, nodes in day.sequences(seed, 12):
            cents, rests, return_s = day.kernel(row, nodes)
            if cents is not None:
                expected, route, codes = day.domain(row, nodes, rests)
                assert codes <= ELSEWHERE
                assert (cents, return_s) == (expected, route.return_s)
                seen.update(feasible=1, rests=len([leg for leg in rests if leg >= 0]))
                seen.update(late=any(isinstance(stop, Visit) and stop.late for stop in route.stops))
                continue
            seen["infeasible"] += 1
            if any(day.domain(row, nodes, other)[2] <= ELSEWHERE for other in day.placements(row, nodes)):
                seen["another placement works"] += 1
                assert day.problem.shifts[row].breaks

    run()
    assert min(seen["feasible"], seen["infeasible"]) >= 400, seen
    assert min(seen["rests"], seen["late"]) >= 50, seen
    assert seen["another placement works"] <= seen["feasible"] // 50, seen


def test_what_the_van_lacks_is_what_the_checker_finds(days, make_day):
    seen: Counter[str] = Counter()

    @_random_days(100)
    @given(drawn=days(False), seed=st.integers(0, 2**20))
    def run(drawn, seed):
        day = make_day(*drawn)
        for row, nodes in day.sequences(seed, 8):
            carried = day.carried(row, nodes)
            lacking = [at for at in range(1, len(nodes) + 1) if _lacks(day, row, nodes[:at])]
            assert carried == (lacking[0] - 1 if lacking else len(nodes))
            seen["short" if lacking else "enough"] += 1

    run()
    assert min(seen.values()) >= 50, seen


def _lacks(day, row, nodes):
    if all(node >= len(day.problem.tickets) for node in nodes):
        return False  # a route without a visit is none
    return bool(day.domain(row, nodes, [])[2] & LACKS)


def test_allowed_is_what_the_checker_allows(days, make_day):
    seen: Counter[bool] = Counter()

    @_random_days(100)
    @given(drawn=days(False))
    def run(drawn):
        day = make_day(*drawn)
        instance = day.world.instance
        for row in range(len(day.problem.shifts)):
            for node in range(len(day.problem.tickets)):
                wrong = day.domain(row, [node], [])[2] & (ELSEWHERE - LACKS)
                assert bool(instance.allowed[instance.class_of[row], node]) == (not wrong)
                seen[not wrong] += 1

    run()
    assert min(seen[True], seen[False]) >= 50, seen


def test_an_empty_route_costs_nothing(road, make_day):
    problem = road.problem([road.ticket("t", 10)], [road.technician("a")])
    day = make_day(problem, road.travel(problem))
    assert day.kernel(0, [])[0] == 0


def test_a_route_by_hand(road, make_day):
    """From 0 at 480: drive 10, serve 30 at m10, drive 20, rest 15 at 540, serve 30 at m30, drive 30 home: 135 minutes.

    Work 135 min at 30.00 an hour = 67.50; driving 60 min at 12.00 = 12.00; 60 km at 0.30 = 18.00; no waiting; the
    fair share is the 60 minutes of service, so 60 minutes above it at 2.00 an hour = 2.00. Together 99.50.
    """
    shift = road.shift("a", breaks=[road.rest(540, 560, 15)])
    problem = road.problem([road.ticket("t", 10), road.ticket("u", 30)], [road.technician("a")], [shift])
    day = make_day(problem, road.travel(problem))
    cents, rests, return_s = day.kernel(0, [0, 1])
    assert cents == 6750 + 1200 + 1800 + 200
    assert rests == [1]
    assert return_s == (480 + 135) * 60
    assert np.array_equal(day.world.instance.fair_s, [3600])


def test_two_breaks_before_the_first_stop_of_which_one_moves_the_departure(road, make_day):
    """Resting at 480 needs a departure from 485 on; resting at 486 on the leg then arrives at 500, not at 496."""
    shift = road.shift("a", breaks=[road.rest(480, 480, 5), road.rest(486, 490, 5)])
    for opens in range(490, 510):
        problem = road.problem(
            [road.ticket("t", 10, windows=(road.window(opens, 600),))], [road.technician("a")], [shift]
        )
        day = make_day(problem, road.travel(problem))
        cents, rests, _ = day.kernel(0, [0])
        assert cents is None or (day.domain(0, [0], rests)[0], day.domain(0, [0], rests)[2]) == (cents, set())


def test_behind_a_break_on_the_way_the_next_one_is_not_before_the_departure(road, make_day):
    """The first break can only be taken on the leg, until 481: so the departure is not behind the second, at 482."""
    shift = road.shift("a", breaks=[road.rest(480, 481, 1), road.rest(482, 482, 1)])
    for distance in (0, 1):
        windows = (road.window(470, 480 + distance), road.window(540, 540))
        problem = road.problem([road.ticket("t", distance, windows=windows)], [road.technician("a")], [shift])
        day = make_day(problem, road.travel(problem))
        cents, rests, _ = day.kernel(0, [0])
        assert cents is not None
        assert rests == [0, 0]
        assert (day.domain(0, [0], rests)[0], day.domain(0, [0], rests)[2]) == (cents, set())
