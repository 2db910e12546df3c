"""The rest of random days, planned again within a budget."""

from __future__ import annotations

import dataclasses
import random
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.feasibility import check_plan
from dispatch.objective import cost_terms, served_ids
from dispatch.plan import Route
from dispatch.problem import Problem
from dispatch.replan import Budget, Replanned, State, remaining, replan_day
from dispatch.replan.standing import standing
from dispatch.weights import Weights
from solver.registry import engine as make_engine
from tests.dispatch.replan.part_days import FEW, greedy_routes


def _moved(promised: dict, routes: tuple[Route, ...], tolerance_s: int) -> dict:
    """Promises that the routes break, counted without the code that is tested: key -> what it is now."""
    now = {}
    for route in routes:
        for visit in route.visits:
            now[visit.ticket_id, visit.role] = route.technician_id, visit.start_s
    broken = {}
    for key, (who, start_s) in promised.items():
        if key not in now:
            broken[key] = None
        elif now[key][0] != who or not start_s - tolerance_s <= now[key][1] <= start_s + tolerance_s:
            broken[key] = now[key]
    return broken


def _promised(routes, problem):
    return {
        (visit.ticket_id, visit.role): (route.technician_id, visit.start_s)
        for route in routes
        for visit in route.visits
        if visit.ticket_id in problem.ticket_by_id
    }


@st.composite
def budgets(draw):
    return Budget(
        most_moved=draw(st.sampled_from([None, 0, 0, 1, 2, 3, 4, 5])),
        keep_times=draw(st.booleans()),
        tolerance_s=draw(st.sampled_from([None, 0, 600])),
    )


def _disturbed(problem: Problem, rng: random.Random) -> Problem:
    """Now and then somebody is ill or a ticket is cancelled."""
    tickets, shifts = problem.tickets, problem.shifts
    if rng.random() < 0.3:
        gone = rng.choice(shifts).technician_id
        shifts = tuple(shift for shift in shifts if shift.technician_id != gone)
        tickets = tuple(
            dataclasses.replace(one, pin=None) if one.pin and gone in one.pin.technician_ids else one for one in tickets
        )
    if rng.random() < 0.3:
        gone_ticket = rng.choice(tickets)
        tickets = tuple(one for one in tickets if one is not gone_ticket)
    return problem.replace(tickets=tickets, shifts=shifts)


def _check(problem, travel, routes, reports, now_s, budget, done: Replanned) -> Counter[str]:
    """All that a replanned day promises."""
    assert check_plan(done.problem, travel, done.plan) == []
    rest = remaining(problem, routes, reports, now_s=now_s)
    promised = _promised(routes, rest.problem)
    promised = {key: who for key, who in promised.items() if key[0] not in {one.ticket_id for one in reports}}
    slack_s = problem.weights.change_tolerance_s if budget.tolerance_s is None else budget.tolerance_s
    moved = _moved(promised, done.plan.routes, slack_s)
    assert {one.key: one.to_technician_id and (one.to_technician_id, one.to_start_s) for one in done.moves} == moved
    still = standing(rest.problem, travel, rest.steps)
    forced = _moved(promised, still, slack_s)
    assert done.forced == set(forced)
    free = set(moved) - set(forced)
    if budget.most_moved is not None:
        assert len(free) <= budget.most_moved
    if budget.keep_times:
        for key in free:
            assert moved[key] is None or abs(moved[key][1] - promised[key][1]) <= slack_s
    steps = [(one.moved, one.cost_cents) for one in done.options]
    assert steps == sorted(steps)
    assert all(more[1] < less[1] for less, more in pairwise(steps))
    cents = sum(cost_terms(rest.problem, done.plan.routes).values())
    assert done.price_cents == cents - min(cost for _, cost in steps) >= 0
    assert any(count <= len(free) and cost <= cents for count, cost in steps)  # this plan, or one that beats it
    if budget.most_moved is None:
        assert done.price_cents == 0
    over = {one.ticket_id for one in reports if one.state is not State.FAILED}
    assert over.isdisjoint(served_ids(done.plan.routes))
    assert all(visit.start_s >= now_s for route in done.plan.routes for visit in route.visits)
    return Counter(
        moved=len(moved), forced=len(forced), free=len(free), placed=len(served_ids(done.plan.routes)), runs=1
    )


