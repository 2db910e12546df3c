"""Engine ``search``: annealing chains in threads, on all of the plan or on parts of it."""

from __future__ import annotations

import threading
import time
from importlib import import_module

from dispatch.feasibility import check_routes
from dispatch.objective import cost_terms
from dispatch.plan import RouteSteps
from dispatch.ports import EngineAnswer, EngineRequest, Feature, Progress
from dispatch.schedule import schedule_plan
from solver.search.pace import COLD, HOT, Pace
from solver.search.regions import search_regions
from solver.search.team import Team
from solver.search.warm import warm
from solver.search.world import World

LARGE_FROM = 2_500
"""Tickets from which a day is planned in parts."""


class SearchEngine:
    """Ruin and recreate with simulated annealing; `limits.iterations` counts steps of each chain."""

    name = "search"
    version = "2"
    features = frozenset(Feature) - {Feature.CREWS, Feature.AFTER}

    def solve(self, request: EngineRequest) -> EngineAnswer:
        """Anneal until a limit; the answer never costs more than a feasible warm start."""
        warm()  # not counted: only the first run on a machine compiles
        begun_s = time.monotonic()
        if not request.problem.tickets or not request.problem.shifts:
            return EngineAnswer(routes=(), iterations=0)
        if len(request.problem.tickets) >= LARGE_FROM:
            routes, steps = search_regions(request, begun_s)
            return _answer(request, routes, steps)
        world = World.of(request.problem, request.travel)
        timed = request.limits.iterations is None
        with Team(world, request.seed, request.workers) as team:
            pace = Pace(request, begun_s, shared=team.shared)
            if pace.may_select:
                threading.Thread(target=import_module, args=("solver.search.selection",)).start()
            team.start(request.warm_start)
            scale = world.temperature_scale(team.best.seq, team.best.lengths)
            _report(request, pace, world, team)
            while True:
                seconds, most = pace.next_round()
                if most <= 0:
                    break
                before = team.best.cents
                steps = team.run(seconds if timed else None, most, scale * pace.temperature())
                if pace.selects():
                    team.select(pace.selection_s())
                pace.done(steps, current_cents=team.current_cents, improved=team.best.cents < before)
                if team.best.cents < before:
                    _report(request, pace, world, team)
                leg = pace.next_leg()
                if leg is not None:
                    team.start_leg(fresh=leg.fresh)
        return _answer(request, world.decisions(team.best.seq, team.best.lengths), pace.iterations)


def _answer(request: EngineRequest, found: tuple[RouteSteps, ...], steps: int) -> EngineAnswer:
    return EngineAnswer(routes=_not_worse(request, found), iterations=steps, parameters={"hot": HOT, "cold": COLD})


def _report(request: EngineRequest, pace: Pace, world: World, team: Team) -> None:
    """Tell the caller about a better plan."""
    request.on_progress(
        Progress(
            elapsed_s=pace.elapsed_s(),
            iterations=pace.iterations,
            cost_cents=team.best.cents,
            served=world.served(team.best.seq, team.best.lengths),
        )
    )


def _not_worse(request: EngineRequest, found: tuple[RouteSteps, ...]) -> tuple[RouteSteps, ...]:
    """The warm start itself, where its breaks lie better than the search would put them."""
    if not request.warm_start:
        return found
    start = schedule_plan(request.problem, request.travel, request.warm_start)
    if check_routes(request.problem, request.travel, start):
        return found
    routes = schedule_plan(request.problem, request.travel, found)
    cheaper = sum(cost_terms(request.problem, start).values()) < sum(cost_terms(request.problem, routes).values())
    return request.warm_start if cheaper else found
