"""What all chains of one search share: the arrays of a problem, and the names behind the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dispatch.plan import BreakStep, RestockStep, RouteSteps, Step, VisitStep
from dispatch.problem import Problem
from dispatch.travel import Travel
from solver.search import arrays, near
from solver.search.arrays import I64, Instance
from solver.search.evaluate import evaluate
from solver.search.views import Packed, pack

SPARE = 4
"""Entries of a route beside the stops that it can hold."""


class Solution(NamedTuple):
    """Routes as node numbers."""

    seq: I64  # (m, L)
    lengths: I64  # (m,)
    cents: int


class Names(NamedTuple):
    """Ids of nodes and rows."""

    tickets: tuple[str, ...]
    shifts: tuple[str, ...]
    centres: tuple[str, ...]

    @classmethod
    def of(cls, problem: Problem) -> Names:
        """Ids in the order of the problem."""
        return cls(
            tuple(ticket.id for ticket in problem.tickets),
            tuple(shift.id for shift in problem.shifts),
            tuple(centre.id for centre in problem.centres),
        )


@dataclass(frozen=True, slots=True)
class World:
    """Arrays of one problem, or of a part of one."""

    names: Names
    instance: Instance
    plain: bool
    longest: int
    packed: Packed
    near: Packed

    @classmethod
    def of(cls, problem: Problem, travel: Travel) -> World:
        """Compile a problem into arrays."""
        return cls.build(Names.of(problem), arrays.build(problem, travel))

    @classmethod
    def build(cls, names: Names, instance: Instance) -> World:
        """Add neighbour lists and headers to an instance with legs."""
        lists = near.build(instance)
        return cls(names, instance, arrays.is_plain(instance), longest_route(instance), pack(instance), pack(lists))

    def temperature_scale(self, seq: I64, lengths: I64) -> float:
        """Mean cost of driving to a served ticket: what a step typically wins or loses."""
        rates, cents, served = self.instance.rates, 0.0, 0
        per_s = (int(rates[arrays.WORK]) + int(rates[arrays.DRIVE])) / 3600
        per_m = int(rates[arrays.KM]) / 1000
        for row in np.flatnonzero(lengths):
            stops = [self.instance.place_of[node] for node in seq[row, : lengths[row]]]
            path = [self.instance.start_place[row], *stops, self.instance.end_place[row]]
            profile = self.instance.profile_of[self.instance.class_of[row]]
            served += len(stops)
            for i, j in pairwise(path):
                if i >= 0 and j >= 0:
                    seconds, metres = self.instance.legs[profile, i, j]
                    cents += float(seconds) * per_s + float(metres) * per_m
        return max(1.0, cents / max(1, served))

    def decisions(self, seq: I64, lengths: I64) -> tuple[RouteSteps, ...]:
        """Routes as decisions, with the breaks where the evaluation puts them."""
        n = len(self.names.tickets)
        start_s = np.zeros(self.longest + 4, dtype=np.int64)
        latest_s = np.zeros(self.longest + 4, dtype=np.int64)
        rest_leg = np.zeros(self.instance.break_length_s.shape[1], dtype=np.int64)
        routes = []
        for row in np.flatnonzero(lengths):
            nodes, length = seq[row], int(lengths[row])
            evaluate(self.packed.header, int(row), nodes, length, start_s, rest_leg, latest_s)
            steps: list[Step] = []
            for leg in range(length + 1):
                steps += [BreakStep(index=b) for b in range(int(self.instance.break_count[row])) if rest_leg[b] == leg]
                if leg < length:
                    node = int(nodes[leg])
                    steps.append(
                        VisitStep(ticket_id=self.names.tickets[node])
                        if node < n
                        else RestockStep(centre_id=self.names.centres[node - n])
                    )
            routes.append(RouteSteps(shift_id=self.names.shifts[row], steps=tuple(steps)))
        return tuple(routes)

    def served(self, seq: I64, lengths: I64) -> int:
        """Number of tickets in these routes."""
        return int((seq[np.arange(seq.shape[1]) < lengths[:, None]] < len(self.names.tickets)).sum())

    def reach(self, place: int) -> npt.NDArray[np.float64]:
        """Seconds from a place to all places by the first profile; no way counts as a day."""
        seconds = self.instance.legs[0, place, :, 0].astype(np.float64)
        return np.where(seconds < 0, 86_400.0, seconds)


def encode(names: Names, tables: Instance, routes: Sequence[RouteSteps], longest: int) -> tuple[I64, I64]:
    """Routes as node numbers, (m, longest) and (m,), without visits that the shift may not make; legs aren't read."""
    rows = {name: row for row, name in enumerate(names.shifts)}
    nodes = {name: node for node, name in enumerate(names.tickets)}
    centres = {name: len(nodes) + number for number, name in enumerate(names.centres)}
    seq = np.zeros((len(rows), longest), dtype=np.int64)
    lengths = np.zeros(len(rows), dtype=np.int64)
    taken: set[int] = set()
    for route in routes:
        row = rows[route.shift_id]
        stops = []
        for step in route.steps:
            if isinstance(step, RestockStep):
                stops.append(centres[step.centre_id])
            elif isinstance(step, VisitStep):
                node = nodes[step.ticket_id]
                if node not in taken and tables.allowed[tables.class_of[row], node]:
                    taken.add(node)
                    stops.append(node)
        if len(stops) < longest - 2:
            seq[row, : len(stops)], lengths[row] = stops, len(stops)
    return seq, lengths


def longest_route(instance: Instance) -> int:
    """Room for the stops of any shift: by time if services take time, by parts if they are used up, else for all."""
    n = instance.need.shape[0]
    if n == 0 or len(instance.class_of) == 0:
        return 1 + SPARE
    bounds = [n]
    shortest_s = np.sort(instance.service_of[:, :n].min(axis=0)).cumsum()
    longest_shift_s = int((instance.shift_end_s - instance.shift_start_s).max())
    bounds.append(int(np.searchsorted(shortest_s, longest_shift_s, side="right")))
    if instance.holds.shape[0] == 0:
        for q in range(instance.need.shape[1]):
            least = np.sort(instance.need[:, q]).cumsum()
            bounds.append(int(np.searchsorted(least, int(instance.stock[:, q].max()), side="right")))
    return max(1, min(bounds)) + 2 * instance.holds.shape[0] + SPARE
