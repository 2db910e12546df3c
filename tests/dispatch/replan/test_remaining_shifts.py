"""The rest of a day begins where and when people are free, with the breaks that they have not had.

``ann`` drives the line: m10 at 540 (30 minutes), m20 at 580, m30 at 620, if nothing else is said.
"""

from __future__ import annotations

import dataclasses

import pytest

from dispatch.plan import Rest
from dispatch.replan import State
from dispatch.replan.standing import standing
from tests.dispatch.line import MIN_S
from tests.dispatch.replan.part_days import drive, rest_of, three, told

# Where and when people are free


@pytest.mark.parametrize(
    ("reports", "now", "start", "place"),
    [
        ((), 300, 480, "m0"),  # before the shift
        ((), 500, 500, "m0"),
        ((("t1", 540, 570),), 572, 572, "m10"),
        ((("t1", 540, 590, State.UNDER_WAY),), 550, 590, "m10"),  # free when the visit is expected to end
        ((("t1", 540, 545, State.FAILED),), 546, 546, "m10"),  # nobody was in: the technician stands there
        ((("t2", 580, 610), ("t1", 540, 570)), 612, 612, "m20"),  # the last one counts, in whatever order they come
    ],
)
def test_a_shift_begins_where_and_when_its_technician_is_free(line, reports, now, start, place):
    problem = three(line)
    routes = drive(line, problem, ann1=("t1", "t2", "t3"))
    rest = rest_of(line, problem, routes, *(told(*one) for one in reports), now=now).problem
    assert [(shift.start_s, shift.start_place.id) for shift in rest.shifts] == [(start * MIN_S, place)]
    assert rest.shifts[0].end_s == problem.shifts[0].end_s
    assert rest.shifts[0].end_place == problem.shifts[0].end_place


def test_overtime_counts_from_now_when_the_regular_end_has_passed(line):
    problem = three(line, regular=560)
    rest = rest_of(line, problem, drive(line, problem, ann1=("t1", "t2")), now=600).problem
    assert rest.shifts[0].regular_end_s == 600 * MIN_S


@pytest.mark.parametrize(("finish", "left"), [(1019, 1), (1020, 0)])
def test_a_shift_with_no_time_left_is_gone_and_its_steps_with_it(line, finish, left):
    problem = three(line)
    routes = drive(line, problem, ann1=("t1", "t2", "t3"))
    rest = rest_of(line, problem, routes, told("t1", 540, finish, State.UNDER_WAY), now=600)
    assert (len(rest.problem.shifts), len(rest.steps)) == (left, left)
    assert {old.ticket_id for old in rest.problem.baseline} == {"t2", "t3"}  # promised all the same


# Breaks


@pytest.mark.parametrize(
    ("reports", "now", "left", "free"),
    [
        ((), 470, [(570, 630)], 480),
        ((("t1", 540, 570),), 570, [(570, 630)], 570),
        ((("t1", 540, 570),), 575, [], 600),  # it lasts until 600
        ((("t1", 540, 570),), 600, [], 600),
        ((("t1", 540, 570),), 610, [], 610),
        ((("t1", 540, 590, State.UNDER_WAY),), 580, [(590, 630)], 590),  # work went on: the break is still to come
        ((("t1", 540, 640, State.UNDER_WAY),), 580, [], 640),  # and can't be taken in its window any more
    ],
)
def test_a_break_that_was_taken_does_not_come_again(line, reports, now, left, free):
    problem = three(line, breaks=[(570, 630, 30)])
    routes = drive(line, problem, ann1=("t1", "#0", "t2", "t3"))
    assert [stop.start_s for stop in routes[0].stops if isinstance(stop, Rest)] == [570 * MIN_S]
    (shift,) = rest_of(line, problem, routes, *(told(*one) for one in reports), now=now).problem.shifts
    assert shift.breaks == tuple(line.rest(first, last, 30) for first, last in left)
    assert shift.start_s == free * MIN_S


def test_a_break_that_could_have_been_taken_but_was_not_does_not_count_as_taken(line):
    """At 600 it could lie before the departure of the rest of the shift, but ann has worked since 540."""
    problem = three(line, breaks=[(541, 650, 30)])
    routes = drive(line, problem, ann1=("t1", "t2", "#0", "t3"))  # at 610
    rest = rest_of(line, problem, routes, told("t1", 540, 570), now=600)
    assert rest.problem.shifts[0].breaks == (line.rest(600, 650, 30),)
    (route,) = standing(rest.problem, line.travel(problem), rest.steps)
    assert [stop.index for stop in route.stops if isinstance(stop, Rest)] == [0]


def test_a_break_before_the_departure_was_taken(line):
    problem = three(line, breaks=[(485, 590, 30)])
    (route,) = routes = drive(line, problem, ann1=("t1", "t2", "t3"))
    assert route.departure_s == 530 * MIN_S
    rest = rest_of(line, problem, routes, told("t1", 540, 570), now=572)
    assert rest.problem.shifts[0].breaks == ()


def test_a_rest_is_known_by_its_window_not_by_its_index(line):
    """A plan of the rest of a day counts the breaks that were left then: its index 0 may be the second one."""
    problem = three(line, breaks=[(570, 600, 15), (630, 700, 30)])
    (route,) = drive(line, problem, ann1=("t1", "#0", "t2", "#1", "t3"))
    second = [stop for stop in route.stops if isinstance(stop, Rest)][1]
    stops = tuple(dataclasses.replace(stop, index=0) if stop is second else stop for stop in route.stops)
    routes = [dataclasses.replace(route, stops=stops)]
    done = told("t1", 540, 570), told("t2", 600, second.start_s // MIN_S)
    after_s = second.finish_s // MIN_S + 1
    assert after_s < 700
    assert rest_of(line, problem, routes, *done, now=after_s).problem.shifts[0].breaks == ()
