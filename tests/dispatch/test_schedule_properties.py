"""Times of random untied routes against a plain simulation and full enumeration.

All inputs are multiples of five minutes, so a minute's grid holds every departure that matters.
"""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.feasibility import check_routes
from dispatch.plan import BreakStep, Rest, RouteSteps, VisitStep
from dispatch.schedule import place_breaks, schedule_plan, schedule_route
from dispatch.tiers import Point

MIN_S = 60


def _world(line, rng, breaks):
    """A shift 480..840 with up to four tickets, windows and targets, and `breaks` breaks."""
    tickets, tiers = [], [line.plain]
    for number in range(rng.randint(1, 4)):
        windows = []
        for _ in range(rng.choice([0, 0, 1, 2])):
            first = rng.randrange(480, 800, 5)
            windows.append((first, first + rng.randrange(0, 90, 5)))
        tier = "plain"
        if rng.random() < 0.6:
            tier = f"tier{number}"
            targets = [("respond", rng.randrange(400, 900, 5), Point.START)]
            targets += [("solve", rng.randrange(400, 900, 5), Point.FINISH)] * rng.randint(0, 1)
            tiers.append(line.tier(tier, *targets))
        tickets.append(
            line.ticket(
                f"t{number}", rng.randrange(0, 60, 5), rng.choice([0, 10, 20, 40, 60]), tier=tier, windows=windows
            )
        )
    rests, free = [], 485
    for _ in range(breaks):
        first = free + rng.randrange(0, 120, 5)
        last = first + rng.randrange(0, 90, 5)
        length = rng.choice([10, 15, 30])
        rests.append((first, last, length))
        free = last + length
    ends = [rng.choice([None, 0, 0, 30]) for _ in range(2)]
    return line.solo(tickets, last=840, begin=ends[0], end=ends[1], breaks=rests, world={"tiers": tuple(tiers)})


def _seat(problem, rng):
    """Steps of the only shift: all tickets in order, breaks at random legs in order."""
    steps = [VisitStep(ticket_id=ticket.id) for ticket in problem.tickets]
    places = sorted(rng.randint(0, len(steps)) for _ in problem.shifts[0].breaks)
    for number, place in reversed(list(enumerate(places))):
        steps.insert(place, BreakStep(index=number))
    return RouteSteps(shift_id="ann1", steps=tuple(steps))


def _simulate(problem, travel, steps, departure_s):
    """Minute by minute, as a person would act: drive unless a break of this leg is due, start as soon as allowed.

    Answer the start of every step and the return.
    """
    (shift,) = problem.shifts
    here, now, starts, due = shift.start_place, departure_s, [], []

    def go(target, now, due):
        left = travel.leg("car", here, target)[0]
        begun = []
        while left > 0 or due:
            if due and now >= due[0].earliest_s:
                begun.append(now)
                now += due.pop(0).duration_s
            else:
                left -= MIN_S if left > 0 else 0
                now += MIN_S
        return now, begun

    for step in steps.steps:
        if isinstance(step, BreakStep):
            due.append(shift.breaks[step.index])
            continue
        ticket = problem.ticket_by_id[step.ticket_id]
        now, begun = go(ticket.place, now, due)
        due, here = [], ticket.place
        while ticket.windows and now <= ticket.windows[-1].end_s and not _inside(ticket, now):
            now += MIN_S
        starts += [*begun, now]
        now += ticket.duration_s
    now, begun = go(shift.end_place, now, due)
    return [*starts, *begun], now


def _inside(ticket, second):
    return any(window.start_s <= second <= window.end_s for window in ticket.windows)


def _harm(problem, steps, starts):
    """For each step what a later start would add: (hard limit broken, seconds late for each target)."""
    (shift,) = problem.shifts
    found = []
    for step, start in zip(steps.steps, starts, strict=True):
        if isinstance(step, BreakStep):
            found.append((start > shift.breaks[step.index].latest_s,))
            continue
        ticket = problem.ticket_by_id[step.ticket_id]
        late = [
            max(0, (start if due.point is Point.START else start + ticket.duration_s) - due.due_s)
            for due in problem.deadlines[ticket.id]
        ]
        found.append((bool(ticket.windows) and not _inside(ticket, start), *late))
    return found


