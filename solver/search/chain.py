"""Python's side of a chain: load it, fill it, run it for some steps, read its routes."""

from __future__ import annotations

import time

import numpy as np

from solver.search.anneal import anneal, construct
from solver.search.arrays import I64
from solver.search.evaluate import INFEASIBLE, carries
from solver.search.notes import read
from solver.search.pool import RoutePool, shift_words
from solver.search.rng import new_state as new_rng
from solver.search.split import Part
from solver.search.state import BEST, CURRENT, OWN, State, load, new_state
from solver.search.views import pack
from solver.search.world import Solution, World

FIRST_RATE = 100.0
"""Steps a second before any was made: few, so that the first round is short."""
MEAN_REMOVED = 10.0
"""Tickets removed in a step, on average (Christiaens & Vanden Berghe 2020, table 3)."""


class Chain:
    """One simulated annealing chain with its own random stream."""

    def __init__(self, world: World, seed: int, stream: int) -> None:
        self.world = world
        self.state: State = new_state(
            world.instance, world.longest, new_rng(seed, stream), shift_words(world.instance), plain=world.plain
        )
        self.packed = pack(self.state)
        self._rate = FIRST_RATE  # steps a second

    def load(self, seq: I64, lengths: I64) -> None:
        """Make these routes the current ones, without those that break a hard constraint."""
        self.adopt(seq, lengths)
        broken = self.state.costs >= INFEASIBLE
        scratch = self.state.scratch[7]
        for row in np.flatnonzero(lengths):
            klass, length = int(self.world.instance.class_of[row]), int(lengths[row])
            broken[row] |= carries(self.world.packed.header, klass, seq[row], length, scratch) < length
        if broken.any():
            self.adopt(seq, np.where(broken, 0, lengths))

    def adopt(self, seq: I64, lengths: I64) -> None:
        """Make these routes the current and the best ones."""
        load(self.world.packed.header, self.packed.header, seq, lengths, self.world.plain)

    def fill(self) -> None:
        """Insert what is absent, as far as it fits and pays."""
        construct(self.world.packed.header, self.packed.header, self.world.near.header, self.world.plain)

    def take(self, seq: I64, lengths: I64, part: Part) -> None:
        """Go on with a part of these routes; the tickets of all others are out of reach."""
        state = self.state
        tickets = seq[part.rows][np.arange(seq.shape[1]) < lengths[part.rows][:, None]]
        own = np.concatenate([tickets[tickets < len(state.own)], part.absents])
        state.own[: len(own)] = own
        state.counts[OWN] = len(own)
        state.usable[:] = 0
        state.usable[part.rows] = 1
        self.adopt(seq, lengths)

    def run_for(self, seconds: float, most: int, temperature: float) -> int:
        """Anneal for about so long, at most so many steps; return how many were made."""
        steps = max(1, min(most, int(self._rate * seconds)))
        begun = time.perf_counter()
        self.run(steps, temperature, temperature)
        rate = steps / max(1e-6, time.perf_counter() - begun)
        self._rate = rate if self._rate == FIRST_RATE else 0.7 * self._rate + 0.3 * rate
        return steps

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

    def tell(self, pool: RoutePool) -> None:
        """Hand the routes noted since the last time over to the pool."""
        state = self.state
        seq, lengths, costs, rows = read(state.log, int(state.log_used[0]), self.world.longest)
        state.log_used[0] = 0
        pool.add(seq, lengths, costs, rows)

    @property
    def current_cents(self) -> int:
        """Cost of the routes that the chain stands at."""
        return int(self.state.totals[CURRENT])

    @property
    def best_cents(self) -> int:
        """Cost of the best routes that it has seen since they were loaded."""
        return int(self.state.totals[BEST])

    def current(self) -> Solution:
        """Routes that the chain stands at, copied."""
        return Solution(self.state.seq.copy(), self.state.lengths.copy(), self.current_cents)

    def best(self) -> Solution:
        """Best routes since they were loaded, copied."""
        return Solution(self.state.best_seq.copy(), self.state.best_lengths.copy(), self.best_cents)
