"""Every engine on 200 small problems that use everything the model has: the checker accepts all plans.

Problems are drawn by hypothesis, so a failure is shown as the smallest problem that still fails. Travel is random
(not symmetric, no triangle inequality, pairs without a way), or zero, or along a line.
"""

from __future__ import annotations

import dataclasses
import random
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from dispatch.clock import Calendar
from dispatch.errors import InputError
from dispatch.feasibility import check_plan
from dispatch.features import USERS
from dispatch.places import Place
from dispatch.plan import Plan, Rest, Restock, RouteSteps
from dispatch.ports import Feature, Limits, RoutingEngine
from dispatch.problem import Assignment, Problem
from dispatch.service import plan_day
from dispatch.technicians import Break, ServiceCentre, Shift, Technician
from dispatch.tickets import After, Pin, Ticket, Window
from dispatch.tiers import DEFAULT_TIERS, Point, Target, Tier
from dispatch.travel import Legs, TravelMatrix
from dispatch.weights import Weights
from solver.registry import ENGINES
from solver.registry import engine as make_engine

HOUR_S, DAY_S = 3600, 86_400
ITERATIONS = {"greedy": 50, "ortools": 1, "search": 200}
EXAMPLES = {"greedy": 200, "ortools": 200, "search": 200}
"""The reference engine is slow, and has the same checks behind it."""
SKILLS, PARTS, TOOLS = ("gas", "lift"), ("fuse", "pump"), ("drill", "saw")
STARTS = (
    datetime(2026, 3, 2, tzinfo=ZoneInfo("Asia/Shanghai")),
    datetime(2026, 3, 28, tzinfo=ZoneInfo("Europe/Berlin")),  # clocks go forward on the second day
)
OFFICE = Calendar(
    name="office",
    zone="Asia/Shanghai",
    hours={day: ((time(9), time(12)), (time(13), time(18))) for day in range(5)},
    holidays=frozenset({date(2026, 3, 3)}),
)
TIERS = (
    *DEFAULT_TIERS,
    Tier(name="plain", level=0, weight=1),
    Tier(
        name="office",
        level=2,
        weight=4,
        targets=(
            Target(name="respond", within_s=2 * HOUR_S, point=Point.START, clock="office"),
            Target(name="solve", within_s=5 * HOUR_S, point=Point.FINISH, clock="office"),
        ),
    ),
)

Draw = Callable[[st.SearchStrategy[Any]], Any]


def some(names: tuple[str, ...], most: int = 2) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(names), max_size=most) if names else st.just(frozenset())


def counts(names: tuple[str, ...], first: int, last: int) -> st.SearchStrategy[dict[str, int]]:
    return st.dictionaries(st.sampled_from(names), st.integers(first, last), max_size=2)


def seldom(strategy: st.SearchStrategy[Any], *, usual: object = None, one_in: int = 6) -> st.SearchStrategy[Any]:
    """`usual`, and now and then something else: if all rules were used at once, nobody could serve anything."""
    return st.integers(1, one_in).flatmap(lambda number: strategy if number == one_in else st.just(usual))


clock_s = st.integers(5 * HOUR_S, 20 * HOUR_S)


@st.composite
def breaks(draw: Draw, start_s: int, end_s: int) -> tuple[Break, ...]:
    found: list[Break] = []
    free_s = start_s
    for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
        earliest_s = free_s + draw(st.integers(0, 2 * HOUR_S))
        latest_s = earliest_s + draw(st.integers(0, 2 * HOUR_S))
        if latest_s > end_s:
            break
        found.append(Break(earliest_s=earliest_s, latest_s=latest_s, duration_s=draw(st.sampled_from([1, 900, 2701]))))
        free_s = latest_s + found[-1].duration_s
    return tuple(found)


@st.composite
def shifts(draw: Draw, owner: str, day: int, places: tuple[Place, ...]) -> Shift:
    start_s = day * DAY_S + draw(st.integers(6 * HOUR_S, 10 * HOUR_S))
    end_s = start_s + draw(st.integers(2, 11)) * HOUR_S
    return Shift(
        id=f"{owner}{day}",
        technician_id=owner,
        start_s=start_s,
        regular_end_s=draw(st.sampled_from([start_s, end_s - HOUR_S, end_s])),
        end_s=end_s,
        start_place=draw(st.none() | st.sampled_from(places)),
        end_place=draw(st.none() | st.sampled_from(places)),
        breaks=draw(breaks(start_s, end_s)),
    )


@st.composite
def technicians(draw: Draw, name: str, places: tuple[Place, ...], centres: tuple[str, ...]) -> Technician:
    base = draw(st.none() | st.sampled_from(places))
    factors = st.dictionaries(st.sampled_from([*SKILLS, "*"]), st.sampled_from([1, 80, 133, 300]), min_size=1)
    reach_m, reach_s = st.integers(5_000, 60_000), st.integers(600, HOUR_S)
    return Technician(
        id=name,
        skills=draw(st.fixed_dictionaries({name: st.integers(1, 5) for name in SKILLS}) | counts(SKILLS, 1, 5)),
        duration_percent=draw(seldom(factors, usual={}, one_in=3)),
        base=base,
        centre_id=draw(st.none() | st.sampled_from(centres)) if centres else None,
        profile=draw(st.sampled_from(["car", "car", "van"])),
        stock=draw(st.fixed_dictionaries({name: st.integers(0, 2) for name in PARTS})),
        tools=draw(some(TOOLS)),
        max_distance_m=draw(seldom(reach_m)) if base else None,
        max_drive_s=draw(seldom(reach_s)) if base else None,
        max_leg_m=draw(seldom(reach_m)),
        max_leg_s=draw(seldom(reach_s)),
    )


