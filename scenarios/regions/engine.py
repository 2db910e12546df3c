"""An engine that lets another one plan each region as a task of its own."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field

from dispatch.errors import UnavailableError
from dispatch.plan import RouteSteps, VisitStep
from dispatch.ports import EngineAnswer, EngineRequest, Feature, Limits, Progress, TravelTimes
from dispatch.problem import Problem
from dispatch.service import route_day, travel_of
from scenarios.regions.split import REGION_TICKETS, part_of, split
from scenarios.tasks.driver import run_tasks
from scenarios.tasks.pools import Machines
from solver.registry import engine


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionTasks:
    """What every region task shares."""

    parts: Mapping[int, Problem]
    source: TravelTimes
    engine: str
    limits: Limits
    seed: int


def plan_region(tasks: RegionTasks, number: int) -> bytes:
    """Routes of one region, pickled; its legs are asked for where it is planned."""
    part = tasks.parts[number]
    routes = route_day(part, travel_of(part, tasks.source), engine(tasks.engine), limits=tasks.limits, seed=tasks.seed)
    return pickle.dumps(tuple(route.steps for route in routes))


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionEngine:
    """Plans regions on their own; :func:`dispatch.service.plan_day` then inserts what is left over all borders.

    The same regions, and with an iteration limit the same routes, whatever machines there are.

    Parameters
    ----------
    inner : str
        Engine of each region.
    source : TravelTimes
        Asked by each task for the legs of its region.
    machines : Machines
        Where tasks run.
    most : int
        Tickets of a region.
    """

    inner: str
    source: TravelTimes
    machines: Machines
    most: int = REGION_TICKETS
    name: str = field(init=False, default="regions")

    @property
    def version(self) -> str:
        return f"1+{self.inner}.{engine(self.inner).version}"

    @property
    def features(self) -> frozenset[Feature]:
        return engine(self.inner).features - {Feature.CREWS, Feature.AFTER}

    def solve(self, request: EngineRequest) -> EngineAnswer:
        """Plan each region with the whole limit of the request.

        Raises
        ------
        UnavailableError
            ``region.failed`` with the error of a region that was given up.
        """
        regions = split(request.problem, most=self.most)
        parts = {number: part_of(request.problem, region) for number, region in enumerate(regions)}
        tasks = RegionTasks(
            parts=parts, source=self.source, engine=self.inner, limits=request.limits, seed=request.seed
        )
        routes: dict[int, tuple[RouteSteps, ...]] = {}

        def keep(number: int, result: bytes) -> None:
            routes[number] = pickle.loads(result)
            steps = (step for found in routes.values() for route in found for step in route.steps)
            served = sum(isinstance(step, VisitStep) for step in steps)
            request.on_progress(Progress(elapsed_s=0, iterations=len(routes), cost_cents=None, served=served))

        largest_first = sorted(parts, key=lambda number: -len(parts[number].tickets))
        with self.machines.pool(plan_region, tasks) as pool:
            failures = run_tasks(pool, largest_first, on_done=keep, should_stop=request.should_stop)
        if failures:
            first = failures[0]
            size = len(parts[first.key].tickets)
            raise UnavailableError("region.failed", f"region {first.key + 1} ({size} tickets) failed: {first.error}")
        return EngineAnswer(
            routes=tuple(steps for number in sorted(routes) for steps in routes[number]),
            iterations=len(routes),
            parameters={"regions": len(regions), "inner": self.inner, "region_tickets": self.most},
        )
