"""What of a plan still stands: nobody leaves later than promised, and what can't be driven goes.

``ann`` drives the line: m10 at 540 (30 minutes), m20 at 580, m30 at 620, if nothing else is said.
"""

from __future__ import annotations

import dataclasses

from dispatch.replan import remaining
from dispatch.replan.standing import standing
from tests.dispatch.line import MIN_S
from tests.dispatch.replan.part_days import drive, rest_of, three, told, with_parts


def test_nobody_leaves_later_than_was_promised(line):
    """After t1 a long wait for t3 is ahead; without a promise t2 would be put off to be just before it."""
    tickets = [
        line.ticket("t1", 10, windows=[(540, 540)]),
        line.ticket("t2", 20, 20),
        line.ticket("t3", 10, windows=[(840, 840)]),
    ]
    problem = line.solo(tickets)
    routes = drive(line, problem, ann1=("t1", "t2", "t3"))
    rest = rest_of(line, problem, routes, told("t1", 540, 570), now=570)
    still = standing(rest.problem, line.travel(problem), rest.steps)
    assert [visit.start_s // MIN_S for visit in still[0].visits] == [580, 840]
    free = standing(rest.problem.replace(baseline=()), line.travel(problem), rest.steps)
    assert [visit.start_s // MIN_S for visit in free[0].visits] == [810, 840]


def test_of_a_route_that_is_too_long_the_last_visits_go(line):
    problem = three(line, last=680)  # home from m30 at 690 if t3 starts at 630
    routes = drive(line, problem.replace(shifts=(line.shift("ann"),)), ann1=("t1", "t2", "t3"))
    rest = rest_of(line, problem, routes, told("t1", 540, 570), now=581)
    still = standing(rest.problem, line.travel(problem), rest.steps)
    assert [visit.ticket_id for visit in still[0].visits] == ["t2"]


def test_a_missed_window_costs_that_visit_and_not_the_last_one_too(line):
    problem = line.solo(
        [line.ticket("t1", 10), line.ticket("t2", 20, 60, windows=[(580, 590)]), line.ticket("t3", 30)], last=720
    )
    routes = drive(line, problem, ann1=("t1", "t2", "t3"))
    rest = rest_of(line, problem, routes, told("t1", 540, 600), now=600)  # t2 at 610 is too late, and home at 740
    still = standing(rest.problem, line.travel(problem), rest.steps)
    assert [visit.ticket_id for visit in still[0].visits] == ["t3"]


def test_nobody_restocks_for_a_visit_that_has_gone(line):
    problem, routes = with_parts(line, hub={}, stock=1, words=("t1", "@hub", "t2"))
    late = problem.replace(
        tickets=tuple(
            dataclasses.replace(ticket, windows=(line.window(530, 560),)) if ticket.id == "t2" else ticket
            for ticket in problem.tickets
        )
    )
    rest = remaining(late, routes, [], now_s=560 * MIN_S)
    still = standing(rest.problem, line.travel(late), rest.steps)
    assert [stop.ticket_id for stop in still[0].stops] == ["t1"]