@st.composite
def windows(draw: Draw, days: int) -> tuple[Window, ...]:
    found = []
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2, 3]))):
        start_s = draw(st.integers(0, days - 1)) * DAY_S + draw(clock_s)
        found.append(Window(start_s=start_s, end_s=start_s + draw(st.sampled_from([0, 3600, 14_400, 30_000]))))
    return tuple(found)


@st.composite
def tickets(
    draw: Draw, number: int, days: int, places: tuple[Place, ...], people: tuple[str, ...], ties: bool
) -> Ticket:
    excluded = draw(seldom(some(people, 1), usual=frozenset()))
    wanted = tuple(one for one in people if one not in excluded)
    crew: tuple[Mapping[str, int], ...] = ()
    after: tuple[After, ...] = ()
    if ties:
        crew = draw(st.sampled_from([(), (), (), ({},), ({"gas": 1},), ({}, {})]))
        if number and draw(st.integers(0, 3)) == 0:
            min_gap_s = draw(st.sampled_from([0, 600]))
            max_gap_s = draw(st.none() | st.sampled_from([min_gap_s, 7200]))
            first = f"t{draw(st.integers(0, number - 1))}"
            after = (
                After(ticket_id=first, min_gap_s=min_gap_s, max_gap_s=max_gap_s, point=draw(st.sampled_from(Point))),
            )
    return Ticket(
        id=f"t{number}",
        place=draw(st.sampled_from(places)),
        duration_s=draw(st.sampled_from([0, 1, 1234, 3600, 7200])),
        tier=draw(st.sampled_from([tier.name for tier in TIERS])),
        opened_s=draw(st.integers(-3 * DAY_S, DAY_S)),
        windows=draw(windows(days)),
        skills=draw(seldom(counts(SKILLS, 1, 3), usual={}, one_in=3)),
        parts=draw(seldom(counts(PARTS, 1, 2), usual={}, one_in=2)),
        tools=draw(seldom(some(TOOLS, 1), usual=frozenset())),
        required=draw(seldom(some(wanted), usual=frozenset())),
        preferred=draw(seldom(some(wanted), usual=frozenset(), one_in=3)),
        excluded=excluded,
        crew=crew,
        after=after,
        unserved_cents=draw(seldom(st.sampled_from([0, 1, 10**6]))),
    )


@st.composite
def pinned(draw: Draw, problem: Problem) -> Problem:
    """Pin or lock some tickets to technicians who may serve them; a pin that contradicts the input is left out."""
    for ticket in problem.tickets:
        if not problem.shifts or ticket.crew or draw(seldom(st.just(1), usual=0, one_in=5)) == 0:
            continue
        shift = draw(st.sampled_from(problem.shifts))
        start_s = draw(st.none() | st.integers(shift.start_s, shift.end_s))
        pin = Pin(technician_ids=(shift.technician_id,), start_s=start_s)
        try:
            problem = problem.with_ticket(dataclasses.replace(ticket, pin=pin))
        except InputError:
            event("a pin that contradicts the input")
    return problem


@st.composite
def weights(draw: Draw) -> Weights:
    """The default ones, or some of them nothing or very much."""
    names = st.sampled_from(
        [name for name in Weights.__slots__ if name.endswith(("_h", "_min", "_km", "_cents", "_s"))]
    )
    return Weights(**draw(st.dictionaries(names, st.sampled_from([0, 1, 10**6]), max_size=3)))


@st.composite
def travels(draw: Draw, problem: Problem) -> TravelMatrix:
    """Travel of two profiles; some ordered pairs have no way."""
    size = len(problem.places)
    kind = draw(st.sampled_from(["wild", "wild", "line", "nothing"]))
    chance = random.Random(draw(st.integers(0, 10**6)))
    off = 1 - np.eye(size, dtype=np.int32)
    profiles = {}
    for name in ("car", "van"):
        if kind == "line":
            where = np.array([chance.randrange(0, 3600) for _ in range(size)])
            seconds = np.abs(np.subtract.outer(where, where))
        else:
            seconds = np.array([[chance.randrange(0, HOUR_S) for _ in range(size)] for _ in range(size)])
            seconds = seconds.reshape(size, size) * (off if kind == "wild" else 0)
        metres = seconds * (1 if kind == "line" else chance.randrange(1, 15))
        profiles[name] = [seconds.astype(np.int32), metres.astype(np.int32)]
    if size > 1:
        spot = st.integers(0, size - 1)
        for i, j in draw(st.lists(st.tuples(spot, spot), max_size=4)):
            for arrays in profiles.values() if i != j else ():
                arrays[0][i, j] = arrays[1][i, j] = -1
    event(f"travel {kind}")
    legs = {name: Legs(travel_s=seconds, distance_m=metres) for name, (seconds, metres) in profiles.items()}
    return TravelMatrix(places=problem.places, profiles=legs, source="random")


