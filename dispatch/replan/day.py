"""The use case: plan the rest of a day again."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from dispatch.feasibility import check_plan, check_routes
from dispatch.features import require_support
from dispatch.fingerprint import problem_hash
from dispatch.improve import insert_unserved
from dispatch.insertion import Trial
from dispatch.objective import cost_terms, served_ids
from dispatch.plan import Plan, Provenance, Reason, Route, RouteSteps, Unserved
from dispatch.ports import EngineAnswer, EngineRequest, Limits, Progress, RoutingEngine
from dispatch.problem import Problem
from dispatch.replan.budget import Budget, holding, keeping_times, used
from dispatch.replan.moves import Key, Moved, moves
from dispatch.replan.remaining import Remaining, remaining
from dispatch.replan.reports import Report
from dispatch.replan.standing import standing
from dispatch.schedule import schedule_plan
from dispatch.service import assemble, check_call, refuse
from dispatch.travel import Travel
from dispatch.version import VERSION

INSERTION = "insertion"
"""Stands as engine in a plan that only insertion has made."""
_WHO = "planning the rest of the day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A plan seen on the way: what so many moves buy."""

    moved: int
    unserved: int
    cost_cents: int


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
    call = _Call(limits=limits, seed=seed, workers=workers, on_progress=on_progress, should_stop=should_stop)
    rest = remaining(problem, in_force, reports, now_s=now_s)
    found = _search(rest, travel, engine, chosen, call)
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
    found = _search(rest, travel, engine, chosen, _Call(limits=limits, seed=seed), only=only)
    refuse(check_routes(found.world, travel, found.routes), _WHO)
    moved = moves(found.world, found.routes, tolerance_s=chosen.slack_s(rest.problem))
    return Rerouted(problem=found.world, routes=found.routes, moves=moved)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """How an engine is called."""

    limits: Limits | None
    seed: int
    workers: int = 1
    on_progress: Callable[[Progress], None] = lambda progress: None
    should_stop: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What a search has found: the best affordable routes of `world`, and all that were seen."""

    desk: _Desk
    world: Problem
    routes: tuple[Route, ...]
    seen: tuple[tuple[Route, ...], ...]
    answers: tuple[EngineAnswer, ...]


def _search(
    rest: Remaining,
    travel: Travel,
    engine: RoutingEngine | None,
    chosen: Budget,
    call: _Call,
    *,
    only: Collection[str] | None = None,
) -> _Found:
    """Insertion, then the engine, within the budget."""
    limits = call.limits
    if engine is not None:
        check_call(limits or Limits(), call.seed, call.workers)
    still = standing(rest.problem, travel, rest.steps)
    desk = _Desk(keeping_times(rest.problem, travel, still, chosen), rest.problem, travel, chosen, still, only)
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
    return _Found(desk=desk, world=world, routes=best, seen=tuple(routes for _, routes in seen), answers=tuple(answers))


class _Desk:
    """One rest of a day and its budget."""

    def __init__(
        self,
        bounded: Problem,
        problem: Problem,
        travel: Travel,
        budget: Budget,
        still: Sequence[Route],
        only: Collection[str] | None,
    ) -> None:
        self.bounded, self.problem, self.travel, self.budget, self.still = bounded, problem, travel, budget, still
        self.only = only
        slack_s = budget.slack_s(problem)
        self.forced = frozenset(one.key for one in moves(problem, still, tolerance_s=slack_s))

    def used(self, routes: Sequence[Route]) -> int:
        """Visits moved that count."""
        return used(self.problem, routes, self.budget, self.forced)

    def affordable(self, routes: Sequence[Route]) -> bool:
        """Whether the budget allows these routes."""
        return self.budget.most_moved is None or self.used(routes) <= self.budget.most_moved

    def cents(self, routes: Sequence[Route]) -> int:
        """Cost of the rest of the day."""
        return sum(cost_terms(self.problem, routes).values())

    def filled(self, world: Problem, steps: Sequence[RouteSteps], *, bound: bool) -> tuple[Route, ...]:
        """These routes with every ticket that has no visit put where it costs least, if `bound` within the budget."""
        routes = schedule_plan(world, self.travel, steps)
        if self.budget.most_moved is None or not bound:
            return insert_unserved(world, self.travel, routes, only=self.only)

        def accept(trial: Trial, current: Mapping[str, Route]) -> bool:
            return self.affordable(list({**current, trial.route.shift_id: trial.route}.values()))

        return insert_unserved(world, self.travel, routes, accept=accept, only=self.only)

    def held(self, quick: Sequence[Route], wish: Sequence[Route]) -> Problem:
        """A world in which only as many visits can move as the budget has left: of those that `wish` moves."""
        slack_s = self.budget.slack_s(self.problem)
        free = {one.key for one in moves(self.problem, quick, tolerance_s=slack_s)} - self.forced
        loose = served_ids(wish) - served_ids(self.still)
        near = {
            route.technician_id for route in wish if not loose.isdisjoint(visit.ticket_id for visit in route.visits)
        }
        wished = [one for one in moves(self.problem, wish, tolerance_s=slack_s) if one.key not in self.forced | free]
        wished.sort(key=lambda one: one.technician_id not in near and one.to_technician_id not in near)
        spare = (self.budget.most_moved or 0) - len(free)
        free |= {one.key for one in wished[: max(0, spare)]}
        return holding(self.bounded, self.still, self.budget, free | self.forced)

    def plan(self, world: Problem, routes: Sequence[Route], provenance: Provenance) -> Plan:
        """The plan of the routes; a ticket that only the budget keeps out says so."""
        made = assemble(world, self.travel, routes, provenance)
        if self.budget.most_moved is None and not self.budget.keep_times:
            return made
        return dataclasses.replace(made, unserved=tuple(_because_of_budget(one) for one in made.unserved))

    def options(self, plans: Iterable[Sequence[Route]]) -> tuple[Option, ...]:
        """What each plan moves and costs; without those that another beats."""
        tickets = len(self.problem.tickets)
        seen = sorted((self.used(routes), self.cents(routes), tickets - len(served_ids(routes))) for routes in plans)
        kept: list[Option] = []
        for moved, cost_cents, unserved in seen:
            if not kept or cost_cents < kept[-1].cost_cents:
                kept.append(Option(moved=moved, unserved=unserved, cost_cents=cost_cents))
        return tuple(kept)


def _because_of_budget(one: Unserved) -> Unserved:
    if one.reason.code != "stopped_early":
        return one
    return dataclasses.replace(one, reason=Reason(code="kept_stable", facts=one.reason.facts))


def _half(limits: Limits) -> Limits:
    return Limits(
        seconds=None if limits.seconds is None else limits.seconds / 2,
        iterations=None if limits.iterations is None else max(1, limits.iterations // 2),
    )


def _provenance(
    problem: Problem,
    travel: Travel,
    engine: RoutingEngine | None,
    answers: Sequence[EngineAnswer],
    call: _Call,
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
