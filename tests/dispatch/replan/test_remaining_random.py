"""The rest of random days, and what of their plans still stands."""

from __future__ import annotations

import random
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.feasibility import check_routes
from dispatch.plan import BreakStep, RouteSteps, VisitStep
from dispatch.replan import Report, State, moves, remaining
from dispatch.replan.standing import standing
from tests.dispatch.replan.part_days import greedy_routes


def _kept_words(steps):
    return [
        RouteSteps(shift_id=own.shift_id, steps=tuple(s for s in own.steps if not isinstance(s, BreakStep)))
        for own in steps
    ]


@given(seed=st.integers(0, 10**6), breaks=st.integers(0, 2))
@settings(max_examples=25)
def test_before_the_day_begins_the_rest_is_the_day(crowded, seed, breaks):
    problem, travel = crowded(seed, breaks=breaks)
    routes = greedy_routes(problem, travel)
    rest = remaining(problem, routes, [], now_s=0)
    assert rest.problem == problem.replace(baseline=rest.problem.baseline)
    assert list(rest.steps) == _kept_words([route.steps for route in routes])
    assert standing(rest.problem, travel, rest.steps) == routes


def test_a_day_that_goes_as_planned_moves_nothing(crowded, reports_until):
    """Whoever is done, serves or drives is where the plan says: nobody else is moved, and nobody drops out.

    One day: parts used on the first of two days are missing on the second, as the page says.
    """
    seen: Counter[str] = Counter()

    @settings(max_examples=40)
    @given(seed=st.integers(0, 10**6), now_s=st.integers(7 * 3600, 12 * 3600), breaks=st.integers(0, 1))
    def run(seed, now_s, breaks):
        problem, travel = crowded(seed, breaks=breaks)
        problem = problem.replace(shifts=problem.shifts[:3])
        routes = greedy_routes(problem, travel)
        reports = reports_until(routes, now_s, random.Random(seed))
        told = {one.ticket_id for one in reports}
        for route in routes:  # who has left is on the road, or waits at the door: nobody calls them back
            ahead = next((visit for visit in route.visits if visit.ticket_id not in told), None)
            if ahead is not None and route.departure_s < now_s and ahead.arrival_s - ahead.travel_s < now_s + 3600:
                reports.append(
                    Report(
                        ticket_id=ahead.ticket_id,
                        shift_id=route.shift_id,
                        state=State.UNDER_WAY,
                        start_s=ahead.start_s,
                        finish_s=ahead.finish_s,
                    )
                )
        rest = remaining(problem, routes, reports, now_s=now_s)
        still = standing(rest.problem, travel, rest.steps)
        assert moves(rest.problem, still, tolerance_s=0) == ()
        seen.update(behind=len(reports), ahead=len(rest.problem.baseline))

    run()
    assert min(seen["behind"], seen["ahead"]) >= 60, seen


@given(
    seed=st.integers(0, 10**6),
    now_s=st.integers(7 * 3600, 16 * 3600),
    late_s=st.sampled_from([0, 600, 3600, 7200]),
    after=st.sampled_from([0, 0, 4]),
    breaks=st.integers(0, 2),
)
@settings(max_examples=60)
def test_what_stands_can_be_driven(crowded, reports_until, seed, now_s, late_s, after, breaks):
    planned, travel = crowded(seed, breaks=breaks)
    routes = greedy_routes(planned, travel)
    problem, _ = crowded(seed, breaks=breaks, after=after)
    reports = reports_until(routes, now_s, random.Random(seed), most_late_s=late_s)
    rest = remaining(problem, routes, reports, now_s=now_s)
    still = standing(rest.problem, travel, rest.steps)
    assert check_routes(rest.problem, travel, still) == []
    order = {own.shift_id: [s for s in own.steps if isinstance(s, VisitStep)] for own in rest.steps}
    for route in still:
        assert route.departure_s >= max(now_s, problem.shift_by_id[route.shift_id].start_s)
        kept = [VisitStep(ticket_id=visit.ticket_id, role=visit.role) for visit in route.visits]
        assert kept == [step for step in order[route.shift_id] if step in kept]  # nobody is put elsewhere
    over = {one.ticket_id for one in reports if one.state is not State.FAILED}
    assert over.isdisjoint(ticket.id for ticket in rest.problem.tickets)
    assert over | {ticket.id for ticket in rest.problem.tickets} == {ticket.id for ticket in problem.tickets}
    for old in rest.problem.baseline:  # what is promised stands where it stood, or has gone
        assert old.ticket_id not in {one.ticket_id for one in reports}