@pytest.mark.parametrize(("name", "examples", "least"), [(None, 45, 1), ("greedy", 8, 0), ("search", 10, 3)])
def test_a_budget_is_never_exceeded(crowded, reports_until, name, examples, least):
    engine = make_engine(name) if name else None
    seen: Counter[str] = Counter()

    @settings(max_examples=examples)
    @given(
        seed=st.integers(0, 10**6),
        now_s=st.integers(7 * 3600, 10 * 3600),
        late_s=st.sampled_from([0, 900, 3600]),
        budget=budgets(),
        change=st.sampled_from([None, 0]),
    )
    def run(seed, now_s, late_s, budget, change):
        whole, travel = crowded(seed, breaks=seed % 2)
        if change is not None:  # so that moving is free, and only the budget stands against it
            whole = whole.replace(weights=Weights(change_cents=change))
        # Every other ticket is an emergency that nobody has planned.
        known = tuple(ticket for number, ticket in enumerate(whole.tickets) if number % 2)
        routes = greedy_routes(whole.replace(tickets=known), travel)
        rng = random.Random(seed)
        reports = reports_until(routes, now_s, rng, most_late_s=late_s)
        problem = _disturbed(whole, rng)
        done = replan_day(
            problem,
            travel,
            engine,
            in_force=routes,
            reports=reports,
            now_s=now_s,
            budget=budget,
            limits=FEW[name] if name else None,
        )
        seen.update(_check(problem, travel, routes, reports, now_s, budget, done))

    run()
    assert seen["placed"] >= 3 * seen["runs"], seen
    assert seen["forced"] >= 4, seen
    assert seen["free"] >= least, seen


@settings(max_examples=12)
@given(seed=st.integers(0, 10**6), name=st.sampled_from([None, "greedy", "search"]), keep=st.booleans())
def test_when_nothing_has_happened_nobody_is_moved(crowded, seed, name, keep):
    problem, travel = crowded(seed)
    routes = greedy_routes(problem, travel)
    done = replan_day(
        problem,
        travel,
        make_engine(name) if name else None,
        in_force=routes,
        reports=(),
        now_s=0,
        budget=Budget(most_moved=0, keep_times=keep, tolerance_s=0),
        limits=FEW[name] if name else None,
    )
    assert (done.moves, done.forced) == ((), frozenset())
    now = {visit.ticket_id: visit.start_s for route in done.plan.routes for visit in route.visits}
    assert all(now[visit.ticket_id] == visit.start_s for route in routes for visit in route.visits)


@settings(max_examples=10)
@given(seed=st.integers(0, 10**6), now_s=st.integers(7 * 3600, 12 * 3600), budget=budgets())
def test_a_day_with_ties_is_planned_again_without_an_engine(crowded, reports_until, seed, now_s, budget):
    free, travel = crowded(seed)
    routes = greedy_routes(free, travel)
    problem, _ = crowded(seed, after=5)
    reports = reports_until(routes, now_s, random.Random(seed), most_late_s=900)
    done = replan_day(problem, travel, None, in_force=routes, reports=reports, now_s=now_s, budget=budget)
    assert check_plan(done.problem, travel, done.plan) == []


def test_the_same_call_gives_the_same_answer(crowded):
    problem, travel = crowded(5)
    routes = greedy_routes(problem, travel)

    def once():
        return replan_day(
            problem,
            travel,
            make_engine("search"),
            in_force=routes,
            reports=(),
            now_s=9 * 3600,
            budget=Budget(most_moved=2),
            limits=FEW["search"],
            seed=4,
        )

    assert once() == once()
