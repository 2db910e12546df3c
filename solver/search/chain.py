"""Python's side of a chain: build it, fill it, run it for some steps, read its routes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from dispatch.plan import BreakStep, RestockStep, RouteSteps, Step, VisitStep
from dispatch.problem import Problem
from dispatch.travel import TravelMatrix
from solver.search import arrays, near
from solver.search.anneal import anneal, construct
from solver.search.arrays import I64, Instance
from solver.search.evaluate import INFEASIBLE, carries, evaluate
from solver.search.rng import new_state as new_rng
from solver.search.state import BEST, CURRENT, State, load, new_state
from solver.search.views import Packed, pack

MEAN_REMOVED = 10.0
"""Tickets removed in a step, on average (Christiaens & Vanden Berghe 2020, table 3)."""


@dataclass(frozen=True, slots=True)
class World:
    """What all chains of one search share."""

    problem: Problem
    instance: Instance
    plain: bool
    longest: int
    packed: Packed
    near: Packed

    @classmethod
    def of(cls, problem: Problem, travel: TravelMatrix) -> World:
        """Compile a problem into arrays."""
        instance = arrays.build(problem, travel)
        lists = near.build(instance)
        longest = _longest_route(instance) + 4
        return cls(problem, instance, arrays.is_plain(instance), longest, pack(instance), pack(lists))

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


def _longest_route(instance: Instance) -> int:
    """Most stops that any shift can hold: by time if services take time, by parts if they are used up, else all."""
    n = instance.need.shape[0]
    if n == 0 or len(instance.class_of) == 0:
        return 1
    bounds = [n]
    shortest_s = np.sort(instance.service_of[:, :n].min(axis=0)).cumsum()
    longest_shift_s = int((instance.shift_end_s - instance.shift_start_s).max())
    bounds.append(int(np.searchsorted(shortest_s, longest_shift_s, side="right")))
    if instance.holds.shape[0] == 0:
        for q in range(instance.need.shape[1]):
            least = np.sort(instance.need[:, q]).cumsum()
            bounds.append(int(np.searchsorted(least, int(instance.stock[:, q].max()), side="right")))
    return max(1, min(bounds)) + 2 * instance.holds.shape[0]


class Chain:
    """One simulated annealing chain with its own random stream."""

    def __init__(self, world: World, seed: int, stream: int) -> None:
        self.world = world
        self.state: State = new_state(world.instance, world.longest, new_rng(seed, stream))
        self.packed = pack(self.state)

    def load(self, routes: Sequence[RouteSteps]) -> None:
        """Take over routes (breaks are placed anew); what breaks a hard constraint is left out."""
        seq, lengths = self.encode(routes)
        self.adopt(seq, lengths)
        broken = self.state.costs >= INFEASIBLE
        scratch = self.state.scratch[7]
        for row in np.flatnonzero(lengths):
            klass, length = int(self.world.instance.class_of[row]), int(lengths[row])
            broken[row] |= carries(self.world.packed.header, klass, seq[row], length, scratch) < length
        if broken.any():
            lengths[broken] = 0
            self.adopt(seq, lengths)

    def encode(self, routes: Sequence[RouteSteps]) -> tuple[I64, I64]:
        """Routes as node numbers, without visits that the shift may not make."""
        problem, instance = self.world.problem, self.world.instance
        rows = {shift.id: row for row, shift in enumerate(problem.shifts)}
        nodes = {ticket.id: node for node, ticket in enumerate(problem.tickets)}
        centres = {centre.id: len(nodes) + number for number, centre in enumerate(problem.centres)}
        seq = np.zeros_like(self.state.seq)
        lengths = np.zeros_like(self.state.lengths)
        taken: set[int] = set()
        for route in routes:
            row = rows[route.shift_id]
            stops = []
            for step in route.steps:
                if isinstance(step, RestockStep):
                    stops.append(centres[step.centre_id])
                elif isinstance(step, VisitStep):
                    node = nodes[step.ticket_id]
                    if node not in taken and instance.allowed[instance.class_of[row], node]:
                        taken.add(node)
                        stops.append(node)
            if len(stops) < seq.shape[1] - 2:
                seq[row, : len(stops)], lengths[row] = stops, len(stops)
        return seq, lengths

    def adopt(self, seq: I64, lengths: I64) -> None:
        """Make these routes the current and the best ones."""
        load(self.world.packed.header, self.packed.header, seq, lengths, self.world.plain)

    def fill(self) -> None:
        """Insert what is absent, as far as it fits and pays."""
        construct(self.world.packed.header, self.packed.header, self.world.near.header, self.world.plain)

    def run(self, steps: int, hot: float, cold: float) -> None:
        """Anneal; the interpreter's lock is released meanwhile."""
        anneal(
            self.world.packed.header,
            self.packed.header,
            self.world.near.header,
            steps,
            hot,
            cold,
            MEAN_REMOVED,
            self.world.plain,
        )

    @property
    def current_cents(self) -> int:
        """Cost of the routes that the chain stands at."""
        return int(self.state.totals[CURRENT])

    @property
    def best_cents(self) -> int:
        """Cost of the best routes that it has seen since they were loaded."""
        return int(self.state.totals[BEST])

    def best_routes(self) -> tuple[RouteSteps, ...]:
        """Best routes as decisions, with the breaks where the evaluation puts them."""
        world = self.world
        n = len(world.problem.tickets)
        start_s = np.zeros(world.longest + 4, dtype=np.int64)
        latest_s = np.zeros(world.longest + 4, dtype=np.int64)
        rest_leg = np.zeros(world.instance.break_length_s.shape[1], dtype=np.int64)
        routes = []
        for row in np.flatnonzero(self.state.best_lengths):
            nodes, length = self.state.best_seq[row], int(self.state.best_lengths[row])
            evaluate(world.packed.header, int(row), nodes, length, start_s, rest_leg, latest_s)
            steps: list[Step] = []
            for leg in range(length + 1):
                steps += [BreakStep(index=b) for b in range(int(world.instance.break_count[row])) if rest_leg[b] == leg]
                if leg < length:
                    node = int(nodes[leg])
                    steps.append(
                        VisitStep(ticket_id=world.problem.tickets[node].id)
                        if node < n
                        else RestockStep(centre_id=world.problem.centres[node - n].id)
                    )
            routes.append(RouteSteps(shift_id=world.problem.shifts[row].id, steps=tuple(steps)))
        return tuple(routes)
