"""The rest of a day, planned again within a budget."""

from __future__ import annotations

import dataclasses
import random
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.errors import InputError, UsageError
from dispatch.feasibility import check_plan
from dispatch.objective import cost_terms, served_ids
from dispatch.plan import Route
from dispatch.ports import EngineRequest, Limits
from dispatch.problem import Problem
from dispatch.replan import Budget, Replanned, Report, State, moves, remaining, replan_day, reroute_day
from dispatch.replan.standing import standing
from dispatch.schedule import place_breaks, schedule_plan
from dispatch.weights import Weights
from solver.greedy import GreedyEngine
from solver.registry import engine as make_engine

MIN_S = 60
FEW = {"greedy": Limits(iterations=40), "search": Limits(iterations=60)}


def _in_force(problem, travel):
    request = EngineRequest(problem=problem, travel=travel, limits=Limits(iterations=50), seed=0)
    steps = [place_breaks(problem, travel, own) for own in GreedyEngine().solve(request).routes]
    return schedule_plan(problem, travel, steps)


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


# On the line


def _two_lanes(line, *more, reports=(), now=480, engine=None, **options):
    """``ann`` serves near on 0..10, ``bob`` far on 40..50; then come more tickets."""
    tickets = [line.ticket("a1", 5), line.ticket("a2", 10), line.ticket("b1", 40), line.ticket("b2", 50)]
    day = line.problem(
        tickets, [line.technician("ann"), line.technician("bob")], [line.shift("ann"), line.shift("bob")]
    )
    routes = schedule_plan(day, line.travel(day), [line.steps("ann1", "a1", "a2"), line.steps("bob1", "b1", "b2")])
    today = day.replace(tickets=(*tickets, *more))
    told = {"in_force": routes, "reports": reports, "now_s": now * MIN_S}
    return today, routes, replan_day(today, line.travel(today), engine, **told, **options)


def test_an_emergency_is_put_where_nobody_is_moved(line):
    _, routes, done = _two_lanes(line, line.ticket("new", 12), budget=Budget(most_moved=0))
    assert done.moves == ()
    assert done.plan.unserved == ()
    (ann, bob) = done.plan.routes
    assert ann == routes[0]
    assert [visit.ticket_id for visit in bob.visits] == ["b1", "b2", "new"]  # on the way home: no detour
    assert bob.visits[:2] == routes[1].visits


def _urgent(line):
    """Must start by 490 at m5, where ann is to be at 485 anyway: a1 and a2 are then half an hour late."""
    return line.ticket("new", 5, windows=[(480, 490)])


@pytest.mark.parametrize(("most", "moved", "served"), [(0, 0, False), (1, 0, False), (2, 2, True), (None, 2, True)])
def test_an_emergency_moves_as_many_as_it_may(line, most, moved, served):
    _, routes, done = _two_lanes(line, _urgent(line), budget=Budget(most_moved=most))
    assert [visit.start_s // MIN_S for visit in routes[0].visits] == [485, 520]
    assert len(done.moves) == moved
    assert ("new" in served_ids(done.plan.routes)) == served
    assert [(one.ticket_id, one.reason.code) for one in done.plan.unserved] == (
        [] if served else [("new", "kept_stable")]
    )


def test_a_move_says_what_was_promised_and_what_is_planned_now(line):
    _, _, done = _two_lanes(line, _urgent(line))
    found = [(one.key, one.technician_id, one.start_s, one.to_technician_id, one.to_start_s) for one in done.moves]
    assert found == [
        (("a1", 0), "ann", 485 * MIN_S, "ann", 515 * MIN_S),
        (("a2", 0), "ann", 520 * MIN_S, "ann", 550 * MIN_S),
    ]


@pytest.mark.parametrize(("tolerance", "moved"), [(29, 2), (30, 0)])
def test_a_start_moves_when_it_moves_by_more_than_the_tolerance(line, tolerance, moved):
    _, _, done = _two_lanes(line, _urgent(line), budget=Budget(tolerance_s=tolerance * MIN_S))
    assert len(done.moves) == moved
    assert "new" in served_ids(done.plan.routes)


def test_times_are_kept_whoever_comes(line):
    _, _, done = _two_lanes(line, _urgent(line), budget=Budget(keep_times=True))
    assert [one.ticket_id for one in done.plan.unserved] == ["new"]
    assert done.moves == ()


def test_who_is_early_waits_when_times_are_kept(line):
    """a1 fell out: ann could be at a2 at once, but the customer was told 520."""
    for keep, start in ((False, 490), (True, 505)):
        day, routes, _ = _two_lanes(line)
        fewer = day.replace(tickets=day.tickets[1:])
        done = replan_day(
            fewer,
            line.travel(day),
            None,
            in_force=routes,
            reports=(),
            now_s=480 * MIN_S,
            budget=Budget(keep_times=keep),
        )
        assert done.plan.routes[0].visits[0].start_s == start * MIN_S
        assert len(done.moves) == (not keep)


def test_the_visits_of_who_is_ill_are_forced(line):
    day, routes, _ = _two_lanes(line)
    ill = day.replace(shifts=day.shifts[:1])
    done = replan_day(
        ill, line.travel(day), None, in_force=routes, reports=(), now_s=480 * MIN_S, budget=Budget(most_moved=0)
    )
    assert done.forced == {("b1", 0), ("b2", 0)}
    assert {one.key for one in done.moves} == done.forced  # ann takes both behind her own
    assert done.plan.unserved == ()
    assert [visit.ticket_id for visit in done.plan.routes[0].visits][:2] == ["a1", "a2"]


def test_who_is_late_forces_those_behind(line):
    late = Report(ticket_id="a1", shift_id="ann1", state=State.UNDER_WAY, start_s=485 * MIN_S, finish_s=600 * MIN_S)
    _, _, done = _two_lanes(line, reports=(late,), now=490, budget=Budget(most_moved=0, keep_times=True))
    assert done.forced == {("a2", 0)}
    assert done.plan.routes[0].visits[0].start_s == 605 * MIN_S


def test_what_the_budget_costs(line):
    """The emergency is worth a great deal: with no move allowed it stays out, and the price says what that costs."""
    _, _, done = _two_lanes(
        line, _urgent(line), engine=make_engine("greedy"), limits=FEW["greedy"], budget=Budget(most_moved=0)
    )
    assert [(one.moved, one.unserved) for one in done.options] == [(0, 1), (2, 0)]
    assert done.price_cents == done.options[0].cost_cents - done.options[1].cost_cents > 100_000


def test_no_engine_is_named_when_none_ran(line):
    _, _, done = _two_lanes(line, line.ticket("new", 12))
    assert (done.plan.provenance.engine, done.plan.provenance.iterations_done) == ("insertion", 0)
    _, _, done = _two_lanes(line, engine=make_engine("greedy"), limits=FEW["greedy"], budget=Budget(most_moved=1))
    assert done.plan.provenance.engine == "greedy"
    assert done.plan.provenance.parameters["most_moved"] == 1


def test_nothing_left_is_a_plan_too(line):
    day, _, _ = _two_lanes(line)
    done = replan_day(
        day,
        line.travel(day),
        make_engine("greedy"),
        in_force=(),
        reports=(),
        now_s=1020 * MIN_S,
        limits=FEW["greedy"],
    )
    assert done.plan.routes == ()
    assert len(done.plan.unserved) == 4


@pytest.mark.parametrize(("field", "value"), [("most_moved", -1), ("tolerance_s", -1)])
def test_a_budget_is_not_negative(field, value):
    with pytest.raises(InputError) as caught:
        Budget(**{field: value})
    assert [(fault.rule, fault.field) for fault in caught.value.faults] == [("budget.negative", field)]


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ({"limits": None}, "plan.limits"),
        ({"limits": Limits(iterations=0)}, "plan.limits"),
        ({"seed": -1}, "plan.seed"),
        ({"workers": 0}, "plan.workers"),
    ],
)
def test_a_call_that_makes_no_sense_is_refused(line, bad, code):
    with pytest.raises(UsageError) as caught:
        _two_lanes(line, engine=make_engine("greedy"), **{"limits": FEW["greedy"], **bad})
    assert caught.value.code == code


