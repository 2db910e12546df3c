"""The use cases of the domain: plan a day."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence

from dispatch.errors import InputError, InternalError, UsageError
from dispatch.explain import explain_late, explain_unserved
from dispatch.feasibility import Violation, check_plan, check_routes
from dispatch.feasibility.structure import step_references
from dispatch.features import require_support
from dispatch.fingerprint import problem_hash
from dispatch.improve import insert_unserved
from dispatch.kpi import kpis
from dispatch.objective import cost_terms
from dispatch.plan import Plan, Provenance, Route, RouteSteps
from dispatch.ports import EngineAnswer, EngineRequest, LazyTravelTimes, Limits, Progress, RoutingEngine, TravelTimes
from dispatch.problem import Problem
from dispatch.schedule import schedule_plan
from dispatch.travel import DENSE_PLACES, Travel
from dispatch.version import VERSION

MAX_SEED = 2**31 - 1


def travel_of(problem: Problem, source: TravelTimes) -> Travel:
    """Travel between all places of a problem, for every profile that a technician uses.

    Above `DENSE_PLACES` places legs are computed when they are asked for, where the source can do that.
    """
    profiles = sorted({technician.profile for technician in problem.technicians}) or ["car"]
    if len(problem.places) > DENSE_PLACES and isinstance(source, LazyTravelTimes):
        return source.lazy(problem.places, profiles)
    return source.matrix(problem.places, profiles)


def plan_day(
    problem: Problem,
    travel: Travel,
    engine: RoutingEngine,
    *,
    limits: Limits,
    seed: int,
    workers: int = 1,
    warm_start: Sequence[RouteSteps] = (),
    on_progress: Callable[[Progress], None] = lambda progress: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Plan:
    """Plan: let the engine decide, compute the times, check everything, and explain what is late or left out.

    Parameters
    ----------
    problem, travel
        What to plan, and travel between all its places (:func:`travel_of`).
    engine : RoutingEngine
        Decides routes.
    limits : Limits
        When the engine stops; at least one must be given.
    seed : int
        0..2147483647.
    workers : int
        At least 1.
    warm_start : sequence of RouteSteps
        Routes to start from.
    on_progress, should_stop
        See :class:`dispatch.ports.EngineRequest`.

    Returns
    -------
    Plan
        Replayed and checked.

    Raises
    ------
    UsageError
        ``plan.limits``, ``plan.seed`` or ``plan.workers``.
    InputError
        ``plan.warm_start`` when the warm start names things that the problem does not have.
    UnsupportedError
        ``engine.unsupported`` when the engine can't keep a constraint that the problem uses.
    InternalError
        ``plan.infeasible`` when the engine's answer breaks a rule.
    """
    check_call(limits, seed, workers)
    _check_warm_start(problem, warm_start)
    request = EngineRequest(
        problem=problem,
        travel=travel,
        limits=limits,
        seed=seed,
        workers=workers,
        warm_start=tuple(warm_start),
        on_progress=on_progress,
        should_stop=should_stop,
    )
    answer, routes = _decided(request, engine)
    provenance = Provenance(
        problem_hash=problem_hash(problem),
        engine=engine.name,
        engine_version=engine.version,
        callout_version=VERSION,
        travel_source=travel.source,
        seed=seed,
        workers=workers,
        seconds=limits.seconds,
        iterations=limits.iterations,
        iterations_done=answer.iterations,
        weights=dataclasses.asdict(problem.weights),
        parameters=answer.parameters,
        warnings=(*travel.warnings, *answer.warnings),
    )
    plan = assemble(problem, travel, routes, provenance)
    refuse(check_plan(problem, travel, plan), f"engine {engine.name}")
    return plan


def route_day(
    problem: Problem, travel: Travel, engine: RoutingEngine, *, limits: Limits, seed: int
) -> tuple[Route, ...]:
    """The routes of :func:`plan_day` with one worker, without the plan around them.

    Reasons take longer than the routes; who plays thousands of days does not read them. The routes are checked.
    Raises the same errors.
    """
    check_call(limits, seed, 1)
    _, routes = _decided(EngineRequest(problem=problem, travel=travel, limits=limits, seed=seed), engine)
    refuse(check_routes(problem, travel, routes), f"engine {engine.name}")
    return routes


def _decided(request: EngineRequest, engine: RoutingEngine) -> tuple[EngineAnswer, tuple[Route, ...]]:
    """The engine's answer, and its routes with what it left out although it fits."""
    problem, travel = request.problem, request.travel
    require_support(problem, engine)
    answer = engine.solve(request)
    refuse(step_references(problem, answer.routes), f"engine {engine.name}")
    return answer, insert_unserved(problem, travel, schedule_plan(problem, travel, answer.routes), request.should_stop)


def assemble(problem: Problem, travel: Travel, routes: Sequence[Route], provenance: Provenance) -> Plan:
    """Build the plan of routes that are fixed: reasons, cost and figures."""
    return Plan(
        routes=tuple(routes),
        unserved=explain_unserved(problem, travel, routes),
        late=explain_late(problem, travel, routes),
        cost=cost_terms(problem, routes),
        kpis=kpis(problem, routes),
        provenance=provenance,
    )


def refuse(violations: Iterable[Violation], who: str) -> None:
    """Raise ``plan.infeasible`` when there is any violation; `who` made the plan."""
    found = list(violations)
    if found:
        shown = "; ".join(str(violation) for violation in found[:5])
        raise InternalError("plan.infeasible", f"{who} broke {len(found)} rule(s): {shown}")


def _check_warm_start(problem: Problem, warm_start: Sequence[RouteSteps]) -> None:
    found = list(step_references(problem, warm_start))
    if found:
        raise InputError("plan.warm_start", f"the warm start does not fit the input: {found[0]}")


def check_call(limits: Limits, seed: int, workers: int) -> None:
    """Raise ``plan.limits``, ``plan.seed`` or ``plan.workers`` when a call makes no sense."""
    if limits.seconds is None and limits.iterations is None:
        raise UsageError("plan.limits", "give a limit: seconds, iterations or both")
    if limits.seconds is not None and not 0 < limits.seconds <= 7 * 86_400:
        raise UsageError("plan.limits", "seconds must be more than 0 and at most a week")
    if limits.iterations is not None and limits.iterations < 1:
        raise UsageError("plan.limits", "iterations must be at least 1")
    if not 0 <= seed <= MAX_SEED:
        raise UsageError("plan.seed", f"the seed must be in 0..{MAX_SEED}")
    if not 1 <= workers <= 1024:
        raise UsageError("plan.workers", "workers must be in 1..1024")
