"""The screen of all routes at once against the one of each gap."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from dispatch.insertion import candidates, fits, gaps
from dispatch.objective import served_ids
from dispatch.ports import Limits
from dispatch.screen import Screen
from dispatch.service import plan_day
from solver.greedy import GreedyEngine

TECHNICIAN_PACE = {"*": 130}


def _day(crowded, seed):
    """A day with routes, tickets left over, and a slow technician."""
    problem, travel = crowded(seed, tickets=16, breaks=seed % 3)
    slow = dataclasses.replace(problem.technicians[0], duration_percent=TECHNICIAN_PACE)
    problem = problem.replace(technicians=(slow, *problem.technicians[1:]))
    plan = plan_day(problem, travel, GreedyEngine(), limits=Limits(iterations=9), seed=0)
    routes = {route.shift_id: route for route in plan.routes[1:]}  # one shift has nothing to do
    served = served_ids(list(routes.values()))
    return problem, travel, routes, [ticket for ticket in problem.tickets if ticket.id not in served]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("most", [1, 3, 8, 100])
def test_the_nearest_fits_are_those_of_the_gaps_one_by_one(crowded, seed, most):
    problem, travel, routes, left = _day(crowded, seed)
    screen = Screen(problem, travel, routes)
    shifts = np.array([number % 4 != 3 for number in range(len(problem.shifts))])
    for ticket in left:
        found = []
        for shift in (shift for shift, asked in zip(problem.shifts, shifts, strict=True) if asked):
            own = gaps(problem, travel, shift, routes.get(shift.id))
            assert screen.gaps[shift.id] == own
            some = candidates(problem, travel, ticket, shift, routes.get(shift.id), own)
            found += [(fit.gap not in own, fit.travel_s, fit) for fit in some]
        found.sort(key=lambda item: item[:2])
        expected = [(fit, loose) for loose, _, fit in found[:most]]
        assert list(screen.nearest(screen.look(ticket, shifts), most)) == expected


@pytest.mark.parametrize("seed", range(12))
def test_room_and_starts_say_what_the_gaps_one_by_one_say(crowded, seed):
    problem, travel, routes, left = _day(crowded, seed)
    screen = Screen(problem, travel, routes)
    everybody = np.ones(len(problem.shifts), dtype=np.bool_)
    for ticket in left:
        room = screen.room(screen.look(ticket, everybody))
        starts = screen.starts(screen.look(ticket, everybody, windows=()))
        for number, shift in enumerate(problem.shifts):
            own = gaps(problem, travel, shift, routes.get(shift.id))
            strict = list(fits(problem, travel, ticket, shift, own))
            some = candidates(problem, travel, ticket, shift, routes.get(shift.id), own)
            assert room.fits[number] == bool(some)
            assert room.windowed[number] == bool(strict)
            if strict:
                assert room.least_short_s[number] == min(fit.short_s for fit in strict)
            free = fits(problem, travel, dataclasses.replace(ticket, windows=(), pin=None), shift, own)
            expected = [(fit.start_s, fit.start_s - fit.short_s) for fit in free if fit.short_s <= 0]
            assert starts.get(number, []) == expected


def test_a_changed_route_is_read_again(crowded):
    problem, travel, routes, left = _day(crowded, 3)
    everybody = np.ones(len(problem.shifts), dtype=np.bool_)
    screen = Screen(problem, travel, {})
    screen.look(left[0], everybody)
    for route in routes.values():
        screen.update(route)
    again = Screen(problem, travel, routes)
    for ticket in left:
        assert list(screen.nearest(screen.look(ticket, everybody), 50)) == list(
            again.nearest(again.look(ticket, everybody), 50)
        )
