"""What planning costs besides the engine on a day of 10,000 tickets, step by step.

``python -m benchmarks.large_day [TICKETS TECHNICIANS]`` makes routes with a nearest-neighbour rule, leaves some tickets
out, and prints seconds of each step and the peak of memory.
"""

from __future__ import annotations

import math
import resource
import sys
import time
from collections.abc import Callable

import numpy as np

from benchmarks.random_day import random_day
from dispatch.explain import explain_late, explain_unserved
from dispatch.feasibility import check_plan, check_routes
from dispatch.fingerprint import problem_hash
from dispatch.improve import insert_unserved
from dispatch.kpi import kpis
from dispatch.objective import cost_terms
from dispatch.places import Place
from dispatch.plan import Plan, Provenance, RouteSteps, Step, VisitStep
from dispatch.problem import Problem
from dispatch.schedule import place_breaks, schedule_plan
from dispatch.service import travel_of
from dispatch.technicians import Shift
from dispatch.travel import Travel
from dispatch.version import VERSION
from geo.geodesic import GeodesicTravel, RoadEstimate

KM_PER_DEGREE = 111.2
LEFT_OUT = 300
"""Tickets taken out of the routes, as an engine that was stopped early would leave them."""


def quick_routes(problem: Problem, travel: Travel) -> tuple[RouteSteps, ...]:
    """Routes without restock: each technician takes the nearest ticket that fits, until none is left."""
    road = RoadEstimate()
    tickets = problem.tickets
    lat, lon = (np.array([getattr(t.place, name) for t in tickets], dtype=np.float64) for name in ("lat", "lon"))
    opens_s = np.array([t.start_windows[0].start_s if t.start_windows else 0 for t in tickets])
    closes_s = np.array([t.start_windows[-1].end_s if t.start_windows else problem.end_s for t in tickets])
    skills = sorted({skill for ticket in tickets for skill in ticket.skills})
    need = np.array([[ticket.skills.get(skill, 0) for skill in skills] for ticket in tickets])
    parts = np.array([sum(ticket.parts.values()) for ticket in tickets])
    length_s = np.array([ticket.duration_s for ticket in tickets])
    is_open = np.ones(len(tickets), dtype=np.bool_)

    def drive_s(place: Place | None) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        if place is None or place.lat is None or place.lon is None:
            return np.zeros(len(tickets))
        km = KM_PER_DEGREE * np.hypot(lat - place.lat, (lon - place.lon) * math.cos(math.radians(place.lat)))
        return km * road.detour / road.speed_kmh * 3600 * 1.02

    def route(shift: Shift) -> RouteSteps:
        technician = problem.technician_of(shift)
        able = (need <= [technician.skills.get(skill, 0) for skill in skills]).all(axis=1)
        stock, now_s, here = sum(technician.stock.values()), shift.start_s, shift.start_place
        back_s, rest_s = drive_s(shift.end_place), sum(item.duration_s for item in shift.breaks)
        steps: list[Step] = []
        while True:
            to_s = drive_s(here)
            start_s = np.maximum(now_s + to_s, opens_s)
            fits = start_s + length_s + back_s + rest_s <= shift.regular_end_s
            fits &= is_open & able & (parts <= stock) & (start_s + rest_s <= closes_s)
            if not fits.any():
                return place_breaks(problem, travel, RouteSteps(shift_id=shift.id, steps=tuple(steps)))
            chosen = int(np.argmin(np.where(fits, start_s - now_s, np.inf)))
            is_open[chosen] = False
            stock -= int(parts[chosen])
            now_s, here = int(start_s[chosen]) + int(length_s[chosen]), tickets[chosen].place
            steps.append(VisitStep(ticket_id=tickets[chosen].id))

    made = [route(shift) for shift in problem.shifts]
    return tuple(one for one in made if not check_routes(problem, travel, schedule_plan(problem, travel, [one])))


def without(routes: tuple[RouteSteps, ...], count: int) -> tuple[RouteSteps, ...]:
    """The routes with `count` visits spread over all of them taken out."""
    total = sum(isinstance(step, VisitStep) for route in routes for step in route.steps)
    every, seen = max(1, total // max(1, count)), 0
    less: list[RouteSteps] = []
    for route in routes:
        steps: list[Step] = []
        for step in route.steps:
            seen += isinstance(step, VisitStep)
            if not (isinstance(step, VisitStep) and seen % every == 0):
                steps.append(step)
        less.append(RouteSteps(shift_id=route.shift_id, steps=tuple(steps)))
    return tuple(less)


class Steps:
    """Runs steps and prints what each took."""

    total_s = 0.0

    def __call__[Result](self, name: str, call: Callable[[], Result], *, counts: bool = True) -> Result:
        begun, begun_cpu = time.perf_counter(), time.process_time()
        result = call()
        seconds, cpu_s = time.perf_counter() - begun, time.process_time() - begun_cpu
        self.total_s += cpu_s if counts else 0
        print(f"{name:24} {seconds:8.2f} s  {cpu_s:8.2f} s CPU  {peak_mib():6.0f} MiB", flush=True)
        return result


def peak_mib() -> float:
    """Largest memory of the process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    tickets, technicians = (int(word) for word in sys.argv[1:3]) if len(sys.argv) > 2 else (10_000, 1_200)
    step = Steps()
    problem = step("build the problem", lambda: random_day(tickets, technicians, seed=1))
    travel = step("travel_of", lambda: travel_of(problem, GeodesicTravel()))
    decided = without(step("(routes for the test)", lambda: quick_routes(problem, travel), counts=False), LEFT_OUT)
    travel = travel_of(problem, GeodesicTravel())  # with nothing remembered
    digest = step("problem_hash", lambda: problem_hash(problem))
    routes = step("schedule_plan", lambda: schedule_plan(problem, travel, decided))
    before = kpis(problem, routes)["unserved"]
    routes = step("insert_unserved", lambda: insert_unserved(problem, travel, routes))
    unserved = step("explain_unserved", lambda: explain_unserved(problem, travel, routes))
    late = step("explain_late", lambda: explain_late(problem, travel, routes))
    cost = step("cost_terms", lambda: cost_terms(problem, routes))
    figures = step("kpis", lambda: kpis(problem, routes))
    provenance = Provenance(
        problem_hash=digest, engine="none", engine_version="1", callout_version=VERSION, travel_source=travel.source,
        seed=1, workers=1, seconds=None, iterations=1, iterations_done=1, weights={},
    )  # fmt: skip
    plan = Plan(routes=routes, unserved=unserved, late=late, cost=cost, kpis=figures, provenance=provenance)
    violations = step("check_plan", lambda: check_plan(problem, travel, plan))
    fresh = travel_of(problem, GeodesicTravel())
    step("check_plan, travel new", lambda: check_plan(problem, fresh, plan), counts=False)
    print(
        f"{tickets} tickets, {technicians} technicians, {before} unserved before and {figures['unserved']} after, "
        f"{len(late)} late targets, {len(violations)} violations: {step.total_s:.1f} s CPU"
    )


if __name__ == "__main__":
    main()