@given(seed=st.integers(0, 10**9), breaks=st.integers(0, 2))
@settings(max_examples=150)
def test_times_are_those_of_a_plain_simulation(line, seed, breaks):
    rng = random.Random(seed)
    problem = _world(line, rng, breaks)
    steps, travel = _seat(problem, rng), line.travel(problem)
    route = schedule_route(problem, travel, steps)
    assert ([stop.start_s for stop in route.stops], route.return_s) == _simulate(
        problem, travel, steps, route.departure_s
    )


@given(seed=st.integers(0, 10**9), breaks=st.integers(0, 2))
@settings(max_examples=120)
def test_departure_is_the_latest_and_the_return_the_earliest(line, seed, breaks):
    rng = random.Random(seed)
    problem = _world(line, rng, breaks)
    steps, travel = _seat(problem, rng), line.travel(problem)
    route = schedule_route(problem, travel, steps)
    earliest, return_s = _simulate(problem, travel, steps, problem.shifts[0].start_s)
    assert route.return_s == return_s
    harm = _harm(problem, steps, earliest)
    if any(one[0] for one in harm):
        return  # a route that breaks a window or a break's window: the checker refuses it anyway
    final = _harm(problem, steps, [stop.start_s for stop in route.stops])
    assert all(new <= old for a, b in zip(final, harm, strict=True) for new, old in zip(a, b, strict=True))
    for departure_s in range(route.departure_s + MIN_S, route.return_s + 1, MIN_S):
        starts, back_s = _simulate(problem, travel, steps, departure_s)
        worse = back_s > return_s or any(
            new > old
            for a, b in zip(_harm(problem, steps, starts), harm, strict=True)
            for new, old in zip(a, b, strict=True)
        )
        assert worse, f"could leave at {departure_s} in place of {route.departure_s}"


@given(seed=st.integers(0, 10**9), breaks=st.integers(0, 2))
@settings(max_examples=100)
def test_replay_changes_nothing(line, seed, breaks):
    rng = random.Random(seed)
    problem = _world(line, rng, breaks)
    travel = line.travel(problem)
    routes = schedule_plan(problem, travel, [_seat(problem, rng)])
    assert schedule_plan(problem, travel, [route.steps for route in routes]) == routes


def _seatings(problem):
    """Every way to seat the breaks in order, each on a leg or nowhere."""
    visits = [VisitStep(ticket_id=ticket.id) for ticket in problem.tickets]
    (shift,) = problem.shifts
    for places in itertools.product([None, *range(len(visits) + 1)], repeat=len(shift.breaks)):
        taken = [place for place in places if place is not None]
        if taken != sorted(taken):
            continue
        steps = list(visits)
        for number, place in reversed(list(enumerate(places))):
            if place is not None:
                steps.insert(place, BreakStep(index=number))
        yield RouteSteps(shift_id="ann1", steps=tuple(steps))


def _works(problem, travel, steps):
    return check_routes(problem, travel, schedule_plan(problem, travel, [steps])) == []


@pytest.mark.parametrize(("breaks", "missed_percent"), [(1, 0), (2, 2)])
def test_breaks_are_placed_where_any_seating_works(line, breaks, missed_percent):
    """With one break never missed; with two the one-after-the-other placement may miss a rare case."""
    missed = possible = 0
    for seed in range(300):
        problem = _world(line, random.Random(seed), breaks)
        travel = line.travel(problem)
        if not any(_works(problem, travel, steps) for steps in _seatings(problem)):
            continue
        possible += 1
        plain = RouteSteps(shift_id="ann1", steps=tuple(VisitStep(ticket_id=t.id) for t in problem.tickets))
        missed += not _works(problem, travel, place_breaks(problem, travel, plain))
    assert possible > 60
    assert missed * 100 <= missed_percent * possible, f"{missed} of {possible}"


def test_rests_stand_where_they_were_seated(line):
    problem = _world(line, random.Random(3), 2)
    steps = _seat(problem, random.Random(4))
    route = schedule_route(problem, line.travel(problem), steps)
    kinds = [isinstance(stop, Rest) for stop in route.stops]
    assert kinds == [isinstance(step, BreakStep) for step in steps.steps]
