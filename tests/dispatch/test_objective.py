"""Each cost term alone, its number derived by hand with the default weights. Minutes on the line.

The usual route: ann drives 20 min to x, serves 30 min and drives 20 min home: 70 min of work, 40 min and 40 km of
driving.
"""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.objective import TERMS, cost_terms, is_deferrable, per_hour, per_km, per_minute, unserved_cents
from dispatch.problem import Assignment
from dispatch.schedule import schedule_plan
from dispatch.tickets import Pin
from dispatch.tiers import Point
from dispatch.weights import Weights

MIN_S = 60


@pytest.fixture(scope="module")
def cost(line):
    def run(problem, *routes):
        travel = line.travel(problem)
        return cost_terms(problem, schedule_plan(problem, travel, [line.steps(*route) for route in routes]))

    return run


def test_rates_are_rounded_half_up():
    assert [per_hour(seconds, 1) for seconds in (0, 1799, 1800, 3600, 5399, 5400)] == [0, 0, 1, 1, 1, 2]
    assert [per_minute(seconds, 1) for seconds in (29, 30, 89, 90)] == [0, 1, 1, 2]
    assert [per_km(metres, 1) for metres in (499, 500, 1499, 1500)] == [0, 1, 1, 2]


def test_the_usual_route(line, cost):
    # plain tickets have no targets; fair share = all 30 min of service, so 70 - 30 = 40 min above it
    assert cost(line.solo([line.ticket("x", 20)]), ("ann1", "x")) == {
        "unserved": 0,
        "breach": 0,
        "lateness": 0,
        "overtime": 0,
        "work_time": 3_500,  # 70 min at 3,000 an hour
        "travel_time": 800,  # 40 min at 1,200 an hour
        "travel_distance": 1_200,  # 40 km at 30
        "waiting": 0,
        "preference": 0,
        "overqualified": 0,
        "imbalance": 133,  # 40 min at 200 an hour = 133.3
        "change": 0,
    }


class TestUnserved:
    def test_deferrable(self, line, cost):
        # basic: due at 48 and 72 h, the horizon ends at 24 h; weight 1
        assert cost(line.solo([line.ticket("x", 20, tier="basic")]))["unserved"] == 15_000

    def test_deferrable_costs_by_tier(self, line, cost):
        # enterprise, opened at 23:00: due at 29 and 35 h; weight 16
        assert cost(line.solo([line.ticket("x", 20, tier="enterprise", opened=1380)]))["unserved"] == 16 * 15_000

    def test_due_within_the_horizon(self, line, cost):
        # advanced, opened at 2:00, respond by 14:00 = 840 min, 600 min before the end; solve at 26:00 lies beyond.
        # 4 x (200,000 + 25,000) + 600 min x 400
        assert cost(line.solo([line.ticket("x", 20, tier="advanced", opened=120)]))["unserved"] == 900_000 + 240_000

    def test_two_targets_due(self, line, cost):
        # enterprise, opened at 0: due at 360 and 720: 1,080 and 720 min late at the end. 16 x (200,000 + 2 x 25,000) +
        # 1,800 min x 1,600
        assert cost(line.solo([line.ticket("x", 20, tier="enterprise")]))["unserved"] == 4_000_000 + 2_880_000

    def test_the_last_window_ends_within_the_horizon(self, line, cost):
        # nothing is late by then, but the appointment is gone
        assert cost(line.solo([line.ticket("x", 20, tier="basic", windows=[(600, 1440)])]))["unserved"] == 200_000
        assert cost(line.solo([line.ticket("x", 20, tier="basic", windows=[(600, 1441)])]))["unserved"] == 15_000
        two = [(600, 700), (1500, 1600)]
        assert cost(line.solo([line.ticket("x", 20, tier="basic", windows=two)]))["unserved"] == 15_000

    def test_a_long_window_around_a_short_one(self, line):
        # 600..2000 reaches beyond the horizon, whatever the inner window does
        problem = line.solo([line.ticket("x", 20, tier="basic", windows=[(600, 2000), (700, 800)])])
        assert is_deferrable(problem, problem.tickets[0])

    def test_a_pinned_start(self, line):
        # the pin stands in place of the windows
        pin = Pin(technician_ids=("ann",), start_s=600 * MIN_S)
        problem = line.solo([line.ticket("x", 20, tier="basic", windows=[(1500, 1600)], pin=pin)])
        assert not is_deferrable(problem, problem.tickets[0])

    def test_the_deadline_at_the_very_end_of_the_horizon_is_due(self, line):
        for due, deferrable in ((1440, False), (1441, True)):
            tiers = (line.plain, line.tier("quick", ("respond", due, Point.START)))
            problem = line.solo([line.ticket("x", 20, tier="quick")], world={"tiers": tiers})
            assert is_deferrable(problem, problem.tickets[0]) is deferrable

    def test_its_own_cost_stands_in_place(self, line, cost):
        for tier in ("basic", "enterprise"):
            assert cost(line.solo([line.ticket("x", 20, tier=tier, unserved_cents=77)]))["unserved"] == 77
        assert cost(line.solo([line.ticket("x", 20, tier="enterprise", unserved_cents=0)]))["unserved"] == 0

    def test_served_tickets_cost_nothing(self, line, cost):
        problem = line.solo([line.ticket("x", 20, unserved_cents=5), line.ticket("y", 20, unserved_cents=7)])
        assert cost(problem, ("ann1", "x"))["unserved"] == 7