@st.composite
def days(draw: Draw, ties: bool) -> tuple[Problem, TravelMatrix]:
    """A problem of 0..8 tickets, 0..3 technicians and 1 or 2 days, with travel. `ties`: crews and order too."""
    length = draw(st.integers(1, 2))
    places = tuple(Place(id=f"p{number}") for number in range(draw(st.integers(1, 9))))
    centres = tuple(
        ServiceCentre(
            id=f"c{number}",
            place=draw(st.sampled_from(places)),
            restock_s=draw(st.sampled_from([0, 600])),
            parts=draw(st.none() | some(PARTS)),
            tools=draw(st.none() | some(TOOLS)),
            coverage_m=draw(seldom(st.integers(5_000, 60_000))),
            coverage_s=draw(seldom(st.integers(600, HOUR_S))),
        )
        for number in range(draw(st.sampled_from([0, 1, 1, 2])))
    )
    names = ("ann", "bob", "cat")[: draw(st.sampled_from([1, 2, 3, 3, 0]))]
    people = tuple(draw(technicians(name, places, tuple(one.id for one in centres))) for name in names)
    turns = tuple(
        draw(shifts(name, day, places)) for name in names for day in range(length) if draw(st.integers(0, 9)) < 9
    )
    work = tuple(
        draw(tickets(number, length, places, names, ties))
        for number in range(draw(st.sampled_from([*range(9), 5, 6, 7, 8])))
    )
    spot = st.integers(0, length * DAY_S)
    baseline = tuple(
        Assignment(ticket_id=ticket.id, role=0, technician_id=draw(st.sampled_from(names)), start_s=draw(spot))
        for ticket in work
        if names and draw(seldom(st.just(1), usual=0)) == 1
    )
    problem = Problem(
        start=draw(st.sampled_from(STARTS)),
        end_s=length * DAY_S,
        tickets=work,
        technicians=people,
        shifts=turns,
        centres=centres,
        tiers=TIERS,
        calendars=(OFFICE,),
        weights=draw(weights()),
        baseline=baseline,
    )
    problem = draw(pinned(problem))
    return problem, draw(travels(problem))


def _plan(
    engine: RoutingEngine,
    problem: Problem,
    travel: TravelMatrix,
    *,
    seed: int = 3,
    warm_start: tuple[RouteSteps, ...] = (),
) -> Plan:
    """Plan, which replays and checks; then ask the checker once more."""
    limits = Limits(iterations=ITERATIONS[engine.name])
    plan = plan_day(problem, travel, engine, limits=limits, seed=seed, warm_start=warm_start)
    assert [str(violation) for violation in check_plan(problem, travel, plan)] == []
    return plan


def _ties(engine: RoutingEngine) -> bool:
    return engine.features >= {Feature.CREWS, Feature.AFTER}


def _hypothesis(examples: int) -> settings:
    return settings(max_examples=examples, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("name", sorted(ENGINES))
def test_the_checker_accepts_every_plan(name):
    engine = make_engine(name)
    used: set[Feature] = set()
    seen: Counter[str] = Counter()

    @_hypothesis(EXAMPLES[name])
    @given(days(_ties(engine)))
    def run(day):
        problem, travel = day
        plan = _plan(engine, problem, travel)
        used.update(feature for feature, users in USERS.items() if users(problem))
        seen.update(
            served=sum(len(route.visits) for route in plan.routes),
            unserved=len(plan.unserved),
            late=len(plan.late),
            rests=sum(isinstance(stop, Rest) for route in plan.routes for stop in route.stops),
            restocks=sum(isinstance(stop, Restock) for route in plan.routes for stop in route.stops),
        )

    run()
    # Plans that serve nobody would say nothing about the engine.
    assert used == set(Feature) - (set() if _ties(engine) else {Feature.CREWS, Feature.AFTER})
    assert all(seen[what] >= least for what, least in LEAST_SEEN.items()), seen


LEAST_SEEN = {"served": 200, "unserved": 150, "late": 50, "rests": 25, "restocks": 8}


@pytest.mark.parametrize("name", sorted(ENGINES))
@_hypothesis(30)
@given(data=st.data())
def test_a_warm_start_never_makes_it_dearer(name, data):
    problem, travel = data.draw(days(False))
    first = _plan(make_engine("greedy"), problem, travel)
    start = tuple(route.steps for route in first.routes)
    assert _plan(make_engine(name), problem, travel, warm_start=start).total_cents <= first.total_cents


@pytest.mark.parametrize("name", sorted(ENGINES))
@_hypothesis(20)
@given(data=st.data())
def test_the_same_call_gives_the_same_plan(name, data):
    engine = make_engine(name)
    problem, travel = data.draw(days(_ties(engine)))
    assert _plan(engine, problem, travel) == _plan(make_engine(name), problem, travel)
