"""Maximal covering of thousands of sites: annealed choices, and the best choice among the sites of several of them.

Good choices share most of their sites, so what a few of them open is a small question that a bound and HiGHS answer
(tour merging: Cook & Seymour 2003, https://doi.org/10.1287/ijoc.15.3.233.16078).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations

import numpy as np

from scenarios.location.exact.cover_anneal import anneal
from scenarios.location.exact.cover_search import climb, covered
from scenarios.location.exact.outcome import Budget, Flags, Floats, Ints
from scenarios.location.exact.reach import Reach

THREADS = 2
"""Anneals, and merges, at a time: the same on every machine."""

HOT, WARM, COLD = 0.055, 0.022, 0.003
"""Heat at the beginning, from the best choice so far, and at the end: parts of what an open site alone covers in the
mean."""

TURNS, ANNEALING = 12, 0.6
"""Turns that the time is shared among, and the part of a turn that anneals; the rest of it merges."""

CHUNK, LEAST = 200_000, 300_000
"""Moves between two looks at the clock, and least moves of an anneal."""

ELITE = 8
"""How many choices are kept to be merged."""

Choice = tuple[float, tuple[int, ...]]
"""What a choice covers, and its sites, ascending."""

Merge = Callable[[Ints, Ints, float], Ints | None]
"""A better choice than the given one among some sites within some seconds, if there is one."""


class Pool:
    """Good choices, best first.

    Parameters
    ----------
    reach : Reach
    weight : array, shape (points,)
    pinned, shut : array of bool, shape (sites,)
    merge : callable
    """

    def __init__(self, reach: Reach, weight: Floats, pinned: Flags, shut: Flags, merge: Merge) -> None:
        self.reach, self.weight, self.pinned, self.shut, self.merge = reach, weight, pinned, shut, merge
        self.free: Ints = np.flatnonzero(~shut & ~pinned)
        self.elite: list[Choice] = []
        self._merged: set[frozenset[int]] = set()

    @property
    def best(self) -> Ints:
        """The best choice."""
        return np.array(self.elite[0][1], dtype=np.int64)

    def add(self, chosen: Ints) -> Choice:
        """Take in a choice."""
        found = (covered(self.reach.first, self.reach.points, self.weight, chosen), tuple(sorted(chosen.tolist())))
        self.elite = sorted({*self.elite, found}, key=lambda one: (-one[0], one[1]))[:ELITE]
        return found

    def annealed(self, start: Ints, *, hot: float, moves: int, seed: int, until: float) -> Ints:
        """Anneal from a choice; it ends early at `until`, a monotonic time."""
        first, points, weight = self.reach.first, self.reach.points, self.weight
        chosen, best = start.copy(), start.copy()
        unit = float(weight[self.reach.times(start) == 1].sum()) / start.shape[0]
        heat, cool = hot * unit, (COLD / hot) ** (1.0 / moves)
        for done in range(0, moves, CHUNK):
            if time.monotonic() >= until:
                break
            if done <= moves // 2:  # what was good before the heat does not count
                best[:] = chosen
            now, own = min(CHUNK, moves - done), (seed << 20) + done // CHUNK
            heat = anneal(first, points, weight, chosen, best, self.pinned, self.free, now, heat, cool, own)
        climb(first, points, weight, best, self.pinned, self.shut)
        return best

    def mix(self, fresh: Sequence[Choice], threads: ThreadPoolExecutor, budget: Budget) -> None:
        """Merge fresh choices with those kept, those kept with each other, and all of them."""
        while budget.left_s() > 0.0:
            kept = self.elite
            asked: list[tuple[Choice, ...]] = [(one, other) for one in fresh for other in kept]
            asked += [*combinations(kept, 2), (*fresh, *kept[:3]), (*fresh, *kept)]
            fresh = ()
            wanted: list[tuple[Choice, frozenset[int]]] = []
            for group in asked:
                union = frozenset(site for one in group for site in one[1])
                if len(union) > len(kept[0][1]) and union not in self._merged:
                    self._merged.add(union)
                    wanted.append((max(group), union))
            if not wanted:
                return

            def merged(task: tuple[Choice, frozenset[int]]) -> Ints | None:
                left = budget.left_s()
                best, union = task
                some = np.array(sorted(union), dtype=np.int64)
                return self.merge(np.array(best[1], dtype=np.int64), some, left) if left > 0.0 else None

            for better in threads.map(merged, wanted):
                if better is not None:
                    self.add(better)


def search_pool(
    reach: Reach,
    weight: Floats,
    start: Ints,
    *,
    pinned: Flags,
    shut: Flags,
    merge: Merge,
    budget: Budget,
    enough: float,
    seed: int,
    moves: int | None = None,
) -> Ints:
    """Look for a choice that covers `enough`, or the best until the time is over.

    With `moves` each anneal has so many and there are `TURNS` turns; without, they come from the time and a first try.
    """
    pool = Pool(reach, weight, pinned, shut, merge)
    pool.add(start)
    until, share_s = budget.begun + budget.seconds, budget.seconds / TURNS
    length = moves
    if length is None:
        pool.annealed(start, hot=HOT, moves=1, seed=seed, until=until)  # compiles, where it must
        begun = time.monotonic()
        pool.annealed(start, hot=HOT, moves=LEAST, seed=seed, until=until)
        length = max(LEAST, int(ANNEALING * share_s * LEAST / max(1e-6, time.monotonic() - begun)))
    turn = 0
    with ThreadPoolExecutor(THREADS) as threads:
        while time.monotonic() < until and pool.elite[0][0] < enough and (moves is None or turn < TURNS):
            where, hot = (start, HOT) if turn % 2 == 0 else (pool.best, WARM)

            def annealed(own: int, where: Ints = where, hot: float = hot) -> Ints:
                return pool.annealed(where, hot=hot, moves=length, seed=own, until=until)

            seeds = range(seed + 1 + turn * THREADS, seed + 1 + (turn + 1) * THREADS)
            fresh = [pool.add(found) for found in threads.map(annealed, seeds)]
            left = min(until - time.monotonic(), (1.0 - ANNEALING) * share_s)
            pool.mix(fresh, threads, Budget(seconds=left))
            turn += 1
    return pool.best