class TestLateness:
    def test_breach_and_lateness(self, line, cost):
        # advanced, opened at -240: respond by 480, solve by 1200; starts at 500: 20 min late. Weight 4
        terms = cost(line.solo([line.ticket("x", 20, tier="advanced", opened=-240)]), ("ann1", "x"))
        assert (terms["breach"], terms["lateness"]) == (4 * 25_000, 20 * 400)

    def test_each_target_counts(self, line, cost):
        # enterprise, opened at -240: respond by 120, solve by 480; start 500, finish 530: 380 + 50 min. Weight 16
        terms = cost(line.solo([line.ticket("x", 20, tier="enterprise", opened=-240)]), ("ann1", "x"))
        assert (terms["breach"], terms["lateness"]) == (2 * 16 * 25_000, 430 * 1_600)

    def test_a_crew_is_counted_once(self, line, cost):
        # both start at 500, 20 min late; bob takes 45 min
        problem = line.problem(
            [line.ticket("x", 20, tier="advanced", opened=-240, crew=({},))],
            [line.technician("ann"), line.technician("bob", duration_percent={"*": 150})],
            [line.shift("ann"), line.shift("bob")],
        )
        terms = cost(problem, ("ann1", "x"), ("bob1", "x/1"))
        assert (terms["breach"], terms["lateness"]) == (4 * 25_000, 20 * 400)
        assert terms["work_time"] == 3_500 + 4_250  # but both are paid: 70 and 85 min

    def test_the_last_to_finish_counts_for_a_crew(self, line, cost):
        # finish by 540: ann ends at 530, bob at 545
        tiers = (line.plain, line.tier("quick", ("solve", 540, Point.FINISH)))
        problem = line.problem(
            [line.ticket("x", 20, tier="quick", crew=({},))],
            [line.technician("ann"), line.technician("bob", duration_percent={"*": 150})],
            [line.shift("ann"), line.shift("bob")],
            tiers=tiers,
        )
        assert cost(problem, ("ann1", "x"), ("bob1", "x/1"))["lateness"] == 5 * 100
        assert cost(problem, ("bob1", "x"), ("ann1", "x/1"))["lateness"] == 5 * 100


def test_overtime(line, cost):
    # home at 550; the regular end is 530: 20 min at 4,500 an hour
    assert cost(line.solo([line.ticket("x", 20)], regular=530), ("ann1", "x"))["overtime"] == 1_500
    assert cost(line.solo([line.ticket("x", 20)], regular=550), ("ann1", "x"))["overtime"] == 0


def test_overtime_of_a_route_that_lies_wholly_in_it(line, cost):
    # 680..750, the regular end is 500: 70 min, not 250
    problem = line.solo([line.ticket("x", 20, windows=[(700, 700)])], regular=500)
    assert cost(problem, ("ann1", "x"))["overtime"] == 5_250


def test_waiting(line, cost):
    # a must start by 520, b opens at 700: 530 + 30 + 10 = 560..700 (see test_schedule.py): 140 min at 600 an hour
    problem = line.solo([line.ticket("a", 20, windows=[(480, 520)]), line.ticket("b", 30, windows=[(700, 720)])])
    terms = cost(problem, ("ann1", "a", "b"))
    assert terms["waiting"] == 1_400
    assert terms["work_time"] == 13_000  # 500..760


def test_a_break_on_the_route_is_work_time_but_not_waiting(line, cost):
    problem = line.solo([line.ticket("x", 20)], breaks=[(500, 540, 30)])
    terms = cost(problem, ("ann1", "x", "#0"))
    assert (terms["work_time"], terms["waiting"]) == (5_000, 0)  # 70 + 30 min


def test_preference(line, cost):
    def wished(*names):
        owners = [line.technician("ann"), line.technician("bob")]
        return line.problem([line.ticket("x", 20, preferred=frozenset(names))], owners, [line.shift("ann")])

    assert cost(wished("bob"), ("ann1", "x"))["preference"] == 500
    assert cost(wished("ann", "bob"), ("ann1", "x"))["preference"] == 0
    assert cost(wished(), ("ann1", "x"))["preference"] == 0


def test_overqualified(line, cost):
    # gas 5 for 2 and electric 3 for 3: three levels too high; plumbing is not asked for
    ann = {"skills": {"gas": 5, "electric": 3, "plumbing": 5}}
    problem = line.solo([line.ticket("x", 20, skills={"gas": 2, "electric": 3})], ann=ann)
    assert cost(problem, ("ann1", "x"))["overqualified"] == 150


