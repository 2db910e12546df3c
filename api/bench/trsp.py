"""Technician routing and scheduling (Pillac, Guéret & Medaglia 2013, doi:10.1007/s11590-012-0567-4).

Each technician leaves from and returns to a home, has skills, tools and spare parts, and may visit the main depot
once for every tool and endless parts. Cost: working time, each route from its latest departure that keeps its end.

Numbers are those of the file: 0 the main depot, then the technicians, then the requests. A route is
``[technician, node, …]`` with 0 for the visit to the main depot, the ends left out.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from api.bench import trsp_rules
from api.bench.case import TOLERANCE, Routes, Score
from api.bench.modelling import (
    FREE,
    NO_PROMISE,
    PER_SECOND,
    START,
    rounded_up,
    scale_for,
    solomon_class,
)
from api.bench.trsp_data import Node, TrspInstance
from dispatch.places import Place
from dispatch.plan import Plan, Restock, Visit
from dispatch.problem import Problem
from dispatch.technicians import ServiceCentre, Shift, Technician
from dispatch.tickets import Ticket, Window
from dispatch.travel import TravelMatrix, from_arrays

MAIN = "main"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrspCase(TrspInstance):
    """An instance as a problem of the domain, and its judge."""

    @property
    def aliases(self) -> tuple[str, ...]:
        return (self.name, self.title)

    @property
    def group(self) -> str:
        return "real days" if self.given else solomon_class(self.name)

    @property
    def scale(self) -> int:
        """Seconds of the domain for one unit of time."""
        return scale_for(max(node.latest for node in self.nodes))

    def build(self) -> tuple[Problem, TravelMatrix]:
        scale, crew = self.scale, range(1, self.crew + 1)
        rows, place = self._places()
        longest = sum(self.nodes[one].latest - self.nodes[one].earliest for one in crew)
        tickets = tuple(
            Ticket(
                id=str(number),
                place=place[number],
                duration_s=_up(node.service, scale),
                tier=NO_PROMISE.name,
                windows=(Window(start_s=_up(node.earliest, scale), end_s=_down(node.latest, scale)),),
                skills={f"skill{skill}": 1 for skill in sorted(node.skills)},
                tools=frozenset(f"tool{tool}" for tool in node.tools),
                parts=_parts(node),
                unserved_cents=_up(longest, scale) + 1,  # fewest unserved first: no plan works longer than this
            )
            for number, node in enumerate(self.nodes)
            if number in self.requests
        )
        technicians = tuple(
            Technician(
                id=str(one),
                skills={f"skill{skill}": 1 for skill in sorted(self.nodes[one].skills)},
                tools=frozenset(f"tool{tool}" for tool in self.nodes[one].tools),
                stock=_parts(self.nodes[one]),
            )
            for one in crew
        )
        shifts = tuple(
            Shift(
                id=str(one),
                technician_id=str(one),
                start_s=_up(self.nodes[one].earliest, scale),
                regular_end_s=_down(self.nodes[one].latest, scale),
                end_s=_down(self.nodes[one].latest, scale),
                start_place=place[one],
                end_place=place[self.end_row(one)],
            )
            for one in crew
        )
        refills = any(ticket.parts or ticket.tools for ticket in tickets)
        problem = Problem(
            start=START,
            end_s=_up(max(node.latest for node in self.nodes), scale),
            tickets=tickets,
            technicians=technicians,
            shifts=shifts,
            centres=(ServiceCentre(id=MAIN, place=place[self.depot_row(1)], restock_s=0),) if refills else (),
            tiers=(NO_PROMISE,),
            weights=dataclasses.replace(FREE, work_time_cents_per_h=PER_SECOND),
        )
        times, metres = (table[np.ix_(rows, rows)] for table in (self.times, self.metres))
        travel = from_arrays(
            [place[row] for row in rows], rounded_up(times, scale), np.rint(metres), source=f"bench:trsp:{self.name}"
        )
        return problem, travel

    def _places(self) -> tuple[list[int], dict[int, Place]]:
        """Rows that stay, and the place of each row; homes that no leg tells apart are one, so that engines see it."""
        requests = set(self.requests)
        kept: dict[bytes, int] = {}
        rows: list[int] = []
        place: dict[int, Place] = {}
        for row in range(len(self.times)):
            first = (
                row
                if row in requests
                else kept.setdefault(self.times[row].tobytes() + self.times[:, row].tobytes(), row)
            )
            if first == row:
                rows.append(row)
                place[row] = Place(id=str(row))
            place[row] = place[first]
        return rows, place

    def routes(self, plan: Plan) -> Routes:
        return [[int(route.technician_id), *_numbers(route.stops)] for route in plan.routes]

    def tidied(self, routes: Routes) -> Routes:
        """Only the first visit to the main depot of each route: it brings everything, so a later one brings nothing."""
        return [
            [number for position, number in enumerate(route) if number or 0 not in route[:position]] for route in routes
        ]

    def planned(self, plan: Plan) -> tuple[float, float]:
        legs = sum(len(route.stops) + 1 for route in plan.routes)
        return plan.cost["work_time"] / self.scale, legs / self.scale + TOLERANCE

    def violations(self, routes: Routes) -> list[str]:
        return trsp_rules.violations(self, routes)

    def score(self, routes: Routes) -> Score:
        served = [number for route in routes for number in route[1:] if number]
        cost = sum(trsp_rules.working_time(self, route) for route in routes)
        service = sum(self.nodes[number].service for number in served)
        return Score(cost=cost, unserved=len(self.requests) - len(served), travel_waiting=cost - service)


def _numbers(stops: Sequence[object]) -> Iterator[int]:
    for stop in stops:
        if isinstance(stop, Visit):
            yield int(stop.ticket_id)
        elif isinstance(stop, Restock):
            yield 0


def _parts(node: Node) -> dict[str, int]:
    return {f"part{part}": quantity for part, quantity in enumerate(node.parts) if quantity}


def _up(value: float, scale: int) -> int:
    return int(np.ceil(value * scale - 1e-6))


def _down(value: float, scale: int) -> int:
    return int(np.floor(value * scale + 1e-6))
