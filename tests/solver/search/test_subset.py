"""A sub-problem: its routes cost what they cost in the whole."""

from __future__ import annotations

import random
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch.problem import Assignment
from solver.search import near
from solver.search.arrays import build, build_tables, is_plain
from solver.search.classes import profile_names
from solver.search.evaluate import INFEASIBLE, carries, evaluate
from solver.search.subset import subset
from solver.search.views import pack


def _lazy(travel):
    """The same legs, block by block: nobody can look at the whole matrix."""
    return SimpleNamespace(places=travel.places, index=travel.index, block=travel.block)


def _cut(problem, travel, tickets, rows):
    source = _lazy(travel)
    chosen, shifts = (np.array(sorted(numbers), dtype=np.int64) for numbers in (tickets, rows))
    part = subset(build_tables(problem, source), source, profile_names(problem), tickets=chosen, rows=shifts)
    return part, chosen, shifts


def _judged(instance, row, nodes):
    """What compiled code says of a route: stops that the van can make, and if it can be driven cost, starts, breaks."""
    header = pack(instance)
    start_s, latest_s = (np.zeros(len(nodes) + 1, dtype=np.int64) for _ in range(2))
    rests = np.zeros(instance.break_length_s.shape[1], dtype=np.int64)
    left = np.zeros(instance.need.shape[1], dtype=np.int64)
    stops = np.array(nodes, dtype=np.int64)
    carried = int(carries(header.header, instance.class_of[row], stops, len(nodes), left))
    cents = int(evaluate(header.header, row, stops, len(nodes), start_s, rests, latest_s))
    if cents >= INFEASIBLE:
        return carried, None
    return (
        carried,
        cents,
        start_s.tolist(),
        latest_s[: len(nodes)].tolist(),
        rests[: instance.break_count[row]].tolist(),
    )


@pytest.mark.parametrize("plain", [False, True])
def test_routes_cost_what_they_cost_in_the_whole(plain, days, make_day, make_plain):
    seen: Counter[str] = Counter()

    @settings(max_examples=45, suppress_health_check=list(HealthCheck))
    @given(drawn=days(False), seed=st.integers(0, 2**20))
    def run(drawn, seed):
        problem, travel = make_plain(drawn) if plain else drawn
        day, chance = make_day(problem, travel), random.Random(seed)
        whole, n, c, m = day.world.instance, len(problem.tickets), len(problem.centres), len(problem.shifts)
        tickets = chance.sample(range(n), chance.choice([chance.randint(0, n), n]))
        part, chosen, shifts = _cut(problem, travel, tickets, chance.sample(range(m), chance.randint(min(1, m), m)))
        assert all(array.flags.c_contiguous for array in part)
        assert part.legs.shape[1] <= len(tickets) + c + 2 * len(shifts)
        for name in ("allowed", "fixed_cents"):
            in_whole = getattr(whole, name)[np.ix_(whole.class_of[shifts], chosen)]
            assert np.array_equal(getattr(part, name)[part.class_of], in_whole), name
        assert np.array_equal(part.drop_cents, whole.drop_cents[chosen])
        assert is_plain(part) or not day.world.plain
        near.build(part)
        to_whole = [*chosen.tolist(), *range(n, n + c)]
        for row in range(len(shifts)):
            for _ in range(8):
                nodes = [chance.randrange(len(to_whole)) for _ in range(chance.randint(1, 5))] if to_whole else []
                found = _judged(part, row, nodes)
                assert found == _judged(whole, int(shifts[row]), [to_whole[node] for node in nodes])
                seen["routes"] += 1
                seen["feasible"] += bool(nodes) and found[1] is not None

    run()
    assert seen["routes"] >= 100, seen
    assert seen["feasible"] >= 20, seen


def test_all_of_it_is_the_whole(days):
    """Nothing is lost: with every ticket and shift each array is the one of the whole, but for numbers of places."""

    @settings(max_examples=50, suppress_health_check=list(HealthCheck))
    @given(drawn=days(False))
    def run(drawn):
        problem, travel = drawn
        owners = {shift.technician_id for shift in problem.shifts}
        problem = problem.replace(
            technicians=tuple(one for one in problem.technicians if one.id in owners),
            tickets=tuple(one for one in problem.tickets if not (_names(one) - owners)),
            baseline=(),
        )
        whole = build(problem, travel)
        part, _, _ = _cut(problem, travel, range(len(problem.tickets)), range(len(problem.shifts)))
        used = sorted({*whole.place_of.tolist(), *whole.start_place.tolist(), *whole.end_place.tolist()} - {-1})
        for name in set(whole._fields) - {"place_of", "start_place", "end_place", "legs", "out_legs", "in_legs"}:
            assert np.array_equal(getattr(part, name), getattr(whole, name)), name
            assert getattr(part, name).dtype == getattr(whole, name).dtype, name
        for name in ("place_of", "start_place", "end_place"):
            back = [used[number] if number >= 0 else -1 for number in getattr(part, name)]
            assert back == getattr(whole, name).tolist(), name
        assert np.array_equal(part.legs, whole.legs[:, used][:, :, used])
        if is_plain(whole):
            assert np.array_equal(part.out_legs, whole.out_legs[:, used][:, :, used])
            assert np.array_equal(part.in_legs, whole.in_legs[:, used][:, :, used])

    run()


def _names(ticket):
    return ticket.required | ticket.preferred | ticket.excluded | set(ticket.pin.technician_ids if ticket.pin else ())


def test_twins_are_those_of_the_whole_with_the_lowest_row_of_the_part(road):
    """`b` is named by the plan in force, so it has no twin, even where that ticket is not part of the sub-problem."""
    was = (Assignment(ticket_id="u", role=0, technician_id="b", start_s=490 * 60),)
    people = [road.technician(name) for name in "abcd"]
    problem = road.problem([road.ticket("t", 10), road.ticket("u", 20)], people, baseline=was)
    assert build(problem, road.travel(problem)).twin.tolist() == [0, 1, 0, 0]
    part, _, _ = _cut(problem, road.travel(problem), [0], [1, 2, 3])
    assert part.twin.tolist() == [0, 1, 1]
    assert part.technician_of.tolist() == [1, 2, 3]
    assert part.base_technician.tolist() == [-1]


def test_shares_and_prices_are_those_of_the_whole(road):
    """Four hours of work on two shifts of nine: a fair share of two, also where one ticket and one shift are left."""
    people = [road.technician("a"), road.technician("b")]
    tickets = [road.ticket("t", 10, 60, unserved_cents=11), road.ticket("u", 20, 180, unserved_cents=22)]
    problem = road.problem(tickets, people)
    part, _, _ = _cut(problem, road.travel(problem), [1], [1])
    assert part.fair_s.tolist() == [2 * 3600]
    assert part.drop_cents.tolist() == [22]
    assert part.legs[0, part.start_place[0], part.place_of[0]].tolist() == [1200, 20_000]


def test_only_the_profiles_in_use_are_asked_for(road):
    people = [road.technician("a", profile="bike"), road.technician("b")]
    problem = road.problem([road.ticket("t", 10)], people)
    travel = road.travel(problem)
    part, _, _ = _cut(problem, travel, [0], [1])  # this source does not know "bike"
    assert part.legs.shape == (1, 2, 2, 2)
    assert part.profile_of.tolist() == [0]
