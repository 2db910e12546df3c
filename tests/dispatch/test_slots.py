"""Appointment offers against all positions of all routes, and what they promise."""

from __future__ import annotations

import dataclasses
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.errors import InputError
from dispatch.feasibility import check_routes
from dispatch.improve import TRIALS
from dispatch.objective import cost_terms, served_ids
from dispatch.plan import BreakStep, RouteSteps, VisitStep
from dispatch.ports import EngineRequest, Limits
from dispatch.schedule import place_breaks, schedule_plan
from dispatch.slots import slots, windows_of
from dispatch.tickets import After, Pin
from dispatch.tiers import Point
from solver.greedy import GreedyEngine

MIN_S, HOUR_S = 60, 3600


def _offers(line, problem, routes, *windows, name="new"):
    return slots(problem, line.travel(problem), routes, name, [line.window(*window) for window in windows])


@pytest.fixture
def lanes(line):
    """ann: a1 at m10 from 490, then home; bob: b1 at m30 from 600 to 630."""
    tickets = [line.ticket("a1", 10), line.ticket("b1", 30, windows=[(600, 600)]), line.ticket("new", 20)]
    problem = line.problem(
        tickets, [line.technician("ann"), line.technician("bob")], [line.shift("ann"), line.shift("bob")]
    )
    routes = schedule_plan(problem, line.travel(problem), [line.steps("ann1", "a1"), line.steps("bob1", "b1")])
    return problem, routes