def test_overqualified_counts_each_role_of_a_crew(line, cost):
    # ann leads with gas 5 for 2; bob helps with gas 4 for 3
    problem = line.problem(
        [line.ticket("x", 20, skills={"gas": 2}, crew=({"gas": 3},))],
        [line.technician("ann", skills={"gas": 5}), line.technician("bob", skills={"gas": 4})],
        [line.shift("ann"), line.shift("bob")],
    )
    assert cost(problem, ("ann1", "x"), ("bob1", "x/1"))["overqualified"] == 200


def test_imbalance(line, cost):
    # 240 min of service over shifts of 540 and 180 min: ann's share is 180, bob's 60.
    # ann: 3 x 60 of service and 40 of driving: 40 above. bob: 60 and 40: 40 above.
    tickets = [line.ticket(name, 20, 60) for name in "abcd"]
    problem = line.problem(
        tickets, [line.technician("ann"), line.technician("bob")], [line.shift("ann"), line.shift("bob", 480, 660)]
    )
    assert cost(problem, ("ann1", "a", "b", "c"), ("bob1", "d"))["imbalance"] == 133 + 133
    # all to ann: 280 - 180 = 100 min
    assert cost(problem, ("ann1", "a", "b", "c", "d"))["imbalance"] == 333
    # a share is never more than the shift: with 1,440 min of service, ann's is 540
    long = line.problem([line.ticket(name, 0, 720) for name in "ab"], problem.technicians, problem.shifts)
    assert cost(long, ("ann1", "a"))["imbalance"] == 600  # 720 - 540 = 180 min


class TestChange:
    def _cents(self, line, cost, technician, start, route):
        owners = [line.technician("ann"), line.technician("bob")]
        baseline = (Assignment(ticket_id="x", role=0, technician_id=technician, start_s=start * MIN_S),)
        problem = line.problem(
            [line.ticket("x", 20)], owners, [line.shift("ann"), line.shift("bob")], baseline=baseline
        )
        return cost(problem, *([route] if route else []))["change"]

    def test_nothing_changed(self, line, cost):
        assert self._cents(line, cost, "ann", 500, ("ann1", "x")) == 0

    def test_within_the_tolerance_of_15_minutes(self, line, cost):
        assert self._cents(line, cost, "ann", 515, ("ann1", "x")) == 0
        assert self._cents(line, cost, "ann", 485, ("ann1", "x")) == 0
        assert self._cents(line, cost, "ann", 516, ("ann1", "x")) == 1_500
        assert self._cents(line, cost, "ann", 484, ("ann1", "x")) == 1_500

    def test_another_technician(self, line, cost):
        assert self._cents(line, cost, "bob", 500, ("ann1", "x")) == 1_500

    def test_both_changed_counts_once(self, line, cost):
        assert self._cents(line, cost, "bob", 700, ("ann1", "x")) == 1_500

    def test_unserved_is_no_change(self, line, cost):
        assert self._cents(line, cost, "ann", 500, None) == 0


def test_every_term_follows_its_own_weights_alone(day):
    """Setting a price to zero takes away its own term and no other."""
    own = {
        "unserved_cents": {"unserved"},
        "deferred_cents": {"unserved"},
        "breach_cents": {"breach", "unserved"},
        "lateness_cents_per_min": {"lateness", "unserved"},
        "overtime_cents_per_h": {"overtime"},
        "work_time_cents_per_h": {"work_time"},
        "travel_time_cents_per_h": {"travel_time"},
        "travel_distance_cents_per_km": {"travel_distance"},
        "waiting_cents_per_h": {"waiting"},
        "preference_cents": {"preference"},
        "overqualified_cents": {"overqualified"},
        "imbalance_cents_per_h": {"imbalance"},
        "change_cents": {"change"},
        "change_tolerance_s": {"change"},
    }
    assert set(own) == {item.name for item in dataclasses.fields(Weights)}
    for name, terms in own.items():
        problem = day.problem.replace(weights=dataclasses.replace(day.problem.weights, **{name: 0}))
        changed = cost_terms(problem, day.plan.routes)
        assert {term for term in TERMS if changed[term] != day.plan.cost[term]} <= terms, name


def test_total_is_the_sum_of_the_terms(day):
    assert day.plan.total_cents == sum(day.plan.cost.values())
    assert list(day.plan.cost) == list(TERMS)


@given(
    opened=st.integers(-3000, 1440),
    tier=st.sampled_from(["basic", "advanced", "enterprise"]),
    start=st.integers(480, 1380),
    length=st.integers(0, 60),
)
def test_leaving_out_is_never_cheaper_than_being_late(line, opened, tier, start, length):
    """A visit that misses a target within the horizon costs less in breaches and lateness than no visit at all."""
    ticket = line.ticket("x", 0, length, tier=tier, opened=opened, windows=[(start, start)])
    problem = line.solo([ticket], last=1440)
    terms = cost_terms(problem, schedule_plan(problem, line.travel(problem), [line.steps("ann1", "x")]))
    assert terms["breach"] + terms["lateness"] < unserved_cents(problem, ticket)
