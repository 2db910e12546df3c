"""Plans cut into parts: what is dealt out, what comes back, and large days."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.random_day import random_day
from dispatch.ports import Limits
from dispatch.service import plan_day, travel_of
from geo.geodesic import GeodesicTravel
from solver.search import engine, regions, team
from solver.search.engine import SearchEngine
from solver.search.split import deal
from solver.search.team import Team
from solver.search.world import World


@pytest.fixture(scope="module")
def day():
    problem = random_day(90, 12, seed=3)
    return problem, travel_of(problem, GeodesicTravel())


def _routes(world, chance):
    """Any routes: what is cut need not be feasible."""
    n, m = len(world.names.tickets), len(world.names.shifts)
    nodes = chance.permutation(n)
    lengths = np.zeros(m, dtype=np.int64)
    seq = np.zeros((m, world.longest), dtype=np.int64)
    at = 0
    for row in range(m):
        lengths[row] = min(int(chance.integers(0, 8)), n - at)
        seq[row, : lengths[row]] = nodes[at : at + lengths[row]]
        at += lengths[row]
    return seq, lengths, np.sort(nodes[at:])


@pytest.mark.parametrize("parts", [1, 2, 3, 5])
def test_every_shift_and_absent_ticket_is_in_one_part(parts, day):
    world = World.of(*day)
    for seed in range(40):
        chance = np.random.default_rng(seed)
        seq, lengths, absents = _routes(world, chance)
        found = deal(world.instance, world.reach, seq, lengths, absents, parts, chance)
        assert len(found) == parts
        assert sorted(np.concatenate([part.rows for part in found])) == list(range(len(lengths)))
        assert sorted(np.concatenate([part.absents for part in found])) == absents.tolist()
        tickets = [int(lengths[part.rows].sum()) + len(part.absents) for part in found]
        assert max(tickets) - min(tickets) <= 8 * parts


def test_parts_lie_apart(day):
    """Neighbours are together more often than chance would have it."""
    world = World.of(*day)
    together = []
    for seed in range(30):
        chance = np.random.default_rng(seed)
        absents = np.arange(90)
        empty = np.zeros((12, world.longest), dtype=np.int64)
        one, _ = deal(world.instance, world.reach, empty, np.zeros(12, dtype=np.int64), absents, 2, chance)
        inside = np.isin(absents, one.absents)
        nearest = world.near.arrays[3][:, 0]
        together.append((inside == inside[nearest]).mean())
    assert np.mean(together) > 0.8


def test_equal_unused_shifts_are_spread(road, make_day):
    people = [road.technician(name) for name in "abcdefgh"]
    problem = road.problem([road.ticket(f"t{k}", k) for k in range(20)], people)
    world = make_day(problem, road.travel(problem)).world
    assert len(set(world.instance.twin.tolist())) == 1
    empty = np.zeros((8, world.longest), dtype=np.int64)
    parts = deal(
        world.instance, world.reach, empty, np.zeros(8, dtype=np.int64), np.arange(20), 2, np.random.default_rng(1)
    )
    assert [len(part.rows) for part in parts] == [4, 4]


def test_shifts_of_several_days_are_cut_by_time_too(road, make_day):
    people = [road.technician(name) for name in "abcd"]
    shifts = [
        dataclasses.replace(road.shift(name), id=f"{name}{day}", start_s=day * 86_400, regular_end_s=day * 86_400 + 9,
                            end_s=day * 86_400 + 9)
        for name in "abcd" for day in (0, 1)
    ]  # fmt: skip
    problem = road.problem([road.ticket(f"t{k}", 5 * k) for k in range(8)], people)
    world = make_day(problem.replace(end_s=3 * 86_400, shifts=tuple(shifts)), road.travel(problem)).world
    seq = np.zeros((8, world.longest), dtype=np.int64)
    seq[:, 0] = np.arange(8)
    whole_days = 0
    for seed in range(60):
        parts = deal(
            world.instance, world.reach, seq, np.ones(8, dtype=np.int64), np.zeros(0, dtype=np.int64), 2,
            np.random.default_rng(seed),
        )  # fmt: skip
        begins = [set(world.instance.shift_start_s[part.rows].tolist()) for part in parts]
        whole_days += all(len(own) == 1 for own in begins)
    assert 5 <= whole_days <= 40


@pytest.mark.parametrize("plain", [False, True])
def test_parts_add_up_to_the_plan(plain, days, make_day, make_plain, monkeypatch):
    monkeypatch.setattr(team, "SPLIT_FROM", 1)
    shared = 0

    @settings(max_examples=40, suppress_health_check=list(HealthCheck))
    @given(drawn=days(False), seed=st.integers(0, 2**20))
    def run(drawn, seed):
        nonlocal shared
        one = make_day(*(make_plain(drawn) if plain else drawn))
        if not one.problem.tickets or not one.problem.shifts:
            return
        with Team(one.world, seed, 2) as both:
            both.start(())
            for number in range(6):
                both.run(None, 20, 20_000.0)
                if number == 3:
                    both.select(None)
                for solution in (both.best, both.current):
                    _recount(one, solution)
            shared += both.shared

    run()
    assert shared >= 15


def _recount(one, solution):
    n = len(one.problem.tickets)
    cents, left = 0, set(range(n))
    for row, length in enumerate(solution.lengths):
        nodes = solution.seq[row, :length].tolist()
        cost = one.kernel(row, nodes)[0] if nodes else 0
        assert cost is not None
        visits = [node for node in nodes if node < n]
        assert left.issuperset(visits)
        assert len(set(visits)) == len(visits)
        left -= set(visits)
        cents += cost
    assert solution.cents == cents + sum(int(one.world.instance.drop_cents[node]) for node in left)


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(engine, "LARGE_FROM", 1)
    monkeypatch.setattr(regions, "PART_TICKETS", 20)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("workers", [1, 2])
def test_a_large_day_in_parts(workers, day):
    problem, travel = day
    seen = []

    def plan(iterations, **more):
        return plan_day(
            problem, travel, SearchEngine(), limits=Limits(iterations=iterations), seed=2, workers=workers, **more
        )  # checked by plan_day

    first, second = (plan(4000, on_progress=seen.append) for _ in range(2))
    assert first == second
    assert seen[len(seen) // 2 - 1].cost_cents == first.total_cents
    assert first.total_cents < plan(1).total_cents
    again = plan(1, warm_start=[route.steps for route in first.routes])
    assert again.total_cents <= first.total_cents


@pytest.mark.usefixtures("small_parts")
def test_a_large_day_stopped_at_once_is_a_full_plan(day):
    problem, travel = day
    plan = plan_day(
        problem, travel, SearchEngine(), limits=Limits(iterations=10**6), seed=2, workers=2, should_stop=lambda: True
    )
    assert sum(len(route.visits) for route in plan.routes) > 60


@pytest.mark.usefixtures("small_parts")
def test_parts_keep_every_constraint(days):
    served = 0

    @settings(max_examples=60, suppress_health_check=list(HealthCheck))
    @given(drawn=days(False))
    def run(drawn):
        nonlocal served
        problem, travel = drawn
        plan = plan_day(problem, travel, SearchEngine(), limits=Limits(iterations=60), seed=1, workers=2)
        served += sum(len(route.visits) for route in plan.routes)

    run()
    assert served >= 50


def test_the_search_stops_when_nothing_improves(road):
    problem = road.problem([road.ticket("t", 10), road.ticket("u", 20)], [road.technician("a")])
    plan = plan_day(problem, road.travel(problem), SearchEngine(), limits=Limits(iterations=10**9), seed=1)
    assert plan.provenance.iterations_done < 10**6
