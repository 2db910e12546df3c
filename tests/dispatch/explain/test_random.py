"""What is said about unserved tickets of random crowded days is true."""

from __future__ import annotations

import itertools

import pytest

from dispatch.explain import LANGUAGES, text
from dispatch.feasibility import check_routes
from dispatch.plan import BreakStep, RestockStep, RouteSteps, VisitStep
from dispatch.ports import EngineAnswer, Feature, Limits
from dispatch.schedule import schedule_plan
from dispatch.service import plan_day
from solver.greedy import GreedyEngine


def _insertable(problem, travel, plan, ticket_id, shift_id):
    """Whether the ticket goes into the plan's route of this shift: every place, restock and seating of breaks."""
    others = [route.steps for route in plan.routes if route.shift_id != shift_id]
    own = next((route.steps.steps for route in plan.routes if route.shift_id == shift_id), ())
    own = [step for step in own if not isinstance(step, BreakStep)]
    breaks = len(problem.shift_by_id[shift_id].breaks)
    visit = VisitStep(ticket_id=ticket_id)
    restocks = [(), *((RestockStep(centre_id=centre.id),) for centre in problem.centres)]
    for place, restock in itertools.product(range(len(own) + 1), restocks):
        visits = [*own[:place], *restock, visit, *own[place:]]
        for seats in itertools.product([None, *range(len(visits) + 1)], repeat=breaks):
            steps = list(visits)
            for number, seat in sorted(enumerate(seats), key=lambda one: -one[0]):
                if seat is not None:
                    steps.insert(seat, BreakStep(index=number))
            decided = RouteSteps(shift_id=shift_id, steps=tuple(steps))
            if not check_routes(problem, travel, schedule_plan(problem, travel, [*others, decided])):
                return True
    return False


def _plan(problem, travel, engine=None):
    return plan_day(problem, travel, engine or GreedyEngine(), limits=Limits(iterations=1000), seed=0)


class Fixed:
    """An engine that gives a known answer and keeps every constraint."""

    name = "fixed"
    version = "1"
    features = frozenset(Feature)

    def __init__(self, routes):
        self.routes = tuple(routes)

    def solve(self, request):
        return EngineAnswer(routes=self.routes, iterations=1)


@pytest.mark.parametrize("seed", range(30))
def test_every_remedy_serves_the_ticket(crowded, apply_remedy, seed):
    problem, travel = crowded(seed, breaks=seed % 2)
    plan = _plan(problem, travel)
    for entry in plan.unserved:
        for remedy in entry.remedies:
            world = apply_remedy(problem, entry.ticket_id, remedy)
            assert _insertable(world, travel, plan, entry.ticket_id, remedy.shift_id), (entry.ticket_id, remedy)


@pytest.mark.parametrize("seed", [100, 101, 102, 103, 105, 106, 107, 108])
def test_every_remedy_serves_the_ticket_beside_ordered_ones(crowded, apply_remedy, seed):
    """Days in which t1 comes after t0, t2 after t1 and t3 after t2, with routes that serve none of the four."""
    free, travel = crowded(seed)
    problem, _ = crowded(seed, after=3)
    chain = {"t0", "t1", "t2", "t3"}
    routes = [
        RouteSteps(
            shift_id=route.shift_id,
            steps=tuple(step for step in route.steps.steps if getattr(step, "ticket_id", "") not in chain),
        )
        for route in _plan(free, travel).routes
    ]
    assert check_routes(problem, travel, schedule_plan(problem, travel, routes)) == []
    plan = _plan(problem, travel, Fixed(routes))
    for entry in plan.unserved:
        for remedy in entry.remedies:
            world = apply_remedy(problem, entry.ticket_id, remedy)
            assert _insertable(world, travel, plan, entry.ticket_id, remedy.shift_id), (entry.ticket_id, remedy)


def test_a_break_that_can_move_is_no_obstacle(crowded):
    """On this day t8 fits into cat's route when a break goes to another leg."""
    problem, travel = crowded(236, tickets=9, breaks=2)
    for entry in _plan(problem, travel).unserved:
        for obstacle in entry.obstacles:
            if obstacle.reason.code == "shift_full":
                assert not _insertable(problem, travel, _plan(problem, travel), entry.ticket_id, obstacle.shift_id)


@pytest.mark.parametrize("seed", range(30))
def test_no_ticket_is_left_out_that_would_fit_and_pay(crowded, seed):
    problem, travel = crowded(seed, breaks=seed % 2)
    for entry in _plan(problem, travel).unserved:
        if entry.reason.code == "too_dear":
            assert entry.reason.facts["cost_cents"] >= entry.reason.facts["unserved_cents"]


@pytest.mark.parametrize("seed", range(0, 30, 3))
def test_a_shift_with_an_obstacle_cannot_take_the_ticket(crowded, seed):
    problem, travel = crowded(seed, tickets=9, breaks=seed % 2)
    plan = _plan(problem, travel)
    for entry in plan.unserved:
        for obstacle in entry.obstacles:
            if obstacle.reason.code != "left_out":
                possible = _insertable(problem, travel, plan, entry.ticket_id, obstacle.shift_id)
                assert not possible, (entry.ticket_id, obstacle)


def test_the_days_are_crowded_and_varied(crowded):
    """The other tests of this file mean nothing when nothing is unserved."""
    reasons, remedies = set(), set()
    for seed in range(30):
        problem, travel = crowded(seed, breaks=seed % 2)
        for entry in _plan(problem, travel).unserved:
            reasons |= {obstacle.reason.code for obstacle in entry.obstacles}
            remedies |= {remedy.change.code for remedy in entry.remedies}
            for language in LANGUAGES:
                assert text(entry.reason, language, problem)
    assert len(reasons) >= 10, reasons
    assert len(remedies) >= 8, remedies
