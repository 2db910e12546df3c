"""The use case: plan the rest of a day again."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from dispatch.feasibility import check_plan, check_routes
from dispatch.fingerprint import problem_hash
from dispatch.plan import Plan, Provenance, Route
from dispatch.ports import EngineAnswer, Limits, Progress, RoutingEngine
from dispatch.problem import Problem
from dispatch.replan.budget import Budget
from dispatch.replan.desk import Option
from dispatch.replan.moves import Key, Moved, moves
from dispatch.replan.remaining import remaining
from dispatch.replan.reports import Report
from dispatch.replan.search import Call, search
from dispatch.service import refuse
from dispatch.travel import Travel
from dispatch.version import VERSION

INSERTION = "insertion"
"""Stands as engine in a plan that only insertion has made."""
_WHO = "planning the rest of the day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replanned:
    """The rest of a day, planned again.

    Parameters
    ----------
    problem : Problem
        What was planned; its baseline is the plan in force. What the budget keeps where it is has a pin or a window.
    plan : Plan
        Of this problem, replayed and checked.
    moves : tuple of Moved
        What it moves.
    forced : frozenset of (str, int)
        Of these, ticket and role of what had to move whatever one does: they don't count against the budget.
    options : tuple of Option
        Plans seen, fewest moves first, each cheaper than those with fewer moves; those over the budget too.
    price_cents : int
        What the budget costs: this plan less the cheapest one seen, both priced without the budget's windows.
    """

    problem: Problem
    plan: Plan
    moves: tuple[Moved, ...]
    forced: frozenset[Key]
    options: tuple[Option, ...]
    price_cents: int


def replan_day(
    problem: Problem,
    travel: Travel,
    engine: RoutingEngine | None,
    *,
    in_force: Sequence[Route],
    reports: Iterable[Report],
    now_s: int,
    budget: Budget | None = None,
    limits: Limits | None = None,
    seed: int = 1,
    workers: int = 1,
    on_progress: Callable[[Progress], None] = lambda progress: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Replanned:
    """Plan the rest of a day: an emergency, a sick technician, a job that takes longer, a customer who is not in.

    Parameters
    ----------
    problem : Problem
        The day as it is known now: with the new ticket, without the sick technician's shifts.
    travel : Travel
        Holds every place of the problem.
    engine : RoutingEngine or None
        Improves what insertion finds; None: insertion alone, which is quick and moves least.
    in_force, reports, now_s
        See :func:`dispatch.replan.remaining.remaining`.
    budget : Budget or None
        How much may move; None: as much as pays.
    limits : Limits or None
        When the engine stops; needed with an engine.
    seed, workers, on_progress, should_stop
        As for :func:`dispatch.service.plan_day`.

    Returns
    -------
    Replanned

    Raises
    ------
    UsageError
        ``plan.limits``, ``plan.seed`` or ``plan.workers``, with an engine.
    UnsupportedError
        ``engine.unsupported`` when the engine can't keep a constraint that the problem uses.
    InternalError
        ``plan.infeasible`` when the result breaks a rule.
    """
    chosen = budget or Budget()
    call = Call(limits=limits, seed=seed, workers=workers, on_progress=on_progress, should_stop=should_stop)
    rest = remaining(problem, in_force, reports, now_s=now_s)
    found = search(rest, travel, engine, chosen, call)
    desk, world, best = found.desk, found.world, found.routes
    plan = desk.plan(world, best, _provenance(world, travel, engine, found.answers, call, chosen))
    refuse(check_plan(world, travel, plan), _WHO)
    return Replanned(
        problem=world,
        plan=plan,
        moves=moves(world, plan.routes, tolerance_s=chosen.slack_s(rest.problem)),
        forced=desk.forced,
        options=desk.options(found.seen),
        price_cents=desk.cents(best) - min(desk.cents(routes) for routes in found.seen),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerouted:
    """The rest of a day with new routes, without the plan around them; see :class:`Replanned`."""

    problem: Problem
    routes: tuple[Route, ...]
    moves: tuple[Moved, ...]


def reroute_day(
    problem: Problem,
    travel: Travel,
    engine: RoutingEngine | None,
    *,
    in_force: Sequence[Route],
    reports: Iterable[Report],
    now_s: int,
    news: Collection[str],
    budget: Budget | None = None,
    limits: Limits | None = None,
    seed: int = 1,
) -> Rerouted:
    """The routes of :func:`replan_day` with one worker, without reasons and figures: for days that are played often.

    Parameters
    ----------
    news : collection of str
        Tickets that insertion looks at, besides those that fall out of the plan in force: others without a visit were
        left out before. An engine that may move what it likes looks at all of them itself, and nothing is inserted.

    The other parameters, the checks and the errors are those of :func:`replan_day`.
    """
    chosen = budget or Budget()
    rest = remaining(problem, in_force, reports, now_s=now_s)
    only = {old.ticket_id for old in rest.problem.baseline}.union(news)
    if engine is not None and chosen.most_moved is None:
        only = set()
    found = search(rest, travel, engine, chosen, Call(limits=limits, seed=seed), only=only)
    refuse(check_routes(found.world, travel, found.routes), _WHO)
    moved = moves(found.world, found.routes, tolerance_s=chosen.slack_s(rest.problem))
    return Rerouted(problem=found.world, routes=found.routes, moves=moved)


def _provenance(
    problem: Problem,
    travel: Travel,
    engine: RoutingEngine | None,
    answers: Sequence[EngineAnswer],
    call: Call,
    budget: Budget,
) -> Provenance:
    parameters: dict[str, int | float | str | bool] = {"keep_times": budget.keep_times}
    if budget.most_moved is not None:
        parameters["most_moved"] = budget.most_moved
    if answers:
        parameters |= answers[0].parameters
    return Provenance(
        problem_hash=problem_hash(problem),
        engine=engine.name if engine is not None and answers else INSERTION,
        engine_version=engine.version if engine is not None and answers else "1",
        callout_version=VERSION,
        travel_source=travel.source,
        seed=call.seed,
        workers=call.workers,
        seconds=None if call.limits is None else call.limits.seconds,
        iterations=None if call.limits is None else call.limits.iterations,
        iterations_done=sum(answer.iterations for answer in answers),
        weights=dataclasses.asdict(problem.weights),
        parameters=parameters,
        warnings=(*travel.warnings, *(answers[0].warnings if answers else ())),
    )
