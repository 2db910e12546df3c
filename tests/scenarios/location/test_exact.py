"""The exact methods against all choices of small random questions."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from scenarios.location.exact import cover
from scenarios.location.exact.cover import solve_cover
from scenarios.location.exact.cover_pool import search_pool
from scenarios.location.exact.dominance import dominated
from scenarios.location.exact.median import solve_median
from scenarios.location.exact.median_dual import ascend
from scenarios.location.exact.median_milp import solve_rest
from scenarios.location.exact.median_tree import MedianTree
from scenarios.location.exact.outcome import Budget
from scenarios.location.exact.reach import Reach
from scenarios.location.exact.warehouse import Warehouses, _with_bounds, solve_warehouses


def _choices(sites, count, pinned, banned):
    for chosen in itertools.combinations(range(sites), count):
        if all(pinned[site] <= (site in chosen) for site in range(sites)) and not any(banned[list(chosen)]):
            yield list(chosen)


@pytest.mark.parametrize("seed", range(12))
def test_p_median_finds_and_proves_the_best_of_all_choices(seed):
    rng = np.random.default_rng(seed)
    cost = rng.integers(0, 50, (9, 14)).astype(float)
    pinned, banned = np.zeros(9, bool), np.zeros(9, bool)
    if seed % 3 == 1:
        pinned[rng.integers(4)] = True
    if seed % 3 == 2:
        banned[rng.choice(9, 3, replace=False)] = True
    best = min(cost[chosen].min(axis=0).sum() for chosen in _choices(9, 3, pinned, banned))

    found = solve_median(cost, count=3, pinned=pinned, banned=banned, budget=Budget(seconds=60), whole=True)

    assert found.objective == best == cost[list(found.chosen)].min(axis=0).sum()
    assert found.proved
    assert list(found.chosen) in list(_choices(9, 3, pinned, banned))


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("fixed", [0, 1])
def test_tree_and_highs_agree_with_all_choices(seed, fixed):
    rng = np.random.default_rng(100 + seed)
    cost = rng.integers(0, 40, (10, 15)).astype(float)
    pinned = np.arange(10) < fixed
    best = min(cost[chosen].min(axis=0).sum() for chosen in _choices(10, 4, pinned, np.zeros(10, bool)))
    sites = np.arange(10)

    tree = MedianTree(cost, sites, fixed=fixed, count=4, price=cost.mean(axis=0), must_beat=best + 20, step=1 - 1e-4)
    tree.search(10_000, Budget(seconds=60))
    chosen, bound = solve_rest(cost, sites, fixed, 4, best + 20, Budget(seconds=60))

    assert tree.done
    assert cost[tree.best].min(axis=0).sum() == best
    assert cost[chosen].min(axis=0).sum() == best
    assert bound == pytest.approx(best)


@pytest.mark.parametrize("seed", range(6))
def test_a_tree_without_a_better_choice_ends_empty(seed):
    cost = np.random.default_rng(seed).integers(0, 40, (8, 12)).astype(float)
    best = min(cost[chosen].min(axis=0).sum() for chosen in _choices(8, 3, np.zeros(8, bool), np.zeros(8, bool)))

    tree = MedianTree(cost, np.arange(8), fixed=0, count=3, price=cost.mean(axis=0), must_beat=best - 1, step=1.0)
    tree.search(10_000, Budget(seconds=60))

    assert tree.done
    assert tree.best is None
    assert solve_rest(cost, np.arange(8), 0, 3, best - 1, Budget(seconds=60)) == (None, float("inf"))


@pytest.mark.parametrize("seed", range(6))
def test_the_lagrangian_bound_never_passes_the_optimum(seed):
    cost = np.random.default_rng(seed).integers(1, 90, (9, 20)).astype(float)
    best = min(cost[chosen].min(axis=0).sum() for chosen in _choices(9, 2, np.zeros(9, bool), np.zeros(9, bool)))

    bound, *_ = ascend(cost, np.arange(9), 0, 2, cost.min(axis=0), best, 200, 10, 1.0)

    assert 0 < bound <= best + 1e-6


@pytest.mark.parametrize("seed", range(12))
def test_maximal_covering_finds_and_proves_the_best_of_all_choices(seed):
    rng = np.random.default_rng(seed)
    covers = rng.random((10, 25)) < 0.25
    weight = rng.integers(1, 30, 25).astype(float)
    pinned, banned = np.zeros(10, bool), np.zeros(10, bool)
    if seed % 3 == 1:
        pinned[rng.integers(10)] = True
    if seed % 3 == 2:
        banned[rng.choice(10, 4, replace=False)] = True
    best = max(weight[covers[chosen].any(axis=0)].sum() for chosen in _choices(10, 3, pinned, banned))

    found = solve_cover(
        Reach.of(covers), weight, count=3, pinned=pinned, banned=banned, budget=Budget(seconds=60), whole=True
    )

    assert found.objective == best == weight[covers[list(found.chosen)].any(axis=0)].sum()
    assert found.proved
    assert len(found.chosen) == 3


def test_a_larger_city_is_covered_as_highs_alone_would_cover_it():
    """A hundred points in a square: the search, the bound and HiGHS meet what HiGHS alone finds."""
    rng = np.random.default_rng(5)
    where = rng.random((100, 2))
    covers = np.hypot(*(where[:, None] - where[None]).transpose(2, 0, 1)) <= 0.18
    weight = rng.integers(1, 100, 100).astype(float)
    no = np.zeros(100, bool)

    found = solve_cover(Reach.of(covers), weight, count=6, pinned=no, banned=no, budget=Budget(seconds=60), whole=True)

    from scipy.optimize import LinearConstraint, milp

    # Sites, then points: a point counts when one of its sites is open.
    links = LinearConstraint(np.hstack([covers.T.astype(float), -np.eye(100)]), lb=0)
    number = LinearConstraint(np.concatenate([np.ones(100), np.zeros(100)]), lb=6, ub=6)
    whole = np.concatenate([np.ones(100), np.zeros(100)])
    reference = milp(
        np.concatenate([np.zeros(100), -weight]), constraints=[links, number], integrality=whole, bounds=(0, 1)
    )
    assert found.proved
    assert found.objective == pytest.approx(-reference.fun)


def test_a_site_that_covers_less_than_another_is_dominated_and_of_equals_one_stays():
    covers = np.array([[1, 1, 0, 0], [1, 0, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 0]], bool)
    no = np.zeros(5, bool)

    gone = dominated(Reach.of(covers), kept=no, banned=no)

    assert gone.tolist() == [True, True, False, False, True]
    assert not dominated(Reach.of(covers), kept=no, banned=np.array([0, 0, 1, 0, 0], bool))[0]


def _random_warehouses(seed, sites=7, points=9):
    rng = np.random.default_rng(seed)
    demand = rng.integers(5, 20, points).astype(float)
    return Warehouses(
        cost=rng.integers(1, 60, (sites, points)) * demand,
        charge=rng.integers(100, 900, sites).astype(float),
        capacity=rng.integers(30, 70, sites).astype(float),
        demand=demand,
        pinned=np.zeros(sites, bool),
        banned=np.zeros(sites, bool),
    )


def _transport_cost(given, chosen):
    """Cost of serving all from the chosen sites, by scipy's linear programming."""
    from scipy.optimize import linprog

    cost = given.cost[chosen]
    sites, points = cost.shape
    room = np.kron(np.eye(sites), given.demand)
    each = np.tile(np.eye(points), sites)
    solved = linprog(cost.ravel(), A_ub=room, b_ub=given.capacity[chosen], A_eq=each, b_eq=np.ones(points))
    return solved.fun + given.charge[chosen].sum() if solved.status == 0 else np.inf


