"""The dispatcher of a simulated day: plans with what is known, and nothing else."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence

from dispatch.plan import Rest, Restock, Route, Visit
from dispatch.ports import Limits, RoutingEngine
from dispatch.problem import Problem
from dispatch.replan import reroute_day
from dispatch.service import route_day
from dispatch.technicians import Break
from dispatch.tickets import Ticket
from dispatch.travel import Travel
from scenarios.simulation.duty import Duty
from scenarios.simulation.world import Chances, Play
from solver.registry import engine as make_engine


class Desk:
    """Plans a day.

    Parameters
    ----------
    template : Problem
        The day without tickets.
    travel : Travel
        Planned travel between all places of the day.
    play, chances : Play, Chances
        How it is planned; the spreads say what to expect of what takes longer than planned.
    seed : int
        Of the engine.
    """

    def __init__(self, template: Problem, travel: Travel, *, play: Play, chances: Chances, seed: int) -> None:
        self.template, self.travel, self.play, self.chances, self.seed = template, travel, play, chances, seed
        self.engine: RoutingEngine = make_engine(play.engine)
        self.routes: dict[str, Route] = {}

    def plan(self, tickets: Sequence[Ticket], duties: Mapping[str, Duty]) -> None:
        """The plan of the morning."""
        shifts = tuple(duty.shift for duty in duties.values() if not duty.ill)
        problem = self.template.replace(tickets=tuple(tickets), shifts=shifts)
        limits = Limits(iterations=self.play.morning_iterations)
        routes = route_day(problem, self.travel, self.engine, limits=limits, seed=self.seed)
        self._adopt(problem, routes, duties, now_s=None)

    def replan(
        self, tickets: Sequence[Ticket], duties: Mapping[str, Duty], *, news: Collection[str], now_s: int
    ) -> int:
        """The rest of the day, planned again; returns how many visits have moved."""
        spreads = self.chances.service_spread, self.chances.travel_spread
        shifts, reports, in_force = [], [], []
        for duty in duties.values():
            route = duty.in_force(self.routes.get(duty.shift.id), now_s)
            if route is not None:
                in_force.append(route)
            reports += duty.report_of_now(now_s, *spreads)
            if not duty.ill:
                place = duty.shift.start_place if duty.departed_s is None else duty.free_expected(now_s, *spreads)[1]
                shifts.append(dataclasses.replace(duty.shift, start_place=place, breaks=tuple(duty.breaks)))
        problem = self.template.replace(tickets=tuple(tickets), shifts=tuple(shifts))
        iterations = self.play.replan_iterations
        made = reroute_day(
            problem,
            self.travel,
            self.engine if iterations else None,
            in_force=in_force,
            reports=reports,
            now_s=now_s,
            news=news,
            budget=self.play.budget,
            limits=Limits(iterations=iterations) if iterations else None,
            seed=self.seed,
        )
        self._adopt(made.problem, made.routes, duties, now_s=now_s)
        return len(made.moves)

    def _adopt(
        self, problem: Problem, routes: Iterable[Route], duties: Mapping[str, Duty], *, now_s: int | None
    ) -> None:
        """Give every technician the new work."""
        self.routes = {route.shift_id: route for route in routes}
        for duty in duties.values():
            route = self.routes.get(duty.shift.id)
            duty.turn += 1
            duty.ahead = []
            if route is None:
                continue
            own = problem.shift_by_id[duty.shift.id]
            duty.ahead = [_planned(stop, own.breaks, duty) for stop in route.stops]
            # A departure without slack means: as soon as the technician is free, which may be sooner than expected.
            duty.leave_s = route.departure_s if route.departure_s > own.start_s else duty.shift.start_s


def _planned(stop: Visit | Restock | Rest, breaks: Sequence[Break], duty: Duty) -> Visit | Restock | Break:
    """The stop; in place of a rest the break itself, as the template has it (a replan cuts its window)."""
    if not isinstance(stop, Rest):
        return stop
    return next(one for one in duty.breaks if one.latest_s == breaks[stop.index].latest_s)
