"""The chains of one search side by side: on all of the plan with exchange, or each on its own part of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Self

import numpy as np

from dispatch.plan import RouteSteps
from solver.search.chain import Chain
from solver.search.pool import RoutePool
from solver.search.split import deal
from solver.search.world import Solution, World, encode

SPLIT_FROM = 150
"""Tickets for each chain from which the chains share the plan out; with fewer each searches all of it."""
WORK = 0.2
"""Deterministic time of a selection without a time limit."""


class Team:
    """Chains that look for the best plan of one world, a thread each."""

    def __init__(self, world: World, seed: int, workers: int) -> None:
        self.world = world
        self.chains = [Chain(world, seed, stream) for stream in range(workers)]
        self.shared = workers > 1 and world.instance.need.shape[0] >= SPLIT_FROM * workers
        self._chance = np.random.default_rng([seed, workers])
        self._judge = Chain(world, seed, workers)
        self._seed = seed
        self.pool = RoutePool(world.instance)
        self._threads = ThreadPoolExecutor(max_workers=workers)

    def start(self, routes: tuple[RouteSteps, ...]) -> None:
        """Take over the routes, and fill in what is absent."""
        seq, lengths = encode(self.world.names, self.world.instance, routes, self.world.longest)
        chains = self.chains[:1] if self.shared else self.chains
        for chain in chains:
            chain.load(seq, lengths)
            chain.fill()
        starts = [chain.best() for chain in chains]
        self.current = self.best = min(starts, key=lambda one: one.cents)

    def start_leg(self, *, fresh: bool) -> None:
        """Let each chain make a first plan of its own, or go on from the best; those that share one out just go on."""
        if not self.shared:
            empty = np.zeros_like(self.best.lengths)
            for chain in self.chains:
                chain.adopt(self.best.seq, empty if fresh else self.best.lengths)
                if fresh:
                    chain.fill()

    def run(self, seconds: float | None, most: int, temperature: float) -> int:
        """One round of `most` steps a chain, or fewer where it takes longer than `seconds`; return their number."""
        if self.shared:
            self._deal()

        def turn(chain: Chain) -> int:
            if seconds is not None:
                return chain.run_for(seconds, most, temperature)
            chain.run(most, temperature, temperature)
            return most

        steps = list(self._threads.map(turn, self.chains))
        for chain in self.chains:
            chain.tell(self.pool)
        found = self._collect() if self.shared else min((c.best() for c in self.chains), key=lambda one: one.cents)
        if found.cents < self.best.cents:
            self.best = found
        return max(steps)

    @property
    def current_cents(self) -> int:
        """Cost of the routes that the chains stand at, of the cheapest chain where each has all."""
        return self.current.cents if self.shared else min(chain.current_cents for chain in self.chains)

    def select(self, seconds: float | None) -> None:
        """Choose the best set of all routes seen so far, and go on from it where it is better than the best plan.

        Without `seconds` the limit is `WORK`, and the answer doesn't depend on the machine.
        """
        from solver.search.selection import select

        self._judge.adopt(self.best.seq, self.best.lengths)
        found = select(
            self.pool,
            self.world.instance,
            self.best.seq,
            self.best.lengths,
            self._judge.state.costs,
            seconds=seconds,
            work=WORK if seconds is None else None,
            workers=1 if seconds is None else len(self.chains),
            seed=self._seed,
        )
        if found is None or found.cost_cents >= self.best.cents:
            return
        self.best = Solution(found.seq, found.lengths, found.cost_cents)
        if self.shared:
            self.current = self.best
        else:
            max(self.chains, key=lambda chain: chain.current_cents).adopt(found.seq, found.lengths)

    def _deal(self) -> None:
        """Give each chain a part of the current routes."""
        world, now = self.world, self.current
        served = np.zeros(world.instance.need.shape[0] + world.instance.holds.shape[0], dtype=np.bool_)
        served[now.seq[np.arange(now.seq.shape[1]) < now.lengths[:, None]]] = True
        absents = np.flatnonzero(~served[: world.instance.need.shape[0]])
        parts = deal(world.instance, world.reach, now.seq, now.lengths, absents, len(self.chains), self._chance)
        for chain, part in zip(self.chains, parts, strict=True):
            chain.take(now.seq, now.lengths, part)

    def _collect(self) -> Solution:
        """Put the parts together again: what the chains stand at goes on, their best ones may be the best of all."""
        ends, bests = [chain.current() for chain in self.chains], [chain.best() for chain in self.chains]
        self.current = _joined(ends)
        return _joined(bests)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown()


def _joined(parts: list[Solution]) -> Solution:
    """Routes of all parts; a shift is used in one of them at most."""
    seq, lengths = parts[0].seq.copy(), parts[0].lengths.copy()
    for part in parts[1:]:
        own = part.lengths > 0
        seq[own], lengths[own] = part.seq[own], part.lengths[own]
    return Solution(seq, lengths, sum(part.cents for part in parts))
