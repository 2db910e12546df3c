"""Large days: sub-problems by place and time, several at once, cut anew each round; memory is linear in the tickets.

Each part gets its own arrays and legs, so no matrix of all places is ever needed. The temperature falls over the rounds
as it does over a search of the whole.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dispatch.plan import RouteSteps
from dispatch.ports import EngineRequest, Progress
from solver.search.arrays import I64, build_tables
from solver.search.chain import Chain
from solver.search.classes import profile_names
from solver.search.pace import COLD, HOT, ROUND_S
from solver.search.split import Part, deal
from solver.search.subset import subset
from solver.search.world import Names, Solution, World, encode, longest_route

PART_TICKETS = 600
"""Tickets of a part, at most."""
ROUNDS = 12
"""Rounds of a search, at most."""
TURN_S = 3.0
"""Least time for a part in a round; making its arrays takes a tenth of a second."""


class _Turn(NamedTuple):
    """What one part has come to in a round, in the numbers of the whole."""

    part: Part
    current: Solution
    best: Solution
    steps: int
    scale: float


class Regions:
    """A large day, and the best plan of it so far."""

    def __init__(self, request: EngineRequest) -> None:
        problem = request.problem
        self._request, self._travel = request, request.travel
        self.names = Names.of(problem)
        self.tables = build_tables(problem, request.travel)
        self._profiles = profile_names(problem)
        parts = math.ceil(len(problem.tickets) / PART_TICKETS)
        self.parts = math.ceil(parts / request.workers) * request.workers
        seq, lengths = encode(self.names, self.tables, request.warm_start, longest_route(self.tables))
        self.current = self.best = Solution(seq, lengths, 2**62)
        self._chance = np.random.default_rng([request.seed, self.parts])
        self._scale: float | None = None
        self._round = 0

    def round(self, hot: float, cold: float, turn: Callable[[Chain, float, float], int]) -> int:
        """Let every part have its turn, `workers` at once; return the steps of all."""
        n, now = len(self.names.tickets), self.current
        absents = np.setdiff1d(np.arange(n), now.seq[np.arange(now.seq.shape[1]) < now.lengths[:, None]])
        parts = deal(self.tables, self._reach, now.seq, now.lengths, absents, self.parts, self._chance)
        with ThreadPoolExecutor(max_workers=self._request.workers) as threads:
            numbered = enumerate(parts, start=self._round * self.parts)
            turns = list(threads.map(lambda one: self._turn(one[1], one[0], hot, cold, turn), numbered))
        self._round += 1
        if self._scale is None:
            self._scale = float(np.mean([one.scale for one in turns]))
        self.current = self._joined([(one.part, one.current) for one in turns])
        best = self._joined([(one.part, one.best) for one in turns])
        if best.cents < self.best.cents:
            self.best = best
        return sum(one.steps for one in turns)

    def decisions(self) -> tuple[RouteSteps, ...]:
        """Best routes as decisions; the legs that they need are asked for some shifts at a time."""
        best = self.best
        found: list[RouteSteps] = []
        used = np.flatnonzero(best.lengths)
        for rows in np.array_split(used, max(1, math.ceil(len(used) / 100))):
            part = Part(rows=rows, absents=np.zeros(0, dtype=np.int64))
            tickets = self._tickets(part, best.seq, best.lengths)
            world = self._world(part, tickets)
            found += world.decisions(*self._taken(part, tickets, best.seq, best.lengths, world))
        return tuple(found)

    def _turn(
        self, part: Part, stream: int, hot: float, cold: float, turn: Callable[[Chain, float, float], int]
    ) -> _Turn:
        """Make the arrays of a part, go on from its current routes, and bring them back."""
        now = self.current
        tickets = self._tickets(part, now.seq, now.lengths)
        world = self._world(part, tickets)
        chain = Chain(world, self._request.seed, stream)
        chain.load(*self._taken(part, tickets, now.seq, now.lengths, world))
        chain.fill()
        start = chain.best()
        scale = self._scale or world.temperature_scale(start.seq, start.lengths)
        steps = turn(chain, hot * scale, cold * scale) if len(tickets) and len(part.rows) else 0
        centres = np.arange(len(self.names.tickets), len(self.tables.place_of))
        back = np.concatenate([tickets, centres, [0]])  # the 0 is for what stands behind the end of a route
        current, best = chain.current(), chain.best()
        return _Turn(
            part,
            current._replace(seq=back[np.minimum(current.seq, len(back) - 1)]),
            best._replace(seq=back[np.minimum(best.seq, len(back) - 1)]),
            steps,
            scale,
        )

    def _tickets(self, part: Part, seq: I64, lengths: I64) -> I64:
        """Tickets of a part, ascending."""
        nodes = seq[part.rows][np.arange(seq.shape[1]) < lengths[part.rows][:, None]]
        return np.sort(np.concatenate([nodes[nodes < len(self.names.tickets)], part.absents]))

    def _world(self, part: Part, tickets: I64) -> World:
        names = Names(
            tuple(self.names.tickets[node] for node in tickets),
            tuple(self.names.shifts[row] for row in part.rows),
            self.names.centres,
        )
        return World.build(names, subset(self.tables, self._travel, self._profiles, tickets=tickets, rows=part.rows))

    def _taken(self, part: Part, tickets: I64, seq: I64, lengths: I64, world: World) -> tuple[I64, I64]:
        """Routes of a part in its own numbers."""
        number = np.zeros(len(self.tables.place_of), dtype=np.int64)
        number[tickets] = np.arange(len(tickets))
        number[len(self.names.tickets) :] = len(tickets) + np.arange(len(self.names.centres))
        width = min(world.longest, seq.shape[1])
        own = np.zeros((len(part.rows), world.longest), dtype=np.int64)
        own[:, :width] = number[seq[part.rows, :width]]
        return own, np.where(lengths[part.rows] < world.longest - 2, lengths[part.rows], 0)

    def _joined(self, turns: list[tuple[Part, Solution]]) -> Solution:
        seq, lengths = self.current.seq.copy(), self.current.lengths.copy()
        for part, own in turns:
            width = min(own.seq.shape[1], seq.shape[1])
            seq[part.rows, :width] = own.seq[:, :width]
            lengths[part.rows] = own.lengths
        return Solution(seq, lengths, sum(own.cents for _, own in turns))

    def _reach(self, place: int) -> npt.NDArray[np.float64]:
        """Seconds from a place to all places by the first profile; no way counts as a day."""
        everywhere = np.arange(len(self._travel.places), dtype=np.int64)
        row = self._travel.block(self._profiles[0], np.array([place], dtype=np.int64), everywhere)
        return np.where(row.travel_s[0] < 0, 86_400.0, row.travel_s[0])


def search_regions(request: EngineRequest, begun_s: float) -> tuple[tuple[RouteSteps, ...], int]:
    """Plan a large day; return the decisions and the steps that each worker has made."""
    regions, limits = Regions(request), request.limits
    rounds = ROUNDS
    if limits.seconds is not None:
        rounds = max(1, min(ROUNDS, int(limits.seconds * request.workers / (regions.parts * TURN_S))))
    steps, spent_s = 0, 0.0
    regions.round(HOT, COLD, lambda chain, hot, cold: 0)  # a first plan: each part is filled, and nothing is searched
    request.on_progress(_progress(regions, 0, begun_s))
    for number in range(rounds):
        left_s = math.inf if limits.seconds is None else limits.seconds - (time.monotonic() - begun_s)
        left = math.inf if limits.iterations is None else limits.iterations * request.workers - steps
        if number and (request.should_stop() or left_s <= 0 or left <= 0):
            break
        turns = regions.parts * (rounds - number)
        slice_s = max(ROUND_S, left_s * request.workers / turns - spent_s)
        most = math.inf if left == math.inf else max(1, int(left / turns))
        begun, before = time.monotonic(), steps
        hot, cold = (HOT * (COLD / HOT) ** ((number + over) / rounds) for over in (0, 1))
        steps += regions.round(hot, cold, _turn(request.should_stop, slice_s, most))
        took_s = (time.monotonic() - begun) * request.workers / regions.parts
        spent_s = max(0.0, took_s - slice_s) if slice_s < math.inf else 0.0  # making arrays
        request.on_progress(_progress(regions, steps // request.workers, begun_s))
        if before == steps:
            break
    return regions.decisions(), steps // request.workers


def _progress(regions: Regions, steps: int, begun_s: float) -> Progress:
    best = regions.best
    return Progress(
        elapsed_s=time.monotonic() - begun_s,
        iterations=steps,
        cost_cents=best.cents,
        served=int((best.seq < len(regions.names.tickets))[_used(best)].sum()),
    )


def _used(solution: Solution) -> npt.NDArray[np.bool_]:
    return np.asarray(np.arange(solution.seq.shape[1]) < solution.lengths[:, None])


def _turn(should_stop: Callable[[], bool], seconds: float, most: float) -> Callable[[Chain, float, float], int]:
    """One turn of a chain: about so long, at most so many steps, while the temperature falls."""

    def turn(chain: Chain, hot: float, cold: float) -> int:
        done, begun = 0, time.monotonic()
        while not should_stop():
            over = max((time.monotonic() - begun) / seconds if seconds < math.inf else 0.0, done / most)
            if over >= 1:
                break
            temperature = hot * (cold / hot) ** over
            if seconds < math.inf:
                done += chain.run_for(min(ROUND_S, seconds * (1 - over)), int(min(most - done, 2**31)), temperature)
            else:
                steps = int(min(most - done, max(1, most // 20)))
                chain.run(steps, temperature, temperature)
                done += steps
        return done

    return turn