def test_each_window_has_its_cheapest_offer(line, lanes):
    """Early, ann goes there before a1, 10 minutes and km each way; from 640 on bob passes by on his way home."""
    problem, routes = lanes
    found = _offers(line, problem, routes, (500, 520), (640, 700))
    assert [(one.window, one.shift_id, one.start_s // MIN_S) for one in found] == [
        (line.window(640, 700), "bob1", 640),
        (line.window(500, 520), "ann1", 500),
    ]
    # Late: 30 minutes more work. Early: 50 minutes more work, 20 of them and 20 km on the road; a1 at 540, not at 490.
    # Driving and service above 45 minutes a shift cost 200 cents an hour: 30 minutes more; 55 in place of 5.
    assert [one.cost_cents for one in found] == [1500 + 100, 2500 + 400 + 600 + 183 - 17]
    assert [one.moved for one in found] == [0, 1]


def test_what_a_start_misses_and_whom_it_moves_is_said(line):
    tier = line.tier("gold", ("respond", 495, Point.START), ("solve", 530, Point.FINISH))
    tickets = [line.ticket("a1", 10, windows=[(490, 520)]), line.ticket("new", 5, tier="gold")]
    problem = line.solo(tickets, world={"tiers": (line.plain, tier)})
    routes = schedule_plan(problem, line.travel(problem), [line.steps("ann1", "a1")])
    early, late = _offers(line, problem, routes, (491, 600), (480, 490))
    assert (early.start_s, early.late, early.moved) == (485 * MIN_S, (), 1)  # a1 at 520, not at 490
    assert (late.start_s, late.late, late.moved) == (525 * MIN_S, ("respond", "solve"), 0)
    assert late.cost_cents - early.cost_cents == 50_000 + 100 * (30 + 25)  # the work is the same


def test_a_window_that_nobody_can_keep_makes_no_offer(line, lanes):
    assert _offers(line, *lanes, (300, 499), (1010, 1100)) == ()
    assert _offers(line, *lanes) == ()


def test_a_pinned_start_does_not_stand_in_place_of_the_offer(line, lanes):
    problem, routes = lanes
    ticket = problem.ticket_by_id["new"]
    pin = Pin(technician_ids=("ann",), start_s=800 * MIN_S)
    pinned = problem.with_ticket(dataclasses.replace(ticket, pin=pin, windows=(line.window(900, 901),)))
    (one,) = _offers(line, pinned, routes, (640, 700))
    assert (one.technician_id, one.start_s) == ("ann", 640 * MIN_S)  # the lock holds


@pytest.mark.parametrize("name", ["a1", "both", "second", "?"])
def test_a_ticket_that_can_have_no_offers_is_refused(line, name):
    second = line.ticket("second", 20, after=(After(ticket_id="a1"),))
    problem = line.solo([line.ticket("a1", 10), line.ticket("both", 20, crew=({},)), second])
    routes = schedule_plan(problem, line.travel(problem), [line.steps("ann1", "a1")])
    with pytest.raises(InputError) as caught:
        _offers(line, problem, routes, (480, 600), name=name)
    assert [(fault.rule, fault.value) for fault in caught.value.faults] == [("slots.ticket", name)]


@pytest.mark.parametrize(
    ("first", "last", "length", "step", "expected"),
    [
        (0, 120, 60, None, [(0, 60), (60, 120)]),
        (0, 119, 60, None, [(0, 60)]),
        (0, 120, 60, 30, [(0, 60), (30, 90), (60, 120)]),
        (0, 59, 60, None, []),
    ],
)
def test_windows_of_a_length(first, last, length, step, expected):
    found = windows_of(first, last, length_s=length, step_s=step)
    assert [(window.start_s, window.end_s) for window in found] == expected


@pytest.mark.parametrize(("length", "step"), [(0, None), (-1, None), (60, 0), (60, -1)])
def test_windows_need_a_length(length, step):
    with pytest.raises(InputError) as caught:
        windows_of(0, 100, length_s=length, step_s=step)
    assert [fault.rule for fault in caught.value.faults] == ["slots.length"]


# Random days


def _planned(problem, travel, insertions):
    request = EngineRequest(problem=problem, travel=travel, limits=Limits(iterations=insertions), seed=0)
    steps = [place_breaks(problem, travel, own) for own in GreedyEngine().solve(request).routes]
    return schedule_plan(problem, travel, steps)


def _everywhere(problem, travel, routes, ticket, window):
    """All plans with the ticket at any position of any route in this window, by the checker alone: (cents, routes)."""
    world = problem.with_ticket(dataclasses.replace(ticket, windows=(window,)))
    old = {route.shift_id: route for route in routes}
    before = sum(cents for name, cents in cost_terms(problem, routes).items() if name != "unserved")
    for shift in problem.shifts:
        own = old[shift.id].steps.steps if shift.id in old else ()
        words = [step for step in own if not isinstance(step, BreakStep)]
        for position in range(len(words) + 1):
            steps = (*words[:position], VisitStep(ticket_id=ticket.id), *words[position:])
            placed = place_breaks(world, travel, RouteSteps(shift_id=shift.id, steps=steps))
            (trial,) = schedule_plan(world, travel, [placed])
            plan = [*(route for name, route in old.items() if name != shift.id), trial]
            if not check_routes(world, travel, plan):
                after = sum(cents for name, cents in cost_terms(problem, plan).items() if name != "unserved")
                yield after - before, trial


def test_offers_are_the_best_of_all_positions(crowded):
    """Without restocks and with few gaps each offer is the cheapest there is, and a window without one has none."""
    seen: Counter[str] = Counter()

    @settings(max_examples=25)
    @given(seed=st.integers(0, 10**6), insertions=st.integers(0, 3))
    def run(seed, insertions):
        problem, travel = crowded(seed, breaks=0, tickets=8)
        problem = problem.replace(
            technicians=tuple(dataclasses.replace(one, centre_id=None) for one in problem.technicians),
            centres=(),
            tickets=tuple(dataclasses.replace(one, pin=None) for one in problem.tickets),
        )
        routes = _planned(problem, travel, insertions)
        assert insertions + len(problem.shifts) <= TRIALS  # all gaps are tried
        ticket = next(one for one in problem.tickets if one.id not in served_ids(routes))
        windows = windows_of(7 * HOUR_S, 15 * HOUR_S, length_s=2 * HOUR_S)
        found = {one.window: one for one in slots(problem, travel, routes, ticket.id, windows)}
        for window in windows:
            every = list(_everywhere(problem, travel, routes, ticket, window))
            assert (window in found) == bool(every)
            if every:
                assert found[window].cost_cents == min(cents for cents, _ in every)
                assert found[window].start_s in {
                    visit.start_s
                    for cents, route in every
                    for visit in route.visits
                    if visit.ticket_id == ticket.id and cents == found[window].cost_cents
                }
            seen[str(bool(every))] += 1

    run()
    assert min(seen["True"], seen["False"]) >= 20, seen


def test_an_offer_can_be_kept(crowded):
    """Breaks, restocks, many gaps: whoever takes an offer finds it in a plan that breaks no rule, at its price."""
    kept: Counter[str] = Counter()

    @settings(max_examples=25)
    @given(seed=st.integers(0, 10**6), insertions=st.integers(0, 6), breaks=st.integers(0, 2))
    def run(seed, insertions, breaks):
        problem, travel = crowded(seed, breaks=breaks)
        routes = _planned(problem, travel, insertions)
        left = [one for one in problem.tickets if one.id not in served_ids(routes)]
        if not left:
            return
        ticket = left[0]
        windows = windows_of(7 * HOUR_S, 15 * HOUR_S, length_s=3 * HOUR_S, step_s=2 * HOUR_S)
        found = slots(problem, travel, routes, ticket.id, windows)
        assert [one.cost_cents for one in found] == sorted(one.cost_cents for one in found)
        assert {one.window for one in found} <= set(windows)
        for one in found:
            assert one.window.start_s <= one.start_s <= one.window.end_s
            # The best that a dispatcher finds by hand, on that route and in that window, is no dearer and no other.
            plans = [
                (cents, route)
                for cents, route in _everywhere(problem, travel, routes, ticket, one.window)
                if route.shift_id == one.shift_id
            ]
            if any(cents == one.cost_cents for cents, _ in plans):
                kept["plain"] += 1
            else:  # only a restock on the way makes it possible there
                assert ticket.parts or ticket.tools
                kept["restocked"] += 1
            late = {missed for _, route in plans for v in route.visits if v.ticket_id == ticket.id for missed in v.late}
            assert set(one.late) <= {missed.target for missed in late} or ticket.parts or ticket.tools

    run()
    assert kept["plain"] >= 20, kept