@pytest.mark.parametrize("seed", range(5))
def test_capacities_and_charges_against_all_choices(seed):
    given = _random_warehouses(seed)
    best = min(
        _transport_cost(given, list(chosen))
        for size in range(1, 8)
        for chosen in itertools.combinations(range(7), size)
        if given.capacity[list(chosen)].sum() >= given.demand.sum()
    )

    plain = solve_warehouses(given, budget=Budget(seconds=60))
    bounded = _with_bounds(given, Budget(seconds=60))

    assert plain.objective == pytest.approx(best)
    assert bounded.objective == pytest.approx(best)
    assert plain.proved
    assert bounded.proved
    for found in (plain, bounded):
        assert found.shares.sum(axis=0) == pytest.approx(np.ones(9))
        assert ((found.shares * given.demand).sum(axis=1) <= given.capacity + 1e-6).all()


def test_without_enough_capacity_no_choice_is_feasible():
    given = _random_warehouses(1)
    short = Warehouses(
        cost=given.cost,
        charge=given.charge,
        capacity=given.capacity * 0.1,
        demand=given.demand,
        pinned=given.pinned,
        banned=given.banned,
    )

    assert not solve_warehouses(short, budget=Budget(seconds=60)).feasible


def _city(size, seed):
    """Points in a square that are sites, too; each site covers those near it."""
    rng = np.random.default_rng(seed)
    where = rng.random((size, 2))
    covers = np.hypot(*(where[:, None] - where[None]).transpose(2, 0, 1)) <= 0.25
    return covers, rng.integers(1, 100, size).astype(float)


