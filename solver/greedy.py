"""Engine ``greedy``: deterministic regret insertion.

All gaps of all routes are priced at once with an O(1) screen (NumPy); the ticket that would lose most by waiting
goes in first (Potvin & Rousseau 1993, doi:10.1016/0377-2217(93)90221-8). Each insertion is confirmed by an exact
replay with breaks, parts and restock before it stays. No randomness: the seed changes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dispatch.explain.obstacles import restock_centres
from dispatch.feasibility import check_routes
from dispatch.insertion import Gap, Trial, gaps, step_lists, try_steps
from dispatch.objective import unserved_cents, visit_cents
from dispatch.plan import Rest, Route
from dispatch.ports import EngineAnswer, EngineRequest, Feature, Progress
from dispatch.problem import Problem
from dispatch.schedule import schedule_plan
from dispatch.technicians import Shift
from dispatch.tickets import Ticket
from dispatch.tiers import Point
from dispatch.travel import Travel, TravelMatrix, whole_matrix

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

_NEVER = np.inf


class GreedyEngine:
    """Regret insertion; fast, never random, and the fall-back that every other engine is compared with."""

    name = "greedy"
    version = "1"
    features = frozenset(Feature) - {Feature.CREWS, Feature.AFTER}

    def solve(self, request: EngineRequest) -> EngineAnswer:
        """Insert until nothing fits or pays; `limits.iterations` counts insertions.

        Raises
        ------
        UnsupportedError
            ``engine.too_many_places`` when the day is too large for all its legs at once.
        """
        state = _State(request.problem, whole_matrix(request.travel, engine=self.name), _start(request))
        begun = time.monotonic()
        limits = request.limits
        inserted = 0
        while not request.should_stop():
            elapsed_s = time.monotonic() - begun
            if (limits.seconds is not None and elapsed_s > limits.seconds) or inserted == limits.iterations:
                break
            if not state.insert_next():
                break
            inserted += 1
            if inserted % 25 == 0:
                request.on_progress(
                    Progress(elapsed_s=elapsed_s, iterations=inserted, cost_cents=None, served=inserted)
                )
        return EngineAnswer(
            routes=tuple(route.steps for route in state.routes.values()), iterations=inserted, parameters={"regret": 2}
        )


def _start(request: EngineRequest) -> tuple[Route, ...]:
    """Routes of the warm start when they can be driven, else none."""
    routes = schedule_plan(request.problem, request.travel, request.warm_start)
    return () if check_routes(request.problem, request.travel, routes) else routes


@dataclass(frozen=True, slots=True)
class _Tickets:
    """Columns of the tickets: place index, windows (n, w), due of each target (n, t), costs."""

    place: IntArray
    window_start_s: IntArray
    window_end_s: IntArray
    start_due_s: IntArray
    finish_due_s: IntArray
    weight: IntArray
    drop_cents: FloatArray


_FAR_S = 2**40


def _columns(problem: Problem, travel: Travel, tickets: Sequence[Ticket]) -> _Tickets:
    wide = max((len(t.start_windows) for t in tickets), default=0) or 1
    starts = np.full((len(tickets), wide), -_FAR_S, dtype=np.int64)
    ends = np.full((len(tickets), wide), -_FAR_S - 1, dtype=np.int64)
    dues = {Point.START: [], Point.FINISH: []}  # type: dict[Point, list[int]]
    for row, ticket in enumerate(tickets):
        for column, window in enumerate(ticket.start_windows):
            starts[row, column], ends[row, column] = window.start_s, window.end_s
        if not ticket.start_windows:
            ends[row, 0] = _FAR_S
        for point, column_of in dues.items():
            column_of.append(min((d.due_s for d in problem.deadlines[ticket.id] if d.point is point), default=_FAR_S))
    pinned = 10**9  # a dispatcher's decision goes in before any other ticket
    return _Tickets(
        place=np.array([travel.index[t.place.id] for t in tickets], dtype=np.int64),
        window_start_s=starts,
        window_end_s=ends,
        start_due_s=np.array(dues[Point.START], dtype=np.int64),
        finish_due_s=np.array(dues[Point.FINISH], dtype=np.int64),
        weight=np.array([problem.tier_of(t).weight for t in tickets], dtype=np.int64),
        drop_cents=np.array([unserved_cents(problem, t) + (pinned if t.pin else 0) for t in tickets], dtype=np.float64),
    )


class _State:
    """Routes so far, and the price of each ticket in each shift."""

    def __init__(self, problem: Problem, travel: TravelMatrix, routes: Sequence[Route]) -> None:
        self.problem, self.travel = problem, travel
        served = {visit.ticket_id for route in routes for visit in route.visits}
        self.tickets = [t for t in problem.tickets if t.id not in served]
        self.columns = _columns(problem, travel, self.tickets)
        self.routes = {route.shift_id: route for route in routes}
        self.open = np.ones(len(self.tickets), dtype=np.bool_)
        shape = (len(self.tickets), len(problem.shifts))
        self.allowed = np.zeros(shape, dtype=np.bool_)
        self.service_s = np.zeros(shape, dtype=np.int64)
        self.fixed_cents = np.zeros(shape, dtype=np.float64)
        self.price = np.full(shape, _NEVER)
        self.gap = np.zeros(shape, dtype=np.int64)
        self.gaps: list[list[Gap]] = [[] for _ in problem.shifts]
        for column, shift in enumerate(problem.shifts):
            for row, ticket in enumerate(self.tickets):
                self._enter(row, column, ticket, shift)
            self._reprice(column)

    def _enter(self, row: int, column: int, ticket: Ticket, shift: Shift) -> None:
        """Static facts of a pair: may they meet, how long, at what fixed cost."""
        technician = self.problem.technician_of(shift)
        if ticket.crew or not technician.has_skills(ticket.skills) or technician.id in ticket.excluded:
            return
        if (ticket.required and technician.id not in ticket.required) or (
            ticket.pin and technician.id != ticket.pin.technician_ids[0]
        ):
            return
        self.allowed[row, column] = True
        self.service_s[row, column] = technician.service_s(ticket)
        self.fixed_cents[row, column] = sum(visit_cents(self.problem, ticket, 0, technician.id))

    def insert_next(self) -> bool:
        """Put in the ticket with the largest regret; False when nothing fits or pays."""
        while self.problem.shifts and self.open.any():
            price = np.where(self.open[:, None], self.price, _NEVER)
            best = price.min(axis=1)
            pays = best < self.columns.drop_cents
            if not pays.any():
                return False
            second = np.partition(price, 1, axis=1)[:, 1] if price.shape[1] > 1 else np.full(len(best), _NEVER)
            regret = np.where(pays, np.minimum(second, self.columns.drop_cents) - np.where(pays, best, 0), -_NEVER)
            row = int(np.argmax(regret))
            column = int(np.argmin(price[row]))
            trial = self._try(row, column)
            if trial is None or trial.cost_cents >= self.columns.drop_cents[row]:
                self.price[row, column] = _NEVER  # until this route changes
                continue
            self.routes[trial.route.shift_id] = trial.route
            self.open[row] = False
            self._reprice(column)
            return True
        return False

    def _try(self, row: int, column: int) -> Trial | None:
        shift, ticket = self.problem.shifts[column], self.tickets[row]
        gap = self.gaps[column][int(self.gap[row, column])]
        restock = restock_centres(self.problem, ticket, shift)
        for steps in step_lists(ticket, self.routes.get(shift.id), gap.position, restock):
            trial = try_steps(self.problem, self.travel, list(self.routes.values()), shift, steps)
            if isinstance(trial, Trial):
                return trial
        return None

    def _reprice(self, column: int) -> None:
        """Price every open ticket in every gap of one shift: driving, own lateness, and the lateness that it pushes."""
        shift, route = self.problem.shifts[column], self.routes.get(self.problem.shifts[column].id)
        legs = self.travel.legs(self.problem.technician_of(shift).profile)
        rows = np.flatnonzero(self.open & self.allowed[:, column])
        self.price[:, column] = _NEVER
        own = self.gaps[column] = gaps(self.problem, self.travel, shift, route)
        if not len(rows):
            return
        c, w, here = self.columns, self.problem.weights, self.columns.place[rows]
        due_s, rate = self._soft_limits(shift, route, own)
        service_s = self.service_s[rows, column]
        best = np.full(len(rows), _NEVER)
        chosen = np.zeros(len(rows), dtype=np.int64)
        for number, gap in enumerate(own):
            to_s, to_m, from_s, from_m, old_s, old_m = self._legs(legs.travel_s, legs.distance_m, gap, here)
            ready_s = gap.free_s + to_s
            start_s = np.full(len(rows), _FAR_S, dtype=np.int64)
            for k in range(c.window_start_s.shape[1] - 1, -1, -1):
                inside = ready_s <= c.window_end_s[rows, k]
                start_s = np.where(inside, np.maximum(ready_s, c.window_start_s[rows, k]), start_s)
            finish_s = start_s + service_s
            reach_s = finish_s + from_s
            late_s = np.maximum(0, start_s - c.start_due_s[rows]) + np.maximum(0, finish_s - c.finish_due_s[rows])
            missed = (start_s > c.start_due_s[rows]).astype(np.int64) + (finish_s > c.finish_due_s[rows])
            push_s = np.maximum(0, reach_s - due_s[number])
            driven_s, driven_m = to_s + from_s - old_s, to_m + from_m - old_m
            overtime_s = np.maximum(0, reach_s - shift.regular_end_s) if number == len(own) - 1 else 0
            cents = (
                self.fixed_cents[rows, column]
                + (
                    driven_s * (w.work_time_cents_per_h + w.travel_time_cents_per_h)
                    + service_s * w.work_time_cents_per_h
                )
                / 3600
                + driven_m * (w.travel_distance_cents_per_km / 1000)
                + np.maximum(0, start_s - ready_s) * ((w.work_time_cents_per_h + w.waiting_cents_per_h) / 3600)
                + c.weight[rows] * (missed * w.breach_cents + late_s * (w.lateness_cents_per_min / 60))
                + overtime_s * (w.overtime_cents_per_h / 3600)
                + (push_s > 0) * float(w.breach_cents)
                + push_s * (rate[number] * w.lateness_cents_per_min / 60)
            )
            fine = (to_s >= 0) & (from_s >= 0) & (reach_s <= gap.latest_s)
            cents = np.where(fine, cents, _NEVER)
            better = cents < best
            best, chosen = np.where(better, cents, best), np.where(better, number, chosen)
        self.price[rows, column] = best
        self.gap[rows, column] = chosen

    def _legs(
        self, travel_s: npt.NDArray[np.int32], distance_m: npt.NDArray[np.int32], gap: Gap, here: IntArray
    ) -> tuple[IntArray, IntArray, IntArray, IntArray, int, int]:
        """Seconds and metres to and from the tickets, and of the leg that they replace."""
        nothing = np.zeros(len(here), dtype=np.int64)
        i = None if gap.before is None else self.travel.index[gap.before.id]
        j = None if gap.behind is None else self.travel.index[gap.behind.id]
        to = (
            (nothing, nothing)
            if i is None
            else (travel_s[i, here].astype(np.int64), distance_m[i, here].astype(np.int64))
        )
        back = (
            (nothing, nothing)
            if j is None
            else (travel_s[here, j].astype(np.int64), distance_m[here, j].astype(np.int64))
        )
        old = (0, 0) if i is None or j is None else (int(travel_s[i, j]), int(distance_m[i, j]))
        return *to, *back, *old

    def _soft_limits(self, shift: Shift, route: Route | None, own: Sequence[Gap]) -> tuple[list[int], list[int]]:
        """For each gap: latest arrival behind it that makes nothing later late, and the tier weights behind it."""
        bound_s, weight = _FAR_S, 0
        behind = [(bound_s, weight)]
        stops = [] if route is None else [stop for stop in route.stops if not isinstance(stop, Rest)]
        for stop in reversed(stops):
            bound_s -= 0 if bound_s == _FAR_S else stop.finish_s - stop.start_s
            if hasattr(stop, "ticket_id"):
                ticket = self.problem.ticket_by_id[stop.ticket_id]
                weight += self.problem.tier_of(ticket).weight
                for deadline in self.problem.deadlines[ticket.id]:
                    length_s = stop.finish_s - stop.start_s if deadline.point is Point.FINISH else 0
                    bound_s = min(bound_s, max(deadline.due_s - length_s, stop.start_s))
            behind.append((bound_s, weight))
            bound_s -= 0 if bound_s == _FAR_S else stop.travel_s
        behind.reverse()
        return [behind[gap.position][0] for gap in own], [behind[gap.position][1] for gap in own]
