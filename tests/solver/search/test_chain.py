"""What a chain holds after any number of steps: every stored number is the one that a recount gives."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch.feasibility import check_routes
from dispatch.objective import cost_terms
from dispatch.plan import RestockStep, RouteSteps, VisitStep
from dispatch.schedule import schedule_plan
from dispatch.technicians import ServiceCentre
from solver.search.chain import Chain
from solver.search.state import ABSENT, ABSENTS, ACCEPTED, CURRENT
from solver.search.world import encode

OF_ROUTES = ("lengths", "costs", "loads")
OF_SERVED = ("route_of", "position_of")
PLAIN_ONLY = ("before_of", "behind_of", "begin_of", "latest_of", "ahead_s", "ahead_cents")


def _random_days(examples):
    return settings(max_examples=examples, suppress_health_check=list(HealthCheck))


def _chain(day, seed):
    chain = Chain(day.world, seed, 0)
    _load(day, chain, ())
    chain.fill()
    return chain


def _load(day, chain, routes):
    chain.load(*encode(day.world.names, day.world.instance, routes, day.world.longest))


def _served(chain):
    return [node for node, row in enumerate(chain.state.route_of) if row >= 0]


def _routes(chain):
    """Tickets and restocks of each shift."""
    return [chain.state.seq[row, :length].tolist() for row, length in enumerate(chain.state.lengths)]


def _check(day, chain):
    """Compare the state with a recount of its routes."""
    state, n = chain.state, len(day.problem.tickets)
    absent = state.absent[: state.counts[ABSENTS]].tolist()
    routes = _routes(chain)
    visits = [node for nodes in routes for node in nodes if node < n]
    assert sorted(visits + absent) == list(range(n))
    assert all(state.route_of[node] == ABSENT for node in absent)
    for row, nodes in enumerate(routes):
        for at, node in enumerate(nodes):
            if node < n:
                assert (state.route_of[node], state.position_of[node]) == (row, at)
                assert day.world.instance.allowed[day.world.instance.class_of[row], node]
        if nodes:
            assert day.kernel(row, nodes)[0] == state.costs[row]
            assert day.carried(row, nodes) == len(nodes)
        else:
            assert state.costs[row] == 0
    drops = sum(int(day.world.instance.drop_cents[node]) for node in absent)
    assert state.totals[CURRENT] == sum(state.costs.tolist()) + drops
    return visits, absent


def _snapshot(chain, plain):
    """Everything that a refused step must leave as it was."""
    state, served = chain.state, _served(chain)
    kept = {name: getattr(state, name).tolist() for name in OF_ROUTES}
    kept |= {name: getattr(state, name)[served].tolist() for name in (*OF_SERVED, *(PLAIN_ONLY if plain else ()))}
    kept |= {"routes": _routes(chain), "absent": state.absent[: state.counts[ABSENTS]].tolist()}
    kept |= {"total": chain.current_cents, "best": chain.best_cents, "where": state.route_of.tolist()}
    if not plain:
        lines = [(row, length) for row, length in enumerate(state.lengths) if length]
        kept |= {"starts": [state.starts_s[row, : length + 1].tolist() for row, length in lines]}
        kept |= {"latest": [state.latests_s[row, :length].tolist() for row, length in lines]}
        kept |= {"rests": [state.rest_legs[row].tolist() for row, _ in lines]}
    return kept


@pytest.mark.parametrize("plain", [False, True])
def test_stored_numbers_are_those_of_a_recount(plain, days, make_day, make_plain):
    seen: Counter[str] = Counter()

    @_random_days(80)
    @given(drawn=days(False), seed=st.integers(0, 2**20))
    def run(drawn, seed):
        day = make_day(*(make_plain(drawn) if plain else drawn))
        if not day.problem.tickets or not day.problem.shifts:
            return
        assert day.world.plain or not plain
        chain = _chain(day, seed)
        _check(day, chain)
        for _ in range(6):
            chain.run(15, 30_000.0, 30_000.0)
            visits, absent = _check(day, chain)
            seen.update(visits=len(visits), absent=len(absent))
        seen["accepted"] += int(chain.state.counts[ACCEPTED])

    run()
    assert min(seen["visits"], seen["absent"]) >= 200, seen
    assert seen["accepted"] >= 1000, seen


@pytest.mark.parametrize("plain", [False, True])
def test_a_refused_step_leaves_no_trace(plain, days, make_day, make_plain):
    seen: Counter[str] = Counter()

    @_random_days(60)
    @given(drawn=days(False), seed=st.integers(0, 2**20))
    def run(drawn, seed):
        day = make_day(*(make_plain(drawn) if plain else drawn))
        if not day.problem.tickets or not day.problem.shifts:
            return
        chain = _chain(day, seed)
        for _ in range(150):
            before, accepted = _snapshot(chain, plain), int(chain.state.counts[ACCEPTED])
            chain.run(1, 1e-6, 1e-6)
            if chain.state.counts[ACCEPTED] == accepted:
                assert _snapshot(chain, plain) == before
                seen["refused"] += 1
            else:
                seen["accepted"] += 1

    run()
    assert seen["refused"] >= 200, seen
    assert seen["accepted"] >= 10, seen


@pytest.mark.parametrize("plain", [False, True])
def test_best_routes_cost_in_the_domain_what_the_chain_says(plain, days, make_day, make_plain):
    @_random_days(40)
    @given(drawn=days(False), seed=st.integers(0, 2**20))
    def run(drawn, seed):
        day = make_day(*(make_plain(drawn) if plain else drawn))
        if not day.problem.tickets or not day.problem.shifts:
            return
        chain = _chain(day, seed)
        chain.run(60, 1000.0, 1.0)
        routes = schedule_plan(day.problem, day.travel, day.world.decisions(*chain.best()[:2]))
        assert check_routes(day.problem, day.travel, routes) == []
        served = {visit.ticket_id for route in routes for visit in route.visits}
        pins = sum(10**12 for ticket in day.problem.tickets if ticket.pin and ticket.id not in served)
        assert chain.best_cents == sum(cost_terms(day.problem, routes).values()) + pins

    run()


@pytest.mark.parametrize("plain", [False, True])
def test_the_same_seed_gives_identical_arrays(plain, days, make_day, make_plain):
    @_random_days(20)
    @given(drawn=days(False), seed=st.integers(0, 2**20))
    def run(drawn, seed):
        day = make_day(*(make_plain(drawn) if plain else drawn))
        if not day.problem.tickets or not day.problem.shifts:
            return
        first, second = _chain(day, seed), _chain(day, seed)
        for chain in (first, second):
            chain.run(50, 1000.0, 1.0)
        for name, one, other in zip(first.state._fields, first.state, second.state, strict=True):
            assert np.array_equal(one, other), name

    run()


def test_streams_of_one_seed_differ(road, make_day):
    problem = road.problem([road.ticket(f"t{k}", k, 5) for k in range(12)], [road.technician("a")])
    day = make_day(problem, road.travel(problem))
    states = [Chain(day.world, 7, stream).state.rng.tolist() for stream in range(4)]
    assert len({tuple(words) for words in states}) == 4


@pytest.mark.parametrize("plain", [False, True])
def test_an_infeasible_start_is_not_taken_over(plain, road, make_day, make_plain):
    tickets = [road.ticket(f"t{k}", 40, 30, windows=(road.window(500, 560),)) for k in range(4)]
    problem = road.problem(tickets, [road.technician("a")])
    drawn = problem, road.travel(problem)
    day = make_day(*(make_plain(drawn) if plain else drawn))
    chain = Chain(day.world, 1, 0)
    _load(day, chain, [RouteSteps(shift_id="a-day", steps=tuple(VisitStep(ticket_id=f"t{k}") for k in range(4)))])
    assert _routes(chain) == [[]]
    _check(day, chain)


def test_an_open_end_is_priced_without_a_leg_onwards(road, make_day, make_plain):
    """`t` costs a leg behind `s` and two around `x`, its nearest: the same, if a leg onwards were added behind `s`."""
    tickets = [road.ticket("x", 32, 0), road.ticket("t", 31, 0), road.ticket("s", 30, 0)]
    shifts = [road.shift("a", end=None), road.shift("b", start=32, end=32)]
    problem = road.problem(tickets, [road.technician("a"), road.technician("b")], shifts)
    travel = road.travel(problem)
    s, t = travel.index["m30"], travel.index["m31"]
    travel.legs("car").travel_s[[s, t], [t, s]] += 1
    day = make_day(*make_plain((problem, travel)))
    assert day.world.plain
    chain = Chain(day.world, 1, 0)
    given = {"a-day": "s", "b-day": "x"}.items()
    _load(day, chain, [RouteSteps(shift_id=shift, steps=(VisitStep(ticket_id=name),)) for shift, name in given])
    chain.fill()
    assert _routes(chain) == [[2, 1], [0]]


@pytest.mark.parametrize("around_s", [0, 600])
def test_restock_stops_that_nothing_needs_are_left_unless_the_way_round_is_shorter(around_s, road, make_day):
    """The van goes 10 - 20 (centre) - 30; if the direct way took 10 minutes more, the stop would be the better way."""
    centre = ServiceCentre(id="c", place=road.at(20), parts=frozenset({"fuse"}))
    tickets = [road.ticket("t", 10, parts={"fuse": 1}), road.ticket("u", 30)]
    problem = road.problem(tickets, [road.technician("a", stock={"fuse": 1})], centres=(centre,))
    travel = road.travel(problem)
    legs = travel.legs("car")
    legs.travel_s[travel.index["m10"], travel.index["m30"]] += around_s
    day = make_day(problem, travel)
    chain = Chain(day.world, 1, 0)
    steps = (VisitStep(ticket_id="t"), RestockStep(centre_id="c"), VisitStep(ticket_id="u"))
    _load(day, chain, [RouteSteps(shift_id="a-day", steps=steps)])
    assert _routes(chain) == [[0, 2, 1] if around_s else [0, 1]]
    _check(day, chain)


def test_more_kinds_of_parts_than_stops(road, make_day):
    """Scratch space has room for a number a part, however short the routes are."""
    parts = {f"part{k}": 1 for k in range(5000)}
    problem = road.problem([road.ticket("t", 10, parts=parts)], [road.technician("a", stock=parts)])
    day = make_day(problem, road.travel(problem))
    chain = _chain(day, 1)
    chain.run(20, 1.0, 1.0)
    assert _routes(chain) == [[0]]
    assert chain.state.scratch.shape[1] >= len(parts)


def test_a_removal_that_makes_the_rest_late_is_never_accepted(road, make_day, make_plain):
    """`u` is in time only by way of `t`, whom somebody else would serve for nothing; leaving `u` out costs 10^6."""
    only_a = frozenset({"a"})
    late = road.ticket("u", 2, 0, windows=(road.window(480, 490),), unserved_cents=10**6, required=only_a)
    tickets = [road.ticket("t", 1, 0), late]
    shifts = [road.shift("a"), road.shift("b", start=1, end=1)]
    problem, travel = make_plain(
        [(one := road.problem(tickets, [road.technician("a"), road.technician("b")], shifts)), road.travel(one)]
    )
    legs = travel.profiles["car"]
    direct = travel.index["m0"], travel.index["m2"]
    legs.travel_s[direct], legs.distance_m[direct] = 900, 0
    day = make_day(problem, travel)
    assert day.world.plain
    chain = Chain(day.world, 3, 0)
    _load(day, chain, [RouteSteps(shift_id="a-day", steps=(VisitStep(ticket_id="t"), VisitStep(ticket_id="u")))])
    assert _routes(chain) == [[0, 1], []]
    for _ in range(50):
        chain.run(4, 1000.0, 1000.0)
        _check(day, chain)


def test_a_removal_that_makes_a_leg_too_long_is_never_accepted(road, make_day):
    """Stops 20 minutes apart, no leg longer than 25: any gap inside a route is forbidden."""
    people = [road.technician(name, max_leg_s=25 * 60) for name in "abcdef"]
    tickets = [road.ticket(f"t{k}", 20 * k % 120 + 20, 1) for k in range(36)]
    problem = road.problem(tickets, people, [road.shift(one.id, end=None) for one in people])
    day = make_day(problem, road.travel(problem))
    chain = _chain(day, 5)
    for _ in range(100):
        chain.run(10, 1e6, 1e6)
        _check(day, chain)
        assert 0 <= chain.best_cents <= chain.world.instance.drop_cents.sum()
