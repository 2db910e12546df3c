"""Where `place_breaks` puts the breaks; minutes on the line."""

from __future__ import annotations

import pytest

from dispatch.plan import BreakStep, Rest
from dispatch.schedule import place_breaks, schedule_route

MIN_S = 60


@pytest.fixture(scope="module")
def placed(line):
    """Place the breaks of ann's route; answer its steps in words and the route."""

    def run(problem, *words):
        travel = line.travel(problem)
        steps = place_breaks(problem, travel, line.steps("ann1", *words))
        shown = [f"#{step.index}" if isinstance(step, BreakStep) else step.ticket_id for step in steps.steps]
        return shown, schedule_route(problem, travel, steps)

    return run


def _rests(route):
    return [(stop.start_s // MIN_S, stop.finish_s // MIN_S) for stop in route.stops if isinstance(stop, Rest)]


def test_left_out_before_the_departure(line, placed):
    # the route leaves at 580, the break is over by 500 + 30 = 530 at the earliest
    problem = line.solo([line.ticket("a", 20, windows=[(600, 600)])], breaks=[(500, 540, 30)])
    steps, route = placed(problem, "a")
    assert (steps, route.departure_s) == (["a"], 580 * MIN_S)


def test_left_out_after_the_return(line, placed):
    # back at 550, the break may start until 550
    problem = line.solo([line.ticket("a", 20)], breaks=[(520, 550, 30)])
    assert placed(problem, "a")[0] == ["a"]


def test_taken_when_the_return_is_a_second_too_late(line, placed):
    # back at 550, the break must start by 549: after a, at 530 or 20 min later at home; 580 back
    problem = line.solo([line.ticket("a", 20)], breaks=[(520, 549, 30)])
    steps, route = placed(problem, "a")
    assert (steps, _rests(route), route.return_s) == (["a", "#0"], [(530, 560)], 580 * MIN_S)


def test_on_the_leg_that_loses_least(line, placed):
    # a 490..520, b opens at 600: in the wait the break costs nothing
    tickets = [line.ticket("a", 10, windows=[(490, 490)]), line.ticket("b", 20, windows=[(600, 600)])]
    problem = line.solo(tickets, breaks=[(490, 640, 30)])
    steps, route = placed(problem, "a", "b")
    # 520 + 10 of driving + 30 of rest = 560, b 600..630, home 650, ten minutes after the break's latest start
    assert (steps, _rests(route), route.return_s) == (["a", "#0", "b"], [(520, 550)], 650 * MIN_S)


def test_two_breaks(line, placed):
    # a 480..600, rest 600..615, b 615..735, rest 735..765, c 765..825
    tickets = [line.ticket("a", 0, 120), line.ticket("b", 0, 120), line.ticket("c", 0, 60)]
    problem = line.solo(tickets, breaks=[(540, 600, 15), (700, 760, 30)])
    steps, route = placed(problem, "a", "b", "c")
    assert steps == ["a", "#0", "b", "#1", "c"]
    assert (_rests(route), route.return_s) == ([(600, 615), (735, 765)], 825 * MIN_S)


def test_both_breaks_before_a_long_visit(line, placed):
    # b would end at 735, after the second break's latest start, 730: so both lie between a and b, which starts at 730
    tickets = [line.ticket("a", 0, 120), line.ticket("b", 0, 120)]
    problem = line.solo(tickets, breaks=[(540, 600, 15), (700, 730, 30)])
    steps, route = placed(problem, "a", "b")
    assert steps == ["a", "#0", "#1", "b"]
    assert (_rests(route), route.return_s) == ([(600, 615), (700, 730)], 850 * MIN_S)


def test_old_breaks_are_thrown_away(line, placed):
    tickets = [line.ticket("a", 0, 120), line.ticket("b", 0, 120), line.ticket("c", 0, 60)]
    problem = line.solo(tickets, breaks=[(540, 600, 15), (700, 760, 30)])
    assert placed(problem, "#1", "a", "b", "#0", "c")[0] == ["a", "#0", "b", "#1", "c"]


def test_a_promised_window_comes_before_an_early_return(line, placed):
    # The break takes 30 min of 500..600. Before a, which must start by 500 at m20, it would break a's window; between a
    # and b it makes b, which must start by 560, miss its own: 530 + 30 + 10 = 570. Behind b, 540..570, it fits; home at
    # 600 it would be a minute too late.
    tickets = [line.ticket("a", 20, windows=[(480, 500)]), line.ticket("b", 30, windows=[(480, 560)])]
    problem = line.solo(tickets, breaks=[(500, 599, 30)])
    steps, route = placed(problem, "a", "b")
    assert steps == ["a", "b", "#0"]
    assert _rests(route) == [(570, 600)]
