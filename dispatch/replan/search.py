"""The best routes of the rest of a day that the budget allows: insertion first, then an engine."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from dispatch.features import require_support
from dispatch.plan import Route
from dispatch.ports import EngineAnswer, EngineRequest, Limits, Progress, RoutingEngine
from dispatch.problem import Problem
from dispatch.replan.budget import Budget, keeping_times
from dispatch.replan.desk import Desk
from dispatch.replan.remaining import Remaining
from dispatch.replan.standing import standing
from dispatch.service import check_call
from dispatch.travel import Travel


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """How an engine is called."""

    limits: Limits | None
    seed: int
    workers: int = 1
    on_progress: Callable[[Progress], None] = lambda progress: None
    should_stop: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search has found: the best affordable routes of `world`, and all that were seen."""

    desk: Desk
    world: Problem
    routes: tuple[Route, ...]
    seen: tuple[tuple[Route, ...], ...]
    answers: tuple[EngineAnswer, ...]


def search(
    rest: Remaining,
    travel: Travel,
    engine: RoutingEngine | None,
    chosen: Budget,
    call: Call,
    *,
    only: Collection[str] | None = None,
) -> Found:
    """Insertion, then the engine, within the budget."""
    limits = call.limits
    if engine is not None:
        check_call(limits or Limits(), call.seed, call.workers)
    still = standing(rest.problem, travel, rest.steps)
    desk = Desk(keeping_times(rest.problem, travel, still, chosen), rest.problem, travel, chosen, still, only)
    quick = desk.filled(desk.bounded, [route.steps for route in still], bound=True)
    seen = [(desk.bounded, quick)]
    answers: list[EngineAnswer] = []
    if engine is not None and limits is not None and rest.problem.tickets and rest.problem.shifts:
        require_support(desk.bounded, engine)
        share = limits if chosen.most_moved is None else _half(limits)

        def improve(world: Problem, *, bound: bool) -> None:
            request = EngineRequest(
                problem=world,
                travel=travel,
                limits=share,
                seed=call.seed,
                workers=call.workers,
                warm_start=tuple(route.steps for route in quick),
                on_progress=call.on_progress,
                should_stop=call.should_stop,
            )
            answers.append(engine.solve(request))
            seen.append((world, desk.filled(world, answers[-1].routes, bound=bound)))

        improve(desk.bounded, bound=False)
        if not desk.affordable(seen[-1][1]) and not call.should_stop():
            improve(desk.held(quick, seen[-1][1]), bound=True)
    world, best = min((one for one in seen if desk.affordable(one[1])), key=lambda one: desk.cents(one[1]))
    return Found(desk=desk, world=world, routes=best, seen=tuple(routes for _, routes in seen), answers=tuple(answers))


def _half(limits: Limits) -> Limits:
    return Limits(
        seconds=None if limits.seconds is None else limits.seconds / 2,
        iterations=None if limits.iterations is None else max(1, limits.iterations // 2),
    )
