"""What the budget allows: moves that count, routes that are affordable, and what more moves would buy."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from dispatch.improve import insert_unserved
from dispatch.insertion import Trial
from dispatch.objective import cost_terms, served_ids
from dispatch.plan import Plan, Provenance, Reason, Route, RouteSteps, Unserved
from dispatch.problem import Problem
from dispatch.replan.budget import Budget, holding, used
from dispatch.replan.moves import moves
from dispatch.schedule import schedule_plan
from dispatch.service import assemble
from dispatch.travel import Travel


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A plan seen on the way: what so many moves buy."""

    moved: int
    unserved: int
    cost_cents: int


class Desk:
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
