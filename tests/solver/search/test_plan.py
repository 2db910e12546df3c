"""Engine `search` behind `plan_day`: the smallest and the strangest days."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from dispatch.errors import InputError
from dispatch.feasibility import check_plan, check_routes
from dispatch.plan import RouteSteps, VisitStep
from dispatch.ports import Limits
from dispatch.problem import Assignment
from dispatch.schedule import schedule_plan
from dispatch.service import plan_day
from dispatch.tickets import Pin
from dispatch.tiers import Tier
from dispatch.travel import from_arrays
from dispatch.weights import Weights
from solver.search.arrays import build
from solver.search.engine import SearchEngine


def _plan(road, problem, *, travel=None, iterations=100, **more):
    travel = road.travel(problem) if travel is None else travel
    plan = plan_day(problem, travel, SearchEngine(), limits=Limits(iterations=iterations), seed=5, **more)
    assert check_plan(problem, travel, plan) == []
    return plan


def _orders(plan):
    return {route.shift_id: [visit.ticket_id for visit in route.visits] for route in plan.routes}


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("tickets", [0, 1])
def test_zero_and_one_ticket(tickets, workers, road):
    problem = road.problem([road.ticket("t", 10)][:tickets], [road.technician("a")])
    assert _orders(_plan(road, problem, workers=workers)) == ({"a-day": ["t"]} if tickets else {})


def test_a_technician_without_a_shift(road):
    people = [road.technician("a"), road.technician("b")]
    problem = road.problem([road.ticket("t", 10)], people, [road.shift("b")])
    assert _orders(_plan(road, problem)) == {"b-day": ["t"]}


def test_all_at_one_place(road):
    tickets = [road.ticket(f"t{k}", 0, 60) for k in range(12)]
    plan = _plan(road, road.problem(tickets, [road.technician("a"), road.technician("b")]), workers=2)
    assert sum(len(order) for order in _orders(plan).values()) == 12
    assert sum(route.travel_s for route in plan.routes) == 0


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("plain", [False, True])
def test_an_asymmetric_matrix_without_the_triangle_inequality(plain, seed, road, make_plain):
    rng = np.random.default_rng(seed)
    opens = [480 + 30 * int(k) for k in rng.integers(0, 12, size=14)]
    tickets = [road.ticket(f"t{k}", k + 1, 5, windows=(road.window(at, at + 45),)) for k, at in enumerate(opens)]
    problem = road.problem(tickets, [road.technician("a"), road.technician("b"), road.technician("c")])
    size = len(problem.places)
    travel = from_arrays(problem.places, *rng.integers(60, 6000, size=(2, size, size)), source="wild")
    if plain:
        problem, travel = make_plain((problem, travel))
    assert _plan(road, problem, travel=travel, iterations=400).routes


def test_pins_that_contradict_each_other(road):
    """Both fit the shift alone, but nobody drives 120 minutes in 60: one of them stays out, whatever it costs."""
    tickets = [
        road.ticket("t", 60, 10, pin=Pin(technician_ids=("a",), start_s=600 * 60)),
        road.ticket("u", 180, 10, pin=Pin(technician_ids=("a",), start_s=670 * 60)),
        road.ticket("v", 30, 10),
    ]
    plan = _plan(road, road.problem(tickets, [road.technician("a"), road.technician("b")]))
    assert len(plan.unserved) == 1
    assert plan.unserved[0].ticket_id in {"t", "u"}


def test_a_pin_comes_before_any_cost(road):
    """One visit fits. The pinned one is the cheaper one to leave out."""
    window = (road.window(500, 500),)
    tickets = [
        road.ticket("t", 10, 60, windows=window, unserved_cents=10**9),
        road.ticket("u", 10, 60, windows=window, unserved_cents=0, pin=Pin(technician_ids=("a",))),
    ]
    assert _orders(_plan(road, road.problem(tickets, [road.technician("a")]))) == {"a-day": ["u"]}


@pytest.mark.parametrize("workers", [1, 2])
def test_the_same_call_gives_the_same_plan(workers, road):
    tickets = [
        road.ticket(f"t{k}", 7 * k % 50, 20 + k, windows=(road.window(480 + 10 * k, 700 + 10 * k),)) for k in range(24)
    ]
    shifts = [road.shift(name, breaks=[road.rest(700, 760, 30)]) for name in "abc"]
    problem = road.problem(tickets, [road.technician(name) for name in "abc"], shifts)
    first, second = (_plan(road, problem, iterations=500, workers=workers) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("first", ["a", "b"])
def test_a_warm_start_is_never_made_dearer(first, road):
    tickets = [road.ticket(f"t{k}", 9 * k % 40 + 5, 20) for k in range(10)]
    shifts = [road.shift("a", breaks=[road.rest(600, 640, 30)]), road.shift("b")]
    problem = road.problem(tickets, [road.technician("a"), road.technician("b")], shifts)
    steps = tuple(VisitStep(ticket_id=f"t{k}") for k in (range(8) if first == "b" else reversed(range(2))))
    start = [RouteSteps(shift_id=f"{first}-day", steps=steps)]
    for routes in (start, [route.steps for route in _plan(road, problem, iterations=300).routes]):
        before = schedule_plan(problem, road.travel(problem), routes)
        assert check_routes(problem, road.travel(problem), before) == []
        plan = _plan(road, problem, iterations=1, warm_start=routes)
        assert plan.total_cents <= road.cost_cents(problem, before)


def test_a_shift_may_end_where_it_likes(road):
    """`t` pays at the end of the route only, where no leg leads on."""
    tickets = [road.ticket("s", 30, 0, unserved_cents=10**6), road.ticket("t", 31, 0, unserved_cents=1500)]
    shift = dataclasses.replace(road.shift("a"), end_place=None)
    problem = road.problem(tickets, [road.technician("a")], [shift])
    assert _orders(_plan(road, problem)) == {"a-day": ["s", "t"]}


def test_somebody_who_left_still_counts_as_a_change(road):
    """The plan in force names a technician who is gone: any other one is a change, as in the domain."""
    was = (Assignment(ticket_id="t", role=0, technician_id="gone", start_s=490 * 60),)
    problem = road.problem([road.ticket("t", 10)], [road.technician("a")], baseline=was)
    assert build(problem, road.travel(problem)).base_technician.tolist() == [-2]
    assert _plan(road, problem).cost["change"] == problem.weights.change_cents


OVERFLOWS = {
    "cost of leaving a ticket out": lambda road: {"ticket": {"unserved_cents": 2**62}},
    "cost beyond 64 bits": lambda road: {"ticket": {"unserved_cents": 10**30}},
    "weight of a tier": lambda road: {"tiers": (Tier(name="plain", level=0, weight=10**14),)},
    "weight beyond 64 bits": lambda road: {
        "tiers": (Tier(name="plain", level=0, weight=10**30),),
        "weights": Weights(unserved_cents=0, deferred_cents=0, breach_cents=0, lateness_cents_per_min=0),
    },
}


@pytest.mark.parametrize("case", OVERFLOWS)
def test_costs_that_overflow_are_refused(case, road):
    more = OVERFLOWS[case](road)
    ticket = road.ticket("t", 10, **more.pop("ticket", {}))
    with pytest.raises(InputError) as caught:
        _plan(road, road.problem([ticket], [road.technician("a")], **more))
    assert caught.value.code == "cost.overflow"


@pytest.mark.parametrize("quantity", [2**31, 10**30])
def test_numbers_beyond_31_bits_are_refused(quantity, road):
    cases = [
        road.problem([road.ticket("t", 10, parts={"fuse": quantity})], [road.technician("a")]),
        road.problem([road.ticket("t", 10, parts={"fuse": 1})], [road.technician("a", stock={"fuse": quantity})]),
    ]
    for problem in cases:
        with pytest.raises(InputError) as caught:
            build(problem, road.travel(problem))
        assert caught.value.code == "search.range"


def test_a_visit_that_costs_more_than_31_bits_is_refused(road):
    people = [road.technician("a", skills={"gas": 5})]
    problem = road.problem(
        [road.ticket("t", 10, skills={"gas": 1})], people, weights=Weights(overqualified_cents=10**9)
    )
    with pytest.raises(InputError) as caught:
        build(problem, road.travel(problem))
    assert caught.value.code == "search.range"
