"""Breaches ahead: exact where nothing spreads, and what must hold when something does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.errors import InputError
from dispatch.feasibility import check_routes
from dispatch.plan import VisitStep
from dispatch.ports import EngineRequest, Limits
from dispatch.replan import remaining
from dispatch.replan.standing import standing
from dispatch.risk import SHIFT_END, WINDOW, Spread, fitted, risks
from dispatch.schedule import place_breaks, schedule_plan
from dispatch.tickets import After, Pin
from dispatch.tiers import Point
from solver.greedy import GreedyEngine

MIN_S = 60
NONE = Spread(service=0, travel=0)


def _solo(line, *tickets, tiers=(), words=None, **shift):
    problem = line.solo(tickets, world={"tiers": (line.plain, *tiers)}, **shift)
    words = words or tuple(ticket.id for ticket in tickets)
    return problem, schedule_plan(problem, line.travel(problem), [line.steps("ann1", *words)])


def _by_target(found):
    return {(one.ticket_id, one.target): one for one in found}


def test_a_risk_says_what_is_due_and_what_is_planned(line):
    """Drive 480-490, serve 490-520: an hour and a half later nothing can be missed, a minute earlier all is."""
    tier = line.tier("gold", ("respond", 489, Point.START), ("solve", 520, Point.FINISH))
    problem, routes = _solo(line, line.ticket("t", 10, tier="gold", windows=[(490, 600)]), tiers=[tier])
    (one,) = risks(problem, routes, spread=NONE)
    assert (one.ticket_id, one.shift_id, one.target) == ("t", "ann1", "respond")
    assert (one.due_s, one.planned_s) == (489 * MIN_S, 490 * MIN_S)
    assert (one.probability, one.mean_late_s) == (1.0, 60)


@pytest.mark.parametrize(("minutes", "share"), [(30, 0.5), (60, 0.0)])
def test_half_of_the_services_take_longer_than_the_median(line, minutes, share):
    """A lognormal factor of mean 1 has the median 1 / sqrt(1 + spread^2)."""
    spread = 1.0
    median_s = minutes * MIN_S / np.sqrt(1 + spread * spread)
    due = 490 + (median_s / MIN_S if share else 10_000)
    tier = line.tier("gold", ("solve", round(due), Point.FINISH))
    problem, routes = _solo(line, line.ticket("t", 10, minutes, tier="gold"), tiers=[tier])
    found = _by_target(risks(problem, routes, spread=Spread(service=spread, travel=0), draws=20_000, least=0))
    assert found["t", "solve"].probability == pytest.approx(share, abs=0.02) if share else ("t", "solve") not in found


def test_drives_spread_by_their_own_figure(line):
    tier = line.tier("gold", ("respond", 490, Point.START))
    problem, routes = _solo(line, line.ticket("t", 10, tier="gold"), tiers=[tier])
    assert risks(problem, routes, spread=Spread(service=3, travel=0)) == tuple(
        one for one in risks(problem, routes, spread=Spread(service=3, travel=0)) if one.target == SHIFT_END
    )
    (one,) = risks(problem, routes, spread=Spread(service=0, travel=0.5), draws=20_000)
    # Above the mean are fewer than half: P(Z > sigma / 2) with sigma^2 = ln(1.25).
    assert one.probability == pytest.approx(0.4066, abs=0.015)


def test_a_window_is_missed_when_all_of_them_are(line):
    """t1 takes 30 minutes and ends at 520, the drive to t2 another 10; its windows end at 530 and at 700."""
    for windows, missed in (([(500, 530)], True), ([(500, 530), (690, 700)], False)):
        problem, routes = _solo(line, line.ticket("t1", 10), line.ticket("t2", 20, windows=windows))
        found = _by_target(risks(problem, routes, spread=Spread(service=0.5, travel=0), draws=2000))
        assert (("t2", WINDOW) in found) == missed
        if missed:
            assert found["t2", WINDOW].due_s == 530 * MIN_S
            assert 0.3 < found["t2", WINDOW].probability < 0.5


@pytest.mark.parametrize(("start", "promised"), [(None, True), (530, False)])
def test_a_lock_leaves_the_window_promised_and_a_pinned_start_stands_in_its_place(line, start, promised):
    pin = Pin(technician_ids=("ann",), start_s=start and start * MIN_S)
    problem, routes = _solo(line, line.ticket("t1", 10), line.ticket("t2", 20, windows=[(500, 530)], pin=pin))
    assert (("t2", WINDOW) in _by_target(risks(problem, routes))) == promised


def test_the_end_of_the_shift_is_a_promise_to_the_technician(line):
    """Home at 530 of 530: the last visit's name, and the way home counts."""
    problem, routes = _solo(line, line.ticket("t1", 10), last=530)
    found = _by_target(risks(problem, routes))
    assert found.keys() == {("t1", SHIFT_END)}
    one = found["t1", SHIFT_END]
    assert (one.due_s, one.planned_s) == (530 * MIN_S, routes[0].return_s)
    assert risks(problem, routes, spread=NONE) == ()


