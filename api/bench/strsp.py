"""Service technician routing and scheduling (Kovacs, Parragh, Doerner & Hartl 2012, doi:10.1007/s10951-011-0246-9).

Only the instances without teams: one technician serves a task who reaches the needed level in every domain. Cost:
Euclidean length of the routes, and 200 + (sum of all demands)^1.5 for each task that is outsourced.

Numbers are those of the file: 1 is the depot, tasks follow; technicians count from 1 on their own. A route is
``[technician, task, …]``. Each task file gives an instance with the full crew and one with the reduced crew.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from api.bench.case import TOLERANCE, Routes, Score, repeated
from api.bench.modelling import (
    FREE,
    NO_PROMISE,
    PER_METRE,
    START,
    euclidean,
    rounded_up,
    scale_for,
    solomon_class,
)
from dispatch.places import Place
from dispatch.plan import Plan
from dispatch.problem import Problem
from dispatch.technicians import Shift, Technician
from dispatch.tickets import Ticket, Window
from dispatch.travel import TravelMatrix, from_arrays

DEPOT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """The depot or a task; `demand[s][l]` technicians with skill s at level l + 1 are needed."""

    x: float
    y: float
    ready: int
    due: int
    service: int
    demand: tuple[tuple[int, ...], ...]

    @property
    def outsourcing(self) -> float:
        """Price of leaving it to others, as the authors set it."""
        return float(200 + sum(map(sum, self.demand)) ** 1.5)

    @property
    def levels(self) -> tuple[int, ...]:
        """Least level in each domain; 0 where nothing is asked."""
        return tuple(max((i for i, count in enumerate(row, start=1) if count), default=0) for row in self.demand)


@dataclass(frozen=True, slots=True, kw_only=True)
class StrspCase:
    """An instance: `tasks[0]` is the depot, number 1; `technicians` holds a level for each domain."""

    name: str
    crew: str
    tasks: tuple[Task, ...]
    technicians: tuple[tuple[int, ...], ...]

    @property
    def aliases(self) -> tuple[str, ...]:
        return (self.name,)

    @property
    def group(self) -> str:
        return f"{solomon_class(self.name)} {self.crew}"

    def task(self, number: int) -> Task:
        """Task by its number."""
        return self.tasks[number - DEPOT]

    @property
    def scale(self) -> int:
        """Seconds, and metres, of the domain for one unit of length."""
        return scale_for(self.task(DEPOT).due)

    def build(self) -> tuple[Problem, TravelMatrix]:
        scale, depot = self.scale, self.task(DEPOT)
        places = [Place(id=str(number)) for number in range(DEPOT, DEPOT + len(self.tasks))]
        tickets = tuple(
            Ticket(
                id=place.id,
                place=place,
                duration_s=task.service * scale,
                tier=NO_PROMISE.name,
                windows=(Window(start_s=task.ready * scale, end_s=task.due * scale),),
                skills={f"domain{domain}": level for domain, level in enumerate(task.levels, start=1) if level},
                unserved_cents=round(task.outsourcing * scale),
            )
            for place, task in zip(places[1:], self.tasks[1:], strict=True)
        )
        names = [str(number) for number in range(1, len(self.technicians) + 1)]
        problem = Problem(
            start=START,
            end_s=depot.due * scale,
            tickets=tickets,
            technicians=tuple(
                Technician(
                    id=name, skills={f"domain{domain}": level for domain, level in enumerate(levels, start=1) if level}
                )
                for name, levels in zip(names, self.technicians, strict=True)
            ),
            shifts=tuple(
                Shift(
                    id=name,
                    technician_id=name,
                    start_s=depot.ready * scale,
                    regular_end_s=depot.due * scale,
                    end_s=depot.due * scale,
                    start_place=places[0],
                    end_place=places[0],
                )
                for name in names
            ),
            tiers=(NO_PROMISE,),
            weights=dataclasses.replace(FREE, travel_distance_cents_per_km=PER_METRE),
        )
        legs = rounded_up(euclidean(np.array([(task.x, task.y) for task in self.tasks])), scale)
        return problem, from_arrays(places, legs, legs, source=f"bench:strsp:{self.name}")

    def routes(self, plan: Plan) -> Routes:
        return [[int(route.technician_id), *(int(visit.ticket_id) for visit in route.visits)] for route in plan.routes]

    def tidied(self, routes: Routes) -> Routes:
        return routes

    def planned(self, plan: Plan) -> tuple[float, float]:
        rounded = sum(len(route.stops) + 1 for route in plan.routes) + len(plan.unserved)
        return plan.total_cents / self.scale, rounded / self.scale + TOLERANCE

    def violations(self, routes: Routes) -> list[str]:
        owners, stops = [route[0] for route in routes], [one for route in routes for one in route[1:]]
        broken = [f"technician {one} has two routes" for one in repeated(owners)]
        broken += [f"task {one} is served twice" for one in repeated(stops)]
        broken += [f"there is no technician {one}" for one in owners if not 1 <= one <= len(self.technicians)]
        broken += [f"there is no task {one}" for one in stops if not DEPOT < one < DEPOT + len(self.tasks)]
        return broken or [what for route in routes for what in self._route_violations(route)]

    def _route_violations(self, route: Sequence[int]) -> list[str]:
        broken = []
        depot, levels = self.task(DEPOT), self.technicians[route[0] - 1]
        here, time = DEPOT, float(depot.ready)
        for one in route[1:]:
            task = self.task(one)
            time = max(time + self._leg(here, one), float(task.ready))
            if time > task.due + TOLERANCE:
                broken.append(f"technician {route[0]}: task {one} starts at {time}, due {task.due}")
            if any(have < need for have, need in zip(levels, task.levels, strict=True)):
                broken.append(f"technician {route[0]}: task {one} needs levels {task.levels}, has {levels}")
            time, here = time + task.service, one
        back = time + self._leg(here, DEPOT)
        if back > depot.due + TOLERANCE:
            broken.append(f"technician {route[0]}: back at {back}, due {depot.due}")
        return broken

    def score(self, routes: Routes) -> Score:
        length = sum(self._leg(i, j) for route in routes for i, j in pairwise([DEPOT, *route[1:], DEPOT]))
        served = {one for route in routes for one in route[1:]}
        outside = [task for number, task in enumerate(self.tasks[1:], start=DEPOT + 1) if number not in served]
        return Score(cost=length + sum(task.outsourcing for task in outside), unserved=len(outside))

    def _leg(self, i: int, j: int) -> float:
        a, b = self.task(i), self.task(j)
        return math.dist((a.x, a.y), (b.x, b.y))