# Random days


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
        routes = _in_force(whole.replace(tickets=known), travel)
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
    routes = _in_force(problem, travel)
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
    routes = _in_force(free, travel)
    problem, _ = crowded(seed, after=5)
    reports = reports_until(routes, now_s, random.Random(seed), most_late_s=900)
    done = replan_day(problem, travel, None, in_force=routes, reports=reports, now_s=now_s, budget=budget)
    assert check_plan(done.problem, travel, done.plan) == []


def test_the_same_call_gives_the_same_answer(crowded):
    problem, travel = crowded(5)
    routes = _in_force(problem, travel)

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


def test_moves_go_by_the_weight_when_no_tolerance_is_given(line):
    day = line.solo([line.ticket("t", 10)], world={"weights": Weights(change_tolerance_s=300)})
    routes = schedule_plan(day, line.travel(day), [line.steps("ann1", "t")])
    for late_s, count in ((300, 0), (301, 1)):
        rest = remaining(day, routes, [], now_s=480 * MIN_S + late_s)
        assert len(moves(rest.problem, standing(rest.problem, line.travel(day), rest.steps))) == count


def test_routes_alone_are_those_of_the_whole_plan(line):
    tickets = [line.ticket(f"t{n}", 10 * n + 5, 40, tier="advanced") for n in range(6)]
    shifts = [line.shift(owner) for owner in "AB"]
    before = line.problem(tickets, [line.technician(owner) for owner in "AB"], shifts)
    in_force = _in_force(before, line.travel(before))
    problem = before.replace(tickets=(*tickets, line.ticket("new", 33, tier="enterprise", opened=500)))
    travel = line.travel(problem)
    known = {"in_force": in_force, "reports": (), "now_s": 500 * MIN_S}

    whole = replan_day(problem, travel, None, **known)
    short = reroute_day(problem, travel, None, **known, news={"new"})
    without = reroute_day(problem, travel, None, **known, news=())

    assert (short.routes, short.moves, short.problem) == (whole.plan.routes, whole.moves, whole.problem)
    assert served_ids(short.routes) - served_ids(without.routes) == {"new"}, "insertion looks at news alone"


@pytest.mark.parametrize("budget", [None, Budget(most_moved=0)])
def test_an_engine_reroutes_and_keeps_the_budget(line, budget):
    tickets = [line.ticket(f"t{n}", 10 * n + 5, 40, tier="advanced") for n in range(6)]
    before = line.problem(tickets, [line.technician(owner) for owner in "AB"], [line.shift(owner) for owner in "AB"])
    in_force = _in_force(before, line.travel(before))
    problem = before.replace(tickets=(*tickets, line.ticket("new", 33, tier="enterprise", opened=0)))

    made = reroute_day(
        problem,
        line.travel(problem),
        make_engine("greedy"),
        in_force=in_force,
        reports=(),
        now_s=0,
        news={"new"},
        budget=budget,
        limits=FEW["greedy"],
    )

    assert "new" in served_ids(made.routes)
    assert budget is None or not made.moves