def test_a_break_takes_up_what_drives_spread_before_it(line):
    """The drive of 20 minutes is broken at 485, five minutes after it began: what is left of it is driven behind."""
    tier = line.tier("gold", ("respond", 529, Point.START))
    ticket = line.ticket("t", 20, tier="gold", windows=[(480, 600)])
    problem, routes = _solo(line, ticket, tiers=[tier], words=("#0", "t"), breaks=[(485, 490, 30)])
    assert routes[0].visits[0].start_s == 530 * MIN_S
    (one,) = risks(problem, routes, spread=NONE)
    assert (one.probability, one.mean_late_s) == (1.0, 60)


def test_who_is_early_waits_for_the_crew(line):
    """``bob`` comes at 540; ann could begin at 490 and would then seem to be done in time."""
    tier = line.tier("gold", ("solve", 560, Point.FINISH))
    problem = line.problem(
        [line.ticket("both", 10, tier="gold", crew=({},))],
        [line.technician("ann"), line.technician("bob")],
        [line.shift("ann", begin=10), line.shift("bob", 530, begin=0)],
        tiers=(line.plain, tier),
    )
    routes = schedule_plan(problem, line.travel(problem), [line.steps("ann1", "both"), line.steps("bob1", "both/1")])
    assert {visit.start_s for route in routes for visit in route.visits} == {540 * MIN_S}
    found = risks(problem, routes, spread=NONE)
    assert [(one.shift_id, one.mean_late_s) for one in found] == [("ann1", 600), ("bob1", 600)]


def test_more_spread_means_more_lateness(line):
    """Mean lateness of a mean-1 factor grows with its spread, whatever is due (convex order of lognormals)."""
    tier = line.tier("gold", ("solve", 530, Point.FINISH))
    problem, routes = _solo(line, line.ticket("t", 10, tier="gold"), tiers=[tier])
    means, chances = [], []
    for spread in (0.0, 0.1, 0.2, 0.4, 0.8, 1.6):
        found = _by_target(risks(problem, routes, spread=Spread(service=spread, travel=0), draws=20_000, least=0))
        one = found.get(("t", "solve"))
        means.append(one.probability * one.mean_late_s if one else 0)
        chances.append(one.probability if one else 0)
    assert means == sorted(means)
    assert means[0] == 0 < means[1] < means[-1]
    assert chances[:4] == sorted(chances[:4])  # slack of a third: the chance grows too, until the median falls away


def test_a_promise_further_ahead_is_no_safer_than_one_before_it(line):
    """Same deadline, later visit: more is drawn before it, and all of it comes on top."""
    tiers = [line.tier(f"g{n}", ("solve", 520 + 40 * n + 10, Point.FINISH)) for n in range(4)]
    tickets = [line.ticket(f"t{n}", 10 * (n + 1), 30, tier=f"g{n}") for n in range(4)]
    problem, routes = _solo(line, *tickets, tiers=tiers)
    found = _by_target(risks(problem, routes, draws=20_000))
    chances = [found[f"t{n}", "solve"].probability for n in range(4)]
    assert chances == sorted(chances)
    assert chances[0] < chances[-1]


def test_risks_are_sorted_and_the_small_ones_left_out(line):
    tiers = [line.tier(f"g{n}", ("solve", 520 + 40 * n + 20, Point.FINISH)) for n in range(4)]
    tickets = [line.ticket(f"t{n}", 10 * (n + 1), 30, tier=f"g{n}") for n in range(4)]
    problem, routes = _solo(line, *tickets, tiers=tiers)
    every = risks(problem, routes, least=0)
    assert [one.probability for one in every] == sorted((one.probability for one in every), reverse=True)
    bound = every[1].probability
    assert risks(problem, routes, least=bound) == tuple(one for one in every if one.probability >= bound)
    assert all(one.probability > 0 for one in every)


@pytest.mark.parametrize(
    ("call", "rule"),
    [
        (lambda: Spread(service=-0.1), "spread.range"),
        (lambda: Spread(travel=3.1), "spread.range"),
        (lambda: Spread(travel=float("nan")), "spread.range"),
    ],
)
def test_a_spread_is_in_its_range(call, rule):
    with pytest.raises(InputError) as caught:
        call()
    assert [fault.rule for fault in caught.value.faults] == [rule]


@pytest.mark.parametrize(("bad", "rule"), [({"draws": 0}, "risk.draws"), ({"seed": -1}, "risk.seed")])
def test_bad_figures_are_refused(line, bad, rule):
    problem, routes = _solo(line, line.ticket("t", 10))
    with pytest.raises(InputError) as caught:
        risks(problem, routes, **bad)
    assert [fault.rule for fault in caught.value.faults] == [rule]


