"""The rest of a day begins with what is left in the vans, and with what was fetched."""

from __future__ import annotations

import pytest

from dispatch.plan import VisitStep
from dispatch.replan import State
from dispatch.replan.standing import standing
from tests.dispatch.line import MIN_S
from tests.dispatch.replan.part_days import rest_of, told, with_parts


@pytest.mark.parametrize(
    ("reports", "fuses"),
    [
        ((), 2),
        ((("t1", 490, 520),), 1),
        ((("t1", 490, 520), ("t2", 530, 600, State.UNDER_WAY)), 0),  # it is being used
        ((("t1", 490, 520, State.FAILED),), 2),
        ((("t1", 490, 520), ("t2", 530, 560), ("t3", 570, 600)), 0),  # never below nothing
    ],
)
def test_parts_that_were_used_are_missing(line, reports, fuses):
    problem, routes = with_parts(line)
    rest = rest_of(line, problem, routes, *(told(*one) for one in reports), now=590)
    assert rest.problem.technicians[0].stock == {"fuse": fuses, "pump": 1}


RESTOCKED = ("t1", "@hub", "t2", "t3")  # t1 ends at 520 if the day begins at 480; the hub is 5 minutes away


@pytest.mark.parametrize(
    ("hub", "reports", "now", "fuses", "restocks"),
    [
        ({}, (("t1", 490, 520),), 525, 0, 1),  # on the way there
        ({}, (("t1", 490, 520),), 526, 2, 0),  # there: what t2 and t3 need
        ({}, (("t1", 490, 600, State.UNDER_WAY),), 550, 0, 1),  # late: it was not there yet
        ({}, (("t1", 490, 520), ("t2", 540, 570)), 571, 1, 0),
        ({"parts": frozenset({"pump"})}, (("t1", 490, 520),), 560, 0, 0),  # it has no fuses
        ({}, (), 560, 1, 1),  # nothing has begun
    ],
)
def test_a_restock_refills_once_it_has_happened(line, hub, reports, now, fuses, restocks):
    problem, routes = with_parts(line, hub=hub, stock=1, words=RESTOCKED)
    assert routes[0].stops[1].start_s == 525 * MIN_S
    rest = rest_of(line, problem, routes, *(told(*one) for one in reports), now=now)
    assert rest.problem.technicians[0].stock["fuse"] == fuses
    left = [step for own in rest.steps for step in own.steps]
    assert len([step for step in left if not isinstance(step, VisitStep)]) == restocks


def test_after_a_restock_the_technician_leaves_from_there_with_what_was_fetched(line):
    problem, routes = with_parts(line, hub={}, stock=1, words=RESTOCKED, tools={"saw"})
    rest = rest_of(line, problem, routes, told("t1", 490, 520), now=530)
    (shift,) = rest.problem.shifts
    assert (shift.start_place.id, shift.start_s) == ("m15", 535 * MIN_S)  # it takes ten minutes
    assert rest.problem.technicians[0].tools == {"saw"}
    (route,) = standing(rest.problem, line.travel(problem), rest.steps)
    assert [visit.start_s for visit in route.visits] == [visit.start_s for visit in routes[0].visits[1:]]
