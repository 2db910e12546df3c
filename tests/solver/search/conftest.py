"""Random days as the kernel sees them, and beside it what the domain says about the same route."""

from __future__ import annotations

import dataclasses
import importlib.util
import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dispatch.feasibility import check_routes
from dispatch.insertion import route_cents
from dispatch.plan import BreakStep, RestockStep, Route, RouteSteps, Step, VisitStep
from dispatch.problem import Problem
from dispatch.schedule import schedule_plan
from dispatch.travel import Legs, TravelMatrix
from dispatch.weights import Weights
from solver.search.evaluate import INFEASIBLE, carries, evaluate
from solver.search.world import World

_DRAWN_IN = Path(__file__).parent.parent / "test_random_problems.py"


class Day:
    """One problem in both worlds. `nodes` are numbers of the kernel: tickets, then centres."""

    def __init__(self, problem: Problem, travel: TravelMatrix) -> None:
        self.problem, self.travel = problem, travel
        self.world = World.of(problem, travel)

    def kernel(self, row: int, nodes: Sequence[int]) -> tuple[int | None, list[int], int]:
        """Cost of the compiled code (None: infeasible), the leg of each break, the earliest return."""
        instance = self.world.instance
        start_s, latest_s = (np.zeros(len(nodes) + 1, dtype=np.int64) for _ in range(2))
        rest_leg = np.zeros(instance.break_length_s.shape[1], dtype=np.int64)
        cents = evaluate(self.world.packed.header, row, _array(nodes), len(nodes), start_s, rest_leg, latest_s)
        rests = rest_leg[: instance.break_count[row]].tolist()
        return (None if cents >= INFEASIBLE else int(cents)), rests, int(start_s[len(nodes)])

    def carried(self, row: int, nodes: Sequence[int]) -> int:
        """How many stops the van can make before it lacks something."""
        instance = self.world.instance
        left = np.zeros(instance.need.shape[1], dtype=np.int64)
        return int(carries(self.world.packed.header, instance.class_of[row], _array(nodes), len(nodes), left))

    def steps(self, row: int, nodes: Sequence[int], rests: Sequence[int]) -> RouteSteps:
        """The same route as decisions, with break b on leg `rests[b]` (-1: none)."""
        n, found = len(self.problem.tickets), list[Step]()
        for leg in range(len(nodes) + 1):
            found += [BreakStep(index=index) for index, rest in enumerate(rests) if rest == leg]
            if leg < len(nodes):
                node = nodes[leg]
                found.append(
                    VisitStep(ticket_id=self.problem.tickets[node].id)
                    if node < n
                    else RestockStep(centre_id=self.problem.centres[node - n].id)
                )
        return RouteSteps(shift_id=self.problem.shifts[row].id, steps=tuple(found))

    def domain(self, row: int, nodes: Sequence[int], rests: Sequence[int]) -> tuple[int, Route, set[str]]:
        """Cost by the objective, the timed route, the violations that the checker finds."""
        (route,) = schedule_plan(self.problem, self.travel, [self.steps(row, nodes, rests)])
        codes = {violation.code for violation in check_routes(self.problem, self.travel, [route])}
        return route_cents(self.problem, route), route, codes

    def placements(self, row: int, nodes: Sequence[int]) -> Iterator[tuple[int, ...]]:
        """Every way to put the breaks of a shift on the legs of a route, or beside it."""
        legs = range(-1, len(nodes) + 1)
        for rests in itertools.product(legs, repeat=len(self.problem.shifts[row].breaks)):
            on_route = [leg for leg in rests if leg >= 0]
            if on_route == sorted(on_route):
                yield rests

    def sequences(self, seed: int, count: int) -> Iterator[tuple[int, list[int]]]:
        """Random routes of 1 to 5 tickets, now and then with restock stops, on random shifts."""
        rng = random.Random(seed)
        n, c = len(self.problem.tickets), len(self.problem.centres)
        for _ in range(count if n and self.problem.shifts else 0):
            nodes = rng.sample(range(n), rng.randint(1, min(n, 5)))
            for _ in range(rng.choice([0, 0, 1, 2]) if c else 0):
                nodes.insert(rng.randint(0, len(nodes)), n + rng.randrange(c))
            yield rng.randrange(len(self.problem.shifts)), nodes


def _array(nodes: Sequence[int]) -> Any:
    return np.array(nodes, dtype=np.int64)


def plain_day(day: tuple[Problem, TravelMatrix]) -> tuple[Problem, TravelMatrix]:
    """The same day without anything that keeps an insertion from being priced in O(1)."""
    problem, travel = day
    weights = Weights(**dict.fromkeys(Weights.__slots__, 0))
    weights = dataclasses.replace(
        weights, unserved_cents=10**5, deferred_cents=10**4, travel_time_cents_per_h=3600, preference_cents=700,
        travel_distance_cents_per_km=2000,
    )  # fmt: skip
    legs = {
        name: Legs(travel_s=np.abs(one.travel_s), distance_m=np.abs(one.distance_m))
        for name, one in travel.profiles.items()
    }
    bare = problem.replace(
        weights=weights,
        baseline=(),
        centres=(),
        tickets=tuple(
            dataclasses.replace(one, tier="plain", windows=one.windows[:1], tools=frozenset())
            for one in problem.tickets
        ),
        technicians=tuple(
            dataclasses.replace(one, centre_id=None, max_leg_m=None, max_leg_s=None) for one in problem.technicians
        ),
        shifts=tuple(dataclasses.replace(one, breaks=()) for one in problem.shifts),
    )
    return bare, TravelMatrix(places=travel.places, profiles=legs, source=travel.source)


@pytest.fixture(scope="session")
def days() -> Callable[[bool], Any]:
    """The strategy that draws the problems on which every engine is tested."""
    spec = importlib.util.spec_from_file_location("drawn_days", _DRAWN_IN)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.days  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def make_plain() -> Callable[[tuple[Problem, TravelMatrix]], tuple[Problem, TravelMatrix]]:
    return plain_day


@pytest.fixture(scope="session")
def make_day() -> type[Day]:
    return Day
