"""Vehicle routing with time windows: capacity, one depot, least total length, vehicles free.

One technician a vehicle, the demand a part, the capacity its stock. Customers are numbered from 1, the depot is 0;
a route is the list of its customers.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

from api.bench.case import TOLERANCE, Routes, Score, repeated
from api.bench.modelling import FREE, NO_PROMISE, PER_METRE, START, IntArray
from dispatch.places import Place
from dispatch.plan import Plan
from dispatch.problem import Problem
from dispatch.technicians import Shift, Technician
from dispatch.tickets import Ticket, Window
from dispatch.travel import TravelMatrix, from_arrays

LOAD = "load"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """The depot or a customer; times in the units of the legs."""

    x: float
    y: float
    demand: int
    ready: int
    due: int
    service: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VrptwCase:
    """An instance.

    Parameters
    ----------
    nodes : tuple of Node
        The depot first.
    legs : array of int, shape (n, n)
        Length and duration of each leg, the same number for both.
    unit : int
        Units of `legs` that make 1 of the instance's cost.
    truncated : bool
        True when the instance gives no legs but points: a leg is the distance, truncated to a whole unit.
    """

    name: str
    group: str
    vehicles: int
    capacity: int
    nodes: tuple[Node, ...]
    legs: IntArray
    unit: int
    truncated: bool

    @property
    def aliases(self) -> tuple[str, ...]:
        return (self.name,)

    def build(self) -> tuple[Problem, TravelMatrix]:
        places = [Place(id=str(number)) for number in range(len(self.nodes))]
        dearest = 2 * len(self.nodes) * int(self.legs.max()) + 1  # no plan is longer than this
        tickets = tuple(
            Ticket(
                id=str(number),
                place=places[number],
                duration_s=node.service,
                tier=NO_PROMISE.name,
                windows=(Window(start_s=node.ready, end_s=node.due),),
                parts={LOAD: node.demand},
                unserved_cents=dearest,
            )
            for number, node in enumerate(self.nodes)
            if number
        )
        depot, names = self.nodes[0], [f"v{number}" for number in range(1, self.vehicles + 1)]
        problem = Problem(
            start=START,
            end_s=depot.due,
            tickets=tickets,
            technicians=tuple(Technician(id=name, stock={LOAD: self.capacity}) for name in names),
            shifts=tuple(
                Shift(
                    id=name,
                    technician_id=name,
                    start_s=depot.ready,
                    regular_end_s=depot.due,
                    end_s=depot.due,
                    start_place=places[0],
                    end_place=places[0],
                )
                for name in names
            ),
            tiers=(NO_PROMISE,),
            weights=dataclasses.replace(FREE, travel_distance_cents_per_km=PER_METRE),
        )
        return problem, from_arrays(places, self.legs, self.legs, source=f"bench:vrptw:{self.name}")

    def routes(self, plan: Plan) -> Routes:
        return [[int(visit.ticket_id) for visit in route.visits] for route in plan.routes]

    def tidied(self, routes: Routes) -> Routes:
        return routes

    def planned(self, plan: Plan) -> tuple[float, float]:
        return (plan.total_cents - plan.cost["unserved"]) / self.unit, TOLERANCE

    def violations(self, routes: Routes) -> list[str]:
        broken = [f"customer {number} is visited twice" for number in repeated([n for r in routes for n in r])]
        if len(routes) > self.vehicles:
            broken.append(f"{len(routes)} routes for {self.vehicles} vehicles")
        for number, route in enumerate(routes, start=1):
            strangers = [one for one in route if not 0 < one < len(self.nodes)]
            if strangers:
                broken.append(f"route {number}: there is no customer {strangers[0]}")
                continue
            load = sum(self.nodes[one].demand for one in route)
            if load > self.capacity:
                broken.append(f"route {number}: load {load} over capacity {self.capacity}")
            here, time = 0, self.nodes[0].ready
            for one in route:
                time = max(time + self._leg(here, one), self.nodes[one].ready)
                if time > self.nodes[one].due:
                    broken.append(f"route {number}: customer {one} starts at {time}, due {self.nodes[one].due}")
                time, here = time + self.nodes[one].service, one
            if time + self._leg(here, 0) > self.nodes[0].due:
                broken.append(f"route {number}: back at {time + self._leg(here, 0)}, due {self.nodes[0].due}")
        return broken

    def score(self, routes: Routes) -> Score:
        length = sum(self._leg(i, j) for route in routes for i, j in zip([0, *route], [*route, 0], strict=True))
        return Score(cost=length / self.unit, unserved=len(self.nodes) - 1 - sum(map(len, routes)))

    def _leg(self, i: int, j: int) -> int:
        """One leg in units; of points computed anew, so that it also proves the matrix."""
        if not self.truncated:
            return int(self.legs[i, j])
        a, b = self.nodes[i], self.nodes[j]
        return math.floor(math.sqrt((a.x - b.x) ** 2 + (a.y - b.y) ** 2) * self.unit)