# Fitting


@pytest.mark.parametrize("spread", [0.1, 0.3, 1.0])
def test_the_spread_that_times_were_drawn_with_is_found_again(spread):
    rng = np.random.default_rng(7)
    variance = np.log1p(spread * spread)
    planned = rng.integers(600, 7200, 4000)
    real = planned * np.exp(rng.normal(-variance / 2, np.sqrt(variance), 4000))
    assert fitted(planned.tolist(), real.tolist()) == pytest.approx(spread, rel=0.06)


def test_a_bias_is_not_a_spread():
    assert fitted([600] * 40, [900] * 40) == pytest.approx(0, abs=1e-9)


def test_few_pairs_say_nothing_and_empty_ones_do_not_count():
    assert fitted([600] * 29, [600] * 29) is None
    assert fitted([600] * 30, [600] * 29 + [0]) is None
    assert fitted([600], [700], least=1) is None  # one pair has no spread
    assert fitted([600, 600], [300, 1200], least=2) == pytest.approx(np.sqrt(np.expm1(2 * np.log(2) ** 2)))


def test_a_fitted_spread_can_be_used():
    assert Spread(service=fitted([1, 1] * 20, [1, 10**6] * 20) or 0).service == 3.0


# Random days


def _routes(problem, travel):
    request = EngineRequest(problem=problem, travel=travel, limits=Limits(iterations=50), seed=0)
    steps = [place_breaks(problem, travel, own) for own in GreedyEngine().solve(request).routes]
    return schedule_plan(problem, travel, steps)


@given(
    seed=st.integers(0, 10**6), breaks=st.integers(0, 2), after=st.sampled_from([0, 0, 5]), moved_s=st.integers(0, 7200)
)
@settings(max_examples=40)
def test_without_spread_exactly_what_the_plan_misses_is_missed(crowded, seed, breaks, after, moved_s):
    free, travel = crowded(seed, breaks=breaks)
    problem, _ = crowded(seed, breaks=breaks, after=after)
    rest = remaining(problem, _routes(free, travel), [], now_s=8 * 3600 + moved_s)  # later, so that more is late
    problem = rest.problem
    routes = standing(problem, travel, rest.steps)
    assert check_routes(problem, travel, routes) == []
    found = {(one.ticket_id, one.target): one for one in risks(problem, routes, spread=NONE, draws=3, least=0)}
    late = {(visit.ticket_id, one.target): one for route in routes for visit in route.visits for one in visit.late}
    assert found.keys() == late.keys()
    for key, one in found.items():
        assert (one.probability, one.mean_late_s, one.due_s) == (1.0, late[key].late_s, late[key].due_s)
        assert one.planned_s == late[key].due_s + late[key].late_s


@given(seed=st.integers(0, 10**6), draws=st.integers(1, 50))
@settings(max_examples=15)
def test_a_seed_says_it_all_whatever_the_other_routes_are(crowded, seed, draws):
    problem, travel = crowded(seed)
    routes = _routes(problem, travel)
    together = risks(problem, routes, seed=seed, draws=draws, least=0)
    assert together == risks(problem, tuple(reversed(routes)), seed=seed, draws=draws, least=0)
    alone = [one for route in routes for one in risks(problem, [route], seed=seed, draws=draws, least=0)]
    assert sorted(alone, key=repr) == sorted(together, key=repr)
    assert all(0 < one.probability <= 1 and one.mean_late_s > 0 for one in together)


def test_another_seed_draws_other_times(crowded):
    problem, travel = crowded(3)
    routes = _routes(problem, travel)
    assert risks(problem, routes, seed=1, least=0) != risks(problem, routes, seed=2, least=0)


def test_the_first_of_two_tickets_with_a_longest_gap_waits_for_the_second(line):
    """t2 can't start before 600, and t1 at most 30 minutes before: its own route would let it start at 490."""
    tier = line.tier("gold", ("solve", 590, Point.FINISH))
    second = line.ticket("t2", 10, windows=[(600, 700)], after=(After(ticket_id="t1", max_gap_s=0),))
    problem = line.problem(
        [line.ticket("t1", 10, tier="gold"), second],
        [line.technician("ann"), line.technician("bob")],
        [line.shift("ann"), line.shift("bob")],
        tiers=(line.plain, tier),
    )
    routes = schedule_plan(problem, line.travel(problem), [line.steps("ann1", "t1"), line.steps("bob1", "t2")])
    assert routes[0].steps.steps == (VisitStep(ticket_id="t1"),)
    (one,) = risks(problem, routes, spread=NONE)
    assert (one.ticket_id, one.planned_s, one.mean_late_s) == ("t1", 600 * MIN_S, 600)