@pytest.mark.parametrize("seed", range(6))
def test_annealed_and_merged_choices_find_the_best_of_all(seed):
    covers, weight = _city(14, seed)
    reach, pinned, shut = Reach.of(covers), np.zeros(14, bool), np.zeros(14, bool)
    pinned[seed % 2 * 3], shut[5] = seed % 2 == 1, True
    best = max(weight[covers[chosen].any(axis=0)].sum() for chosen in _choices(14, 4, pinned, shut))
    start = np.array(next(iter(_choices(14, 4, pinned, shut))))

    def found(seed):
        return search_pool(
            reach, weight, start, pinned=pinned, shut=shut, merge=lambda *_: None, budget=Budget(seconds=600),
            enough=1e9, seed=seed, moves=500,
        )  # fmt: skip

    chosen = found(1)

    assert weight[covers[chosen].any(axis=0)].sum() == best
    assert list(chosen) in [sorted(one) for one in _choices(14, 4, pinned, shut)]
    assert list(found(1)) == list(chosen)


def test_a_large_city_is_annealed_the_same_way_each_time(monkeypatch):
    covers, weight = _city(160, 3)
    monkeypatch.setattr(cover, "LARGE", 10)
    monkeypatch.setattr(cover, "KICKS", 0)
    no = np.zeros(160, bool)

    def found(**changes):
        return solve_cover(
            Reach.of(covers), weight, count=5, pinned=no, banned=no, budget=Budget(seconds=600), whole=True, **changes
        )

    one, other = found(moves=300), found(moves=300)
    monkeypatch.setattr(cover, "LARGE", 10_000)
    kicked = found()

    assert one.proved
    assert one.chosen == other.chosen
    assert one.objective == kicked.objective


@pytest.mark.parametrize("seed", range(6))
def test_the_best_among_some_sites_is_that_of_all_choices(seed):
    covers, weight = _city(14, 20 + seed)
    no = np.zeros(14, bool)
    some = np.array([0, 2, 3, 5, 8, 9, 11, 13])
    start = some[:3]
    best = max(weight[covers[list(chosen)].any(axis=0)].sum() for chosen in itertools.combinations(some.tolist(), 3))

    found = cover.among(Reach.of(covers), weight, start, some, no, 1.0, Budget(seconds=60))

    value = weight[covers[start if found is None else found].any(axis=0)].sum()
    assert value == best
    assert found is None or set(found.tolist()) <= set(some.tolist())
