"""What a dispatcher's change would do: its price, what it breaks and whom it moves."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.adjust import KeepVisit, MoveVisit, ReleaseVisit, RemoveVisit, consider
from dispatch.errors import InputError
from dispatch.feasibility import check_routes
from dispatch.objective import cost_terms, served_ids
from dispatch.plan import BreakStep, Rest, VisitStep
from dispatch.ports import EngineRequest, Limits
from dispatch.schedule import place_breaks, schedule_plan
from dispatch.tickets import After, Pin
from solver.greedy import GreedyEngine

MIN_S = 60


@pytest.fixture
def lanes(line):
    """ann: a1 at m5 (485), a2 at m10 (520); bob: b1 at m20 (500), b2 at m30 (540); nobody: free at m40."""
    tickets = [line.ticket(name, at) for name, at in (("a1", 5), ("a2", 10), ("b1", 20), ("b2", 30), ("free", 40))]
    problem = line.problem(
        tickets, [line.technician("ann"), line.technician("bob")], [line.shift("ann"), line.shift("bob")]
    )
    travel = line.travel(problem)
    routes = schedule_plan(problem, travel, [line.steps("ann1", "a1", "a2"), line.steps("bob1", "b1", "b2")])
    return problem, travel, routes


def _words(routes):
    return {route.shift_id: [visit.ticket_id for visit in route.visits] for route in routes}


def _starts(routes):
    return {(v.ticket_id, v.role): (r.technician_id, v.start_s) for r in routes for v in r.visits}


@pytest.mark.parametrize(
    ("position", "expected"),
    [(0, ["b1", "a1", "a2"]), (1, ["a1", "b1", "a2"]), (2, ["a1", "a2", "b1"]), (None, ["a1", "a2", "b1"])],
)
def test_a_visit_goes_where_it_is_told_to_or_where_it_costs_least(lanes, position, expected):
    done = consider(*lanes, MoveVisit(ticket_id="b1", shift_id="ann1", position=position))
    assert _words(done.routes) == {"ann1": expected, "bob1": ["b2"]}
    assert done.violations == ()


def test_a_ticket_without_a_visit_gets_one(lanes):
    problem, travel, routes = lanes
    done = consider(problem, travel, routes, MoveVisit(ticket_id="free", shift_id="bob1"))
    assert _words(done.routes)["bob1"] == ["b1", "b2", "free"]
    assert done.moves == ()
    assert done.difference_cents["unserved"] == -15_000  # it was put off to another day
    # 20 minutes and 20 km more on the road, 50 minutes more work: 400, 600 and 2500 cents.
    more = {name: done.difference_cents[name] for name in ("travel_time", "travel_distance", "work_time")}
    assert more == {"travel_time": 400, "travel_distance": 600, "work_time": 2500}
    assert done.total_cents == sum(done.difference_cents.values())


def test_a_move_on_its_own_route_counts_positions_without_the_visit(lanes):
    done = consider(*lanes, MoveVisit(ticket_id="a1", shift_id="ann1", position=1))
    assert _words(done.routes)["ann1"] == ["a2", "a1"]
    with pytest.raises(InputError) as caught:
        consider(*lanes, MoveVisit(ticket_id="a1", shift_id="ann1", position=2))
    assert [fault.rule for fault in caught.value.faults] == ["change.position"]


def test_others_who_start_at_another_time_are_named(lanes):
    """b1 before a1 and a2: ann is at a1 at 500 + 30 + 15 = 545 instead of 485; b2 stays at 540 - 30 - 10 for bob."""
    done = consider(*lanes, MoveVisit(ticket_id="b1", shift_id="ann1", position=0))
    found = {one.ticket_id: (one.start_s // MIN_S, one.to_start_s // MIN_S) for one in done.moves}
    assert found == {"a1": (485, 545), "a2": (520, 580), "b2": (540, 510)}


def test_the_only_visit_of_a_route_leaves_no_route(lanes):
    problem, travel, routes = lanes
    one = consider(problem, travel, routes, RemoveVisit(ticket_id="a1")).routes
    done = consider(problem, travel, one, RemoveVisit(ticket_id="a2"))
    assert _words(done.routes) == {"bob1": ["b1", "b2"]}
    back = consider(problem, travel, done.routes, MoveVisit(ticket_id="a2", shift_id="ann1"))
    assert _words(back.routes) == {"ann1": ["a2"], "bob1": ["b1", "b2"]}


def test_all_of_a_crew_go_and_a_role_moves_alone(line):
    problem = line.problem(
        [line.ticket("both", 10, crew=({},)), line.ticket("t", 20)],
        [line.technician(name) for name in ("ann", "bob", "cat")],
        [line.shift(name) for name in ("ann", "bob", "cat")],
    )
    travel = line.travel(problem)
    routes = schedule_plan(problem, travel, [line.steps("ann1", "both"), line.steps("bob1", "both/1", "t")])
    assert _words(consider(problem, travel, routes, RemoveVisit(ticket_id="both")).routes) == {"bob1": ["t"]}
    done = consider(problem, travel, routes, MoveVisit(ticket_id="both", shift_id="cat1", role=1))
    assert {key: who for key, (who, _) in _starts(done.routes).items()} == {
        ("both", 0): "ann",
        ("both", 1): "cat",
        ("t", 0): "bob",
    }
    assert done.violations == ()
    same = consider(problem, travel, routes, MoveVisit(ticket_id="both", shift_id="ann1", role=1))
    assert "crew_same_technician" in {one.code for one in same.violations}


def test_what_a_change_breaks_is_named_and_what_was_broken_before_is_not(line):
    problem = line.solo(
        [line.ticket("t1", 10, windows=[(490, 500)]), line.ticket("t2", 20, windows=[(480, 485)]), line.ticket("t3", 5)]
    )
    travel = line.travel(problem)
    routes = schedule_plan(problem, travel, [line.steps("ann1", "t1", "t2")])
    assert [one.code for one in check_routes(problem, travel, routes)] == ["window_missed"]
    behind = consider(problem, travel, routes, MoveVisit(ticket_id="t3", shift_id="ann1", position=2))
    assert behind.violations == ()
    before = consider(problem, travel, routes, MoveVisit(ticket_id="t3", shift_id="ann1", position=0))
    assert [(one.code, one.ticket_id) for one in before.violations] == [("window_missed", "t1")]
    best = consider(problem, travel, routes, MoveVisit(ticket_id="t3", shift_id="ann1"))
    assert _words(best.routes)["ann1"].index("t3") > _words(best.routes)["ann1"].index("t1")


def test_a_ticket_whose_first_one_goes_is_broken(line):
    problem = line.problem(
        [line.ticket("t1", 10), line.ticket("t2", 20, after=(After(ticket_id="t1"),))],
        [line.technician("ann"), line.technician("bob")],
        [line.shift("ann"), line.shift("bob")],
    )
    travel = line.travel(problem)
    routes = schedule_plan(problem, travel, [line.steps("ann1", "t1"), line.steps("bob1", "t2")])
    done = consider(problem, travel, routes, RemoveVisit(ticket_id="t1"))
    assert [(one.code, one.ticket_id) for one in done.violations] == [("after_unserved", "t2")]


def test_breaks_are_placed_anew_where_the_steps_change(line):
    """The break at 540-600 lies between a1 and a2; with a1 gone it fits after the return, and leaves the route."""
    problem = line.solo([line.ticket("a1", 5, 60), line.ticket("a2", 10, 60)], breaks=[(540, 580, 30)])
    travel = line.travel(problem)
    routes = schedule_plan(problem, travel, [place_breaks(problem, travel, line.steps("ann1", "a1", "a2"))])
    rests = [stop.start_s for stop in routes[0].stops if isinstance(stop, Rest)]
    assert len(rests) == 1
    done = consider(problem, travel, routes, RemoveVisit(ticket_id="a1"))
    assert [stop for stop in done.routes[0].stops if isinstance(stop, Rest)] == []
    back = consider(problem, travel, done.routes, MoveVisit(ticket_id="a1", shift_id="ann1", position=0))
    assert back.routes == routes


@pytest.mark.parametrize("start", [False, True])
def test_a_visit_is_kept_with_who_has_it_and_released(lanes, start):
    problem, travel, routes = lanes
    done = consider(problem, travel, routes, KeepVisit(ticket_id="b2", start=start))
    pin = Pin(technician_ids=("bob",), start_s=540 * MIN_S if start else None)
    assert done.problem == problem.with_ticket(done.problem.ticket_by_id["b2"])
    assert done.problem.ticket_by_id["b2"].pin == pin
    assert (done.routes, done.violations, done.moves, done.total_cents) == (routes, (), (), 0)
    moved = consider(done.problem, travel, routes, MoveVisit(ticket_id="b2", shift_id="ann1"))
    assert "pin_technician" in {one.code for one in moved.violations}
    free = consider(done.problem, travel, routes, ReleaseVisit(ticket_id="b2"))
    assert free.problem == problem


def test_a_crew_is_kept_in_the_order_of_its_roles(line):
    problem = line.problem(
        [line.ticket("both", 10, crew=({},))],
        [line.technician("ann"), line.technician("bob")],
        [line.shift("ann"), line.shift("bob")],
    )
    travel = line.travel(problem)
    routes = schedule_plan(problem, travel, [line.steps("ann1", "both/1"), line.steps("bob1", "both")])
    done = consider(problem, travel, routes, KeepVisit(ticket_id="both", start=True))
    assert done.problem.ticket_by_id["both"].pin == Pin(technician_ids=("bob", "ann"), start_s=490 * MIN_S)
    with pytest.raises(InputError) as caught:
        consider(problem, travel, routes[:1], KeepVisit(ticket_id="both"))
    assert [fault.rule for fault in caught.value.faults] == ["change.unserved"]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (MoveVisit(ticket_id="?", shift_id="ann1"), "change.ticket"),
        (RemoveVisit(ticket_id="?"), "change.ticket"),
        (MoveVisit(ticket_id="a1", shift_id="?"), "change.shift"),
        (MoveVisit(ticket_id="a1", shift_id="ann1", role=1), "change.role"),
        (MoveVisit(ticket_id="a1", shift_id="ann1", role=-1), "change.role"),
        (MoveVisit(ticket_id="a1", shift_id="bob1", position=3), "change.position"),
        (MoveVisit(ticket_id="a1", shift_id="bob1", position=-1), "change.position"),
        (KeepVisit(ticket_id="free"), "change.unserved"),
    ],
)
def test_a_change_that_names_what_is_not_there_is_refused(lanes, change, rule):
    with pytest.raises(InputError) as caught:
        consider(*lanes, change)
    assert [fault.rule for fault in caught.value.faults] == [rule]


# Random days


def _planned(problem, travel, insertions=50):
    request = EngineRequest(problem=problem, travel=travel, limits=Limits(iterations=insertions), seed=0)
    steps = [place_breaks(problem, travel, own) for own in GreedyEngine().solve(request).routes]
    return schedule_plan(problem, travel, steps)


def _place_of(routes, ticket_id):
    """Shift and position, breaks not counted, of a visit."""
    for route in routes:
        words = [step for step in route.steps.steps if not isinstance(step, BreakStep)]
        if VisitStep(ticket_id=ticket_id) in words:
            return route.shift_id, words.index(VisitStep(ticket_id=ticket_id))
    raise AssertionError(ticket_id)


def test_price_moves_and_faults_are_those_of_the_whole_plan(crowded):
    """Whatever is changed: the difference is cost after less cost before, and what breaks is what the checker finds."""
    seen: Counter[str] = Counter()

    @settings(max_examples=40)
    @given(seed=st.integers(0, 10**6), breaks=st.integers(0, 2), after=st.sampled_from([0, 0, 4]))
    def run(seed, breaks, after):
        free, travel = crowded(seed, breaks=breaks)
        routes = _planned(free, travel)
        problem, _ = crowded(seed, breaks=breaks, after=after)
        rng = random.Random(seed)
        if after:
            routes = schedule_plan(problem, travel, [route.steps for route in routes])
        ticket, shift = rng.choice(problem.tickets), rng.choice(problem.shifts)
        where = rng.choice([None, None, 0])
        change = rng.choice(
            [RemoveVisit(ticket_id=ticket.id), *3 * [MoveVisit(ticket_id=ticket.id, shift_id=shift.id, position=where)]]
        )
        done = consider(problem, travel, routes, change)
        assert done.routes == schedule_plan(problem, travel, [route.steps for route in done.routes])
        before, now = cost_terms(problem, routes), cost_terms(problem, done.routes)
        assert done.difference_cents == {name: now[name] - before[name] for name in now}
        known = {(one.code, one.shift_id, one.ticket_id) for one in check_routes(problem, travel, routes)}
        broken = [
            one
            for one in check_routes(problem, travel, done.routes)
            if (one.code, one.shift_id, one.ticket_id) not in known
        ]
        assert sorted(map(str, done.violations)) == sorted(map(str, broken))
        old, new = _starts(routes), _starts(done.routes)
        slack_s = problem.weights.change_tolerance_s
        moved = {
            key[0]
            for key, (who, at_s) in old.items()
            if key[0] != ticket.id and (new[key][0] != who or abs(new[key][1] - at_s) > slack_s)
        }
        assert {one.ticket_id for one in done.moves} == moved
        assert served_ids(done.routes) ^ served_ids(routes) <= {ticket.id}
        seen.update(broken=bool(broken), fine=not broken, moved=bool(moved))

    run()
    assert min(seen["broken"], seen["fine"], seen["moved"]) >= 5, seen


@settings(max_examples=30)
@given(seed=st.integers(0, 10**6), breaks=st.integers(0, 2))
def test_there_and_back_again_costs_nothing(crowded, seed, breaks):
    problem, travel = crowded(seed, breaks=breaks)
    routes = _planned(problem, travel)
    rng = random.Random(seed)
    if not served_ids(routes):
        return
    ticket_id = rng.choice(sorted(served_ids(routes)))
    shift_id, position = _place_of(routes, ticket_id)
    own = next(route for route in routes if route.shift_id == shift_id)
    if len(own.visits) == 1 and len(own.steps.steps) > 1:
        return  # a route without visits ends, and its restock is not put back
    away = rng.choice(
        [
            RemoveVisit(ticket_id=ticket_id),
            *(MoveVisit(ticket_id=ticket_id, shift_id=shift.id, position=0) for shift in problem.shifts),
        ]
    )
    there = consider(problem, travel, routes, away)
    back = consider(problem, travel, there.routes, MoveVisit(ticket_id=ticket_id, shift_id=shift_id, position=position))
    assert back.routes == routes
    assert there.total_cents + back.total_cents == 0


@settings(max_examples=25)
@given(seed=st.integers(0, 10**6), breaks=st.integers(0, 1))
def test_the_best_position_breaks_least_then_costs_least(crowded, seed, breaks):
    problem, travel = crowded(seed, breaks=breaks)
    routes = _planned(problem, travel, insertions=4)
    rng = random.Random(seed)
    ticket, shift = rng.choice(problem.tickets), rng.choice(problem.shifts)

    def rank(position):
        done = consider(problem, travel, routes, MoveVisit(ticket_id=ticket.id, shift_id=shift.id, position=position))
        own = [route for route in done.routes if route.shift_id == shift.id]
        faults = len(check_routes(problem, travel, own))
        return faults, 0 if faults else done.total_cents

    own = next((route for route in routes if route.shift_id == shift.id), None)
    steps = [] if own is None else [step for step in own.steps.steps if not isinstance(step, BreakStep)]
    places = len([step for step in steps if step != VisitStep(ticket_id=ticket.id)]) + 1
    assert rank(None) == min(rank(position) for position in range(places))
